"""A request as the row that its table has of it, and the statements that write such a row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eap_workflow.plain.scalars import write_instant
from eap_workflow.records import snapshot_text
from eap_workflow.store import binding_passes_at, stage_due_on
from eap_workflow.store.contents import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from eap_workflow.process_set import Processes
    from eap_workflow.steps import Snapshot
    from eap_workflow.store.sql.snapshots import Snapshots
    from eap_workflow.store.sql.statements import Question

FILED = ("workflow", "employer", "assist_case")
"""The columns that say where a request belongs, and that hardly a step changes."""
COLUMNS = (
    *FILED, "state", "version", "at", "pending", "approved_in_advance", "due_on", "clock_at", "passes_at", "head", "snapshot",
)  # fmt: skip
OPENED = f"INSERT INTO eap_requests ({', '.join(COLUMNS)}, request) VALUES ({'?, ' * len(COLUMNS)}?)"
MOVED = f"UPDATE eap_requests SET {' = ?, '.join(COLUMNS[len(FILED) :])} = ? WHERE request = ? AND version = ?"
REFILED = f"UPDATE eap_requests SET {' = ?, '.join(COLUMNS)} = ? WHERE request = ? AND version = ?"


class Rows:
    """Requests as rows; threads may share it.

    Args:
        processes: The workflows whose requests are kept.
        snapshots: What was read or written before, by its text.

    Attributes:
        read: Reads the last column, a snapshot.
    """

    def __init__(self, processes: Processes, snapshots: Snapshots) -> None:
        self._processes = processes
        self._write = snapshots.write
        self.read: Callable[[str], Snapshot] = snapshots.read

    def opened(self, snapshot: Snapshot, head: str) -> tuple[object, ...]:
        """A request as the values of ``OPENED``."""
        return (*self._indexed(snapshot), head, self._write(snapshot), snapshot.request)

    def moved(self, snapshot: Snapshot, head: str, kept: int, before: Snapshot | None) -> Question:
        """The statement that moves a request on, and its values.

        Args:
            snapshot: The request.
            head: The digest of its last step.
            kept: The version that is kept of it.
            before: The request as it is kept, where that is known.
        """
        row = self.opened(snapshot, head)
        # SQLite takes an entry out of an index and puts it in again for every column that is named, changed or not.
        if before is not None and self._filed(before) == row[: len(FILED)]:
            return MOVED, (*row[len(FILED) :], kept)
        return REFILED, (*row, kept)

    def stands(self, row: tuple[Any, ...] | None, snapshot: Snapshot) -> bool:
        """Whether a row, as the values of ``COLUMNS``, says of a request what this snapshot says."""
        try:
            if row is None or row[:-2] != self._indexed(snapshot):
                return False
            # To write a snapshot takes half of what it takes to read it and to compare the two.
            return row[-1] == snapshot_text(snapshot) or self.read(row[-1]) == snapshot
        except UNREADABLE:
            return False

    def _filed(self, snapshot: Snapshot) -> tuple[object, ...]:
        index = self._processes.index(snapshot)
        return snapshot.workflow, index.employer, index.assist_case

    def _indexed(self, snapshot: Snapshot) -> tuple[object, ...]:
        """What is kept of a snapshot for quick answers: the first of the columns."""
        processes = self._processes
        index = processes.index(snapshot)
        due_on = stage_due_on(processes, snapshot)
        return (
            *self._filed(snapshot),
            snapshot.state,
            snapshot.version,
            write_instant(snapshot.at),
            index.pending,
            index.approved_in_advance,
            None if due_on is None else due_on.isoformat(),
            text_of(snapshot.next_due_at),
            text_of(binding_passes_at(processes, snapshot)),
        )


def text_of(instant: datetime | None) -> str | None:
    """An instant at a fixed width in UTC, so that its text sorts as time."""
    return None if instant is None else write_instant(instant)
