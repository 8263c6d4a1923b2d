"""A store whose transactions fail when they are told to: what a database does on a full disk or a lost connection."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from eap_workflow.process_set import Processes
from eap_workflow.store import NOTHING_EXPECTED, Expected, Store, Transaction


class Broken(Exception):
    """What a store is made to fail with."""


class FailingStore:
    """A store whose transactions fail at one of their calls.

    Args:
        store: The store.
        fails_at: At which call, from 1; 0 for none.
    """

    def __init__(self, store: Store, fails_at: int) -> None:
        self._store = store
        self.fails_at = fails_at
        self.calls: int = 0
        self.processes: Processes = store.processes
        self.reading: Callable[[], AbstractContextManager[Transaction]] = store.reading

    def batch(self, expected: Expected = NOTHING_EXPECTED) -> AbstractContextManager[Store]:
        """Begin one transaction for many; it does not fail by itself."""
        return self._store.batch(expected)

    def within(self, connection: Any) -> Store:
        """The store inside a transaction of somebody else's; it does not fail by itself."""
        return self._store.within(connection)

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """Begin a transaction that counts what is asked of it."""
        with self._store.transaction() as transaction:
            yield _Counting(self, transaction)
            self.count()

    def count(self) -> None:
        """Count a call, and fail if it is the one."""
        self.calls += 1
        if self.calls == self.fails_at:
            raise Broken


class _Counting:
    def __init__(self, store: FailingStore, transaction: Any) -> None:
        self._store = store
        self._transaction = transaction

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: Any) -> Any:
            result = getattr(self._transaction, name)(*arguments)
            self._store.count()
            return result

        return call
