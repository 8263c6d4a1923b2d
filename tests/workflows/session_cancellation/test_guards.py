"""Every guard: a case in which it alone stands in the way, and one in which it is met."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import pytest

from eap_workflow.policy import STANDARD, Policy
from eap_workflow.process import ByClock, Context
from eap_workflow.states import SESSION_CANCELLATION
from eap_workflow.steps import Snapshot
from eap_workflow.values import SYSTEM, Actor, Reference
from eap_workflow.verdict import Verdict
from eap_workflow.workflows import session_cancellation as sc
from eap_workflow.workflows.session_cancellation.guards import PREDICATES
from tests.journeys import DAY, MELBOURNE, START
from tests.workflows.session_cancellation import journeys
from tests.workflows.session_cancellation.journeys import (
    BOTH_TOLD,
    IN_PERTH,
    OTHER_THERAPIST,
    SESSION_AT,
    STRICT,
    TEAM,
    TELL,
    THERAPIST,
    Journey,
)

WORKFLOW = sc.PROCESS.workflow
Ask = tuple[Snapshot | None, Any, Context]


def ask(one: Journey, command: Any, by: Actor = THERAPIST, policy: Policy | None = None) -> Ask:
    """Ask about a cancellation as it stands now, under its own contract or another."""
    return one.snapshot, command, journeys.context(one.now, by, policy or one.policy)


def voicemail(reason: str | None, *, policy: Policy = STANDARD, **changes: Any) -> Ask:
    """Ask about telling a client by voicemail."""
    one = Journey(policy).to("to_tell", **changes)
    return ask(one, sc.TellClient(method="voicemail", voicemail_reason=reason))


def longer(*, ended: bool = False) -> Journey:
    """A cancellation whose absence is longer than expected, or was."""
    one = Journey().to("to_rebook")
    one.do(sc.ExtendAbsence())
    if ended:
        one.do(sc.EndAbsence())
    return one


def missed(*, early: bool) -> Ask:
    """Ask about a client who was not reached, on the day that was stated or before it."""
    one = Journey().to("to_rebook")
    one.do(journeys.contact_on(START.date() + DAY))
    one.now = START + (DAY if not early else timedelta(hours=5))
    return ask(one, sc.DeclineRebooking(ground="client_not_reached"))


def recorded(*commands: Any) -> Journey:
    """A rebooked session with some of its records."""
    one = Journey().to("to_record")
    for command in commands:
        one.do(command)
    return one


def at_due(*, early: bool) -> Ask:
    """Ask about the clock's own move at the instant at which it is due, or a moment before."""
    one = Journey(STRICT).to("with_support")
    due_at = one.stands.clock[0].due_at
    at = due_at - timedelta(seconds=1) if early else due_at
    return one.stands, ByClock(trigger="remind"), journeys.context(at, SYSTEM, STRICT)


ALL_RECORDS = (journeys.BY_THERAPIST, journeys.write_note(), journeys.ENTER, sc.ConfirmSession())

CASES: Mapping[str, tuple[Callable[[], Ask], Callable[[], Ask]]] = {
    "policy_in_force": (
        lambda: ask(Journey(STRICT).to("to_tell"), TELL, policy=IN_PERTH),
        lambda: ask(Journey(STRICT).to("to_tell"), TELL),
    ),
    "own_session": (
        lambda: ask(Journey().to("to_tell"), TELL, OTHER_THERAPIST),
        lambda: ask(Journey().to("to_tell"), TELL),
    ),
    "reason_listed": (
        lambda: ask(Journey(), journeys.cancel(reason="bad_weather")),
        lambda: ask(Journey(), journeys.cancel(reason="illness")),
    ),
    "session_ahead": (
        lambda: ask(Journey(), journeys.cancel(session_at=START)),
        lambda: ask(Journey(), journeys.cancel(session_at=START + timedelta(seconds=1))),
    ),
    "at_short_notice": (
        lambda: ask(Journey(STRICT), alone(timedelta(hours=72, seconds=1))),
        lambda: ask(Journey(STRICT), alone(timedelta(hours=72))),
    ),
    "preferred_method": (
        lambda: ask(Journey().to("to_tell"), sc.TellClient(method="email")),
        lambda: ask(Journey().to("to_tell", preferred_method="email"), sc.TellClient(method="email")),
    ),
    "voicemail_justified": (lambda: voicemail(None), lambda: voicemail("session_is_imminent")),
    "trouble_listed": (
        lambda: ask(Journey().to("to_tell"), sc.AskSupport(trouble="tired")),
        lambda: ask(Journey().to("to_tell"), sc.AskSupport(trouble="no_system_access")),
    ),
    "slot_offered": (
        lambda: ask(Journey().to("to_rebook"), sc.Rebook(slot=Reference("slot-9"))),
        lambda: ask(Journey().to("to_rebook"), sc.Rebook(slot=Reference("slot-2"))),
    ),
    "day_ahead": (
        lambda: ask(Journey().to("to_rebook"), journeys.contact_on(START.date() - DAY)),
        lambda: ask(Journey().to("to_rebook"), journeys.contact_on(START.date())),
    ),
    "day_put_off": (
        lambda: ask(Journey().to("contact_stated"), journeys.contact_on(date(2026, 11, 5)), TEAM),
        lambda: ask(Journey().to("contact_stated"), journeys.contact_on(date(2026, 11, 6)), TEAM),
    ),
    "contact_day_came": (lambda: missed(early=True), lambda: missed(early=False)),
    "absence_as_expected": (
        lambda: ask(longer(), sc.ExtendAbsence()),
        lambda: ask(longer(ended=True), sc.ExtendAbsence()),
    ),
    "absence_goes_on": (
        lambda: ask(Journey().to("to_rebook"), sc.ExtendAbsence(until=START.date() - DAY)),
        lambda: ask(Journey().to("to_rebook"), sc.ExtendAbsence(until=START.date())),
    ),
    "absence_extended": (
        lambda: ask(Journey().to("to_rebook"), BOTH_TOLD),
        lambda: ask(longer(), BOTH_TOLD),
    ),
    "update_reaches_all": (
        lambda: ask(longer(), sc.UpdateAbsence(told=("provider",))),
        lambda: ask(longer(), sc.UpdateAbsence(told=("client", "provider"))),
    ),
    "agreed_listed": (
        lambda: ask(Journey().to("to_rebook"), sc.WriteNote(note=Reference("note-1"), agreed="nothing")),
        lambda: ask(Journey().to("to_rebook"), journeys.write_note()),
    ),
    "session_rebooked": (
        lambda: ask(declined(), journeys.ENTER),
        lambda: ask(Journey().to("to_record"), journeys.ENTER),
    ),
    "session_entered": (
        lambda: ask(Journey().to("to_record"), sc.ConfirmSession()),
        lambda: ask(recorded(journeys.ENTER), sc.ConfirmSession()),
    ),
    "record_owed": (
        lambda: ask(recorded(journeys.BY_THERAPIST), journeys.ticket("attendance")),
        lambda: ask(Journey().to("to_record"), journeys.ticket("attendance")),
    ),
    "records_made": (
        lambda: ask(recorded(*ALL_RECORDS[:3]), sc.Close()),
        lambda: ask(recorded(*ALL_RECORDS), sc.Close()),
    ),
    "due": (lambda: at_due(early=True), lambda: at_due(early=False)),
}


def alone(ahead: timedelta) -> sc.Cancel:
    """The cancellation of a session so far ahead, under a contract that says what short notice is, and of no absence."""
    return journeys.cancel(STRICT, session_at=START + ahead, absence=None)


def declined() -> Journey:
    """A session that is not rebooked."""
    one = Journey().to("to_rebook")
    one.do(sc.DeclineRebooking())
    return one


def answer(case: Ask) -> Verdict:
    """Ask the table itself, without the moves that the clock would make before."""
    return WORKFLOW.verdict(*case)


@pytest.mark.parametrize("name", PREDICATES)
def test_a_guard_can_be_the_only_thing_in_the_way(name: str) -> None:
    """Everything else is met, and the refusal names this guard alone, with its sentence, its rules and its field."""
    verdict = answer(CASES[name][0]())
    assert verdict.codes == (name,)
    guard = next(guard for guard in SESSION_CANCELLATION.guards if guard.name == name)
    assert verdict.reasons[0].sentence == guard.sentence
    assert verdict.reasons[0].rules == guard.rules
    assert guard.field is None or verdict.reasons[0].fields == (guard.field,)


@pytest.mark.parametrize("name", PREDICATES)
def test_a_guard_can_be_met(name: str) -> None:
    """The same situation, with this one thing put right, is permitted by a row that asks for the guard."""
    verdict = answer(CASES[name][1]())
    assert verdict.permitted, verdict.codes
    assert verdict.move is not None
    assert name in verdict.move.guards


def test_every_guard_has_its_cases() -> None:
    """The cases, the predicates and the table's guards are the same."""
    assert CASES.keys() == PREDICATES.keys() == {guard.name for guard in SESSION_CANCELLATION.guards}


# --- what stands in the way, exactly ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("case", "fields"),
    [
        (lambda: voicemail("session_is_imminent", policy=STRICT), ("method",)),
        (lambda: voicemail("no_time"), ("voicemail_reason",)),
        (lambda: voicemail("session_is_imminent", preferred_method="voicemail"), ("voicemail_reason",)),
        (
            lambda: ask(
                Journey().to("to_tell"),
                sc.TellClient(method="telephone", voicemail_reason="session_is_imminent"),
            ),
            ("voicemail_reason",),
        ),
        (lambda: ask(recorded(), sc.Close()), ("attendance", "note", "next_session", "confirmation")),
        (lambda: ask(recorded(journeys.ticket("note"), journeys.ENTER), sc.Close()), ("attendance", "confirmation")),
        (lambda: ask(declined(), sc.Close()), ("attendance", "note")),
    ],
)
def test_a_refusal_points_at_the_fields(case: Callable[[], Ask], fields: tuple[str, ...]) -> None:
    """Where a guard can say which fields are wrong, or which records are missing, it does."""
    verdict = answer(case())
    assert len(verdict.reasons) == 1
    assert verdict.reasons[0].fields == fields


def test_a_refused_opening_says_what_else_is_permitted() -> None:
    """Before there is a command, a therapist may open a cancellation; nobody else but the case team may."""
    permitted = answer(ask(Journey(), journeys.cancel(reason="bad_weather"), TEAM))
    assert permitted.triggers == ("cancel",)
    stranger = answer(ask(Journey(), journeys.cancel(), OTHER_THERAPIST))
    assert stranger.codes == ("own_session",)
    assert stranger.triggers == ("cancel",)
    assert answer(ask(Journey(), journeys.cancel(), journeys.PARTNER)).codes == ("role",)


def test_a_session_that_has_begun_is_not_cancelled_any_more() -> None:
    """TC-01, IN-14: whatever a contract calls short notice, the session is still to come; that is said by itself."""
    for policy in journeys.CONTRACTS:
        for ahead in (timedelta(0), -timedelta(seconds=1)):
            case = ask(Journey(policy), journeys.cancel(policy, session_at=START + ahead))
            assert answer(case).codes == ("session_ahead",)
        nearly = ask(Journey(policy), journeys.cancel(policy, session_at=START + timedelta(seconds=1)))
        assert answer(nearly).permitted


def test_the_day_is_the_providers_own() -> None:
    """TC-03, TC-04: at half past midnight in Melbourne it is still yesterday in Perth."""
    early = (START + DAY).replace(hour=0, minute=30)
    yesterday = START.date()
    for policy, permitted in ((STANDARD, False), (IN_PERTH, True)):
        one = Journey(policy).to("to_rebook")
        one.now = early
        assert answer(ask(one, journeys.contact_on(yesterday))).permitted is permitted
        assert answer(ask(one, sc.ExtendAbsence(until=yesterday))).permitted is permitted


def test_a_client_to_whom_no_day_was_stated_was_not_missed_on_it() -> None:
    """TC-03: somebody has to try first; that the client declined, or has other support, may be said at once."""
    one = Journey().to("to_rebook")
    assert answer(ask(one, sc.DeclineRebooking(ground="client_not_reached"))).codes == ("contact_day_came",)
    for ground in ("client_declined", "other_support"):
        assert answer(ask(one, sc.DeclineRebooking(ground=ground))).permitted


@pytest.mark.parametrize(
    ("state", "record", "owed"),
    [
        ("to_tell", "attendance", True),
        ("to_tell", "note", False),
        ("to_rebook", "note", True),
        ("to_rebook", "next_session", False),
        ("to_record", "next_session", True),
        ("to_record", "confirmation", True),
    ],
)
def test_a_ticket_stands_in_for_what_is_owed_by_now(state: str, record: Any, *, owed: bool) -> None:
    """TC-11: a note cannot say how the client was told before they were, nor a session be entered that nobody booked."""
    assert answer(ask(Journey().to(state), journeys.ticket(record))).permitted is owed


def test_without_a_policy_only_the_policy_stands_in_the_way() -> None:
    """IN-11: a context that brings none is refused for that alone, whatever the command."""
    one, told = Journey().to("to_tell"), Journey().to("to_rebook")
    asked: list[tuple[Journey, Any]] = [
        (one, sc.TellClient(method="voicemail", voicemail_reason="no_time")),
        (one, sc.AskSupport(trouble="tired")),
        (one, sc.ExtendAbsence(until=date(2020, 1, 1))),
        (told, journeys.contact_on(date(2020, 1, 1))),
        (told, sc.DeclineRebooking(ground="client_not_reached")),
        (told, sc.WriteNote(note=Reference("note-1"), agreed="nothing")),
    ]
    for journey, command in asked:
        verdict = answer((journey.snapshot, command, journeys.context(journey.now, THERAPIST, None)))
        assert verdict.codes == ("policy_in_force",)
    opening = (None, journeys.cancel(reason="bad_weather"), journeys.context(START, THERAPIST, None))
    assert answer(opening).codes == ("policy_in_force",)


def test_the_session_of_the_tests_is_at_short_notice_everywhere() -> None:
    """The Friday after lies within every contract's bounds, seen from the Wednesday before."""
    assert timedelta(0) < SESSION_AT - START < timedelta(hours=72)
    assert SESSION_AT.tzinfo is MELBOURNE


def test_later_sessions_of_an_absence_need_no_short_notice() -> None:
    """TC-04, IN-14: an absence begins at short notice, and its later sessions are cancelled with the first."""
    far = START + timedelta(days=9)
    assert Journey(STRICT).refused(alone(far - START)) == ("at_short_notice",)
    assert Journey(STRICT).can(journeys.cancel(STRICT, session_at=far, absence=Reference("abs-1"))).permitted
    gone = START - timedelta(hours=1)
    late = journeys.cancel(STRICT, session_at=gone, absence=Reference("abs-1"))
    assert Journey(STRICT).refused(late) == ("session_ahead",)
