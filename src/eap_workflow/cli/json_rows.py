"""What ``--json`` prints: each row as plain data, with every key always there."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Protocol

from eap_workflow.cli.standard_output import saying_how_far
from eap_workflow.errors import EapWorkflowError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from eap_workflow.calendar import DayAccount
    from eap_workflow.cli.standard_output import Counted
    from eap_workflow.views import DeadlineStatus, Status


def status_row(row: Status) -> dict[str, Any]:
    """A status as plain data, every key always there."""
    return {
        "request": row.request,
        "state": row.state,
        "turn": row.turn,
        "due_on": None if row.due_on is None else row.due_on.isoformat(),
        "working_days_left": row.working_days_left,
        **row.figures,
        "version": row.version,
        "hours_left": row.hours_left,
        "workflow": row.workflow,
        "passes_at": None if row.passes_at is None else row.passes_at.isoformat(),
    }


def account_row(row: DayAccount) -> dict[str, Any]:
    """A day of an account as plain data."""
    return {
        "day": row.day.isoformat(),
        "weekday": row.weekday,
        "number": row.number,
        "reason": row.reason,
        "estimated": row.estimated,
        "note": row.note,
    }


def overdue_row(row: Status, each: DeadlineStatus) -> dict[str, Any]:
    """A limit that has passed as plain data."""
    return {
        "request": row.request,
        "state": row.state,
        "turn": row.turn,
        "limit": each.deadline.limit,
        "due_on": each.deadline.due_on.isoformat(),
        "passed_at": each.deadline.passes_at.isoformat(),
        "working_days_over": None if each.working_days_left is None else -each.working_days_left,
        "hours_over": None if each.hours_left is None else -each.hours_left - 1,
        "workflow": row.workflow,
    }


class RefusedLine(Protocol):
    """A line of a file that was not acted on."""

    def to_wire(self) -> dict[str, Any]:
        """Write it as plain data."""
        ...


def write_refused(write: Callable[[str], object], refused: Iterable[RefusedLine], totals: Counted) -> None:
    """Begin one JSON object with what was refused, written as the file is read, so that a long list is never held.

    What reads it gets one whole object, however the reading ends.
    """
    try:
        with saying_how_far(totals):
            write('{"refused": [')
            for position, each in enumerate(refused):
                write(f"{', ' if position else ''}{json.dumps(each.to_wire())}")
    except EapWorkflowError as error:
        _write_error(write, error.code, str(error))
        raise
    except KeyboardInterrupt:
        _write_error(write, "interrupted", f"the file was left after {totals.lines:,} lines")
        raise
    write("]")


def _write_error(write: Callable[[str], object], code: str, reason: str) -> None:
    write(f'], "error": {json.dumps({"code": code, "reason": reason})}}}\n')
