"""Single values and their plain form: text, whole numbers, true or false, dates, instants, times of day.

``wire`` combines these into classes. Each function either returns or raises ``InvalidType`` or ``InvalidValue`` with an
empty path, which whoever called it fills in. What was found is never shown, only what kind of data it is.
"""

from __future__ import annotations

import datetime as dt
from functools import cache, lru_cache
from types import NoneType
from typing import TYPE_CHECKING, NoReturn, TypeVar

from eap_workflow.errors import InvalidType, InvalidValue

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_CLOCK = "([01][0-9]|2[0-3]):[0-5][0-9]"
_OFFSET = "(Z|[+-]([01][0-9]|2[0-3])(:?[0-5][0-9])?)"

DATE = "(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
"""What the text of a date matches; that the month has such a day is checked as well."""

TIME = f"{_CLOCK}(:[0-5][0-9])?"
"""What the text of a time of day matches."""

INSTANT = f"{DATE}T{_CLOCK}(:[0-5][0-9]([.,][0-9]+)?)?{_OFFSET}"
"""What the text of an instant matches when it is read; it is written in UTC with six decimals."""

_KINDS: dict[type, str] = {
    NoneType: "null",
    bool: "true or false",
    int: "a whole number",
    float: "a decimal number",
    str: "text",
    list: "a list",
    dict: "an object",
    dt.date: "a date",
    dt.datetime: "a date with a time",
}


def in_words(found: object) -> str:
    """Name the kind of data that something is, without showing it."""
    return _KINDS.get(type(found)) or f"of the type {type(found).__name__}"


def refuse_type(needed: str, found: object) -> NoReturn:
    """Say what is needed, and what kind of data stands there instead."""
    raise InvalidType("", f"{needed} is needed, and this is {in_words(found)}")


def why_not_storable(text: str) -> str:
    """Say what databases refuse in a text, or nothing if it can be kept."""
    if "\0" in text:
        return "the character NUL stands in a text, and databases refuse it"
    try:
        text.encode()
    except UnicodeEncodeError:
        return "half of a surrogate pair stands in a text, and it is no character"
    return ""


def as_text(value: object) -> str:
    """Take text, as plain ``str``, that any store can keep."""
    # Printable text, which is nearly all there is, holds nothing that a store refuses.
    if type(value) is str and value.isprintable():
        return value
    if not isinstance(value, str):
        refuse_type("text", value)
    reason = why_not_storable(value)
    if reason:
        raise InvalidValue("", reason)
    return str.__str__(value)


def as_whole(value: object) -> int:
    """Take a whole number; ``True`` and ``3.0`` are none."""
    if type(value) is not int:
        refuse_type("a whole number", value)
    return value


def as_flag(value: object) -> bool:
    """Take true or false; 1 and 0 are neither."""
    if type(value) is not bool:
        refuse_type("true or false", value)
    return value


def read_date(data: object) -> dt.date:
    """Read ``YYYY-MM-DD``, and none of the other ways to write a date."""
    return _from_iso(dt.date.fromisoformat, DATE, "a date as YYYY-MM-DD", data)


def read_time(data: object) -> dt.time:
    """Read ``HH:MM`` or ``HH:MM:SS``."""
    return _from_iso(dt.time.fromisoformat, TIME, "a time of day as HH:MM or HH:MM:SS", data)


def read_instant(data: object) -> dt.datetime:
    """Read a date and a time with their offset from UTC, in UTC; what is finer than a microsecond is cut off."""
    return _from_iso(_parse_instant, INSTANT, "an instant as YYYY-MM-DDTHH:MM:SS with its offset, Z or +HH:MM,", data)


def _parse_instant(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).astimezone(dt.UTC)


def _from_iso(parse: Callable[[str], T], pattern: str, needed: str, data: object) -> T:
    if not isinstance(data, str):
        refuse_type(needed, data)
    value = None
    if _matcher(pattern)(data):
        try:
            value = parse(data)
        except (ValueError, OverflowError):
            value = None
    if value is None:
        raise InvalidValue("", f"{needed} is needed, and this text is none")
    return value


@cache
def _matcher(pattern: str) -> Callable[[str], object]:
    import re

    return re.compile(pattern).fullmatch


def write_date(value: object) -> str:
    """Write a date as ``YYYY-MM-DD``; a datetime is none."""
    if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
        refuse_type("a date", value)
    return _date_text(value)


def write_time(value: object) -> str:
    """Write a time of day as ``HH:MM``, with seconds only where there are any."""
    if not isinstance(value, dt.time):
        refuse_type("a time of day", value)
    if value.tzinfo is not None or value.microsecond:
        raise InvalidValue("", "a time of day is needed in whole seconds and without a zone")
    return value.isoformat("seconds" if value.second else "minutes")


def write_instant(value: object) -> str:
    """Write an aware datetime in UTC, like ``2026-10-28T09:30:00.000000Z``: one width, so text sorts as time."""
    if not isinstance(value, dt.datetime):
        refuse_type("an instant", value)
    return _instant_text(value if value.tzinfo is dt.UTC else _in_utc(value))


def _in_utc(value: dt.datetime) -> dt.datetime:
    if value.utcoffset() is None:
        raise InvalidValue("", "an instant is needed with its offset from UTC, and this datetime is naive")
    try:
        return value.astimezone(dt.UTC)
    except OverflowError:
        pass
    raise InvalidValue("", "an instant is needed that lies in the years 1 to 9999 in UTC")


# A step and its neighbours speak of the same few days and instants, and formatting one costs as much as ten look-ups.
# Only instants in UTC may be looked up: in another zone the two hours that a clock change repeats are equal as keys.
_date_text = lru_cache(1024)(dt.date.isoformat)


@lru_cache(1024)
def _instant_text(value: dt.datetime) -> str:
    return value.isoformat("T", "microseconds").removesuffix("+00:00") + "Z"
