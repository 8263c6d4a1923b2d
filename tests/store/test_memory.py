"""The store in memory keeps the contract of every store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from eap_workflow.store import Store
from eap_workflow.store.memory import MemoryStore
from tests.lines import PROCESS
from tests.store.contract import StoreContract


class TestMemoryStore(StoreContract):
    """The contract, in memory."""

    @contextmanager
    def fresh(self) -> Iterator[Store]:
        """Make an empty store."""
        yield MemoryStore(PROCESS)
