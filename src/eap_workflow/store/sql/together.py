"""What is written at the same time, as one statement of PostgreSQL's: it does all of it, or fails.

What one statement costs the server and the way there is most of what a small one costs. The parts do not depend on each
other, and all see the database as it was before: none of them reads what another writes.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence

Later: TypeAlias = tuple[str, "Sequence[tuple[object, ...]]"]
"""A statement with the values of each of its rows."""

MISSED = "22012"
"""What PostgreSQL says where a row was to be changed that is not there: nothing of ours divides but the check for it."""


def together(later: list[Later]) -> tuple[str, tuple[object, ...]]:
    """Make one statement of several, with its values.

    COMMIT may follow in the same message, so the server itself has to refuse where a row is not there: it goes on to nothing
    after a statement that failed. It counts the rows of the last part, so what is to change a row is the last.
    """
    ordered = sorted(later, key=lambda each: not each[0].startswith("INSERT"))
    values = tuple(value for _, rows in ordered for row in rows for value in row)
    return _together(tuple((statement, len(rows)) for statement, rows in ordered)), values


@lru_cache(256)
def _together(shapes: tuple[tuple[str, int], ...]) -> str:
    parts = [_of_rows(statement, number) for statement, number in shapes]
    parts[-1] += " RETURNING 1"
    named = ", ".join(f"part_{number} AS ({statement})" for number, statement in enumerate(parts))
    count = f"CASE count(*) WHEN {shapes[-1][1]} THEN 1 ELSE 0 END"
    return f"WITH {named} SELECT 1 / {count} FROM part_{len(parts) - 1}"


def _of_rows(statement: str, number: int) -> str:
    if number == 1:
        return statement
    head, values = statement.rsplit(" VALUES ", 1)
    return f"{head} VALUES {', '.join([values] * number)}"
