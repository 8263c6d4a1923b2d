"""What every part of a transaction has: where its statements go, and what it knows so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from eap_workflow.policy import Policy, PolicyRef
    from eap_workflow.process_set import Processes
    from eap_workflow.steps import Snapshot
    from eap_workflow.store.sql.dialects import Dialect
    from eap_workflow.store.sql.statements import Statements
    from eap_workflow.store.sql.transaction.rows import Rows

MOST_OF_THESE = 500


class Part:
    """A part of a transaction on one connection; the statements are written out, with ``?`` for a value on both databases.

    Args:
        processes: The workflows whose requests are kept.
        statements: Where its statements go.
        dialect: What is the database's own.
        rows: How requests are read from rows, and written as such.
        holds: Whether a request that is loaded is held.
    """

    def __init__(
        self, processes: Processes, statements: Statements, dialect: Dialect, rows: Rows, *, holds: bool
    ) -> None:
        self._processes = processes
        self._sql = statements
        self.statements: Statements = statements
        self._dialect = dialect
        self._rows = rows
        self._holds = holds
        # What was loaded, or written since, with the digest of its last step.
        self._standing: dict[str, tuple[Snapshot, str]] = {}
        # What was read before it was asked for: the row of a command id, if there is one; the rows of requests; the requests
        # that are not there, and never were; and of the Assist Cases that were expected what adds to the totals of each.
        self._seen: dict[str, list[tuple[Any, ...]]] = {}
        self._expected: dict[str, tuple[Any, ...]] = {}
        self._free: set[str] = set()
        self._in_case: dict[str, list[tuple[str, str]]] = {}
        # What is held, and what was kept.
        self._cases_held: set[str] = set()
        self._policies: dict[PolicyRef, Policy] = {}
        self._calendars: set[str] = set()

    def _found(self, statement: str, *values: object) -> tuple[Snapshot, ...]:
        return tuple(self._rows.read(content) for (content,) in self._sql.all(statement, *values))

    def _of_these(self, statement: str, values: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """The rows of many, asked for in a few statements that say ``{}`` where the values go."""
        for first in range(0, len(values), MOST_OF_THESE):
            some = values[first : first + MOST_OF_THESE]
            yield from self._sql.all(statement.format(", ".join("?" * len(some))), *some)
