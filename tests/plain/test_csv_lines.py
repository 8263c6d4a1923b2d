"""Lines of CSV are read back as they were written, and none of their cells is a formula."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.plain.csv_lines import csv_lines, several

cells = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=10)


def read(text: str) -> list[list[str]]:
    """Read the lines with another reader."""
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


@given(st.lists(st.tuples(cells.map(lambda text: f"x{text}"), cells.map(lambda text: f"y{text}"))))
def test_what_is_written_is_read_again(rows: list[tuple[str, str]]) -> None:
    """A head, and every row with its cells; each line ends as RFC 4180 says."""
    text = csv_lines(("a", "b"), rows)
    assert read(text) == [["a", "b"], *map(list, rows)]
    assert text.startswith("a,b\r\n")


@pytest.mark.parametrize("first", tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20"))
def test_no_cell_is_a_formula(first: str) -> None:
    """Neither at once nor after spaces; the apostrophe before it is shown by no spreadsheet."""
    assert read(csv_lines(("a", "b"), [(f"{first}1", f"  {first}1")]))[1] == [f"'{first}1", f"'  {first}1"]


def test_a_cell_does_not_end_at_nul() -> None:
    """Some readers would take it for the end of the text."""
    assert "\x00" not in csv_lines(("a",), [("x\x00y",)])


def test_several_values_are_set_apart() -> None:
    """As one cell."""
    assert several(("a", "b")) == "a; b"
    assert several(()) == ""
