"""What holds of every session cancellation."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from eap_workflow.proof.properties import Property, shared
from eap_workflow.values import Role

if TYPE_CHECKING:
    from eap_workflow.proof.walking import World
    from eap_workflow.steps import Snapshot, Step

FINALS = frozenset({"closed", "withdrawn"})
UNTOLD = ("to_tell", "with_support", "withdrawn")


def _client_knows(_world: World, snapshot: Snapshot, _at: datetime) -> bool:
    return (snapshot.body.told is None) == (snapshot.state in UNTOLD)


def _recorded(_world: World, snapshot: Snapshot, _at: datetime) -> bool:
    if snapshot.state != "closed":
        return True
    body = snapshot.body
    ticketed = {each.record for each in body.records.tickets}
    booked = body.rebooking.outcome == "booked"
    return (
        (body.records.attendance is not None or "attendance" in ticketed)
        and (bool(body.records.notes) or "note" in ticketed)
        and (not booked or body.records.next_session is not None or "next_session" in ticketed)
        and (not booked or body.records.confirmed_at is not None or "confirmation" in ticketed)
    )


def _settled(_world: World, snapshot: Snapshot, _at: datetime) -> bool:
    rebooking = snapshot.body.rebooking
    over = snapshot.state in ("to_record", "closed")
    booked = rebooking.slot is not None and rebooking.slot in rebooking.slots
    return not over or (booked if rebooking.outcome == "booked" else rebooking.outcome == "declined")


def _from_an_offer(_world: World, before: Snapshot | None, step: Step, _after: Snapshot) -> bool:
    return step.trigger != "rebook" or before is None or step.command.slot in before.body.rebooking.slots


def _not_before_the_day(_world: World, before: Snapshot | None, step: Step, _after: Snapshot) -> bool:
    if step.trigger != "decline_rebooking" or step.command.ground != "client_not_reached" or before is None:
        return True
    day = before.body.rebooking.contact_on
    return day is not None and day <= step.at.date()


def _voicemail(world: World, snapshot: Snapshot, _at: datetime) -> bool:
    told, terms = snapshot.body.told, world.policy.session_cancellation
    if told is None or told.method != "voicemail" or snapshot.body.preferred_method == "voicemail":
        return told is None or told.voicemail_reason is None
    return terms.voicemail_allowed and told.voicemail_reason in terms.voicemail_reasons


def _preferred(_world: World, before: Snapshot | None, step: Step, _after: Snapshot) -> bool:
    if step.trigger != "tell_client" or before is None:
        return True
    return step.command.method in (before.body.preferred_method, "voicemail")


def _kept_informed(_world: World, snapshot: Snapshot, _at: datetime) -> bool:
    runs = snapshot.deadline("absence_update") is not None
    return runs == (snapshot.body.growth.longer_since is not None and snapshot.state not in FINALS)


def _all_informed(_world: World, _before: Snapshot | None, step: Step, _after: Snapshot) -> bool:
    return step.trigger != "update_absence" or set(step.command.told) == {"provider", "client"}


def _noted_once_told(_world: World, snapshot: Snapshot, _at: datetime) -> bool:
    records, booked = snapshot.body.records, snapshot.body.rebooking.outcome == "booked"
    if records.notes and snapshot.body.told is None:
        return False
    return booked or (records.next_session is None and records.confirmed_at is None)


def _goes_on(_world: World, _before: Snapshot | None, step: Step, _after: Snapshot) -> bool:
    return step.trigger not in ("escalate", "raise_concern") or (step.source == step.target and not step.stopped)


def _own_sessions(_world: World, before: Snapshot | None, step: Step, _after: Snapshot) -> bool:
    if step.by.role is not Role.THERAPIST:
        return step.by.role in (Role.CASE_TEAM, Role.SYSTEM)
    return bool(step.by.id == (step.command.therapist if before is None else before.body.therapist))


def _short_notice(world: World, before: Snapshot | None, step: Step, _after: Snapshot) -> bool:
    if before is not None:
        return True
    ahead = (step.command.session_at - step.at).total_seconds() / 3600
    hours = world.policy.session_cancellation.short_notice_hours
    return bool(ahead > 0 and (hours is None or ahead <= hours))


PROPERTIES = (
    Property(
        name="the_client_knows",
        sentence="Nothing is rebooked, recorded as done, or closed before the client was told.",
        rules=("TC-01", "TC-06"),
        at=_client_knows,
        ltl="!(in_to_rebook || in_contact_stated || in_to_record || in_closed) W (took_tell_client || took_confirm_told)",
        by_rows=True,
    ),
    Property(
        name="every_record_is_made",
        sentence="A cancellation is closed once each record that it owes is made, or a ticket stands in for it.",
        rules=("TC-07", "TC-08", "TC-09", "TC-10", "TC-11"),
        at=_recorded,
        ltl="[] (in_closed -> (marked && noted && (!booked || (session_there && confirmed))))",
    ),
    Property(
        name="the_next_session_is_settled",
        sentence="Recording begins, and a cancellation closes, with the session rebooked in an offered slot or the rebooking"
        " declined.",
        rules=("TC-02", "TC-03"),
        at=_settled,
        ltl="!(in_to_record || in_closed) W (took_rebook || took_decline_rebooking)",
        by_rows=True,
    ),
    Property(
        name="rebooked_from_an_offer",
        sentence="The client chooses among the slots that were offered.",
        rules=("TC-02",),
        on=_from_an_offer,
        ltl="[] (took_rebook -> offered)",
    ),
    Property(
        name="missed_on_a_stated_day",
        sentence="That a client was not reached ends the rebooking only on a stated day, or after it.",
        rules=("TC-03",),
        on=_not_before_the_day,
    ),
    Property(
        name="voicemail_has_its_reason",
        sentence="Voicemail against the client's preference has a listed reason, under a contract that allows it.",
        rules=("TC-05",),
        at=_voicemail,
        ltl="[] !amiss",
    ),
    Property(
        name="told_as_preferred",
        sentence="The therapist tells the client by the method that the client prefers, or by voicemail.",
        rules=("TC-01", "TC-05"),
        on=_preferred,
    ),
    Property(
        name="kept_informed",
        sentence="While an absence is on record as longer, the limit of the next update runs; and else it does not.",
        rules=("TC-04",),
        at=_kept_informed,
        ltl="[] (runs_absence_update == (longer && !is_final))",
    ),
    Property(
        name="all_are_informed",
        sentence="An update of an absence goes to the provider and to the client.",
        rules=("TC-04",),
        on=_all_informed,
        ltl="[] !left_out",
    ),
    Property(
        name="records_have_something_to_say",
        sentence="A note follows the telling, and a next session is entered and confirmed only where one was rebooked.",
        rules=("TC-09", "TC-10"),
        at=_noted_once_told,
        ltl="[] ((took_enter_session || took_confirm_session) -> booked) &&"
        " (!took_write_note W (took_tell_client || took_confirm_told))",
    ),
    Property(
        name="escalation_goes_on",
        sentence="An escalation, and a concern that goes to the risk desk, hold nothing up and stop no limit.",
        rules=("TC-12",),
        on=_goes_on,
        ltl="[] ((took_escalate || took_raise_concern) -> !is_new_here)",
        by_rows=True,
    ),
    Property(
        name="on_their_own_sessions",
        sentence="A therapist acts on their own sessions, the case team on all, nobody else on any.",
        rules=("TC-01", "IN-07"),
        on=_own_sessions,
        ltl="[] (is_asked -> (by_therapist || by_case_team))",
        by_rows=True,
    ),
    Property(
        name="at_short_notice",
        sentence="What is cancelled lies ahead, and as near as the contract calls short notice.",
        rules=("IN-14",),
        on=_short_notice,
    ),
    *shared(FINALS),
)
