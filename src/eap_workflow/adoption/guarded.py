"""Claims that the table makes already: its guards, asked about what is stated to have happened elsewhere."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any

from eap_workflow.adoption.claims import Claim
from eap_workflow.errors import DefinitionError
from eap_workflow.steps import Snapshot

if TYPE_CHECKING:
    from eap_workflow.machine import Workflow
    from eap_workflow.process import Context
    from eap_workflow.values import Actor

Asked = Callable[[Any, Snapshot, "Context"], Iterable[tuple[str, Any, Any, "Context"]]]
"""What a guard is asked about: a path of fields, and request, command and context as they were then."""


def as_in_the_table(workflow: Workflow, guard_name: str, asked: Asked, *, names_field: bool = False) -> Claim:
    """Claim that a guard of the table held when it had to, of what is stated.

    Args:
        workflow: The table, with its guards bound.
        guard_name: The guard.
        asked: What it is asked about: each with the path of the fields that state it, ``""`` for the request's own.
        names_field: Whether that is the path of the field itself, where the command calls it otherwise.

    Raises:
        DefinitionError: The table has no such guard, or its guards are not bound.
    """
    guard = next((each for each in workflow.guards if each.name == guard_name), None)
    if guard is None or workflow.predicates is None:
        raise DefinitionError(f"{workflow.name} has no guard of this name that is bound: {guard_name}")
    holds = workflow.predicates[guard_name]
    precisely: Callable[[Any, Any, Any], tuple[str, ...]] | None = getattr(holds, "fields", None)
    of_the_guard = () if guard.field is None else (guard.field,)

    def wrong(stated: Any, standing: Snapshot, context: Context) -> Iterator[str]:
        for path, snapshot, command, then in asked(stated, standing, context):
            if not holds(snapshot, command, then):
                names = of_the_guard if precisely is None else precisely(snapshot, command, then)
                yield from (_within(path, name) for name in (names if names and not names_field else ("",)))

    return Claim(code=guard.name, sentence=guard.sentence, rules=guard.rules, wrong=wrong)


def _within(path: str, name: str) -> str:
    # Who acted then is stated where the path leads to, and not by whoever takes the request over.
    own = name.removeprefix("by").removeprefix(".") if name.partition(".")[0] == "by" else name
    return ".".join(filter(None, (path, own)))


def on_opening(workflow: Workflow, *guard_names: str) -> tuple[Claim, ...]:
    """Claim that guards of the opening row held, of those that look at the command and the contract alone."""

    def asked(stated: Any, _standing: Snapshot, context: Context) -> Iterator[tuple[str, Any, Any, Context]]:
        yield "opening", None, stated.opening, context

    return tuple(as_in_the_table(workflow, name, asked) for name in guard_names)


def who_may(workflow: Workflow, trigger: str, by: Actor) -> bool:
    """Whether the table has a row of this trigger for the role of somebody."""
    return any(by.role in move.who for move in workflow.moves if move.trigger == trigger)
