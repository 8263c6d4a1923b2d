"""Every rule of the register that outreach serves: a case that it permits, and one that it refuses.

In the order of the register. What a rule only asks to be told or computed is shown as it is; nothing can be refused.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import product
from typing import Any, get_args

import pytest

from eap_workflow.errors import InvalidValue
from eap_workflow.policy import STANDARD, Policy
from eap_workflow.process import ByClock
from eap_workflow.states import OUTREACH
from eap_workflow.terms.outreach import ContactReason
from eap_workflow.values import SYSTEM, Role
from eap_workflow.workflows import outreach
from eap_workflow.workflows.outreach.commands import MEANS
from tests.journeys import CONSULTANT, DAY, HOUR, MELBOURNE, TEAM
from tests.workflows.outreach.journeys import (
    ACKNOWLEDGE,
    ANSWERED,
    CALLED,
    CLINICIAN,
    COLLEAGUE,
    CONTRACTS,
    EMAIL,
    ESCALATE,
    EXHAUST,
    FURTHER,
    LIMITING,
    NUDGING,
    REACHED,
    RISK,
    SILENT,
    START,
    STRANGER,
    UNHAPPY,
    VOICEMAIL,
    WPO,
    Journey,
    asked,
    attempt,
    contract,
    opened,
)


def melbourne(text: str) -> datetime:
    """An instant by the clocks of Melbourne."""
    return datetime.fromisoformat(text).replace(tzinfo=MELBOURNE)


def received(at: str, reason: str = "email_received", policy: Policy = STANDARD) -> Journey:
    """A contact that was asked for at an instant by the clocks of Melbourne."""
    return Journey(policy, now=melbourne(at)).opened(reason)


# --- CM-04: a clinical call-back -----------------------------------------------------------------------------------------


def test_a_clinical_call_back_is_attempted_within_one_business_day() -> None:
    """CM-04: asked for on the Friday before Melbourne Cup weekend's Monday, it is due by the end of that Monday."""
    one = received("2026-10-30T16:45", "clinical_call_back")
    assert one.limits == {"first_attempt": melbourne("2026-11-03T00:00")}
    over_the_cup = received("2026-11-02T09:00", "clinical_call_back")
    assert over_the_cup.limits == {"first_attempt": melbourne("2026-11-05T00:00")}
    assert one.do(VOICEMAIL).limits == {}


def test_a_clinical_call_back_that_is_late_is_recorded_and_still_made() -> None:
    """CM-04, IN-04: the breach is a fact, once, and the attempt is permitted as before."""
    one = received("2026-10-30T16:45", "clinical_call_back").wait(melbourne("2026-11-10T09:00"))
    assert one.triggers == ["open_contact", "overdue"]
    assert (one.trail[-1].at, one.trail[-1].limit) == (melbourne("2026-11-03T00:00"), "first_attempt")
    assert one.do(VOICEMAIL).state == "attempting"
    assert one.refused(ByClock(trigger="overdue"), SYSTEM) == ("due",)


# --- CM-05: an e-mail, 24 elapsed hours --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "passes"),
    [
        ("2026-10-28T09:30", "2026-10-29T09:30"),
        # A Friday night to a Saturday night, and the night to a public holiday.
        ("2026-10-30T23:15", "2026-10-31T23:15"),
        ("2026-11-02T18:00", "2026-11-03T18:00"),
        # The clocks go forward on Sunday 4 October 2026, and back on Sunday 4 April 2027.
        ("2026-10-03T12:00", "2026-10-04T13:00"),
        ("2026-10-04T01:30", "2026-10-05T02:30"),
        ("2027-04-03T12:00", "2027-04-04T11:00"),
        ("2027-04-03T22:00", "2027-04-04T21:00"),
    ],
)
def test_an_email_has_24_elapsed_hours(at: str, passes: str) -> None:
    """CM-05: acknowledged, acted on and somebody reached, through nights, weekends, holidays and changes of the clocks."""
    one = received(at)
    assert one.limits == dict.fromkeys(("acknowledgement", "first_attempt", "contact"), melbourne(passes))
    assert all(due.passes_at - due.started_at == timedelta(hours=24) for due in one.stands.deadlines)


def test_wpo_is_told_once_when_24_hours_pass_on_a_saturday_night() -> None:
    """CM-05, IN-13: to the minute, once, however often the clock is looked at."""
    one = received("2026-10-30T23:15").do(ACKNOWLEDGE).do(VOICEMAIL)
    passes = melbourne("2026-10-31T23:15")
    one.wait(passes - timedelta(microseconds=1))
    assert "tell_wpo" not in one.triggers
    one.wait(passes)
    assert one.triggers[-2:] == ["overdue", "tell_wpo"]
    assert {step.limit for step in one.trail[-2:]} == {"contact"}
    one.wait(passes + 3 * DAY).do(VOICEMAIL).wait(passes + 9 * DAY)
    assert one.triggers.count("tell_wpo") == 1
    assert one.body.wpo_told_at == passes


def test_wpo_is_not_told_of_somebody_who_was_reached_in_time() -> None:
    """CM-05: reached, or called back, within the 24 hours."""
    for command in (REACHED, ANSWERED, CALLED):
        one = received("2026-10-30T23:15").do(command).wait(melbourne("2026-11-20T09:00"))
        assert "tell_wpo" not in one.triggers
        assert one.limits == {}


def test_wpo_is_told_at_once_where_the_attempts_are_used_up_in_time() -> None:
    """CM-05: ending early is no way around telling WPO that nobody was reached; and nobody is told twice."""
    early = opened("email_received").do(ACKNOWLEDGE).tried().do(EXHAUST)
    assert early.triggers[-2:] == ["exhaust", "tell_wpo_at_once"]
    late = opened("email_received").do(ACKNOWLEDGE).tried().wait(START + 2 * DAY).do(EXHAUST)
    assert late.triggers[-2:] == ["exhaust", "finish"]
    for one in (early, late):
        assert sum(trigger.startswith("tell_wpo") for trigger in one.triggers) == 1
        assert one.state == "exhausted"


def test_an_email_is_acknowledged_once_and_before_the_end() -> None:
    """CM-05: by the partner; nothing else is acknowledged, and without it the contact is not exhausted."""
    one = opened("email_received").tried()
    assert one.refused(EXHAUST) == ("acknowledged",)
    assert one.refused(ACKNOWLEDGE, WPO) == ("role",)
    assert one.do(ACKNOWLEDGE).refused(ACKNOWLEDGE) == ("to_be_acknowledged",)
    assert one.can(EXHAUST).permitted
    assert opened("general").refused(ACKNOWLEDGE) == ("to_be_acknowledged",)


def test_an_acknowledgement_and_an_attempt_each_stop_their_own_limit() -> None:
    """CM-05: acknowledging is not acting, and neither is reaching somebody."""
    one = opened("email_received")
    assert one.do(ACKNOWLEDGE).limits.keys() == {"first_attempt", "contact"}
    assert one.do(VOICEMAIL).limits.keys() == {"contact"}
    assert opened("email_received").do(VOICEMAIL).limits.keys() == {"acknowledgement", "contact"}


# --- CM-06: dissatisfaction --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("prepared", [(), (VOICEMAIL,), (VOICEMAIL, EMAIL)], ids=len)
def test_dissatisfaction_escalates_from_any_state_that_is_not_final(prepared: tuple[outreach.Attempt, ...]) -> None:
    """CM-06: said on the telephone, in a call that is received, or heard of otherwise."""
    said = outreach.ReceiveCall(agreed="call_again", dissatisfied=True)
    for command, by in ((ESCALATE, CLINICIAN), (ESCALATE, WPO), (said, WPO)):
        one = opened().tried(*prepared) if prepared else opened()
        assert one.do(command, by).state == "escalated"
        assert one.limits == {}
    if len(prepared) < 2:
        one = opened().tried(*prepared) if prepared else opened()
        assert one.do(UNHAPPY).triggers[-2:] == ["attempt", "escalate_at_once"]


def test_who_is_reached_and_content_is_not_escalated() -> None:
    """CM-06: an escalation has a reason of the contract's list, and nobody is dissatisfied who was not reached."""
    assert opened().do(REACHED).state == "reached"
    assert opened().refused(outreach.Escalate(reason="boredom")) == ("reason_listed",)
    assert opened().do(REACHED).refused(ESCALATE) == ("not_in_state",)
    with pytest.raises(InvalidValue):
        attempt("telephone", "no_answer", dissatisfied=True)


# --- CM-08: a check-in -------------------------------------------------------------------------------------------------------


def test_a_check_in_is_one_attempt_by_email_with_consent_or_by_telephone() -> None:
    """CM-08: one is enough, and a second is refused."""
    for consent, command in ((False, VOICEMAIL), (True, EMAIL)):
        one = opened("check_in", email_consent=consent).do(command)
        assert one.refused(command) == ("number_left_or_risk", "clinical_reason_given")
        assert one.do(EXHAUST).state == "exhausted"
    assert opened("check_in").refused(EMAIL) == ("email_consented",)
    assert opened("check_in").refused(EXHAUST) == ("not_in_state",)


def test_a_check_in_without_any_means_is_escalated() -> None:
    """CM-08: no number, and no consent: no attempt is possible, and the contact is not stuck."""
    one = opened("check_in", has_telephone=False)
    assert one.refused(VOICEMAIL) == ("telephone_possible",)
    assert one.refused(EMAIL) == ("email_consented",)
    assert one.can(outreach.ChangeMeans(email_consent=True)).permitted
    assert one.do(outreach.Escalate(reason="no_means_of_contact")).state == "escalated"


# --- CM-09: a provider's enquiry ---------------------------------------------------------------------------------------------


def test_a_providers_enquiry_is_answered_within_one_business_day() -> None:
    """CM-09: over a weekend to the end of Monday; a participant makes none."""
    one = received("2026-10-31T22:10", "provider_enquiry")
    assert one.limits == {"first_attempt": melbourne("2026-11-03T00:00")}
    assert one.do(REACHED).state == "reached"
    with pytest.raises(InvalidValue) as caught:
        asked("provider_enquiry", with_whom="participant")
    assert caught.value.field == "with_whom"


def test_a_late_answer_to_a_provider_is_recorded_and_still_given() -> None:
    """CM-09, IN-04: the breach is a fact, once, and the answer is permitted as before."""
    one = received("2026-10-31T22:10", "provider_enquiry").wait(melbourne("2026-11-10T09:00"))
    assert one.triggers == ["open_contact", "overdue"]
    assert one.trail[-1].limit == "first_attempt"
    assert one.do(REACHED).state == "reached"


# --- CM-11: the message ------------------------------------------------------------------------------------------------------


def test_an_unsuccessful_attempt_leaves_a_message_that_asks_to_call_back() -> None:
    """CM-11: by voicemail or by e-mail; without one, and without the access line, it is refused."""
    one = opened()
    for message in ("voicemail", "email"):
        left = attempt("telephone", "no_answer", message=message, asks_to_call_back=True)
        assert one.can(left).permitted
        assert one.refused(attempt("telephone", "no_answer", message=message)) == ("message_as_wanted",)
    assert one.refused(SILENT) == ("message_as_wanted",)


def test_no_message_is_left_where_none_is_wanted() -> None:
    """CM-11: neither voicemail nor an e-mail, of which one without an answer is a message itself."""
    one = opened(wants_messages=False)
    assert one.can(SILENT).permitted
    assert one.refused(VOICEMAIL) == ("message_as_wanted",)
    assert one.refused(EMAIL) == ("message_as_wanted",)
    assert one.can(ANSWERED).permitted
    one.do(outreach.ChangeMeans(wants_messages=True))
    assert one.refused(SILENT) == ("message_as_wanted",)


def test_an_attempt_that_reaches_somebody_leaves_none() -> None:
    """CM-11: there is nothing left to say on voicemail."""
    assert opened().can(REACHED).permitted
    with pytest.raises(InvalidValue):
        attempt("telephone", "reached", agreed="call_again", message="voicemail")


def test_an_unanswered_email_is_an_attempt_and_its_message() -> None:
    """CM-11, CM-12: it asks to call back, it counts, and an answer that comes later is received."""
    one = opened(email_only=True)
    assert one.refused(attempt("email", "no_answer")) == ("message_as_wanted",)
    one.do(EMAIL).do(EMAIL)
    assert [each.message for each in one.body.attempts] == ["email", "email"]
    assert one.can(EXHAUST).permitted
    assert one.do(outreach.ReceiveCall(channel="email", agreed="information_sent")).state == "reached"


def test_whoever_calls_back_is_reached() -> None:
    """CM-11: on the access line, taken by the partner or by WPO; another partner's clinician takes no call."""
    assert opened().do(VOICEMAIL).do(CALLED, WPO).state == "reached"
    assert opened().do(CALLED, COLLEAGUE).state == "reached"
    assert opened().do(VOICEMAIL).refused(CALLED, STRANGER) == ("own_contact",)


# --- CM-12: two attempts, one by telephone -----------------------------------------------------------------------------------


def test_two_attempts_are_owed_and_fewer_are_not_enough() -> None:
    """CM-12: exhausted is refused before, permitted afterwards, and a third attempt is refused."""
    one = opened().do(VOICEMAIL)
    assert one.refused(EXHAUST) == ("attempts_made",)
    one.do(VOICEMAIL)
    assert one.can(EXHAUST).permitted
    assert one.refused(FURTHER) == ("number_left_or_risk",)


def test_one_attempt_is_by_telephone() -> None:
    """CM-12: two e-mails are refused, unless e-mail only was asked for or there is no number."""
    one = opened().do(EMAIL)
    assert one.refused(EMAIL) == ("telephone_in_time",)
    assert one.do(VOICEMAIL).can(EXHAUST).permitted
    assert opened(email_only=True).do(EMAIL).do(EMAIL).can(EXHAUST).permitted
    assert opened(has_telephone=False).do(EMAIL).do(EMAIL).can(EXHAUST).permitted
    assert opened("provider_enquiry", email_only=True).do(EMAIL).can(EMAIL).permitted


def test_nobody_is_called_who_asked_for_email_only() -> None:
    """CM-12, CM-13: nor where there is no number; at risk a clinician may call all the same."""
    assert opened(email_only=True).refused(VOICEMAIL) == ("telephone_possible",)
    assert opened(email_only=True).do(RISK).can(VOICEMAIL).permitted
    assert opened(has_telephone=False).refused(VOICEMAIL) == ("telephone_possible",)


# --- CM-13: risk and urgency -------------------------------------------------------------------------------------------------


def test_beyond_the_number_every_attempt_has_its_clinical_reason() -> None:
    """CM-13: with risk or urgency alone; within the number there is none."""
    one = opened().tried()
    assert one.refused(FURTHER) == ("number_left_or_risk",)
    one.do(RISK)
    assert one.refused(VOICEMAIL) == ("clinical_reason_given",)
    one.do(FURTHER).do(FURTHER)
    assert [each.clinical_reason for each in one.body.attempts] == [None, None, "safety_check", "safety_check"]
    assert opened(urgency="risk").refused(FURTHER) == ("clinical_reason_given",)


def test_a_warning_is_recorded_as_attempts_with_risk_become_many() -> None:
    """CM-13: the fifth within seven days warns, and the sixth; attempts further apart do not."""
    one = opened(urgency="risk").tried().do(FURTHER).do(FURTHER)
    assert "warn_of_many" not in one.triggers
    assert one.do(FURTHER).triggers[-2:] == ["attempt", "warn_of_many"]
    assert one.state == "attempting"
    assert one.do(FURTHER).triggers[-1] == "warn_of_many"
    slow = opened(urgency="risk")
    for number in range(8):
        slow.do(VOICEMAIL if number < 2 else FURTHER, at=START + number * 2 * DAY)
    assert "warn_of_many" not in slow.triggers


def test_the_number_and_the_span_are_the_contracts() -> None:
    """CM-13: and they count in outreach without risk as well."""
    one = opened("after_complaint", contract("few", many_attempts=2, many_within_days=1))
    assert one.do(VOICEMAIL).do(VOICEMAIL).triggers[-1] == "warn_of_many"
    assert one.do(VOICEMAIL, at=one.now + 2 * DAY).triggers[-1] == "go_on"


def test_whoever_is_reached_at_last_is_reached_without_a_warning() -> None:
    """CM-13: however many attempts there were."""
    one = opened(urgency="risk").tried().do(FURTHER).do(FURTHER).do(FURTHER)
    reached = attempt("telephone", "reached", agreed="call_again", clinical_reason="safety_check")
    assert one.do(reached).triggers[-2:] == ["attempt", "conclude"]


def test_risk_is_raised_at_any_time_and_never_taken_off() -> None:
    """CM-13: before and after attempts, by the partner or WPO; what is on record is not raised again."""
    for one in (opened(), opened().do(VOICEMAIL), opened(urgency="urgent")):
        state = one.state
        assert one.can(RISK, WPO).permitted
        assert one.do(RISK).state == state
        assert one.refused(RISK) == ("more_urgent",)
        assert one.refused(outreach.RaiseRisk(urgency="urgent")) == ("more_urgent",)
    assert opened().do(CALLED).refused(RISK) == ("not_in_state",)


# --- CM-14: after a complaint ------------------------------------------------------------------------------------------------


def test_after_a_complaint_three_attempts_are_owed() -> None:
    """CM-14: two are not enough, the third is the last, and one of them is by telephone."""
    one = opened("after_complaint").do(EMAIL).do(EMAIL)
    assert one.refused(EXHAUST) == ("attempts_made",)
    assert one.refused(EMAIL) == ("telephone_in_time",)
    one.do(VOICEMAIL)
    assert one.refused(FURTHER) == ("number_left_or_risk",)
    assert one.do(EXHAUST).state == "exhausted"


# --- CM-15: on record --------------------------------------------------------------------------------------------------------


def test_what_was_agreed_is_on_record() -> None:
    """CM-15: of the contract's list; whoever was reached agreed to something, if to nothing further."""
    one = opened()
    assert one.refused(attempt("telephone", "reached", agreed="world_peace")) == ("agreed_listed",)
    with pytest.raises(InvalidValue) as caught:
        attempt("telephone", "reached")
    assert caught.value.field == "agreed"
    with pytest.raises(InvalidValue):
        attempt("telephone", "no_answer", agreed="call_again")
    assert one.do(REACHED).body.attempts[0].agreed == "nothing_further"


def test_a_colleague_picks_a_contact_up() -> None:
    """CM-15, IN-07: any clinician of the partner acts on it, and none of another partner."""
    one = opened().do(VOICEMAIL, CLINICIAN).do(VOICEMAIL, COLLEAGUE)
    assert [each.by for each in one.body.attempts] == ["pc-1", "pc-2"]
    assert one.refused(EXHAUST, STRANGER) == ("own_contact",)
    assert [line.by.id for line in outreach.handover(one.trail).happened] == ["ct-1", "pc-1", "pc-2"]


# --- CM-16: a participant's query --------------------------------------------------------------------------------------------


def test_a_participants_query_has_the_limit_that_the_contract_sets() -> None:
    """CM-16: none by the standard contract, 2 working days by another; it is the participant's, and no provider's."""
    assert received("2026-10-30T12:00", "participant_query").limits == {}
    limited = received("2026-10-30T12:00", "participant_query", LIMITING)
    # Monday is the first working day, Melbourne Cup Day is none.
    assert limited.limits == {"first_attempt": melbourne("2026-11-05T00:00")}
    assert limited.do(REACHED).limits == {}
    with pytest.raises(InvalidValue):
        asked("participant_query", with_whom="provider")
    late = received("2026-10-30T12:00", "participant_query", LIMITING).wait(melbourne("2026-11-05T00:00"))
    assert late.triggers == ["open_contact", "overdue"]


# --- IN ----------------------------------------------------------------------------------------------------------------------


def test_a_limit_that_passes_decides_nothing() -> None:
    """IN-04: whatever passes, the contact stays where it is and everything stays open."""
    one = opened("email_received").wait(START + 30 * DAY)
    assert (one.state, one.triggers.count("overdue")) == ("received", 3)
    one.do(VOICEMAIL).wait(START + 60 * DAY)
    assert one.state == "attempting"
    assert one.refused(ByClock(trigger="tell_wpo"), WPO) == ("role", "due")


def test_only_those_who_may_act() -> None:
    """IN-07: the partner attempts, acknowledges and ends; WPO asks for contact, takes calls, and escalates; others do nothing."""
    one = opened("email_received")
    of_partner: tuple[Any, ...] = (VOICEMAIL, ACKNOWLEDGE)
    of_all: tuple[Any, ...] = (VOICEMAIL, CALLED, RISK, ESCALATE)
    for command in of_partner:
        assert one.refused(command, WPO) == ("role",)
        assert one.refused(command, STRANGER) == ("own_contact",)
    assert Journey().refused(asked(partner="pt-9")) == ("own_contact",)
    for command in of_all:
        assert "role" in one.refused(command, CONSULTANT)
    assert Journey().refused(asked(), CONSULTANT) == ("role",)


def test_the_policy_of_the_first_day_is_kept() -> None:
    """IN-11: a contact keeps its version and its number of attempts; another version decides nothing about it."""
    one = opened(policy=NUDGING)
    assert one.body.policy == NUDGING.ref
    one.policy = LIMITING
    for command in (VOICEMAIL, CALLED, ESCALATE):
        assert one.refused(command) == ("policy_in_force",)
    assert Journey(NUDGING).refused(asked(policy=STANDARD)) == ("policy_in_force",)


def test_the_clock_comes_first_and_each_of_its_moves_once() -> None:
    """IN-13: a command that comes late finds what was due before it done; what is dated back is refused."""
    ticked = opened("email_received", NUDGING).wait(START + 20 * HOUR).wait(START + 2 * DAY).do(VOICEMAIL)
    late = opened("email_received", NUDGING).do(VOICEMAIL, at=ticked.now)
    assert late.trail == ticked.trail
    by_clock = [(step.trigger, step.limit) for step in late.trail if step.by == SYSTEM and step.limit]
    assert len(by_clock) == len(set(by_clock)) == 10
    assert late.refused(VOICEMAIL, at=START) == ("out_of_order",)


# --- nothing gets stuck --------------------------------------------------------------------------------------------------------


def diligent(one: Journey) -> outreach.Attempt | None:
    """What a clinician does next who keeps to the rules; None where no means is open."""
    candidates = (VOICEMAIL, SILENT, EMAIL)
    return next((each for each in candidates if one.can(each).permitted), None)


@pytest.mark.parametrize("reason", get_args(ContactReason))
@pytest.mark.parametrize("policy", CONTRACTS, ids=lambda policy: f"{policy.contract} {policy.version}")
def test_no_contact_gets_stuck_whatever_the_means(policy: Policy, reason: str) -> None:
    """CM-08, CM-11, CM-12: where a means is open the owed attempts can be made and ended; where none is, escalated."""
    for given in product((False, True), repeat=5):
        means: dict[str, Any] = dict(zip(MEANS, given, strict=True))
        if means["email_only"] and not (means["has_email"] and means["wants_messages"]):
            continue
        command = asked(reason, policy, **means)
        one = Journey(policy).do(command, WPO)
        escalation = outreach.Escalate(reason=policy.outreach.escalations[-1])
        for _ in range(one.body.owed):
            assert one.can(escalation).permitted
            following = diligent(one)
            assert (following is None) == one.body.has_no_means
            if following is None:
                break
            one.do(following)
        else:
            if one.can(ACKNOWLEDGE).permitted:
                one.do(ACKNOWLEDGE)
            assert diligent(one) is None
            assert one.do(EXHAUST).state == "exhausted"
            continue
        assert one.do(escalation).state == "escalated"


# --- who acts ----------------------------------------------------------------------------------------------------------------


def test_a_partner_the_case_team_and_the_clock_act() -> None:
    """No other role has a row, and the case team is WPO here."""
    assert {Role.PARTNER_CLINICIAN, Role.CASE_TEAM, Role.SYSTEM} == {
        role for move in OUTREACH.moves for role in move.who
    }
    assert TEAM.role is WPO.role
