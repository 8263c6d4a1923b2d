"""How each step changes the case's own part of a snapshot, and what is said of it elsewhere."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.errors import Refused
from eap_workflow.policy import STANDARD
from eap_workflow.states import CASE_REVIEW
from eap_workflow.steps import Snapshot, Step
from eap_workflow.values import SYSTEM, Reference
from eap_workflow.workflows import case_review as cr
from eap_workflow.workflows.case_review.case import CHANGES
from tests import strategies
from tests.journeys import DAY, START
from tests.workflows.case_review.journeys import (
    CLINICIAN,
    COLLEAGUE,
    GOAL_SLIP,
    IN_HOURS,
    LIMITED,
    RISK,
    TEAM,
    THERAPIST,
    WITH_STEPS,
    Journey,
    open_case,
    take_up,
)
from tests.workflows.case_review.subject import CaseReview


def test_an_opened_case_keeps_what_was_said_of_it() -> None:
    """CM-02, IN-11: whose it is, of which kind and benefit, under which policy, and since when."""
    body = Journey().to("opened").body
    assert (body.contract, body.partner, body.case, body.participant) == ("standard", "pa-1", "case-71", "cl-88")
    assert (body.kind, body.benefit_sessions, body.therapist) == ("couples", 6, "th-1")
    assert (body.policy, body.opened_on) == (STANDARD.ref, date(2026, 10, 28))
    assert (body.review, body.notes, body.notes_review, body.slips, body.held_by) == (None, (), None, (), ())


def test_the_first_session_is_kept_with_its_instant_and_who_held_it() -> None:
    """CM-02: the command is dated when the session was held, and what it starts counts from there."""
    one = Journey(IN_HOURS).to("opened")
    one.do(cr.HoldFirstSession(), CLINICIAN, START + 2 * DAY)
    assert one.body.first_session_at == START + 2 * DAY
    assert one.body.held_by == ("th-1",)
    deadline = one.stands.deadline("review")
    assert deadline is not None
    assert deadline.passes_at == START + 3 * DAY


@pytest.mark.parametrize(
    ("decision", "expected"),
    [
        ("authorise", ("authorised", 4, None, ())),
        ("offer", ("further_session", None, "insurance", ())),
        ("deny", ("denied", None, None, ("support_line",))),
    ],
)
def test_a_review_says_what_when_and_by_whom(decision: str, expected: tuple[Any, ...]) -> None:
    """CM-03: each of the three ways with what belongs to it, and nothing of the others."""
    state = {"authorise": "under_way", "offer": "moving_on", "deny": "notes_owed"}[decision]
    one = Journey().to(state)
    review = one.body.review
    assert review is not None
    assert (review.outcome, review.sessions, review.destination, review.resources) == expected
    assert (review.at, review.by) == (one.now, CLINICIAN)
    assert one.body.intervention_ended_at == (one.now if decision == "deny" else None)


def test_a_case_that_needs_no_review_says_so() -> None:
    """CM-02: the step is the system's own, at the instant of the first session."""
    one = Journey()
    one.do(open_case(kind="individual"), CLINICIAN)
    one.do(cr.HoldFirstSession(), THERAPIST)
    review = one.body.review
    assert review is not None
    assert (review.outcome, review.by, review.at, review.sessions) == ("not_needed", SYSTEM, one.now, None)
    assert one.body.reviewers == ()


def test_the_notes_are_kept_with_what_became_of_them() -> None:
    """CM-10: who uploaded them, who reviewed them, what was to be done, and when it was."""
    one = Journey().to("notes_review")
    uploaded = cr.Upload(notes=Reference("notes-1"), at=one.now, by=THERAPIST)
    assert (one.body.notes, one.body.notes_review) == ((uploaded,), None)
    one.do(cr.FlagNotes(action="refer_on"), COLLEAGUE)
    flagged = one.now
    found = one.body.notes_review
    assert found == cr.NotesReview(at=flagged, by=COLLEAGUE, action="refer_on")
    one.do(cr.CompleteAction(), TEAM)
    done = cr.NotesReview(at=flagged, by=COLLEAGUE, action="refer_on", completed_at=one.now, completed_by=TEAM)
    assert (one.body.notes, one.body.notes_review) == ((uploaded,), done)


def test_notes_that_are_clear_ask_for_nothing() -> None:
    """CM-10: they were reviewed all the same, and the record says by whom."""
    one = Journey().to("closing")
    assert one.body.notes_review == cr.NotesReview(at=one.now, by=CLINICIAN)


def test_slips_are_numbered_and_kept_with_both_ends() -> None:
    """CM-10: who raised it, when and where it was written down; who took it up, when and with which action."""
    one = Journey().to("under_way")
    one.do(RISK, THERAPIST)
    raised = one.now
    one.do(GOAL_SLIP, TEAM)
    one.do(take_up(1, "contact_participant"), CLINICIAN)
    first, second = one.body.slips
    assert (first.number, first.kind, first.note) == (1, "risk", "note-9")
    assert (first.raised_at, first.raised_by) == (raised, THERAPIST)
    assert (first.action, first.taken_up_at, first.taken_up_by) == ("contact_participant", one.now, CLINICIAN)
    assert (second.number, second.kind, second.note, second.raised_by) == (2, "goal_slip", None, TEAM)
    assert (second.action, second.taken_up_at, second.taken_up_by) == (None, None, None)
    assert (first.is_open, second.is_open, one.body.open_slips) == (False, True, 1)


def test_own_steps_are_kept_in_their_order() -> None:
    """CM-07: which, when and by whom."""
    one = Journey(WITH_STEPS).to("opened")
    one.do(cr.DoOwnStep(step="inform_contact"), CLINICIAN)
    one.do(cr.DoOwnStep(step="send_survey"), TEAM)
    assert [(each.step, each.by) for each in one.body.own_steps] == [
        ("inform_contact", CLINICIAN),
        ("send_survey", TEAM),
    ]
    assert one.body.own_steps[1].at == one.now


def test_an_assignment_changes_what_it_says_and_keeps_the_rest() -> None:
    """CM-02, IN-07: from the first session on, whoever is the therapist is remembered; before it, nobody is."""
    one = Journey().to("opened")
    one.do(cr.Assign(therapist=Reference("th-2")), CLINICIAN)
    assert (one.body.therapist, one.body.partner, one.body.held_by) == ("th-2", "pa-1", ())
    one.do(cr.HoldFirstSession(), CLINICIAN)
    one.do(cr.Assign(partner=Reference("pa-2")), TEAM)
    assert (one.body.therapist, one.body.partner, one.body.held_by) == ("th-2", "pa-2", ("th-2",))
    one.do(cr.Assign(therapist=Reference("th-3")), TEAM)
    one.do(cr.Assign(therapist=Reference("th-2")), TEAM)
    assert (one.body.therapist, one.body.held_by) == ("th-2", ("th-2", "th-3"))


def test_every_change_belongs_to_a_trigger_of_the_table() -> None:
    """Nothing changes a case that is no row."""
    assert CHANGES.keys() <= set(CASE_REVIEW.triggers)
    unchanging = set(CASE_REVIEW.triggers) - CHANGES.keys()
    assert unchanging == {"open_case", "ask_for_review", "close", "extend_limit", "remind", "warn", "overdue"}


def test_what_does_not_change_is_shared() -> None:
    """A step replaces the part that it changes, and no other."""
    one = Journey(LIMITED).to("under_way")
    before = one.body
    one.do(RISK, THERAPIST)
    assert one.body.review is before.review
    one.do(cr.EndIntervention(), THERAPIST)
    before = one.body
    one.do(cr.ExtendLimit(working_days=1), TEAM)
    assert one.body is before


# --- whatever happens -------------------------------------------------------------------------------------------------


@st.composite
def histories(draw: st.DrawFn) -> list[Step]:
    """Draw a case's steps: likely and wild attempts with time in between, those that were refused left out."""
    subject = CaseReview()
    policy, at = draw(subject.worlds())
    snapshot: Snapshot | None = None
    trail: list[Step] = []
    for _ in range(draw(st.integers(1, 25))):
        attempt = draw(subject.attempts(policy, snapshot, at))
        try:
            steps, snapshot = cr.advance(snapshot, attempt.command, attempt.context)
        except Refused:
            continue
        trail.extend(steps)
        at += draw(strategies.waits())
    return trail


@given(histories())
def test_nothing_that_was_recorded_is_lost(trail: list[Step]) -> None:
    """CM-10, CM-07: whatever comes after it, a slip, a taken-up slip and a step of the organisation stay as they were."""
    body: cr.Case | None = None
    for step in trail:
        before, body = body, cr.PROCESS.fold(body, step)
        if before is None:
            continue
        assert body.own_steps[: len(before.own_steps)] == before.own_steps
        assert set(before.held_by) <= set(body.held_by)
        for was, now in zip(before.slips, body.slips, strict=False):
            assert now == was or (was.is_open and not now.is_open)
            assert (now.number, now.kind, now.note) == (was.number, was.kind, was.note)
            assert (now.raised_at, now.raised_by) == (was.raised_at, was.raised_by)
        assert len(body.slips) == len(before.slips) + (step.trigger == "raise_slip")
        assert before.review in (None, body.review)


# --- what is said elsewhere -------------------------------------------------------------------------------------------


def test_what_a_service_has_to_know_is_indexed() -> None:
    """IN-11: the contract and the policy that it keeps; no employer, and no Assist Case to count."""
    index = cr.PROCESS.index(Journey(WITH_STEPS).to("opened").stands)
    assert (index.contract, index.policy) == ("harbour", WITH_STEPS.ref)
    assert (index.employer, index.assist_case, index.pending, index.approved_in_advance) == (None, None, 0, 0)


def test_the_terms_are_one_object_for_a_contract() -> None:
    """Limits are counted once a day, so the same contract gives the same object; the standard one sets no limit."""
    case = cr.body_of(Journey(LIMITED).to("opened").stands)
    assert cr.PROCESS.terms(LIMITED, None, None) is cr.PROCESS.terms(LIMITED, case, object())
    assert cr.PROCESS.terms(LIMITED, None, None).keys() == {"review", "case_notes", "notes_review"}
    assert cr.PROCESS.terms(STANDARD, None, None) == {}


def test_a_list_shows_kind_sessions_and_open_slips() -> None:
    """The same figures for every case: nothing is authorised before a review, or where none was needed."""
    listing = cr.PROCESS.listing
    one = Journey().to("review")
    assert listing(one.stands).figures == {"kind": "couples", "sessions": None, "open_slips": 0}
    one.do(RISK, THERAPIST)
    one.do(cr.Authorise(sessions=3), CLINICIAN)
    assert listing(one.stands).figures == {"kind": "couples", "sessions": 3, "open_slips": 1}
    assert (listing(one.stands).ended_at, listing(one.stands).how) == (None, ())


@pytest.mark.parametrize(
    ("way", "how"),
    [
        (("authorise", "end", "upload", "clear"), ("authorised",)),
        (
            ("offer", "end", "upload", "flag", "complete"),
            ("one further session", "to insurance", "action on the notes"),
        ),
        (("deny", "upload", "clear"), ("denied",)),
    ],
)
def test_a_list_says_how_a_case_ended(way: tuple[str, ...], how: tuple[str, ...]) -> None:
    """CM-03: what the review came to, and when the case was closed."""
    from tests.workflows.case_review.journeys import ACTIONS

    one = Journey().to("review")
    for name in way:
        one.do(*ACTIONS[name])
    one.do(cr.Close(), TEAM)
    listing = cr.PROCESS.listing(one.stands)
    assert (listing.ended_at, listing.how) == (one.now, how)


def test_a_list_says_why_a_case_was_discontinued() -> None:
    """CM-10: in words; there was no review."""
    one = Journey().to("discontinued")
    listing = cr.PROCESS.listing(one.stands)
    assert (listing.ended_at, listing.how) == (one.now, ("participant declined",))
    assert one.body.discontinued == "participant_declined"


def test_a_list_says_that_no_review_was_needed() -> None:
    """CM-02: also when the case has ended."""
    one = Journey()
    one.do(open_case(kind="individual"), CLINICIAN)
    for command, by in (
        (cr.HoldFirstSession(), THERAPIST),
        (cr.EndIntervention(), THERAPIST),
        (cr.UploadNotes(notes=Reference("notes-1")), THERAPIST),
        (cr.ClearNotes(), CLINICIAN),
        (cr.Close(), TEAM),
    ):
        one.do(command, by)
    assert cr.PROCESS.listing(one.stands).how == ("no review needed",)
