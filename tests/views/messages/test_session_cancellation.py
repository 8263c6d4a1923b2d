"""Who is told what of a session cancellation, because of which step, and by which rule."""

from __future__ import annotations

from typing import Any

import pytest

from eap_workflow.messages import Recipient
from eap_workflow.views.messages import messages_of_steps
from eap_workflow.views.messages.session_cancellation import COMPOSERS, KINDS
from eap_workflow.workflows import session_cancellation as sc
from tests.notify.told import OF_OTHERS, latest, news, told
from tests.workflows.session_cancellation.journeys import (
    IN_PERTH,
    STRICT,
    TEAM,
    THERAPIST,
    WORKFLOW,
    Journey,
    ask_support,
)

HARBOUR_TEAM = Recipient(role="case_team", contract="harbour")
THERAPIST_1 = Recipient(role="therapist", id="th-1")
SESSION = {"request": "SC-0001", "session": "ses-1"}


def test_technical_trouble_tells_support() -> None:
    """Support learns what the trouble is, how the client prefers to be told, and when the session was to begin (TC-01, TC-06)."""
    one = Journey(STRICT).to("with_support")
    assert news(one) == [("support_needed", "case_team")]
    assert latest(one).to == HARBOUR_TEAM
    assert latest(one).data == {
        **SESSION,
        "trouble": "no_system_access",
        "method": "telephone",
        "session_on": "2026-10-30",
        "session_time": "14:00",
        "zone": "Australia/Melbourne",
        "due_on": "2026-10-28",
        "due_at": f"{one.stands.deadlines[0].passes_at.astimezone(one.now.tzinfo):%H:%M}",
    }


def test_a_session_begins_as_the_providers_clocks_show_it() -> None:
    """What the client's file says is the provider's hour, wherever the request was entered (TC-06)."""
    data = latest(Journey(IN_PERTH).to("with_support")).data
    assert (data["session_time"], data["zone"]) == ("11:00", "Australia/Perth")
    assert "due_on" not in data


def test_without_a_policy_nothing_is_said_of_a_zone() -> None:
    """Whose clocks count is the policy's to say, so without it no hour is guessed (TC-06)."""
    one = Journey().to("with_support")
    message = messages_of_steps(None, tuple(one.trail), one.stands, None)[-1]
    assert message.data == {**SESSION, "trouble": "no_system_access", "method": "telephone"}


@pytest.mark.parametrize(
    ("command", "answer"), [(sc.ConfirmTold(method="telephone"), "told"), (sc.HandBack(), "handed_back")]
)
def test_the_therapist_is_told_what_support_did(command: Any, answer: str) -> None:
    """Whether the client knows by now decides what the therapist does next (TC-02, TC-06)."""
    one = Journey(STRICT).to("with_support")
    one.do(command, TEAM)
    assert news(one) == [("support_answered", "therapist")]
    assert latest(one).to == THERAPIST_1
    assert latest(one).data == {**SESSION, "answer": answer}


@pytest.mark.parametrize("ground", ["session_goes_ahead", "entered_in_error"])
def test_support_is_told_that_there_is_nothing_to_tell(ground: Any) -> None:
    """A client is not told of a cancellation that is none any more (TC-01, TC-06)."""
    one = Journey(STRICT).to("with_support")
    one.do(sc.Withdraw(ground=ground))
    assert news(one) == [("support_not_needed", "case_team")]
    assert latest(one).to == HARBOUR_TEAM
    assert latest(one).data == {**SESSION, "withdrawn": ground}


def test_a_cancellation_that_support_was_not_asked_about_is_withdrawn_in_silence() -> None:
    """Nobody was to tell the client, so nobody is told not to; also where support has handed it back (TC-01)."""
    one = Journey(STRICT).to("withdrawn")
    assert told(one) == ()
    other = Journey(STRICT).to("with_support")
    other.do(sc.HandBack(), TEAM)
    other.do(sc.Withdraw(ground="session_goes_ahead"))
    assert news(other) == []


@pytest.mark.parametrize("ground", ["client_unhappy", "cannot_wait", "absence_harmful"])
@pytest.mark.parametrize("state", ["to_tell", "with_support", "to_rebook", "contact_stated", "to_record"])
def test_an_escalation_asks_the_case_team_for_clinical_support(state: str, ground: Any) -> None:
    """Each ground is told, from every state that is not final (TC-12)."""
    one = Journey(STRICT).to(state)
    one.do(sc.Escalate(ground=ground))
    assert news(one) == [("cancellation_escalated", "case_team")]
    assert latest(one).to == HARBOUR_TEAM
    assert latest(one).data == {**SESSION, "ground": ground}


@pytest.mark.parametrize("concern", ["welfare", "safeguarding", "risk"])
@pytest.mark.parametrize("by", [THERAPIST, TEAM], ids=lambda by: by.role.value)
def test_a_concern_goes_to_the_risk_desk_at_once(concern: Any, by: Any) -> None:
    """The step that raises it makes the message, at the same instant, whoever raised it (TC-12)."""
    one = Journey(STRICT).to("to_tell")
    one.do(sc.RaiseConcern(kind=concern), by)
    assert news(one) == [("concern_raised", "risk_desk")]
    assert latest(one).to == Recipient(role="risk_desk", contract="harbour")
    assert latest(one).at == one.trail[-1].at
    assert latest(one).data == {**SESSION, "concern": concern}


@pytest.mark.parametrize("state", ["to_tell", "to_rebook", "contact_stated", "to_record", "closed"])
def test_what_the_therapist_does_alone_is_nobodys_news(state: str) -> None:
    """The client is told by the therapist, and no message of ours goes to anybody on the way (TC-01)."""
    assert told(Journey(STRICT).to(state)) == ()


def test_asking_support_twice_asks_twice() -> None:
    """What was handed back and asked for again is another message, with another id (TC-06)."""
    one = Journey(STRICT).to("with_support")
    one.do(sc.HandBack(), TEAM)
    one.do(ask_support(STRICT))
    asked = [message.id for message in told(one) if message.kind.value == "support_needed"]
    assert len(set(asked)) == len(asked) == 2


def test_every_kind_is_sent_on_some_journey() -> None:
    """No kind of a session cancellation's own is listed that nothing sends."""
    journeys = OF_OTHERS["session_cancellation"].values()
    assert set(KINDS) <= {message.kind for journey in journeys for message in told(journey(sc.PROCESS))}


def test_every_trigger_is_news_or_knowingly_none() -> None:
    """What the therapist does, and who is told of it then and there, is nobody's news."""
    assert set(WORKFLOW.triggers) - set(COMPOSERS) == {
        "cancel",
        "tell_client",
        "offer_slots",
        "rebook",
        "state_contact_day",
        "decline_rebooking",
        "reopen_rebooking",
        "mark_attendance",
        "write_note",
        "enter_session",
        "confirm_session",
        "raise_ticket",
        "close",
        "extend_absence",
        "update_absence",
        "end_absence",
    }


def test_the_id_of_a_message_stays_the_same_over_releases() -> None:
    """A message that an older version kept is named the same by this one, or support would be asked twice."""
    assert latest(Journey(STRICT).to("with_support")).id == "17cf611c9066f9807dceb02e15264618"
