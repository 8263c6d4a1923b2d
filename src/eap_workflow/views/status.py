"""How a request stands, and how its limits stand, at an instant (XS-11)."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from attrs import frozen

from eap_workflow.deadlines import Deadline
from eap_workflow.local_time import local_day
from eap_workflow.values import Discreet, Reference, as_instant

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eap_workflow.deadlines import Office
    from eap_workflow.machine import Workflow
    from eap_workflow.steps import Snapshot


@frozen(kw_only=True)
class DeadlineStatus:
    """How a limit stands.

    Attributes:
        deadline: The limit, as it was stated.
        binding: Whether it binds somebody; a sum of limits is stated and binds nobody (IN-03).
        has_passed: Whether it has passed.
        working_days_left: From the day of the instant, in the party's zone, to the due date; negative once it is over.
    """

    deadline: Deadline
    binding: bool
    has_passed: bool
    working_days_left: int


@frozen(kw_only=True, repr=False)
class Status(Discreet):
    """How a request stands.

    Attributes:
        request: Which request.
        state: The state that it is in.
        turn: Whose turn it is; None where nobody's is.
        due_on: The due date of the stage's own limit; None where none runs.
        working_days_left: Working days to that date; negative once it is over; None where no limit runs.
        sessions: How many sessions it stands at: asked for, then supported, then approved.
        version: How many steps it has.
    """

    request: Reference
    state: str
    turn: str | None
    due_on: date | None
    working_days_left: int | None
    sessions: int | None
    version: int


def deadlines(
    workflow: Workflow, snapshot: Snapshot, offices: Mapping[str, Office], at: datetime
) -> tuple[DeadlineStatus, ...]:
    """How each running limit of a request stands at an instant (CR-07 to CR-09, XS-07, XS-08).

    Args:
        workflow: The request's table.
        snapshot: The request as it stands.
        offices: The parties' calendars; a stated date is counted towards on these, and never moved by them (IN-12).
        at: The instant, aware.

    Raises:
        InvalidType: The instant is no aware datetime.
        CoverageError: A calendar does not cover the day of the instant.
    """
    at = as_instant(at)
    return tuple(
        DeadlineStatus(
            deadline=deadline,
            binding=not workflow.limit(deadline.limit).chain,
            has_passed=deadline.has_passed(at),
            working_days_left=offices[deadline.due.last_basis.party].calendar.count(
                local_day(at, deadline.due.last_basis.zone), deadline.due_on
            ),
        )
        for deadline in snapshot.deadlines
    )


def status(workflow: Workflow, snapshot: Snapshot, offices: Mapping[str, Office], at: datetime) -> Status:
    """How a request stands at an instant (XS-11).

    The relay limit, which runs in a final state, is no stage's: `deadlines` has it.

    Args:
        workflow: The request's table.
        snapshot: The request as it stands.
        offices: The parties' calendars.
        at: The instant, aware.

    Raises:
        InvalidType: The instant is no aware datetime.
        CoverageError: A calendar does not cover the day of the instant.
    """
    at = as_instant(at)
    state = workflow.state(snapshot.state)
    own = None
    if not state.final:
        own = next((each for each in deadlines(workflow, snapshot, offices, at) if each.binding), None)
    return Status(
        request=snapshot.request,
        state=snapshot.state,
        turn=None if state.turn is None else state.turn.value,
        due_on=None if own is None else own.deadline.due_on,
        working_days_left=None if own is None else own.working_days_left,
        sessions=snapshot.body.sessions,
        version=snapshot.version,
    )
