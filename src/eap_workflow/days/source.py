"""Where a calendar's days come from, for the reader of a frozen file and for whoever asks how good they are.

A source is told, never counted on: calendars with equal days are equal, whatever their sources say.
"""

from __future__ import annotations

from typing import Literal, assert_never

import attrs

from eap_workflow.values import Value


@attrs.frozen(kw_only=True, eq=False, repr=False)
class RegionSource(Value):
    """The public holidays of one region, as a version of ``holidays`` knows them, or as a person has listed them.

    Attributes:
        region: The country, or country and subdivision, by ISO 3166 (``AU-VIC``); of a list, what it calls the region.
        provider: The library, and its version; of a list, who says so.
        categories: The categories of holidays that close a day.
        years: The first and the last year that were asked for.
        without_data: The years among them for which the provider has no holidays, or lacks the date of some; the
            calendar does not cover them.
        estimated_years: The years in which the date of at least one holiday is an estimate.
        left_out: Names of holidays that only a part of the region keeps, and that therefore close no day here.
    """

    region: str
    provider: str
    categories: tuple[str, ...]
    years: tuple[int, int]
    without_data: tuple[int, ...] = ()
    estimated_years: tuple[int, ...] = ()
    left_out: tuple[str, ...] = ()

    def __str__(self) -> str:
        return self.region if self.categories == ("public",) else f"{self.region} ({', '.join(self.categories)})"


@attrs.frozen(kw_only=True, eq=False, repr=False)
class DerivedSource(Value):
    """A calendar that was made from one or two others.

    Attributes:
        how: By closures, by extra working days, or by combining (a day counts where both, or where either work).
        parts: The sources of the calendars that it was made from.
        days: How many days the closures or extra working days name; 0 for a combination.
    """

    how: Literal["closures", "working_days", "both", "either"]
    parts: tuple[CalendarSource, ...]
    days: int = 0

    @property
    def without_data(self) -> tuple[int, ...]:
        """Years asked for that a part has no data for."""
        return tuple(sorted({year for part in self.parts for year in part.without_data}))

    @property
    def estimated_years(self) -> tuple[int, ...]:
        """Years in which a part has at least one holiday on an estimated date."""
        return tuple(sorted({year for part in self.parts for year in part.estimated_years}))

    def __str__(self) -> str:
        match self.how:
            case "both":
                return f"({' & '.join(map(str, self.parts))})"
            case "either":
                return f"({' | '.join(map(str, self.parts))})"
            case "closures":
                return f"{self.parts[0]} + {self.days} closed"
            case "working_days":
                return f"{self.parts[0]} + {self.days} opened"
            case _:
                assert_never(self.how)


CalendarSource = RegionSource | DerivedSource
