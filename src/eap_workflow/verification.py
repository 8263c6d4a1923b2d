"""Checking the record: that no stored step was edited, removed, reordered or put in, and that each request is what its steps say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eap_workflow.errors import EapWorkflowError, Unknown
from eap_workflow.processes import NAMES
from eap_workflow.store import paging, removals
from eap_workflow.store.chain import Finding, findings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eap_workflow.store import Removal, Store, Transaction

UNREADABLE = (EapWorkflowError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What is raised by a content that somebody wrote by hand, which can be anything."""


def verify(store: Store) -> Iterator[Finding]:
    """Check every chain of a store, request by request, and the chain of removals.

    Args:
        store: The store; it is only read, a request a transaction.

    Yields:
        What was found, by request; nothing where all is as it was written.
    """
    try:
        with store.reading() as transaction:
            acts, last = tuple(_removals(transaction)), transaction.checkpoint(removals.LAST)
        yield from removals.findings(acts, last)
    except UNREADABLE:
        yield Finding(request="", version=None, what="edited", sentence="a removal cannot be read")
    for request in paging.every(store, lambda asked, after, most: asked.recorded(after, most), ""):
        try:
            with store.reading() as transaction:
                found = tuple(verify_request(store, transaction, request))
        except UNREADABLE:
            sentence = "what is stored of the request cannot be read"
            found = (Finding(request=request, version=None, what="edited", sentence=sentence),)
        yield from found


def verify_request(store: Store, transaction: Transaction, request: str) -> Iterator[Finding]:
    """Check the chain of one request, and that its snapshot is what its steps add up to.

    Args:
        store: The store.
        transaction: A transaction of it.
        request: Which request.
    """
    steps = transaction.stored(request)
    head = transaction.head(request)
    if not steps and head is None:
        return
    found = False
    for finding in findings(request, steps, head):
        found = True
        yield finding
    if found:
        return
    try:
        snapshot = transaction.load(request)
    except Unknown as unknown:
        # The chain of another service's workflow is checked; what its steps add up to is that service's to say.
        if unknown.field == "workflow" and not set(NAMES) <= set(store.processes.names):
            return
        snapshot = None
    except UNREADABLE:
        snapshot = None
    try:
        whole = snapshot == store.processes.replay(transaction.trail(request))
        whole = whole and transaction.agrees(request)
    except UNREADABLE:
        whole = False
    if not whole:
        sentence = "the request does not stand as its steps say"
        yield Finding(request=request, version=None, what="snapshot", sentence=sentence)


def _removals(transaction: Transaction) -> Iterator[Removal]:
    after = 0
    while True:
        page = transaction.removals(after, paging.PAGE)
        yield from page
        if len(page) < paging.PAGE:
            return
        after = page[-1].number
