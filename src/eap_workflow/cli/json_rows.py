"""What ``--json`` prints: each row as plain data, with every key always there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
        "sessions": row.sessions,
        "version": row.version,
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
        "working_days_over": -each.working_days_left,
    }
