"""What a value of a policy may be: a check for each kind, used as the validator of an ``attrs`` attribute.

Each check carries ``allowed``, the words in which it refuses; the reference of the policy file is generated from the
same words, so the page and the error cannot differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, time
from typing import TYPE_CHECKING, Any, get_args

from attrs import fields

from eap_workflow.errors import PolicyError, Unknown
from eap_workflow.values import REFERENCE_PATTERN, WORD_PATTERN

if TYPE_CHECKING:
    from attrs import Attribute, AttrsInstance

STANDARD_ZONE = "Australia/Melbourne"
REGION_PATTERN = r"[A-Z]{2}(-\w[\w ]{0,39})?"
MOST_NAMES = 100
MOST_DAYS = 10_000
OR_LEFT_OUT = ", or left out"


class Check:
    """A validator that knows, in words, what it allows.

    Attributes:
        allowed: What is allowed, as the end of the sentence "the key must be ...".
        accepts: Whether a value may stand.
    """

    __slots__ = ("accepts", "allowed")

    def __init__(self, allowed: str, accepts: Callable[[object], bool]) -> None:
        self.allowed: str = allowed
        self.accepts: Callable[[object], bool] = accepts

    def __call__(self, _instance: object, attribute: Attribute[Any], value: object) -> None:
        """Refuse a value that may not stand, by the attribute's name and what is allowed; the value is not shown.

        Raises:
            PolicyError: It may not stand.
        """
        if not self.accepts(value):
            raise PolicyError(attribute.name, f"must be {self.allowed}")


def optionally(check: Check) -> Check:
    """Allow what another check allows, or None."""
    return Check(f"{check.allowed}{OR_LEFT_OUT}", lambda value: value is None or check.accepts(value))


def flag() -> Check:
    """Allow True and False; a number is neither."""
    return Check("true or false", lambda value: type(value) is bool)


def whole(minimum: int, maximum: int) -> Check:
    """Allow a whole number within inclusive bounds; a bool is none."""
    return Check(
        f"a whole number from {minimum} to {maximum}",
        lambda value: type(value) is int and minimum <= value <= maximum,
    )


def one_of(literal: object) -> Check:
    """Allow one of the words of a ``Literal`` type."""
    words = get_args(literal)
    return Check(f"one of {', '.join(words)}", lambda value: isinstance(value, str) and value in words)


def reference() -> Check:
    """Allow a name that steps and snapshots carry: the characters and the length of a reference."""
    return Check(
        "1 to 64 letters, digits and . _ : / -, beginning with a letter or digit",
        lambda value: _matches(REFERENCE_PATTERN, value),
    )


def region() -> Check:
    """Allow what has the shape of a region; whether its holidays are known, the calendar says when it is built."""
    return Check(
        "a country, or a country and its subdivision, such as NZ, AU-VIC or GB-ENG",
        lambda value: _matches(REGION_PATTERN, value),
    )


def prose(longest: int) -> Check:
    """Allow one line of printable text that is not blank, up to a number of characters."""
    return Check(f"one line of text, 1 to {longest} characters", lambda value: _is_prose(value, longest))


def zone() -> Check:
    """Allow a zone of the IANA time zone database."""
    return Check("a zone of the IANA time zone database, such as Australia/Sydney", _is_zone)


def day() -> Check:
    """Allow a date; a datetime is none."""
    return Check("a date, without a time of day", lambda value: type(value) is date)


def hour_of_day() -> Check:
    """Allow a time of day in whole seconds and without a zone: the party's own zone is meant."""
    return Check(
        "a time of day in whole seconds and without a zone, such as 16:00:00",
        lambda value: type(value) is time and value.tzinfo is None and not value.microsecond,
    )


def names(least: int = 1) -> Check:
    """Allow some different names in lower case: what a command may choose from."""
    return Check(
        f"a list of {least} to {MOST_NAMES} different names in lower case letters, digits and _,"
        " each beginning with a letter",
        lambda value: _are_names(value, least),
    )


def names_by_name() -> Check:
    """Allow a table that gives, for some names, those that go with each."""
    return Check(
        f"a table that gives for each name {names().allowed}",
        lambda value: (
            isinstance(value, Mapping)
            and all(_matches(WORD_PATTERN, name) and _are_names(listed, 1) for name, listed in value.items())
        ),
    )


def named_days() -> Check:
    """Allow days as ISO text, each with the name by which an account of a due date explains it."""
    return Check(
        'a table of days, each with its name: 2026-12-28 = "Office closed"',
        lambda value: (
            isinstance(value, Mapping)
            and len(value) <= MOST_DAYS
            and all(_is_iso_day(text) and _is_prose(name, 100) for text, name in value.items())
        ),
    )


def nested(table: type[AttrsInstance]) -> Check:
    """Allow a value of a class of the policy: what is a table in a file."""
    keys = ", ".join(attribute.name for attribute in fields(table))
    return Check(f"a table ({table.__name__}) of {keys}", lambda value: isinstance(value, table))


def _matches(pattern: str, value: object) -> bool:
    import re

    return isinstance(value, str) and re.fullmatch(pattern, value) is not None


def _is_prose(value: object, longest: int) -> bool:
    return isinstance(value, str) and len(value) <= longest and value.isprintable() and value.strip() != ""


def _are_names(value: object, least: int) -> bool:
    return (
        isinstance(value, tuple)
        and least <= len(value) <= MOST_NAMES
        and all(_matches(WORD_PATTERN, name) for name in value)
        and len(set(value)) == len(value)
    )


def _is_zone(value: object) -> bool:
    # The standard contract is built at import, and no file is read then; its zone is known to be one.
    if value == STANDARD_ZONE:
        return True
    if not isinstance(value, str):
        return False
    from eap_workflow.local_time import zone_of

    try:
        zone_of(value)
    except Unknown:
        return False
    return True


def _is_iso_day(value: object) -> bool:
    # From Python 3.11 on, fromisoformat reads other ways of writing a date as well; a file has one.
    if not isinstance(value, str):
        return False
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False
