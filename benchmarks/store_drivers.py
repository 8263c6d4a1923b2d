"""The same durable commits without the library: what a service sends to its database, sent again by the bare driver.

The statements of a run are noted as they leave the store, with their values, and replayed on a new database with the same
tables, indexes and triggers. So the difference is what deciding, reading, writing plain data and the chain cost. On
PostgreSQL the store goes past the driver's cursors; the bare driver is what anybody would write with it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any
from unittest.mock import patch

import sqlalchemy

from eap_workflow.store.sql import SqlStore
from eap_workflow.store.sql.dialects import dialect_of
from eap_workflow.store.sql.statements import Question, Statements

Message = list[tuple[str, Any]]
"""Statements that are sent together, each with its values."""

Noted = Message | tuple[str, list[Any]]
"""A message, or a statement with the values of each of many rows."""


@contextmanager
def noting(store: SqlStore) -> Iterator[list[Noted]]:
    """Note every message that a store sends."""
    noted: list[Noted] = []
    written = dialect_of(store.engine.dialect.name).written
    send, send_many = Statements.send, Statements.send_many

    def note(statements: Statements, *questions: Question) -> Any:
        noted.append([(written(statement), values) for statement, values in questions])
        return send(statements, *questions)

    def note_many(statements: Statements, statement: str, rows: list[tuple[object, ...]]) -> None:
        noted.append((written(statement), rows))
        send_many(statements, statement, rows)

    with patch.object(Statements, "send", note), patch.object(Statements, "send_many", note_many):
        yield noted


def replayed(cursor: Any, messages: list[Noted]) -> float:
    """Send the statements by a bare cursor, one by one, and read what is to be read; the time that it takes, in seconds."""
    start = perf_counter()
    for message in messages:
        if isinstance(message, tuple):
            cursor.executemany(*message)
        else:
            for text, values in message:
                cursor.execute(text, values)
                _read(cursor)
    return perf_counter() - start


def replayed_together(cursor: Any, messages: list[Noted]) -> float:
    """Send the messages as they were, by the driver's own pipeline, which psycopg alone has; the time in seconds."""
    connection = cursor.connection
    start = perf_counter()
    for message in messages:
        if isinstance(message, tuple):
            cursor.executemany(*message)
        elif len(message) == 1:
            cursor.execute(*message[0])
            _read(cursor)
        else:
            with connection.pipeline():
                cursors = [connection.execute(text, values) for text, values in message]
            for each in cursors:
                _read(each)
    return perf_counter() - start


def _read(cursor: Any) -> None:
    if cursor.description is not None:
        cursor.fetchall()


def sqlite_cursor(file: str) -> Any:
    """A bare cursor on a SQLite file, as durable as the store's."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    return connection.cursor()


def postgresql_cursor(url: str) -> Any:
    """A bare cursor of psycopg."""
    import psycopg

    parsed = sqlalchemy.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    return psycopg.connect(parsed, autocommit=True).cursor()


Cursor = Callable[[str], Any]
