"""What can be asked for: one class a trigger, checked where it is made.

What a class refuses contradicts itself whatever the contract; what depends on the contract, or on the contact as it
stands, is a guard of the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from attrs import frozen

from eap_workflow.errors import InvalidValue
from eap_workflow.terms.outreach import ContactReason
from eap_workflow.values import Discreet, Reference, choice, flag, one_of, reference

Party = Literal["participant", "provider"]
Urgency = Literal["routine", "urgent", "risk"]
Channel = Literal["telephone", "email"]
Result = Literal["reached", "no_answer", "no_voicemail", "engaged", "wrong_person", "not_in_service", "undelivered"]
MessageLeft = Literal["voicemail", "email"]

ONLY_WITH: Mapping[str, Party] = {
    "check_in": "participant",
    "provider_enquiry": "provider",
    "participant_query": "participant",
    "after_complaint": "participant",
}
"""With whom contact is made for a reason that says so itself; the others may be about either."""

RESULTS: Mapping[str, tuple[str, ...]] = {
    "telephone": ("reached", "no_answer", "no_voicemail", "engaged", "wrong_person", "not_in_service"),
    "email": ("reached", "no_answer", "wrong_person", "undelivered"),
}
"""What can come of an attempt, by its channel."""

TAKES_VOICEMAIL = ("no_answer", "engaged")
"""The results of a call after which voicemail may have taken a message."""


@frozen(kw_only=True, eq=False, repr=False)
class OpenContact(Discreet):
    """Ask a partner to make contact; the envelope's ``at`` is the receipt from which its limits run (CM-04, CM-05, CM-09).

    Attributes:
        contract: The contract that it falls under.
        partner: The partner organisation that makes contact.
        reason: Why; the contract's numbers and limits go by it.
        with_whom: Whether with a participant or with a provider.
        person: With whom, as a reference.
        case: The case that it is about, where it is about one.
        urgency: How urgent it is; risk is more urgent than urgent (CM-13).
        email_only: Whether the person asked that all contact be by e-mail (CM-12).
        has_telephone: Whether there is a telephone number (CM-12).
        has_email: Whether there is an e-mail address (CM-11).
        email_consent: Whether the participant consents to an e-mail for a check-in (CM-08).
        wants_messages: Whether the person lets voicemail and e-mail messages be left (CM-11).
    """

    trigger: ClassVar[str] = "open_contact"

    contract: Reference = reference()
    partner: Reference = reference()
    reason: ContactReason = one_of(ContactReason)
    with_whom: Party = one_of(Party)
    person: Reference = reference()
    case: Reference | None = reference(default=None)
    urgency: Urgency = one_of(Urgency, default="routine")
    email_only: bool = flag(default=False)
    has_telephone: bool = flag(default=True)
    has_email: bool = flag(default=True)
    email_consent: bool = flag(default=False)
    wants_messages: bool = flag(default=True)

    def __attrs_post_init__(self) -> None:
        whom = ONLY_WITH.get(self.reason, self.with_whom)
        if whom != self.with_whom:
            raise InvalidValue("with_whom", f"for this reason, contact is made with a {whom}")
        if self.email_only and not self.has_email:
            raise InvalidValue("email_only", "e-mail only is for somebody who has an e-mail address")
        if self.email_only and not self.wants_messages:
            raise InvalidValue("email_only", "e-mail only is for somebody whom e-mails may be left for")


@frozen(kw_only=True, eq=False, repr=False)
class Acknowledge(Discreet):
    """The partner has acknowledged what was received (CM-05)."""

    trigger: ClassVar[str] = "acknowledge"


@frozen(kw_only=True, eq=False, repr=False)
class ChangeMeans(Discreet):
    """State anew how the person may be reached; what is left out stays as it is (CM-08, CM-11, CM-12).

    Attributes:
        email_only: Whether the person asked that all contact be by e-mail.
        has_telephone: Whether there is a telephone number.
        has_email: Whether there is an e-mail address.
        email_consent: Whether the participant consents to an e-mail for a check-in.
        wants_messages: Whether the person lets voicemail and e-mail messages be left.
    """

    trigger: ClassVar[str] = "change_means"

    email_only: bool | None = flag(default=None)
    has_telephone: bool | None = flag(default=None)
    has_email: bool | None = flag(default=None)
    email_consent: bool | None = flag(default=None)
    wants_messages: bool | None = flag(default=None)

    def __attrs_post_init__(self) -> None:
        if all(getattr(self, name) is None for name in MEANS):
            raise InvalidValue("command", f"one at least is needed of {', '.join(MEANS)}")


MEANS = ("email_only", "has_telephone", "has_email", "email_consent", "wants_messages")
"""What there is to know of how a person may be reached, by name."""


@frozen(kw_only=True, eq=False, repr=False)
class Attempt(Discreet):
    """The partner has tried to make contact; the envelope's ``at`` is when (CM-11 to CM-15).

    An e-mail is an attempt when it is sent: its result is ``no_answer`` until somebody answers, and it is itself the
    message that such an attempt leaves. An answer that comes later is `ReceiveCall`.

    Attributes:
        channel: By telephone or by e-mail.
        result: What came of it.
        message: The message that a call without success left, by voicemail or by e-mail; left out, there is none. For an
            e-mail without an answer it may be left out or say ``email``.
        asks_to_call_back: Whether that message, or the e-mail itself, asks for a call back on the access line (CM-11).
        clinical_reason: Why there is an attempt beyond the number, from the contract's list (CM-13).
        agreed: What was agreed, from the contract's list; needed where somebody was reached who is not dissatisfied (CM-15).
        dissatisfied: Whether the person who was reached is dissatisfied, which escalates the contact (CM-06).
    """

    trigger: ClassVar[str] = "attempt"

    channel: Channel = one_of(Channel)
    result: Result = one_of(Result)
    message: MessageLeft | None = one_of(MessageLeft, default=None)
    asks_to_call_back: bool = flag(default=False)
    clinical_reason: str | None = choice(default=None)
    agreed: str | None = choice(default=None)
    dissatisfied: bool = flag(default=False)

    def __attrs_post_init__(self) -> None:
        if self.result not in RESULTS[self.channel]:
            raise InvalidValue("result", f"by {self.channel}, one of {', '.join(RESULTS[self.channel])} is needed")
        self._check_message()
        if self.result == "reached":
            _check_agreement(self.agreed, dissatisfied=self.dissatisfied)
        elif self.agreed is not None:
            raise InvalidValue("agreed", "nothing is agreed where nobody was reached")
        elif self.dissatisfied:
            raise InvalidValue("dissatisfied", "nobody was reached who could be dissatisfied")

    def _check_message(self) -> None:
        if self.result == "reached" and self.message is not None:
            raise InvalidValue("message", "an attempt that reached somebody leaves no message")
        if self.message == "voicemail" and (self.channel == "email" or self.result not in TAKES_VOICEMAIL):
            raise InvalidValue("message", f"voicemail is left after a call alone, with {' or '.join(TAKES_VOICEMAIL)}")
        if self.message is not None and self.channel == "email" and self.result != "no_answer":
            raise InvalidValue("message", "an e-mail that did not get there leaves no message")
        if self.asks_to_call_back and self.message_left is None:
            raise InvalidValue("asks_to_call_back", "a call back is asked for in a message, and none was left")

    @property
    def message_left(self) -> MessageLeft | None:
        """The message that it left; an e-mail that nobody has answered is one (CM-11)."""
        return "email" if self.channel == "email" and self.result == "no_answer" else self.message


def _check_agreement(agreed: str | None, *, dissatisfied: bool) -> None:
    if agreed is None and not dissatisfied:
        raise InvalidValue("agreed", "what was agreed is needed, or that the person is dissatisfied")


@frozen(kw_only=True, eq=False, repr=False)
class ReceiveCall(Discreet):
    """The other side got in touch: called back on the access line, or answered an e-mail (CM-11, CM-15).

    Attributes:
        channel: By telephone or by e-mail.
        agreed: What was agreed, from the contract's list; needed unless the person is dissatisfied.
        dissatisfied: Whether the person is dissatisfied, which escalates the contact (CM-06).
    """

    trigger: ClassVar[str] = "receive_call"

    channel: Channel = one_of(Channel, default="telephone")
    agreed: str | None = choice(default=None)
    dissatisfied: bool = flag(default=False)

    def __attrs_post_init__(self) -> None:
        _check_agreement(self.agreed, dissatisfied=self.dissatisfied)


@frozen(kw_only=True, eq=False, repr=False)
class Exhaust(Discreet):
    """The partner ends the contact: the attempts that are owed were made, and nobody was reached (CM-12)."""

    trigger: ClassVar[str] = "exhaust"


@frozen(kw_only=True, eq=False, repr=False)
class RaiseRisk(Discreet):
    """Put risk or urgency on record, which nothing takes off again (CM-13).

    Attributes:
        urgency: How urgent it is now.
    """

    trigger: ClassVar[str] = "raise_risk"

    urgency: Literal["urgent", "risk"] = one_of(Literal["urgent", "risk"], default="risk")


@frozen(kw_only=True, eq=False, repr=False)
class Escalate(Discreet):
    """Hand the contact to WPO (CM-06).

    Attributes:
        reason: Why, from the contract's list; ``dissatisfied`` whatever that list says.
    """

    trigger: ClassVar[str] = "escalate"

    reason: str = choice()


COMMANDS = {
    command.trigger: command
    for command in (OpenContact, Acknowledge, ChangeMeans, Attempt, ReceiveCall, Exhaust, RaiseRisk, Escalate)
}
"""The class of each trigger that somebody can send; the other triggers of the table are the system's own."""
