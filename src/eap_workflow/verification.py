"""Checking the record: that no stored step was edited, removed, reordered or put in, and that each request is what its steps say.

The chains are read many at once and compared as they are stored; only that a request stands as its steps say takes reading
what they mean, which takes ten times as long and more, and can be left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eap_workflow.errors import EapWorkflowError, Unknown
from eap_workflow.processes import are_all
from eap_workflow.store import Chain, paging, removals
from eap_workflow.store.chain import Finding, findings
from eap_workflow.store.reading import read_step

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eap_workflow.process import Processes
    from eap_workflow.steps import Step
    from eap_workflow.store import Store, Transaction

UNREADABLE = (EapWorkflowError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What is raised by a content that somebody wrote by hand, which can be anything."""


def verify(store: Store, *, standing: bool = True) -> Iterator[Finding]:
    """Check every chain of a store, request by request, and the chain of removals.

    Args:
        store: The store; it is only read, a page of requests a transaction.
        standing: Whether to add up each request's steps as well and to compare what they come to with how the request is
            kept; without it only the chains are checked.

    Yields:
        What was found, by request; nothing where all is as it was written.
    """
    try:
        with store.reading() as transaction:
            found = tuple(removals.findings(removals.every(transaction), transaction.checkpoint(removals.LAST)))
    except UNREADABLE:
        found = (Finding(request="", version=None, what="edited", sentence="a removal cannot be read"),)
    yield from found
    after = ""
    while True:
        page, found = _page(store, after, standing=standing)
        yield from found
        if len(page) < paging.PAGE:
            return
        after = page[-1]


def _page(store: Store, after: str, *, standing: bool) -> tuple[tuple[str, ...], tuple[Finding, ...]]:
    """Check the requests of a page, and name them."""
    try:
        with store.reading() as transaction:
            chains = transaction.chains(after, paging.PAGE)
            found = [
                finding
                for chain in chains
                for finding in verify_request(store, transaction, chain.request, chain, standing=standing)
            ]
        return tuple(chain.request for chain in chains), tuple(found)
    except UNREADABLE:
        # One of them cannot even be read from the database: which one, they tell alone.
        with store.reading() as transaction:
            page = transaction.recorded(after, paging.PAGE)
        return page, tuple(finding for request in page for finding in _alone(store, request, standing=standing))


def _alone(store: Store, request: str, *, standing: bool) -> Iterator[Finding]:
    try:
        with store.reading() as transaction:
            found = tuple(verify_request(store, transaction, request, standing=standing))
    except UNREADABLE:
        sentence = "what is stored of the request cannot be read"
        found = (Finding(request=request, version=None, what="edited", sentence=sentence),)
    yield from found


def verify_request(
    store: Store, transaction: Transaction, request: str, chain: Chain | None = None, *, standing: bool = True
) -> Iterator[Finding]:
    """Check the chain of one request, and that its snapshot is what its steps add up to.

    Args:
        store: The store.
        transaction: A transaction of it.
        request: Which request.
        chain: Its chain, where it was read already.
        standing: Whether to check the snapshot as well.
    """
    if chain is None:
        chain = Chain(request=request, head=transaction.head(request), steps=transaction.stored(request))
    if not chain.steps and chain.head is None:
        return
    found = False
    for finding in findings(request, chain.steps, chain.head):
        found = True
        yield finding
    if found or not standing:
        return
    try:
        snapshot = transaction.load(request)
    except Unknown as unknown:
        # The chain of another service's workflow is checked; what its steps add up to is that service's to say.
        if unknown.field == "workflow" and not are_all(store.processes):
            return
        snapshot = None
    except UNREADABLE:
        snapshot = None
    try:
        whole = snapshot == store.processes.replay(_steps(store.processes, chain))
        whole = whole and transaction.agrees(request)
    except UNREADABLE:
        whole = False
    if not whole:
        sentence = "the request does not stand as its steps say"
        yield Finding(request=request, version=None, what="snapshot", sentence=sentence)


def _steps(processes: Processes, chain: Chain) -> Iterator[Step]:
    for each in chain.steps:
        yield read_step(processes, each.format, each.content)
