"""What is done to a store from outside, and everything that it then answers: acted on through a service, read whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from eap_workflow.envelope import Envelope, Tick, read_envelope, read_envelope_or_tick
from eap_workflow.errors import EapWorkflowError
from eap_workflow.offices import Offices
from eap_workflow.policy_book import PolicyBook
from eap_workflow.processes import every_process
from eap_workflow.records import snapshot_to_wire, step_to_wire
from eap_workflow.service import Receipt, Service
from eap_workflow.store import Posted, Store
from eap_workflow.testing.lines import FAR, Line
from eap_workflow.testing.policies import BOOK
from eap_workflow.workflows import extra_sessions

PROCESS = extra_sessions.PROCESS
KEPT = every_process()
"""The workflows whose requests a store is tried with; a line that names none is of extra sessions."""
MANY = 10_000

# Calendars are built once for a whole run.
OFFICES = Offices()


def read(given: Line) -> Envelope:
    """A line, read as a command."""
    return read_envelope(KEPT, given)


def service(store: Store, book: PolicyBook = BOOK) -> Service:
    """A service on a store, with the contracts of `eap_workflow.testing.policies`."""
    return Service(store, policies=book, offices=OFFICES)


def handle(on: Service, *lines: Line | Iterable[Any]) -> list[Receipt]:
    """Act on lines, each of which has to be accepted."""
    receipts: list[Receipt] = []
    for given in _flat(lines):
        sent = read_envelope_or_tick(KEPT, given)
        if isinstance(sent, Tick):
            on.tick(sent.at, each=receipts.append)
        else:
            receipts.append(on.handle(sent))
    return receipts


def attempt(on: Service, given: Line) -> str:
    """Act on a line and say how it went: the code of a refusal, or what it did."""
    try:
        receipts = handle(on, given)
    except EapWorkflowError as error:
        return error.code
    return "; ".join(f"{step.trigger} {step.request} {step.version}" for each in receipts for step in each.steps)


def _flat(given: Iterable[Any]) -> Iterator[Line]:
    for each in given:
        if isinstance(each, dict):
            yield each
        else:
            yield from _flat(each)


def contents(store: Store, ids: Iterable[str] = ()) -> dict[str, Any]:
    """Everything that a store answers, as plain data, to compare before and after or one store with another."""
    with store.reading() as transaction:
        snapshots = transaction.requests(None, MANY)
        trails = {each.request: transaction.trail(each.request) for each in snapshots}
        indices = [KEPT.index(each) for each in snapshots]
        cases = sorted({index.assist_case for index in indices if index.assist_case is not None})
        refs = {index.policy for index in indices if index.policy is not None}
        return {
            "snapshots": [snapshot_to_wire(each) for each in snapshots],
            "trails": {request: [step_to_wire(step) for step in trail] for request, trail in trails.items()},
            "cases": {case: sorted(each.request for each in transaction.in_case(case, "none")) for case in cases},
            "due": transaction.due(FAR, MANY),
            "overdue": [each.request for each in transaction.overdue(FAR, None, MANY)],
            "latest": transaction.latest_at(),
            "seen": {each: transaction.seen(each) for each in ids},
            "policies": {str(ref): transaction.policy(ref) for ref in refs},
        }


def assert_whole(store: Store) -> int:
    """Show that every request is what its steps add up to, with no half command; give how many there are."""
    with store.reading() as transaction:
        snapshots = transaction.requests(None, MANY)
        for snapshot in snapshots:
            trail = transaction.trail(snapshot.request)
            assert KEPT.replay(trail) == snapshot
            assert [step.version for step in trail] == list(range(1, snapshot.version + 1))
            assert not KEPT.named(snapshot.workflow).workflow.state(snapshot.state).passing
            assert transaction.load(snapshot.request) == snapshot
    return len(snapshots)


@contextmanager
def unchanged(store: Store) -> Iterator[None]:
    """Show that what happens inside leaves no trace in the store."""
    before = contents(store)
    yield
    assert contents(store) == before


def outbox_of(store: Store) -> list[Posted]:
    """Every message of a store, as its outbox has it."""
    with store.reading() as transaction:
        return list(transaction.messages(None, MANY))
