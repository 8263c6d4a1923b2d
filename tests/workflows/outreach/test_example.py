"""The example: a fortnight of a partner's outreach in Melbourne, against what was worked out by hand."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from attrs import define, field

from eap_workflow import MemoryStore, Refused, Service, Tick, read_envelope_or_tick
from eap_workflow.plain.json_text import parse_object
from eap_workflow.workflows import outreach

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "outreach.jsonl"
MELBOURNE = ZoneInfo("Australia/Melbourne")

# Each contact where the last line leaves it: its attempts of how many, and how it ended.
TABLE = """
OC-0001  reached     2/2  by telephone, session arranged
OC-0002  exhausted   1/1  -
OC-0003  reached     2/2  they got in touch, call again, WPO told
OC-0004  reached     1/2  by telephone, information sent
OC-0005  escalated   3/3  by telephone, dissatisfied
OC-0006  escalated   5/2  beyond the partner, at risk
OC-0007  attempting  1/2  -
OC-0008  escalated   0/1  no means of contact
OC-0009  received    0/2  -
"""
REFUSED = [
    ("OC-0002", "attempt", ("email_consented",)),
    ("OC-0002", "attempt", ("number_left_or_risk", "clinical_reason_given")),
    ("OC-0001", "exhaust", ("attempts_made",)),
    ("OC-0004", "attempt", ("own_contact",)),
    ("OC-0003", "attempt", ("telephone_in_time",)),
    ("OC-0005", "attempt", ("message_as_wanted",)),
    ("OC-0006", "attempt", ("number_left_or_risk", "clinical_reason_given")),
]
BY_CLOCK = [
    ("OC-0003", "overdue", "2026-10-31T19:45"),
    ("OC-0003", "tell_wpo", "2026-10-31T19:45"),
    ("OC-0007", "overdue", "2026-11-11T00:00"),
]


@define
class Ran:
    """What running the example came to."""

    service: Service
    accepted: Counter[str] = field(factory=Counter)
    refused: list[tuple[str, str, tuple[str, ...]]] = field(factory=list)
    moves: list[int] = field(factory=list)


@cache
def ran() -> Ran:
    """Run it once, as a service does."""
    run = Ran(Service(MemoryStore(outreach.PROCESS)))
    for line in EXAMPLE.read_text(encoding="utf-8").splitlines():
        envelope = read_envelope_or_tick(outreach.PROCESS, parse_object(line))
        if isinstance(envelope, Tick):
            ticked = run.service.tick(envelope.at)
            assert not ticked.stuck
            run.moves.append(ticked.moves)
            continue
        try:
            run.service.handle(envelope)
        except Refused as refusal:
            run.refused.append((envelope.request, envelope.command.trigger, refusal.verdict.codes))
        else:
            run.accepted[envelope.request] += 1
    return run


def lines() -> list[dict[str, Any]]:
    """Every line, as plain data."""
    return [json.loads(line) for line in EXAMPLE.read_text(encoding="utf-8").splitlines()]


@pytest.mark.parametrize("row", TABLE.split("\n")[1:-1], ids=lambda row: str(row).split(maxsplit=1)[0])
def test_every_contact_stands_as_expected(row: str) -> None:
    """The state, the attempts of those that are owed, and how it ended."""
    request, state, attempts, how = row.split(maxsplit=3)
    snapshot = ran().service.snapshot(request)
    listing = outreach.PROCESS.listing(snapshot)
    assert snapshot.state == state
    assert f"{listing.figures['attempts']}/{listing.figures['of']}" == attempts
    assert (", ".join(listing.how) or "-") == how


def test_the_refused_lines_are_refused_for_what_they_show() -> None:
    """Seven lines, and no other."""
    assert ran().refused == REFUSED
    asked = Counter(line["request"] for line in lines() if line["do"] != "tick")
    assert asked - ran().accepted == Counter(request for request, _, _ in REFUSED)
    assert sum(ran().accepted.values()) == 31


def test_the_clock_does_what_is_due() -> None:
    """24 hours pass on a Saturday, and one business day after a Monday at the end of Tuesday."""
    assert ran().moves == [2, 1]
    made = [
        (snapshot.request, step.trigger, f"{step.at.astimezone(MELBOURNE):%Y-%m-%dT%H:%M}")
        for snapshot in ran().service.snapshots()
        for step in ran().service.trail(snapshot.request)
        if step.limit is not None
    ]
    assert sorted(made) == BY_CLOCK


def test_the_fifth_attempt_at_risk_warns() -> None:
    """CM-13: within three days there were five."""
    trail = ran().service.trail("OC-0006")
    warned = [step.at for step in trail if step.trigger == "warn_of_many"]
    assert warned == [datetime(2026, 11, 7, 10, 0, tzinfo=MELBOURNE)]


def test_what_is_urgent_is_first_in_the_queue() -> None:
    """CM-05: of the two that are open."""
    queue = outreach.outreach_queue(ran().service.snapshots())
    assert [snapshot.request for snapshot in queue] == ["OC-0007", "OC-0009"]


def test_the_lines_are_in_order_of_time_and_show_every_command() -> None:
    """It reads like a fortnight's work: every trigger that somebody sends is there."""
    instants = [datetime.fromisoformat(line["at"]) for line in lines()]
    assert instants == sorted(instants)
    assert {line["do"] for line in lines()} == {*outreach.COMMANDS, "tick"}
