"""What is stated of a contact elsewhere has to hold together, each reason with its fields."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from eap_workflow import deadlines
from eap_workflow.adopting import adoption_of, read_adoption
from eap_workflow.deadlines.accounts import STATED_ELSEWHERE
from eap_workflow.errors import InvalidValue
from eap_workflow.process import Context
from eap_workflow.steps import Snapshot
from eap_workflow.values import SYSTEM
from eap_workflow.workflows import outreach
from eap_workflow.workflows.outreach.claims import CLAIMS
from tests import journeys
from tests.adoptions import GONE, Line, changed_in, refused
from tests.journeys import DAY, HOUR
from tests.workflows.outreach.journeys import (
    ACKNOWLEDGE,
    CALLED,
    CLINICIAN,
    ESCALATE,
    EXHAUST,
    FURTHER,
    NUDGING,
    REACHED,
    RISK,
    START,
    STRANGER,
    UNHAPPY,
    VOICEMAIL,
    WPO,
    Journey,
    context,
)

PROCESS = outreach.PROCESS
NOW = START + 20 * DAY


def ways() -> dict[str, Journey]:
    """Contacts on their way, by name."""
    return {
        "received": Journey(NUDGING).opened("email_received"),
        "attempting": Journey(NUDGING).opened("email_received").tried(VOICEMAIL),
        "overdue": Journey(NUDGING).opened("email_received").tried(VOICEMAIL).wait(START + 2 * DAY),
        "beyond": Journey().opened("general").tried().do(RISK).do(FURTHER),
        "reached": Journey(NUDGING).opened("email_received").tried(VOICEMAIL).do(REACHED),
        "called back": Journey().opened("general").tried(VOICEMAIL).do(CALLED),
        "exhausted": Journey(NUDGING).opened("email_received").tried().do(ACKNOWLEDGE).do(EXHAUST),
        "routine": Journey().opened("general").tried().do(EXHAUST),
        "dissatisfied": Journey().opened("general").do(UNHAPPY),
        "escalated": Journey().opened("general").do(ESCALATE),
    }


def line_of(name: str) -> tuple[Line, Context]:
    """One of them as a line, and the context in which it is taken over."""
    journey = ways()[name]
    plain = adoption_of(journey.stands, journey.policy, by=WPO, at=NOW).to_wire()
    return json.loads(json.dumps(plain)), context(NOW, WPO, journey.policy)


LATER = (START + 30 * DAY).astimezone(UTC).isoformat()
EARLIER = (START - 2 * DAY).astimezone(UTC).isoformat()
SOON = (START + timedelta(minutes=1)).astimezone(UTC).isoformat()
REACHING = {"at": SOON, "by": "pc-1", "channel": "telephone", "result": "reached", "agreed": "nothing_further"}
CALLING = {"at": SOON, "by": {"role": "case_team", "id": "ct-1"}, "agreed": "call_again"}

CONTRADICTIONS: dict[str, tuple[str, dict[str, Any], str, set[str]]] = {
    "attempting without an attempt": ("attempting", {"attempts": []}, "missing", {"attempts"}),
    "reached, and nobody was": ("called back", {"call": GONE}, "missing", {"attempts", "call"}),
    "escalated for nothing": ("escalated", {"escalation": GONE}, "missing", {"escalation"}),
    "used up, and an e-mail not acknowledged": (
        "exhausted", {"acknowledged_at": GONE}, "missing", {"acknowledged_at"}),
    "spoken with, and not acknowledged": ("reached", {"acknowledged_at": GONE}, "missing", {"acknowledged_at"}),
    "received, and tried": ("attempting", {"state": "received"}, "contradicts_the_state", {"attempts"}),
    "attempting, and reached": (
        "attempting", {"attempts.1": REACHING}, "contradicts_the_state", {"attempts[1]"}),
    "attempting, and called": ("attempting", {"call": CALLING}, "contradicts_the_state", {"call"}),
    "reached, and dissatisfied": (
        "dissatisfied", {"state": "reached"}, "contradicts_the_state", {"attempts[0].dissatisfied"}),
    "reached, and escalated": (
        "called back", {"escalation": "complaint"}, "contradicts_the_state", {"escalation"}),
    "tried after somebody was reached": ("attempting", {"attempts.0": REACHING, "attempts.1": REACHING}, "reached_last",
                                         {"attempts[0].result"}),
    "beyond the number in a routine": (
        "beyond", {"opening.urgency": "routine"}, "number_left_or_risk", {"attempts[2]"}),
    "beyond the number without a reason": (
        "beyond", {"attempts.2.clinical_reason": GONE}, "clinical_reason_given", {"attempts[2].clinical_reason"}),
    "within the number with a reason": (
        "beyond", {"attempts.0.clinical_reason": "safety_check"}, "clinical_reason_given",
        {"attempts[0].clinical_reason"}),
    "agreed on what is on no list": ("called back", {"call.agreed": "world_peace"}, "agreed_listed", {"call.agreed"}),
    "used up too early": ("routine", {"attempts.1": GONE}, "attempts_made", {"attempts"}),
    "acknowledged what need not be": (
        "routine", {"acknowledged_at": SOON}, "to_be_acknowledged", {"acknowledged_at"}),
    "escalated for no listed reason": ("escalated", {"escalation": "boredom"}, "reason_listed", {"escalation"}),
    "a call that a stranger took": (
        "called back", {"call.by": {"role": "partner_clinician", "id": "pc-9", "practice": "pt-9"}}, "own_contact",
        {"call.by"}),
    "a call that a clinician of nobody took": (
        "called back", {"call.by": {"role": "partner_clinician", "id": "pc-9"}}, "own_contact", {"call.by.practice"}),
    "a call that a consultant took": (
        "called back", {"call.by": {"role": "consultant", "id": "con-1"}}, "who", {"call.by"}),
    "WPO not told at the end": ("exhausted", {"wpo_told_at": GONE}, "wpo_told", {"wpo_told_at"}),
    "WPO told of a routine": ("routine", {"wpo_told_at": LATER}, "wpo_told", {"wpo_told_at"}),
    "WPO told before the limit passed": ("overdue", {"wpo_told_at": SOON}, "wpo_told", {"wpo_told_at"}),
    "WPO told of a contact without a limit": ("beyond", {"wpo_told_at": SOON}, "wpo_told", {"wpo_told_at"}),
    "WPO told, and nobody did": ("overdue", {"limits.0.done": ["remind"], "limits.1.done": ["remind"]}, "wpo_told",
                                 {"limits[1].done"}),
    "an acknowledgement that is not waited for": (
        "attempting", {"acknowledged_at": SOON}, "limits_of_the_state", {"limits[0].limit"}),
    "a limit that is not stated": ("attempting", {"limits.1": GONE}, "limits_of_the_state", {"limits.contact"}),
    "a limit that nobody knows": ("attempting", {"limits.1.limit": "patience"}, "limits_of_the_state",
                                  {"limits[1].limit", "limits.contact"}),
    "overdue before it passed": (
        "attempting", {"limits.0.passes_at": LATER, "limits.0.done": ["overdue"]}, "done", {"limits[0].done"}),
    "something else done": ("attempting", {"limits.0.done": ["relay"]}, "done", {"limits[0].done"}),
    "passed before it started": ("attempting", {"limits.0.passes_at": EARLIER}, "due_before_start",
                                 {"limits[0].passes_at"}),
    "attempts the wrong way round": (
        "beyond", {"attempts.1.at": SOON}, "out_of_order", {"attempts[1].at"}),
    "an attempt before it was asked for": ("attempting", {"attempts.0.at": EARLIER}, "out_of_order", {"attempts[0].at"}),
    "acknowledged after the end": ("reached", {"acknowledged_at": NOW.astimezone(UTC).isoformat()}, "out_of_order",
                                   {"acknowledged_at"}),
    "a limit from later on": ("attempting", {"limits.0.started_at": SOON}, "out_of_order", {"limits[0].started_at"}),
    "an attempt of the future": ("attempting", {"attempts.0.at": LATER}, "not_yet", {"attempts[0].at"}),
    "asked for in the future": ("routine", {"opened_at": LATER}, "not_yet", {"opened_at"}),
    "another contract": ("routine", {"policy.contract": "harbour"}, "policy_in_force", {"policy.contract"}),
    "another version": ("routine", {"policy.version": "9"}, "policy_in_force", {"policy.version"}),
}  # fmt: skip


@pytest.mark.parametrize("what", CONTRADICTIONS)
def test_what_does_not_hold_together_is_refused(what: str) -> None:
    """CM-05, CM-06, CM-08, CM-12, CM-13, CM-14, CM-15, IN-07, IN-11: a contradiction is refused, by its fields."""
    name, changes, code, fields = CONTRADICTIONS[what]
    line, known = line_of(name)
    assert refused(PROCESS, line, known) == {}
    assert refused(PROCESS, changed_in(line, changes), known).get(code) == fields


def test_every_claim_is_shown() -> None:
    """There is no claim that nothing contradicts."""
    shown = {code for _, _, code, _ in CONTRADICTIONS.values()}
    assert {claim.code for claim in CLAIMS} <= shown


@pytest.mark.parametrize("by", [CLINICIAN, STRANGER])
def test_only_the_case_team_or_the_system_takes_over(by: Any) -> None:
    """Nobody brings a contact in that they made themselves (IN-07)."""
    line, known = line_of("received")
    assert refused(PROCESS, line, context(NOW, by, NUDGING)) == {"role": {"by"}}
    assert refused(PROCESS, line, context(NOW, SYSTEM, NUDGING)) == {}
    assert known.by == WPO


# --- limits in elapsed hours ---------------------------------------------------------------------------------------------


def stated(**limit: Any) -> Snapshot:
    """A contact that comes with this said of its limit to reach somebody."""
    journey = Journey(NUDGING).opened("email_received").tried(VOICEMAIL)
    line = json.loads(json.dumps(adoption_of(journey.stands, NUDGING, by=WPO).to_wire()))
    contact = {key: value for key, value in line["limits"][1].items() if key not in ("due_on", "passes_at")}
    line["limits"][1] = contact | limit
    return PROCESS.adopt(read_adoption(PROCESS, line).command, context(journey.stands.at, WPO, NUDGING))[1]


def test_the_instant_that_was_stated_holds() -> None:
    """Whatever our count of hours gives, it passes then, the clock goes by it, and the account says so (CM-05, IN-12)."""
    passes_at = (START + timedelta(hours=30)).astimezone(UTC)
    snapshot = stated(passes_at=passes_at.isoformat())
    contact = snapshot.deadline("contact")
    assert contact is not None
    assert (contact.passes_at, contact.due.is_in_hours, contact.due.elapsed_hours) == (passes_at, True, 24)
    moves = {move.trigger: move.due_at for move in snapshot.clock if move.limit == "contact"}
    assert moves["tell_wpo"] == passes_at
    assert moves["remind"] == passes_at - timedelta(hours=8)
    rows = deadlines.explain(contact, journeys.offices(NUDGING))
    ours = Journey(NUDGING).opened("email_received").stands.deadline("contact")
    assert ours is not None
    assert rows[:-1] == deadlines.explain(ours, journeys.offices(NUDGING))
    assert rows[-1].reason == STATED_ELSEWHERE
    assert rows[-1].note == "to 15:30, which holds; our count, when the request was taken over, gave 2026-10-29, 09:30"
    found = deadlines.restate(contact, journeys.offices(NUDGING), journeys.offices(NUDGING))
    assert (str(found.was), str(found.is_now), str(found.counted_on)) == ("2026-10-29", "2026-10-29", "2026-10-29")


def test_a_day_may_be_stated_for_a_limit_in_hours() -> None:
    """Where it was given more time there, in working days, it passes at the end of that day (IN-12)."""
    snapshot = stated(due_on="2026-11-05")
    contact = snapshot.deadline("contact")
    assert contact is not None
    assert contact.passes_at == datetime(2026, 11, 6, tzinfo=journeys.MELBOURNE)
    assert not contact.due.is_in_hours
    moves = {
        move.trigger: move.due_at.astimezone(journeys.MELBOURNE) for move in snapshot.clock if move.limit == "contact"
    }
    assert moves["tell_wpo"] == contact.passes_at
    assert moves["remind"] == datetime(2026, 11, 4, tzinfo=journeys.MELBOURNE)
    assert deadlines.explain(contact, journeys.offices(NUDGING))[-1].day == contact.due_on


def test_a_limit_has_a_day_or_an_instant() -> None:
    """One of the two, and an instant for a limit in hours alone (CM-05, IN-01)."""
    for limit in ({}, {"due_on": "2026-11-05", "passes_at": LATER}):
        with pytest.raises(InvalidValue) as caught:
            stated(**limit)
        assert caught.value.field == "limits[1].due_on"
    journey = Journey(NUDGING).opened("clinical_call_back")
    line = json.loads(json.dumps(adoption_of(journey.stands, NUDGING, by=WPO).to_wire()))
    line["limits"][0] = {"limit": "acknowledgement", "started_at": line["opened_at"], "passes_at": LATER}
    assert refused(PROCESS, line, context(NOW, WPO, NUDGING))["unit"] == {"limits[0].passes_at"}


def test_the_clock_takes_over_where_the_other_system_stopped() -> None:
    """What was due and not done there is done by the next tick, and WPO is told (CM-05, IN-13)."""
    line, known = line_of("overdue")
    for limit in line["limits"]:
        limit["done"] = ["remind"]
    del line["wpo_told_at"]
    there = PROCESS.adopt(read_adoption(PROCESS, line).command, known)[1]
    steps, told = PROCESS.tick(there, context(NOW + HOUR, SYSTEM, NUDGING))
    assert [(step.trigger, step.limit) for step in steps] == [
        ("warn", "acknowledgement"),
        ("warn", "contact"),
        ("overdue", "acknowledgement"),
        ("overdue", "contact"),
        ("tell_wpo", "contact"),
    ]
    assert told.body.wpo_told_at == NOW.astimezone(UTC)


def test_a_colleague_reads_what_happened_elsewhere() -> None:
    """The page has the attempts with their instants and who made them, and that the contact was taken over (CM-15)."""
    line, known = line_of("called back")
    step = PROCESS.adopt(read_adoption(PROCESS, line).command, known)[0]
    page = outreach.handover([step])
    assert [each.what.partition(":")[0] for each in page.happened] == [
        "attempt 1, by telephone",
        "they called back on the access line",
        "taken over from another system, routine",
    ]
    assert [each.at for each in page.happened] == sorted(each.at for each in page.happened)
    late, known = line_of("overdue")
    page = outreach.handover([PROCESS.adopt(read_adoption(PROCESS, late).command, known)[0]])
    assert all(due.has_passed for due in page.due)
    assert "WPO was told that nobody was reached" in str(page)
    for name, said in (("exhausted", "receipt was acknowledged"), ("escalated", "was escalated to WPO: dissatisfied")):
        line, known = line_of(name)
        assert said in str(outreach.handover([PROCESS.adopt(read_adoption(PROCESS, line).command, known)[0]]))


MALFORMED: dict[str, tuple[dict[str, Any], str]] = {
    "a state in which no contact rests": ({"state": "recorded"}, "state"),
    "a reason of no list": ({"opening.reason": "whim"}, "opening.reason"),
    "an attempt that reached nobody and agreed": ({"attempts.0.agreed": "call_again"}, "attempts[0].agreed"),
    "an e-mail that was engaged": ({"attempts.0.channel": "email", "attempts.0.result": "engaged"}, "attempts[0].result"),
    "a clinician by name": ({"attempts.0.by": "Planted Person"}, "attempts[0].by"),
    "e-mail only without an address": (
        {"opening.email_only": True, "opening.has_email": False}, "opening.email_only"),
    "a limit by a name in prose": ({"limits.0.limit": "Planted Person"}, "limits[0].limit"),
}  # fmt: skip


@pytest.mark.parametrize("what", MALFORMED)
def test_what_is_malformed_is_refused_by_the_rules_of_commands(what: str) -> None:
    """Each field is that of today's command; the error names it, and shows no value."""
    changes, name = MALFORMED[what]
    line, _ = line_of("attempting")
    with pytest.raises(InvalidValue) as caught:
        read_adoption(PROCESS, changed_in(line, changes))
    assert caught.value.field == name
    assert "Planted" not in str(caught.value)
