"""Outreach: a partner makes contact with a participant or a provider, from the reason to the end.

`can`, `decide` and `evolve` are the whole of it; the table that they follow is `eap_workflow.states.OUTREACH`. What a
colleague reads who picks a contact up is `handover`, and which one comes first says `outreach_queue`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from eap_workflow.opening import Opening, opened_elsewhere, opening, policy_opened_under
from eap_workflow.process import ADOPT, Index, Listing, Process
from eap_workflow.states import OUTREACH
from eap_workflow.terms import NO_TERMS
from eap_workflow.values import as_words
from eap_workflow.workflows.outreach.commands import (
    COMMANDS,
    Acknowledge,
    Attempt,
    ChangeMeans,
    Escalate,
    Exhaust,
    OpenContact,
    RaiseRisk,
    ReceiveCall,
)
from eap_workflow.workflows.outreach.contact import (
    AttemptMade,
    CallReceived,
    Contact,
    ContactOpening,
    Means,
    fold,
)
from eap_workflow.workflows.outreach.guards import PREDICATES
from eap_workflow.workflows.outreach.handover import Handover, handover
from eap_workflow.workflows.outreach.queue import outreach_queue

if TYPE_CHECKING:
    from eap_workflow.policy import Policy
    from eap_workflow.process import Adopting, Context
    from eap_workflow.steps import Snapshot
    from eap_workflow.terms import Terms
    from eap_workflow.terms.figures import Figures

__all__ = [
    "COMMANDS",
    "PROCESS",
    "Acknowledge",
    "Attempt",
    "AttemptMade",
    "CallReceived",
    "ChangeMeans",
    "Contact",
    "ContactOpening",
    "Escalate",
    "Exhaust",
    "Handover",
    "Means",
    "OpenContact",
    "RaiseRisk",
    "ReceiveCall",
    "advance",
    "body_of",
    "can",
    "decide",
    "evolve",
    "handover",
    "machine",
    "outreach_queue",
]


def _opening(snapshot: Snapshot | None, command: Any, context: Context) -> ContactOpening:
    return _owed(opening(snapshot, command, context), command, context)


def _opening_elsewhere(snapshot: Snapshot | None, stated: Any, context: Context) -> ContactOpening:
    return _owed(opened_elsewhere(snapshot, stated, context), stated.opening, context)


def _owed(facts: Opening, asked: OpenContact, context: Context) -> ContactOpening:
    owed = policy_opened_under(context).outreach.reasons[asked.reason].attempts
    return ContactOpening(policy=facts.policy, opened_on=facts.opened_on, attempts=owed)


def _index(snapshot: Snapshot[Contact]) -> Index:
    body = snapshot.body
    return Index(contract=body.contract, policy=body.policy)


def _listing(snapshot: Snapshot[Contact]) -> Listing:
    body = snapshot.body
    figures: dict[str, int | str | None] = {
        "reason": body.reason,
        "urgency": body.urgency,
        "attempts": len(body.attempts),
        "of": body.owed,
    }
    if not OUTREACH.state(snapshot.state).final:
        return Listing(figures=figures)
    return Listing(figures=figures, ended_at=snapshot.at, how=tuple(_how(body)))


def _how(body: Contact) -> list[str]:
    said = []
    last = body.last
    if body.is_reached and last is not None:
        said.append("they got in touch" if body.call is not None else f"by {last.channel.replace('email', 'e-mail')}")
        if last.agreed is not None:
            said.append(as_words(last.agreed))
    if body.is_dissatisfied:
        said.append("dissatisfied")
    if body.escalation is not None:
        said.append(as_words(body.escalation))
    if body.wpo_told_at is not None:
        said.append("WPO told")
    if body.urgency != "routine":
        said.append("at risk" if body.urgency == "risk" else "urgent")
    return said


def _terms(policy: Policy, body: Contact | None, command: Any) -> Terms:
    reason = getattr(command, "reason", None) if body is None else body.reason
    return NO_TERMS if reason is None else policy.outreach.reasons[reason].terms


def _numbers(policy: Policy) -> Figures:
    return policy.outreach.figures


def _adopting() -> Adopting:
    from eap_workflow.workflows.outreach.adoption import ADOPTING

    return ADOPTING


PROCESS = Process(
    workflow=OUTREACH.bind(PREDICATES),
    fold=fold,
    facts={"open_contact": _opening, ADOPT: _opening_elsewhere},
    commands=COMMANDS,
    fact_types={"open_contact": ContactOpening, ADOPT: ContactOpening},
    body_type=Contact,
    index=_index,
    terms=_terms,
    numbers=_numbers,
    listing=_listing,
    adopting=_adopting,
)
"""The outreach workflow, bound and ready to be asked."""

can: Final = PROCESS.can
decide: Final = PROCESS.decide
advance: Final = PROCESS.advance
evolve: Final = PROCESS.evolve
body_of: Final = PROCESS.body_of
machine: Final = PROCESS.machine
