"""One-edit mutants of a table: what a slip of the hand would make of it, for any workflow.

Each must be noticed: by the table's own checks when it is built, or by comparing what it permits with the original.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle

import attrs
from attrs import frozen

from eap_workflow.machine import Workflow
from eap_workflow.table import Extend, Move, Start
from eap_workflow.values import Role


@frozen(kw_only=True)
class Mutant:
    """A table's rows with one edit.

    Attributes:
        kind: Which kind of edit.
        words: What was edited.
        moves: The rows.
    """

    kind: str
    words: str
    moves: tuple[Move, ...]

    def build(self, workflow: Workflow) -> Workflow:
        """Build the table with these rows; the checks may refuse it."""
        return attrs.evolve(workflow, moves=self.moves)


def mutants(workflow: Workflow) -> Iterator[Mutant]:
    """Every mutant that changes what is permitted."""
    for place, move in enumerate(workflow.moves):
        before, after = workflow.moves[:place], workflow.moves[place + 1 :]
        where = f"({move.source}, {move.trigger})"
        yield Mutant(kind="row removed", words=where, moves=(*before, *after))
        for kind, row in (*_led_elsewhere(workflow, move), *_asked_for_otherwise(workflow, move)):
            yield Mutant(kind=kind, words=f"{where} as {row}", moves=(*before, row, *after))
    yield from _rows_added(workflow)


def _led_elsewhere(workflow: Workflow, move: Move) -> Iterator[tuple[str, Move]]:
    states = tuple(state.name for state in workflow.states)
    for state in states:
        if state != move.target:
            yield "target changed", attrs.evolve(move, target=state)
    for state in (workflow.start, *states):
        if state != move.source:
            yield "source changed", attrs.evolve(move, source=state)


def _asked_for_otherwise(workflow: Workflow, move: Move) -> Iterator[tuple[str, Move]]:
    for guard in workflow.guards:
        if guard.name in move.guards:
            left = tuple(name for name in move.guards if name != guard.name)
            yield "guard dropped", attrs.evolve(move, guards=left)
        else:
            yield "guard added", attrs.evolve(move, guards=(*move.guards, guard.name))
    for role in Role:
        if role in move.who:
            yield "role dropped", attrs.evolve(move, who=tuple(each for each in move.who if each is not role))
        else:
            yield "role added", attrs.evolve(move, who=(*move.who, role))


def _rows_added(workflow: Workflow) -> Iterator[Mutant]:
    present = {(move.source, move.trigger) for move in workflow.moves}
    roles = cycle(Role)
    for state in workflow.states:
        for trigger in workflow.triggers:
            if (state.name, trigger) not in present:
                added = Move(trigger, state.name, state.name, (next(roles),), (), (), ("XS-01",))
                words = f"({state.name}, {trigger}) is there"
                yield Mutant(kind="row added", words=words, moves=(*workflow.moves, added))


def limit_mutants(workflow: Workflow) -> Iterator[Mutant]:
    """Every mutant that changes what a row does to limits: one dropped, or a start that is an extension."""
    moves = workflow.moves
    for place, move in enumerate(moves):
        for number, act in enumerate(move.limits):
            left = (*move.limits[:number], *move.limits[number + 1 :])
            edits = {"limit dropped": left}
            if isinstance(act, Start):
                edits["limit extended instead"] = (*left, Extend(act.limit))
            for kind, limits in edits.items():
                row = attrs.evolve(move, limits=limits)
                words = f"({move.source}, {move.trigger}) {act}"
                yield Mutant(kind=kind, words=words, moves=(*moves[:place], row, *moves[place + 1 :]))
