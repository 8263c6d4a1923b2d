"""Case review: a partner reviews a case after its first session, and its notes when the intervention has ended.

`can`, `decide` and `evolve` are the whole of it; the table that they follow is `eap_workflow.states.CASE_REVIEW`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from eap_workflow.commands import ExtendLimit
from eap_workflow.opening import Opening, opened_elsewhere, opening
from eap_workflow.process import ADOPT, Index, Listing, Process
from eap_workflow.states import CASE_REVIEW
from eap_workflow.values import as_words
from eap_workflow.workflows.case_review.case import Case, NotesReview, OwnStep, Review, Slip, Upload, fold
from eap_workflow.workflows.case_review.commands import (
    COMMANDS,
    Assign,
    Authorise,
    ClearNotes,
    Close,
    CompleteAction,
    Deny,
    Discontinue,
    DoOwnStep,
    EndIntervention,
    FlagNotes,
    HoldFirstSession,
    OfferFurtherSession,
    OpenCase,
    RaiseSlip,
    TakeUpSlip,
    UploadNotes,
)
from eap_workflow.workflows.case_review.guards import PREDICATES

if TYPE_CHECKING:
    from eap_workflow.policy import Policy
    from eap_workflow.process import Adopting
    from eap_workflow.steps import Snapshot
    from eap_workflow.terms import Terms
    from eap_workflow.terms.figures import Figures

__all__ = [
    "COMMANDS",
    "PROCESS",
    "Assign",
    "Authorise",
    "Case",
    "ClearNotes",
    "Close",
    "CompleteAction",
    "Deny",
    "Discontinue",
    "DoOwnStep",
    "EndIntervention",
    "ExtendLimit",
    "FlagNotes",
    "HoldFirstSession",
    "NotesReview",
    "OfferFurtherSession",
    "OpenCase",
    "OwnStep",
    "RaiseSlip",
    "Review",
    "Slip",
    "TakeUpSlip",
    "Upload",
    "UploadNotes",
    "advance",
    "body_of",
    "can",
    "decide",
    "evolve",
    "machine",
]


def _index(snapshot: Snapshot[Case]) -> Index:
    body = snapshot.body
    return Index(contract=body.contract, policy=body.policy)


OUTCOMES = {
    "not_needed": "no review needed",
    "authorised": "authorised",
    "further_session": "one further session",
    "denied": "denied",
}
"""What a list says of an ended case, by the outcome of its review."""


def _listing(snapshot: Snapshot[Case]) -> Listing:
    body = snapshot.body
    review = body.review
    figures = {
        "kind": body.kind,
        "sessions": None if review is None else review.sessions,
        "open_slips": body.open_slips,
    }
    if not CASE_REVIEW.state(snapshot.state).final:
        return Listing(figures=figures)
    said = [None if review is None else OUTCOMES[review.outcome]]
    said += [
        None if review is None or review.destination is None else f"to {as_words(review.destination)}",
        None if body.discontinued is None else as_words(body.discontinued),
        "action on the notes" if body.notes_review is not None and body.notes_review.action is not None else None,
    ]
    return Listing(figures=figures, ended_at=snapshot.at, how=tuple(filter(None, said)))


def _terms(policy: Policy, _body: object, _command: object) -> Terms:
    return policy.case_review.terms


def _numbers(policy: Policy) -> Figures:
    return policy.case_review.figures


def _adopting() -> Adopting:
    from eap_workflow.workflows.case_review.adoption import ADOPTING

    return ADOPTING


PROCESS = Process(
    workflow=CASE_REVIEW.bind(PREDICATES),
    fold=fold,
    facts={"open_case": opening, ADOPT: opened_elsewhere},
    commands=COMMANDS,
    fact_types={"open_case": Opening, ADOPT: Opening},
    body_type=Case,
    index=_index,
    terms=_terms,
    numbers=_numbers,
    listing=_listing,
    adopting=_adopting,
)
"""The case-review workflow, bound and ready to be asked."""

can: Final = PROCESS.can
decide: Final = PROCESS.decide
advance: Final = PROCESS.advance
evolve: Final = PROCESS.evolve
body_of: Final = PROCESS.body_of
machine: Final = PROCESS.machine
