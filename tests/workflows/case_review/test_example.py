"""A month of case reviews, `examples/case_review.jsonl`, against what was worked out by hand from the rules and the holidays."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from attrs import frozen

from eap_workflow.envelope import Tick, read_envelope_or_tick
from eap_workflow.errors import Refused
from eap_workflow.policy_book import PolicyBook
from eap_workflow.policy_file import load_policies
from eap_workflow.service import Service
from eap_workflow.store.memory import MemoryStore
from eap_workflow.workflows import case_review as cr

EXAMPLES = Path(__file__).parents[3] / "examples"
CASES = EXAMPLES / "case_review.jsonl"
CONTRACTS = EXAMPLES / "case_review.toml"

# Line by line: the case, what was asked, and the code of the refusal.
REFUSED = {
    2: ("CR-0002", "open_case", "no_management_referral"),
    7: ("CR-0004", "hold_first_session", "therapist_named"),
    11: ("CR-0001", "authorise", "reviewer_not_therapist"),
    12: ("CR-0001", "authorise", "within_the_benefit"),
    28: ("CR-0003", "close", "slips_taken_up"),
    36: ("CR-0004", "do_own_step", "next_own_step"),
    40: ("CR-0005", "upload_notes", "own_case"),
}
# Each case where the file leaves it: accepted commands, state, authorised sessions, slips taken up, and what a list says.
STANDING: Mapping[str, tuple[int, str, int | None, int, tuple[str, ...]]] = {
    "CR-0001": (5, "under_way", 6, 1, ()),
    "CR-0003": (8, "closed", None, 1, ("no review needed",)),
    "CR-0004": (12, "closed", None, 0, ("one further session", "to insurance", "action on the notes")),
    "CR-0005": (4, "notes_owed", None, 0, ()),
    "CR-0006": (2, "discontinued", None, 0, ("did not attend",)),
}
# Working days counted by hand: 3 November 2026 is Melbourne Cup Day.
DATES = {
    ("CR-0001", "review"): ["2026-11-06"],
    ("CR-0004", "review"): ["2026-11-10", "2026-11-12"],
    ("CR-0005", "review"): ["2026-11-12"],
    ("CR-0005", "case_notes"): ["2026-11-16"],
    ("CR-0004", "case_notes"): ["2026-11-24"],
    ("CR-0004", "notes_review"): ["2026-11-26"],
}
CLOCK = {
    "CR-0001": [("remind", "2026-11-04")],
    "CR-0004": [
        ("remind", "2026-11-06"),
        ("warn", "2026-11-09"),
        ("overdue", "2026-11-13"),
        ("warn", "2026-11-23"),
        ("remind", "2026-11-25"),
    ],
    "CR-0005": [("remind", "2026-11-10"), ("warn", "2026-11-11"), ("warn", "2026-11-13"), ("overdue", "2026-11-17")],
}


@frozen(kw_only=True)
class Month:
    """What became of the file.

    Attributes:
        service: The service, with every case as the file leaves it.
        refused: By line, the case, what was asked, and the code of the refusal.
        accepted: How many commands were accepted, by case.
        ticks: How many ticks made a move.
    """

    service: Service
    refused: Mapping[int, tuple[str, str, str]]
    accepted: Mapping[str, int]
    ticks: int


def sent() -> Iterator[tuple[int, dict[str, Any]]]:
    """The lines, numbered."""
    for number, text in enumerate(CASES.read_text(encoding="utf-8").splitlines(), 1):
        yield number, json.loads(text)


def run(*, ticking: bool = True) -> Month:
    """Run the file, with or without its ticks."""
    service = Service(MemoryStore(cr.PROCESS), policies=PolicyBook.standard() | load_policies(CONTRACTS))
    refused, accepted, ticks = {}, dict[str, int](), 0
    for number, data in sent():
        envelope = read_envelope_or_tick(cr.PROCESS, data)
        if isinstance(envelope, Tick):
            if ticking:
                ticks += service.tick(envelope.at).moves > 0
            continue
        try:
            service.handle(envelope)
        except Refused as refusal:
            (code,) = refusal.verdict.codes
            refused[number] = (data["request"], data["do"], code)
        else:
            accepted[data["request"]] = accepted.get(data["request"], 0) + 1
    return Month(service=service, refused=refused, accepted=accepted, ticks=ticks)


@pytest.fixture(scope="module")
def month() -> Month:
    """The file, run once."""
    return run()


def test_every_refusal_is_the_expected_one(month: Month) -> None:
    """Seven lines are refused, each for one thing, and no other line is."""
    assert month.refused == REFUSED
    assert sum(month.accepted.values()) + len(REFUSED) + 2 == 40 == len(list(sent()))


def test_every_case_stands_where_it_should(month: Month) -> None:
    """CM-02, CM-03, CM-10: in its state, with its sessions and slips, and with what a list says of its end."""
    standing = {}
    for snapshot in month.service.snapshots():
        listing = cr.PROCESS.listing(snapshot)
        taken_up = sum(not slip.is_open for slip in snapshot.body.slips)
        standing[snapshot.request] = (
            month.accepted[snapshot.request],
            snapshot.state,
            listing.figures["sessions"],
            taken_up,
            listing.how,
        )
        assert listing.figures["open_slips"] == 0
    assert standing == STANDING


def test_every_due_date_is_as_counted_by_hand(month: Month) -> None:
    """CM-02, CM-10, IN-12: across Cup Day, extended once, and in hours for the review of the notes."""
    stated: dict[tuple[str, str], list[str]] = {}
    for request in STANDING:
        for step in month.service.trail(request):
            for deadline in step.started:
                stated.setdefault((request, deadline.limit), []).append(str(deadline.due_on))
    assert stated == DATES


def test_the_clock_did_what_was_due_on_its_day(month: Month) -> None:
    """IN-04, IN-13: reminders, warnings and passed limits, each at its instant, whenever they were made."""
    zone = datetime.fromisoformat("2026-11-01T00:00:00+11:00").tzinfo
    done = {
        request: [
            (step.trigger, str(step.at.astimezone(zone).date()))
            for step in month.service.trail(request)
            if step.trigger in {"remind", "warn", "overdue"}
        ]
        for request in STANDING
    }
    assert {request: moves for request, moves in done.items() if moves} == CLOCK


def test_nothing_depends_on_the_ticks(month: Month) -> None:
    """IN-13: both do something; with one at the end alone, every step is the same, and so is every refusal."""
    unticked = run(ticking=False)
    unticked.service.tick(datetime.fromisoformat("2026-11-26T18:00:00+11:00"))
    assert month.ticks == 2
    assert unticked.refused == month.refused
    for request in STANDING:
        assert unticked.service.trail(request) == month.service.trail(request)


def test_the_file_reads_like_a_case_systems() -> None:
    """Lines come in order of time over a few weeks, and their keys in the usual order."""
    instants = [datetime.fromisoformat(data["at"]) for _, data in sent()]
    assert instants == sorted(instants)
    assert (instants[0].date(), instants[-1].date()) == (date(2026, 10, 28), date(2026, 11, 26))
    for _, data in sent():
        assert list(data)[:4] == ["do", "request", "at", "by"] or list(data) == ["do", "at"]


def test_every_command_is_shown() -> None:
    """There is no command of the workflow that the example has not."""
    assert {data["do"] for _, data in sent()} == {*cr.COMMANDS, "tick"}
