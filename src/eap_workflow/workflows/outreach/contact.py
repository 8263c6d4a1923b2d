"""A contact's own part of a snapshot, and how each step changes it.

What was asked for stays as it was opened; the means change where they are stated anew, the attempts grow, and the rest is
set once. A step replaces the part that it changes and shares the others.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from attrs import frozen

from eap_workflow.opening import Opening
from eap_workflow.policy import PolicyRef
from eap_workflow.process import ADOPT
from eap_workflow.terms.outreach import ContactReason
from eap_workflow.values import Actor, Discreet, Reference, changed, made
from eap_workflow.workflows.outreach.commands import MEANS, Channel, MessageLeft, Party, Result, Urgency

if TYPE_CHECKING:
    from eap_workflow.steps import Step
    from eap_workflow.workflows.outreach.adopted import Adopt
    from eap_workflow.workflows.outreach.commands import Attempt, ChangeMeans, OpenContact

URGENCIES: tuple[Urgency, ...] = ("routine", "urgent", "risk")
"""From the least urgent to the most."""


@frozen(kw_only=True, eq=False, repr=False)
class ContactOpening(Opening):
    """What is computed when a contact is opened, and kept to its end (IN-11).

    Attributes:
        attempts: How many attempts the contract owes the reason (CM-08, CM-12, CM-14).
    """

    attempts: int


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Means(Discreet):
    """How the person may be reached (CM-08, CM-11, CM-12).

    Attributes:
        email_only: Whether the person asked that all contact be by e-mail.
        has_telephone: Whether there is a telephone number.
        has_email: Whether there is an e-mail address.
        email_consent: Whether the participant consents to an e-mail for a check-in.
        wants_messages: Whether the person lets messages be left.
    """

    email_only: bool
    has_telephone: bool
    has_email: bool
    email_consent: bool
    wants_messages: bool

    def restated(self, command: ChangeMeans) -> Means:
        """These means, with what is stated anew."""
        given = {name: getattr(command, name) for name in MEANS}
        return changed(self, **{name: value for name, value in given.items() if value is not None})

    @property
    def agree(self) -> bool:
        """Whether e-mail only, where it was asked for, is a way to reach somebody at all (CM-11, CM-12)."""
        return not self.email_only or (self.has_email and self.wants_messages)


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class AttemptMade(Discreet):
    """An attempt, as it was made (CM-15).

    Attributes:
        at: When, in UTC.
        by: Which clinician.
        channel: By telephone or by e-mail.
        result: What came of it.
        message: The message that it left; the e-mail itself, where nobody answered it. None where it left none.
        clinical_reason: Why it was made, where it is beyond the number (CM-13).
        agreed: What was agreed with whoever was reached.
        dissatisfied: Whether they are dissatisfied (CM-06).
    """

    at: datetime
    by: Reference
    channel: Channel
    result: Result
    message: MessageLeft | None = None
    clinical_reason: str | None = None
    agreed: str | None = None
    dissatisfied: bool = False

    @property
    def reached(self) -> bool:
        """Whether somebody was reached."""
        return self.result == "reached"


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class CallReceived(Discreet):
    """The other side got in touch (CM-11).

    Attributes:
        at: When, in UTC.
        by: Who took it.
        channel: By telephone or by e-mail.
        agreed: What was agreed.
        dissatisfied: Whether they are dissatisfied (CM-06).
    """

    at: datetime
    by: Actor
    channel: Channel
    agreed: str | None = None
    dissatisfied: bool = False


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Contact(Discreet):
    """The contact's own part of a snapshot.

    Attributes:
        policy: The policy that it keeps to its end (IN-11).
        contract: The contract.
        opened_on: The day on which it was asked for, in the contract's zone.
        received_at: The instant at which it was, in UTC; its limits run from there, and the order of work goes by it (CM-05).
        partner: The partner organisation that makes contact.
        reason: Why.
        with_whom: With a participant or with a provider.
        person: With whom.
        case: The case that it is about.
        urgency: How urgent it is; it never falls (CM-13).
        means: How the person may be reached.
        owed: How many attempts are owed, and without risk or urgency allowed (CM-08, CM-12, CM-14).
        attempts: The attempts that were made, in order.
        call: How the other side got in touch, where it did.
        acknowledged_at: When what was received was acknowledged, or answered by reaching somebody (CM-05).
        wpo_told_at: When WPO was told that nobody was reached in time (CM-05).
        escalation: Why it was escalated, where somebody chose a reason; dissatisfaction stands with the attempt or the call.
    """

    policy: PolicyRef
    contract: Reference
    opened_on: date
    received_at: datetime
    partner: Reference
    reason: ContactReason
    with_whom: Party
    person: Reference
    case: Reference | None = None
    urgency: Urgency
    means: Means
    owed: int
    attempts: tuple[AttemptMade, ...] = ()
    call: CallReceived | None = None
    acknowledged_at: datetime | None = None
    wpo_told_at: datetime | None = None
    escalation: str | None = None

    @property
    def is_beyond_the_number(self) -> bool:
        """Whether the next attempt is one more than is owed (CM-13)."""
        return len(self.attempts) >= self.owed

    @property
    def last(self) -> AttemptMade | CallReceived | None:
        """What came last: the other side's call, or the last attempt; None before either."""
        return self.call or (self.attempts[-1] if self.attempts else None)

    @property
    def is_reached(self) -> bool:
        """Whether the person was reached, or got in touch."""
        return self.call is not None or (bool(self.attempts) and self.attempts[-1].reached)

    @property
    def is_dissatisfied(self) -> bool:
        """Whether the person who was reached, or got in touch, is dissatisfied (CM-06)."""
        return self.last is not None and self.last.dissatisfied

    @property
    def email_consented(self) -> bool:
        """Whether e-mails may be sent for this reason: for a check-in, with consent (CM-08)."""
        return self.reason != "check_in" or self.means.email_consent

    @property
    def telephone_open(self) -> bool:
        """Whether the telephone may be used; at risk even where e-mail only was asked for (CM-12, CM-13)."""
        return self.means.has_telephone and (not self.means.email_only or self.urgency == "risk")

    @property
    def telephone_is_owed(self) -> bool:
        """Whether one attempt has to be by telephone, and none was yet (CM-08, CM-12)."""
        return (
            self.reason != "check_in"
            and self.means.has_telephone
            and not self.means.email_only
            and all(attempt.channel != "telephone" for attempt in self.attempts)
        )

    @property
    def must_be_by_telephone(self) -> bool:
        """Whether the next attempt is the last one owed, and the one by telephone is still missing (CM-12)."""
        return len(self.attempts) + 1 == self.owed and self.telephone_is_owed

    @property
    def has_no_means(self) -> bool:
        """Whether nothing is open by which the person could be reached (CM-08, CM-11, CM-12)."""
        by_email = self.means.has_email and self.means.wants_messages and self.email_consented
        return not by_email and not self.telephone_open


def fold(body: Contact | None, step: Step) -> Contact:
    """Apply a step to the contact's own part; a step that changes nothing in it shares it."""
    if body is None:
        return _adopted(step) if step.trigger == ADOPT else opened(step.command, step.facts, step.at)
    change = CHANGES.get(step.trigger)
    return body if change is None else change(body, step)


def _adopted(step: Step) -> Contact:
    stated: Adopt = step.command
    return stated.body(step.facts)


def opened(asked: OpenContact, facts: ContactOpening, at: datetime) -> Contact:
    """A contact as it stands when it is opened.

    Args:
        asked: What was asked for.
        facts: What was computed.
        at: When.
    """
    return Contact(
        policy=facts.policy,
        contract=asked.contract,
        opened_on=facts.opened_on,
        received_at=at,
        partner=asked.partner,
        reason=asked.reason,
        with_whom=asked.with_whom,
        person=asked.person,
        case=asked.case,
        urgency=asked.urgency,
        means=Means(**{name: getattr(asked, name) for name in MEANS}),
        owed=facts.attempts,
    )


def _acknowledged(body: Contact, step: Step) -> Contact:
    return changed(body, acknowledged_at=step.at)


def _means_changed(body: Contact, step: Step) -> Contact:
    return changed(body, means=body.means.restated(step.command))


def _attempted(body: Contact, step: Step) -> Contact:
    attempt: Attempt = step.command
    one = made(
        AttemptMade,
        at=step.at,
        by=step.by.id,
        channel=attempt.channel,
        result=attempt.result,
        message=attempt.message_left,
        clinical_reason=attempt.clinical_reason,
        agreed=attempt.agreed,
        dissatisfied=attempt.dissatisfied,
    )
    return changed(body, attempts=(*body.attempts, one))


def _called(body: Contact, step: Step) -> Contact:
    call = step.command
    received = CallReceived(
        at=step.at, by=step.by, channel=call.channel, agreed=call.agreed, dissatisfied=call.dissatisfied
    )
    return changed(body, call=received)


def _reached(body: Contact, step: Step) -> Contact:
    # Whoever speaks with the sender has answered what they sent.
    answered = "acknowledgement" in step.stopped and body.acknowledged_at is None
    return changed(body, acknowledged_at=step.at) if answered else body


def _more_urgent(body: Contact, step: Step) -> Contact:
    return changed(body, urgency=step.command.urgency)


def _wpo_told(body: Contact, step: Step) -> Contact:
    return changed(body, wpo_told_at=step.at)


def _escalated(body: Contact, step: Step) -> Contact:
    return changed(body, escalation=step.command.reason)


CHANGES: Mapping[str, Callable[[Any, Step], Contact]] = {
    "acknowledge": _acknowledged,
    "change_means": _means_changed,
    "attempt": _attempted,
    "receive_call": _called,
    "conclude": _reached,
    "escalate_at_once": _reached,
    "raise_risk": _more_urgent,
    "tell_wpo": _wpo_told,
    "tell_wpo_at_once": _wpo_told,
    "escalate": _escalated,
}
