"""The statements of a transaction, as they reach the driver.

SQLAlchemy has the engine, the pool and the caller's connections; the statements of a command are sent by the driver's own
cursor, because there are half a dozen of them in each and the way through SQLAlchemy costs more than a statement does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from eap_workflow.store.sql.dialects import Dialect


class Statements:
    """A cursor, and how its database writes the places of values.

    Args:
        cursor: The driver's cursor.
        dialect: What is the database's own.
    """

    __slots__ = ("_cursor", "_dialect", "_written")

    def __init__(self, cursor: Any, dialect: Dialect) -> None:
        self._cursor = cursor
        self._dialect = dialect
        self._written = dialect.written

    def send(self, statement: str, values: tuple[object, ...] = ()) -> Any:
        """Send a statement; every other way leads through here or `send_many`."""
        written = self._written(statement)
        try:
            self._cursor.execute(written, values)
        except self._dialect.errors as error:
            if not self._dialect.is_busy(error):
                raise
            self._dialect.wait_for(lambda: self._cursor.execute(written, values), error)
        return self._cursor

    def send_many(self, statement: str, rows: list[tuple[object, ...]]) -> None:
        """Send a statement for each of some rows."""
        self._cursor.executemany(self._written(statement), rows)

    def all(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Give all rows of an answer."""
        rows: list[tuple[Any, ...]] = self.send(statement, values).fetchall()
        return rows

    def first(self, statement: str, *values: object) -> tuple[Any, ...] | None:
        """Give the only row of an answer; None where there is none."""
        rows = self.all(statement, *values)
        return rows[0] if rows else None

    def value(self, statement: str, *values: object) -> Any:
        """Give the only value of the only row of an answer; None where there is none."""
        row = self.first(statement, *values)
        return None if row is None else row[0]

    def change(self, statement: str, *values: object) -> int:
        """Change rows, and tell how many there were."""
        changed: int = self.send(statement, values).rowcount
        return changed

    def insert(self, statement: str, rows: list[tuple[object, ...]]) -> None:
        """Insert some rows."""
        if len(rows) == 1:
            self.send(statement, rows[0])
        else:
            self.send_many(statement, rows)
