"""Whether what is stated of a request from another system holds together: what its state implies, and nothing against it.

The first step of such a request is no row of the table, because guards do not apply to what has happened elsewhere. In
their place stands `CLAIMS`: each looks at how the fields fit each other, the contract and the state.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from eap_workflow.adoption.claims import BY_THE_CASE_TEAM, Claim, PartsByState
from eap_workflow.adoption.limits import done_otherwise, due_before_it_starts, not_those_that_run
from eap_workflow.local_time import local_day
from eap_workflow.states import EXTRA_SESSIONS
from eap_workflow.values import Role
from eap_workflow.workflows.extra_sessions.adopted import LIMITS, Adopt
from eap_workflow.workflows.extra_sessions.request import REQUIRED
from eap_workflow.workflows.extra_sessions.tally import months_before, tally_window

if TYPE_CHECKING:
    from eap_workflow.policy import Policy
    from eap_workflow.process import Context

LED_THERE = ("details", "reviewed_by", "put_to_employer_at")
BY_STATE = PartsByState(
    needs={
        "draft": (),
        "further_details": ("submission",),
        "clinical_review": ("submission", "details"),
        "employer_decision": ("submission", "put_to_employer_at"),
        "approved": ("submission", "decision"),
        "declined": ("submission", "decision"),
        "withdrawn": (),
        "lapsed": ("submission",),
    },
    may_have={
        "employer_decision": ("details", "reviewed_by"),
        "approved": (*LED_THERE, "relayed_at"),
        "declined": (*LED_THERE, "relayed_at"),
        "withdrawn": ("submission", *LED_THERE),
    },
)


def _another_policy(stated: Adopt, context: Context) -> Iterator[str]:
    policy, submission, contract = context.policy, stated.submission, stated.form.contract
    if submission is not None:
        if submission.policy.contract != contract:
            yield "submission.policy.contract"
        elif policy is None or policy.ref != submission.policy or not policy.in_force_on(submission.submitted_on):
            yield "submission.policy.version"
    elif stated.state == "draft" and contract is not None:
        at = context.at
        if policy is None or policy.contract != contract or not policy.in_force_on(local_day(at, policy.zone)):
            yield "form.contract"


def _not_filled_in(stated: Adopt, _context: Context) -> Iterator[str]:
    if stated.submission is not None:
        yield from (f"form.{name}" for name in REQUIRED if getattr(stated.form, name) is None)
        if stated.holder.consultant is None:
            yield "holder.consultant"


def _out_of_range(stated: Adopt, context: Context) -> Iterator[str]:
    form, policy = stated.form, context.policy
    if form.follows == context.request:
        yield "form.follows"
    if policy is not None and (stated.submission is not None or stated.state == "draft"):
        terms = policy.requests
        if form.sessions is not None and form.sessions > terms.sessions_per_request:
            yield "form.sessions"
        if form.goal is not None and form.goal not in terms.goals:
            yield "form.goal"
        if form.referral is not None and form.referral not in terms.referrals:
            yield "form.referral"


def _without_consent(stated: Adopt, context: Context) -> Iterator[str]:
    asked_for = context.policy is not None and context.policy.requests.consent_required
    if asked_for and stated.submission is not None and stated.form.consent is None:
        yield "form.consent"


def _another_window(stated: Adopt, context: Context) -> Iterator[str]:
    submission, policy = stated.submission, context.policy
    if submission is None or policy is None:
        return
    submitted_on = submission.submitted_on
    if submission.until != submitted_on:
        yield "submission.until"
    if policy.review.window == "rolling":
        if submission.since != tally_window(policy, submitted_on).since:
            yield "submission.since"
    elif not months_before(submitted_on, policy.review.window_months) <= submission.since <= submitted_on:
        yield "submission.since"
    if submission.threshold != policy.review.threshold:
        yield "submission.threshold"


def _total_too_small(stated: Adopt, _context: Context) -> Iterator[str]:
    submission = stated.submission
    if submission is not None and submission.total < submission.pending + (stated.form.sessions or 0):
        yield "submission.total"


def _unanswered(stated: Adopt, context: Context) -> Iterator[str]:
    if stated.details is None or context.policy is None:
        return
    if stated.details.keys() != set(context.policy.requests.details_questions):
        yield "details"


def _off_the_path(stated: Adopt, _context: Context) -> Iterator[str]:
    """One way leads over the details and a review to the employer, and the other straight there (XS-05, CR-02, CR-05)."""
    decided, asked = stated.decision, stated.put_to_employer_at is not None
    in_advance = decided is not None and decided.trigger == "approve_in_advance"
    in_review = decided is not None and decided.stage == "clinical_review"
    if stated.details is None and (stated.reviewed_by is not None or in_review):
        yield "details"
    if in_review or stated.state in ("further_details", "clinical_review"):
        if stated.reviewed_by is not None:
            yield "reviewed_by"
        if asked:
            yield "put_to_employer_at"
        return
    if in_advance == asked and (asked or decided is not None):
        yield "put_to_employer_at"
    # What was withdrawn may have come as far as the review, and no further.
    went_on = asked or decided is not None
    if went_on and stated.details is not None and stated.reviewed_by is None:
        yield "reviewed_by"
    if stated.reviewed_by is not None and not went_on:
        yield "put_to_employer_at"
    if stated.submission is None:
        later = (*LED_THERE, "decision", "relayed_at")
        yield from (name for name in later if getattr(stated, name) is not None)


def _other_sessions(stated: Adopt, _context: Context) -> Iterator[str]:
    asked_for, sessions = stated.form.sessions, stated.sessions
    if sessions is not None:
        reduced = asked_for is not None and stated.reviewed_by is not None and sessions < asked_for
        if sessions != asked_for and not reduced:
            yield "sessions"


def _no_such_decision(stated: Adopt, _context: Context) -> Iterator[str]:
    decision = stated.decision
    if decision is None:
        return
    row = EXTRA_SESSIONS.row(decision.stage, decision.trigger)
    if row is None or row.move.is_self_move or row.target != stated.state:
        yield "decision.trigger"
        yield "decision.stage"
    elif decision.by.role not in row.who:
        yield "decision.by"


def _decided_by_another(stated: Adopt, _context: Context) -> Iterator[str]:
    decision, requestors = stated.decision, stated.holder.requestors
    if stated.reviewed_by in requestors:
        yield "reviewed_by"
    if decision is None or decision.by.role is Role.SYSTEM:
        return
    of_another = decision.by.role is Role.EMPLOYER and decision.by.employer != stated.form.employer
    if of_another or decision.by.id in requestors:
        yield "decision.by"


def _another_reason(stated: Adopt, context: Context) -> Iterator[str]:
    decision = stated.decision
    if decision is None:
        return
    listed = () if context.policy is None else context.policy.requests.decline_reasons
    if (decision.reason not in listed) if decision.trigger == "decline" else decision.reason is not None:
        yield "decision.reason"


def _not_deemed(stated: Adopt, context: Context) -> Iterator[str]:
    decision, policy = stated.decision, context.policy
    if decision is None or policy is None:
        return
    if decision.trigger == "approve_in_advance":
        holds = (stated.sessions or stated.form.sessions or 0) <= policy.requests.approved_in_advance
    elif decision.trigger.startswith("deem_") and decision.stage in ("clinical_review", "employer_decision"):
        holds = decision.trigger in policy.limits.terms[decision.stage].when_passed
    else:
        return
    if not holds:
        yield "decision.trigger"


def _requestors_left_out(stated: Adopt, _context: Context) -> Iterator[str]:
    holder = stated.holder
    named = {holder.consultant, holder.staff} - {None}
    if not named <= set(holder.requestors) or len(set(holder.requestors)) < len(holder.requestors):
        yield "holder.requestors"


def _limits_needed(stated: Adopt, policy: Policy | None) -> set[str]:
    state = EXTRA_SESSIONS.state(stated.state)
    needed = {name for name in state.limits if not LIMITS[name].chain}
    if state.final and stated.relayed_at is not None:
        needed.discard("relay")
    if policy is not None:
        needed &= policy.limits.terms.keys()
    return needed


def _other_limits(stated: Adopt, context: Context) -> Iterator[str]:
    # A sum of limits binds nobody, so that another system may never have stated one.
    sums = {name for name in EXTRA_SESSIONS.state(stated.state).limits if LIMITS[name].chain}
    return not_those_that_run(stated.limits, _limits_needed(stated, context.policy), sums)


def _done_otherwise(stated: Adopt, context: Context) -> Iterator[str]:
    if context.policy is not None:
        yield from done_otherwise(EXTRA_SESSIONS, stated.state, stated.limits, context.policy.limits.terms)


def _instants(stated: Adopt) -> Iterator[tuple[str, datetime]]:
    for position, each in enumerate(stated.limits):
        yield f"limits[{position}].started_at", each.started_at
    if stated.put_to_employer_at is not None:
        yield "put_to_employer_at", stated.put_to_employer_at
    if stated.decision is not None:
        yield "decision.at", stated.decision.at
    if stated.relayed_at is not None:
        yield "relayed_at", stated.relayed_at


def _in_the_future(stated: Adopt, context: Context) -> Iterator[str]:
    yield from (name for name, at in _instants(stated) if at > context.at)
    submission, policy = stated.submission, context.policy
    if submission is not None and policy is not None and submission.submitted_on > local_day(context.at, policy.zone):
        yield "submission.submitted_on"


def _out_of_order(stated: Adopt, context: Context) -> Iterator[str]:
    submission, policy = stated.submission, context.policy
    if submission is not None and policy is not None:
        yield from (name for name, at in _instants(stated) if local_day(at, policy.zone) < submission.submitted_on)
    decided_at = None if stated.decision is None else stated.decision.at
    put_at = stated.put_to_employer_at
    if put_at is not None and decided_at is not None and decided_at < put_at:
        yield "decision.at"
    if decided_at is not None and stated.relayed_at is not None and stated.relayed_at < decided_at:
        yield "relayed_at"
    # Each clock starts when its stage begins, or later (IN-02, IN-05), and a sum of limits with its first stage.
    begins = {"employer_decision": put_at, "relay": decided_at}
    for position, each in enumerate(stated.limits):
        earliest = begins.get(each.limit)
        if earliest is not None and each.started_at < earliest:
            yield f"limits[{position}].started_at"
        if LIMITS[each.limit].chain and any(each.started_at > other.started_at for other in stated.limits):
            yield f"limits[{position}].started_at"


def _due_before_it_starts(stated: Adopt, context: Context) -> Iterator[str]:
    return due_before_it_starts(EXTRA_SESSIONS, stated.limits, context)


CLAIMS = (
    BY_THE_CASE_TEAM,
    Claim(
        code="missing",
        sentence="A request in this state has what leads to it: its submission, its details, when it was put to the "
        "employer, its decision.",
        rules=("XS-02", "CR-02", "CR-05", "XS-08"),
        wrong=BY_STATE.missing,
    ),
    Claim(
        code="contradicts_the_state",
        sentence="A request in this state has not come as far as this.",
        rules=("XS-02", "CR-02", "CR-05", "XS-08"),
        wrong=BY_STATE.superfluous,
    ),
    Claim(
        code="policy_in_force",
        sentence="The policy is the contract's version that was in force on the day of submission; for a draft, today's.",
        rules=("IN-11",),
        wrong=_another_policy,
    ),
    Claim(
        code="form_complete",
        sentence="A request that was submitted has the whole form: requestor, case, client, employer, contract, sessions, "
        "goal, referral.",
        rules=("XS-01", "XS-02"),
        wrong=_not_filled_in,
    ),
    Claim(
        code="form_in_range",
        sentence="Sessions, goal and referral are within what the contract allows, and a request follows another one.",
        rules=("XS-02", "XS-03"),
        wrong=_out_of_range,
    ),
    Claim(
        code="consent_given",
        sentence="The client's consent is recorded, where the contract asks for it.",
        rules=("XS-01",),
        wrong=_without_consent,
    ),
    Claim(
        code="tally_of_the_window",
        sentence="The window and the threshold are the contract's, for the day of submission.",
        rules=("XS-04", "IN-06"),
        wrong=_another_window,
    ),
    Claim(
        code="total",
        sentence="The total takes in what was pending and what was asked for.",
        rules=("XS-04",),
        wrong=_total_too_small,
    ),
    Claim(
        code="details_complete",
        sentence="Every question of the contract's further details is answered, and no other.",
        rules=("CR-01", "CR-02"),
        wrong=_unanswered,
    ),
    Claim(
        code="path",
        sentence="A request comes to its employer straight from its submission, or after its details and a review.",
        rules=("XS-05", "CR-02", "CR-03", "CR-05"),
        wrong=_off_the_path,
    ),
    Claim(
        code="sessions",
        sentence="A request stands at what was asked for, or at fewer where a clinical manager reduced it.",
        rules=("CR-03", "IN-09"),
        wrong=_other_sessions,
    ),
    Claim(
        code="decision",
        sentence="The table has a move that leads from the stage, by this trigger and this role, to the state.",
        rules=("CR-03", "CR-08", "IN-04"),
        wrong=_no_such_decision,
    ),
    Claim(
        code="decider_not_requestor",
        sentence="Who reviews or decides is nobody who filed or held the request, and an approver acts for its employer.",
        rules=("IN-07",),
        wrong=_decided_by_another,
    ),
    Claim(
        code="reason_listed",
        sentence="What somebody declined has a reason of the contract's list, and nothing else has one.",
        rules=("CR-03", "CR-08"),
        wrong=_another_reason,
    ),
    Claim(
        code="contract_decides",
        sentence="The contract approves this many sessions in advance, or deems this outcome.",
        rules=("XS-05", "IN-04"),
        wrong=_not_deemed,
    ),
    Claim(
        code="requestors",
        sentence="The requestors are each named once, and the consultant and the staff who filed are among them.",
        rules=("XS-02", "IN-07"),
        wrong=_requestors_left_out,
    ),
    Claim(
        code="limits_of_the_state",
        sentence="Every limit runs that the contract sets for this state, once, and no other; the relay's until it is made.",
        rules=("IN-02", "IN-05", "IN-08", "IN-12"),
        wrong=_other_limits,
    ),
    Claim(
        code="done",
        sentence="What was done about a limit is something that the contract has done about it, each once.",
        rules=("IN-13",),
        wrong=_done_otherwise,
    ),
    Claim(
        code="not_yet",
        sentence="What has happened elsewhere happened before the request is taken over.",
        rules=("IN-13",),
        wrong=_in_the_future,
    ),
    Claim(
        code="out_of_order",
        sentence="Submission, stages, decision and relay follow each other in time, and each limit starts with its stage.",
        rules=("IN-02", "IN-05", "IN-13"),
        wrong=_out_of_order,
    ),
    Claim(
        code="due_before_start",
        sentence="A limit is due on the day on which it starts, or later.",
        rules=("IN-01", "IN-12"),
        wrong=_due_before_it_starts,
    ),
)
"""What has to hold together in a request that is taken over."""
