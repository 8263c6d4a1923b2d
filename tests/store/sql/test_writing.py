"""The block of a transaction that may write: kept when it ends, undone if it raises, and our errors hold no driver's."""

from __future__ import annotations

import sqlite3
from contextlib import suppress

import psycopg
import pytest

from eap_workflow.errors import StoreError
from eap_workflow.service import Service
from eap_workflow.store import Seen
from eap_workflow.store.sql import SqlStore
from eap_workflow.store.sql.statements import Statements
from tests import lines
from tests.databases import kind, service, store, url
from tests.lines import handle
from tests.noting import noted

__all__ = ["kind", "service", "store", "url"]

SEEN = Seen(digest="d", request="XS-1", first=1, last=1)
ODD = "SELECT planted FROM nowhere"


def test_a_block_that_ends_is_kept(store: SqlStore) -> None:
    """Its end commits it, with the last of what it writes or after it; what was done in it is there for the next one."""
    with noted() as sent, store.transaction() as transaction:
        transaction.remember("id-1", SEEN)
    assert sent[-1][-1] == "COMMIT"
    with store.reading() as transaction:
        assert transaction.seen("id-1") == SEEN


@pytest.mark.parametrize("raised", [ValueError, KeyboardInterrupt, GeneratorExit])
def test_a_block_that_raises_is_undone(store: SqlStore, service: Service, raised: type[BaseException]) -> None:
    """Whatever it raises comes out as it is, nothing of it is kept, and the next one is a new one."""
    with pytest.raises(raised) as caught:
        give_up(store, raised)
    assert caught.value.__cause__ is None
    with store.reading() as transaction:
        assert transaction.seen("id-1") is None
    handle(service, lines.draft("XS-1"))


def give_up(store: SqlStore, raised: type[BaseException]) -> None:
    """Read and write something, and raise."""
    with store.transaction() as transaction:
        transaction.statements.all("SELECT request FROM eap_requests")
        transaction.remember("id-1", SEEN)
        raise raised


def test_what_failed_and_was_passed_over_keeps_the_rest_from_being_kept(store: SqlStore) -> None:
    """Who catches an error in the block cannot go on: nothing more is asked, and the end is a failure that keeps nothing."""
    with pytest.raises(StoreError, match="has to be undone"):
        pass_over(store)
    with store.reading() as transaction:
        assert transaction.seen("id-1") is None


def pass_over(store: SqlStore) -> None:
    """Write something after something has failed."""
    with store.transaction() as transaction:
        with suppress(sqlite3.Error, psycopg.Error):
            transaction.statements.all(ODD)
        with pytest.raises(StoreError):
            transaction.head("XS-1")
        transaction.remember("id-1", SEEN)


def test_what_the_database_raises_is_ours(store: SqlStore) -> None:
    """Within the block and as it ends: in our words, with nothing of the driver's around it."""
    with pytest.raises(StoreError) as caught, store.transaction() as transaction:
        transaction.statements.all(ODD)
    assert (caught.value.__context__, caught.value.__cause__) == (None, None)
    with pytest.raises(StoreError) as at_the_end, store.transaction() as transaction:
        transaction.statements.later("INSERT INTO nowhere (planted) VALUES (?)", [(1,)])
    assert (at_the_end.value.__context__, at_the_end.value.__cause__) == (None, None)
    assert "planted" not in str(caught.value) + str(at_the_end.value)


def test_a_beginning_that_fails_leaves_the_connection_fit(store: SqlStore, service: Service) -> None:
    """A transaction that could not begin has done nothing, and the next one begins."""
    send = Statements.send

    def fail(*_any: object) -> None:
        patch.undo()
        raise sqlite3.OperationalError if store.engine.dialect.name == "sqlite" else psycopg.OperationalError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Statements, "send", fail)
        with pytest.raises(StoreError), store.transaction() as transaction:
            transaction.head("XS-1")
    assert Statements.send is send
    assert handle(service, lines.draft("XS-1"))[0].snapshot.version == 1
