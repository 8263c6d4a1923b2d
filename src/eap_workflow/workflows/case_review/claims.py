"""What has to hold together in a case that is taken over: what its state implies, and nothing against it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from eap_workflow.adoption.claims import Claim, PartsByState
from eap_workflow.adoption.guarded import as_in_the_table, on_opening, who_may
from eap_workflow.adoption.instants import out_of_order
from eap_workflow.adoption.running import RunningLimits
from eap_workflow.values import Actor, Role, changed
from eap_workflow.workflows.case_review import PROCESS
from eap_workflow.workflows.case_review.commands import Discontinue, DoOwnStep, FlagNotes, TakeUpSlip

if TYPE_CHECKING:
    from eap_workflow.process import Context
    from eap_workflow.steps import Snapshot
    from eap_workflow.workflows.case_review.adopted import Adopt

CASE_REVIEW = PROCESS.workflow
LIMITS = RunningLimits(workflow=CASE_REVIEW, terms=lambda policy, body: PROCESS.terms(policy, body, None))
"""In its state, each runs that the contract sets."""

HELD = ("first_session_at", "held_by")
ENDED = (*HELD, "review", "intervention_ended_at")
READ = (*ENDED, "notes", "notes_review")
BY_STATE = PartsByState(
    needs={
        "opened": (),
        "review": HELD,
        "under_way": (*HELD, "review"),
        "moving_on": (*HELD, "review"),
        "notes_owed": ENDED,
        "notes_review": (*ENDED, "notes"),
        "action_needed": READ,
        "closing": READ,
        "closed": READ,
        "discontinued": ("discontinued",),
    },
    may_have=dict.fromkeys(("review", "under_way", "moving_on", "notes_owed"), ("notes",)),
)

OUTCOMES: dict[str, tuple[str, ...]] = {"under_way": ("not_needed", "authorised"), "moving_on": ("further_session",)}
"""By state, the outcomes of a review that lead there; to what comes after them, each does."""

Asking = Iterator[tuple[str, Any, Any, "Context"]]


def _off_the_path(stated: Adopt, _standing: Snapshot, _context: Context) -> Iterator[str]:
    review, read, state = stated.review, stated.notes_review, stated.state
    if review is not None:
        if review.outcome not in OUTCOMES.get(state, (review.outcome,)):
            yield "review.outcome"
        if review.outcome == "denied" and stated.intervention_ended_at not in (None, review.at):
            yield "intervention_ended_at"
        if review.outcome == "not_needed" and stated.first_session_at not in (None, review.at):
            yield "review.at"
    if read is not None:
        if state == "action_needed" and read.action is None:
            yield "notes_review.action"
        if (read.action is not None and read.completed_at is None) != (
            state == "action_needed"
        ) and read.action is not None:
            yield "notes_review.completed_at"


def _held_by_others(stated: Adopt, _standing: Snapshot, _context: Context) -> Iterator[str]:
    if stated.first_session_at is not None:
        if stated.opening.therapist is None:
            yield "opening.therapist"
        elif stated.opening.therapist not in stated.held_by:
            yield "held_by"
    if len(set(stated.held_by)) < len(stated.held_by):
        yield "held_by"


def _acted(stated: Adopt) -> Iterator[tuple[str, str, Actor]]:
    """By whom what was done: the field, the trigger that it takes here, and who."""
    review, read = stated.review, stated.notes_review
    if review is not None:
        yield "review.by", TRIGGERS[review.outcome], review.by
    for number, upload in enumerate(stated.notes):
        yield f"notes[{number}].by", "upload_notes", upload.by
    if read is not None:
        yield "notes_review.by", "clear_notes" if read.action is None else "flag_notes", read.by
        if read.completed_by is not None:
            yield "notes_review.completed_by", "complete_action", read.completed_by
    for number, slip in enumerate(stated.slips):
        yield f"slips[{number}].raised_by", "raise_slip", slip.raised_by
        if slip.taken_up_by is not None:
            yield f"slips[{number}].taken_up_by", "take_up_slip", slip.taken_up_by
    for number, step in enumerate(stated.own_steps):
        yield f"own_steps[{number}].by", "do_own_step", step.by


TRIGGERS = {
    "not_needed": "need_no_review",
    "authorised": "authorise",
    "further_session": "offer_further_session",
    "denied": "deny",
}
REVIEWING = ("authorise", "offer_further_session", "deny", "clear_notes", "flag_notes", "take_up_slip")


def _by_others(stated: Adopt, _standing: Snapshot, _context: Context) -> Iterator[str]:
    for path, trigger, by in _acted(stated):
        if not who_may(CASE_REVIEW, trigger, by):
            yield path
        elif by.role is Role.PARTNER_CLINICIAN and by.practice is None:
            # The case may have been handed from partner to partner, but they acted for one of them.
            yield f"{path}.practice"


def _the_reviewers(stated: Adopt, standing: Snapshot, context: Context) -> Asking:
    for path, trigger, by in _acted(stated):
        if trigger in REVIEWING:
            yield path, standing, None, changed(context, by=by)


def _its_therapists(stated: Adopt, standing: Snapshot, context: Context) -> Asking:
    raised = {f"slips[{number}].raised_by": slip.raised_at for number, slip in enumerate(stated.slips)}
    for path, trigger, by in _acted(stated):
        # Before the first session the therapist may have been another, who is on no record.
        later = (
            stated.first_session_at is not None and raised.get(path, stated.first_session_at) > stated.first_session_at
        )
        if by.role is Role.THERAPIST and (trigger == "upload_notes" or later):
            yield path, standing, None, changed(context, by=by)


def _the_review(stated: Adopt, standing: Snapshot, context: Context, outcome: str) -> Asking:
    if stated.review is not None and stated.review.outcome == outcome:
        yield "review", standing, stated.review, context


def _authorised(stated: Adopt, standing: Snapshot, context: Context) -> Asking:
    return _the_review(stated, standing, context, "authorised")


def _moved_on(stated: Adopt, standing: Snapshot, context: Context) -> Asking:
    return _the_review(stated, standing, context, "further_session")


def _denied(stated: Adopt, standing: Snapshot, context: Context) -> Asking:
    return _the_review(stated, standing, context, "denied")


def _reviewed(stated: Adopt, standing: Snapshot, context: Context) -> Asking:
    in_review = stated.state == "review"
    if in_review or (stated.review is not None and stated.review.outcome != "not_needed"):
        yield "opening.kind", standing, None, context


def _not_reviewed(stated: Adopt, standing: Snapshot, context: Context) -> Asking:
    if stated.review is not None and stated.review.outcome == "not_needed":
        yield "opening.kind", standing, None, context


def _actions(stated: Adopt, standing: Snapshot, context: Context) -> Asking:
    read = stated.notes_review
    if read is not None and read.action is not None:
        yield "notes_review", standing, FlagNotes(action=read.action), context
    for number, slip in enumerate(stated.slips):
        if slip.action is not None:
            yield f"slips[{number}]", standing, TakeUpSlip(slip=number + 1, action=slip.action), context


def _end_before_the_first_session(stated: Adopt, standing: Snapshot, context: Context) -> Asking:
    if stated.discontinued is not None:
        yield "discontinued", standing, Discontinue(reason=stated.discontinued), context


def _own_steps(stated: Adopt, standing: Snapshot, context: Context) -> Asking:
    body = standing.body
    for number, each in enumerate(stated.own_steps):
        then = changed(standing, body=changed(body, own_steps=body.own_steps[:number]))
        yield f"own_steps[{number}]", then, DoOwnStep(step=each.step), context


def _closed(stated: Adopt, standing: Snapshot, context: Context) -> Asking:
    if stated.state == "closed":
        yield "own_steps", standing, None, context


def _at_an_end(stated: Adopt, standing: Snapshot, context: Context) -> Asking:
    if CASE_REVIEW.state(stated.state).final:
        yield "slips", standing, None, context


CLAIMS = (
    Claim(
        code="missing",
        sentence="A case in this state has what leads to it: its first session, a review, the end of the intervention, notes.",
        rules=("CM-02", "CM-03", "CM-10"),
        wrong=BY_STATE.missing,
    ),
    Claim(
        code="contradicts_the_state",
        sentence="A case in this state has not come as far as this.",
        rules=("CM-02", "CM-03", "CM-10"),
        wrong=BY_STATE.superfluous,
    ),
    Claim(
        code="path",
        sentence="Each outcome of a review, and what the notes ask for, leads on in one way: a denial ends the intervention, and "
        "where none is needed a case goes on at once.",
        rules=("CM-02", "CM-03", "CM-10"),
        wrong=_off_the_path,
    ),
    Claim(
        code="held_by",
        sentence="From the first session on, its therapist is among those who held the case, each of them once.",
        rules=("CM-02", "IN-07"),
        wrong=_held_by_others,
    ),
    Claim(
        code="who",
        sentence="What somebody did is theirs to do, by the rows of the table; a partner's clinician names the practice.",
        rules=("CM-02", "IN-07"),
        wrong=_by_others,
    ),
    *on_opening(CASE_REVIEW, "no_management_referral", "no_critical_incident", "no_frequent_user", "kind_listed"),
    as_in_the_table(CASE_REVIEW, "review_needed", _reviewed),
    as_in_the_table(CASE_REVIEW, "no_review_needed", _not_reviewed),
    as_in_the_table(CASE_REVIEW, "reviewer_not_therapist", _the_reviewers),
    as_in_the_table(CASE_REVIEW, "own_or_held_case", _its_therapists),
    as_in_the_table(CASE_REVIEW, "within_the_benefit", _authorised),
    as_in_the_table(CASE_REVIEW, "destination_listed", _moved_on),
    as_in_the_table(CASE_REVIEW, "resources_offered", _denied),
    as_in_the_table(CASE_REVIEW, "action_listed", _actions),
    as_in_the_table(CASE_REVIEW, "reason_listed", _end_before_the_first_session, names_field=True),
    as_in_the_table(CASE_REVIEW, "next_own_step", _own_steps),
    as_in_the_table(CASE_REVIEW, "own_steps_done", _closed),
    as_in_the_table(CASE_REVIEW, "slips_taken_up", _at_an_end),
)
"""What has to hold together in a case, besides what holds of every request that is taken over."""


def order(stated: Adopt, _standing: Snapshot) -> Iterator[str]:
    """Name what is stated to have happened before something that comes before it."""
    review, read, ended_at = stated.review, stated.notes_review, stated.intervention_ended_at
    yield from out_of_order(
        ("first_session_at", stated.first_session_at),
        ("review.at", None if review is None else review.at),
        ("intervention_ended_at", ended_at),
        ("notes_review.at", None if read is None else read.at),
        ("notes_review.completed_at", None if read is None else read.completed_at),
    )
    uploads = [(f"notes[{number}].at", each.at) for number, each in enumerate(stated.notes)]
    yield from out_of_order(("first_session_at", stated.first_session_at), *uploads)
    # Notes are owed when the intervention ends; the first that come then are reviewed.
    if stated.state == "notes_owed":
        yield from (path for path, at in uploads if ended_at is not None and at > ended_at)
    elif uploads and ended_at is not None and uploads[-1][1] < ended_at:
        yield uploads[-1][0]
    if read is not None:
        yield from (path for path, at in uploads if at > read.at)
    yield from out_of_order(
        *((f"slips[{number}].raised_at", each.raised_at) for number, each in enumerate(stated.slips))
    )
    for number, slip in enumerate(stated.slips):
        if slip.taken_up_at is not None and slip.taken_up_at < slip.raised_at:
            yield f"slips[{number}].taken_up_at"
    yield from out_of_order(*((f"own_steps[{number}].at", each.at) for number, each in enumerate(stated.own_steps)))
    for number, limit in enumerate(stated.limits):
        if not _starts_with_its_stage(stated, limit.limit, limit.started_at):
            yield f"limits[{number}].started_at"


def _starts_with_its_stage(stated: Adopt, limit: str, started_at: datetime) -> bool:
    ended_at = stated.intervention_ended_at
    if limit == "review":
        return started_at == stated.first_session_at
    if limit == "case_notes":
        return started_at == ended_at
    uploaded = [each.at for each in stated.notes]
    return ended_at is None or (
        started_at in uploaded and started_at >= ended_at and not any(ended_at < at < started_at for at in uploaded)
    )
