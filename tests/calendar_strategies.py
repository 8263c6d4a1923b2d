"""Calendars, days and numbers of working days, for Hypothesis; one sample of each stands beside its strategy."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache

from hypothesis import strategies as st

from eap_workflow.calendar import BusinessCalendar

YEARS = (2018, 2034)

# Saturday and Sunday; Friday and Saturday; a weekend that moved (AE, 2022); make-up working days (CN, HU, UA); one day
# of weekend only (IR); estimated holidays (EG, AE, MY).
REGIONS = (
    ("AU", "VIC"),
    ("AU", "NSW"),
    ("GB", "ENG"),
    ("US", "CA"),
    ("EG", None),
    ("AE", None),
    ("CN", None),
    ("HU", None),
    ("UA", None),
    ("IL", None),
    ("IR", None),
    ("MY", "01"),
)
SAMPLE_DAY = date(2026, 11, 2)


@cache
def region(country: str, subdiv: str | None = None, years: tuple[int, int] = YEARS) -> BusinessCalendar:
    """Build a region's calendar, once."""
    return BusinessCalendar.for_region(country, subdiv, years=years)


def covered_days(margin: int = 0) -> st.SearchStrategy[date]:
    """Days of the span of every calendar here, at least ``margin`` days from its ends."""
    return st.dates(
        date(YEARS[0], 1, 1) + timedelta(days=margin),
        date(YEARS[1], 12, 31) - timedelta(days=margin),
    )


def numbers(most: int = 60) -> st.SearchStrategy[int]:
    """Numbers of working days, either way, never 0."""
    return st.integers(-most, most).filter(bool)


def names() -> st.SearchStrategy[str]:
    """Names of closures."""
    return st.sampled_from(["Practice closed", "Flood; street closed", "Staff day", "Inventory"])


def overlays() -> st.SearchStrategy[dict[date, str]]:
    """Named days, close together so that they meet holidays, weekends and each other."""
    near = st.builds(lambda day, more: day + timedelta(days=more), st.just(SAMPLE_DAY), st.integers(0, 90))
    return st.dictionaries(st.one_of(near, covered_days()), names(), max_size=12)


@st.composite
def calendars(draw: st.DrawFn) -> BusinessCalendar:
    """Calendars of a region, some with closures, some with extra working days, some combined of two."""
    calendar = region(*draw(st.sampled_from(REGIONS)))
    for _ in range(draw(st.integers(0, 3))):
        match draw(st.sampled_from(["closures", "working days", "both", "either"])):
            case "closures":
                calendar = calendar.with_closures(draw(overlays()))
            case "working days":
                calendar = calendar.with_working_days(draw(overlays()))
            case "both":
                calendar &= region(*draw(st.sampled_from(REGIONS)))
            case _:
                calendar |= region(*draw(st.sampled_from(REGIONS)))
    return calendar
