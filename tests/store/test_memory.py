"""The store in memory keeps the contract of every store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from eap_workflow.store import Store
from eap_workflow.store.memory import MemoryStore
from eap_workflow.testing import StoreContract


class TestMemoryStore(StoreContract):
    """The contract, in memory."""

    @contextmanager
    def fresh(self) -> Iterator[Store]:
        """Make an empty store."""
        yield MemoryStore(self.processes)
