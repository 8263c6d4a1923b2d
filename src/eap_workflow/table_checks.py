"""What makes a table sound. `machine` asks when a table is built; every check here is one function and one sentence."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from eap_workflow.values import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from eap_workflow.machine import Workflow


def problems(workflow: Workflow) -> tuple[str, ...]:
    """Everything that is wrong with a table, in words; nothing where it is sound."""
    return tuple(problem for check in CHECKS for problem in check(workflow))


def _repeated(kind: str, names: Iterable[str]) -> Iterator[str]:
    for name, times in Counter(names).items():
        if times > 1:
            yield f"the {kind} {name} is there {times} times"


def names_are_unique(workflow: Workflow) -> Iterator[str]:
    """A state, a guard and a limit is declared once."""
    yield from _repeated("state", [workflow.start, *(state.name for state in workflow.states)])
    yield from _repeated("guard", (guard.name for guard in workflow.guards))
    yield from _repeated("limit", (limit.name for limit in workflow.limits))


def one_row_a_trigger(workflow: Workflow) -> Iterator[str]:
    """A state has one row for a trigger, so that a guard never chooses between rows."""
    yield from _repeated("row", (f"({move.source}, {move.trigger})" for move in workflow.moves))


def names_are_declared(workflow: Workflow) -> Iterator[str]:
    """A row speaks of declared states, guards and limits only."""
    sources = {workflow.start, *(state.name for state in workflow.states)}
    targets = sources - {workflow.start}
    guards = {guard.name for guard in workflow.guards}
    limits = {limit.name for limit in workflow.limits}
    for move in workflow.moves:
        row = f"row ({move.source}, {move.trigger})"
        if move.source not in sources:
            yield f"{row} leaves an unknown state"
        if move.target not in targets:
            yield f"{row} enters an unknown state {move.target}"
        for name in move.guards:
            if name not in guards:
                yield f"{row} names an unknown guard {name}"
        for act in move.limits:
            if act.limit not in limits:
                yield f"{row} names an unknown limit {act.limit}"
    for state in workflow.states:
        for name in state.limits:
            if name not in limits:
                yield f"state {state.name} names an unknown limit {name}"
    for limit in workflow.limits:
        for name in limit.chain:
            if name not in limits:
                yield f"limit {limit.name} chains an unknown limit {name}"


def nothing_is_unused(workflow: Workflow) -> Iterator[str]:
    """A guard that no row uses and a limit that no state runs are mistakes."""
    guards = {name for move in workflow.moves for name in move.guards}
    limits = {name for state in workflow.states for name in state.limits}
    yield from (f"guard {guard.name} is used by no row" for guard in workflow.guards if guard.name not in guards)
    yield from (f"limit {limit.name} runs in no state" for limit in workflow.limits if limit.name not in limits)


def rows_cite_roles_and_rules(workflow: Workflow) -> Iterator[str]:
    """A row says who may make it and which rules it serves."""
    for move in workflow.moves:
        if not move.who:
            yield f"row ({move.source}, {move.trigger}) names no role"
        if not move.rules:
            yield f"row ({move.source}, {move.trigger}) cites no rule"


def _spread(seeds: set[str], arrows: Iterable[tuple[str, str]]) -> set[str]:
    arrows = tuple(arrows)
    reached = set(seeds)
    while fresh := {to for origin, to in arrows if origin in reached} - reached:
        reached |= fresh
    return reached


def states_are_reachable(workflow: Workflow) -> Iterator[str]:
    """A state can be reached from the start."""
    reached = _spread({workflow.start}, ((move.source, move.target) for move in workflow.moves))
    yield from (f"state {state.name} cannot be reached" for state in workflow.states if state.name not in reached)


def every_state_can_end(workflow: Workflow) -> Iterator[str]:
    """From a state, a final one can be reached."""
    finals = {state.name for state in workflow.states if state.final}
    ending = _spread(finals, ((move.target, move.source) for move in workflow.moves))
    yield from (f"from state {state.name} no final state can be reached" for state in workflow.states if state.name not in ending)


def final_states_are_final(workflow: Workflow) -> Iterator[str]:
    """A final state is never left; the clock may still make a move from it to itself."""
    finals = {state.name for state in workflow.states if state.final}
    for move in workflow.moves:
        if move.source in finals and not (move.is_self_move and Role.SYSTEM in move.who):
            yield f"row ({move.source}, {move.trigger}) leads out of a final state"


def limits_add_up(workflow: Workflow) -> Iterator[str]:
    """What runs in a state is what ran before, less what a row stops, and what it starts."""
    running = {workflow.start: set[str](), **{state.name: set(state.limits) for state in workflow.states}}
    for move in workflow.moves:
        if move.source not in running or move.target not in running:
            continue
        row = f"row ({move.source}, {move.trigger})"
        before, after = running[move.source], running[move.target]
        for name in (*move.stops, *move.extends):
            if name not in before:
                yield f"{row} stops or extends {name}, which does not run"
        for name in move.starts:
            if name in before:
                yield f"{row} starts {name}, which runs already"
        left = (before - set(move.stops)) | set(move.starts)
        # A move from a state to itself may end a limit for good, as relaying an outcome does.
        if not left <= after or (left != after and not move.is_self_move):
            yield f"{row} leaves {', '.join(sorted(left)) or 'no limit'} running, and state {move.target} runs {', '.join(sorted(after)) or 'none'}"


CHECKS = (
    names_are_unique,
    one_row_a_trigger,
    names_are_declared,
    nothing_is_unused,
    rows_cite_roles_and_rules,
    states_are_reachable,
    every_state_can_end,
    final_states_are_final,
    limits_add_up,
)
