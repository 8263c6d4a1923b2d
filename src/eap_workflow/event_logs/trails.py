"""The trails of a store, one request after the other, without holding them all.

They come in the order of what stands for the requests. In the order of their ids they would say which request is which, whatever
stands for it, to everybody who has the list of the ids.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from eap_workflow.event_logs.references import REQUEST, unchanged
from eap_workflow.event_logs.spools import InMemory
from eap_workflow.store import paging
from eap_workflow.store.contents import own_step_of
from eap_workflow.values import as_instant

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from eap_workflow.event_logs.references import Naming
    from eap_workflow.event_logs.spools import Spool
    from eap_workflow.process_set import Processes
    from eap_workflow.steps import Step
    from eap_workflow.store import Transaction
    from eap_workflow.store.chain import StoredStep


def trails(  # noqa: PLR0913 - which trails, in which order, and who is told of them
    transaction: Transaction,
    processes: Processes,
    *,
    workflow: str | None = None,
    at: datetime | None = None,
    ended: bool = False,
    naming: Naming = unchanged,
    spool: Spool | None = None,
    read: Callable[[int], object] = lambda _requests: None,
    begin: Callable[[str], object] = lambda _request: None,
) -> Iterator[tuple[Step, ...]]:
    """Give the trail of each request, in the order of what stands for them.

    Args:
        transaction: A transaction that sees one state of the store throughout.
        processes: The workflows of the store.
        workflow: The workflow whose requests are wanted; of all of them, where none is named.
        at: The instant as of which they are wanted, aware: later steps are left out, and requests that were opened later.
        ended: Whether only those are wanted that have ended by then.
        naming: What stands for a request in the log that they are for: the one that the log is written with.
        spool: Where the ids are kept until they are in order; in memory, where none is given. None is needed where they stand
            for themselves.
        read: Told how many requests were read, wanted or not.
        begin: Told of which request the steps are read next.

    Yields:
        The steps of a request, from the first on.

    Raises:
        InvalidType: The instant is not aware.
        Unknown: There is no such workflow.
    """
    at = None if at is None else as_instant(at)
    if workflow is not None:
        processes.named(workflow)
    stored = _by_id(transaction) if naming is unchanged else _by_name(transaction, naming, spool or InMemory())
    for number, (request, steps) in enumerate(stored, 1):
        begin(request)
        trail = tuple(_trail(processes, steps, workflow, at))
        if trail and (not ended or _has_ended(processes, trail[-1])):
            yield trail
        read(number)


def _by_id(transaction: Transaction) -> Iterator[tuple[str, tuple[StoredStep, ...]]]:
    for chain in paging.within(transaction.chains, "", attrgetter("request")):
        yield chain.request, chain.steps


def _by_name(transaction: Transaction, naming: Naming, spool: Spool) -> Iterator[tuple[str, tuple[StoredStep, ...]]]:
    for request in paging.within(transaction.recorded, "", str):
        # Were two to have one name, neither would be lost.
        spool.keep(f"{naming(REQUEST, request)}\0{request}", request)
    for request in spool.texts():
        yield request, transaction.stored(request)


def _has_ended(processes: Processes, last: Step) -> bool:
    return processes.named(last.workflow).workflow.state(last.target).final


def _trail(
    processes: Processes, steps: tuple[StoredStep, ...], workflow: str | None, at: datetime | None
) -> Iterator[Step]:
    for stored in steps:
        step = own_step_of(processes, stored.format, stored.content)
        if step is None or workflow not in (None, step.workflow) or (at is not None and step.at > at):
            return
        yield step
