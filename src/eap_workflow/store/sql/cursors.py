"""The way of statements to a database by a cursor of its driver's, one after the other.

On SQLite there is no other, and on PostgreSQL a caller's connection may be one that waits on an event loop.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from eap_workflow.store.sql.statements import Answer, Question
    from eap_workflow.store.sql.together import Later


class Spoken(Protocol):
    """What has to be known of a database to speak to it by a cursor."""

    @property
    def errors(self) -> type[Exception]:
        """What its driver raises."""

    def written(self, statement: str) -> str:
        """Write a statement as the driver takes it."""

    def is_busy(self, error: Exception) -> bool:
        """Whether an error says that somebody else has to end first."""

    def wait_for(self, send: Callable[[], object], error: Exception) -> None:
        """Send a statement again until nobody is in its way any more."""


class ByCursor:
    """A cursor, and how its database writes the places of values.

    Args:
        cursor: The driver's cursor.
        dialect: What is the database's own.
    """

    __slots__ = ("_cursor", "_dialect", "_written")

    def __init__(self, cursor: Any, dialect: Spoken) -> None:
        self._cursor = cursor
        self._dialect = dialect
        self._written = dialect.written

    def send(self, questions: Sequence[Question]) -> list[Answer]:
        """Send statements, and give their answers."""
        cursor, written = self._cursor, self._written
        answers: list[Answer] = []
        for statement, values in questions:
            try:
                cursor.execute(written(statement), values)
            except self._dialect.errors as error:
                if not self._dialect.is_busy(error):
                    raise
                self._dialect.wait_for(partial(cursor.execute, written(statement), values), error)
            answers.append(([] if cursor.description is None else cursor.fetchall(), cursor.rowcount))
        return answers

    def send_many(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        """Send a statement that inserts a row, for each of some rows."""
        self._cursor.executemany(self._written(statement), rows)

    def joined(self, later: list[Later]) -> None:
        """Each goes by itself, whatever is made of them."""
