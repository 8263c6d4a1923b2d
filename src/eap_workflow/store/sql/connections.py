"""The connection of a transaction: taken from SQLAlchemy's pool, begun on, and kept at hand for the next one.

To take a connection out of the pool, to set it up and to set it right again when it goes back takes longer than two
statements of a command. So the one that was used last stays at hand, ready, as long as the engine is not disposed of; all
others, of whoever works at the same time, go back.
"""

from __future__ import annotations

import os
import weakref
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import sqlalchemy

from eap_workflow.store.sql.statements import Statements

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

    from eap_workflow.store.sql.dialects import Dialect

USED = "eap_workflow_used"
"""Marks a pooled connection that has served before, and may have been cut off since."""


class Held:
    """A connection out of the pool.

    Args:
        connection: SQLAlchemy's, which has the driver's.
        dialect: What is the database's own.
    """

    __slots__ = ("at_each_beginning", "connection", "driver", "is_new", "statements")

    def __init__(self, connection: Any, dialect: Dialect) -> None:
        self.connection: Any = connection
        self.driver: Any = connection.driver_connection
        self.is_new: bool = connection.info.setdefault(USED, 0) == 0
        self.statements: Statements = Statements(dialect.way(connection))
        self.at_each_beginning: tuple[str, ...] = dialect.at_each_beginning(connection)


class Connections:
    """Where the store's own transactions have their connections from; threads may share it.

    Args:
        engine: The engine.
        dialect: What is the database's own.
    """

    def __init__(self, engine: Engine, dialect: Dialect) -> None:
        self._engine = engine
        self._dialect = dialect
        # One at most; that it is put in and taken out is one operation each, so that no two threads get the same.
        self._at_hand: list[Held] = []
        self._of_the_parent: list[object] = []
        sqlalchemy.event.listen(engine, "engine_disposed", lambda _engine: self._let_go())
        _all.add(self)

    def begin(self, begin: str) -> Held:
        """Give a connection on which a transaction has begun, or begins with the first question.

        Args:
            begin: The statement that begins it.
        """
        while True:
            held = self._taken()
            first = (begin, *held.at_each_beginning)
            try:
                # Of a connection that seems to be cut off it is known for sure then.
                if self._dialect.begins_at_once or self._dialect.is_cut(held.driver):
                    held.statements.send(*[(statement, ()) for statement in first])
                else:
                    for statement in first:
                        held.statements.before(statement)
            except BaseException as error:
                is_lost = self._dialect.is_lost(held.driver)
                self._discard(held)
                # The server was restarted since the connection was used last; nothing was done on it yet.
                if isinstance(error, self._dialect.errors) and is_lost and not held.is_new:
                    continue
                raise
            if held.is_new:
                held.connection.info[USED] = 1
                held.is_new = False
            return held

    def end(self, held: Held) -> None:
        """Keep a connection at hand on which no transaction is left, or give it back."""
        if self._dialect.is_lost(held.driver) or self._dialect.is_in_transaction(held.driver):
            self._discard(held)
        elif self._at_hand:
            self._give_back(held)
        else:
            self._at_hand.append(held)

    def _taken(self) -> Held:
        with suppress(IndexError):
            return self._at_hand.pop()
        held = Held(self._engine.raw_connection(), self._dialect)
        if self._dialect.first_of_all:
            try:
                held.statements.send((self._dialect.first_of_all, ()))
            except BaseException:
                self._discard(held)
                raise
        return held

    def _give_back(self, held: Held) -> None:
        try:
            # What was done stands, whether or not the connection can be set right again.
            with suppress(self._dialect.errors):
                if self._dialect.last_of_all:
                    held.statements.send((self._dialect.last_of_all, ()))
        finally:
            held.connection.close()

    def _discard(self, held: Held) -> None:
        if held.connection.is_valid and self._dialect.is_lost(held.driver):
            held.connection.invalidate()
            held.connection.close()
        else:
            self._give_back(held)

    def _let_go(self) -> None:
        with suppress(IndexError):
            connection = self._at_hand.pop().connection
            # The pool that it came from has been emptied, and closes nothing any more.
            connection.detach()
            connection.close()

    def leave_the_parents(self) -> None:
        """Have a process that was forked off leave the connections of its parent alone: the one at hand, and those in the pool.

        Whatever is done on one of them in both processes comes in between what the other does.
        """
        # Not even closed, nor forgotten: either would send a word on them.
        self._of_the_parent += [*self._at_hand, self._engine.pool]
        self._at_hand.clear()
        self._engine.dispose(close=False)


_all: weakref.WeakSet[Connections] = weakref.WeakSet()


def _leave_the_parents() -> None:
    for connections in list(_all):
        connections.leave_the_parents()


# Nothing forks on Windows.
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_the_parents)
