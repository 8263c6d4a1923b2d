"""How code says which rules it serves, where no column of a table is there to say it: `eap_workflow.rules` gathers it.

A row, a guard, a limit, a kind of message and a property that is proved have a field for it. A function is marked by `serves`,
and a key of the policy by the metadata that `serving` makes. Both are facts and no prose, so nothing has to be read out of text.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])

MARK = "__rules__"
KEY = "rules"


def serves(*rules: str) -> Callable[[F], F]:
    """Mark a function with the ids of the rules that it serves; it stays the function that it is."""

    def marked(function: F) -> F:
        setattr(function, MARK, rules)
        return function

    return marked


def serving(*rules: str) -> dict[str, Any]:
    """Make the metadata of an ``attrs`` attribute that serves rules, by their ids."""
    return {KEY: rules}


def served_by(function: object) -> tuple[str, ...]:
    """The ids that a function is marked with; none where it is not."""
    rules: tuple[str, ...] = getattr(function, MARK, ())
    return rules


def served_by_attribute(metadata: Mapping[Any, Any]) -> tuple[str, ...]:
    """The ids that the metadata of an attribute has; none where it has none."""
    rules: tuple[str, ...] = metadata.get(KEY, ())
    return rules
