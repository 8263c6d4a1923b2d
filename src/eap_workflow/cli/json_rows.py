"""What ``--json`` prints: each row as plain data, with every key always there."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any, Protocol

from eap_workflow.errors import EapWorkflowError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from eap_workflow.calendar import DayAccount
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


class Counted(Protocol):
    """What a file has come to so far."""

    lines: int


def write_refused(write: Callable[[str], object], refused: Iterable[RefusedLine], totals: Counted) -> None:
    """Begin one JSON object with what was refused, written as the file is read, so that a long list is never held.

    What reads it gets one whole object, however the reading ends. Where nobody reads any longer, the file is left there, which
    its sender has to know.
    """
    try:
        write('{"refused": [')
        for position, each in enumerate(refused):
            write(f"{', ' if position else ''}{json.dumps(each.to_wire())}")
    except EapWorkflowError as error:
        write(f'], "error": {json.dumps({"code": error.code, "reason": str(error)})}}}\n')
        raise
    except OSError:
        sys.stderr.write(f"The file was left after {totals.lines:,} lines, and the rest was not acted on.\n")
        raise
    write("]")
