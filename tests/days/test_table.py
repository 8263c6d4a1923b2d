"""Closures, extra working days, ``&`` and ``|``: how the days of calendars combine."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from eap_workflow.calendar import BusinessCalendar
from eap_workflow.days.table import weekend_segments
from tests.calendar_strategies import calendars, overlays, region

VIC, EGYPT, CHINA, EMIRATES = region("AU", "VIC"), region("EG"), region("CN"), region("AE")
MAKE_UP_SATURDAY = date(2026, 2, 14)
CUP_DAY = date(2026, 11, 3)


def works(calendar: BusinessCalendar, day: date) -> bool:
    """Tell whether a day counts, by the table rather than by the memory of the calendar."""
    return calendar.table.reason(day) is None


def every_day(calendar: BusinessCalendar) -> list[date]:
    """List the days that a calendar covers."""
    return list(map(date.fromordinal, calendar.table.ordinals()))


@given(calendars(), calendars())
def test_both_and_either_are_day_by_day(a: BusinessCalendar, b: BusinessCalendar) -> None:
    """With & a day counts where it counts in both, with | where it counts in one of them."""
    both, either = a & b, a | b
    for day in every_day(both)[::3]:
        assert works(both, day) == both.is_working_day(day) == (works(a, day) and works(b, day))
        assert works(either, day) == either.is_working_day(day) == (works(a, day) or works(b, day))


@given(calendars(), calendars(), calendars())
@settings(max_examples=25)
def test_combining_has_the_laws_of_sets(a: BusinessCalendar, b: BusinessCalendar, c: BusinessCalendar) -> None:
    """Idempotent, commutative and, on which days count, associative."""
    assert a & a == a == a | a
    assert a & b == b & a
    assert a | b == b | a
    for one, two in (((a & b) & c, a & (b & c)), ((a | b) | c, a | (b | c))):
        assert one.table.working_flags() == two.table.working_flags()


@given(calendars(), overlays())
def test_overlays_do_what_they_say(calendar: BusinessCalendar, days: dict[date, str]) -> None:
    """Closed days do not count and are named; opened days count; the later overlay wins; nothing else changes."""
    closed = calendar.with_closures(days)
    opened = calendar.with_working_days(days)
    for day, name in days.items():
        assert not closed.is_working_day(day)
        assert set(name.split("; ")) <= set(closed.table.closed[day].split("; "))
        assert opened.is_working_day(day)
        assert closed.with_working_days(days).is_working_day(day)
        assert not opened.with_closures(days).is_working_day(day)
    for changed in (closed, opened):
        assert {row.day for row in calendar.diff(changed).days} <= days.keys()
    assert closed.with_closures(days) == closed
    assert opened.with_working_days(days) == opened


@given(calendars())
def test_the_flags_of_the_table_agree_with_its_reasons(calendar: BusinessCalendar) -> None:
    """A day's byte, its reason and its weekend say the same, and no day is both closed and opened."""
    table = calendar.table
    days = every_day(calendar)
    assert [flag == 1 for flag in table.working_flags()] == [table.reason(day) is None for day in days]
    assert [flag == 1 for flag in table.weekend_flags()] == [table.is_weekend(day) for day in days]
    assert not table.closed.keys() & table.opened.keys()
    assert table.estimated <= table.closed.keys()
    assert weekend_segments(table.first, table.weekend_flags()) == table.weekend


@given(st.lists(st.booleans(), min_size=1, max_size=60), st.dates(date(2020, 1, 1), date(2030, 1, 1)))
def test_any_pattern_of_weekends_is_kept(flags: list[bool], first: date) -> None:
    """However irregular, each day's flag can be read back from the segments."""
    segments = weekend_segments(first, flags)
    for offset, flag in enumerate(flags):
        day = first + timedelta(days=offset)
        weekdays = [weekdays for since, weekdays in segments if since <= day][-1]
        assert (day.weekday() in weekdays) == flag


def test_make_up_days_survive_combining() -> None:
    """A Saturday that China works counts where both parties work it, or either, and closes like any other day."""
    assert (CHINA & CHINA.with_closures({CUP_DAY: "x"})).explain(MAKE_UP_SATURDAY - timedelta(days=1), 1)[
        1
    ].note == "make-up working day"
    assert (CHINA | VIC).is_working_day(MAKE_UP_SATURDAY)
    assert not (CHINA & VIC).is_working_day(MAKE_UP_SATURDAY)
    assert not CHINA.with_closures({MAKE_UP_SATURDAY: "Strike"}).is_working_day(MAKE_UP_SATURDAY)
    assert CHINA.with_closures({CUP_DAY: "Strike"}).is_working_day(MAKE_UP_SATURDAY)


def test_weekends_combine() -> None:
    """Where both must work, the weekend is Friday to Sunday; where either may, it is Saturday alone."""
    friday = date(2026, 11, 6)
    three = [friday + timedelta(days=i) for i in range(3)]
    assert [(VIC & EGYPT).is_working_day(day) for day in three] == [False, False, False]
    assert [(VIC | EGYPT).is_working_day(day) for day in three] == [True, False, True]
    assert (VIC & EGYPT).explain(friday - timedelta(days=1), 1)[1].reason == "weekend"


def test_names_combine() -> None:
    """Two names stand side by side in alphabetical order; one name stands once; a weekend elsewhere is told."""
    nsw = region("AU", "NSW")
    christmas = date(2026, 12, 25)
    assert (VIC & nsw).table.reason(christmas) == "Christmas Day"
    assert (VIC & nsw).table.reason(CUP_DAY) == "Melbourne Cup Day"
    assert (VIC | nsw).table.reason(CUP_DAY) is None
    assert (VIC | EGYPT).table.reason(christmas) == "Christmas Day; weekend"
    flood = {CUP_DAY: "Flood"}
    assert VIC.with_closures(flood).table.reason(CUP_DAY) == "Flood; Melbourne Cup Day"
    assert VIC.with_closures({date(2026, 11, 7): "Flood"}).table.reason(date(2026, 11, 7)) == "weekend (Flood)"


def test_a_closure_makes_an_estimated_holiday_certain() -> None:
    """Once somebody has closed the day, it does not matter when the moon is seen."""
    day = next(day for day in sorted(EGYPT.table.estimated) if not EGYPT.table.is_weekend(day))
    assert EGYPT.explain(day - timedelta(days=1), 1)[1].estimated
    closed = EGYPT.with_closures({day: "Office closed"})
    assert not next(row for row in closed.explain(day - timedelta(days=1), 1) if row.day == day).estimated
    assert day not in EGYPT.with_working_days({day: "On call"}).table.estimated


def test_an_estimate_is_one_unless_another_side_is_certain() -> None:
    """For both to work it takes one certain holiday to close the day; for either, one estimate leaves it open."""
    day = next(
        day for day in sorted(EGYPT.table.estimated) if not EGYPT.table.is_weekend(day) and VIC.is_working_day(day)
    )
    certain = VIC.with_closures({day: "Staff day"})
    assert day in (EGYPT & VIC).table.estimated
    assert day not in (EGYPT & certain).table.estimated
    assert day in (EGYPT | certain).table.estimated


def test_spans_meet() -> None:
    """A combination covers what both cover."""
    short = region("AU", "NSW", (2025, 2040))
    assert ((VIC & short).first, (VIC & short).last) == (date(2025, 1, 1), date(2034, 12, 31))
    assert (VIC | short).first == date(2025, 1, 1)
    assert VIC & short == short & VIC
    assert (EMIRATES & region("AE", None, (2021, 2022))) == region("AE", None, (2021, 2022))
