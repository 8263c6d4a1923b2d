"""Every guard: a case in which it stands in the way, and one in which it is met."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import Any

import pytest

from eap_workflow.policy import STANDARD
from eap_workflow.process import ByClock
from eap_workflow.states import OUTREACH
from eap_workflow.values import SYSTEM, changed
from eap_workflow.workflows import outreach
from eap_workflow.workflows.outreach.guards import PREDICATES
from tests.journeys import DAY, HOUR
from tests.workflows.outreach import journeys
from tests.workflows.outreach.journeys import (
    ACKNOWLEDGE,
    CALLED,
    CLINICIAN,
    COLLEAGUE,
    EMAIL,
    ESCALATE,
    EXHAUST,
    FURTHER,
    NUDGING,
    OF_NO_PARTNER,
    REACHED,
    RISK,
    SILENT,
    START,
    STRANGER,
    STRICT,
    UNHAPPY,
    VOICEMAIL,
    WPO,
    Journey,
    asked,
    attempt,
    contract,
    opened,
)

ROUTES = ("was_reached", "was_dissatisfied", "not_reached", "many_attempts")


def test_every_guard_has_its_predicate() -> None:
    """One for one, each with the rules that it serves in its docstring or shared by several workflows."""
    assert PREDICATES.keys() == {guard.name for guard in OUTREACH.guards}
    for guard in OUTREACH.guards:
        assert any(rule in (PREDICATES[guard.name].__doc__ or "") for rule in guard.rules), guard.name


# --- who, and under which policy -------------------------------------------------------------------------------------------


def test_own_contact() -> None:
    """A clinician acts for the own partner alone, a colleague as well, and WPO on every contact."""
    one = opened()
    for by in (CLINICIAN, COLLEAGUE):
        assert one.can(RISK, by).permitted
    for by in (STRANGER, OF_NO_PARTNER):
        assert one.refused(RISK, by) == ("own_contact",)
    assert one.can(RISK, WPO).permitted
    assert Journey().can(asked(), CLINICIAN).permitted
    assert Journey().can(asked(partner="pt-2"), WPO).permitted
    assert Journey().refused(asked(partner="pt-2"), CLINICIAN) == ("own_contact",)


def test_a_clinician_of_no_practice_is_told_which_field_is_missing() -> None:
    """CM-15, IN-07: which is another mistake than to act on the contacts of somebody else."""
    one = opened()
    assert one.amiss(RISK, OF_NO_PARTNER) == {"own_contact": ("by.practice",)}
    assert one.amiss(RISK, STRANGER) == {"own_contact": ("by",)}
    assert Journey().amiss(asked(), OF_NO_PARTNER) == {"own_contact": ("by.practice",)}


def test_what_may_be_opened_is_told_before_anything_is_known_of_it() -> None:
    """A clinician of a partner may open contacts, and one of no partner none."""
    new = outreach.PROCESS.workflow.permitted_triggers
    assert new(None, journeys.context(START, CLINICIAN)) == ("open_contact",)
    assert new(None, journeys.context(START, OF_NO_PARTNER)) == ()


def test_policy_in_force() -> None:
    """The contract of the day to open it, and the policy that it keeps from then on."""
    assert Journey(NUDGING).refused(asked(policy=STANDARD)) == ("policy_in_force",)
    one = opened()
    one.policy = NUDGING
    assert one.refused(VOICEMAIL) == ("policy_in_force",)


# --- the acknowledgement ---------------------------------------------------------------------------------------------------


def test_to_be_acknowledged() -> None:
    """An e-mail, and whatever the contract sets a limit for; once."""
    assert opened("email_received").can(ACKNOWLEDGE).permitted
    assert opened("clinical_call_back", NUDGING).can(ACKNOWLEDGE).permitted
    assert opened("clinical_call_back").refused(ACKNOWLEDGE) == ("to_be_acknowledged",)
    assert opened("email_received").do(ACKNOWLEDGE).refused(ACKNOWLEDGE) == ("to_be_acknowledged",)


def test_acknowledged() -> None:
    """What has to be acknowledged holds the end up, and nothing else does."""
    one = opened("email_received").tried()
    assert one.refused(EXHAUST) == ("acknowledged",)
    assert one.do(ACKNOWLEDGE).can(EXHAUST).permitted
    assert opened().tried().can(EXHAUST).permitted


# --- how many attempts -----------------------------------------------------------------------------------------------------


def test_number_left_or_risk() -> None:
    """Beyond the number there is risk or urgency, from the start or raised."""
    one = opened().tried()
    assert one.refused(FURTHER) == ("number_left_or_risk",)
    assert one.do(outreach.RaiseRisk(urgency="urgent")).can(FURTHER).permitted
    for urgency in ("urgent", "risk"):
        assert opened(urgency=urgency).tried().can(FURTHER).permitted


def test_clinical_reason_given() -> None:
    """Beyond the number of the contract's list, and within it none."""
    one = opened(urgency="risk")
    assert one.amiss(FURTHER) == {"clinical_reason_given": ("clinical_reason",)}
    one.tried()
    assert one.refused(VOICEMAIL) == ("clinical_reason_given",)
    habit = attempt("telephone", "no_answer", message="voicemail", asks_to_call_back=True, clinical_reason="habit")
    assert one.refused(habit) == ("clinical_reason_given",)
    assert one.can(FURTHER).permitted
    assert opened(policy=STRICT, urgency="risk").tried().refused(FURTHER) == ("clinical_reason_given",)


def test_attempts_made() -> None:
    """As many as are owed, one fewer is not enough."""
    one = opened("after_complaint").do(VOICEMAIL).do(VOICEMAIL)
    assert one.refused(EXHAUST) == ("attempts_made",)
    assert one.do(VOICEMAIL).can(EXHAUST).permitted


# --- by which channel ------------------------------------------------------------------------------------------------------


def test_telephone_possible() -> None:
    """Not without a number, and against the wish for e-mail only at risk alone."""
    assert opened(has_telephone=False).amiss(VOICEMAIL) == {"telephone_possible": ("channel",)}
    for urgency, permitted in (("routine", False), ("urgent", False), ("risk", True)):
        assert opened(email_only=True, urgency=urgency).can(VOICEMAIL).permitted == permitted
    assert "telephone_possible" in opened(has_telephone=False, urgency="risk").refused(VOICEMAIL)


@pytest.mark.parametrize(
    ("changes", "permitted"),
    [({}, False), ({"email_only": True}, True), ({"has_telephone": False}, True)],
)
def test_telephone_in_time(changes: dict[str, Any], permitted: bool) -> None:  # noqa: FBT001
    """The last attempt that is owed is by telephone, where none was and the person may be called."""
    one = opened(**changes).do(EMAIL)
    assert one.can(EMAIL).permitted == permitted
    if not permitted:
        assert one.amiss(EMAIL) == {"telephone_in_time": ("channel",)}
        assert one.do(outreach.ChangeMeans(has_telephone=False)).can(EMAIL).permitted
    assert opened().do(VOICEMAIL).can(EMAIL).permitted


def test_no_attempt_beyond_the_number_is_too_late_for_the_telephone() -> None:
    """Where there was no number, the attempts that were owed are made; a number that is found later is for further ones."""
    one = opened(has_telephone=False, urgency="risk").do(EMAIL).do(EMAIL).do(outreach.ChangeMeans(has_telephone=True))
    further = attempt("email", "no_answer", asks_to_call_back=True, clinical_reason="safety_check")
    assert one.can(further).permitted
    assert one.can(EXHAUST).permitted


def test_email_possible() -> None:
    """An address is needed for an e-mail, as the attempt or as the message of a call."""
    one = opened(has_email=False)
    assert one.amiss(EMAIL) == {"email_possible": ("channel",)}
    after_call = attempt("telephone", "no_answer", message="email", asks_to_call_back=True)
    assert one.amiss(after_call) == {"email_possible": ("message",)}
    assert opened().can(after_call).permitted


def test_email_consented() -> None:
    """Consent is needed for an e-mail of a check-in, as the attempt or as the message of a call, and for no other."""
    one = opened("check_in")
    assert one.amiss(EMAIL) == {"email_consented": ("channel",)}
    after_call = attempt("telephone", "no_answer", message="email", asks_to_call_back=True)
    assert one.amiss(after_call) == {"email_consented": ("message",)}
    assert opened("check_in", email_consent=True).can(EMAIL).permitted
    assert opened().can(EMAIL).permitted


def test_means_agree() -> None:
    """What is stated anew may not leave e-mail only to somebody whom no e-mail may reach."""
    one = opened(has_telephone=False)
    assert one.can(outreach.ChangeMeans(email_only=True)).permitted
    one.do(outreach.ChangeMeans(email_only=True))
    assert one.amiss(outreach.ChangeMeans(has_email=False)) == {"means_agree": ("email_only",)}
    assert one.refused(outreach.ChangeMeans(wants_messages=False)) == ("means_agree",)
    assert one.can(outreach.ChangeMeans(wants_messages=False, email_only=False)).permitted


# --- what it leaves --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "command", "fields"),
    [
        ({}, VOICEMAIL, ()),
        ({}, SILENT, ("message",)),
        ({}, attempt("telephone", "no_answer", message="voicemail"), ("asks_to_call_back",)),
        ({}, EMAIL, ()),
        ({}, attempt("email", "no_answer"), ("asks_to_call_back",)),
        ({}, attempt("email", "undelivered"), ()),
        ({}, attempt("telephone", "engaged", message="voicemail", asks_to_call_back=True), ()),
        ({}, attempt("telephone", "engaged"), ("message",)),
        ({"has_email": False}, attempt("telephone", "engaged"), ()),
        ({"has_email": False}, SILENT, ("message",)),
        ({"has_email": False}, attempt("telephone", "no_voicemail"), ()),
        ({"has_email": False}, attempt("telephone", "wrong_person"), ()),
        ({}, attempt("telephone", "wrong_person"), ("message",)),
        ({}, attempt("telephone", "not_in_service", message="email", asks_to_call_back=True), ()),
        ({"wants_messages": False}, SILENT, ()),
        ({"wants_messages": False}, VOICEMAIL, ("message",)),
        ({"wants_messages": False}, EMAIL, ("channel",)),
        ({"wants_messages": False}, attempt("email", "undelivered"), ()),
        ({"wants_messages": False}, attempt("email", "reached", agreed="call_again"), ()),
        ({}, REACHED, ()),
    ],
)
def test_message_as_wanted(changes: dict[str, Any], command: outreach.Attempt, fields: tuple[str, ...]) -> None:
    """A message where one is wanted and there is a way to leave it, which asks to call back; none where none is wanted."""
    assert opened(**changes).amiss(command) == ({"message_as_wanted": fields} if fields else {})


def test_a_check_in_without_consent_owes_no_email_after_a_call() -> None:
    """Where voicemail took nothing and an e-mail is not consented to, there is no way to leave a message."""
    assert opened("check_in").can(attempt("telephone", "no_voicemail")).permitted
    with_consent = opened("check_in", email_consent=True)
    assert with_consent.refused(attempt("telephone", "no_voicemail")) == ("message_as_wanted",)


@pytest.mark.parametrize("policy", [STANDARD, STRICT], ids=lambda policy: str(policy.version))
def test_agreed_listed(policy: Any) -> None:
    """Of the contract's list, on the telephone and when they call."""
    one = opened(policy=policy)
    for agreed, permitted in ((journeys.agreement(policy), True), ("world_peace", False)):
        for command in (
            attempt("telephone", "reached", agreed=agreed),
            outreach.ReceiveCall(agreed=agreed),
            outreach.ReceiveCall(agreed=agreed, dissatisfied=True),
        ):
            assert one.amiss(command) == ({} if permitted else {"agreed_listed": ("agreed",)})
    assert one.can(UNHAPPY).permitted


# --- what comes of it ------------------------------------------------------------------------------------------------------


def recorded(one: Journey) -> Any:
    """A contact between an attempt, or a call, and what comes of it, where nobody ever finds one."""
    last = max(step.version for step in one.trail if step.target == "recorded")
    return outreach.PROCESS.replay(one.trail[:last])


@pytest.mark.parametrize(
    ("one", "holds"),
    [
        (opened().do(REACHED), "was_reached"),
        (opened().do(CALLED), "was_reached"),
        (opened().do(VOICEMAIL).do(CALLED), "was_reached"),
        (opened().do(UNHAPPY), "was_dissatisfied"),
        (opened().do(outreach.ReceiveCall(agreed="call_again", dissatisfied=True)), "was_dissatisfied"),
        (opened().do(VOICEMAIL), "not_reached"),
        (opened(policy=STRICT).tried(), "many_attempts"),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_one_of_the_four_routes_is_open(one: Journey, holds: str) -> None:
    """was_reached, was_dissatisfied, not_reached, many_attempts: one alone, whatever came last."""
    snapshot, context = recorded(one), journeys.context(one.now, SYSTEM, one.policy)
    assert [name for name in ROUTES if PREDICATES[name](snapshot, ByClock(trigger=""), context)] == [holds]


def test_the_routes_exclude_each_other_whatever_the_body() -> None:
    """Any attempts, reached or not, dissatisfied or not, a call or none, many or few: one route is open, and one alone."""
    tried, reached, unhappy = (opened().do(command).body.attempts[0] for command in (VOICEMAIL, REACHED, UNHAPPY))
    calls = (None, opened().do(CALLED).body.call, opened().do(outreach.ReceiveCall(dissatisfied=True)).body.call)
    snapshot = opened().stands
    for last, before, call, policy in product(
        (None, tried, reached, unhappy), range(6), calls, (STANDARD, STRICT, None)
    ):
        attempts = (tried,) * before + (() if last is None else (last,))
        body = changed(snapshot.body, attempts=attempts, call=call)
        context = journeys.context(START, SYSTEM, policy)
        held = [name for name in ROUTES if PREDICATES[name](changed(snapshot, body=body), ByClock(trigger=""), context)]
        assert len(held) == 1


@pytest.mark.parametrize(("apart", "many"), [(timedelta(), True), (timedelta(seconds=1), False)])
def test_many_attempts_are_counted_over_elapsed_days(apart: timedelta, many: bool) -> None:  # noqa: FBT001
    """Exactly so many times 24 hours before the last is within the span; a second more is not."""
    one = opened(policy=contract("span", many_attempts=2, many_within_days=2), urgency="risk")
    one.do(VOICEMAIL, at=START).do(VOICEMAIL, at=START + 2 * DAY + apart)
    assert one.triggers[-1] == ("warn_of_many" if many else "go_on")


def test_wpo_to_be_told_and_not_to_be_told() -> None:
    """Where a limit to reach somebody runs still, and nowhere else; the two never hold together."""
    in_time = opened("email_received").tried().do(ACKNOWLEDGE).do(EXHAUST)
    assert in_time.triggers[-2:] == ["exhaust", "tell_wpo_at_once"]
    late = opened("email_received").tried().do(ACKNOWLEDGE).wait(START + 2 * DAY).do(EXHAUST)
    assert late.triggers[-2:] == ["exhaust", "finish"]
    assert opened().tried().do(EXHAUST).triggers[-2:] == ["exhaust", "finish"]


@pytest.mark.parametrize("urgency", ["urgent", "risk"])
def test_wpo_is_told_of_a_risk_that_nobody_was_reached_about(urgency: Any) -> None:
    """CM-05, CM-13: whatever the contract's limits, somebody at risk who was not reached is WPO's to know of."""
    one = opened()
    one.do(outreach.RaiseRisk(urgency=urgency))
    assert one.tried().do(EXHAUST).triggers[-2:] == ["exhaust", "tell_wpo_at_once"]


def test_whoever_is_reached_has_been_answered() -> None:
    """CM-05: a conversation acknowledges the e-mail; one in vain does not."""
    in_vain = opened("email_received").tried()
    assert in_vain.body.acknowledged_at is None
    reached = opened("email_received").do(REACHED)
    assert (reached.stands.state, reached.body.acknowledged_at) == ("reached", reached.trail[-1].at)


# --- risk, escalation, the clock ---------------------------------------------------------------------------------------------


def test_more_urgent() -> None:
    """Upwards alone: routine, urgent, risk."""
    one = opened()
    one.do(outreach.RaiseRisk(urgency="urgent"))
    assert one.amiss(outreach.RaiseRisk(urgency="urgent")) == {"more_urgent": ("urgency",)}
    one.do(RISK)
    assert one.refused(RISK) == ("more_urgent",)
    assert one.refused(outreach.RaiseRisk(urgency="urgent")) == ("more_urgent",)


def test_reason_listed() -> None:
    """Of the contract's list; that somebody is dissatisfied, whatever the list says (CM-06)."""
    unlisted = outreach.Escalate(reason="beyond_the_partner")
    assert opened().can(unlisted).permitted
    assert opened(policy=STRICT).amiss(unlisted) == {"reason_listed": ("reason",)}
    assert opened(policy=STRICT).can(ESCALATE).permitted
    assert opened(policy=STRICT).can(outreach.Escalate(reason="handed_over")).permitted


@pytest.mark.parametrize("trigger", ["remind", "warn", "overdue", "tell_wpo"])
def test_due(trigger: str) -> None:
    """A move of the clock is made at its instant and not before, and by nobody who says that it is due."""
    one = opened("email_received", NUDGING)
    due_at = next(move.due_at for move in one.stands.clock if move.trigger == trigger)
    command = ByClock(trigger=trigger)
    early = one.can(command, SYSTEM, due_at - timedelta(seconds=1))
    assert early.codes == ("due",)
    assert trigger not in one.wait(due_at - timedelta(seconds=1)).triggers
    assert trigger in one.wait(due_at).triggers
    assert one.refused(command, WPO) == ("role", "due")
    assert one.now - HOUR < due_at
