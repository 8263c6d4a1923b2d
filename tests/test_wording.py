"""Days, instants and people, written the same everywhere, whatever the machine's own language."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from eap_workflow import wording
from eap_workflow.messages import Recipient
from eap_workflow.values import SYSTEM, Actor, Role


def test_a_month_is_named_with_its_year() -> None:
    """In English, whatever the machine's own language."""
    assert wording.month(date(2027, 1, 31)) == "January 2027"


def test_an_instant_is_written_as_the_clocks_of_the_zone_show_it() -> None:
    """The same instant is another day elsewhere; minutes keep two digits."""
    at = datetime(2026, 11, 2, 22, 5, tzinfo=UTC)
    assert wording.instant(at, "UTC") == "Mon 2026-11-02 22:05"
    assert wording.instant(at, "Australia/Melbourne") == "Tue 2026-11-03 09:05"


@pytest.mark.parametrize(
    ("length", "said"),
    [(timedelta(minutes=59), "less than an hour"), (timedelta(hours=1), "1 hour"), (timedelta(days=2), "48 hours")],
)
def test_hours_are_whole(length: timedelta, said: str) -> None:
    """As many as have passed whole."""
    assert wording.hours(length) == said


def test_who_acted_and_whom_a_message_is_for_are_references() -> None:
    """Role, reference, and the organisation that they act for; the clock is the system, and a group has no reference."""
    assert wording.who(Actor(role=Role.CONSULTANT, id="con-1", practice="pr-1")) == "consultant con-1 of pr-1"
    assert wording.who(Actor(role=Role.EMPLOYER, id="hr-1", employer="emp-1")) == "employer hr-1 of emp-1"
    assert wording.who(Actor(role=Role.CASE_TEAM, id="ct-1")) == "case team ct-1"
    assert wording.who(SYSTEM) == "the system, by its clock or its rules"
    assert wording.whom(Recipient(role="clinical_manager", contract="standard")) == "clinical manager"
    assert wording.whom(Recipient(role="client", id="cl-1")) == "client cl-1"


def test_an_instant_is_that_of_a_zones_clocks() -> None:
    """To the minute, as a clock on the wall shows it, on the day that it is there."""
    moment = datetime(2026, 11, 9, 13, 0, 59, tzinfo=UTC)
    assert wording.instant(moment, ZoneInfo("Australia/Melbourne")) == "Tue 2026-11-10 00:00"
    assert wording.instant(moment, ZoneInfo("UTC")) == "Mon 2026-11-09 13:00"


def test_an_instant_in_utc_says_so() -> None:
    """Whatever zone it comes in."""
    assert (
        wording.utc(datetime(2026, 11, 10, 0, 0, 59, tzinfo=ZoneInfo("Australia/Melbourne"))) == "2026-11-09 13:00 UTC"
    )
