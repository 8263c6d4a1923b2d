"""What holds of every case review."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from eap_workflow.proof.properties import Property, by_role, shared
from eap_workflow.values import Role

if TYPE_CHECKING:
    from eap_workflow.proof.walking import World
    from eap_workflow.steps import Snapshot, Step

FINALS = frozenset({"closed", "discontinued"})
PARTNER = Role.PARTNER_CLINICIAN


def _reviewed(world: World, snapshot: Snapshot) -> bool:
    return snapshot.body.kind in world.policy.case_review.reviewed_kinds


def _one_of_three_ways(world: World, before: Snapshot | None, step: Step, _after: Snapshot) -> bool:
    gone_on = step.target in ("under_way", "moving_on", "notes_owed")
    if before is None or not gone_on or before.body.review is not None or not _reviewed(world, before):
        return True
    return by_role(step, PARTNER, "authorise", "offer_further_session", "deny")


def _within_the_benefit(_world: World, snapshot: Snapshot, _at: datetime) -> bool:
    body = snapshot.body
    return body.review is None or (body.review.sessions or 0) <= body.benefit_sessions


def _no_own_review(_world: World, snapshot: Snapshot, _at: datetime) -> bool:
    body = snapshot.body
    return not set(body.reviewers) & set(body.held_by)


def _no_own_slip(_world: World, before: Snapshot | None, step: Step, _after: Snapshot) -> bool:
    return step.trigger != "take_up_slip" or before is None or step.by.id not in before.body.held_by


def _own_steps_done(world: World, snapshot: Snapshot, _at: datetime) -> bool:
    done = tuple(each.step for each in snapshot.body.own_steps)
    ordered = world.policy.case_review.own_steps
    return done == ordered[: len(done)] and (snapshot.state != "closed" or done == ordered)


def _slips_taken_up(_world: World, snapshot: Snapshot, _at: datetime) -> bool:
    return snapshot.state not in FINALS or snapshot.body.open_slips == 0


def _slips_stay(_world: World, before: Snapshot | None, step: Step, after: Snapshot) -> bool:
    was = () if before is None else before.body.slips
    raised = int(step.trigger == "raise_slip")
    return len(after.body.slips) == len(was) + raised and all(
        slip.kind == stands.kind and stands.is_open <= slip.is_open
        for slip, stands in zip(was, after.body.slips, strict=False)
    )


def _notes_reviewed(_world: World, snapshot: Snapshot, _at: datetime) -> bool:
    body: Any = snapshot.body
    reviewed = body.notes_review
    if snapshot.state not in ("closing", "closed"):
        return True
    done = reviewed is not None and (reviewed.action is None or reviewed.completed_at is not None)
    return bool(body.notes) and done


def _in_scope(_world: World, before: Snapshot | None, step: Step, _after: Snapshot) -> bool:
    return before is not None or step.command.referral == "self_referral"


OF_WHAT_WAS_HELD = ("raise_slip", "upload_notes")


def _own_cases(_world: World, before: Snapshot | None, step: Step, _after: Snapshot) -> bool:
    if before is None:
        return step.by.role is not PARTNER or step.by.practice == step.command.partner
    if step.by.role is PARTNER:
        return bool(step.by.practice == before.body.partner)
    held = {before.body.therapist} | (set(before.body.held_by) if step.trigger in OF_WHAT_WAS_HELD else set())
    return step.by.role is not Role.THERAPIST or step.by.id in held


PROPERTIES = (
    Property(
        name="one_of_three_ways",
        sentence="A case that the contract has reviewed goes on after its first session by a partner's authorisation, offer of"
        " one further session, or denial, and in no other way.",
        rules=("CM-02", "CM-03"),
        on=_one_of_three_ways,
        ltl="!(reviewed_kind && (in_under_way || in_moving_on || in_notes_owed)) W"
        " (by_partner_clinician && (took_authorise || took_offer_further_session || took_deny))",
    ),
    Property(
        name="within_the_benefit",
        sentence="No more sessions are authorised than the participant's benefit has.",
        rules=("CM-03",),
        at=_within_the_benefit,
        ltl="[] (authorised <= 2)",
    ),
    Property(
        name="nobody_reviews_their_own",
        sentence="Who reviewed a case or its notes has never held one of its sessions, before or after.",
        rules=("CM-02", "IN-07"),
        at=_no_own_review,
        ltl="[] ((held & reviewers) == 0)",
    ),
    Property(
        name="nobody_takes_up_their_own_slip",
        sentence="A slip is taken up by somebody who has held no session of the case.",
        rules=("CM-10", "IN-07"),
        on=_no_own_slip,
        ltl="[] !own_slip",
    ),
    Property(
        name="own_steps_before_closing",
        sentence="A case is closed once the organisation's own steps are done, each once and in their order.",
        rules=("CM-07",),
        at=_own_steps_done,
        ltl="[] (in_closed -> done == owed)",
    ),
    Property(
        name="slips_before_the_end",
        sentence="No case ends while a risk situation or goal slip waits to be taken up.",
        rules=("CM-10",),
        at=_slips_taken_up,
        ltl="[] ((in_closed || in_discontinued) -> slips == 0)",
    ),
    Property(
        name="slips_stay_on_record",
        sentence="A slip that was raised stays on record, and once taken up stays so.",
        rules=("CM-10",),
        on=_slips_stay,
    ),
    Property(
        name="notes_before_closing",
        sentence="A case closes once its notes are uploaded and reviewed, and what they asked for is done.",
        rules=("CM-10",),
        at=_notes_reviewed,
        ltl="(!in_notes_review W took_upload_notes) && (!(in_closing || in_closed) W (took_clear_notes ||"
        " took_complete_action)) && (!in_action_needed W took_flag_notes)",
        by_rows=True,
    ),
    Property(
        name="in_scope",
        sentence="Only cases of participants who refer themselves are opened.",
        rules=("CM-01",),
        on=_in_scope,
        ltl="[] (opened_from == 0)",
    ),
    Property(
        name="on_their_own_cases",
        sentence="A partner clinician acts on cases of that partner, a therapist on their own; who held a case before still raises a"
        " slip, and uploads notes.",
        rules=("CM-02", "IN-07"),
        on=_own_cases,
    ),
    *shared(FINALS),
)
