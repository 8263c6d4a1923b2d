"""The store in a SQLite file keeps the contract of every store."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory
from pathlib import Path

from eap_workflow.store import Store
from eap_workflow.store.sql import SqlStore
from tests.lines import PROCESS
from tests.store.contract import StoreContract


class TestSqlStore(StoreContract):
    """The contract, in a file."""

    @contextmanager
    def fresh(self) -> Iterator[Store]:
        """Make an empty store."""
        with TemporaryDirectory() as folder:
            store = SqlStore(f"sqlite:///{Path(folder, 'requests.db')}", PROCESS)
            try:
                yield store
            finally:
                store.close()
