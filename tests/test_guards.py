"""What the guards of several workflows look at."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any

import attrs
import pytest

from eap_workflow import guards
from eap_workflow.policy import STANDARD
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
