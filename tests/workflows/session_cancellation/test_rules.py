"""Every rule of the register that this workflow serves: a case that it permits, and one that it refuses.

In the order of the register. What a rule only asks to be told or computed is shown as it is; nothing can be refused.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, get_args

import pytest

from eap_workflow.errors import CoverageError, InvalidValue
from eap_workflow.local_time import passes_at
from eap_workflow.policy import STANDARD
from eap_workflow.states import SESSION_CANCELLATION
from eap_workflow.table import When
from eap_workflow.values import SYSTEM, Actor, Reference, Role
from eap_workflow.workflows import session_cancellation as sc
from eap_workflow.workflows.session_cancellation.commands import CancelledBy, ConcernKind, Ground, Method, RecordName
from tests.journeys import DAY, HOUR, MELBOURNE, START, contract
from tests.workflows.session_cancellation import journeys
from tests.workflows.session_cancellation.journeys import (
    BOTH_TOLD,
    OTHER_THERAPIST,
    OWN_LISTS,
    PARTNER,
    RESTING,
    SESSION_AT,
    STRICT,
    TEAM,
    TELL,
    THERAPIST,
    Journey,
)

PROVIDER_ZONE = STANDARD.parties.provider.zone


# --- the client is told -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("preferred", get_args(Method))
def test_the_client_is_told_by_the_method_that_they_prefer(preferred: Any) -> None:
    """TC-01: by that one without further ado; by another, voicemail apart, not at all."""
    for method in get_args(Method):
        one = Journey().to("to_tell", preferred_method=preferred)
        if method == preferred:
            one.do(sc.TellClient(method=method))
            assert one.state == "to_rebook"
        else:
            expected = "voicemail_justified" if method == "voicemail" else "preferred_method"
            assert one.refused(sc.TellClient(method=method)) == (expected,)


def test_a_cancellation_is_not_closed_before_the_client_knows() -> None:
    """TC-01: there is no way from there to the end that does not tell them, but that there was nothing to tell."""
    for state in ("to_tell", "with_support"):
        one = Journey().to(state)
        one.do(journeys.ticket("attendance"))
        assert one.refused(sc.Close()) == ("not_in_state",)
        assert one.can(sc.Withdraw(ground="session_goes_ahead")).permitted
    known = Journey().to("to_rebook")
    assert known.refused(sc.Withdraw(ground="session_goes_ahead")) == ("not_in_state",)
    assert Journey().to("closed").body.told is not None


def test_the_case_team_tells_the_client_where_the_therapist_cannot() -> None:
    """TC-01, TC-06: a therapist who is in hospital tells nobody, and need not ask for support either."""
    one = Journey()
    one.do(journeys.cancel(), TEAM)
    assert one.can(journeys.ask_support(), TEAM).permitted
    one.do(TELL, TEAM)
    assert one.body.told is not None
    assert one.body.told.by == TEAM


def test_slots_are_offered_with_the_telling_or_after_it() -> None:
    """TC-02: the client chooses one of them; what was never offered cannot be chosen."""
    one = Journey().to("to_tell")
    one.do(sc.TellClient(method="telephone"))
    assert one.refused(sc.Rebook(slot=Reference("slot-1"))) == ("slot_offered",)
    one.do(sc.OfferSlots(slots=(Reference("slot-1"),)))
    assert one.refused(sc.Rebook(slot=Reference("slot-2"))) == ("slot_offered",)
    one.do(sc.Rebook(slot=Reference("slot-1")))
    assert one.state == "to_record"
    at_once = Journey().to("to_rebook")
    assert at_once.can(sc.Rebook(slot=Reference("slot-2"))).permitted


def test_without_slots_the_client_is_told_when_they_will_be_contacted() -> None:
    """TC-03: on a day that is today or later, which is a deadline; on one that is over, not."""
    one = Journey().to("to_rebook")
    assert one.refused(journeys.contact_on(START.date() - DAY)) == ("day_ahead",)
    one.do(journeys.contact_on(date(2026, 11, 7)))
    deadline = one.stands.deadline("rebooking")
    assert deadline is not None
    # A Saturday: it was stated to the client as it is, and no calendar moves it.
    assert (deadline.due_on, deadline.due.stated_on) == (date(2026, 11, 7), date(2026, 11, 7))
    assert deadline.passes_at == passes_at(date(2026, 11, 7), PROVIDER_ZONE)


def test_a_contact_day_that_no_calendar_reaches_is_a_slip_of_the_pen() -> None:
    """TC-03: 2062 for 2026; a day of which nothing could be said is not stated to anybody."""
    one = Journey().to("to_rebook")
    with pytest.raises(CoverageError):
        one.do(journeys.contact_on(date(2062, 11, 5)))
    assert one.state == "to_rebook"


def test_the_client_is_contacted_on_the_stated_day_or_told_another() -> None:
    """TC-03: on the day itself nothing is overdue; another day replaces it; once it is settled the limit stops."""
    one = Journey().to("contact_stated")
    assert one.wait(datetime(2026, 11, 5, 23, 59, tzinfo=MELBOURNE)) == ()
    one.do(journeys.contact_on(date(2026, 11, 9)), TEAM, one.now)
    assert one.due_on("rebooking") == date(2026, 11, 9)
    one.do(sc.OfferSlots(slots=(Reference("slot-7"),)))
    one.do(sc.Rebook(slot=Reference("slot-7")))
    assert one.stands.deadlines == ()
    assert one.wait(one.now + 30 * DAY) == ()


@pytest.mark.parametrize("day", [5, 6], ids=["on the day", "on the day after"])
def test_a_stated_day_is_put_off_by_the_case_team_alone(day: int) -> None:
    """TC-03, IN-12: a client waits for it; so no therapist moves it, and nobody brings it forward or states it again."""
    one = Journey().to("contact_stated")
    one.wait(datetime(2026, 11, day, 9, 0, tzinfo=MELBOURNE))
    was_late = "overdue" in one.triggers
    later = journeys.contact_on(date(2026, 11, 9))
    assert one.refused(later) == ("role",)
    assert one.refused(journeys.contact_on(date(2026, 11, 5)), TEAM)[-1] == "day_put_off"
    assert one.refused(journeys.contact_on(date(2026, 11, 4)), TEAM) == ("day_ahead", "day_put_off")
    one.do(later, TEAM)
    assert was_late is (day == 6)
    assert (one.state, one.due_on("rebooking")) == ("contact_stated", date(2026, 11, 9))
    assert [step.trigger for step in one.wait(datetime(2026, 11, 10, 0, 0, tzinfo=MELBOURNE))] == ["overdue"]


def test_a_client_may_be_contacted_before_the_stated_day() -> None:
    """TC-02, TC-03, IN-12: which takes no other day, and the therapist may do it."""
    one = Journey().to("contact_stated")
    one.do(sc.OfferSlots(slots=(Reference("slot-7"),)))
    assert one.can(sc.Rebook(slot=Reference("slot-7"))).permitted
    assert one.can(sc.DeclineRebooking()).permitted


def test_of_a_day_that_was_stated_for_soon_nobody_is_reminded_at_once() -> None:
    """TC-03, IN-13: what reminds and warns lies before the statement, so there is only the day itself."""
    one = Journey(STRICT).to("to_rebook")
    one.do(journeys.contact_on(one.now.date() + DAY))
    assert [(move.trigger, move.limit) for move in one.stands.clock] == [("overdue", "rebooking")]


def test_the_therapist_is_reminded_of_the_stated_day() -> None:
    """TC-03, IN-13: where the contract says so; and the case team is warned."""
    one = Journey(STRICT).to("contact_stated")
    steps = one.wait(datetime(2026, 11, 4, 0, 0, tzinfo=MELBOURNE))
    assert [(step.trigger, step.limit) for step in steps] == [("remind", "rebooking"), ("warn", "rebooking")]
    assert one.wait(datetime(2026, 11, 5, 23, 59, tzinfo=MELBOURNE)) == ()


def test_a_client_who_is_not_reached_is_let_go_only_after_the_stated_day_came() -> None:
    """TC-02, TC-03: before that day nobody has tried; who declines or has other support may say so at any time."""
    one = Journey().to("contact_stated")
    gone = sc.DeclineRebooking(ground="client_not_reached")
    assert one.refused(gone, at=datetime(2026, 11, 4, 23, 59, tzinfo=MELBOURNE)) == ("contact_day_came",)
    one.do(gone, at=datetime(2026, 11, 5, 0, 0, tzinfo=MELBOURNE))
    assert one.body.rebooking.ground == "client_not_reached"
    assert Journey().to("to_rebook").can(sc.DeclineRebooking()).permitted


# --- the absence grows ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", RESTING)
def test_provider_and_client_are_kept_informed_of_a_longer_absence(state: str) -> None:
    """TC-04: regularly, until it ends; an update that leaves one of them out is none."""
    one = Journey().to(state)
    assert one.refused(BOTH_TOLD) == ("absence_extended",)
    assert one.refused(sc.EndAbsence()) == ("absence_extended",)
    one.do(sc.ExtendAbsence())
    assert one.due_on("absence_update") == date(2026, 11, 5)
    assert one.refused(sc.UpdateAbsence(told=("provider",))) == ("update_reaches_all",)
    assert one.refused(sc.UpdateAbsence(told=("client",))) == ("update_reaches_all",)
    one.do(BOTH_TOLD, at=START + 2 * DAY)
    assert one.due_on("absence_update") == date(2026, 11, 9)
    one.do(sc.EndAbsence())
    assert one.stands.deadline("absence_update") is None


def test_saying_again_that_the_absence_is_longer_puts_no_update_off() -> None:
    """TC-04: that is news once; how it goes on is an update, which may say until when. After it ended, it is news again."""
    one = Journey().to("to_rebook")
    one.do(sc.ExtendAbsence(until=date(2026, 11, 6)))
    stated = one.due_on("absence_update")
    assert one.refused(sc.ExtendAbsence(until=date(2026, 11, 20)), at=START + 3 * DAY) == ("absence_as_expected",)
    assert one.due_on("absence_update") == stated
    one.do(sc.UpdateAbsence(told=("provider", "client"), until=date(2026, 11, 20)))
    one.do(sc.EndAbsence())
    one.do(sc.ExtendAbsence())
    assert one.stands.deadline("absence_update") is not None


def test_an_absence_does_not_last_until_yesterday() -> None:
    """TC-04: neither when it grows nor in an update; its end may also be unknown."""
    one = Journey().to("to_rebook")
    yesterday = START.date() - DAY
    assert one.refused(sc.ExtendAbsence(until=yesterday)) == ("absence_goes_on",)
    one.do(sc.ExtendAbsence())
    update = sc.UpdateAbsence(told=("provider", "client"), until=yesterday)
    assert one.refused(update) == ("absence_goes_on",)
    assert one.can(BOTH_TOLD).permitted


def test_an_absence_goes_along_to_every_state_and_ends_with_the_case() -> None:
    """TC-04: the limit runs on as the case moves, and stops where it is closed or withdrawn."""
    one = Journey().to("to_tell")
    one.do(sc.ExtendAbsence())
    started = one.stands.deadline("absence_update")
    for command, by in (
        (journeys.ask_support(), THERAPIST),
        (sc.ConfirmTold(method="telephone"), TEAM),
        (journeys.contact_on(), THERAPIST),
        (sc.DeclineRebooking(), THERAPIST),
        (journeys.BY_THERAPIST, THERAPIST),
        (journeys.write_note(), THERAPIST),
    ):
        one.do(command, by)
        assert one.stands.deadline("absence_update") == started
    one.do(sc.Close())
    assert (one.state, one.stands.deadlines, one.stands.clock) == ("closed", (), ())


# --- voicemail --------------------------------------------------------------------------------------------------------


def test_voicemail_against_the_clients_preference_takes_a_stated_reason() -> None:
    """TC-05: one of the contract's list; what the client prefers needs none, and nothing else has one."""
    one = Journey().to("to_tell")
    assert one.refused(sc.TellClient(method="voicemail")) == ("voicemail_justified",)
    assert one.refused(sc.TellClient(method="voicemail", voicemail_reason="no_time")) == ("voicemail_justified",)
    reasoned = sc.TellClient(method="voicemail", voicemail_reason="client_asked_this_time")
    assert one.can(reasoned).permitted
    assert one.refused(sc.TellClient(method="telephone", voicemail_reason="client_asked_this_time")) == (
        "voicemail_justified",
    )
    prefers = Journey().to("to_tell", preferred_method="voicemail")
    assert prefers.can(sc.TellClient(method="voicemail")).permitted


def test_a_contract_may_refuse_voicemail() -> None:
    """TC-05: whatever the reason, and to support as well; a client who prefers it is told by it all the same."""
    reasoned: dict[str, Any] = {"method": "voicemail", "voicemail_reason": "session_is_imminent"}
    assert Journey(STRICT).to("to_tell").refused(sc.TellClient(**reasoned)) == ("voicemail_justified",)
    assert Journey(STRICT).to("with_support").refused(sc.ConfirmTold(**reasoned), TEAM) == ("voicemail_justified",)
    prefers = Journey(STRICT).to("to_tell", preferred_method="voicemail")
    assert prefers.can(sc.TellClient(method="voicemail")).permitted
    own = Journey(OWN_LISTS).to("to_tell")
    assert own.refused(sc.TellClient(**reasoned)) == ("voicemail_justified",)
    assert own.can(sc.TellClient(method="voicemail", voicemail_reason="nothing_else_works")).permitted


# --- support ----------------------------------------------------------------------------------------------------------


def test_support_makes_the_contact_where_technical_problems_prevent_it() -> None:
    """TC-06: for a trouble of the contract's list; it stays with support until support confirms, or hands it back."""
    one = Journey(STRICT).to("to_tell")
    assert one.refused(sc.AskSupport(trouble="tired")) == ("trouble_listed",)
    one.do(journeys.ask_support())
    asked_at = one.now
    deadline = one.stands.deadline("support")
    assert deadline is not None
    assert deadline.passes_at == asked_at + 4 * HOUR
    assert one.refused(sc.ConfirmTold(method="telephone")) == ("role",)
    assert one.refused(TELL) == ("not_in_state",)
    one.do(sc.HandBack(), TEAM)
    assert (one.state, one.stands.deadlines) == ("to_tell", ())
    one.do(journeys.ask_support())
    one.do(sc.ConfirmTold(method="telephone"), TEAM)
    assert (one.state, one.stands.deadlines) == ("to_rebook", ())


def test_support_uses_another_method_where_the_preferred_one_fails() -> None:
    """TC-01, TC-06: an address that returns every e-mail is no reason to leave the client in the dark; it is on record."""
    one = Journey().to("to_tell", preferred_method="email")
    assert one.refused(sc.TellClient(method="telephone")) == ("preferred_method",)
    one.do(sc.AskSupport(trouble="email_fault"))
    assert one.refused(sc.ConfirmTold(method="voicemail"), TEAM) == ("voicemail_justified",)
    one.do(sc.ConfirmTold(method="telephone"), TEAM)
    assert one.body.told is not None
    assert (one.body.told.method, one.body.trouble) == ("telephone", "email_fault")


def test_without_a_limit_of_the_contracts_support_has_none() -> None:
    """TC-06: the guidance states no time."""
    assert Journey().to("with_support").stands.deadlines == ()


# --- the records ------------------------------------------------------------------------------------------------------


def test_the_records_have_a_limit_where_the_contract_sets_one() -> None:
    """TC-07: from the moment at which the next session is settled; a reason is one of the contract's list."""
    one = Journey(STRICT).to("to_record")
    # Two working days after Wednesday 28 October.
    assert one.due_on("records") == date(2026, 10, 30)
    assert Journey().to("to_record").stands.deadlines == ()
    assert Journey(OWN_LISTS).refused(journeys.cancel(OWN_LISTS, reason="illness")) == ("reason_listed",)
    assert Journey(OWN_LISTS).can(journeys.cancel(OWN_LISTS, reason="on_leave")).permitted


def test_the_case_closes_when_every_record_is_made() -> None:
    """TC-07, TC-08, TC-09, TC-10: each that is missing is named; with the last one it closes."""
    one = Journey().to("to_record")
    missing = ["attendance", "note", "next_session", "confirmation"]
    for command in (journeys.BY_THERAPIST, journeys.write_note(), journeys.ENTER, sc.ConfirmSession()):
        verdict = one.can(sc.Close())
        assert verdict.codes == ("records_made",)
        assert list(verdict.reasons[0].fields) == missing
        one.do(command)
        missing.pop(0)
    one.do(sc.Close())
    assert one.state == "closed"


def test_attendance_is_cancelled_by_the_therapist_or_the_provider() -> None:
    """TC-08: at the earliest, before anybody is told; by nobody else, and not after the case is closed."""
    for by in get_args(CancelledBy):
        marked = sc.MarkAttendance(cancelled_by=by)
        for state in RESTING:
            assert Journey().to(state).can(marked).permitted
    with pytest.raises(InvalidValue):
        sc.MarkAttendance(cancelled_by="client")  # type: ignore[arg-type]
    assert Journey().to("closed").refused(journeys.BY_THERAPIST) == ("not_in_state",)


def test_a_note_says_when_and_how_the_client_was_told_and_what_was_agreed() -> None:
    """TC-09: so it is written after they were; what was agreed is of the contract's list."""
    for state in ("to_tell", "with_support"):
        assert Journey().to(state).refused(journeys.write_note()) == ("not_in_state",)
    one = Journey().to("to_rebook")
    told_at = one.now
    assert one.refused(sc.WriteNote(note=Reference("note-1"), agreed="see_you")) == ("agreed_listed",)
    one.do(journeys.write_note(), at=START + DAY)
    note = one.body.records.notes[0]
    assert (note.told_at, note.method, note.agreed) == (told_at, "telephone", "rebooked")


def test_the_next_session_is_entered_and_confirmed() -> None:
    """TC-10: where the session was rebooked; confirmed once it is entered."""
    one = Journey().to("to_record")
    assert one.refused(sc.ConfirmSession()) == ("session_entered",)
    one.do(journeys.ENTER)
    assert one.can(sc.ConfirmSession()).permitted
    without = Journey().to("contact_stated")
    assert without.refused(journeys.ENTER) == ("not_in_state",)
    without.do(sc.DeclineRebooking())
    assert without.refused(journeys.ENTER) == ("session_rebooked",)
    assert without.refused(sc.ConfirmSession()) == ("session_rebooked", "session_entered")


def test_a_ticket_stands_in_for_each_record() -> None:
    """TC-11: for every one of them; but not for one that is made, nor for one that nobody owes."""
    one = Journey().to("to_record")
    for record in get_args(RecordName):
        one.do(journeys.ticket(record, f"tic-{record}"))
    one.do(sc.Close())
    assert one.state == "closed"
    other = Journey().to("to_record")
    other.do(journeys.BY_THERAPIST)
    assert other.refused(journeys.ticket("attendance")) == ("record_owed",)
    without = Journey().to("to_rebook")
    assert without.refused(journeys.ticket("next_session")) == ("record_owed",)


def test_a_session_that_is_entered_by_ticket_can_be_confirmed() -> None:
    """TC-10, TC-11: the ticket stands in for the entry, so the confirmation is not held up."""
    one = Journey().to("to_record")
    one.do(journeys.ticket("next_session"))
    one.do(sc.ConfirmSession())
    assert one.body.missing == ("attendance", "note")


# --- escalation -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", RESTING)
def test_who_is_unhappy_or_at_risk_is_escalated_and_the_process_goes_on(state: str) -> None:
    """TC-12: from every state that is not final, for each ground, by therapist and case team; by nobody else."""
    for by in (THERAPIST, TEAM):
        one = Journey().to(state)
        before = one.stands
        for ground in get_args(Ground):
            one.do(sc.Escalate(ground=ground), by)
        for kind in get_args(ConcernKind):
            one.do(sc.RaiseConcern(kind=kind), by)
        assert (one.state, one.stands.deadlines) == (state, before.deadlines)
        assert [each.ground for each in one.body.escalations] == list(get_args(Ground))
        assert [each.kind for each in one.body.concerns] == list(get_args(ConcernKind))
    assert Journey().to(state).refused(sc.RaiseConcern(kind="risk"), OTHER_THERAPIST) == ("own_session",)
    assert Journey().to(state).refused(sc.Escalate(ground="cannot_wait"), PARTNER) == ("role",)


def test_a_concern_waits_for_nothing() -> None:
    """TC-12: not for a policy either, which may be hard to find just then; nor does it hold the closing up."""
    one = Journey().to("to_tell")
    without = journeys.context(one.now, THERAPIST, None)
    assert sc.can(one.snapshot, sc.RaiseConcern(kind="welfare"), without).permitted
    assert sc.can(one.snapshot, sc.Escalate(ground="client_unhappy"), without).permitted
    last = Journey().to("to_record")
    last.do(sc.RaiseConcern(kind="risk"))
    for record in get_args(RecordName):
        last.do(journeys.ticket(record))
    assert last.can(sc.Close()).permitted


# --- readings ---------------------------------------------------------------------------------------------------------


def test_a_limit_that_passes_decides_nothing() -> None:
    """IN-04: each is recorded as overdue where it stands; what was owed may still be done, late."""
    late: dict[str, Any] = {
        "with_support": sc.ConfirmTold(method="telephone"),
        "contact_stated": sc.DeclineRebooking(ground="client_not_reached"),
        "to_record": journeys.BY_THERAPIST,
    }
    for state, command in late.items():
        one = Journey(STRICT).to(state)
        one.wait(START + 30 * DAY)
        assert (one.state, one.triggers[-1]) == (state, "overdue")
        assert one.can(command, TEAM).permitted
    growing = Journey().to("to_tell")
    growing.do(sc.ExtendAbsence())
    growing.wait(START + 30 * DAY)
    assert (growing.state, growing.trail[-1].limit) == ("to_tell", "absence_update")
    assert growing.can(BOTH_TOLD).permitted


def test_a_therapist_acts_on_their_own_sessions() -> None:
    """IN-07, TC-01: the case team on every one, other roles on none; in whichever state."""
    assert Journey().refused(journeys.cancel(), OTHER_THERAPIST) == ("own_session",)
    assert Journey().can(journeys.cancel(), TEAM).permitted
    for state in RESTING:
        one = Journey().to(state)
        for move in SESSION_CANCELLATION.moves_from(state):
            if move.when is not When.ASKED:
                continue
            for by, code in ((OTHER_THERAPIST, "own_session"), (PARTNER, "role"), (SYSTEM, "role")):
                refused = one.process.workflow.verdict(one.snapshot, _any_of(move.trigger), one.context(by))
                assert code in refused.codes or (by is OTHER_THERAPIST and "role" in refused.codes)


def _any_of(trigger: str) -> Any:
    # What needs no field is asked for as it is.
    of_class: Any = sc.COMMANDS[trigger]
    return FITTING[trigger] if trigger in FITTING else of_class()


FITTING: dict[str, Any] = {
    "tell_client": TELL,
    "ask_support": journeys.ask_support(),
    "confirm_told": sc.ConfirmTold(method="telephone"),
    "withdraw": sc.Withdraw(ground="entered_in_error"),
    "offer_slots": sc.OfferSlots(slots=(Reference("slot-1"),)),
    "rebook": journeys.REBOOK,
    "state_contact_day": journeys.contact_on(),
    "mark_attendance": journeys.BY_THERAPIST,
    "write_note": journeys.write_note(),
    "enter_session": journeys.ENTER,
    "raise_ticket": journeys.ticket("attendance"),
    "update_absence": BOTH_TOLD,
    "escalate": sc.Escalate(ground="cannot_wait"),
    "raise_concern": sc.RaiseConcern(kind="risk"),
}


def test_a_cancellation_keeps_the_policy_of_its_day() -> None:
    """IN-11: it is opened under the one in force, and goes on under no other."""
    assert Journey(STRICT).refused(journeys.cancel(contract="elsewhere")) == ("policy_in_force",)
    later = contract("later", effective_from=date(2026, 10, 29))
    assert "policy_in_force" in Journey(later).refused(journeys.cancel(later))
    one = Journey(STRICT).to("to_tell")
    assert one.body.policy == STRICT.ref
    assert one.can(TELL).permitted
    one.policy = later
    assert one.refused(TELL) == ("policy_in_force",)


def test_the_day_of_a_cancellation_is_the_contracts_own() -> None:
    """IN-11: late in the evening in Melbourne, whatever day UTC has."""
    one = Journey()
    one.do(journeys.cancel(), at=START.replace(hour=23, minute=59))
    assert one.body.cancelled_on == date(2026, 10, 28)


def test_what_was_due_before_a_command_is_made_before_it() -> None:
    """IN-13: whether or not a worker came by; a command that is dated before the last step is refused."""
    one = Journey(STRICT).to("with_support")
    asked_at = one.now
    steps = one.do(sc.ConfirmTold(method="telephone"), TEAM, asked_at + 5 * HOUR)
    assert [step.trigger for step in steps] == ["remind", "warn", "overdue", "confirm_told"]
    assert [step.at - asked_at for step in steps] == [2 * HOUR, 3 * HOUR, 4 * HOUR, 5 * HOUR]
    assert one.refused(sc.EndAbsence(), at=asked_at) == ("out_of_order", "absence_extended")
    assert one.wait(one.now + 30 * DAY) == ()


def test_every_cancellation_is_at_short_notice_unless_the_contract_says_when() -> None:
    """IN-14: the guidance defines none; a contract does so in hours before the session, which have to be to come."""
    far = journeys.cancel(session_at=START + timedelta(days=60))
    assert Journey().can(far).permitted
    hours = timedelta(hours=72)
    assert Journey(STRICT).can(journeys.cancel(STRICT, session_at=START + hours)).permitted
    beyond = journeys.cancel(STRICT, session_at=START + hours + timedelta(minutes=1), absence=None)
    assert Journey(STRICT).refused(beyond) == ("at_short_notice",)
    assert Journey().refused(journeys.cancel(session_at=START)) == ("session_ahead",)


def test_a_cancellation_that_is_entered_afterwards_is_dated_when_it_was_decided() -> None:
    """IN-14: so one that was entered when the session was over is no hole in the record."""
    one = Journey()
    assert one.refused(journeys.cancel(), at=SESSION_AT + HOUR) == ("session_ahead",)
    one.do(journeys.cancel(), at=SESSION_AT - HOUR)
    one.do(TELL, at=SESSION_AT + HOUR)
    assert one.state == "to_rebook"


def test_a_therapists_name_says_whose_session_it_is() -> None:
    """IN-07: another role with the same id is no therapist."""
    one = Journey().to("to_tell")
    same = Actor(role=Role.PARTNER_CLINICIAN, id=Reference("th-1"))
    assert one.refused(TELL, same) == ("role",)


def test_a_session_that_the_absence_reaches_too_is_rebooked_again() -> None:
    """TC-02, TC-04: the slot, the session and its confirmation count no more, and are owed anew once there is another."""
    one = Journey(STRICT).to("to_record")
    one.do(journeys.ENTER)
    one.do(sc.ConfirmSession())
    one.do(sc.ReopenRebooking())
    assert (one.stands.state, one.body.rebooking.outcome, one.body.rebooking.slots) == ("to_rebook", "pending", ())
    assert (one.body.records.next_session, one.body.records.confirmed_at) == (None, None)
    assert one.refused(journeys.REBOOK) == ("slot_offered",)
    one.do(sc.OfferSlots(slots=(journeys.REBOOK.slot,)))
    one.do(journeys.REBOOK)
    assert {"next_session", "confirmation"} <= set(one.body.missing)
    assert Journey(STRICT).to("to_rebook").refused(sc.ReopenRebooking()) == ("not_in_state",)


def test_carrying_a_ticket_out_keeps_the_confirmation_that_was_sent() -> None:
    """TC-10, TC-11: where a ticket stood in for the session, entering it is no other session."""
    one = Journey(STRICT).to("to_record")
    one.do(journeys.ticket("next_session"))
    one.do(sc.ConfirmSession())
    one.do(journeys.ENTER)
    assert one.body.records.confirmed_at is not None


def test_a_ticket_for_the_confirmation_of_one_session_is_none_for_another() -> None:
    """TC-10, TC-11: another session has to be confirmed anew, by the record or by a ticket of its own."""
    one = Journey(STRICT).to("to_record")
    one.do(journeys.ENTER)
    one.do(journeys.ticket("confirmation"))
    one.do(sc.EnterSession(session=Reference("ses-other")))
    assert "confirmation" in one.body.missing


@pytest.mark.parametrize("state", ["closed", "withdrawn"])
def test_a_concern_is_raised_from_any_state(state: str) -> None:
    """TC-12: what comes up after the file was closed goes to the risk desk all the same, and closes nothing again."""
    one = Journey(STRICT).to(state)
    one.do(sc.RaiseConcern(kind="risk"))
    assert one.stands.state == state
    assert [each.kind for each in one.body.concerns] == ["risk"]
    assert one.refused(sc.Escalate(ground="cannot_wait")) == ("not_in_state",)
