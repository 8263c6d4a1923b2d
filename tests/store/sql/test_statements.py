"""What is sent together, and what is sent when: nothing is answered from before it, and nothing waits for ever."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from eap_workflow.errors import Conflict, InvalidValue
from eap_workflow.service import Receipt, Service
from eap_workflow.steps import Snapshot
from eap_workflow.store.sql import SqlStore
from eap_workflow.store.sql.snapshots import Snapshots
from eap_workflow.store.sql.transaction.references import COMMAND
from eap_workflow.store.sql.transaction.rows import Rows
from tests import lines
from tests.databases import kind, service, store, url
from tests.lines import PROCESS, handle
from tests.noting import noted

__all__ = ["kind", "service", "store", "url"]


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
    """What is read is one, and what is written; on PostgreSQL BEGIN and COMMIT go along with them."""
    handle(service, lines.filed("XS-1"), lines.filed("XS-2"), lines.line("approve", "XS-2", 1, lines.APPROVER))
    with noted() as sent:
        handle(service, lines.line("approve", "XS-1", 1, lines.APPROVER, id="id-1"))
    if kind == "postgresql":
        assert sent == [["BEGIN", "SELECT", "SELECT"], ["WITH", "COMMIT"]]
    else:
        assert sent == [["BEGIN"], ["SELECT", "SELECT"], ["UPDATE", "INSERT", "INSERT"], ["COMMIT"]]


def test_to_open_a_request_takes_no_message_more(service: Service, store: SqlStore, kind: str) -> None:
    """Whether its id was ever used is asked along with what is read, where a command has an id of its own."""
    handle(service, lines.draft("XS-1"), lines.draft("XS-0"))
    with store.transaction() as transaction:
        transaction.remove("XS-0", lines.START, "case_team:ct-1")
    with noted() as sent:
        handle(service, lines.draft("XS-2", id="id-2"))
    if kind == "postgresql":
        assert sent == [["BEGIN", "SELECT", "SELECT"], ["WITH", "COMMIT"]]
    with pytest.raises(InvalidValue, match="was removed"):
        handle(service, lines.draft("XS-0", id="id-0"))
    assert handle(service, lines.draft("XS-2", id="id-3"))[0].snapshot.version == 2


def test_what_is_opened_twice_in_one_transaction_is_a_conflict(store: SqlStore) -> None:
    """That a request was not there when it was loaded holds until it is opened, and no longer."""
    (receipt,) = handle(lines.service(_memory()), lines.draft("XS-1"))
    with pytest.raises(Conflict) as caught:
        open_twice(store, receipt)
    assert (caught.value.expected, caught.value.found) == (0, 1)


def open_twice(store: SqlStore, receipt: Receipt) -> None:
    """Append the first step of a request two times."""
    with store.transaction() as transaction:
        assert transaction.load("XS-1", "id-1") is None
        for _ in range(2):
            transaction.append(receipt.steps, receipt.snapshot)


def test_a_case_is_counted_in_the_message_that_holds_it(service: Service, kind: str) -> None:
    """On PostgreSQL a command that counts an Assist Case is three messages: the lock and the count are one."""
    handle(service, lines.filed("XS-1"), lines.draft("XS-2"))
    with noted() as sent:
        handle(service, lines.submit("XS-2", 1))
    if kind == "postgresql":
        assert sent == [["BEGIN", "SELECT"], ["SELECT", "SELECT"], ["WITH", "COMMIT"]]


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
        statement, values = Rows(store.processes, Snapshots(store.processes)).moved(snapshot, "head", 1, snapshot)
        transaction.statements.later(statement, [values])
