"""A case that comes from another system, in the state in which it is: taken over, and written for another to take over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eap_workflow.adoption.fields import copied
from eap_workflow.adoption.opened import adopting
from eap_workflow.process import ADOPT
from eap_workflow.workflows.case_review import PROCESS
from eap_workflow.workflows.case_review.adopted import (
    Adopt,
    AdoptedNotesReview,
    AdoptedOwnStep,
    AdoptedReview,
    AdoptedSlip,
    AdoptedUpload,
)
from eap_workflow.workflows.case_review.claims import CLAIMS, LIMITS, order
from eap_workflow.workflows.case_review.commands import OpenCase

if TYPE_CHECKING:
    from eap_workflow.policy import Policy
    from eap_workflow.steps import Snapshot
    from eap_workflow.workflows.case_review.case import Case


def stated(snapshot: Snapshot, policy: Policy) -> Adopt:
    """State a case as it stands."""
    body: Case = snapshot.body
    return Adopt(
        state=snapshot.state,
        opened_on=body.opened_on,
        policy=body.policy,
        opening=OpenCase(
            contract=body.contract,
            partner=body.partner,
            case=body.case,
            participant=body.participant,
            referral="self_referral",  # no other comes in (CM-01)
            kind=body.kind,
            benefit_sessions=body.benefit_sessions,
            therapist=body.therapist,
        ),
        held_by=body.held_by,
        first_session_at=body.first_session_at,
        review=copied(AdoptedReview, body.review),
        intervention_ended_at=body.intervention_ended_at,
        notes=tuple(copied(AdoptedUpload, each) for each in body.notes),
        notes_review=copied(AdoptedNotesReview, body.notes_review),
        slips=tuple(copied(AdoptedSlip, each) for each in body.slips),
        own_steps=tuple(copied(AdoptedOwnStep, each) for each in body.own_steps),
        discontinued=body.discontinued,
        limits=LIMITS.of(snapshot, policy),
    )


ADOPTING = adopting(Adopt, LIMITS, CLAIMS, order, PROCESS.facts[ADOPT], stated)
"""How cases are taken over."""
