"""The store in a database, on SQLite and on PostgreSQL: the contract of every store, and what a database can do to it."""

from __future__ import annotations

import logging
import os
import sqlite3
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy

from eap_workflow.errors import Conflict, EapWorkflowError, InvalidValue, StoreError
from eap_workflow.service import Receipt, Service
from eap_workflow.store import Seen, Store, Wanted
from eap_workflow.store.sql import SqlStore, schema, settling, sqlite
from eap_workflow.store.sql.statements import Question, Statements
from eap_workflow.testing import StoreContract
from eap_workflow.values import Actor, Role
from eap_workflow.verification import verify
from eap_workflow.worker import Worker, send_again
from tests import lines
from tests.databases import at_once, directly, kind, new_database, opened, service, store, url
from tests.lines import DAY, FAR, PROCESS, assert_whole, contents, handle, unchanged
from tests.servers import PostgresServer, own_postgres

__all__ = ["kind", "own_postgres", "service", "store", "url"]

DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"


class TestSqlite(StoreContract):
    """The contract, in a file."""

    @contextmanager
    def fresh(self) -> Iterator[Store]:
        """Make an empty store."""
        with new_database("sqlite") as url, opened(url) as store:
            yield store


class TestPostgreSql(StoreContract):
    """The contract, on a server."""

    @contextmanager
    def fresh(self) -> Iterator[Store]:
        """Make an empty store."""
        with new_database("postgresql") as url, opened(url) as store:
            yield store


# --- one transaction a command ----------------------------------------------------------------------------------------


def everything(url: str) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all tables of ours, to compare before and after."""
    with directly(url) as execute:
        return {name: execute(f"SELECT * FROM {name} ORDER BY 1, 2") for name in TABLES}


TABLES = (
    *("eap_steps", "eap_requests", "eap_commands", "eap_messages", "eap_policies", "eap_calendars", "eap_checkpoints"),
    "eap_removals",
)


PLANTED = "SELECT CAST('planted con-1' AS integer)"
"""Fails on PostgreSQL, with a value in what the server says."""


@contextmanager
def failing(kind: str, fails_at: int, word: str = "") -> Iterator[list[str]]:
    """Let the database fail at a statement: the n-th, or one that begins with a word; and note which there were.

    On PostgreSQL the server itself fails at it, wherever in a message it stands.
    """
    statements: list[str] = []
    send, send_many = Statements.send, Statements.send_many

    def fails(statement: str) -> bool:
        if statement.startswith("PRAGMA"):
            # How long a lock is waited for, which is set around a transaction.
            return False
        statements.append(statement.split(maxsplit=1)[0])
        return len(statements) == fails_at or statements[-1] == word

    def noted(self: Statements, *questions: Question) -> Any:
        asked = [(PLANTED, ()) if fails(statement) else (statement, values) for statement, values in questions]
        if kind == "sqlite" and (PLANTED, ()) in asked:
            raise sqlite3.OperationalError(PLANTED)
        return send(self, *asked)

    def noted_many(self: Statements, statement: str, rows: list[tuple[object, ...]]) -> None:
        if fails(statement):
            raise {"sqlite": sqlite3.OperationalError, "postgresql": psycopg.OperationalError}[kind](PLANTED)
        send_many(self, statement, rows)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Statements, "send", noted)
        patch.setattr(Statements, "send_many", noted_many)
        yield statements


def test_a_command_whose_statements_fail_leaves_nothing(url: str, kind: str, store: SqlStore, service: Service) -> None:
    """Whichever statement of a command the database fails at, BEGIN and COMMIT included, nothing of it is left."""
    given = lines.submit("XS-1", 1, counted=9, id="id-1")
    receipts: list[Receipt] = []
    statements: list[str] = []
    failures: list[StoreError] = []
    handle(service, lines.draft("XS-1", contract="harbour"))
    before = everything(url)
    for fails_at in range(1, 40):
        with failing(kind, fails_at) as noted:
            statements = noted
            try:
                receipts = handle(service, given)
            except StoreError as error:
                failures.append(error)
                assert everything(url) == before
            else:
                break
    assert len(failures) > 8
    assert all(error.__context__ is None and "planted" not in str(error) for error in failures)
    assert [step.trigger for step in receipts[0].steps] == ["submit", "refer"]
    assert statements[0] == "BEGIN"
    assert statements[-1] == "COMMIT"
    # On PostgreSQL what a command writes is one statement, WITH all of its parts.
    assert statements.count("INSERT") + statements.count("WITH") >= 4
    assert [len(rows) - len(before[name]) for name, rows in everything(url).items()] == [2, 0, 1, 1, 1, 1, 0, 0]
    assert assert_whole(store) == 1
    assert list(verify(store)) == []


def test_a_removal_whose_statements_fail_leaves_all(url: str, kind: str, store: SqlStore, service: Service) -> None:
    """Whichever statement of a removal fails, the request is there whole and no act is recorded."""
    handle(service, lines.draft("XS-1", id="id-1"), lines.line("withdraw", "XS-1", 1))
    with store.transaction() as transaction:
        for posted in transaction.messages(None, 9):
            transaction.take_message(FAR, FAR, "worker")
            transaction.settle(posted.message.id, "worker", "sent", None, None)
    before = everything(url)
    for fails_at in range(1, 40):
        with failing(kind, fails_at):
            try:
                service.remove("XS-1", at=FAR, by=Actor(role=Role.CASE_TEAM, id="ct-1"), ended_before=FAR)
            except StoreError:
                assert everything(url) == before
            else:
                break
    assert fails_at > 6
    after = everything(url)
    assert [len(after[name]) for name in ("eap_steps", "eap_requests", "eap_commands", "eap_messages")] == [0] * 4
    assert len(after["eap_removals"]) == 1
    assert list(verify(store)) == []


def test_a_transaction_that_cannot_even_be_undone_is_not_kept(kind: str, store: SqlStore, service: Service) -> None:
    """If ROLLBACK fails after a refusal, the next command finds the store as it was, and is acted on."""
    handle(service, lines.draft("XS-1"))
    with unchanged(store), failing(kind, 0, "ROLLBACK"), pytest.raises(KeyboardInterrupt):
        _give_up(store)
    with store.reading() as transaction:
        assert transaction.seen("id-1") is None
    assert len(handle(service, lines.submit("XS-1", 1, id="id-1"))) == 1


def _give_up(store: SqlStore) -> None:
    with store.transaction() as transaction:
        transaction.remember("id-1", Seen(digest="d", request="XS-1", first=1, last=1))
        raise KeyboardInterrupt


def test_many_commands_are_one_transaction(url: str, store: SqlStore, service: Service) -> None:
    """In a batch each command leaves all of its traces or none, nothing is there before its end, and all of it afterwards."""
    with service.batch() as inside:
        handle(inside, lines.filed("XS-1", id="id-1"))
        with pytest.raises(Conflict):
            handle(inside, lines.line("approve", "XS-1", 1, lines.APPROVER, version=1))
        handle(inside, lines.filed("XS-2"))
        assert contents(store)["snapshots"] == []
    assert [each.request for each in service.snapshots()] == ["XS-1", "XS-2"]
    before = everything(url)
    with pytest.raises(KeyboardInterrupt):
        _give_up_a_batch(service)
    assert everything(url) == before
    assert list(verify(store)) == []


def _give_up_a_batch(service: Service) -> None:
    with service.batch() as inside:
        handle(inside, lines.filed("XS-3", id="id-3"))
        raise KeyboardInterrupt


# --- what is opened ---------------------------------------------------------------------------------------------------


def test_a_database_of_somebody_else_is_left_alone(kind: str, url: str) -> None:
    """Beside tables of somebody else's none of ours are made unasked: the error says what makes them."""
    with directly(url) as execute:
        execute("CREATE TABLE theirs (x INTEGER)")
        for create in (True, False):
            with pytest.raises(StoreError, match="store migrate") as caught:
                SqlStore(url, PROCESS, create=create)
            assert caught.value.__context__ is None
        catalogue = (
            "sqlite_schema WHERE type = 'table'" if kind == "sqlite" else "pg_tables WHERE schemaname = 'public'"
        )
        column = "name" if kind == "sqlite" else "tablename"
        assert execute(f"SELECT {column} FROM {catalogue}") == [("theirs",)]


def test_a_database_of_a_newer_version_is_refused(url: str) -> None:
    """What a newer version of the library wrote is not opened by an older one, and stays as it is."""
    with opened(url) as store:
        handle(lines.service(store), lines.draft())
    with directly(url) as execute:
        for version in ("0003x", "9999"):
            execute("UPDATE eap_schema SET version_num = :version", version=version)
            before = everything(url)
            with pytest.raises(StoreError, match="written by a newer version"):
                SqlStore(url, PROCESS)
            assert everything(url) == before
        execute("UPDATE eap_schema SET version_num = :version", version=schema.VERSION)
    with opened(url) as store:
        assert assert_whole(store) == 1


def test_a_database_of_an_older_version_is_not_read_unasked(url: str) -> None:
    """An older file is migrated when somebody says so, and until then it is refused with the command that does it."""
    with opened(url) as store:
        handle(lines.service(store), lines.draft())
    with directly(url) as execute:
        execute("UPDATE eap_schema SET version_num = :version", version=schema.BEFORE_VERSIONS)
    with pytest.raises(StoreError, match="an older version of this library: run `eap-workflow store migrate`"):
        SqlStore(url, PROCESS)


def test_who_only_reads_makes_no_tables(url: str, kind: str) -> None:
    """Without ``create``, an empty database stays empty, and it is said what is missing."""
    if kind == "sqlite":
        with directly(url) as execute:
            execute("PRAGMA user_version = 0")
            execute("VACUUM")
    with pytest.raises(StoreError, match=r"no tables of ours|there is no database here") as caught:
        SqlStore(url, PROCESS, create=False)
    assert caught.value.__context__ is None


def test_what_was_kept_is_there_when_it_is_opened_again(url: str) -> None:
    """Another store on the same database has everything, and goes on from there."""
    with opened(url) as store:
        handle(lines.service(store), lines.reviewed("XS-1"), lines.draft("XS-2", id="id-1"))
        before = contents(store, ["id-1"])
    with opened(url, create=False) as store:
        assert contents(store, ["id-1"]) == before
        handle(lines.service(store), lines.line("support", "XS-1", 2, lines.MANAGER))
        assert assert_whole(store) == 2
        assert list(verify(store)) == []


# --- several at once --------------------------------------------------------------------------------------------------


def test_many_open_a_new_database_at_once(kind: str) -> None:
    """Whoever comes first makes the tables, the others find them, and each can work at once."""

    def work(url: str, number: int) -> int:
        with opened(url) as store:
            return handle(lines.service(store), lines.draft(f"XS-{number}"))[0].snapshot.version

    for _ in range(5):
        with new_database(kind) as url:
            assert at_once(*(partial(work, url, number) for number in range(4))) == [1] * 4
            with opened(url) as store:
                assert assert_whole(store) == 4


def run_python(*arguments: str) -> subprocess.Popen[str]:
    """Start Python with the library and these tests to import."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(Path.cwd()), *sys.path])}
    return subprocess.Popen([sys.executable, *arguments], env=environment, text=True, stdout=subprocess.PIPE)


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


def test_two_processes_that_write_at_once_lose_no_step(url: str, tmp_path: Path) -> None:
    """Both open the new database, revise one draft and lead requests of their own; every command of both is kept."""
    writers = []
    for name in range(2):
        commands = tmp_path / f"{name}.jsonl"
        own = [lines.told(f"XS-{name + 1}{number}") for number in range(6)]
        shared = [lines.draft("XS-0") for _ in range(30)]
        commands.write_text(lines.text([each for path in own for each in path] + shared))
        writers.append(run_python("-c", WRITER, url, str(commands)))
    for writer in writers:
        said, _ = writer.communicate(timeout=60)
        assert writer.returncode == 0
        assert len(said.splitlines()) == 60
    with opened(url) as store:
        assert assert_whole(store) == 13
        assert lines.service(store).snapshot("XS-0").version == 60
        assert list(verify(store)) == []


# --- memory and logs --------------------------------------------------------------------------------------------------

MEASURED = """
import resource, sys
import sqlalchemy
from eap_workflow.cli import run
from eap_workflow.store.sql import SqlStore
from tests import lines

store = SqlStore(sys.argv[1], lines.PROCESS)
store.engine.dispose()

@sqlalchemy.event.listens_for(store.engine, "connect")
def _quick(connection, _record):
    if store.engine.dialect.name == "sqlite":
        connection.execute("PRAGMA synchronous = OFF")

totals = run.Totals()
service = lines.service(store)
with open(sys.argv[2], "rb") as file:
    for _ in run.run(service, file, totals):
        pass
print()
print(totals.accepted, totals.refused, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    """A file several times as long takes hardly more memory, for what is accepted and what is refused."""
    # What is remembered of requests that were written lately is bounded, and full from the first size on.
    few, many = (20_000, 100_000) if DEEP else (3_200, 6_400)
    peaks = []
    running = []
    for size in (few, many):
        commands = tmp_path / f"{size}.jsonl"
        with commands.open("w") as file:
            for number in range(size // 4):
                given = lines.filed(f"XS-{number}")
                file.write(lines.text([*given, given[1], "no JSON"]))
        running.append(run_python("-c", MEASURED, f"sqlite:///{tmp_path / f'{size}.db'}", str(commands)))
    for size, process in zip((few, many), running, strict=True):
        said, _ = process.communicate()
        accepted, refused, peak = map(int, said.splitlines()[-1].split())
        assert (accepted, refused) == (size // 2, size // 2)
        peaks.append(peak)
    unit = 1024 if sys.platform == "darwin" else 1
    assert peaks[1] - peaks[0] < 6_000 * unit


PLANTED = "planted7"
"""Stands in everything that a caller passes; no word of ours holds it."""


def personal(request: str = f"XS-{PLANTED}", **own: object) -> list[lines.Line]:
    """A long path with a mark in every reference that a command holds."""
    who = {"id": f"con-{PLANTED}", "practice": f"pr-{PLANTED}"}
    consultant, manager = lines.CONSULTANT | who, lines.MANAGER | {"id": f"cm-{PLANTED}"}
    employer = f"emp-{PLANTED}"
    approver = {"role": "employer", "id": f"hr-{PLANTED}", "employer": employer}
    form = {"client": f"cl-{PLANTED}", "employer": employer, "assist_case": "ASST-77000077"}
    answers = dict.fromkeys(lines.ANSWERS, f"doc-{PLANTED}")
    tally = {"completed": 9, "scheduled": 0, "remaining": 0}
    return [
        lines.draft(request, 0, consultant, **form, **own),
        lines.line("submit", request, 0, consultant, tally=tally, id=f"id-{PLANTED}"),
        lines.line("provide_details", request, 1, consultant, details=answers),
        lines.line("reduce", request, 2, manager, sessions=3),
        lines.line("approve", request, 3, approver),
    ]


MARKS = (PLANTED, "77000077")


def whole_of(error: BaseException) -> str:
    """Everything that an error says or holds, with those that it holds, as a log or a debugger would show it."""
    said = []
    held: BaseException | None = error
    while held is not None:
        # A conflict says for which request, to the program that named it.
        facts = {key: str(value) for key, value in vars(held).items() if key != "request"}
        said += [str(held), repr(held), repr(held.args), str(facts)]
        held = held.__cause__ or held.__context__
    return "".join(said) + "".join(traceback.format_exception(error))


def test_nothing_of_a_command_is_logged(
    url: str, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    """With every logger at DEBUG, SQLAlchemy's and the driver's included, no value of a command is in the log."""
    caplog.set_level(logging.DEBUG)
    for name in ("sqlalchemy", "sqlalchemy.engine", "sqlalchemy.pool", "psycopg", "eap_workflow"):
        caplog.set_level(logging.DEBUG, name)
    with opened(url) as store:
        service = lines.service(store)
        handle(service, personal())
        for refused in (*personal()[1:], lines.line("approve", f"XS-{PLANTED}", DAY, lines.APPROVER | {"id": PLANTED})):
            lines.attempt(service, refused | {"id": f"other-{PLANTED}"})
        handle(service, lines.tick(40 * DAY))
        Worker(service, lambda _message: None, name=f"worker-{PLANTED}", now=lambda: FAR).work()
        contents(store, [f"id-{PLANTED}"])
        # What somebody asks on the store's engine themselves is not shown either, neither its values nor its rows.
        with store.engine.connect() as connection:
            query = sqlalchemy.text("SELECT * FROM eap_requests WHERE request = :request")
            assert connection.execute(query, {"request": f"XS-{PLANTED}"}).all()
        list(verify(store))
        service.remove(f"XS-{PLANTED}", at=FAR, by=Actor(role=Role.CASE_TEAM, id=f"ct-{PLANTED}"), ended_before=FAR)
    said = caplog.text + "".join(capfd.readouterr())
    assert not [mark for mark in MARKS if mark in said]


def test_an_error_of_the_database_shows_no_value(url: str, kind: str, store: SqlStore) -> None:
    """A constraint that fails is told without the statement's values, in all that the error holds."""
    seen = Seen(digest=PLANTED, request=PLANTED, first=1, last=1)
    with store.transaction() as transaction:
        transaction.remember(PLANTED, seen)
    with pytest.raises(Conflict) as caught, store.transaction() as transaction:
        transaction.remember(PLANTED, seen)
    assert PLANTED not in whole_of(caught.value)
    assert caught.value.__context__ is None
    # PostgreSQL says in a detail which row it was that a check refused.
    with directly(url) as execute:
        if kind == "postgresql":
            execute("ALTER TABLE eap_commands ADD CHECK (first < 100)")
        else:
            execute(
                "CREATE TRIGGER refused BEFORE INSERT ON eap_commands WHEN NEW.first > 99"
                " BEGIN SELECT RAISE(ABORT, 'planted7'); END"
            )
    with pytest.raises(StoreError) as refused, store.transaction() as transaction:
        transaction.remember("other", Seen(digest=PLANTED, request=PLANTED, first=100, last=100))
    assert refused.value.__context__ is None
    assert PLANTED not in whole_of(refused.value)


def test_no_error_holds_what_came_in(store: SqlStore, service: Service) -> None:
    """Refused, in conflict, unknown or used twice: the marks are in nothing that an error says or holds."""
    path = personal()
    handle(service, path[:3])
    request = f"XS-{PLANTED}"
    for given in (
        path[4],
        path[3] | {"by": dict(lines.CONSULTANT) | {"id": PLANTED}},
        path[3] | {"version": 1},
        path[1] | {"tally": {"completed": 1, "scheduled": 0, "remaining": 0}},
        lines.draft(request, contract=PLANTED),
        lines.line("approve", f"{request}-none", 9, {"role": "employer", "id": PLANTED, "employer": PLANTED}),
    ):
        with pytest.raises(EapWorkflowError) as caught:
            handle(service, given)
        assert not [mark for mark in MARKS if mark in whole_of(caught.value)]
    for ask in (service.snapshot, service.trail):
        with pytest.raises(EapWorkflowError) as caught:
            ask(f"{PLANTED}-nobody")
        assert PLANTED not in whole_of(caught.value)
    assert PLANTED not in repr(store) + repr(service) + repr(service.snapshot(request)) + repr(service.trail(request))
    with store.reading() as transaction:
        assert PLANTED not in repr(transaction)
        assert PLANTED not in repr(transaction.messages(None, 9))
        assert PLANTED not in repr([each.message for each in transaction.messages(None, 9)])


@pytest.mark.parametrize(
    "text", ["XS-\0", "\ud800", "x" * 5_000_000, "'; DROP TABLE eap_steps; --", "%s %(a)s ? :a {}", "\u202e", "é\n\t\\"]
)
def test_a_reader_who_asks_for_anything_finds_nothing(store: SqlStore, service: Service, text: str) -> None:
    """Whatever stands where an id is asked for, nothing is found or it is refused with our error, which does not show it."""
    handle(service, lines.filed("XS-1"))
    refusals: list[EapWorkflowError] = []
    with unchanged(store):
        for ask in (
            lambda: service.snapshot(text),
            lambda: service.trail(text),
            lambda: service.page(Wanted(state=text)),
            lambda: service.page(Wanted(turn=text)),
            lambda: service.page(Wanted(employer=text)),
            lambda: service.page(Wanted(assist_case=text)),
            lambda: service.feed(text),
            lambda: send_again(service, text, FAR),
            lambda: service.remove(text, at=FAR, by=Actor(role=Role.CASE_TEAM, id="ct-1"), ended_before=FAR),
        ):
            found: object = ()
            try:
                found = ask()
            except EapWorkflowError as error:
                refusals.append(error)
            assert found == ()
    assert len(refusals) >= 4
    for refusal in refusals:
        assert not isinstance(refusal, StoreError)
        assert refusal.__context__ is None or isinstance(refusal.__context__, EapWorkflowError)
        assert text not in str(refusal) + repr(refusal)
    assert handle(service, lines.line("approve", "XS-1", 1, lines.APPROVER))[0].snapshot.state == "approved"


def test_a_lock_of_the_tables_is_told(url: str, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who holds everything makes others give up with our error after a while, and nothing is lost."""
    monkeypatch.setattr(sqlite, "BUSY_TIMEOUT_MILLISECONDS", 50)
    monkeypatch.setattr(settling, "LOCK_TIMEOUT_MILLISECONDS", 50)
    with opened(url) as store:
        service = lines.service(store)
        handle(service, lines.draft("XS-1"))
        with closing(store.engine.raw_connection()) as other:
            cursor = other.cursor()
            cursor.execute("BEGIN IMMEDIATE" if kind == "sqlite" else "BEGIN")
            if kind == "postgresql":
                cursor.execute("SELECT 1 FROM eap_requests FOR UPDATE")
            with unchanged(store), pytest.raises(StoreError, match="locked by somebody else") as caught:
                handle(service, lines.submit("XS-1", 1))
            assert caught.value.__context__ is None
            cursor.execute("ROLLBACK")
        handle(service, lines.submit("XS-1", 1))


def test_an_address_that_is_none_is_refused() -> None:
    """What is no URL of a database that the store runs on is refused, without showing it: it may hold a password."""
    for given in (
        "",
        "planted",
        "planted.db",
        "mysql://planted:planted@host/planted",
        None,
        7,
        b"sqlite:///planted.db",
    ):
        with pytest.raises(InvalidValue) as caught:
            SqlStore(given, PROCESS)  # type: ignore[arg-type]
        assert "planted" not in str(caught.value)
        assert caught.value.__context__ is None


# --- what was found by reading --------------------------------------------------------------------------------------------


def test_one_request_that_cannot_be_read_holds_up_no_other(store: SqlStore, service: Service, url: str) -> None:
    """A row that somebody has damaged is named among what is stuck, and the clock goes on with the others (IN-13)."""
    handle(service, lines.filed("XS-1"), lines.filed("XS-2", 1))
    with directly(url) as execute:
        execute("UPDATE eap_requests SET snapshot = '{}' WHERE request = 'XS-1'")
    ticked = service.tick(lines.FAR)
    assert list(ticked.stuck) == ["XS-1"]
    assert [step.trigger for step in service.trail("XS-2")][-1] == "overdue"
    assert {finding.request for finding in verify(store)} == {"XS-1"}


def test_who_asks_waits_for_nobody(store: SqlStore, service: Service) -> None:
    """Whether a submission would be permitted is answered while somebody else holds the Assist Case."""
    handle(service, lines.draft("XS-1", assist_case="ASST-7"))
    with store.transaction() as transaction:
        transaction.hold_case("ASST-7")
        transaction.in_case("ASST-7", "XS-2")
        (answer,) = at_once(lambda: service.can(lines.read(lines.submit("XS-1", 1))))
    assert answer.permitted


def test_several_connections_outlive_a_restart(own_postgres: PostgresServer) -> None:
    """However many idle connections a restart has cut, the next call connects anew, and so does every other."""
    with own_postgres.database() as url, opened(url) as store:
        service = lines.service(store)
        handle(service, lines.draft("XS-1"))
        at_once(*[partial(hold_a_while, store)] * 4)
        own_postgres.stop()
        own_postgres.start()
        assert [each.version for each in at_once(*[lambda: service.snapshot("XS-1")] * 4)] == [1] * 4


def hold_a_while(store: SqlStore) -> None:
    """Use a connection for a moment."""
    with store.reading() as transaction:
        time.sleep(0.1)
        assert transaction.load("XS-1") is not None
