"""The store in a database, through SQLAlchemy: SQLite, embedded, or PostgreSQL.

What is acknowledged is durable, and everything that one command causes is one transaction. Steps are append-only in the
database too, and chained. A request's row holds what is asked often, and the snapshot that its steps add up to.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import TYPE_CHECKING, Any, Self
from weakref import WeakSet

from eap_workflow.extras import extra

with extra("sql", "sqlalchemy"):
    from sqlalchemy.engine import Connection

from eap_workflow.errors import InvalidType, InvalidValue, StoreError
from eap_workflow.process import Process
from eap_workflow.process_set import Processes
from eap_workflow.store import NOTHING_EXPECTED
from eap_workflow.store.sql import schema
from eap_workflow.store.sql.connections import Connections, Held
from eap_workflow.store.sql.cursors import ByCursor
from eap_workflow.store.sql.dialects import Dialect, dialect_of, parsed
from eap_workflow.store.sql.discretion import hush
from eap_workflow.store.sql.failures import ours
from eap_workflow.store.sql.gathering import Gathering, StoreOfBatch
from eap_workflow.store.sql.snapshots import Snapshots
from eap_workflow.store.sql.statements import Statements
from eap_workflow.store.sql.transaction import SqlTransaction
from eap_workflow.store.sql.transaction.rows import Rows
from eap_workflow.store.sql.writing import Writing, on_the_tables, undo

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine, RootTransaction

    from eap_workflow.store import Expected


__all__ = ["SqlStore"]

UNDONE = "the database has undone the caller's transaction as a whole: roll it back, and begin again"


class SqlStore:
    """Requests in a SQLite or a PostgreSQL database.

    Args:
        url: SQLAlchemy's URL of it, such as ``sqlite:///requests.db`` or ``postgresql+psycopg://host/name``. A SQLite file
            is made where there is none; a URL that names no file (``sqlite://``) stands for a temporary one, which is gone
            when the store is closed.
        process: The workflow whose requests it keeps, or several.
        create: Whether to make the tables where the database holds nothing at all. Beside tables of somebody else's they
            are made by ``eap-workflow store migrate`` alone.

    Raises:
        InvalidValue: The URL is none, or of another database.
        StoreError: The database cannot be opened, holds no tables of ours, or those of another version.
    """

    def __init__(self, url: str, process: Process | Processes, *, create: bool = True) -> None:
        self._processes = Processes.of(process)
        self._rows = Rows(self._processes, Snapshots(self._processes))
        self._undone: WeakSet[RootTransaction] = WeakSet()
        place = parsed(url)
        self._dialect: Dialect = dialect_of(place.get_backend_name())
        hush()
        with ours(self._dialect):
            self._engine: Engine = self._dialect.engine(place, create=create)
            self._connections = Connections(self._engine, self._dialect)
            try:
                self._prepare(create=create)
            except BaseException:
                self.close()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_raised: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the database; where the store is a block of its own (``with SqlStore(…) as store``), its end does so."""
        self._engine.dispose()
        self._dialect.close()

    @property
    def processes(self) -> Processes:
        """The workflows whose requests it keeps."""
        return self._processes

    @property
    def engine(self) -> Engine:
        """The engine, for what else is done with the database: every connection of it begins and ends its own transactions."""
        return self._engine

    def transaction(self) -> AbstractContextManager[SqlTransaction]:
        """Begin a transaction that may write: it is committed when its block ends, and undone if the block raises."""
        return Writing(self._connections, self._dialect, self._on)

    @contextmanager
    def batch(self, expected: Expected = NOTHING_EXPECTED) -> Iterator[StoreOfBatch]:
        """Begin one transaction for many: each that is begun in it leaves all of its traces or none, and the end commits all."""
        with self.transaction() as inner:
            inner.expect(expected)
            gathering = Gathering(self._processes, inner, self._dialect)
            yield StoreOfBatch(self._processes, gathering)
            gathering.write()

    @contextmanager
    def reading(self) -> Iterator[SqlTransaction]:
        """Begin a transaction that only reads, and sees one state of the database throughout."""
        with ours(self._dialect):
            held = self._connections.begin(self._dialect.begin_reading)
            try:
                yield self._on(held, holds=False)
            finally:
                undo(self._dialect, held.statements, held.driver)
                self._connections.end(held)

    def _on(self, held: Held, *, holds: bool = True) -> SqlTransaction:
        return SqlTransaction(self._processes, held.statements, self._dialect, self._rows, holds=holds)

    def within(self, connection: Any) -> StoreWithin:
        """This store inside a transaction of the caller's: what is done is committed, or undone, by the caller alone.

        On SQLite the caller's transaction becomes one that writes as soon as it is used, so let it begin with a call of
        ours or with ``BEGIN IMMEDIATE``.

        Args:
            connection: An open SQLAlchemy ``Connection`` or ``Session`` on the same database, or a ``scoped_session``. In a
                session each call of ours is part of the transaction, and of the savepoint, that the session is in by then.

        Raises:
            InvalidType: It is neither, or on another kind of database.
            InvalidValue: It is a session with ``twophase``, which SQLite does not have.
            StoreError: It has no connection to give.
        """
        with ours(self._dialect):
            if _connection_of(connection).dialect.name != self._dialect.name:
                raise InvalidType("connection", f"a connection to {self._dialect.name} is needed, as the store has")
        return StoreWithin(self._processes, connection, self._dialect, self._rows, self._undone)

    def _prepare(self, *, create: bool) -> None:
        with self._engine.connect() as connection:
            found = schema.version(self._dialect, connection)
            # Only a new database takes the write lock: whoever opens one to read waits for nobody.
            if found == schema.NOTHING and create:
                found = self._make(connection)
            schema.check(found)

    def _make(self, connection: Connection) -> str:
        with on_the_tables(self._dialect, connection):
            # Several may meet here; the first one makes the tables, and the others find them.
            found = schema.version(self._dialect, connection)
            if found == schema.NOTHING and self._dialect.is_empty(connection):
                schema.make(self._dialect, connection)
                found = schema.VERSION
        return found


class StoreWithin:
    """The store inside a transaction that is under way, where each call of ours leaves all of its traces or none.

    Args:
        processes: The workflows whose requests are kept.
        caller: The caller's connection or session.
        dialect: What is the database's own.
        rows: How requests are read from rows, and written as such.
        undone: The callers' transactions that the database has undone by itself, whoever was within them.
    """

    def __init__(
        self, processes: Processes, caller: Any, dialect: Dialect, rows: Rows, undone: WeakSet[RootTransaction]
    ) -> None:
        self._processes = processes
        self._caller = caller
        self._dialect = dialect
        self._rows = rows
        self._undone = undone

    @property
    def processes(self) -> Processes:
        """The workflows whose requests it keeps."""
        return self._processes

    @contextmanager
    def transaction(self) -> Iterator[SqlTransaction]:
        """Begin a part of the transaction that is undone by itself if its block raises."""
        with ours(self._dialect):
            connection = _connection_of(self._caller)
            if connection.get_transaction() in self._undone:
                raise StoreError(UNDONE)
            self._dialect.join(connection)
            statements = self._on(connection)
            statements.send(("SAVEPOINT eap_workflow", ()))
            try:
                yield SqlTransaction(self._processes, statements, self._dialect, self._rows, holds=True)
                statements.flush()
            except BaseException:
                with suppress(self._dialect.errors):
                    statements.send(("ROLLBACK TO SAVEPOINT eap_workflow", ()))
                    statements.send(("RELEASE SAVEPOINT eap_workflow", ()))
                # SQLite itself undoes the whole of it after some failures; what came next would begin another one, and the
                # caller would commit what it did last without what it did first.
                undone = connection.get_transaction()
                # Of a connection that is lost SQLAlchemy itself keeps the caller from going on.
                if undone is not None and not connection.invalidated and not self._is_under_way(connection):
                    self._undone.add(undone)
                raise
            statements.send(("RELEASE SAVEPOINT eap_workflow", ()))

    @contextmanager
    def reading(self) -> Iterator[SqlTransaction]:
        """Read within the transaction: what it has done is seen, whether or not it is committed."""
        with ours(self._dialect):
            connection = _connection_of(self._caller)
            # The first statement goes through the caller's connection, which has to know that a transaction has begun.
            connection.exec_driver_sql("SELECT 1")
            yield SqlTransaction(self._processes, self._on(connection), self._dialect, self._rows, holds=False)

    def _is_under_way(self, connection: Connection) -> bool:
        return self._dialect.is_in_transaction(connection.connection.driver_connection)

    def _on(self, connection: Connection) -> Statements:
        # What the caller's connection sends by itself is one transaction with what its cursor sends.
        return Statements(ByCursor(connection.connection.cursor(), self._dialect), waits=False)

    @contextmanager
    def batch(self, expected: Expected = NOTHING_EXPECTED) -> Iterator[StoreWithin]:  # noqa: ARG002
        """The store is within a transaction already, which is one for many."""
        yield self

    def within(self, connection: Any) -> StoreWithin:
        """The store is within a transaction already, and stays in it.

        Raises:
            InvalidType: It is another one.
        """
        with ours(self._dialect):
            if connection not in (self._caller, _connection_of(self._caller)):
                raise InvalidType("connection", "this store is within another transaction")
        return self


def _connection_of(caller: Any) -> Connection:
    """The connection that a caller's transaction is on now.

    A session begins a savepoint, and its next transaction, only when it is asked for its connection: so it is asked each time.

    Raises:
        InvalidType: It is no connection and no session.
        InvalidValue: It is a session of two phases, on a database that has one.
    """
    if isinstance(caller, Connection):
        return caller
    from sqlalchemy.orm import Session, scoped_session

    if isinstance(caller, (Session, scoped_session)):
        # All that a dialect of SQLAlchemy leaves out here is to begin a transaction of two phases, as SQLite's does.
        with suppress(NotImplementedError):
            return caller.connection()
        raise InvalidValue(
            "connection", "a session without twophase is needed: this database commits in one phase alone"
        )
    raise InvalidType("connection", "an open SQLAlchemy Connection or Session is needed")
