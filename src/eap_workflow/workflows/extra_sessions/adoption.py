"""A request that comes from another system, in the state in which it is: taken over, and written for another to take over."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import attrs

from eap_workflow import deadlines
from eap_workflow.envelope import Envelope
from eap_workflow.errors import Refused
from eap_workflow.process import ADOPT, Adopting
from eap_workflow.states import EXTRA_SESSIONS
from eap_workflow.verdict import Verdict
from eap_workflow.workflows.extra_sessions.adopted import (
    LIMITS,
    RESTING,
    Adopt,
    AdoptedDecision,
    AdoptedForm,
    AdoptedHolder,
    AdoptedLimit,
    AdoptedSubmission,
)
from eap_workflow.workflows.extra_sessions.claims import contradictions, scheduled

if TYPE_CHECKING:
    from datetime import datetime

    from eap_workflow.deadlines import Deadline
    from eap_workflow.policy import Policy
    from eap_workflow.process import Context
    from eap_workflow.steps import Snapshot
    from eap_workflow.values import Actor, Reference


def limits(stated: Adopt, context: Context) -> tuple[Deadline, ...]:
    """Give the limits that run, with the dates that were stated, once everything holds together (IN-12).

    Raises:
        Refused: Something does not; the verdict has every reason.
        CoverageError: A calendar does not reach as far as a limit does.
    """
    reasons = contradictions(stated, context)
    if reasons:
        raise Refused(Verdict(trigger=ADOPT, state=EXTRA_SESSIONS.start, reasons=reasons))
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


ADOPTING = Adopting(command=Adopt, states=RESTING, limits=limits)
"""How extra-sessions requests are taken over."""


def adoption_of(
    snapshot: Snapshot,
    policy: Policy | None,
    *,
    by: Actor,
    at: datetime | None = None,
    id: Reference | None = None,  # noqa: A002
) -> Envelope:
    """Write a request as it stands so that another store can take it over: the other direction of `adopt`.

    The request is the same there, with the same dates; its trail begins anew, with the one step that took it over.

    Args:
        snapshot: The request as it stands.
        policy: Its own policy; None for a draft that names no contract.
        by: Who takes it over.
        at: When; the instant of its last step, where none is given.
        id: The id of the command.
    """
    body = snapshot.body
    running = []
    for deadline in snapshot.deadlines:
        waiting = [move.trigger for move in snapshot.clock if move.limit == deadline.limit]
        done = () if policy is None else scheduled(policy, deadline.limit)
        running.append(
            AdoptedLimit(
                limit=deadline.limit,
                started_at=deadline.started_at,
                due_on=deadline.due_on,
                done=tuple(trigger for trigger in done if trigger not in waiting),
            )
        )
    command = Adopt(
        state=snapshot.state,
        form=_copied(AdoptedForm, body.form),
        holder=_copied(AdoptedHolder, body.holder),
        submission=_copied(AdoptedSubmission, body.submission),
        details=body.details,
        sessions=body.sessions,
        reviewed_by=body.reviewed_by,
        put_to_employer_at=body.put_to_employer_at,
        decision=_copied(AdoptedDecision, body.decision),
        relayed_at=body.relayed_at,
        limits=tuple(running),
    )
    return Envelope(request=snapshot.request, at=snapshot.at if at is None else at, by=by, id=id, command=command)


def _copied(cls: Any, value: Any) -> Any:
    return None if value is None else cls(**{each.name: getattr(value, each.name) for each in attrs.fields(cls)})
