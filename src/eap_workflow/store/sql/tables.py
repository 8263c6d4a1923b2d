"""The tables of the store, the same on SQLite and PostgreSQL, for whoever queries or migrates them.

All names begin with ``eap_``, so that they can stand in the database of a case system beside its own. Ids, instants and
digests are text: an instant in UTC at a fixed width, so that its text sorts as time. On PostgreSQL text compares by code
point (collation ``C``), as it does on SQLite and in Python, so a page ends where the next one begins.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Identity,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeEngine

PREFIX = "eap_"
VERSION_TABLE = "eap_schema"

metadata: MetaData = MetaData()

TEXT: TypeEngine[str] = Text().with_variant(Text(collation="C"), "postgresql")
NUMBER: TypeEngine[int] = BigInteger().with_variant(Integer(), "sqlite")


def _table(name: str, *parts: Column[Any] | PrimaryKeyConstraint | UniqueConstraint | Index) -> Table[Any]:
    return Table(PREFIX + name, metadata, *parts, sqlite_strict=True, sqlite_autoincrement=name == "steps")


def _text(name: str, *, optional: bool = False, key: bool = False) -> Column[str]:
    return Column(name, TEXT, nullable=optional, primary_key=key)


def _number(name: str, *, key: bool = False) -> Column[int]:
    return Column(name, NUMBER, nullable=False, primary_key=key, autoincrement=False)


schema: Table[Any] = Table(VERSION_TABLE, metadata, _text("version_num", key=True), sqlite_strict=True)

# Append-only, and chained: `eap_workflow.store.chain`. The position is the order of writing, over all requests.
steps: Table[Any] = _table(
    "steps",
    Column("position", NUMBER, Identity(), primary_key=True),
    _text("request"),
    _number("version"),
    _number("format"),
    _text("content"),
    _text("before"),
    _text("digest"),
    UniqueConstraint("request", "version", name="eap_steps_once"),
)

# Each request as it stands: what is asked for often, and the snapshot that its steps add up to.
requests: Table[Any] = _table(
    "requests",
    _text("request", key=True),
    _text("workflow"),
    _text("state"),
    _number("version"),
    _text("at"),
    _text("employer", optional=True),
    _text("assist_case", optional=True),
    _number("pending"),
    _number("approved_in_advance"),
    _text("due_on", optional=True),
    _text("clock_at", optional=True),
    _text("passes_at", optional=True),
    _text("head"),
    _text("snapshot"),
)

commands: Table[Any] = _table(
    "commands",
    _text("id", key=True),
    _text("digest"),
    _text("request"),
    _number("first"),
    _number("last"),
    Index("eap_commands_by_request", "request"),
)

policies: Table[Any] = _table(
    "policies", _text("contract"), _text("version"), _text("content"), PrimaryKeyConstraint("contract", "version")
)

calendars: Table[Any] = _table("calendars", _text("fingerprint", key=True), _text("content"))

# The outbox. While a worker attempts a message, next_at says until when it is the worker's.
messages: Table[Any] = _table(
    "messages",
    _text("id", key=True),
    _text("caused_at"),
    _text("request"),
    _text("kind"),
    _text("state"),
    _number("attempts"),
    _text("next_at", optional=True),
    _text("taken_by", optional=True),
    _text("problem", optional=True),
    _text("content"),
    Index("eap_messages_in_order", "caused_at", "id"),
    Index("eap_messages_by_request", "request"),
)

checkpoints: Table[Any] = _table("checkpoints", _text("name", key=True), _text("position"))

removals: Table[Any] = _table(
    "removals",
    _number("number", key=True),
    _text("request"),
    _text("workflow"),
    _number("steps"),
    _text("head"),
    _text("at"),
    _text("by"),
    _text("before"),
    _text("digest"),
    UniqueConstraint("request", name="eap_removals_once"),
)


def _only_where(column: Column[str]) -> dict[str, Any]:
    there = column.is_not(None)
    return {"sqlite_where": there, "postgresql_where": there}


_of = requests.c
Index("eap_requests_by_case", _of.assist_case, **_only_where(_of.assist_case))
Index("eap_requests_by_clock", _of.clock_at, _of.request, **_only_where(_of.clock_at))
Index("eap_requests_by_passing", _of.passes_at, _of.request, **_only_where(_of.passes_at))
Index("eap_requests_by_due_date", _of.due_on, _of.request, **_only_where(_of.due_on))
Index("eap_requests_by_state", _of.state, _of.request)
Index("eap_requests_by_employer", _of.employer, _of.request, **_only_where(_of.employer))

_next_at = messages.c.next_at
Index("eap_messages_by_next_attempt", _next_at, messages.c.id, **_only_where(_next_at))
