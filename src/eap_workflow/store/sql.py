"""The store in a SQLite database, through SQLAlchemy.

Durable before it is acknowledged: write-ahead log, ``synchronous=FULL``, one ``BEGIN IMMEDIATE`` transaction a
command, so that a process that is killed loses nothing that it had answered for. Steps are append-only in the database
too: triggers refuse to change or delete one. A request's row holds what is asked often, and the snapshot that its steps
add up to.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import QueuePool, StaticPool

from eap_workflow.errors import Conflict, InvalidValue, StoreError
from eap_workflow.json_text import canonical_json, parse_object
from eap_workflow.policy import Policy, PolicyRef
from eap_workflow.process import CaseTotals, Process
from eap_workflow.records import snapshot_from_wire, snapshot_to_wire, step_from_wire, step_to_wire
from eap_workflow.steps import Snapshot, Step
from eap_workflow.store import Seen, binding_passes_at, refuse_another
from eap_workflow.wire import from_wire, to_wire

SCHEMA_VERSION = 1
BUSY_TIMEOUT_MILLISECONDS = 30_000
PAGE = 500

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
    f"PRAGMA user_version = {SCHEMA_VERSION}",
)


class SqlStore:
    """Requests in a SQLite database.

    Args:
        url: SQLAlchemy's URL of it, such as ``sqlite:///requests.db``; the file is made where there is none.
        process: The workflow whose requests it keeps.
        create: Whether to make the file where there is none.

    Raises:
        InvalidValue: The URL is none, or of another database.
        StoreError: The file cannot be opened, is no database of ours, or was written by a newer version.
    """

    def __init__(self, url: str, process: Process, *, create: bool = True) -> None:
        self._process = process
        self._engine = _engine(url)
        file = self._engine.url.database
        if not create and not (file and Path(file).exists()):
            raise StoreError("there is no database here")
        with _ours():
            self._prepare()

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    @contextmanager
    def transaction(self) -> Iterator[SqlTransaction]:
        """Begin a transaction that may write: it is committed when its block ends, and undone if the block raises."""
        with _ours(), self._engine.connect() as connection:
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            try:
                yield SqlTransaction(self._process, connection)
            except BaseException:
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
            connection.exec_driver_sql("BEGIN IMMEDIATE")
            version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
            if version == 0:
                tables = connection.exec_driver_sql("SELECT count(*) FROM sqlite_schema").scalar_one()
                if tables:
                    raise StoreError("the database holds other tables, and none of ours")
                for statement in SCHEMA:
                    connection.exec_driver_sql(statement)
            elif version > SCHEMA_VERSION:
                raise StoreError("the database was written by a newer version of this library")
            connection.exec_driver_sql("COMMIT")


def _engine(url: str) -> sqlalchemy.Engine:
    try:
        parsed = make_url(url)
        memory = parsed.database in (None, "", ":memory:")
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.get_backend_name() != "sqlite":
        raise InvalidValue("store", "a SQLAlchemy URL of a SQLite database is needed, such as sqlite:///requests.db")
    engine = sqlalchemy.create_engine(
        parsed, poolclass=StaticPool if memory else QueuePool, isolation_level="AUTOCOMMIT", hide_parameters=True
    )

    @sqlalchemy.event.listens_for(engine, "connect")
    def _settle(connection: Any, _record: object) -> None:
        # The transactions are begun and ended here by hand: the driver's own would begin too late to hold a lock.
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MILLISECONDS}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        cursor.close()

    return engine


@contextmanager
def _ours() -> Iterator[None]:
    """Turn the database's errors into ours; theirs can hold the values of a statement, in the message and around it."""
    failure = None
    try:
        yield
    except SQLAlchemyError as error:
        failure = type(getattr(error, "orig", None) or error).__name__
    if failure is not None:
        raise StoreError(f"the database did not do it ({failure})")


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

    def case_totals(self, assist_case: str, besides: str) -> CaseTotals:
        """What the other requests of an Assist Case add up to."""
        pending, approved = self._all(
            "SELECT coalesce(sum(pending), 0), coalesce(sum(approved_in_advance), 0) FROM requests"
            " WHERE assist_case = ? AND request <> ?",
            assist_case,
            besides,
        ).one()
        return CaseTotals(pending=pending, approved_in_advance=approved)

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
        return None if content is None else from_wire(Policy, parse_object(content), at="policy")

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

    def overdue(self, at: datetime) -> Iterator[Snapshot]:
        """The requests with a binding limit that has passed by an instant, the longest passed first."""
        return self._pages("passes_at <= ?", (_text(at),), ("passes_at", "request"))

    def requests(self) -> Iterator[Snapshot]:
        """Every request, in the order of their ids, a page at a time."""
        return self._pages("?", (1,), ("request",))

    def latest_at(self) -> datetime | None:
        """The instant of the last step of all."""
        latest = self._all("SELECT max(at) FROM requests").scalar()
        return None if latest is None else datetime.fromisoformat(latest)

    def _pages(self, condition: str, values: tuple[object, ...], order: tuple[str, ...]) -> Iterator[Snapshot]:
        columns = ", ".join(order)
        after: tuple[object, ...] = ()
        while True:
            beyond = f" AND ({columns}) > ({', '.join('?' * len(order))})" if after else ""
            rows = self._all(
                f"SELECT {columns}, snapshot FROM requests WHERE {condition}{beyond} ORDER BY {columns} LIMIT {PAGE}",  # noqa: S608 - the columns are our own
                *values,
                *after,
            ).all()
            for row in rows:
                yield self._snapshot(row[-1])
            if len(rows) < PAGE:
                return
            after = tuple(rows[-1][:-1])

    def _snapshot(self, content: str) -> Snapshot:
        return snapshot_from_wire(self._process, parse_object(content))


def _text(instant: datetime | None) -> str | None:
    """An instant at a fixed width in UTC, so that its text sorts as time."""
    return None if instant is None else instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
