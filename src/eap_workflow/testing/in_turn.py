"""What every store has to do for those who act at once: the clocks, and whoever counts the requests of a case."""

from __future__ import annotations

import threading
from datetime import timedelta

from eap_workflow.store import Store
from eap_workflow.store.memory import MemoryStore
from eap_workflow.testing import lines
from eap_workflow.testing.acts import PROCESS, handle, service
from eap_workflow.testing.lines import DAY, FAR
from eap_workflow.testing.threads import together


class InTurnContract:
    """The tests; `eap_workflow.testing.StoreContract` has them too, and says how an empty store is made."""

    def test_the_longest_due_request_is_taken(self, store: Store) -> None:
        """It is the first of those that are due, but for those that are named; None where there is none left."""
        handle(service(store), [lines.filed(f"XS-{n}", DAY * (3 - n)) for n in (1, 2, 3)], lines.draft("XS-4"))
        with store.reading() as transaction:
            due = transaction.due(FAR, 9)
            last = transaction.load("XS-3")
        assert due == ("XS-3", "XS-2", "XS-1")
        assert last is not None
        assert last.next_due_at is not None
        with store.transaction() as transaction:
            assert transaction.take_due(last.next_due_at - timedelta(microseconds=1), frozenset()) is None
            assert transaction.take_due(last.next_due_at, frozenset()) == last.request
        for number, request in enumerate(due):
            with store.transaction() as transaction:
                found = transaction.take_due(FAR, frozenset(due[:number]))
                assert found == request
        with store.transaction() as transaction:
            assert transaction.take_due(FAR, frozenset(due)) is None

    def test_clocks_beside_each_other_make_each_move_once(self, store: Store) -> None:
        """However many tick at once, each move of the clock is made once, and in its order (IN-13)."""
        handle(service(store), [lines.filed(f"XS-{number}", contract="harbour") for number in range(6)])
        moves: list[int] = []
        together(lambda _name: moves.append(service(store).tick(FAR).moves), 3)
        assert sum(moves) == 6 * 3
        with store.reading() as transaction:
            for number in range(6):
                trail = transaction.trail(f"XS-{number}")
                assert [step.trigger for step in trail] == ["draft", "submit", "forward", "remind", "warn", "overdue"]

    def test_who_counts_a_case_waits_for_who_counts_it(self, store: Store) -> None:
        """Submissions of one Assist Case at once add up as if one had come after the other (XS-04)."""
        acting = service(store)
        requests = [f"XS-{number}" for number in range(6)]
        handle(acting, [lines.draft(each, assist_case="ASST-7", sessions=1) for each in requests])
        together(lambda name: handle(acting, lines.submit(requests[name], 1, counted=8)), 6)
        totals = [step.facts.total for each in requests for step in acting.trail(each) if step.trigger == "submit"]
        assert sorted(totals) == [9, 10, 11, 12, 13, 14]
        states = sorted(acting.snapshot(each).state for each in requests)
        assert states == ["employer_decision"] * 3 + ["further_details"] * 3

    def test_who_holds_a_case_is_waited_for(self, store: Store) -> None:
        """What was written by whoever held the case is seen by who holds it next."""
        seen: list[int] = []
        held = threading.Event()

        def first() -> None:
            with store.transaction() as transaction:
                transaction.hold_case("ASST-7")
                transaction.in_case("ASST-7", "XS-1")
                held.set()
                receipts = handle(service(MemoryStore(PROCESS)), lines.filed("XS-1", assist_case="ASST-7"))
                second.join(0.1)
                assert second.is_alive()
                for receipt in receipts:
                    transaction.append(receipt.steps, receipt.snapshot)

        def next_one() -> None:
            held.wait(60)
            with store.transaction() as transaction:
                transaction.hold_case("ASST-7")
                seen.append(len(transaction.in_case("ASST-7", "XS-2")))

        second = threading.Thread(target=next_one)
        second.start()
        first()
        second.join(60)
        assert seen == [1]
