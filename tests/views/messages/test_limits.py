"""What is told of a limit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from eap_workflow.deadlines import Deadline
from eap_workflow.messages import Recipient
from eap_workflow.policy import ReasonTerms, TimeTerms
from eap_workflow.views.messages.limits import due
from eap_workflow.workflows import case_review as cr
from eap_workflow.workflows import session_cancellation as sc
from tests.journeys import DAY, MELBOURNE
from tests.notify.told import Led, latest, news, told
from tests.workflows.case_review import journeys as reviewing
from tests.workflows.outreach import journeys as reaching
from tests.workflows.session_cancellation import journeys as cancelling

BY_THE_CLOCK = ("limit_reminder", "limit_warning", "turn_overdue", "limit_overdue")
PARTNER, THERAPIST, TEAM = "partner_clinician", "therapist", "case_team"


def of_limit(one: Led, limit: str) -> list[tuple[str, str]]:
    """What was told of a limit by the clock, in order."""
    return [
        (message.kind.value, message.to.role)
        for message in told(one)
        if message.kind in BY_THE_CLOCK and message.data["limit"] == limit
    ]


@pytest.mark.parametrize(
    ("state", "limit", "role"),
    [("review", "review", PARTNER), ("notes_owed", "case_notes", THERAPIST), ("notes_review", "notes_review", PARTNER)],
)
def test_a_limit_of_a_case_review_that_comes_and_passes_is_told(state: str, limit: str, role: str) -> None:
    """Whose turn it is is reminded, the case team warned, and when it has passed both are told (CM-02, CM-10, IN-04, IN-13)."""
    one = reviewing.Journey(reviewing.LIMITED).to(state)
    one.wait(one.now + 30 * DAY)
    assert sorted(of_limit(one, limit)) == sorted(
        [("limit_reminder", role), ("limit_warning", TEAM), ("turn_overdue", role), ("limit_overdue", TEAM)]
    )
    assert of_limit(one, limit)[-2:] == [("turn_overdue", role), ("limit_overdue", TEAM)]
    assert latest(one).data["turn"] == role


@pytest.mark.parametrize("limit", ["acknowledgement", "first_attempt", "contact"])
def test_a_limit_of_an_outreach_that_comes_and_passes_is_told(limit: str) -> None:
    """The partner is reminded and told; the case team is told once, where it learns that nobody was reached (CM-05, IN-04)."""
    one = reaching.opened("email_received", reaching.NUDGING)
    one.wait(one.now + 30 * DAY)
    expected = [("limit_reminder", PARTNER), ("limit_warning", TEAM), ("turn_overdue", PARTNER)]
    assert of_limit(one, limit) == expected + [("limit_overdue", TEAM)] * (limit != "contact")
    assert ("not_reached", TEAM) in [(message.kind.value, message.to.role) for message in told(one)]


@pytest.mark.parametrize(
    ("state", "limit"), [("contact_stated", "rebooking"), ("to_record", "records"), ("to_tell", "absence_update")]
)
def test_a_limit_of_a_cancellation_that_comes_and_passes_is_told(state: str, limit: str) -> None:
    """The therapist is reminded and told, the case team warned and told (TC-03, TC-04, TC-07, IN-04, IN-13)."""
    one = cancelling.Journey(cancelling.STRICT).to(state)
    if limit == "absence_update":
        one.do(sc.ExtendAbsence())
    one.wait(one.now + 60 * DAY)
    assert sorted(of_limit(one, limit)) == sorted(
        [("limit_reminder", THERAPIST), ("limit_warning", TEAM), ("turn_overdue", THERAPIST), ("limit_overdue", TEAM)]
    )


def test_the_case_team_is_told_of_its_own_limit_once() -> None:
    """The case team is reminded of what support has to do, and told once that the limit has passed (TC-06, IN-04)."""
    one = cancelling.Journey(cancelling.STRICT).to("with_support")
    one.wait(one.now + DAY)
    assert of_limit(one, "support") == [("limit_reminder", TEAM), ("limit_warning", TEAM), ("limit_overdue", TEAM)]
    assert latest(one).data["turn"] == TEAM
    assert latest(one).to == Recipient(role="case_team", contract="harbour")


def test_updates_are_the_therapists_while_support_tells_the_client() -> None:
    """How the absence goes on is known to the therapist, whoever's turn it is to tell the client (TC-04)."""
    one = cancelling.Journey(cancelling.STRICT).to("with_support")
    one.do(sc.ExtendAbsence())
    one.wait(one.now + 30 * DAY)
    assert ("turn_overdue", THERAPIST) in of_limit(one, "absence_update")


def test_a_later_date_is_told_to_whose_limit_it_is() -> None:
    """It has the new date, and the old one beside it (IN-12)."""
    one = reviewing.Journey(reviewing.LIMITED).to("review")
    stated = one.stands.deadlines[0].due_on
    one.do(cr.ExtendLimit(working_days=2), reviewing.TEAM)
    assert news(one) == [("limit_extended", PARTNER)]
    assert latest(one).data == {
        "request": "CR-0001",
        "limit": "review",
        "due_on": one.stands.deadlines[0].due_on.isoformat(),
        "was_due_on": stated.isoformat(),
    }


def test_a_reminder_shows_the_limit_and_when_it_is_due() -> None:
    """It has exactly that, and of a limit in elapsed hours the hour and the zone of its party too (IN-13)."""
    one = reviewing.Journey(reviewing.LIMITED).to("review")
    one.wait(one.stands.clock[0].due_at)
    assert latest(one).data == {"request": "CR-0001", "limit": "review", "due_on": "2026-11-05"}
    other = reaching.opened("email_received", reaching.NUDGING)
    other.wait(other.stands.clock[0].due_at)
    assert latest(other).data == {
        "request": "OC-0001",
        "limit": "contact",
        "due_on": "2026-10-29",
        "due_at": "09:30",
        "zone": "Australia/Melbourne",
    }


def in_hours(start: datetime, hours: int) -> Deadline:
    """A limit in elapsed hours."""
    policy = reaching.contract("hours", general=ReasonTerms(contact=TimeTerms(elapsed_hours=hours)))
    one = reaching.Journey(policy, now=start).opened("general")
    return one.stands.deadlines[0]


def test_an_hour_is_shown_as_the_clocks_of_its_party_show_it() -> None:
    """In the night in which the clocks change, a day of 24 hours ends at another hour than it began (CM-05)."""
    start = datetime(2026, 10, 3, 9, 30, tzinfo=MELBOURNE)
    assert due(in_hours(start, 24)) == {"due_on": "2026-10-04", "due_at": "10:30", "zone": "Australia/Melbourne"}


def test_what_passes_at_midnight_passes_at_the_end_of_a_day() -> None:
    """No hour is shown, as a reader takes 00:00 of a day for its beginning."""
    start = datetime(2026, 10, 28, 0, 0, tzinfo=MELBOURNE)
    assert due(in_hours(start, 24)) == {"due_on": "2026-10-28"}
    assert due(in_hours(start + timedelta(minutes=1), 24))["due_at"] == "00:01"
    assert in_hours(start, 24).passes_at == datetime(2026, 10, 28, 13, tzinfo=UTC)
