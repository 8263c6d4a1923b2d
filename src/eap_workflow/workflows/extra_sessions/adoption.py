"""A request that comes from another system, in the state in which it is: taken over, and written for another to take over."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from eap_workflow import deadlines
from eap_workflow.adoption.claims import refuse_contradictions
from eap_workflow.adoption.fields import copied, resting_states
from eap_workflow.adoption.limits import done
from eap_workflow.process import Adopting
from eap_workflow.states import EXTRA_SESSIONS
from eap_workflow.terms import NO_TERMS
from eap_workflow.workflows.extra_sessions.adopted import (
    LIMITS,
    Adopt,
    AdoptedDecision,
    AdoptedForm,
    AdoptedHolder,
    AdoptedLimit,
    AdoptedSubmission,
)
from eap_workflow.workflows.extra_sessions.claims import CLAIMS

if TYPE_CHECKING:
    from eap_workflow.deadlines import Deadline
    from eap_workflow.policy import Policy, PolicyRef
    from eap_workflow.process import Context
    from eap_workflow.steps import Snapshot
    from eap_workflow.terms import Terms
    from eap_workflow.values import Reference
    from eap_workflow.workflows.extra_sessions.request import ExtraSessions


def limits(stated: Adopt, context: Context) -> tuple[Deadline, ...]:
    """Give the limits that run, with the dates that were stated, once everything holds together (IN-12).

    Raises:
        Refused: Something does not; the verdict has every reason.
        CoverageError: A calendar does not reach as far as a limit does.
    """
    refuse_contradictions(EXTRA_SESSIONS, CLAIMS, stated, context)
    running: tuple[Deadline, ...] = ()
    if context.policy is None:
        return running
    start = partial(deadlines.stated, terms=context.policy.limits.terms, offices=context.offices)
    for each in stated.limits:
        limit = LIMITS[each.limit]
        stages = tuple(LIMITS[name] for name in limit.chain) or (limit,)
        if limit.chain and stated.details is None:
            # Without a review, the employer's decision is all there is of the path (XS-05).
            stages = stages[-1:]
        running += (start(limit, stages, started_at=each.started_at, due_on=each.due_on, done=each.done),)
    return running


def stated(snapshot: Snapshot, policy: Policy | None) -> Adopt:
    """State a request as it stands; a draft that names no contract has no policy."""
    body: ExtraSessions = snapshot.body
    terms: Terms = NO_TERMS if policy is None else policy.limits.terms
    running = tuple(
        AdoptedLimit(
            limit=each.limit,
            started_at=each.started_at,
            due_on=each.due_on,
            done=done(EXTRA_SESSIONS, snapshot, terms, each.limit),
        )
        for each in snapshot.deadlines
    )
    return Adopt(
        state=snapshot.state,
        form=copied(AdoptedForm, body.form),
        holder=copied(AdoptedHolder, body.holder),
        submission=copied(AdoptedSubmission, body.submission),
        details=body.details,
        sessions=body.sessions,
        reviewed_by=body.reviewed_by,
        put_to_employer_at=body.put_to_employer_at,
        decision=copied(AdoptedDecision, body.decision),
        relayed_at=body.relayed_at,
        limits=running,
    )


def _keeps(stated: Adopt) -> PolicyRef | None:
    return None if stated.submission is None else stated.submission.policy


def _contract(stated: Adopt) -> Reference | None:
    return stated.form.contract if stated.state == "draft" else None


ADOPTING = Adopting(
    command=Adopt,
    states=resting_states(EXTRA_SESSIONS),
    claims=CLAIMS,
    limits=limits,
    keeps=_keeps,
    contract=_contract,
    stated=stated,
)
"""How extra-sessions requests are taken over."""
