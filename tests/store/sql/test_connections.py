"""The connection that a transaction has: at hand for the next one, of nobody else's, and gone with the engine."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import sqlalchemy

from eap_workflow.service import Service
from eap_workflow.store.sql import SqlStore, sqlite
from tests import lines
from tests.databases import at_once, kind, service, store, url
from tests.lines import handle

__all__ = ["kind", "service", "store", "url"]


def taken_from_the_pool(store: SqlStore) -> list[object]:
    """Count what is taken out of the pool from here on."""
    taken: list[object] = []
    sqlalchemy.event.listen(store.engine, "checkout", lambda connection, *_: taken.append(connection))
    return taken


def test_the_connection_that_was_used_last_is_used_again(store: SqlStore, service: Service) -> None:
    """One command after the other, reading in between, takes nothing out of the pool; a refusal leaves it fit."""
    handle(service, lines.draft("XS-1"))
    taken = taken_from_the_pool(store)
    handle(service, lines.draft("XS-2"), lines.submit("XS-1", 1))
    with pytest.raises(KeyError):
        refuse(store)
    assert service.snapshot("XS-1").version > 1
    assert taken == []


def refuse(store: SqlStore) -> None:
    """Begin something, and give it up."""
    with store.transaction() as transaction:
        transaction.load("XS-1")
        raise KeyError


def test_two_at_once_have_a_connection_each(store: SqlStore, service: Service) -> None:
    """Who works while another does gets one from the pool, and one of the two stays at hand."""
    handle(service, lines.draft("XS-1"))
    with store.reading() as first, store.reading() as second:
        assert first.load("XS-1") == second.load("XS-1")
        assert first.statements is not second.statements
    assert store.engine.pool.checkedout() == 1  # type: ignore[attr-defined]
    versions = at_once(*[lambda: service.snapshot("XS-1").version] * 4)
    assert versions == [1] * 4


def test_what_is_at_hand_is_closed_with_the_engine(store: SqlStore, service: Service) -> None:
    """Once the engine was disposed of, nothing of the store is open, and the next call connects anew."""
    handle(service, lines.draft("XS-1"))
    taken = taken_from_the_pool(store)
    store.engine.dispose()
    handle(service, lines.draft("XS-2"))
    assert len(taken) == 1


FORKS = """
import os, sys
import sqlalchemy
from eap_workflow.store.sql import SqlStore
from tests import lines

def at_once(service):
    handled = lines.handle(service, lines.draft("XS-1"))[0].snapshot.version
    with store.reading() as first, store.reading() as second, store.engine.connect() as third:
        assert first.load("XS-1").version == second.load("XS-1").version == handled
        assert third.exec_driver_sql("SELECT version FROM eap_requests").scalar() == handled
    return handled

used = []
store = SqlStore(sys.argv[1], lines.PROCESS)
sqlalchemy.event.listen(store.engine, "checkout", lambda driver, *_: used.append(driver))
service = lines.service(store)
at_once(service)
parents = list(used)
child = os.fork()
if child == 0:
    used.clear()
    assert at_once(service) == 2
    assert used and not any(driver is each for driver in used for each in parents)
    store.close()
    sys.exit()
assert os.waitpid(child, 0)[1] == 0
used.clear()
assert at_once(service) == 3
assert used and all(any(driver is each for each in parents) for driver in used)
store.close()
"""
"""A service that works on three connections before it forks, and so do both processes afterwards."""


def run_forks(url: str) -> None:
    """Run it, in a process without threads of other tests."""
    if not hasattr(os, "fork"):
        pytest.skip("nothing forks on this system")
    command = [sys.executable, "-c", FORKS, url]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_a_process_that_was_forked_off_has_its_own(url: str) -> None:
    """A child sends no word on a connection of its parent, at hand or in the pool, and ends none."""
    run_forks(url)


def test_a_process_that_was_forked_off_leaves_its_parent_the_file() -> None:
    """A database for a while is gone with the process that made it, and not with its children."""
    run_forks("sqlite://")


def test_others_wait_for_a_lock_as_long_as_they_did(store: SqlStore, service: Service, kind: str) -> None:
    """What the store sets on a connection for itself is not what others find on one out of the pool."""
    if kind == "postgresql":
        with store.engine.connect() as connection:
            assert connection.exec_driver_sql("SHOW lock_timeout").scalar() == "30s"
        return
    handle(service, lines.draft("XS-1"))
    with store.reading(), store.reading(), store.engine.connect() as connection:
        waits = connection.exec_driver_sql("PRAGMA busy_timeout").scalar()
    assert waits == sqlite.BUSY_TIMEOUT_MILLISECONDS
    with store.engine.connect() as first, store.engine.connect() as second:
        for connection in (first, second):
            assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == sqlite.BUSY_TIMEOUT_MILLISECONDS
