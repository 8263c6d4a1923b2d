"""What can be asked for: one class a trigger, checked where it is made.

What a class refuses is malformed whatever the contract; what depends on the contract is a guard of the table.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, ClassVar, Literal, get_args

from attrs import field, frozen

from eap_workflow.errors import InvalidType, InvalidValue
from eap_workflow.values import (
    REFERENCE_PATTERN,
    Discreet,
    Reference,
    as_instant,
    check_reference,
    check_word,
    choice,
    day,
    one_of,
    reference,
)

Kind = Literal["cancelled", "postponed"]
Method = Literal["telephone", "sms", "email", "portal", "voicemail"]
"""How a client is told. What is left on a client's answering machine is ``voicemail``, and no call (TC-05)."""
EndOfRebooking = Literal["client_declined", "client_not_reached", "other_support"]
Withdrawal = Literal["session_goes_ahead", "entered_in_error"]
CancelledBy = Literal["therapist", "provider"]
RecordName = Literal["attendance", "note", "next_session", "confirmation"]
Told = Literal["provider", "client"]
Ground = Literal["client_unhappy", "cannot_wait", "absence_harmful"]
ConcernKind = Literal["welfare", "safeguarding", "risk"]

MOST_SLOTS = 50


def _several(least: int, most: int, what: str, check_each: Callable[[str, object], None], **options: Any) -> Any:
    """Declare an attribute that holds some different values, in a tuple."""

    def check(_instance: object, attribute: Any, value: object) -> None:
        if not isinstance(value, tuple):
            raise InvalidType(attribute.name, f"{what} are needed, as a list")
        for each in value:
            check_each(attribute.name, each)
        if not least <= len(value) <= most or len(set(value)) != len(value):
            raise InvalidValue(attribute.name, f"{least} to {most} different {what} are needed")

    return field(converter=_as_tuple, validator=check, **options)


def _as_tuple(given: Any) -> Any:
    return tuple(given) if isinstance(given, list) else given


def _slots(least: int, **options: Any) -> Any:
    metadata = {"pattern": f"^{REFERENCE_PATTERN}$"}
    return _several(least, MOST_SLOTS, "slots", check_reference, metadata=metadata, **options)


def _check_told(name: str, value: object) -> None:
    check_word(name, value, get_args(Told))


def _as_session_at(given: datetime) -> datetime:
    return as_instant(given, "session_at")


@frozen(kw_only=True, eq=False, repr=False)
class Cancel(Discreet):
    """Cancel or postpone a session of a client's, whom somebody has to tell (TC-01, TC-07, IN-14).

    A cancellation that is entered afterwards is dated when it was decided.

    Attributes:
        contract: The contract that it falls under.
        session: The session that does not take place.
        session_at: When it was to begin, aware; it is held in UTC.
        client: The client.
        therapist: The therapist whose session it is.
        reason: Why, from the contract's list.
        kind: Whether it is cancelled or postponed.
        preferred_method: How the client prefers to be told, as agreed in the first session (TC-01).
        absence: The absence that it belongs to, which all sessions cancelled because of it share (TC-04).
    """

    trigger: ClassVar[str] = "cancel"

    contract: Reference = reference()
    session: Reference = reference()
    session_at: datetime = field(converter=_as_session_at)
    client: Reference = reference()
    therapist: Reference = reference()
    reason: str = choice()
    kind: Kind = one_of(Kind, default="cancelled")
    preferred_method: Method = one_of(Method)
    absence: Reference | None = reference(default=None)


@frozen(kw_only=True, eq=False, repr=False)
class TellClient(Discreet):
    """The client was told, at the instant of the command, and offered what slots there were (TC-01, TC-02, TC-05).

    Attributes:
        method: How.
        voicemail_reason: Why by voicemail, from the contract's list, where that is not what the client prefers.
        slots: The next available slots that the client was offered; none where there was none to offer.
    """

    trigger: ClassVar[str] = "tell_client"

    method: Method = one_of(Method)
    voicemail_reason: str | None = choice(default=None)
    slots: tuple[Reference, ...] = _slots(0, default=())


@frozen(kw_only=True, eq=False, repr=False)
class AskSupport(Discreet):
    """Technical trouble keeps the therapist from telling the client: support is asked to do it (TC-06).

    Attributes:
        trouble: Which trouble, from the contract's list.
    """

    trigger: ClassVar[str] = "ask_support"

    trouble: str = choice()


@frozen(kw_only=True, eq=False, repr=False)
class ConfirmTold(Discreet):
    """Support confirms that it has told the client, at the instant of the command (TC-06).

    Attributes:
        method: How; also by another method than the client prefers, which the trouble may have kept from working.
        voicemail_reason: Why by voicemail, from the contract's list, where that is not what the client prefers.
        slots: The next available slots that the client was offered; none where there was none to offer.
    """

    trigger: ClassVar[str] = "confirm_told"

    method: Method = one_of(Method)
    voicemail_reason: str | None = choice(default=None)
    slots: tuple[Reference, ...] = _slots(0, default=())


@frozen(kw_only=True, eq=False, repr=False)
class HandBack(Discreet):
    """Support hands the telling back to the therapist, who can do it by now (TC-06)."""

    trigger: ClassVar[str] = "hand_back"


@frozen(kw_only=True, eq=False, repr=False)
class Withdraw(Discreet):
    """There is nothing to tell the client, who has not been told anything yet (TC-01).

    Attributes:
        ground: Whether the session goes ahead after all, or the cancellation was entered in error.
    """

    trigger: ClassVar[str] = "withdraw"

    ground: Withdrawal = one_of(Withdrawal)


@frozen(kw_only=True, eq=False, repr=False)
class OfferSlots(Discreet):
    """The client is offered slots, besides those that were offered before (TC-02).

    Attributes:
        slots: Which.
    """

    trigger: ClassVar[str] = "offer_slots"

    slots: tuple[Reference, ...] = _slots(1)


@frozen(kw_only=True, eq=False, repr=False)
class Rebook(Discreet):
    """The client has chosen a slot (TC-02).

    Attributes:
        slot: Which, of those that were offered.
    """

    trigger: ClassVar[str] = "rebook"

    slot: Reference = reference()


@frozen(kw_only=True, eq=False, repr=False)
class StateContactDay(Discreet):
    """The client was told on which day they will be contacted to rebook (TC-03); another day in its place is a later one (IN-12).

    Attributes:
        on: The day; today or later, by the provider's zone.
    """

    trigger: ClassVar[str] = "state_contact_day"

    on: date = day()


@frozen(kw_only=True, eq=False, repr=False)
class DeclineRebooking(Discreet):
    """The session is not rebooked, which closes that part (TC-02, TC-03).

    Attributes:
        ground: Whether the client declined, was not reached on the day that was stated, or has other support.
    """

    trigger: ClassVar[str] = "decline_rebooking"

    ground: EndOfRebooking = one_of(EndOfRebooking, default="client_declined")


@frozen(kw_only=True, eq=False, repr=False)
class ReopenRebooking(Discreet):
    """The next session has to be found anew: the absence reaches it too, or the client changes their mind (TC-02, TC-04)."""

    trigger: ClassVar[str] = "reopen_rebooking"


@frozen(kw_only=True, eq=False, repr=False)
class MarkAttendance(Discreet):
    """The session's attendance is marked as cancelled (TC-08).

    Attributes:
        cancelled_by: By the therapist, or by the provider.
    """

    trigger: ClassVar[str] = "mark_attendance"

    cancelled_by: CancelledBy = one_of(CancelledBy)


@frozen(kw_only=True, eq=False, repr=False)
class WriteNote(Discreet):
    """A clinical note is on the client's file; when and how the client was told is known from the telling (TC-09).

    Attributes:
        note: Where the note is.
        agreed: What was agreed with the client, from the contract's list.
    """

    trigger: ClassVar[str] = "write_note"

    note: Reference = reference()
    agreed: str = choice()


@frozen(kw_only=True, eq=False, repr=False)
class EnterSession(Discreet):
    """The next session is entered in the system (TC-10).

    Attributes:
        session: Which it is there.
    """

    trigger: ClassVar[str] = "enter_session"

    session: Reference = reference()


@frozen(kw_only=True, eq=False, repr=False)
class ConfirmSession(Discreet):
    """The client was sent the confirmation of the next session (TC-10)."""

    trigger: ClassVar[str] = "confirm_session"


@frozen(kw_only=True, eq=False, repr=False)
class RaiseTicket(Discreet):
    """Without access to the system, a ticket asks somebody else to make a record (TC-11).

    Attributes:
        record: Which record.
        ticket: The ticket.
    """

    trigger: ClassVar[str] = "raise_ticket"

    record: RecordName = one_of(RecordName)
    ticket: Reference = reference()


@frozen(kw_only=True, eq=False, repr=False)
class Close(Discreet):
    """The client knows, and every record is made or ticketed (TC-01, TC-07)."""

    trigger: ClassVar[str] = "close"


@frozen(kw_only=True, eq=False, repr=False)
class ExtendAbsence(Discreet):
    """The absence lasts longer than expected; from now on provider and client are kept informed (TC-04).

    Attributes:
        until: The last day of it, as far as is known.
    """

    trigger: ClassVar[str] = "extend_absence"

    until: date | None = day(default=None)


@frozen(kw_only=True, eq=False, repr=False)
class UpdateAbsence(Discreet):
    """Provider and client were told how the absence goes on (TC-04).

    Attributes:
        told: Who was told.
        until: The last day of the absence, where that is another one than was said before.
    """

    trigger: ClassVar[str] = "update_absence"

    told: tuple[Told, ...] = _several(1, len(get_args(Told)), "parties", _check_told)
    until: date | None = day(default=None)


@frozen(kw_only=True, eq=False, repr=False)
class EndAbsence(Discreet):
    """The therapist is back (TC-04)."""

    trigger: ClassVar[str] = "end_absence"


@frozen(kw_only=True, eq=False, repr=False)
class Escalate(Discreet):
    """Clinical support is asked for, and the process goes on (TC-12).

    Attributes:
        ground: The client is unhappy, or cannot wait; or the absence is likely to harm the therapy or the client's wellbeing.
    """

    trigger: ClassVar[str] = "escalate"

    ground: Ground = one_of(Ground)


@frozen(kw_only=True, eq=False, repr=False)
class RaiseConcern(Discreet):
    """A concern goes to the risk desk at once, and the process goes on (TC-12).

    Attributes:
        kind: What it is about: the client's welfare, safeguarding, or risk.
    """

    trigger: ClassVar[str] = "raise_concern"

    kind: ConcernKind = one_of(ConcernKind)


COMMANDS = {
    command.trigger: command
    for command in (
        Cancel,
        TellClient,
        AskSupport,
        ConfirmTold,
        HandBack,
        Withdraw,
        OfferSlots,
        Rebook,
        StateContactDay,
        DeclineRebooking,
        ReopenRebooking,
        MarkAttendance,
        WriteNote,
        EnterSession,
        ConfirmSession,
        RaiseTicket,
        Close,
        ExtendAbsence,
        UpdateAbsence,
        EndAbsence,
        Escalate,
        RaiseConcern,
    )
}
"""The class of each trigger that somebody can send; the other triggers of the table are the system's own."""
