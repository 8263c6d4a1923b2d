"""The tables themselves: every row can be taken, every guard can stand alone in the way, and every state is told about."""

from __future__ import annotations

import ast
from operator import attrgetter
from pathlib import Path

import pytest

from eap_workflow import states
from eap_workflow.machine import Workflow
from eap_workflow.states import CASE_REVIEW, EXTRA_SESSIONS, OUTREACH, SESSION_CANCELLATION
from eap_workflow.table import Guard, Limit, When
from eap_workflow.values import Role
from eap_workflow.workflows import extra_sessions as xs
from tests import journeys


def test_every_row_can_be_taken() -> None:
    """The tours, decided under real contracts and on a real calendar, take each row of the table at least once."""
    taken = {(step.source, step.trigger) for tour in journeys.TOURS.values() for step in tour(xs.PROCESS).trail}
    assert taken == {(move.source, move.trigger) for move in EXTRA_SESSIONS.moves}


@pytest.mark.parametrize("name", journeys.TOURS)
def test_a_tour_replays(name: str) -> None:
    """Adding up the steps of a tour gives where it ended."""
    tour = journeys.TOURS[name](xs.PROCESS)
    assert xs.PROCESS.replay(tour.trail) == tour.snapshot


def test_the_states_are_those_of_the_sources() -> None:
    """XS-11: a request is in one of nine states, and a state in which nobody can find it is passed at once."""
    assert [state.name for state in EXTRA_SESSIONS.states] == [
        "draft",
        "submitted",
        "further_details",
        "clinical_review",
        "employer_decision",
        "approved",
        "declined",
        "withdrawn",
        "lapsed",
    ]
    assert [state.name for state in EXTRA_SESSIONS.states if state.final] == [
        "approved",
        "declined",
        "withdrawn",
        "lapsed",
    ]
    assert [state.name for state in EXTRA_SESSIONS.states if state.passing] == ["submitted"]


def test_whose_turn_it_is_may_move_the_request_on() -> None:
    """In every state that is somebody's turn, that role has a row that leads on."""
    for state in EXTRA_SESSIONS.states:
        on = [move for move in EXTRA_SESSIONS.moves_from(state.name) if move.target not in (state.name, "withdrawn")]
        assert (state.turn is None) == state.final
        assert state.turn is None or any(state.turn in move.who for move in on)


def test_nobody_but_the_named_role_decides() -> None:
    """CR-03, CR-08, IN-04, IN-07: only a clinical manager, the employer, or the clock under a contract ends a stage."""
    for move in EXTRA_SESSIONS.moves:
        if move.target in ("approved", "declined") and not move.is_self_move:
            deciders = {"clinical_review": Role.CLINICAL_MANAGER, "employer_decision": Role.EMPLOYER}
            assert move.who in ((deciders[move.source],), (Role.SYSTEM,))
            if move.who == (Role.SYSTEM,):
                assert any(name.startswith(("contract_deems", "approved_in_advance")) for name in move.guards)


def test_the_client_never_acts() -> None:
    """CR-06, XS-08: the roles of the table are those who act; a client receives outcomes and is none of them."""
    tables = (states.EXTRA_SESSIONS, states.CASE_REVIEW, states.OUTREACH, states.SESSION_CANCELLATION)
    assert {role for table in tables for move in table.moves for role in move.who} == set(Role)
    assert "client" not in set(Role)


def test_what_the_clock_does_is_due_and_decides_nothing_by_itself() -> None:
    """IN-04, IN-13: each of the clock's rows waits for its instant; without a contract's word it changes no state."""
    for move in EXTRA_SESSIONS.moves:
        if move.when is When.WHEN_DUE and move.trigger != "relay":
            assert "due" in move.guards
            assert move.who == (Role.SYSTEM,)
            assert move.is_self_move or move.trigger in ("lapse", "deem_approved", "deem_declined")


@pytest.mark.parametrize(
    "workflow", [EXTRA_SESSIONS, CASE_REVIEW, OUTREACH, SESSION_CANCELLATION], ids=attrgetter("name")
)
def test_whatever_a_contract_has_the_clock_do_about_a_limit_has_its_row(workflow: Workflow) -> None:
    """IN-04, IN-13: where a limit binds, the clock may remind, warn and say that it passed, or the request ends with it."""
    binding = {limit.name for limit in workflow.limits if not limit.chain}
    for state in workflow.states:
        if binding & {*state.limits} and not state.passing:
            for triggers in (("remind",), ("warn",), ("overdue", "lapse")):
                assert any(workflow.row(state.name, each) for each in triggers), (state.name, triggers)


def test_a_row_that_needs_the_policy_checks_which_one_it_is() -> None:
    """IN-11: whatever starts or extends a limit runs under the request's own policy."""
    for move in EXTRA_SESSIONS.moves:
        if move.starts or move.extends:
            assert "policy_in_force" in move.guards


def test_there_is_no_logic_in_the_file_of_tables() -> None:
    """An auditor reads names and rows: no function, condition or loop."""
    tree = ast.parse(Path(str(states.__file__)).read_text(encoding="utf-8"))
    logic = (ast.FunctionDef, ast.ClassDef, ast.Lambda, ast.If, ast.For, ast.While, ast.IfExp, ast.comprehension)
    assert not [node for node in ast.walk(tree) if isinstance(node, logic)]


def test_every_sentence_is_one() -> None:
    """What a person is told about a guard or a limit begins with a capital letter and ends with a full stop."""
    parts: tuple[Guard | Limit, ...] = (*EXTRA_SESSIONS.guards, *EXTRA_SESSIONS.limits)
    for part in parts:
        assert part.sentence[0].isupper()
        assert part.sentence.endswith(".")
        assert part.rules
