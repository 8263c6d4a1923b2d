"""The store of a process that is killed: what it acknowledged is kept, and what it did not is there whole or not at all."""

from __future__ import annotations

import os
from bisect import bisect_left
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from random import Random  # noqa: TID251 - seeded
from tempfile import TemporaryDirectory
from typing import Any

import pytest
import sqlalchemy

from eap_workflow.errors import StoreError
from eap_workflow.store import Seen
from eap_workflow.store.sql import SqlStore
from tests import lines
from tests.faults import ACTS, Stage, assert_as_undisturbed, assert_kept, opened, stage
from tests.servers import PostgresServer, own_postgres, postgres_server

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="a process is killed as Unix does it")

KILLS = 500 if os.environ.get("HYPOTHESIS_PROFILE") == "deep" else 20

__all__ = ["own_postgres"]

Databases = Callable[[], AbstractContextManager[str]]
"""Makes a new database, and gives its URL."""

HASTY = """
from contextlib import nullcontext

from eap_workflow.process_set import Processes

class Joined:
    processes = Processes(lines.PROCESS)
    def __init__(self, transaction): self.transaction = lambda: nullcontext(transaction)

with opened(url) as store:
    for line in given:
        with store.transaction() as transaction:
            receipt = lines.service(Joined(transaction)).handle(lines.read(line))
            acknowledge(receipt.snapshot.request, receipt.snapshot.version)
"""
"""Acknowledges each command before it is committed."""

IN_TWO = """
from eap_workflow.store import Seen

with opened(url) as store:
    service = lines.service(store)
    for line in given:
        envelope = lines.read(line)
        with store.reading() as transaction:
            if transaction.seen(envelope.id):
                continue
        receipt = service.handle(lines.read({name: line[name] for name in line if name != "id"}))
        with store.transaction() as transaction:
            last = receipt.snapshot.version
            first = receipt.steps[0].version
            seen = Seen(digest=envelope.digest, request=envelope.request, first=first, last=last)
            transaction.remember(envelope.id, seen)
        acknowledge(receipt.snapshot.request, last)
"""
"""Keeps a command in one transaction and its id in another."""


@contextmanager
def sqlite_file() -> Iterator[str]:
    """A database in a file that is not there yet."""
    with TemporaryDirectory() as folder:
        yield f"sqlite:///{Path(folder, 'requests.db')}"


def postgresql_database() -> AbstractContextManager[str]:
    """An empty database of the server that the tests run."""
    return postgres_server().database()


@pytest.fixture(params=[sqlite_file, postgresql_database], ids=["SQLite", "PostgreSQL"])
def databases(request: pytest.FixtureRequest) -> Databases:
    """Each kind of database that a store works on."""
    made: Databases = request.param
    return made


@pytest.fixture(scope="module")
def on_stage() -> Iterator[Stage]:
    """A stage for all tests of this file."""
    with stage() as opened_stage:
        yield opened_stage


def with_ids(given: list[lines.Line]) -> list[lines.Line]:
    """Commands that can be sent again: each has an id."""
    return [each | {"id": f"{each['request']}-{number}"} for number, each in enumerate(given)]


COMMANDS = with_ids([*lines.filed("XS-1"), lines.draft("XS-1b", 1)])


MOST_MESSAGES = 500


def kill_before_every_message(on_stage: Stage, databases: Databases, script: str = ACTS, first: int = 1) -> int:
    """Run commands on new databases, killed before the first message, the second, and so on; give how many there were."""
    for dies_at in range(first, MOST_MESSAGES):
        with databases() as url:
            run = on_stage.run(url, COMMANDS, script=script, dies_at=dies_at)
            with opened(url) as store:
                assert_kept(store, run.acknowledged)
                assert_as_undisturbed(store, COMMANDS)
        if not run.killed:
            assert len(run.acknowledged) == len(COMMANDS)
            return dies_at - 1
    raise AssertionError("it never came to its end")


def test_a_process_killed_before_any_message_loses_nothing(on_stage: Stage, databases: Databases) -> None:
    """From the first message to a new database to the last commit, a kill leaves whole commands, none twice."""
    assert kill_before_every_message(on_stage, databases) > 20


@pytest.mark.parametrize("seed", range(KILLS // 10))
def test_a_process_killed_at_any_moment_loses_nothing(on_stage: Stage, databases: Databases, seed: int) -> None:
    """Killed again and again on one database, whatever was acknowledged is there, and a rerun ends as ever."""
    chance = Random(seed)  # noqa: S311 - the same moments on every run, as far as the machine lets them be
    everything: list[lines.Line] = []
    acknowledged: list[tuple[str, int]] = []
    kills = number = 0
    with databases() as url:
        # One that came to its end before the blow fell is no kill.
        while kills < 10:
            assert number < 100, "hardly any was killed"
            own = lines.told(f"XS-{number}", number / 100), lines.reviewed(f"XS-{number}b", number / 100)
            given = with_ids([line for path in own for line in path])
            everything += given
            run = on_stage.run(
                url, given, killed_after=chance.randrange(len(given) - 1), and_seconds=chance.uniform(0, 0.004)
            )
            number += 1
            kills += run.killed
            acknowledged += run.acknowledged
            with opened(url) as store:
                assert_kept(store, acknowledged)
        with opened(url) as store:
            assert_as_undisturbed(store, everything)


def first_after_opening(on_stage: Stage, databases: Databases) -> int:
    """The first message of the first command: what comes before it makes the database."""

    def comes_to_its_end(dies_at: int) -> bool:
        with databases() as url:
            return not on_stage.run(url, [], dies_at=dies_at).killed

    numbers = range(1, MOST_MESSAGES)
    return numbers[bisect_left(numbers, True, key=comes_to_its_end)]


def test_what_is_acknowledged_before_it_is_committed_is_caught(on_stage: Stage, databases: Databases) -> None:
    """A program that acknowledges too early fails these checks."""
    first = first_after_opening(on_stage, databases)
    with pytest.raises(AssertionError):
        kill_before_every_message(on_stage, databases, HASTY, first)


def test_what_is_kept_in_two_transactions_is_caught(on_stage: Stage, databases: Databases) -> None:
    """A program that keeps a command apart from its id acts twice, and fails these checks."""
    first = first_after_opening(on_stage, databases)
    with pytest.raises(AssertionError):
        kill_before_every_message(on_stage, databases, IN_TWO, first)


# --- the database itself -------------------------------------------------------------------------------------------------


def test_a_full_disk_is_told_and_loses_nothing(tmp_path: Path) -> None:
    """When no page more can be written, commands fail with our error and leave nothing; with room again they act."""
    given = with_ids([line for number in range(60) for line in lines.told(f"XS-{number}", number / 100)])
    with opened(f"sqlite:///{tmp_path / 'requests.db'}") as store:
        service = lines.service(store)
        lines.handle(service, given[:12])
        limit = limited_to_its_size(store)
        kept: list[tuple[str, int]] = []

        def go_on() -> None:
            for line in given[12:]:
                receipt = service.handle(lines.read(line))
                kept.append((receipt.snapshot.request, receipt.snapshot.version))

        with pytest.raises(StoreError, match=r"the disk is full \(SQLITE_FULL\)") as caught:
            go_on()
        assert caught.value.__context__ is None
        assert_kept(store, kept)
        sqlalchemy.event.remove(store.engine, "checkout", limit)
        store.engine.dispose()
        assert_as_undisturbed(store, given)


def limited_to_its_size(store: SqlStore) -> Callable[..., None]:
    """Let a database grow by a few pages more, and then no further."""

    def limit(connection: Any, _record: object, _proxy: object) -> None:
        connection.execute("PRAGMA max_page_count = 60")

    sqlalchemy.event.listen(store.engine, "checkout", limit)
    # The connection that the store has at hand was taken out before.
    store.engine.dispose()
    return limit


@pytest.mark.parametrize("end", ["stop", "crash"])
def test_a_server_that_is_stopped_and_started_loses_nothing(own_postgres: PostgresServer, end: str) -> None:
    """Stopped in the middle of a run, commands fail with our error; once it runs again, the same store goes on."""
    given = with_ids([line for number in range(8) for line in lines.told(f"XS-{number}", number / 100)])
    with own_postgres.database() as url, opened(url) as store:
        service = lines.service(store)
        receipts = lines.handle(service, given[:20])
        kept = [(receipt.snapshot.request, receipt.snapshot.version) for receipt in receipts]
        getattr(own_postgres, end)()
        for line in given[20:23]:
            with pytest.raises(
                StoreError, match=r"the database (cannot be reached|was stopped|is not ready yet)"
            ) as caught:
                service.handle(lines.read(line))
            assert caught.value.__context__ is None
        own_postgres.start()
        assert_kept(store, kept)
        assert_as_undisturbed(store, given)


def test_a_server_that_is_stopped_within_a_command_keeps_nothing_of_it(own_postgres: PostgresServer) -> None:
    """A transaction that was under way is undone as a whole, and its command acts once when it is sent again."""
    given = with_ids(lines.told("XS-1"))
    with own_postgres.database() as url, opened(url) as store:
        lines.handle(lines.service(store), given[:1])
        with pytest.raises(StoreError):
            begin_and_be_cut_off(store, own_postgres)
        with store.reading() as transaction:
            assert transaction.seen("planted") is None
        assert_as_undisturbed(store, given)


def begin_and_be_cut_off(store: SqlStore, server: PostgresServer) -> None:
    """Write something, and go on once the server was lost and is there again."""
    with store.transaction() as transaction:
        assert transaction.load("XS-1") is not None
        transaction.remember("planted", Seen(digest="d", request="XS-1", first=1, last=1))
        server.crash()
        server.start()
        transaction.load("XS-1")
