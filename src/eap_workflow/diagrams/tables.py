"""A diagram's states, moves, guards and limits as tables of words, for the formats that are read rather than looked at.

A row of the workflow reads in the table's own order: trigger, from, to, who may, what it takes besides, the limits that it
starts or stops, the rules that it serves. A guard's sentence stands once, beside its name, which is the code of its
refusal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from eap_workflow.machine import When

if TYPE_CHECKING:
    from eap_workflow.diagrams.model import Diagram, DrawnGuard, DrawnLimit, DrawnMove, DrawnState

ABOUT = {"actor": "who acts", "request": "the request", "command": "the command"}
WHEN = {When.ASKED: "", When.AT_ONCE: ", at once", When.WHEN_DUE: ", when due"}


@frozen(kw_only=True)
class Table:
    """A table of words, still in no format.

    Attributes:
        caption: What it is about.
        head: The heads of its columns.
        rows: Its rows; each has a cell for each column, and its first says what the row is about.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def tables_of(diagram: Diagram) -> tuple[Table, ...]:
    """Set a diagram as tables: states, moves, guards, limits."""
    words = {state.name: state.words for state in diagram.states}
    moves = (_move(move, words) for move in diagram.moves)
    found = (
        ("States", ("state", "whose turn", "limits that run in it", "remark"), map(_state, diagram.states)),
        ("Moves", ("trigger", "from", "to", "who may", "guards: all hold", "limits", "rules"), moves),
        ("Guards", ("guard", "what it takes", "looks at", "rules"), map(_guard, diagram.guards)),
        ("Limits", ("limit", "whose days", "what it limits", "remark", "rules"), map(_limit, diagram.limits)),
    )
    return tuple(Table(caption=caption, head=head, rows=tuple(rows)) for caption, head, rows in found)


def _state(state: DrawnState) -> tuple[str, ...]:
    remark = "final" if state.final else "left at once" if state.passing else ""
    return state.words, state.turn or "", "; ".join(limit.label for limit in state.limits), remark


def _move(move: DrawnMove, words: dict[str, str]) -> tuple[str, ...]:
    return (
        move.words,
        words.get(move.source, "(start)"),
        "(stays)" if move.stays else words[move.target],
        ", ".join(move.who) + WHEN[move.when],
        ", ".join(guard.words for guard in move.guards),
        "; ".join(f"{verb} {', '.join(limit.words for limit in limits)}" for verb, limits in move.acts if limits),
        " ".join(move.rules),
    )


def _guard(guard: DrawnGuard) -> tuple[str, ...]:
    return guard.name, guard.sentence, ABOUT[guard.about], " ".join(guard.rules)


def _limit(limit: DrawnLimit) -> tuple[str, ...]:
    remarks = ["where the contract sets it"] if limit.optional else []
    if limit.chain:
        remarks.append(f"the sum of {' and '.join(limit.chain)}")
    return limit.label, limit.party, limit.sentence, "; ".join(remarks), " ".join(limit.rules)
