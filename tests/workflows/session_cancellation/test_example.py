"""The example of a file of commands: what each of its lines comes to, and how every cancellation in it stands in the end."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from attrs import define, field

from eap_workflow.envelope import Tick, read_envelope_or_tick
from eap_workflow.errors import Refused
from eap_workflow.plain.json_text import parse_json
from eap_workflow.service import Service
from eap_workflow.store import Wanted
from eap_workflow.store.memory import MemoryStore
from eap_workflow.workflows import session_cancellation as sc

EXAMPLE = Path(__file__).parents[3] / "examples" / "session_cancellation.jsonl"


@define
class Run:
    """What the lines of a file came to."""

    service: Service = field(factory=lambda: Service(MemoryStore(sc.PROCESS)))
    accepted: int = 0
    repeated: int = 0
    clock_moves: int = 0
    refused: dict[int, tuple[str, str, tuple[str, ...]]] = field(factory=dict)
    triggers: set[str] = field(factory=set)


@pytest.fixture(scope="module")
def run() -> Run:
    """Hand every line to a service, in order, as another system would."""
    run = Run()
    for number, line in enumerate(EXAMPLE.read_text(encoding="utf-8").splitlines(), start=1):
        read = read_envelope_or_tick(sc.PROCESS, parse_json(line))
        if isinstance(read, Tick):
            run.clock_moves += run.service.tick(read.at).moves
            continue
        try:
            receipt = run.service.handle(read)
        except Refused as refusal:
            run.refused[number] = (read.request, read.command.trigger, refusal.verdict.codes)
            continue
        run.repeated += receipt.repeated
        run.accepted += not receipt.repeated
        run.triggers.add(read.command.trigger)
    return run


def test_its_lines_are_accepted_but_for_those_that_are_refused_on_purpose(run: Run) -> None:
    """One comes twice and acts once; each refusal has its own reason."""
    assert (run.accepted, run.repeated, run.clock_moves) == (39, 1, 2)
    assert run.refused == {
        5: ("SC-0101", "tell_client", ("voicemail_justified",)),
        10: ("SC-0103", "state_contact_day", ("day_ahead",)),
        12: ("SC-0102", "confirm_told", ("role",)),
        17: ("SC-0101", "close", ("records_made",)),
        31: ("SC-0105", "cancel", ("own_session",)),
        37: ("SC-0102", "update_absence", ("update_reaches_all",)),
    }


def test_every_cancellation_stands_where_it_should(run: Run) -> None:
    """Three have ended; of the absence, one is still to be rebooked and one to be recorded, as is the last of all."""
    found = {snapshot.request: snapshot for snapshot in run.service.snapshots()}
    assert {request: (each.state, each.body.missing) for request, each in found.items()} == {
        "SC-0101": ("closed", ()),
        "SC-0102": ("to_rebook", ("attendance", "note")),
        "SC-0103": ("to_record", ("attendance", "note")),
        "SC-0104": ("closed", ()),
        "SC-0106": ("withdrawn", ()),
        "SC-0107": ("to_record", ("attendance", "note")),
    }
    assert sc.PROCESS.listing(found["SC-0104"]).how == ("rebooked", "records by ticket: 4")
    assert [each.kind for each in found["SC-0102"].body.concerns] == ["welfare"]
    assert [each.ground for each in found["SC-0103"].body.escalations] == ["cannot_wait"]


def test_the_clock_says_what_was_forgotten(run: Run) -> None:
    """TC-03, TC-04: the client whom nobody contacted on the day, and of whose therapist nobody heard more."""
    overdue = [(step.limit, step.at.date()) for step in run.service.trail("SC-0103") if step.trigger == "overdue"]
    # Each passed with its last day, Monday 2 and Friday 6 November in Melbourne, whose midnight is at 13:00 in UTC.
    assert overdue == [("rebooking", date(2026, 11, 2)), ("absence_update", date(2026, 11, 6))]


def test_one_absence_is_found_by_its_name(run: Run) -> None:
    """TC-04: three sessions of one therapist, each of another client."""
    of_it = [snapshot.request for snapshot in run.service.snapshots(Wanted(assist_case="abs-21"))]
    assert of_it == ["SC-0101", "SC-0102", "SC-0103"]


def test_it_shows_everything_that_can_be_asked_for(run: Run) -> None:
    """Whoever reads it has seen every command of the workflow accepted once."""
    assert run.triggers == set(sc.COMMANDS)
