"""What makes a table sound. `machine` asks when a table is built; every check here is one function and one sentence."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from eap_workflow.table import About, Extend, Start, When
from eap_workflow.values import Role

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from eap_workflow.machine import Workflow
    from eap_workflow.table import Move


def problems(workflow: Workflow) -> tuple[str, ...]:
    """Everything that is wrong with a table, in words; nothing where it is sound."""
    return tuple(problem for check in CHECKS for problem in check(workflow))


def _row(move: Move) -> str:
    return f"row ({move.source}, {move.trigger})"


def _repeated(kind: str, names: Iterable[str]) -> Iterator[str]:
    listed = tuple(names)
    # Every table is checked on import, and hardly any name is there twice.
    if len(set(listed)) == len(listed):
        return
    for name, times in Counter(listed).items():
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
    """Whatever is named is declared."""
    targets = {state.name for state in workflow.states}
    declared = {
        "state to leave": targets | {workflow.start},
        "state to enter": targets,
        "guard": {guard.name for guard in workflow.guards},
        "limit": {limit.name for limit in workflow.limits},
    }
    for where, kind, name in _named(workflow):
        if name not in declared[kind]:
            yield f"{where} names an unknown {kind}, {name}"


def _named(workflow: Workflow) -> Iterator[tuple[str, str, str]]:
    for move in workflow.moves:
        row = _row(move)
        yield row, "state to leave", move.source
        yield row, "state to enter", move.target
        yield from ((row, "guard", name) for name in move.guards)
        yield from ((row, "limit", act.limit) for act in move.limits)
    for state in workflow.states:
        yield from ((f"state {state.name}", "limit", name) for name in state.limits)
    for limit in workflow.limits:
        yield from ((f"limit {limit.name}", "limit", name) for name in limit.chain)


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
            yield f"{_row(move)} names no role"
        if not move.rules:
            yield f"{_row(move)} cites no rule"


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
    yield from (
        f"from state {state.name} no final state can be reached"
        for state in workflow.states
        if state.name not in ending
    )


def final_states_are_final(workflow: Workflow) -> Iterator[str]:
    """A final state is never left; what is still recorded in it touches no limit, but for what the clock does there."""
    finals = {state.name for state in workflow.states if state.final}
    for move in workflow.moves:
        if move.source in finals and not move.is_self_move:
            yield f"{_row(move)} leads out of a final state"
        if move.source in finals and move.limits and Role.SYSTEM not in move.who:
            yield f"{_row(move)} touches a limit in a final state, where only the clock's still run"


def limits_add_up(workflow: Workflow) -> Iterator[str]:
    """What runs in a state is what ran before, less what a row stops, and what it starts."""
    occasional = {limit.name for limit in workflow.limits if limit.occasional}
    running = {workflow.start: set[str](), **{state.name: set(state.limits) for state in workflow.states}}
    for move in workflow.moves:
        if move.source not in running or move.target not in running:
            continue
        before, after = running[move.source], running[move.target]
        if not move.limits and before == after:
            continue
        row = _row(move)
        stopped, started, restarted = (*move.stops, *move.extends), move.starts, move.restarts
        yield from (f"{row} stops or extends {name}, which does not run" for name in stopped if name not in before)
        yield from (f"{row} fulfils {name}, which does not run" for name in move.fulfils if name not in before)
        yield from (f"{row} starts {name}, which runs already" for name in started if name in before)
        yield from (f"{row} starts {name} anew, which never runs before it" for name in restarted if name not in before)
        left = (before - set(move.stops)) | set(started)
        # A move from a state to itself may end a limit for good, as relaying an outcome does; and what is started where it is
        # needed, as the updates of an absence are, runs in some requests of a state and not in others.
        if not left <= after or (not after - left <= occasional and not move.is_self_move):
            yield f"{row} leaves {', '.join(sorted(left)) or 'no limit'} running, and state {move.target} runs {', '.join(sorted(after)) or 'none'}"


def the_system_makes_its_moves(workflow: Workflow) -> Iterator[str]:
    """A move that nobody asks for is one that the system may make."""
    for move in workflow.moves:
        if move.when is not When.ASKED and Role.SYSTEM not in move.who:
            yield f"{_row(move)} is made {move.when.replace('_', ' ')}, and the system may not make it"


def moves_at_once_ask_for_nobody(workflow: Workflow) -> Iterator[str]:
    """Who acts is no question where the system follows on what somebody else did: no such guard looks at the actor."""
    of_actor = {guard.name for guard in workflow.guards if guard.about is About.ACTOR}
    for move in workflow.moves:
        if move.when is When.AT_ONCE and (found := of_actor & set(move.guards)):
            yield f"{_row(move)} is made at once, and {', '.join(sorted(found))} looks at who acts"


def passing_states_are_left(workflow: Workflow) -> Iterator[str]:
    """A state that is passed at once has moves that are made at once, and no other."""
    for state in workflow.states:
        if state.passing:
            ways = [move.when for move in workflow.moves if move.source == state.name]
            if not ways or any(when is not When.AT_ONCE for when in ways):
                yield f"state {state.name} is passed at once, and has to be left by moves that are made at once alone"


def moves_at_once_come_to_rest(workflow: Workflow) -> Iterator[str]:
    """Moves that are made at once never lead round in a circle."""
    at_once = [(move.source, move.target) for move in workflow.moves if move.when is When.AT_ONCE]
    for source, target in at_once:
        if source in _spread({target}, at_once):
            yield f"moves that are made at once lead from state {source} back to it"


def a_row_says_a_thing_once(workflow: Workflow) -> Iterator[str]:
    """A row names a role, a guard and a limit once."""
    for move in workflow.moves:
        yield from (f"{_row(move)}: {problem}" for problem in _repeated("role", move.who))
        yield from (f"{_row(move)}: {problem}" for problem in _repeated("guard", move.guards))
        yield from (f"{_row(move)}: {problem}" for problem in _repeated("limit", (act.limit for act in move.limits)))


def chains_start_with_a_stage(workflow: Workflow) -> Iterator[str]:
    """A limit that is a sum is made of plain limits, and starts in a row that starts one of them before it."""
    chains = {limit.name: limit.chain for limit in workflow.limits if limit.chain}
    for name, stages in chains.items():
        if any(stage in chains for stage in stages):
            yield f"limit {name} chains a limit that is a sum itself"
    for move in workflow.moves:
        if not move.limits:
            continue
        yield from (f"{_row(move)} starts {name} anew, which is a sum" for name in move.restarts if name in chains)
        for act, verb in ((Start, "starts"), (Extend, "extends")):
            before: set[str] = set()
            for each in move.limits:
                if not isinstance(each, act):
                    continue
                begun = before & set(chains.get(each.limit, ()))
                if each.limit in chains and len(begun) != 1:
                    yield f"{_row(move)} {verb} {each.limit}, and not one of its stages before it"
                before.add(each.limit)


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
    the_system_makes_its_moves,
    moves_at_once_ask_for_nobody,
    passing_states_are_left,
    moves_at_once_come_to_rest,
    a_row_says_a_thing_once,
    chains_start_with_a_stage,
)
