"""What is stated of a cancellation elsewhere has to hold together, each reason with its fields."""

from __future__ import annotations

import json
from datetime import UTC, timedelta
from typing import Any

import pytest

from eap_workflow import deadlines
from eap_workflow.adopting import adoption_of, read_adoption
from eap_workflow.deadlines.accounts import STATED_DAY
from eap_workflow.errors import InvalidValue
from eap_workflow.process import Context
from eap_workflow.workflows import session_cancellation as sc
from eap_workflow.workflows.session_cancellation.claims import CLAIMS
from tests import journeys
from tests.adoptions import GONE, Line, changed_in, refused
from tests.journeys import DAY, START
from tests.workflows.session_cancellation.journeys import (
    BOTH_TOLD,
    ENTER,
    STRICT,
    TEAM,
    Journey,
    contact_on,
    context,
    ticket,
)

PROCESS = sc.PROCESS
NOW = START + 20 * DAY


def declined() -> Journey:
    """A client who was not reached on the day that was stated."""
    one = Journey(STRICT).to("contact_stated")
    one.wait(one.now + 10 * DAY)
    one.do(sc.DeclineRebooking(ground="client_not_reached"))
    return one


def recorded() -> Journey:
    """A rebooked session with its records, one of them by ticket."""
    one = Journey(STRICT).to("to_record")
    one.do(ticket("attendance"))
    one.do(ENTER)
    one.do(sc.ConfirmSession())
    return one


def longer() -> Journey:
    """An absence that grows, of which everybody was told once."""
    one = Journey(STRICT).to("to_rebook", absence="abs-1")
    one.do(sc.ExtendAbsence(until=(START + 30 * DAY).date()))
    one.do(BOTH_TOLD)
    one.do(sc.Escalate(ground="absence_harmful"))
    one.do(sc.RaiseConcern(kind="risk"))
    return one


WAYS: dict[str, Any] = {
    **{state.name: (lambda name=state.name: Journey(STRICT).to(name)) for state in PROCESS.workflow.states},
    "declined": declined,
    "recorded": recorded,
    "longer": longer,
}


def line_of(name: str) -> tuple[Line, Context]:
    """A cancellation on its way as a line, and the context in which it is taken over."""
    journey = WAYS[name]()
    plain = adoption_of(journey.stands, journey.policy, by=TEAM, at=NOW).to_wire()
    return json.loads(json.dumps(plain)), context(NOW, TEAM, journey.policy)


LATER = (NOW + DAY).astimezone(UTC).isoformat()
EARLIER = (START - 2 * DAY).astimezone(UTC).isoformat()
SOON = (START + timedelta(minutes=1)).astimezone(UTC).isoformat()
TH_1, TH_9 = ({"role": "therapist", "id": name} for name in ("th-1", "th-9"))
TOLD = {"at": SOON, "by": TH_1, "method": "telephone"}

CONTRADICTIONS: dict[str, tuple[str, dict[str, Any], str, set[str]]] = {
    "with support for no trouble": ("with_support", {"trouble": GONE}, "missing", {"trouble"}),
    "to rebook, and never told": ("to_rebook", {"told": GONE}, "missing", {"told"}),
    "no day stated": ("contact_stated", {"rebooking.contact_on": GONE}, "missing", {"rebooking.contact_on"}),
    "withdrawn for nothing": ("withdrawn", {"withdrawn": GONE}, "missing", {"withdrawn"}),
    "to tell, and told": ("to_tell", {"told": TOLD}, "contradicts_the_state", {"told"}),
    "to rebook, and rebooked": (
        "to_record", {"state": "to_rebook"}, "contradicts_the_state", {"rebooking.slot"}),
    "closed, and withdrawn": ("closed", {"withdrawn": "session_goes_ahead"}, "contradicts_the_state", {"withdrawn"}),
    "a note before the telling": (
        "to_tell", {"records.notes": [{"note": "n-1", "agreed": "rebooked"}]}, "contradicts_the_state", {"records.notes"}),
    "neither rebooked nor declined": (
        "to_record", {"rebooking.slot": GONE}, "settled", {"rebooking.slot", "rebooking.ground"}),
    "told by a consultant": ("to_rebook", {"told.by": {"role": "consultant", "id": "con-1"}}, "who", {"told.by"}),
    "told by another therapist": ("to_rebook", {"told.by": TH_9}, "own_session", {"told.by"}),
    "a concern of another therapist": ("longer", {"concerns.0.by": TH_9}, "own_session", {"concerns[0].by"}),
    "a reason of no list": ("to_tell", {"opening.reason": "whim"}, "reason_listed", {"opening.reason"}),
    "a session that was over": ("to_tell", {"opening.session_at": EARLIER}, "session_ahead", {"opening.session_at"}),
    "a session far ahead": ("to_tell", {"opening.session_at": LATER, "opening.absence": GONE}, "at_short_notice", {"opening.session_at"}),
    "by another method": ("to_rebook", {"told.method": "email"}, "preferred_method", {"told.method"}),
    "by voicemail": ("to_rebook", {"told.method": "voicemail"}, "voicemail_justified", {"told.method"}),
    "a trouble of no list": ("with_support", {"trouble": "ghosts"}, "trouble_listed", {"trouble"}),
    "a slot that was not offered": ("to_record", {"rebooking.slot": "slot-9"}, "slot_offered", {"rebooking.slot"}),
    "a day before the telling": (
        "contact_stated", {"rebooking.contact_on": "2026-10-01"}, "day_ahead", {"rebooking.contact_on"}),
    "not reached on no day": ("declined", {"rebooking.contact_on": GONE}, "contact_day_came", {"rebooking.ground"}),
    "not reached before the day": (
        "declined", {"rebooking.contact_on": "2026-12-24"}, "contact_day_came", {"rebooking.ground"}),
    "agreed on what is on no list": ("closed", {"records.notes.0.agreed": "peace"}, "agreed_listed",
                                     {"records.notes[0].agreed"}),
    "a next session without one": (
        "declined", {"records.next_session": "ses-9"}, "session_rebooked", {"records.next_session"}),
    "confirmed, and not entered": (
        "recorded", {"records.next_session": GONE}, "session_entered", {"records.confirmed_at"}),
    "a ticket for what is not owed": (
        "to_tell", {"records.tickets": [{"record": "note", "ticket": "t-1"}]}, "record_owed",
        {"records.tickets[0].record"}),
    "closed, and a record missing": ("closed", {"records.attendance": GONE}, "records_made", {"records.attendance"}),
    "an absence that was over": ("longer", {"growth.until": "2026-01-01"}, "absence_goes_on", {"growth.until"}),
    "due on another day than stated": ("contact_stated", {"limits.0.due_on": "2026-12-24"}, "stated_day",
                                       {"limits[0].due_on"}),
    "an absence without its update": ("longer", {"limits": []}, "limits_of_the_state", {"limits.absence_update"}),
    "an update without a longer absence": (
        "longer", {"growth.longer_since": GONE, "growth.until": GONE}, "limits_of_the_state", {"limits[0].limit"}),
    "an instant for a limit in days": (
        "longer", {"limits.0.due_on": GONE, "limits.0.passes_at": LATER}, "unit", {"limits[0].passes_at"}),
    "overdue before it passed": ("contact_stated", {"rebooking.contact_on": "2026-12-24", "limits.0.due_on": "2026-12-24",
                                                    "limits.0.done": ["overdue"]}, "done", {"limits[0].done"}),
    "due before it was stated": ("longer", {"limits.0.due_on": "2026-01-01"}, "due_before_start", {"limits[0].due_on"}),
    "told before it was cancelled": ("to_rebook", {"told.at": EARLIER}, "out_of_order", {"told.at"}),
    "confirmed before it was told": ("recorded", {"records.confirmed_at": SOON}, "out_of_order", {"records.confirmed_at"}),
    "an update of another instant": ("longer", {"limits.0.started_at": SOON}, "out_of_order", {"limits[0].started_at"}),
    "told in the future": ("to_rebook", {"told.at": LATER}, "not_yet", {"told.at"}),
    "cancelled in the future": ("to_tell", {"opened_on": "2026-12-24"}, "not_yet", {"opened_on"}),
    "another version": ("to_tell", {"policy.version": "9"}, "policy_in_force", {"policy.version"}),
}  # fmt: skip


@pytest.mark.parametrize("what", CONTRADICTIONS)
def test_what_does_not_hold_together_is_refused(what: str) -> None:
    """TC-01 to TC-12, IN-07, IN-11, IN-12, IN-14: a contradiction is refused, by its fields."""
    name, changes, code, fields = CONTRADICTIONS[what]
    line, known = line_of(name)
    assert refused(PROCESS, line, known) == {}
    assert refused(PROCESS, changed_in(line, changes), known).get(code) == fields


def test_every_claim_is_shown() -> None:
    """There is no claim that nothing contradicts."""
    shown = {code for _, _, code, _ in CONTRADICTIONS.values()}
    assert {claim.code for claim in CLAIMS} <= shown


def test_support_may_have_used_another_method() -> None:
    """Trouble stood in the way of the one that the client prefers (TC-06)."""
    line, known = line_of("to_rebook")
    by_support = {"told.method": "email", "told.by": {"role": "case_team", "id": "ct-1"}}
    assert "preferred_method" in refused(PROCESS, changed_in(line, by_support), known)
    trouble = STRICT.session_cancellation.troubles[0]
    assert refused(PROCESS, changed_in(line, by_support | {"trouble": trouble}), known) == {}


def test_the_day_that_was_stated_to_the_client_holds() -> None:
    """The limit is to that day, as it would be here, and the account says so (TC-03, IN-12)."""
    line, known = line_of("contact_stated")
    there = PROCESS.adopt(read_adoption(PROCESS, line).command, known)[1]
    limit = there.deadlines[0]
    assert limit.due_on == there.body.rebooking.contact_on == limit.due.stated_on
    rows = deadlines.explain(limit, journeys.offices(STRICT))
    assert rows[-1].reason == STATED_DAY
    later = PROCESS.advance(there, contact_on(limit.due_on + 30 * DAY), known)[1]
    assert later.body.rebooking.contact_on == limit.due_on + 30 * DAY


def test_an_absence_that_was_taken_over_goes_on_with_the_others() -> None:
    """Its sessions are found by it, and an update reaches them (TC-04)."""
    line, known = line_of("longer")
    there = PROCESS.adopt(read_adoption(PROCESS, line).command, known)[1]
    assert PROCESS.index(there).assist_case == "abs-1"
    (envelope,) = sc.update_sessions([there], "abs-1", at=NOW, by=TEAM, command_id="u-1")
    told = PROCESS.advance(there, envelope.command, known)[1]
    assert (told.body.growth.updates, told.deadlines[0].started_at) == (2, NOW.astimezone(UTC))


MALFORMED: dict[str, tuple[str, dict[str, Any], str]] = {
    "rebooked, and not": ("to_record", {"rebooking.ground": "client_declined"}, "rebooking.ground"),
    "a slot offered twice": ("to_record", {"rebooking.slots": ["slot-1", "slot-1"]}, "rebooking.slots"),
    "a last day of no longer absence": (
        "to_tell", {"growth.until": "2026-12-24"}, "growth.until"),
    "updates at no instant": ("longer", {"growth.updated_at": GONE}, "growth.updated_at"),
    "a note by name": ("closed", {"records.notes.0.note": "Planted Person"}, "records.notes[0].note"),
    "a state of no table": ("to_tell", {"state": "Planted Person"}, "state"),
}  # fmt: skip


@pytest.mark.parametrize("what", MALFORMED)
def test_what_is_malformed_is_refused_by_the_rules_of_commands(what: str) -> None:
    """Each field is that of today's command; the error names it, and shows no value."""
    name, changes, field = MALFORMED[what]
    line, _ = line_of(name)
    with pytest.raises(InvalidValue) as caught:
        read_adoption(PROCESS, changed_in(line, changes))
    assert caught.value.field == field
    assert "Planted" not in str(caught.value)
