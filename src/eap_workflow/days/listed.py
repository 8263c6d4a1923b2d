"""A calendar from a list of holidays that a person wrote, where ``holidays`` has none: a free zone's, an organisation's own.

    region = "Northport Free Zone"
    source = "Northport Port Authority, notice 14 of November 2025"
    years = [2026, 2027]
    weekend = ["Friday", "Saturday"]

    [holidays]
    2026-03-22 = "Harbour Day"
    2027-03-22 = "Harbour Day"

    [working_days]
    2026-03-27 = "in the place of 23 March"

The list is taken as it stands: no holiday is moved from a weekend, and no year is made up that it does not have.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from os import PathLike
from pathlib import Path
from typing import Any

from attrs import Factory, field, frozen

from eap_workflow.days.source import RegionSource
from eap_workflow.days.table import USUAL_WEEKEND, DayTable, check_name, checked_names, checked_years
from eap_workflow.errors import InvalidType, InvalidValue
from eap_workflow.plain.english import WEEKDAYS
from eap_workflow.plain.wire import from_wire

NAMED_BY_DAY: dict[str, Any] = {"name_keys": True}


@frozen(kw_only=True)
class HolidayList:
    """What stands in a file, by its keys.

    Attributes:
        region: Whose days they are.
        source: Who says so, and where.
        years: The first and the last year that the list is complete for.
        holidays: The days on which nobody works, each with its name.
        weekend: The weekdays that never count, by their English names.
        working_days: Days that count although they would not, each with its name.
    """

    region: str
    source: str
    years: tuple[int, ...]
    holidays: Mapping[str, str] = field(metadata=NAMED_BY_DAY)
    weekend: tuple[str, ...] = USUAL_WEEKEND
    working_days: Mapping[str, str] = field(default=Factory(dict), metadata=NAMED_BY_DAY)

    def named_days(self, table: str) -> dict[date, str]:
        """The days of a table, by date.

        Raises:
            InvalidValue: One of its keys is no day.
        """
        days = {}
        for key, name in getattr(self, table).items():
            try:
                days[date.fromisoformat(key)] = name
            except ValueError:
                raise InvalidValue(f"list.{table}.{key}", "a day is needed, such as 2026-03-22") from None
        return days


def load(path: str | PathLike[str]) -> HolidayList:
    """Read a file.

    Raises:
        InvalidValue: It is not TOML, or a key of it is missing, unknown or of the wrong type.
        OSError: It cannot be read.
    """
    import tomllib

    content = Path(path).read_bytes()
    try:
        document = tomllib.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InvalidValue("list", f"this is not TOML: {error}") from None
    return from_wire(HolidayList, document, at="list")


def build(
    region: str, holidays: Mapping[date, str], *, source: str, years: Sequence[int], weekend: Sequence[str]
) -> tuple[DayTable, RegionSource]:
    """Build the days of a list; the arguments and the errors are those of ``BusinessCalendar.of_holidays``."""
    for name, value in (("region", region), ("source", source)):
        check_name(name, value)
    start, end = checked_years(years)
    first, last = date(start, 1, 1), date(end, 12, 31)
    closed = checked_names("holidays", holidays, first=first, last=last)
    if without := sorted({*range(start, end + 1)} - {day.year for day in closed}):
        raise InvalidValue("holidays", f"there is none in {without[0]}; years are those that the list is complete for")
    table = DayTable(
        first=first,
        last=last,
        weekend=((first, _checked_weekend(weekend)),),
        closed=closed,
        opened={},
        estimated=frozenset(),
    )
    return table, RegionSource(region=region, provider=source, categories=("public",), years=(start, end))


def _checked_weekend(weekend: Sequence[str]) -> frozenset[int]:
    if isinstance(weekend, str) or not isinstance(weekend, Sequence):
        raise InvalidType("weekend", "a list of weekdays is needed, such as Friday and Saturday")
    if not all(day in WEEKDAYS for day in weekend) or len({*weekend}) == len(WEEKDAYS):
        raise InvalidValue("weekend", "must be weekdays by their English names, such as Friday, and not all seven")
    return frozenset(map(WEEKDAYS.index, weekend))
