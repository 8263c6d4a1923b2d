"""A session cancellation's own part of a snapshot, and how each step changes it.

The parts nest by when they change: what was cancelled once, the telling once, the rebooking until it is settled, the
records until they are made, the absence as it grows. A step replaces the part that it changes and shares the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from attrs import frozen

from eap_workflow.policy import PolicyRef
from eap_workflow.process import ADOPT
from eap_workflow.values import Actor, Discreet, Reference, changed, made
from eap_workflow.workflows.session_cancellation.commands import (
    CancelledBy,
    ConcernKind,
    EndOfRebooking,
    Ground,
    Kind,
    Method,
    RecordName,
    Withdrawal,
)

if TYPE_CHECKING:
    from eap_workflow.opening import Opening
    from eap_workflow.steps import Step
    from eap_workflow.workflows.session_cancellation.adopted import Adopt
    from eap_workflow.workflows.session_cancellation.commands import Cancel

Rebooked = Literal["pending", "contact_stated", "booked", "declined"]


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Telling(Discreet):
    """When and how the client was told (TC-01, TC-05, TC-09).

    Attributes:
        at: When, in UTC.
        by: Who told them.
        method: How.
        voicemail_reason: Why by voicemail, where that is not what the client prefers.
    """

    at: datetime
    by: Actor
    method: Method
    voicemail_reason: str | None = None


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Rebooking(Discreet):
    """What becomes of the session (TC-02, TC-03).

    Attributes:
        outcome: How far it has come.
        slots: Every slot that the client was offered, in the order of the offers.
        contact_on: The day on which the client is to be contacted, as it was stated last.
        slot: The slot that the client chose.
        ground: Why it is not rebooked.
    """

    outcome: Rebooked = "pending"
    slots: tuple[Reference, ...] = ()
    contact_on: date | None = None
    slot: Reference | None = None
    ground: EndOfRebooking | None = None

    def offering(self, slots: tuple[Reference, ...]) -> Rebooking:
        """This, with more slots; one that was offered before stands where it stood."""
        fresh = tuple(slot for slot in slots if slot not in self.slots)
        return changed(self, slots=self.slots + fresh) if fresh else self


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Note(Discreet):
    """A clinical note on the client's file, with what it has to say (TC-09).

    Attributes:
        note: Where it is.
        told_at: When the client was told, in UTC.
        method: How.
        agreed: What was agreed.
    """

    note: Reference
    told_at: datetime
    method: Method
    agreed: str


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Ticket(Discreet):
    """A ticket that stands in for a record (TC-11).

    Attributes:
        record: Which record.
        ticket: The ticket.
    """

    record: RecordName
    ticket: Reference


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Records(Discreet):
    """What is on file of the cancellation (TC-07 to TC-11).

    Attributes:
        attendance: By whom the session is marked as cancelled, as it was marked last (TC-08).
        notes: The clinical notes, in order (TC-09).
        next_session: The next session, as it was entered last (TC-10).
        confirmed_at: When the client was sent the confirmation of it, in UTC (TC-10).
        tickets: Every ticket that stands in for a record, in the order in which they were raised (TC-11).
    """

    attendance: CancelledBy | None = None
    notes: tuple[Note, ...] = ()
    next_session: Reference | None = None
    confirmed_at: datetime | None = None
    tickets: tuple[Ticket, ...] = ()

    def has(self, record: RecordName) -> bool:
        """Whether a record is made."""
        held = {
            "attendance": self.attendance,
            "note": self.notes or None,
            "next_session": self.next_session,
            "confirmation": self.confirmed_at,
        }
        return held[record] is not None

    def without_next_session(self) -> Records:
        """This, without the next session, its confirmation, and the tickets that stood in for them."""
        tickets = tuple(each for each in self.tickets if each.record not in ("next_session", "confirmation"))
        return changed(self, next_session=None, confirmed_at=None, tickets=tickets)

    def accounts_for(self, record: RecordName) -> bool:
        """Whether a record is made, or a ticket stands in for it."""
        return self.has(record) or any(each.record == record for each in self.tickets)


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Growth(Discreet):
    """How an absence went on (TC-04).

    Attributes:
        longer_since: Since when it is on record as longer than expected, in UTC; None while it is not.
        until: The last day of it, as far as is known.
        updates: How often provider and client were told how it goes on.
        updated_at: When they were told last, in UTC.
    """

    longer_since: datetime | None = None
    until: date | None = None
    updates: int = 0
    updated_at: datetime | None = None


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Escalation(Discreet):
    """Clinical support was asked for (TC-12).

    Attributes:
        ground: Why.
        at: When, in UTC.
        by: Who asked.
    """

    ground: Ground
    at: datetime
    by: Actor


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Concern(Discreet):
    """A concern that went to the risk desk (TC-12).

    Attributes:
        kind: What it is about.
        at: When it was raised, in UTC.
        by: Who raised it.
    """

    kind: ConcernKind
    at: datetime
    by: Actor


NOTHING_SETTLED = Rebooking()
NOTHING_RECORDED = Records()
AS_EXPECTED = Growth()


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Cancellation(Discreet):
    """The request's own part of a snapshot.

    Attributes:
        contract: The contract.
        policy: The policy that it keeps to its end (IN-11).
        cancelled_on: The day of the cancellation, in the contract's zone.
        session: The session that does not take place.
        session_at: When it was to begin, in UTC.
        client: The client.
        therapist: The therapist whose session it is.
        reason: Why it does not take place.
        kind: Whether it is cancelled or postponed.
        preferred_method: How the client prefers to be told (TC-01).
        absence: The absence that it belongs to; None for a session by itself.
        trouble: For which trouble support was asked last to tell the client (TC-06).
        told: When and how the client was told; None while they do not know.
        withdrawn: Why there was nothing to tell.
        rebooking: What becomes of the session.
        records: What is on file.
        growth: How the absence went on.
        escalations: What clinical support was asked for, in order.
        concerns: What went to the risk desk, in order.
    """

    contract: Reference
    policy: PolicyRef
    cancelled_on: date
    session: Reference
    session_at: datetime
    client: Reference
    therapist: Reference
    reason: str
    kind: Kind
    preferred_method: Method
    absence: Reference | None = None
    trouble: str | None = None
    told: Telling | None = None
    withdrawn: Withdrawal | None = None
    rebooking: Rebooking = NOTHING_SETTLED
    records: Records = NOTHING_RECORDED
    growth: Growth = AS_EXPECTED
    escalations: tuple[Escalation, ...] = ()
    concerns: tuple[Concern, ...] = ()

    @property
    def owed(self) -> tuple[RecordName, ...]:
        """The records that are owed by now (TC-07 to TC-11).

        Attendance, unless it was withdrawn; a note once the client was told; a session and its confirmation once there is one.
        """
        if self.withdrawn is not None:
            return ()
        owed: tuple[RecordName, ...] = ("attendance",)
        if self.told is not None:
            owed += ("note",)
        if self.rebooking.outcome == "booked":
            owed += ("next_session", "confirmation")
        return owed

    @property
    def missing(self) -> tuple[RecordName, ...]:
        """The records that are owed, and neither made nor ticketed (TC-07 to TC-11)."""
        return tuple(record for record in self.owed if not self.records.accounts_for(record))


def fold(body: Cancellation | None, step: Step) -> Cancellation:
    """Apply a step to the request's own part; a step that changes nothing in it shares it."""
    if body is None:
        return _adopted(step) if step.trigger == ADOPT else opened(step.command, step.facts)
    change = CHANGES.get(step.trigger)
    return body if change is None else change(body, step)


def _adopted(step: Step) -> Cancellation:
    stated: Adopt = step.command
    return stated.body(step.facts)


def opened(cancel: Cancel, facts: Opening) -> Cancellation:
    """A cancellation as it stands when it is opened.

    Args:
        cancel: What is cancelled.
        facts: What was computed.
    """
    return Cancellation(
        contract=cancel.contract,
        policy=facts.policy,
        cancelled_on=facts.opened_on,
        session=cancel.session,
        session_at=cancel.session_at,
        client=cancel.client,
        therapist=cancel.therapist,
        reason=cancel.reason,
        kind=cancel.kind,
        preferred_method=cancel.preferred_method,
        absence=cancel.absence,
    )


# --- the client --------------------------------------------------------------------------------------------------------


def _told(body: Cancellation, step: Step) -> Cancellation:
    command = step.command
    told = made(Telling, at=step.at, by=step.by, method=command.method, voicemail_reason=command.voicemail_reason)
    return changed(body, told=told, rebooking=body.rebooking.offering(command.slots))


def _support_asked(body: Cancellation, step: Step) -> Cancellation:
    return changed(body, trouble=step.command.trouble)


def _withdrawn(body: Cancellation, step: Step) -> Cancellation:
    return changed(body, withdrawn=step.command.ground)


# --- the next session --------------------------------------------------------------------------------------------------


def _offered(body: Cancellation, step: Step) -> Cancellation:
    return changed(body, rebooking=body.rebooking.offering(step.command.slots))


def _rebooked(body: Cancellation, step: Step) -> Cancellation:
    return changed(body, rebooking=changed(body.rebooking, outcome="booked", slot=step.command.slot))


def _contact_stated(body: Cancellation, step: Step) -> Cancellation:
    return changed(body, rebooking=changed(body.rebooking, outcome="contact_stated", contact_on=step.command.on))


def _not_rebooked(body: Cancellation, step: Step) -> Cancellation:
    return changed(body, rebooking=changed(body.rebooking, outcome="declined", ground=step.command.ground))


def _reopened(body: Cancellation, _step: Step) -> Cancellation:
    # What was offered then may be gone by now; what was agreed, entered and confirmed was of a session that will not be.
    return changed(body, rebooking=NOTHING_SETTLED, records=body.records.without_next_session())


# --- the records -------------------------------------------------------------------------------------------------------


def _attendance_marked(body: Cancellation, step: Step) -> Cancellation:
    return changed(body, records=changed(body.records, attendance=step.command.cancelled_by))


def _noted(body: Cancellation, step: Step) -> Cancellation:
    # A note is written where the client was told, and nowhere before.
    told: Any = body.told
    note = made(Note, note=step.command.note, told_at=told.at, method=told.method, agreed=step.command.agreed)
    return changed(body, records=changed(body.records, notes=(*body.records.notes, note)))


def _session_entered(body: Cancellation, step: Step) -> Cancellation:
    records, session = body.records, step.command.session
    if records.next_session not in (None, session):
        # What was confirmed, or is to be by a ticket, was another session: the client has to be sent a confirmation of this one.
        records = records.without_next_session()
    return changed(body, records=changed(records, next_session=session))


def _session_confirmed(body: Cancellation, step: Step) -> Cancellation:
    return changed(body, records=changed(body.records, confirmed_at=step.at))


def _ticketed(body: Cancellation, step: Step) -> Cancellation:
    ticket = made(Ticket, record=step.command.record, ticket=step.command.ticket)
    return changed(body, records=changed(body.records, tickets=(*body.records.tickets, ticket)))


# --- the absence -------------------------------------------------------------------------------------------------------


def _absence_extended(body: Cancellation, step: Step) -> Cancellation:
    return changed(body, growth=changed(body.growth, longer_since=step.at, until=step.command.until))


def _absence_updated(body: Cancellation, step: Step) -> Cancellation:
    growth = body.growth
    growth = changed(growth, until=step.command.until or growth.until, updates=growth.updates + 1, updated_at=step.at)
    return changed(body, growth=growth)


def _absence_ended(body: Cancellation, _step: Step) -> Cancellation:
    return changed(body, growth=changed(body.growth, longer_since=None, until=None))


# --- escalation --------------------------------------------------------------------------------------------------------


def _escalated(body: Cancellation, step: Step) -> Cancellation:
    escalation = made(Escalation, ground=step.command.ground, at=step.at, by=step.by)
    return changed(body, escalations=(*body.escalations, escalation))


def _concern_raised(body: Cancellation, step: Step) -> Cancellation:
    concern = made(Concern, kind=step.command.kind, at=step.at, by=step.by)
    return changed(body, concerns=(*body.concerns, concern))


CHANGES: Mapping[str, Callable[[Any, Step], Cancellation]] = {
    "tell_client": _told,
    "ask_support": _support_asked,
    "confirm_told": _told,
    "withdraw": _withdrawn,
    "offer_slots": _offered,
    "rebook": _rebooked,
    "state_contact_day": _contact_stated,
    "decline_rebooking": _not_rebooked,
    "reopen_rebooking": _reopened,
    "mark_attendance": _attendance_marked,
    "write_note": _noted,
    "enter_session": _session_entered,
    "confirm_session": _session_confirmed,
    "raise_ticket": _ticketed,
    "extend_absence": _absence_extended,
    "update_absence": _absence_updated,
    "end_absence": _absence_ended,
    "escalate": _escalated,
    "raise_concern": _concern_raised,
}
