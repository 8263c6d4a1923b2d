"""Who is told what of an extra-sessions request, because of which step, and by which rule."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given

from eap_workflow.errors import DefinitionError
from eap_workflow.messages import Message, MessageKind, Recipient
from eap_workflow.plain.wire import from_wire, to_wire
from eap_workflow.store.memory import MemoryStore
from eap_workflow.views.employer import EmployerView, employer_view
from eap_workflow.views.messages import messages_of, messages_of_steps
from eap_workflow.views.messages.extra_sessions import COMPOSERS, KINDS
from eap_workflow.workflows import extra_sessions as xs
from tests import lines
from tests.histories import histories
from tests.journeys import (
    ALWAYS_REVIEWED,
    APPROVER,
    CONSULTANT,
    DAY,
    DECLINE,
    DEEMING,
    DETAILS,
    IN_ADVANCE,
    MANAGER,
    REFUSING,
    REMINDING,
    SMALL,
    STAFF,
    TEAM,
    TOLD_BY_THE_TEAM,
    TOLD_IN_TWO_DAYS,
    WORKFLOW,
    Journey,
    submit,
)
from tests.notify.told import JOURNEYS, KEY, latest, news, told

Told = tuple[str, str]

CONSULTANT_1 = Recipient(role="consultant", id="con-1", practice="pr-1")
EMPLOYER_1 = Recipient(role="employer", employer="emp-1")


# --- the rules --------------------------------------------------------------------------------------------------------


def test_a_request_that_needs_a_review_asks_its_requestor_for_details() -> None:
    """The requestor is asked to complete the further details, with what the case's link needs (CR-01, CR-02)."""
    one = Journey(REMINDING).to("further_details")
    assert news(one) == [("details_needed", "consultant")]
    assert latest(one).to == CONSULTANT_1
    assert latest(one).data == {
        "request": "XS-0001",
        "assist_case": "ASST-104233",
        "sessions": "4",
        "due_on": "2026-11-12",
    }


def test_no_day_is_named_where_the_contract_sets_no_limit() -> None:
    """The standard contract sets no limit for the further details, so the message names none (CR-01, IN-08)."""
    assert "due_on" not in latest(Journey().to("further_details")).data


def test_complete_details_tell_the_clinical_managers() -> None:
    """A review that waits is told to the clinical managers of the contract, with its due date (CR-07, IN-02)."""
    one = Journey().to("clinical_review")
    assert news(one) == [("review_needed", "clinical_manager")]
    assert latest(one).to == Recipient(role="clinical_manager", contract="standard")
    assert latest(one).data["due_on"] == "2026-11-05"


@pytest.mark.parametrize(
    "decision", [None, xs.Support(), xs.Reduce(sessions=2)], ids=["under the threshold", "supported", "reduced"]
)
def test_what_is_put_to_an_employer_asks_it_to_decide(decision: Any) -> None:
    """However a request gets there, the employer is asked, and shown its view whole (CR-05, CR-08, XS-05, XS-06)."""
    one = Journey().to("clinical_review" if decision else "employer_decision")
    if decision:
        one.do(decision, MANAGER)
    assert news(one) == [("decision_needed", "employer")]
    message = latest(one)
    assert message.to == EMPLOYER_1
    shown = dict(message.data) | {"sessions": int(message.data["sessions"])}
    assert from_wire(EmployerView, shown) == employer_view(one.stands, one.policy, key=KEY)


def test_an_employer_is_not_asked_what_its_contract_approved_in_advance() -> None:
    """What is put to the employer and approved in the same breath is told to the requestor and the client (XS-05)."""
    one = Journey(IN_ADVANCE).to("draft")
    one.do(submit(SMALL), CONSULTANT)
    assert told(one) == ()
    one.wait(one.now)
    assert news(one) == [("outcome", "consultant"), ("outcome_for_client", "client")]
    assert told(one)[0].data["decided_by"] == "contract"


@pytest.mark.parametrize("decision", [xs.Approve(), DECLINE], ids=["approved", "declined"])
def test_the_clock_relays_an_outcome_to_consultant_and_client(decision: Any) -> None:
    """The decision itself tells nobody; the relay tells both, in the same instant (XS-08, XS-09, IN-05)."""
    one = Journey().to("employer_decision")
    assert news(one, *one.do(decision, APPROVER)) == []
    assert news(one, *one.wait(one.now)) == [("outcome", "consultant"), ("outcome_for_client", "client")]
    to_consultant, to_client = told(one)[-2:]
    assert (to_consultant.to, to_client.to) == (CONSULTANT_1, Recipient(role="client", id="cl-88"))
    assert to_client.data == {"assist_case": "ASST-104233", "outcome": one.stands.state, "sessions": "4"}
    assert to_consultant.data["decided_by"] == "employer"
    assert to_consultant.at == one.trail[-2].at


def test_a_client_is_not_told_why() -> None:
    """The reason of a decline goes to the requestor, who speaks with the client (CR-06, XS-08)."""
    one = Journey().to("declined")
    one.wait(one.now)
    to_consultant, to_client = told(one)[-2:]
    assert to_consultant.data["reason"] == "not_short_term"
    assert to_consultant.data["decided_by"] == "clinical_manager"
    assert "reason" not in to_client.data


def test_a_reduced_request_says_what_was_asked_for() -> None:
    """A requestor who gets fewer sessions is told both numbers (CR-03, XS-08)."""
    one = Journey(ALWAYS_REVIEWED).to("clinical_review")
    one.do(xs.Reduce(sessions=2), MANAGER)
    one.do(xs.Approve(), APPROVER)
    one.wait(one.now)
    assert {"sessions": "2", "asked_for": "4"}.items() <= told(one)[-2].data.items()


def test_a_declined_requestor_is_told_about_a_new_case() -> None:
    """A decline says when a new Assist Case is possible, for the requestor to check; an approval does not (CR-06, CR-10)."""
    one = Journey().to("declined")
    one.wait(one.now)
    assert {"new_case_after_months": "12", "new_case_for_new_issue": "yes"}.items() <= told(one)[-2].data.items()
    other = Journey().to("approved")
    other.wait(other.now)
    assert "new_case_after_months" not in told(other)[-2].data


@pytest.mark.parametrize("decision", [xs.Approve(), DECLINE], ids=["approved", "declined"])
def test_where_the_case_team_relays_it_is_told_that_there_is_something_to_relay(decision: Any) -> None:
    """The decision tells the case team by when; its own relay step tells nobody, as it has told them (XS-08, IN-05)."""
    one = Journey(TOLD_BY_THE_TEAM).to("employer_decision")
    one.do(decision, APPROVER)
    assert news(one) == [("outcome_to_relay", "case_team")]
    assert latest(one).to == Recipient(role="case_team", contract="harbour")
    assert latest(one).data["due_on"] == one.stands.deadlines[0].due_on.isoformat()
    one.do(xs.Relay(), TEAM)
    assert news(one) == []


def test_an_outcome_that_is_not_relayed_in_time_is_told_to_the_case_team() -> None:
    """The relay is the case team's own limit, so it alone is reminded, warned and told that it has passed (XS-08, IN-04)."""
    for decision, state in ((xs.Approve(), "approved"), (DECLINE, "declined")):
        one = Journey(TOLD_IN_TWO_DAYS).to("employer_decision")
        one.do(decision, APPROVER)
        steps = one.wait(one.now + 7 * DAY)
        expected = ["limit_reminder", "limit_warning", "limit_overdue"]
        assert news(one, *steps) == [(kind, "case_team") for kind in expected]
        assert (one.stands.state, latest(one).data["limit"]) == (state, "relay")


@pytest.mark.parametrize(("state", "party"), [("clinical_review", "review"), ("employer_decision", "decision")])
def test_a_limit_that_comes_and_passes_is_told(state: str, party: str) -> None:
    """Its party is reminded, the case team warned, and when it has passed both are told (IN-04, IN-13)."""
    one = Journey(REMINDING).to(state)
    steps = one.wait(one.now + 30 * DAY)
    role = "clinical_manager" if party == "review" else "employer"
    assert news(one, *steps) == [
        (f"{party}_reminder", role),
        ("limit_warning", "case_team"),
        (f"{party}_overdue", role),
        ("limit_overdue", "case_team"),
    ]
    assert "deemed" not in latest(one).data


@pytest.mark.parametrize(
    ("policy", "state", "kind", "outcome"),
    [
        (DEEMING, "clinical_review", "review_deemed", "declined"),
        (DEEMING, "employer_decision", "decision_deemed", "approved"),
        (REFUSING, "employer_decision", "decision_deemed", "declined"),
    ],
)
def test_a_deemed_outcome_is_told_instead_of_a_call_to_hurry(policy: Any, state: str, kind: str, outcome: str) -> None:
    """Where the contract deems an outcome, its party is told that, and the case team that the limit passed (IN-04)."""
    one = Journey(policy).to(state)
    steps = [step for step in one.wait(one.now + 30 * DAY) if step.trigger not in ("remind", "warn")]
    assert [kind for kind, _ in news(one, *steps)] == ["limit_overdue", kind, "outcome", "outcome_for_client"]
    passed = next(message for message in told(one) if message.kind is MessageKind.LIMIT_OVERDUE)
    assert passed.data["deemed"] == outcome
    assert told(one)[-2].data["decided_by"] == "contract"


def test_a_form_that_lapsed_is_told_to_its_requestor_and_the_case_team() -> None:
    """An unanswered form reminds its requestor, warns the case team, and tells both when it lapses (IN-04, IN-08, CR-02)."""
    one = Journey(REMINDING).to("further_details")
    due_on = one.stands.deadlines[0].due_on.isoformat()
    steps = one.wait(one.now + 30 * DAY)
    assert news(one, *steps) == [
        ("details_reminder", "consultant"),
        ("limit_warning", "case_team"),
        ("lapsed", "consultant"),
        ("limit_overdue", "case_team"),
    ]
    shown = {"limit": "further_details", "due_on": due_on, "deemed": "lapsed"}
    assert latest(one).data.items() >= shown.items()


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        ("draft", []),
        ("further_details", []),
        ("clinical_review", [("review_withdrawn", "clinical_manager")]),
        ("employer_decision", [("decision_withdrawn", "employer")]),
    ],
)
def test_a_withdrawal_is_told_to_whose_turn_it_was(state: str, expected: list[Told]) -> None:
    """Who waited for nothing else is told; the requestor, who withdrew, and an employer never asked are not (IN-08)."""
    one = Journey().to(state)
    one.do(xs.Withdraw(), CONSULTANT)
    assert news(one) == expected
    other = Journey().to(state)
    other.do(xs.Withdraw(), STAFF)
    assert news(other) == [*expected, *([("withdrawn", "consultant")] if state != "draft" else [])]


@pytest.mark.parametrize("state", ["draft", "further_details", "clinical_review", "employer_decision"])
def test_a_request_that_is_handed_over_is_told_to_its_new_consultant(state: str) -> None:
    """Whoever holds it from now on is told, with the state that it is in (XS-02)."""
    one = Journey(REMINDING).to(state)
    one.do(xs.Reassign(consultant="con-9", practice="pr-9"), TEAM)
    assert news(one) == [("reassigned", "consultant")]
    assert latest(one).to == Recipient(role="consultant", id="con-9", practice="pr-9")
    assert latest(one).data["state"] == state


@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("further_details", "details_extended"),
        ("clinical_review", "review_extended"),
        ("employer_decision", "decision_extended"),
    ],
)
def test_a_later_date_is_told_to_whose_limit_it_is(state: str, kind: str) -> None:
    """The party has the new date, and those who are not the employer the old one beside it (IN-12, XS-06)."""
    one = Journey(REMINDING).to(state)
    stated = one.stands.deadlines[0].due_on
    one.do(xs.ExtendLimit(working_days=2), TEAM)
    assert [each for each, _ in news(one)] == [kind]
    assert latest(one).data["due_on"] == one.stands.deadlines[0].due_on.isoformat()
    assert latest(one).data.get("was_due_on") == (None if state == "employer_decision" else stated.isoformat())


def test_drafts_are_nobodys_news() -> None:
    """Until it is submitted a request concerns its requestor alone (XS-02)."""
    assert told(Journey().to("draft")) == ()


# --- what holds for all -----------------------------------------------------------------------------------------------


def test_every_kind_is_sent_on_some_journey() -> None:
    """No kind is listed that nothing sends, and of the kinds about a limit these are the three of the case team."""
    sent = {message.kind for journey in JOURNEYS.values() for message in told(journey(xs.PROCESS))}
    assert sent == {*KINDS, MessageKind.LIMIT_REMINDER, MessageKind.LIMIT_WARNING, MessageKind.LIMIT_OVERDUE}


def test_every_trigger_is_news_or_knowingly_none() -> None:
    """Every trigger of the table makes messages, but for drafting and submitting, which only open the way."""
    assert set(WORKFLOW.triggers) - set(COMPOSERS) == {"draft", "submit"}
    assert set(COMPOSERS) <= set(WORKFLOW.triggers)


def all_told() -> Iterator[tuple[str, Journey]]:
    """Every journey, by name."""
    for name, journey in JOURNEYS.items():
        yield name, journey(xs.PROCESS)


@pytest.mark.parametrize(("name", "one"), list(all_told()), ids=list(JOURNEYS))
def test_an_employer_gets_its_view_and_nothing_else(name: str, one: Journey) -> None:
    """Every message to an employer holds exactly the fields of EmployerView that are filled in (XS-06, CR-05)."""
    assert name
    for message in told(one):
        if message.to.role == "employer":
            snapshot = one.process.replay(one.trail[: message.version])
            assert snapshot is not None
            view = employer_view(snapshot, one.policy, key=KEY)
            assert message.data == {field: str(value) for field, value in to_wire(view).items()}


def test_each_step_tells_what_all_of_them_together_tell() -> None:
    """Asked step by step, or for a whole journey at once, the answer is the same."""
    one = Journey(REMINDING).to("clinical_review")
    one.do(xs.Support(), MANAGER)
    one.do(xs.Approve(), APPROVER)
    one.wait(one.now)
    snapshots = [one.process.replay(one.trail[:length]) for length in range(len(one.trail) + 1)]
    singly: list[Message] = []
    for position, step in enumerate(one.trail):
        after = snapshots[position + 1]
        assert after is not None
        singly += messages_of(snapshots[position], step, after, one.policy, key=KEY)
    assert tuple(singly) == told(one)


def test_an_employer_is_shown_nothing_without_a_policy() -> None:
    """What an employer is shown is the policy's to say, so without it there is no message and no guess (XS-06)."""
    one = Journey().to("employer_decision")
    with pytest.raises(DefinitionError):
        messages_of_steps(None, tuple(one.trail), one.stands, None)


def test_a_draft_without_a_case_can_be_handed_over() -> None:
    """The least that a request can be is enough to tell its new consultant (XS-02)."""
    one = Journey()
    one.do(xs.Draft(), CONSULTANT)
    one.do(xs.Reassign(consultant="con-9"), TEAM)
    assert latest(one).data == {"request": "XS-0001", "state": "draft"}
    assert latest(one).contract is None


def test_details_are_references_that_nobody_is_sent() -> None:
    """The answers to the further details are for the clinical manager to look up, and travel in no message (CR-02)."""
    one = Journey().to("further_details")
    one.do(DETAILS, CONSULTANT)
    assert not any("doc-" in text for message in told(one) for text in message.data.values())


@given(history=histories())
def test_no_reference_of_a_client_is_in_a_message_to_an_employer(history: list[lines.Line]) -> None:
    """After anything that can be sent, an employer's message holds no reference but the request's own for it (XS-06)."""
    store = MemoryStore(lines.PROCESS)
    service = lines.service(store)
    for each in history:
        lines.attempt(service, each)
    for snapshot in service.snapshots():
        steps = service.trail(snapshot.request)
        for message in messages_of_steps(None, steps, snapshot, service.policy_of(snapshot), key=KEY):
            if message.to.role == "employer":
                text = " ".join(message.data.values())
                for private in ("cl-", "con-", "pr-", "doc-", "XS-", "emp-", "ASST-", "hr-", "cm-"):
                    assert private not in text
