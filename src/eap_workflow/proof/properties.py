"""What is proved: a property has a name, a sentence and rule ids, and says how it is checked.

A property looks at one place at a time, at one step, or at everything that was walked; and where the rows of a table can
decide it, it has a formula in linear temporal logic besides, for a checker that is not ours.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import datetime
from typing import TYPE_CHECKING

from attrs import frozen

from eap_workflow.values import Role

if TYPE_CHECKING:
    from eap_workflow.proof.walking import Walk, World
    from eap_workflow.steps import Snapshot, Step

At = Callable[["World", "Snapshot", datetime], bool]
"""What holds of a request as it stands, at an instant."""
On = Callable[["World", "Snapshot | None", "Step", "Snapshot"], bool]
"""What holds of a step, between what was before it and what is after."""
Over = Callable[["Walk"], "Hashable | None"]
"""What holds of everything that was walked; the place where it does not, or None."""


@frozen(kw_only=True)
class Property:
    """Something that holds of every request of a workflow, whatever people and the clock do.

    Attributes:
        name: Its name, by which a broken table is said to be caught.
        sentence: What holds.
        rules: The ids of the rules that ask for it.
        at: Checks a place.
        on: Checks a step.
        over: Checks everything that was walked.
        ltl: The same as a formula for SPIN; None where the rows and the small meanings of guards cannot decide it.
        by_rows: Whether the rows alone decide the formula, every guard holding or not as it pleases.
    """

    name: str
    sentence: str
    rules: tuple[str, ...]
    at: At | None = None
    on: On | None = None
    over: Over | None = None
    ltl: str | None = None
    by_rows: bool = False


def _unended(walk: Walk) -> Hashable | None:
    ending = {key for key, place in walk.places.items() if place.state in walk.finals}
    before: dict[Hashable, list[Hashable]] = {}
    for key, arrows in walk.arrows.items():
        for arrow in arrows:
            before.setdefault(arrow.target, []).append(key)
    rest = list(ending)
    while rest:
        for key in before.get(rest.pop(), ()):
            if key not in ending:
                ending.add(key)
                rest.append(key)
    return next((key for key in walk.places if key not in ending), None)


def _ticking(walk: Walk) -> Hashable | None:
    """Somewhere from where waiting alone makes steps for ever."""
    waits = {key: arrow for key, arrows in walk.arrows.items() for arrow in arrows if arrow.waited}
    done: set[Hashable] = set()
    for key in waits:
        way: dict[Hashable, int] = {}
        at: Hashable = key
        while at in waits and at not in done and at not in way:
            way[at] = len(way)
            at = waits[at].target
        if at in way and any(waits[each].triggers for each, place in way.items() if place >= way[at]):
            return at
        done.update(way)
    return None


def _stays_ended(finals: frozenset[str]) -> On:
    return lambda _world, _before, step, _after: step.source not in finals or step.source == step.target


def _once(_world: World, _before: Snapshot | None, step: Step, after: Snapshot) -> bool:
    still = {(move.limit, move.trigger) for move in after.clock}
    return step.limit is None or (step.limit, step.trigger) not in still


def shared(finals: frozenset[str], deciding: tuple[str, ...] = (), rules: tuple[str, ...] = ()) -> tuple[Property, ...]:
    """The properties that every workflow has.

    Args:
        finals: The names of the final states, stated apart from the table.
        deciding: The moves of the clock that lead to another state.
        rules: The rules that say when those are made.
    """
    allowed = " || ".join(f"took_{trigger}" for trigger in deciding) or "false"
    stays = " && ".join(f"[] (in_{name} -> [] in_{name})" for name in sorted(finals))
    return (
        Property(
            name="an_end_stands",
            sentence="A request that has ended stays in the final state that it ended in.",
            rules=("IN-08", "IN-12") if "withdrawn" in finals else ("IN-12",),
            on=_stays_ended(finals),
            ltl=stays,
            by_rows=True,
        ),
        Property(
            name="an_end_within_reach",
            sentence="From wherever a request stands, people and the clock can bring it to a final state.",
            rules=("IN-04",),
            over=_unended,
        ),
        Property(
            name="passed_at_once",
            sentence="A state that is passed at once is left at once: one of its rows always leads on.",
            rules=("IN-13",),
            ltl="[] (is_passing -> <> !is_passing)",
        ),
        Property(
            name="the_clock_comes_to_rest",
            sentence="The clock by itself makes a limited number of moves, and then waits for somebody.",
            rules=("IN-13",),
            over=_ticking,
            ltl="[]<> is_clocks -> []<> is_asked",
        ),
        Property(
            name="once_for_each_limit",
            sentence="What the clock has done about a limit it does not do about it again.",
            rules=("IN-13",),
            on=_once,
        ),
        Property(
            name="a_limit_decides_nothing",
            sentence=(
                "A limit that passes leaves the request where it is."
                if not deciding
                else "A limit that passes leaves the request where it is, but where the contract says what it comes to."
            ),
            rules=("IN-04", *rules),
            on=lambda _world, _before, step, _after: (
                step.limit is None or step.source == step.target or step.trigger in deciding
            ),
            ltl=f"[] (is_clocks && is_new_here -> ({allowed}))",
            by_rows=True,
        ),
    )


def by_role(step: Step, role: Role, *triggers: str) -> bool:
    """Whether a step is one of some rows, made in a role."""
    return step.by.role is role and step.trigger in triggers
