"""The worker: every move of the clock once, every message at least once and without a crash exactly once, however many work."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.errors import StoreError, Unknown
from eap_workflow.messages import DeliveryError, Message
from eap_workflow.service import Receipt, Service
from eap_workflow.store import Posted
from eap_workflow.store.memory import MemoryStore
from eap_workflow.store.sql import SqlStore
from eap_workflow.verification import verify
from eap_workflow.worker import BACKOFF, LEASE, UNEXPECTED, Worked, Worker, send_again
from tests import lines
from tests.databases import at_once, kind, service, store, url
from tests.lines import DAY, FAR, PROCESS, START, handle

__all__ = ["kind", "service", "store", "url"]

MOMENT = timedelta(microseconds=1)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


class Letters:
    """A delivery that keeps what it was given, and fails as it is told to."""

    def __init__(self, *failures: Exception | None) -> None:
        self.ids: list[str] = []
        self._failures = list(failures)

    def __call__(self, message: Message) -> None:
        self.ids.append(message.id)
        failure = self._failures.pop(0) if self._failures else None
        if failure is not None:
            raise failure


@pytest.fixture
def acting() -> Service:
    """A service in memory, where which database it is makes no difference."""
    return lines.service(MemoryStore(PROCESS))


def outbox(service: Service) -> list[Posted]:
    """All messages."""
    with service.store.reading() as transaction:
        return list(transaction.messages(None, 1000))


def worker(service: Service, deliver: Callable[[Message], None] | None, now: Clock, name: str = "worker-1") -> Worker:
    """A worker with the usual lease and waits."""
    return Worker(service, deliver, name=name, now=now)


def test_the_clock_is_moved_and_then_the_messages_go_out(acting: Service) -> None:
    """One round does all that is due, with the messages that the moves caused; the next one has nothing to do."""
    handle(acting, lines.filed("XS-1", contract="harbour"), lines.told("XS-2"))
    letters, told = Letters(), list[Receipt]()
    working = worker(acting, letters, Clock(FAR))
    waiting = len(outbox(acting))
    worked = working.work(each=told.append)
    assert worked.moves == 4 == sum(len(receipt.steps) for receipt in told)
    assert worked.sent == len(letters.ids) == len(outbox(acting)) > waiting
    assert (worked.failed, dict(worked.stuck)) == (0, {})
    assert {each.state for each in outbox(acting)} == {"sent"}
    assert {each.next_at for each in outbox(acting)} == {None}
    assert working.work() == Worked()


def test_nothing_is_delivered_before_its_time(acting: Service) -> None:
    """A message of a command that takes effect later waits for its instant."""
    handle(acting, lines.filed("XS-1", DAY))
    letters, clock = Letters(), Clock(START)
    working = worker(acting, letters, clock)
    (posted,) = outbox(acting)
    for at, sent in ((START, 0), (posted.message.at - MOMENT, 0), (posted.message.at, 1), (FAR, 1)):
        clock.at = at
        list(working._deliveries(lambda: False))
        assert len(letters.ids) == sent


def test_without_a_delivery_the_messages_wait(acting: Service) -> None:
    """A worker for the clock alone leaves the messages to another."""
    handle(acting, lines.filed("XS-1", contract="harbour"))
    assert worker(acting, None, Clock(FAR)).work() == Worked(moves=3)
    assert {(each.state, each.attempts) for each in outbox(acting)} == {("waiting", 0)}


def test_a_worker_stops_between_two_messages(acting: Service) -> None:
    """Asked to stop, it finishes the one under way, and the rest waits for another."""
    handle(acting, [lines.filed(f"XS-{number}") for number in range(5)])
    letters = Letters()
    worked = worker(acting, letters, Clock()).work(stopping=lambda: len(letters.ids) >= 2)
    assert worked.sent == 2
    assert Counter(each.state for each in outbox(acting)) == {"sent": 2, "waiting": 3}
    assert worker(acting, letters, Clock(), "worker-2").work().sent == 3
    assert len(set(letters.ids)) == 5


# --- failures ---------------------------------------------------------------------------------------------------------


def test_a_failed_delivery_is_tried_again_later_and_later(acting: Service) -> None:
    """After each failure the next attempt comes after the next wait and no moment sooner; after the last it is given up."""
    handle(acting, lines.filed("XS-1"))
    busy = DeliveryError("no answer", permanent=False)
    letters, clock = Letters(*[busy] * 20), Clock()
    working = worker(acting, letters, clock)
    for number, wait in enumerate(BACKOFF, 1):
        assert working.work() == Worked(failed=1)
        (posted,) = outbox(acting)
        assert (posted.state, posted.attempts, posted.problem) == ("waiting", number, "no answer")
        assert posted.next_at == clock.at + wait
        clock.at += wait - MOMENT
        assert working.work() == Worked()
        clock.at += MOMENT
    assert working.work() == Worked(failed=1)
    (posted,) = outbox(acting)
    assert (posted.state, posted.attempts, posted.next_at) == ("failed", len(BACKOFF) + 1, None)
    clock.at = FAR
    list(working._deliveries(lambda: False))
    assert len(letters.ids) == len(BACKOFF) + 1
    assert len(set(letters.ids)) == 1


def test_a_delivery_that_succeeds_in_the_end_is_sent(acting: Service) -> None:
    """A message that failed and then went out is sent, with no problem left, and never again."""
    handle(acting, lines.filed("XS-1"))
    letters, clock = Letters(DeliveryError("no answer", permanent=False)), Clock()
    working = worker(acting, letters, clock)
    assert working.work().failed == 1
    clock.at += BACKOFF[0]
    assert working.work().sent == 1
    (posted,) = outbox(acting)
    assert (posted.state, posted.attempts, posted.problem) == ("sent", 2, None)


def test_a_failure_that_only_a_person_can_mend_is_given_up_at_once(acting: Service) -> None:
    """It is kept as failed, with the reason, and other messages go out."""
    handle(acting, lines.filed("XS-1"), lines.filed("XS-2"))
    letters = Letters(DeliveryError("no address is known", permanent=True))
    worked = worker(acting, letters, Clock()).work()
    assert (worked.sent, worked.failed) == (1, 1)
    given_up, sent = sorted(outbox(acting), key=lambda each: each.state)
    assert (given_up.state, given_up.attempts, given_up.problem) == ("failed", 1, "no address is known")
    assert sent.state == "sent"


@pytest.mark.parametrize(
    "error", [ValueError("planted"), KeyError("planted"), RecursionError("planted"), OSError(5, "planted")]
)
def test_a_delivery_may_raise_anything(acting: Service, error: Exception) -> None:
    """Whatever it raises, the worker goes on, the message is tried again, and the error's class is kept but not what it says."""
    handle(acting, lines.filed("XS-1"), lines.filed("XS-2"))
    clock = Clock()
    letters = Letters(error)
    worked = worker(acting, letters, clock).work()
    assert (worked.sent, worked.failed) == (1, 1)
    (waiting,) = (each for each in outbox(acting) if each.state == "waiting")
    assert waiting.problem == UNEXPECTED.format(type(error).__name__)
    assert "planted" not in waiting.problem
    clock.at += BACKOFF[0]
    assert worker(acting, letters, clock).work().sent == 1


def test_a_worker_that_is_interrupted_loses_nothing(acting: Service) -> None:
    """An interruption in the middle of a delivery ends the worker, and the message is delivered again after its lease."""
    handle(acting, lines.filed("XS-1"))

    def interrupted(message: Message) -> None:
        ids.append(message.id)
        raise KeyboardInterrupt

    ids: list[str] = []
    clock = Clock()
    with pytest.raises(KeyboardInterrupt):
        worker(acting, interrupted, clock).work()
    letters = Letters()
    another = worker(acting, letters, clock, "worker-2")
    clock.at += LEASE - MOMENT
    assert another.work() == Worked()
    clock.at += MOMENT
    assert another.work() == Worked(sent=1)
    assert letters.ids == ids


def test_what_was_given_up_is_sent_again(acting: Service) -> None:
    """A person has it sent again from an instant on, with all its attempts; an id that is not there is unknown."""
    handle(acting, lines.filed("XS-1"))
    letters, clock = Letters(DeliveryError("no address is known", permanent=True)), Clock()
    working = worker(acting, letters, clock)
    working.work()
    (posted,) = outbox(acting)
    send_again(acting, posted.message.id, START + timedelta(hours=1))
    assert working.work() == Worked()
    clock.at += timedelta(hours=1)
    assert working.work() == Worked(sent=1)
    assert letters.ids == [posted.message.id] * 2
    # What was sent can be sent once more as well.
    send_again(acting, posted.message.id, clock.at)
    assert working.work() == Worked(sent=1)
    with pytest.raises(Unknown, match="no message of this id"):
        send_again(acting, "0" * 32, clock.at)


def test_who_has_lost_the_message_does_not_settle_it(acting: Service) -> None:
    """A delivery that took longer than its lease leaves the outcome to the worker that has the message now."""
    handle(acting, lines.filed("XS-1"))
    clock = Clock()
    second = Letters()

    def slow(_message: Message) -> None:
        clock.at += LEASE
        assert worker(acting, second, clock, "worker-2").work() == Worked(sent=1)
        raise DeliveryError("too late", permanent=True)

    assert worker(acting, slow, clock).work() == Worked(failed=1)
    (posted,) = outbox(acting)
    assert (posted.state, posted.attempts, posted.problem) == ("sent", 2, None)


# --- the clock of the machine -----------------------------------------------------------------------------------------


@given(hours=st.lists(st.integers(-400, 4000), min_size=1, max_size=8))
def test_a_clock_that_jumps_makes_nothing_twice(hours: list[int]) -> None:
    """Wherever the clock jumps, back or ahead, each move is made once, and in the end all is as with one that only went on."""
    jumping, straight = (lines.service(MemoryStore(PROCESS)) for _ in range(2))
    for each in (jumping, straight):
        handle(each, lines.filed("XS-1", contract="harbour"), lines.told("XS-2"))
    letters = Letters()
    for hour in hours:
        worker(jumping, letters, Clock(START + timedelta(hours=hour))).work()
    worker(jumping, letters, Clock(FAR)).work()
    worker(straight, Letters(), Clock(FAR)).work()
    for request in ("XS-1", "XS-2"):
        assert jumping.trail(request) == straight.trail(request)
    assert sorted(letters.ids) == sorted(each.message.id for each in outbox(straight))


def test_a_clock_that_jumps_back_during_an_attempt(acting: Service) -> None:
    """A message that failed is not lost when the clock goes back: it waits for its time by that clock."""
    handle(acting, lines.filed("XS-1"))
    clock = Clock(FAR)

    def back(_message: Message) -> None:
        clock.at = START
        raise DeliveryError("no answer", permanent=False)

    list(worker(acting, back, clock)._deliveries(lambda: False))
    (posted,) = outbox(acting)
    assert posted.next_at == START + BACKOFF[0]
    clock.at += BACKOFF[0]
    assert list(worker(acting, Letters(), clock)._deliveries(lambda: False)) == ["sent"]


# --- several workers on one database ----------------------------------------------------------------------------------


@pytest.mark.parametrize("number", [2, 4, 8])
def test_workers_beside_each_other_do_everything_once(service: Service, number: int) -> None:
    """However many: each move of the clock once and in its order, each message once, and nothing is left."""
    requests = [f"XS-{each}" for each in range(10)]
    handle(service, [lines.filed(each, contract="harbour") for each in requests])
    letters = [Letters() for _ in range(number)]
    workers = [worker(service, letters[each], Clock(FAR), f"worker-{each}") for each in range(number)]
    results = at_once(*(each.work for each in workers))
    assert not [each for each in results if isinstance(each, Exception)]
    # One that found everything taken went home; whoever comes by later does the rest.
    results.append(worker(service, letters[0], Clock(FAR), "worker-last").work())
    assert sum(each.moves for each in results) == 3 * len(requests)
    for request in requests:
        assert [step.trigger for step in service.trail(request)[3:]] == ["remind", "warn", "overdue"]
    delivered = Counter(each for given in letters for each in given.ids)
    assert set(delivered) == {each.message.id for each in outbox(service)}
    assert set(delivered.values()) == {1}
    assert {(each.state, each.attempts) for each in outbox(service)} == {("sent", 1)}
    assert list(verify(service.store)) == []


def test_a_worker_beside_commands(service: Service) -> None:
    """While people act on the same requests, the clock moves each once, and every message goes out once."""
    requests = [f"XS-{each}" for each in range(6)]
    handle(service, [lines.filed(each, contract="harbour") for each in requests])
    letters = [Letters(), Letters()]

    def approve() -> list[Receipt]:
        return [handle(service, lines.line("approve", each, 60 * DAY, lines.APPROVER))[0] for each in requests]

    results = at_once(approve, *(worker(service, letters[each], Clock(FAR), f"worker-{each}").work for each in (0, 1)))
    assert not [each for each in results if isinstance(each, Exception)]
    worker(service, letters[0], Clock(FAR), "worker-last").work()
    for request in requests:
        triggers = [step.trigger for step in service.trail(request)[3:]]
        assert triggers == ["remind", "warn", "overdue", "approve", "relay"]
    assert max(Counter(each for given in letters for each in given.ids).values()) == 1
    assert {each.state for each in outbox(service)} == {"sent"}


def test_a_store_that_cannot_is_told_and_what_was_done_stands(
    store: SqlStore, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If the store fails between the taking and the settling, the message is delivered again later, with the same id."""
    handle(service, lines.filed("XS-1"))
    letters, clock = Letters(), Clock()
    transaction = SqlStore.transaction
    begun = 0

    def failing(self: SqlStore) -> object:
        nonlocal begun
        begun += 1
        if begun == 2:
            raise StoreError("the disk is full")
        return transaction(self)

    monkeypatch.setattr(SqlStore, "transaction", failing)
    with pytest.raises(StoreError):
        worker(service, letters, clock).work()
    monkeypatch.undo()
    assert [each.state for each in outbox(service)] == ["waiting"]
    clock.at += LEASE
    assert worker(service, letters, clock).work().sent == 1
    assert len(letters.ids) == 2
    assert len(set(letters.ids)) == 1
    assert store.processes.named("extra_sessions") is PROCESS


WORKS = """
import sys
from pathlib import Path
from tests import lines
from eap_workflow.store.sql import SqlStore
from eap_workflow.worker import Worker

folder = Path(sys.argv[2])
name = sys.argv[3]

def deliver(message):
    with (folder / f"{message.id}-{name}").open("x"):
        pass

service = lines.service(SqlStore(sys.argv[1], lines.PROCESS))
print("ready", flush=True)
sys.stdin.readline()
print(Worker(service, deliver, name=name, now=lambda: lines.FAR).work().moves, flush=True)
"""


def test_processes_beside_each_other_do_everything_once(url: str, service: Service, tmp_path: Path) -> None:
    """Workers that share nothing but the database take each move and each message once."""
    requests = [f"XS-{each}" for each in range(20)]
    handle(service, [lines.filed(each, contract="harbour") for each in requests])
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(Path.cwd()), *sys.path])}
    start = partial(subprocess.Popen, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    processes = [start([sys.executable, "-c", WORKS, url, str(tmp_path), f"w{number}"]) for number in range(2)]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    said = []
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in processes:
        said.append(int(process.communicate(timeout=60)[0]))
        assert process.returncode == 0
    letters = Letters()
    said.append(worker(service, letters, Clock(FAR), "worker-last").work().moves)
    assert sum(said) == 3 * len(requests)
    delivered = Counter([*(path.name.partition("-")[0] for path in tmp_path.iterdir()), *letters.ids])
    assert set(delivered) == {each.message.id for each in outbox(service)}
    assert set(delivered.values()) == {1}


def test_a_thread_that_waits_for_a_message_does_not_get_it_too(service: Service) -> None:
    """While one has taken a message and not committed yet, another is given none, or waits and is given none."""
    handle(service, lines.filed("XS-1"))
    taken: list[object] = []
    holding, tried = threading.Event(), threading.Event()

    def hold() -> None:
        with service.store.transaction() as transaction:
            taken.append(transaction.take_message(START, START + LEASE, "a"))
            holding.set()
            tried.wait(0.2)

    def attempt() -> None:
        holding.wait(30)
        with service.store.transaction() as transaction:
            taken.append(transaction.take_message(START, START + LEASE, "b"))
        tried.set()

    assert at_once(hold, attempt) == [None, None]
    assert [each is None for each in taken] == [False, True]
