"""What differs between two calendars, day by day: what an auditor reads when a due date would be another one now."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import attrs

if TYPE_CHECKING:
    from eap_workflow.days.table import DayTable

WORKING = "working day"
ONE_DAY = timedelta(days=1)


@attrs.frozen(kw_only=True)
class DayDifference:
    """A day that two calendars see differently.

    Attributes:
        day: The date.
        mine: What it is in the first calendar: ``working day``, the name of a make-up or extra working day with it,
            or why it does not count.
        theirs: The same of the second.
        counts_differently: Whether it is a working day in one of them only; else they just name it differently.
    """

    day: date
    mine: str
    theirs: str
    counts_differently: bool

    def __str__(self) -> str:
        return f"{self.day}: {self.mine} → {self.theirs}"


@attrs.frozen(kw_only=True)
class CalendarDifference:
    """All that differs between two calendars; false if nothing does.

    Attributes:
        days: The days of the common span that differ, in order.
        only_mine: Stretches, first and last day, that the first calendar alone covers.
        only_theirs: Stretches that the second alone covers.
    """

    days: tuple[DayDifference, ...]
    only_mine: tuple[tuple[date, date], ...]
    only_theirs: tuple[tuple[date, date], ...]

    def __bool__(self) -> bool:
        return bool(self.days or self.only_mine or self.only_theirs)

    def __str__(self) -> str:
        lines = [str(day) for day in self.days]
        lines += [f"{first} to {last}: covered by the first calendar only" for first, last in self.only_mine]
        lines += [f"{first} to {last}: covered by the second calendar only" for first, last in self.only_theirs]
        return "\n".join(lines) or "no difference"


def difference(mine: DayTable, theirs: DayTable) -> CalendarDifference:
    """Compare two tables."""
    first, last = max(mine.first, theirs.first), min(mine.last, theirs.last)
    days: tuple[DayDifference, ...] = ()
    if first <= last:
        days = _days(mine.clipped(first, last), theirs.clipped(first, last))
    return CalendarDifference(days=days, only_mine=_beyond(mine, theirs), only_theirs=_beyond(theirs, mine))


def _days(mine: DayTable, theirs: DayTable) -> tuple[DayDifference, ...]:
    sides = (mine, theirs)
    flags = zip(*(side.working_flags() for side in sides), *(side.weekend_flags() for side in sides), strict=True)
    base = mine.first.toordinal()
    suspects = {
        date.fromordinal(ordinal)
        for ordinal, (works, works_there, weekend, weekend_there) in enumerate(flags, base)
        if works != works_there or weekend != weekend_there
    }
    suspects.update(
        day for a, b in ((mine.closed, theirs.closed), (mine.opened, theirs.opened)) for day, _ in a.items() ^ b.items()
    )
    suspects.update(mine.estimated ^ theirs.estimated)
    return tuple(
        DayDifference(day=day, mine=texts[0], theirs=texts[1], counts_differently=counts[0] != counts[1])
        for day in sorted(suspects)
        if (texts := [_text(side, day) for side in sides])[0] != texts[1]
        for counts in [[side.reason(day) is None for side in sides]]
    )


def _text(table: DayTable, day: date) -> str:
    reason = table.reason(day)
    if reason is not None:
        return f"{reason}, on an estimated date" if day in table.estimated else reason
    label = table.opened.get(day)
    if label is None:
        return WORKING
    return f"{WORKING} on a weekend ({label})" if table.is_weekend(day) else f"{WORKING} ({label})"


def _beyond(table: DayTable, other: DayTable) -> tuple[tuple[date, date], ...]:
    """Give the stretches of the span of ``table`` that ``other`` does not cover."""
    if table.last < other.first or other.last < table.first:
        return ((table.first, table.last),)
    stretches = []
    if table.first < other.first:
        stretches.append((table.first, other.first - ONE_DAY))
    if table.last > other.last:
        stretches.append((other.last + ONE_DAY, table.last))
    return tuple(stretches)
