"""How things look on a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from eap_workflow import wording
from eap_workflow.cli.fitting import BESIDE, fitted, needed
from eap_workflow.values import SYSTEM, as_words
from eap_workflow.views.said import said_of
from eap_workflow.wording import instant

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from zoneinfo import ZoneInfo

    from eap_workflow.calendar import DayAccount
    from eap_workflow.deadlines import Deadline
    from eap_workflow.process import Listing
    from eap_workflow.steps import Step
    from eap_workflow.values import Actor
    from eap_workflow.verdict import Reason
    from eap_workflow.views import DeadlineStatus, Status

SOON_WORKING_DAYS = 1
SOON_HOURS = 4
MOST_ROWS = 200
"""A table for a person is no longer than this; ``--json`` lists everything."""

NONE = "-"
NARROWEST = 100
READABLE = 30
NARROW = 17


class Plain(Console):
    """A console that shows text as it is and cuts no table, whether there is a terminal whose width it has to keep to or not."""

    def __init__(self, *, stderr: bool = False) -> None:
        # A reference may have what rich takes for an emoji (``:x:``), and no text of ours is markup.
        super().__init__(stderr=stderr, emoji=False, markup=False)
        if not self.is_terminal:
            self.width = max(self.width, NARROWEST)

    def print(self, *objects: Any, **options: Any) -> None:
        """Print: within the width of a terminal, and elsewhere with as much room as the widest table needs."""
        if self.is_terminal:
            objects = tuple(fitted(self, each) if isinstance(each, Table) else each for each in objects)
            super().print(*objects, **options)
            return
        before = self.width
        self.width = max([before, *(self._width_of(each) for each in objects if isinstance(each, Table))])
        super().print(*objects, **options)
        self.width = before

    def _width_of(self, table: Table) -> int:
        width = 0
        for column in table.columns:
            longest = needed(self, column).maximum
            width += BESIDE + (longest if column.no_wrap or column.max_width else min(longest, READABLE))
        return width


def console() -> Console:
    """The terminal, or what stands in its place."""
    return Plain()


def words(name: str | None) -> str:
    """A name as people write it."""
    return NONE if name is None else as_words(name)


def day(value: date | None) -> str:
    """A date with its weekday."""
    return NONE if value is None else wording.day(value)


def time_left(row: Status | DeadlineStatus, *, days: str = "") -> Text:
    """Working days, or hours, to the end of a limit, or past it, in words.

    Args:
        row: How a limit stands.
        days: What a number of days is called, where the column has hours too.
    """
    if row.hours_left is not None:
        return _hours_left(row.hours_left)
    left = row.working_days_left
    if left is None:
        return Text(NONE, style="dim")
    unit = days.removesuffix("s") if abs(left) == 1 else days
    if left < 0:
        return Text(f"{-left}{unit} over", style="bold red")
    if left == 0:
        return Text("today", style="bold yellow")
    return Text(f"{left}{unit} left", style="yellow" if left <= SOON_WORKING_DAYS else "")


def _hours_left(left: int) -> Text:
    if left < 0:
        # The first hour over is -1: of whole hours, there is none yet.
        return Text(f"{-left - 1} h over" if left < -1 else "< 1 h over", style="bold red")
    if left == 0:
        return Text("within the hour", style="bold yellow")
    return Text(f"{left} h left", style="yellow" if left <= SOON_HOURS else "")


def time_column(rows: Iterable[Status | DeadlineStatus]) -> tuple[str, str]:
    """The heading over what `time_left` says of some rows, and what it has to call a day there."""
    in_hours = {row.hours_left is not None for row in rows if (row.hours_left, row.working_days_left) != (None, None)}
    if in_hours == {True, False}:
        return "time", " days"
    return ("hours" if in_hours == {True} else "working days"), ""


def due(row: Status, zone: ZoneInfo) -> str:
    """The date on which a request is due; of a limit in elapsed hours the hour too, as the clocks of a zone show it."""
    if row.hours_left is None or row.passes_at is None:
        return day(row.due_on)
    return instant(row.passes_at, zone)


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


def open_requests(rows: Sequence[Status], zone: ZoneInfo, *, title: str) -> Table:
    """A table of requests of one workflow that somebody has still to act on."""
    figures = figures_of(rows)
    heading, days = time_column(rows)
    table = table_of(
        title,
        ("request", "left"),
        ("state", "left"),
        ("whose turn", "left"),
        ("due", "left"),
        (heading, "right"),
        *((words(name), setting) for name, setting in figures.items()),
    )
    for row in rows:
        table.add_row(
            row.request,
            Text(words(row.state), style=STATE_STYLES.get(row.state, "")),
            words(row.turn),
            due(row, zone),
            time_left(row, days=days),
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


def account(rows: Sequence[DayAccount], *, title: str, otherwise: str = "why not") -> Table:
    """A due date, day by day.

    Args:
        rows: The days.
        title: What it is the account of.
        otherwise: The heading over what is said of a day.
    """
    counted = any(row.number is not None for row in rows)
    numbers = (("counts as", "right"),) if counted else ()
    table = table_of(title, ("day", "left"), *numbers, (otherwise, "fold"))
    for row in rows:
        said = ": ".join(each for each in (row.reason, row.note) if each)
        number_of_day = Text("" if row.number is None else str(row.number), style="bold")
        style = "dim" if counted and row.number is None else ""
        cells = (number_of_day,) if counted else ()
        table.add_row(day(row.day), *cells, Text(f"{said} (estimated)" if row.estimated else said, style=style))
    return table


def explained(deadline: Deadline, rows: Sequence[DayAccount]) -> Table:
    """The account of a limit that was stated, with a title and headings that fit how it was counted."""
    zones = " and ".join(dict.fromkeys(part.basis.zone for part in deadline.due.parts))
    how, otherwise = "day by day", "why not"
    if deadline.due.elapsed_hours is not None:
        how, otherwise = "hour by hour", "what counts"
    elif deadline.due.stated_on is not None:
        how, otherwise = "to a day that was stated", "what it is"
    counted = any(row.number is not None for row in rows)
    if counted and not deadline.due.is_counted_in_days:
        how = f"{how}, and then day by day"
    return account(rows, title=f"The {words(deadline.limit)} limit, {how} ({zones})", otherwise=otherwise)


def error_console() -> Console:
    """The terminal, for what is not the result."""
    return Plain(stderr=True)


def about(reason: Reason) -> str:
    """The fields that a reason is about, and what the contract lists for them."""
    return f" ({reason.about})" if reason.fields else ""


def plain(text: str) -> Text:
    """Text that is shown as it is, whatever it looks like to the terminal."""
    return Text(text)


def deadlines(rows: Sequence[DeadlineStatus]) -> Table:
    """A table of the limits that run."""
    heading, days = time_column(rows)
    table = table_of(
        "Limits that run",
        ("limit", "left"),
        ("day 0", "left"),
        ("due", "left"),
        (heading, "right"),
        ("zone", "left"),
        ("note", "left"),
    )
    for row in rows:
        deadline = row.deadline
        extended = sum(part.working_days for part in deadline.due.further) if row.binding else 0
        table.add_row(
            words(deadline.limit),
            day(deadline.day_zero),
            deadline_due(deadline),
            time_left(row, days=days),
            deadline.due.last_basis.zone,
            _note(row, extended),
        )
    return table


def deadline_due(deadline: Deadline) -> str:
    """The date on which a limit is due, in its party's zone; of one in elapsed hours the hour too."""
    if not deadline.due.is_in_hours:
        return day(deadline.due_on)
    return instant(deadline.passes_at, deadline.due.last_basis.zone)


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
        told += [f"{words(each.limit)} due {deadline_due(each)}" for each in step.started]
        told += filter(None, [said_of(step)])
        table.add_row(str(step.version), instant(step.at, zone), words(step.trigger), who(step.by), "; ".join(told))
    return table


def who(actor: Actor) -> str:
    """Who acted: in which role, and which of them; the clock is the system and nobody else."""
    return words(actor.role) if actor == SYSTEM else f"{words(actor.role)} {actor.id}"


def overdue(rows: Iterable[tuple[Status, DeadlineStatus]], zone: ZoneInfo, *, title: str) -> Table:
    """A table of limits that have passed."""
    rows = list(rows)
    heading, days = time_column(each for _, each in rows)
    table = table_of(
        title,
        ("request", "left"),
        ("limit", "left"),
        ("whose turn", "left"),
        ("was due", "left"),
        (heading, "right"),
    )
    for row, each in rows:
        deadline = each.deadline
        table.add_row(
            row.request,
            words(deadline.limit),
            words(row.turn),
            instant(deadline.passes_at, zone) if deadline.due.is_in_hours else day(deadline.due_on),
            time_left(each, days=days),
        )
    return table
