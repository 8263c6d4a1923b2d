"""What every store has to do: one suite of tests, which each store's own test file runs by saying how to make one.

A store is looked at from outside, through a service or its transactions; how it keeps things is its own business.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, suppress
from datetime import timedelta
from typing import Any

import attrs
import pytest
from hypothesis import HealthCheck, given, settings

from eap_workflow.errors import Conflict, PolicyError, Refused, StoreError, Unknown
from eap_workflow.policy import STANDARD
from eap_workflow.process_set import Processes
from eap_workflow.store import Seen, Store, Transaction
from eap_workflow.store.memory import MemoryStore
from eap_workflow.testing import lines
from eap_workflow.testing.acts import KEPT, assert_whole, attempt, contents, handle, service, unchanged
from eap_workflow.testing.failing import Broken, FailingStore
from eap_workflow.testing.histories import histories
from eap_workflow.testing.in_turn import InTurnContract
from eap_workflow.testing.lines import APPROVER, CONSULTANT, DAY, FAR, START
from eap_workflow.testing.outbox import OutboxContract
from eap_workflow.testing.policies import BOOK, HARBOUR
from eap_workflow.testing.reading import ReadingContract
from eap_workflow.testing.record import RecordContract
from eap_workflow.testing.several_workflows import SeveralWorkflowsContract


class StoreContract(OutboxContract, InTurnContract, ReadingContract, RecordContract, SeveralWorkflowsContract):
    """The tests; a subclass says how an empty store is made, and gives its class a name that pytest collects.

    Attributes:
        processes: The workflows whose requests the store is to keep.
    """

    processes: Processes = KEPT

    def fresh(self) -> AbstractContextManager[Store]:
        """Make an empty store, and let go of it at the end of the block."""
        raise NotImplementedError

    @pytest.fixture
    def store(self) -> Iterator[Store]:
        """An empty store."""
        with self.fresh() as store:
            yield store

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
        acting = service(store)
        receipts = handle(acting, lines.told("XS-1"), lines.filed("XS-2", 5, contract="harbour"), lines.tick(90 * DAY))
        for request in ("XS-1", "XS-2"):
            steps = tuple(step for each in receipts if each.snapshot.request == request for step in each.steps)
            assert acting.trail(request) == steps
            assert acting.snapshot(request) == [e for e in receipts if e.snapshot.request == request][-1].snapshot
        assert assert_whole(store) == 2

    def test_a_trail_is_given_in_part(self, store: Store) -> None:
        """The steps of some versions are those of the whole trail."""
        handle(service(store), lines.told("XS-1"))
        with store.reading() as transaction:
            whole = transaction.trail("XS-1")
            assert transaction.trail("XS-1", 2) == whole[1:]
            assert transaction.trail("XS-1", 2, 4) == whole[1:4]
            assert transaction.trail("XS-1", 1, 99) == whole
            assert transaction.trail("XS-1", 99) == ()

    def test_steps_that_do_not_follow_are_a_conflict(self, store: Store) -> None:
        """An append that was decided on another version is refused, and names both versions but not the request."""
        acting = service(store)
        first = handle(acting, lines.draft("XS-1"))[0]
        with unchanged(store):
            for expected, found, request in ((0, 1, "XS-1"), (1, 0, "XS-2")):
                steps = tuple(attrs.evolve(step, version=expected + 1, request=request) for step in first.steps)
                with pytest.raises(Conflict) as caught, store.transaction() as transaction:
                    transaction.append(steps, attrs.evolve(first.snapshot, request=request))
                assert (caught.value.expected, caught.value.found) == (expected, found)
                assert "XS" not in str(caught.value) + repr(caught.value)

    def test_no_steps_are_nothing_to_append(self, store: Store) -> None:
        """Appending nothing keeps nothing."""
        snapshot = handle(service(MemoryStore(KEPT)), lines.draft("XS-1"))[0].snapshot
        with unchanged(store), store.transaction() as transaction:
            transaction.append((), snapshot)

    def test_requests_come_in_the_order_of_their_ids(self, store: Store) -> None:
        """All requests are given by id, character by character and not as a language sorts, however they came in."""
        handle(service(store), [lines.draft(f"XS-{end}") for end in ("3", "b1", "1", "2b", "B2", "a1", "2", "_1")])
        in_order = ["XS-1", "XS-2", "XS-2b", "XS-3", "XS-B2", "XS-_1", "XS-a1", "XS-b1"]
        with store.reading() as transaction:
            assert [each.request for each in transaction.requests(None, 9)] == in_order

    def test_the_latest_instant_is_that_of_the_last_step_of_all(self, store: Store) -> None:
        """It is the greatest, not the last that was written, to the microsecond."""
        moment = START + timedelta(hours=7, microseconds=1)
        early = lines.draft("XS-1", 7)
        handle(service(store), early | {"request": "XS-2", "at": moment.isoformat()}, early)
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
        edited = attrs.evolve(HARBOUR, source="Harbour agreement, with a correction")
        for policy in BOOK.policies:
            with store.transaction() as transaction:
                transaction.keep_policy(policy)
                transaction.keep_policy(policy)
        with pytest.raises(PolicyError, match="harbour 1 was kept with other content"):  # noqa: SIM117
            with store.transaction() as transaction:
                transaction.keep_policy(edited)
        with store.reading() as transaction:
            assert all(transaction.policy(policy.ref) == policy for policy in BOOK.policies)

    # --- what is asked often ------------------------------------------------------------------------------------------

    def test_other_requests_of_the_case_add_up(self, store: Store) -> None:
        """Submitted and undecided ones count, as they stand; drafts, decided ones and the asker do not (IN-06)."""
        same: lines.Line = {"assist_case": "ASST-7"}
        handle(
            service(store),
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
        receipts = handle(service(store), [lines.filed(f"XS-{n}", DAY * (3 - n)) for n in (1, 2, 3)])
        due = {each.snapshot.request: each.snapshot.next_due_at for each in receipts}
        first = due["XS-3"]
        assert first is not None
        with store.reading() as transaction:
            assert transaction.due(FAR, 10) == ("XS-3", "XS-2", "XS-1")
            assert transaction.due(FAR, 2) == ("XS-3", "XS-2")
            assert transaction.due(first, 10) == ("XS-3",)
            assert transaction.due(first + timedelta(microseconds=1), 10) == ("XS-3",)
            assert transaction.due(first - timedelta(microseconds=1), 10) == ()

    def test_what_is_overdue_comes_longest_passed_first(self, store: Store) -> None:
        """Binding limits that have passed are given by when; one that only states a sum is not (IN-03, IN-04)."""
        receipts = handle(service(store), [lines.filed(f"XS-{n}", DAY * (3 - n)) for n in (1, 2, 3)], lines.draft())
        passes = {e.snapshot.request: e.snapshot.deadlines[0].passes_at for e in receipts if e.snapshot.deadlines}
        with store.reading() as transaction:
            assert [each.request for each in transaction.overdue(FAR, None, 9)] == ["XS-3", "XS-2", "XS-1"]
            assert [each.request for each in transaction.overdue(passes["XS-3"], None, 9)] == ["XS-3"]
            assert [
                each.request for each in transaction.overdue(passes["XS-3"] + timedelta(microseconds=1), None, 9)
            ] == ["XS-3"]
            assert transaction.overdue(passes["XS-3"] - timedelta(microseconds=1), None, 9) == ()

    def test_what_falls_on_one_instant_comes_by_id(self, store: Store) -> None:
        """Requests that are due, or pass, at the same instant are given in the order of their ids."""
        handle(service(store), [lines.filed(f"XS-{end}") for end in ("b", "2", "B", "10")])
        by_id = ("XS-10", "XS-2", "XS-B", "XS-b")
        with store.reading() as transaction:
            assert transaction.due(FAR, 9) == by_id
            assert tuple(each.request for each in transaction.overdue(FAR, None, 9)) == by_id

    def test_pages_add_up_to_the_whole(self, store: Store) -> None:
        """However many fit on a page, the pages after one another are all requests, each once, in order."""
        handle(service(store), [lines.filed(f"XS-{n}", DAY * (n % 3)) for n in range(7)])
        with store.reading() as transaction:
            for ask in (transaction.requests, lambda after, most: transaction.overdue(FAR, after, most)):
                whole = ask(None, 9)
                assert len(whole) == 7
                for most in (1, 2, 7):
                    pages = list(ask(None, most))
                    # No further than it has to be: pages that repeat would go on for ever.
                    while len(pages) <= len(whole) and (page := ask(pages[-1], most)):
                        pages += page
                    assert tuple(pages) == whole

    # --- all or nothing -----------------------------------------------------------------------------------------------

    def test_a_command_that_fails_anywhere_leaves_nothing(self, store: Store) -> None:
        """Whichever call to the store fails, no trace of the command is left, and sent again it acts."""
        handle(service(store), lines.draft("XS-1"))
        given = lines.submit("XS-1", 1, counted=9, id="id-1")
        for fails_at in range(1, 20):
            failing = FailingStore(store, fails_at)
            before = contents(store, ["id-1"])
            try:
                receipts = handle(service(failing), given)
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
        handle(service(store), [lines.filed(f"XS-{n}", contract="harbour") for n in (1, 2, 3)])
        for fails_at in range(1, 20):
            failing = FailingStore(store, fails_at)
            try:
                handle(service(failing), lines.tick(90 * DAY))
            except Broken:
                assert_whole(store)
                assert {each["version"] for each in contents(store)["snapshots"]} <= {3, 6}
            else:
                break
        assert {each["version"] for each in contents(store)["snapshots"]} == {6}

    def test_a_refused_command_leaves_no_trace(self, store: Store) -> None:
        """Refused, unknown, with an id or without: the store is as before, and the id is free (IN-13)."""
        acting = service(store)
        handle(acting, lines.filed("XS-1", contract="harbour"), lines.draft("XS-2"))
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
                    handle(acting, given)
        with store.reading() as transaction:
            assert transaction.seen("id-1") is None
        assert not handle(acting, lines.line("approve", "XS-1", late, APPROVER, id="id-1"))[0].repeated

    def test_what_a_block_that_raised_wrote_is_not_kept(self, store: Store) -> None:
        """A transaction whose block raises, for whatever reason, is undone: steps, ids and policies alike."""
        for reason in (Broken, KeyboardInterrupt):
            with unchanged(store), pytest.raises(reason):
                self._write_and_raise(store, reason)
            with store.reading() as transaction:
                assert transaction.seen("id-1") is None
                assert transaction.policy(HARBOUR.ref) is None
        with store.transaction() as transaction:
            self._write_something(transaction)
        assert assert_whole(store) == 1

    def _write_and_raise(self, store: Store, reason: type[BaseException]) -> None:
        with store.transaction() as transaction:
            self._write_something(transaction)
            raise reason

    def _write_something(self, transaction: Transaction) -> None:
        receipt = handle(service(MemoryStore(self.processes)), lines.draft("XS-1"))[0]
        transaction.append(receipt.steps, receipt.snapshot)
        transaction.remember("id-1", Seen(digest="d", request="XS-1", first=1, last=1))
        transaction.keep_policy(HARBOUR)

    def test_a_transaction_sees_what_it_wrote(self, store: Store) -> None:
        """What a block has written it reads back before it ends, and a reader beside it does not see it yet."""
        with store.transaction() as transaction:
            self._write_something(transaction)
            assert transaction.load("XS-1") is not None
            assert len(transaction.trail("XS-1")) == 1
            assert transaction.seen("id-1") is not None
            assert transaction.policy(HARBOUR.ref) == HARBOUR
            with store.reading() as reader:
                assert reader.load("XS-1") is None
                assert reader.seen("id-1") is None
        with store.reading() as reader:
            assert reader.load("XS-1") is not None

    def test_what_a_reader_writes_is_not_kept(self, store: Store) -> None:
        """A transaction that only reads leaves nothing behind, whatever is done in it."""
        # A database may refuse it besides, which is better.
        with unchanged(store), suppress(StoreError), store.reading() as transaction:
            transaction.remember("id-1", Seen(digest="d", request="XS-1", first=1, last=1))
        with store.reading() as transaction:
            assert transaction.seen("id-1") is None

    # --- several at once ----------------------------------------------------------------------------------------------

    def test_two_threads_lose_no_step(self, store: Store) -> None:
        """Threads that revise the same draft and open drafts of their own all succeed, one after the other."""
        acting = service(store)
        handle(acting, lines.draft("XS-0"))
        failures: list[Exception] = []

        def work(name: int) -> None:
            try:
                for number in range(8):
                    handle(acting, lines.draft("XS-0"), lines.draft(f"XS-{name}{number}"))
            except Exception as error:  # noqa: BLE001 - shown by the assertion below
                failures.append(error)

        _together(work, 3)
        assert failures == []
        assert acting.snapshot("XS-0").version == 1 + 3 * 8
        assert assert_whole(store) == 1 + 3 * 8

    def test_a_reader_beside_a_writer_sees_whole_requests(self, store: Store) -> None:
        """While commands are acted on, every look sees steps and snapshot agree, and waits for nobody."""
        acting = service(store)
        done = threading.Event()
        looks: list[int] = []
        failures: list[Exception] = []

        def write(_name: int) -> None:
            for number in range(12):
                handle(acting, lines.told(f"XS-{number}"))
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

    def test_a_reader_sees_one_moment_throughout(self, store: Store) -> None:
        """What is written beside a reader who has begun does not reach them, whatever they ask for next."""
        acting = service(store)
        handle(acting, lines.draft("XS-1"))
        with store.reading() as transaction:
            before = transaction.requests(None, 9)
            _together(lambda _name: handle(acting, lines.submit("XS-1", 1), lines.draft("XS-2", 2)), 1)
            assert transaction.requests(None, 9) == before
            assert transaction.load("XS-2") is None
            assert len(transaction.trail("XS-1")) == 1
            assert transaction.latest_at() == START
        assert assert_whole(store) == 2

    # --- any history --------------------------------------------------------------------------------------------------

    @settings(deadline=None, suppress_health_check=[HealthCheck.differing_executors, HealthCheck.too_slow])
    @given(history=histories())
    def test_any_history_ends_as_in_memory(self, history: list[lines.Line]) -> None:
        """Every line is answered as by the simplest store, and everything that can be asked afterwards is the same."""
        simplest = MemoryStore(KEPT)
        expected = [attempt(service(simplest), each) for each in history]
        with self.fresh() as store:
            acting = service(store)
            assert [attempt(acting, each) for each in history] == expected
            assert contents(store) == contents(simplest)
            assert_whole(store)


def _pending(transaction: Transaction, assist_case: str, besides: str) -> dict[str, int]:
    return {each.request: KEPT.index(each).pending for each in transaction.in_case(assist_case, besides)}


def _together(work: Any, threads: int) -> None:
    running = [threading.Thread(target=work, args=(name,)) for name in range(threads)]
    for each in running:
        each.start()
    for each in running:
        each.join(60)
        assert not each.is_alive()
