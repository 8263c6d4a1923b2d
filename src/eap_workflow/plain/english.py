"""What days and months are called, and how a sentence begins: the same everywhere, whatever the language of the machine."""

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
