"""What holds of every contact."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from eap_workflow.proof.properties import Property, shared
from eap_workflow.values import Role

if TYPE_CHECKING:
    from eap_workflow.proof.walking import World
    from eap_workflow.steps import Snapshot, Step

FINALS = frozenset({"reached", "exhausted", "escalated"})
URGENCIES = ("routine", "urgent", "risk")


def _within_the_number(_world: World, before: Snapshot | None, step: Step, _after: Snapshot) -> bool:
    if step.trigger != "attempt" or before is None:
        return True
    body, reason = before.body, step.command.clinical_reason
    if len(body.attempts) < body.owed:
        return reason is None
    return bool(body.urgency != "routine" and reason == "safety_check")


def _owed_first(_world: World, snapshot: Snapshot, _at: datetime) -> bool:
    body = snapshot.body
    return snapshot.state != "exhausted" or (len(body.attempts) >= body.owed and not body.is_reached)


def _wpo_told(world: World, snapshot: Snapshot, at: datetime) -> bool:
    body = snapshot.body
    limited = world.policy.outreach.reasons[body.reason].contact is not None
    told = body.wpo_told_at is not None
    if snapshot.state == "exhausted":
        return told == (limited or body.urgency != "routine" or body.reason == "after_complaint")
    line = snapshot.deadline("contact")
    return line is None or told == line.has_passed(at)


def _dissatisfied_escalated(_world: World, snapshot: Snapshot, _at: datetime) -> bool:
    body = snapshot.body
    return snapshot.state == "escalated" if body.is_dissatisfied else (snapshot.state == "reached") == body.is_reached


def _acknowledged(world: World, snapshot: Snapshot, _at: datetime) -> bool:
    body = snapshot.body
    asked = body.reason == "email_received" or world.policy.outreach.reasons[body.reason].acknowledgement is not None
    if snapshot.state == "exhausted":
        return asked == (body.acknowledged_at is not None)
    return asked or body.acknowledged_at is None


def _one_by_telephone(_world: World, before: Snapshot | None, step: Step, _after: Snapshot) -> bool:
    if step.trigger != "attempt" or before is None:
        return True
    body = before.body
    means, tried = body.means, any(each.channel == "telephone" for each in body.attempts)
    free = body.reason == "check_in" or means.email_only or not means.has_telephone
    return tried or free or len(body.attempts) + 1 != body.owed or step.command.channel == "telephone"


def _as_wanted(_world: World, before: Snapshot | None, step: Step, _after: Snapshot) -> bool:
    if step.trigger != "attempt" or before is None:
        return True
    means, command = before.body.means, step.command
    left = command.message_left
    if left is not None and not (means.wants_messages and command.asks_to_call_back):
        return False
    by_email = "email" in (command.channel, left)
    consented = before.body.reason != "check_in" or means.email_consent
    by_telephone = command.channel == "telephone"
    barred = means.email_only and before.body.urgency != "risk"
    return not (by_email and not (means.has_email and consented)) and not (
        by_telephone and (barred or not means.has_telephone)
    )


def _never_less_urgent(_world: World, before: Snapshot | None, step: Step, after: Snapshot) -> bool:
    if before is None:
        return True
    was, stands = URGENCIES.index(before.body.urgency), URGENCIES.index(after.body.urgency)
    return stands > was if step.trigger == "raise_risk" else stands == was


def _own_contacts(_world: World, before: Snapshot | None, step: Step, _after: Snapshot) -> bool:
    if step.by.role is not Role.PARTNER_CLINICIAN:
        return step.trigger not in ("attempt", "acknowledge", "exhaust")
    return bool(step.by.practice == (step.command.partner if before is None else before.body.partner))


def _many_warned(world: World, before: Snapshot | None, step: Step, _after: Snapshot) -> bool:
    if step.trigger not in ("go_on", "warn_of_many") or before is None:
        return True
    terms, attempts = world.policy.outreach, before.body.attempts
    recent = [each for each in attempts if (step.at - each.at).days <= terms.many_within_days]
    return (len(recent) >= terms.many_attempts) == (step.trigger == "warn_of_many")


PROPERTIES = (
    Property(
        name="within_the_number",
        sentence="Attempts go beyond the number that is owed only at risk or urgency, each with its listed reason.",
        rules=("CM-08", "CM-12", "CM-13", "CM-14"),
        on=_within_the_number,
        ltl="[] (took_attempt && attempts > owed -> urgency > 0 && reasoned)",
    ),
    Property(
        name="the_owed_come_first",
        sentence="A contact ends as used up only after as many attempts as are owed, with nobody reached.",
        rules=("CM-08", "CM-12", "CM-14"),
        at=_owed_first,
        ltl="[] (in_exhausted -> attempts >= owed)",
    ),
    Property(
        name="wpo_is_told",
        sentence="Where there is a limit to reach somebody, WPO is told when it passes, or at the latest when the attempts are"
        " used up; there it is told of a risk, of urgency and after a complaint too; and else it is not.",
        rules=("CM-05", "CM-13", "CM-14"),
        at=_wpo_told,
        ltl="[] (in_exhausted && (set_contact || urgency > 0) -> told)",
    ),
    Property(
        name="dissatisfaction_escalates",
        sentence="Who is reached, or gets in touch, and is dissatisfied leads to an escalation; who is not ends the contact.",
        rules=("CM-06", "CM-12"),
        at=_dissatisfied_escalated,
        ltl="[] (dissatisfied && !in_recorded -> in_escalated) && [] (in_reached -> answered && !dissatisfied)",
    ),
    Property(
        name="acknowledged_in_the_end",
        sentence="What has to be acknowledged was, before the contact ends as used up; nothing else is.",
        rules=("CM-05",),
        at=_acknowledged,
        ltl="[] (in_exhausted && set_acknowledgement -> acknowledged)",
    ),
    Property(
        name="one_by_telephone",
        sentence="The last attempt that is owed is by telephone where none was yet, but for a check-in, where e-mail only was"
        " asked for, or where there is no number.",
        rules=("CM-08", "CM-12"),
        on=_one_by_telephone,
        ltl="[] (took_attempt && attempts == owed && !email_only -> called)",
    ),
    Property(
        name="messages_as_wanted",
        sentence="No message is left where none is wanted, each asks for a call back, and no channel is used that is barred.",
        rules=("CM-08", "CM-11", "CM-12", "CM-13"),
        on=_as_wanted,
    ),
    Property(
        name="urgency_never_falls",
        sentence="Risk and urgency are raised, and nothing takes them off the record.",
        rules=("CM-13",),
        on=_never_less_urgent,
    ),
    Property(
        name="on_their_own_contacts",
        sentence="A clinician acts on contacts with their own partner; attempts, acknowledgements and the end of a contact are"
        " the partner's alone.",
        rules=("CM-15", "IN-07"),
        on=_own_contacts,
        ltl="[] ((took_attempt || took_acknowledge || took_exhaust) -> by_partner_clinician)",
        by_rows=True,
    ),
    Property(
        name="many_are_warned_of",
        sentence="A warning comes with every attempt in vain that makes them many in the contract's span of days, and with no"
        " other.",
        rules=("CM-13",),
        on=_many_warned,
    ),
    *shared(FINALS),
)
