"""Which days count, and arithmetic on them: the one door to the business-day calendar.

Stands on the ground, below policy and deadlines. A calendar is complete and immutable when it is made: what each day
is stands in ``days.table``; this module counts on it. A scalar answer is a lookup. ``days.regions`` builds from public
holidays, ``days.frozen`` reads and writes files, ``days.arrays`` does the same arithmetic on arrays; each is imported
when it is first used. Outside its span a calendar refuses to answer.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import date, datetime, time, timedelta
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Literal, cast, overload

import attrs

from eap_workflow.citing import serves
from eap_workflow.days.account import DayAccount, account
from eap_workflow.days.table import USUAL_WEEKEND, DayTable, checked_names
from eap_workflow.errors import CoverageError, InvalidType, InvalidValue
from eap_workflow.local_time import local_datetime

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from os import PathLike
    from zoneinfo import ZoneInfo

    import numpy as np
    import numpy.typing as npt

    from eap_workflow.days.arrays import Gather
    from eap_workflow.days.difference import CalendarDifference
    from eap_workflow.days.source import CalendarSource

__all__ = ["BusinessCalendar", "Convention", "CoverageError", "DayAccount", "Reading", "parse_region"]

Reading = Literal["day_of_receipt", "next_working_day"]
Convention = Literal["unadjusted", "following", "preceding", "modified_following", "modified_preceding", "nearest"]

YEARS = (2000, 2060)
"""The first and the last year of a region's calendar, where nobody says others."""


def parse_region(text: str) -> tuple[str, str | None]:
    """Split a region as a person types it: ``AU-VIC`` into ``("AU", "VIC")``, ``NZ`` into ``("NZ", None)``.

    Only the shape is checked here; ``BusinessCalendar.for_region`` knows which regions exist.

    Raises:
        InvalidType: not text.
        InvalidValue: not of that shape.
    """
    from eap_workflow.days import regions

    return regions.parse_region(text)


class BusinessCalendar:
    """Working days over a span of years: immutable, comparable and hashable by its days, safe to share by threads.

    Made by ``for_region``, by ``load``, or from other calendars by closures, extra working days, ``&`` and ``|``.
    Two calendars are equal if their spans are and every day has the same name and counts alike in both, whatever
    their ``source`` says.

    Attributes:
        table: What each day is. For the library's own modules.
        source: Where the days come from, and for which years there was no data or only estimates.
    """

    __slots__ = ("_arrays", "_at", "_before", "_counts", "_fingerprint", "_upto", "source", "table")

    table: DayTable
    source: CalendarSource
    _counts: list[int]
    _upto: dict[date, int]
    _before: dict[date, int]
    _at: dict[int, date]
    _fingerprint: str
    _arrays: Gather | None

    def __init__(self, table: DayTable, source: CalendarSource) -> None:
        keep = super().__setattr__
        keep("table", table)
        keep("source", source)
        # How many days count before each day of the span, and in all of it.
        keep("_counts", [0, *accumulate(table.working_flags())])
        # What was asked before is remembered: how many days count up to and including a day, how many before it, and
        # which day is the n-th that counts. What is remembered follows from the days alone, so threads may share it.
        keep("_upto", {})
        keep("_before", {})
        keep("_at", {})
        keep("_fingerprint", "")
        keep("_arrays", None)

    def __setattr__(self, name: str, value: object) -> None:
        raise attrs.exceptions.FrozenInstanceError

    def __delattr__(self, name: str) -> None:
        raise attrs.exceptions.FrozenInstanceError

    # ---- making one ----

    @classmethod
    def for_region(
        cls,
        country: str,
        subdiv: str | None = None,
        *,
        years: tuple[int, int] = YEARS,
        categories: tuple[str, ...] = ("public",),
    ) -> BusinessCalendar:
        """Build the calendar of a country or of one of its subdivisions, from the ``holidays`` library.

        Weekends (also those that moved in the course of time) and make-up working days are the region's own.
        Part-day holidays count as working days unless their category is asked for, and so do those of a part of the
        region; add those that matter as closures. Years for which ``holidays`` has no data, or lacks the date of a
        holiday that it knows of, are not covered; ``source`` lists them, and the years that carry estimates.

        Args:
            country: ISO 3166-1 code (``AU``).
            subdiv: ISO 3166-2 code without the country (``VIC``), or a name that ``holidays`` has for it.
            years: The first and the last year of the span.
            categories: Which categories of ``holidays`` close a day.

        Raises:
            UnknownRegion: no such country, or not a subdivision of this one.
            InvalidType: an argument of the wrong type.
            InvalidValue: a span that ends before it starts or is out of bounds, or a category that the region lacks.
            CoverageError: there is no data for any of the years.
        """
        from eap_workflow.days import regions

        return cls(*regions.build(country, subdiv, years, categories))

    @classmethod
    def of_holidays(
        cls,
        region: str,
        holidays: Mapping[date, str],
        *,
        source: str,
        years: Sequence[int],
        weekend: Sequence[str] = USUAL_WEEKEND,
    ) -> BusinessCalendar:
        """Build a calendar from holidays of the caller's own, where ``for_region`` knows of none.

        The list is taken as it stands: no holiday is moved from a weekend. ``with_working_days`` adds make-up days.

        Args:
            region: Whose days they are, in words.
            holidays: The days on which nobody works, each with its name.
            source: Who says so, and where.
            years: The first and the last year that the list is complete for.
            weekend: The weekdays that never count, by their English names.

        Raises:
            InvalidType: an argument of the wrong type.
            InvalidValue: a span that is out of bounds, a year without a single holiday, a name that cannot be printed on
                one line, or what is no weekday.
            CoverageError: a holiday outside the span.
        """
        from eap_workflow.days import listed

        return cls(*listed.build(region, holidays, source=source, years=years, weekend=weekend))

    @classmethod
    def load_holidays(cls, path: str | PathLike[str]) -> BusinessCalendar:
        """Build a calendar from a file that a person wrote, in TOML, with what ``of_holidays`` takes.

        The keys are ``region``, ``source``, ``years`` and ``weekend``; the tables are ``[holidays]`` and, for days that count
        although they would not, ``[working_days]``.

        Raises:
            InvalidValue: the file is no such list; the error names the key.
            CoverageError: a day outside the span.
            OSError: the file cannot be read.
        """
        from eap_workflow.days import listed

        given = listed.load(path)
        calendar = cls.of_holidays(
            given.region, given.named_days("holidays"), source=given.source, years=given.years, weekend=given.weekend
        )
        working_days = given.named_days("working_days")
        return calendar.with_working_days(working_days) if working_days else calendar

    @classmethod
    def load(cls, path: str | PathLike[str]) -> BusinessCalendar:
        """Read a calendar from the file that ``dump`` wrote; ``holidays`` is not needed.

        Raises:
            FrozenFileError: not such a file, or edited since, or of a format that this version does not read.
            OSError: the file cannot be read.
        """
        from eap_workflow.days import frozen as frozen_calendar

        return cls(*frozen_calendar.load(path))

    def dump(self, path: str | PathLike[str]) -> None:
        """Write the calendar to a file of readable JSON, one exceptional day a line; all of it or nothing.

        Raises:
            OSError: the file cannot be written.
        """
        from eap_workflow.days import frozen as frozen_calendar

        frozen_calendar.dump(self.table, self.source, path)

    @classmethod
    def loads(cls, content: str, name: str = "calendar") -> BusinessCalendar:
        """Read a calendar from what ``dumps`` gave.

        Args:
            content: The content of a frozen file.
            name: What errors call it.

        Raises:
            FrozenFileError: As ``load``.
        """
        from eap_workflow.days import frozen as frozen_calendar

        return cls(*frozen_calendar.read(content, name))

    def dumps(self) -> str:
        """Give the content of the file that ``dump`` writes, to be kept elsewhere."""
        from eap_workflow.days import frozen as frozen_calendar

        return frozen_calendar.text(self.table, self.source)

    def with_closures(self, days: Mapping[date, str]) -> BusinessCalendar:
        """Give a calendar on which ``days``, by name, do not count, make-up working days among them.

        On a day that is closed already both names stand. Of several overlays the later one wins.

        Raises:
            InvalidType: not a mapping of dates to text.
            InvalidValue: a name that is empty, too long or not printable on one line.
            CoverageError: a day outside the span.
        """
        from eap_workflow.days.source import DerivedSource

        names = checked_names("closures", days, first=self.first, last=self.last)
        source = DerivedSource(how="closures", parts=(self.source,), days=len(names))
        return BusinessCalendar(self.table.close(names), source)

    def with_working_days(self, days: Mapping[date, str]) -> BusinessCalendar:
        """Give a calendar on which ``days``, by name, count: weekend days, holidays and closures alike.

        A day that counts already stays as it is. Of several overlays the later one wins.

        Raises:
            InvalidType: not a mapping of dates to text.
            InvalidValue: a name that is empty, too long or not printable on one line.
            CoverageError: a day outside the span.
        """
        from eap_workflow.days.source import DerivedSource

        names = checked_names("working_days", days, first=self.first, last=self.last)
        source = DerivedSource(how="working_days", parts=(self.source,), days=len(names))
        return BusinessCalendar(self.table.open(names), source)

    def __and__(self, other: BusinessCalendar) -> BusinessCalendar:
        """Give the calendar on which a day counts where it counts in both, over the span that both cover."""
        if not isinstance(other, BusinessCalendar):
            return NotImplemented
        return self._combined("both", self.table.both(other.table), other)

    def __or__(self, other: BusinessCalendar) -> BusinessCalendar:
        """Give the calendar on which a day counts where it counts in one or both, over the span that both cover."""
        if not isinstance(other, BusinessCalendar):
            return NotImplemented
        return self._combined("either", self.table.either(other.table), other)

    def _combined(self, how: Literal["both", "either"], table: DayTable, other: BusinessCalendar) -> BusinessCalendar:
        from eap_workflow.days.source import DerivedSource

        return BusinessCalendar(table, DerivedSource(how=how, parts=(self.source, other.source)))

    # ---- what it is ----

    @property
    def first(self) -> date:
        """The first day that is covered."""
        return self.table.first

    @property
    def last(self) -> date:
        """The last day that is covered."""
        return self.table.last

    @property
    def fingerprint(self) -> str:
        """What identifies the days, and their names: SHA-256, in hexadecimal. The source does not enter into it."""
        if not self._fingerprint:
            super().__setattr__("_fingerprint", self.table.fingerprint())
        return self._fingerprint

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, BusinessCalendar):
            return NotImplemented
        return self is other or self.fingerprint == other.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    def __repr__(self) -> str:
        return f"<BusinessCalendar {self.source}, {self.first} to {self.last}, {self.fingerprint[:12]}>"

    def __copy__(self) -> BusinessCalendar:
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> BusinessCalendar:
        return self

    def __reduce__(self) -> tuple[type[BusinessCalendar], tuple[DayTable, CalendarSource]]:
        return BusinessCalendar, (self.table, self.source)

    @property
    def gather(self) -> Gather:
        """The calendar as numpy arrays. For the library's own modules."""
        from eap_workflow.days.arrays import Gather

        if self._arrays is None:
            super().__setattr__("_arrays", Gather(self.table))
        return cast("Gather", self._arrays)

    # ---- counting ----

    def is_working_day(self, day: date) -> bool:
        """Tell whether ``day`` counts.

        Raises:
            InvalidType: not a date; a datetime is none.
            CoverageError: outside the span.
        """
        try:
            return self._upto[day] > self._before[day]
        except (KeyError, TypeError):
            self._learn("day", day)
            return self.is_working_day(day)

    @serves("IN-01", "IN-03")
    def add(self, day: date, n: int) -> date:
        """Give the ``n``-th working day strictly after ``day``, or strictly before it for a negative ``n``.

        ``day`` itself never counts, working or not (IN-01), so 5 then 7 is 12 (IN-03, CR-09).

        Raises:
            InvalidType: ``day`` is no date (a datetime is none), or ``n`` no whole number (a bool is none).
            InvalidValue: ``n`` is 0, which has no one meaning; ``roll`` says which way.
            CoverageError: ``day`` or the result is outside the span.
        """
        if type(n) is int:
            try:
                if n > 0:
                    return self._at[self._upto[day] + n]
                if n < 0:
                    return self._at[self._before[day] + n + 1]
            except (KeyError, TypeError):
                pass
        return self._add_anew(day, n)

    def _add_anew(self, day: date, n: int) -> date:
        """Add what was not asked before, or say what is wrong with it."""
        self._learn("day", day)
        if not isinstance(n, int) or isinstance(n, bool):
            raise InvalidType("n", "must be a whole number of working days (int, not bool)")
        if n == 0:
            raise InvalidValue("n", "must not be 0: no working day is the 0th after a day; roll says which way")
        number = self._upto[day] + n if n > 0 else self._before[day] + n + 1
        if not 0 < number <= self._counts[-1]:
            raise CoverageError("n: so many working days lead outside the span", first=self.first, last=self.last)
        found = self.first + timedelta(bisect_left(self._counts, number) - 1)
        return self._at.setdefault(number, found)

    def count(self, start: date, end: date) -> int:
        """Count the working days after ``start`` up to and including ``end``; the inverse of ``add`` both ways.

        For an ``end`` before ``start``, minus the number of those from ``end`` on up to, but not including, ``start``.

        Raises:
            InvalidType: one is no date; a datetime is none.
            CoverageError: one is outside the span.
        """
        try:
            counted = self._upto[end] - self._upto[start]
            # A positive count shows the order of the two days, and saves comparing them.
            return counted if counted > 0 or start <= end else self._before[end] - self._before[start]
        except (KeyError, TypeError):
            self._learn("start", start)
            self._learn("end", end)
            return self.count(start, end)

    def _learn(self, field: str, day: date) -> None:
        """Remember how many days count up to ``day``, or say what is wrong with it."""
        self._require(field, day)
        position = (day - self.first).days
        # In this order: whoever finds a day in the second, finds it in the first.
        self._before[day] = self._counts[position]
        self._upto[day] = self._counts[position + 1]

    def __contains__(self, day: object) -> bool:
        """Tell whether ``day`` is a date that the calendar covers."""
        return isinstance(day, date) and not isinstance(day, datetime) and self.first <= day <= self.last

    def _require(self, field: str, day: object) -> None:
        """Refuse what is no date, or is not covered."""
        if isinstance(day, datetime):
            raise InvalidType(field, "must be a date; a datetime is an instant, and its date depends on a zone")
        if not isinstance(day, date):
            raise InvalidType(field, "must be a date (datetime.date)")
        if not self.first <= day <= self.last:
            raise CoverageError(f"{field}: lies outside the span", first=self.first, last=self.last)

    def roll(self, day: date, convention: Convention) -> date:
        """Move a day that does not count to one that does; a working day stays.

        ``following`` and ``preceding`` go to the next and to the last one; their ``modified`` forms turn round
        rather than leave the month; ``nearest`` takes the closer one, of two equally close the following;
        ``unadjusted`` is the day itself. Case, spaces, hyphens and underscores in the name make no difference.

        Raises:
            InvalidType: ``day`` is no date (a datetime is none), or ``convention`` no text.
            InvalidValue: no such convention.
            CoverageError: ``day`` or the result is outside the span.
        """
        if not isinstance(convention, str):
            raise InvalidType("convention", f"must be text, one of {', '.join(_ROLLS)}")
        name = "".join(filter(str.isalpha, convention)).lower()
        if name not in _ROLLS:
            raise InvalidValue("convention", f"must be one of {', '.join(_ROLLS.values())}")
        if self.is_working_day(day) or name == "unadjusted":
            return day
        if name == "nearest":
            return self._nearest(day)
        step = 1 if name.endswith("following") else -1
        rolled = self.add(day, step)
        return self.add(day, -step) if name.startswith("modified") and rolled.month != day.month else rolled

    def _nearest(self, day: date) -> date:
        following, preceding = self.add(day, 1), self.add(day, -1)
        return preceding if day - preceding < following - day else following

    def explain(self, day: date, n: int) -> tuple[DayAccount, ...]:
        """Account for ``add(day, n)`` day by day, from ``day`` to the result, in the order of counting.

        Raises:
            InvalidType: as ``add`` does.
            InvalidValue: as ``add`` does.
            CoverageError: as ``add`` does.
        """
        return account(self.table, day, self.add(day, n))

    @serves("IN-01")
    def day_zero(
        self,
        received_at: datetime,
        zone: str | ZoneInfo,
        *,
        reading: Reading = "day_of_receipt",
        cutoff: time | None = None,
    ) -> date:
        """Give the day on which a clock starts, day 0, for what arrived at an instant (IN-01).

        It is the date of the instant in the zone of the party. What arrives after the cut-off, where there is one,
        counts as arriving on the next working day; what arrives exactly at the cut-off is in time. With the reading
        ``next_working_day``, what arrives on a day that does not count does so as well. The two are independent.

        Args:
            received_at: An aware datetime.
            zone: The party's zone, by its IANA key (``Australia/Melbourne``) or as a ``ZoneInfo``.
            reading: Whether day 0 may be a day that does not count.
            cutoff: A wall-clock time in the zone, without a zone of its own.

        Raises:
            InvalidType: an argument of the wrong type.
            InvalidValue: a datetime without an offset, a cut-off with one, or no such reading.
            Unknown: no such zone.
            CoverageError: the day is outside the span.
        """
        if reading not in ("day_of_receipt", "next_working_day"):
            raise InvalidValue("reading", "must be day_of_receipt or next_working_day")
        if cutoff is not None and not isinstance(cutoff, time):
            raise InvalidType("cutoff", "must be a time (datetime.time) or None")
        if cutoff is not None and cutoff.tzinfo is not None:
            raise InvalidValue("cutoff", "must be a wall-clock time without a zone; the party's zone is meant")
        local = local_datetime(received_at, zone)
        day = local.date()
        counts = self.is_working_day(day)
        late = cutoff is not None and local.time() > cutoff
        return self.add(day, 1) if late or (reading == "next_working_day" and not counts) else day

    # ---- the same on arrays, and comparing ----

    @overload
    def add_many(
        self, days: npt.NDArray[np.datetime64], n: int | np.integer[Any] | npt.NDArray[np.integer[Any]]
    ) -> npt.NDArray[np.datetime64]: ...
    @overload
    def add_many(self, days: Sequence[date], n: int | Sequence[int]) -> tuple[date, ...]: ...
    def add_many(self, days: Any, n: Any) -> Any:
        """Give ``add`` for every one of ``days``, with one ``n`` for all or one for each.

        Args:
            days: A numpy array of ``datetime64[D]`` of any shape, which gives an array; or, numpy or not, a sequence
                of dates, which gives a tuple.
            n: A whole number, or with an array an array of whole numbers that broadcasts, with a sequence a sequence
                of the same length.

        Raises:
            InvalidType: another type or unit than these.
            InvalidValue: an ``n`` of 0, a NaT among the days, or shapes or lengths that do not fit.
            CoverageError: a day or a result is outside the span.
        """
        from eap_workflow.days import arrays as day_arrays

        return day_arrays.add_many(self, days, n)

    @overload
    def count_many(
        self, starts: npt.NDArray[np.datetime64], ends: npt.NDArray[np.datetime64]
    ) -> npt.NDArray[np.int64]: ...
    @overload
    def count_many(self, starts: Sequence[date], ends: Sequence[date]) -> tuple[int, ...]: ...
    def count_many(self, starts: Any, ends: Any) -> Any:
        """Give ``count`` for every pair of a start and an end.

        Args:
            starts: A numpy array of ``datetime64[D]``, or a sequence of dates.
            ends: The same, of a shape that broadcasts, or of the same length.

        Raises:
            InvalidType: another type or unit than these.
            InvalidValue: a NaT among the days, or shapes or lengths that do not fit.
            CoverageError: a day is outside the span.
        """
        from eap_workflow.days import arrays as day_arrays

        return day_arrays.count_many(self, starts, ends)

    def diff(self, other: BusinessCalendar) -> CalendarDifference:
        """List the days that count, or are named, differently in ``other``, and the days that only one covers.

        Raises:
            InvalidType: not a calendar.
        """
        from eap_workflow.days.difference import difference

        if not isinstance(other, BusinessCalendar):
            raise InvalidType("other", "must be a BusinessCalendar")
        return difference(self.table, other.table)


_ROLLS: dict[str, Convention] = {
    "unadjusted": "unadjusted",
    "following": "following",
    "preceding": "preceding",
    "modifiedfollowing": "modified_following",
    "modifiedpreceding": "modified_preceding",
    "nearest": "nearest",
}
