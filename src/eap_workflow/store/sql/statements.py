"""The statements of a transaction, and what of them goes to the database together.

SQLAlchemy has the engine, the pool and the caller's connections; the statements of a command are sent without it, because
there are half a dozen of them in each and the way through SQLAlchemy costs more than a statement does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from eap_workflow.errors import Conflict, StoreError
from eap_workflow.store.sql.together import MISSED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eap_workflow.store.sql.together import Later


Question: TypeAlias = tuple[str, tuple[object, ...]]
"""A statement with its values."""

COMMIT: Question = ("COMMIT", ())
FAILED = "something in this transaction failed before: it has to be undone"


Answer: TypeAlias = tuple[list[tuple[Any, ...]], int]
"""What a statement gave: its rows, if it gives any, and how many rows it changed, if it changes any."""


class Way(Protocol):
    """How statements reach a database."""

    def send(self, questions: Sequence[Question]) -> list[Answer]:
        """Send statements, and give their answers; after one that fails no further one is acted on."""

    def send_many(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        """Send a statement that inserts a row, for each of some rows."""

    def joined(self, later: list[Later]) -> Question | None:
        """Make one statement of several that fails where a row is not there; None where the database gains nothing by it."""


class Statements:
    """What is asked of a database, in which messages; what can wait is sent later, and together.

    Whatever fails, nothing more is asked until `forget` is called: what was to be sent, or had been done, may be lost.

    Args:
        way: How they reach it.
        waits: Whether anything is sent later. In a caller's transaction nothing is, so that the caller sees all of it.
    """

    __slots__ = ("_before", "_has_failed", "_later", "_waits", "_way")

    def __init__(self, way: Way, *, waits: bool = True) -> None:
        self._way = way
        self._waits = waits
        self._later: list[Later] = []
        self._before: list[Question] = []
        self._has_failed = False

    def send(self, *questions: Question) -> list[Answer]:
        """Send statements in one message; every other way leads through here or `send_many`."""
        return self._way.send(questions)

    def send_many(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        """Send a statement that inserts a row, for each of some rows."""
        self._way.send_many(statement, rows)

    def each(self, *questions: Question) -> list[list[tuple[Any, ...]]]:
        """Give all rows of each of some answers; the later ones see what the earlier ones have waited for."""
        return [rows for rows, _ in self._ask(*questions)]

    def all(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        """Give all rows of an answer."""
        ((rows, _),) = self._ask((statement, values))
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
        ((_, changed),) = self._ask((statement, values))
        return changed

    def change_each(self, changes: Sequence[Question]) -> list[int]:
        """Change rows by several statements, and tell for each how many there were."""
        return [changed for _, changed in self._ask(*changes)] if changes else []

    def insert(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        """Insert some rows."""
        if len(rows) == 1:
            self._ask((statement, rows[0]))
        else:
            self.flush()
            self._begin_asking()
            self.send_many(statement, rows)
            self._has_failed = False

    # --- what nobody waits for ---

    def before(self, statement: str, *values: object) -> None:
        """Send a statement whose answer says nothing, at the latest before the next one."""
        self.settle()
        self._before.append((statement, values))

    def later(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        """Send a statement for each of some rows at the latest before the next question is asked, or the transaction ends.

        Whoever sends it then meets a `Conflict` where a row that is to be changed is not there.

        Args:
            statement: It inserts a row for each, or changes one.
            rows: Its values.
        """
        self._later.append((statement, rows))
        if not self._waits:
            self.flush()

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
        self._ask(COMMIT)

    def forget(self) -> None:
        """Send nothing of what was to be sent later: the transaction is undone."""
        self._later, self._before, self._has_failed = [], [], False

    def _ask(self, *questions: Question) -> list[Answer]:
        """Send what was to be sent first, and some questions; give the answers of these."""
        self._begin_asking()
        answers = self._answers(questions)
        self._has_failed = False
        return answers

    def _begin_asking(self) -> None:
        if self._has_failed:
            raise StoreError(FAILED)
        # Until the answers are there.
        self._has_failed = True

    def _answers(self, questions: tuple[Question, ...]) -> list[Answer]:
        before, later = self._before, self._later
        if before:
            self._before = []
        if not later:
            return self.send(*before, *questions)[len(before) :] if before else self.send(*questions)
        self._later = []
        joined = self._way.joined(later)
        if joined is None:
            each = [(statement, row) for statement, rows in later for row in rows]
            # Nothing may follow before it is known that all rows were there.
            if [changed for _, changed in self.send(*before, *each)[len(before) :]] != [1] * len(each):
                raise Conflict
            return self.send(*questions) if questions else []
        try:
            return self.send(*before, joined, *questions)[len(before) + 1 :]
        except Exception as error:
            # Only what is sent later can miss a row.
            if getattr(error, "sqlstate", None) != MISSED:
                raise
        # The driver's error is not kept in ours.
        raise Conflict
