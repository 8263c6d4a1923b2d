"""Everything that a store would give page by page, as one stream, with a transaction of its own for each page."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from eap_workflow.store import Store, Transaction

T = TypeVar("T")
A = TypeVar("A")

PAGE = 500


def every(store: Store, page_after: Callable[[Transaction, T | A, int], tuple[T, ...]], start: A) -> Iterator[T]:
    """Give one after the other, without holding them all: a reader who takes their time holds nobody up.

    Args:
        store: The store.
        page_after: Gives a page: at most so many, after the last one of the page before.
        start: What stands for the last one before the first page.
    """
    after: T | A = start
    while True:
        with store.reading() as transaction:
            page = page_after(transaction, after, PAGE)
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1]
