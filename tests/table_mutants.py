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
    states = tuple(state.name for state in workflow.states)
    moves = workflow.moves
    guards = tuple(guard.name for guard in workflow.guards)
    for place, move in enumerate(moves):
        where = f"({move.source}, {move.trigger})"

        def edited(kind: str, words: str, *rows: Move, place: int = place, where: str = where) -> Mutant:
            return Mutant(kind=kind, words=f"{where} {words}", moves=(*moves[:place], *rows, *moves[place + 1 :]))

        yield edited("row removed", "removed")
        for state in states:
            if state != move.target:
                yield edited("target changed", f"enters {state}", attrs.evolve(move, target=state))
        for state in (workflow.start, *states):
            if state != move.source:
                yield edited("source changed", f"leaves {state}", attrs.evolve(move, source=state))
        for name in move.guards:
            left = tuple(each for each in move.guards if each != name)
            yield edited("guard dropped", f"without {name}", attrs.evolve(move, guards=left))
        for name in guards:
            if name not in move.guards:
                yield edited("guard added", f"with {name}", attrs.evolve(move, guards=(*move.guards, name)))
        for role in move.who:
            yield edited("role dropped", f"not {role}", attrs.evolve(move, who=tuple(set(move.who) - {role})))
        for role in Role:
            if role not in move.who:
                yield edited("role added", f"also {role}", attrs.evolve(move, who=(*move.who, role)))
    yield from _rows_added(workflow)


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
