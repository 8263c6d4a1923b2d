"""The page by which another clinician picks a contact up at a glance (CM-15).

The status comes first, then how the person may be reached, then what happened, what was agreed, and what is due. It is made
of the trail alone, and holds references and choices: whoever may read it knows whom they mean.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from attrs import frozen

from eap_workflow.citing import serves
from eap_workflow.errors import DefinitionError, InvalidValue
from eap_workflow.local_time import zone_of
from eap_workflow.policy_checks import STANDARD_ZONE
from eap_workflow.process import ADOPT
from eap_workflow.states import OUTREACH
from eap_workflow.values import Actor, Discreet, Reference, Role, as_words
from eap_workflow.wording import instant
from eap_workflow.workflows.outreach.contact import Contact, fold
from eap_workflow.workflows.outreach.words import WORDS, attempt_in_words, call_in_words, means_in_words

if TYPE_CHECKING:
    from eap_workflow.deadlines import Deadline
    from eap_workflow.steps import Step

ROUTING = ("conclude", "go_on", "finish")
"""Rows that only say where a contact goes on to: the status has it."""


@frozen(kw_only=True, eq=False, repr=False)
class Happened(Discreet):
    """One thing that happened.

    Attributes:
        at: When, in UTC.
        by: Who did it; the system for what the clock did.
        what: What it was, in words.
        notes: What belongs to it, in words.
    """

    at: datetime
    by: Actor
    what: str
    notes: tuple[str, ...] = ()


@frozen(kw_only=True, eq=False, repr=False)
class Agreed(Discreet):
    """What was agreed with the person, or with the provider.

    Attributes:
        at: When, in UTC.
        what: The choice of the contract's list.
    """

    at: datetime
    what: str


@frozen(kw_only=True, eq=False, repr=False)
class DueBy(Discreet):
    """A limit that runs.

    Attributes:
        limit: Which one.
        what: What it limits, in the words of the table.
        passes_at: When it passes, in UTC.
        has_passed: Whether the clock has recorded that it did.
    """

    limit: str
    what: str
    passes_at: datetime
    has_passed: bool


@frozen(kw_only=True, eq=False, repr=False)
class Handover(Discreet):
    """A contact on one page, in reading order.

    Attributes:
        request: Which contact.
        state: The state that it is in.
        is_open: Whether it has not ended.
        as_of: When its last step took effect, in UTC; it ended then, where it has ended.
        contact: What is known of it: with whom, why, how urgent, the means, the attempts.
        happened: What happened, in order.
        agreed: What was agreed, in order.
        due: The limits that run, the one that passes first before the others.
        to_do: What is left to do, in words; nothing once it has ended.
        zone: The zone in which the text shows instants.
    """

    request: Reference
    state: str
    is_open: bool
    as_of: datetime
    contact: Contact
    happened: tuple[Happened, ...]
    agreed: tuple[Agreed, ...]
    due: tuple[DueBy, ...]
    to_do: tuple[str, ...]
    zone: str

    @property
    def status(self) -> str:
        """How it stands, in a line: the state, the urgency, the attempts, and what is due next or when it ended."""
        contact = self.contact
        parts = [f"{self.request}: {as_words(self.state).upper()}"]
        if contact.urgency != "routine":
            parts.append("AT RISK" if contact.urgency == "risk" else "URGENT")
        made = len(contact.attempts)
        parts.append(
            f"{made} attempts made, {contact.owed} owed"
            if made > contact.owed
            else f"{made} of {contact.owed} attempts made"
        )
        if contact.is_dissatisfied:
            parts.append("dissatisfied")
        if not self.is_open:
            parts.append(f"ended {self._local(self.as_of)}")
        elif self.due:
            first = self.due[0]
            verb = "overdue since" if first.has_passed else "due by"
            parts.append(f"{as_words(first.limit)} {verb} {self._local(first.passes_at)}")
        return ", ".join(parts)

    @property
    def about(self) -> str:
        """With whom, why, for which case, and who makes contact, in a line."""
        contact = self.contact
        case = "" if contact.case is None else f", case {contact.case}"
        return f"{as_words(contact.reason).capitalize()}: {contact.with_whom} {contact.person}{case}; partner {contact.partner}"

    def _local(self, at: datetime) -> str:
        return instant(at, self.zone)

    def __str__(self) -> str:
        lines = [self.status, self.about, f"Means: {'; '.join(means_in_words(self.contact.means))}."]
        lines += ["", "What happened"]
        for each in self.happened:
            who = "the system" if each.by.role.value == "system" else f"{as_words(each.by.role.value)} {each.by.id}"
            lines.append(f"  {self._local(each.at)}  {each.what} ({who})")
            lines += (f"{'':24}{note}" for note in each.notes)
        lines += ["", "What was agreed"]
        lines += (f"  {self._local(each.at)}  {as_words(each.what)}" for each in self.agreed)
        lines += [] if self.agreed else ["  nothing yet" if self.is_open else "  nothing"]
        lines += ["", "What is due"]
        for due in self.due:
            overdue = ", overdue" if due.has_passed else ""
            lines.append(f"  {self._local(due.passes_at)}  {as_words(due.limit)}{overdue}: {due.what}")
        lines += (f"  {each}" for each in self.to_do)
        lines += [] if self.due or self.to_do else ["  nothing"]
        return "\n".join((*lines, "", f"Times are those of {self.zone}."))


@serves("CM-15")
def handover(trail: Sequence[Step], zone: str = STANDARD_ZONE) -> Handover:
    """Put a contact on one page: what happened, what was agreed, what is due, in reading order (CM-15).

    Args:
        trail: All steps of one contact, in order.
        zone: The zone in which the page shows instants, by its IANA key.

    Raises:
        InvalidValue: There is no step.
        DefinitionError: The steps are those of another workflow, or not all of one contact.
        Unknown: There is no such zone.
    """
    zone_of(zone)
    if not trail:
        raise InvalidValue("trail", "a contact's steps are needed, from its first on")
    _check_is_whole(trail)
    body: Any = None
    happened: list[Happened] = []
    for step in trail:
        body = fold(body, step)
        if step.trigger == ADOPT:
            happened += _elsewhere(body)
        if step.trigger not in ROUTING:
            happened.append(_happened(step, body))
    last = trail[-1]
    is_open = not OUTREACH.state(last.target).final
    due = _due(trail)
    return Handover(
        request=last.request,
        state=last.target,
        is_open=is_open,
        as_of=last.at,
        contact=body,
        happened=tuple(happened),
        agreed=_agreed(body),
        due=due,
        to_do=tuple(_to_do(body, due)) if is_open else (),
        zone=zone,
    )


def _check_is_whole(trail: Sequence[Step]) -> None:
    first, source = trail[0], OUTREACH.start
    for number, step in enumerate(trail, 1):
        if step.workflow != OUTREACH.name:
            raise DefinitionError("the trail is of another workflow than outreach")
        if (step.version, step.source, step.request) != (number, source, first.request):
            raise DefinitionError("the trail is not that of one contact, from its first step on")
        source = step.target


def _due(trail: Sequence[Step]) -> tuple[DueBy, ...]:
    running: dict[str, Deadline] = {}
    passed: set[str | None] = set()
    for step in trail:
        for limit in step.stopped:
            running.pop(limit, None)
        running |= {deadline.limit: deadline for deadline in step.started}
        if step.trigger == "overdue":
            passed.add(step.limit)
        elif step.trigger == ADOPT:
            passed |= {each.limit for each in step.command.limits if "overdue" in each.done}
    return tuple(
        DueBy(
            limit=deadline.limit,
            what=OUTREACH.limit(deadline.limit).sentence,
            passes_at=deadline.passes_at,
            has_passed=deadline.limit in passed,
        )
        for deadline in sorted(running.values(), key=lambda each: each.passes_at)
    )


def _agreed(body: Contact) -> tuple[Agreed, ...]:
    contacts = (*body.attempts, *(() if body.call is None else (body.call,)))
    return tuple(Agreed(at=each.at, what=each.agreed) for each in contacts if each.agreed is not None)


def _to_do(body: Contact, due: tuple[DueBy, ...]) -> Iterator[str]:
    must_be_acknowledged = body.reason == "email_received" or any(each.limit == "acknowledgement" for each in due)
    if must_be_acknowledged and body.acknowledged_at is None:
        yield "Acknowledge what was received."
    left = body.owed - len(body.attempts)
    if left <= 0:
        may_go_on = body.urgency != "routine" and not body.has_no_means
        further = "; a further attempt takes a clinical reason" if may_go_on else ""
        yield f"All attempts that are owed were made: end it as exhausted{further}."
    elif body.has_no_means:
        yield "No means of contact is open: state the means anew, or escalate."
    else:
        telephone = (", by telephone" if left == 1 else ", one of them by telephone") if body.telephone_is_owed else ""
        yield f"{left} attempt{'s are' if left > 1 else ' is'} owed{telephone}."


def _elsewhere(body: Contact) -> Iterator[Happened]:
    """What had happened in another system, as far as it was stated who did it and when."""
    for number, each in enumerate(body.attempts, 1):
        what, *notes = attempt_in_words(number, each)
        by = Actor(role=Role.PARTNER_CLINICIAN, id=each.by, practice=body.partner)
        yield Happened(at=each.at, by=by, what=what, notes=tuple(notes))
    if body.call is not None:
        what, *notes = call_in_words(body.call)
        yield Happened(at=body.call.at, by=body.call.by, what=what, notes=tuple(notes))


def _happened(step: Step, body: Contact) -> Happened:
    what, *notes = WORDS[step.trigger](step, body)
    return Happened(at=step.at, by=step.by, what=what, notes=tuple(notes))
