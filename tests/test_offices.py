"""Where limits are counted: the calendars that a policy's parties name, each built once."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import attrs
import pytest

from eap_workflow.calendar import BusinessCalendar
from eap_workflow.errors import CoverageError, FrozenFileError, PolicyError, UnknownRegion
from eap_workflow.offices import Offices, calendar_of
from eap_workflow.policy import STANDARD, Parties, PartyTerms
from tests import lines

CUP_DAY = date(2026, 11, 3)


def test_both_parties_have_an_office() -> None:
    """Each party's office has its calendar, and the basis that a due date keeps: zone, reading, fingerprint (IN-01)."""
    offices = lines.OFFICES.of(lines.TOLD_BY_THE_TEAM)
    assert set(offices) == {"provider", "employer"}
    assert [offices[party].basis.zone for party in ("provider", "employer")] == [
        "Australia/Melbourne",
        "Australia/Perth",
    ]
    for party, office in offices.items():
        assert office.basis.party == party
        assert office.basis.reading == "day_of_receipt"
        assert office.basis.calendar == office.calendar.fingerprint
    assert not offices["provider"].calendar.is_working_day(CUP_DAY)
    assert offices["employer"].calendar.is_working_day(CUP_DAY)


def test_a_calendar_is_built_once_for_all_who_keep_it() -> None:
    """Parties with the same terms share one calendar, in one policy and across policies."""
    offices = Offices()
    first, second = offices.of(STANDARD), offices.of(lines.HARBOUR)
    calendars = {id(office.calendar) for each in (first, second) for office in each.values()}
    assert len(calendars) == 1


def test_closures_and_extra_working_days_are_the_partys_own() -> None:
    """A party's closures do not count, its extra working days do, and the region's other days stay (IN-01)."""
    terms = PartyTerms(closures={"2026-12-29": "Shutdown"}, working_days={"2026-11-03": "Open on Cup Day"})
    calendar = calendar_of(terms)
    assert not calendar.is_working_day(date(2026, 12, 29))
    assert calendar.is_working_day(CUP_DAY)
    assert not calendar.is_working_day(date(2026, 12, 25))
    reasons = {row.day.isoformat(): row.reason for row in calendar.explain(date(2026, 12, 24), 1)}
    assert reasons["2026-12-25"] == "Christmas Day"
    assert reasons["2026-12-29"] == "Shutdown"


def test_a_frozen_calendar_is_used_as_it_is(tmp_path: Path) -> None:
    """A party whose calendar is a file counts on that file, whatever the holidays of its region are today (IN-12)."""
    file = tmp_path / "frozen.json"
    frozen = BusinessCalendar.for_region("AU", "WA", years=(2026, 2027))
    frozen.dump(file)
    policy = attrs.evolve(STANDARD, parties=Parties(employer=PartyTerms(calendar_file=str(file))))
    offices = Offices().of(policy)
    assert offices["employer"].calendar == frozen
    assert offices["employer"].basis.calendar == frozen.fingerprint
    file.write_text(file.read_text().replace("2026-12-25", "2026-12-24"))
    with pytest.raises(FrozenFileError):
        Offices().of(policy)


def test_a_calendar_that_cannot_be_built_says_why(tmp_path: Path) -> None:
    """A region without holidays, a closure outside the calendar and a file that is not there give errors of ours."""
    with pytest.raises(UnknownRegion):
        calendar_of(PartyTerms(region="AU-XX"))
    with pytest.raises(CoverageError):
        calendar_of(PartyTerms(closures={"2099-01-05": "Shutdown"}))
    for path in (tmp_path, tmp_path / "missing.json"):
        with pytest.raises(PolicyError, match=f"calendar_file: {path} cannot be read"):
            calendar_of(PartyTerms(calendar_file=str(path)))


@pytest.mark.parametrize(
    ("party", "terms", "error", "words"),
    [
        ("employer", PartyTerms(region="AU-XX"), UnknownRegion, r"region: 'XX' is no subdivision of AU; it has .*"),
        (
            "provider",
            PartyTerms(calendar_file="missing.json"),
            PolicyError,
            r"calendar_file: missing.json cannot be read.*",
        ),
    ],
)
def test_whose_calendar_cannot_be_built_is_said(
    party: str, terms: PartyTerms, error: type[Exception], words: str
) -> None:
    """Who looks after many contracts is told of which one, in which version and for which party."""
    policy = attrs.evolve(STANDARD, contract="lakeside", parties=Parties(**{party: terms}))
    with pytest.raises(error, match=rf"^parties\.{party}\.{words} \(contract lakeside, version 1\)$"):
        Offices().of(policy)


def test_whose_calendar_cannot_be_used_is_said(tmp_path: Path) -> None:
    """So it is of a file that is no frozen calendar, and of a closure that lies outside of one."""
    file = tmp_path / "calendar.json"
    file.write_text("planted")
    frozen = PartyTerms(calendar_file=str(file))
    policy = attrs.evolve(STANDARD, contract="lakeside", parties=Parties(employer=frozen))
    with pytest.raises(
        FrozenFileError, match=rf"^parties\.employer\.calendar_file: {file} is not JSON.* \(contract lakeside, ver"
    ):
        Offices().of(policy)
    closed = PartyTerms(closures={"2099-01-05": "Shutdown"})
    policy = attrs.evolve(STANDARD, contract="lakeside", parties=Parties(provider=closed))
    with pytest.raises(
        CoverageError, match=r"^parties\.provider: .*outside the span \(contract lakeside, version 1\)"
    ) as caught:
        Offices().of(policy)
    calendar = lines.OFFICES.of(STANDARD)["provider"].calendar
    assert (caught.value.first, caught.value.last) == (calendar.first, calendar.last)
