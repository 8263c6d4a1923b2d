"""A contact that comes from another system, in the state in which it is: taken over, and written for another to take over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eap_workflow.adoption.fields import copied
from eap_workflow.adoption.opened import adopting
from eap_workflow.process import ADOPT
from eap_workflow.workflows.outreach import PROCESS
from eap_workflow.workflows.outreach.adopted import Adopt, AdoptedAttempt, AdoptedCall
from eap_workflow.workflows.outreach.claims import CLAIMS, LIMITS, order
from eap_workflow.workflows.outreach.commands import MEANS, OpenContact

if TYPE_CHECKING:
    from eap_workflow.policy import Policy
    from eap_workflow.steps import Snapshot
    from eap_workflow.workflows.outreach.contact import Contact


def stated(snapshot: Snapshot, policy: Policy) -> Adopt:
    """State a contact as it stands."""
    body: Contact = snapshot.body
    return Adopt(
        state=snapshot.state,
        opened_at=body.received_at,
        policy=body.policy,
        opening=OpenContact(
            contract=body.contract,
            partner=body.partner,
            reason=body.reason,
            with_whom=body.with_whom,
            person=body.person,
            case=body.case,
            urgency=body.urgency,
            **{name: getattr(body.means, name) for name in MEANS},
        ),
        attempts=tuple(copied(AdoptedAttempt, each) for each in body.attempts),
        call=None if body.call is None else copied(AdoptedCall, body.call),
        acknowledged_at=body.acknowledged_at,
        wpo_told_at=body.wpo_told_at,
        escalation=body.escalation,
        limits=LIMITS.of(snapshot, policy),
    )


ADOPTING = adopting(Adopt, LIMITS, CLAIMS, order, PROCESS.facts[ADOPT], stated)
"""How contacts are taken over."""
