"""Statements and values as PostgreSQL takes them; that a server reads them as they were is tried with libpq itself."""

from __future__ import annotations

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.store.sql.sending import MOST, ROWS_AT_ONCE, as_copy, copied, encoded, numbered

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
VALUES = st.none() | TEXTS | st.integers(-MOST, MOST - 1)
UNFIT = [
    (("a\0b",), psycopg.DataError),
    (("\ud800",), UnicodeError),
    ((MOST,), OverflowError),
    ((-MOST - 1,), OverflowError),
    ((1.5,), TypeError),
]
ESCAPES = {"\\\\": "\\", "\\t": "\t", "\\n": "\n", "\\r": "\r"}


def read(field: str) -> str | None:
    """A field of a line as the server's own documentation has it."""
    if field == "\\N":
        return None
    found, rest = "", field
    while rest:
        length = 2 if rest[0] == "\\" else 1
        found += ESCAPES.get(rest[:length], rest[:length])
        rest = rest[length:]
    return found


@given(values=st.lists(VALUES).map(tuple))
def test_values_are_text_and_none_is_nothing(values: tuple[object, ...]) -> None:
    """Every value has its text in the connection's encoding, a number its digits, and None none."""
    assert encoded(values, "utf-8") == [None if each is None else str(each).encode() for each in values]


@given(rows=st.lists(st.tuples(VALUES, VALUES), min_size=1))
def test_a_line_holds_a_row(rows: list[tuple[object, ...]]) -> None:
    """Whatever stands in a text, every row is one line, every value one field, and is read back as it was."""
    (lines,) = copied(rows, "utf-8")
    assert lines.endswith(b"\n")
    found = [tuple(map(read, line.split("\t"))) for line in lines.decode().removesuffix("\n").split("\n")]
    assert found == [tuple(None if each is None else str(each) for each in row) for row in rows]


def test_many_rows_go_in_several_parts() -> None:
    """A long list is never held as one text, and none is a part of nothing."""
    parts = list(copied([("x", number) for number in range(2 * ROWS_AT_ONCE + 1)], "utf-8"))
    assert [part.count(b"\n") for part in parts] == [ROWS_AT_ONCE, ROWS_AT_ONCE, 1]
    assert list(copied([], "utf-8")) == []


@pytest.mark.parametrize(
    ("row", "error"), UNFIT, ids=["NUL", "half a character", "long", "long and negative", "no number"]
)
def test_what_no_column_takes_is_refused(row: tuple[object, ...], error: type[Exception]) -> None:
    """Either way, and before anything is sent."""
    with pytest.raises(error):
        encoded(row, "utf-8")
    with pytest.raises(error):
        list(copied([row], "utf-8"))


def test_an_encoding_that_lacks_a_character_refuses_it() -> None:
    """A connection that was told to have single bytes takes no more than those."""
    assert encoded(("ä",), "latin-1") == [b"\xe4"]
    assert list(copied([("ä",)], "latin-1")) == [b"\xe4\n"]
    with pytest.raises(UnicodeError):
        encoded(("€",), "latin-1")


def test_a_statement_has_its_places_numbered_and_an_insert_is_a_copy() -> None:
    """The places of values by number, from one; and what inserts a row as what copies many in."""
    assert numbered("SELECT 1") == b"SELECT 1"
    assert numbered("SELECT a FROM b WHERE c = ? AND d IN (?, ?)") == b"SELECT a FROM b WHERE c = $1 AND d IN ($2, $3)"
    assert as_copy("INSERT INTO kept (name, number) VALUES (?, ?)") == b"COPY kept (name, number) FROM STDIN"
