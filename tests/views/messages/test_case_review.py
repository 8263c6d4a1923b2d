"""Who is told what of a case review, because of which step, and by which rule."""

from __future__ import annotations

from typing import Any

import pytest

from eap_workflow.messages import Recipient
from eap_workflow.views.messages.case_review import COMPOSERS, KINDS
from eap_workflow.workflows import case_review as cr
from tests.notify.told import OF_OTHERS, latest, news, told
from tests.workflows.case_review.journeys import (
    ACTIONS,
    CLINICIAN,
    ELSEWHERE,
    GOAL_SLIP,
    IN_HOURS,
    LIMITED,
    NOTES,
    RISK,
    TEAM,
    THERAPIST,
    WORKFLOW,
    Journey,
    open_case,
    take_up,
)

PARTNER_1 = Recipient(role="partner_clinician", practice="pa-1")
THERAPIST_1 = Recipient(role="therapist", id="th-1")
CASE = {"request": "CR-0001", "case": "case-71"}


def test_a_case_that_is_to_be_reviewed_tells_its_partner() -> None:
    """After the first session the partner is told of the kind of case, and by when the review is due (CM-02)."""
    one = Journey(LIMITED).to("review")
    assert news(one) == [("review_waits", "partner_clinician")]
    assert latest(one).to == PARTNER_1
    assert latest(one).data == {**CASE, "kind": "couples", "due_on": "2026-11-05"}


def test_no_day_is_named_where_the_contract_sets_no_limit() -> None:
    """The standard contract sets no limit for the review, so the message names none; one in hours has its hour (CM-02)."""
    assert latest(Journey().to("review")).data == {**CASE, "kind": "couples"}
    hours = latest(Journey(IN_HOURS).to("review")).data
    assert {"due_at", "zone"} <= hours.keys()


def test_a_case_that_needs_no_review_tells_nobody() -> None:
    """A therapist who held the first session of such a case goes on (CM-02)."""
    one = Journey()
    one.do(open_case(kind="individual"), CLINICIAN)
    one.do(cr.HoldFirstSession(), THERAPIST)
    assert told(one) == ()


@pytest.mark.parametrize(
    ("decision", "data"),
    [
        ("authorise", {"review": "authorised", "sessions": "4"}),
        ("offer", {"review": "further_session", "destination": "insurance"}),
        ("deny", {"review": "denied", "resources": "1", "due_on": "2026-11-02"}),
    ],
)
def test_the_therapist_is_told_what_the_review_came_to(decision: str, data: dict[str, str]) -> None:
    """Each of the three ways is told with its number or choice, and after a denial by when the notes are due (CM-03, CM-10)."""
    one = Journey(LIMITED).to("review")
    one.do(*ACTIONS[decision])
    assert news(one) == [("case_reviewed", "therapist")]
    assert latest(one).to == THERAPIST_1
    assert latest(one).data == {**CASE, **data}


def test_notes_that_were_uploaded_tell_the_partner() -> None:
    """They wait to be reviewed, by the hour where the limit is one in hours (CM-10)."""
    one = Journey(LIMITED).to("notes_owed")
    one.do(NOTES, THERAPIST)
    assert news(one) == [("notes_wait", "partner_clinician")]
    assert latest(one).to == PARTNER_1
    assert latest(one).data == {
        **CASE,
        "due_on": "2026-10-30",
        "due_at": f"{one.now:%H:%M}",
        "zone": "Australia/Melbourne",
    }


@pytest.mark.parametrize(("slip", "kind"), [(RISK, "risk"), (GOAL_SLIP, "goal_slip")])
@pytest.mark.parametrize("by", [THERAPIST, CLINICIAN, TEAM], ids=lambda by: by.role.value)
def test_a_slip_is_told_to_the_partner_whoever_raised_it(slip: cr.RaiseSlip, kind: str, by: Any) -> None:
    """Risk and goal slip go to the clinicians of the partner as a group, and what was noticed stays where it is (CM-10)."""
    one = Journey().to("under_way")
    one.do(slip, by)
    assert news(one) == [("slip_raised", "partner_clinician")]
    assert latest(one).to == PARTNER_1
    assert latest(one).data == {**CASE, "slip": kind}


def test_a_case_that_is_handed_over_is_told_to_whom_it_was_handed() -> None:
    """A new partner and a new therapist are told, with the stage and what still has to be taken up (CM-02, CM-10, IN-07)."""
    one = Journey(LIMITED).to("review")
    one.do(RISK, THERAPIST)
    one.do(cr.Assign(partner="pa-2", therapist="th-3"), TEAM)
    assert news(one) == [("case_handed_over", "partner_clinician"), ("case_handed_over", "therapist")]
    to_partner, to_therapist = told(one)[-2:]
    assert to_partner.to == Recipient(role="partner_clinician", practice="pa-2")
    assert to_therapist.to == Recipient(role="therapist", id="th-3")
    given = {**CASE, "kind": "couples", "stage": "review", "open_slips": "1"}
    assert to_partner.data == {**given, "due_on": "2026-11-05"}
    # The review is the partner's to make: its limit is none of the therapist's.
    assert to_therapist.data == given
    one.do(take_up(), ELSEWHERE)
    one.do(cr.Assign(therapist="th-2"), ELSEWHERE)
    assert news(one) == [("case_handed_over", "therapist")]
    assert "open_slips" not in latest(one).data


def test_a_case_that_the_case_team_opens_is_told_to_its_partner() -> None:
    """A partner that did not open it learns that it is responsible; one that did knows (CM-02)."""
    one = Journey()
    one.do(open_case(), TEAM)
    assert news(one) == [("case_handed_over", "partner_clinician")]
    assert latest(one).data == {**CASE, "kind": "couples", "stage": "opened"}
    other = Journey()
    other.do(open_case(), CLINICIAN)
    assert told(other) == ()


def test_whose_limit_it_is_sees_it_when_the_case_is_handed_over() -> None:
    """The notes are the therapist's to upload, so the new one is told by when, and the new partner is not (CM-10, IN-07)."""
    one = Journey(LIMITED).to("notes_owed")
    one.do(cr.Assign(partner="pa-2", therapist="th-3"), TEAM)
    to_partner, to_therapist = told(one)[-2:]
    assert "due_on" not in to_partner.data
    assert to_therapist.data["due_on"] == "2026-11-02"


def test_notes_that_come_while_others_are_reviewed_tell_the_partner_again() -> None:
    """What a therapist uploads who went before the end waits for the end, and tells nobody until then (CM-10)."""
    one = Journey(LIMITED).to("under_way")
    one.do(NOTES, THERAPIST)
    assert news(one) == []
    one = Journey(LIMITED).to("notes_review")
    one.do(cr.UploadNotes(notes="notes-2"), THERAPIST)
    assert news(one) == [("notes_wait", "partner_clinician")]
    assert "due_on" in latest(one).data


def test_every_kind_is_sent_on_some_journey() -> None:
    """No kind of a case review's own is listed that nothing sends."""
    sent = {message.kind for journey in OF_OTHERS["case_review"].values() for message in told(journey(cr.PROCESS))}
    assert set(KINDS) <= sent


def test_every_trigger_is_news_or_knowingly_none() -> None:
    """What the partner does by itself, and what only leads on, is nobody's news."""
    assert set(WORKFLOW.triggers) - set(COMPOSERS) == {
        "hold_first_session",
        "need_no_review",
        "end_intervention",
        "clear_notes",
        "flag_notes",
        "complete_action",
        "close",
        "discontinue",
        "take_up_slip",
        "do_own_step",
    }


def test_the_id_of_a_message_stays_the_same_over_releases() -> None:
    """A message that an older version kept is named the same by this one, or the partner would be told twice."""
    assert latest(Journey().to("review")).id == "937bd9c7308993dcac90a128886d6cd0"
