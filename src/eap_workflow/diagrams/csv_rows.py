"""Renders a diagram as CSV: one line a row of the table, for whoever sorts and filters.

The columns are those of `COLUMNS`, in that order, for every table and for good; a new one is added at the end. Several values of
a cell are set apart by ``; ``. No name of a table of ours is one that a spreadsheet would take for a formula.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eap_workflow.plain.csv_lines import csv_lines, several

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
    "lifts",
    "fulfils",
)


def render(diagram: Diagram) -> str:
    """Write the lines, a head first."""
    return csv_lines(COLUMNS, (_row(diagram, number, move) for number, move in enumerate(diagram.moves, 1)))


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
        several(move.who),
        several(guard.name for guard in move.guards),
        " ".join(guard.sentence for guard in move.guards),
        *map(_names, (move.stops, move.starts, move.restarts, move.extends)),
        several(move.rules),
        "" if before is None else before.turn or "",
        after.turn or "",
        "yes" if after.final else "no",
        *map(_names, (move.lifts, move.fulfils)),
    )


def _names(limits: Iterable[DrawnLimit]) -> str:
    return several(limit.name for limit in limits)
