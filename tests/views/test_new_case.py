"""When a new Assist Case may be had instead of extra sessions."""

from __future__ import annotations

from datetime import date

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.policy import STANDARD, RequestTerms
from eap_workflow.views import new_case_advice

NO_NEW_ISSUE = attrs.evolve(STANDARD, requests=RequestTerms(new_case_for_new_issue=False, new_case_after_months=6))
OPENED = date(2025, 10, 28)


@pytest.mark.parametrize(
    ("today", "eligible"), [(date(2026, 10, 27), False), (date(2026, 10, 28), True), (date(2026, 10, 29), True)]
)
def test_after_twelve_months_a_new_case_may_be_had(today: date, *, eligible: bool) -> None:
    """The day before, on and after the case's first birthday (CR-10)."""
    advice = new_case_advice(STANDARD, today=today, case_opened_on=OPENED)
    assert (advice.eligible, advice.after, advice.rules) == (eligible, date(2026, 10, 28), ("CR-10",))
    assert ("12 months have passed" in advice.sentence) is eligible


def test_a_new_issue_is_a_ground_where_the_contract_allows_it() -> None:
    """The standard contract opens a case for a new issue at any time; one that does not says so (CR-10)."""
    today = date(2026, 1, 5)
    allowed = new_case_advice(STANDARD, today=today, case_opened_on=OPENED, new_issue=True)
    refused = new_case_advice(NO_NEW_ISSUE, today=today, case_opened_on=OPENED, new_issue=True)
    assert (allowed.eligible, allowed.for_new_issue) == (True, True)
    assert (refused.eligible, refused.for_new_issue) == (False, False)
    assert "for a new issue" in allowed.sentence
    assert refused.sentence == "This contract opens no new Assist Case for a new issue."


def test_the_requestor_is_told_to_check_with_client_services() -> None:
    """Wherever there is a ground, or there may be one, the advice is to check with client services (CR-10)."""
    advices = [
        new_case_advice(STANDARD, today=OPENED),
        new_case_advice(STANDARD, today=OPENED, new_issue=True),
        new_case_advice(NO_NEW_ISSUE, today=date(2026, 4, 28), case_opened_on=OPENED),
    ]
    assert all("check with client services" in advice.sentence for advice in advices)
    nothing = new_case_advice(NO_NEW_ISSUE, today=OPENED, case_opened_on=OPENED)
    assert "and this contract opens none for a new issue" in nothing.sentence
    assert not nothing.eligible


def test_both_grounds_are_named() -> None:
    """A new issue in an old case is eligible on both grounds (CR-10)."""
    advice = new_case_advice(STANDARD, today=date(2027, 1, 1), case_opened_on=OPENED, new_issue=True)
    assert "for a new issue and because 12 months have passed" in advice.sentence


def test_a_case_of_unknown_age_gives_no_day() -> None:
    """Without the day on which the case was opened, its age is no ground, and no day is given (CR-10)."""
    advice = new_case_advice(STANDARD, today=date(2026, 10, 28))
    assert (advice.eligible, advice.after) == (False, None)


def test_a_case_of_the_29th_of_february_turns_a_year_old_on_the_28th() -> None:
    """Where the month has no such day, its last day counts (CR-10)."""
    advice = new_case_advice(STANDARD, today=date(2029, 2, 28), case_opened_on=date(2028, 2, 29))
    assert (advice.after, advice.eligible) == (date(2029, 2, 28), True)


@given(opened=st.dates(date(2000, 1, 1), date(2050, 1, 1)), days=st.dates(date(2000, 1, 1), date(2060, 1, 1)))
def test_what_is_eligible_stays_so(opened: date, days: date) -> None:
    """With the case's age alone, the answer is yes from one day on and for ever (CR-10)."""
    advice = new_case_advice(STANDARD, today=days, case_opened_on=opened)
    assert advice.after is not None
    assert advice.eligible == (days >= advice.after)
