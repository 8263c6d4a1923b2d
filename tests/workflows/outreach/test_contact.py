"""How each step changes the contact's own part of a snapshot, and what a list, a store and the limits take from it."""

from __future__ import annotations

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.plain.frozen_map import FrozenMap
from eap_workflow.policy import STANDARD, Policy
from eap_workflow.states import OUTREACH
from eap_workflow.terms.outreach import ContactReason
from eap_workflow.workflows import outreach
from eap_workflow.workflows.outreach.commands import MEANS
from eap_workflow.workflows.outreach.contact import CHANGES, URGENCIES
from tests.journeys import DAY
from tests.two_engines import check_trail
from tests.workflows.outreach.journeys import (
    ACKNOWLEDGE,
    CALLED,
    CLINICIAN,
    CONTRACTS,
    EMAIL,
    ESCALATE,
    EXHAUST,
    FURTHER,
    NUDGING,
    REACHED,
    RISK,
    START,
    TOURS,
    VOICEMAIL,
    WPO,
    Journey,
    asked,
    attempt,
    opened,
)
from tests.workflows.outreach.subject import Outreach, likely_attempts


def test_what_was_asked_for_is_kept_with_the_policy_and_the_number() -> None:
    """CM-12, IN-11: the receipt, the day in the contract's zone, the version, and how many attempts it owes."""
    body = opened("after_complaint", urgency="urgent").body
    assert (body.reason, body.with_whom, body.person, body.case) == (
        "after_complaint", "participant", "pa-7", "ASST-104233",
    )  # fmt: skip
    assert (body.policy, body.contract, body.partner) == (STANDARD.ref, "standard", "pt-1")
    assert (body.received_at, str(body.opened_on)) == (START, "2026-10-28")
    assert (body.urgency, body.owed, body.attempts, body.last) == ("urgent", 3, (), None)


def test_every_attempt_is_kept_whole_and_in_order() -> None:
    """CM-15: the channel, the time, the result, the message that was left, the reason, who."""
    one = opened(urgency="risk").do(EMAIL).do(VOICEMAIL).do(FURTHER)
    first, second, third = one.body.attempts
    assert (first.channel, first.result, first.message, first.by) == ("email", "no_answer", "email", "pc-1")
    assert (second.channel, second.message, second.clinical_reason) == ("telephone", "voicemail", None)
    assert (third.clinical_reason, third.at) == ("safety_check", one.now)
    assert first.at < second.at < third.at
    assert not one.body.is_reached


def test_a_call_that_is_received_is_no_attempt() -> None:
    """CM-11, CM-15: the other side got in touch; what was agreed stands with it."""
    one = opened().do(VOICEMAIL).do(CALLED, WPO)
    assert len(one.body.attempts) == 1
    call = one.body.call
    assert call is not None
    assert (call.by, call.channel, call.agreed, one.body.last) == (WPO, "telephone", "call_again", call)
    assert one.state == "reached"


def test_the_means_change_in_what_is_stated_anew() -> None:
    """CM-11, CM-12: what is left out stays."""
    one = opened(email_consent=True)
    one.do(outreach.ChangeMeans(has_telephone=False, wants_messages=False))
    means = one.body.means
    assert {name: getattr(means, name) for name in MEANS} == {
        "email_only": False,
        "has_telephone": False,
        "has_email": True,
        "email_consent": True,
        "wants_messages": False,
    }


def test_nothing_that_was_raised_is_lost() -> None:
    """CM-13: risk stays on record through every later move, to the end."""
    one = opened().do(RISK).do(VOICEMAIL).do(outreach.ChangeMeans(has_email=False)).do(VOICEMAIL).do(EXHAUST)
    assert (one.state, one.body.urgency) == ("exhausted", "risk")


def test_acknowledgement_and_wpo_are_kept_with_their_instants() -> None:
    """CM-05: when it was acknowledged, and when WPO was told."""
    one = opened("email_received").do(ACKNOWLEDGE)
    assert one.body.acknowledged_at == one.now
    one.wait(START + 3 * DAY)
    assert one.body.wpo_told_at == START + DAY


@pytest.mark.parametrize("reason", get_args(ContactReason))
@pytest.mark.parametrize("policy", CONTRACTS, ids=lambda policy: f"{policy.contract} {policy.version}")
def test_the_limits_are_those_of_the_contract_and_the_reason(policy: Policy, reason: str) -> None:
    """CM-04, CM-05, CM-09, CM-16: before it is opened and afterwards, and the same object each time it is asked for."""
    one = opened(reason, policy)
    terms = outreach.PROCESS.terms
    expected = one.policy.outreach.reasons[one.body.reason].terms
    assert terms(one.policy, None, asked(reason, one.policy)) is expected
    assert terms(one.policy, one.body, VOICEMAIL) is expected
    assert terms(one.policy, one.body, ESCALATE) is expected
    assert {deadline.limit for deadline in one.stands.deadlines} == expected.keys()
    assert terms(one.policy, None, None) == FrozenMap()


def test_a_list_shows_the_same_figures_of_every_contact() -> None:
    """The reason, the urgency, and how many attempts of how many."""
    for tour in TOURS.values():
        figures = outreach.PROCESS.listing(tour(outreach.PROCESS).stands).figures
        assert list(figures) == ["reason", "urgency", "attempts", "of"]
    one = opened("check_in", urgency="urgent").do(VOICEMAIL)
    listing = outreach.PROCESS.listing(one.stands)
    assert dict(listing.figures) == {"reason": "check_in", "urgency": "urgent", "attempts": 1, "of": 1}
    assert (listing.ended_at, listing.how) == (None, ())


@pytest.mark.parametrize(
    ("one", "how"),
    [
        (opened().do(REACHED), ("by telephone", "nothing further")),
        (opened().do(attempt("email", "reached", agreed="call_again")), ("by e-mail", "call again")),
        (opened().do(CALLED), ("they got in touch", "call again")),
        (opened().do(outreach.ReceiveCall(dissatisfied=True)), ("they got in touch", "dissatisfied")),
        (opened().do(RISK).do(ESCALATE), ("dissatisfied", "at risk")),
        (opened("check_in").tried().do(EXHAUST), ()),
        (opened(urgency="urgent").tried().do(EXHAUST), ("WPO told", "urgent")),
        (opened("after_complaint").tried().do(EXHAUST), ("WPO told",)),
        (opened("email_received").tried().do(ACKNOWLEDGE).do(EXHAUST), ("WPO told",)),
    ],
    ids=lambda each: "" if isinstance(each, Journey) else ", ".join(each),
)
def test_a_list_says_how_a_contact_ended(one: Journey, how: tuple[str, ...]) -> None:
    """When, and what is worth saying of it."""
    listing = outreach.PROCESS.listing(one.stands)
    assert (listing.ended_at, listing.how) == (one.now, how)


def test_a_store_knows_the_contract_and_the_policy() -> None:
    """IN-11: that is what it needs to bring the same policy again."""
    index = outreach.PROCESS.index(opened(policy=NUDGING).stands)
    assert (index.contract, index.policy) == ("harbour", NUDGING.ref)


def test_every_change_belongs_to_a_trigger_of_the_table() -> None:
    """Nothing changes a contact that is no row."""
    assert CHANGES.keys() <= set(OUTREACH.triggers)
    assert CLINICIAN.practice == "pt-1"


@given(st.data())
def test_long_histories_keep_to_the_policy(data: st.DataObject) -> None:
    """CM-08, CM-11 to CM-14: however many attempts are tried, under whatever contract, reason, means and urgency."""
    subject = Outreach()
    policy = data.draw(st.sampled_from(CONTRACTS), "contract")
    reason = data.draw(st.sampled_from(get_args(ContactReason)), "reason")
    urgency = data.draw(st.sampled_from(URGENCIES), "urgency")
    one = opened(reason, policy, urgency=urgency)
    for _ in range(12):
        now = one.now + data.draw(subject.waits(), "wait")
        asked_for = data.draw(likely_attempts(policy, one.snapshot, now), "attempt")
        if one.process.can(one.snapshot, asked_for.command, asked_for.context):
            one.do(asked_for.command, asked_for.context.by, now)
        else:
            one.wait(now)
        subject.check(policy, one.stands)
    check_trail(subject, policy, one.trail, one.snapshot)
