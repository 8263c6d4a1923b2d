"""Session cancellation: a therapist cancels or postpones; the client is told, the session rebooked or not, all of it recorded.

`can`, `decide` and `evolve` are the whole of it; the table that they follow is `eap_workflow.states.SESSION_CANCELLATION`.
What an absence does to all of its sessions at once stands in `absence`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from eap_workflow.opening import Opening, opened_elsewhere, opening
from eap_workflow.process import ADOPT, Index, Listing, Process
from eap_workflow.states import SESSION_CANCELLATION
from eap_workflow.workflows.session_cancellation.absence import (
    cancel_sessions,
    end_absence,
    extend_absence,
    update_sessions,
)
from eap_workflow.workflows.session_cancellation.cancellation import (
    Cancellation,
    Concern,
    Escalation,
    Growth,
    Note,
    Rebooking,
    Records,
    Telling,
    Ticket,
    fold,
)
from eap_workflow.workflows.session_cancellation.commands import (
    COMMANDS,
    AskSupport,
    Cancel,
    Close,
    ConfirmSession,
    ConfirmTold,
    DeclineRebooking,
    EndAbsence,
    EnterSession,
    Escalate,
    ExtendAbsence,
    HandBack,
    MarkAttendance,
    OfferSlots,
    RaiseConcern,
    RaiseTicket,
    Rebook,
    ReopenRebooking,
    StateContactDay,
    TellClient,
    UpdateAbsence,
    Withdraw,
    WriteNote,
)
from eap_workflow.workflows.session_cancellation.guards import PREDICATES

if TYPE_CHECKING:
    from eap_workflow.policy import Policy
    from eap_workflow.process import Adopting
    from eap_workflow.steps import Snapshot
    from eap_workflow.terms import Terms
    from eap_workflow.terms.figures import Figures

__all__ = [
    "COMMANDS",
    "PROCESS",
    "AskSupport",
    "Cancel",
    "Cancellation",
    "Close",
    "Concern",
    "ConfirmSession",
    "ConfirmTold",
    "DeclineRebooking",
    "EndAbsence",
    "EnterSession",
    "Escalate",
    "Escalation",
    "ExtendAbsence",
    "Growth",
    "HandBack",
    "MarkAttendance",
    "Note",
    "OfferSlots",
    "RaiseConcern",
    "RaiseTicket",
    "Rebook",
    "Rebooking",
    "Records",
    "ReopenRebooking",
    "StateContactDay",
    "TellClient",
    "Telling",
    "Ticket",
    "UpdateAbsence",
    "Withdraw",
    "WriteNote",
    "advance",
    "body_of",
    "can",
    "cancel_sessions",
    "decide",
    "end_absence",
    "evolve",
    "extend_absence",
    "machine",
    "update_sessions",
]


def _index(snapshot: Snapshot[Cancellation]) -> Index:
    body = snapshot.body
    # The absence is what the sessions that it cancels share; a store finds them by it.
    return Index(contract=body.contract, policy=body.policy, assist_case=body.absence)


HOW = {
    "client_declined": "rebooking declined",
    "client_not_reached": "client not reached",
    "other_support": "other support",
    "session_goes_ahead": "session goes ahead",
    "entered_in_error": "entered in error",
}


def _listing(snapshot: Snapshot[Cancellation]) -> Listing:
    body = snapshot.body
    absence = None if body.absence is None else "yes"
    figures = {
        "rebooking": body.rebooking.outcome,
        "records_missing": len(body.missing),
        "absence": absence if body.growth.longer_since is None else "longer",
        "escalations": len(body.escalations),
        "concerns": len(body.concerns),
    }
    if not SESSION_CANCELLATION.state(snapshot.state).final:
        return Listing(figures=figures)
    tickets = len({each.record for each in body.records.tickets if not body.records.has(each.record)})
    said = [HOW.get(str(body.withdrawn or body.rebooking.ground), "rebooked")]
    if tickets:
        said.append(f"records by ticket: {tickets}")
    return Listing(figures=figures, ended_at=snapshot.at, how=tuple(said))


def _terms(policy: Policy, _body: object, command: object) -> Terms:
    terms = policy.session_cancellation
    # The one limit that is no contract's: it is as long as the client was told.
    return terms.terms_with(command.on) if isinstance(command, StateContactDay) else terms.terms


def _numbers(policy: Policy) -> Figures:
    return policy.session_cancellation.figures


def _adopting() -> Adopting:
    from eap_workflow.workflows.session_cancellation.adoption import ADOPTING

    return ADOPTING


PROCESS = Process(
    workflow=SESSION_CANCELLATION.bind(PREDICATES),
    fold=fold,
    facts={"cancel": opening, ADOPT: opened_elsewhere},
    commands=COMMANDS,
    fact_types={"cancel": Opening, ADOPT: Opening},
    body_type=Cancellation,
    index=_index,
    terms=_terms,
    numbers=_numbers,
    listing=_listing,
    adopting=_adopting,
)
"""The session-cancellation workflow, bound and ready to be asked."""

can: Final = PROCESS.can
decide: Final = PROCESS.decide
advance: Final = PROCESS.advance
evolve: Final = PROCESS.evolve
body_of: Final = PROCESS.body_of
machine: Final = PROCESS.machine
