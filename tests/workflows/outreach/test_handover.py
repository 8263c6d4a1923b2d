"""The page by which another clinician picks a contact up (CM-15)."""

from __future__ import annotations

import attrs
import pytest

from eap_workflow.errors import DefinitionError, InvalidValue, Unknown
from eap_workflow.workflows import outreach
from eap_workflow.workflows.outreach import handover
from eap_workflow.workflows.outreach.handover import ROUTING
from tests import journeys as of_requests
from tests.journeys import DAY
from tests.workflows.outreach.journeys import (
    ACKNOWLEDGE,
    CALLED,
    EMAIL,
    ESCALATE,
    EXHAUST,
    FURTHER,
    REACHED,
    RISK,
    START,
    TOURS,
    UNHAPPY,
    VOICEMAIL,
    WPO,
    Journey,
    asked,
    opened,
)

OPEN = """\
OC-0001: ATTEMPTING, AT RISK, 1 of 2 attempts made, contact due by Thu 2026-10-29 09:30
Email received: participant pa-7, case ASST-104233; partner pt-1
Means: telephone; e-mail.

What happened
  Wed 2026-10-28 09:30  contact asked for, routine (case team ct-1)
  Wed 2026-10-28 10:30  receipt acknowledged (partner clinician pc-1)
  Wed 2026-10-28 11:30  attempt 1, by e-mail: no answer (partner clinician pc-1)
                        message left by e-mail, asks to call back on the access line
  Wed 2026-10-28 12:30  RISK raised (partner clinician pc-1)

What was agreed
  nothing yet

What is due
  Thu 2026-10-29 09:30  contact: Somebody is reached; if not, WPO is told.
  1 attempt is owed, by telephone.

Times are those of Australia/Melbourne."""

ENDED = """\
OC-0001: ESCALATED, 1 of 2 attempts made, dissatisfied, ended Wed 2026-10-28 01:30
Clinical call back: participant pa-7; partner pt-1
Means: LEAVE NO MESSAGES; telephone; no e-mail address.

What happened
  Tue 2026-10-27 22:30  contact asked for, routine (case team ct-1)
  Tue 2026-10-27 23:30  means stated anew (partner clinician pc-1)
                        LEAVE NO MESSAGES; telephone; no e-mail address
  Wed 2026-10-28 00:30  attempt 1, by telephone: engaged (partner clinician pc-1)
                        no message left
  Wed 2026-10-28 01:30  they called back on the access line (case team ct-1)
                        agreed: call again
                        DISSATISFIED
  Wed 2026-10-28 01:30  escalated to WPO: dissatisfied (the system)

What was agreed
  Wed 2026-10-28 01:30  call again

What is due
  nothing

Times are those of Europe/London."""


def test_a_contact_that_is_open_reads_at_a_glance() -> None:
    """CM-15: the status first, then what happened, what was agreed, and what is due."""
    one = opened("email_received").do(ACKNOWLEDGE).do(EMAIL).do(RISK)
    assert str(handover(one.trail)) == OPEN


def test_a_contact_that_has_ended_says_how() -> None:
    """CM-15, CM-06: in another zone, with what was agreed, and that nothing is due."""
    one = opened("clinical_call_back", case=None)
    one.do(outreach.ChangeMeans(has_email=False, wants_messages=False))
    one.do(outreach.Attempt(channel="telephone", result="engaged"))
    one.do(outreach.ReceiveCall(agreed="call_again", dissatisfied=True), WPO)
    assert str(handover(one.trail, "Europe/London")) == ENDED


def test_its_parts_are_values() -> None:
    """CM-15: whoever shows it otherwise takes what happened, what was agreed and what is due from it."""
    one = opened("email_received", urgency="risk").tried().do(FURTHER).wait(START + 2 * DAY)
    page = handover(one.trail)
    assert (page.request, page.state, page.is_open, page.as_of) == ("OC-0001", "attempting", True, START + DAY)
    assert page.contact == one.body
    assert [each.limit for each in page.due] == ["acknowledgement", "contact"]
    assert all(each.has_passed and each.passes_at == START + DAY for each in page.due)
    assert page.agreed == ()
    assert page.happened[-1].what == "WPO told that nobody was reached in time"
    assert "3 attempts made, 2 owed" in page.status
    assert "overdue since" in page.status
    reached = handover(opened().do(REACHED).trail)
    assert [(each.at, each.what) for each in reached.agreed] == [(START + (DAY / 24), "nothing_further")]
    assert (reached.is_open, reached.due, reached.to_do) == (False, (), ())


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (opened(), "2 attempts are owed, one of them by telephone."),
        (opened().do(VOICEMAIL), "1 attempt is owed."),
        (opened().do(EMAIL), "1 attempt is owed, by telephone."),
        (opened("check_in"), "1 attempt is owed."),
        (opened().tried(), "All attempts that are owed were made: end it as exhausted."),
        (
            opened(urgency="risk").tried(),
            "All attempts that are owed were made: end it as exhausted; a further attempt",
        ),
        (opened("check_in", has_telephone=False), "No means of contact is open: state the means anew, or escalate."),
        (opened(has_telephone=False, wants_messages=False), "No means of contact is open"),
        (
            opened("check_in").tried().do(outreach.ChangeMeans(has_telephone=False)),
            "All attempts that are owed were made: end it as exhausted.",
        ),
        (
            opened(urgency="risk", has_email=False).tried().do(outreach.ChangeMeans(has_telephone=False)),
            "All attempts that are owed were made: end it as exhausted.",
        ),
        (opened("email_received"), "Acknowledge what was received."),
    ],
)
def test_what_is_left_to_do_is_said(one: Journey, expected: str) -> None:
    """CM-05, CM-08, CM-12, CM-15: how many attempts, by which channel, and where nothing is left but to escalate."""
    assert any(line.startswith(expected) for line in handover(one.trail).to_do)


@pytest.mark.parametrize("name", TOURS)
def test_every_step_of_every_trail_is_on_the_page(name: str) -> None:
    """CM-15: from the first step to the last, but for rows that only say where a contact goes on to."""
    trail = TOURS[name](outreach.PROCESS).trail
    page = handover(trail)
    assert not page.is_open
    for length in range(1, len(trail) + 1):
        page = handover(trail[:length])
        told = [step.at for step in trail[:length] if step.trigger not in ROUTING]
        assert [each.at for each in page.happened] == told
        assert str(page).startswith(page.status)


def test_no_page_is_made_of_something_else() -> None:
    """A trail with a gap, of two contacts, of another workflow, and none at all are refused, and so is no zone."""
    trail = opened().do(VOICEMAIL).do(CALLED).trail
    for broken in (trail[1:], [trail[0], trail[2]], [trail[0], attrs.evolve(trail[1], request="OC-2")]):
        with pytest.raises(DefinitionError):
            handover(broken)
    with pytest.raises(DefinitionError):
        handover(of_requests.Journey().to("employer_decision").trail)
    with pytest.raises(InvalidValue):
        handover([])
    with pytest.raises(Unknown):
        handover(trail, "Mars/Olympus")


def test_a_page_shows_nothing_where_it_is_logged() -> None:
    """The repr names its parts and none of their values; who asks for the text asks for the references."""
    page = handover(opened().do(UNHAPPY).trail)
    assert "pa-7" not in repr(page)
    assert "pa-7" in str(page)


def test_a_contact_that_is_used_up_says_that_wpo_was_told() -> None:
    """CM-05, CM-12: at the end, and once."""
    page = handover(opened("email_received").tried().do(ACKNOWLEDGE).do(EXHAUST).trail)
    assert [each.what for each in page.happened[-2:]] == [
        "ended: attempts used up, nobody reached",
        "WPO told that nobody was reached",
    ]
    assert "EXHAUSTED" in page.status


def test_a_reason_for_an_escalation_is_said() -> None:
    """CM-06: in words."""
    assert handover(opened().do(ESCALATE).trail).happened[-1].what == "escalated to WPO: dissatisfied"
    assert asked().reason == "general"
