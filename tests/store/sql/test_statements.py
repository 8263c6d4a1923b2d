"""What is sent together, and what is sent when: nothing is answered from before it, and nothing waits for ever."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from eap_workflow.errors import Conflict
from eap_workflow.service import Service
from eap_workflow.steps import Snapshot
from eap_workflow.store.sql import SqlStore
from eap_workflow.store.sql.statements import Statements, together
from eap_workflow.store.sql.transaction import COMMAND
from tests import lines
from tests.databases import kind, service, store, url
from tests.lines import PROCESS, handle

__all__ = ["kind", "service", "store", "url"]

INTO_A, INTO_B = "INSERT INTO a (x, y) VALUES (?, ?)", "INSERT INTO b (z) VALUES (?)"
CHANGE = "UPDATE c SET x = ? WHERE y = ?"


@contextmanager
def noted() -> Iterator[list[str]]:
    """Note every statement that is sent."""
    sent: list[str] = []
    send = Statements.send

    def note(self: Statements, statement: str, values: tuple[object, ...] = ()) -> Any:
        sent.append(statement)
        return send(self, statement, values)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Statements, "send", note)
        yield sent


def test_several_are_one_with_what_changes_a_row_last() -> None:
    """Rows of one statement stand beside each other, in order, and the values in the order of their places."""
    statement, values, changes = together([(CHANGE, [("new", "old")]), (INTO_A, [(1, 2), (3, 4)]), (INTO_B, [(5,)])])
    assert statement == (
        "WITH part_0 AS (INSERT INTO a (x, y) VALUES (?, ?), (?, ?)), part_1 AS (INSERT INTO b (z) VALUES (?))"
        " UPDATE c SET x = ? WHERE y = ?"
    )
    assert values == (1, 2, 3, 4, 5, "new", "old")
    assert changes == 1


def test_one_alone_stays_as_it_is() -> None:
    """A single statement is sent as it would be by itself."""
    assert together([(INTO_B, [(5,)])]) == (INTO_B, (5,), 1)
    assert together([(INTO_B, [(5,), (6,)])]) == ("INSERT INTO b (z) VALUES (?), (?)", (5, 6), 2)


class GivenUp(Exception):
    """Undoes a transaction."""


def test_what_is_sent_later_is_there_for_every_question(store: SqlStore) -> None:
    """What was appended is seen by whatever is asked in the same transaction, whichever way it is asked."""
    receipts = handle(lines.service(_memory()), lines.filed("XS-1"))
    asks: tuple[Callable[[Any], Any], ...] = (
        lambda transaction: transaction.load("XS-1").version,
        lambda transaction: transaction.trail("XS-1")[-1].version,
        lambda transaction: transaction.stored("XS-1")[-1].version,
        lambda transaction: len(transaction.recorded("", 9)) and receipts[-1].snapshot.version,
    )
    for ask in asks:
        with suppress(GivenUp), store.transaction() as transaction:
            for receipt in receipts:
                transaction.append(receipt.steps, receipt.snapshot)
            assert ask(transaction) == receipts[-1].snapshot.version
            raise GivenUp
    with store.reading() as transaction:
        assert transaction.recorded("", 9) == ()


def _memory() -> Any:
    from eap_workflow.store.memory import MemoryStore

    return MemoryStore(PROCESS)


def test_a_command_is_few_messages_to_a_server(service: Service, kind: str) -> None:
    """On PostgreSQL a command of a request that is there is three: what is read, what is written, and COMMIT."""
    handle(service, lines.filed("XS-1"), lines.filed("XS-2"), lines.line("approve", "XS-2", 1, lines.APPROVER))
    with noted() as sent:
        handle(service, lines.line("approve", "XS-1", 1, lines.APPROVER, id="id-1"))
    words = [statement.split(maxsplit=1)[0] for statement in sent]
    if kind == "postgresql":
        assert words == ["BEGIN", "WITH", "COMMIT"]
    else:
        assert words[0] == "BEGIN"
        assert words[-1] == "COMMIT"


def test_what_is_to_be_changed_later_has_to_be_there(store: SqlStore) -> None:
    """A row that is not there is a conflict, at once or when it is sent, and nothing of the transaction is kept."""
    receipts = handle(lines.service(_memory()), lines.draft("XS-1"))
    with pytest.raises(Conflict):
        move_what_is_not_there(store, receipts[0].snapshot)
    with store.reading() as transaction:
        assert transaction.seen("id-1") is None


def move_what_is_not_there(store: SqlStore, snapshot: Snapshot) -> None:
    """Keep a command's id, and move a request on that was never opened."""
    with store.transaction() as transaction:
        transaction.statements.later(COMMAND, [("id-1", "d", "XS-1", 1, 1)])
        statement, values = transaction._moved(snapshot, "head", 1)
        transaction.statements.later(statement, [values])
