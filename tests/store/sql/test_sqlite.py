"""What is SQLite's own: which file is opened and how, append-only by triggers, and who waits for whom."""

from __future__ import annotations

import sqlite3
import traceback
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy

from eap_workflow.errors import InvalidValue, StoreError
from eap_workflow.service import Service
from eap_workflow.store.sql import SqlStore, sqlite
from eap_workflow.store.sql.sqlite import Sqlite
from eap_workflow.verification import verify
from tests import lines
from tests.databases import engine_of, opened
from tests.lines import PROCESS, START, assert_whole, handle, unchanged


def url_of(file: Path) -> str:
    """The URL of a database file."""
    return f"sqlite:///{file}"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a database may be made."""
    return tmp_path / "requests.db"


@pytest.fixture
def store(file: Path) -> Iterator[SqlStore]:
    """A store in a file."""
    with opened(url_of(file)) as made:
        yield made


@pytest.fixture
def service(store: SqlStore) -> Service:
    """A service on it."""
    return lines.service(store)


# --- append-only ------------------------------------------------------------------------------------------------------

COPY_OF_REMOVALS = "workflow, steps, head, at, 'x', before, digest FROM eap_removals"
COPY = "request, version, format, content, before, digest FROM eap_steps"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE eap_steps SET content = '{}'",
        "UPDATE eap_steps SET digest = digest WHERE version = 1",
        "UPDATE OR REPLACE eap_steps SET version = 2 WHERE version = 1",
        "UPDATE eap_steps SET position = position + 100",
        "DELETE FROM eap_steps WHERE version = 7",
        "DELETE FROM eap_steps",
        "INSERT OR REPLACE INTO eap_steps SELECT * FROM eap_steps",
        f"REPLACE INTO eap_steps SELECT position + 100, {COPY} WHERE version = 7",
        f"REPLACE INTO eap_steps SELECT position + 100, {COPY}",
        "REPLACE INTO eap_steps SELECT position, 'XS-9', 1, 2, content, before, digest FROM eap_steps WHERE version = 1",
        "INSERT INTO eap_steps SELECT position + 100, request, version + 8, 2, content, before, digest FROM eap_steps",
        f"INSERT OR IGNORE INTO eap_steps SELECT position + 100, {COPY}",
        f"INSERT INTO eap_steps SELECT position + 100, {COPY} WHERE true ON CONFLICT DO UPDATE SET content = '{{}}'",
        "UPDATE eap_removals SET by = 'x'",
        "DELETE FROM eap_removals",
        f"INSERT OR REPLACE INTO eap_removals SELECT number, request, {COPY_OF_REMOVALS}",
        f"REPLACE INTO eap_removals SELECT number + 1, request, {COPY_OF_REMOVALS}",
        f"REPLACE INTO eap_removals SELECT number, 'XS-9', {COPY_OF_REMOVALS}",
    ],
)
def test_steps_and_removals_cannot_be_changed(file: Path, store: SqlStore, service: Service, statement: str) -> None:
    """The database itself refuses to change, delete or replace them, whoever asks."""
    handle(service, lines.told("XS-1"), lines.tick(9), lines.draft("XS-2"))
    with store.transaction() as transaction:
        transaction.remove("XS-2", START, "case_team:ct-1")
    with unchanged(store), closing(sqlite3.connect(file)) as other:
        with pytest.raises(sqlite3.IntegrityError), other:
            other.execute(statement)
        assert other.execute("SELECT number, by FROM eap_removals").fetchall() == [(1, "case_team:ct-1")]
    assert list(verify(store)) == []


def test_a_recorded_removal_lets_the_steps_of_one_request_go(file: Path, store: SqlStore, service: Service) -> None:
    """The steps of a request can be deleted once its removal is recorded, and those of no other."""
    handle(service, lines.draft("XS-1"), lines.draft("XS-2"))
    with store.transaction() as transaction:
        transaction.remove("XS-1", START, "case_team:ct-1")
    with closing(sqlite3.connect(file)) as other:
        assert other.execute("SELECT request FROM eap_steps").fetchall() == [("XS-2",)]
        with pytest.raises(sqlite3.IntegrityError), other:
            other.execute("DELETE FROM eap_steps WHERE request IN ('XS-1', 'XS-2')")


def test_a_position_is_not_used_again(store: SqlStore, service: Service) -> None:
    """A reader who has read the last step of all, which was removed since, misses nothing of what comes next."""
    handle(service, lines.draft("XS-1"), lines.draft("XS-2"))
    reached = service.feed()[-1][0]
    with store.transaction() as transaction:
        transaction.remove("XS-2", START, "case_team:ct-1")
    handle(service, lines.draft("XS-3"))
    assert [step.request for _, step in service.feed(reached)] == ["XS-3"]


# --- which file -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "sqlite://planted:planted@host:planted/planted",
        "sqlite://planted/planted.db",
        "sqlite:///planted.db?timeout=planted",
        "sqlite:///planted.db?mode=memory&uri=true",
        "sqlite://:memory:",
        "sqlite:///planted\0.db",
        "sqlite:///planted\ud800.db",
        "sqlite:///file:planted?mode=memory&uri=true",
    ],
)
def test_a_url_of_more_than_a_file_is_refused(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A host, a user, an option or a name that no file can have is refused, without showing the URL."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidValue, match="a SQLAlchemy URL") as caught:
        SqlStore(url, PROCESS)
    said = "".join(traceback.format_exception(caught.value)).split("Error: ")[-1] + repr(caught.value)
    assert "planted" not in said
    assert caught.value.__context__ is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url", ["sqlite+aiosqlite:///planted.db", "sqlite+pysqlcipher:///planted.db", "sqlite+planted:///x.db"]
)
def test_another_driver_is_refused(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The store runs on the standard library's driver; another one is refused, and no file is made."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InvalidValue) as caught:
        SqlStore(url, PROCESS)
    assert "planted" not in str(caught.value)
    assert caught.value.__context__ is None
    assert list(tmp_path.iterdir()) == []


def test_what_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    """A file of other content, a folder, a missing folder and a name too long give our error, and stay as they are."""
    text = tmp_path / "text.db"
    text.write_text("planted, and no database\n" * 100)
    for path, code in (
        (text, "SQLITE_NOTADB"),
        (tmp_path, "SQLITE_CANTOPEN"),
        (tmp_path / "missing" / "x.db", "SQLITE_CANTOPEN"),
        (tmp_path / ("x" * 5000), "SQLITE_CANTOPEN"),
    ):
        with pytest.raises(StoreError, match=code) as caught:
            SqlStore(url_of(path), PROCESS)
        assert caught.value.__context__ is None
        assert str(tmp_path) not in str(caught.value)
    assert text.read_text() == "planted, and no database\n" * 100
    assert list(tmp_path.iterdir()) == [text]


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///missing.db", "sqlite:///" + "x" * 5000])
def test_who_only_reads_makes_no_file(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without ``create``, what is not there is said not to be there."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StoreError, match="there is no database here"):
        SqlStore(url, PROCESS, create=False)
    assert list(tmp_path.iterdir()) == []


def test_a_database_without_a_file_is_gone_when_it_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A URL that names no file stands for a temporary one, with readers beside the writer, and leaves nothing."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for url in ("sqlite://", "sqlite:///:memory:"):
        with opened(url) as store:
            service = lines.service(store)
            handle(service, lines.told("XS-1"), lines.filed("XS-2"))
            assert [service.status(each, lines.FAR).state for each in service.snapshots()] == [
                "approved",
                "employer_decision",
            ]
            assert len(list(tmp_path.iterdir())) == 1
        assert list(tmp_path.iterdir()) == []


def test_a_temporary_file_is_removed_with_a_store_that_is_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A store that nobody closed leaves nothing once it is gone itself."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    dialect = Sqlite()
    engine = dialect.engine(sqlalchemy.make_url("sqlite://"), create=True)
    assert len(list(tmp_path.iterdir())) == 1
    engine.dispose()
    del dialect, engine
    import gc

    gc.collect()
    assert list(tmp_path.iterdir()) == []


# --- who waits --------------------------------------------------------------------------------------------------------


def test_a_lock_that_somebody_holds_is_waited_for_and_then_told(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer that never ends makes others give up with our error, a reader is not held up, and nothing is lost."""
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_MILLISECONDS", 50)
    with opened(url_of(file)) as store, closing(sqlite3.connect(file, isolation_level=None)) as other:
        service = lines.service(store)
        handle(service, lines.draft("XS-1"))
        other.execute("BEGIN IMMEDIATE")
        with unchanged(store), pytest.raises(StoreError, match="locked by somebody else") as caught:
            handle(service, lines.submit("XS-1", 1))
        assert caught.value.__context__ is None
        other.execute("ROLLBACK")
        handle(service, lines.submit("XS-1", 1))
        assert assert_whole(store) == 1


def test_a_command_begins_by_holding_the_file(store: SqlStore, service: Service) -> None:
    """A transaction that may write holds the file from its first moment, so nothing that it has read can change under it."""
    handle(service, lines.draft("XS-1"))
    with store.transaction(), engine_of(str(store.engine.url), connect_args={"timeout": 0.01}) as engine:
        with engine.connect() as other, pytest.raises(sqlalchemy.exc.OperationalError, match="locked"):
            other.exec_driver_sql("BEGIN IMMEDIATE")
        with engine.connect() as reader:
            assert reader.exec_driver_sql("SELECT count(*) FROM eap_requests").scalar() == 1


def test_what_is_acknowledged_is_on_the_disk(store: SqlStore) -> None:
    """Every connection waits for the disk before it acknowledges, which only a power cut could show."""
    with store.engine.connect() as first, store.engine.connect() as second:
        for connection in (first, second):
            asked = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("synchronous", "journal_mode")
            }
            assert asked == {"synchronous": 2, "journal_mode": "wal"}


def test_a_file_says_whose_it_is(store: SqlStore) -> None:
    """The file has our mark, by which ``file`` and a migration know it, and its tables take no other type than they state."""
    with store.engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA application_id").scalar() == sqlite.APPLICATION_ID
        strict = connection.exec_driver_sql("SELECT name FROM pragma_table_list WHERE name LIKE 'eap%' AND NOT strict")
        assert strict.all() == []


# --- the dialect ------------------------------------------------------------------------------------------------------


def test_positions_sort_as_the_feed_does() -> None:
    """A later row has a position that sorts later as text, at any size, and only what was given is read."""
    dialect = Sqlite()
    positions = [dialect.position((number,)) for number in (1, 9, 10, 2**63 - 1)]
    assert positions == sorted(positions)
    assert [dialect.place(each) for each in positions] == [(1,), (9,), (10,), (2**63 - 1,)]
    assert dialect.place("") == (0,)
    for position in ("1", f"{2**63:019}", positions[0] + "\n", " " + positions[0], "٣" * 19):
        with pytest.raises(ValueError):  # noqa: PT011 - the transaction says it in words
            dialect.place(position)


def test_an_error_is_told_by_its_name() -> None:
    """Each code has its words, and none of the driver's own, which can hold a value."""
    dialect = Sqlite()
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("CREATE TABLE x (planted TEXT PRIMARY KEY CHECK (planted <> 'no'))")
        connection.execute("INSERT INTO x VALUES ('planted')")
        told = []
        for statement in (
            "INSERT INTO x VALUES ('planted')",
            "INSERT INTO x VALUES ('no')",
            "SELECT planted FROM planted",
        ):
            with pytest.raises(sqlite3.Error) as caught:
                connection.execute(statement)
            told.append(dialect.problem(caught.value))
    assert [code for _, code in told] == ["SQLITE_CONSTRAINT_PRIMARYKEY", "SQLITE_CONSTRAINT_CHECK", "SQLITE_ERROR"]
    assert [dialect.is_repeated(code) for _, code in told] == [True, False, False]
    assert {words for words, _ in told} == {"the database did not do it"}
