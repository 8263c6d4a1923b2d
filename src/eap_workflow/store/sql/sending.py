"""Statements and values as PostgreSQL takes them: one statement with its values, or rows that are copied in."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import psycopg

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

NO_NUL: Final = "text with a NUL in it cannot be sent"
ROWS_AT_ONCE: Final = 200
MOST: Final = 2**63


def encoded(values: tuple[object, ...], encoding: str) -> list[bytes | None]:
    """Write the values of a statement.

    Raises:
        psycopg.DataError: A text has a NUL in it.
        UnicodeError: The encoding has no such character.
        OverflowError: A number is longer than 64 bits.
    """
    written: list[bytes | None] = []
    for value in values:
        if isinstance(value, str):
            text = value.encode(encoding)
            # Libpq would send what stands before it.
            if b"\0" in text:
                raise psycopg.DataError(NO_NUL)
            written.append(text)
        else:
            written.append(None if value is None else b"%d" % _bounded(value))
    return written


def copied(rows: Sequence[tuple[object, ...]], encoding: str) -> Iterator[bytes]:
    """Write rows as lines, their values with a tab in between; several at once.

    Raises:
        psycopg.DataError: A text has a NUL in it.
        UnicodeError: The encoding has no such character.
        OverflowError: A number is longer than 64 bits.
    """
    for first in range(0, len(rows), ROWS_AT_ONCE):
        lines = ["\t".join([_as_field(value) for value in row]) for row in rows[first : first + ROWS_AT_ONCE]]
        written = "\n".join([*lines, ""]).encode(encoding)
        if b"\0" in written:
            raise psycopg.DataError(NO_NUL)
        yield written


@lru_cache(512)
def numbered(statement: str) -> bytes:
    """Write the places of values as the server takes them."""
    head, *others = statement.split("?")
    return (head + "".join(f"${number}{each}" for number, each in enumerate(others, 1))).encode()


@lru_cache(64)
def as_copy(statement: str) -> bytes:
    """Write what inserts rows as what copies them in."""
    table = statement.removeprefix("INSERT INTO ").partition(" VALUES ")[0]
    return f"COPY {table} FROM STDIN".encode()


def _bounded(value: object) -> int:
    """Refuse a number that no column takes, in the words that the driver of SQLite has for it.

    Raises:
        OverflowError: It is longer than 64 bits.
        TypeError: It is no number.
    """
    if not isinstance(value, int):
        raise TypeError
    if not -MOST <= value < MOST:
        raise OverflowError
    return value


_ESCAPED = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def _as_field(value: object) -> str:
    """Write a value as what is copied in has it."""
    if value is None:
        return "\\N"
    if not isinstance(value, str):
        return f"{_bounded(value):d}"
    # To look for them costs a tenth of what it costs to replace them, and hardly any text has one.
    if "\\" in value or "\t" in value or "\n" in value or "\r" in value:
        return value.translate(_ESCAPED)
    return value
