"""Dates, numbers and choices in words."""

from __future__ import annotations

import locale
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.notify.wording import counted, day


@given(st.dates())
def test_a_date_in_words_is_that_date(given: date) -> None:
    """Weekday, day, month and year are those of the standard library, in English whatever the locale."""
    assert locale.getlocale(locale.LC_TIME)
    assert day(given.isoformat()) == f"{given:%A} {given.day} {given:%B} {given.year}"


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        ("0", "no sessions"),
        ("1", "one session"),
        ("2", "two sessions"),
        ("12", "twelve sessions"),
        ("13", "13 sessions"),
    ],
)
def test_a_number_is_read_with_its_noun(number: str, expected: str) -> None:
    """Small numbers are words, and one is not many."""
    assert counted(number, "session") == expected
