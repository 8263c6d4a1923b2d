"""How things look on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from rich import box
from rich.console import Console
from rich.measure import Measurement
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime
    from zoneinfo import ZoneInfo

    from eap_workflow.calendar import DayAccount
    from eap_workflow.process import Listing
    from eap_workflow.steps import Step
    from eap_workflow.verdict import Reason
    from eap_workflow.views import DeadlineStatus, Status

SOON_WORKING_DAYS = 1
SOON_HOURS = 4
MOST_ROWS = 200
"""A table for a person is no longer than this; ``--json`` lists everything."""

NONE = "-"
NARROWEST = 100
WIDEST = 1000
READABLE = 30
BESIDE = 3
NARROW = 17
TOLD = {
    "remind": "whose turn it is, is reminded",
    "warn": "the case team is warned",
    "overdue": "the limit has passed",
    "relay": "the outcome is relayed",
}


class Plain(Console):
    """A console that shows text as it is, and cuts no table where there is no terminal whose width it has to keep to."""

    def __init__(self, *, stderr: bool = False) -> None:
        # A reference may have what rich takes for an emoji (``:x:``), and no text of ours is markup.
        super().__init__(stderr=stderr, emoji=False, markup=False)
        if not self.is_terminal:
            self.width = max(self.width, NARROWEST)

    def print(self, *objects: Any, **options: Any) -> None:
        """Print, with as much room as the widest table needs."""
        before = self.width
        if not self.is_terminal:
            self.width = max([before, *(self._needed(each) for each in objects if isinstance(each, Table))])
        super().print(*objects, **options)
        self.width = before

    def _needed(self, table: Table) -> int:
        roomy = self.options.update(max_width=WIDEST)
        needed = 0
        for column in table.columns:
            cells = (column.header, *column.cells)
            longest = max(Measurement.get(self, roomy, cell).maximum for cell in cells)
            needed += BESIDE + (longest if column.no_wrap else min(longest, column.max_width or READABLE))
        return needed


def console() -> Console:
    """The terminal, or what stands in its place."""
    return Plain()


def words(name: str | None) -> str:
    """A name as people write it."""
    return NONE if name is None else name.replace("_", " ")


def day(value: date | None) -> str:
    """A date with its weekday."""
    return NONE if value is None else f"{value:%a} {value:%Y-%m-%d}"


def time_left(row: Status | DeadlineStatus) -> Text:
    """Working days, or hours, to the end of a limit, or past it, in words."""
    left, soon, unit = row.working_days_left, SOON_WORKING_DAYS, ""
    if row.hours_left is not None:
        left, soon, unit = row.hours_left, SOON_HOURS, " h"
    if left is None:
        return Text(NONE, style="dim")
    if left < 0:
        return Text(f"{-left}{unit} over", style="bold red")
    if left == 0:
        return Text("within the hour" if unit else "today", style="bold yellow")
    return Text(f"{left}{unit} left", style="yellow" if left <= soon else "")


STATE_STYLES = {"approved": "green", "declined": "red", "withdrawn": "dim", "lapsed": "dim", "escalated": "red"}


def table_of(title: str, *columns: tuple[str, str]) -> Table:
    """An empty table; a column is its heading and how it is set: left, right, fold for long text, narrow for a list."""
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False)
    for heading, setting in columns:
        justify: Literal["left", "right"] = "right" if setting == "right" else "left"
        whole = setting in ("left", "right")
        width = NARROW if setting == "narrow" else None
        table.add_column(heading, justify=justify, no_wrap=whole, overflow="fold", max_width=width)
    return table


def open_requests(rows: Sequence[Status], *, title: str) -> Table:
    """A table of requests of one workflow that somebody has still to act on."""
    figures = figures_of(rows)
    table = table_of(
        title,
        ("request", "left"),
        ("state", "left"),
        ("whose turn", "left"),
        ("due", "left"),
        ("working days", "right"),
        *((words(name), setting) for name, setting in figures.items()),
    )
    for row in rows:
        table.add_row(
            row.request,
            Text(words(row.state), style=STATE_STYLES.get(row.state, "")),
            words(row.turn),
            day(row.due_on),
            time_left(row),
            *(figure(row.figures[name]) for name in figures),
        )
    return table


def ended_requests(rows: Sequence[tuple[Status, Listing]], zone: ZoneInfo, *, title: str) -> Table:
    """A table of requests of one workflow that have ended, with how they did."""
    figures = figures_of([row for row, _ in rows])
    table = table_of(
        title,
        ("request", "left"),
        ("outcome", "left"),
        ("on", "left"),
        *((words(name), setting) for name, setting in figures.items()),
        ("how", "fold"),
    )
    for row, listing in rows:
        table.add_row(
            row.request,
            Text(words(row.state), style=STATE_STYLES.get(row.state, "")),
            day(None if listing.ended_at is None else listing.ended_at.astimezone(zone).date()),
            *(figure(row.figures[name]) for name in figures),
            ", ".join(listing.how),
        )
    return table


def figures_of(rows: Sequence[Status]) -> dict[str, str]:
    """What is shown of requests of one workflow besides, and how its column is set: numbers to the right."""
    named = dict.fromkeys(name for row in rows for name in row.figures)
    return {name: "left" if any(isinstance(row.figures[name], str) for row in rows) else "right" for name in named}


def figure(value: int | str | None) -> str:
    """A number or a choice, or that there is none."""
    return words(value) if isinstance(value, str) else number(value)


def number(value: int | None) -> str:
    """A number, or that there is none."""
    return NONE if value is None else str(value)


def account(rows: Iterable[DayAccount], *, title: str) -> Table:
    """A due date, day by day."""
    table = table_of(title, ("day", "left"), ("counts as", "right"), ("why not", "fold"))
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
    return Plain(stderr=True)


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


def deadlines(rows: Iterable[DeadlineStatus]) -> Table:
    """A table of the limits that run."""
    table = table_of(
        "Limits that run",
        ("limit", "left"),
        ("day 0", "left"),
        ("due", "left"),
        ("working days", "right"),
        ("zone", "left"),
        ("note", "left"),
    )
    for row in rows:
        deadline = row.deadline
        extended = sum(part.working_days for part in deadline.due.further) if row.binding else 0
        table.add_row(
            words(deadline.limit),
            day(deadline.day_zero),
            day(deadline.due_on),
            time_left(row),
            deadline.due.last_basis.zone,
            _note(row, extended),
        )
    return table


def _note(row: DeadlineStatus, extended: int) -> str:
    if not row.binding:
        return "stated only"
    said = [f"extended by {extended}"] if extended else []
    if row.deadline.due.stated_elsewhere is not None:
        said.append("stated elsewhere")
    return ", ".join(said)


def trail(steps: Iterable[Step], zone: ZoneInfo) -> Table:
    """A table of what happened."""
    table = table_of(
        "What happened", ("step", "right"), ("at", "left"), ("what", "left"), ("by", "left"), ("and so", "fold")
    )
    for step in steps:
        told = [] if step.target == step.source else [f"now {words(step.target)}"]
        told += [f"{words(each.limit)} due {day(each.due_on)}" for each in step.started]
        told += [TOLD[step.trigger]] if step.trigger in TOLD else []
        table.add_row(
            str(step.version), instant(step.at, zone), words(step.trigger), words(step.by.role), "; ".join(told)
        )
    return table


def overdue(rows: Iterable[tuple[Status, DeadlineStatus]], *, title: str) -> Table:
    """A table of limits that have passed."""
    table = table_of(
        title,
        ("request", "left"),
        ("limit", "left"),
        ("whose turn", "left"),
        ("was due", "left"),
        ("working days", "right"),
    )
    for row, each in rows:
        table.add_row(
            row.request,
            words(each.deadline.limit),
            words(row.turn),
            day(each.deadline.due_on),
            time_left(each),
        )
    return table
