"""What the guards of several workflows look at."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import attrs
import pytest

from eap_workflow import guards
from eap_workflow.policy import STANDARD
from eap_workflow.processes import NAMES, process_named
from tests import journeys
from tests.journeys import START, TEAM

LATER = attrs.evolve(STANDARD, version="2", effective_from=date(2026, 10, 29))


@pytest.mark.parametrize(("policy", "permitted"), [(STANDARD, True), (LATER, False), (None, False)])
def test_what_is_opened_names_the_policy_of_the_day(policy: Any, *, permitted: bool) -> None:
    """IN-11: the context brings the contract that is named, in the version of that day."""
    context = journeys.context(START, TEAM, policy)
    assert guards.policy_in_force(None, SimpleNamespace(contract="standard"), context) is permitted
    assert not guards.policy_in_force(None, SimpleNamespace(contract="harbour"), context)


@pytest.mark.parametrize(("policy", "permitted"), [(STANDARD, True), (LATER, False), (None, False)])
def test_what_was_opened_keeps_its_policy(policy: Any, *, permitted: bool) -> None:
    """IN-11: from then on no other version will do, whatever the day."""
    snapshot: Any = SimpleNamespace(body=SimpleNamespace(policy=STANDARD.ref))
    context = journeys.context(START, TEAM, policy)
    assert guards.policy_in_force(snapshot, None, context) is permitted


def test_without_a_command_nothing_stands_in_the_way_of_opening() -> None:
    """Whoever is refused is told what they may do, and no command is at hand to look at then."""
    assert guards.policy_in_force(None, None, journeys.context(START, TEAM, None))


def listing() -> dict[str, Any]:
    """The predicates of every guard that speaks of a contract's list, by workflow and guard."""
    return {
        f"{name}-{guard.name}": (guard, predicates[guard.name])
        for name in NAMES
        for predicates in [import_module(f"eap_workflow.workflows.{name}.guards").PREDICATES]
        for guard in process_named(name).workflow.guards
        if "list" in guard.sentence or guard.name.startswith("form_")
    }


@pytest.mark.parametrize(("guard", "predicate"), listing().values(), ids=listing())
def test_a_guard_of_a_list_carries_the_list(guard: Any, predicate: Any) -> None:
    """XS-02: a refusal can say what the contract lists, and it is what the contract lists, for every guard that asks for it."""
    if guard.name == "form_complete":
        assert not hasattr(predicate, "lists")
        return
    lists = predicate.lists(STANDARD)
    assert lists
    assert all(names and all(isinstance(name, str) for name in names) for names in lists.values())
    if guard.field is not None and not guard.name.startswith("form_"):
        assert guard.field in lists


def test_what_is_left_out_is_not_on_a_list_and_not_refused() -> None:
    """CM-15: whether a field has to be filled in is not the list's to say, and without a policy there is none."""

    @guards.one_of("goal")
    def goal_listed(policy: Any) -> tuple[str, ...]:
        """The contract lists the goal."""
        return policy.requests.goals  # type: ignore[no-any-return]

    context = journeys.context(START, TEAM, STANDARD)
    for goal, listed in ((None, True), (STANDARD.requests.goals[0], True), ("moon", False)):
        assert goal_listed(None, SimpleNamespace(goal=goal), context) is listed
    assert goal_listed(None, SimpleNamespace(goal="moon"), journeys.context(START, TEAM, None))
    assert (goal_listed.__name__, goal_listed.__doc__) == ("goal_listed", "The contract lists the goal.")
