"""The statements of a transaction, as they reach the driver.

SQLAlchemy has the engine, the pool and the caller's connections; the statements of a command are sent by the driver's own
cursor, because there are half a dozen of them in each and the way through SQLAlchemy costs more than a statement does.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from eap_workflow.errors import Conflict

if TYPE_CHECKING:
    from eap_workflow.store.sql.dialects import Dialect


Question: TypeAlias = tuple[str, tuple[object, ...]]
"""A statement with its values."""

Later: TypeAlias = tuple[str, list[tuple[object, ...]]]
"""A statement with the values of each of its rows."""


class Statements:
    """A cursor, and how its database writes the places of values.

    Args:
        cursor: The driver's cursor.
        dialect: What is the database's own.
        several: The driver's cursor for several statements in one message, where the database gains by it: what can wait is
            sent later then, and together.
    """

    __slots__ = ("_before", "_cursor", "_dialect", "_gathers", "_later", "_several", "_written")

    def __init__(self, cursor: Any, dialect: Dialect, *, several: Any = None) -> None:
        self._cursor = cursor
        self._dialect = dialect
        self._written = dialect.written
        self._several = several
        self._gathers = several is not None
        self._later: list[Later] = []
        self._before: list[Question] = []

    def send(self, statement: str, values: tuple[object, ...] = ()) -> Any:
        """Send a statement; every other way leads through here or `send_many`."""
        written = self._written(statement)
        # There is a semicolon between two statements, and nowhere else in ours.
        cursor = self._several if self._gathers and ";" in statement else self._cursor
        try:
            cursor.execute(written, values)
        except self._dialect.errors as error:
            if not self._dialect.is_busy(error):
                raise
            self._dialect.wait_for(lambda: cursor.execute(written, values), error)
        return cursor

    def send_many(self, statement: str, rows: list[tuple[object, ...]]) -> None:
        """Send a statement that inserts a row, for each of some rows."""
        if self._gathers:
            with self._cursor.copy(_as_copy(statement)) as copying:
                for row in rows:
                    copying.write_row(row)
        else:
            self._cursor.executemany(self._written(statement), rows)

    def all(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Give all rows of an answer."""
        if self._later or self._before:
            self.flush()
        rows: list[tuple[Any, ...]] = self.send(statement, values).fetchall()
        return rows

    def each(self, *questions: Question) -> list[list[tuple[Any, ...]]]:
        """Give all rows of each of some answers; the later ones see what the earlier ones have waited for."""
        if not self._gathers:
            return [self.all(statement, *values) for statement, values in questions]
        if self._later:
            self.flush()
        before, self._before = self._before, []
        asked = (*before, *questions)
        cursor = self.send(
            "; ".join([statement for statement, _ in asked]), tuple(value for _, values in asked for value in values)
        )
        answers = []
        for number in range(len(asked)):
            if number:
                cursor.nextset()
            if number >= len(before):
                answers.append(cursor.fetchall())
        return answers

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
        if self._later or self._before:
            self.flush()
        changed: int = self.send(statement, values).rowcount
        return changed

    def insert(self, statement: str, rows: list[tuple[object, ...]]) -> None:
        """Insert some rows."""
        if self._later or self._before:
            self.flush()
        if len(rows) == 1:
            self.send(statement, rows[0])
        else:
            self.send_many(statement, rows)

    # --- what nobody waits for ---

    def before(self, statement: str, *values: object) -> None:
        """Send a statement whose answer says nothing, at the latest before the next one."""
        if self._gathers:
            self.settle()
            self._before.append((statement, values))
        else:
            self.send(statement, values)

    def later(self, statement: str, rows: list[tuple[object, ...]]) -> None:
        """Send a statement for each of some rows at the latest before the next question is asked, or the transaction ends.

        Args:
            statement: It inserts a row for each, or changes one.
            rows: Its values.

        Raises:
            Conflict: What is to be changed is not there; raised here, or once it is sent.
        """
        if self._gathers:
            self._later.append((statement, rows))
        elif statement.startswith("INSERT"):
            self.insert(statement, rows)
        else:
            for row in rows:
                refuse_unless(self.change(statement, *row) == 1)

    def settle(self) -> None:
        """Send now what was to be sent later, because what comes next depends on it."""
        if self._later:
            self.flush()

    def flush(self) -> None:
        """Send what was to be sent before the next statement, and what was to be sent later, all of it as one.

        Raises:
            Conflict: What is to be changed is not there.
        """
        before, self._before = self._before, []
        for statement, values in before:
            self.send(statement, values)
        later, self._later = self._later, []
        if later:
            statement, values, changes = together(later)
            refuse_unless(self.send(statement, values).rowcount == changes)

    def forget(self) -> None:
        """Send nothing of what was to be sent later: the transaction is undone."""
        self._later, self._before = [], []


def refuse_unless(is_there: bool) -> None:  # noqa: FBT001 - the whole of what it is asked
    """Refuse to go on where a row was to be changed that is not there.

    Raises:
        Conflict: It is not.
    """
    if not is_there:
        raise Conflict


def together(later: list[Later]) -> tuple[str, tuple[object, ...], int]:
    """Make one statement of several, with its values and how many rows it is to change.

    What one statement costs PostgreSQL's driver and the way to the server is most of what a small one costs. The statements
    do not depend on each other, and all see the database as it was before: none of them reads what another writes. The last
    one says how many rows it changed, so what is to change a row is the last.
    """
    ordered = sorted(later, key=lambda each: not each[0].startswith("INSERT"))
    values = tuple(value for _, rows in ordered for row in rows for value in row)
    shapes = tuple((statement, len(rows)) for statement, rows in ordered)
    return _together(shapes), values, len(ordered[-1][1])


@lru_cache(256)
def _together(shapes: tuple[tuple[str, int], ...]) -> str:
    *others, last = (_of_rows(statement, number) for statement, number in shapes)
    named = ", ".join(f"part_{number} AS ({statement})" for number, statement in enumerate(others))
    return f"WITH {named} {last}" if named else last


@lru_cache(64)
def _as_copy(statement: str) -> str:
    """Write what inserts rows as what copies them in: many rows are one stream then."""
    table = statement.removeprefix("INSERT INTO ").partition(" VALUES ")[0]
    return f"COPY {table} FROM STDIN"


def _of_rows(statement: str, number: int) -> str:
    if number == 1:
        return statement
    head, values = statement.rsplit(" VALUES ", 1)
    return f"{head} VALUES {', '.join([values] * number)}"
