"""What can be asked for: one class a trigger, checked where it is made.

What a class refuses is malformed whatever the contract; what depends on the contract is a guard of the table. There is no
free text: what somebody wrote is named by a reference, what they chose stands on one of the contract's lists.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from attrs import field, frozen

from eap_workflow import policy_checks
from eap_workflow.commands import ExtendLimit
from eap_workflow.errors import InvalidType, InvalidValue
from eap_workflow.terms.giving import as_names
from eap_workflow.values import WORD_PATTERN, Discreet, Reference, choice, count, one_of, reference

Referral = Literal["self_referral", "management_referral", "critical_incident", "frequent_user"]
SlipKind = Literal["risk", "goal_slip"]

MOST_SESSIONS = 100
MOST_SLIPS = 1_000_000

RESOURCES = policy_checks.names()


@frozen(kw_only=True, eq=False, repr=False)
class OpenCase(Discreet):
    """Open the review of a case: a participant came to the service, and a partner is responsible (CM-01, CM-02).

    Attributes:
        contract: The contract that it falls under.
        partner: The partner organisation that is responsible.
        case: The case, in the caller's system.
        participant: Whom it is about.
        referral: How the participant came; only those who refer themselves are in scope (CM-01).
        kind: The kind of case, from the contract's lists of those that are reviewed and those that are not (CM-02).
        benefit_sessions: How many sessions are available under the participant's benefit. Whether the first session is one of
            them is the caller's to say; what is authorised is counted likewise (CM-03).
        therapist: Who holds the sessions, where that is known already.
    """

    trigger: ClassVar[str] = "open_case"

    contract: Reference = reference()
    partner: Reference = reference()
    case: Reference = reference()
    participant: Reference = reference()
    referral: Referral = one_of(Referral)
    kind: str = choice()
    benefit_sessions: int = count(1, MOST_SESSIONS)
    therapist: Reference | None = reference(default=None)


@frozen(kw_only=True, eq=False, repr=False)
class HoldFirstSession(Discreet):
    """The first session was held, at the instant of the command; whether a review follows is the contract's (CM-02)."""

    trigger: ClassVar[str] = "hold_first_session"


@frozen(kw_only=True, eq=False, repr=False)
class Authorise(Discreet):
    """The partner authorises sessions, up to all of the participant's benefit (CM-03).

    Attributes:
        sessions: How many, counted as those of the benefit are.
    """

    trigger: ClassVar[str] = "authorise"

    sessions: int = count(1, MOST_SESSIONS)


@frozen(kw_only=True, eq=False, repr=False)
class OfferFurtherSession(Discreet):
    """The partner offers one further session, to help the participant to move on (CM-03).

    Attributes:
        destination: Where to, from the contract's list.
    """

    trigger: ClassVar[str] = "offer_further_session"

    destination: str = choice()


@frozen(kw_only=True, eq=False, repr=False)
class Deny(Discreet):
    """The partner denies further sessions, and offers additional resources (CM-03).

    Attributes:
        resources: Which, from the contract's list: one at least, each once.
    """

    trigger: ClassVar[str] = "deny"

    resources: tuple[str, ...] = field(
        converter=as_names,
        metadata={"pattern": f"^{WORD_PATTERN}$", "minItems": 1, "maxItems": policy_checks.MOST_NAMES},
    )

    @resources.validator
    def _check(self, _attribute: object, value: object) -> None:
        if not isinstance(value, tuple):
            raise InvalidType("resources", f"{RESOURCES.allowed} is needed")
        if not RESOURCES.accepts(value):
            raise InvalidValue("resources", f"{RESOURCES.allowed} is needed")


@frozen(kw_only=True, eq=False, repr=False)
class EndIntervention(Discreet):
    """The last session was held, or the participant does not come back: the case notes are owed (CM-10)."""

    trigger: ClassVar[str] = "end_intervention"


@frozen(kw_only=True, eq=False, repr=False)
class UploadNotes(Discreet):
    """Completed case notes are uploaded to the case system; several therapists of a case upload each their own (CM-10).

    Attributes:
        notes: Where they are kept.
    """

    trigger: ClassVar[str] = "upload_notes"

    notes: Reference = reference()


@frozen(kw_only=True, eq=False, repr=False)
class ClearNotes(Discreet):
    """The partner has reviewed the case notes, and found nothing that needs action (CM-10)."""

    trigger: ClassVar[str] = "clear_notes"


@frozen(kw_only=True, eq=False, repr=False)
class FlagNotes(Discreet):
    """The partner has reviewed the case notes, and found something that needs action (CM-10).

    Attributes:
        action: What is to be done, from the contract's list.
    """

    trigger: ClassVar[str] = "flag_notes"

    action: str = choice()


@frozen(kw_only=True, eq=False, repr=False)
class CompleteAction(Discreet):
    """What the case notes asked for is done (CM-10)."""

    trigger: ClassVar[str] = "complete_action"


@frozen(kw_only=True, eq=False, repr=False)
class Close(Discreet):
    """Close the case: every step of the organisation is done, and every slip is taken up (CM-07, CM-10)."""

    trigger: ClassVar[str] = "close"


@frozen(kw_only=True, eq=False, repr=False)
class Discontinue(Discreet):
    """The case ends before its first session, so that there is nothing to review (CM-10).

    Attributes:
        reason: Why, from the contract's list.
    """

    trigger: ClassVar[str] = "discontinue"

    reason: str = choice()


@frozen(kw_only=True, eq=False, repr=False)
class Assign(Discreet):
    """Say who holds the sessions, or hand the case to another partner; one of the two at least (CM-02, IN-07).

    Attributes:
        therapist: Who holds the sessions from now on; left out, who held them before.
        partner: The partner organisation that is responsible from now on; left out, the one that was before.
    """

    trigger: ClassVar[str] = "assign"

    therapist: Reference | None = reference(default=None)
    partner: Reference | None = reference(default=None)

    def __attrs_post_init__(self) -> None:
        if self.therapist is None and self.partner is None:
            raise InvalidValue("therapist", "a therapist, a partner, or both are needed")


@frozen(kw_only=True, eq=False, repr=False)
class RaiseSlip(Discreet):
    """A risk situation or goal slip was noticed; it stays on record, and somebody has to take it up (CM-10).

    Attributes:
        kind: Which of the two.
        note: Where what was noticed is kept, if it was written down.
    """

    trigger: ClassVar[str] = "raise_slip"

    kind: SlipKind = one_of(SlipKind)
    note: Reference | None = reference(default=None)


@frozen(kw_only=True, eq=False, repr=False)
class TakeUpSlip(Discreet):
    """The partner takes a slip up (CM-10).

    Attributes:
        slip: Its number in the case, from 1.
        action: What is done about it, from the contract's list.
    """

    trigger: ClassVar[str] = "take_up_slip"

    slip: int = count(1, MOST_SLIPS)
    action: str = choice()


@frozen(kw_only=True, eq=False, repr=False)
class DoOwnStep(Discreet):
    """The next of the client organisation's own steps is done (CM-07).

    Attributes:
        step: Which, by its name in the contract.
    """

    trigger: ClassVar[str] = "do_own_step"

    step: str = choice()


COMMANDS = {
    command.trigger: command
    for command in (
        OpenCase,
        HoldFirstSession,
        Authorise,
        OfferFurtherSession,
        Deny,
        EndIntervention,
        UploadNotes,
        ClearNotes,
        FlagNotes,
        CompleteAction,
        Close,
        Discontinue,
        Assign,
        RaiseSlip,
        TakeUpSlip,
        DoOwnStep,
        ExtendLimit,
    )
}
"""The class of each trigger that somebody can send; the other triggers of the table are the system's own."""
