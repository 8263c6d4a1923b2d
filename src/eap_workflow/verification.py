"""Checking the record: that no stored step was edited, removed, reordered or put in, and that each request is what its steps say.

The chains are read many at once and compared as they are stored; only that a request stands as its steps say takes reading
what they mean, which takes four times as long, and can be left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eap_workflow.errors import Unknown
from eap_workflow.processes import are_all
from eap_workflow.store import Chain, chain_of, paging, removals
from eap_workflow.store.chain import Finding, findings
from eap_workflow.store.contents import UNREADABLE, steps_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from eap_workflow.steps import Snapshot
    from eap_workflow.store import Store, Transaction


def verify(store: Store, *, standing: bool = True) -> Iterator[Finding]:
    """Check every chain of a store, request by request, and the chain of removals.

    Args:
        store: The store; it is only read, a page of requests a transaction.
        standing: Whether to add up each request's steps as well and to compare what they come to with how the request is
            kept; without it only the chains are checked.

    Yields:
        What was found, by request; nothing where all is as it was written.
    """
    yield from verify_removals(store)
    yield from verify_between(store, "", None, standing=standing)


def verify_removals(store: Store) -> Iterator[Finding]:
    """Check the chain of removals."""
    try:
        with store.reading() as transaction:
            found = tuple(removals.findings(removals.every(transaction), transaction.checkpoint(removals.LAST)))
    except UNREADABLE:
        found = (Finding(request="", version=None, what="edited", sentence="a removal cannot be read"),)
    yield from found


def verify_between(store: Store, after: str, last: str | None, *, standing: bool) -> Iterator[Finding]:
    """Check the chains of the requests between two ids.

    Args:
        store: The store.
        after: The id before the first one; empty for the first of all.
        last: The last one; None for the last of all.
        standing: As `verify` takes it.
    """
    while True:
        page, found = _page(store, after, standing=standing)
        yield from (each for each in found if last is None or each.request <= last)
        if len(page) < paging.PAGE or (last is not None and page[-1] >= last):
            return
        after = page[-1]


def _page(store: Store, after: str, *, standing: bool) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    """Check the requests of a page, and name them."""
    try:
        with store.reading() as transaction:
            chains = transaction.chains(after, paging.PAGE)
            found = tuple(verify_chains(store, transaction, chains, standing=standing))
        return tuple(chain.request for chain in chains), found
    except UNREADABLE:
        # One of them cannot even be read from the database: which one, they tell alone.
        with store.reading() as transaction:
            page = transaction.recorded(after, paging.PAGE)
        return page, tuple(finding for request in page for finding in verify_request(store, request, standing=standing))


def verify_request(store: Store, request: str, *, standing: bool = True) -> Iterator[Finding]:
    """Check the chain of one request.

    Args:
        store: The store.
        request: Which; of one that is not there, nothing is found.
        standing: As `verify` takes it.
    """
    try:
        with store.reading() as transaction:
            chain = chain_of(transaction, request)
            chains = () if chain.head is None and not chain.steps else (chain,)
            found = tuple(verify_chains(store, transaction, chains, standing=standing))
    except UNREADABLE:
        sentence = "what is stored of the request cannot be read"
        found = (Finding(request=request, version=None, what="edited", sentence=sentence),)
    yield from found


def verify_chains(
    store: Store, transaction: Transaction, chains: tuple[Chain, ...], *, standing: bool = True
) -> Iterator[Finding]:
    """Check the chains of some requests, and where these are whole, that each stands as its steps say.

    Args:
        store: The store.
        transaction: A transaction of it, in which the chains were read.
        chains: The chains.
        standing: As `verify` takes it.
    """
    found = {chain.request: list(findings(chain.request, chain.steps, chain.head)) for chain in chains}
    if standing:
        for request in _standing_otherwise(store, transaction, [each for each in chains if not found[each.request]]):
            sentence = "the request does not stand as its steps say"
            found[request].append(Finding(request=request, version=None, what="snapshot", sentence=sentence))
    for each in found.values():
        yield from each


def _standing_otherwise(store: Store, transaction: Transaction, chains: Iterable[Chain]) -> frozenset[str]:
    """Add up the steps of some requests, and name those that do not stand as these say."""
    added_up: dict[str, Snapshot] = {}
    otherwise: set[str] = set()
    for chain in chains:
        try:
            snapshot = store.processes.replay(steps_of(store.processes, chain.steps))
        except UNREADABLE:
            snapshot = None
        if snapshot is not None and snapshot.request == chain.request:
            added_up[chain.request] = snapshot
        elif not _is_of_another_service(store, transaction, chain.request):
            otherwise.add(chain.request)
    return transaction.standing_otherwise(added_up) | otherwise


def _is_of_another_service(store: Store, transaction: Transaction, request: str) -> bool:
    """Tell whether a request is of a workflow that this store does not keep: what its steps come to is not ours to say."""
    if are_all(store.processes):
        return False
    try:
        transaction.load(request)
    except Unknown as unknown:
        return unknown.field == "workflow"
    except UNREADABLE:
        return False
    return False
