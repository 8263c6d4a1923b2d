"""What is drawn is what the table says."""

from __future__ import annotations

import pytest
from attrs import evolve
from hypothesis import given

from eap_workflow.diagrams import extract
from eap_workflow.machine import Workflow
from eap_workflow.policy import STANDARD, Limits, LimitTerms, OutreachTerms, ReasonTerms, TimeTerms
from eap_workflow.processes import NAMES, process_named
from eap_workflow.states import EXTRA_SESSIONS, OUTREACH, SESSION_CANCELLATION
from eap_workflow.terms import Term
from eap_workflow.terms.figures import Figures
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
    labels = {
        limit.name: limit.label
        for limit in extract(EXTRA_SESSIONS, figures=Figures(terms=STANDARD.limits.terms)).limits
    }
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
    labels = {
        limit.name: limit.label for limit in extract(EXTRA_SESSIONS, figures=Figures(terms=policy.limits.terms)).limits
    }
    assert labels["further_details"] == "further details, 10 working days"


def test_a_sum_has_no_number_where_a_stage_has_none() -> None:
    """A sum is stated only when each of its stages is (CR-09)."""
    figures = Figures(terms={"employer_decision": Term(working_days=3)})
    numbers = {limit.name: limit.working_days for limit in extract(EXTRA_SESSIONS, figures=figures).limits}
    assert numbers["whole_path"] is None
    assert numbers["employer_decision"] == 3


def test_numbers_by_reason_are_on_the_limit_and_beside_each_other() -> None:
    """Of a limit whose number depends on the reason, each number names the reasons that have it (CM-04, CM-05, CM-09)."""
    diagram = extract(OUTREACH, figures=process_named("outreach").figures(STANDARD))
    assert {limit.name: limit.length for limit in diagram.limits} == {
        "acknowledgement": "24 hours (email received)",
        "first_attempt": "1 working day (clinical call back, provider enquiry), 24 hours (email received)",
        "contact": "24 hours (email received)",
    }
    kinds = {kind.words: (kind.lengths, [figure.value for figure in kind.figures]) for kind in diagram.kinds}
    assert kinds["email received"] == (("24 hours", "24 hours", "24 hours"), ["2"])
    assert kinds["after complaint"] == (("", "", ""), ["3"])


def test_a_limit_to_a_stated_day_says_so_with_a_contract_and_without() -> None:
    """No contract has a number for the day on which a client was told to be contacted (TC-03)."""
    for figures in (None, process_named("session_cancellation").figures(STANDARD)):
        lengths = {limit.name: limit.length for limit in extract(SESSION_CANCELLATION, figures=figures).limits}
        assert lengths["rebooking"] == "to the end of the stated day"


@pytest.mark.parametrize("name", NAMES)
def test_whether_a_limit_runs_is_said_for_the_contract_that_is_drawn(name: str) -> None:
    """What may be left open is so where no contract is drawn, and not set, or with its number, where one is."""
    workflow = process_named(name).workflow
    for limit, drawn in zip(workflow.limits, extract(workflow).limits, strict=True):
        assert ("if the contract sets it" in drawn.conditions) == limit.optional
    for drawn in extract(workflow, figures=process_named(name).figures(STANDARD)).limits:
        assert "if the contract sets it" not in drawn.conditions
        assert bool(drawn.length) != ("the contract sets none" in drawn.conditions)


def test_who_is_told_before_a_limit_passes_is_said_with_its_number() -> None:
    """A reminder and a warning, in the unit of the limit, on the limit or beside the reason that has them (IN-13)."""
    limits = Limits(employer_decision=LimitTerms(working_days=7, remind_before=3, warn_before=1))
    email = ReasonTerms(contact=TimeTerms(elapsed_hours=24, warn_before=4))
    policy = evolve(STANDARD, limits=limits, outreach=OutreachTerms(email_received=email))
    drawn = {each.name: each for each in extract(EXTRA_SESSIONS, figures=Figures(terms=limits.terms)).limits}
    assert drawn["employer_decision"].conditions == ("reminder 3 working days before", "warning 1 working day before")
    assert drawn["relay"].conditions == ()
    (contact,) = (
        each
        for each in extract(OUTREACH, figures=process_named("outreach").figures(policy)).limits
        if each.name == "contact"
    )
    assert contact.length == "24 hours, warning 4 hours before (email received)"
