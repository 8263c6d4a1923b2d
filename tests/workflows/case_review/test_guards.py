"""Every guard: a case in which it alone stands in the way, and one in which it is met."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from eap_workflow.policy import STANDARD, Policy
from eap_workflow.process import ByClock, Context
from eap_workflow.states import CASE_REVIEW
from eap_workflow.steps import Snapshot
from eap_workflow.values import SYSTEM, Actor, Reference, Role
from eap_workflow.verdict import Verdict
from eap_workflow.workflows import case_review as cr
from eap_workflow.workflows.case_review.guards import PREDICATES
from tests.journeys import START, actor
from tests.workflows.case_review.journeys import (
    CLINICIAN,
    COLLEAGUE,
    ELSEWHERE,
    GOAL_SLIP,
    LIMITED,
    NARROW,
    NOTES,
    NOWHERE,
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

WORKFLOW = cr.PROCESS.workflow
Ask = tuple[Snapshot | None, Any, Context]


def ask(one: Journey, command: Any, by: Actor, policy: Policy | None = None) -> Ask:
    """Ask about a case as it stands now, under its own contract or another."""
    return one.snapshot, command, context(one.now, by, policy or one.policy)


def opened(by: Actor = CLINICIAN, **changes: Any) -> Ask:
    """Ask about opening a case, with the changes."""
    return None, open_case(**changes), context(START, by)


def held(kind: str, trigger: str) -> Ask:
    """A case between its first session and what follows at once, where nobody ever finds one."""
    one = Journey()
    one.do(open_case(kind=kind), CLINICIAN)
    one.do(cr.HoldFirstSession(), THERAPIST)
    step = next(step for step in one.trail if step.trigger == "hold_first_session")
    return cr.PROCESS.replay(one.trail[: step.version]), ByClock(trigger=trigger), context(one.now, SYSTEM)


def unheld(therapist: str | None) -> Ask:
    """Ask about the first session, with or without a therapist on record."""
    one = Journey()
    one.do(open_case(therapist=therapist), CLINICIAN)
    return ask(one, cr.HoldFirstSession(), CLINICIAN)


def with_slips(state: str, *, taken_up: bool) -> Journey:
    """A case with a slip that is taken up, and a second one that is taken up or not."""
    one = Journey().to(state)
    one.do(RISK, THERAPIST)
    one.do(take_up(), CLINICIAN)
    one.do(GOAL_SLIP, THERAPIST)
    if taken_up:
        one.do(take_up(2), CLINICIAN)
    return one


def replaced(state: str) -> Journey:
    """A case whose sessions another therapist holds by now."""
    one = Journey().to(state)
    one.do(cr.Assign(therapist=OTHER_THERAPIST.id), TEAM)
    return one


def closing(steps: int) -> Journey:
    """A case that is to be closed, with so many of the organisation's two steps done."""
    one = Journey(WITH_STEPS).to("closing")
    for step in WITH_STEPS.case_review.own_steps[:steps]:
        one.do(cr.DoOwnStep(step=step), TEAM)
    return one


def at_due(*, early: bool) -> Ask:
    """Ask about an overdue review at the instant at which it is, or a moment before."""
    one = Journey(contract("plain", review=LIMITED.case_review.case_notes)).to("review")
    passes_at = one.stands.deadlines[0].passes_at
    at = passes_at - timedelta(seconds=1) if early else passes_at
    return one.snapshot, ByClock(trigger="overdue"), context(at, SYSTEM, one.policy)


def passed_two_days_ago(state: str) -> Journey:
    """A case whose stage should have ended by the day before yesterday; both days since were working days."""
    one = Journey(LIMITED).to(state)
    one.wait(one.stands.deadlines[0].passes_at + timedelta(days=1))
    return one


EXTEND = cr.ExtendLimit(working_days=1)
AUTHORISE = cr.Authorise(sessions=6)

CASES: Mapping[str, tuple[Callable[[], Ask], Callable[[], Ask]]] = {
    "no_management_referral": (lambda: opened(referral="management_referral"), opened),
    "no_critical_incident": (lambda: opened(referral="critical_incident"), opened),
    "no_frequent_user": (lambda: opened(referral="frequent_user"), opened),
    "kind_listed": (lambda: opened(kind="pets"), lambda: opened(kind="individual")),
    "own_partner": (lambda: opened(ELSEWHERE), lambda: opened(TEAM)),
    "policy_in_force": (
        lambda: ask(Journey().to("review"), AUTHORISE, CLINICIAN, WITH_STEPS),
        lambda: ask(Journey().to("review"), AUTHORISE, CLINICIAN),
    ),
    "own_case": (
        lambda: ask(Journey().to("review"), AUTHORISE, ELSEWHERE),
        lambda: ask(Journey().to("review"), AUTHORISE, COLLEAGUE),
    ),
    "own_or_held_case": (
        lambda: ask(Journey().to("under_way"), RISK, OTHER_THERAPIST),
        lambda: ask(replaced("under_way"), RISK, THERAPIST),
    ),
    "reviewer_not_therapist": (
        lambda: ask(Journey().to("review"), AUTHORISE, THERAPIST_AS_CLINICIAN),
        lambda: ask(Journey().to("review"), AUTHORISE, CLINICIAN),
    ),
    "another_therapist": (
        lambda: ask(Journey().to("under_way"), cr.Assign(therapist=CLINICIAN.id), TEAM),
        lambda: ask(Journey().to("under_way"), cr.Assign(therapist=COLLEAGUE.id), TEAM),
    ),
    "another_partner": (
        lambda: ask(Journey().to("under_way"), cr.Assign(partner=Reference("pa-2")), CLINICIAN),
        lambda: ask(Journey().to("under_way"), cr.Assign(partner=Reference("pa-2")), TEAM),
    ),
    "therapist_named": (lambda: unheld(None), lambda: unheld("th-1")),
    "review_needed": (lambda: held("individual", "ask_for_review"), lambda: held("families", "ask_for_review")),
    "no_review_needed": (lambda: held("minors", "need_no_review"), lambda: held("individual", "need_no_review")),
    "within_the_benefit": (
        lambda: ask(Journey().to("review"), cr.Authorise(sessions=7), CLINICIAN),
        lambda: ask(Journey().to("review"), cr.Authorise(sessions=6), CLINICIAN),
    ),
    "destination_listed": (
        lambda: ask(Journey(NARROW).to("review"), cr.OfferFurtherSession(destination="private_pay"), CLINICIAN),
        lambda: ask(Journey(NARROW).to("review"), cr.OfferFurtherSession(destination="insurance"), CLINICIAN),
    ),
    "resources_offered": (
        lambda: ask(Journey().to("review"), cr.Deny(resources=("support_line", "a_friend")), CLINICIAN),
        lambda: ask(Journey().to("review"), cr.Deny(resources=("support_line",)), CLINICIAN),
    ),
    "reason_listed": (
        lambda: ask(Journey(NARROW).to("opened"), cr.Discontinue(reason="did_not_attend"), TEAM),
        lambda: ask(Journey(NARROW).to("opened"), cr.Discontinue(reason="participant_declined"), TEAM),
    ),
    "action_listed": (
        lambda: ask(Journey(NARROW).to("notes_review"), cr.FlagNotes(action="refer_on"), CLINICIAN),
        lambda: ask(Journey(NARROW).to("notes_review"), cr.FlagNotes(action="tell_wpo"), CLINICIAN),
    ),
    "slip_open": (
        lambda: ask(with_slips("under_way", taken_up=False), take_up(1), CLINICIAN),
        lambda: ask(with_slips("under_way", taken_up=False), take_up(2), CLINICIAN),
    ),
    "next_own_step": (
        lambda: ask(closing(0), cr.DoOwnStep(step="send_survey"), TEAM),
        lambda: ask(closing(1), cr.DoOwnStep(step="send_survey"), TEAM),
    ),
    "own_steps_done": (lambda: ask(closing(1), cr.Close(), TEAM), lambda: ask(closing(2), cr.Close(), TEAM)),
    "slips_taken_up": (
        lambda: ask(with_slips("closing", taken_up=False), cr.Close(), TEAM),
        lambda: ask(with_slips("closing", taken_up=True), cr.Close(), TEAM),
    ),
    "limit_runs": (
        lambda: ask(Journey().to("review"), EXTEND, TEAM),
        lambda: ask(Journey(LIMITED).to("review"), EXTEND, TEAM),
    ),
    "later_date_ahead": (
        lambda: ask(passed_two_days_ago("review"), EXTEND, TEAM),
        lambda: ask(passed_two_days_ago("review"), cr.ExtendLimit(working_days=2), TEAM),
    ),
    "due": (lambda: at_due(early=True), lambda: at_due(early=False)),
}


def answer(case: Ask) -> Verdict:
    """Ask the table itself, without the moves that the clock would make before."""
    return WORKFLOW.verdict(*case)


@pytest.mark.parametrize("name", PREDICATES)
def test_a_guard_can_be_the_only_thing_in_the_way(name: str) -> None:
    """Everything else is met, and the refusal names this guard alone, with its sentence and its rules."""
    verdict = answer(CASES[name][0]())
    assert verdict.codes == (name,)
    guard = next(guard for guard in CASE_REVIEW.guards if guard.name == name)
    assert (verdict.reasons[0].sentence, verdict.reasons[0].rules) == (guard.sentence, guard.rules)
    if guard.field is not None:
        assert verdict.reasons[0].fields


@pytest.mark.parametrize("name", PREDICATES)
def test_a_guard_can_be_met(name: str) -> None:
    """The same situation, with this one thing put right, is permitted by a row that asks for the guard."""
    verdict = answer(CASES[name][1]())
    assert verdict.permitted, verdict.codes
    assert verdict.move is not None
    assert name in verdict.move.guards


def test_every_guard_has_its_cases() -> None:
    """The cases, the predicates and the table's guards are the same."""
    assert CASES.keys() == PREDICATES.keys() == {guard.name for guard in CASE_REVIEW.guards}


# --- which cases are in scope -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("referral", "policy"),
    [
        ("management_referral", "management referrals"),
        ("critical_incident", "rapid response to critical incidents"),
        ("frequent_user", "frequent users of the service"),
    ],
)
def test_what_is_out_of_scope_is_refused_by_the_name_of_its_policy(referral: str, policy: str) -> None:
    """CM-01: whoever opens reads which policy the case falls under."""
    verdict = answer(opened(referral=referral))
    assert verdict.reasons[0].sentence.endswith(f"the policy on {policy}.")
    assert verdict.reasons[0].fields == ("referral",)


def test_all_that_is_wrong_with_an_opening_comes_at_once() -> None:
    """CM-01, CM-02: the referral, the kind, the partner and the contract, each with its field."""
    verdict = answer(opened(NOWHERE, referral="frequent_user", kind="pets", contract="elsewhere"))
    assert verdict.codes == ("no_frequent_user", "kind_listed", "own_partner", "policy_in_force")


def test_a_refused_opening_says_what_could_be_done_instead() -> None:
    """Whoever may open a case is told that opening is permitted, and nobody else is."""
    assert answer(opened(kind="pets")).triggers == ("open_case",)
    assert answer(opened(THERAPIST)).triggers == ()


# --- who is who -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("by", [ELSEWHERE, NOWHERE])
@pytest.mark.parametrize("state", RESTING)
def test_a_clinician_of_another_partner_does_nothing(by: Actor, state: str) -> None:
    """CM-02, IN-07: in no state, and without an organisation neither."""
    one = Journey(WITH_STEPS).to(state)
    assert WORKFLOW.permitted_triggers(one.stands, context(one.now, by, WITH_STEPS)) == ()
    verdict = answer(ask(one, RISK, by))
    assert verdict.codes == ("own_or_held_case",)
    # Who names no organisation made another mistake than who names a wrong one.
    assert verdict.reasons[0].fields == (("by.practice",) if by is NOWHERE else ("by",))


def test_a_clinician_of_no_organisation_is_told_which_field_is_missing() -> None:
    """CM-02, IN-07: whether they open a case, decide it, or raise a slip."""
    one = Journey().to("review")
    for case in (opened(NOWHERE), ask(one, AUTHORISE, NOWHERE), ask(one, RISK, NOWHERE)):
        assert answer(case).reasons[0].fields == ("by.practice",)
    assert answer(opened(ELSEWHERE)).reasons[0].fields == ("partner",)
    assert answer(ask(one, AUTHORISE, ELSEWHERE)).reasons[0].fields == ("by",)


@pytest.mark.parametrize("state", RESTING)
def test_another_therapist_does_nothing(state: str) -> None:
    """IN-07: a therapist acts on their own cases alone."""
    one = Journey().to(state)
    assert WORKFLOW.permitted_triggers(one.stands, context(one.now, OTHER_THERAPIST)) == ()
    assert answer(ask(one, RISK, OTHER_THERAPIST)).codes == ("own_or_held_case",)
    assert answer(ask(one, RISK, THERAPIST)).permitted


@pytest.mark.parametrize("state", RESTING)
def test_a_former_therapist_raises_what_they_know_and_uploads_what_they_wrote(state: str) -> None:
    """CM-10, IN-07: nothing else, and only who held sessions; the new one acts on the case as their own."""
    one = replaced(state)
    may = WORKFLOW.permitted_triggers(one.stands, context(one.now, THERAPIST))
    uploading = {"review", "under_way", "moving_on", "notes_review"}
    expected = {"raise_slip"} | ({"upload_notes"} if state in uploading else set())
    assert set(may) == (expected if state != "opened" else set())
    assert answer(ask(one, RISK, OTHER_THERAPIST)).permitted
    if state == "notes_owed":
        assert answer(ask(one, NOTES, THERAPIST)).codes == ("own_case",)
        assert answer(ask(one, NOTES, OTHER_THERAPIST)).permitted


def test_a_therapist_of_a_case_without_one_does_nothing() -> None:
    """IN-07: nobody is the therapist of a case that has none on record."""
    one = Journey()
    one.do(open_case(therapist=None), CLINICIAN)
    assert answer(ask(one, RISK, THERAPIST)).codes == ("own_or_held_case",)
    assert answer(ask(one, RISK, TEAM)).permitted


def test_nobody_who_held_sessions_reviews_anything() -> None:
    """CM-02, IN-07: not who held the first one, nor who took over; not the case, its notes, or a slip."""
    takers = (THERAPIST_AS_CLINICIAN, actor(Role.PARTNER_CLINICIAN, "pc-3", practice="pa-1"))
    one = Journey().to("review")
    one.do(cr.Assign(therapist=Reference("pc-3")), TEAM)
    one.do(RISK, CLINICIAN)
    deny = cr.Deny(resources=("support_line",))
    reviewing: tuple[Any, ...] = (AUTHORISE, cr.OfferFurtherSession(destination="insurance"), deny)
    for by in takers:
        for command in (*reviewing, take_up()):
            assert answer(ask(one, command, by)).codes == ("reviewer_not_therapist",)
    for command in (*reviewing, take_up()):
        assert answer(ask(one, command, CLINICIAN)).permitted
    one.do(deny, CLINICIAN)
    one.do(NOTES, takers[1])
    for by in takers:
        for command in (cr.ClearNotes(), cr.FlagNotes(action="tell_wpo")):
            assert answer(ask(one, command, by)).codes == ("reviewer_not_therapist",)


def test_who_was_assigned_and_replaced_before_the_first_session_may_review() -> None:
    """IN-07: they held no session, so there is nothing of their own to review."""
    one = Journey().to("opened")
    one.do(cr.Assign(therapist=COLLEAGUE.id), CLINICIAN)
    one.do(cr.Assign(therapist=THERAPIST.id), CLINICIAN)
    one.do(cr.HoldFirstSession(), THERAPIST)
    assert answer(ask(one, AUTHORISE, COLLEAGUE)).permitted


def test_who_is_going_to_hold_the_sessions_takes_no_slip_up() -> None:
    """CM-02, IN-07: nor does who took one up become the therapist; who was assigned and replaced before may."""
    one = Journey().to("opened")
    one.do(RISK, TEAM)
    assert answer(ask(one, take_up(), THERAPIST_AS_CLINICIAN)).codes == ("reviewer_not_therapist",)
    one.do(take_up(), COLLEAGUE)
    assert one.body.reviewers == (COLLEAGUE.id,)
    assert answer(ask(one, cr.Assign(therapist=COLLEAGUE.id), TEAM)).codes == ("another_therapist",)
    one.do(RISK, TEAM)
    one.do(cr.Assign(therapist=OTHER_THERAPIST.id), TEAM)
    assert answer(ask(one, take_up(2), THERAPIST_AS_CLINICIAN)).permitted


@pytest.mark.parametrize("reviewed", ["case", "notes"])
def test_who_reviewed_does_not_become_the_therapist(reviewed: str) -> None:
    """CM-02, IN-07: nor is the present therapist assigned again."""
    one = Journey().to("review")
    one.do(AUTHORISE, COLLEAGUE if reviewed == "case" else CLINICIAN)
    one.do(cr.EndIntervention(), THERAPIST)
    one.do(NOTES, THERAPIST)
    one.do(cr.FlagNotes(action="tell_wpo"), COLLEAGUE if reviewed == "notes" else CLINICIAN)
    for therapist in (COLLEAGUE.id, CLINICIAN.id, THERAPIST.id):
        assert answer(ask(one, cr.Assign(therapist=therapist), TEAM)).codes == ("another_therapist",)
    assert answer(ask(one, cr.Assign(therapist=OTHER_THERAPIST.id), CLINICIAN)).permitted


def test_the_case_team_hands_a_case_to_another_partner() -> None:
    """CM-02: from then on that partner is responsible, and the one before is not; a partner gives none away."""
    one = Journey().to("review")
    away = cr.Assign(partner=Reference("pa-2"))
    assert answer(ask(one, away, CLINICIAN)).codes == ("another_partner",)
    assert answer(ask(one, cr.Assign(partner=Reference("pa-1")), TEAM)).codes == ("another_partner",)
    one.do(away, TEAM)
    assert answer(ask(one, AUTHORISE, CLINICIAN)).codes == ("own_case",)
    assert answer(ask(one, AUTHORISE, ELSEWHERE)).permitted


# --- what stands in the way, exactly ----------------------------------------------------------------------------------


def test_a_refusal_of_more_than_the_benefit_says_what_it_is() -> None:
    """Whoever authorises reads how many sessions there may be (CM-03)."""
    (reason,) = answer(ask(Journey().to("review"), cr.Authorise(sessions=7), CLINICIAN)).reasons
    assert (dict(reason.at_most), reason.about) == ({"sessions": 6}, "sessions: at most 6")


def test_a_refusal_points_at_the_resources_that_are_not_listed() -> None:
    """CM-03: by their places, and not by what they are."""
    one = Journey().to("review")
    command = cr.Deny(resources=("a_friend", "support_line", "the_pub"))
    assert answer(ask(one, command, CLINICIAN)).reasons[0].fields == ("resources[0]", "resources[2]")


@pytest.mark.parametrize("slip", [1, 2, 3, 1_000_000])
def test_a_slip_is_taken_up_by_its_number_once(slip: int) -> None:
    """CM-10: there are two, and the first is taken up; no other number is anything."""
    one = with_slips("under_way", taken_up=False)
    verdict = answer(ask(one, take_up(slip), CLINICIAN))
    assert verdict.permitted is (slip == 2)
    assert slip == 2 or verdict.reasons[0].fields == ("slip",)


@pytest.mark.parametrize(("done", "next_step"), [(0, "inform_contact"), (1, "send_survey"), (2, None)])
def test_own_steps_are_done_one_after_the_other(done: int, next_step: str | None) -> None:
    """CM-07: only the next one, none again, and none that the contract has not."""
    one = closing(done)
    for step in (*WITH_STEPS.case_review.own_steps, "hold_a_party"):
        verdict = answer(ask(one, cr.DoOwnStep(step=step), TEAM))
        assert verdict.permitted is (step == next_step)
    assert answer(ask(one, cr.Close(), TEAM)).permitted is (done == 2)


def test_a_contract_without_own_steps_takes_none() -> None:
    """CM-07: where the organisation asks for nothing, nothing stands in the way of closing."""
    one = Journey().to("closing")
    assert answer(ask(one, cr.DoOwnStep(step="send_survey"), TEAM)).codes == ("next_own_step",)
    assert answer(ask(one, cr.Close(), TEAM)).permitted


# --- the policy -------------------------------------------------------------------------------------------------------


def test_without_a_policy_only_the_policy_is_missing() -> None:
    """IN-11: the reasons of a refusal are what stands in the way, and not what follows from it."""
    risky = Journey().to("review")
    risky.do(RISK, THERAPIST)
    cases: tuple[tuple[Journey, Any, Actor], ...] = (
        (Journey(), open_case(kind="pets"), CLINICIAN),
        (Journey().to("opened"), cr.Discontinue(reason="bad_weather"), TEAM),
        (Journey().to("review"), cr.OfferFurtherSession(destination="the_seaside"), CLINICIAN),
        (Journey().to("review"), cr.Deny(resources=("a_friend",)), CLINICIAN),
        (Journey().to("notes_review"), cr.FlagNotes(action="wait_and_see"), CLINICIAN),
        (Journey().to("closing"), cr.DoOwnStep(step="hold_a_party"), TEAM),
        (Journey(WITH_STEPS).to("closing"), cr.Close(), TEAM),
        (risky, take_up(action="wait_and_see"), CLINICIAN),
    )
    for one, command, by in cases:
        assert WORKFLOW.verdict(one.snapshot, command, context(one.now, by, None)).codes == ("policy_in_force",)


def test_without_a_policy_the_system_decides_nothing() -> None:
    """CM-02, IN-11: whether a case is reviewed is the contract's word."""
    for kind, trigger, guard in (
        ("couples", "ask_for_review", "review_needed"),
        ("individual", "need_no_review", "no_review_needed"),
    ):
        snapshot, command, _ = held(kind, trigger)
        verdict = WORKFLOW.verdict(snapshot, command, context(START.replace(year=2027), SYSTEM, None))
        assert set(verdict.codes) == {guard, "policy_in_force"}


def test_an_opening_needs_the_policy_of_its_contract_and_day() -> None:
    """IN-11: another contract's, one that is over and none at all are refused."""
    over = Policy(
        contract="standard",
        version="0",
        source="An older edition",
        effective_from=date(2020, 1, 1),
        effective_to=date(2026, 10, 27),
    )
    for policy in (WITH_STEPS, over, None):
        assert WORKFLOW.verdict(None, open_case(), context(START, CLINICIAN, policy)).codes == ("policy_in_force",)
    assert WORKFLOW.verdict(None, open_case(), context(START, CLINICIAN, STANDARD)).permitted


def test_a_slip_is_raised_without_looking_at_the_policy() -> None:
    """CM-10: nothing but who somebody is stands between a risk and its record."""
    one = Journey().to("under_way")
    for by in (THERAPIST, CLINICIAN, TEAM):
        assert WORKFLOW.verdict(one.stands, RISK, context(one.now, by, None)).permitted
