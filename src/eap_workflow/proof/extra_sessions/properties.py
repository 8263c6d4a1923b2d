"""What holds of every request for extra sessions."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from eap_workflow.proof.extra_sessions.letters import standing
from eap_workflow.proof.properties import Property, by_role, shared
from eap_workflow.values import Role
from eap_workflow.views import may_schedule

if TYPE_CHECKING:
    from eap_workflow.proof.walking import World
    from eap_workflow.steps import Snapshot, Step

FINALS = frozenset({"approved", "declined", "withdrawn", "lapsed"})
PENDING = ("further_details", "clinical_review", "employer_decision")


def _approved_by_the_employer(world: World, before: Snapshot | None, step: Step, _after: Snapshot) -> bool:
    if step.target != "approved" or step.source == "approved" or before is None:
        return True
    terms = world.policy
    if step.trigger == "deem_approved":
        return terms.limits.employer_decision.when_passed == "deem_approved"
    if step.trigger == "approve_in_advance":
        return bool(before.body.sessions <= terms.requests.approved_in_advance)
    return by_role(step, Role.EMPLOYER, "approve") and step.by.employer == before.body.form.employer


def _is_to_be_reviewed(world: World, snapshot: Snapshot) -> bool:
    when = world.policy.review.when
    return when == "always" or (when == "at_threshold" and standing(snapshot) >= 0)


def _supported_first(world: World, before: Snapshot | None, step: Step, after: Snapshot) -> bool:
    entered = step.target == "employer_decision" != step.source
    if not entered or before is None or not _is_to_be_reviewed(world, before):
        return True
    return by_role(step, Role.CLINICAL_MANAGER, "support", "reduce") and after.body.reviewed_by == step.by.id


def _straight_below(world: World, before: Snapshot | None, step: Step, _after: Snapshot) -> bool:
    return step.target != "further_details" or before is None or _is_to_be_reviewed(world, before)


DECIDING = ("support", "reduce", "decline", "approve")


def _no_own_request(_world: World, before: Snapshot | None, step: Step, _after: Snapshot) -> bool:
    return before is None or step.trigger not in DECIDING or step.by.id not in before.body.holder.requestors


def _reviewer_stays_apart(_world: World, snapshot: Snapshot, _at: datetime) -> bool:
    return snapshot.body.reviewed_by not in snapshot.body.holder.requestors


def _answered_first(_world: World, snapshot: Snapshot, _at: datetime) -> bool:
    reviewed = snapshot.state == "clinical_review" or snapshot.body.reviewed_by is not None
    return not reviewed or snapshot.body.details is not None


def _nothing_scheduled(_world: World, _before: Snapshot | None, _step: Step, after: Snapshot) -> bool:
    answer = may_schedule(after)
    told = after.body.relayed_at is not None
    if after.state in PENDING:
        return not answer.permitted and not told
    if after.state in ("approved", "declined") and not told:
        return not answer.permitted
    return bool(answer.extra_sessions == (after.body.sessions if after.state == "approved" else 0))


def _never_more(world: World, snapshot: Snapshot, _at: datetime) -> bool:
    body = snapshot.body
    if body.submission is None:
        return True
    return bool(1 <= body.sessions <= body.form.sessions <= world.policy.requests.sessions_per_request)


def _only_reduced(_world: World, before: Snapshot | None, step: Step, after: Snapshot) -> bool:
    if before is None or step.trigger == "draft":
        return True
    was, stands = before.body.sessions, after.body.sessions
    return bool(stands < was if step.trigger == "reduce" else stands == was)


def _referred(_world: World, snapshot: Snapshot, _at: datetime) -> bool:
    form = snapshot.body.form
    return snapshot.body.reviewed_by is None or form.goal != "ongoing_support" or form.referral != "none_needed"


def _relayed_once(_world: World, before: Snapshot | None, step: Step, _after: Snapshot) -> bool:
    if step.trigger != "relay" or before is None:
        return True
    return before.body.decision is not None and before.body.relayed_at is None and before.state in FINALS


def _own_withdrawal(_world: World, before: Snapshot | None, step: Step, _after: Snapshot) -> bool:
    if step.trigger != "withdraw" or before is None:
        return True
    own = step.by.id == before.body.holder.consultant or step.by.practice == before.body.holder.practice
    return own and before.body.decision is None and step.by.role in (Role.CONSULTANT, Role.PRACTICE)


PROPERTIES = (
    Property(
        name="approved_by_the_employer",
        sentence="A request is approved by its own employer, or because the contract approves in advance or deems it approved.",
        rules=("XS-07", "CR-08", "IN-04", "IN-07", "IN-09"),
        on=_approved_by_the_employer,
        ltl="!in_approved W ((took_approve && by_employer && by_the_own) || (took_deem_approved && deems_approval)"
        " || (took_approve_in_advance && in_advance))",
    ),
    Property(
        name="supported_first",
        sentence="What the contract has reviewed, at or over the threshold, is put to the employer by a clinical manager's"
        " support and in no other way.",
        rules=("XS-04", "CR-03", "CR-05", "IN-06"),
        on=_supported_first,
        ltl="[] (is_to_be_reviewed && in_employer_decision && is_new_here ->"
        " by_clinical_manager && (took_support || took_reduce))",
    ),
    Property(
        name="straight_below",
        sentence="What the contract does not have reviewed is asked no further details.",
        rules=("XS-05", "CR-01"),
        on=_straight_below,
        ltl="[] (in_further_details -> is_to_be_reviewed)",
    ),
    Property(
        name="nobody_decides_their_own",
        sentence="Who supports, reduces, declines or approves never held, filed, submitted or explained the request.",
        rules=("IN-07",),
        on=_no_own_request,
        ltl="[] !decided_own",
    ),
    Property(
        name="the_reviewer_stays_apart",
        sentence="The clinical manager who supported a request is never one of its requestors, later neither.",
        rules=("IN-07", "XS-02"),
        at=_reviewer_stays_apart,
        ltl="[] (reviewer != 0 -> !((requestors >> reviewer) & 1))",
    ),
    Property(
        name="answered_first",
        sentence="No request is reviewed before its further details are complete.",
        rules=("CR-01", "CR-02"),
        at=_answered_first,
        ltl="!in_clinical_review W took_provide_details",
        by_rows=True,
    ),
    Property(
        name="nothing_scheduled_while_pending",
        sentence="From submission until the outcome was relayed nothing new may be scheduled, and then what was approved.",
        rules=("XS-09", "IN-10"),
        on=_nothing_scheduled,
        ltl="[] (took_relay -> (in_approved || in_declined))",
        by_rows=True,
    ),
    Property(
        name="never_more_sessions",
        sentence="A submitted request stands at one session at least, and at no more than were asked for and the contract"
        " allows.",
        rules=("XS-03", "CR-03"),
        at=_never_more,
        ltl="[] (sessions <= asked_for)",
    ),
    Property(
        name="only_a_reduction_changes_the_number",
        sentence="Once submitted, the number of sessions only ever falls, by a clinical manager's reduction; what the employer"
        " approves is what was put to it.",
        rules=("CR-03", "IN-09"),
        on=_only_reduced,
        ltl="[] (took_reduce -> sessions < asked_for)",
    ),
    Property(
        name="ongoing_support_is_referred",
        sentence="Ongoing support is supported only with a referral to longer-term support.",
        rules=("CR-04",),
        at=_referred,
        ltl="[] ((took_support || took_reduce) -> !unreferred)",
    ),
    Property(
        name="relayed_once_decided",
        sentence="An outcome is relayed when there is one, and once.",
        rules=("XS-08", "IN-05"),
        on=_relayed_once,
        ltl="[] (relays <= 1)",
    ),
    Property(
        name="withdrawn_by_its_own",
        sentence="Only the requestor's side withdraws a request, and only while it has no decision.",
        rules=("IN-08",),
        on=_own_withdrawal,
        ltl="[] (in_withdrawn && took_withdraw -> (by_consultant || by_practice))",
        by_rows=True,
    ),
    *shared(FINALS, ("deem_approved", "deem_declined", "lapse"), ("IN-08",)),
)
