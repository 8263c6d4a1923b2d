"""How data reads in a message: dates, numbers and choices in plain English, whatever the locale of the machine."""

from __future__ import annotations

from datetime import date

from eap_workflow.plain.english import MONTHS, WEEKDAYS
from eap_workflow.values import as_words

NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")


def day(iso: str, hour: str = "", zone: str = "") -> str:
    """A date in words, with the hour where there is one, and whose clocks show it.

    >>> day("2026-11-09")
    'Monday 9 November 2026'
    >>> day("2026-11-09", "09:30", "Australia/Melbourne")
    'Monday 9 November 2026 at 09:30 (Australia/Melbourne)'
    """
    given = date.fromisoformat(iso)
    said = f"{WEEKDAYS[given.weekday()]} {given.day} {MONTHS[given.month - 1]} {given.year}"
    return f"{said} at {hour} ({as_words(zone)})" if hour else said


def counted(number: str, noun: str) -> str:
    """So many of something.

    >>> counted("1", "session"), counted("3", "more session"), counted("40", "month")
    ('one session', 'three more sessions', '40 months')
    """
    how_many = int(number)
    words = NUMBERS[how_many] if how_many < len(NUMBERS) else number
    return f"{words} {noun}" if how_many == 1 else f"{words} {noun}s"
