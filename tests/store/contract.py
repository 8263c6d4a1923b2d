"""What every store has to do: one suite of tests, which each store's own file runs by giving its fixture.

A store is looked at from outside, through a service or its transactions; how it keeps things is its own business.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings

from eap_workflow.errors import Conflict, PolicyError, Refused, Unknown
from eap_workflow.policy import STANDARD
from eap_workflow.store import Seen, Store, Transaction
from eap_workflow.store.memory import MemoryStore
from tests import lines
from tests.histories import histories
from tests.lines import APPROVER, CONSULTANT, DAY, FAR, PROCESS, START, assert_whole, contents, handle, unchanged


class Broken(Exception):
    """What a test makes a store fail with."""


class FailingStore:
    """A store whose transactions fail at one of their calls.

    Args:
        store: The store.
        fails_at: At which call, from 1; 0 for none.
    """

    def __init__(self, store: Store, fails_at: int) -> None:
        self._store = store
        self.fails_at = fails_at
        self.calls = 0
        self.process = store.process
        self.reading = store.reading

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """Begin a transaction that counts what is asked of it."""
        with self._store.transaction() as transaction:
            yield _Counting(self, transaction)
            self.count()

    def count(self) -> None:
        """Count a call, and fail if it is the one."""
        self.calls += 1
        if self.calls == self.fails_at:
            raise Broken


class _Counting:
    def __init__(self, store: FailingStore, transaction: Any) -> None:
        self._store = store
        self._transaction = transaction

    def __getattr__(self, name: str) -> Any:
        def call(*arguments: Any) -> Any:
            result = getattr(self._transaction, name)(*arguments)
            self._store.count()
            return result

        return call


class StoreContract:
    """The tests; a subclass gives the fixture ``store``, and ``fresh`` where it needs more than one."""

    @pytest.fixture
    def store(self) -> Iterator[Store]:
        """An empty store."""
        with self.fresh() as store:
            yield store

    @contextmanager
    def fresh(self) -> Iterator[Store]:
        """Make an empty store."""
        raise NotImplementedError
        yield

    # --- what is kept -------------------------------------------------------------------------------------------------

    def test_an_empty_store_knows_nothing(self, store: Store) -> None:
        """Asked about anything, an empty store has none of it."""
        with store.reading() as transaction:
            assert transaction.load("XS-1") is None
            assert transaction.trail("XS-1") == ()
            assert transaction.in_case("ASST-1", "XS-1") == ()
            assert transaction.seen("id-1") is None
            assert transaction.policy(STANDARD.ref) is None
            assert transaction.due(FAR, 9) == ()
            assert transaction.overdue(FAR, None, 9) == ()
            assert transaction.requests(None, 9) == ()
            assert transaction.latest_at() is None

    def test_what_was_appended_is_read_back_equal(self, store: Store) -> None:
        """Steps and snapshots come back as they went in, whatever the request went through."""
        service = lines.service(store)
        receipts = handle(service, lines.told("XS-1"), lines.filed("XS-2", 5, contract="harbour"), lines.tick(90 * DAY))
        for request in ("XS-1", "XS-2"):
            steps = tuple(step for each in receipts if each.snapshot.request == request for step in each.steps)
            assert service.trail(request) == steps
            assert service.snapshot(request) == [e for e in receipts if e.snapshot.request == request][-1].snapshot
        assert assert_whole(store) == 2

    def test_a_trail_is_given_in_part(self, store: Store) -> None:
        """The steps of some versions are those of the whole trail."""
        handle(lines.service(store), lines.told("XS-1"))
        with store.reading() as transaction:
            whole = transaction.trail("XS-1")
            assert transaction.trail("XS-1", 2) == whole[1:]
            assert transaction.trail("XS-1", 2, 4) == whole[1:4]
            assert transaction.trail("XS-1", 1, 99) == whole
            assert transaction.trail("XS-1", 99) == ()

    def test_steps_that_do_not_follow_are_a_conflict(self, store: Store) -> None:
        """An append that was decided on another version is refused, and names both versions but not the request."""
        service = lines.service(store)
        first = handle(service, lines.draft("XS-1"))[0]
        with unchanged(store):
            for expected, found, request in ((0, 1, "XS-1"), (1, 0, "XS-2")):
                steps = tuple(attrs.evolve(step, version=expected + 1, request=request) for step in first.steps)
                with pytest.raises(Conflict) as caught, store.transaction() as transaction:
                    transaction.append(steps, attrs.evolve(first.snapshot, request=request))
                assert (caught.value.expected, caught.value.found) == (expected, found)
                assert "XS" not in str(caught.value) + repr(caught.value)

    def test_no_steps_are_nothing_to_append(self, store: Store) -> None:
        """Appending nothing keeps nothing."""
        snapshot = handle(lines.service(MemoryStore(PROCESS)), lines.draft("XS-1"))[0].snapshot
        with unchanged(store), store.transaction() as transaction:
            transaction.append((), snapshot)

    def test_requests_come_in_the_order_of_their_ids(self, store: Store) -> None:
        """All requests are given by id, however they came in."""
        handle(lines.service(store), [lines.draft(f"XS-{number}") for number in (3, 1, 20, 2)])
        with store.reading() as transaction:
            assert [each.request for each in transaction.requests(None, 9)] == ["XS-1", "XS-2", "XS-20", "XS-3"]

    def test_the_latest_instant_is_that_of_the_last_step_of_all(self, store: Store) -> None:
        """It is the greatest, not the last that was written, to the microsecond."""
        moment = START + timedelta(hours=7, microseconds=1)
        early = lines.draft("XS-1", 2)
        handle(lines.service(store), early | {"request": "XS-2", "at": moment.isoformat()}, early)
        with store.reading() as transaction:
            assert transaction.latest_at() == moment

    def test_a_command_id_is_remembered(self, store: Store) -> None:
        """What a command did is found by its id, and by no other."""
        seen = Seen(digest="d", request="XS-1", first=1, last=2)
        with store.transaction() as transaction:
            transaction.remember("id-1", seen)
        with store.reading() as transaction:
            assert transaction.seen("id-1") == seen
            assert transaction.seen("ID-1") is None

    def test_a_policy_is_kept_as_it_is_and_once(self, store: Store) -> None:
        """A kept policy comes back equal; its version with other content is refused, by name (IN-11)."""
        edited = attrs.evolve(lines.HARBOUR, source="Harbour agreement, with a correction")
        for policy in lines.BOOK.policies:
            with store.transaction() as transaction:
                transaction.keep_policy(policy)
                transaction.keep_policy(policy)
        with pytest.raises(PolicyError, match="harbour 1 was kept with other content"):  # noqa: SIM117
            with store.transaction() as transaction:
                transaction.keep_policy(edited)
        with store.reading() as transaction:
            assert all(transaction.policy(policy.ref) == policy for policy in lines.BOOK.policies)

    # --- what is asked often ------------------------------------------------------------------------------------------

    def test_other_requests_of_the_case_add_up(self, store: Store) -> None:
        """Submitted and undecided ones count, as they stand; drafts, decided ones and the asker do not (IN-06)."""
        same: lines.Line = {"assist_case": "ASST-7"}
        handle(
            lines.service(store),
            lines.draft("XS-1", **same),
            lines.filed("XS-2", sessions=2, **same),
            lines.reviewed("XS-3", **same),
            lines.line("reduce", "XS-3", 2, lines.MANAGER, sessions=1),
            lines.told("XS-4", **same),
            lines.filed("XS-5", **same),
            lines.line("withdraw", "XS-5", 1),
            lines.filed("XS-6", 4, contract="advance", **same),
            lines.filed("XS-8"),
        )
        with store.reading() as transaction:
            assert _pending(transaction, "ASST-7", "XS-1") == {"XS-2": 2, "XS-3": 1, "XS-6": 0}
            assert _pending(transaction, "ASST-7", "XS-2") == {"XS-3": 1, "XS-6": 0}
            assert _pending(transaction, "ASST-7", "XS-6") == {"XS-2": 2, "XS-3": 1}
            assert _pending(transaction, "ASST-9", "XS-1") == {}

    def test_what_is_due_comes_longest_due_first(self, store: Store) -> None:
        """Requests whose clock has something to do are given by when, as many as asked for; an instant is included."""
        receipts = handle(lines.service(store), [lines.filed(f"XS-{n}", DAY * (3 - n)) for n in (1, 2, 3)])
        due = {each.snapshot.request: each.snapshot.next_due_at for each in receipts}
        first = due["XS-3"]
        assert first is not None
        with store.reading() as transaction:
            assert transaction.due(FAR, 10) == ("XS-3", "XS-2", "XS-1")
            assert transaction.due(FAR, 2) == ("XS-3", "XS-2")
            assert transaction.due(first, 10) == ("XS-3",)
            assert transaction.due(first - timedelta(microseconds=1), 10) == ()

    def test_what_is_overdue_comes_longest_passed_first(self, store: Store) -> None:
        """Binding limits that have passed are given by when; one that only states a sum is not (IN-03, IN-04)."""
        receipts = handle(
            lines.service(store), [lines.filed(f"XS-{n}", DAY * (3 - n)) for n in (1, 2, 3)], lines.draft()
        )
        passes = {e.snapshot.request: e.snapshot.deadlines[0].passes_at for e in receipts if e.snapshot.deadlines}
        with store.reading() as transaction:
            assert [each.request for each in transaction.overdue(FAR, None, 9)] == ["XS-3", "XS-2", "XS-1"]
            assert [each.request for each in transaction.overdue(passes["XS-3"], None, 9)] == ["XS-3"]
            assert transaction.overdue(passes["XS-3"] - timedelta(microseconds=1), None, 9) == ()

    def test_pages_add_up_to_the_whole(self, store: Store) -> None:
        """However many fit on a page, the pages after one another are all requests, each once, in order."""
        handle(lines.service(store), [lines.filed(f"XS-{n}", DAY * (n % 3)) for n in range(7)])
        with store.reading() as transaction:
            for ask in (transaction.requests, lambda after, most: transaction.overdue(FAR, after, most)):
                whole = ask(None, 9)
                assert len(whole) == 7
                for most in (1, 2, 7):
                    pages = list(ask(None, most))
                    while page := ask(pages[-1], most):
                        pages += page
                    assert tuple(pages) == whole

    # --- all or nothing -----------------------------------------------------------------------------------------------

    def test_a_command_that_fails_anywhere_leaves_nothing(self, store: Store) -> None:
        """Whichever call to the store fails, no trace of the command is left, and sent again it acts."""
        handle(lines.service(store), lines.draft("XS-1"))
        given = lines.submit("XS-1", 1, counted=9, id="id-1")
        for fails_at in range(1, 20):
            failing = FailingStore(store, fails_at)
            before = contents(store, ["id-1"])
            try:
                receipts = handle(lines.service(failing), given)
            except Broken:
                assert contents(store, ["id-1"]) == before
            else:
                break
        else:
            pytest.fail("every attempt failed")
        assert fails_at > 6
        assert [step.trigger for step in receipts[0].steps] == ["submit", "refer"]
        assert_whole(store)

    def test_a_tick_that_fails_anywhere_leaves_whole_requests(self, store: Store) -> None:
        """Whichever call fails, the requests before it have all their moves and those from it on have none (IN-13)."""
        handle(lines.service(store), [lines.filed(f"XS-{n}", contract="harbour") for n in (1, 2, 3)])
        for fails_at in range(1, 20):
            failing = FailingStore(store, fails_at)
            try:
                handle(lines.service(failing), lines.tick(90 * DAY))
            except Broken:
                assert_whole(store)
                assert {each["version"] for each in contents(store)["snapshots"]} <= {3, 6}
            else:
                break
        assert {each["version"] for each in contents(store)["snapshots"]} == {6}

    def test_a_refused_command_leaves_no_trace(self, store: Store) -> None:
        """Refused, unknown, with an id or without: the store is as before, and the id is free (IN-13)."""
        service = lines.service(store)
        handle(service, lines.filed("XS-1", contract="harbour"), lines.draft("XS-2"))
        late = 60 * DAY
        with unchanged(store):
            for error, given in (
                (Refused, lines.line("approve", "XS-1", late, CONSULTANT, id="id-1")),
                (Refused, lines.line("approve", "XS-9", late, APPROVER, id="id-1")),
                (Refused, lines.line("submit", "XS-9", late, tally={"completed": 1, "scheduled": 0, "remaining": 0})),
                (Unknown, lines.draft("XS-3", contract="elsewhere", id="id-1")),
                (Unknown, lines.draft("XS-2", contract="elsewhere")),
            ):
                with pytest.raises(error):
                    handle(service, given)
        with store.reading() as transaction:
            assert transaction.seen("id-1") is None
        assert not handle(service, lines.line("approve", "XS-1", late, APPROVER, id="id-1"))[0].repeated

    def test_what_a_reader_writes_is_not_kept(self, store: Store) -> None:
        """A transaction that only reads leaves nothing behind, whatever is done in it."""
        with unchanged(store), store.reading() as transaction:
            transaction.remember("id-1", Seen(digest="d", request="XS-1", first=1, last=1))
        with store.reading() as transaction:
            assert transaction.seen("id-1") is None

    # --- several at once ----------------------------------------------------------------------------------------------

    def test_two_threads_lose_no_step(self, store: Store) -> None:
        """Threads that revise the same draft and open drafts of their own all succeed, one after the other."""
        service = lines.service(store)
        handle(service, lines.draft("XS-0"))
        failures: list[Exception] = []

        def work(name: int) -> None:
            try:
                for number in range(8):
                    handle(service, lines.draft("XS-0"), lines.draft(f"XS-{name}{number}"))
            except Exception as error:  # noqa: BLE001 - shown by the assertion below
                failures.append(error)

        _together(work, 3)
        assert failures == []
        assert service.snapshot("XS-0").version == 1 + 3 * 8
        assert assert_whole(store) == 1 + 3 * 8

    def test_a_reader_beside_a_writer_sees_whole_requests(self, store: Store) -> None:
        """While commands are acted on, every look sees steps and snapshot agree, and waits for nobody."""
        service = lines.service(store)
        done = threading.Event()
        looks: list[int] = []
        failures: list[Exception] = []

        def write(_name: int) -> None:
            for number in range(12):
                handle(service, lines.told(f"XS-{number}"))
            done.set()

        def look(name: int) -> None:
            if name == 0:
                write(name)
                return
            try:
                while not done.is_set() or not looks:
                    looks.append(assert_whole(store))
            except Exception as error:  # noqa: BLE001 - shown by the assertion below
                failures.append(error)

        _together(look, 3)
        assert failures == []
        assert looks
        assert assert_whole(store) == 12

    # --- any history --------------------------------------------------------------------------------------------------

    @settings(suppress_health_check=[HealthCheck.differing_executors])
    @given(history=histories())
    def test_any_history_ends_as_in_memory(self, history: list[lines.Line]) -> None:
        """Every line is answered as by the simplest store, and everything that can be asked afterwards is the same."""
        simplest = MemoryStore(PROCESS)
        expected = [lines.attempt(lines.service(simplest), each) for each in history]
        with self.fresh() as store:
            service = lines.service(store)
            assert [lines.attempt(service, each) for each in history] == expected
            assert contents(store) == contents(simplest)
            assert_whole(store)


def _pending(transaction: Transaction, assist_case: str, besides: str) -> dict[str, int]:
    return {each.request: PROCESS.index(each).pending for each in transaction.in_case(assist_case, besides)}


def _together(work: Any, threads: int) -> None:
    running = [threading.Thread(target=work, args=(name,)) for name in range(threads)]
    for each in running:
        each.start()
    for each in running:
        each.join(60)
        assert not each.is_alive()
