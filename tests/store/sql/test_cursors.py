"""Statements by a driver's cursor: each by itself, in order, with its rows or the number of rows that it changed."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from eap_workflow.errors import Conflict, StoreError
from eap_workflow.store.sql.cursors import ByCursor
from eap_workflow.store.sql.sqlite import Sqlite
from eap_workflow.store.sql.statements import Statements


def test_each_has_its_own_answer() -> None:
    """What is asked after a change sees it, and a statement without rows has none."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        way = ByCursor(connection.cursor(), Sqlite())
        made, inserted, found = way.send(
            [
                ("CREATE TABLE kept (x)", ()),
                ("INSERT INTO kept VALUES (?), (?)", (1, "a")),
                ("SELECT x FROM kept", ()),
            ]
        )
        assert made[0] == inserted[0] == []
        assert inserted[1] == 2
        assert found[0] == [(1,), ("a",)]
        way.send_many("INSERT INTO kept VALUES (?)", [(number,) for number in range(7)])
        assert way.send([("UPDATE kept SET x = 0", ())])[0][1] == 9


def test_what_was_to_be_sent_is_sent_before_the_next_question() -> None:
    """In its order, and a statement that fails is the last."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        statements = Statements(ByCursor(connection.cursor(), Sqlite()))
        statements.before("CREATE TABLE kept (x)")
        statements.later("INSERT INTO kept VALUES (?)", [(1,), (2,)])
        statements.later("UPDATE kept SET x = 3 WHERE x = ?", [(1,)])
        assert statements.all("SELECT x FROM kept ORDER BY x") == [(2,), (3,)]
        with pytest.raises(sqlite3.OperationalError):
            statements.each(("SELECT y FROM kept", ()), ("DELETE FROM kept", ()))
        with pytest.raises(StoreError, match="has to be undone"):
            statements.value("SELECT count(*) FROM kept")
        statements.forget()
        assert statements.value("SELECT count(*) FROM kept") == 2


def test_nothing_follows_what_changes_no_row() -> None:
    """A row that was to be changed and is not there ends it, and COMMIT is not sent."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.execute("CREATE TABLE kept (x)")
        statements = Statements(ByCursor(connection.cursor(), Sqlite()))
        statements.before("BEGIN")
        statements.later("INSERT INTO kept VALUES (?)", [(1,)])
        statements.later("UPDATE kept SET x = 3 WHERE x = ?", [(7,)])
        with pytest.raises(Conflict):
            statements.commit()
        assert connection.in_transaction
