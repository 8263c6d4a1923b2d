"""What each guard of the session-cancellation table looks at. Pure: request, command and context in, true or false out.

Where a predicate can say more exactly than the table which fields stand in the way, it carries a function for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any, get_args

from eap_workflow.guards import choosing, due, one_of, pointing, policy_in_force
from eap_workflow.local_time import local_day
from eap_workflow.values import Role
from eap_workflow.workflows.session_cancellation.commands import Told

if TYPE_CHECKING:
    from datetime import date

    from eap_workflow.machine import Predicate
    from eap_workflow.policy import Policy
    from eap_workflow.process import Context
    from eap_workflow.steps import Snapshot
    from eap_workflow.workflows.session_cancellation.cancellation import Cancellation

# An enumeration's member costs as much to reach, on Python 3.11, as a whole guard may.
THERAPIST = Role.THERAPIST
EVERYBODY = frozenset(get_args(Told))


def _today(policy: Policy, context: Context) -> date:
    """The day on which the provider acts, by its own zone."""
    return local_day(context.at, policy.parties.provider.zone)


# --- who ---------------------------------------------------------------------------------------------------------------


def own_session(snapshot: Snapshot | None, command: Any, context: Context) -> bool:
    """A therapist acts on their own sessions, the case team on every one (TC-01, IN-07)."""
    by = context.by
    if by.role is not THERAPIST:
        return True
    if snapshot is None:
        # Asked before the command is known, as for the list of what is permitted, it may be their own.
        return command is None or bool(command.therapist == by.id)
    return bool(snapshot.body.therapist == by.id)


# --- the cancellation ----------------------------------------------------------------------------------------------------


@one_of("reason")
def reason_listed(policy: Policy) -> tuple[str, ...]:
    """The contract lists the reason (TC-07)."""
    return policy.session_cancellation.reasons


def session_ahead(_snapshot: Snapshot | None, command: Any, context: Context) -> bool:
    """The session begins later than this: nobody can be told beforehand of one that has begun (TC-01, IN-14)."""
    return bool(command.session_at > context.at)


def at_short_notice(_snapshot: Snapshot | None, command: Any, context: Context) -> bool:
    """The session begins as soon as the contract calls short notice (IN-14).

    An absence begins at short notice and reaches later sessions too; what is cancelled for it is kept track of together (TC-04).
    """
    hours = None if context.policy is None else context.policy.session_cancellation.short_notice_hours
    return hours is None or command.absence is not None or command.session_at - context.at <= timedelta(hours=hours)


# --- the client ----------------------------------------------------------------------------------------------------------


def preferred_method(snapshot: Snapshot, command: Any, _context: Context) -> bool:
    """The method is the client's own, or voicemail, which another guard looks at (TC-01, TC-05).

    Support is asked because technical trouble stands in the way of it, so support may use another (TC-06).
    """
    return command.method in (snapshot.body.preferred_method, "voicemail")


def _wrong_with_voicemail(snapshot: Snapshot, command: Any, context: Context) -> tuple[str, ...]:
    reason = command.voicemail_reason
    if command.method != "voicemail" or snapshot.body.preferred_method == "voicemail":
        return () if reason is None else ("voicemail_reason",)
    if context.policy is None:
        return ()
    terms = context.policy.session_cancellation
    if not terms.voicemail_allowed:
        return ("method",)
    return () if reason in terms.voicemail_reasons else ("voicemail_reason",)


@choosing(lambda policy: {"voicemail_reason": policy.session_cancellation.voicemail_reasons})
@pointing(_wrong_with_voicemail)
def voicemail_justified(snapshot: Snapshot, command: Any, context: Context) -> bool:
    """Voicemail against the client's preference has a listed reason, under a contract that allows it (TC-05)."""
    return not _wrong_with_voicemail(snapshot, command, context)


@one_of("trouble")
def trouble_listed(policy: Policy) -> tuple[str, ...]:
    """The contract lists the trouble (TC-06)."""
    return policy.session_cancellation.troubles


# --- the next session ----------------------------------------------------------------------------------------------------


def slot_offered(snapshot: Snapshot, command: Any, _context: Context) -> bool:
    """The client was offered the slot (TC-02)."""
    return command.slot in snapshot.body.rebooking.slots


def day_ahead(_snapshot: Snapshot, command: Any, context: Context) -> bool:
    """The day is not over, where the provider is (TC-03)."""
    return context.policy is None or command.on >= _today(context.policy, context)


def day_put_off(snapshot: Snapshot, command: Any, _context: Context) -> bool:
    """The day is later than the one that the client was told last (TC-03, IN-12)."""
    contact_on = snapshot.body.rebooking.contact_on
    return contact_on is None or command.on > contact_on


def contact_day_came(snapshot: Snapshot, command: Any, context: Context) -> bool:
    """Only a client to whom a day was stated can have been missed on it, and not before it comes (TC-03)."""
    if command.ground != "client_not_reached" or context.policy is None:
        return True
    contact_on = snapshot.body.rebooking.contact_on
    return contact_on is not None and contact_on <= _today(context.policy, context)


# --- the records ---------------------------------------------------------------------------------------------------------


@one_of("agreed")
def agreed_listed(policy: Policy) -> tuple[str, ...]:
    """The contract lists what was agreed (TC-09)."""
    return policy.session_cancellation.agreements


def session_rebooked(snapshot: Snapshot, _command: object, _context: Context) -> bool:
    """There is a next session to enter, and to confirm (TC-10)."""
    return bool(snapshot.body.rebooking.outcome == "booked")


def session_entered(snapshot: Snapshot, _command: object, _context: Context) -> bool:
    """The next session is on file, or somebody was asked to enter it (TC-10)."""
    return bool(snapshot.body.records.accounts_for("next_session"))


def record_owed(snapshot: Snapshot, command: Any, _context: Context) -> bool:
    """A ticket stands in for a record that is owed by now and that nobody has made (TC-11)."""
    body: Cancellation = snapshot.body
    return command.record in body.owed and not body.records.has(command.record)


def _missing(snapshot: Snapshot, _command: object, _context: Context) -> tuple[str, ...]:
    body: Cancellation = snapshot.body
    return body.missing


@pointing(_missing)
def records_made(snapshot: Snapshot, _command: object, _context: Context) -> bool:
    """Nothing that is owed is missing (TC-07 to TC-11)."""
    return not snapshot.body.missing


# --- the absence ---------------------------------------------------------------------------------------------------------


def absence_as_expected(snapshot: Snapshot, _command: object, _context: Context) -> bool:
    """It is news that the absence is longer; saying so again puts no update off (TC-04)."""
    return snapshot.body.growth.longer_since is None


def absence_goes_on(_snapshot: Snapshot, command: Any, context: Context) -> bool:
    """The last day of the absence is not over, where the provider is (TC-04)."""
    return context.policy is None or command.until is None or command.until >= _today(context.policy, context)


def absence_extended(snapshot: Snapshot, _command: object, _context: Context) -> bool:
    """There is something to keep people informed of (TC-04)."""
    return snapshot.body.growth.longer_since is not None


def update_reaches_all(_snapshot: Snapshot, command: Any, _context: Context) -> bool:
    """Nobody is left out (TC-04)."""
    return set(command.told) == EVERYBODY


PREDICATES: Mapping[str, Predicate] = {
    predicate.__name__: predicate
    for predicate in (
        policy_in_force,
        own_session,
        reason_listed,
        session_ahead,
        at_short_notice,
        preferred_method,
        voicemail_justified,
        trouble_listed,
        slot_offered,
        day_ahead,
        day_put_off,
        contact_day_came,
        absence_as_expected,
        absence_goes_on,
        absence_extended,
        update_reaches_all,
        agreed_listed,
        session_rebooked,
        session_entered,
        record_owed,
        records_made,
        due,
    )
}
"""The predicate of each guard, by the guard's name in the table."""
