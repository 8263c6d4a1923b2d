"""What the table alone says of a trail of labels: whether a request can take it. It knows nothing of nets."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from eap_workflow.machine import Move, When
from eap_workflow.process import Process


@cache
def _rows(process: Process) -> dict[str, Move]:
    return {f"{move.trigger} ({move.source})".replace("_", " "): move for move in process.workflow.moves}


@cache
def _adoptions(process: Process) -> dict[str, str]:
    states = () if process.adopting is None else process.adopting().states
    return {f"adopt (as {state})".replace("_", " "): state for state in states}


def labels(process: Process) -> tuple[str, ...]:
    """The label of everything that can happen."""
    return (*_rows(process), *_adoptions(process))


def is_possible(process: Process, trail: Sequence[str], *, unfinished: bool = False) -> bool:
    """Whether a request can take a trail and has ended with it, or may still go on."""
    workflow, rows, adoptions = process.workflow, _rows(process), _adoptions(process)
    state, entered = workflow.start, False
    for label in trail:
        if label in adoptions and state == workflow.start:
            state, entered = adoptions[label], False
            continue
        move = rows.get(label)
        if move is None or move.source != state or (move.when is When.AT_ONCE and not entered):
            return False
        state, entered = move.target, move.target != state
    if state == workflow.start:
        return False
    last = workflow.state(state)
    return last.final or (unfinished and not last.passing)
