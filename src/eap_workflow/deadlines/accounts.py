"""How a due date came about, day by day or hour by hour, and what it would be if it were computed now (IN-12)."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import attrs
from attrs import frozen

from eap_workflow.citing import serves
from eap_workflow.deadlines.counting import office_of
from eap_workflow.local_time import ONE_DAY, local_datetime, local_day, passes_at
from eap_workflow.plain.english import WEEKDAYS
from eap_workflow.values import Value

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from eap_workflow.calendar import BusinessCalendar, DayAccount
    from eap_workflow.days.difference import DayDifference
    from eap_workflow.deadlines.counting import Office
    from eap_workflow.deadlines.values import Deadline

# In the account of a date, why a row is no day of our count.
STATED_ELSEWHERE = "stated by another system"
DAY_OF_STATING = "the day on which it was stated"
STATED_DAY = "the day that was stated"
LAST_HOUR = "the last hour"
DAY_OF_RECEIPT = "day of receipt"
NO_DAY = "no day is counted"

ONE_HOUR = timedelta(hours=1)


@serves("IN-01", "IN-12")
def explain(deadline: Deadline, offices: Mapping[str, Office]) -> tuple[DayAccount, ...]:
    """Account for a due date day by day, from day 0 to the last, stretch by stretch.

    A limit in elapsed hours has a row for every local day that its hours run through, with how many of the day's they are. A
    limit to a stated day counts none: its rows are the day on which that was stated, and the day itself.

    Where another system stated the date, and our count gives another one, the account is that of our count, and then has a
    row for the date that was stated.

    Args:
        deadline: The deadline.
        offices: The calendars that it was counted on, or newer ones to compare with.

    Raises:
        CoverageError: A calendar does not reach that far.
        DefinitionError: There is no office of a party.
    """
    due = deadline.due
    if due.elapsed_hours is not None:
        rows = list(_hours(deadline, timedelta(hours=due.elapsed_hours)))
    elif due.stated_on is not None:
        rows = _stated(deadline, due.stated_on)
    else:
        rows = _receipt(deadline, office_of(offices, due.basis.party).calendar)
    counted = 0
    for part in due.parts:
        if part.stated_on is not None:
            rows.append(_stated_row(deadline, part.stated_on, part.from_on))
            continue
        if not part.working_days:
            continue
        stretch = office_of(offices, part.basis.party).calendar.explain(part.from_on, part.working_days)
        # The day on which a later stretch starts is the last of the one before it, and stands there already.
        fresh = stretch if not rows else stretch[1:]
        rows += [row if row.number is None else attrs.evolve(row, number=counted + row.number) for row in fresh]
        counted += part.working_days
    return tuple(rows)


def _hours(deadline: Deadline, length: timedelta) -> Iterator[DayAccount]:
    """Every local day that hours run through, from the one that has the first of them to the one that has the last (CM-05)."""
    zone, began = deadline.due.basis.zone, deadline.started_at.astimezone(UTC)
    ended = began + length
    starts = f"from {_clock(began, zone)}, {_in_hours(length)}"
    day, last = deadline.day_zero, _uncounted_until(deadline)
    # What ends at midnight ends with the day before it, and not on the day that begins there.
    ends = "to the end of the day" if ended == passes_at(last, zone) else f"to {_clock(ended, zone)}"
    if day == last:
        yield _row(day, DAY_OF_RECEIPT, f"{starts}, {ends}")
        return
    yield _row(day, DAY_OF_RECEIPT, starts)
    while (day := day + ONE_DAY) < last:
        # A day with a change of the clocks has 23 hours or 25, and a zone may have skipped a day.
        hours = passes_at(day, zone) - passes_at(day - ONE_DAY, zone)
        if hours:
            yield _row(day, f"{_in_hours(hours)}, all of them count")
    yield _row(last, LAST_HOUR, ends)


def _clock(at: datetime, zone: str) -> str:
    return f"{local_datetime(at, zone):%H:%M}"


def _in_hours(length: timedelta) -> str:
    hours = length / ONE_HOUR
    return "1 hour" if hours == 1 else f"{hours:g} hours"


def _stated(deadline: Deadline, stated_on: date) -> list[DayAccount]:
    """When a day was stated to somebody, and that day (TC-03)."""
    at = f"at {_clock(deadline.started_at, deadline.due.basis.zone)}"
    if stated_on == deadline.day_zero:
        return [_row(stated_on, STATED_DAY, f"stated on the day itself, {at}; {NO_DAY}")]
    return [_row(deadline.day_zero, DAY_OF_STATING, at), _row(stated_on, STATED_DAY, f"it holds to its end; {NO_DAY}")]


def _uncounted_until(deadline: Deadline) -> date:
    """The last day of a limit that no day is counted for, before anything was counted on from it."""
    due = deadline.due
    return due.further[0].from_on if due.further else due.due_on


def _row(day: date, reason: str, note: str | None = None) -> DayAccount:
    from eap_workflow.days.account import DayAccount

    return DayAccount(day=day, weekday=WEEKDAYS[day.weekday()], number=None, reason=reason, note=note)


def _stated_row(deadline: Deadline, stated_on: date, counted_on: date) -> DayAccount:
    due = deadline.due
    if due.elapsed_hours is None or not due.is_in_hours:
        note = f"this date holds; our count, when the request was taken over, gave {counted_on}"
        return _row(stated_on, STATED_ELSEWHERE, note)
    zone, ours = due.basis.zone, deadline.started_at.astimezone(UTC) + timedelta(hours=due.elapsed_hours)
    note = (
        f"to {_clock(due.passes_at, zone)}, which holds; our count, when the request was taken over, gave {counted_on}"
    )
    return _row(stated_on, STATED_ELSEWHERE, f"{note}, {_clock(ours, zone)}")


def _receipt(deadline: Deadline, calendar: BusinessCalendar) -> list[DayAccount]:
    """The days from receipt to day 0, where a contract has it count as received later (IN-01)."""
    basis = deadline.due.basis
    received = local_datetime(deadline.started_at, basis.zone)
    if received.date() == deadline.day_zero:
        return []
    first, *between, last = calendar.explain(received.date(), 1)
    if basis.cutoff is not None and received.time() > basis.cutoff:
        late = f"after the cut-off at {basis.cutoff.isoformat('seconds' if basis.cutoff.second else 'minutes')}"
        first = attrs.evolve(first, note=late if first.note is None else f"{first.note}; {late}")
    return [first, *between, attrs.evolve(last, number=None, reason="counts as received")]


@frozen(kw_only=True, eq=False, repr=False)
class Restatement(Value):
    """What a stated date would be if it were computed now; it moves nothing (IN-12).

    Attributes:
        limit: Which limit.
        was: The date that was stated, and that holds.
        is_now: The date that a recomputation gives.
        because: The days, between the start and the later of the two dates, that count otherwise now.
        counted_on: What our count gave when the request was taken over, where another system had stated another date: that,
            and no day of a calendar, is why the two dates differ. None where the date was counted here.
    """

    limit: str
    was: date
    is_now: date
    because: tuple[DayDifference, ...]
    counted_on: date | None = None

    @property
    def moved(self) -> bool:
        """Whether the recomputation differs."""
        return self.was != self.is_now


@serves("IN-12")
def restate(deadline: Deadline, then: Mapping[str, Office], now: Mapping[str, Office]) -> Restatement:
    """Recompute a stated date on newer holiday data: was, is now, because (IN-12).

    Args:
        deadline: The deadline as it was stated.
        then: The calendars that it was counted on, by party.
        now: The calendars of today, by party.

    Raises:
        CoverageError: A calendar does not reach that far.
        DefinitionError: There is no office of a party.
    """
    due, basis = deadline.due, deadline.due.basis
    old, new = office_of(then, basis.party).calendar, office_of(now, basis.party).calendar
    # Day 0 itself depends on the calendar, where what arrives on a day off counts as received later.
    day = new.day_zero(deadline.started_at, basis.zone, reading=basis.reading, cutoff=basis.cutoff)
    because: list[DayDifference] = []
    if not due.is_counted_in_days:
        # No day of a calendar moves what was counted in hours, or stated as a day; only what was counted on from it.
        day = _uncounted_until(deadline)
    elif day != deadline.day_zero:
        received = local_day(deadline.started_at, basis.zone)
        because = [row for row in old.diff(new).days if received <= row.day <= max(deadline.day_zero, day)]
    for part in deadline.due.parts:
        if part.stated_on is not None or not part.working_days:
            # What another system made of the limit cannot be counted again: ours is counted on as it was.
            continue
        old, new = office_of(then, part.basis.party).calendar, office_of(now, part.basis.party).calendar
        was = old.add(part.from_on, part.working_days)
        first, day = min(day, part.from_on), new.add(day, part.working_days)
        because += [row for row in old.diff(new).days if first < row.day <= max(was, day)]
    elsewhere = deadline.due.stated_elsewhere
    return Restatement(
        limit=deadline.limit,
        was=deadline.due_on,
        is_now=day,
        because=tuple(dict.fromkeys(because)),
        counted_on=None if elsewhere is None else elsewhere.from_on,
    )
