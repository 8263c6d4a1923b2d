"""A transaction of the store's own that may write: committed when its block ends, and undone if the block raises.

Every command has one, and its block is a class because a generator, with all that stands around it, takes twice as long.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from eap_workflow.store.sql.cursors import ByCursor
from eap_workflow.store.sql.failures import ours
from eap_workflow.store.sql.statements import Statements

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy.engine import Connection

    from eap_workflow.store.sql.connections import Connections, Held
    from eap_workflow.store.sql.dialects import Dialect
    from eap_workflow.store.sql.transaction import SqlTransaction


class Writing:
    """The block of a transaction.

    Args:
        connections: Where its connection comes from.
        dialect: What is the database's own.
        on: Makes what the block is given, on a connection.
    """

    __slots__ = ("_connections", "_dialect", "_held", "_on")

    def __init__(self, connections: Connections, dialect: Dialect, on: Callable[[Held], SqlTransaction]) -> None:
        self._connections = connections
        self._dialect = dialect
        self._on = on

    def __enter__(self) -> SqlTransaction:
        with ours(self._dialect):
            self._held = self._connections.begin(self._dialect.begin_writing)
        return self._on(self._held)

    def __exit__(self, _kind: type[BaseException] | None, error: BaseException | None, _trace: object) -> None:
        held = self._held
        try:
            with ours(self._dialect):
                if error is not None:
                    raise error
                held.statements.commit()
        except BaseException:
            undo(self._dialect, held.statements, held.driver)
            raise
        finally:
            self._connections.end(held)


@contextmanager
def on_the_tables(dialect: Dialect, connection: Connection) -> Iterator[None]:
    """A transaction on the tables themselves: who comes at the same time waits for its end, and undone if its block raises.

    Args:
        dialect: What is the database's own.
        connection: A connection on which no transaction has begun.
    """
    for statement in (dialect.begin_writing, *dialect.at_each_beginning(connection)):
        connection.exec_driver_sql(statement)
    # Asked for while there is one: a connection that is lost has none any more.
    driver = connection.connection.driver_connection
    statements = Statements(ByCursor(connection.connection.cursor(), dialect))
    try:
        dialect.hold_named(statements, "schema")
        yield
    except BaseException:
        undo(dialect, statements, driver)
        raise
    connection.exec_driver_sql("COMMIT")


def undo(dialect: Dialect, statements: Statements, driver: Any) -> None:
    """Undo what a transaction has done so far, where there is one."""
    statements.forget()
    with suppress(dialect.errors):
        if dialect.is_in_transaction(driver):
            statements.send(("ROLLBACK", ()))
