"""A request as its row: a row says what its snapshot says, and a request that moves on leaves alone what it does not change."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from eap_workflow.process_set import Processes
from eap_workflow.steps import Snapshot
from eap_workflow.store.memory import MemoryStore
from eap_workflow.store.sql.snapshots import Snapshots
from eap_workflow.store.sql.transaction.rows import COLUMNS, MOVED, REFILED, Rows
from tests import lines
from tests.histories import histories
from tests.lines import PROCESS, Line, handle

HEAD = "f" * 64


def rows() -> Rows:
    """Rows of a store that has seen nothing."""
    processes = Processes(PROCESS)
    return Rows(processes, Snapshots(processes))


def some() -> list[Snapshot]:
    """A request as each of its commands left it; the last one changed its Assist Case."""
    service = lines.service(MemoryStore(PROCESS))
    told = [lines.draft("XS-1"), lines.line("draft", "XS-1", 2, assist_case="ASST-9")]
    return [receipt.snapshot for receipt in handle(service, told)]


def row_of(snapshot: Snapshot) -> tuple[Any, ...]:
    """The values of all columns but the request's id, which comes last."""
    return rows().opened(snapshot, HEAD)[:-1]


@given(history=histories())
def test_a_row_stands_for_its_own_snapshot(history: list[Line]) -> None:
    """Whatever has happened to a request, its row says what its snapshot says, and is read back as it."""
    service = lines.service(MemoryStore(PROCESS))
    for each in history:
        lines.attempt(service, each)
        for snapshot in service.snapshots():
            row = row_of(snapshot)
            assert rows().stands(row, snapshot)
            assert rows().read(row[-1]) == snapshot


@pytest.mark.parametrize("column", [each for each in COLUMNS if each != "head"])
def test_a_row_that_says_otherwise_does_not_stand(column: str) -> None:
    """Any column that is not as it should be is noticed; a digest is looked at where chains are."""
    snapshot = some()[-1]
    row = list(row_of(snapshot))
    row[COLUMNS.index(column)] = "planted"
    assert not rows().stands(tuple(row), snapshot)


def test_no_row_stands_for_nothing() -> None:
    """A request that has no row is not kept as its snapshot has it."""
    assert not rows().stands(None, some()[-1])


def test_what_says_where_it_belongs_is_written_where_it_changes() -> None:
    """The columns that say where a request belongs are named where one of them changes, or nobody knows."""
    drafted, refiled = some()
    statement, values = rows().moved(refiled, HEAD, 1, drafted)
    assert (statement, len(values)) == (REFILED, statement.count("?"))
    assert rows().moved(refiled, HEAD, 1, None)[0] == REFILED
    statement, values = rows().moved(refiled, HEAD, 1, refiled)
    assert (statement, len(values)) == (MOVED, statement.count("?"))
    assert not any(f"{column} = ?" in statement for column in ("workflow", "employer", "assist_case"))
