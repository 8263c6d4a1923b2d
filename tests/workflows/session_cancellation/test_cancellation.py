"""How each step changes the cancellation's own part of a snapshot."""

from __future__ import annotations

from datetime import date

import pytest

from eap_workflow.policy import STANDARD
from eap_workflow.states import SESSION_CANCELLATION
from eap_workflow.values import Reference
from eap_workflow.workflows import session_cancellation as sc
from eap_workflow.workflows.session_cancellation.cancellation import CHANGES
from tests.journeys import DAY, HOUR, START
from tests.workflows.session_cancellation import journeys
from tests.workflows.session_cancellation.journeys import (
    BOTH_TOLD,
    SESSION_AT,
    TEAM,
    TELL,
    THERAPIST,
    Journey,
)


def test_what_was_cancelled_is_kept_as_it_was_stated() -> None:
    """TC-01, IN-11: the session, whose it is and why, and the policy of the day."""
    body = Journey().to("to_tell", kind="postponed").body
    assert (body.session, body.session_at, body.client, body.therapist) == ("ses-1", SESSION_AT, "cl-88", "th-1")
    assert (body.reason, body.kind, body.preferred_method, body.absence) == (
        "illness",
        "postponed",
        "telephone",
        "abs-1",
    )
    assert (body.contract, body.policy, body.cancelled_on) == ("standard", STANDARD.ref, START.date())
    assert (body.told, body.withdrawn, body.owed, body.missing) == (None, None, ("attendance",), ("attendance",))


def test_the_telling_says_when_how_and_by_whom() -> None:
    """TC-01, TC-05, TC-06: the therapist's own, or that of support, which the trouble explains."""
    one = Journey().to("to_tell")
    one.do(sc.TellClient(method="voicemail", voicemail_reason="session_is_imminent"))
    told = one.body.told
    assert told is not None
    assert (told.at, told.by, told.method) == (one.now, THERAPIST, "voicemail")
    assert told.voicemail_reason == "session_is_imminent"
    other = Journey().to("with_support")
    other.do(sc.ConfirmTold(method="telephone", slots=(Reference("slot-1"),)), TEAM)
    assert other.body.told is not None
    assert other.body.told.by == TEAM
    assert (other.body.trouble, other.body.rebooking.slots) == ("no_system_access", ("slot-1",))


def test_slots_add_up() -> None:
    """TC-02: a later offer takes no earlier one back, and a slot that is offered again stands there once."""
    one = Journey().to("to_rebook")
    one.do(sc.OfferSlots(slots=(Reference("slot-2"), Reference("slot-3"))))
    assert one.body.rebooking.slots == ("slot-1", "slot-2", "slot-3")
    one.do(sc.OfferSlots(slots=(Reference("slot-1"),)))
    assert one.body.rebooking.slots == ("slot-1", "slot-2", "slot-3")


def test_the_next_session_is_settled_in_one_of_three_ways() -> None:
    """TC-02, TC-03: a slot, a day on which the client is contacted, or none at all."""
    one = Journey().to("contact_stated")
    assert (one.body.rebooking.outcome, one.body.rebooking.contact_on) == ("contact_stated", date(2026, 11, 5))
    one.do(journeys.contact_on(date(2026, 11, 9)), TEAM)
    assert one.body.rebooking.contact_on == date(2026, 11, 9)
    one.do(sc.DeclineRebooking(ground="other_support"))
    assert (one.body.rebooking.outcome, one.body.rebooking.ground) == ("declined", "other_support")
    assert one.body.rebooking.contact_on == date(2026, 11, 9)
    booked = Journey().to("to_record").body.rebooking
    assert (booked.outcome, booked.slot, booked.ground) == ("booked", "slot-1", None)


def test_a_note_has_the_time_and_the_method_of_the_telling() -> None:
    """TC-09: whoever writes it later states neither; notes add up."""
    one = Journey().to("to_rebook")
    told_at = one.now
    one.do(journeys.write_note())
    one.do(sc.WriteNote(note=Reference("note-2"), agreed="contact_day_stated"), TEAM, one.now + 3 * DAY)
    first, second = one.body.records.notes
    assert (first.note, first.told_at, first.method, first.agreed) == ("note-1", told_at, "telephone", "rebooked")
    assert (second.note, second.told_at, second.agreed) == ("note-2", told_at, "contact_day_stated")


def test_what_is_owed_grows_with_what_happened() -> None:
    """TC-08 to TC-10: attendance always, a note once the client knows, the rest once there is a next session."""
    assert Journey().to("with_support").body.owed == ("attendance",)
    assert Journey().to("contact_stated").body.owed == ("attendance", "note")
    assert Journey().to("to_record").body.owed == ("attendance", "note", "next_session", "confirmation")
    one = Journey().to("to_rebook")
    one.do(sc.DeclineRebooking())
    assert one.body.owed == ("attendance", "note")


def test_a_ticket_and_a_record_stand_side_by_side() -> None:
    """TC-11: what a ticket stood in for may still be made, another ticket be raised; none of it is lost."""
    one = Journey().to("to_tell")
    one.do(journeys.ticket("attendance", "tic-1"))
    one.do(journeys.ticket("attendance", "tic-2"))
    assert one.body.missing == ()
    one.do(sc.MarkAttendance(cancelled_by="provider"), TEAM)
    records = one.body.records
    assert [(each.record, each.ticket) for each in records.tickets] == [
        ("attendance", "tic-1"),
        ("attendance", "tic-2"),
    ]
    assert (records.attendance, records.has("attendance")) == ("provider", True)


def test_another_session_is_confirmed_anew() -> None:
    """TC-10: the client was sent a confirmation of the session that was entered before, and not of this one."""
    one = Journey().to("to_record")
    one.do(journeys.ENTER)
    one.do(sc.ConfirmSession())
    confirmed_at = one.now
    one.do(journeys.ENTER)
    assert one.body.records.confirmed_at == confirmed_at
    one.do(sc.EnterSession(session=Reference("ses-10")))
    records = one.body.records
    assert (records.next_session, records.has("confirmation")) == ("ses-10", False)
    assert "confirmation" in one.body.missing


def test_the_absence_is_longer_until_it_ends() -> None:
    """TC-04: since when, until when as far as is known, and how often people were told; it may grow again."""
    one = Journey().to("to_rebook")
    one.do(sc.ExtendAbsence(until=date(2026, 11, 6)))
    since = one.now
    growth = one.body.growth
    assert (growth.longer_since, growth.until, growth.updates) == (since, date(2026, 11, 6), 0)
    one.do(BOTH_TOLD)
    assert (one.body.growth.until, one.body.growth.updates) == (date(2026, 11, 6), 1)
    one.do(sc.UpdateAbsence(told=("provider", "client"), until=date(2026, 11, 13)))
    growth = one.body.growth
    assert (growth.until, growth.updates, growth.updated_at) == (date(2026, 11, 13), 2, one.now)
    one.do(sc.EndAbsence())
    assert (one.body.growth.longer_since, one.body.growth.until, one.body.growth.updates) == (None, None, 2)
    one.do(sc.ExtendAbsence())
    assert one.body.growth.longer_since == one.now


@pytest.mark.parametrize("state", journeys.RESTING)
def test_no_later_move_loses_a_concern(state: str) -> None:
    """TC-12: what was raised stands to the end, with when and by whom, and in order."""
    one = Journey().to(state)
    one.do(sc.RaiseConcern(kind="safeguarding"))
    raised_at = one.now
    one.do(sc.Escalate(ground="client_unhappy"), TEAM)
    one.do(sc.RaiseConcern(kind="risk"))
    if state in ("to_tell", "with_support"):
        one.do(sc.Withdraw(ground="session_goes_ahead"))
    assert [(each.kind, each.by) for each in one.body.concerns] == [("safeguarding", THERAPIST), ("risk", THERAPIST)]
    assert one.body.concerns[0].at == raised_at
    assert [(each.ground, each.at, each.by) for each in one.body.escalations] == [
        ("client_unhappy", raised_at + HOUR, TEAM)
    ]


def test_a_withdrawn_cancellation_says_why() -> None:
    """TC-01: nobody was told, because there was nothing to tell."""
    body = Journey().to("withdrawn").body
    assert (body.withdrawn, body.told, body.missing) == ("session_goes_ahead", None, ())


def test_every_change_belongs_to_a_trigger_of_the_table() -> None:
    """Nothing changes a cancellation that is no row, and a step that changes nothing shares all of it."""
    assert CHANGES.keys() <= set(SESSION_CANCELLATION.triggers)
    one = Journey().to("with_support")
    before = one.body
    one.do(sc.HandBack(), TEAM)
    assert one.body is before


def test_nothing_of_a_cancellation_shows() -> None:
    """A repr names what is filled in, and no value."""
    shown = repr(Journey().to("to_record").body)
    assert shown.startswith("<Cancellation: ")
    assert "cl-88" not in shown
    assert TELL.slots[0] not in shown


# --- what lists and stores see ----------------------------------------------------------------------------------------


def test_a_store_finds_a_cancellation_by_its_absence() -> None:
    """TC-04: the absence is what the sessions share; contract and policy are known from the first step (IN-11)."""
    index = sc.PROCESS.index(Journey().to("to_tell").stands)
    assert (index.assist_case, index.contract, index.policy) == ("abs-1", "standard", STANDARD.ref)
    assert sc.PROCESS.index(Journey().to("to_tell", absence=None).stands).assist_case is None


def test_a_list_shows_the_same_figures_of_every_cancellation() -> None:
    """What is missing, how far the next session is, and whether somebody has to look."""
    listing = sc.PROCESS.listing(Journey().to("to_tell", absence=None).stands)
    assert listing.figures == {
        "rebooking": "pending",
        "records_missing": 1,
        "absence": None,
        "escalations": 0,
        "concerns": 0,
    }
    assert (listing.ended_at, listing.how) == (None, ())
    one = Journey().to("contact_stated")
    assert sc.PROCESS.listing(one.stands).figures["absence"] == "yes"
    one.do(sc.ExtendAbsence())
    one.do(sc.RaiseConcern(kind="welfare"))
    figures = sc.PROCESS.listing(one.stands).figures
    assert dict(figures) == {
        "rebooking": "contact_stated",
        "records_missing": 2,
        "absence": "longer",
        "escalations": 0,
        "concerns": 1,
    }


def test_a_list_says_how_a_cancellation_ended() -> None:
    """Rebooked or not, withdrawn or not, and for how many records a ticket stands in."""
    closed = Journey().to("closed")
    assert sc.PROCESS.listing(closed.stands).ended_at == closed.now
    assert sc.PROCESS.listing(closed.stands).how == ("rebooked",)
    told = {name: sc.PROCESS.listing(tour(sc.PROCESS).stands).how for name, tour in journeys.TOURS.items()}
    assert told["not rebooked"] == ("rebooking declined", "records by ticket: 2")
    assert told["everywhere, by ticket"] == ("rebooked", "records by ticket: 1")
    assert told["everywhere, marked"] == ("rebooked",)
    assert told["nothing to tell"] == ("entered in error",)
    assert sc.PROCESS.listing(Journey().to("withdrawn").stands).how == ("session goes ahead",)
