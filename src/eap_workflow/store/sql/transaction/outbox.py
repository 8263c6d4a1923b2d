"""The part of a transaction that is about messages: to take them, to settle them, and to list them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from eap_workflow.messages import Message
from eap_workflow.plain.canonical import canonical_text
from eap_workflow.plain.canonical_reading import from_text
from eap_workflow.plain.scalars import write_instant
from eap_workflow.store import Posted, PostState
from eap_workflow.store.sql.transaction.part import Part
from eap_workflow.store.sql.transaction.rows import text_of

MESSAGE = (
    "INSERT INTO eap_messages (id, caused_at, request, kind, state, attempts, next_at, content)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
POSTED = "SELECT content, state, attempts, next_at, problem FROM eap_messages"


class Outbox(Part):
    """Messages that were caused, and how far each has come."""

    def is_message_due(self, at: datetime) -> bool:
        """Whether a message waits for an attempt by an instant."""
        return self._sql.first("SELECT 1 FROM eap_messages WHERE next_at <= ? LIMIT 1", text_of(at)) is not None

    def take_message(self, at: datetime, until: datetime, by: str) -> Posted | None:
        """Take the message that waits longest for its next attempt."""
        row = self._sql.first(
            "UPDATE eap_messages SET attempts = attempts + 1, next_at = ?, taken_by = ? WHERE id ="
            f" (SELECT id FROM eap_messages WHERE next_at <= ? ORDER BY next_at, id LIMIT 1{self._dialect.take})"
            " RETURNING content, state, attempts, next_at, problem",
            text_of(until),
            by,
            text_of(at),
        )
        return None if row is None else _posted(row)

    def settle(self, message_id: str, by: str, state: PostState, next_at: datetime | None, problem: str | None) -> bool:
        """Say what came of an attempt."""
        settled = self._sql.change(
            "UPDATE eap_messages SET state = ?, next_at = ?, taken_by = NULL, problem = ? WHERE id = ? AND taken_by = ?",
            state,
            text_of(next_at),
            problem,
            message_id,
            by,
        )
        return bool(settled)

    def messages(
        self, after: Posted | None, most: int, state: PostState | None = None, request: str | None = None
    ) -> tuple[Posted, ...]:
        """The outbox, in the order in which messages were caused."""
        conditions, values = [], []
        for column, value in {"state": state, "request": request}.items():
            if value is not None:
                conditions.append(f"{column} = ?")
                values.append(value)
        if after is not None:
            conditions.append("(caused_at, id) > (?, ?)")
            values += [write_instant(after.message.at), after.message.id]
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        rows = self._sql.all(f"{POSTED}{where} ORDER BY caused_at, id LIMIT ?", *values, most)
        return tuple(_posted(row) for row in rows)

    def send_again(self, message_id: str, at: datetime) -> bool:
        """Let a message that was sent or given up wait for another attempt."""
        changed = self._sql.change(
            "UPDATE eap_messages SET state = 'waiting', attempts = 0, next_at = ?, taken_by = NULL, problem = NULL WHERE id = ?",
            text_of(at),
            message_id,
        )
        return bool(changed)


def message_row(message: Message) -> tuple[object, ...]:
    """A message as the values of ``MESSAGE``."""
    at = write_instant(message.at)
    return message.id, at, message.request, str(message.kind), "waiting", 0, at, canonical_text(message)


def _posted(row: Any) -> Posted:
    return Posted(
        message=from_text(Message, row[0]),
        state=row[1],
        attempts=row[2],
        next_at=None if row[3] is None else datetime.fromisoformat(row[3]),
        problem=row[4],
    )
