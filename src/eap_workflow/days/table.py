"""What every day of a span is: weekend, closed with a name, opened with a name, or plain.

The ground under the business-day calendar: a value with no arithmetic in it. It is built by ``regions`` (public
holidays), ``listed`` (a list that a person wrote) or ``frozen`` (a file), changed by closures and extra working days, combined with another one, and
handed to ``calendar``, which counts on it. Its normal form is unique for given content, so equal content has one
fingerprint, however it came about.
"""

from __future__ import annotations

from datetime import date, datetime
from itertools import islice
from operator import and_, or_
from types import MappingProxyType
from typing import TYPE_CHECKING

import attrs

from eap_workflow.errors import CoverageError, InvalidType, InvalidValue
from eap_workflow.plain.digest import digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

MAKE_UP_DAY = "make-up working day"
WEEKEND = "weekend"
NAME_DELIMITER = "; "
MAX_NAME_LENGTH = 200
FIRST_YEAR, LAST_YEAR = 1800, 2200
USUAL_WEEKEND = ("Saturday", "Sunday")

WeekendSegments = tuple[tuple[date, frozenset[int]], ...]


def _in_order(days: Mapping[date, str]) -> Mapping[date, str]:
    return MappingProxyType(dict(sorted(days.items())))


@attrs.frozen(kw_only=True, eq=False, repr=False)
class DayTable:
    """The days from ``first`` to ``last``, both included, and what is known about them.

    A day counts as a working day unless it is a weekend day or closed; an opened day counts although it is a
    weekend day. No day is both closed and opened.

    Attributes:
        first: The first day.
        last: The last day.
        weekend: From which day on which weekdays (Monday is 0) are the weekend, in order; weekends move with laws.
        closed: Days with a holiday or a closure, by name; weekend days may be among them.
        opened: Weekend days that count all the same, by name, and other days opened on purpose.
        estimated: The closed days for which the date of every holiday on it is an estimate.
    """

    first: date
    last: date
    weekend: WeekendSegments
    closed: Mapping[date, str] = attrs.field(converter=_in_order)
    opened: Mapping[date, str] = attrs.field(converter=_in_order)
    estimated: frozenset[date]

    def __reduce__(self) -> tuple[Callable[..., DayTable], tuple[object, ...]]:
        return _restored, (self.first, self.last, self.weekend, dict(self.closed), dict(self.opened), self.estimated)

    def ordinals(self) -> range:
        """Give the proleptic ordinals of the span, in order."""
        return range(self.first.toordinal(), self.last.toordinal() + 1)

    def weekend_flags(self) -> bytearray:
        """Give one byte for each day of the span, 1 on weekend days."""
        flags = bytearray()
        starts = [day.toordinal() for day, _ in self.weekend]
        for (day, weekdays), start, end in zip(
            self.weekend, starts, [*starts[1:], self.last.toordinal() + 1], strict=True
        ):
            week = bytes((day.weekday() + offset) % 7 in weekdays for offset in range(7))
            flags += (week * ((end - start) // 7 + 1))[: end - start]
        return flags

    def working_flags(self) -> bytearray:
        """Give one byte for each day of the span, 1 on days that count."""
        flags = self.weekend_flags().translate(bytes([1, 0]) + bytes(254))
        base = self.first.toordinal()
        for day in self.closed:
            flags[day.toordinal() - base] = 0
        for day in self.opened:
            flags[day.toordinal() - base] = 1
        return flags

    def is_weekend(self, day: date) -> bool:
        """Tell whether ``day`` is a weekend day, opened or not."""
        current: frozenset[int] = frozenset()
        for since, weekdays in self.weekend:
            if since > day:
                break
            current = weekdays
        return day.weekday() in current

    def reason(self, day: date) -> str | None:
        """Say why ``day`` does not count; None when it does.

        A holiday or closure that falls on a weekend is named with it: ``weekend (Boxing Day)``.
        """
        if day in self.opened:
            return None
        name = self.closed.get(day)
        if not self.is_weekend(day):
            return name
        return WEEKEND if name is None else f"{WEEKEND} ({name})"

    def canonical(self) -> bytes:
        """Give the bytes that determine counting and naming, in one way only."""
        lines = [f"{self.first} {self.last}"]
        lines += [f"weekend {day} {','.join(map(str, sorted(weekdays)))}" for day, weekdays in self.weekend]
        lines += [
            f"{'estimated' if day in self.estimated else 'closed'} {day} {name}" for day, name in self.closed.items()
        ]
        lines += [f"opened {day} {name}" for day, name in self.opened.items()]
        return "\n".join(lines).encode()

    def fingerprint(self) -> str:
        """Give the SHA-256 of the canonical bytes, in hexadecimal."""
        return digest(self.canonical())

    def close(self, days: Mapping[date, str]) -> DayTable:
        """Give the table with ``days`` closed; on a day that is closed already, both names stand.

        A closure is certain, so a day with an estimated holiday and a closure is no longer an estimate.
        """
        names = {day: _joined(self.closed.get(day), name) for day, name in days.items()}
        return attrs.evolve(
            self,
            closed={**self.closed, **names},
            opened={day: name for day, name in self.opened.items() if day not in days},
            estimated=self.estimated - days.keys(),
        )

    def open(self, days: Mapping[date, str]) -> DayTable:
        """Give the table with ``days`` opened, whatever closed them; a day that counts already stays as it is."""
        needed = {day: name for day, name in days.items() if self.reason(day) is not None}
        return attrs.evolve(
            self,
            closed={day: name for day, name in self.closed.items() if day not in needed},
            opened={**self.opened, **needed},
            estimated=self.estimated - needed.keys(),
        )

    def both(self, other: DayTable) -> DayTable:
        """Give the table on which a day counts where it counts in both, over the span that both have."""
        return _combined(self, other, both=True)

    def either(self, other: DayTable) -> DayTable:
        """Give the table on which a day counts where it counts in one or both, over the span that both have."""
        return _combined(self, other, both=False)

    def clipped(self, first: date, last: date) -> DayTable:
        """Give the part of the table from ``first`` to ``last``, both of which it must contain."""
        if (first, last) == (self.first, self.last):
            return self
        days = islice(self.weekend_flags(), (first - self.first).days, (last - self.first).days + 1)
        return DayTable(
            first=first,
            last=last,
            weekend=weekend_segments(first, days),
            closed={day: name for day, name in self.closed.items() if first <= day <= last},
            opened={day: name for day, name in self.opened.items() if first <= day <= last},
            estimated=frozenset(day for day in self.estimated if first <= day <= last),
        )


def _restored(
    first: date,
    last: date,
    weekend: WeekendSegments,
    closed: Mapping[date, str],
    opened: Mapping[date, str],
    estimated: frozenset[date],
) -> DayTable:
    """Make a table again that was pickled; a mapping proxy cannot be."""
    return DayTable(first=first, last=last, weekend=weekend, closed=closed, opened=opened, estimated=estimated)


def checked_names(field: str, days: Mapping[date, str], *, first: date, last: date) -> dict[date, str]:
    """Copy an overlay of named days.

    Raises:
        InvalidType: it is no mapping, or a key is no date, or a name no text.
        InvalidValue: a name is empty, too long, or not printable on one line.
        CoverageError: a day lies outside the span.
    """
    try:
        copy = dict(days)
    except (TypeError, ValueError):
        raise InvalidType(field, "must be a mapping of dates to names") from None
    for day, name in copy.items():
        if not isinstance(day, date) or isinstance(day, datetime):
            raise InvalidType(field, "every key must be a date (datetime.date, not a datetime)")
        if not first <= day <= last:
            raise CoverageError(f"{field}: a day lies outside the span", first=first, last=last)
        check_name(field, name)
    return copy


def check_name(field: str, name: str) -> None:
    """Refuse what names no day, nor where days come from.

    Raises:
        InvalidType: it is no text.
        InvalidValue: it is empty, too long, or not printable on one line.
    """
    if not isinstance(name, str):
        raise InvalidType(field, "every name must be text")
    if not name.strip() or len(name) > MAX_NAME_LENGTH or not name.isprintable():
        raise InvalidValue(field, f"every name must be 1 to {MAX_NAME_LENGTH} printable characters on one line")


def checked_years(years: Sequence[int]) -> tuple[int, int]:
    """Take the first and the last year of a span.

    Raises:
        InvalidType: they are not two whole numbers.
        InvalidValue: they are out of bounds, or the span ends before it starts.
    """
    try:
        first, last = years
    except (TypeError, ValueError):
        raise InvalidType("years", "must be two whole numbers, the first and the last year") from None
    if type(first) is not int or type(last) is not int:
        raise InvalidType("years", "must be two whole numbers, the first and the last year")
    if first > last:
        raise InvalidValue("years", "the span ends before it starts")
    if not FIRST_YEAR <= first <= last <= LAST_YEAR:
        raise InvalidValue("years", f"must lie between {FIRST_YEAR} and {LAST_YEAR}")
    return first, last


def weekend_segments(first: date, flags: Iterable[int]) -> WeekendSegments:
    """Compress one weekend flag a day, from ``first`` on, into the days on which the pattern of the week changes."""
    start = first.toordinal()
    known: dict[int, int] = {}
    segments: list[tuple[date, frozenset[int]]] = []
    for ordinal, flag in enumerate(flags, start):
        weekday = (ordinal + 6) % 7
        if known.get(weekday, flag) != flag:
            segments.append((date.fromordinal(start), _weekend_of(known)))
            start, known = ordinal, {}
        known[weekday] = flag
    segments.append((date.fromordinal(start), _weekend_of(known)))
    return tuple(segments)


def _weekend_of(known: Mapping[int, int]) -> frozenset[int]:
    return frozenset(weekday for weekday, flag in known.items() if flag)


def _joined(*names: str | None) -> str:
    """Join names that differ, each part once and in alphabetical order, as ``holidays`` does."""
    given = {name for name in names if name is not None}
    if len(given) == 1:
        return given.pop()
    return NAME_DELIMITER.join(sorted({part for name in given for part in name.split(NAME_DELIMITER)}))


def _combined(a: DayTable, b: DayTable, *, both: bool) -> DayTable:
    """Combine day by day: with ``both`` a day counts if it does in the two of them, and is a weekend day if in either.

    Without, it is the other way round.
    """
    first, last = max(a.first, b.first), min(a.last, b.last)
    if first > last:
        raise InvalidValue("other", "the two calendars have no day in common")
    sides = (a.clipped(first, last), b.clipped(first, last))
    counts, working_if, weekend_if = (all, and_, or_) if both else (any, or_, and_)
    weekend = bytes(map(weekend_if, *(side.weekend_flags() for side in sides)))
    working = bytes(map(working_if, *(side.working_flags() for side in sides)))
    closed: dict[date, str] = {}
    opened: dict[date, str] = {}
    estimated: set[date] = set()
    for day in sorted({day for side in sides for days in (side.closed, side.opened) for day in days}):
        position = (day - first).days
        if working[position]:
            plain = [side for side in sides if side.reason(day) is None and day not in side.opened]
            labels = [side.opened[day] for side in sides if day in side.opened]
            if labels and (both or not plain):
                opened[day] = _joined(*labels)
            continue
        named = [side for side in sides if day in side.closed]
        if not named:
            continue
        elsewhere = WEEKEND if not weekend[position] and any(s.reason(day) == WEEKEND for s in sides) else None
        closed[day] = _joined(elsewhere, *(side.closed[day] for side in named))
        if counts(day in side.estimated for side in named):
            estimated.add(day)
    return DayTable(
        first=first,
        last=last,
        weekend=sides[0].weekend if sides[0].weekend == sides[1].weekend else weekend_segments(first, weekend),
        closed=closed,
        opened=opened,
        estimated=frozenset(estimated),
    )
