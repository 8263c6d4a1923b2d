"""The trails of a store, one request after the other, without holding them all."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from eap_workflow.store import paging
from eap_workflow.store.contents import own_step_of
from eap_workflow.values import as_instant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from eap_workflow.process import Processes
    from eap_workflow.steps import Step
    from eap_workflow.store import Chain, Transaction


def trails(
    transaction: Transaction,
    processes: Processes,
    *,
    workflow: str | None = None,
    at: datetime | None = None,
    ended: bool = False,
    read: Callable[[int], object] = lambda _requests: None,
) -> Iterator[tuple[Step, ...]]:
    """Give the trail of each request, in the order of their ids.

    Args:
        transaction: A transaction that sees one state of the store throughout.
        processes: The workflows of the store.
        workflow: The workflow whose requests are wanted; of all of them, where none is named.
        at: The instant as of which they are wanted, aware: later steps are left out, and requests that were opened later.
        ended: Whether only those are wanted that have ended by then.
        read: Told how many requests were read, wanted or not.

    Yields:
        The steps of a request, from the first on.

    Raises:
        InvalidType: The instant is not aware.
        Unknown: There is no such workflow.
    """
    at = None if at is None else as_instant(at)
    if workflow is not None:
        processes.named(workflow)
    for number, chain in enumerate(paging.within(transaction.chains, "", attrgetter("request")), 1):
        trail = tuple(_trail(processes, chain, workflow, at))
        if trail and (not ended or _has_ended(processes, trail[-1])):
            yield trail
        read(number)


def _has_ended(processes: Processes, last: Step) -> bool:
    return processes.named(last.workflow).workflow.state(last.target).final


def _trail(processes: Processes, chain: Chain, workflow: str | None, at: datetime | None) -> Iterator[Step]:
    for stored in chain.steps:
        step = own_step_of(processes, stored.format, stored.content)
        if step is None or workflow not in (None, step.workflow) or (at is not None and step.at > at):
            return
        yield step
