"""What days and months are called, how a sentence begins, how a number has its unit: the same in whatever language the machine is."""

from __future__ import annotations

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def capital(words: str) -> str:
    """Begin with a capital letter, and leave the rest as it is.

    >>> capital("employer decision"), capital("WPO is told"), capital("")
    ('Employer decision', 'WPO is told', '')
    """
    return words[:1].upper() + words[1:]


def in_units(number: int, unit: str) -> str:
    """Set a number with its unit.

    >>> in_units(1, "working day"), in_units(24, "hour")
    ('1 working day', '24 hours')
    """
    return f"{number} {unit}{'' if number == 1 else 's'}"
