"""The store in a SQLite database, through SQLAlchemy.

Durable before it is acknowledged: write-ahead log, ``synchronous=FULL``, one ``BEGIN IMMEDIATE`` transaction a
command, so that a process that is killed loses nothing that it had answered for. Steps are append-only in the database
too: triggers refuse to change or delete one. A request's row holds what is asked often, and the snapshot that its steps
add up to.
"""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
import tempfile
import time
import weakref
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy.engine import URL, Connection, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from eap_workflow.errors import Conflict, InvalidValue, StoreError
from eap_workflow.plain.json_text import canonical_json, parse_object
from eap_workflow.plain.scalars import why_not_storable, write_instant
from eap_workflow.plain.wire import from_wire, to_wire
from eap_workflow.policy import Policy, PolicyRef
from eap_workflow.process import Process
from eap_workflow.records import snapshot_from_wire, snapshot_to_wire, step_from_wire, step_to_wire
from eap_workflow.steps import Snapshot, Step
from eap_workflow.store import Seen, binding_passes_at, refuse_another

SCHEMA_VERSION = 1
APPLICATION_ID = 0x45415057  # "EAPW", by which a SQLite file says whose it is
BUSY_TIMEOUT_MILLISECONDS = 30_000
PAUSE_MILLISECONDS = 5
LOGGED_AS = "eap_workflow"
IN_WORDS = {
    "SQLITE_BUSY": "the database is locked by somebody else, for too long",
    "SQLITE_CANTOPEN": "the database cannot be opened: is it a file, in a folder that is there?",
    "SQLITE_FULL": "the disk is full",
    "SQLITE_NOTADB": "the file is no SQLite database",
    "SQLITE_READONLY": "the database cannot be written to",
}
"""What SQLite says by code, for a person who has to do something about it."""

SCHEMA = (
    """CREATE TABLE steps (
        position INTEGER PRIMARY KEY AUTOINCREMENT,
        request TEXT NOT NULL,
        version INTEGER NOT NULL,
        at TEXT NOT NULL,
        content TEXT NOT NULL,
        UNIQUE (request, version)
    ) STRICT""",
    """CREATE TABLE requests (
        request TEXT PRIMARY KEY,
        workflow TEXT NOT NULL,
        state TEXT NOT NULL,
        version INTEGER NOT NULL,
        at TEXT NOT NULL,
        assist_case TEXT,
        employer TEXT,
        pending INTEGER NOT NULL,
        approved_in_advance INTEGER NOT NULL,
        due_at TEXT,
        passes_at TEXT,
        snapshot TEXT NOT NULL
    ) STRICT""",
    """CREATE TABLE commands (
        id TEXT PRIMARY KEY,
        digest TEXT NOT NULL,
        request TEXT NOT NULL,
        first INTEGER NOT NULL,
        last INTEGER NOT NULL
    ) STRICT""",
    """CREATE TABLE policies (
        contract TEXT NOT NULL,
        version TEXT NOT NULL,
        content TEXT NOT NULL,
        PRIMARY KEY (contract, version)
    ) STRICT""",
    "CREATE INDEX requests_by_case ON requests (assist_case)",
    "CREATE INDEX requests_by_due ON requests (due_at) WHERE due_at IS NOT NULL",
    "CREATE INDEX requests_by_passing ON requests (passes_at) WHERE passes_at IS NOT NULL",
    "CREATE INDEX requests_by_at ON requests (at)",
    """CREATE TRIGGER steps_are_kept BEFORE DELETE ON steps
        BEGIN SELECT RAISE(ABORT, 'steps are append-only'); END""",
    """CREATE TRIGGER steps_are_final BEFORE UPDATE ON steps
        BEGIN SELECT RAISE(ABORT, 'steps are append-only'); END""",
    # INSERT OR REPLACE deletes without asking the trigger above, so what would replace a step is refused here.
    """CREATE TRIGGER steps_follow BEFORE INSERT ON steps
        WHEN NEW.version <> (SELECT coalesce(max(version), 0) + 1 FROM steps WHERE request = NEW.request)
            OR EXISTS (SELECT 1 FROM steps WHERE position = NEW.position)
        BEGIN SELECT RAISE(ABORT, 'a step follows on the last one of its request'); END""",
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {SCHEMA_VERSION}",
)


class SqlStore:
    """Requests in a SQLite database.

    Args:
        url: SQLAlchemy's URL of it, such as ``sqlite:///requests.db``; the file is made where there is none. One that
            names no file (``sqlite://``) stands for a temporary one, which is gone when the store is closed.
        process: The workflow whose requests it keeps.
        create: Whether to make the file where there is none.

    Raises:
        InvalidValue: The URL is none, or of another database.
        StoreError: The file cannot be opened, is no database of ours, or was written by a newer version.
    """

    def __init__(self, url: str, process: Process, *, create: bool = True) -> None:
        self._process = process
        parsed = _parsed(url)
        temporary = parsed.database in (None, "", ":memory:")
        # Path.exists raises for a name that is too long; os.path.exists has it that there is no such file.
        if not create and (temporary or not os.path.exists(str(parsed.database))):  # noqa: PTH110
            raise StoreError("there is no database here")
        self._let_go = None
        if temporary:
            # A database in memory belongs to one connection; a file serves readers beside a writer, as it does for good.
            folder = tempfile.mkdtemp(prefix="eap-workflow-")
            self._let_go = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
            parsed = parsed.set(database=str(Path(folder, "requests.db")))
        self._engine = _engine(parsed)
        with _ours():
            self._prepare()

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()
        if self._let_go is not None:
            self._let_go()

    @property
    def process(self) -> Process:
        """The workflow whose requests it keeps."""
        return self._process

    @contextmanager
    def transaction(self) -> Iterator[SqlTransaction]:
        """Begin a transaction that may write: it is committed when its block ends, and undone if the block raises."""
        with _ours(), self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield SqlTransaction(self._process, connection)
            except BaseException:
                # SQLite itself has undone it after some failures, a full disk for one.
                if connection.connection.driver_connection.in_transaction:  # type: ignore[union-attr]
                    connection.exec_driver_sql("ROLLBACK")
                raise
            connection.exec_driver_sql("COMMIT")

    @contextmanager
    def reading(self) -> Iterator[SqlTransaction]:
        """Begin a transaction that only reads, and sees one state of the database throughout."""
        with _ours(), self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN")
            try:
                yield SqlTransaction(self._process, connection)
            finally:
                connection.exec_driver_sql("ROLLBACK")

    def _prepare(self) -> None:
        with self._engine.connect() as connection:
            # Only a new file takes the write lock: whoever opens one to read waits for nobody.
            if self._version(connection) == 0:
                self._make(connection)

    def _version(self, connection: Connection) -> int:
        version = int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
        if version > SCHEMA_VERSION:
            raise StoreError("the database was written by a newer version of this library")
        if version and connection.exec_driver_sql("PRAGMA application_id").scalar_one() != APPLICATION_ID:
            raise StoreError("the database is another program's")
        return version

    def _make(self, connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        if self._version(connection) == 0:
            tables = connection.exec_driver_sql("SELECT count(*) FROM sqlite_schema").scalar_one()
            if tables:
                raise StoreError("the database holds other tables, and none of ours")
            for statement in SCHEMA:
                connection.exec_driver_sql(statement)
        connection.exec_driver_sql("COMMIT")


def _parsed(url: str) -> URL:
    parsed = None
    with suppress(ArgumentError, ValueError):
        parsed = make_url(url)
    # Nothing but a driver and a file: what more a URL can say would change how durable the file is, or who may read it.
    if (
        parsed is None
        or parsed.drivername not in ("sqlite", "sqlite+pysqlite")
        or parsed != URL.create(parsed.drivername, database=parsed.database)
        or why_not_storable(parsed.database or "")
    ):
        raise InvalidValue("store", "a SQLAlchemy URL of a SQLite file is needed, such as sqlite:///requests.db")
    return parsed


def _shows_no_row(record: logging.LogRecord) -> bool:
    return record.levelno > logging.DEBUG


def _engine(url: URL) -> sqlalchemy.Engine:
    # Parameters are hidden from the log by an option, and rows, which it would show at the level DEBUG, by this.
    logging.getLogger(f"sqlalchemy.engine.Engine.{LOGGED_AS}").addFilter(_shows_no_row)
    engine = sqlalchemy.create_engine(
        url, poolclass=QueuePool, isolation_level="AUTOCOMMIT", hide_parameters=True, logging_name=LOGGED_AS
    )

    @sqlalchemy.event.listens_for(engine, "connect")
    def _settle(connection: Any, _record: object) -> None:
        # The transactions are begun and ended here by hand: the driver's own would begin too late to hold a lock.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MILLISECONDS}")
        _write_ahead(cursor)
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.close()

    return engine


def _write_ahead(cursor: Any) -> None:
    """Turn the write-ahead log on; a new file's first openers meet here, and SQLite does not wait for this lock itself."""
    until = time.monotonic() + BUSY_TIMEOUT_MILLISECONDS / 1000
    while True:
        try:
            if cursor.execute("PRAGMA journal_mode").fetchone()[0] != "wal":
                cursor.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(PAUSE_MILLISECONDS / 1000)
        else:
            return


@contextmanager
def _ours() -> Iterator[None]:
    """Turn the database's errors into ours; theirs can hold the values of a statement, in the message and around it."""
    try:
        yield
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", None) or error
        name = getattr(cause, "sqlite_errorname", type(cause).__name__)
        problem = StoreError(f"{IN_WORDS.get(name, 'the database did not do it')} ({name})")
    else:
        return
    try:
        raise problem
    except StoreError:
        # What is raised while a block ends takes along the error that ended it.
        problem.__context__ = None
        raise


class SqlTransaction:
    """What `eap_workflow.store.Transaction` asks for, on one connection."""

    def __init__(self, process: Process, connection: Connection) -> None:
        self._process = process
        self._connection = connection

    def _all(self, statement: str, *values: object) -> Any:
        return self._connection.exec_driver_sql(statement, values)

    def load(self, request: str) -> Snapshot | None:
        """The request as it stands."""
        content = self._all("SELECT snapshot FROM requests WHERE request = ?", request).scalar()
        return None if content is None else self._snapshot(content)

    def append(self, steps: tuple[Step, ...], snapshot: Snapshot) -> None:
        """Add steps to a request's trail, with the snapshot that they lead to."""
        if not steps:
            return
        expected = steps[0].version - 1
        found = self._all("SELECT version FROM requests WHERE request = ?", snapshot.request).scalar() or 0
        if found != expected:
            raise Conflict(snapshot.request, expected=expected, found=found)
        for step in steps:
            self._all(
                "INSERT INTO steps (request, version, at, content) VALUES (?, ?, ?, ?)",
                step.request,
                step.version,
                _text(step.at),
                canonical_json(step_to_wire(step)),
            )
        index = self._process.index(snapshot)
        self._all(
            "INSERT OR REPLACE INTO requests (request, workflow, state, version, at, assist_case, employer, pending,"
            " approved_in_advance, due_at, passes_at, snapshot) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            snapshot.request,
            snapshot.workflow,
            snapshot.state,
            snapshot.version,
            _text(snapshot.at),
            index.assist_case,
            index.employer,
            index.pending,
            index.approved_in_advance,
            _text(snapshot.next_due_at),
            _text(binding_passes_at(self._process, snapshot)),
            canonical_json(snapshot_to_wire(snapshot)),
        )

    def trail(self, request: str, first: int = 1, last: int | None = None) -> tuple[Step, ...]:
        """The steps of a request, in order."""
        rows = self._all(
            "SELECT content FROM steps WHERE request = ? AND version >= ? AND version <= ? ORDER BY version",
            request,
            first,
            2**62 if last is None else last,
        )
        return tuple(step_from_wire(self._process, parse_object(content)) for (content,) in rows)

    def in_case(self, assist_case: str, besides: str) -> tuple[Snapshot, ...]:
        """The other requests of an Assist Case that add to its totals."""
        rows = self._all(
            "SELECT snapshot FROM requests WHERE assist_case = ? AND request <> ?"
            " AND (pending > 0 OR approved_in_advance > 0) ORDER BY request",
            assist_case,
            besides,
        )
        return tuple(self._snapshot(content) for (content,) in rows)

    def seen(self, command_id: str) -> Seen | None:
        """What is known of a command by its id."""
        row = self._all("SELECT digest, request, first, last FROM commands WHERE id = ?", command_id).one_or_none()
        return None if row is None else Seen(digest=row[0], request=row[1], first=row[2], last=row[3])

    def remember(self, command_id: str, seen: Seen) -> None:
        """Keep what a command did, under its id."""
        self._all(
            "INSERT INTO commands (id, digest, request, first, last) VALUES (?, ?, ?, ?, ?)",
            command_id,
            seen.digest,
            seen.request,
            seen.first,
            seen.last,
        )

    def policy(self, ref: PolicyRef) -> Policy | None:
        """A policy that a request was submitted under."""
        content = self._all(
            "SELECT content FROM policies WHERE contract = ? AND version = ?", ref.contract, ref.version
        ).scalar()
        return None if content is None else _policy(content)

    def keep_policy(self, policy: Policy) -> None:
        """Keep a policy by its version, once."""
        kept = self.policy(policy.ref)
        if kept is not None:
            refuse_another(kept, policy)
            return
        self._all(
            "INSERT INTO policies (contract, version, content) VALUES (?, ?, ?)",
            policy.contract,
            policy.version,
            canonical_json(to_wire(policy)),
        )

    def due(self, at: datetime, most: int) -> tuple[str, ...]:
        """The requests whose clock has something to do by an instant, the longest due first."""
        rows = self._all(
            "SELECT request FROM requests WHERE due_at <= ? ORDER BY due_at, request LIMIT ?", _text(at), most
        )
        return tuple(request for (request,) in rows)

    def overdue(self, at: datetime, after: Snapshot | None, most: int) -> tuple[Snapshot, ...]:
        """Requests with a binding limit that has passed by an instant, the longest passed first."""
        reached = None if after is None else _text(binding_passes_at(self._process, after))
        rows = self._all(
            "SELECT snapshot FROM requests WHERE passes_at <= ? AND (passes_at, request) > (?, ?)"
            " ORDER BY passes_at, request LIMIT ?",
            _text(at),
            reached or "",
            "" if after is None else after.request,
            most,
        )
        return tuple(self._snapshot(content) for (content,) in rows)

    def requests(self, after: Snapshot | None, most: int) -> tuple[Snapshot, ...]:
        """Requests in the order of their ids."""
        rows = self._all(
            "SELECT snapshot FROM requests WHERE request > ? ORDER BY request LIMIT ?",
            "" if after is None else after.request,
            most,
        )
        return tuple(self._snapshot(content) for (content,) in rows)

    def latest_at(self) -> datetime | None:
        """The instant of the last step of all."""
        latest = self._all("SELECT max(at) FROM requests").scalar()
        return None if latest is None else datetime.fromisoformat(latest)

    def _snapshot(self, content: str) -> Snapshot:
        return snapshot_from_wire(self._process, parse_object(content))


@lru_cache(64)
def _policy(content: str) -> Policy:
    # Every command of a submitted request asks for its policy, and there are few of them.
    return from_wire(Policy, parse_object(content), at="policy")


def _text(instant: datetime | None) -> str | None:
    """An instant at a fixed width in UTC, so that its text sorts as time."""
    return None if instant is None else write_instant(instant)
