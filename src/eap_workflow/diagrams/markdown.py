"""Renders a diagram as Markdown tables, for whoever reads rather than looks.

A row of the workflow reads in the table's own order: trigger, from, to, who may, what it takes besides, the limits that it
starts or stops, the rules that it serves. A guard's sentence stands once, beside its name, which is the code of its
refusal. The captions are no headings, so the tables fit under any heading of a page.

What a table names is escaped: it can neither end a cell nor mean anything to Markdown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from eap_workflow.diagrams.model import Diagram, DrawnGuard, DrawnLimit, DrawnMove, DrawnState
from eap_workflow.machine import When

ABOUT = {"actor": "who acts", "request": "the request", "command": "the command"}
WHEN = {When.ASKED: "", When.AT_ONCE: ", at once", When.WHEN_DUE: ", when due"}
SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&$^])")


def render(diagram: Diagram) -> str:
    """Write the tables."""
    words = {state.name: state.words for state in diagram.states}
    moves = (_move(move, words) for move in diagram.moves)
    tables = (
        _table("States", ("state", "whose turn", "limits that run in it", "remark"), map(_state, diagram.states)),
        _table("Moves", ("trigger", "from", "to", "who may", "guards: all hold", "limits", "rules"), moves),
        _table("Guards", ("guard", "what it takes", "looks at", "rules"), map(_guard, diagram.guards)),
        _table("Limits", ("limit", "whose days", "what it limits", "remark", "rules"), map(_limit, diagram.limits)),
    )
    return "\n".join(tables)


def _state(state: DrawnState) -> tuple[str, ...]:
    remark = "final" if state.final else "left at once" if state.passing else ""
    return state.words, state.turn or "", "; ".join(limit.label for limit in state.limits), remark


def _move(move: DrawnMove, words: dict[str, str]) -> tuple[str, ...]:
    acts = (("stops", move.stops), ("starts", move.starts), ("restarts", move.restarts), ("extends", move.extends))
    return (
        move.words,
        words.get(move.source, "(start)"),
        "(stays)" if move.stays else words[move.target],
        ", ".join(move.who) + WHEN[move.when],
        ", ".join(guard.words for guard in move.guards),
        "; ".join(f"{verb} {', '.join(limit.words for limit in limits)}" for verb, limits in acts if limits),
        " ".join(move.rules),
    )


def _guard(guard: DrawnGuard) -> tuple[str, ...]:
    return guard.name, guard.sentence, ABOUT[guard.about], " ".join(guard.rules)


def _limit(limit: DrawnLimit) -> tuple[str, ...]:
    remarks = ["where the contract sets it"] if limit.optional else []
    if limit.chain:
        remarks.append(f"the sum of {' and '.join(limit.chain)}")
    return limit.label, limit.party, limit.sentence, "; ".join(remarks), " ".join(limit.rules)


def _table(caption: str, head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Set one table; a cell's text is escaped here and nowhere else."""
    lines = [f"**{caption}**", "", f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += (f"| {' | '.join(map(_cell, row))} |" for row in rows)
    return "\n".join((*lines, ""))


def _cell(text: str) -> str:
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))
