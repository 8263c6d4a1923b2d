"""What is stated of a cancellation that comes from another system: its command, each field by the rules of today's commands."""

from __future__ import annotations

from datetime import date, datetime

from attrs import frozen

from eap_workflow.adoption.fields import copied, instant, part, parts, references, resting_state
from eap_workflow.adoption.opened import OpenedOnADay
from eap_workflow.errors import InvalidValue
from eap_workflow.opening import Opening
from eap_workflow.states import SESSION_CANCELLATION
from eap_workflow.values import Actor, Discreet, Reference, actor, changed, choice, count, day, one_of, reference
from eap_workflow.workflows.session_cancellation.cancellation import (
    Cancellation,
    Concern,
    Escalation,
    Growth,
    Note,
    Rebooked,
    Rebooking,
    Records,
    Telling,
    Ticket,
    opened,
)
from eap_workflow.workflows.session_cancellation.commands import (
    Cancel,
    CancelledBy,
    ConcernKind,
    EndOfRebooking,
    Ground,
    Method,
    RecordName,
    Withdrawal,
)

MOST_KEPT = 1_000
MOST_UPDATES = 100_000


@frozen(kw_only=True, eq=False, repr=False)
class AdoptedTelling(Discreet):
    """When and how the client was told (TC-01, TC-05).

    Attributes:
        at: When.
        by: Who told them.
        method: How.
        voicemail_reason: Why by voicemail, from the contract's list, where that is not what the client prefers.
    """

    at: datetime = instant()
    by: Actor = actor()
    method: Method = one_of(Method)
    voicemail_reason: str | None = choice(default=None)


@frozen(kw_only=True, eq=False, repr=False)
class AdoptedRebooking(Discreet):
    """What becomes of the session; how far that has come, the state says (TC-02, TC-03).

    Attributes:
        slots: Every slot that the client was offered since the session was to be rebooked, in the order of the offers.
        contact_on: The day on which the client is to be contacted, as it was stated last.
        slot: The slot that the client chose.
        ground: Why it is not rebooked; in place of a slot.
    """

    slots: tuple[Reference, ...] = references(MOST_KEPT, default=())
    contact_on: date | None = day(default=None)
    slot: Reference | None = reference(default=None)
    ground: EndOfRebooking | None = one_of(EndOfRebooking, default=None)

    def __attrs_post_init__(self) -> None:
        if len(set(self.slots)) < len(self.slots):
            raise InvalidValue("slots", "different slots are needed")
        if self.slot is not None and self.ground is not None:
            raise InvalidValue("ground", "a session that was rebooked has no reason why it was not")


@frozen(kw_only=True, eq=False, repr=False)
class AdoptedNote(Discreet):
    """A clinical note on the client's file; when and how the client was told is known from the telling (TC-09).

    Attributes:
        note: Where it is.
        agreed: What was agreed with the client, from the contract's list.
    """

    note: Reference = reference()
    agreed: str = choice()


@frozen(kw_only=True, eq=False, repr=False)
class AdoptedTicket(Discreet):
    """A ticket that stands in for a record (TC-11).

    Attributes:
        record: Which record.
        ticket: The ticket.
    """

    record: RecordName = one_of(RecordName)
    ticket: Reference = reference()


@frozen(kw_only=True, eq=False, repr=False)
class AdoptedRecords(Discreet):
    """What is on file of the cancellation (TC-07 to TC-11).

    Attributes:
        attendance: By whom the session is marked as cancelled.
        notes: The clinical notes, in order.
        next_session: The next session, as it was entered.
        confirmed_at: When the client was sent the confirmation of it.
        tickets: Every ticket that stands in for a record, in the order in which they were raised.
    """

    attendance: CancelledBy | None = one_of(CancelledBy, default=None)
    notes: tuple[AdoptedNote, ...] = parts(AdoptedNote, MOST_KEPT)
    next_session: Reference | None = reference(default=None)
    confirmed_at: datetime | None = instant(default=None)
    tickets: tuple[AdoptedTicket, ...] = parts(AdoptedTicket, MOST_KEPT)


@frozen(kw_only=True, eq=False, repr=False)
class AdoptedGrowth(Discreet):
    """How an absence went on (TC-04).

    Attributes:
        longer_since: Since when it is on record as longer than expected; left out while it is not.
        until: The last day of it, as far as is known, where it is longer.
        updates: How often provider and client were told how it goes on.
        updated_at: When they were told last.
    """

    longer_since: datetime | None = instant(default=None)
    until: date | None = day(default=None)
    updates: int = count(0, MOST_UPDATES, default=0)
    updated_at: datetime | None = instant(default=None)

    def __attrs_post_init__(self) -> None:
        if self.until is not None and self.longer_since is None:
            raise InvalidValue("until", "the last day is that of an absence that is on record as longer")
        if (self.updates > 0) != (self.updated_at is not None):
            raise InvalidValue("updated_at", "it is needed with updates, and without them there is none")


@frozen(kw_only=True, eq=False, repr=False)
class AdoptedEscalation(Discreet):
    """Clinical support was asked for (TC-12).

    Attributes:
        ground: Why.
        at: When.
        by: Who asked.
    """

    ground: Ground = one_of(Ground)
    at: datetime = instant()
    by: Actor = actor()


@frozen(kw_only=True, eq=False, repr=False)
class AdoptedConcern(Discreet):
    """A concern that went to the risk desk (TC-12).

    Attributes:
        kind: What it is about.
        at: When it was raised.
        by: Who raised it.
    """

    kind: ConcernKind = one_of(ConcernKind)
    at: datetime = instant()
    by: Actor = actor()


@frozen(kw_only=True, eq=False, repr=False)
class Adopt(OpenedOnADay):
    """Take a cancellation over from another system, as it stands there.

    Attributes:
        state: The state that it is in; one in which a cancellation can rest.
        opening: What was cancelled, as in ``cancel``.
        trouble: For which trouble support was asked last to tell the client, from the contract's list.
        told: When and how the client was told.
        withdrawn: Why there was nothing to tell.
        rebooking: What becomes of the session.
        records: What is on file.
        growth: How the absence went on.
        escalations: What clinical support was asked for, in order.
        concerns: What went to the risk desk, in order.
    """

    state: str = resting_state(SESSION_CANCELLATION)
    opening: Cancel = part(Cancel)
    trouble: str | None = choice(default=None)
    told: AdoptedTelling | None = part(AdoptedTelling, default=None)
    withdrawn: Withdrawal | None = one_of(Withdrawal, default=None)
    rebooking: AdoptedRebooking = part(AdoptedRebooking, default=AdoptedRebooking())
    records: AdoptedRecords = part(AdoptedRecords, default=AdoptedRecords())
    growth: AdoptedGrowth = part(AdoptedGrowth, default=AdoptedGrowth())
    escalations: tuple[AdoptedEscalation, ...] = parts(AdoptedEscalation, MOST_KEPT)
    concerns: tuple[AdoptedConcern, ...] = parts(AdoptedConcern, MOST_KEPT)

    @property
    def rebooked(self) -> Rebooked:
        """How far the rebooking has come."""
        if self.state in ("to_record", "closed"):
            return "declined" if self.rebooking.slot is None else "booked"
        return "contact_stated" if self.state == "contact_stated" else "pending"

    def body(self, facts: Opening) -> Cancellation:
        """The cancellation's own part of a snapshot."""
        told = self.told
        notes: tuple[Note, ...] = ()
        if told is not None:
            # Without the telling there is nothing to note, which a claim sees to.
            notes = tuple(copied(Note, each, told_at=told.at, method=told.method) for each in self.records.notes)
        return changed(
            opened(self.opening, facts),
            trouble=self.trouble,
            told=copied(Telling, told),
            withdrawn=self.withdrawn,
            rebooking=copied(Rebooking, self.rebooking, outcome=self.rebooked),
            records=copied(
                Records,
                self.records,
                notes=notes,
                tickets=tuple(copied(Ticket, each) for each in self.records.tickets),
            ),
            growth=copied(Growth, self.growth),
            escalations=tuple(copied(Escalation, each) for each in self.escalations),
            concerns=tuple(copied(Concern, each) for each in self.concerns),
        )
