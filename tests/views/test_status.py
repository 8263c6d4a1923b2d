"""How a request and its limits stand, in every state and on both sides of every instant that matters."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.errors import CoverageError, InvalidType
from eap_workflow.processes import every_process
from eap_workflow.service import Service
from eap_workflow.store.memory import MemoryStore
from eap_workflow.views import Status
from tests import lines
from tests.histories import histories
from tests.lines import APPROVER, DAY, MANAGER, PROCESS, TEAM, handle

MELBOURNE = ZoneInfo("Australia/Melbourne")
NEXT_MORNING = datetime(2026, 10, 29, 9, 0, tzinfo=MELBOURNE)


@pytest.fixture
def service() -> Service:
    """A service on an empty store."""
    return lines.service(MemoryStore(PROCESS))


def status_of(service: Service, at: datetime = NEXT_MORNING, request: str = "XS-1") -> Status:
    """How a request stands."""
    return service.status(service.snapshot(request), at)


STATES: list[tuple[list[lines.Line], dict[str, Any]]] = [
    ([lines.draft("XS-1")], {"state": "draft", "turn": "consultant", "figures": {"sessions": 4}, "version": 1}),
    (
        [lines.line("draft", "XS-1", 0)],
        {"state": "draft", "turn": "consultant", "figures": {"sessions": None}, "version": 1},
    ),
    (
        lines.filed("XS-1", counted=9),
        {"state": "further_details", "turn": "consultant", "figures": {"sessions": 4}, "version": 3},
    ),
    (
        lines.filed("XS-1", counted=9, contract="harbour"),
        {"state": "further_details", "turn": "consultant", "figures": {"sessions": 4}, "version": 3}
        | {"due_on": date(2026, 11, 12), "working_days_left": 9},
    ),
    (
        lines.reviewed("XS-1"),
        {"state": "clinical_review", "turn": "clinical_manager", "figures": {"sessions": 4}, "version": 4}
        | {"due_on": date(2026, 11, 5), "working_days_left": 4},
    ),
    (
        [*lines.reviewed("XS-1"), lines.line("reduce", "XS-1", 2, MANAGER, sessions=3)],
        {"state": "employer_decision", "turn": "employer", "figures": {"sessions": 3}, "version": 5}
        | {"due_on": date(2026, 11, 9), "working_days_left": 6},
    ),
    (
        lines.filed("XS-1", contract="team"),
        # Perth keeps no Cup Day, and its clinical limits are not the employer's.
        {"state": "employer_decision", "turn": "employer", "figures": {"sessions": 4}, "version": 3}
        | {"due_on": date(2026, 11, 6), "working_days_left": 6},
    ),
    (lines.told("XS-1"), {"state": "approved", "turn": None, "figures": {"sessions": 3}, "version": 6}),
    (
        [*lines.filed("XS-1"), lines.line("decline", "XS-1", 1, APPROVER, reason="not_funded")],
        {"state": "declined", "turn": None, "figures": {"sessions": 4}, "version": 4},
    ),
    (
        [*lines.filed("XS-1"), lines.line("withdraw", "XS-1", 1)],
        {"state": "withdrawn", "turn": None, "figures": {"sessions": 4}, "version": 4},
    ),
    (
        [*lines.filed("XS-1", counted=9, contract="harbour"), lines.tick(60 * DAY)],
        {"state": "lapsed", "turn": None, "figures": {"sessions": 4}, "version": 6},
    ),
]


@pytest.mark.parametrize(("path", "expected"), STATES, ids=[f"{n}-{e['state']}" for n, (_, e) in enumerate(STATES)])
def test_a_request_stands_as_its_state_says(service: Service, path: list[lines.Line], expected: dict[str, Any]) -> None:
    """Whose turn, the due date of the stage's own limit and the sessions so far; no date where none runs (XS-11)."""
    handle(service, path)
    nothing_runs = {"request": "XS-1", "due_on": None, "working_days_left": None, "hours_left": None}
    nothing_runs |= {"workflow": "extra_sessions"}
    status = attrs.asdict(status_of(service))
    assert (status["due_on"] is None) == (status.pop("passes_at") is None)
    assert status == nothing_runs | expected


@pytest.mark.parametrize(
    ("moment", "left"),
    [
        (datetime(2026, 10, 28, 9, 30, tzinfo=MELBOURNE), 7),
        (datetime(2026, 11, 2, 23, 59, tzinfo=MELBOURNE), 4),
        (datetime(2026, 11, 3, 12, 0, tzinfo=MELBOURNE), 4),
        (datetime(2026, 11, 8, 12, 0, tzinfo=MELBOURNE), 1),
        (datetime(2026, 11, 9, 0, 0, tzinfo=MELBOURNE), 0),
        (datetime(2026, 11, 9, 23, 59, 59, tzinfo=MELBOURNE), 0),
        (datetime(2026, 11, 10, 0, 0, tzinfo=MELBOURNE), -1),
        (datetime(2026, 11, 10, 9, 0, tzinfo=MELBOURNE).astimezone(UTC), -1),
        (datetime(2026, 11, 17, 9, 0, tzinfo=MELBOURNE), -6),
    ],
)
def test_working_days_are_left_until_the_due_date_is_over(service: Service, moment: datetime, left: int) -> None:
    """They are counted in the party's zone, over Cup Day and weekends; nought on the last day, negative after it."""
    handle(service, lines.filed("XS-1"))
    assert status_of(service, moment).working_days_left == left
    rows = service.deadlines(service.snapshot("XS-1"), moment)
    assert {row.has_passed for row in rows} == {left < 0}


def test_the_whole_path_is_stated_and_binds_nobody(service: Service) -> None:
    """During review both the stage's limit and the sum are given; the sum is five and seven days (CR-09, IN-03)."""
    handle(service, lines.reviewed("XS-1"))
    rows = {row.deadline.limit: row for row in service.deadlines(service.snapshot("XS-1"), NEXT_MORNING)}
    assert {limit: row.binding for limit, row in rows.items()} == {"clinical_review": True, "whole_path": False}
    assert rows["whole_path"].working_days_left == 11
    assert rows["whole_path"].deadline.due_on == date(2026, 11, 16)


def test_the_relay_limit_is_among_the_limits_and_not_the_status(service: Service) -> None:
    """The one limit that runs in a final state is no stage's: `deadlines` has it, `status` has none (IN-05)."""
    handle(service, lines.told("XS-1", contract="team"))
    rows = service.deadlines(service.snapshot("XS-1"), NEXT_MORNING)
    assert [(row.deadline.limit, row.deadline.due_on, row.working_days_left) for row in rows] == [
        ("relay", date(2026, 10, 29), 0)
    ]
    assert status_of(service).due_on is None


def test_an_extension_is_what_the_status_says(service: Service) -> None:
    """A limit that the case team extended is due on its new date (IN-12)."""
    handle(service, lines.filed("XS-1"), lines.line("extend_limit", "XS-1", 1, TEAM, working_days=3))
    status = status_of(service)
    assert (status.due_on, status.working_days_left) == (date(2026, 11, 12), 9)
    assert status.passes_at == datetime(2026, 11, 13, tzinfo=MELBOURNE)


def test_a_day_that_the_calendar_does_not_cover_is_no_guess(service: Service) -> None:
    """Asked for a day beyond the calendar, a running limit gives an error, and a finished request its state."""
    handle(service, lines.filed("XS-1"), lines.told("XS-2"))
    with pytest.raises(CoverageError):
        status_of(service, datetime(2061, 1, 2, tzinfo=UTC))
    assert status_of(service, datetime(2061, 1, 2, tzinfo=UTC), "XS-2").state == "approved"


def test_an_instant_has_a_zone(service: Service) -> None:
    """A naive datetime is refused, whether or not a limit runs."""
    handle(service, lines.filed("XS-1"), lines.draft("XS-2"))
    for request in ("XS-1", "XS-2"):
        with pytest.raises(InvalidType):
            status_of(service, datetime(2026, 11, 5, 9, 0), request)  # noqa: DTZ001 - that it is naive is the point


@given(history=histories(), days=st.integers(-3, 60))
def test_every_request_has_a_status_at_every_instant(history: list[lines.Line], days: int) -> None:
    """After anything that can be sent, the status agrees with the table, the snapshot and the limits (XS-11)."""
    service = lines.service(MemoryStore(PROCESS))
    for each in history:
        lines.attempt(service, each)
    at = lines.START + timedelta(days=days)
    for snapshot in service.snapshots():
        status, rows = service.status(snapshot, at), service.deadlines(snapshot, at)
        state = PROCESS.workflow.state(snapshot.state)
        assert (status.request, status.state, status.version) == (snapshot.request, snapshot.state, snapshot.version)
        assert (status.turn is None) == state.final
        assert (status.due_on is None) == (status.working_days_left is None)
        binding = [row for row in rows if row.binding and not state.final]
        assert [status.due_on] * len(binding) == [row.deadline.due_on for row in binding]
        assert [status.passes_at] * len(binding) == [row.deadline.passes_at for row in binding]
        assert [row.deadline for row in rows] == list(snapshot.deadlines)
        assert all(row.working_days_left is not None for row in rows)
        assert all(row.has_passed == ((row.working_days_left or 0) < 0) for row in rows)


@pytest.mark.parametrize(
    ("minutes", "left"),
    [(0, 24), (1, 23), (23 * 60, 1), (24 * 60 - 1, 0), (24 * 60, -1), (25 * 60 - 1, -1), (25 * 60, -2)],
)
def test_hours_are_left_until_the_last_of_them_is_over(minutes: int, left: int) -> None:
    """CM-05: whole hours before the limit passes, -1 in the first hour from that instant on, and no days."""
    service = lines.service(MemoryStore(every_process()))
    opened = lines.line("open_contact", "OC-1", 0, TEAM, reason="email_received", contract="standard", partner="pt-1")
    handle(service, opened | {"with_whom": "participant", "person": "pa-1"})
    at = lines.START + timedelta(minutes=minutes)
    status = service.status(service.snapshot("OC-1"), at)
    assert (status.hours_left, status.working_days_left) == (left, None)
    assert status.passes_at == lines.START + timedelta(hours=24)
    for row in service.deadlines(service.snapshot("OC-1"), at):
        assert (row.hours_left, row.has_passed) == (left, left < 0)
