"""What is stated of a case elsewhere has to hold together, each reason with its fields."""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any

import pytest

from eap_workflow.adopting import adoption_of, read_adoption
from eap_workflow.errors import InvalidValue
from eap_workflow.process import Context
from eap_workflow.values import SYSTEM
from eap_workflow.workflows import case_review as cr
from eap_workflow.workflows.case_review.claims import CLAIMS
from tests.adoptions import GONE, Line, changed_in, refused
from tests.journeys import DAY, START
from tests.workflows.case_review.journeys import (
    CLINICIAN,
    IN_HOURS,
    LIMITED,
    NOTES,
    RISK,
    TEAM,
    THERAPIST,
    Journey,
    context,
    open_case,
    take_up,
)

PROCESS = cr.PROCESS
NOW = START + 20 * DAY


def unreviewed() -> Journey:
    """A case of a kind that needs no review."""
    one = Journey(LIMITED)
    one.do(open_case(LIMITED, kind="individual"), CLINICIAN)
    one.do(cr.HoldFirstSession(), THERAPIST)
    return one


def with_a_slip(state: str) -> Journey:
    """A case with a slip that was taken up."""
    one = Journey(LIMITED).to(state)
    one.do(RISK, THERAPIST)
    one.do(take_up(), CLINICIAN)
    return one


def denied() -> Journey:
    """A case whose further sessions were denied."""
    one = Journey(LIMITED).to("review")
    one.do(cr.Deny(resources=(LIMITED.case_review.resources[0],)), CLINICIAN)
    return one


def flagged() -> Journey:
    """A case whose notes ask for something, and have it done."""
    one = Journey(LIMITED).to("action_needed")
    one.do(cr.CompleteAction(), CLINICIAN)
    return one


WAYS: dict[str, Any] = {
    **{state.name: (lambda name=state.name: Journey(LIMITED).to(name)) for state in PROCESS.workflow.states
       if not state.passing},
    "unreviewed": unreviewed,
    "with a slip": lambda: with_a_slip("under_way"),
    "denied": denied,
    "done": flagged,
}  # fmt: skip


def line_of(name: str) -> tuple[Line, Context]:
    """A case on its way as a line, and the context in which it is taken over."""
    journey = WAYS[name]()
    plain = adoption_of(journey.stands, journey.policy, by=TEAM, at=NOW).to_wire()
    return json.loads(json.dumps(plain)), context(NOW, TEAM, journey.policy)


LATER = (NOW + DAY).astimezone(UTC).isoformat()
EARLIER = (START - 2 * DAY).astimezone(UTC).isoformat()
TH_1 = {"role": "partner_clinician", "id": "th-1", "practice": "pa-1"}
PC_1 = {"role": "partner_clinician", "id": "pc-1", "practice": "pa-1"}
UPLOAD = {"notes": "notes-9", "at": LATER, "by": {"role": "therapist", "id": "th-1"}}

CONTRADICTIONS: dict[str, tuple[str, dict[str, Any], str, set[str]]] = {
    "in review before a session": (
        "opened", {"state": "review"}, "missing", {"first_session_at", "held_by"}),
    "under way without a review": ("under_way", {"review": GONE}, "missing", {"review"}),
    "closed without its notes": (
        "closed", {"notes": GONE, "notes_review": GONE}, "missing", {"notes", "notes_review"}),
    "opened, and the session held": (
        "review", {"state": "opened"}, "contradicts_the_state", {"first_session_at", "held_by"}),
    "discontinued, and the session held": (
        "review", {"state": "discontinued", "discontinued": "did_not_attend"}, "contradicts_the_state",
        {"first_session_at", "held_by"}),
    "notes before a session": ("opened", {"notes": [UPLOAD]}, "contradicts_the_state", {"notes"}),
    "moving on after an authorisation": ("under_way", {"state": "moving_on"}, "path", {"review.outcome"}),
    "denied, and ended later": ("denied", {"intervention_ended_at": LATER}, "path", {"intervention_ended_at"}),
    "no review needed, and later": ("unreviewed", {"review.at": LATER}, "path", {"review.at"}),
    "action needed, and none": ("action_needed", {"notes_review.action": GONE}, "path", {"notes_review.action"}),
    "closing, and nothing done": (
        "done", {"notes_review.completed_at": GONE, "notes_review.completed_by": GONE}, "path",
        {"notes_review.completed_at"}),
    "a therapist who never held it": ("review", {"opening.therapist": "th-7"}, "held_by", {"held_by"}),
    "held, and no therapist": ("review", {"opening.therapist": GONE}, "held_by", {"opening.therapist"}),
    "held twice": ("review", {"held_by": ["th-1", "th-1"]}, "held_by", {"held_by"}),
    "reviewed by a therapist": ("under_way", {"review.by": {"role": "therapist", "id": "th-9"}}, "who", {"review.by"}),
    "reviewed by a clinician of nobody": (
        "under_way", {"review.by": {"role": "partner_clinician", "id": "pc-1"}}, "who", {"review.by.practice"}),
    "reviewed by who holds it": ("under_way", {"review.by": TH_1}, "reviewer_not_therapist", {"review.by"}),
    "notes reviewed by who held it": ("closing", {"notes_review.by": TH_1}, "reviewer_not_therapist", {"notes_review.by"}),
    "a slip taken up by who holds it": (
        "with a slip", {"slips.0.taken_up_by": TH_1}, "reviewer_not_therapist", {"slips[0].taken_up_by"}),
    "notes of who never held it": (
        "closing", {"notes.0.by": {"role": "therapist", "id": "th-9"}}, "own_or_held_case", {"notes[0].by"}),
    "a slip of who never held it": (
        "with a slip", {"slips.0.raised_by": {"role": "therapist", "id": "th-9"}}, "own_or_held_case",
        {"slips[0].raised_by"}),
    "a management referral": (
        "opened", {"opening.referral": "management_referral"}, "no_management_referral", {"opening.referral"}),
    "a critical incident": (
        "opened", {"opening.referral": "critical_incident"}, "no_critical_incident", {"opening.referral"}),
    "a frequent user": ("opened", {"opening.referral": "frequent_user"}, "no_frequent_user", {"opening.referral"}),
    "a kind of no list": ("opened", {"opening.kind": "whatever"}, "kind_listed", {"opening.kind"}),
    "a review that was not needed": ("under_way", {"opening.kind": "individual"}, "review_needed", {"opening.kind"}),
    "no review, and it was needed": ("unreviewed", {"opening.kind": "couples"}, "no_review_needed", {"opening.kind"}),
    "more than the benefit": ("under_way", {"opening.benefit_sessions": 1, "review.sessions": 2}, "within_the_benefit",
                              {"review.sessions"}),
    "moving on to nowhere": ("moving_on", {"review.destination": "nowhere"}, "destination_listed", {"review.destination"}),
    "a resource of no list": ("denied", {"review.resources.0": "prayer"}, "resources_offered", {"review.resources[0]"}),
    "an action of no list": ("action_needed", {"notes_review.action": "shrug"}, "action_listed", {"notes_review.action"}),
    "a slip and an action of no list": ("with a slip", {"slips.0.action": "shrug"}, "action_listed", {"slips[0].action"}),
    "discontinued for no listed reason": ("discontinued", {"discontinued": "whim"}, "reason_listed", {"discontinued"}),
    "a step of no contract": (
        "under_way", {"own_steps": [{"step": "whatever", "at": "", "by": PC_1}]}, "next_own_step",
        {"own_steps[0].step"}),
    "closed, and a step left": ("closed", {"own_steps": []}, "own_steps_done", {"own_steps"}),
    "closed, and a slip open": (
        "closed", {"slips": [{"kind": "risk", "raised_at": "", "raised_by": PC_1}]}, "slips_taken_up", {"slips"}),
    "no limit where one runs": ("review", {"limits": []}, "limits_of_the_state", {"limits.review"}),
    "a limit of another state": (
        "review", {"limits.0.limit": "case_notes"}, "limits_of_the_state", {"limits[0].limit", "limits.review"}),
    "something else done": ("review", {"limits.0.done": ["tell_wpo"]}, "done", {"limits[0].done"}),
    "an instant for a limit in days": (
        "review", {"limits.0.due_on": GONE, "limits.0.passes_at": LATER}, "unit", {"limits[0].passes_at"}),
    "due before it started": ("review", {"limits.0.due_on": "2026-01-01"}, "due_before_start", {"limits[0].due_on"}),
    "reviewed before the session": ("under_way", {"review.at": EARLIER}, "out_of_order", {"review.at"}),
    "taken up before it was raised": (
        "with a slip", {"slips.0.taken_up_at": EARLIER}, "out_of_order", {"slips[0].taken_up_at"}),
    "no notes since the end": ("notes_review", {"notes.0.at": ""}, "out_of_order", {"limits[0].started_at", "notes[0].at"}),
    "a limit of another instant": ("review", {"limits.0.started_at": ""}, "out_of_order", {"limits[0].started_at"}),
    "a session of the future": ("review", {"first_session_at": LATER}, "not_yet", {"first_session_at"}),
    "opened in the future": ("discontinued", {"opened_on": "2027-03-01"}, "not_yet", {"opened_on"}),
    "another version": ("opened", {"policy.version": "9"}, "policy_in_force", {"policy.version"}),
}  # fmt: skip


def with_instants(value: Any, at: str) -> Any:
    """The same with an instant where it is left open: that of the opening."""
    if isinstance(value, dict):
        return {
            key: at if key.endswith("at") and held == "" else with_instants(held, at) for key, held in value.items()
        }
    return [with_instants(each, at) for each in value] if isinstance(value, list) else value


@pytest.mark.parametrize("what", CONTRADICTIONS)
def test_what_does_not_hold_together_is_refused(what: str) -> None:
    """CM-01, CM-02, CM-03, CM-07, CM-10, IN-07, IN-11: a contradiction is refused, by its fields."""
    name, changes, code, fields = CONTRADICTIONS[what]
    line, known = line_of(name)
    assert refused(PROCESS, line, known) == {}
    at = START.astimezone(UTC).isoformat()
    changes = {path: at if value == "" else with_instants(value, at) for path, value in changes.items()}
    found = refused(PROCESS, changed_in(line, changes), known).get(code)
    assert found is not None
    assert fields <= found if code == "out_of_order" else fields == found


def test_every_claim_is_shown() -> None:
    """There is no claim that nothing contradicts."""
    shown = {code for _, _, code, _ in CONTRADICTIONS.values()}
    assert {claim.code for claim in CLAIMS} <= shown


def test_a_limit_may_have_been_extended_elsewhere() -> None:
    """In days or in hours it goes on with the later date, and what was done about the first is not done again (IN-12, IN-13)."""
    for policy in (LIMITED, IN_HOURS):
        one = Journey(policy).to("review")
        one.wait(one.stands.deadlines[0].passes_at)
        one.do(cr.ExtendLimit(working_days=3), TEAM)
        line = json.loads(json.dumps(adoption_of(one.stands, policy, by=TEAM).to_wire()))
        assert line["limits"][0]["due_on"] == str(one.stands.deadlines[0].due_on)
        there = PROCESS.adopt(read_adoption(PROCESS, line).command, context(one.now, TEAM, policy))[1]
        assert there.clock == one.stands.clock
        assert there.deadlines[0].passes_at == one.stands.deadlines[0].passes_at
        known = context(one.now + DAY, SYSTEM, policy)
        assert PROCESS.tick(there, known)[0] == ()


MALFORMED: dict[str, tuple[str, dict[str, Any], str]] = {
    "authorised for nothing": ("under_way", {"review.sessions": GONE}, "review.sessions"),
    "authorised for somewhere": ("under_way", {"review.destination": "insurance"}, "review.destination"),
    "denied without a resource": ("denied", {"review.resources": []}, "review.resources"),
    "completed by nobody": ("done", {"notes_review.completed_by": GONE}, "notes_review.completed_by"),
    "completed, and nothing to do": ("done", {"notes_review.action": GONE}, "notes_review.completed_at"),
    "taken up without an action": ("with a slip", {"slips.0.action": GONE}, "slips[0].action"),
    "a holder by name": ("review", {"held_by": ["Planted Person"]}, "held_by"),
    "a state in which no case rests": ("review", {"state": "first_session_held"}, "state"),
}


@pytest.mark.parametrize("what", MALFORMED)
def test_what_is_malformed_is_refused_by_the_rules_of_commands(what: str) -> None:
    """Each field is that of today's command; the error names it, and shows no value."""
    name, changes, field = MALFORMED[what]
    line, _ = line_of(name)
    with pytest.raises(InvalidValue) as caught:
        read_adoption(PROCESS, changed_in(line, changes))
    assert caught.value.field == field
    assert "Planted" not in str(caught.value)


def test_notes_that_were_uploaded_before_the_end_do_not_start_their_review() -> None:
    """The limit starts with the first notes that came once the intervention had ended (CM-10)."""
    one = Journey(LIMITED).to("under_way")
    one.do(NOTES, THERAPIST)
    one.do(cr.EndIntervention(), THERAPIST)
    one.do(NOTES, THERAPIST)
    one.do(NOTES, THERAPIST)
    line = json.loads(json.dumps(adoption_of(one.stands, LIMITED, by=TEAM).to_wire()))
    known = context(one.now, TEAM, LIMITED)
    assert refused(PROCESS, line, known) == {}
    for number in (0, 2):
        other = changed_in(line, {"limits.0.started_at": line["notes"][number]["at"]})
        assert "limits[0].started_at" in refused(PROCESS, other, known)["out_of_order"]
