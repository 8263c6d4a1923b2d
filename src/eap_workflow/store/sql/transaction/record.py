"""The part of a transaction that is about the record: the feed of all steps, and what a verification reads of the chains."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eap_workflow.errors import InvalidValue
from eap_workflow.store import Chain, check_name
from eap_workflow.store.chain import StoredStep
from eap_workflow.store.contents import own_step_of
from eap_workflow.store.sql.transaction.part import Part
from eap_workflow.store.sql.transaction.rows import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eap_workflow.steps import Snapshot, Step
    from eap_workflow.store.sql.dialects import Dialect

CHECKPOINT = (
    "INSERT INTO eap_checkpoints (name, position) VALUES (?, ?)"
    " ON CONFLICT (name) DO UPDATE SET position = excluded.position"
)
STORED = f"SELECT {', '.join(StoredStep._fields)} FROM eap_steps"
STANDING = f"SELECT request, {', '.join(COLUMNS)} FROM eap_requests WHERE request IN ({{}})"


class Record(Part):
    """All steps, as they came and as they are stored."""

    def feed(self, after: str, most: int) -> tuple[tuple[str, Step], ...]:
        """All steps of all requests since a position."""
        dialect = self._dialect
        while True:
            rows = self._sql.all(dialect.feed_after, *_place(dialect, after), most)
            given = tuple(
                (dialect.position(row), step) for row in rows if (step := own_step_of(self._processes, row[1], row[2]))
            )
            if given or len(rows) < most:
                return given
            # A whole page of other workflows' steps is not the end.
            after = dialect.position(rows[-1])

    def checkpoint(self, name: str) -> str:
        """The position that a reader of the feed has reached."""
        return self._sql.value("SELECT position FROM eap_checkpoints WHERE name = ?", name) or ""

    def keep_checkpoint(self, name: str, position: str) -> None:
        """Keep the position that a reader of the feed has reached."""
        check_name(name)
        _place(self._dialect, position)
        self._sql.change(CHECKPOINT, name, position)

    def recorded(self, after: str, most: int) -> tuple[str, ...]:
        """The ids of everything that has steps or a row, in order."""
        rows = self._sql.all(
            "SELECT request FROM eap_requests WHERE request > ?"
            " UNION SELECT request FROM eap_steps WHERE request > ? ORDER BY request LIMIT ?",
            after,
            after,
            most,
        )
        return tuple(request for (request,) in rows)

    def stored(self, request: str) -> tuple[StoredStep, ...]:
        """The steps of a request as they are stored."""
        rows = self._sql.all(f"{STORED} WHERE request = ? ORDER BY version", request)
        return tuple(map(StoredStep._make, rows))

    def chains(self, after: str, most: int) -> tuple[Chain, ...]:
        """What is recorded, stored and stated as the head, of many at once."""
        page = self.recorded(after, most)
        if not page:
            return ()
        steps: dict[str, list[StoredStep]] = {request: [] for request in page}
        of_page = "WHERE request > ? AND request <= ?"
        of_these = f"{STORED} {of_page} ORDER BY request, version"
        for step in map(StoredStep._make, self._sql.all(of_these, after, page[-1])):
            # In a transaction of the caller's somebody else's request may have come between.
            if step.request in steps:
                steps[step.request].append(step)
        heads = dict(self._sql.all(f"SELECT request, head FROM eap_requests {of_page}", after, page[-1]))
        return tuple(
            Chain(request=request, head=heads.get(request), steps=tuple(each)) for request, each in steps.items()
        )

    def heads(self, after: str, most: int) -> tuple[tuple[str, int, str], ...]:
        """Each request, its number of steps and its head, as its own row states them."""
        rows: list[Any] = self._sql.all(
            "SELECT request, version, head FROM eap_requests WHERE request > ? ORDER BY request LIMIT ?", after, most
        )
        return tuple(rows)

    def standing_otherwise(self, snapshots: Mapping[str, Snapshot]) -> frozenset[str]:
        """Which requests are not kept as these snapshots have them, in their own or in what is kept for quick answers."""
        rows = {row[0]: row[1:] for row in self._of_these(STANDING, tuple(snapshots))}
        return frozenset(
            request for request, each in snapshots.items() if not self._rows.stands(rows.get(request), each)
        )


def _place(dialect: Dialect, position: str) -> tuple[str | int, ...]:
    try:
        return dialect.place(position)
    except ValueError:
        pass
    raise InvalidValue("position", "a position is needed that this store's feed has given, or none for the beginning")
