"""Renders a diagram as CSV: one line a row of the table, for whoever sorts and filters.

The columns are those of `COLUMNS`, in that order, for every table and for good; a new one is added at the end. Several values of
a cell are set apart by ``; ``. Lines end as RFC 4180 says. A cell that a spreadsheet would take for a formula begins with
an apostrophe, which a spreadsheet does not show; no name of a table of ours needs one.
"""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eap_workflow.diagrams.model import Diagram, DrawnLimit, DrawnMove

COLUMNS = (
    "workflow",
    "row",
    "trigger",
    "from",
    "to",
    "changes_state",
    "when",
    "who_may",
    "guards",
    "what_it_takes",
    "stops",
    "starts",
    "restarts",
    "extends",
    "rules",
    "whose_turn_before",
    "whose_turn_after",
    "ends",
)
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", *"\uff1d\uff0b\uff0d\uff20")  # and their full-width forms


def render(diagram: Diagram) -> str:
    """Write the lines, a head first."""
    text = io.StringIO(newline="")
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(COLUMNS)
    lines.writerows(_inert(_row(diagram, number, move)) for number, move in enumerate(diagram.moves, 1))
    return text.getvalue()


def _row(diagram: Diagram, number: int, move: DrawnMove) -> tuple[str, ...]:
    states = {state.name: state for state in diagram.states}
    before, after = states.get(move.source), states[move.target]
    return (
        diagram.name,
        str(number),
        move.trigger,
        move.source,
        move.target,
        "no" if move.stays else "yes",
        move.when.value,
        _several(move.who),
        _several(guard.name for guard in move.guards),
        " ".join(guard.sentence for guard in move.guards),
        *(_names(limits) for _, limits in move.acts),
        _several(move.rules),
        "" if before is None else before.turn or "",
        after.turn or "",
        "yes" if after.final else "no",
    )


def _names(limits: Iterable[DrawnLimit]) -> str:
    return _several(limit.name for limit in limits)


def _several(values: Iterable[str]) -> str:
    return "; ".join(values)


def _inert(row: tuple[str, ...]) -> list[str]:
    # NUL ends a text to some readers of CSV.
    cells = (cell.replace("\x00", "\N{REPLACEMENT CHARACTER}") for cell in row)
    return [f"'{cell}" if cell.lstrip(" ").startswith(FORMULA) else cell for cell in cells]
