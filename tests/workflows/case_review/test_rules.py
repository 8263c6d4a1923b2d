"""Every rule of the register that this workflow serves: a case that it permits, and one that it refuses.

In the order of the register.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import attrs
import pytest

from eap_workflow import deadlines
from eap_workflow.errors import InvalidValue
from eap_workflow.policy import STANDARD
from eap_workflow.states import CASE_REVIEW
from eap_workflow.table import Extend
from eap_workflow.terms.case_review import REVIEWED_KINDS
from eap_workflow.values import SYSTEM, Reference, Role
from eap_workflow.workflows import case_review as cr
from tests import journeys
from tests.journeys import DAY, HOUR, START, actor
from tests.workflows.case_review.journeys import (
    ACTIONS,
    ALL_REVIEWED,
    CLINICIAN,
    COLLEAGUE,
    ELSEWHERE,
    EVERYBODY,
    GOAL_SLIP,
    IN_HOURS,
    LATE_READING,
    LIMITED,
    NOTES,
    OTHER_THERAPIST,
    RESTING,
    RISK,
    TEAM,
    THERAPIST,
    THERAPIST_AS_CLINICIAN,
    WITH_STEPS,
    Journey,
    context,
    contract,
    open_case,
    take_up,
)

VIC = journeys.calendar("AU-VIC")
DENY = cr.Deny(resources=("support_line", "self_help_material"))
OFFER = cr.OfferFurtherSession(destination="private_pay")


def due(one: Journey, limit: str) -> date:
    """The date that was stated for a limit that runs."""
    deadline = one.stands.deadline(limit)
    assert deadline is not None
    return deadline.due_on


# --- CM: case management by a partner ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("referral", "code"),
    [
        ("self_referral", None),
        ("management_referral", "no_management_referral"),
        ("critical_incident", "no_critical_incident"),
        ("frequent_user", "no_frequent_user"),
    ],
)
def test_only_who_refers_themselves_is_in_scope(referral: str, code: str | None) -> None:
    """CM-01: everybody else is refused, by the name of the policy that they fall under, and leaves no case."""
    one = Journey()
    if code is None:
        assert one.can(open_case(referral=referral), CLINICIAN).permitted
        return
    verdict = one.can(open_case(referral=referral), CLINICIAN)
    assert verdict.codes == (code,)
    assert "the policy on" in verdict.reasons[0].sentence


@pytest.mark.parametrize("kind", REVIEWED_KINDS)
def test_every_case_of_these_kinds_is_reviewed_after_the_first_session(kind: str) -> None:
    """CM-02: at once after the session, and not before; no session is authorised or ended around the review."""
    one = Journey()
    one.do(open_case(kind=kind), CLINICIAN)
    assert one.refused(cr.Authorise(sessions=1), CLINICIAN) == ("not_in_state",)
    one.do(cr.HoldFirstSession(), THERAPIST)
    assert one.triggers[-2:] == ["hold_first_session", "ask_for_review"]
    assert one.refused(cr.EndIntervention(), THERAPIST) == ("not_in_state",)
    assert one.can(cr.Authorise(sessions=1), CLINICIAN).permitted


def test_other_kinds_need_no_review_and_say_so() -> None:
    """CM-02: the step itself says that none is needed; there is nothing for a reviewer to do."""
    one = Journey()
    one.do(open_case(kind="individual"), CLINICIAN)
    steps = one.do(cr.HoldFirstSession(), THERAPIST)
    assert [(step.trigger, step.by.role) for step in steps][-1] == ("need_no_review", Role.SYSTEM)
    assert one.stands.state == "under_way"
    assert one.refused(cr.Authorise(sessions=1), CLINICIAN) == ("not_in_state",)


def test_which_kinds_are_reviewed_is_the_contracts() -> None:
    """CM-02: a contract may have every kind reviewed; a kind on neither of its lists is refused."""
    one = Journey(ALL_REVIEWED)
    assert one.refused(open_case(ALL_REVIEWED, kind="families"), CLINICIAN) == ("kind_listed",)
    one.do(open_case(ALL_REVIEWED, kind="individual"), CLINICIAN)
    one.do(cr.HoldFirstSession(), THERAPIST)
    assert one.stands.state == "review"


def test_the_partner_reviews_what_it_is_responsible_for() -> None:
    """CM-02: any clinician of that partner, none of another, and nobody who is no partner's clinician."""
    one = Journey().to("review")
    for by in (CLINICIAN, COLLEAGUE):
        assert one.can(DENY, by).permitted
    assert one.refused(DENY, ELSEWHERE) == ("own_case",)
    for by in EVERYBODY:
        if by.role is not Role.PARTNER_CLINICIAN:
            assert "role" in one.refused(DENY, by)
    assert Journey().can(open_case(), ELSEWHERE).codes == ("own_partner",)
    assert Journey().can(open_case(), TEAM).permitted


def test_a_first_session_is_held_by_somebody_who_is_known() -> None:
    """CM-02, IN-07: without a therapist on record nobody could tell who must not review; assigned, it goes on."""
    one = Journey()
    one.do(open_case(therapist=None), CLINICIAN)
    assert one.refused(cr.HoldFirstSession(), CLINICIAN) == ("therapist_named",)
    one.do(cr.Assign(therapist=Reference("th-1")), CLINICIAN)
    assert one.can(cr.HoldFirstSession(), THERAPIST).permitted
    assert one.can(cr.HoldFirstSession(), CLINICIAN).permitted


def test_a_case_goes_to_another_partner_with_all_that_is_open() -> None:
    """CM-02: the case team hands it over, so that no case waits for a partner that is gone."""
    one = Journey(LIMITED).to("review")
    one.do(RISK, THERAPIST)
    stated = one.stands.deadlines
    assert one.refused(cr.Assign(partner=Reference("pa-2")), CLINICIAN) == ("another_partner",)
    one.do(cr.Assign(partner=Reference("pa-2")), TEAM)
    assert one.stands.deadlines == stated
    assert one.body.open_slips == 1
    one.do(take_up(), ELSEWHERE)
    one.do(DENY, ELSEWHERE)
    assert one.refused(NOTES, CLINICIAN) == ("own_case",)


@pytest.mark.parametrize(("sessions", "permitted"), [(1, True), (6, True), (7, False), (100, False)])
def test_sessions_are_authorised_up_to_the_benefit(sessions: int, *, permitted: bool) -> None:
    """CM-03: any number from one to all sessions of the participant's benefit, and not one more."""
    one = Journey().to("review")
    verdict = one.can(cr.Authorise(sessions=sessions), CLINICIAN)
    assert verdict.permitted is permitted
    assert permitted or verdict.codes == ("within_the_benefit",)
    with pytest.raises(InvalidValue):
        cr.Authorise(sessions=0)


def test_one_further_session_says_where_to() -> None:
    """CM-03: to insurance, private pay or ongoing resources, and to nowhere else; it is one session."""
    one = Journey().to("review")
    for destination in STANDARD.case_review.destinations:
        assert one.can(cr.OfferFurtherSession(destination=destination), CLINICIAN).permitted
    assert one.refused(cr.OfferFurtherSession(destination="the_seaside"), CLINICIAN) == ("destination_listed",)
    assert [attribute.name for attribute in attrs.fields(cr.OfferFurtherSession)] == ["destination"]
    one.do(OFFER, CLINICIAN)
    assert one.stands.state == "moving_on"


def test_a_denial_offers_additional_resources() -> None:
    """CM-03: one at least, each of the contract's list; then no session follows."""
    one = Journey().to("review")
    with pytest.raises(InvalidValue):
        cr.Deny(resources=())
    assert one.refused(cr.Deny(resources=("a_friend",)), CLINICIAN) == ("resources_offered",)
    one.do(DENY, CLINICIAN)
    assert one.stands.state == "notes_owed"
    assert one.refused(cr.EndIntervention(), THERAPIST) == ("not_in_state",)


def test_a_review_is_decided_once() -> None:
    """CM-03: one of the three ways, and none of the others after it."""
    for decision in (cr.Authorise(sessions=2), OFFER, DENY):
        one = Journey().to("review")
        one.do(decision, CLINICIAN)
        for other in (cr.Authorise(sessions=2), OFFER, DENY):
            assert one.refused(other, CLINICIAN) == ("not_in_state",)


def test_the_organisations_steps_are_done_in_order_before_the_case_closes() -> None:
    """CM-07: each once, at any time from the opening on; the case does not close before the last of them."""
    one = Journey(WITH_STEPS).to("opened")
    first, second = (cr.DoOwnStep(step=step) for step in WITH_STEPS.case_review.own_steps)
    assert one.refused(second, CLINICIAN) == ("next_own_step",)
    one.do(first, CLINICIAN)
    assert one.refused(first, CLINICIAN) == ("next_own_step",)
    for name in ("hold", "deny", "upload", "clear"):
        one.do(*ACTIONS[name])
    assert one.refused(cr.Close(), TEAM) == ("own_steps_done",)
    assert "role" in one.refused(second, THERAPIST)
    one.do(second, TEAM)
    assert one.can(cr.Close(), TEAM).permitted


@pytest.mark.parametrize("state", RESTING)
def test_the_organisations_steps_fit_in_anywhere(state: str) -> None:
    """CM-07: within the process, wherever it stands."""
    one = Journey(WITH_STEPS).to(state)
    one.do(cr.DoOwnStep(step="inform_contact"), CLINICIAN)
    assert one.stands.state == state


@pytest.mark.parametrize("decision", ["authorise", "offer"])
def test_notes_are_uploaded_when_the_intervention_has_ended(decision: str) -> None:
    """CM-10: what was uploaded before waits until then, and the case does not close without the notes."""
    one = Journey().to("opened")
    assert one.refused(NOTES, THERAPIST) == ("not_in_state",)
    one = Journey().to("review")
    one.do(*ACTIONS[decision])
    state = one.stands.state
    one.do(NOTES, THERAPIST)
    assert one.stands.state == state
    one.do(cr.EndIntervention(), THERAPIST)
    assert one.stands.state == "notes_owed"
    assert one.refused(cr.Close(), CLINICIAN) == ("not_in_state",)
    assert one.refused(NOTES, OTHER_THERAPIST) == ("own_case",)
    one.do(NOTES, THERAPIST)
    assert one.stands.state == "notes_review"


def test_several_therapists_upload_each_their_own_notes() -> None:
    """CM-10: who goes before the end uploads then, or when the partner reviews; the review waits for who holds the sessions."""
    one = Journey(LIMITED).to("under_way")
    one.do(cr.Assign(therapist=OTHER_THERAPIST.id), TEAM)
    one.do(cr.UploadNotes(notes=Reference("notes-1")), THERAPIST)
    one.do(cr.EndIntervention(), OTHER_THERAPIST)
    assert one.refused(cr.UploadNotes(notes=Reference("notes-2")), THERAPIST) == ("own_case",)
    one.do(cr.UploadNotes(notes=Reference("notes-3")), OTHER_THERAPIST)
    due = one.stands.deadline("notes_review")
    one.do(cr.UploadNotes(notes=Reference("notes-2")), THERAPIST)
    assert one.stands.deadline("notes_review") == due
    uploads = [(upload.notes, upload.by) for upload in one.body.notes]
    assert uploads == [("notes-1", THERAPIST), ("notes-3", OTHER_THERAPIST), ("notes-2", THERAPIST)]
    one.do(cr.ClearNotes(), CLINICIAN)
    assert one.refused(cr.UploadNotes(notes=Reference("notes-4")), THERAPIST) == ("not_in_state",)


def test_who_held_sessions_raises_a_slip_after_they_were_replaced() -> None:
    """CM-10: at any time, and so does whoever holds them; a therapist who never held any does not."""
    one = Journey().to("under_way")
    one.do(cr.Assign(therapist=OTHER_THERAPIST.id), TEAM)
    one.do(RISK, THERAPIST)
    assert one.body.open_slips == 1
    assert one.refused(RISK, actor(Role.THERAPIST, "th-7")) == ("own_or_held_case",)


def test_the_partner_reviews_all_notes() -> None:
    """CM-10: those of a denied case and of one that needed no review too; what needs action is acted on first."""
    one = Journey()
    one.do(open_case(kind="individual"), CLINICIAN)
    for command in (cr.HoldFirstSession(), cr.EndIntervention(), NOTES):
        one.do(command, THERAPIST)
    assert one.refused(cr.Close(), CLINICIAN) == ("not_in_state",)
    assert one.refused(cr.FlagNotes(action="wait_and_see"), CLINICIAN) == ("action_listed",)
    one.do(cr.FlagNotes(action="refer_on"), CLINICIAN)
    assert one.refused(cr.Close(), CLINICIAN) == ("not_in_state",)
    one.do(cr.CompleteAction(), CLINICIAN)
    assert one.can(cr.Close(), CLINICIAN).permitted
    assert Journey().to("notes_review").can(cr.ClearNotes(), CLINICIAN).permitted


@pytest.mark.parametrize("state", RESTING)
@pytest.mark.parametrize("slip", [RISK, GOAL_SLIP])
def test_a_slip_is_raised_at_any_time_and_taken_up_there(state: str, slip: cr.RaiseSlip) -> None:
    """CM-10: by the therapist, the partner or the case team; the partner takes it up, wherever the case stands."""
    one = Journey().to(state)
    for by in (THERAPIST, CLINICIAN, TEAM):
        assert one.can(slip, by).permitted
    one.do(slip, THERAPIST)
    assert one.stands.state == state
    assert one.refused(take_up(action="wait_and_see"), CLINICIAN) == ("action_listed",)
    assert "role" in one.refused(take_up(), THERAPIST)
    one.do(take_up(), CLINICIAN)
    assert one.refused(take_up(), CLINICIAN) == ("slip_open",)
    assert one.stands.state == state


@pytest.mark.parametrize("state", ["closed", "discontinued"])
def test_no_slip_is_raised_in_a_case_that_has_ended(state: str) -> None:
    """CM-10: what comes to light afterwards belongs to a new case."""
    one = Journey().to(state)
    for by in (THERAPIST, CLINICIAN, TEAM):
        assert one.refused(RISK, by) == ("not_in_state",)


def test_no_slip_is_lost_by_a_later_move() -> None:
    """CM-10: raised at the start, it is there at the end, and the case does not close before it is taken up."""
    one = Journey().to("opened")
    one.do(RISK, THERAPIST)
    raised = one.body.slips[0]
    for name in ("hold", "authorise", "end", "upload", "flag", "complete"):
        one.do(*ACTIONS[name])
        assert one.body.slips == (raised,)
    assert one.refused(cr.Close(), CLINICIAN) == ("slips_taken_up",)
    one.do(take_up(), CLINICIAN)
    one.do(cr.Close(), CLINICIAN)
    assert one.body.slips[0].raised_by == THERAPIST


def test_a_case_is_discontinued_before_its_first_session_alone() -> None:
    """CM-10: for a reason of the list, with no slip open; from the first session on there are notes to review."""
    one = Journey().to("opened")
    assert one.refused(cr.Discontinue(reason="bad_weather"), TEAM) == ("reason_listed",)
    one.do(RISK, TEAM)
    assert one.refused(cr.Discontinue(reason="did_not_attend"), TEAM) == ("slips_taken_up",)
    one.do(take_up(), CLINICIAN)
    assert one.can(cr.Discontinue(reason="did_not_attend"), CLINICIAN).permitted
    one.do(cr.HoldFirstSession(), THERAPIST)
    assert one.refused(cr.Discontinue(reason="did_not_attend"), TEAM) == ("not_in_state",)


# --- IN: how we read what the sources leave open ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "late"),
    [("review", cr.Authorise(sessions=2)), ("notes_owed", NOTES), ("notes_review", cr.ClearNotes())],
)
def test_a_limit_that_passes_decides_nothing(state: str, late: object) -> None:
    """IN-04: the case stays where it is, the breach is on record, and who is late may still act."""
    one = Journey(LIMITED).to(state)
    steps = one.wait(one.now + 40 * DAY)
    assert [step.trigger for step in steps] == ["remind", "warn", "overdue"]
    assert one.stands.state == state
    assert one.can(late, THERAPIST if state == "notes_owed" else CLINICIAN).permitted
    assert one.wait(one.now + 400 * DAY) == ()


def test_a_contract_that_sets_no_limit_has_none() -> None:
    """CM-02, CM-10, IN-04: the sources state no number, so by the standard contract nothing is ever overdue."""
    for state in RESTING:
        one = Journey(STANDARD).to(state)
        assert one.stands.deadlines == ()
        assert one.wait(START + 1000 * DAY) == ()


def test_limits_count_as_the_contract_counts() -> None:
    """CM-02, CM-10: working days around Cup Day, or hours that run through nights and weekends."""
    one = Journey(LIMITED).to("review")
    assert due(one, "review") == VIC.add(date(2026, 10, 28), 5) == date(2026, 11, 5)
    one.do(DENY, CLINICIAN)
    assert due(one, "case_notes") == VIC.add(date(2026, 10, 28), 3)
    one.do(NOTES, THERAPIST)
    in_hours = one.stands.deadline("notes_review")
    assert in_hours is not None
    assert in_hours.passes_at == one.now + 48 * HOUR
    hurried = Journey(IN_HOURS).to("review")
    assert hurried.stands.deadlines[0].passes_at == hurried.now + 24 * HOUR
    late = Journey(LATE_READING).to("opened")
    late.do(cr.HoldFirstSession(), THERAPIST, START.replace(hour=17, minute=1))
    assert due(late, "review") == VIC.add(date(2026, 10, 29), 5)


def test_who_held_the_sessions_does_not_review_them() -> None:
    """IN-07: a therapist who is a clinician of the partner as well reviews neither the case nor the notes nor a slip."""
    one = Journey().to("review")
    one.do(RISK, THERAPIST)
    reviewing: tuple[Any, ...] = (cr.Authorise(sessions=2), OFFER, DENY, take_up())
    for command in reviewing:
        assert one.refused(command, THERAPIST_AS_CLINICIAN) == ("reviewer_not_therapist",)
        assert one.can(command, CLINICIAN).permitted
    one.do(DENY, CLINICIAN)
    one.do(NOTES, THERAPIST_AS_CLINICIAN)
    reviewing = (cr.ClearNotes(), cr.FlagNotes(action="tell_wpo"))
    for command in reviewing:
        assert one.refused(command, THERAPIST_AS_CLINICIAN) == ("reviewer_not_therapist",)
        assert one.can(command, COLLEAGUE).permitted


def test_who_reviewed_a_case_does_not_take_it_over() -> None:
    """IN-07: nobody authorises sessions and then holds them."""
    one = Journey().to("under_way")
    assert one.refused(cr.Assign(therapist=CLINICIAN.id), TEAM) == ("another_therapist",)
    assert one.can(cr.Assign(therapist=COLLEAGUE.id), TEAM).permitted


def test_a_case_keeps_the_policy_of_the_day_on_which_it_was_opened() -> None:
    """IN-11: another version is refused, though it is in force by then; a new case falls under the new one."""
    old = contract("old")
    old = attrs.evolve(old, effective_to=date(2026, 10, 28))
    new = attrs.evolve(
        contract("new", reviewed_kinds=("minors",), other_kinds=("couples",)), effective_from=START.date() + DAY
    )
    one = Journey(old).to("opened")
    assert one.body.policy == old.ref
    later = START + 30 * DAY
    assert cr.can(one.snapshot, cr.HoldFirstSession(), context(later, THERAPIST, new)).codes == ("policy_in_force",)
    one.do(cr.HoldFirstSession(), THERAPIST, later)
    assert one.stands.state == "review"
    assert Journey(old).refused(open_case(old), CLINICIAN, START + DAY) == ("policy_in_force",)
    fresh = Journey(new)
    fresh.do(open_case(new), CLINICIAN, START + DAY)
    fresh.do(cr.HoldFirstSession(), THERAPIST)
    assert fresh.stands.state == "under_way"


@pytest.mark.parametrize("state", ["review", "notes_owed", "notes_review"])
def test_only_a_recorded_decision_extends_a_limit(state: str) -> None:
    """IN-12: by the case team, later only, to a date that lies ahead; where no limit runs there is none to extend."""
    one = Journey(LIMITED).to(state)
    stated = one.stands.deadlines[0]
    command = cr.ExtendLimit(working_days=2)
    for by in EVERYBODY:
        assert one.can(command, by).permitted is (by is TEAM)
    with pytest.raises(InvalidValue):
        cr.ExtendLimit(working_days=0)
    one.do(command, TEAM)
    assert one.stands.deadlines[0].due_on == VIC.add(stated.due_on, 2)
    # What has passed by then would be stated to nobody's use.
    one.wait(one.now + 60 * DAY)
    assert one.refused(command, TEAM) == ("later_date_ahead",)
    assert Journey(STANDARD).to(state).refused(command, TEAM) == ("limit_runs",)
    extending = [move for move in CASE_REVIEW.moves if any(isinstance(act, Extend) for act in move.limits)]
    assert {move.who for move in extending} == {(Role.CASE_TEAM,)}


def test_a_stated_date_is_not_moved_by_newer_holidays() -> None:
    """IN-12: a recomputation says what it would be now, and the case keeps what it was told."""
    one = Journey(LIMITED).to("review")
    stated = one.stands.deadlines
    newer = {
        party: attrs.evolve(office, calendar=VIC.with_closures({date(2026, 11, 4): "Proclaimed"}))
        for party, office in journeys.offices(LIMITED).items()
    }
    restated = deadlines.restate(stated[0], journeys.offices(LIMITED), newer)
    assert (restated.was, restated.is_now) == (date(2026, 11, 5), date(2026, 11, 6))
    assert one.stands.deadlines == stated


def test_what_is_due_is_made_once_and_first() -> None:
    """IN-13: a late command finds every move of the clock made, each at its own instant, each once."""
    one = Journey(LIMITED).to("review")
    one.wait(one.stands.deadlines[0].passes_at - timedelta(seconds=1))
    assert one.triggers[-2:] == ["remind", "warn"]
    steps = one.do(DENY, CLINICIAN, START + 90 * DAY)
    assert [step.trigger for step in steps] == ["overdue", "deny"]
    assert steps[0].by == SYSTEM
    assert one.refused(RISK, THERAPIST, START) == ("out_of_order",)
