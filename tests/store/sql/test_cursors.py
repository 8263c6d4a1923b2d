"""Statements by a driver's cursor: each by itself, in order, with its rows or the number of rows that it changed."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

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
        assert made.rows == inserted.rows == []
        assert inserted.changed == 2
        assert found.rows == [(1,), ("a",)]
        way.send_many("INSERT INTO kept VALUES (?)", [(number,) for number in range(7)])
        assert way.send([("UPDATE kept SET x = 0", ())])[0].changed == 9


def test_nothing_waits_to_be_sent() -> None:
    """Where several at once gain nothing, each goes when it comes, and one that fails is the last."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        statements = Statements(ByCursor(connection.cursor(), Sqlite()))
        statements.before("CREATE TABLE kept (x)")
        statements.later("INSERT INTO kept VALUES (?)", [(1,)])
        assert connection.execute("SELECT x FROM kept").fetchall() == [(1,)]
        with pytest.raises(sqlite3.OperationalError):
            statements.each(("SELECT y FROM kept", ()), ("DELETE FROM kept", ()))
        assert statements.value("SELECT count(*) FROM kept") == 1
