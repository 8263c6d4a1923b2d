"""The statements of a transaction, and what of them goes to the database together.

SQLAlchemy has the engine, the pool and the caller's connections; the statements of a command are sent without it, because
there are half a dozen of them in each and the way through SQLAlchemy costs more than a statement does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeAlias

from eap_workflow.errors import Conflict
from eap_workflow.store.sql.together import MISSED, together

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eap_workflow.store.sql.together import Later


Question: TypeAlias = tuple[str, tuple[object, ...]]
"""A statement with its values."""


class Answer(NamedTuple):
    """What a statement gave.

    Attributes:
        rows: Its rows, if it gives any.
        changed: How many rows it changed, if it changes any.
    """

    rows: list[tuple[Any, ...]]
    changed: int


class Way(Protocol):
    """How statements reach a database.

    Attributes:
        gathers: Whether it gains by several at once.
    """

    gathers: bool

    def send(self, questions: Sequence[Question]) -> list[Answer]:
        """Send statements, and give their answers; after one that fails no further one is acted on."""

    def send_many(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        """Send a statement that inserts a row, for each of some rows."""


class Statements:
    """What is asked of a database, in which messages; what can wait is sent later where it gains by that, and together.

    Args:
        way: How they reach it.
    """

    __slots__ = ("_before", "_gathers", "_later", "_way")

    def __init__(self, way: Way) -> None:
        self._way = way
        self._gathers = way.gathers
        self._later: list[Later] = []
        self._before: list[Question] = []

    def send(self, *questions: Question) -> list[Answer]:
        """Send statements in one message; every other way leads through here or `send_many`."""
        return self._way.send(questions)

    def send_many(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        """Send a statement that inserts a row, for each of some rows."""
        self._way.send_many(statement, rows)

    def each(self, *questions: Question) -> list[list[tuple[Any, ...]]]:
        """Give all rows of each of some answers; the later ones see what the earlier ones have waited for."""
        return [answer.rows for answer in self._ask(*questions)]

    def all(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Give all rows of an answer."""
        return self._ask((statement, values))[0].rows

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
        return self._ask((statement, values))[0].changed

    def change_each(self, changes: Sequence[Question]) -> list[int]:
        """Change rows by several statements, and tell for each how many there were."""
        return [answer.changed for answer in self._ask(*changes)] if changes else []

    def insert(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        """Insert some rows."""
        if len(rows) == 1:
            self._ask((statement, rows[0]))
        else:
            self.flush()
            self.send_many(statement, rows)

    # --- what nobody waits for ---

    def before(self, statement: str, *values: object) -> None:
        """Send a statement whose answer says nothing, at the latest before the next one."""
        if self._gathers:
            self.settle()
            self._before.append((statement, values))
        else:
            self.send((statement, values))

    def later(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
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
        elif self.change_each([(statement, row) for row in rows]) != [1] * len(rows):
            raise Conflict

    def settle(self) -> None:
        """Send now what was to be sent later, because what comes next depends on it."""
        if self._later:
            self.flush()

    def flush(self) -> None:
        """Send what was to be sent before the next statement, and what was to be sent later.

        Raises:
            Conflict: What is to be changed is not there.
        """
        if self._before or self._later:
            self._ask()

    def commit(self) -> None:
        """End the transaction, in one message with what was to be sent later.

        Raises:
            Conflict: What is to be changed is not there; nothing of the transaction is kept.
        """
        self._ask(("COMMIT", ()))

    def forget(self) -> None:
        """Send nothing of what was to be sent later: the transaction is undone."""
        self._later, self._before = [], []

    def _ask(self, *questions: Question) -> list[Answer]:
        """Send what was to be sent first, and some questions, in one message; give the answers of these."""
        if not (self._later or self._before):
            return self.send(*questions)
        first, self._before = self._before, []
        later, self._later = self._later, []
        if later:
            first.append(together(later))
        try:
            return self.send(*first, *questions)[len(first) :]
        except Exception as error:
            # Only what is sent later can miss a row.
            if not later or getattr(error, "sqlstate", None) != MISSED:
                raise
        # The driver's error is not kept in ours.
        raise Conflict
