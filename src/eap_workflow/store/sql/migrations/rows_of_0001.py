"""Bringing over what the tables of version 0001 kept, into those of version 0002.

The steps keep what is stored of them, byte for byte, and their positions; they are of format 1, and are chained now. Each
request's row is written anew from its steps, and only where the old row says the same. Command ids and policies are kept
as they are. Two things of the past are not there: no message, because it would be sent a second time, and no calendar,
because version 0001 kept none. A calendar is kept from the next step on that counts on it; until then a limit is explained on
today's.
"""

from __future__ import annotations

from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from eap_workflow.errors import EapWorkflowError, StoreError
from eap_workflow.plain.json_text import canonical_json, parse_object
from eap_workflow.plain.scalars import write_instant
from eap_workflow.plain.wire import from_wire
from eap_workflow.policy import Policy
from eap_workflow.records import snapshot_from_wire, snapshot_to_wire
from eap_workflow.store import binding_passes_at, stage_due_on
from eap_workflow.store.chain import NOTHING_BEFORE, StoredStep, chained
from eap_workflow.store.contents import step_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from eap_workflow.process_set import Processes
    from eap_workflow.steps import Snapshot, Step

FORMAT = 1
PAGE = 200
NOT_OURS = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What reading can raise where somebody has edited the file by hand, besides our own errors."""

STEP = (
    "INSERT INTO eap_steps (position, request, version, format, content, before, digest) VALUES (?, ?, ?, ?, ?, ?, ?)"
)
REQUEST = (
    "INSERT INTO eap_requests (request, workflow, state, version, at, employer, assist_case, pending,"
    " approved_in_advance, due_on, clock_at, passes_at, head, snapshot) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
COPIES = (
    "INSERT INTO eap_commands (id, digest, request, first, last) SELECT id, digest, request, first, last FROM commands",
    "INSERT INTO eap_policies (contract, version, content) SELECT contract, version, content FROM policies",
)


def bring_over(connection: Connection, processes: Processes) -> None:
    """Bring over everything that version 0001 kept.

    Args:
        connection: A SQLite database with the tables of both versions, in a transaction.
        processes: The workflows whose requests it keeps.

    Raises:
        StoreError: A step, a request or a policy cannot be read, or a request does not stand as its steps say; the error
            names the table and the row's number in it, and no value.
    """
    orphan = connection.exec_driver_sql(
        "SELECT min(position) FROM steps WHERE request NOT IN (SELECT request FROM requests)"
    ).scalar()
    if orphan is not None:
        raise _stopped("steps", orphan, "the request that it belongs to is not there")
    after = ""
    while page := _page(connection, after):
        after = page[-1][1]
        trails = _trails(connection, page[0][1], after)
        steps: list[tuple[object, ...]] = []
        rows: list[tuple[object, ...]] = []
        for row, request, snapshot in page:
            trail = trails.get(request, [])
            stored = list(chained(request, NOTHING_BEFORE, 1, FORMAT, [content for _, _, content in trail]))
            standing = _checked(processes, row, trail, snapshot)
            steps += [(position, *_values(each)) for (position, _, _), each in zip(trail, stored, strict=True)]
            rows.append(_row(processes, standing, stored[-1].digest))
        connection.exec_driver_sql(STEP, steps)
        connection.exec_driver_sql(REQUEST, rows)
    _check_policies(connection)
    for statement in COPIES:
        connection.exec_driver_sql(statement)


def _page(connection: Connection, after: str) -> list[tuple[int, str, str]]:
    query = "SELECT rowid, request, snapshot FROM requests WHERE request > ? ORDER BY request LIMIT ?"
    return [(row[0], row[1], row[2]) for row in connection.exec_driver_sql(query, (after, PAGE))]


def _trails(connection: Connection, first: str, last: str) -> dict[str, list[tuple[int, int, str]]]:
    query = (
        "SELECT request, position, version, content FROM steps WHERE request >= ? AND request <= ?"
        " ORDER BY request, version"
    )
    rows = connection.exec_driver_sql(query, (first, last))
    return {request: [(row[1], row[2], row[3]) for row in own] for request, own in groupby(rows, key=itemgetter(0))}


def _checked(processes: Processes, row: int, trail: list[tuple[int, int, str]], snapshot: str) -> Snapshot:
    """Read a request's steps, and make sure that its old row says what they add up to."""
    standing: Snapshot | None = None
    for position, _, content in trail:
        # What evolve refuses is a step that does not follow on the one before it.
        standing = _read("steps", position, lambda: processes.evolve(standing, _step(processes, content)))  # noqa: B023 - called here
    if standing is None:
        raise _stopped("requests", row, "there are no steps of this request")
    kept = _read("requests", row, lambda: snapshot_from_wire(processes, parse_object(snapshot)))
    if kept != standing:
        raise _stopped("requests", row, "the request does not stand as its steps say")
    return standing


def _step(processes: Processes, content: str) -> Step:
    return step_of(processes, FORMAT, content)


def _check_policies(connection: Connection) -> None:
    for row, content in connection.exec_driver_sql("SELECT rowid, content FROM policies").all():
        _read("policies", row, lambda: from_wire(Policy, parse_object(content), at="policy"))  # noqa: B023 - called here


def _read(table: str, row: int, read: Any) -> Any:
    try:
        return read()
    except EapWorkflowError as error:
        why = str(error)
    except NOT_OURS:
        why = "it is not what this library wrote"
    # Outside of the block: what was raised there may hold what was read.
    raise _stopped(table, row, why)


def _stopped(table: str, row: int, why: str) -> StoreError:
    return StoreError(f"row {row} of the table {table} cannot be brought over, and nothing was changed: {why}")


def _values(step: StoredStep) -> tuple[object, ...]:
    return step.request, step.version, step.format, step.content, step.before, step.digest


def _row(processes: Processes, snapshot: Snapshot, head: str) -> tuple[object, ...]:
    index, due_on = processes.index(snapshot), stage_due_on(processes, snapshot)
    return (
        snapshot.request,
        snapshot.workflow,
        snapshot.state,
        snapshot.version,
        write_instant(snapshot.at),
        index.employer,
        index.assist_case,
        index.pending,
        index.approved_in_advance,
        None if due_on is None else due_on.isoformat(),
        _text(snapshot.next_due_at),
        _text(binding_passes_at(processes, snapshot)),
        head,
        canonical_json(snapshot_to_wire(snapshot)),
    )


def _text(instant: datetime | None) -> str | None:
    return None if instant is None else write_instant(instant)
