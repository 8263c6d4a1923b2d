"""What the table alone says of a trail of labels: whether a request can take it. It knows nothing of nets."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, reduce

from attrs import frozen

from eap_workflow.machine import Move, When
from eap_workflow.process import Process


@frozen
class Stand:
    """Where a request is.

    Attributes:
        state: Its state.
        entered: Whether it has just come there from another one, so that something may be made at once.
    """

    state: str
    entered: bool = False


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


def after(process: Process, stand: Stand | None, label: str) -> Stand | None:
    """Where a request is after a step; None where it cannot take it, or could not take one before."""
    if stand is None:
        return None
    if label in _adoptions(process) and stand.state == process.workflow.start:
        return Stand(_adoptions(process)[label])
    move = _rows(process).get(label)
    if move is None or move.source != stand.state or (move.when is When.AT_ONCE and not stand.entered):
        return None
    return Stand(move.target, entered=move.target != stand.state)


def may_be_left(process: Process, stand: Stand | None, *, unfinished: bool = False) -> bool:
    """Whether a trail may end there: in a final state, or in any in which a request may rest."""
    if stand is None or stand.state == process.workflow.start:
        return False
    state = process.workflow.state(stand.state)
    return state.final or (unfinished and not state.passing)


def is_possible(process: Process, trail: Sequence[str]) -> bool:
    """Whether a request can take a trail, and has ended with it."""
    beginning: Stand | None = Stand(process.workflow.start)
    return may_be_left(process, reduce(lambda stand, label: after(process, stand, label), trail, beginning))
