"""What every store has to do with messages: each is kept with the steps that cause it, and taken by one worker at a time."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import attrs

from eap_workflow.store import Posted, Store
from eap_workflow.store.memory import MemoryStore
from eap_workflow.testing import lines
from eap_workflow.testing.acts import MANY, PROCESS, handle, outbox_of, service
from eap_workflow.testing.failing import Broken, FailingStore
from eap_workflow.testing.lines import DAY, FAR, START
from eap_workflow.testing.threads import together

HOUR = timedelta(hours=1)


class OutboxContract:
    """The tests; `eap_workflow.testing.StoreContract` has them too, and says how an empty store is made."""

    def test_messages_are_kept_with_the_steps_that_cause_them(self, store: Store) -> None:
        """Each message of a command waits from its instant on, in the order in which they were caused (XS-08, CR-01)."""
        handle(service(store), lines.told("XS-1"), lines.filed("XS-2", 1), lines.tick(90 * DAY))
        outbox = outbox_of(store)
        kinds = {each.message.kind.value for each in outbox if each.message.request == "XS-1"}
        assert kinds == {"details_needed", "review_needed", "decision_needed", "outcome", "outcome_for_client"}
        assert len({each.message.id for each in outbox}) == len(outbox) > 6
        assert [_place(each) for each in outbox] == sorted(map(_place, outbox))
        for each in outbox:
            assert (each.state, each.attempts, each.next_at, each.problem) == ("waiting", 0, each.message.at, None)
        simplest = MemoryStore(PROCESS)
        handle(service(simplest), lines.told("XS-1"), lines.filed("XS-2", 1), lines.tick(90 * DAY))
        assert outbox == outbox_of(simplest)

    def test_the_outbox_is_asked_by_state_and_request(self, store: Store) -> None:
        """Messages are given that are in a state, that are about a request, or both; pages of them add up."""
        handle(service(store), lines.told("XS-1"), lines.filed("XS-2"), lines.filed("XS-3", 1))
        first = _take(store, START)
        assert first is not None
        _settle(store, first, "sent")
        whole = outbox_of(store)
        for state in (None, "waiting", "sent", "failed"):
            for request in (None, "XS-1", "XS-2", "XS-9"):
                expected = [
                    each for each in whole if state in (None, each.state) and request in (None, each.message.request)
                ]
                with store.reading() as transaction:
                    assert list(transaction.messages(None, MANY, state, request)) == expected
                    for most in (1, 2):
                        pages: list[Posted] = []
                        after = None
                        while len(pages) <= len(expected) and (
                            page := transaction.messages(after, most, state, request)
                        ):
                            assert len(page) <= most
                            pages += page
                            after = page[-1]
                        assert pages == expected

    def test_a_command_that_fails_anywhere_leaves_no_message(self, store: Store) -> None:
        """Whichever call to the store fails, its messages are not there; once it has acted, each of them is there once."""
        handle(service(store), lines.draft("XS-1"))
        given = lines.submit("XS-1", 1, counted=9, id="id-1")
        for fails_at in range(1, 30):
            try:
                handle(service(FailingStore(store, fails_at)), given)
            except Broken:
                assert outbox_of(store) == []
            else:
                break
        assert [each.message.kind for each in outbox_of(store)] == ["details_needed"]
        handle(service(store), given)
        assert len(outbox_of(store)) == 1

    def test_a_message_is_due_at_its_instant(self, store: Store) -> None:
        """A message can be taken from its instant on, and not a microsecond before; one that was sent is never due."""
        handle(service(store), lines.filed("XS-1"))
        (posted,) = outbox_of(store)
        at = posted.message.at
        assert not _is_due(store, at - timedelta(microseconds=1))
        assert _take(store, at - timedelta(microseconds=1)) is None
        assert _is_due(store, at)
        taken = _take(store, at)
        assert taken is not None
        _settle(store, taken, "sent")
        assert not _is_due(store, FAR)
        assert _take(store, FAR) is None

    def test_a_taken_message_is_nobody_elses_until_its_lease_ends(self, store: Store) -> None:
        """It is given once, then the next one; when the lease has run out, it is given again, with the same id."""
        handle(service(store), lines.filed("XS-1"), lines.filed("XS-2"))
        first, second = _take(store, START, by="a"), _take(store, START, by="b")
        assert first is not None
        assert second is not None
        assert (first.attempts, first.next_at) == (1, START + HOUR)
        assert [first.message.id, second.message.id] == [each.message.id for each in outbox_of(store)]
        assert _take(store, START, by="c") is None
        assert _take(store, START + HOUR - timedelta(microseconds=1), by="c") is None
        again = _take(store, START + HOUR, by="c")
        assert again is not None
        assert again == attrs.evolve(first, attempts=2, next_at=START + HOUR * 2)

    def test_what_waits_longest_is_taken_first(self, store: Store) -> None:
        """Messages are given by when their next attempt is due, and at one instant by id."""
        handle(service(store), [lines.filed(f"XS-{number}", 10 - number % 3) for number in range(6)])
        in_order = [each.message.id for each in outbox_of(store)]
        taken = [_take(store, FAR) for _ in in_order]
        assert [each and each.message.id for each in taken] == in_order
        # One that is tried again waits for its own next attempt, and not from its beginning.
        assert taken[0] is not None
        assert taken[1] is not None
        _settle(store, taken[0], "waiting", FAR + HOUR * 3)
        _settle(store, taken[1], "waiting", FAR + HOUR * 2)
        later = _take(store, FAR + HOUR * 4), _take(store, FAR + HOUR * 4)
        assert {each.message.id for each in later if each} == set(in_order[2:4])

    def test_an_attempt_is_settled_by_who_made_it(self, store: Store) -> None:
        """Sent, given up or tried again, with the reason; whoever has lost the message to another changes nothing."""
        handle(service(store), lines.filed("XS-1"))
        taken = _take(store, START, by="a")
        assert taken is not None
        message_id = taken.message.id
        with store.transaction() as transaction:
            assert not transaction.settle(message_id, "b", "sent", None, None)
            assert not transaction.settle("0" * 32, "a", "sent", None, None)
        assert outbox_of(store) == [taken]
        assert _settle(store, taken, "waiting", FAR, "no answer", by="a")
        assert outbox_of(store) == [attrs.evolve(taken, next_at=FAR, problem="no answer")]
        assert not _settle(store, taken, "sent", by="a")
        for state in ("failed", "sent"):
            with store.transaction() as transaction:
                transaction.send_again(message_id, FAR)
            taken = _take(store, FAR, by="a")
            assert taken is not None
            late = _take(store, FAR + HOUR, by="b")
            assert late is not None
            assert not _settle(store, taken, "waiting", FAR, by="a")
            assert _settle(store, late, state, None, "reason", by="b")
            assert outbox_of(store) == [attrs.evolve(late, state=state, next_at=None, problem="reason")]
            assert _take(store, FAR + DAY * HOUR) is None

    def test_a_message_is_sent_again_when_it_is_asked_for(self, store: Store) -> None:
        """Sent or given up, it waits from the instant on, its attempts counted anew; one that is not there is told."""
        handle(service(store), lines.filed("XS-1"))
        taken = _take(store, START, by="a")
        assert taken is not None
        _settle(store, taken, "failed", None, "no such address", by="a")
        with store.transaction() as transaction:
            assert transaction.send_again(taken.message.id, FAR)
            assert not transaction.send_again("0" * 32, FAR)
        (posted,) = outbox_of(store)
        assert (posted.state, posted.attempts, posted.next_at) == ("waiting", 0, FAR)
        assert posted.message == taken.message
        # The worker that had it before has it no longer.
        assert not _settle(store, taken, "sent", by="a")

    def test_workers_beside_each_other_take_each_message_once(self, store: Store) -> None:
        """However many take messages at once, each is given to one of them."""
        handle(service(store), [lines.filed(f"XS-{number}") for number in range(12)])
        taken: list[str] = []

        def take(name: int) -> None:
            while _is_due(store, START):
                posted = _take(store, START, by=f"worker-{name}")
                if posted is not None:
                    taken.append(posted.message.id)

        together(take, 3)
        assert sorted(taken) == sorted(each.message.id for each in outbox_of(store))
        assert {each.attempts for each in outbox_of(store)} == {1}


def _place(posted: Posted) -> tuple[Any, str]:
    return posted.message.at, posted.message.id


def _is_due(store: Store, at: Any) -> bool:
    with store.reading() as transaction:
        return transaction.is_message_due(at)


def _take(store: Store, at: Any, by: str = "worker") -> Posted | None:
    with store.transaction() as transaction:
        return transaction.take_message(at, at + HOUR, by)


def _settle(
    store: Store, posted: Posted, state: Any, next_at: Any = None, problem: str | None = None, by: str = "worker"
) -> bool:
    with store.transaction() as transaction:
        return transaction.settle(posted.message.id, by, state, next_at, problem)
