"""How a request stands, and how its limits stand, at an instant (XS-11)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from attrs import frozen

from eap_workflow.citing import serves
from eap_workflow.deadlines import Deadline
from eap_workflow.local_time import local_day
from eap_workflow.values import Discreet, Reference, as_instant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eap_workflow.deadlines import Office
    from eap_workflow.process import Process
    from eap_workflow.steps import Snapshot

NO_TIME, ONE_HOUR = timedelta(0), timedelta(hours=1)


@frozen(kw_only=True)
class DeadlineStatus:
    """How a limit stands.

    Attributes:
        deadline: The limit, as it was stated.
        binding: Whether it binds somebody; a sum of limits is stated and binds nobody (IN-03).
        has_passed: Whether it has passed.
        working_days_left: From the day of the instant, in the party's zone, to the due date; negative once it is over; None
            for a limit in elapsed hours.
        hours_left: Whole hours to the instant at which a limit in elapsed hours passes; once it is over, -1 in the first
            hour, -2 in the second; None for every other limit.
    """

    deadline: Deadline
    binding: bool
    has_passed: bool
    working_days_left: int | None
    hours_left: int | None = None


@frozen(kw_only=True, repr=False)
class Status(Discreet):
    """How a request stands.

    Attributes:
        request: Which request.
        workflow: Of which workflow.
        state: The state that it is in.
        turn: Whose turn it is; None where nobody's is.
        due_on: The due date of the stage's own limit; None where none runs.
        working_days_left: Working days to that date; negative once it is over; None where no limit in days runs.
        hours_left: Whole hours to the end of a limit in elapsed hours; once it is over, -1 in the first hour, -2 in the
            second; None where no such limit runs.
        version: How many steps it has.
        figures: What a list shows besides, by name: for an extra-sessions request the number of sessions that it stands at.
        passes_at: The instant at which that limit passes, in UTC: the end of its last day, or of its last hour; None where
            none runs.
    """

    request: Reference
    workflow: str
    state: str
    turn: str | None
    due_on: date | None
    working_days_left: int | None
    hours_left: int | None
    version: int
    figures: Mapping[str, int | str | None]
    passes_at: datetime | None


@serves("XS-07", "XS-08", "CR-07", "CR-08", "CR-09", "CM-04", "CM-05", "TC-03", "IN-12")
def deadlines(
    process: Process, snapshot: Snapshot, offices: Mapping[str, Office], at: datetime
) -> tuple[DeadlineStatus, ...]:
    """How each running limit of a request stands at an instant (CR-07 to CR-09, XS-07, XS-08, CM-04, CM-05, TC-03).

    Args:
        process: The request's workflow.
        snapshot: The request as it stands.
        offices: The parties' calendars; a stated date is counted towards on these, and never moved by them (IN-12).
        at: The instant, aware.

    Raises:
        InvalidType: The instant is no aware datetime.
        CoverageError: A calendar does not cover the day of the instant.
    """
    at = as_instant(at)
    return tuple(_standing(process, deadline, offices, at) for deadline in snapshot.deadlines)


def _standing(process: Process, deadline: Deadline, offices: Mapping[str, Office], at: datetime) -> DeadlineStatus:
    days = hours = None
    if deadline.due.is_in_hours:
        left = deadline.passes_at - at
        # At the instant itself it has passed: of the hours over, none is whole yet.
        hours = left // ONE_HOUR if left > NO_TIME else -(-left // ONE_HOUR) - 1
    else:
        basis = deadline.due.last_basis
        days = offices[basis.party].calendar.count(local_day(at, basis.zone), deadline.due_on)
    return DeadlineStatus(
        deadline=deadline,
        binding=not process.workflow.limit(deadline.limit).chain,
        has_passed=deadline.has_passed(at),
        working_days_left=days,
        hours_left=hours,
    )


@serves("XS-11")
def status(process: Process, snapshot: Snapshot, offices: Mapping[str, Office], at: datetime) -> Status:
    """How a request stands at an instant (XS-11).

    Where several limits run at once, the one that passes first is the request's own. The relay limit, which runs in a
    final state, is no stage's: `deadlines` has it.

    Args:
        process: The request's workflow.
        snapshot: The request as it stands.
        offices: The parties' calendars.
        at: The instant, aware.

    Raises:
        InvalidType: The instant is no aware datetime.
        CoverageError: A calendar does not cover the day of the instant.
    """
    at = as_instant(at)
    state = process.workflow.state(snapshot.state)
    binding = [each for each in deadlines(process, snapshot, offices, at) if each.binding] if not state.final else []
    own = min(binding, key=lambda each: each.deadline.passes_at, default=None)
    return Status(
        request=snapshot.request,
        workflow=snapshot.workflow,
        state=snapshot.state,
        turn=None if state.turn is None else state.turn.value,
        due_on=None if own is None else own.deadline.due_on,
        working_days_left=None if own is None else own.working_days_left,
        hours_left=None if own is None else own.hours_left,
        version=snapshot.version,
        figures=process.listing(snapshot).figures,
        passes_at=None if own is None else own.deadline.passes_at,
    )
