"""Whose days count: the calendar, the zone and the reading of receipt of each party (IN-01)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, time

from attrs import Factory, field, frozen

from eap_workflow import policy_checks as check
from eap_workflow.calendar import Reading
from eap_workflow.citing import serving
from eap_workflow.errors import PolicyError
from eap_workflow.plain.frozen_map import FrozenMap
from eap_workflow.policy_checks import STANDARD_ZONE
from eap_workflow.terms.giving import NAMED_KEYS, as_named_days
from eap_workflow.values import Value


def _standard_region(terms: PartyTerms) -> str | None:
    return "AU-VIC" if terms.calendar_file is None else None


# The terms of a party are looked up with every due date, as the key of its calendar.
@frozen(kw_only=True, cache_hash=True)
class PartyTerms:
    """Which days count for a party, and when what it receives counts as received.

    Attributes:
        calendar_file: A frozen calendar to use instead of a region's holidays; in a policy file, relative to that file.
        region: Whose public holidays the party keeps: a country and, usually, a subdivision. Left out: AU-VIC, or none
            where there is a calendar_file.
        zone: The zone in which the party's days begin and end.
        reading: Which day is day 0: that of receipt, working or not, or the next working day if it is none.
        cutoff: What arrives later in the party's day counts as arriving on the next working day; exactly at the hour is
            in time. Left out: there is no such hour.
        closures: Days on which the party does not work, besides its holidays: each in ISO form, with its name.
        working_days: Days on which the party works although they would not count: each in ISO form, with its name.
    """

    calendar_file: str | None = field(
        default=None, validator=check.optionally(check.prose(1000)), metadata=serving("IN-01")
    )
    region: str | None = field(
        default=Factory(_standard_region, takes_self=True),
        validator=check.optionally(check.region()),
        metadata=serving("IN-01"),
    )
    zone: str = field(default=STANDARD_ZONE, validator=check.zone(), metadata=serving("IN-01"))
    reading: Reading = field(default="day_of_receipt", validator=check.one_of(Reading), metadata=serving("IN-01"))
    cutoff: time | None = field(
        default=None, validator=check.optionally(check.hour_of_day()), metadata=serving("IN-01")
    )
    closures: Mapping[str, str] = field(
        factory=FrozenMap, converter=as_named_days, validator=check.named_days(), metadata=NAMED_KEYS | serving("IN-01")
    )
    working_days: Mapping[str, str] = field(
        factory=FrozenMap, converter=as_named_days, validator=check.named_days(), metadata=NAMED_KEYS | serving("IN-01")
    )

    def __attrs_post_init__(self) -> None:
        if (self.region is None) == (self.calendar_file is None):
            raise PolicyError("region", "exactly one of region and calendar_file must be given")
        if both := sorted(self.closures.keys() & self.working_days.keys()):
            raise PolicyError("working_days", f"{both[0]} is one of closures too, and must be in one of the two")

    def closed_days(self) -> dict[date, str]:
        """Give the closures by date, as a calendar takes them."""
        return {date.fromisoformat(day): name for day, name in self.closures.items()}

    def extra_working_days(self) -> dict[date, str]:
        """Give the extra working days by date, as a calendar takes them."""
        return {date.fromisoformat(day): name for day, name in self.working_days.items()}


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Parties(Value):
    """The two parties that limits run against.

    Attributes:
        provider: The clinical manager, the case team, and the consultants and their practices.
        employer: The client's organisation.
    """

    provider: PartyTerms = field(factory=PartyTerms, validator=check.nested(PartyTerms))
    employer: PartyTerms = field(factory=PartyTerms, validator=check.nested(PartyTerms))
