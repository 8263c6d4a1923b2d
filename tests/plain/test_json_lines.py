"""Lines are numbered as an editor numbers them, and each is one object or refused."""

from __future__ import annotations

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.errors import InvalidType, InvalidValue
from eap_workflow.plain.json_lines import LONGEST_LINE_BYTES, numbered, parse_line


@given(st.lists(st.sampled_from([b"{}", b"", b"  ", b'{"a": 1}'])))
def test_lines_are_numbered_and_blank_ones_passed_over(lines: list[bytes]) -> None:
    """What is left has the number that it has in the file."""
    expected = [(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    found = [(number, (line or b"").rstrip(b"\n")) for number, line in numbered(BytesIO(b"\n".join(lines)))]
    assert found == expected


def test_a_line_that_is_too_long_is_named_and_the_next_one_read() -> None:
    """It is given as None; at the limit a line is whole."""
    whole = b"x" * (LONGEST_LINE_BYTES - 1) + b"\n"
    file = BytesIO(b"x" * (3 * LONGEST_LINE_BYTES) + b"\n" + whole + b"{}")
    assert list(numbered(file)) == [(1, None), (2, whole), (3, b"{}")]
    with pytest.raises(InvalidValue, match="of at most 1,000,000 bytes"):
        parse_line(None)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"\xef\xbb\xbf{}", "a byte order mark stands before it"),
        (b"{]\n", "this is not JSON from column 2 on"),
        (b"\xff", "this is not UTF-8"),
    ],
)
def test_what_is_no_object_is_refused(line: bytes, said: str) -> None:
    """The reason speaks of a column, since the line's number is known to whoever reads the file."""
    with pytest.raises(InvalidValue, match=said) as caught:
        parse_line(line)
    assert caught.value.field == "line"


def test_an_object_is_needed() -> None:
    """A list, or a number, is JSON and no object; a carriage return belongs to the line's end."""
    with pytest.raises(InvalidType):
        parse_line(b"[1]\n")
    assert parse_line(b'{"a": 1}\r\n') == {"a": 1}
