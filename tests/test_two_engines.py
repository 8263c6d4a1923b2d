"""The core and ``transitions``, driven with the same sequences and compared over the full product of the table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cache
from typing import Any
from unittest import TestCase

import attrs
import pytest
from hypothesis import settings

from eap_workflow.errors import DefinitionError, EapWorkflowError
from eap_workflow.machine import Workflow
from eap_workflow.policy import Policy
from eap_workflow.terms import Terms
from eap_workflow.views.limit_runs import limit_runs
from tests import journeys as of_requests
from tests import two_engines
from tests.table_mutants import Mutant, limit_mutants, mutants
from tests.two_engines import Case, Outcome, Subject, by_core, by_reading, by_transitions, letters, product
from tests.workflows.case_review import journeys as of_cases
from tests.workflows.case_review.subject import CaseReview
from tests.workflows.extra_sessions.subject import ExtraSessions
from tests.workflows.outreach import journeys as of_contacts
from tests.workflows.outreach.subject import Outreach
from tests.workflows.session_cancellation import journeys as of_sessions
from tests.workflows.session_cancellation.subject import SessionCancellation

SUBJECTS: tuple[Subject, ...] = (ExtraSessions(), CaseReview(), Outreach(), SessionCancellation())
"""Every workflow, as the harness drives it."""
TABLES = pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: str(subject.process.workflow.name))


def _driven(subject: Subject) -> type[TestCase]:
    case: type[TestCase] = two_engines.machine_of(subject).TestCase
    case.settings = settings(stateful_step_count=20)  # type: ignore[attr-defined]
    return case


TestExtraSessions = _driven(ExtraSessions())
TestCaseReview = _driven(CaseReview())
TestOutreach = _driven(Outreach())
TestSessionCancellation = _driven(SessionCancellation())


@cache
def _answers(workflow: Workflow) -> Mapping[Case, Outcome]:
    """What ``transitions`` does in every case of the product."""
    bound = workflow.bind(letters(workflow))
    model = two_engines.Model()
    bound.machine(model)
    return {case: by_transitions(model, case) for case in product(bound)}


@TABLES
def test_both_engines_agree_on_the_full_product(subject: Subject) -> None:
    """In every state, by every role and with every subset of guards, both engines do what the rows say."""
    table = subject.process.workflow
    workflow, answers = table.bind(letters(table)), _answers(table)
    rows = len(workflow.moves)
    assert len(answers) > (len(workflow.states) + 1) * len(workflow.triggers) * 6 + rows * len(workflow.guards)
    for case, outcome in answers.items():
        assert by_core(workflow, case) == outcome == by_reading(workflow, case), case
    assert sum(isinstance(outcome, str) for outcome in answers.values()) > rows


@cache
def _answers_by_row(workflow: Workflow) -> Mapping[tuple[str, str], tuple[tuple[Case, Outcome], ...]]:
    by_row: dict[tuple[str, str], tuple[tuple[Case, Outcome], ...]] = {}
    for case, outcome in _answers(workflow).items():
        key = case.state, case.trigger
        by_row[key] = (*by_row.get(key, ()), (case, outcome))
    return by_row


def _edited(table: Workflow, mutant: Mutant) -> set[tuple[str, str]]:
    """The rows that an edit took away, or put there."""
    rows = [{id(move): (move.source, move.trigger) for move in moves} for moves in (table.moves, mutant.moves)]
    return {key for one, other in (rows, rows[::-1]) for number, key in one.items() if number not in other}


def _survives(bound: Workflow, table: Workflow, mutant: Mutant) -> bool:
    """Whether no case tells the two tables apart; those of the rows that were edited are asked first."""
    by_row, first = _answers_by_row(table), _edited(table, mutant)
    order = [*first, *(key for key in by_row if key not in first)]
    return all(by_core(bound, case) == outcome for key in order for case, outcome in by_row.get(key, ()))


@TABLES
def test_every_one_edit_mutant_is_caught(subject: Subject) -> None:
    """A changed target or source, a guard or role dropped or added, a row added or removed: each is noticed."""
    table = subject.process.workflow
    bound = table.bind(letters(table))
    by_checks, by_comparison, survivors = Counter[str](), Counter[str](), list[Mutant]()
    for mutant in mutants(table):
        try:
            workflow = mutant.build(bound)
        except DefinitionError:
            by_checks[mutant.kind] += 1
            continue
        if _survives(workflow, table, mutant):
            survivors.append(mutant)
        else:
            by_comparison[mutant.kind] += 1
    assert not survivors, [mutant.words for mutant in survivors]
    kinds = {"row removed", "row added", "target changed", "source changed"}
    kinds |= {"guard dropped", "guard added", "role dropped", "role added"}
    assert kinds <= by_comparison.keys()
    print(f"\ncaught by the checks {dict(by_checks)}, by comparison {dict(by_comparison)}")  # noqa: T201


@pytest.mark.parametrize(
    ("subject", "policy", "tour", "limit"),
    [
        (ExtraSessions(), of_requests.REMINDING, "withdrawn from further_details", "further_details"),
        (CaseReview(), of_cases.LIMITED, "authorised", "review"),
        (CaseReview(), of_cases.LIMITED, "authorised", "case_notes"),
        (CaseReview(), of_cases.LIMITED, "authorised", "notes_review"),
        (Outreach(), of_contacts.NUDGING, "reached", "acknowledgement"),
        (Outreach(), of_contacts.NUDGING, "reached", "first_attempt"),
        (Outreach(), of_contacts.NUDGING, "reached", "contact"),
        (SessionCancellation(), of_sessions.STRICT, "nothing for support to tell", "support"),
        (SessionCancellation(), of_sessions.STRICT, "nothing for support to tell", "absence_update"),
        (SessionCancellation(), of_sessions.STRICT, "rebooked at once", "records"),
    ],
)
def test_a_limit_that_the_contract_sets_and_never_starts_is_caught(
    subject: Subject, policy: Policy, tour: str, limit: str
) -> None:
    """IN-04: what runs is held against the contract, so that a limit which is forgotten does not pass for one that it leaves out."""
    process = subject.process

    def forgetful(*asked: Any) -> Terms:
        return {name: term for name, term in process.terms(*asked).items() if name != limit}

    lead = subject.tours[tour]
    trail = lead(process)
    two_engines.check_trail(subject, policy, trail, process.replay(trail))
    trail = lead(attrs.evolve(process, terms=forgetful))
    assert limit not in {deadline.limit for step in trail for deadline in step.started}
    with pytest.raises(AssertionError):
        two_engines.check_trail(subject, policy, trail, process.replay(trail))


def _told(subject: Subject, workflow: Workflow) -> dict[str, Any]:
    """Lead every tour with a table, and tell its deadlines and whether each was kept; an error is an answer too."""
    predicates = subject.process.workflow.predicates
    assert predicates is not None
    process = attrs.evolve(subject.process, workflow=workflow.bind(predicates))
    told: dict[str, Any] = {}
    for name, tour in subject.tours.items():
        try:
            trail = tour(process)
        except (EapWorkflowError, AssertionError, StopIteration, IndexError) as error:
            told[name] = type(error)
        else:
            stands = [(run.deadline.limit, run.standing) for run in limit_runs(workflow, trail, trail[-1].at)]
            told[name] = [(step.trigger, step.started, step.stopped) for step in trail], stands
    return told


@TABLES
def test_the_tours_take_every_row(subject: Subject) -> None:
    """What is shown of the tours is shown of the whole table."""
    taken = {(step.source, step.trigger) for tour in subject.tours.values() for step in tour(subject.process)}
    assert taken == {(move.source, move.trigger) for move in subject.process.workflow.moves}


@TABLES
def test_every_mutant_of_a_limit_is_caught(subject: Subject) -> None:
    """A limit that a row does something else to, or nothing, is refused by the checks, or changes the deadlines or who kept them."""
    table = subject.process.workflow
    expected = _told(subject, table)
    caught = Counter[str]()
    for mutant in limit_mutants(table):
        try:
            workflow = mutant.build(table)
        except DefinitionError:
            caught["checks"] += 1
            continue
        assert _told(subject, workflow) != expected, mutant.words
        caught["comparison"] += 1
    assert caught["checks"]
    assert caught["comparison"]
    print(f"\nlimits: {dict(caught)}")  # noqa: T201
