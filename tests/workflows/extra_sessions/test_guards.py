"""Every guard: a case in which it alone stands in the way, and one in which it is met."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from eap_workflow.policy import STANDARD, Policy, RequestTerms, ReviewTerms
from eap_workflow.process import ByClock, CaseTotals, Context
from eap_workflow.states import EXTRA_SESSIONS
from eap_workflow.steps import Snapshot
from eap_workflow.values import SYSTEM, Actor, Reference, Role
from eap_workflow.verdict import Verdict
from eap_workflow.workflows import extra_sessions as xs
from eap_workflow.workflows.extra_sessions.guards import PREDICATES
from tests import journeys
from tests.journeys import (
    APPROVER,
    CONSULTANT,
    DAY,
    DEEMING,
    IN_ADVANCE,
    LARGE,
    MANAGER,
    MID_ALLOCATION,
    NEVER_REVIEWED,
    NOT_AT_ALL,
    OTHER_APPROVER,
    OTHER_CONSULTANT,
    OTHER_STAFF,
    REFUSING,
    REMINDING,
    SMALL,
    STAFF,
    TEAM,
    WITH_CONSENT,
    Journey,
)

WORKFLOW = xs.PROCESS.workflow
Ask = tuple[Snapshot | None, Any, Context]


def ask(one: Journey, command: Any, by: Actor, policy: Policy | None = None) -> Ask:
    """Ask about a request as it stands now, under its own contract or another."""
    context = journeys.context(one.now, by, policy or one.policy, case=one.case)
    return one.snapshot, command, context


def drafted(policy: Policy = STANDARD, case: CaseTotals | None = None, **changes: Any) -> Journey:
    """A request with a whole form, but for the changes."""
    one = Journey(policy, case=case or CaseTotals())
    one.do(journeys.draft(policy, **changes), CONSULTANT)
    return one


def submitted(policy: Policy, tally: xs.Tally, case: CaseTotals | None = None) -> Ask:
    """A request between being submitted and being routed, where nobody ever finds one."""
    one = drafted(policy, case)
    one.do(journeys.submit(tally, policy), CONSULTANT)
    step = next(step for step in one.trail if step.trigger == "submit")
    snapshot = xs.PROCESS.replay(one.trail[: step.version])
    return snapshot, ByClock(trigger="refer"), journeys.context(one.now, SYSTEM, policy, case=one.case)


def routed(trigger: str, policy: Policy, tally: xs.Tally) -> Ask:
    """Ask about one of the two ways on from there."""
    snapshot, _, context = submitted(policy, tally)
    return snapshot, ByClock(trigger=trigger), context


def at_due(policy: Policy, state: str, trigger: str, *, early: bool = False) -> Ask:
    """Ask about a move of the clock at the instant at which it is due, or a moment before."""
    one = Journey(policy).to(state)
    snapshot = one.stands
    due_at = snapshot.deadlines[0].passes_at
    if trigger != "overdue":
        _, snapshot = xs.PROCESS.tick(snapshot, journeys.context(due_at - timedelta(seconds=1), SYSTEM, policy))
    at = due_at - timedelta(seconds=1) if early else due_at
    return snapshot, ByClock(trigger=trigger), journeys.context(at, SYSTEM, policy)


def in_advance(used: int) -> Ask:
    """Ask about an approval in advance, when others have used so many of six."""
    one = drafted(IN_ADVANCE, CaseTotals(approved_in_advance=5))
    one.do(journeys.submit(SMALL), CONSULTANT)
    case = CaseTotals(approved_in_advance=used)
    return one.stands, ByClock(trigger="approve_in_advance"), journeys.context(one.now, SYSTEM, IN_ADVANCE, case=case)


NARROW = journeys.contract("narrow", requests=RequestTerms(sessions_per_request=2))

CASES: Mapping[str, tuple[Callable[[], Ask], Callable[[], Ask]]] = {
    "own_request": (
        lambda: ask(drafted(), xs.Withdraw(), OTHER_CONSULTANT),
        lambda: ask(drafted(), xs.Withdraw(), CONSULTANT),
    ),
    "own_employer": (
        lambda: ask(Journey().to("employer_decision"), xs.Approve(), OTHER_APPROVER),
        lambda: ask(Journey().to("employer_decision"), xs.Approve(), APPROVER),
    ),
    "decider_not_requestor": (
        lambda: ask(
            Journey().to("clinical_review"), xs.Support(), Actor(role=Role.CLINICAL_MANAGER, id=Reference("con-1"))
        ),
        lambda: ask(Journey().to("clinical_review"), xs.Support(), MANAGER),
    ),
    "filed_for_a_consultant": (
        lambda: ask(Journey(), journeys.draft(consultant="con-2"), CONSULTANT),
        lambda: ask(Journey(), journeys.draft(consultant="con-2"), STAFF),
    ),
    "policy_in_force": (
        lambda: ask(Journey().to("clinical_review"), xs.Support(), MANAGER, REMINDING),
        lambda: ask(Journey().to("clinical_review"), xs.Support(), MANAGER, STANDARD),
    ),
    "form_in_range": (
        lambda: ask(Journey(), journeys.draft(sessions=5), CONSULTANT),
        lambda: ask(Journey(), journeys.draft(sessions=4), CONSULTANT),
    ),
    "form_complete": (
        lambda: ask(drafted(goal=None), journeys.submit(), CONSULTANT),
        lambda: ask(drafted(), journeys.submit(), CONSULTANT),
    ),
    "form_still_allowed": (
        lambda: ask(drafted(REMINDING), journeys.submit(), CONSULTANT, NARROW),
        lambda: ask(drafted(REMINDING, sessions=2), journeys.submit(), CONSULTANT, NARROW),
    ),
    "contract_allows": (
        lambda: ask(drafted(NOT_AT_ALL), journeys.submit(), CONSULTANT),
        lambda: ask(drafted(), journeys.submit(), CONSULTANT),
    ),
    "consent_given": (
        lambda: ask(drafted(WITH_CONSENT, consent=None), journeys.submit(), CONSULTANT),
        lambda: ask(drafted(WITH_CONSENT), journeys.submit(), CONSULTANT),
    ),
    "tally_of_the_window": (
        lambda: ask(
            drafted(),
            journeys.submit(xs.Tally(completed=1, scheduled=0, remaining=0, since=date(2025, 10, 28))),
            CONSULTANT,
        ),
        lambda: ask(
            drafted(),
            journeys.submit(xs.Tally(completed=1, scheduled=0, remaining=0, since=date(2025, 10, 29))),
            CONSULTANT,
        ),
    ),
    "within_the_allocation": (
        lambda: ask(
            drafted(MID_ALLOCATION), journeys.submit(xs.Tally(completed=2, scheduled=1, remaining=3)), CONSULTANT
        ),
        lambda: ask(
            drafted(MID_ALLOCATION), journeys.submit(xs.Tally(completed=3, scheduled=1, remaining=2)), CONSULTANT
        ),
    ),
    "review_needed": (
        lambda: routed("refer", NEVER_REVIEWED, LARGE),
        lambda: routed("refer", STANDARD, LARGE),
    ),
    "review_not_needed": (
        lambda: routed("forward", STANDARD, LARGE),
        lambda: routed("forward", STANDARD, SMALL),
    ),
    "approved_in_advance": (lambda: in_advance(3), lambda: in_advance(2)),
    "details_complete": (
        lambda: ask(
            Journey().to("further_details"), xs.ProvideDetails(details={"plan": Reference("doc-1")}), CONSULTANT
        ),
        lambda: ask(Journey().to("further_details"), journeys.DETAILS, CONSULTANT),
    ),
    "short_term": (
        lambda: ask(reviewed(goal="ongoing_support", referral="none_needed"), xs.Support(), MANAGER),
        lambda: ask(reviewed(goal="ongoing_support", referral="private_practice"), xs.Support(), MANAGER),
    ),
    "fewer_sessions": (
        lambda: ask(Journey().to("clinical_review"), xs.Reduce(sessions=4), MANAGER),
        lambda: ask(Journey().to("clinical_review"), xs.Reduce(sessions=3), MANAGER),
    ),
    "reason_listed": (
        lambda: ask(Journey().to("clinical_review"), xs.Decline(reason="bad_weather"), MANAGER),
        lambda: ask(Journey().to("clinical_review"), xs.Decline(reason="not_funded"), MANAGER),
    ),
    "another_consultant": (
        lambda: ask(drafted(), xs.Reassign(consultant=Reference("con-1")), TEAM),
        lambda: ask(drafted(), xs.Reassign(consultant=Reference("con-2")), TEAM),
    ),
    "within_the_practice": (
        lambda: ask(drafted(), xs.Reassign(consultant=Reference("con-2"), practice=Reference("pr-2")), STAFF),
        lambda: ask(drafted(), xs.Reassign(consultant=Reference("con-2"), practice=Reference("pr-2")), TEAM),
    ),
    "limit_runs": (
        lambda: ask(Journey().to("further_details"), xs.ExtendLimit(working_days=1), TEAM),
        lambda: ask(Journey(REMINDING).to("further_details"), xs.ExtendLimit(working_days=1), TEAM),
    ),
    "later_date_ahead": (
        lambda: ask(passed_two_days_ago(), xs.ExtendLimit(working_days=1), TEAM),
        lambda: ask(passed_two_days_ago(), xs.ExtendLimit(working_days=2), TEAM),
    ),
    "due": (
        lambda: at_due(STANDARD, "clinical_review", "overdue", early=True),
        lambda: at_due(STANDARD, "clinical_review", "overdue"),
    ),
    "contract_deems_approval": (
        lambda: deemed_otherwise("deem_approved"),
        lambda: at_due(DEEMING, "employer_decision", "deem_approved"),
    ),
    "contract_deems_refusal": (
        lambda: deemed_otherwise("deem_declined"),
        lambda: at_due(REFUSING, "employer_decision", "deem_declined"),
    ),
    "outcome_not_relayed": (lambda: relayed(told=True), lambda: relayed(told=False)),
}


def passed_two_days_ago() -> Journey:
    """A request that should have been reviewed by the day before yesterday; both days since were working days."""
    one = Journey().to("clinical_review")
    one.wait(one.stands.deadlines[0].passes_at + timedelta(days=1))
    return one


def reviewed(**changes: Any) -> Journey:
    """A request in clinical review, with a changed form."""
    one = drafted(**changes)
    one.do(journeys.submit(LARGE), CONSULTANT)
    one.do(journeys.DETAILS, CONSULTANT)
    return one


def deemed_otherwise(trigger: str) -> Ask:
    """A deemed outcome in the clock's schedule that the policy of that very version does not deem."""
    policy = DEEMING if trigger == "deem_approved" else REFUSING
    snapshot, command, context = at_due(policy, "employer_decision", trigger)
    escalating = journeys.contract(policy.version, limits=journeys.ESCALATING)
    return snapshot, command, journeys.context(context.at, SYSTEM, escalating)


def relayed(*, told: bool) -> Ask:
    """A request whose outcome the case team tells, before and after it did."""
    one = Journey(journeys.TOLD_BY_THE_TEAM).to("approved")
    if told:
        one.do(xs.Relay(), TEAM)
    return ask(one, xs.Relay(), TEAM)


def answer(case: Ask) -> Verdict:
    """Ask the table itself, without the moves that the clock would make before."""
    return WORKFLOW.verdict(*case)


@pytest.mark.parametrize("name", PREDICATES)
def test_a_guard_can_be_the_only_thing_in_the_way(name: str) -> None:
    """Everything else is met, and the refusal names this guard alone, with its sentence and its rules."""
    verdict = answer(CASES[name][0]())
    assert verdict.codes == (name,)
    guard = next(guard for guard in EXTRA_SESSIONS.guards if guard.name == name)
    assert verdict.reasons[0].sentence == guard.sentence
    assert verdict.reasons[0].rules == guard.rules
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
    assert CASES.keys() == PREDICATES.keys() == {guard.name for guard in EXTRA_SESSIONS.guards}


# --- what stands in the way, exactly ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "fields"),
    [
        (lambda: ask(Journey(), journeys.draft(sessions=5, goal="fun"), CONSULTANT), ("sessions", "goal")),
        (lambda: ask(drafted(goal=None, client=None), journeys.submit(), CONSULTANT), ("client", "goal")),
        (
            lambda: ask(
                Journey().to("further_details"), xs.ProvideDetails(details={"plan": Reference("d")}), CONSULTANT
            ),
            ("details.rationale", "details.progress"),
        ),
        (
            lambda: ask(
                Journey().to("further_details"),
                xs.ProvideDetails(details={**journeys.DETAILS.details, "extra": Reference("d")}),
                CONSULTANT,
            ),
            ("details",),
        ),
        (
            lambda: ask(
                drafted(),
                journeys.submit(
                    xs.Tally(completed=1, scheduled=0, remaining=0, since=date(2026, 1, 1), until=date(2026, 1, 1))
                ),
                CONSULTANT,
            ),
            ("tally.since", "tally.until"),
        ),
        (
            lambda: ask(
                drafted(journeys.FROM_FIRST_SESSION),
                xs.Submit(tally=xs.Tally(completed=1, scheduled=0, remaining=0)),
                CONSULTANT,
            ),
            ("tally.first_session_on",),
        ),
    ],
)
def test_a_refusal_points_at_the_fields(case: Callable[[], Ask], fields: tuple[str, ...]) -> None:
    """Where a guard can say which fields are wrong or missing, it does."""
    verdict = answer(case())
    assert len(verdict.reasons) == 1
    assert verdict.reasons[0].fields == fields


# --- who is who -------------------------------------------------------------------------------------------------------


def test_the_practices_staff_acts_on_what_the_practice_holds() -> None:
    """IN-07, XS-02: any of its staff; not another practice's; and without a practice, only who filed it."""
    one = drafted()
    assert answer(ask(one, xs.Withdraw(), STAFF)).permitted
    assert answer(ask(one, xs.Withdraw(), journeys.actor(Role.PRACTICE, "desk-9", practice="pr-1"))).permitted
    assert answer(ask(one, xs.Withdraw(), OTHER_STAFF)).codes == ("own_request",)
    alone = Journey()
    freelance = journeys.actor(Role.PRACTICE, "desk-5")
    alone.do(journeys.draft(consultant="con-7"), freelance)
    assert answer(ask(alone, xs.Withdraw(), freelance)).permitted
    assert answer(ask(alone, xs.Withdraw(), journeys.actor(Role.PRACTICE, "desk-6"))).codes == ("own_request",)
    assert answer(ask(alone, xs.Withdraw(), STAFF)).codes == ("own_request",)


def test_a_reassigned_request_is_the_new_holders() -> None:
    """IN-07: from then on the new consultant acts, and the old one does not."""
    one = drafted()
    one.do(xs.Reassign(consultant=OTHER_CONSULTANT.id, practice=Reference("pr-2")), TEAM)
    assert answer(ask(one, xs.Withdraw(), OTHER_CONSULTANT)).permitted
    assert answer(ask(one, xs.Withdraw(), CONSULTANT)).codes == ("own_request",)
    assert answer(ask(one, xs.Withdraw(), OTHER_STAFF)).permitted


@pytest.mark.parametrize("name", ["con-1", "desk-1", "con-3", "desk-8", "con-4"])
def test_nobody_who_asked_reviews(name: str) -> None:
    """IN-07: not who filed, held, revised, submitted, answered or holds it, under whatever role."""
    one = Journey()
    staff = [journeys.actor(Role.PRACTICE, desk, practice="pr-1") for desk in ("desk-1", "desk-8")]
    one.do(journeys.draft(consultant="con-1"), staff[0])
    one.do(xs.Reassign(consultant=Reference("con-3")), staff[0])
    one.do(journeys.submit(LARGE), staff[1])
    one.do(journeys.DETAILS, journeys.actor(Role.CONSULTANT, "con-3"))
    one.do(xs.Reassign(consultant=Reference("con-4")), TEAM)
    reviewer = journeys.actor(Role.CLINICAL_MANAGER, name)
    for command in (xs.Support(), xs.Reduce(sessions=1), journeys.DECLINE):
        assert answer(ask(one, command, reviewer)).codes == ("decider_not_requestor",)
    assert answer(ask(one, xs.Support(), MANAGER)).permitted


def test_an_approver_without_an_organisation_approves_nothing() -> None:
    """IN-07: who acts for nobody acts for no request, one without an employer included."""
    one = Journey().to("employer_decision")
    assert answer(ask(one, xs.Approve(), journeys.actor(Role.EMPLOYER, "hr-1"))).codes == ("own_employer",)


# --- what contracts may say besides -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("completed", "booked", "permitted"), [(0, 6, False), (2, 4, False), (3, 3, True), (5, 1, True), (6, 0, False)]
)
def test_a_contract_may_take_requests_in_some_part_of_the_allocation(
    completed: int, booked: int, *, permitted: bool
) -> None:
    """XS-02: from the middle session, and not after the last one."""
    one = drafted(MID_ALLOCATION)
    tally = xs.Tally(completed=completed, scheduled=0, remaining=booked)
    assert answer(ask(one, journeys.submit(tally), CONSULTANT)).permitted is permitted


@pytest.mark.parametrize(("asked", "used", "permitted"), [(4, 2, True), (4, 3, False), (1, 5, True), (1, 6, False)])
def test_a_contract_may_approve_a_number_in_advance(asked: int, used: int, *, permitted: bool) -> None:
    """XS-05: up to the number for one Assist Case, and not one session more, without asking the employer."""
    one = drafted(IN_ADVANCE, CaseTotals(approved_in_advance=used), sessions=asked)
    one.do(journeys.submit(SMALL), CONSULTANT)
    assert one.stands.state == ("approved" if permitted else "employer_decision")


def test_a_contract_without_an_advance_approves_none() -> None:
    """XS-05: in the standard contract every request is put to the employer."""
    one = Journey().to("employer_decision")
    verdict = answer((one.stands, ByClock(trigger="approve_in_advance"), one.context(SYSTEM)))
    assert verdict.codes == ("approved_in_advance",)


def test_a_goal_that_needs_no_referral_is_short_term() -> None:
    """CR-04: the contract says which goals are ongoing support; others are supported with any referral."""
    for goal in ("return_to_work", "relapse_prevention"):
        assert answer(ask(reviewed(goal=goal, referral="none_needed"), xs.Support(), MANAGER)).permitted


def test_without_a_policy_only_the_policy_is_missing() -> None:
    """IN-11: the reasons of a refusal are what stands in the way, and not what follows from it."""
    cases = (
        (drafted(), journeys.submit(), CONSULTANT),
        (Journey().to("further_details"), journeys.DETAILS, CONSULTANT),
        (reviewed(goal="ongoing_support"), xs.Support(), MANAGER),
        (Journey().to("clinical_review"), xs.Reduce(sessions=1), MANAGER),
        (Journey().to("employer_decision"), journeys.DECLINE, APPROVER),
    )
    for one, command, by in cases:
        context = journeys.context(one.now, by, None)
        assert WORKFLOW.verdict(one.stands, command, context).codes == ("policy_in_force",)


def test_without_a_policy_the_system_decides_nothing() -> None:
    """IN-04, IN-11: routing, an advance and a deemed outcome all need the contract's word."""
    snapshot, _, context = submitted(STANDARD, LARGE)
    bare = journeys.context(context.at, SYSTEM, None)
    for trigger, guard in (("refer", "review_needed"), ("forward", "review_not_needed")):
        assert WORKFLOW.verdict(snapshot, ByClock(trigger=trigger), bare).codes == (guard, "policy_in_force")
    one = Journey(DEEMING).to("employer_decision")
    late = journeys.context(one.now + 30 * DAY, SYSTEM, None)
    for trigger, guard in (
        ("approve_in_advance", "approved_in_advance"),
        ("deem_approved", "contract_deems_approval"),
    ):
        codes = WORKFLOW.verdict(one.stands, ByClock(trigger=trigger), late).codes
        assert set(codes) == {"policy_in_force", guard}


def test_a_review_may_be_always_or_never() -> None:
    """XS-04, XS-05: a contract may have every request reviewed, or none."""
    huge = xs.Tally(completed=40, scheduled=0, remaining=0)
    none = xs.Tally(completed=0, scheduled=0, remaining=0)
    for terms, tally, state in (
        (ReviewTerms(when="always"), none, "further_details"),
        (ReviewTerms(when="never"), huge, "employer_decision"),
    ):
        one = drafted(journeys.contract("reviews", review=terms))
        one.do(journeys.submit(tally), CONSULTANT)
        assert one.stands.state == state


@pytest.mark.parametrize(
    ("at", "code", "most"),
    [
        (lambda n: ask(Journey(), journeys.draft(sessions=n), CONSULTANT), "form_in_range", 4),
        (lambda n: ask(drafted(sessions=n), journeys.submit(), CONSULTANT, NARROW), "form_still_allowed", 2),
        (lambda n: ask(Journey().to("clinical_review"), xs.Reduce(sessions=n), MANAGER), "fewer_sessions", 3),
    ],
)
def test_a_number_beyond_a_bound_is_told_the_bound(at: Callable[[int], Ask], code: str, most: int) -> None:
    """So many are not refused for their number, one more is, and the refusal says how many there may be (XS-03, CR-03)."""
    assert code not in answer(at(most)).codes
    (reason,) = [each for each in answer(at(most + 1)).reasons if each.code == code]
    assert dict(reason.at_most) == {"sessions": most}
    assert f"sessions: at most {most}" in reason.about


def test_where_no_number_would_do_none_is_named() -> None:
    """Of one session nothing can be left, and what is about no number names none (CR-03)."""
    one = drafted(sessions=1)
    one.do(journeys.submit(xs.Tally(completed=12, scheduled=0, remaining=0)), CONSULTANT)
    one.do(journeys.DETAILS, CONSULTANT)
    for command in (xs.Reduce(sessions=1), xs.Decline(reason="bad_weather")):
        assert [dict(each.at_most) for each in answer(ask(one, command, MANAGER)).reasons] == [{}]
