"""JSON text, strictly: what one reader could take for this and another for that is no command, and cannot be kept.

A line of a command file is parsed here before ``wire`` reads it, and what ``wire`` writes becomes text here, always the
same text for the same data, so that it can be hashed and compared.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn

from eap_workflow.errors import InvalidType, InvalidValue
from eap_workflow.plain.scalars import in_words, why_not_storable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MAX_DEPTH = 64
"""How many lists and objects may stand inside each other."""

_TOO_DEEP = f"lists and objects stand inside each other, more than {MAX_DEPTH} deep"


def parse_json(text: str | bytes, *, field: str = "text") -> Any:
    """Parse one JSON text.

    Refused are a key that comes twice in an object, ``NaN`` and infinities, bytes that are not UTF-8, half of a
    surrogate pair and NUL in a text, a number of thousands of digits, and nesting beyond ``MAX_DEPTH``.

    Args:
        text: The text; bytes are UTF-8 without a byte order mark.
        field: How errors name it.

    Raises:
        InvalidValue: It is not such a text; the reason gives line and column where they are known, and no content.
    """
    reason = ""
    try:
        decoded = text.decode() if isinstance(text, bytes) else text
        if not decoded.isascii():
            decoded.encode()
        data = _decoder()(decoded)
        reason = _why_refused(decoded, data)
        if not reason:
            return data
    except UnicodeError:
        reason = "this is not UTF-8"
    except InvalidValue as problem:
        reason = problem.reason
    except RecursionError:
        reason = _TOO_DEEP
    except ValueError as error:
        line, column = getattr(error, "lineno", None), getattr(error, "colno", None)
        reason = f"this is not JSON from line {line}, column {column} on" if line else "a number has too many digits"
    # Raised out here, so that the error holds no reference to the one that was caught, which holds the text.
    raise InvalidValue(field or "text", reason)


def parse_object(text: str | bytes, *, field: str = "text") -> dict[str, Any]:
    """Parse JSON as ``parse_json`` does, and refuse everything but an object.

    Raises:
        InvalidType: It is JSON, and no object.
        InvalidValue: It is not such a text.
    """
    data = parse_json(text, field=field)
    if not isinstance(data, dict):
        raise InvalidType(field or "text", f"an object is needed, and this is {in_words(data)}")
    return data


def canonical_json(data: object) -> str:
    """Write plain data as the one text that stands for it: keys sorted by code point, no spaces, nothing escaped that need not be.

    Raises:
        InvalidValue: It cannot be written: it is not plain, or a number is NaN, or it holds half of a surrogate pair.
    """
    try:
        text = _encoder()(data)
        if not text.isascii():
            text.encode()
    except (TypeError, ValueError, RecursionError):
        text = ""
    if not text:
        raise InvalidValue("value", "this cannot be written as JSON")
    return text


@cache
def quoting() -> Callable[[str], str]:
    """Give what writes one text, which databases can keep, as canonical JSON does."""
    from json.encoder import encode_basestring

    return encode_basestring


@cache
def _encoder() -> Callable[[object], str]:
    import json

    return json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode


@cache
def _decoder() -> Callable[[str], Any]:
    import json

    return json.JSONDecoder(object_pairs_hook=_distinct, parse_float=_finite, parse_constant=_refuse_constant).decode


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    entries = dict(pairs)
    if len(entries) != len(pairs):
        raise InvalidValue("", "an object has the same key twice")
    return entries


def _finite(digits: str) -> float:
    number = float(digits)
    if number in {float("inf"), float("-inf")}:
        raise InvalidValue("", "a decimal number is too large")
    return number


def _refuse_constant(_name: str) -> NoReturn:
    raise InvalidValue("", "NaN and Infinity are not JSON")


def _why_refused(text: str, data: object) -> str:
    # Few texts give cause to look into their data: an escape, or brackets enough to be too deep.
    if "\\u" not in text and text.count("[") + text.count("{") <= MAX_DEPTH:
        return ""
    level, depth = [data], 0
    while level:
        if depth == MAX_DEPTH and any(isinstance(found, dict | list) for found in level):
            return _TOO_DEEP
        for found in level:
            reason = why_not_storable(found) if isinstance(found, str) else ""
            if reason:
                return reason
        level, depth = [inner for outer in level for inner in _content(outer)], depth + 1
    return ""


def _content(data: object) -> Iterable[object]:
    if isinstance(data, dict):
        return (*data, *data.values())
    return data if isinstance(data, list) else ()
