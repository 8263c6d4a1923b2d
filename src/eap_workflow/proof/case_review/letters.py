"""Case reviews, as they are walked: the contracts, the people, what they ask for, and what decides."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import datetime
from itertools import product
from typing import Any

from eap_workflow.policy import CaseReviewTerms, TimeTerms
from eap_workflow.proof.walking import Letter, World, clock_key, contract, letter, person
from eap_workflow.steps import Snapshot
from eap_workflow.values import Reference, Role
from eap_workflow.workflows import case_review as cr

BENEFIT = 2
STEPS = ("inform", "survey")

PIA = person(Role.PARTNER_CLINICIAN, "pia", practice="pt-1")
PAM = person(Role.PARTNER_CLINICIAN, "pam", practice="pt-1")
THEO_AS_CLINICIAN = person(Role.PARTNER_CLINICIAN, "theo", practice="pt-1")
EVE = person(Role.PARTNER_CLINICIAN, "eve", practice="pt-2")
THEO = person(Role.THERAPIST, "theo")
TESS = person(Role.THERAPIST, "tess")
TEAM = person(Role.CASE_TEAM, "team")

RISK, GOAL_SLIP = cr.RaiseSlip(kind="risk"), cr.RaiseSlip(kind="goal_slip")
LIMIT = TimeTerms(working_days=2, remind_before=1, warn_before=1)


def worlds(full: bool) -> tuple[World, ...]:  # noqa: FBT001
    """Contracts: with or without limits, own steps of the organisation, and kinds that need no review."""
    shapes = product((0, 1, 2), (False, True)) if full else ((0, True), (2, False))
    return tuple(
        World(
            name=f"{steps} own steps, {'with' if limited else 'without'} limits",
            policy=contract(
                case_review=CaseReviewTerms(
                    reviewed_kinds=("couples",),
                    other_kinds=("individual",),
                    destinations=("insurance",),
                    resources=("support_line",),
                    actions=("refer_on",),
                    discontinued=("did_not_attend",),
                    own_steps=STEPS[:steps],
                    review=LIMIT if limited else None,
                    case_notes=LIMIT if limited else None,
                    notes_review=LIMIT if limited else None,
                )
            ),
        )
        for steps, limited in shapes
    )


def _case(**changes: Any) -> cr.OpenCase:
    given: dict[str, Any] = {
        "contract": "walked",
        "partner": "pt-1",
        "case": "case",
        "participant": "client",
        "referral": "self_referral",
        "kind": "couples",
        "benefit_sessions": BENEFIT,
        "therapist": "theo",
    }
    return cr.OpenCase(**given | changes)


def _not_extended(snapshot: Snapshot | None) -> bool:
    return snapshot is None or all(not line.due.further for line in snapshot.deadlines)


def letters(world: World, full: bool) -> tuple[Letter, ...]:  # noqa: FBT001
    """What may be asked for; few letters leave out a second slip, another partner and some people."""
    limited = world.policy.case_review.review is not None
    most = 2 if full else int(not limited)

    def fewer_slips(snapshot: Snapshot | None) -> bool:
        return snapshot is None or len(snapshot.body.slips) < most

    reviewers = (PIA, PAM, THEO_AS_CLINICIAN, *((EVE,) if full else ()))
    asked: list[tuple[str, Any, tuple[Any, ...]]] = [
        ("open a couple's case", _case(), (PIA, TEAM, EVE)),
        ("open an individual's case", _case(kind="individual"), (TEAM,)),
        ("open a case of no listed kind", _case(kind="whatever"), (TEAM,)),
        ("open a case without a therapist", _case(therapist=None), (TEAM,)),
        ("open a management referral", _case(referral="management_referral"), (TEAM,)),
        ("open a critical incident", _case(referral="critical_incident"), (TEAM,)),
        ("open a frequent user's case", _case(referral="frequent_user"), (TEAM,)),
        ("hold the first session", cr.HoldFirstSession(), (THEO, TESS, PIA)),
        ("discontinue", cr.Discontinue(reason="did_not_attend"), (PIA, TEAM)),
        ("discontinue for no listed reason", cr.Discontinue(reason="whatever"), (TEAM,)),
        *((f"authorise {number}", cr.Authorise(sessions=number), reviewers) for number in (1, BENEFIT, BENEFIT + 1)),
        ("offer a further session", cr.OfferFurtherSession(destination="insurance"), reviewers),
        ("offer a session to nowhere", cr.OfferFurtherSession(destination="whatever"), (PIA,)),
        ("deny", cr.Deny(resources=("support_line",)), (*reviewers, THEO)),
        ("deny and offer nothing listed", cr.Deny(resources=("whatever",)), (PIA,)),
        ("end the intervention", cr.EndIntervention(), (THEO, TESS, PIA)),
        ("upload notes", cr.UploadNotes(notes=Reference("notes")), (THEO, TESS)),
        ("clear the notes", cr.ClearNotes(), (PIA, PAM, THEO_AS_CLINICIAN, EVE)),
        ("flag the notes", cr.FlagNotes(action="refer_on"), (PAM, THEO_AS_CLINICIAN)),
        ("complete the action", cr.CompleteAction(), (PIA, TEAM)),
        ("close", cr.Close(), (TEAM, EVE)),
        ("assign tess", cr.Assign(therapist=Reference("tess")), (PIA,)),
        ("assign theo", cr.Assign(therapist=Reference("theo")), (TEAM,) if full else ()),
        ("assign pia", cr.Assign(therapist=Reference("pia")), (TEAM,)),
        ("hand to another partner", cr.Assign(partner=Reference("pt-2")), (PIA, TEAM) if full else (PIA,)),
        ("take up slip 1", cr.TakeUpSlip(slip=1, action="refer_on"), (PIA, PAM, THEO_AS_CLINICIAN)),
        ("take up slip 2", cr.TakeUpSlip(slip=2, action="refer_on"), (PIA, PAM)),
        *((f"do the step {step}", cr.DoOwnStep(step=step), (TEAM,)) for step in STEPS),
    ]
    if full:
        asked += [
            ("clear the notes elsewhere", cr.ClearNotes(), (EVE,)),
            ("take up slip 1 elsewhere", cr.TakeUpSlip(slip=1, action="refer_on"), (EVE,)),
            ("hold the first session elsewhere", cr.HoldFirstSession(), (EVE,)),
            ("end the intervention elsewhere", cr.EndIntervention(), (EVE,)),
            ("upload notes elsewhere", cr.UploadNotes(notes=Reference("notes")), (EVE,)),
            ("take up slip 2 elsewhere", cr.TakeUpSlip(slip=2, action="refer_on"), (EVE,)),
        ]
    made = [letter(name, by, command) for name, command, people in asked for by in people]
    made += [
        letter("raise a slip", by, slip, within=fewer_slips)
        for slip, by in ((RISK, THEO), (GOAL_SLIP, TEAM))
        if full or slip is RISK
    ]
    if limited:
        made.append(letter("extend", TEAM, cr.ExtendLimit(working_days=1), within=_not_extended))
    return tuple(made)


def key(_world: World, snapshot: Snapshot, at: datetime) -> Hashable:
    """What of a case decides what may become of it: of slips and steps which are open or done, of instants how far ahead."""
    body: cr.Case = snapshot.body
    review, notes = body.review, body.notes_review
    return (
        (body.kind, body.partner, body.therapist, frozenset(body.held_by)),
        (body.first_session_at is not None, body.intervention_ended_at is not None, body.discontinued is not None),
        None if review is None else (review.outcome, review.by.id, review.sessions),
        None if notes is None else (notes.by.id, notes.action, notes.completed_at is not None),
        (bool(body.notes), frozenset(slip.taken_up_by.id for slip in body.slips if slip.taken_up_by is not None)),
        tuple(slip.is_open for slip in body.slips),
        len(body.own_steps),
        clock_key(snapshot, at),
    )
