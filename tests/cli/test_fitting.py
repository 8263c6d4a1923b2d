"""Tables on terminals of every width: nothing is wider than the terminal, and nothing is lost."""

from __future__ import annotations

import io
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from eap_workflow.cli import tables
from eap_workflow.cli.fitting import LEAST_OF_LONG_TEXT

ROWS = [
    (
        "SC-0103",
        "absence update",
        "therapist",
        "Fri 2026-11-06",
        "11 days over",
        "told by telephone, and then by letter",
    ),
    ("OLD-0101", "contact", "partner clinician", "Thu 2026-11-12 12:00", "262 h over", ""),
    ("休-0001", "employer decision", "employer", "Wed 2026-11-11", "8 days over", "案件 " * 12),
]
HEADINGS = ("request", "limit", "whose turn", "was due", "time", "how")


def printed(width: int, rows: Sequence[tuple[str, ...]]) -> str:
    """What is printed on a terminal of this width."""
    console = tables.Plain()
    console._force_terminal = True
    console.width, console.file = width, io.StringIO()
    table = tables.table_of("Title", *zip(HEADINGS, ("left",) * 4 + ("right", "fold"), strict=True))
    for row in rows:
        table.add_row(*row)
    console.print(table)
    return console.file.getvalue()


@pytest.mark.parametrize("width", [20, 40, 60, 70, 80, 90, 100, 140, 300])
def test_no_id_and_no_word_is_cut(width: int) -> None:
    """On 40 columns as on 80 each reference, date and word is whole, and no line is longer than the terminal."""
    said = printed(width, ROWS)
    assert all(word in said for row in ROWS for cell in row for word in cell.split())
    assert all(cell_len(line) <= width for line in said.splitlines())


@given(width=st.integers(12, 160), cells=st.lists(st.text("ab案 -", max_size=70), min_size=6, max_size=6))
def test_every_sign_is_printed(width: int, cells: list[str]) -> None:
    """Whatever stands in the cells and however wide the terminal is, it is broken into lines and never cut."""
    said = printed(width, [tuple(cells)])
    for sign in "ab案":
        assert said.count(sign) - printed(width, []).count(sign) >= sum(cell.count(sign) for cell in cells)
    assert all(cell_len(line) <= width for line in said.splitlines())


def test_long_text_gives_way_before_anything_else() -> None:
    """As long as long text has room enough, an id and a date stay on one line."""
    whole = sum(max(len(row[position]) for row in ROWS) for position in range(5)) + 3 * 6
    said = printed(whole + LEAST_OF_LONG_TEXT + 1, ROWS)
    assert "partner clinician   Thu 2026-11-12 12:00" in said
    assert "partner clinician   Thu 2026-11-12 12:00" not in printed(whole, ROWS)


def test_a_row_that_fits_in_no_way_is_a_record() -> None:
    """Where even single words do not fit beside each other, each cell has a line with its heading; empty ones have none."""
    said = printed(40, ROWS).splitlines()
    assert [line.rstrip() for line in said[:8]] == [
        "Title",
        "",
        "request: SC-0103",
        "limit: absence update",
        "whose turn: therapist",
        "was due: Fri 2026-11-06",
        "time: 11 days over",
        "how: told by telephone, and then by",
    ]
    assert sum("how: " in line for line in said) == 2
