"""One statement of several: their order, their values, and what it fails at."""

from __future__ import annotations

import pytest

from eap_workflow.store.sql.together import together

INTO_A, INTO_B = "INSERT INTO a (x, y) VALUES (?, ?)", "INSERT INTO b (z) VALUES (?)"
CHANGE = "UPDATE c SET x = ? WHERE y = ?"


def test_several_are_one_with_what_changes_a_row_last() -> None:
    """Rows of one statement stand beside each other, in order, and the values in the order of their places."""
    statement, values = together([(CHANGE, [("new", "old")]), (INTO_A, [(1, 2), (3, 4)]), (INTO_B, [(5,)])])
    assert statement == (
        "WITH part_0 AS (INSERT INTO a (x, y) VALUES (?, ?), (?, ?)), part_1 AS (INSERT INTO b (z) VALUES (?)),"
        " part_2 AS (UPDATE c SET x = ? WHERE y = ? RETURNING 1)"
        " SELECT 1 / CASE count(*) WHEN 1 THEN 1 ELSE 0 END FROM part_2"
    )
    assert values == (1, 2, 3, 4, 5, "new", "old")


@pytest.mark.parametrize("rows", [[(5,)], [(5,), (6,)]])
def test_one_alone_is_counted_as_well(rows: list[tuple[object, ...]]) -> None:
    """However many rows a statement has, it fails where there are fewer in the end."""
    statement, values = together([(INTO_B, rows)])
    places = ", ".join(["(?)"] * len(rows))
    assert statement == (
        f"WITH part_0 AS (INSERT INTO b (z) VALUES {places} RETURNING 1)"
        f" SELECT 1 / CASE count(*) WHEN {len(rows)} THEN 1 ELSE 0 END FROM part_0"
    )
    assert values == tuple(value for row in rows for value in row)
