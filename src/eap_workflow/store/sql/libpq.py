"""The way of statements to PostgreSQL by libpq, PostgreSQL's own library, on which the driver stands.

Several statements go in one message, because the way to the server and back costs as much as a small one does; and they go
past the driver's cursors, whose work in Python would be a third of a command's time. The connection is the driver's: it
makes it, ends it and says how it stands, and its cursors can be used on it in between.

A message is acted on up to the first statement that fails; what follows is passed over, a COMMIT as well.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import psycopg
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus

from eap_workflow.store.sql.prepared import Prepared
from eap_workflow.store.sql.sending import as_copy, copied, encoded, numbered
from eap_workflow.store.sql.together import together
from eap_workflow.store.sql.waiting import is_ready

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from psycopg.pq.abc import PGresult

    from eap_workflow.store.sql.statements import Answer, Question
    from eap_workflow.store.sql.together import Later

# As numbers: an enumeration's members take longer to be compared than a small answer to be read.
_BAD: Final = int(ConnStatus.BAD)
_ROWS: Final = int(ExecStatus.TUPLES_OK)
_DONE: Final = int(ExecStatus.COMMAND_OK)
_COPY_IN: Final = int(ExecStatus.COPY_IN)
_END: Final = int(ExecStatus.PIPELINE_SYNC)

_UNDONE: Final = b"ROLLBACK"
"""What PostgreSQL answers to COMMIT where something in the transaction had failed."""

LOST: Final = "the connection is lost"
CANCEL_SECONDS: Final = 5
STALE: Final = ("0A000", "26000")
"""What PostgreSQL says where a prepared statement would give other columns by now, or has been dropped."""

NAMES: Final = "SELECT name FROM pg_catalog.pg_prepared_statements"
_READ: Final[dict[int, Callable[[bytes], Any]]] = {
    16: lambda value: value == b"t",  # bool
    20: int,  # int8
    21: int,  # int2
    23: int,  # int4
    26: int,  # oid
}
"""How a value is read, by the number of its type; all others are text."""


class Libpq:
    """A connection of psycopg's, past its cursors; one transaction at a time uses it.

    Args:
        driver: The connection.
        prepared: The statements that it has by name; None where nothing is known of any.
        is_sure: Whether it has them for sure; the server is asked otherwise, before the first statement.
    """

    __slots__ = ("_driver", "_encoding", "_is_sure", "_pgconn", "prepared")

    def __init__(
        self, driver: psycopg.Connection[Any], prepared: Prepared | None = None, *, is_sure: bool = True
    ) -> None:
        self._driver = driver
        self._pgconn = driver.pgconn
        self._encoding = driver.info.encoding
        self._is_sure = is_sure or prepared is None
        if prepared is None:
            prepared = Prepared(driver.prepare_threshold, driver.prepared_max)
        self.prepared: Prepared = prepared

    def send(self, questions: Sequence[Question]) -> list[Answer]:
        """Send statements in one message, and give their answers.

        Raises:
            psycopg.Error: A statement failed, or the connection is lost.
            UnicodeError: The connection's encoding has no such character.
            OverflowError: A number is longer than 64 bits.
        """
        if not self._is_sure:
            self._is_sure = True
            # Not by a name of its own, which may be one of those that are gone.
            names = self._driver.execute(NAMES, prepare=False).fetchall()
            self.prepared.retain(frozenset(name.encode() for (name,) in names))
        # Before anything is sent: what is refused here leaves the connection as it was.
        asked = [(statement, encoded(values, self._encoding)) for statement, values in questions]
        given_up = self.prepared.let_go()
        pgconn = self._pgconn
        try:
            pgconn.enter_pipeline_mode()
            new: dict[str, bytes] = {}
            is_new = [self._sent(statement, values, new) for statement, values in asked]
            # At the end, where a failure of it would take nothing along.
            for name in given_up:
                self._drop(name)
            pgconn.pipeline_sync()
            self._flush()
            results = self._results()
            pgconn.exit_pipeline_mode()
        except BaseException:
            self._abandon()
            raise
        answers = []
        each = iter(results)
        for (statement, _), is_named in zip(asked, is_new, strict=True):
            if is_named:
                self._check(next(each))
                self.prepared.keep(statement, new[statement])
            result = next(each)
            self._check(result)
            if statement == "COMMIT" and result.command_status == _UNDONE:
                raise psycopg.errors.InFailedSqlTransaction
            answers.append((self._rows(result), result.command_tuples or 0))
        self.prepared.drop(given_up)
        if any(result.status != _DONE for result in each):
            # The names are not what they were taken to be.
            self._driver.close()
        return answers

    def send_many(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        """Copy rows in, which is one stream however many there are.

        Args:
            statement: What would insert one of them.
            rows: Their values.

        Raises:
            psycopg.Error: It failed, or the connection is lost.
            UnicodeError: The connection's encoding has no such character.
            OverflowError: A number is longer than 64 bits.
        """
        parts = [*copied(rows, self._encoding)]
        pgconn = self._pgconn
        try:
            pgconn.send_query(as_copy(statement))
            self._flush()
            result = self._result()
            if result is not None and result.status == _COPY_IN:
                for part in parts:
                    while not pgconn.put_copy_data(part):
                        self._flush()
                while not pgconn.put_copy_end():
                    self._flush()
                self._flush()
                result = self._result()
            while self._result() is not None:
                pass
        except BaseException:
            self._abandon()
            raise
        if result is not None:
            self._check(result)

    def joined(self, later: list[Later]) -> Question:
        """Make one statement of several, so that they are one round in the server too."""
        return together(later)

    # --- what is sent ---

    def _sent(self, statement: str, values: list[bytes | None], new: dict[str, bytes]) -> bool:
        """Send a statement, and tell whether it gets a name with it, which is put to what is new in this message."""
        pgconn = self._pgconn
        name = self.prepared.name(statement) or new.get(statement)
        if name is not None:
            pgconn.send_query_prepared(name, values)
            return False
        name = self.prepared.new_name(statement)
        if name is None:
            pgconn.send_query_params(numbered(statement), values)
            return False
        new[statement] = name
        pgconn.send_prepare(name, numbered(statement))
        pgconn.send_query_prepared(name, values)
        return True

    def _drop(self, name: bytes) -> None:
        # A pooler that keeps names for its clients follows the one and not the other, which libpq has from version 17.
        if psycopg.capabilities.has_send_close_prepared():
            self._pgconn.send_close_prepared(name)
        else:
            self._pgconn.send_query_params(b"DEALLOCATE " + name, None)

    # --- what comes back ---

    def _results(self) -> list[PGresult]:
        """Give the results of a message, one for each of what was sent in it."""
        results: list[PGresult] = []
        # There is nothing between one and the next, and no next one where the connection is lost.
        was_nothing = True
        while (result := self._result()) is not None or not was_nothing:
            was_nothing = result is None
            if result is not None:
                if result.status == _END:
                    return results
                results.append(result)
        for each in results:
            self._check(each)
        raise psycopg.OperationalError(LOST)

    def _result(self) -> PGresult | None:
        """Wait for a result."""
        pgconn = self._pgconn
        while pgconn.is_busy():
            is_ready(pgconn.socket)
            pgconn.consume_input()
        return pgconn.get_result()

    def _flush(self) -> None:
        """Send everything; the server may have to be heard first, as it waits for its answers to be taken."""
        pgconn = self._pgconn
        while pgconn.flush():
            if is_ready(pgconn.socket, to_write=True):
                pgconn.consume_input()

    def _check(self, result: PGresult) -> None:
        """Refuse a result that says that something failed."""
        if result.status not in (_ROWS, _DONE):
            error = error_from_result(result, self._encoding)
            if error.sqlstate in STALE:
                # The next connection prepares its statements anew.
                self._driver.close()
            raise error

    def _rows(self, result: PGresult) -> list[tuple[Any, ...]]:
        columns = [(column, _READ.get(result.ftype(column))) for column in range(result.nfields)]
        value_at, encoding = result.get_value, self._encoding
        return [
            tuple(
                None
                if (value := value_at(row, column)) is None
                else value.decode(encoding)
                if read is None
                else read(value)
                for column, read in columns
            )
            for row in range(result.ntuples)
        ]

    def _abandon(self) -> None:
        """Close a connection of which nobody knows any more what it is doing."""
        try:
            if self._pgconn.status != _BAD:
                # Or the server would go on until it noticed.
                with suppress(psycopg.Error):
                    self._driver.cancel_safe(timeout=CANCEL_SECONDS)
        finally:
            self._driver.close()
