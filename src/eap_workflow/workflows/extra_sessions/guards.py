"""What each guard of the extra-sessions table looks at. Pure: request, command and context in, true or false out.

Where a predicate can say more exactly than the table which fields stand in the way, it carries a function for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from eap_workflow.errors import InvalidValue
from eap_workflow.guards import (
    bounding,
    choosing,
    due,
    is_in_force,
    keeps_its_policy,
    later_date_ahead,
    limit_runs,
    one_of,
    pointing,
)
from eap_workflow.local_time import local_day
from eap_workflow.values import Role
from eap_workflow.workflows.extra_sessions.commands import Draft
from eap_workflow.workflows.extra_sessions.request import REQUIRED, Form
from eap_workflow.workflows.extra_sessions.tally import tally_window

if TYPE_CHECKING:
    from eap_workflow.machine import Predicate
    from eap_workflow.policy import Policy
    from eap_workflow.process import Context
    from eap_workflow.steps import Snapshot
    from eap_workflow.workflows.extra_sessions.commands import Tally
    from eap_workflow.workflows.extra_sessions.request import ExtraSessions

# An enumeration's member costs as much to reach, on Python 3.11, as a whole guard may.
CONSULTANT, PRACTICE, CASE_TEAM, SYSTEM = Role.CONSULTANT, Role.PRACTICE, Role.CASE_TEAM, Role.SYSTEM

REQUIRED_OF = attrgetter(*REQUIRED)

# --- who ---------------------------------------------------------------------------------------------------------------


def own_request(snapshot: Snapshot, _command: object, context: Context) -> bool:
    """A consultant acts on what they hold, the practice's staff on what the practice holds (IN-07)."""
    by, holder = context.by, snapshot.body.holder
    if by.role is CONSULTANT:
        return bool(by.id == holder.consultant)
    if by.role is PRACTICE:
        if holder.practice is None:
            return bool(by.id == holder.staff)
        return bool(by.practice == holder.practice)
    return True


def own_employer(snapshot: Snapshot, _command: object, context: Context) -> bool:
    """The approver acts for the request's employer (IN-07)."""
    return context.by.employer is not None and context.by.employer == snapshot.body.form.employer


def decider_not_requestor(snapshot: Snapshot, _command: object, context: Context) -> bool:
    """Who decides never held, filed, submitted or explained the request (IN-07)."""
    return context.by.id not in snapshot.body.holder.requestors


def filed_for_a_consultant(_snapshot: Snapshot | None, command: Draft, context: Context) -> bool:
    """A consultant files for themselves; the practice's staff says for whom, by submission at the latest (XS-02)."""
    return context.by.role is PRACTICE or command.consultant in (None, context.by.id)


def another_consultant(snapshot: Snapshot, command: Any, _context: Context) -> bool:
    """The new holder is not the present one, nor the clinical manager who supported the request (XS-02, IN-07)."""
    return command.consultant not in (snapshot.body.holder.consultant, snapshot.body.reviewed_by)


def within_the_practice(snapshot: Snapshot, command: Any, context: Context) -> bool:
    """The practice hands a request to consultants of its own alone (XS-02, IN-07)."""
    return context.by.role is CASE_TEAM or command.practice is None or command.practice == snapshot.body.holder.practice


# --- the policy ----------------------------------------------------------------------------------------------------------


def policy_in_force(snapshot: Snapshot | None, command: Any, context: Context) -> bool:
    """The context brings the request's own policy, or before submission the one in force that day (IN-11)."""
    body: ExtraSessions | None = None if snapshot is None else snapshot.body
    if body is not None and body.submission is not None:
        return keeps_its_policy(body.submission.policy, context)
    contract = None if body is None else body.form.contract
    if isinstance(command, Draft):
        contract = command.contract or contract
    # A draft may leave its contract open for now.
    return contract is None or is_in_force(contract, context)


def contract_allows(_snapshot: Snapshot, _command: object, context: Context) -> bool:
    """The contract has extra sessions at all."""
    return context.policy is None or context.policy.requests.allowed


def contract_deems_approval(snapshot: Snapshot, _command: object, context: Context) -> bool:
    """The contract deems an outcome, and this one (IN-04)."""
    return _when_passed(snapshot, context) == "deem_approved"


def contract_deems_refusal(snapshot: Snapshot, _command: object, context: Context) -> bool:
    """The contract deems an outcome, and this one (IN-04)."""
    return _when_passed(snapshot, context) == "deem_declined"


def _when_passed(snapshot: Snapshot, context: Context) -> str | None:
    if context.policy is None:
        return None
    limits = context.policy.limits
    terms = {"clinical_review": limits.clinical_review, "employer_decision": limits.employer_decision}
    return terms[snapshot.state].when_passed


# --- the form --------------------------------------------------------------------------------------------------------------


def _out_of_range(form: Form, policy: Policy) -> tuple[str, ...]:
    terms = policy.requests
    wrong: tuple[str, ...] = ()
    if form.sessions is not None and form.sessions > terms.sessions_per_request:
        wrong += ("sessions",)
    if form.goal is not None and form.goal not in terms.goals:
        wrong += ("goal",)
    if form.referral is not None and form.referral not in terms.referrals:
        wrong += ("referral",)
    return wrong


def _lists(policy: Policy) -> Mapping[str, tuple[str, ...]]:
    return {"goal": policy.requests.goals, "referral": policy.requests.referrals}


def _bounds(_snapshot: Snapshot | None, _command: object, context: Context) -> Mapping[str, int]:
    return {} if context.policy is None else {"sessions": context.policy.requests.sessions_per_request}


def _revised_out_of_range(snapshot: Snapshot | None, command: Draft, context: Context) -> tuple[str, ...]:
    if context.policy is None:
        return ()
    form: Form = Form() if snapshot is None else snapshot.body.form
    wrong = _out_of_range(form.revised(command), context.policy)
    return (*wrong, "follows") if command.follows == context.request else wrong


def _filed_out_of_range(snapshot: Snapshot, _command: object, context: Context) -> tuple[str, ...]:
    return () if context.policy is None else _out_of_range(snapshot.body.form, context.policy)


def _missing(snapshot: Snapshot, _command: object, _context: Context) -> tuple[str, ...]:
    missing = tuple(name for name in REQUIRED if getattr(snapshot.body.form, name) is None)
    return missing if snapshot.body.holder.consultant is not None else (*missing, "consultant")


@bounding(_bounds)
@choosing(_lists)
@pointing(_revised_out_of_range)
def form_in_range(snapshot: Snapshot | None, command: Draft, context: Context) -> bool:
    """What the draft fills in is within the contract's bounds and lists (XS-02, XS-03)."""
    return not _revised_out_of_range(snapshot, command, context)


@bounding(_bounds)
@choosing(_lists)
@pointing(_filed_out_of_range)
def form_still_allowed(snapshot: Snapshot, _command: object, context: Context) -> bool:
    """What was filled in is within the bounds and lists of the day of submission (XS-02, XS-03)."""
    policy = context.policy
    return policy is None or not _out_of_range(snapshot.body.form, policy)


@pointing(_missing)
def form_complete(snapshot: Snapshot, _command: object, _context: Context) -> bool:
    """Nothing that the form needs is missing (XS-01, XS-02)."""
    body = snapshot.body
    return body.holder.consultant is not None and None not in REQUIRED_OF(body.form)


def consent_given(snapshot: Snapshot, _command: object, context: Context) -> bool:
    """The client's consent is recorded, where the contract asks for it."""
    policy = context.policy
    return policy is None or not policy.requests.consent_required or snapshot.body.form.consent is not None


# --- the tally -----------------------------------------------------------------------------------------------------------


def _other_days(_snapshot: Snapshot, command: Any, context: Context) -> tuple[str, ...]:
    tally: Tally = command.tally
    if context.policy is None:
        return ()
    try:
        window = tally_window(context.policy, local_day(context.at, context.policy.zone), tally.first_session_on)
    except InvalidValue as error:
        return (error.field,)
    wrong = []
    if tally.since is not None and tally.since != window.since:
        wrong.append("tally.since")
    if tally.until is not None and tally.until != window.until:
        wrong.append("tally.until")
    return tuple(wrong)


@pointing(_other_days)
def tally_of_the_window(snapshot: Snapshot, command: Any, context: Context) -> bool:
    """The tally carries no other dates than the window's (XS-04, IN-06)."""
    tally: Tally = command.tally
    # Without dates of its own, a tally has only a first session that could be amiss.
    if tally.since is tally.until is None and context.policy is not None and context.policy.review.window == "rolling":
        return True
    return not _other_days(snapshot, command, context)


def within_the_allocation(_snapshot: Snapshot, command: Any, context: Context) -> bool:
    """Enough sessions were held, and not all of them, where the contract says so."""
    if context.policy is None:
        return True
    terms = context.policy.requests
    tally: Tally = command.tally
    if terms.request_from == "middle_session" and tally.completed < (tally.counted + 1) // 2:
        return False
    return terms.request_until != "last_session" or tally.completed < tally.counted


# --- routing ---------------------------------------------------------------------------------------------------------------


def review_needed(snapshot: Snapshot, _command: object, context: Context) -> bool:
    """The contract has this total reviewed (XS-04, IN-06)."""
    if context.policy is None:
        return False
    terms = context.policy.review
    if terms.when == "at_threshold":
        return bool(snapshot.body.submission.total >= terms.threshold)
    return terms.when == "always"


def review_not_needed(snapshot: Snapshot, command: object, context: Context) -> bool:
    """The contract lets this total go straight to the employer (XS-05)."""
    return context.policy is not None and not review_needed(snapshot, command, context)


def approved_in_advance(snapshot: Snapshot, _command: object, context: Context) -> bool:
    """The contract's number for one Assist Case is not used up by this request."""
    if context.policy is None:
        return False
    allowed = context.policy.requests.approved_in_advance
    return bool(allowed and context.case.approved_in_advance + snapshot.body.sessions <= allowed)


# --- the stages ------------------------------------------------------------------------------------------------------------


def _unanswered(_snapshot: Snapshot, command: Any, context: Context) -> tuple[str, ...]:
    if context.policy is None:
        return ()
    questions = context.policy.requests.details_questions
    return tuple(f"details.{question}" for question in questions if question not in command.details)


@pointing(_unanswered)
def details_complete(_snapshot: Snapshot, command: Any, context: Context) -> bool:
    """The questions that were answered are the contract's, all of them and no other (CR-02)."""
    return context.policy is None or command.details.keys() == set(context.policy.requests.details_questions)


def short_term(snapshot: Snapshot, _command: object, context: Context) -> bool:
    """A goal that is ongoing support comes with one of the referrals that it needs (CR-04)."""
    if context.policy is None:
        return True
    form: Form = snapshot.body.form
    needed = context.policy.requests.ongoing_support.get(form.goal or "")
    return needed is None or form.referral in needed


def _fewer(snapshot: Snapshot, _command: object, _context: Context) -> Mapping[str, int]:
    asked = snapshot.body.sessions
    # Of one session nothing can be left.
    return {"sessions": asked - 1} if asked > 1 else {}


@bounding(_fewer)
def fewer_sessions(snapshot: Snapshot, command: Any, _context: Context) -> bool:
    """The number is smaller than what was asked for (CR-03)."""
    return bool(command.sessions < snapshot.body.sessions)


@one_of("reason")
def reason_listed(policy: Policy) -> tuple[str, ...]:
    """The contract lists the reason (CR-03, CR-08)."""
    return policy.requests.decline_reasons


# --- the clock -------------------------------------------------------------------------------------------------------------


def outcome_not_relayed(snapshot: Snapshot, command: Any, context: Context) -> bool:
    """The relay limit still runs, and where the clock relays, its instant has come (IN-05)."""
    return snapshot.deadline("relay") is not None and (context.by.role is not SYSTEM or due(snapshot, command, context))


PREDICATES: Mapping[str, Predicate] = {
    predicate.__name__: predicate
    for predicate in (
        own_request,
        own_employer,
        decider_not_requestor,
        filed_for_a_consultant,
        another_consultant,
        within_the_practice,
        policy_in_force,
        contract_allows,
        contract_deems_approval,
        contract_deems_refusal,
        form_in_range,
        form_complete,
        form_still_allowed,
        consent_given,
        tally_of_the_window,
        within_the_allocation,
        review_needed,
        review_not_needed,
        approved_in_advance,
        details_complete,
        short_term,
        fewer_sessions,
        reason_listed,
        limit_runs,
        later_date_ahead({state: state for state in ("further_details", "clinical_review", "employer_decision")}),
        due,
        outcome_not_relayed,
    )
}
"""The predicate of each guard, by the guard's name in the table."""
