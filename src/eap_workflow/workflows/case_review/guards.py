"""What each guard of the case-review table looks at. Pure: request, command and context in, true or false out.

Without a policy, what is missing is the policy: a guard that would have to read one holds, and `policy_in_force` refuses.
Where the system would go on by itself it is the other way round: without the contract's word it does nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from eap_workflow.guards import bounding, choosing, due, later_date_ahead, limit_runs, one_of, pointing, policy_in_force
from eap_workflow.values import Role

if TYPE_CHECKING:
    from eap_workflow.machine import Predicate
    from eap_workflow.policy import CaseReviewTerms, Policy
    from eap_workflow.process import Context
    from eap_workflow.steps import Snapshot
    from eap_workflow.workflows.case_review.case import Case
    from eap_workflow.workflows.case_review.commands import Assign, OpenCase

# An enumeration's member costs as much to reach, on Python 3.11, as a whole guard may.
PARTNER, THERAPIST, CASE_TEAM = Role.PARTNER_CLINICIAN, Role.THERAPIST, Role.CASE_TEAM


def _terms(context: Context) -> CaseReviewTerms | None:
    return None if context.policy is None else context.policy.case_review


# --- which cases are in scope --------------------------------------------------------------------------------------------


def no_management_referral(_snapshot: None, command: OpenCase, _context: Context) -> bool:
    """It is no management referral (CM-01)."""
    return command.referral != "management_referral"


def no_critical_incident(_snapshot: None, command: OpenCase, _context: Context) -> bool:
    """It is no response to a critical incident (CM-01)."""
    return command.referral != "critical_incident"


def no_frequent_user(_snapshot: None, command: OpenCase, _context: Context) -> bool:
    """It is no frequent user's (CM-01)."""
    return command.referral != "frequent_user"


@one_of("kind")
def kind_listed(policy: Policy) -> tuple[str, ...]:
    """The contract lists the kind, among those that are reviewed or those that are not (CM-02)."""
    return (*policy.case_review.reviewed_kinds, *policy.case_review.other_kinds)


# --- who -----------------------------------------------------------------------------------------------------------------


def _opens_for(_snapshot: None, _command: object, context: Context) -> tuple[str, ...]:
    return ("by.practice",) if context.by.practice is None else ("partner",)


@pointing(_opens_for)
def own_partner(_snapshot: None, command: OpenCase, context: Context) -> bool:
    """A partner clinician opens for the organisation that they act for (CM-02, IN-07)."""
    return context.by.role is not PARTNER or context.by.practice == command.partner


def _acts_for(_snapshot: Snapshot, _command: object, context: Context) -> tuple[str, ...]:
    # A clinician who names no practice acts for nobody; that is another mistake than acting on somebody else's case.
    return ("by.practice",) if context.by.role is PARTNER and context.by.practice is None else ("by",)


@pointing(_acts_for)
def own_case(snapshot: Snapshot, _command: object, context: Context) -> bool:
    """A partner clinician acts for the partner that is responsible, a therapist is the case's own (CM-02, IN-07)."""
    by = context.by
    if by.role is PARTNER:
        return bool(by.practice == snapshot.body.partner)
    if by.role is THERAPIST:
        return bool(by.id == snapshot.body.therapist)
    return True


@pointing(_acts_for)
def own_or_held_case(snapshot: Snapshot, command: object, context: Context) -> bool:
    """As `own_case`, or a therapist who held sessions of the case, before it was given to another (CM-10, IN-07)."""
    by = context.by
    return own_case(snapshot, command, context) or (by.role is THERAPIST and by.id in snapshot.body.held_by)


def reviewer_not_therapist(snapshot: Snapshot, _command: object, context: Context) -> bool:
    """Who reviews has never held a session of the case, nor is going to, in whatever role (CM-02, IN-07)."""
    body: Case = snapshot.body
    return context.by.id != body.therapist and context.by.id not in body.held_by


def another_therapist(snapshot: Snapshot, command: Assign, _context: Context) -> bool:
    """A new therapist is not the present one, and none who reviewed the case (CM-02, IN-07)."""
    body: Case = snapshot.body
    return command.therapist is None or (
        command.therapist != body.therapist and command.therapist not in body.reviewers
    )


def another_partner(snapshot: Snapshot, command: Assign, context: Context) -> bool:
    """A new partner is not the present one, and the case team says so (CM-02, IN-07)."""
    if command.partner is None:
        return True
    return context.by.role is CASE_TEAM and command.partner != snapshot.body.partner


def therapist_named(snapshot: Snapshot, _command: object, _context: Context) -> bool:
    """Who holds the sessions is on record, so that nobody reviews their own (CM-02, IN-07)."""
    return snapshot.body.therapist is not None


# --- the review ----------------------------------------------------------------------------------------------------------


def review_needed(snapshot: Snapshot, _command: object, context: Context) -> bool:
    """The contract has cases of this kind reviewed (CM-02)."""
    terms = _terms(context)
    return terms is not None and snapshot.body.kind in terms.reviewed_kinds


def no_review_needed(snapshot: Snapshot, _command: object, context: Context) -> bool:
    """The contract has cases of this kind go on without a review (CM-02)."""
    terms = _terms(context)
    return terms is not None and snapshot.body.kind not in terms.reviewed_kinds


@bounding(lambda snapshot, _command, _context: {"sessions": snapshot.body.benefit_sessions})
def within_the_benefit(snapshot: Snapshot, command: Any, _context: Context) -> bool:
    """The number is at most that of the benefit (CM-03)."""
    return bool(command.sessions <= snapshot.body.benefit_sessions)


@one_of("destination")
def destination_listed(policy: Policy) -> tuple[str, ...]:
    """The contract lists the destination (CM-03)."""
    return policy.case_review.destinations


def _unlisted(_snapshot: Snapshot, command: Any, context: Context) -> tuple[str, ...]:
    terms = _terms(context)
    if terms is None:
        return ()
    return tuple(f"resources[{place}]" for place, name in enumerate(command.resources) if name not in terms.resources)


@choosing(lambda policy: {"resources": policy.case_review.resources})
@pointing(_unlisted)
def resources_offered(snapshot: Snapshot, command: Any, context: Context) -> bool:
    """The contract lists every resource; that there is one at least, the command sees to (CM-03)."""
    return not _unlisted(snapshot, command, context)


# --- the notes, slips, and the organisation's own steps ------------------------------------------------------------------


@one_of("reason")
def reason_listed(policy: Policy) -> tuple[str, ...]:
    """The contract lists the reason (CM-10)."""
    return policy.case_review.discontinued


@one_of("action")
def action_listed(policy: Policy) -> tuple[str, ...]:
    """The contract lists the action (CM-10)."""
    return policy.case_review.actions


def slip_open(snapshot: Snapshot, command: Any, _context: Context) -> bool:
    """There is a slip of this number, and nobody has taken it up (CM-10)."""
    slips = snapshot.body.slips
    return any(slip.number == command.slip and slip.is_open for slip in slips)


def slips_taken_up(snapshot: Snapshot, _command: object, _context: Context) -> bool:
    """No slip is open (CM-10)."""
    return all(not slip.is_open for slip in snapshot.body.slips)


def next_own_step(snapshot: Snapshot, command: Any, context: Context) -> bool:
    """The step is the first of the contract's that is not done yet (CM-07)."""
    terms = _terms(context)
    if terms is None:
        return True
    done = len(snapshot.body.own_steps)
    return command.step in terms.own_steps[done : done + 1]


def own_steps_done(snapshot: Snapshot, _command: object, context: Context) -> bool:
    """As many are done as the contract has; they are only ever done in their order (CM-07)."""
    terms = _terms(context)
    return terms is None or len(snapshot.body.own_steps) == len(terms.own_steps)


PREDICATES: Mapping[str, Predicate] = {
    predicate.__name__: predicate
    for predicate in (
        no_management_referral,
        no_critical_incident,
        no_frequent_user,
        kind_listed,
        own_partner,
        policy_in_force,
        own_case,
        own_or_held_case,
        reviewer_not_therapist,
        another_therapist,
        another_partner,
        therapist_named,
        review_needed,
        no_review_needed,
        within_the_benefit,
        destination_listed,
        resources_offered,
        reason_listed,
        action_listed,
        slip_open,
        next_own_step,
        own_steps_done,
        slips_taken_up,
        limit_runs,
        later_date_ahead({"review": "review", "notes_owed": "case_notes", "notes_review": "notes_review"}),
        due,
    )
}
"""The predicate of each guard, by the guard's name in the table."""
