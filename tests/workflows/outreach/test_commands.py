"""What can be asked for: one class a trigger, which refuses what contradicts itself whatever the contract."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from eap_workflow.errors import InvalidType, InvalidValue
from eap_workflow.states import OUTREACH
from eap_workflow.table import When
from eap_workflow.terms.outreach import ContactReason
from eap_workflow.values import Role
from eap_workflow.workflows import outreach
from eap_workflow.workflows.outreach.commands import COMMANDS, ONLY_WITH, RESULTS
from tests.workflows.outreach.journeys import asked, attempt


def test_every_trigger_that_somebody_sends_has_a_class_of_its_own() -> None:
    """The classes are the table's triggers, less the system's own, each under its name."""
    sent = {move.trigger for move in OUTREACH.moves if set(move.who) - {Role.SYSTEM}}
    assert COMMANDS.keys() == sent
    assert all(command.trigger == trigger for trigger, command in COMMANDS.items())
    assert all(move.when is not When.ASKED for move in OUTREACH.moves if move.trigger not in sent)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"contract": ""}, "contract"),
        ({"partner": "the partner"}, "partner"),
        ({"reason": "curiosity"}, "reason"),
        ({"reason": 1}, "reason"),
        ({"with_whom": "employer"}, "with_whom"),
        ({"person": "Jo Citizen"}, "person"),
        ({"case": ""}, "case"),
        ({"urgency": "soon"}, "urgency"),
        ({"email_only": 1}, "email_only"),
        ({"has_telephone": "yes"}, "has_telephone"),
        ({"wants_messages": None}, "wants_messages"),
    ],
)
def test_a_malformed_request_for_contact_is_refused_at_once(changes: dict[str, Any], field: str) -> None:
    """A value that no contract could take is named by its field, and not shown."""
    with pytest.raises(InvalidValue) as caught:
        asked(**changes)
    assert caught.value.field == field
    assert not any(str(value) in str(caught.value) for value in changes.values() if isinstance(value, str) and value)


@pytest.mark.parametrize("reason", get_args(ContactReason))
def test_a_reason_that_says_with_whom_takes_nobody_else(reason: str) -> None:
    """CM-08, CM-09, CM-14, CM-16: a provider's enquiry is answered to the provider, a check-in made with the participant."""
    for whom in ("participant", "provider"):
        if ONLY_WITH.get(reason, whom) == whom:
            assert asked(reason, with_whom=whom).with_whom == whom
        else:
            with pytest.raises(InvalidValue) as caught:
                asked(reason, with_whom=whom)
            assert caught.value.field == "with_whom"


@pytest.mark.parametrize("closed", ["has_email", "wants_messages"])
def test_email_only_needs_a_way_for_emails(closed: str) -> None:
    """CM-11, CM-12: whoever asks for e-mail only has an address, and lets e-mails be left."""
    assert asked(email_only=True, has_telephone=False).email_only
    changes: dict[str, Any] = {"email_only": True, closed: False}
    with pytest.raises(InvalidValue) as caught:
        asked(**changes)
    assert caught.value.field == "email_only"


def test_somebody_without_any_means_may_be_asked_for() -> None:
    """CM-08: WPO may not know that there is none; the contact is opened, and can be escalated."""
    assert not asked("check_in", has_telephone=False, has_email=False).has_telephone


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"channel": "letter", "result": "reached"}, "channel"),
        ({"channel": "telephone", "result": "maybe"}, "result"),
        ({"channel": "email", "result": "engaged"}, "result"),
        ({"channel": "email", "result": "no_voicemail"}, "result"),
        ({"channel": "telephone", "result": "undelivered"}, "result"),
        ({"channel": "telephone", "result": "reached"}, "agreed"),
        ({"channel": "telephone", "result": "reached", "agreed": "call_again", "message": "voicemail"}, "message"),
        ({"channel": "email", "result": "reached", "agreed": "call_again", "message": "email"}, "message"),
        ({"channel": "email", "result": "no_answer", "message": "voicemail"}, "message"),
        ({"channel": "email", "result": "undelivered", "message": "email"}, "message"),
        ({"channel": "telephone", "result": "wrong_person", "message": "voicemail"}, "message"),
        ({"channel": "telephone", "result": "not_in_service", "message": "voicemail"}, "message"),
        ({"channel": "telephone", "result": "no_voicemail", "message": "voicemail"}, "message"),
        ({"channel": "telephone", "result": "no_answer", "asks_to_call_back": True}, "asks_to_call_back"),
        ({"channel": "email", "result": "undelivered", "asks_to_call_back": True}, "asks_to_call_back"),
        ({"channel": "telephone", "result": "no_answer", "agreed": "call_again"}, "agreed"),
        ({"channel": "telephone", "result": "engaged", "dissatisfied": True}, "dissatisfied"),
        ({"channel": "telephone", "result": "no_answer", "clinical_reason": "Because"}, "clinical_reason"),
        ({"channel": "telephone", "result": "no_answer", "dissatisfied": None}, "dissatisfied"),
    ],
)
def test_an_attempt_that_contradicts_itself_is_refused_at_once(fields: dict[str, Any], field: str) -> None:
    """CM-11, CM-15: what cannot have happened is named by its field."""
    with pytest.raises(InvalidValue) as caught:
        outreach.Attempt(**fields)
    assert caught.value.field == field


def test_an_email_without_an_answer_is_itself_the_message() -> None:
    """CM-11: whether it says so or not; an e-mail that did not get there, and one that was answered, is none."""
    assert attempt("email", "no_answer").message_left == "email"
    assert attempt("email", "no_answer", message="email").message_left == "email"
    assert attempt("email", "undelivered").message_left is None
    assert attempt("email", "wrong_person").message_left is None
    assert attempt("email", "reached", agreed="call_again").message_left is None


def test_a_call_leaves_the_message_that_it_says() -> None:
    """CM-11: voicemail, an e-mail after the call, or none."""
    assert attempt("telephone", "no_answer", message="voicemail").message_left == "voicemail"
    assert attempt("telephone", "engaged", message="email").message_left == "email"
    assert attempt("telephone", "no_answer").message_left is None


@pytest.mark.parametrize("channel", sorted(RESULTS))
def test_each_channel_has_its_own_results(channel: str) -> None:
    """An attempt takes every result of its channel."""
    for result in RESULTS[channel]:
        agreed = "call_again" if result == "reached" else None
        assert attempt(channel, result, agreed=agreed).result == result


def test_a_call_that_is_received_says_what_was_agreed() -> None:
    """CM-15: or that the person is dissatisfied, who may have agreed to something as well."""
    assert outreach.ReceiveCall(dissatisfied=True).agreed is None
    assert outreach.ReceiveCall(agreed="call_again", dissatisfied=True).dissatisfied
    with pytest.raises(InvalidValue) as caught:
        outreach.ReceiveCall()
    assert caught.value.field == "agreed"


def test_means_are_changed_in_something() -> None:
    """A change of the means names one of them at least, each true or false."""
    assert outreach.ChangeMeans(has_email=False).has_telephone is None
    with pytest.raises(InvalidValue):
        outreach.ChangeMeans()
    zero: Any = 0
    with pytest.raises(InvalidType):
        outreach.ChangeMeans(has_email=zero)


def test_nothing_is_raised_to_routine() -> None:
    """CM-13: risk or urgency is raised, and never taken off."""
    assert outreach.RaiseRisk().urgency == "risk"
    routine: Any = "routine"
    with pytest.raises(InvalidValue):
        outreach.RaiseRisk(urgency=routine)
