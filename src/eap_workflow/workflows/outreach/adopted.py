"""What is stated of a contact that comes from another system: its command, each field by the rules of today's commands."""

from __future__ import annotations

from datetime import date, datetime

from attrs import frozen

from eap_workflow.adoption.fields import instant, part, parts, resting_state
from eap_workflow.adoption.opened import OpenedElsewhere
from eap_workflow.local_time import local_day
from eap_workflow.states import OUTREACH
from eap_workflow.values import Actor, Discreet, Reference, actor, changed, choice, flag, one_of, reference
from eap_workflow.workflows.outreach.commands import (
    Attempt,
    Channel,
    MessageLeft,
    OpenContact,
    ReceiveCall,
    Result,
)
from eap_workflow.workflows.outreach.contact import AttemptMade, CallReceived, Contact, ContactOpening, opened

MOST_ATTEMPTS = 200


@frozen(kw_only=True, eq=False, repr=False)
class AdoptedAttempt(Discreet):
    """An attempt, as it was made (CM-11 to CM-15).

    Attributes:
        at: When.
        by: Which clinician.
        channel: By telephone or by e-mail.
        result: What came of it.
        message: The message that a call without success left, by voicemail or by e-mail; left out, there was none. For an
            e-mail without an answer it may be left out or say ``email``.
        clinical_reason: Why there was an attempt beyond the number, from the contract's list (CM-13).
        agreed: What was agreed, from the contract's list; needed where somebody was reached who is not dissatisfied (CM-15).
        dissatisfied: Whether the person who was reached is dissatisfied (CM-06).
    """

    at: datetime = instant()
    by: Reference = reference()
    channel: Channel = one_of(Channel)
    result: Result = one_of(Result)
    message: MessageLeft | None = one_of(MessageLeft, default=None)
    clinical_reason: str | None = choice(default=None)
    agreed: str | None = choice(default=None)
    dissatisfied: bool = flag(default=False)

    def __attrs_post_init__(self) -> None:
        _ = self.command  # what a command refuses cannot have happened either

    @property
    def command(self) -> Attempt:
        """What would have been asked for here."""
        return Attempt(
            channel=self.channel,
            result=self.result,
            message=self.message,
            clinical_reason=self.clinical_reason,
            agreed=self.agreed,
            dissatisfied=self.dissatisfied,
        )

    @property
    def made(self) -> AttemptMade:
        """The same, as a contact keeps it."""
        return AttemptMade(
            at=self.at,
            by=self.by,
            channel=self.channel,
            result=self.result,
            message=self.command.message_left,
            clinical_reason=self.clinical_reason,
            agreed=self.agreed,
            dissatisfied=self.dissatisfied,
        )


@frozen(kw_only=True, eq=False, repr=False)
class AdoptedCall(Discreet):
    """The other side got in touch (CM-11, CM-15).

    Attributes:
        at: When.
        by: Who took it.
        channel: By telephone or by e-mail.
        agreed: What was agreed, from the contract's list; needed unless the person is dissatisfied.
        dissatisfied: Whether the person is dissatisfied (CM-06).
    """

    at: datetime = instant()
    by: Actor = actor()
    channel: Channel = one_of(Channel, default="telephone")
    agreed: str | None = choice(default=None)
    dissatisfied: bool = flag(default=False)

    def __attrs_post_init__(self) -> None:
        _ = self.command  # as with an attempt

    @property
    def command(self) -> ReceiveCall:
        """What would have been asked for here."""
        return ReceiveCall(channel=self.channel, agreed=self.agreed, dissatisfied=self.dissatisfied)

    @property
    def received(self) -> CallReceived:
        """The same, as a contact keeps it."""
        return CallReceived(
            at=self.at, by=self.by, channel=self.channel, agreed=self.agreed, dissatisfied=self.dissatisfied
        )


@frozen(kw_only=True, eq=False, repr=False)
class Adopt(OpenedElsewhere):
    """Take a contact over from another system, as it stands there.

    Attributes:
        state: The state that it is in; one in which a contact can rest.
        opened_at: When it was asked for; its limits run from there.
        opening: What was asked for, as in ``open_contact``; partner, urgency and means as they are now.
        attempts: The attempts that were made, in order.
        call: How the other side got in touch, where it did.
        acknowledged_at: When what was received was acknowledged, or answered by reaching somebody (CM-05).
        wpo_told_at: When WPO was told that nobody was reached in time (CM-05).
        escalation: Why it was escalated, from the contract's list; left out where somebody is dissatisfied (CM-06).
    """

    state: str = resting_state(OUTREACH)
    opened_at: datetime = instant()
    opening: OpenContact = part(OpenContact)
    attempts: tuple[AdoptedAttempt, ...] = parts(AdoptedAttempt, MOST_ATTEMPTS)
    call: AdoptedCall | None = part(AdoptedCall, default=None)
    acknowledged_at: datetime | None = instant(default=None)
    wpo_told_at: datetime | None = instant(default=None)
    escalation: str | None = choice(default=None)

    def day_opened(self, zone: str) -> date:
        """The day on which it was asked for, in a zone."""
        return local_day(self.opened_at, zone)

    def body(self, facts: ContactOpening) -> Contact:
        """The contact's own part of a snapshot."""
        return changed(
            opened(self.opening, facts, self.opened_at),
            attempts=tuple(each.made for each in self.attempts),
            call=None if self.call is None else self.call.received,
            acknowledged_at=self.acknowledged_at,
            wpo_told_at=self.wpo_told_at,
            escalation=self.escalation,
        )
