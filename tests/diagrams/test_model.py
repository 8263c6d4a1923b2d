"""What is drawn is what the table says."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given

from eap_workflow.diagrams import extract
from eap_workflow.machine import Workflow
from eap_workflow.policy import STANDARD, Limits, LimitTerms
from eap_workflow.processes import NAMES, process_named
from eap_workflow.states import EXTRA_SESSIONS
from eap_workflow.terms import Term
from tests.diagrams.made_up_tables import tables


def assert_all_there(workflow: Workflow) -> None:
    """Assert that nothing which a table says is left out of its diagram, or comes in another order."""
    diagram = extract(workflow)
    assert (diagram.name, diagram.title, diagram.start) == (workflow.name, workflow.title, workflow.start)
    for drawn_state, state in zip(diagram.states, workflow.states, strict=True):
        assert (drawn_state.name, drawn_state.words) == (state.name, state.words)
        assert drawn_state.turn == (None if state.turn is None else state.turn.replace("_", " "))
        assert tuple(limit.name for limit in drawn_state.limits) == state.limits
        assert (drawn_state.final, drawn_state.passing) == (state.final, state.passing)
    for drawn, move in zip(diagram.moves, workflow.moves, strict=True):
        assert (drawn.trigger, drawn.source, drawn.target) == (move.trigger, move.source, move.target)
        assert drawn.who == tuple(role.replace("_", " ") for role in move.who)
        assert tuple(guard.name for guard in drawn.guards) == move.guards
        acts = (drawn.starts, drawn.restarts, drawn.stops, drawn.extends, drawn.lifts, drawn.fulfils)
        named = tuple(tuple(limit.name for limit in act) for act in acts)
        assert named == (move.starts, move.restarts, move.stops, move.extends, move.lifts, move.fulfils)
        assert drawn.in_table
        assert (drawn.rules, drawn.when, drawn.stays) == (move.rules, move.when, move.is_self_move)
    for drawn_guard, guard in zip(diagram.guards, workflow.guards, strict=True):
        assert (drawn_guard.name, drawn_guard.sentence, drawn_guard.rules) == (guard.name, guard.sentence, guard.rules)
        assert (drawn_guard.about, drawn_guard.field) == (guard.about, guard.field)
    for drawn_limit, limit in zip(diagram.limits, workflow.limits, strict=True):
        assert (drawn_limit.name, drawn_limit.sentence, drawn_limit.rules) == (limit.name, limit.sentence, limit.rules)
        assert (drawn_limit.party, drawn_limit.optional) == (limit.party, limit.optional)
        assert drawn_limit.chain == tuple(name.replace("_", " ") for name in limit.chain)


@pytest.mark.parametrize("name", NAMES)
def test_our_tables_are_all_there(name: str) -> None:
    """The diagram of each workflow has every state, move, guard and limit of its table."""
    assert_all_there(process_named(name).workflow)


@given(tables())
def test_any_table_is_all_there(workflow: Workflow) -> None:
    """The diagram of any table has all that the table says."""
    assert_all_there(workflow)


def test_without_a_contract_a_limit_has_no_number() -> None:
    """The numbers are the contract's, so that a table alone names its limits and no more."""
    assert [limit.working_days for limit in extract(EXTRA_SESSIONS).limits] == [None] * len(EXTRA_SESSIONS.limits)
    assert all(limit.label == limit.words for limit in extract(EXTRA_SESSIONS).limits)


def test_the_standard_contract_gives_the_numbers_of_the_sources() -> None:
    """Five working days for the review, seven for the employer, twelve together, one for the relay (CR-07 to CR-09, IN-05)."""
    labels = {limit.name: limit.label for limit in extract(EXTRA_SESSIONS, terms=STANDARD.limits.terms).limits}
    assert labels == {
        "further_details": "further details",
        "clinical_review": "clinical review, 5 working days",
        "employer_decision": "employer decision, 7 working days",
        "whole_path": "whole path, up to 12 working days",
        "relay": "relay, 1 working day",
    }


def test_a_contract_may_set_what_is_left_open() -> None:
    """A limit on the further details, where a contract sets one, has its number like any other (IN-08)."""
    terms = LimitTerms(working_days=10, when_passed="lapse")
    policy = evolve(STANDARD, limits=Limits(further_details=terms))
    labels = {limit.name: limit.label for limit in extract(EXTRA_SESSIONS, terms=policy.limits.terms).limits}
    assert labels["further_details"] == "further details, 10 working days"


def test_a_sum_has_no_number_where_a_stage_has_none() -> None:
    """A sum is stated only when each of its stages is (CR-09)."""
    terms = {"employer_decision": Term(working_days=3)}
    numbers = {limit.name: limit.working_days for limit in extract(EXTRA_SESSIONS, terms=terms).limits}
    assert numbers["whole_path"] is None
    assert numbers["employer_decision"] == 3
