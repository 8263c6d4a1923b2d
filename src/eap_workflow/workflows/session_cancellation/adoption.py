"""A cancellation that comes from another system, in the state in which it is: taken over, and written for another to take over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eap_workflow.adoption.fields import copied
from eap_workflow.adoption.opened import adopting
from eap_workflow.process import ADOPT
from eap_workflow.workflows.session_cancellation import PROCESS
from eap_workflow.workflows.session_cancellation.adopted import (
    Adopt,
    AdoptedConcern,
    AdoptedEscalation,
    AdoptedGrowth,
    AdoptedNote,
    AdoptedRebooking,
    AdoptedRecords,
    AdoptedTelling,
    AdoptedTicket,
)
from eap_workflow.workflows.session_cancellation.claims import CLAIMS, LIMITS, order
from eap_workflow.workflows.session_cancellation.commands import Cancel

if TYPE_CHECKING:
    from eap_workflow.policy import Policy
    from eap_workflow.steps import Snapshot
    from eap_workflow.workflows.session_cancellation.cancellation import Cancellation


def stated(snapshot: Snapshot, policy: Policy) -> Adopt:
    """State a cancellation as it stands."""
    body: Cancellation = snapshot.body
    return Adopt(
        state=snapshot.state,
        opened_on=body.cancelled_on,
        policy=body.policy,
        opening=copied(Cancel, body),
        trouble=body.trouble,
        told=copied(AdoptedTelling, body.told),
        withdrawn=body.withdrawn,
        rebooking=copied(AdoptedRebooking, body.rebooking),
        records=copied(
            AdoptedRecords,
            body.records,
            notes=tuple(copied(AdoptedNote, each) for each in body.records.notes),
            tickets=tuple(copied(AdoptedTicket, each) for each in body.records.tickets),
        ),
        growth=copied(AdoptedGrowth, body.growth),
        escalations=tuple(copied(AdoptedEscalation, each) for each in body.escalations),
        concerns=tuple(copied(AdoptedConcern, each) for each in body.concerns),
        limits=LIMITS.of(snapshot, policy),
    )


ADOPTING = adopting(Adopt, LIMITS, CLAIMS, order, PROCESS.facts[ADOPT], stated)
"""How cancellations are taken over."""
