"""How things look on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from eap_workflow.calendar import DayAccount
    from eap_workflow.steps import Step
    from eap_workflow.verdict import Reason
    from eap_workflow.views.status import DeadlineStatus, Status

SOON_WORKING_DAYS = 1
NONE = "-"
NARROWEST = 100


def console() -> Console:
    """The terminal; where there is none, wide enough that no table is cut."""
    terminal = Console()
    return terminal if terminal.is_terminal else Console(width=max(terminal.width, NARROWEST))


def words(name: str | None) -> str:
    """A name as people write it."""
    return NONE if name is None else name.replace("_", " ")


def day(value: date | None) -> str:
    """A date with its weekday."""
    return NONE if value is None else f"{value:%a} {value:%Y-%m-%d}"


def days_left(left: int | None) -> Text:
    """Working days to a due date, or past it, in words."""
    if left is None:
        return Text(NONE, style="dim")
    if left < 0:
        return Text(f"{-left} over", style="bold red")
    if left == 0:
        return Text("today", style="bold yellow")
    return Text(f"{left} left", style="yellow" if left <= SOON_WORKING_DAYS else "")


STATE_STYLES = {"approved": "green", "declined": "red", "withdrawn": "dim", "lapsed": "dim"}


def statuses(rows: Iterable[Status], *, title: str) -> Table:
    """A table of requests as they stand."""
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("request", no_wrap=True)
    table.add_column("state", no_wrap=True)
    table.add_column("whose turn", no_wrap=True)
    table.add_column("due", no_wrap=True)
    table.add_column("working days", justify="right", no_wrap=True)
    table.add_column("sessions", justify="right")
    for row in rows:
        table.add_row(
            row.request,
            Text(words(row.state), style=STATE_STYLES.get(row.state, "")),
            words(row.turn),
            day(row.due_on),
            days_left(row.working_days_left),
            NONE if row.sessions is None else str(row.sessions),
        )
    return table


def account(rows: Iterable[DayAccount], *, title: str) -> Table:
    """A due date, day by day."""
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("day", no_wrap=True)
    table.add_column("counts as", justify="right")
    table.add_column("why not")
    for row in rows:
        reason = row.reason or row.note or ""
        table.add_row(
            day(row.day),
            "" if row.number is None else Text(str(row.number), style="bold"),
            Text(f"{reason} (estimated)" if row.estimated else reason, style="dim" if row.number is None else ""),
        )
    return table


def error_console() -> Console:
    """The terminal, for what is not the result."""
    return Console(stderr=True)


def instant(value: datetime, zone: ZoneInfo) -> str:
    """An instant to the minute, as the clocks of a zone show it."""
    local = value.astimezone(zone)
    return f"{day(local)} {local:%H:%M}"


def about(reason: Reason) -> str:
    """The fields that a reason is about."""
    return f" ({', '.join(reason.fields)})" if reason.fields else ""


def plain(text: str) -> Text:
    """Text that is shown as it is, whatever it looks like to the terminal."""
    return Text(text)


def status_to_wire(row: Status) -> dict[str, Any]:
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


def account_to_wire(row: DayAccount) -> dict[str, Any]:
    """A day of an account as plain data."""
    return {
        "day": row.day.isoformat(),
        "weekday": row.weekday,
        "number": row.number,
        "reason": row.reason,
        "estimated": row.estimated,
        "note": row.note,
    }


def deadlines(rows: Iterable[DeadlineStatus]) -> Table:
    """A table of the limits that run."""
    table = Table(title="Limits that run", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("limit", no_wrap=True)
    table.add_column("day 0", no_wrap=True)
    table.add_column("due", no_wrap=True)
    table.add_column("working days", justify="right", no_wrap=True)
    table.add_column("zone", no_wrap=True)
    table.add_column("note")
    for row in rows:
        deadline = row.deadline
        notes = [] if row.binding else ["not binding"]
        if row.binding and deadline.further:
            notes.append(f"extended by {sum(part.working_days for part in deadline.further)}")
        table.add_row(
            words(deadline.limit),
            day(deadline.day_zero),
            day(deadline.due_on),
            days_left(row.working_days_left),
            deadline.last_basis.zone,
            "; ".join(notes),
        )
    return table


def trail(steps: Iterable[Step], zone: ZoneInfo) -> Table:
    """A table of what happened."""
    table = Table(title="What happened", title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("step", justify="right")
    table.add_column("at", no_wrap=True)
    table.add_column("what", no_wrap=True)
    table.add_column("by", no_wrap=True)
    table.add_column("to", no_wrap=True)
    table.add_column("limits")
    for step in steps:
        started = [f"{words(each.limit)} due {day(each.due_on)}" for each in step.started]
        stopped = [f"{words(limit)} ends" for limit in step.stopped]
        table.add_row(
            str(step.version),
            instant(step.at, zone),
            words(step.trigger),
            words(step.by.role),
            words(step.target) if step.target != step.source else "",
            "; ".join((*stopped, *started)),
        )
    return table


def overdue(rows: Iterable[tuple[Status, DeadlineStatus]], *, title: str) -> Table:
    """A table of limits that have passed."""
    table = Table(title=title, title_justify="left", box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("request", no_wrap=True)
    table.add_column("limit", no_wrap=True)
    table.add_column("whose turn", no_wrap=True)
    table.add_column("was due", no_wrap=True)
    table.add_column("working days", justify="right", no_wrap=True)
    for row, each in rows:
        table.add_row(
            row.request,
            words(each.deadline.limit),
            words(row.turn),
            day(each.deadline.due_on),
            days_left(each.working_days_left),
        )
    return table


def overdue_to_wire(row: Status, each: DeadlineStatus) -> dict[str, Any]:
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
