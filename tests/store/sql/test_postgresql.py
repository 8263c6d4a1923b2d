"""What is PostgreSQL's own: append-only by triggers, a feed that skips nothing, and a server that is somebody else's as well."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import psycopg
import pytest
import sqlalchemy

from eap_workflow.errors import EapWorkflowError, InvalidValue, StoreError
from eap_workflow.service import Service
from eap_workflow.store.sql import SqlStore, postgresql
from eap_workflow.store.sql.postgresql import PostgreSql
from eap_workflow.verification import verify
from tests import lines
from tests.databases import at_once, directly, engine_of, opened, service, store, url
from tests.lines import PROCESS, START, assert_whole, contents, handle, unchanged

Execute = Callable[..., list[tuple[Any, ...]]]


__all__ = ["service", "store", "url"]


@pytest.fixture
def kind() -> str:
    """Which database."""
    return "postgresql"


# --- append-only ------------------------------------------------------------------------------------------------------


REPLACING = (
    "INSERT INTO eap_steps (request, version, format, content, before, digest)"
    " SELECT request, version, 2, '{}', '', '' FROM eap_steps ON CONFLICT (request, version) DO UPDATE SET content = '{}'"
)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE eap_steps SET content = '{}'",
        "UPDATE eap_steps SET digest = digest WHERE version = 1",
        "UPDATE eap_steps SET position = position + 100",
        "UPDATE eap_steps SET request = 'XS-0' WHERE false",
        "DELETE FROM eap_steps WHERE version = 7",
        "DELETE FROM eap_steps",
        "TRUNCATE eap_steps",
        "TRUNCATE eap_steps, eap_requests RESTART IDENTITY CASCADE",
        REPLACING,
        "MERGE INTO eap_steps USING (SELECT 1) AS one ON version = 1 WHEN MATCHED THEN UPDATE SET content = '{}'",
        "MERGE INTO eap_steps USING (SELECT 1) AS one ON version = 1 WHEN MATCHED THEN DELETE",
        "UPDATE eap_removals SET by = 'x'",
        "DELETE FROM eap_removals",
        "TRUNCATE eap_removals",
        "INSERT INTO eap_removals SELECT * FROM eap_removals ON CONFLICT (number) DO UPDATE SET by = 'x'",
    ],
)
def test_steps_and_removals_cannot_be_changed(url: str, store: SqlStore, service: Service, statement: str) -> None:
    """The database itself refuses to change, delete, replace or empty them, whoever asks."""
    handle(service, lines.told("XS-1"), lines.tick(9), lines.draft("XS-2"))
    with store.transaction() as transaction:
        transaction.remove("XS-2", START, "case_team:ct-1")
    with unchanged(store), directly(url) as execute:
        with pytest.raises(sqlalchemy.exc.DBAPIError, match="append-only"):
            execute(statement)
        assert execute("SELECT number, by FROM eap_removals") == [(1, "case_team:ct-1")]
    assert list(verify(store)) == []


def test_a_recorded_removal_lets_the_steps_of_one_request_go(url: str, store: SqlStore, service: Service) -> None:
    """The steps of a request can be deleted once its removal is recorded, and those of no other."""
    handle(service, lines.draft("XS-1"), lines.draft("XS-2"))
    with store.transaction() as transaction:
        transaction.remove("XS-1", START, "case_team:ct-1")
    with directly(url) as execute:
        assert execute("SELECT request FROM eap_steps") == [("XS-2",)]
        with pytest.raises(sqlalchemy.exc.DBAPIError, match="append-only"):
            execute("DELETE FROM eap_steps WHERE request IN ('XS-1', 'XS-2')")


# --- the feed ---------------------------------------------------------------------------------------------------------


def naive(execute: Execute, after: int) -> list[tuple[int, str]]:
    """Read on from the highest position that was read, as who does not know better does."""
    rows = execute("SELECT position, request FROM eap_steps WHERE position > :after ORDER BY position", after=after)
    return [(row[0], row[1]) for row in rows]


def test_a_transaction_that_commits_late_is_not_skipped(url: str, service: Service) -> None:
    """It drew its position before another that is committed already: a naive reader never sees it, the feed does."""
    naively: list[str] = []
    fed: list[str] = []
    reached, position = 0, ""

    def read(execute: Execute) -> None:
        nonlocal reached, position
        rows = naive(execute, reached)
        naively.extend(request for _, request in rows)
        reached = rows[-1][0] if rows else reached
        while page := service.feed(position, most=1):
            position = page[-1][0]
            fed.extend(step.request for _, step in page)

    with directly(url) as execute, engine_of(url) as engine, engine.connect() as late:
        handle(service, lines.draft("XS-0"))
        read(execute)
        handle(service.within(late), lines.draft("XS-late"))
        handle(service, lines.draft("XS-1"))
        read(execute)
        # What began after the late one waits for it.
        assert fed == ["XS-0"]
        late.commit()
        read(execute)
        handle(service, lines.draft("XS-2"))
        read(execute)
    assert naively == ["XS-0", "XS-1", "XS-2"]
    assert fed == ["XS-0", "XS-late", "XS-1", "XS-2"]


def test_one_that_is_undone_holds_the_feed_up_no_longer(url: str, service: Service) -> None:
    """A transaction that ends without anything leaves no gap to wait for."""
    with engine_of(url) as engine, engine.connect() as late:
        handle(service.within(late), lines.draft("XS-late"))
        handle(service, lines.draft("XS-1"))
        assert service.feed() == ()
        late.rollback()
        assert [step.request for _, step in service.feed()] == ["XS-1"]


def test_readers_beside_writers_miss_nothing(service: Service) -> None:
    """While many write at once, a reader who reads on from page to page has every step once in the end."""
    writing = 4
    done: list[int] = []

    def write(number: int) -> None:
        for each in range(12):
            handle(service, lines.draft(f"XS-{number}-{each}"), lines.draft(f"XS-{number}-{each}"))
        done.append(number)

    def read() -> list[tuple[str, int]]:
        seen: list[tuple[str, int]] = []
        position = ""
        while True:
            ended = len(done) == writing
            page = service.feed(position, most=5)
            seen += [(step.request, step.version) for _, step in page]
            position = page[-1][0] if page else position
            if ended and not page:
                return seen

    *rest, seen = at_once(*(partial(write, number) for number in range(writing)), read)
    assert rest == [None] * writing
    assert len(seen) == len(set(seen)) == writing * 12 * 2
    for request in {request for request, _ in seen}:
        assert [version for name, version in seen if name == request] == [1, 2]


def test_a_checkpoint_is_kept_with_the_readers_own_export(url: str, service: Service) -> None:
    """What a reader exports and how far it has come are one transaction: after a failure both are as they were."""
    handle(service, lines.told("XS-1"))
    with directly(url) as execute:
        execute("CREATE TABLE exported (request TEXT, version INTEGER, UNIQUE (request, version))")
    insert = sqlalchemy.text("INSERT INTO exported VALUES (:request, :version)")

    def export(engine: sqlalchemy.Engine, *, fails: bool) -> int:
        with engine.connect() as reader:
            inside = service.within(reader).store
            with inside.reading() as transaction:
                page = transaction.feed(transaction.checkpoint("export"), 2)
            for _, step in page:
                reader.execute(insert, {"request": step.request, "version": step.version})
            if page:
                with inside.transaction() as transaction:
                    transaction.keep_checkpoint("export", page[-1][0])
            if fails:
                reader.rollback()
            else:
                reader.commit()
        return len(page)

    with engine_of(url) as engine:
        for number in range(9):
            export(engine, fails=number % 2 == 0)
        assert export(engine, fails=False) == 0
    with directly(url) as execute:
        assert execute("SELECT version FROM exported ORDER BY version") == [(n,) for n in range(1, 7)]


# --- the server -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "setting", ["default_transaction_isolation = 'serializable'", "default_transaction_read_only = on"]
)
def test_what_the_database_presets_makes_no_difference(url: str, setting: str) -> None:
    """A database whose transactions are of another kind by default is worked on as any other."""
    with opened(url) as store:
        handle(lines.service(store), lines.draft("XS-0"))
    with directly(url) as execute:
        ((name,),) = execute("SELECT current_database()")
        execute(f"ALTER DATABASE {name} SET {setting}")
    try:
        with opened(url) as store:
            service = lines.service(store)
            results = at_once(*[partial(handle, service, [lines.draft("XS-0")] * 5)] * 4)
            assert not [each for each in results if isinstance(each, Exception)]
            assert service.snapshot("XS-0").version == 21
    finally:
        with directly(f"{url}&options=-cdefault_transaction_read_only%3Doff") as execute:
            execute(f"ALTER DATABASE {name} RESET ALL")


def test_tables_in_a_schema_of_their_own(url: str) -> None:
    """With a search path of the role's, our tables stand in that schema, beside those of somebody else's in another."""
    with directly(url) as execute:
        execute("CREATE SCHEMA ours")
        execute("CREATE TABLE public.theirs (x INTEGER)")
    with opened(f"{url}&options=-csearch_path%3Dours") as store:
        handle(lines.service(store), lines.told("XS-1"))
        assert list(verify(store)) == []
    with directly(url) as execute:
        assert execute("SELECT count(*) FROM ours.eap_steps") == [(6,)]
        assert execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'") == [("theirs",)]


def test_a_role_that_may_only_read_is_told(url: str, store: SqlStore, service: Service) -> None:
    """A user with no right to write reads on, and a command gives our error with what is the matter."""
    handle(service, lines.draft("XS-1"))
    with directly(url) as execute:
        execute("DROP ROLE IF EXISTS reader")
        execute("CREATE ROLE reader LOGIN")
        execute("GRANT USAGE ON SCHEMA public TO reader")
        execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader")
    try:
        with opened(url.replace("postgres@", "reader@"), create=False) as reading:
            assert contents(reading) == contents(store)
            with pytest.raises(StoreError, match="does not permit this user") as caught:
                handle(lines.service(reading), lines.draft("XS-1"))
            assert caught.value.__context__ is None
    finally:
        with directly(url) as execute:
            execute("DROP OWNED BY reader")
            execute("DROP ROLE reader")


def hang_up(url: str) -> None:
    """End all connections of others to a database."""
    with directly(url) as execute:
        execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def _lose_it(url: str, store: SqlStore) -> None:
    with store.transaction() as transaction:
        transaction.load("XS-1")
        hang_up(url)
        transaction.keep_checkpoint("export", "")


def test_a_lost_connection_is_made_again(url: str, store: SqlStore, service: Service) -> None:
    """Connections that the server ended between two commands are noticed, and the next command is acted on."""
    handle(service, lines.draft("XS-1"))
    for number in range(2, 5):
        hang_up(url)
        assert handle(service, lines.draft("XS-1"))[0].snapshot.version == number
    assert assert_whole(store) == 1


def test_a_connection_that_is_lost_in_the_middle_leaves_nothing(url: str, store: SqlStore, service: Service) -> None:
    """A command whose connection ends while it is under way gives our error, and nothing of it is kept."""
    handle(service, lines.draft("XS-1"))
    with unchanged(store), pytest.raises(StoreError) as caught:
        _lose_it(url, store)
    assert caught.value.__context__ is None
    assert handle(service, lines.draft("XS-1"))[0].snapshot.version == 2


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+asyncpg://planted:planted@host/planted",
        "postgresql+psycopg2://planted:planted@host/planted",
        "postgresql+pg8000://planted:planted@host/planted",
        "postgresql+planted://planted:planted@host/planted",
    ],
)
def test_another_driver_is_refused(url: str) -> None:
    """The statements are written for psycopg; another one is refused without showing the URL."""
    with pytest.raises(InvalidValue, match="the driver of PostgreSQL is psycopg") as caught:
        SqlStore(url, PROCESS)
    assert "planted" not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    "place", ["planted@/x?host=/nonexistent", "planted:planted@127.0.0.1:1/planted?connect_timeout=2"]
)
def test_a_server_that_is_not_there_is_told(place: str) -> None:
    """A server that cannot be reached gives our error, and neither the password nor the user is in it."""
    with pytest.raises(StoreError, match="cannot be reached") as caught:
        SqlStore(f"postgresql+psycopg://{place}", PROCESS)
    assert "planted" not in str(caught.value)
    assert caught.value.__context__ is None


def test_a_database_or_a_user_that_is_not_there_is_told(url: str) -> None:
    """What does not exist on the server is told as that."""
    for there, missing in (("/test_", "/planted_"), ("postgres@", "planted@")):
        with pytest.raises((StoreError, EapWorkflowError)) as caught:
            SqlStore(url.replace(there, missing), PROCESS)
        assert "planted" not in str(caught.value)
        assert caught.value.__context__ is None


def test_an_older_library_of_postgresql_serves_as_well(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where several statements cannot go in one message, each goes by itself."""
    monkeypatch.setattr(type(psycopg.capabilities), "has_pipeline", lambda *_given: False)
    with opened(url) as store:
        handle(lines.service(store), lines.told("XS-1"), lines.filed("XS-2"))
        assert list(verify(store)) == []


# --- the dialect ------------------------------------------------------------------------------------------------------


def test_positions_sort_as_the_feed_does() -> None:
    """A later transaction, and in it a later row, has a position that sorts later as text, at any size."""
    dialect = PostgreSql()
    rows = [(2, 2, "", "9"), (3, 2, "", "9"), (1, 2, "", "10"), (2**63 - 1, 2, "", str(2**64 - 1))]
    positions = [dialect.position(row) for row in rows]
    assert positions == sorted(positions)
    assert [dialect.place(each) for each in positions] == [(row[3], row[0]) for row in rows]
    assert dialect.place("") == ("0", 0)
    for position in (
        "1",
        "0" * 19,
        f"{2**64:020}-{1:019}",
        f"{1:020}-{2**63:019}",
        positions[0] + "\n",
        " " + positions[0],
    ):
        with pytest.raises(ValueError):  # noqa: PT011 - the transaction says it in words
            dialect.place(position)


def test_a_statement_is_written_as_the_driver_takes_it() -> None:
    """Places of values are the driver's, and a sign that it would take for one is doubled."""
    assert PostgreSql().written("SELECT ? WHERE x LIKE '10%' AND y = ?") == "SELECT %s WHERE x LIKE '10%%' AND y = %s"


@pytest.mark.parametrize(
    "error", [psycopg.errors.UniqueViolation, psycopg.errors.DiskFull, psycopg.errors.LockNotAvailable]
)
def test_an_error_is_told_by_its_code(error: type[psycopg.Error]) -> None:
    """Each code has its words, and none of the server's own, which can hold a value."""
    words, code = PostgreSql().problem(error("planted"))
    assert code == error.sqlstate
    assert "planted" not in words
    assert PostgreSql().is_repeated(code) == (error is psycopg.errors.UniqueViolation)
    assert words == postgresql.IN_WORDS.get(code, "the database did not do it")


def test_a_connection_that_is_gone_is_told_by_what_ended_it() -> None:
    """Whoever meets it only as they clean up says why it went, and takes nothing else that was being handled for the reason."""

    def told(first: type[psycopg.Error]) -> str:
        try:
            try:
                raise first
            except psycopg.Error:
                raise psycopg.OperationalError  # noqa: B904 - as a driver that cleans up does
        except psycopg.OperationalError as gone:
            return PostgreSql().problem(gone)[1]

    assert told(psycopg.errors.AdminShutdown) == "57P01"
    assert told(psycopg.errors.ProtocolViolation) == "08P01"
    assert told(psycopg.errors.UniqueViolation) == "OperationalError"


def test_instants_are_not_left_to_the_server(store: SqlStore, service: Service) -> None:
    """Whatever zone and notation of dates a server has, what was written is read back, to the microsecond."""
    moment = datetime(2026, 11, 3, 1, 2, 3, 4, tzinfo=UTC)
    handle(service, lines.draft("XS-1") | {"at": moment.isoformat()})
    assert service.snapshot("XS-1").at == service.latest_at() == moment
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("SHOW timezone").scalar() != "UTC"
