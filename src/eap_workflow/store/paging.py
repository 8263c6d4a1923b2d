"""Everything that a store would give page by page, as one stream: with a transaction of its own for each page, or within one."""

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

    def page(after: T | A, most: int) -> tuple[T, ...]:
        with store.reading() as transaction:
            return page_after(transaction, after, most)

    def itself(last: T | A) -> T | A:
        return last

    first: T | A = start
    return within(page, first, itself)


def within(page_after: Callable[[A, int], tuple[T, ...]], start: A, place: Callable[[T], A]) -> Iterator[T]:
    """Give one after the other what one transaction has pages of, without holding them all.

    Args:
        page_after: Gives a page: at most so many, after a place.
        start: The place before the first page.
        place: Gives the place of the last one of a page.
    """
    after = start
    while True:
        page = page_after(after, PAGE)
        yield from page
        if len(page) < PAGE:
            return
        after = place(page[-1])
