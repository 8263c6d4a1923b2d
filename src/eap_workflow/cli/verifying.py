"""The check of a record by several processes beside each other, each with a connection of its own.

A process checks some 25,000 steps a second, and one core has no more to give. Requests have nothing to do with each other, so
a page of them is checked by whoever is free; what is found comes in the same order as from one process.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import pairwise
from multiprocessing import get_context
from typing import TYPE_CHECKING

from eap_workflow.errors import StoreError
from eap_workflow.processes import every_process
from eap_workflow.store import paging
from eap_workflow.store.sql import SqlStore
from eap_workflow.verification import verify, verify_between, verify_removals

if TYPE_CHECKING:
    from eap_workflow.store import Store
    from eap_workflow.store.chain import Finding

FEW_PAGES = 20
"""So few pages one process has checked before others have been started."""

CLOSED = "a process that checked a part of the record has ended before it was done"


def findings(store: Store, url: str, processes: int | None, *, standing: bool) -> Iterator[Finding]:
    """Check every chain of a store, and the chain of removals.

    Args:
        store: The store.
        url: Where it is, for the other processes.
        processes: How many processes check it; None for as many as there are cores, where there is enough to do.
        standing: As `eap_workflow.verification.verify` takes it.

    Raises:
        StoreError: One of the processes was ended.
    """
    # One process needs to know of no page beforehand.
    ends = [] if processes == 1 else list(_ends_of_pages(store))
    if processes is None:
        processes = _cores() if len(ends) > FEW_PAGES else 1
    if min(processes, len(ends)) <= 1:
        yield from verify(store, standing=standing)
        return
    yield from verify_removals(store)
    # What came after the last page that was seen is of the last one too.
    spans = list(pairwise(["", *ends[:-1], None]))
    # Not forked off: a copy of this process would hold its connections as well.
    context = get_context("spawn")
    is_cut_off = False
    with ProcessPoolExecutor(min(processes, len(ends)), context, _open, (url,)) as pool:
        try:
            for found in pool.map(_found, *zip(*spans, strict=True), [standing] * len(spans)):
                yield from found
        except BrokenProcessPool:
            is_cut_off = True
    if is_cut_off:
        raise StoreError(CLOSED)


def _ends_of_pages(store: Store) -> Iterator[str]:
    """The last request of each page."""
    after = ""
    while True:
        with store.reading() as transaction:
            page = transaction.recorded(after, paging.PAGE)
        if page:
            after = page[-1]
            yield after
        if len(page) < paging.PAGE:
            return


def _cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


# --- in the other processes ---

_opened: list[SqlStore] = []


def _open(url: str) -> None:
    _opened.append(SqlStore(url, every_process(), create=False))


def _found(after: str, last: str | None, standing: bool) -> tuple[Finding, ...]:  # noqa: FBT001 - mapped over
    return tuple(verify_between(_opened[0], after, last, standing=standing))
