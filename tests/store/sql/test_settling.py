"""What is settled of a connection: what its URL says, and that nothing outlives a transaction where a pooler exchanges servers."""

from __future__ import annotations

from itertools import count
from typing import Any

import psycopg
import pytest
import sqlalchemy

from eap_workflow.errors import InvalidValue, StoreError
from eap_workflow.service import Service
from eap_workflow.store.sql import SqlStore, prepared, settling
from eap_workflow.store.sql.libpq import Libpq
from eap_workflow.store.sql.settling import UNSAID, Settling
from eap_workflow.verification import verify
from tests import lines
from tests.databases import at_once, directly, opened
from tests.lines import handle
from tests.poolers import connected, pooled
from tests.servers import postgres_server, postgres_url

__all__ = ["postgres_url"]


def settled(query: str) -> Settling:
    """What a URL with a query says."""
    return Settling.of(sqlalchemy.make_url(f"postgresql+psycopg://host/name?{query}"))


# --- what a URL says --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("said", "threshold"), [("none", None), ("None", None), ("0", 0), ("12", 12)])
def test_a_url_says_how_often_a_statement_comes_before_it_is_prepared(
    postgres_url: str, said: str, threshold: int | None
) -> None:
    """A number, or none, in the way in which a program would tell the driver."""
    with opened(f"{postgres_url}&prepare_threshold={said}") as store:
        handle(lines.service(store), lines.draft("XS-1"))
        (held,) = store._connections._at_hand
        assert held.driver.prepare_threshold == threshold


@pytest.mark.parametrize("said", ["planted", "-1", "1.5", "5&prepare_threshold=5", "none&prepare_threshold=none"])
def test_what_is_no_number_is_refused(said: str) -> None:
    """Without a word of what it is, as with everything in a URL."""
    with pytest.raises(InvalidValue, match="prepare_threshold in the URL has to be a whole number, or none") as caught:
        SqlStore(f"postgresql+psycopg://host/name?prepare_threshold={said}", lines.PROCESS)
    assert "planted" not in str(caught.value)
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    "query", ["autocommit=false", "row_factory=planted", "cursor_factory=planted", "context=planted"]
)
def test_what_the_driver_takes_from_a_program_alone_is_refused(query: str) -> None:
    """It would be called with a text, and fail in a way of its own."""
    with pytest.raises(InvalidValue, match=r"a URL cannot say any of these: autocommit, .*row_factory") as caught:
        settled(query)
    assert "planted" not in str(caught.value)


def test_what_is_said_twice_is_refused() -> None:
    """Neither of the two would be taken, and of some settings nobody would be told; several hosts are in order."""
    for name in ("client_encoding", "keepalives_idle", "options"):
        with pytest.raises(InvalidValue, match="it has to say once") as caught:
            settled(f"{name}=planted&{name}=planted")
        assert "planted" not in str(caught.value)
    hosts = ("/one:5432", "/two:5432")
    assert settled("host=/one:5432&host=/two:5432").url.query["host"] == hosts


def test_what_a_url_says_itself_is_left() -> None:
    """Only of what it says nothing is anything said for it."""
    assert settled("").url.query == UNSAID
    said = dict.fromkeys(UNSAID, "7")
    assert settled("&".join(f"{name}=7" for name in UNSAID)).url.query == said
    assert settled("sslmode=require").url.query == {"sslmode": "require", **UNSAID}


@pytest.mark.parametrize("name", ["SQL_ASCII", "sql-ascii", "sqlascii"])
def test_text_without_an_encoding_is_refused(name: str) -> None:
    """The driver would give bytes, which are no text."""
    with pytest.raises(InvalidValue, match="client_encoding=utf8"):
        settled(f"client_encoding={name}")


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_database_of_another_encoding(encoding: str) -> None:
    """What a server keeps its text in makes no difference, as long as it has the characters."""
    server = postgres_server()
    name = f"of_{encoding.lower()}"
    with directly(server.url("postgres")) as execute:
        execute(f"CREATE DATABASE {name} ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0")
    try:
        with opened(server.url(name)) as store:
            with store.transaction() as transaction:
                transaction.keep_checkpoint("export", "")
            handle(lines.service(store), lines.told("XS-1"))
            assert list(verify(store)) == []
    finally:
        with directly(server.url("postgres")) as execute:
            execute(f"DROP DATABASE {name}")


# --- behind a pooler --------------------------------------------------------------------------------------------------


def work(service: Service, number: int) -> int:
    """Act on commands as one of many, and read what came of each."""
    for _ in range(12):
        handle(service, lines.draft(f"XS-{number}"))
        service.snapshot(f"XS-{number}")
    with service.batch() as inside:
        handle(inside, lines.draft(f"XS-{number}"), lines.draft(f"XS-of-batch-{number}"))
    return service.snapshot(f"XS-{number}").version


@pytest.mark.parametrize(("mode", "most"), [("session", 9), ("transaction", 2)])
def test_many_work_behind_a_pooler(postgres_url: str, mode: str, most: int) -> None:
    """With nothing said of it: whichever connection a transaction gets, no command fails, and none is lost."""
    with pooled(postgres_url, mode, most=most) as url, opened(url) as store:
        service = lines.service(store)
        assert at_once(*[lambda number=number: work(service, number) for number in range(8)]) == [13] * 8
        assert list(verify(store)) == []
    with opened(postgres_url, create=False) as store:
        assert lines.assert_whole(store) == 16


def test_nothing_is_left_on_a_connection_of_the_poolers(postgres_url: str) -> None:
    """What the store sets ends with its transaction, and the next client of the pooler finds neither it nor a name."""
    with pooled(postgres_url, "transaction", most=1) as url, opened(url) as store:
        handle(lines.service(store), *[lines.draft("XS-1")] * 9)
        with connected(url) as another:
            assert another.execute("SHOW lock_timeout").fetchone() == ("0",)
            assert another.execute("SELECT count(*) FROM pg_prepared_statements").fetchone() == (0,)


def test_behind_a_pooler_a_lock_is_waited_for_as_long(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is set for a transaction alone holds in it."""
    monkeypatch.setattr(settling, "LOCK_TIMEOUT_MILLISECONDS", 50)
    with pooled(postgres_url, "transaction") as url, opened(url) as store, connected(postgres_url) as another:
        service = lines.service(store)
        handle(service, lines.draft("XS-1"))
        with another.transaction():
            another.execute("SELECT 1 FROM eap_requests FOR UPDATE")
            (problem,) = at_once(lambda: handle(service, lines.draft("XS-1")))
            assert isinstance(problem, StoreError)
            assert "locked by somebody else, for too long" in str(problem)
        assert handle(service, lines.draft("XS-1"))[0].snapshot.version == 2


def test_a_pooler_without_transactions_is_told(postgres_url: str) -> None:
    """One that gives each statement another server is of no use, and the error names the pooler."""
    with pooled(postgres_url, "statement") as url, pytest.raises(StoreError, match="a pooler before it"):
        SqlStore(url, lines.PROCESS)


def test_a_name_never_stands_for_another_statement(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What one process asks for by name may be missing on the server that it gets, and is never what another has prepared there.

    The two count alike, and are told to prepare behind a pooler that has no room for it.
    """
    with connected(postgres_url) as direct:
        direct.execute("CREATE TABLE kept (name TEXT)")
        direct.execute("INSERT INTO kept VALUES ('x')")
        ask, delete = ("SELECT name FROM kept WHERE name = ?", ("x",)), ("DELETE FROM kept WHERE name = ?", ("y",))
        with pooled(postgres_url, "transaction", most=2) as url:
            one, other, third = connected(url), connected(url), connected(url)
            one.prepare_threshold = other.prepare_threshold = 0
            ways: list[Libpq] = []
            for driver, question in ((one, delete), (other, ask)):
                monkeypatch.setattr(prepared, "_numbers", count())
                ways.append(Libpq(driver))
                ways[-1].send([("BEGIN", ()), question])
            # The other one's own server is the third's by the time when it asks again.
            for way in ways:
                way.send([("COMMIT", ())])
            with third.transaction():
                third.execute("SELECT 1")
                try:
                    found: Any = ways[1].send([ask])
                except psycopg.errors.InvalidSqlStatementName:
                    found = None
            assert found in (None, [([("x",)], 1)])
            for driver in (one, other, third):
                driver.close()
        assert direct.execute("SELECT name FROM kept").fetchall() == [("x",)]


def test_names_that_a_pooler_has_no_room_for_are_told(postgres_url: str) -> None:
    """Whoever asks for them all the same learns from the error what to say in the URL."""
    with pooled(postgres_url, "transaction", most=3) as url, opened(f"{url}&prepare_threshold=0") as store:
        service = lines.service(store)
        results = at_once(*[lambda number=number: work(service, number) for number in range(6)])
        problems = {str(each) for each in results if isinstance(each, Exception)}
        assert problems
        assert all("prepare_threshold=none in the URL" in each for each in problems), problems
        assert list(verify(store)) == []
