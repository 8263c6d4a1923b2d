"""The part of a transaction that is about removals: a request goes whole, and the act is recorded."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from eap_workflow.plain.scalars import write_instant
from eap_workflow.store import Removal
from eap_workflow.store.removals import LAST, removal, stated
from eap_workflow.store.sql.transaction.part import Part
from eap_workflow.store.sql.transaction.record import CHECKPOINT

REMOVAL = "SELECT number, request, workflow, steps, head, at, by, before, digest FROM eap_removals"


class Removing(Part):
    """Removals."""

    def remove(self, request: str, at: datetime, by: str) -> Removal | None:
        """Remove a request whole, and record the act."""
        row = self._sql.first(
            f"SELECT workflow, version, head FROM eap_requests WHERE request = ?{self._dialect.hold}", request
        )
        if row is None:
            return None
        # Removals are chained over all requests, so they are made one after the other.
        self._dialect.hold_named(self._sql, "removals")
        act = removal(self.last_removal(), request=request, workflow=row[0], steps=row[1], head=row[2], at=at, by=by)
        self._sql.change(
            "INSERT INTO eap_removals (number, request, workflow, steps, head, at, by, before, digest)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            act.number,
            act.request,
            act.workflow,
            act.steps,
            act.head,
            write_instant(act.at),
            act.by,
            act.before,
            act.digest,
        )
        self._sql.change(CHECKPOINT, LAST, stated(act))
        for table in ("steps", "messages", "commands", "requests"):
            self._sql.change(f"DELETE FROM eap_{table} WHERE request = ?", request)
        return act

    def removals(self, after: int, most: int) -> tuple[Removal, ...]:
        """The removals, in order."""
        rows = self._sql.all(
            f"{REMOVAL} WHERE number > ? ORDER BY number LIMIT ?",
            after,
            most,
        )
        return tuple(_removal(row) for row in rows)

    def removal_of(self, request: str) -> Removal | None:
        """The removal of a request."""
        row = self._sql.first(f"{REMOVAL} WHERE request = ?", request)
        return None if row is None else _removal(row)

    def last_removal(self) -> Removal | None:
        """The last removal of all; None where there was none."""
        row = self._sql.first(f"{REMOVAL} ORDER BY number DESC LIMIT 1")
        return None if row is None else _removal(row)


def _removal(row: Any) -> Removal:
    return Removal(
        number=row[0],
        request=row[1],
        workflow=row[2],
        steps=row[3],
        head=row[4],
        at=datetime.fromisoformat(row[5]),
        by=row[6],
        before=row[7],
        digest=row[8],
    )
