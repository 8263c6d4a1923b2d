"""What each guard of the outreach table looks at. Pure: request, command and context in, true or false out.

Where a predicate can say more exactly than the table which fields stand in the way, it carries a function for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from eap_workflow.guards import choosing, due, one_of, pointing, policy_in_force
from eap_workflow.values import Role
from eap_workflow.workflows.outreach.contact import URGENCIES, Contact

if TYPE_CHECKING:
    from eap_workflow.machine import Predicate
    from eap_workflow.policy import Policy
    from eap_workflow.process import Context
    from eap_workflow.steps import Snapshot
    from eap_workflow.workflows.outreach.commands import Attempt

PARTNER_CLINICIAN = Role.PARTNER_CLINICIAN
ONE_DAY = timedelta(days=1)
DISSATISFIED = "dissatisfied"

# --- who -----------------------------------------------------------------------------------------------------------------


def _acts_for(_snapshot: Snapshot | None, _command: object, context: Context) -> tuple[str, ...]:
    # A clinician who names no practice acts for nobody; that is another mistake than acting on somebody else's contact.
    return ("by.practice",) if context.by.practice is None else ("by",)


@pointing(_acts_for)
def own_contact(snapshot: Snapshot | None, command: Any, context: Context) -> bool:
    """A clinician acts for the partner that the contact is with; the case team on all contacts (CM-15, IN-07)."""
    by = context.by
    if by.role is not PARTNER_CLINICIAN:
        return True
    if snapshot is None:
        # Which partner it will be is not known before there is a command.
        return by.practice is not None and (command is None or by.practice == command.partner)
    return by.practice is not None and by.practice == snapshot.body.partner


# --- the acknowledgement ---------------------------------------------------------------------------------------------------


def _has_to_be_acknowledged(body: Contact, context: Context) -> bool:
    if body.acknowledged_at is not None:
        return False
    policy = context.policy
    set_by_contract = policy is not None and policy.outreach.reasons[body.reason].acknowledgement is not None
    return body.reason == "email_received" or set_by_contract


def to_be_acknowledged(snapshot: Snapshot, _command: object, context: Context) -> bool:
    """It is an e-mail, or what the contract sets a limit for, and was not acknowledged (CM-05)."""
    return _has_to_be_acknowledged(snapshot.body, context)


def acknowledged(snapshot: Snapshot, _command: object, context: Context) -> bool:
    """Nothing is left to acknowledge (CM-05)."""
    return not _has_to_be_acknowledged(snapshot.body, context)


# --- how many attempts -----------------------------------------------------------------------------------------------------


def number_left_or_risk(snapshot: Snapshot, _command: object, _context: Context) -> bool:
    """The number is not used up, or the contact is more than routine (CM-08, CM-12, CM-13, CM-14)."""
    body: Contact = snapshot.body
    return not body.is_beyond_the_number or body.urgency != "routine"


@choosing(lambda policy: {"clinical_reason": policy.outreach.clinical_reasons})
def clinical_reason_given(snapshot: Snapshot, command: Attempt, context: Context) -> bool:
    """Beyond the number there is a reason of the contract's list, and within it none (CM-13)."""
    reason = command.clinical_reason
    if not snapshot.body.is_beyond_the_number:
        return reason is None
    return reason is not None and (context.policy is None or reason in context.policy.outreach.clinical_reasons)


def attempts_made(snapshot: Snapshot, _command: object, _context: Context) -> bool:
    """As many as are owed were made (CM-08, CM-12, CM-14)."""
    body: Contact = snapshot.body
    return body.is_beyond_the_number


# --- by which channel ------------------------------------------------------------------------------------------------------


def telephone_possible(snapshot: Snapshot, command: Attempt, _context: Context) -> bool:
    """There is a number, and the person did not ask for e-mail only, unless there is risk (CM-12, CM-13)."""
    body: Contact = snapshot.body
    return command.channel != "telephone" or body.telephone_open


def telephone_in_time(snapshot: Snapshot, command: Attempt, _context: Context) -> bool:
    """The last attempt that is owed is by telephone, where none was and the person can be called (CM-08, CM-12)."""
    body: Contact = snapshot.body
    return command.channel == "telephone" or not body.must_be_by_telephone


def _by_email(_snapshot: Snapshot, command: Attempt, _context: Context) -> tuple[str, ...]:
    return ("channel",) if command.channel == "email" else ("message",)


@pointing(_by_email)
def email_possible(snapshot: Snapshot, command: Attempt, _context: Context) -> bool:
    """An e-mail, as the attempt or as its message, has an address to go to (CM-11, CM-12)."""
    return snapshot.body.means.has_email or "email" not in (command.channel, command.message)


@pointing(_by_email)
def email_consented(snapshot: Snapshot, command: Attempt, _context: Context) -> bool:
    """An e-mail for a check-in, as the attempt or as its message, goes to somebody who consents (CM-08)."""
    return snapshot.body.email_consented or "email" not in (command.channel, command.message)


def means_agree(snapshot: Snapshot, command: Any, _context: Context) -> bool:
    """What is stated anew, with what stays, leaves no one with e-mail only whom no e-mail may reach (CM-11, CM-12)."""
    body: Contact = snapshot.body
    return body.means.restated(command).agree


# --- what it leaves --------------------------------------------------------------------------------------------------------


def _amiss_with_message(snapshot: Snapshot, command: Attempt, _context: Context) -> tuple[str, ...]:
    body: Contact = snapshot.body
    if command.result == "reached":
        return ()
    left = command.message_left
    if not body.means.wants_messages:
        if left is None:
            return ()
        return ("channel",) if command.channel == "email" else ("message",)
    if left is not None:
        return () if command.asks_to_call_back else ("asks_to_call_back",)
    return ("message",) if _could_leave_one(body, command) else ()


def _could_leave_one(body: Contact, command: Attempt) -> bool:
    # An e-mail that did not get there leaves nothing; a call without voicemail may leave an e-mail, where there may be one.
    by_email = body.means.has_email and body.email_consented
    return command.channel == "telephone" and (command.result == "no_answer" or by_email)


@pointing(_amiss_with_message)
def message_as_wanted(snapshot: Snapshot, command: Attempt, context: Context) -> bool:
    """Without success a message asks to call back, where one is wanted and there is a way to leave it (CM-11)."""
    return not _amiss_with_message(snapshot, command, context)


@one_of("agreed")
def agreed_listed(policy: Policy) -> tuple[str, ...]:
    """The contract lists what was agreed (CM-15)."""
    return policy.outreach.agreements


# --- what comes of it ------------------------------------------------------------------------------------------------------


def was_reached(snapshot: Snapshot, _command: object, _context: Context) -> bool:
    """Somebody was reached, or got in touch, and is not dissatisfied (CM-12)."""
    body: Contact = snapshot.body
    return body.is_reached and not body.is_dissatisfied


def was_dissatisfied(snapshot: Snapshot, _command: object, _context: Context) -> bool:
    """Somebody was reached, or got in touch, and is dissatisfied (CM-06)."""
    body: Contact = snapshot.body
    return body.is_reached and body.is_dissatisfied


def many_attempts(snapshot: Snapshot, _command: object, context: Context) -> bool:
    """Nobody was reached, and the attempts of the span of days that ends with the last are many (CM-13)."""
    body: Contact = snapshot.body
    return not body.is_reached and _are_many(body, context)


def not_reached(snapshot: Snapshot, _command: object, context: Context) -> bool:
    """Nobody was reached, and the attempts are not many (CM-12, CM-13)."""
    body: Contact = snapshot.body
    return not body.is_reached and not _are_many(body, context)


def _are_many(body: Contact, context: Context) -> bool:
    if context.policy is None or not body.attempts:
        return False
    terms = context.policy.outreach
    since = body.attempts[-1].at - terms.many_within_days * ONE_DAY
    return sum(attempt.at >= since for attempt in body.attempts) >= terms.many_attempts


def wpo_to_be_told(snapshot: Snapshot, _command: object, _context: Context) -> bool:
    """Nobody was reached whom there is a limit for, or a risk, or a complaint; and WPO has not heard of it (CM-05, CM-13, CM-14)."""
    body: Contact = snapshot.body
    matters = body.urgency != "routine" or body.reason == "after_complaint"
    return body.wpo_told_at is None and (matters or snapshot.deadline("contact") is not None)


def wpo_not_to_be_told(snapshot: Snapshot, command: object, context: Context) -> bool:
    """It was routine, without a limit to reach somebody; or WPO was told when that passed (CM-05)."""
    return not wpo_to_be_told(snapshot, command, context)


# --- risk, and escalation --------------------------------------------------------------------------------------------------


def more_urgent(snapshot: Snapshot, command: Any, _context: Context) -> bool:
    """It is more urgent than what is on record (CM-13)."""
    return URGENCIES.index(command.urgency) > URGENCIES.index(snapshot.body.urgency)


@one_of("reason")
def reason_listed(policy: Policy) -> tuple[str, ...]:
    """The contract lists the reason, or it is the one that no contract's list can leave out (CM-06)."""
    return tuple(dict.fromkeys((DISSATISFIED, *policy.outreach.escalations)))


PREDICATES: Mapping[str, Predicate] = {
    predicate.__name__: predicate
    for predicate in (
        policy_in_force,
        own_contact,
        to_be_acknowledged,
        number_left_or_risk,
        clinical_reason_given,
        telephone_possible,
        telephone_in_time,
        email_possible,
        email_consented,
        message_as_wanted,
        agreed_listed,
        means_agree,
        attempts_made,
        acknowledged,
        more_urgent,
        reason_listed,
        was_reached,
        was_dissatisfied,
        not_reached,
        many_attempts,
        wpo_to_be_told,
        wpo_not_to_be_told,
        due,
    )
}
"""The predicate of each guard, by the guard's name in the table."""
