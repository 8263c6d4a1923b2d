"""The core and ``transitions``, driven with the same sequences and compared over the full product of the table."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import settings
from hypothesis import strategies as st

from eap_workflow.errors import DefinitionError, EapWorkflowError
from eap_workflow.machine import Workflow
from eap_workflow.policy import Policy
from eap_workflow.process import Context
from eap_workflow.states import EXTRA_SESSIONS
from eap_workflow.steps import Snapshot
from eap_workflow.values import SYSTEM
from eap_workflow.workflows import extra_sessions as xs
from eap_workflow.workflows.extra_sessions.guards import PREDICATES
from tests import journeys, strategies, two_engines
from tests.table_mutants import Mutant, limit_mutants, mutants
from tests.two_engines import Case, Outcome, by_core, by_reading, by_transitions, letters, product


class ExtraSessions:
    """Requests for extra sessions, for the shared harness."""

    process = xs.PROCESS

    def worlds(self) -> st.SearchStrategy[tuple[Policy, datetime]]:
        """Draw a contract of any shape, and an instant."""
        return st.tuples(strategies.contracts(), strategies.instants())

    def attempts(self, world: Policy, snapshot: Snapshot | None, at: datetime) -> st.SearchStrategy[strategies.Attempt]:
        """Draw likely and wild attempts."""
        return strategies.attempts(snapshot, world, at)

    def waits(self) -> st.SearchStrategy[timedelta]:
        """Draw moments and weeks."""
        return strategies.waits()

    def clock(self, world: Policy, at: datetime) -> Context:
        """Give the clock's own context."""
        return journeys.context(at, SYSTEM, world)


TestBothEngines = two_engines.machine_of(ExtraSessions()).TestCase
TestBothEngines.settings = settings(stateful_step_count=20)


@pytest.fixture(scope="module")
def answers() -> dict[Case, Outcome]:
    """Give what ``transitions`` does in every case of the product."""
    workflow = EXTRA_SESSIONS.bind(letters(EXTRA_SESSIONS))
    model = two_engines.Model()
    workflow.machine(model)
    return {case: by_transitions(model, case) for case in product(workflow)}


def test_both_engines_agree_on_the_full_product(answers: dict[Case, Outcome]) -> None:
    """In every state, by every role and with every subset of guards, both engines do what the rows say."""
    workflow = EXTRA_SESSIONS.bind(letters(EXTRA_SESSIONS))
    rows = len(workflow.moves)
    assert len(answers) > (len(workflow.states) + 1) * len(workflow.triggers) * 6 + rows * len(workflow.guards)
    for case, outcome in answers.items():
        assert by_core(workflow, case) == outcome == by_reading(workflow, case), case
    assert sum(isinstance(outcome, str) for outcome in answers.values()) > rows


def _survives(workflow: Workflow, answers: dict[Case, Outcome]) -> bool:
    bound = workflow.bind(letters(workflow))
    return all(by_core(bound, case) == outcome for case, outcome in answers.items())


def test_every_one_edit_mutant_is_caught(answers: dict[Case, Outcome]) -> None:
    """A changed target or source, a guard or role dropped or added, a row added or removed: each is noticed."""
    by_checks, by_comparison, survivors = Counter[str](), Counter[str](), list[Mutant]()
    for mutant in mutants(EXTRA_SESSIONS):
        try:
            workflow = mutant.build(EXTRA_SESSIONS)
        except DefinitionError:
            by_checks[mutant.kind] += 1
            continue
        if _survives(workflow, answers):
            survivors.append(mutant)
        else:
            by_comparison[mutant.kind] += 1
    assert not survivors, [mutant.words for mutant in survivors]
    kinds = {"row removed", "row added", "target changed", "source changed"}
    kinds |= {"guard dropped", "guard added", "role dropped", "role added"}
    assert kinds <= by_comparison.keys()
    print(f"\ncaught by the checks {dict(by_checks)}, by comparison {dict(by_comparison)}")  # noqa: T201


def _told(workflow: Workflow) -> dict[str, Any]:
    """Lead every tour with a table, and tell its deadlines; an error is an answer too."""
    process = attrs.evolve(xs.PROCESS, workflow=workflow.bind(PREDICATES))
    told: dict[str, Any] = {}
    for name, tour in journeys.TOURS.items():
        try:
            trail = tour(process).trail
        except (EapWorkflowError, AssertionError, StopIteration, IndexError) as error:
            told[name] = type(error)
        else:
            told[name] = [(step.trigger, step.started, step.stopped) for step in trail]
    return told


def test_every_mutant_of_a_limit_is_caught() -> None:
    """A limit that a row no longer starts, stops or extends is refused by the checks, or changes the deadlines."""
    expected = _told(EXTRA_SESSIONS)
    caught = Counter[str]()
    for mutant in limit_mutants(EXTRA_SESSIONS):
        try:
            workflow = mutant.build(EXTRA_SESSIONS)
        except DefinitionError:
            caught["checks"] += 1
            continue
        assert _told(workflow) != expected, mutant.words
        caught["comparison"] += 1
    assert caught["checks"]
    assert caught["comparison"]
    print(f"\nlimits: {dict(caught)}")  # noqa: T201
