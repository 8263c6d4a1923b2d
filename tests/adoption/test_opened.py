"""A request that comes from another system is from then on as if it had come about here, or is refused for a reason."""

from __future__ import annotations

import json
from collections.abc import Hashable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from eap_workflow import schemas
from eap_workflow.adopting import adoption_of, read_adoption
from eap_workflow.errors import DefinitionError, EapWorkflowError, Refused
from eap_workflow.policy import STANDARD, Policy
from eap_workflow.process import Context
from eap_workflow.processes import process_named
from eap_workflow.proof.walking import Walk, context_of
from eap_workflow.records import snapshot_from_wire, snapshot_to_wire, step_from_wire, step_to_wire
from eap_workflow.steps import Snapshot, Step
from eap_workflow.values import Actor, Role
from tests.adoptions import accepted, assert_it_goes_on_alike, everywhere, standing, taken_over, walks
from tests.proof.bounds import DEEP
from tests.workflows.case_review import journeys as cases
from tests.workflows.case_review.subject import CaseReview
from tests.workflows.outreach import journeys as contacts
from tests.workflows.outreach.subject import Outreach
from tests.workflows.session_cancellation import journeys as cancellations
from tests.workflows.session_cancellation.subject import SessionCancellation

MOVER = Actor(role=Role.CASE_TEAM, id="mover")
SUBJECTS: Mapping[str, tuple[Any, Any]] = {
    "case_review": (CaseReview(), cases),
    "outreach": (Outreach(), contacts),
    "session_cancellation": (SessionCancellation(), cancellations),
}
NAMES = pytest.mark.parametrize("name", SUBJECTS)

ONE_OF: Mapping[str, tuple[int, int]] = {
    "case_review": (41, 701),
    "outreach": (7, 31),
    "session_cancellation": (41, 503),
}
"""Of so many places one is taken over, and of so many one is stated wrongly in every single field."""

BEYOND_THE_LETTERS: Mapping[str, frozenset[str]] = {
    # The walk knows three people and one slip.
    "case_review": frozenset({"opening", "held_by", "review", "notes_review", "slips", "notes", "own_steps"}),
    # The walk does not change the means, by which attempts are made.
    "outreach": frozenset({"opening", "attempts"}),
    # The walk states days that are three days ahead at most.
    "session_cancellation": frozenset({"rebooking"}),
}
"""Fields that may say more than the letters of the walk do: there, every property has to hold, and no place is looked for."""


def shape(made: Walk, snapshot: Snapshot, at: Any) -> Hashable:
    """What decides what may become of a request, apart from when its limits pass."""
    key: Any = made.subject.key(made.world, snapshot, at)
    return snapshot.state, key[:-1], frozenset(limit.limit for limit in snapshot.deadlines)


@NAMES
def test_wherever_a_request_stands_it_can_be_taken_over(name: str) -> None:
    """CM-02, CM-05, CM-12, TC-01, TC-03, TC-04, IN-12, IN-13: it goes on alike; and one thing wrong leads nowhere else.

    Of everything that can become of a request: taken over, it stands as it stood, and whatever is asked for next, or falls
    due, comes to the same. Stated wrongly in one place it is refused, or it is one that could have come about: every property
    of the workflow holds of it, and it is at a place of the walk.
    """
    often, seldom = ONE_OF[name]
    for each in everywhere(name, often):
        there = taken_over(each.made.subject, each.made.world, each.line)[1]
        assert standing(there) == standing(each.here)
        assert_it_goes_on_alike(each, there)
    shapes = {
        made.world.name: {shape(made, each.snapshot, each.at) for each in made.places.values() if each.snapshot}
        for made in walks(name)
    }
    tried = 0
    for each in everywhere(name, seldom):
        made, at = each.made, each.place.at
        for path, there in accepted(name, each):
            tried += 1
            for one in made.subject.properties:
                assert one.at is None or one.at(made.world, there, at), (one.name, path, each.line)
            if path[0] not in BEYOND_THE_LETTERS[name]:
                assert shape(made, there, at) in shapes[made.world.name], (path, each.line)
    assert tried > 50


def known(name: str, at: Any, by: Actor, policy: Policy) -> Context:
    """A context with the contract's own calendars."""
    context: Context = SUBJECTS[name][1].context(at, by, policy)
    return context


def moved(name: str, snapshot: Snapshot, policy: Policy) -> tuple[Step, Snapshot]:
    """The request as another store takes it over, by way of a line of JSON that fits its schema."""
    process = process_named(name)
    plain = json.loads(json.dumps(adoption_of(snapshot, policy, by=MOVER).to_wire()))
    assert ADOPTIONS[name].is_valid(plain)
    envelope = read_adoption(process, plain)
    return process.adopt(envelope.command, known(name, envelope.at, envelope.by, policy))


ADOPTIONS = {name: Draft202012Validator(schemas.adoption_schema(process_named(name))) for name in SUBJECTS}
STEPS = {name: Draft202012Validator(schemas.step_schema(process_named(name))) for name in SUBJECTS}


@NAMES
def test_every_state_on_every_tour_can_be_taken_over(name: str) -> None:
    """On real calendars too, in days and in hours, extended or not, the clock goes on alike; the step is kept and replayed."""
    subject, journeys = SUBJECTS[name]
    process = process_named(name)
    contracts = {policy.ref: policy for policy in (*journeys.CONTRACTS, STANDARD)}
    seen: set[tuple[str, tuple[str, ...]]] = set()
    for tour in subject.tours.values():
        here: Snapshot | None = None
        for step in tour(process):
            here = process.evolve(here, step)
            case = (here.state, tuple(limit.limit for limit in here.deadlines))
            if process.workflow.state(here.state).passing or (
                case in seen and not DEEP and step.trigger != "extend_limit"
            ):
                continue
            policy = contracts.get(here.body.policy)
            if policy is None:
                continue  # a tour has a contract of its own
            seen.add(case)
            first, there = moved(name, here, policy)
            assert standing(there) == standing(here)
            later = known(name, here.at + timedelta(days=60), subject.clock(policy, here.at).by, policy)
            assert standing(process.tick(there, later)[1]) == standing(process.tick(here, later)[1])
            plain = json.loads(json.dumps(step_to_wire(first)))
            assert STEPS[name].is_valid(plain)
            assert step_from_wire(process, plain) == first
            assert process.replay([step_from_wire(process, plain)]) == there
            assert snapshot_from_wire(process, json.loads(json.dumps(snapshot_to_wire(there)))) == there
    assert {state for state, _ in seen} == {state.name for state in process.workflow.states if not state.passing}


@NAMES
@settings(max_examples=max(10, settings().max_examples // 5))
@given(st.data())
def test_a_request_is_the_same_wherever_it_came_about(name: str, data: st.DataObject) -> None:
    """Taken over anywhere on its way, every later command does to it what it would have done (IN-12, IN-13)."""
    subject = SUBJECTS[name][0]
    process = process_named(name)
    policy, at = data.draw(subject.worlds())
    here: Snapshot | None = None
    there: Snapshot | None = None
    for number in range(14):
        at += data.draw(subject.waits())
        attempt = data.draw(subject.attempts(policy, here, at))
        if number == 7 and here is not None:
            there = moved(name, here, policy)[1]
        ours = _came_to(process, here, attempt)
        if there is not None:
            theirs = _came_to(process, there, attempt)
            assert _seen(ours) == _seen(theirs)
            there = theirs if isinstance(theirs, Snapshot) else there
        here = ours if isinstance(ours, Snapshot) else here


def _came_to(process: Any, snapshot: Snapshot | None, attempt: Any) -> Snapshot | tuple[str, ...]:
    try:
        reached: Snapshot = process.advance(snapshot, attempt.command, attempt.context)[1]
    except Refused as refusal:
        return refusal.verdict.codes
    except EapWorkflowError as error:
        return (error.code,)
    return reached


def _seen(came_to: Snapshot | tuple[str, ...]) -> Any:
    return standing(came_to) if isinstance(came_to, Snapshot) else came_to


@NAMES
def test_the_policy_comes_before_everything_else(name: str) -> None:
    """Without the contract's word nothing can be judged: another policy is the one reason that is given (IN-11)."""
    each = next(everywhere(name, 41))
    subject, policy = each.made.subject, each.made.world.policy
    envelope = read_adoption(subject.process, each.line)
    known_here = context_of(each.made.world, None, each.place.at)
    for other in (None, STANDARD):
        context = Context(request="R-1", at=each.place.at, by=MOVER, policy=other, offices=known_here.offices)
        with pytest.raises(Refused) as caught:
            subject.process.adopt(envelope.command, context)
        assert caught.value.verdict.codes == ("policy_in_force",)
    command: Any = envelope.command
    assert policy.ref == command.policy
    with pytest.raises(DefinitionError, match="has a policy"):
        adoption_of(each.here, None, by=MOVER)
