"""Statements straight by libpq: the same answers and errors as by the driver's cursors, in one message and without a deadlock."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import psycopg
import pytest
import sqlalchemy

from eap_workflow.errors import Conflict, InvalidValue, StoreError
from eap_workflow.service import Service
from eap_workflow.store import Seen
from eap_workflow.store.sql import SqlStore, together
from eap_workflow.store.sql.libpq import Libpq
from eap_workflow.store.sql.statements import Question
from tests import lines
from tests.databases import at_once, directly, opened, service, store, url
from tests.lines import assert_whole, handle, unchanged

ODD = "\t\\.\n\\N\r'; DROP TABLE x -- ä€😀 \x01\x7f \\t $1 ? %s"
HUGE = 5_000_000


__all__ = ["service", "store", "url"]


@pytest.fixture
def kind() -> str:
    """Which database."""
    return "postgresql"


@pytest.fixture
def driver(url: str) -> Iterator[psycopg.Connection[Any]]:
    """A connection of the driver's on it, with a table of two columns."""
    parsed = sqlalchemy.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(parsed, autocommit=True) as connection:
        connection.execute("CREATE TABLE kept (name TEXT PRIMARY KEY, number BIGINT)")
        yield connection


@pytest.fixture
def libpq(driver: psycopg.Connection[Any]) -> Libpq:
    """The way past its cursors."""
    return Libpq(driver)


def question(statement: str, *values: object) -> Question:
    """A statement with its values."""
    return statement, values


def ask(libpq: Libpq, statement: str, *values: object) -> list[tuple[Any, ...]]:
    """The rows of one answer."""
    ((rows, _),) = libpq.send([(statement, values)])
    return rows


# --- values -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("after", [None, 0])
def test_values_come_back_as_they_were_sent(driver: psycopg.Connection[Any], after: int | None) -> None:
    """Text of any characters, numbers and None, in one row and in several, prepared or not."""
    driver.prepare_threshold = after
    libpq = Libpq(driver)
    inserted, found = libpq.send(
        [
            question("INSERT INTO kept VALUES (?, ?), (?, ?), (?, ?)", ODD, -(2**63), "", None, "x", 2**63 - 1),
            question("SELECT name, number, number IS NULL FROM kept ORDER BY name"),
        ]
    )
    assert inserted[1] == 3
    assert found == ([("", None, True), (ODD, -(2**63), False), ("x", 2**63 - 1, False)], 3)
    libpq.send_many("INSERT INTO kept (name, number) VALUES (?, ?)", [(ODD + "2", None), ("\\N", 7)])
    assert ask(libpq, "SELECT name, number FROM kept WHERE name IN (?, ?) ORDER BY 1", ODD + "2", "\\N") == [
        (ODD + "2", None),
        ("\\N", 7),
    ]


def test_a_value_needs_no_type(libpq: Libpq) -> None:
    """Where the server cannot tell the type of a value from its place, it is text; elsewhere it is what stands there."""
    assert ask(libpq, "SELECT ?", "a") == [("a",)]
    assert ask(libpq, "SELECT hashtextextended(?, 0) = hashtextextended('a', 0)", "a") == [(True,)]
    assert ask(libpq, "SELECT CAST(? AS xid8)", "7") == [("7",)]
    assert ask(libpq, "SELECT number FROM kept WHERE (name, number) > (?, ?) LIMIT ?", "a", 3, 5) == []


@pytest.mark.parametrize("row", [("a\0b", 1), ("\ud800", 1), ("a", 2**63)], ids=["NUL", "half a character", "number"])
def test_what_the_database_cannot_take_is_refused(libpq: Libpq, row: tuple[object, ...]) -> None:
    """Nothing of its message is kept, and what comes next is acted on."""
    insert = "INSERT INTO kept (name, number) VALUES (?, ?)"
    for _ in range(7):
        with pytest.raises((psycopg.DataError, UnicodeError, OverflowError)):
            libpq.send([question(insert, "before", 1), (insert, row)])
        with pytest.raises((psycopg.DataError, UnicodeError, OverflowError)):
            libpq.send_many(insert, [("before", 1), row])
    assert ask(libpq, "SELECT name FROM kept") == []


def test_another_encoding_of_the_connection(url: str) -> None:
    """Whatever encoding a connection is told to have, text is read as it was written, or refused."""
    with opened(f"{url}&client_encoding=LATIN1") as store:
        with store.transaction() as transaction:
            transaction.remember("ä", Seen(digest="ö", request="XS-1", first=1, last=1))
        with pytest.raises(InvalidValue):
            beyond(store)
    with opened(url) as store, store.reading() as transaction:
        assert transaction.seen("ä") == Seen(digest="ö", request="XS-1", first=1, last=1)


def beyond(store: SqlStore) -> None:
    """Keep what an encoding of single bytes has no character for."""
    with store.transaction() as transaction:
        transaction.remember("€", Seen(digest="d", request="XS-1", first=1, last=1))


def test_huge_values_both_ways_at_once(libpq: Libpq) -> None:
    """A message of tens of megabytes whose answers are as large: neither side waits for the other to listen."""
    texts = [letter * HUGE for letter in "abcdef"]
    answers = libpq.send([question("SELECT CAST(? AS text)", text) for text in texts])
    assert [rows[0][0] for rows, _ in answers] == texts
    libpq.send_many("INSERT INTO kept (name, number) VALUES (?, ?)", [(f"{n}" * 2000, n) for n in range(10_000)])
    assert ask(libpq, "SELECT count(*) FROM kept") == [(10_000,)]


# --- failures ---------------------------------------------------------------------------------------------------------


def test_nothing_follows_what_fails(libpq: Libpq, driver: psycopg.Connection[Any]) -> None:
    """What stands behind a statement that fails is not acted on, COMMIT included, and the transaction can be undone."""
    with pytest.raises(psycopg.errors.UniqueViolation) as caught:
        libpq.send(
            [
                question("BEGIN"),
                question("INSERT INTO kept VALUES ('a', 1)"),
                question("INSERT INTO kept VALUES ('a', 2)"),
                question("COMMIT"),
            ]
        )
    assert caught.value.sqlstate == "23505"
    assert driver.info.transaction_status.name == "INERROR"
    libpq.send([question("ROLLBACK")])
    assert ask(libpq, "SELECT * FROM kept") == []
    assert driver.execute("SELECT count(*) FROM kept").fetchone() == (0,)


def test_rows_that_cannot_be_copied_leave_the_connection_fit(libpq: Libpq) -> None:
    """What the server refuses in the middle of a stream, or before it, is its error, and the next statement is acted on."""
    with pytest.raises(psycopg.errors.UniqueViolation):
        libpq.send_many("INSERT INTO kept (name, number) VALUES (?, ?)", [("a", 1)] * 900)
    with pytest.raises(psycopg.errors.UndefinedTable):
        libpq.send_many("INSERT INTO missing (name) VALUES (?)", [("a",)])
    assert ask(libpq, "SELECT count(*) FROM kept") == [(0,)]


def test_a_connection_that_was_ended_is_told(libpq: Libpq, driver: psycopg.Connection[Any]) -> None:
    """Whether it ends in the middle of a message or before, the error is the driver's, and the connection is known as lost."""
    with pytest.raises(psycopg.OperationalError):
        libpq.send(
            [question("SELECT 1"), question("SELECT pg_terminate_backend(pg_backend_pid())"), question("SELECT 2")]
        )
    assert driver.closed
    with pytest.raises(psycopg.OperationalError):
        libpq.send([question("SELECT 1")])
    with pytest.raises(psycopg.OperationalError):
        libpq.send_many("INSERT INTO kept (name) VALUES (?)", [("a",)])


def test_a_signal_ends_what_waits_for_a_lock(store: SqlStore, service: Service, url: str) -> None:
    """Its handler runs while a command waits; what it raises ends the command, on the server as well, and the next one acts."""
    handle(service, lines.draft("XS-1"))

    def interrupt(*_given: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        with directly(url) as execute, store.engine.connect() as other:
            other.exec_driver_sql("BEGIN")
            other.exec_driver_sql("SELECT 1 FROM eap_requests FOR UPDATE")
            ((start,),) = execute("SELECT extract(epoch FROM clock_timestamp())")
            signal.setitimer(signal.ITIMER_REAL, 0.3)
            with pytest.raises(KeyboardInterrupt):
                handle(service, lines.draft("XS-1"))
            ((end,),) = execute("SELECT extract(epoch FROM clock_timestamp())")
            assert end - start < 10
            waiting = (
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
            )
            assert eventually(lambda: execute(waiting) == [(0,)])
            other.exec_driver_sql("ROLLBACK")
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    assert handle(service, lines.draft("XS-1"))[0].snapshot.version == 2
    assert assert_whole(store) == 1


@pytest.mark.parametrize("at", ["_flush", "_result"])
def test_two_signals_at_once_leave_nothing_for_the_next(
    store: SqlStore, service: Service, monkeypatch: pytest.MonkeyPatch, at: str
) -> None:
    """Where the second comes before the first was seen to, nobody gets the connection any more, with its answers on the way."""
    handle(service, lines.draft("XS-1"))

    def interrupt(*_given: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Libpq, at, interrupt)
        patch.setattr(Libpq, "_abandon", interrupt)
        with pytest.raises(KeyboardInterrupt):
            service.snapshot("XS-1")
    assert store._connections._at_hand == []
    assert service.snapshot("XS-1").version == 1
    assert handle(service, lines.draft("XS-1"))[0].snapshot.version == 2


def eventually(is_so: Any) -> bool:
    """Whether something is so within a while."""
    for _ in range(1000):
        if is_so():
            return True
        time.sleep(0.01)
    return False


# --- prepared statements ----------------------------------------------------------------------------------------------


def kept_by_name(libpq: Libpq) -> int:
    """How many statements the server has by name."""
    rows = ask(libpq, "SELECT CAST(count(*) AS integer) FROM pg_prepared_statements")
    return int(rows[0][0])


def test_only_what_comes_again_is_prepared(libpq: Libpq) -> None:
    """As often as the driver would wait, and within one message as well."""
    for number in range(20):
        ask(libpq, f"SELECT {number}")
    assert kept_by_name(libpq) == 0
    libpq.send([question("SELECT ? + 1", number) for number in range(20)])
    assert kept_by_name(libpq) == 1


def test_where_the_driver_is_to_prepare_nothing_nothing_is(driver: psycopg.Connection[Any]) -> None:
    """Behind a pooler that exchanges servers, no statement ever has a name."""
    driver.prepare_threshold = None
    libpq = Libpq(driver)
    for _ in range(20):
        assert ask(libpq, "SELECT 1") == [(1,)]
    assert kept_by_name(libpq) == 0


def test_names_are_bounded(driver: psycopg.Connection[Any]) -> None:
    """Statements without end leave as many names on the server as the driver keeps, within transactions and outside."""
    driver.prepare_threshold, driver.prepared_max = 0, 3
    libpq = Libpq(driver)
    for number in range(12):
        libpq.send([question("BEGIN"), question(f"SELECT {number}"), question("COMMIT")])
        assert kept_by_name(libpq) <= 6
    libpq.send([question("BEGIN")])
    for number in range(12):
        ask(libpq, f"SELECT {number}")
    libpq.send([question("COMMIT")])
    assert kept_by_name(libpq) <= 6
    assert not driver.closed


@pytest.mark.parametrize("knows_closing", [False, True])
def test_what_is_given_up_is_dropped(
    driver: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch, *, knows_closing: bool
) -> None:
    """By the message that there is for it, or by a statement where libpq is older; by either the server has it no longer."""
    if knows_closing and not psycopg.capabilities.has_send_close_prepared():
        pytest.skip("this libpq has no message for it")
    monkeypatch.setattr(type(psycopg.capabilities), "has_send_close_prepared", lambda *_given: knows_closing)
    driver.prepare_threshold, driver.prepared_max = 0, 1
    libpq = Libpq(driver)
    for number in range(9):
        ask(libpq, f"SELECT {number}")
    assert kept_by_name(libpq) <= 3
    assert not driver.closed


def test_what_failed_before_it_was_prepared_is_not_taken_as_prepared(driver: psycopg.Connection[Any]) -> None:
    """The server passes over what prepares a statement as well."""
    driver.prepare_threshold = 0
    libpq = Libpq(driver)
    for _ in range(3):
        with pytest.raises(psycopg.errors.DivisionByZero):
            libpq.send([question("SELECT 1 / 0"), question("SELECT ? + 2", 1)])
    assert [ask(libpq, "SELECT ? + 2", 1) for _ in range(3)] == [[(3,)]] * 3


def accustomed(service: Service) -> None:
    """Give a connection the names of what a command sends."""
    handle(service, [lines.draft("XS-1")] * 9)


@pytest.mark.parametrize(
    "change",
    ["DEALLOCATE ALL", "ALTER TABLE eap_requests ALTER COLUMN head TYPE varchar(99)"],
    ids=["dropped", "changed"],
)
def test_names_that_do_not_hold_any_more(store: SqlStore, service: Service, change: str) -> None:
    """At most one command fails of it, and leaves no trace; the next one acts on a connection that begins anew."""
    accustomed(service)
    held = store._connections._at_hand[0]
    if change.startswith("ALTER"):
        with store.engine.connect() as other:
            other.exec_driver_sql(change)
    else:
        held.driver.execute(change)
    with suppress(StoreError):
        handle(service, lines.draft("XS-1"))
    version = service.snapshot("XS-1").version
    assert handle(service, lines.draft("XS-1"))[0].snapshot.version == version + 1
    assert assert_whole(store) == 1


def test_whoever_else_has_the_connection_may_drop_all_names(store: SqlStore, service: Service) -> None:
    """A connection that somebody took out of the pool meanwhile is asked which names it still has: no command fails."""
    accustomed(service)
    names = []
    for number in range(12):
        mine = store._connections._at_hand.pop()
        names.append(mine.statements._way.prepared)  # type: ignore[attr-defined]
        store._connections._give_back(mine)
        if number:
            with store.engine.connect() as other:
                other.exec_driver_sql(f"/* {number} */ DEALLOCATE ALL")
        handle(service, lines.draft("XS-1"))
    assert all(each is names[0] for each in names)
    assert service.snapshot("XS-1").version == 21


def test_names_that_were_given_up_may_be_gone_by_then(store: SqlStore, service: Service) -> None:
    """What was to be dropped after a message that failed, somebody else has dropped: nothing is asked of the server for it."""

    @sqlalchemy.event.listens_for(store.engine, "connect")
    def prepare_all(driver: psycopg.Connection[Any], _record: object) -> None:
        driver.prepare_threshold, driver.prepared_max = 0, 2

    store.engine.dispose()
    handle(service, lines.draft("XS-1"))
    with pytest.raises(StoreError), store.transaction() as transaction:
        transaction.statements.all("SELECT 1 / 0")
    mine = store._connections._at_hand.pop()
    store._connections._give_back(mine)
    with store.engine.connect() as other:
        other.exec_driver_sql("DISCARD ALL")
    assert handle(service, lines.draft("XS-1"))[0].snapshot.version == 2


def test_a_commit_that_commits_nothing_is_no_success(libpq: Libpq) -> None:
    """Where something had failed, and nobody noticed, PostgreSQL answers COMMIT with ROLLBACK."""
    libpq.send([question("BEGIN"), question("INSERT INTO kept (name) VALUES ('a')")])
    with pytest.raises(psycopg.errors.DivisionByZero):
        libpq.send([question("SELECT 1 / 0")])
    with pytest.raises(psycopg.errors.InFailedSqlTransaction):
        libpq.send([question("COMMIT")])
    assert ask(libpq, "SELECT count(*) FROM kept") == [(0,)]


# --- a commit in the message of the last writes -----------------------------------------------------------------------

VANISHES = (
    "CREATE FUNCTION nothing() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "CREATE TRIGGER vanishes BEFORE UPDATE ON eap_requests FOR EACH ROW EXECUTE FUNCTION nothing()",
)


def test_what_misses_its_row_is_not_committed(url: str, store: SqlStore, service: Service) -> None:
    """A request whose row does not change after all is a conflict, and nothing that was sent with it is kept."""
    handle(service, lines.draft("XS-1"))
    with directly(url) as execute:
        for statement in VANISHES:
            execute(statement)
        with unchanged(store), pytest.raises(Conflict) as caught:
            handle(service, lines.draft("XS-1", id="id-1"))
        assert caught.value.__context__ is None
        assert caught.value.__cause__ is None
        execute("DROP TRIGGER vanishes ON eap_requests")
    assert handle(service, lines.draft("XS-1", id="id-1"))[0].snapshot.version == 2
    assert assert_whole(store) == 1


def test_without_the_count_a_half_is_committed(url: str, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """The server itself has to refuse: whoever looks at the number of rows afterwards looks too late."""
    handle(service, lines.draft("XS-1"))
    checked = together._together
    monkeypatch.setattr(
        together, "_together", lambda shapes: checked(shapes).partition(" SELECT 1 / ")[0] + " SELECT 1"
    )
    with directly(url) as execute:
        for statement in VANISHES:
            execute(statement)
        handle(service, lines.draft("XS-1", id="id-1"))
        assert execute("SELECT max(version) FROM eap_steps") == [(2,)]
        assert execute("SELECT version FROM eap_requests") == [(1,)]


def test_threads_have_connections_of_their_own(store: SqlStore, service: Service) -> None:
    """Many at once, each on a connection from the pool that may have the names of another's statements."""
    done = threading.Event()

    def work(number: int) -> int:
        for _ in range(20):
            handle(service, lines.draft(f"XS-{number}"))
        done.set()
        return service.snapshot(f"XS-{number}").version

    assert at_once(*[lambda number=number: work(number) for number in range(4)]) == [20] * 4
    assert done.is_set()
    assert assert_whole(store) == 4
