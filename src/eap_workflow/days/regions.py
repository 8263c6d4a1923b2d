"""Building a calendar's days from ``holidays``: every country and subdivision that it knows, with weekends and make-up days.

The only module that imports ``holidays``, and only while it builds. The result is complete and holds nothing of that
library: its objects grow when they are read, are silent outside their data, and change with its version.
"""

from __future__ import annotations

import re
import warnings
from datetime import date
from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING, Any

from eap_workflow.days.source import RegionSource
from eap_workflow.days.table import MAKE_UP_DAY, NAME_DELIMITER, DayTable, checked_years, weekend_segments
from eap_workflow.errors import CoverageError, InvalidType, InvalidValue, UnknownRegion

if TYPE_CHECKING:
    from collections.abc import Iterator

PART_OF_REGION: dict[str, frozenset[str]] = {
    # Kept around Brisbane alone; the rest of Queensland has its own show days, or none.
    "AU-QLD": frozenset({"The Royal Queensland Show"}),
}
"""Holidays that ``holidays`` lists for a whole region, although only a part of the region keeps them."""


_WARNINGS = Lock()
"""Filters for warnings belong to the process: two builds at a time could restore them in the wrong order."""


def parse_region(text: str) -> tuple[str, str | None]:
    """Split a region as a person types it, ``AU-VIC`` or ``NZ``, into country and subdivision.

    Only the shape is checked here; ``BusinessCalendar.for_region`` knows which regions exist.

    Raises:
        InvalidType: not text.
        InvalidValue: not of that shape.
    """
    if not isinstance(text, str):
        raise InvalidType("region", "must be text such as AU-VIC")
    match = re.fullmatch(r"([A-Z]{2,3})(?:-(\S(?:.*\S)?))?", text)
    if match is None:
        raise InvalidValue("region", "must be a country and, where wanted, a subdivision, such as NZ or AU-VIC")
    return match[1], match[2]


def check_region(country: str, subdiv: str | None) -> None:
    """Refuse a region that has no public holidays here, and build nothing.

    Raises:
        UnknownRegion: There is no such country, or no such subdivision of it.
    """
    _subdivision(_entity(country), subdiv)


def build(
    country: str, subdiv: str | None, years: tuple[int, int], categories: tuple[str, ...]
) -> tuple[DayTable, RegionSource]:
    """Build the days of a region; the arguments and the errors are those of ``BusinessCalendar.for_region``."""
    if not isinstance(country, str) or not isinstance(subdiv, str | None):
        raise InvalidType("region", "country and subdivision must be text, such as AU and VIC")
    return _build(country, subdiv, checked_years(years), _checked_categories(categories))


@lru_cache(maxsize=64)
def _build(
    country: str, subdiv: str | None, years: tuple[int, int], categories: tuple[str, ...]
) -> tuple[DayTable, RegionSource]:
    from importlib.metadata import version

    entity = _entity(country)
    code = _subdivision(entity, subdiv)
    region = entity.country if code is None else f"{entity.country}-{code}"
    if unsupported := set(categories) - set(entity.supported_categories):
        allowed = ", ".join(sorted(entity.supported_categories))
        raise InvalidValue("categories", f"{region} has no {', '.join(sorted(unsupported))}; it has {allowed}")

    # One year more on either side: a make-up working day can be listed with the holiday of the following year that
    # it makes up for.
    found, undated = _populated(entity, code, range(years[0] - 1, years[1] + 2), categories)
    covered = _covered_years(entity, years, undated)
    if covered is None:
        raise CoverageError(
            f"holidays has no complete data for {region} in any of these years",
            first=date(entity.start_year, 1, 1),
            last=date(entity.end_year, 12, 31),
        )
    first, last = date(covered[0], 1, 1), date(covered[1], 12, 31)
    table = _table(found, first, last, PART_OF_REGION.get(region, frozenset()))
    source = RegionSource(
        region=region,
        provider=f"holidays {version('holidays')}",
        categories=categories,
        years=years,
        without_data=tuple(y for y in range(years[0], years[1] + 1) if not covered[0] <= y <= covered[1]),
        estimated_years=tuple(sorted({day.year for day in table.estimated})),
        left_out=tuple(sorted(PART_OF_REGION.get(region, ()))),
    )
    return table, source


def _checked_categories(categories: tuple[str, ...]) -> tuple[str, ...]:
    if not isinstance(categories, tuple | list | set | frozenset) or not all(isinstance(c, str) for c in categories):
        raise InvalidType("categories", 'must be a tuple of names, such as ("public",)')
    if not categories:
        raise InvalidValue("categories", 'must name at least one category, such as "public"')
    return tuple(sorted(set(categories)))


def _entity(country: str) -> Any:
    import holidays
    from holidays.registry import EntityLoader

    if country not in set(EntityLoader.get_country_codes()):
        found = f"no public holidays are known for {country!r}; ISO 3166 codes such as AU are"
        if "-" in country:
            found += ", and the subdivision is an argument of its own"
        raise UnknownRegion("country", found)
    return type(getattr(holidays, country)(expand=False))


def _subdivision(entity: Any, subdiv: str | None) -> str | None:
    if subdiv is None:
        return None
    code = entity.subdivisions_aliases.get(subdiv, subdiv)
    known = (*entity.subdivisions, *(entity.parent_entity.subdivisions if entity.parent_entity else ()))
    if code not in known:
        has = f"it has {', '.join(known)}" if known else "it has none"
        raise UnknownRegion("subdiv", f"{subdiv!r} is no subdivision of {entity.country}; {has}")
    return str(code)


def _language(entity: Any) -> str | None:
    """Name the region's own English where it has one, or English, so that names never depend on the machine."""
    own = entity.default_language
    if own is not None and own.startswith("en"):
        return str(own)
    return "en_US" if "en_US" in entity.supported_languages else own


def _populated(entity: Any, subdiv: str | None, years: range, categories: tuple[str, ...]) -> tuple[Any, set[int]]:
    """Populate an entity's holidays, and note the years in which it knows of a holiday but not of its date.

    Its tables of lunar calendars end somewhere, and from there on it leaves the holiday out without a word.
    """
    undated: set[int] = set()

    def noting(self: Any, name: str, dt_estimated: Any, *args: Any, **kwargs: Any) -> Any:
        if dt_estimated[0] is None:
            undated.add(self._year)
        return entity._add_eastern_calendar_holiday(self, name, dt_estimated, *args, **kwargs)  # noqa: SLF001 - no public way

    hooks = {"_add_eastern_calendar_holiday": noting} if hasattr(entity, "_add_eastern_calendar_holiday") else {}
    watched = type(entity.__name__, (entity,), hooks)
    with _WARNINGS, warnings.catch_warnings():
        # India warns of the same years that ``undated`` lists; the source tells them, so nobody needs a warning.
        warnings.filterwarnings("ignore", message="Requested Holidays are available only")
        found = watched(years=years, subdiv=subdiv, expand=False, language=_language(entity), categories=categories)
    return found, undated


def _covered_years(entity: Any, years: tuple[int, int], undated: set[int]) -> tuple[int, int] | None:
    """Give the longest run of years, the latest if there are several, for which the data is complete."""
    best: tuple[int, int] | None = None
    start: int | None = None
    for year in range(years[0], years[1] + 2):
        complete = year <= years[1] and entity.start_year <= year <= entity.end_year and year not in undated
        if complete and start is None:
            start = year
        elif not complete and start is not None:
            if best is None or year - 1 - start >= best[1] - best[0]:
                best = (start, year - 1)
            start = None
    return best


def _days(first: date, last: date) -> Iterator[date]:
    return map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))


def _table(found: Any, first: date, last: date, part_of_region: frozenset[str]) -> DayTable:
    weekend = bytes(found.is_weekend(day) for day in _days(first, last))
    opened = {day: MAKE_UP_DAY for day in found.weekend_workdays if first <= day <= last and found.is_weekend(day)}
    closed: dict[date, str] = {}
    estimated: set[date] = set()
    for day, listed in found.items():
        names = [name for name in listed.split(NAME_DELIMITER) if name not in part_of_region]
        if not names or day in opened or not first <= day <= last:
            continue
        closed[day] = NAME_DELIMITER.join(names)
        if all(name.endswith("estimated)") for name in names):
            estimated.add(day)
    return DayTable(
        first=first,
        last=last,
        weekend=weekend_segments(first, weekend),
        closed=closed,
        opened=opened,
        estimated=frozenset(estimated),
    )
