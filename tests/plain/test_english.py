"""Days and months have their English names, whatever the machine's own language."""

from __future__ import annotations

import calendar as named

from eap_workflow.plain.english import MONTHS, WEEKDAYS, capital


def test_days_and_months_have_their_english_names() -> None:
    """They are those that the standard library has for English."""
    assert tuple(named.day_name) == WEEKDAYS
    assert tuple(named.month_name)[1:] == MONTHS


def test_a_capital_letter_changes_nothing_else() -> None:
    """Names that are written in capitals stay so."""
    assert capital("told WPO") == "Told WPO"
    assert not capital("")
