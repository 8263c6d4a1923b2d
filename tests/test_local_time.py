"""Instants and local days: where midnight is missing, doubled, or the whole day is."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.errors import InvalidType, InvalidValue, Unknown
from eap_workflow.local_time import local_day, passes_at, starts_at, zone_of

ZONES = (
    "Australia/Melbourne",
    "Australia/Lord_Howe",
    "America/Sao_Paulo",
    "America/St_Johns",
    "America/Havana",
    "America/Scoresbysund",
    "Africa/Cairo",
    "Asia/Beirut",
    "Asia/Gaza",
    "Atlantic/Azores",
    "Pacific/Apia",
    "Pacific/Kwajalein",
    "UTC",
)
ONE_DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)


@given(st.dates(date(1975, 1, 1), date(2040, 1, 1)), st.sampled_from(ZONES))
def test_a_date_has_passed_when_it_does_not_come_again(day: date, zone: str) -> None:
    """Up to the instant the clocks show the date or an earlier one, and after it never again."""
    passed = passes_at(day, zone)
    assert passed.tzinfo is UTC
    assert local_day(passed - INSTANT, zone) <= day
    for later in (timedelta(0), timedelta(minutes=1), timedelta(hours=1), timedelta(hours=3)):
        assert local_day(passed + later, zone) > day


@given(st.dates(date(1975, 1, 1), date(2040, 1, 1)), st.sampled_from(ZONES))
def test_a_day_starts_when_the_clocks_show_it_first(day: date, zone: str) -> None:
    """Before the instant the date is earlier; at it, it is the day, or a later one if that day is skipped."""
    start = starts_at(day, zone)
    assert start.tzinfo is UTC
    assert local_day(start, zone) >= day
    for earlier in (INSTANT, timedelta(minutes=1), timedelta(hours=1), timedelta(hours=3)):
        assert local_day(start - earlier, zone) < day
    assert start <= passes_at(day, zone)


@given(st.dates(date(2026, 10, 1), date(2027, 5, 1)))
def test_a_melbourne_day_passes_at_midnight(day: date) -> None:
    """The ordinary case: the next local midnight (IN-01), daylight saving or not."""
    midnight = datetime.combine(day + ONE_DAY, time(), ZoneInfo("Australia/Melbourne"))
    assert passes_at(day, "Australia/Melbourne") == midnight == starts_at(day + ONE_DAY, "Australia/Melbourne")


@pytest.mark.parametrize(
    ("day", "zone", "passed", "next_starts"),
    [
        # Clocks went from 24:00 to 01:00: the next day starts at one.
        (date(2018, 11, 3), "America/Sao_Paulo", "2018-11-04T03:00", "2018-11-04T03:00"),
        # Clocks went back from 24:00 to 23:00: the last hour came twice, and the day passed at the end of the second.
        (date(2018, 2, 17), "America/Sao_Paulo", "2018-02-18T03:00", "2018-02-18T03:00"),
        # Clocks went back from 00:01 to 23:01: the next day began, and then the old one came again.
        (date(2009, 10, 31), "America/St_Johns", "2009-11-01T03:30", "2009-11-01T02:30"),
        # Clocks went back from 01:00 to 00:00: midnight came twice, both on the new day.
        (date(2026, 10, 31), "America/Havana", "2026-11-01T04:00", "2026-11-01T04:00"),
        # Clocks went forward from 23:30 to 00:30, over midnight: the new day starts at half past twelve.
        (date(1919, 3, 30), "America/Toronto", "1919-03-31T04:30", "1919-03-31T04:30"),
        # 30 December 2011 did not exist in Samoa.
        (date(2011, 12, 29), "Pacific/Apia", "2011-12-30T10:00", "2011-12-30T10:00"),
        (date(2011, 12, 30), "Pacific/Apia", "2011-12-30T10:00", "2011-12-30T10:00"),
    ],
)
def test_odd_midnights(day: date, zone: str, passed: str, next_starts: str) -> None:
    """Where there is no midnight, or two, the end of one day and the start of the next are what the clocks show."""
    assert passes_at(day, zone) == datetime.fromisoformat(passed).replace(tzinfo=UTC)
    assert starts_at(day + ONE_DAY, zone) == datetime.fromisoformat(next_starts).replace(tzinfo=UTC)


def test_a_zone_is_a_key_or_a_zone() -> None:
    """Both name the same; what is neither, or not known, is refused by name."""
    melbourne = ZoneInfo("Australia/Melbourne")
    assert zone_of("Australia/Melbourne") is zone_of(melbourne) is melbourne
    assert passes_at(date(2026, 11, 3), melbourne) == passes_at(date(2026, 11, 3), "Australia/Melbourne")
    for unknown in ("Australia/Atlantis", "", "../UTC", "/etc/localtime", "Australia", "x" * 10_000, "a\0b"):
        with pytest.raises(Unknown) as refused:
            zone_of(unknown)
        assert refused.value.field == "zone"
    wrong: list[Any] = [UTC, None, 10, ["UTC"]]
    for other in wrong:
        with pytest.raises(InvalidType):
            zone_of(other)
        with pytest.raises(InvalidType):
            passes_at(date(2026, 11, 3), other)


def test_only_a_date_passes() -> None:
    """A datetime, text, or a date at the very end of the calendar is refused, and the field is named."""
    wrong: list[Any] = [datetime(2026, 11, 3), "2026-11-03", None, [], 20261103]  # noqa: DTZ001 - naive on purpose
    for other in wrong:
        with pytest.raises(InvalidType, match="due_on"):
            passes_at(other, "UTC")
        with pytest.raises(InvalidType, match="day"):
            starts_at(other, "UTC")
    with pytest.raises(InvalidValue, match="due_on"):
        passes_at(date.max, "UTC")
    with pytest.raises(InvalidValue, match="day"):
        starts_at(date.min, "Australia/Melbourne")


def test_only_an_aware_instant_has_a_day() -> None:
    """A naive datetime, a date, or an instant at the very end of the calendar is refused."""
    with pytest.raises(InvalidValue):
        local_day(datetime(2026, 11, 3), "UTC")  # noqa: DTZ001 - naive on purpose
    with pytest.raises(InvalidType):
        local_day(date(2026, 11, 3), "UTC")  # type: ignore[arg-type]
    with pytest.raises(InvalidValue):
        local_day(datetime.max.replace(tzinfo=UTC), "Australia/Melbourne")
