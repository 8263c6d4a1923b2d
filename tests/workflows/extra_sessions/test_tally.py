"""Which days a tally covers: months that end with the request, or that began with the first session."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.errors import InvalidValue
from eap_workflow.policy import STANDARD, ReviewTerms
from eap_workflow.workflows.extra_sessions.tally import months_before, tally_window
from tests.journeys import FROM_FIRST_SESSION, LARGE, Journey, contract, submit

days = st.dates(date(2000, 1, 1), date(2050, 12, 31))


@given(days, st.integers(-240, 240))
def test_months_before_is_the_same_day_or_the_months_last(day: date, months: int) -> None:
    """The month is exact, and the day is the same where that month has it."""
    before = months_before(day, months)
    assert (before.year * 12 + before.month) == (day.year * 12 + day.month) - months
    assert before.day == day.day or (before.day < day.day and (before + timedelta(days=1)).day == 1)


@pytest.mark.parametrize(
    ("day", "since"),
    [
        (date(2026, 10, 28), date(2025, 10, 29)),
        (date(2026, 12, 31), date(2026, 1, 1)),
        (date(2024, 2, 29), date(2023, 3, 1)),
        (date(2025, 2, 28), date(2024, 2, 29)),
        (date(2025, 3, 1), date(2024, 3, 2)),
        (date(2024, 3, 31), date(2023, 4, 1)),
    ],
)
def test_the_rolling_window_is_the_twelve_months_that_end_on_the_day(day: date, since: date) -> None:
    """XS-04, IN-06: both ends are counted; a leap day neither loses nor gains a day of another month."""
    window = tally_window(STANDARD, day)
    assert (window.since, window.until) == (since, day)


@given(days)
def test_rolling_windows_never_go_back(day: date) -> None:
    """XS-04: a day later, the window begins no earlier; it is never longer than a leap year."""
    window, tomorrow = tally_window(STANDARD, day), tally_window(STANDARD, day + timedelta(days=1))
    assert window.since <= tomorrow.since
    assert 365 <= (window.until - window.since).days + 1 <= 366


@pytest.mark.parametrize(
    ("first", "day", "since"),
    [
        (date(2026, 3, 2), date(2026, 3, 2), date(2026, 3, 2)),
        (date(2026, 3, 2), date(2027, 3, 1), date(2026, 3, 2)),
        (date(2026, 3, 2), date(2027, 3, 2), date(2027, 3, 2)),
        (date(2020, 3, 2), date(2026, 10, 28), date(2026, 3, 2)),
        (date(2024, 2, 29), date(2025, 2, 27), date(2024, 2, 29)),
        (date(2024, 2, 29), date(2025, 2, 28), date(2025, 2, 28)),
        (date(2024, 2, 29), date(2028, 2, 28), date(2027, 2, 28)),
        (date(2024, 2, 29), date(2028, 2, 29), date(2028, 2, 29)),
        (date(2025, 12, 31), date(2026, 12, 30), date(2025, 12, 31)),
    ],
)
def test_from_the_first_session_periods_follow_one_another(first: date, day: date, since: date) -> None:
    """IN-06: the period of twelve months from the first session, or from its anniversary, in which the day lies."""
    window = tally_window(FROM_FIRST_SESSION, day, first)
    assert (window.since, window.until) == (since, day)


@given(days, days, st.integers(1, 60))
def test_a_period_begins_no_later_than_the_day_and_is_no_longer_than_its_months(
    first: date, day: date, months: int
) -> None:
    """IN-06: the day lies in its period, however many months the contract counts."""
    policy = contract("periods", review=ReviewTerms(window="from_first_session", window_months=months))
    first, day = min(first, day), max(first, day)
    window = tally_window(policy, day, first)
    assert first <= window.since <= window.until == day
    assert day < months_before(first, -months) or window.since > first
    assert months_before(day, months) <= window.since


def test_a_contract_that_counts_from_the_first_session_needs_its_day() -> None:
    """IN-06: it is asked for by name, and it cannot lie after the request."""
    for first in (None, date(2026, 10, 29)):
        with pytest.raises(InvalidValue) as caught:
            tally_window(FROM_FIRST_SESSION, date(2026, 10, 28), first)
        assert caught.value.field == "tally.first_session_on"


def test_a_rolling_window_does_not_care_for_the_first_session() -> None:
    """IN-06: where the contract counts back, the first session changes nothing."""
    assert tally_window(STANDARD, date(2026, 10, 28), date(2030, 1, 1)) == tally_window(STANDARD, date(2026, 10, 28))


def test_the_window_of_a_submission_is_kept_with_it() -> None:
    """XS-04, IN-06: what was counted is written down, so that nobody has to compute it again."""
    one = Journey(FROM_FIRST_SESSION).to("draft")
    one.do(submit(LARGE, FROM_FIRST_SESSION), one.trail[0].by)
    submission = one.body.submission
    assert submission is not None
    assert (submission.since, submission.until) == (date(2026, 3, 2), date(2026, 10, 28))
    assert submission.submitted_on == submission.until
