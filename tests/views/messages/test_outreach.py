"""Who is told what of an outreach, because of which step, and by which rule."""

from __future__ import annotations

from typing import Any

import pytest

from eap_workflow.messages import Recipient
from eap_workflow.views.messages.outreach import COMPOSERS, KINDS
from eap_workflow.workflows import outreach
from tests.journeys import DAY
from tests.notify.told import OF_OTHERS, latest, news, told
from tests.workflows.outreach.journeys import (
    ACKNOWLEDGE,
    CALLED,
    CLINICIAN,
    EMAIL,
    ESCALATE,
    EXHAUST,
    REACHED,
    RISK,
    STRICT,
    UNHAPPY,
    VOICEMAIL,
    WPO,
    Journey,
    asked,
    attempt,
    opened,
)

PARTNER = Recipient(role="partner_clinician", practice="pt-1")
TEAM = Recipient(role="case_team", contract="standard")
EMAILED = {"request": "OC-0001", "contact_reason": "email_received", "case": "ASST-104233"}
WORKFLOW = outreach.PROCESS.workflow
HAPPENS_AT_ONCE = 2


def kinds(one: Journey, steps: int = HAPPENS_AT_ONCE) -> list[tuple[str, str]]:
    """What was told because of the last steps."""
    return news(one, *one.trail[-steps:])


def test_a_contact_that_somebody_asks_for_tells_the_partner() -> None:
    """The partner learns why, how urgent it is, and what is due first (CM-04, CM-05, CM-09)."""
    one = opened("email_received", urgency="urgent")
    assert news(one) == [("contact_waits", "partner_clinician")]
    assert latest(one).to == PARTNER
    assert latest(one).data == {
        **EMAILED,
        "with_whom": "participant",
        "urgency": "urgent",
        "limit": "acknowledgement",
        "due_on": "2026-10-29",
        "due_at": "09:30",
        "zone": "Australia/Melbourne",
    }


@pytest.mark.parametrize(
    ("reason", "due"),
    [
        ("clinical_call_back", {"limit": "first_attempt", "due_on": "2026-10-29"}),
        ("provider_enquiry", {"limit": "first_attempt", "due_on": "2026-10-29"}),
        ("general", {}),
    ],
)
def test_what_is_due_first_is_shown_where_the_contract_sets_a_limit(reason: str, due: dict[str, str]) -> None:
    """A limit in days has its day and no hour; where there is no limit, none is shown (CM-04, CM-09, CM-12)."""
    data = latest(opened(reason, case=None)).data
    assert {name: text for name, text in data.items() if name.startswith(("due", "limit"))} == due
    assert "case" not in data


def test_a_partner_that_asks_itself_is_told_nothing() -> None:
    """Whoever opens a contact of their own knows of it (CM-04)."""
    one = Journey()
    one.do(asked("clinical_call_back"), CLINICIAN)
    assert told(one) == ()


def test_nobody_reached_in_time_tells_wpo() -> None:
    """When the hours have passed WPO is told, as the case team, with how often it was tried (CM-05)."""
    one = opened("email_received")
    one.do(VOICEMAIL)
    one.wait(one.now + 2 * DAY)
    assert news(one) == [("not_reached", "case_team")]
    assert latest(one).to == TEAM
    assert latest(one).data == {**EMAILED, "urgency": "routine", "attempts": "1", "stage": "attempting"}


def test_used_up_in_time_tells_wpo_at_once() -> None:
    """Where the attempts are used up before the hours have passed, WPO need not wait (CM-05)."""
    one = opened("email_received").tried().do(ACKNOWLEDGE).do(EXHAUST)
    assert kinds(one) == [("not_reached", "case_team")]
    assert latest(one).data["stage"] == "exhausted"


def test_used_up_where_nobody_waits_for_it_tells_nobody() -> None:
    """A contact without a limit to reach somebody ends with its attempts, which the partner made (CM-12)."""
    one = opened("general").tried().do(EXHAUST)
    assert kinds(one) == []


@pytest.mark.parametrize(
    ("command", "by", "reason"),
    [
        (ESCALATE, CLINICIAN, "dissatisfied"),
        (outreach.Escalate(reason="beyond_the_partner"), CLINICIAN, "beyond_the_partner"),
        (UNHAPPY, CLINICIAN, "dissatisfied"),
        (outreach.ReceiveCall(dissatisfied=True), CLINICIAN, "dissatisfied"),
    ],
)
def test_an_escalation_tells_wpo(command: Any, by: Any, reason: str) -> None:
    """Whether somebody chose a reason or the person is dissatisfied, WPO is told; the partner did it (CM-06)."""
    one = opened("email_received").do(command, by)
    assert kinds(one)[-1:] == [("contact_escalated", "case_team")]
    assert latest(one).to == TEAM
    assert latest(one).data == {**EMAILED, "urgency": "routine", "escalation": reason}


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        (CALLED, "reached"),
        (outreach.ReceiveCall(dissatisfied=True), "escalated"),
        (ESCALATE, "escalated"),
    ],
)
def test_a_contact_that_somebody_else_ended_needs_no_further_attempt(command: Any, expected: str) -> None:
    """The partner is told, so that nobody is called who has called, or was escalated (CM-06, CM-11, CM-13)."""
    one = opened("email_received").do(EMAIL).do(command, WPO)
    assert latest(one).to == PARTNER
    assert latest(one).kind.value == "contact_ended"
    assert latest(one).data == {**EMAILED, "ended": expected}
    assert ("contact_escalated", "case_team") in kinds(one) or expected == "reached"


@pytest.mark.parametrize("command", [REACHED, CALLED])
def test_a_partner_that_reached_somebody_is_told_nothing(command: Any) -> None:
    """What its own clinicians did, the partner knows (CM-12)."""
    assert kinds(opened("email_received").do(command)) == []


def test_risk_that_somebody_else_puts_on_record_is_told_to_the_partner() -> None:
    """The partner puts the contact first, and may go on beyond the number (CM-13)."""
    one = opened("email_received").do(RISK, WPO)
    assert news(one) == [("urgency_raised", "partner_clinician")]
    assert latest(one).to == PARTNER
    assert latest(one).data == {**EMAILED, "urgency": "risk"}
    assert news(opened("email_received").do(RISK, CLINICIAN)) == []


def test_many_attempts_are_told_to_the_partner() -> None:
    """As attempts become many, the partner is told how many there were (CM-13)."""
    one = opened("after_complaint", STRICT).do(VOICEMAIL)
    assert kinds(one) == []
    one.do(VOICEMAIL)
    assert kinds(one) == [("many_attempts", "partner_clinician")]
    assert latest(one).to == PARTNER
    assert latest(one).data == {**EMAILED, "contact_reason": "after_complaint", "attempts": "2"}


def test_an_attempt_that_reached_nobody_is_nobodys_news() -> None:
    """The contact goes on (CM-12)."""
    assert (
        kinds(opened("general").do(attempt("telephone", "engaged", message="voicemail", asks_to_call_back=True))) == []
    )


def test_every_kind_is_sent_on_some_journey() -> None:
    """No kind of an outreach's own is listed that nothing sends."""
    sent = {message.kind for journey in OF_OTHERS["outreach"].values() for message in told(journey(outreach.PROCESS))}
    assert set(KINDS) <= sent


def test_every_trigger_is_news_or_knowingly_none() -> None:
    """What the partner does by itself, and what only leads on, is nobody's news."""
    assert set(WORKFLOW.triggers) - set(COMPOSERS) == {
        "acknowledge",
        "change_means",
        "attempt",
        "receive_call",
        "go_on",
        "exhaust",
        "finish",
    }


def test_the_id_of_a_message_stays_the_same_over_releases() -> None:
    """A message that an older version kept is named the same by this one, or the partner would be told twice."""
    assert latest(opened("email_received")).id == "3012ea7f3afc3e45830d1044deca05a4"
