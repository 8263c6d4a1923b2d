"""Contacts, as they are walked: the contracts, the people, what they ask for, and what decides."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime
from typing import Any

from attrs import frozen

from eap_workflow.policy import OutreachTerms, ReasonTerms, TimeTerms
from eap_workflow.proof.walking import DAY, Letter, World, clock_key, contract, letter, person
from eap_workflow.steps import Snapshot
from eap_workflow.values import Role
from eap_workflow.workflows import outreach

PIA = person(Role.PARTNER_CLINICIAN, "pia", practice="pt-1")
EVE = person(Role.PARTNER_CLINICIAN, "eve", practice="pt-2")
TEAM = person(Role.CASE_TEAM, "team")

SPAN_DAYS = 1
LIMIT = TimeTerms(working_days=1)
NUDGED = TimeTerms(working_days=2, remind_before=1, warn_before=1)
HOURS = TimeTerms(elapsed_hours=24)


@frozen(kw_only=True)
class Given:
    """What is fixed of a contact besides its contract.

    Attributes:
        reason: Why contact is made.
        means: How the person may be reached, where it is not as usual.
        beyond: How many attempts beyond the number are walked.
    """

    reason: str
    means: dict[str, bool]
    beyond: int


def _world(name: str, reason: str, terms: ReasonTerms, beyond: int, **means: bool) -> World:
    given: dict[str, Any] = {reason: terms}
    policy = contract(
        outreach=OutreachTerms(
            **given,
            many_attempts=2,
            many_within_days=SPAN_DAYS,
            clinical_reasons=("safety_check",),
            escalations=("complaint",),
            agreements=("nothing_further",),
        )
    )
    return World(name=f"{name}, {reason}", policy=policy, given=Given(reason=reason, means=means, beyond=beyond))


def worlds(full: bool) -> tuple[World, ...]:  # noqa: FBT001
    """Contracts and contacts: each reason's shape of limits and numbers, and ways in which a person may be reached."""
    email = ReasonTerms(attempts=2, acknowledgement=HOURS, first_attempt=LIMIT, contact=NUDGED)
    few = (
        _world("every limit, two attempts", "email_received", email, 1),
        _world("no limit, one attempt, without consent", "check_in", ReasonTerms(attempts=1), 1),
        _world("no limit, one attempt, e-mail only", "general", ReasonTerms(attempts=1), 1, email_only=True),
    )
    if not full:
        return few
    limited = ReasonTerms(attempts=2, acknowledgement=NUDGED, first_attempt=NUDGED, contact=NUDGED)
    return (
        *few,
        _world("every limit reminds, two attempts", "clinical_call_back", limited, 1),
        _world("three attempts", "after_complaint", ReasonTerms(attempts=3), 2),
        _world("one limit, three attempts", "general", ReasonTerms(attempts=3, contact=LIMIT), 1),
        _world("two attempts, with consent", "check_in", ReasonTerms(attempts=2), 1, email_consent=True),
        _world("a limit, no telephone", "general", ReasonTerms(contact=HOURS), 1, has_telephone=False),
        _world("a limit, no messages", "provider_enquiry", ReasonTerms(first_attempt=LIMIT), 1, wants_messages=False),
        _world("nothing but a telephone", "participant_query", ReasonTerms(), 1, has_email=False),
    )


def _asked(given: Given, **changes: Any) -> outreach.OpenContact:
    return outreach.OpenContact(
        contract="walked",
        partner="pt-1",
        reason=given.reason,  # type: ignore[arg-type]
        with_whom="provider" if given.reason == "provider_enquiry" else "participant",
        person="somebody",
        **given.means | changes,
    )


def _attempts() -> dict[str, outreach.Attempt]:
    left: dict[str, Any] = {"channel": "telephone", "result": "no_answer", "message": "voicemail"}
    call: dict[str, Any] = {"channel": "telephone", "result": "reached"}
    return {
        "call and leave a message": outreach.Attempt(**left, asks_to_call_back=True),
        "call and leave none": outreach.Attempt(channel="telephone", result="no_answer"),
        "write": outreach.Attempt(channel="email", result="no_answer", asks_to_call_back=True),
        "write without asking for a call": outreach.Attempt(channel="email", result="no_answer"),
        "reach": outreach.Attempt(**call, agreed="nothing_further"),
        "reach and agree on what is not listed": outreach.Attempt(**call, agreed="whatever"),
        "reach somebody dissatisfied": outreach.Attempt(**call, dissatisfied=True),
        "call with a reason": outreach.Attempt(**left, asks_to_call_back=True, clinical_reason="safety_check"),
        "call with no listed reason": outreach.Attempt(**left, asks_to_call_back=True, clinical_reason="whatever"),
        "call with a reason and leave no message": outreach.Attempt(
            channel="telephone", result="no_answer", clinical_reason="safety_check"
        ),
        "write with a reason": outreach.Attempt(
            channel="email", result="no_answer", asks_to_call_back=True, clinical_reason="safety_check"
        ),
    }


def letters(world: World, full: bool) -> tuple[Letter, ...]:  # noqa: FBT001
    """What may be asked for; few letters leave out that the means change back and forth."""
    given: Given = world.given

    def within(snapshot: Snapshot | None) -> bool:
        return snapshot is None or len(snapshot.body.attempts) < snapshot.body.owed + given.beyond

    asked: list[tuple[str, Any, tuple[Any, ...]]] = [
        ("ask for contact", _asked(given), (TEAM, PIA, EVE)),
        ("ask for contact at risk", _asked(given, urgency="risk"), (TEAM,)),
        ("acknowledge", outreach.Acknowledge(), (PIA, EVE, TEAM)),
        ("call back", outreach.ReceiveCall(agreed="nothing_further"), (TEAM, EVE)),
        ("call back and agree on what is not listed", outreach.ReceiveCall(agreed="whatever"), (TEAM,)),
        ("call back dissatisfied", outreach.ReceiveCall(dissatisfied=True), (PIA,)),
        ("end it", outreach.Exhaust(), (PIA, EVE, TEAM)),
        ("raise urgency", outreach.RaiseRisk(urgency="urgent"), (TEAM,)),
        ("raise risk", outreach.RaiseRisk(), (PIA, EVE)),
        ("escalate", outreach.Escalate(reason="complaint"), (TEAM, EVE)),
        ("escalate for no listed reason", outreach.Escalate(reason="whatever"), (PIA,)),
        ("no more messages", outreach.ChangeMeans(wants_messages=False), (TEAM,)),
    ]
    if full:
        asked += [
            ("no telephone any more", outreach.ChangeMeans(has_telephone=False), (TEAM,)),
            ("a telephone again", outreach.ChangeMeans(has_telephone=True, email_only=False), (PIA,)),
            ("e-mail only", outreach.ChangeMeans(email_only=True), (TEAM,)),
            ("messages again", outreach.ChangeMeans(wants_messages=True), (TEAM,)),
            ("consent", outreach.ChangeMeans(email_consent=True), (TEAM,)),
        ]
    made = [letter(name, by, command) for name, command, people in asked for by in people]
    made += [letter(name, PIA, command, within=within) for name, command in _attempts().items()]
    made.append(letter("call for another partner", EVE, _attempts()["call and leave a message"], within=within))
    return tuple(made)


def key(_world: World, snapshot: Snapshot, at: datetime) -> Hashable:
    """What of a contact decides what may become of it: of attempts their number, channels, and age within the span."""
    body: outreach.Contact = snapshot.body
    means, last = body.means, body.last
    recent = tuple(age for age in ((at - each.at) // DAY for each in body.attempts) if age <= SPAN_DAYS)
    return (
        body.urgency,
        (means.email_only, means.has_telephone, means.has_email, means.email_consent, means.wants_messages),
        len(body.attempts),
        recent if snapshot.state == "attempting" else (),
        any(each.channel == "telephone" for each in body.attempts),
        body.call is not None,
        None if last is None else (body.is_reached, last.dissatisfied),
        body.acknowledged_at is not None,
        body.wpo_told_at is not None,
        body.escalation is not None,
        clock_key(snapshot, at),
    )
