"""The store in a SQLite file: the contract of every store, and what a file, a process and a database can do to it."""

from __future__ import annotations

import json
import logging
import os
import signal
import sqlite3
import subprocess
import sys
import traceback
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import sqlalchemy

from eap_workflow.errors import EapWorkflowError, InvalidValue, StoreError
from eap_workflow.service import Receipt
from eap_workflow.store import Seen, Store, sql
from eap_workflow.store.sql import SqlStore
from tests import lines
from tests.lines import DAY, PROCESS, assert_whole, contents, handle, unchanged
from tests.store.contract import StoreContract

DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"


def url_of(file: Path) -> str:
    """The URL of a database file."""
    return f"sqlite:///{file}"


@contextmanager
def opened(file: Path, *, create: bool = True) -> Iterator[SqlStore]:
    """A store on a file, closed at the end."""
    with closing(SqlStore(url_of(file), PROCESS, create=create)) as store:
        yield store


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Where a database may be made."""
    return tmp_path / "requests.db"


class TestSqlStore(StoreContract):
    """The contract, in a file."""

    @contextmanager
    def fresh(self) -> Iterator[Store]:
        """Make an empty store."""
        with TemporaryDirectory() as folder, opened(Path(folder, "requests.db")) as store:
            yield store


# --- one transaction a command ----------------------------------------------------------------------------------------


def test_a_command_whose_statements_fail_leaves_nothing(file: Path) -> None:
    """Whichever statement of a command the database fails at, BEGIN and COMMIT included, nothing of it is left."""
    given = lines.submit("XS-1", 1, counted=9, id="id-1")
    receipts: list[Receipt] = []
    statements: list[str] = []
    with opened(file) as store:
        service = lines.service(store)
        handle(service, lines.draft("XS-1"))
        with closing(sqlite3.connect(file)) as other:
            before = list(other.iterdump())
            for fails_at in range(1, 30):
                with failing(store._engine, fails_at) as noted:
                    statements = noted
                    try:
                        receipts = handle(service, given)
                    except StoreError:
                        assert list(other.iterdump()) == before
                    else:
                        break
        assert [step.trigger for step in receipts[0].steps] == ["submit", "refer"]
        assert statements[0] == "BEGIN"
        assert statements[-1] == "COMMIT"
        assert statements.count("INSERT") == 5
        assert assert_whole(store) == 1


def test_a_transaction_that_cannot_even_be_undone_is_not_kept(file: Path) -> None:
    """If ROLLBACK fails after a refusal, the next command finds the store as it was, and is acted on."""
    with opened(file) as store:
        service = lines.service(store)
        handle(service, lines.draft("XS-1"))
        with unchanged(store), failing(store._engine, 0, "ROLLBACK"), pytest.raises(StoreError):
            _give_up(store)
        assert len(handle(service, lines.submit("XS-1", 1, id="id-1"))) == 1


def _give_up(store: SqlStore) -> None:
    with store.transaction() as transaction:
        transaction.remember("id-1", Seen(digest="d", request="XS-1", first=1, last=1))
        raise KeyboardInterrupt


@contextmanager
def failing(engine: sqlalchemy.Engine, fails_at: int, word: str = "") -> Iterator[list[str]]:
    """Let the database fail at a statement: the n-th, or one that begins with a word; and note which there were."""
    statements: list[str] = []

    def before(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        statements.append(statement.split(maxsplit=1)[0])
        if len(statements) == fails_at or statements[-1] == word:
            raise sqlalchemy.exc.OperationalError(statement, {"planted": "con-1"}, sqlite3.OperationalError("disk"))

    sqlalchemy.event.listen(engine, "before_cursor_execute", before)
    try:
        yield statements
    finally:
        sqlalchemy.event.remove(engine, "before_cursor_execute", before)


def test_steps_cannot_be_changed_or_deleted(file: Path) -> None:
    """The database itself refuses to change or delete a step, whoever asks."""
    with opened(file) as store:
        handle(lines.service(store), lines.told("XS-1"), lines.tick(9))
        with unchanged(store), closing(sqlite3.connect(file)) as other:
            for statement in (
                "UPDATE steps SET content = '{}'",
                "UPDATE steps SET at = '2000' WHERE version = 1",
                "DELETE FROM steps WHERE version = 7",
                "DELETE FROM steps",
                "INSERT OR REPLACE INTO steps SELECT * FROM steps",
                "REPLACE INTO steps SELECT position + 100, request, version, at, '{}' FROM steps WHERE version = 7",
                "REPLACE INTO steps SELECT position, request, version + 7, at, '{}' FROM steps WHERE version = 1",
                "INSERT INTO steps SELECT position + 100, request, version + 8, at, content FROM steps WHERE version = 1",
            ):
                with pytest.raises(sqlite3.IntegrityError), other:
                    other.execute(statement)


# --- what is opened ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "",
        "planted",
        "planted.db",
        "sqlite",
        "sqlite:/planted",
        "postgresql://planted:planted@host/planted",
        "sqlite://planted:planted@host:planted/planted",
        "sqlite://planted/planted.db",
        "sqlite+planted:///x.db",
        "sqlite+aiosqlite:///planted.db",
        "sqlite:///planted.db?timeout=planted",
        "sqlite:///planted.db?mode=memory&uri=true",
        "sqlite://:memory:",
        "sqlite:///planted\0.db",
        "sqlite:///planted\ud800.db",
    ],
)
def test_a_url_of_anything_but_a_sqlite_file_is_refused(url: str) -> None:
    """Another database, host, driver or option is refused, without showing the URL, which may hold a password."""
    with pytest.raises(InvalidValue, match="a SQLAlchemy URL of a SQLite file is needed") as caught:
        SqlStore(url, PROCESS)
    assert "planted" not in "".join(traceback.format_exception(caught.value)).replace("\n    ", "").split("Error: ")[-1]
    assert caught.value.__context__ is None


@pytest.mark.parametrize("url", [None, 7, b"sqlite:///x.db"])
def test_what_is_no_text_is_no_url(url: object) -> None:
    """Something other than text is refused as a URL is."""
    with pytest.raises(InvalidValue, match="SQLAlchemy URL"):
        SqlStore(url, PROCESS)  # type: ignore[arg-type]


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


def test_a_database_of_somebody_else_is_refused_and_left_alone(file: Path) -> None:
    """A database with tables, and none of ours, is not written to."""
    with closing(sqlite3.connect(file)) as other:
        other.execute("CREATE TABLE theirs (x)")
        before = list(other.iterdump())
        with pytest.raises(StoreError, match="the database holds other tables, and none of ours"):
            SqlStore(url_of(file), PROCESS)
        assert list(other.iterdump()) == before


def test_a_database_of_a_newer_version_is_refused(file: Path) -> None:
    """What a newer version of the library wrote is not opened by an older one."""
    with opened(file) as store:
        handle(lines.service(store), lines.draft())
    with closing(sqlite3.connect(file)) as other:
        other.execute(f"PRAGMA user_version = {sql.SCHEMA_VERSION + 1}")
        with pytest.raises(StoreError, match="written by a newer version"):
            SqlStore(url_of(file), PROCESS)
        other.execute(f"PRAGMA user_version = {sql.SCHEMA_VERSION}")
    with opened(file) as store:
        assert assert_whole(store) == 1


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "sqlite:///missing.db", "sqlite:///" + "x" * 5000])
def test_who_only_reads_makes_no_database(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without ``create``, what is not there is said not to be there."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StoreError, match="there is no database here"):
        SqlStore(url, PROCESS, create=False)
    assert list(tmp_path.iterdir()) == []


def test_a_database_without_a_file_is_gone_when_it_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A URL that names no file stands for a temporary one, with readers beside the writer, and leaves nothing."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    for url in ("sqlite://", "sqlite:///:memory:"):
        with closing(SqlStore(url, PROCESS)) as store:
            service = lines.service(store)
            handle(service, lines.told("XS-1"), lines.filed("XS-2"))
            assert [service.status(each, lines.FAR).state for each in service.snapshots()] == [
                "approved",
                "employer_decision",
            ]
            assert len(list(tmp_path.iterdir())) == 1
        assert list(tmp_path.iterdir()) == []


def test_what_was_kept_is_there_when_the_file_is_opened_again(file: Path) -> None:
    """Another store on the same file has everything, and goes on from there."""
    with opened(file) as store:
        handle(lines.service(store), lines.reviewed("XS-1", id="id-1"))
        before = contents(store, ["id-1"])
    with opened(file, create=False) as store:
        assert contents(store, ["id-1"]) == before
        handle(lines.service(store), lines.line("support", "XS-1", 2, lines.MANAGER))
        assert assert_whole(store) == 1


# --- several at once --------------------------------------------------------------------------------------------------


def test_a_lock_that_somebody_holds_is_waited_for_and_then_told(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer that never ends makes others give up with our error, a reader is not held up, and nothing is lost."""
    monkeypatch.setattr(sql, "BUSY_TIMEOUT_MILLISECONDS", 50)
    with opened(file) as store, closing(sqlite3.connect(file, isolation_level=None)) as other:
        service = lines.service(store)
        handle(service, lines.draft("XS-1"))
        other.execute("BEGIN IMMEDIATE")
        with unchanged(store), pytest.raises(StoreError, match="locked by somebody else") as caught:
            handle(service, lines.submit("XS-1", 1))
        assert caught.value.__context__ is None
        other.execute("ROLLBACK")
        handle(service, lines.submit("XS-1", 1))


def run_python(*arguments: str, **options: object) -> subprocess.Popen[str]:
    """Start Python with the library and these tests to import."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(Path.cwd()), *sys.path])}
    return subprocess.Popen(  # type: ignore[call-overload,no-any-return]
        [sys.executable, *arguments], env=environment, text=True, stdout=subprocess.PIPE, **options
    )


WRITER = """
import json, sys
from tests import lines
from eap_workflow.store.sql import SqlStore
service = lines.service(SqlStore(sys.argv[1], lines.PROCESS))
for line in open(sys.argv[2]):
    receipt = service.handle(lines.read(json.loads(line)))
    print(receipt.snapshot.request, receipt.snapshot.version, flush=True)
"""
"""Acts on a file of commands and acknowledges each as soon as it is kept."""


def commands_of(requests: range) -> list[lines.Line]:
    """The long path of some requests, side by side, every command with an id."""
    paths = [lines.told(f"XS-{number}", 0.01 * number) for number in requests]
    whole = [each for stage in zip(*paths, strict=True) for each in stage]
    return [each | {"id": f"id-{each['do']}-{each['request']}"} for each in whole]


def test_a_killed_process_loses_nothing_that_it_acknowledged(file: Path, tmp_path: Path) -> None:
    """Killed at any moment, whatever was acknowledged is there, no command is there by half, and a rerun ends as ever."""
    commands = tmp_path / "commands.jsonl"
    given = commands_of(range(22))
    commands.write_text(lines.text(given))
    with opened(file) as store:
        handle(lines.service(store), [])
    for after in (1, 8, 25, 40, 66, 95):
        writer = run_python("-c", WRITER, url_of(file), str(commands))
        assert writer.stdout is not None
        said = [writer.stdout.readline() for _ in range(after)]
        writer.send_signal(signal.SIGKILL)
        # What it had said by the moment it died counts as well, if the line is whole.
        said += [line for line in writer.stdout if line.endswith("\n")]
        assert writer.wait() == -signal.SIGKILL
        writer.stdout.close()
        with opened(file) as store:
            assert_whole(store)
            service = lines.service(store)
            for request, version in map(str.split, said):
                assert service.snapshot(request).version >= int(version)
    again = run_python("-m", "eap_workflow", "run", str(commands), "--store", url_of(file), "--json")
    assert again.stdout is not None
    summary = json.load(again.stdout)
    again.stdout.close()
    assert again.wait() == 0
    assert summary["totals"]["repeated"] >= 95
    with opened(file) as store, opened(tmp_path / "undisturbed.db") as other:
        handle(lines.service(other), given)
        assert contents(store) == contents(other)


def test_two_processes_that_write_at_once_lose_no_step(file: Path, tmp_path: Path) -> None:
    """Both open the new file, revise one draft and lead requests of their own; every command of both is kept."""
    writers = []
    for name in range(2):
        commands = tmp_path / f"{name}.jsonl"
        own = [lines.told(f"XS-{name + 1}{number}") for number in range(6)]
        shared = [lines.draft("XS-0") for _ in range(30)]
        commands.write_text(lines.text([each for path in own for each in path] + shared))
        writers.append(run_python("-c", WRITER, url_of(file), str(commands)))
    for writer in writers:
        said, _ = writer.communicate(timeout=60)
        assert writer.returncode == 0
        assert len(said.splitlines()) == 60
    with opened(file) as store:
        assert assert_whole(store) == 13
        assert lines.service(store).snapshot("XS-0").version == 60


# --- memory and logs --------------------------------------------------------------------------------------------------

MEASURED = """
import resource, sqlite3, sys
import sqlalchemy
from eap_workflow.cli import run
from eap_workflow.store.sql import SqlStore
from tests import lines

store = SqlStore(sys.argv[1], lines.PROCESS)
store._engine.dispose()

@sqlalchemy.event.listens_for(store._engine, "connect")
def _quick(connection, _record):
    connection.execute("PRAGMA synchronous = OFF")

totals = run.Totals()
service = lines.service(store)
with open(sys.argv[2], "rb") as file:
    for _ in run.run(service, file, totals):
        pass
run.print_json(service, iter(()), totals)
print(totals.accepted, totals.refused, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """A file several times as long takes hardly more memory, for what is accepted, refused and printed."""
    few, many = (20_000, 100_000) if DEEP else (600, 2_400)
    peaks = []
    for size in (few, many):
        commands = tmp_path / f"{size}.jsonl"
        with commands.open("w") as file:
            for number in range(size // 4):
                given = lines.filed(f"XS-{number}")
                file.write(lines.text([*given, given[1], "no JSON"]))
        process = run_python("-c", MEASURED, url_of(tmp_path / f"{size}.db"), str(commands))
        said, _ = process.communicate()
        accepted, refused, peak = map(int, said.splitlines()[-1].split())
        assert (accepted, refused) == (size // 2, size // 2)
        peaks.append(peak)
    unit = 1024 if sys.platform == "darwin" else 1
    assert peaks[1] - peaks[0] < 6_000 * unit


def test_nothing_of_a_command_is_logged(file: Path, caplog: pytest.LogCaptureFixture) -> None:
    """With every logger at DEBUG, SQLAlchemy's included, no value that came in with a command is in the log."""
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.DEBUG, "sqlalchemy")
    with opened(file) as store:
        service = lines.service(store)
        handle(service, lines.told("XS-planted7", client="planted", employer="emp-1", id="planted"))
        lines.attempt(service, lines.line("approve", "XS-planted7", DAY, lines.APPROVER | {"id": "planted"}))
        handle(service, lines.tick(40 * DAY))
        contents(store, ["planted"])
    assert any(record.name.startswith("sqlalchemy") for record in caplog.records)
    assert "planted" not in caplog.text


def test_an_error_of_the_database_shows_no_value(file: Path) -> None:
    """A constraint that fails is reported without the statement's values, in the whole chain of the error."""
    seen = Seen(digest="planted", request="planted", first=1, last=1)
    with opened(file) as store:
        with store.transaction() as transaction:
            transaction.remember("planted", seen)
        with pytest.raises(EapWorkflowError) as caught, store.transaction() as transaction:
            transaction.remember("planted", seen)
    assert "SQLITE_CONSTRAINT" in str(caught.value)
    error: BaseException | None = caught.value
    while error is not None:
        assert "planted" not in str(error) + repr(error) + str(vars(error))
        error = error.__cause__ or error.__context__


def test_what_is_acknowledged_is_on_the_disk(file: Path) -> None:
    """Every connection waits for the disk before it acknowledges, which only a power cut could show."""
    with opened(file) as store, store._engine.connect() as first, store._engine.connect() as second:
        for connection in (first, second):
            asked = {
                name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("synchronous", "journal_mode")
            }
            assert asked == {"synchronous": 2, "journal_mode": "wal"}
