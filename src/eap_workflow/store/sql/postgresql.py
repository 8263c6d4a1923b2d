"""What is PostgreSQL's own: how it is reached, how a transaction holds a request, and what keeps its steps append-only.

A transaction that may write reads what others have committed, and holds the rows that it loads and the Assist Case that
it counts; one that only reads sees one state throughout. A position of the feed is a transaction's number and a row's, and
a reader is given nothing of a transaction, nor of a later one, that has not ended: see ``feed_after``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy

from eap_workflow.errors import InvalidValue
from eap_workflow.extras import extra
from eap_workflow.store.sql.cursors import ByCursor
from eap_workflow.store.sql.discretion import ENGINE
from eap_workflow.store.sql.settling import Settling, at_each_beginning
from eap_workflow.store.sql.waiting import is_ready

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import URL, Connection, Engine

    from eap_workflow.store.sql.statements import Statements, Way

EXCHANGED = (
    "a pooler before the database has no room for prepared statements: prepare_threshold=none in the URL makes none"
)
UNREACHABLE = "the database cannot be reached"
IN_WORDS = {
    "08P01": "the database cannot be reached, or a pooler before it does not do what was asked",
    "0A000": "the database does not do this: it is a standby, which takes no writing, or its tables were just changed",
    "25006": "the database takes no writing",
    "25P02": "something in this transaction failed before: it has to be undone",
    "25P03": "the database ended a transaction that went on for too long",
    "25P04": "the database ended a transaction that went on for too long",
    "26000": EXCHANGED,
    "28000": "the database does not let this user in",
    "28P01": "the database does not let this user in",
    "3D000": "there is no database of this name",
    "40001": "somebody else changed the same at the same time",
    "40P01": "somebody else changed the same at the same time",
    "42501": "the database does not permit this user to do it",
    "42P01": "the database holds no tables of ours",
    "42P05": EXCHANGED,
    "53100": "the disk is full",
    "53200": "the database has no room for what one transaction holds: smaller batches hold less",
    "53300": "the database takes no more connections",
    "55P03": "the database is locked by somebody else, for too long",
    "57014": "the database gave it up: it took longer than is permitted there, or somebody cancelled it",
    "57P01": "the database was stopped",
    "57P03": "the database is not ready yet",
    "ConnectionTimeout": UNREACHABLE,
    "InterfaceError": UNREACHABLE,
    "OperationalError": UNREACHABLE,
    "ProgrammingError": "the driver does not know what the URL of the database says, or what was asked",
}
"""What PostgreSQL says by code, and the driver by the kind of its error, for whoever has to do something about it."""

UNKNOWN = "the database did not do it"
CONFLICTS = ("23505", "40001", "40P01")
NAMED_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended(?, 0))"
POSITION = re.compile("[0-9]{20}-[0-9]{19}")
CONNECTION_FAILURES = "08"
ENDING = (CONNECTION_FAILURES, "25P03", "57P")
"""Codes of what ends a connection, by how they begin."""

ANSWERING = 1
"""What libpq says of a connection on which the answers to a message have not all been read: the driver's status ACTIVE."""

PREPARED = "eap_workflow_prepared"
"""Where a pooled connection has the names of its statements, and when they were known last."""

TAKEN = "eap_workflow_taken"
"""Where it has how many times it was taken out of the pool, by whomever."""


class PostgreSql:
    """The dialect of PostgreSQL; the attributes are those of `eap_workflow.store.sql.sqlite.Sqlite`."""

    name = "postgresql"
    hold = " FOR UPDATE"
    take = " FOR UPDATE SKIP LOCKED"
    begins_at_once = False
    begin_writing = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
    first_of_all = ""
    last_of_all = ""
    begin_reading = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

    @property
    def errors(self) -> type[Exception]:
        """What the driver raises; asked for as soon as anything fails, so also where the driver is what is missing."""
        with extra("postgresql", "psycopg"):
            import psycopg

        return psycopg.Error

    def written(self, statement: str) -> str:
        """Write a statement's places for values as the driver takes them."""
        return _written(statement)

    def engine(self, url: URL, *, create: bool) -> Engine:  # noqa: ARG002 - a database is made by its owner
        """Make the engine of a database.

        Raises:
            InvalidValue: The URL names another driver than psycopg, or asks for what cannot be had.
        """
        if url.drivername not in ("postgresql", "postgresql+psycopg"):
            raise InvalidValue("store", "the driver of PostgreSQL is psycopg: postgresql+psycopg://…")
        settling = Settling.of(url)
        engine = sqlalchemy.create_engine(
            settling.url.set(drivername="postgresql+psycopg"),
            isolation_level="AUTOCOMMIT",
            hide_parameters=True,
            logging_name=ENGINE,
        )
        sqlalchemy.event.listen(engine, "connect", settling.settle)
        sqlalchemy.event.listen(engine, "checkout", _count)
        return engine

    def close(self) -> None:
        """Nothing of the database is this process's own."""

    def is_busy(self, error: Exception) -> bool:  # noqa: ARG002 - the server has whoever comes wait in line
        """Tell whether a statement can be sent again because somebody else held a lock."""
        return False

    def wait_for(self, send: Callable[[], object], error: Exception) -> None:  # noqa: ARG002 - the interface's
        """Nothing is waited for here: the server does."""
        raise error

    def is_in_transaction(self, driver: Any) -> bool:
        """Tell whether there is anything to undo; a lost connection has undone it."""
        return bool(driver.info.transaction_status.name in ("INTRANS", "INERROR"))

    def way(self, connection: Any) -> Way:
        """Give the way of statements to a connection out of the pool."""
        import psycopg

        # From version 14 libpq takes several statements in one message.
        if not psycopg.capabilities.has_pipeline():
            return ByCursor(connection.cursor(), self)
        from eap_workflow.store.sql.libpq import Libpq

        info = connection.info
        prepared, taken = info.get(PREPARED, (None, 0))
        # Somebody else may have had the connection since, and dropped all names that there were.
        way = Libpq(connection.driver_connection, prepared, is_sure=taken + 1 == info[TAKEN])
        info[PREPARED] = way.prepared, info[TAKEN]
        return way

    def at_each_beginning(self, connection: Any) -> tuple[str, ...]:
        """Give the statements that follow each one that begins a transaction on a connection out of the pool."""
        return at_each_beginning(connection.info)

    def is_cut(self, driver: Any) -> bool:
        """Tell whether a connection that is not in use has been cut off meanwhile, as far as can be told without asking.

        A server that ends a connection says so, or its system does; nothing else is ever said on one that is not in use.
        """
        return bool(driver.closed or is_ready(driver.pgconn.socket, seconds=0))

    def is_lost(self, driver: Any) -> bool:
        """Tell whether a connection has been lost, as when the server was restarted, or is in the middle of an answer.

        Nobody waits for that any more where two signals came so soon after each other that not even the first was seen to.
        """
        return bool(driver.closed or driver.broken or driver.pgconn.transaction_status == ANSWERING)

    def join(self, connection: Connection) -> None:
        """Refuse a transaction of the caller's that is none, or that would not see what others have committed.

        Raises:
            InvalidValue: The connection is in no transaction, or in one that reads a state of before.
        """
        isolation = connection.exec_driver_sql("SELECT current_setting('transaction_isolation')").scalar_one()
        if not self.is_in_transaction(connection.connection.driver_connection):
            raise InvalidValue(
                "connection",
                "a connection is needed on which a transaction has begun; one that commits each statement by itself, as the"
                " store's engine gives, takes a BEGIN first",
            )
        # What waits for an Assist Case has to see what its last holder left. SERIALIZABLE would notice that it did not only if
        # all others were too, and ours are not.
        if isolation != "read committed":
            raise InvalidValue(
                "connection", "a transaction at READ COMMITTED is needed, as PostgreSQL begins them by default"
            )

    def hold_named(self, statements: Statements, what: str) -> None:
        """Hold something until the transaction ends; whoever holds it already is waited for."""
        statements.all(NAMED_LOCK, f"eap_workflow {what}")

    def hold_named_before(self, statements: Statements, what: str) -> None:
        """Hold something before the next statement is sent: for who knows that nothing depends on it any earlier."""
        statements.before(NAMED_LOCK, f"eap_workflow {what}")

    def is_empty(self, connection: Connection) -> bool:
        """Tell whether the present schema holds no table at all."""
        query = "SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = current_schema()"
        return not connection.exec_driver_sql(query).scalar_one()

    def made_before_versions(self, connection: Connection) -> bool:  # noqa: ARG002 - there was only SQLite then
        """Tell whether it is from before schema versions were kept in a table."""
        return False

    def has_version(self, connection: Connection) -> bool:
        """Tell whether the table of schema versions is there."""
        query = (
            "SELECT count(*) FROM pg_catalog.pg_class"
            " WHERE relname = 'eap_schema' AND relnamespace = current_schema()::regnamespace"
        )
        return bool(connection.exec_driver_sql(query).scalar_one())

    def guards(self) -> tuple[str, ...]:
        """The statements that keep steps append-only; only a removal that is recorded lets a request's steps go."""
        return (
            "ALTER TABLE eap_steps ADD COLUMN written xid8 NOT NULL DEFAULT pg_current_xact_id()",
            "CREATE INDEX eap_steps_as_written ON eap_steps (written, position)",
            """CREATE FUNCTION eap_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN RAISE EXCEPTION 'this table is append-only'; END $$""",
            """CREATE FUNCTION eap_refuse_unless_removed() RETURNS trigger LANGUAGE plpgsql AS $$
                BEGIN
                    IF EXISTS (SELECT 1 FROM eap_removals WHERE request = OLD.request) THEN RETURN OLD; END IF;
                    RAISE EXCEPTION 'steps are append-only';
                END $$""",
            """CREATE TRIGGER eap_steps_are_kept BEFORE DELETE ON eap_steps
                FOR EACH ROW EXECUTE FUNCTION eap_refuse_unless_removed()""",
            """CREATE TRIGGER eap_steps_are_final BEFORE UPDATE ON eap_steps
                FOR EACH STATEMENT EXECUTE FUNCTION eap_refuse()""",
            """CREATE TRIGGER eap_steps_are_not_emptied BEFORE TRUNCATE ON eap_steps
                FOR EACH STATEMENT EXECUTE FUNCTION eap_refuse()""",
            """CREATE TRIGGER eap_removals_are_final BEFORE UPDATE OR DELETE OR TRUNCATE ON eap_removals
                FOR EACH STATEMENT EXECUTE FUNCTION eap_refuse()""",
            """CREATE TRIGGER eap_policies_are_final BEFORE UPDATE OR DELETE OR TRUNCATE ON eap_policies
                FOR EACH STATEMENT EXECUTE FUNCTION eap_refuse()""",
            """CREATE TRIGGER eap_calendars_are_final BEFORE UPDATE OR DELETE OR TRUNCATE ON eap_calendars
                FOR EACH STATEMENT EXECUTE FUNCTION eap_refuse()""",
        )

    def problem(self, cause: BaseException) -> tuple[str, str]:
        """Put an error of the driver in words, without any value of a statement; and its code."""
        code = _code(cause) or _ended_by(cause) or type(cause).__name__
        return IN_WORDS.get(code, UNREACHABLE if code.startswith(CONNECTION_FAILURES) else UNKNOWN), code

    def is_unfit(self, code: str) -> bool:
        """Tell whether a code says that a value is one that the database cannot take, as text with a NUL in it."""
        return code == "DataError"

    def is_repeated(self, code: str) -> bool:
        """Tell whether a code says that somebody else was first: a row is there already, or the two stood in each other's way."""
        return code in CONFLICTS

    # --- the feed ---

    # A position is drawn before its transaction ends, so the next one can be committed first; a reader who went on from the
    # highest position would never see the late one. So only transactions are read that began before every one that still
    # runs: whatever ends later has a higher number.
    feed_after = (
        "SELECT position, format, content, written FROM eap_steps"
        " WHERE (written, position) > (CAST(? AS xid8), ?) AND written < pg_snapshot_xmin(pg_current_snapshot())"
        " ORDER BY written, position LIMIT ?"
    )

    def place(self, position: str) -> tuple[str | int, ...]:
        """Read a position as the values of ``feed_after``."""
        if not position:
            return "0", 0
        if not (POSITION.fullmatch(position) and int(position[:20]) < 2**64 and int(position[21:]) < 2**63):
            raise ValueError
        return str(int(position[:20])), int(position[21:])

    def position(self, row: Any) -> str:
        """Write the position of a row."""
        return f"{int(row[3]):020}-{row[0]:019}"


@lru_cache
def _written(statement: str) -> str:
    return statement.replace("%", "%%").replace("?", "%s")


def _count(_driver: object, record: Any, _connection: object) -> None:
    record.info[TAKEN] = record.info.get(TAKEN, 0) + 1


def _code(error: BaseException) -> str:
    return str(getattr(error, "sqlstate", None) or "")


def _ended_by(error: BaseException) -> str:
    """What ended the connection, where an error says no more than that it is gone: SQLAlchemy 2.0 meets that one as it cleans up."""
    met: BaseException | None = error
    while met is not None:
        if (code := _code(met)).startswith(ENDING):
            return code
        met = met.__context__
    return ""
