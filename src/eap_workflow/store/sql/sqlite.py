"""What is SQLite's own: how a file is opened, how a transaction holds it, and what keeps its steps append-only.

Durable before it is acknowledged: write-ahead log, ``synchronous=FULL``, one ``BEGIN IMMEDIATE`` transaction a command.
There is one writer at a time, so whoever may write holds every request and every Assist Case.
"""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import tempfile
import time
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy
from sqlalchemy.engine import URL
from sqlalchemy.pool import QueuePool

from eap_workflow.errors import InvalidValue, StoreError
from eap_workflow.plain.scalars import why_not_storable
from eap_workflow.store.sql.cursors import ByCursor
from eap_workflow.store.sql.discretion import ENGINE

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import Connection, Engine

    from eap_workflow.store.sql.statements import Statements, Way

APPLICATION_ID = 0x45415057  # "EAPW", by which a SQLite file says whose it is
NO_DATABASE = "there is no database here"
BUSY_TIMEOUT_MILLISECONDS = 30_000
PAUSE_MILLISECONDS = 2
# A command changes a row or two in each of a dozen tables and indexes, and whole pages of them go into the log: small ones
# make it half as long. And what goes into the log again before a checkpoint is written back once.
PAGE_BYTES = 2048
PAGES_TO_A_CHECKPOINT = 4000
BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_BUSY_RECOVERY)
IN_WORDS = {
    "SQLITE_BUSY": "the database is locked by somebody else, for too long",
    "SQLITE_BUSY_SNAPSHOT": "somebody else wrote since this transaction began to read: begin it with BEGIN IMMEDIATE",
    "SQLITE_CANTOPEN": "the database cannot be opened: is it a file that may be read, in a folder that is there?",
    "SQLITE_CORRUPT": "the database is damaged, or was cut short",
    "SQLITE_FULL": "the disk is full",
    "SQLITE_IOERR": "the disk, or whatever the database lies on, has failed",
    "SQLITE_NOTADB": "the file is no SQLite database",
    "SQLITE_READONLY": "the database cannot be written to",
    "SQLITE_READONLY_DIRECTORY": "SQLite may not write in the folder of the database, which it has to, to read as well",
}
"""What SQLite says by code, for a person who has to do something about it; a code of a family that is not here has its words."""

DRIVERS = ("sqlite", "sqlite+pysqlite")
POSITION = re.compile("[0-9]{19}")
UNIQUE = ("SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY")


class Sqlite:
    """The dialect of SQLite.

    Attributes:
        name: Its name in SQLAlchemy.
        hold: What a query ends with that holds the row it finds.
        take: What a query ends with that holds a row which nobody else holds.
        begins_at_once: Whether a transaction begins at once, where the lock is waited for, or along with its first question.
        begin_writing: The statement that begins a transaction that may write.
        begin_reading: The statement that begins a transaction that only reads.
    """

    name = "sqlite"
    hold = ""
    take = ""
    begins_at_once = True
    begin_writing = "BEGIN IMMEDIATE"
    begin_reading = "BEGIN"
    # In the store's own transactions, how long a lock is waited for is for `wait_for` to say; in all others, for SQLite.
    first_of_all: str = f"PRAGMA busy_timeout = {PAUSE_MILLISECONDS}"
    last_of_all: str = f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MILLISECONDS}"
    errors: type[Exception] = sqlite3.Error

    def __init__(self) -> None:
        self._let_go: Any = None

    def written(self, statement: str) -> str:
        """Write a statement's places for values as the driver takes them."""
        return statement

    def engine(self, url: URL, *, create: bool) -> Engine:
        """Make the engine of a file.

        Raises:
            InvalidValue: The URL says more than the file's name.
            StoreError: There is no such file, and none is to be made.
        """
        # Nothing but a driver and a file: what more a URL can say would change how durable it is, or who may read it.
        plain = url == URL.create(url.drivername, database=url.database) and url.drivername in DRIVERS
        if not plain or why_not_storable(url.database or ""):
            raise InvalidValue("store", "a SQLAlchemy URL of a SQLite file is needed, such as sqlite:///requests.db")
        temporary = url.database in (None, "", ":memory:")
        # Path.exists raises for a name that is too long; os.path.exists has it that there is no such file.
        if not create and (temporary or not os.path.exists(str(url.database))):  # noqa: PTH110
            where = "" if temporary else f": {os.path.abspath(str(url.database))}"  # noqa: PTH100 - it may be too long
            raise StoreError(f"{NO_DATABASE}{where}")
        if temporary:
            # A database in memory belongs to one connection; a file serves readers beside a writer, as it does for good.
            folder = tempfile.mkdtemp(prefix="eap-workflow-")
            self._let_go = weakref.finalize(self, _remove, folder, os.getpid())
            url = url.set(database=str(Path(folder, "requests.db")))
        engine = sqlalchemy.create_engine(
            url, poolclass=QueuePool, isolation_level="AUTOCOMMIT", hide_parameters=True, logging_name=ENGINE
        )
        sqlalchemy.event.listen(engine, "connect", _settle)
        return engine

    def close(self) -> None:
        """Remove a temporary file."""
        if self._let_go is not None:
            self._let_go()

    def is_busy(self, error: Exception) -> bool:
        """Tell whether somebody else holds the lock that a statement needs; it has done nothing then, and can be sent again."""
        return getattr(error, "sqlite_errorcode", None) in BUSY

    def wait_for(self, send: Callable[[], object], error: Exception) -> None:
        """Send a statement again and again until nobody else holds the lock, or for too long.

        SQLite itself would wait longer after each attempt, so that whoever has waited long is the least likely to be next.
        """
        until = time.monotonic() + BUSY_TIMEOUT_MILLISECONDS / 1000
        while time.monotonic() < until:
            time.sleep(PAUSE_MILLISECONDS / 1000)
            try:
                send()
            except sqlite3.Error as again:
                if not self.is_busy(again):
                    raise
                error = again
            else:
                return
        raise error

    def is_in_transaction(self, driver: Any) -> bool:
        """Tell whether there is anything to undo; after a full disk SQLite itself has undone it."""
        return bool(driver.in_transaction)

    def way(self, connection: Any) -> Way:
        """Give the way of statements to a connection out of the pool."""
        return ByCursor(connection.cursor(), self)

    def at_each_beginning(self, connection: Any) -> tuple[str, ...]:  # noqa: ARG002 - a file keeps what is set
        """Nothing has to be said anew in each transaction."""
        return ()

    def is_cut(self, driver: Any) -> bool:  # noqa: ARG002 - a file is there or not
        """Tell whether a connection that is not in use has been cut off meanwhile, as far as can be told without asking."""
        return False

    def is_lost(self, driver: Any) -> bool:  # noqa: ARG002 - a file is there or not
        """Tell whether a connection has been lost."""
        return False

    def join(self, connection: Connection) -> None:
        """Make a transaction of the caller's one that writes, before anything is read in it.

        Raises:
            InvalidValue: The connection is in no transaction.
        """
        connection.exec_driver_sql("UPDATE eap_schema SET version_num = version_num WHERE 0")
        if not self.is_in_transaction(connection.connection.driver_connection):
            raise InvalidValue(
                "connection",
                "a connection is needed on which a transaction has begun; one that commits each statement by itself, as the"
                " store's engine gives, takes a BEGIN IMMEDIATE first",
            )

    def hold_named(self, statements: Statements, what: str) -> None:
        """Hold something until the transaction ends: whoever writes holds everything."""

    def hold_named_before(self, statements: Statements, what: str) -> None:
        """Whoever writes holds everything."""

    def is_empty(self, connection: Connection) -> bool:
        """Tell whether the database holds no table at all."""
        return not connection.exec_driver_sql("SELECT count(*) FROM sqlite_schema").scalar_one()

    def made_before_versions(self, connection: Connection) -> bool:
        """Tell whether it is a file of ours from before schema versions were kept in a table."""
        if connection.exec_driver_sql("PRAGMA application_id").scalar_one() != APPLICATION_ID:
            return False
        tables = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('steps', 'requests')"
        return bool(connection.exec_driver_sql(tables).scalar_one() == 2)  # noqa: PLR2004

    def has_version(self, connection: Connection) -> bool:
        """Tell whether the table of schema versions is there."""
        query = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'eap_schema'"
        return bool(connection.exec_driver_sql(query).scalar_one())

    def guards(self) -> tuple[str, ...]:
        """The statements that keep steps append-only; only a removal that is recorded lets a request's steps go."""
        return (
            """CREATE TRIGGER eap_steps_are_kept BEFORE DELETE ON eap_steps
                WHEN NOT EXISTS (SELECT 1 FROM eap_removals WHERE request = OLD.request)
                BEGIN SELECT RAISE(ABORT, 'steps are append-only'); END""",
            """CREATE TRIGGER eap_steps_are_final BEFORE UPDATE ON eap_steps
                BEGIN SELECT RAISE(ABORT, 'steps are append-only'); END""",
            # INSERT OR REPLACE deletes without asking the trigger above, so what would replace a step is refused here.
            """CREATE TRIGGER eap_steps_follow BEFORE INSERT ON eap_steps
                WHEN NEW.version <> (SELECT coalesce(max(version), 0) + 1 FROM eap_steps WHERE request = NEW.request)
                    OR EXISTS (SELECT 1 FROM eap_steps WHERE position = NEW.position)
                BEGIN SELECT RAISE(ABORT, 'a step follows on the last one of its request'); END""",
            """CREATE TRIGGER eap_removals_follow BEFORE INSERT ON eap_removals
                WHEN EXISTS (SELECT 1 FROM eap_removals WHERE number = NEW.number OR request = NEW.request)
                BEGIN SELECT RAISE(ABORT, 'removals are append-only'); END""",
            """CREATE TRIGGER eap_removals_are_kept BEFORE DELETE ON eap_removals
                BEGIN SELECT RAISE(ABORT, 'removals are append-only'); END""",
            """CREATE TRIGGER eap_removals_are_final BEFORE UPDATE ON eap_removals
                BEGIN SELECT RAISE(ABORT, 'removals are append-only'); END""",
            """CREATE TRIGGER eap_policies_are_kept BEFORE DELETE ON eap_policies
                BEGIN SELECT RAISE(ABORT, 'policies are append-only'); END""",
            """CREATE TRIGGER eap_policies_are_final BEFORE UPDATE ON eap_policies
                BEGIN SELECT RAISE(ABORT, 'policies are append-only'); END""",
            """CREATE TRIGGER eap_calendars_are_kept BEFORE DELETE ON eap_calendars
                BEGIN SELECT RAISE(ABORT, 'calendars are append-only'); END""",
            """CREATE TRIGGER eap_calendars_are_final BEFORE UPDATE ON eap_calendars
                BEGIN SELECT RAISE(ABORT, 'calendars are append-only'); END""",
            f"PRAGMA application_id = {APPLICATION_ID}",
        )

    def problem(self, cause: BaseException) -> tuple[str, str]:
        """Put an error of the driver in words, without any value of a statement; and its code."""
        code = str(getattr(cause, "sqlite_errorname", type(cause).__name__))
        family = "_".join(code.split("_")[:2])
        return IN_WORDS.get(code) or IN_WORDS.get(family, "the database did not do it"), code

    def is_unfit(self, code: str) -> bool:  # noqa: ARG002 - what it cannot take, its driver refuses by itself
        """Tell whether a code says that a value is one that the database cannot take."""
        return False

    def is_repeated(self, code: str) -> bool:
        """Tell whether a code says that a row is there already."""
        return code in UNIQUE

    # --- the feed: one writer at a time, so a position is never earlier than one that was read ---

    feed_after = "SELECT position, format, content FROM eap_steps WHERE position > ? ORDER BY position LIMIT ?"

    def place(self, position: str) -> tuple[int, ...]:
        """Read a position as the values of ``feed_after``."""
        if not position:
            return (0,)
        if not (POSITION.fullmatch(position) and int(position) < 2**63):
            raise ValueError
        return (int(position),)

    def position(self, row: Any) -> str:
        """Write the position of a row."""
        return f"{row[0]:019}"


def _remove(folder: str, process: int) -> None:
    # A process that was forked off ends before its parent, which goes on with the file.
    if os.getpid() == process:
        shutil.rmtree(folder, ignore_errors=True)


def _settle(connection: Any, _record: object) -> None:
    # The transactions are begun and ended here by hand: the driver's own would begin too late to hold a lock.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_MILLISECONDS}")
    # Said before anything is written: of a file that there is, the size stays as it is.
    cursor.execute(f"PRAGMA page_size = {PAGE_BYTES}")
    cursor.execute(f"PRAGMA wal_autocheckpoint = {PAGES_TO_A_CHECKPOINT}")
    _write_ahead(cursor)
    cursor.execute("PRAGMA synchronous = FULL")
    cursor.close()


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
