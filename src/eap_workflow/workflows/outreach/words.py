"""What a handover says in words: how a person may be reached, and what each row of the table is called on the page (CM-15)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from eap_workflow.process import ADOPT
from eap_workflow.values import as_words

if TYPE_CHECKING:
    from eap_workflow.steps import Step
    from eap_workflow.workflows.outreach.commands import ReceiveCall
    from eap_workflow.workflows.outreach.contact import AttemptMade, CallReceived, Contact, Means

CHANNELS = {"telephone": "telephone", "email": "e-mail", "voicemail": "voicemail"}


def means_in_words(means: Means) -> tuple[str, ...]:
    """Say how a person may be reached, what is forbidden before what is possible (CM-11, CM-12)."""
    said = []
    if not means.wants_messages:
        said.append("LEAVE NO MESSAGES")
    if means.email_only:
        said.append("e-mail only")
    said.append("telephone" if means.has_telephone else "no telephone number")
    said.append("e-mail" if means.has_email else "no e-mail address")
    if means.email_consent:
        said.append("consents to e-mail for a check-in")
    return tuple(said)


def _opened(_step: Step, body: Contact) -> Iterator[str]:
    yield f"contact asked for, {body.urgency}"


def _means_changed(_step: Step, body: Contact) -> Iterator[str]:
    yield "means stated anew"
    yield "; ".join(means_in_words(body.means))


def attempt_in_words(number: int, attempt: AttemptMade) -> Iterator[str]:
    """Say of an attempt what came of it, and what belongs to it (CM-11 to CM-15)."""
    yield f"attempt {number}, by {CHANNELS[attempt.channel]}: {as_words(attempt.result)}"
    if not attempt.reached:
        left = attempt.message
        yield (
            "no message left"
            if left is None
            else f"message left by {CHANNELS[left]}, asks to call back on the access line"
        )
    if attempt.clinical_reason is not None:
        yield f"clinical reason: {as_words(attempt.clinical_reason)}"
    yield from _outcome(attempt.agreed, dissatisfied=attempt.dissatisfied)


def _attempted(_step: Step, body: Contact) -> Iterator[str]:
    return attempt_in_words(len(body.attempts), body.attempts[-1])


def call_in_words(call: CallReceived | ReceiveCall) -> Iterator[str]:
    """Say how the other side got in touch, and what came of it (CM-11)."""
    yield "they called back on the access line" if call.channel == "telephone" else "they answered by e-mail"
    yield from _outcome(call.agreed, dissatisfied=call.dissatisfied)


def _called(step: Step, _body: Contact) -> Iterator[str]:
    return call_in_words(step.command)


def _taken_over(step: Step, body: Contact) -> Iterator[str]:
    yield f"taken over from another system, {body.urgency}: asked for on {body.opened_on}"
    if body.acknowledged_at is not None:
        yield "receipt was acknowledged"
    if body.wpo_told_at is not None:
        yield "WPO was told that nobody was reached"
    if body.escalation is not None:
        yield f"was escalated to WPO: {as_words(body.escalation)}"
    yield from (f"limit had passed: {as_words(each.limit)}" for each in step.command.limits if "overdue" in each.done)


def _outcome(agreed: str | None, *, dissatisfied: bool) -> Iterator[str]:
    if agreed is not None:
        yield f"agreed: {as_words(agreed)}"
    if dissatisfied:
        yield "DISSATISFIED"


def _more_urgent(step: Step, _body: Contact) -> Iterator[str]:
    yield "RISK raised" if step.command.urgency == "risk" else "urgency raised"


def _escalated(step: Step, _body: Contact) -> Iterator[str]:
    yield f"escalated to WPO: {as_words(step.command.reason)}"


def _of_limit(words: str) -> Callable[[Step, Contact], Iterator[str]]:
    return lambda step, _body: iter((words.format(as_words(step.limit or "a limit")),))


WORDS: Mapping[str, Callable[[Step, Contact], Iterator[str]]] = {
    ADOPT: _taken_over,
    "open_contact": _opened,
    "acknowledge": lambda _step, _body: iter(("receipt acknowledged",)),
    "change_means": _means_changed,
    "attempt": _attempted,
    "receive_call": _called,
    "exhaust": lambda _step, _body: iter(("ended: attempts used up, nobody reached",)),
    "raise_risk": _more_urgent,
    "escalate": _escalated,
    "escalate_at_once": lambda _step, _body: iter(("escalated to WPO: dissatisfied",)),
    "warn_of_many": lambda _step, _body: iter(("WARNING: many attempts in a short time",)),
    "tell_wpo": lambda _step, _body: iter(("WPO told that nobody was reached in time",)),
    "tell_wpo_at_once": lambda _step, _body: iter(("WPO told that nobody was reached",)),
    "remind": _of_limit("reminder: {} is due soon"),
    "warn": _of_limit("warning: {} is due soon"),
    "overdue": _of_limit("limit passed: {}"),
}
"""What each row is called on the page; the first line, and then its notes."""
