"""What somebody is to be told, as a value: kept beside the steps, and delivered later by whoever delivers.

    step ──▶ messages ──▶ outbox ──▶ delivery

A message holds references, choices, numbers and dates, never a name or an address: the recipient is a reference into the
caller's system, which an address book of the caller's resolves at the moment of sending. Who is told what is for
`eap_workflow.views.messages` to say; how it reads and travels is for `eap_workflow.notify`, or for a callable of the
caller's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from functools import cache, lru_cache, partial
from typing import Any, ClassVar, Literal, TypeAlias, get_args

from attrs import field, frozen

from eap_workflow.errors import EapWorkflowError, InvalidType, InvalidValue
from eap_workflow.plain.digest import digest
from eap_workflow.plain.frozen_map import FrozenMap
from eap_workflow.values import WORD_PATTERN, Discreet, Reference, as_instant, count, reference

RecipientRole = Literal[
    "consultant",
    "client",
    "clinical_manager",
    "employer",
    "case_team",
    "partner_clinician",
    "therapist",
    "risk_desk",
]
RECIPIENT_ROLES: tuple[RecipientRole, ...] = get_args(RecipientRole)

MOST_FIELDS = 20
LONGEST_TEXT = 100
LATEST_VERSION = 2**31 - 1
ID_PATTERN = "[0-9a-f]{32}"
DIGITS_OF_AN_ID = 32


class MessageKind(StrEnum):
    """What a message is about; `eap_workflow.views.messages.KINDS` says of each kind whom it goes to, when and why."""

    DETAILS_NEEDED = "details_needed"
    DETAILS_REMINDER = "details_reminder"
    DETAILS_EXTENDED = "details_extended"
    LAPSED = "lapsed"
    REASSIGNED = "reassigned"
    WITHDRAWN = "withdrawn"
    OUTCOME = "outcome"

    OUTCOME_FOR_CLIENT = "outcome_for_client"

    REVIEW_NEEDED = "review_needed"
    REVIEW_REMINDER = "review_reminder"
    REVIEW_EXTENDED = "review_extended"
    REVIEW_OVERDUE = "review_overdue"
    REVIEW_DEEMED = "review_deemed"
    REVIEW_WITHDRAWN = "review_withdrawn"

    DECISION_NEEDED = "decision_needed"
    DECISION_REMINDER = "decision_reminder"
    DECISION_EXTENDED = "decision_extended"
    DECISION_OVERDUE = "decision_overdue"
    DECISION_DEEMED = "decision_deemed"
    DECISION_WITHDRAWN = "decision_withdrawn"

    OUTCOME_TO_RELAY = "outcome_to_relay"

    REVIEW_WAITS = "review_waits"
    CASE_REVIEWED = "case_reviewed"
    NOTES_WAIT = "notes_wait"
    SLIP_RAISED = "slip_raised"
    CASE_HANDED_OVER = "case_handed_over"

    CONTACT_WAITS = "contact_waits"
    URGENCY_RAISED = "urgency_raised"
    MANY_ATTEMPTS = "many_attempts"
    CONTACT_ENDED = "contact_ended"
    NOT_REACHED = "not_reached"
    CONTACT_ESCALATED = "contact_escalated"

    SUPPORT_NEEDED = "support_needed"
    SUPPORT_NOT_NEEDED = "support_not_needed"
    SUPPORT_ANSWERED = "support_answered"
    CANCELLATION_ESCALATED = "cancellation_escalated"
    CONCERN_RAISED = "concern_raised"

    LIMIT_REMINDER = "limit_reminder"
    LIMIT_EXTENDED = "limit_extended"
    TURN_OVERDUE = "turn_overdue"
    LIMIT_WARNING = "limit_warning"
    LIMIT_OVERDUE = "limit_overdue"


@cache
def _matcher(pattern: str) -> Callable[[str], object]:
    import re

    return re.compile(pattern).fullmatch


def _as_plain(given: object) -> object:
    # A member of `Role` is text as well, and its plain form is not.
    return str.__str__(given) if isinstance(given, str) else given


def _check_role(_instance: object, _attribute: Any, value: Any) -> None:
    if value not in RECIPIENT_ROLES:
        raise InvalidValue("role", f"one of {', '.join(RECIPIENT_ROLES)} is needed")


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Recipient(Discreet):
    """Whom a message is for, as references into the caller's system.

    The clinical managers, the case team and the risk desk are groups: they have no id, and the contract says whose they are. A
    partner's clinicians are a group too, of the partner organisation.

    Attributes:
        role: In which role.
        id: Who: the consultant, the client, or the therapist.
        practice: The consultant's practice, where it is known; the partner organisation, of its clinicians.
        employer: The organisation whose approvers are meant.
        contract: The contract that a group works for.
    """

    role: RecipientRole = field(converter=_as_plain, validator=_check_role)
    id: Reference | None = reference(default=None)
    practice: Reference | None = reference(default=None)
    employer: Reference | None = reference(default=None)
    contract: Reference | None = reference(default=None)

    def __attrs_post_init__(self) -> None:
        if self.role in ("consultant", "client", "therapist") and self.id is None:
            raise InvalidValue("id", "a consultant, a client or a therapist is one person, and has an id")
        if self.role == "employer" and self.employer is None:
            raise InvalidValue("employer", "an employer is an organisation, and has its reference here")
        if self.role == "partner_clinician" and self.practice is None:
            raise InvalidValue(
                "practice", "a partner's clinicians are those of an organisation, which has its reference here"
            )


def _as_kind(given: object) -> MessageKind:
    if isinstance(given, MessageKind):
        return given
    if not isinstance(given, str):
        raise InvalidType("kind", "the name of a kind of message is needed, as text")
    kind = next((kind for kind in MessageKind if kind.value == given), None)
    if kind is None:
        raise InvalidValue("kind", f"one of {', '.join(MessageKind)} is needed")
    return kind


def _check_id(_instance: object, _attribute: Any, value: Any) -> None:
    if not isinstance(value, str):
        raise InvalidType("id", "32 hexadecimal digits are needed, as text")
    if _matcher(ID_PATTERN)(value) is None:
        raise InvalidValue("id", "32 hexadecimal digits are needed")


def _check_recipient(_instance: object, _attribute: Any, value: Any) -> None:
    if not isinstance(value, Recipient):
        raise InvalidType("to", "a recipient is needed")


def _as_data(given: object) -> object:
    return FrozenMap(given) if isinstance(given, Mapping) and not isinstance(given, FrozenMap) else given


def _check_data(_instance: object, _attribute: Any, value: Any) -> None:
    if not isinstance(value, FrozenMap):
        raise InvalidType("data", "texts by name are needed")
    if len(value) > MOST_FIELDS:
        raise InvalidValue("data", f"at most {MOST_FIELDS} texts are taken")
    texts = value.values()
    if any(not isinstance(text, str) for text in (*value, *texts)):
        raise InvalidType("data", "names and texts are needed, as text")
    if not all(map(_is_word, value)):
        raise InvalidValue("data", "a name of lower case letters, digits and _ is needed")
    # References, choices, numbers and dates are made of these; a line break would end a header of an e-mail.
    whole = "".join(texts)
    if not whole.isascii() or not whole.isprintable() or max(map(len, texts), default=0) > LONGEST_TEXT:
        raise InvalidValue("data", f"a text of at most {LONGEST_TEXT} printable ASCII characters is needed")


@lru_cache(256)
def _is_word(name: str) -> bool:
    return _matcher(WORD_PATTERN)(name) is not None


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Message(Discreet):
    """One thing that one recipient is to be told.

    The request, the version and the contract are for the bookkeeping of whoever keeps and sends it. What is shown to the
    recipient is ``data`` alone.

    Attributes:
        id: The same for the same message, however often it is made; it shows nothing of the request.
        request: Which request it is about.
        version: The step that caused it, by its number in the request's trail.
        kind: What it is about.
        to: Whom it is for.
        at: When the step took effect, in UTC.
        contract: The contract that the request falls under, whose templates count.
        data: What the recipient is shown: dates in ISO form, numbers as digits, choices by name, references.
    """

    id: str = field(validator=_check_id, metadata={"pattern": f"^{ID_PATTERN}$"})
    request: Reference = reference()
    version: int = count(1, LATEST_VERSION)
    kind: MessageKind = field(converter=_as_kind)
    to: Recipient = field(validator=_check_recipient)
    at: datetime = field(converter=as_instant)
    contract: Reference | None = reference(default=None)
    data: Mapping[str, str] = field(factory=FrozenMap, converter=_as_data, validator=_check_data)

    @classmethod
    def of(
        cls,
        kind: MessageKind,
        to: Recipient,
        data: Mapping[str, str],
        *,
        request: Reference,
        version: int,
        at: datetime,
        contract: Reference | None = None,
        key: bytes = b"",
    ) -> Message:
        """Make a message with the id that belongs to it.

        Args:
            kind: What it is about.
            to: Whom it is for.
            data: What the recipient is shown.
            request: Which request it is about.
            version: The step that causes it.
            at: When the step took effect.
            contract: The contract that the request falls under.
            key: A secret of the caller's, always the same; see `message_id`.
        """
        return cls(
            id=message_id(request, version, kind, to, key=key),
            request=request,
            version=version,
            kind=kind,
            to=to,
            at=at,
            contract=contract,
            data=data,
        )


def message_id(request: Reference, version: int, kind: MessageKind, to: Recipient, *, key: bytes = b"") -> str:
    """Name a message by what makes it the one that it is, so that a step decided twice names it the same.

    The id travels in the header of an e-mail. It is a digest, so nothing can be read from it; but requests are commonly
    numbered, and whoever knows how the digest is made could try all numbers. The key keeps them from it.

    Args:
        request: Which request it is about.
        version: The step that causes it.
        kind: What it is about.
        to: Whom it is for.
        key: A secret of the caller's, always the same: with another one, the same message has another id.
    """
    whom = (to.role, to.id or "", to.practice or "", to.employer or "", to.contract or "")
    content = _joined(*[part.encode() for part in (request, str(version), kind.value, *whom)])
    return digest(_joined(b"eap-workflow message", key, digest(content).encode()))[:DIGITS_OF_AN_ID]


def _joined(*parts: bytes) -> bytes:
    """Each part after its length, so that nothing can be shifted from one to the next."""
    return b"".join([len(part).to_bytes(8, "big") + part for part in parts])


class DeliveryError(EapWorkflowError):
    """A message was not delivered.

    A delivery raises it, and whoever has messages delivered tries again, or gives up where that is of no use. It holds no
    address and nothing of what another system answered but the number of its reply.

    Attributes:
        reason: What went wrong, in words.
        permanent: Whether the same message would fail again, so that only a person can mend it.
    """

    code: ClassVar[str] = "delivery"

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent

    def __reduce__(self) -> tuple[Any, ...]:
        return partial(type(self), permanent=self.permanent), (self.reason,)


Delivery: TypeAlias = Callable[[Message], None]
"""What delivers a message or raises `DeliveryError`; whatever else it raises counts as passing."""

AddressBook: TypeAlias = Callable[[Recipient], tuple[str, ...]]
"""What knows the e-mail addresses of a recipient now; none, or a ``LookupError``, for one that it does not know."""
