"""What differs between two calendars."""

from __future__ import annotations

from datetime import date

from hypothesis import given

from eap_workflow.calendar import BusinessCalendar
from eap_workflow.days.difference import DayDifference
from tests.calendar_strategies import calendars, overlays, region

VIC = region("AU", "VIC")


@given(calendars(), overlays(), overlays())
def test_there_is_a_difference_if_two_calendars_are_not_equal(
    calendar: BusinessCalendar, closures: dict[date, str], extra: dict[date, str]
) -> None:
    """No row means equal, and the two directions mirror each other."""
    other = calendar.with_closures(closures).with_working_days(extra)
    there, back = calendar.diff(other), other.diff(calendar)
    assert bool(there) == (calendar != other)
    assert [(row.day, row.mine, row.theirs) for row in there.days] == [
        (row.day, row.theirs, row.mine) for row in back.days
    ]
    assert not calendar.diff(calendar)


@given(calendars(), calendars())
def test_every_day_that_counts_differently_is_listed(a: BusinessCalendar, b: BusinessCalendar) -> None:
    """The rows that say so are exactly the days that count in one calendar only."""
    differing = [row.day for row in a.diff(b).days if row.counts_differently]
    days = list(map(date.fromordinal, a.table.ordinals()))
    assert differing == [day for day in days if a.is_working_day(day) != b.is_working_day(day)]


def test_a_difference_reads_well() -> None:
    """Each row says what the day was and what it is now; spans that differ are told as well."""
    nsw = region("AU", "NSW", (2026, 2036))
    difference = VIC.diff(nsw)
    assert difference.days[0] == DayDifference(
        day=date(2026, 3, 9), mine="Labour Day", theirs="working day", counts_differently=True
    )
    assert difference.only_mine == ((date(2018, 1, 1), date(2025, 12, 31)),)
    assert difference.only_theirs == ((date(2035, 1, 1), date(2036, 12, 31)),)
    assert str(difference).splitlines()[0] == "2026-03-09: Labour Day → working day"
    assert str(difference).splitlines()[-2:] == [
        "2018-01-01 to 2025-12-31: covered by the first calendar only",
        "2035-01-01 to 2036-12-31: covered by the second calendar only",
    ]
    assert str(VIC.diff(VIC)) == "no difference"
    apart = VIC.diff(region("AU", "VIC", (2040, 2041)))
    assert (apart.days, apart.only_mine) == ((), ((VIC.first, VIC.last),))


def test_an_estimate_and_an_extra_working_day_are_told() -> None:
    """The texts say when a date is estimated, and what a day is that counts for a reason of its own."""
    egypt = region("EG")
    estimated = next(day for day in sorted(egypt.table.estimated) if not egypt.table.is_weekend(day))
    opened = egypt.with_working_days({estimated: "On call", date(2026, 11, 6): "Stocktake"})
    rows = {row.day: row for row in egypt.diff(opened).days}
    assert rows[estimated].mine.endswith(", on an estimated date")
    assert rows[estimated].theirs == "working day (On call)"
    assert (rows[date(2026, 11, 6)].mine, rows[date(2026, 11, 6)].theirs) == (
        "weekend",
        "working day on a weekend (Stocktake)",
    )
