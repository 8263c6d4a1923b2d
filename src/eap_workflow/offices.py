"""Where limits are counted: each party's calendar, built once from the terms of its policy.

The core takes calendars as data. This is where a service gets them: from the holidays of a region, or from a frozen
file, with the closures and extra working days that the contract names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from eap_workflow.calendar import BusinessCalendar, parse_region
from eap_workflow.deadlines import Office
from eap_workflow.errors import CoverageError, EapWorkflowError, FrozenFileError, PolicyError, UnknownRegion

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eap_workflow.policy import PartyTerms, Policy


def calendar_of(terms: PartyTerms) -> BusinessCalendar:
    """Build a party's calendar.

    Args:
        terms: The party's region or frozen file, its closures and its extra working days.

    Raises:
        UnknownRegion: There are no holidays for the region.
        FrozenFileError: The file is not what was dumped.
        PolicyError: The file is not there, or cannot be read.
        CoverageError: A closure lies outside the calendar.
    """
    if terms.calendar_file is not None:
        calendar = _loaded(terms.calendar_file)
    else:
        calendar = BusinessCalendar.for_region(*parse_region(terms.region or ""))
    if closures := terms.closed_days():
        calendar = calendar.with_closures(closures)
    if working_days := terms.extra_working_days():
        calendar = calendar.with_working_days(working_days)
    return calendar


def _loaded(file: str) -> BusinessCalendar:
    try:
        return BusinessCalendar.load(file)
    except OSError as error:
        reason = f"{file} cannot be read: {error.strerror}"
    raise PolicyError("calendar_file", reason)


class Offices:
    """The offices of policies, each calendar built at its first use and kept."""

    def __init__(self) -> None:
        self._calendars: dict[PartyTerms, BusinessCalendar] = {}

    def of(self, policy: Policy) -> Mapping[str, Office]:
        """The offices of both parties, by party.

        Raises:
            UnknownRegion: There are no holidays for a party's region.
            PolicyError: A party's calendar file is not there, or cannot be read.
            FrozenFileError: It is no frozen calendar, or was edited.
            CoverageError: A closure or an extra working day lies outside of the party's calendar.
        """
        parties = {"provider": policy.parties.provider, "employer": policy.parties.employer}
        return {party: self._office(policy, party, terms) for party, terms in parties.items()}

    def _office(self, policy: Policy, party: str, terms: PartyTerms) -> Office:
        try:
            return Office.of(party, terms, self._calendar(terms))
        except (PolicyError, UnknownRegion, FrozenFileError, CoverageError) as error:
            raise _said_of(policy, party, error) from None

    def _calendar(self, terms: PartyTerms) -> BusinessCalendar:
        calendar = self._calendars.get(terms)
        if calendar is None:
            calendar = self._calendars.setdefault(terms, calendar_of(terms))
        return calendar


def _said_of(
    policy: Policy, party: str, error: PolicyError | UnknownRegion | FrozenFileError | CoverageError
) -> EapWorkflowError:
    """Say of an error in which contract it is, in which version and for which party."""
    where = f"contract {policy.contract}, version {policy.version}"
    match error:
        case CoverageError():
            reason = f"parties.{party}: {error.reason} ({where})"
            return CoverageError(reason, first=error.first, last=error.last)
        case FrozenFileError():
            # What it calls the field is the file.
            return FrozenFileError(f"parties.{party}.calendar_file", f"{error.field} {error.reason} ({where})")
        case UnknownRegion():
            return UnknownRegion(f"parties.{party}.region", f"{error.reason} ({where})")
        case PolicyError():
            return PolicyError(f"parties.{party}.{error.field}", f"{error.reason} ({where})")
        case _:
            assert_never(error)
