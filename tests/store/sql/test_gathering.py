"""Many commands in one transaction: the same requests, steps and messages as one by one, and a failure takes back its own."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from eap_workflow.envelope import Envelope, read_envelope_or_tick
from eap_workflow.errors import CommandIdReused, InvalidType, InvalidValue, Refused, StoreError
from eap_workflow.process_set import Processes
from eap_workflow.service import Service
from eap_workflow.store import Store
from eap_workflow.store.memory import MemoryStore
from eap_workflow.store.sql import SqlStore
from eap_workflow.verification import verify
from tests import lines
from tests.databases import kind, new_database, opened, service, store, url
from tests.histories import histories
from tests.lines import PROCESS, Line, attempt, contents, handle
from tests.noting import noted

__all__ = ["kind", "service", "store", "url"]


def in_batches(service: Service, given: list[Line], size: int, *, told: bool) -> None:
    """Act on lines, so many in one transaction, told of beforehand or not; what is refused is passed over."""
    for first in range(0, len(given), size):
        part = given[first : first + size]
        with service.batch(envelopes(part) if told else ()) as inside:
            for line in part:
                attempt(inside, line)


def envelopes(given: list[Line]) -> list[Envelope]:
    """The commands among lines."""
    return [sent for line in given if isinstance(sent := read_envelope_or_tick(PROCESS, line), Envelope)]


def everything(store: Store) -> tuple[Any, ...]:
    """All that a store holds, as far as it can be asked."""
    with store.reading() as transaction:
        posted = transaction.messages(None, 10_000)
        fed = sorted((step.request, step.version) for _, step in transaction.feed("", 10_000))
        stored = {request: transaction.stored(request) for request in transaction.recorded("", 10_000)}
    return contents(store), posted, fed, stored


@pytest.mark.parametrize("kind_of", ["sqlite", "postgresql"])
def test_batches_leave_what_single_commands_leave(kind_of: str) -> None:
    """Any history ends the same, whatever the size of the batches: refusals, repeats, ticks and totals included."""

    @given(histories(), st.integers(1, 40), st.booleans())
    @settings(suppress_health_check=[HealthCheck.too_slow], max_examples=max(4, settings().max_examples // 5))
    def check(history: list[Line], size: int, told: bool) -> None:  # noqa: FBT001 - drawn
        alone = MemoryStore(PROCESS)
        for line in history:
            attempt(lines.service(alone), line)
        with new_database(kind_of) as url, opened(url) as store:
            in_batches(lines.service(store), history, size, told=told)
            assert everything(store) == everything(alone)
            assert list(verify(store)) == []

    check()


def test_a_batch_that_raises_leaves_nothing(service: Service, store: SqlStore) -> None:
    """All of its commands are lost together, and can be sent again."""
    handle(service, lines.draft("XS-0"))
    before = everything(store)
    with pytest.raises(KeyboardInterrupt), service.batch() as inside:
        give_up(inside)
    assert everything(store) == before
    handle(service, lines.filed("XS-1"))


def give_up(service: Service) -> None:
    """Do something, and be interrupted."""
    handle(service, lines.filed("XS-1"), lines.told("XS-2"))
    raise KeyboardInterrupt


def test_a_signal_ends_a_batch_as_itself(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even where it comes in the middle of what a command gathers: what is raised is what the signal raised."""
    receipt = handle(lines.service(MemoryStore(PROCESS)), lines.draft("XS-1"))[0]

    def interrupt(*_given: object) -> None:
        raise KeyboardInterrupt

    with store.batch() as inside:
        with monkeypatch.context() as patch:
            patch.setattr(Processes, "index", interrupt)
            with pytest.raises(KeyboardInterrupt), inside.transaction() as transaction:
                transaction.append(receipt.steps, receipt.snapshot)
        with inside.transaction() as transaction:
            assert transaction.load("XS-1") is None
            transaction.append(receipt.steps, receipt.snapshot)
    assert lines.assert_whole(store) == 1


def test_a_refused_command_leaves_no_trace_in_its_batch(service: Service, store: SqlStore) -> None:
    """The others are kept; its id is free, and its request as it was."""
    with service.batch() as inside:
        handle(inside, lines.filed("XS-1"))
        with pytest.raises(Refused):
            inside.handle(lines.read(lines.draft("XS-1", 1, id="msg-1")))
        handle(inside, lines.draft("XS-2", 1, id="msg-1"))
        with pytest.raises(CommandIdReused):
            inside.handle(lines.read(lines.draft("XS-3", 1, id="msg-1")))
        assert inside.snapshot("XS-1").version == 3
    assert [each.request for each in service.snapshots()] == ["XS-1", "XS-2"]
    assert list(verify(store)) == []


def test_commands_of_a_batch_see_each_other(service: Service) -> None:
    """XS-04: what an earlier one of the batch asks for is pending for a later one, and goes to review with it."""
    case: dict[str, Any] = {"assist_case": "ASST-77", "sessions": 4}
    with service.batch() as inside:
        for number in (1, 2):
            handle(inside, lines.draft(f"XS-{number}", number, **case), lines.submit(f"XS-{number}", number, counted=4))
        assert [each.state for each in inside.snapshots()] == ["employer_decision", "further_details"]


def test_what_is_told_beforehand_is_asked_for_once(service: Service) -> None:
    """Requests, ids and Assist Cases are read as the batch begins; a command of it asks for nothing more."""
    of_a_case: dict[str, Any] = {"assist_case": "ASST-1", "sessions": 4}
    handle(service, lines.filed("XS-0", **of_a_case), lines.draft("XS-9", assist_case="ASST-9"))
    # The policy that a request keeps is read once by a service.
    service.policy_of(service.snapshot("XS-0"))
    given = [*lines.filed("XS-1", counted=4, **of_a_case), *lines.filed("XS-2"), lines.submit("XS-9", 1)]
    with service.batch(envelopes(given)) as inside:
        with noted() as sent:
            handle(inside, given)
        assert sent == []
        assert inside.snapshot("XS-1").state == "further_details"


def test_batches_of_the_same_cases_wait_for_each_other() -> None:
    """Two that have the same Assist Cases, the one in the order of the other's end, are both kept, one after the other."""
    with new_database("postgresql") as url, opened(url) as store, ThreadPoolExecutor(2) as threads:
        service = lines.service(store)
        cases = [f"ASST-{number}" for number in range(12)]
        files = [
            [
                line
                for case in order
                for line in lines.filed(f"XS-{case}-{side}", counted=4, sessions=4, assist_case=case)
            ]
            for side, order in enumerate((cases, cases[::-1]))
        ]

        def load(given: list[Line]) -> None:
            with service.batch(envelopes(given)) as inside:
                handle(inside, *given)

        list(threads.map(load, files))
        states = [each.state for each in service.snapshots()]
    # Of each case one was the first, and the other found it pending.
    assert sorted(states) == ["employer_decision"] * 12 + ["further_details"] * 12


def test_what_fails_after_it_was_written_spoils_the_batch(store: SqlStore) -> None:
    """A part that has other things read after it wrote, and fails then, cannot be taken back by itself."""
    receipt = handle(lines.service(MemoryStore(PROCESS)), lines.draft("XS-1"))[0]

    def spoil() -> None:
        with store.batch() as inside, inside.transaction() as transaction:
            transaction.append(receipt.steps, receipt.snapshot)
            assert transaction.latest_at() == receipt.snapshot.at
            raise ValueError

    with pytest.raises(StoreError, match="the batch cannot be kept"):
        spoil()
    with store.reading() as transaction:
        assert transaction.load("XS-1") is None


def test_a_reading_that_fails_spoils_the_batch(
    service: Service, store: SqlStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever catches it cannot keep the rest: it may be gone."""
    before = everything(store)

    def go_on(inside: Service) -> None:
        handle(inside, lines.filed("XS-1"))
        monkeypatch.setattr("eap_workflow.store.sql.transaction.outbox.POSTED", "SELECT planted FROM nowhere")
        with pytest.raises(StoreError) as caught, inside.store.reading() as transaction:
            transaction.messages(None, 1)
        assert caught.value.__context__ is None
        monkeypatch.undo()
        handle(inside, lines.filed("XS-2"))

    def load() -> None:
        with service.batch() as inside:
            go_on(inside)

    with pytest.raises(StoreError):
        load()
    assert everything(store) == before


def test_an_id_that_the_batch_removed_is_not_used_again(service: Service) -> None:
    """What was expected of a request is forgotten when it is removed."""
    handle(service, lines.draft("XS-1"))
    again = lines.draft("XS-1", 2000)
    with service.batch(envelopes([again])) as inside:
        with inside.store.transaction() as transaction:
            assert transaction.remove("XS-1", lines.FAR, "system:clock") is not None
        with pytest.raises(InvalidValue, match="was removed"):
            handle(inside, again)


def test_what_was_loaded_before_a_batch_wrote_is_not_linked_to(store: SqlStore) -> None:
    """Who appends without loading again follows on what was written meanwhile."""
    receipts = handle(
        lines.service(MemoryStore(PROCESS)), lines.filed("XS-1"), lines.line("approve", "XS-1", 1, lines.APPROVER)
    )
    with store.transaction() as transaction:
        transaction.append(receipts[0].steps, receipts[0].snapshot)
    with store.batch() as inside:
        for receipt in receipts[1:]:
            with inside.transaction() as transaction:
                if receipt is receipts[1]:
                    transaction.load("XS-1")
                transaction.append(receipt.steps, receipt.snapshot)
            with inside.reading() as transaction:
                assert transaction.latest_at() == receipt.snapshot.at
    assert list(verify(store)) == []


def test_the_clock_ticks_in_a_batch(service: Service, store: SqlStore) -> None:
    """IN-13: a tick finds what the batch has left, and its moves are kept with it, once."""
    with service.batch() as inside:
        handle(inside, lines.filed("XS-1"))
        assert inside.tick(lines.FAR).moves == 1
        assert inside.tick(lines.FAR).moves == 0
    assert [step.trigger for step in service.trail("XS-1")][-1] == "overdue"
    assert list(verify(store)) == []


def test_a_batch_is_nobody_elses(service: Service) -> None:
    """It takes part in no other transaction; a batch within it is the same one."""
    with service.batch() as inside:
        with pytest.raises(InvalidType):
            inside.within(object())
        with inside.batch() as again:
            handle(again, lines.draft("XS-1"))
        assert inside.snapshot("XS-1").version == 1
