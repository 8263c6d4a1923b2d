"""Calendars from ``holidays``: every region, its weekend, its make-up days, and what it has no data for."""

from __future__ import annotations

import subprocess
import sys
import warnings
from datetime import date, timedelta
from importlib.metadata import version
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

import holidays
import pytest

from eap_workflow.calendar import BusinessCalendar
from eap_workflow.days.regions import _covered_years
from eap_workflow.days.source import DerivedSource, RegionSource
from eap_workflow.errors import CoverageError, InvalidType, InvalidValue, UnknownRegion
from tests.calendar_strategies import REGIONS, YEARS, region

COUNTRIES = sorted(holidays.list_supported_countries(include_aliases=False))


def days_of(first: date, last: date) -> list[date]:
    """List the days from ``first`` to ``last``."""
    return [first + timedelta(days=i) for i in range((last - first).days + 1)]


@pytest.mark.parametrize("country_and_subdiv", REGIONS)
def test_a_region_works_when_holidays_says_so(country_and_subdiv: tuple[str, str | None]) -> None:
    """Every day of the span agrees with the library itself, weekends and make-up working days included."""
    country, subdiv = country_and_subdiv
    peer = holidays.country_holidays(country, subdiv, years=range(YEARS[0] - 1, YEARS[1] + 2), language="en_US")
    calendar = region(country, subdiv)
    differing = [
        day
        for day in days_of(calendar.first, calendar.last)
        if calendar.is_working_day(day) != peer.is_working_day(day)
    ]
    assert differing == []


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_country_builds(country: str) -> None:
    """Each country gives a calendar without a warning, agrees with the library, and flags what is called estimated."""
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        calendar = BusinessCalendar.for_region(country, years=(2025, 2027))
        peer = holidays.country_holidays(country, years=range(2024, 2029), language="en_US")
    assert calendar.source.without_data in {(), (2027,)}
    for day in days_of(calendar.first, calendar.last):
        assert calendar.is_working_day(day) == peer.is_working_day(day)
    for day, name in calendar.table.closed.items():
        assert (day in calendar.table.estimated) == all("estimated" in part for part in name.split("; "))


def test_a_weekend_that_moved_is_known() -> None:
    """The Emirates rested on Friday and Saturday until 2021, and rest on Saturday and Sunday since."""
    emirates = region("AE")
    assert emirates.table.weekend == ((date(2018, 1, 1), frozenset({4, 5})), (date(2022, 1, 2), frozenset({5, 6})))
    assert not emirates.is_working_day(date(2021, 11, 5))
    assert emirates.is_working_day(date(2022, 11, 4))
    assert region("EG").explain(date(2026, 11, 5), 1)[1].reason == "weekend"
    assert [row.weekday for row in region("IR").explain(date(2026, 11, 5), 1)] == ["Thursday", "Friday", "Saturday"]


def test_a_weekend_that_alternates_is_known() -> None:
    """In Taiwan every other Saturday was free in 2000; the table holds each change, and later weeks have one pattern."""
    taiwan = BusinessCalendar.for_region("TW", years=(2000, 2003))
    saturdays = [date(2000, 11, 4) + timedelta(weeks=i) for i in range(4)]
    assert [taiwan.is_working_day(day) for day in saturdays] == [True, False, True, False]
    assert taiwan.table.weekend[-1] == (date(2001, 1, 6), frozenset({5, 6}))


def test_make_up_working_days_count() -> None:
    """A Saturday worked in exchange for a bridge day counts, also where it is listed with the following year."""
    assert region("HU").is_working_day(date(2024, 12, 7))
    assert region("CN").is_working_day(date(2026, 2, 14))
    china = BusinessCalendar.for_region("CN", years=(2011, 2011))
    assert china.is_working_day(date(2011, 12, 31)), "made up for 3 January 2012"


def test_part_day_holidays_count_as_working_days() -> None:
    """Christmas Eve from 6 pm in Queensland closes no day, unless its category is asked for."""
    eve = date(2026, 12, 24)
    assert region("AU", "QLD").is_working_day(eve)
    strict = BusinessCalendar.for_region("AU", "QLD", years=YEARS, categories=("public", "half_day"))
    assert strict.explain(date(2026, 12, 23), 1)[1].reason == "Christmas Eve (from 6pm)"
    assert strict.source == RegionSource(
        region="AU-QLD",
        provider=f"holidays {version('holidays')}",
        categories=("half_day", "public"),
        years=YEARS,
        left_out=("The Royal Queensland Show",),
    )


def test_part_of_state_holidays_count_as_working_days() -> None:
    """The Royal Queensland Show is Brisbane's; a caller there adds it as a closure."""
    ekka = date(2026, 8, 12)
    queensland = region("AU", "QLD")
    assert "The Royal Queensland Show" in holidays.country_holidays("AU", "QLD", years=2026)[ekka]
    assert queensland.is_working_day(ekka)
    assert isinstance(queensland.source, RegionSource)
    assert queensland.source.left_out == ("The Royal Queensland Show",)
    brisbane = queensland.with_closures({ekka: "The Royal Queensland Show"})
    assert brisbane.explain(date(2026, 8, 11), 1)[1].reason == "The Royal Queensland Show"


def test_names_do_not_depend_on_the_machine() -> None:
    """Whatever the locale, a region's names are in its own English, else in English, so a fingerprint is stable."""
    program = (
        "from eap_workflow.calendar import BusinessCalendar as B;"
        "print(B.for_region('AU', 'VIC', years=(2026, 2027)).fingerprint, B.for_region('CN', years=(2026, 2027)).fingerprint)"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"LANGUAGE": language, "LC_ALL": language, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for language in ("th", "zh_CN")
    }
    here = (region("AU", "VIC", (2026, 2027)).fingerprint, region("CN", None, (2026, 2027)).fingerprint)
    assert outputs == {f"{here[0]} {here[1]}\n"}


# ---- what holidays does not know ----


def test_years_without_data_are_not_covered() -> None:
    """Sri Lanka's poya days are known until 2026: nothing is counted beyond, and the source says so."""
    sri_lanka = BusinessCalendar.for_region("LK", years=(2000, 2030))
    assert (sri_lanka.first, sri_lanka.last) == (date(2003, 1, 1), date(2026, 12, 31))
    assert sri_lanka.source.without_data == (2000, 2001, 2002, 2027, 2028, 2029, 2030)
    with pytest.raises(CoverageError):
        sri_lanka.add(date(2026, 12, 30), 10)


def test_years_that_lack_the_date_of_a_holiday_are_not_covered() -> None:
    """The library knows no date for Diwali from 2036 on and leaves the day out; a due date must not fall on it."""
    india = BusinessCalendar.for_region("IN", years=(1999, 2040))
    assert (india.first, india.last) == (date(2001, 1, 1), date(2035, 12, 31))
    assert india.source.without_data == (1999, 2000, 2036, 2037, 2038, 2039, 2040)


def test_estimated_years_are_known() -> None:
    """The source of a calendar, and of one made from it, lists the years that hang on an estimate."""
    egypt = region("EG")
    assert egypt.source.estimated_years
    assert set(egypt.source.estimated_years) == {day.year for day in egypt.table.estimated}
    combined = region("AU", "VIC") & egypt
    assert isinstance(combined.source, DerivedSource)
    assert combined.source.estimated_years == egypt.source.estimated_years
    assert (egypt & BusinessCalendar.for_region("LK", years=(2018, 2034))).source.without_data == tuple(
        range(2027, 2035)
    )
    assert region("AU", "VIC").source.estimated_years == ()


def test_no_data_at_all_is_refused() -> None:
    """A span in which there is no complete year gives no calendar."""
    with pytest.raises(CoverageError, match="LK"):
        BusinessCalendar.for_region("LK", years=(2028, 2030))


@pytest.mark.parametrize("country", COUNTRIES)
def test_years_without_data_lie_at_the_ends(country: str) -> None:
    """What is left out of the default span is before the first or after the last covered year: no hole in between."""
    calendar = BusinessCalendar.for_region(country)
    years = [year for year in range(2000, 2061) if year not in calendar.source.without_data]
    assert all(b - a == 1 for a, b in pairwise(years))
    assert (calendar.first, calendar.last) == (date(years[0], 1, 1), date(years[-1], 12, 31))


def test_of_several_stretches_of_data_the_longest_is_covered() -> None:
    """Should a later version lack dates in the middle, one stretch is kept, and of two equally long the later."""
    entity = SimpleNamespace(start_year=2001, end_year=2019)
    assert _covered_years(entity, (2000, 2020), set()) == (2001, 2019)
    assert _covered_years(entity, (2000, 2020), {2012}) == (2001, 2011)
    assert _covered_years(entity, (2000, 2020), {2010}) == (2011, 2019)
    assert _covered_years(entity, (2000, 2020), {2005, 2006}) == (2007, 2019)
    assert _covered_years(entity, (2020, 2021), set()) is None


# ---- naming a region ----


def test_a_region_has_one_name() -> None:
    """Aliases of a country or a subdivision lead to the same calendar, under its ISO code."""
    assert str(BusinessCalendar.for_region("AUS", "Victoria", years=YEARS).source) == "AU-VIC"
    assert BusinessCalendar.for_region("UK", "ENG", years=YEARS) == region("GB", "ENG")


@pytest.mark.parametrize(
    ("country", "subdiv"),
    [
        ("XX", None),
        ("", None),
        ("au", "VIC"),
        ("Australia", None),
        ("HolidayBase", None),
        ("NYSE", None),
        ("AU", "CA"),
        ("AU", "vic"),
        ("AU", ""),
        ("US", "VIC"),
        ("NZ", "VIC"),
        ("EG", "C"),
    ],
)
def test_an_unknown_region_is_refused(country: str, subdiv: str | None) -> None:
    """No such country, a market, or a subdivision of another country."""
    with pytest.raises(UnknownRegion) as refused:
        BusinessCalendar.for_region(country, subdiv)
    assert refused.value.field == ("country" if country not in COUNTRIES else "subdiv")


def test_a_wrong_subdivision_is_answered_with_the_right_ones() -> None:
    """The message names what the country has."""
    with pytest.raises(UnknownRegion, match="NSW, NT, QLD"):
        BusinessCalendar.for_region("AU", "CA")
    with pytest.raises(UnknownRegion, match="it has none"):
        BusinessCalendar.for_region("EG", "C")


def test_a_region_in_one_word_is_told_that_it_is_two() -> None:
    """A policy file and the command line write AU-VIC; a program hands in the country and the subdivision."""
    with pytest.raises(UnknownRegion, match="the subdivision is an argument of its own"):
        BusinessCalendar.for_region("AU-VIC")


@pytest.mark.parametrize(
    ("arguments", "error", "field"),
    [
        ({"country": None}, InvalidType, "region"),
        ({"subdiv": 3}, InvalidType, "region"),
        ({"years": (2030, 2020)}, InvalidValue, "years"),
        ({"years": (1, 9999)}, InvalidValue, "years"),
        ({"years": (2000, 2201)}, InvalidValue, "years"),
        ({"years": 2026}, InvalidType, "years"),
        ({"years": (2026,)}, InvalidType, "years"),
        ({"years": (2026, 2027, 2028)}, InvalidType, "years"),
        ({"years": ("2026", "2027")}, InvalidType, "years"),
        ({"years": (True, 2027)}, InvalidType, "years"),
        ({"years": (2026.0, 2027)}, InvalidType, "years"),
        ({"categories": "public"}, InvalidType, "categories"),
        ({"categories": (1,)}, InvalidType, "categories"),
        ({"categories": None}, InvalidType, "categories"),
        ({"categories": ()}, InvalidValue, "categories"),
        ({"categories": ("armed_forces",)}, InvalidValue, "categories"),
    ],
)
def test_bad_arguments_are_refused(arguments: dict[str, Any], error: type[InvalidValue], field: str) -> None:
    """Each is named, with what is allowed."""
    with pytest.raises(error) as refused:
        BusinessCalendar.for_region(**{"country": "AU", "subdiv": "VIC", **arguments})
    assert refused.value.field == field
