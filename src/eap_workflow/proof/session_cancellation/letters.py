"""Session cancellations, as they are walked: the contracts, the people, what they ask for, and what decides."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime
from typing import Any

from attrs import frozen

from eap_workflow.policy import CancellationTerms, TimeTerms
from eap_workflow.proof.walking import DAY, Letter, World, clock_key, contract, letter, person
from eap_workflow.steps import Snapshot
from eap_workflow.values import Actor, Reference, Role
from eap_workflow.workflows import session_cancellation as sc

THEO = person(Role.THERAPIST, "theo")
TESS = person(Role.THERAPIST, "tess")
TEAM = person(Role.CASE_TEAM, "team")

LIMIT = TimeTerms(working_days=1)
NUDGED = TimeTerms(working_days=2, remind_before=1, warn_before=1)


@frozen(kw_only=True)
class Given:
    """What is fixed of a cancellation besides its contract.

    Attributes:
        preferred: How the client prefers to be told.
        absence: Whether the absence may grow.
        tickets: The records that tickets are raised for.
    """

    preferred: str = "telephone"
    absence: bool = False
    tickets: tuple[str, ...] = ()


def _world(name: str, given: Given, **terms: Any) -> World:
    policy = contract(
        session_cancellation=CancellationTerms(
            short_notice_hours=48,
            reasons=("illness",),
            voicemail_reasons=("session_is_imminent",),
            troubles=("telephone_fault",),
            agreements=("rebooked",),
            **terms,
        )
    )
    return World(name=name, policy=policy, given=given)


RECORDS = ("attendance", "note", "next_session", "confirmation")


def worlds(full: bool) -> tuple[World, ...]:  # noqa: FBT001
    """Contracts and cancellations: limits or none, voicemail allowed or not, an absence that grows, tickets."""
    few = (
        _world(
            "every limit",
            Given(),
            support=NUDGED,
            records=NUDGED,
            rebooking_remind_before=1,
            rebooking_warn_before=1,
        ),
        _world("a growing absence", Given(absence=True), absence_update=NUDGED),
        _world("voicemail preferred", Given(preferred="voicemail", tickets=("attendance",)), voicemail_allowed=False),
    )
    if not full:
        return few
    return (
        *few,
        _world("every record by ticket", Given(tickets=RECORDS), records=LIMIT),
        _world(
            "a growing absence, and limits", Given(absence=True), absence_update=LIMIT, support=LIMIT, records=LIMIT
        ),
        _world("voicemail refused", Given(tickets=("note",)), voicemail_allowed=False, records=LIMIT),
    )


def _told(command: Any, method: str, slots: tuple[str, ...] = (), reason: str | None = None) -> Any:
    return command(method=method, slots=tuple(map(Reference, slots)), voicemail_reason=reason)


def letters(world: World, full: bool) -> tuple[Letter, ...]:  # noqa: FBT001
    """What may be asked for; few letters leave out other people and repeated records."""
    given: Given = world.given

    def cancel(name: str, by: Actor, **changes: Any) -> Letter:
        asked: dict[str, Any] = {
            "contract": "walked",
            "session": "session",
            "client": "client",
            "therapist": "theo",
            "reason": "illness",
            "preferred_method": given.preferred,
        }
        hours = changes.pop("days", 1) * DAY

        def command(_snapshot: Snapshot | None, at: datetime) -> sc.Cancel:
            return sc.Cancel(**asked | changes, session_at=at + hours)

        return Letter(name=f"{name} ({by.role.value} {by.id})", by=by, trigger="cancel", command=command)

    def on_day(name: str, ahead: int, by: Actor = THEO) -> Letter:
        def command(_snapshot: Snapshot | None, at: datetime) -> sc.StateContactDay:
            return sc.StateContactDay(on=(at + ahead * DAY).date())

        return Letter(name=name, by=by, trigger="state_contact_day", command=command)

    both = (THEO, TEAM)
    tellings: dict[str, tuple[Any, ...]] = {
        "by telephone": ("telephone",),
        "by telephone, and offer a slot": ("telephone", ("slot",)),
        "by e-mail": ("email",),
        "by voicemail": ("voicemail",),
        "by voicemail with a reason": ("voicemail", (), "session_is_imminent"),
        "by voicemail with no listed reason": ("voicemail", (), "whatever"),
    }
    asked: list[tuple[str, Any, tuple[Actor, ...]]] = [
        *((f"tell {how}", _told(sc.TellClient, *said), (THEO,)) for how, said in tellings.items()),
        *((f"confirm told {how}", _told(sc.ConfirmTold, *said), (TEAM,)) for how, said in tellings.items()),
        ("tell for another", _told(sc.TellClient, "telephone"), (TESS,)),
        ("ask support", sc.AskSupport(trouble="telephone_fault"), (THEO,)),
        ("ask support for no listed trouble", sc.AskSupport(trouble="whatever"), (THEO,)),
        ("confirm told oneself", _told(sc.ConfirmTold, "telephone"), (THEO,)),
        ("hand back", sc.HandBack(), (TEAM,)),
        ("withdraw", sc.Withdraw(ground="session_goes_ahead"), (THEO, TESS)),
        ("offer a slot", sc.OfferSlots(slots=(Reference("slot"),)), (TEAM,)),
        ("rebook", sc.Rebook(slot=Reference("slot")), (THEO, TESS)),
        ("rebook what was not offered", sc.Rebook(slot=Reference("other")), (THEO,)),
        ("decline", sc.DeclineRebooking(), (TEAM,)),
        ("decline, not reached", sc.DeclineRebooking(ground="client_not_reached"), (THEO,)),
        ("reopen the rebooking", sc.ReopenRebooking(), (TEAM,)),
        ("mark attendance", sc.MarkAttendance(cancelled_by="therapist"), (THEO,)),
        ("write a note", sc.WriteNote(note=Reference("note"), agreed="rebooked"), (THEO,)),
        ("write of no listed agreement", sc.WriteNote(note=Reference("note"), agreed="whatever"), (TEAM,)),
        ("enter the session", sc.EnterSession(session=Reference("next")), (TEAM,)),
        ("enter another session", sc.EnterSession(session=Reference("other")), (TEAM,) if full else ()),
        ("confirm the session", sc.ConfirmSession(), (TEAM,)),
        *((f"ticket {name}", sc.RaiseTicket(record=name, ticket=Reference("t")), (THEO,)) for name in given.tickets),  # type: ignore[arg-type]
        ("close", sc.Close(), (*both, TESS)),
    ]
    if given.absence:
        asked += [
            ("extend the absence", sc.ExtendAbsence(), (THEO,)),
            ("update both", sc.UpdateAbsence(told=("provider", "client")), (TEAM,)),
            ("update the client alone", sc.UpdateAbsence(told=("client",)), (TEAM,)),
            ("end the absence", sc.EndAbsence(), (THEO,)),
        ]
    else:
        asked += [
            ("escalate", sc.Escalate(ground="cannot_wait"), (THEO,)),
            ("raise a concern", sc.RaiseConcern(kind="risk"), (TEAM,)),
        ]
    made = [letter(name, by, command) for name, command, people in asked for by in people]
    made += [
        cancel("cancel", THEO),
        cancel("cancel for another", TESS),
        cancel("cancel for no listed reason", TEAM, reason="whatever"),
        cancel("cancel what is over", TEAM, days=-1),
        cancel("cancel far ahead", TEAM, days=3),
        on_day("state yesterday", -1),
        on_day("state today", 0),
        on_day("state tomorrow", 1),
        on_day("put the day off", 2, TEAM),
    ]
    return tuple(made)


def key(_world: World, snapshot: Snapshot, at: datetime) -> Hashable:
    """What of a cancellation decides what may become of it: of records and slots which there are, of days how far ahead."""
    body: sc.Cancellation = snapshot.body
    told, rebooking, records = body.told, body.rebooking, body.records
    contact_on = rebooking.contact_on
    return (
        None if told is None else (told.method, told.voicemail_reason),
        body.withdrawn,
        (rebooking.outcome, rebooking.slots, rebooking.slot, rebooking.ground),
        None if contact_on is None else max((contact_on - at.date()).days, 0),
        (records.attendance, bool(records.notes), records.next_session, records.confirmed_at is not None),
        frozenset(each.record for each in records.tickets),
        body.growth.longer_since is not None,
        bool(body.escalations),
        bool(body.concerns),
        clock_key(snapshot, at),
    )
