"""Whether what lies beside the chain, the policy and the calendars, still says what the steps took from it when they were made.

The chain does not cover it. But each limit holds the fingerprint of its calendar and how long it was, and a submission holds numbers
of its policy; so whoever edits a policy or a calendar in the database makes it differ from what a step has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eap_workflow.store.contents import UNREADABLE
from eap_workflow.values import as_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from eap_workflow.policy import Policy
    from eap_workflow.process import Process
    from eap_workflow.service import Service
    from eap_workflow.steps import Snapshot, Step


def differences(service: Service, process: Process, steps: Sequence[Step], policy: Policy | None) -> tuple[str, ...]:
    """Find where the policy and the calendars are not what the steps have of them, a sentence each.

    Args:
        service: Where they are kept.
        process: The request's workflow.
        steps: The request's steps, in order.
        policy: Its policy; None where there is none.
    """
    of_calendars = _of_calendars(service, steps)
    return (*of_calendars, *(() if policy is None else dict.fromkeys(_of_policy(process, steps, policy))))


def _of_calendars(service: Service, steps: Sequence[Step]) -> Iterator[str]:
    looked_at: set[str] = set()
    for step in steps:
        for deadline in step.started:
            calendars = {part.basis.calendar for part in deadline.due.parts}
            if calendars <= looked_at:
                continue
            looked_at |= calendars
            try:
                service.counted_on(deadline)
            except UNREADABLE:
                yield f"the calendar that the limit {as_words(deadline.limit)} was counted on is not what was kept"


def _of_policy(process: Process, steps: Sequence[Step], policy: Policy) -> Iterator[str]:
    said = "the policy that is kept is not the one that the request was submitted under"
    after: Snapshot | None = None
    for step in steps:
        before, after = after, process.evolve(after, step)
        if process.index(after).policy != policy.ref:
            continue
        threshold = getattr(step.facts, "threshold", None)
        if threshold is not None and threshold != policy.review.threshold:
            yield f"{said}: its threshold was {threshold} at step {step.version}, and is {policy.review.threshold}"
        row = process.workflow.row(step.source, step.trigger)
        # Another version of the table may have started other limits there.
        if row is None or step.table != process.workflow.fingerprint:
            continue
        plain = {stage.limit.name for stage in row.starts}
        terms = process.terms(policy, None if before is None else before.body, step.command)
        for deadline in step.started:
            due, term = deadline.due, terms.get(deadline.limit)
            name = as_words(deadline.limit)
            if deadline.limit in plain and due.stated_on is None:
                lasts = (0, None) if term is None else (term.working_days or 0, term.elapsed_hours)
                if lasts != (due.working_days, due.elapsed_hours):
                    yield f"{said}: by it the limit {name} would be of another length than at step {step.version}"
            party = getattr(policy.parties, due.basis.party)
            if (party.zone, party.reading, party.cutoff) != (due.basis.zone, due.basis.reading, due.basis.cutoff):
                yield f"{said}: by it the days of the {due.basis.party} would be others than at step {step.version}"
