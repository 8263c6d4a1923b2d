"""What every store has to do with messages and with its record, beside the steps themselves: the second half of the suite.

`eap_workflow.testing.contract` has the first half, and how the tests are run.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import attrs
import pytest

from eap_workflow.errors import InvalidValue
from eap_workflow.plain.json_text import parse_object
from eap_workflow.policy import STANDARD
from eap_workflow.records import step_from_wire
from eap_workflow.store import Posted, Seen, Store, Transaction, Wanted, stage_due_on
from eap_workflow.store.chain import findings
from eap_workflow.store.memory import MemoryStore
from eap_workflow.testing import lines
from eap_workflow.testing.acts import KEPT, MANY, OFFICES, PROCESS, contents, handle, service
from eap_workflow.testing.failing import Broken, FailingStore
from eap_workflow.testing.lines import APPROVER, DAY, FAR, START
from eap_workflow.testing.policies import TOLD_BY_THE_TEAM
from eap_workflow.upcasters import upcast
from eap_workflow.verification import verify

HOUR = timedelta(hours=1)
LONGEST_SECONDS = 60
STRANGE_POSITIONS = ("x", "-1", " 7", "1_0", "٣", "7-", "-7", "1-2-3", "9" * 400, "0x1", "7\0", "1.0")


class OutboxAndRecordContract:
    """The tests; `eap_workflow.testing.StoreContract` has them too, and says how an empty store is made."""

    # --- the outbox ---------------------------------------------------------------------------------------------------

    def test_messages_are_kept_with_the_steps_that_cause_them(self, store: Store) -> None:
        """Each message of a command waits from its instant on, in the order in which they were caused (XS-08, CR-01)."""
        handle(service(store), lines.told("XS-1"), lines.filed("XS-2", 1), lines.tick(90 * DAY))
        outbox = _outbox(store)
        kinds = {each.message.kind.value for each in outbox if each.message.request == "XS-1"}
        assert kinds == {"details_needed", "review_needed", "decision_needed", "outcome", "outcome_for_client"}
        assert len({each.message.id for each in outbox}) == len(outbox) > 6
        assert [_place(each) for each in outbox] == sorted(map(_place, outbox))
        for each in outbox:
            assert (each.state, each.attempts, each.next_at, each.problem) == ("waiting", 0, each.message.at, None)
        simplest = MemoryStore(PROCESS)
        handle(service(simplest), lines.told("XS-1"), lines.filed("XS-2", 1), lines.tick(90 * DAY))
        assert outbox == _outbox(simplest)

    def test_the_outbox_is_asked_by_state_and_request(self, store: Store) -> None:
        """Messages are given that are in a state, that are about a request, or both; pages of them add up."""
        handle(service(store), lines.told("XS-1"), lines.filed("XS-2"), lines.filed("XS-3", 1))
        first = _take(store, START)
        assert first is not None
        _settle(store, first, "sent")
        whole = _outbox(store)
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
                assert _outbox(store) == []
            else:
                break
        assert [each.message.kind for each in _outbox(store)] == ["details_needed"]
        handle(service(store), given)
        assert len(_outbox(store)) == 1

    def test_a_message_is_due_at_its_instant(self, store: Store) -> None:
        """A message can be taken from its instant on, and not a microsecond before; one that was sent is never due."""
        handle(service(store), lines.filed("XS-1"))
        (posted,) = _outbox(store)
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
        assert [first.message.id, second.message.id] == [each.message.id for each in _outbox(store)]
        assert _take(store, START, by="c") is None
        assert _take(store, START + HOUR - timedelta(microseconds=1), by="c") is None
        again = _take(store, START + HOUR, by="c")
        assert again is not None
        assert again == attrs.evolve(first, attempts=2, next_at=START + HOUR * 2)

    def test_what_waits_longest_is_taken_first(self, store: Store) -> None:
        """Messages are given by when their next attempt is due, and at one instant by id."""
        handle(service(store), [lines.filed(f"XS-{number}", 10 - number % 3) for number in range(6)])
        in_order = [each.message.id for each in _outbox(store)]
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
        assert _outbox(store) == [taken]
        assert _settle(store, taken, "waiting", FAR, "no answer", by="a")
        assert _outbox(store) == [attrs.evolve(taken, next_at=FAR, problem="no answer")]
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
            assert _outbox(store) == [attrs.evolve(late, state=state, next_at=None, problem="reason")]
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
        (posted,) = _outbox(store)
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

        _together(take, 3)
        assert sorted(taken) == sorted(each.message.id for each in _outbox(store))
        assert {each.attempts for each in _outbox(store)} == {1}

    # --- the clock and the case ---------------------------------------------------------------------------------------

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
        _together(lambda _name: moves.append(service(store).tick(FAR).moves), 3)
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
        _together(lambda name: handle(acting, lines.submit(requests[name], 1, counted=8)), 6)
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

    # --- pages --------------------------------------------------------------------------------------------------------

    def test_a_page_holds_what_is_wanted(self, store: Store) -> None:
        """By state, turn, employer, Assist Case and due date, alone and together, page by page, in their order."""
        same: lines.Line = {"assist_case": "ASST-7"}
        handle(
            service(store),
            lines.draft("XS-1", **same),
            lines.draft("XS-2", employer="emp-2"),
            [lines.filed(f"XS-{number}", DAY * (10 - number), **same) for number in (3, 4, 5)],
            lines.reviewed("XS-6", DAY, employer="emp-2"),
            lines.told("XS-7", DAY),
            lines.filed("XS-8", DAY, counted=9, employer="emp-2"),
            lines.filed("XS-9", 0, contract="team"),
        )
        with store.reading() as transaction:
            whole = transaction.requests(None, MANY)
            assert len(whole) == 9
            days = sorted({day for each in whole if (day := stage_due_on(KEPT, each)) is not None})
            wishes = [
                Wanted(state=state, turn=turn, employer=employer, assist_case=case, due_by=due_by)
                for state in (None, "draft", "employer_decision", "approved", "nowhere")
                for turn in (None, "employer", "consultant", "clinical_manager", "nobody")
                for employer, case in (
                    (None, None),
                    ("emp-1", None),
                    ("emp-2", None),
                    (None, "ASST-7"),
                    ("emp-9", None),
                )
                for due_by in (None, days[0] - timedelta(days=1), days[0], days[-1])
            ]
            assert len(days) > 2
            for wanted in wishes:
                expected = _wanted(whole, wanted)
                assert transaction.requests(None, MANY, wanted) == expected
                assert _paged(transaction, wanted, 2) == expected

    def test_a_due_date_is_that_of_the_stage(self, store: Store) -> None:
        """A request whose stage has no limit of its own, a draft or one that has ended, is due by no day."""
        handle(service(store), lines.draft("XS-1"), lines.told("XS-2"), lines.filed("XS-3", DAY), lines.filed("XS-4"))
        with store.reading() as transaction:
            found = transaction.requests(None, MANY, Wanted(due_by=FAR.date()))
            assert [each.request for each in found] == ["XS-4", "XS-3"]

    # --- what a step refers to ----------------------------------------------------------------------------------------

    def test_a_calendar_is_kept_by_its_fingerprint(self, store: Store) -> None:
        """It comes back as it was, whoever kept it and however often; one that nobody kept is not there (IN-12)."""
        calendars = {
            office.calendar.fingerprint: office.calendar
            for policy in (STANDARD, TOLD_BY_THE_TEAM)
            for office in OFFICES.of(policy).values()
        }
        assert len(calendars) > 1
        for _ in range(2):
            with store.transaction() as transaction:
                for calendar in calendars.values():
                    transaction.keep_calendar(calendar)
        with store.reading() as transaction:
            for calendar in calendars.values():
                kept = transaction.calendar(calendar.fingerprint)
                assert kept is not None
                assert kept.fingerprint == calendar.fingerprint
                assert kept.add(START.date(), 9) == calendar.add(START.date(), 9)
            assert transaction.calendar("0" * 64) is None

    def test_what_a_limit_was_counted_on_is_kept_with_it(self, store: Store) -> None:
        """Every calendar that a step's limits name can be read from the store that has the step (IN-12)."""
        receipts = handle(service(store), lines.told("XS-1"), lines.filed("XS-2", contract="harbour"))
        names = {
            part.basis.calendar
            for receipt in receipts
            for step in receipt.steps
            for deadline in step.started
            for part in deadline.due.parts
        }
        assert names
        with store.reading() as transaction:
            assert all(transaction.calendar(name) is not None for name in names)

    # --- the record ---------------------------------------------------------------------------------------------------

    def test_the_feed_gives_every_step_once(self, store: Store) -> None:
        """Read on from each position, all steps come, those of one request in order, however many at a time."""
        acting = service(store)
        with store.reading() as transaction:
            assert transaction.feed("", 9) == ()
        receipts = handle(acting, lines.told("XS-1"), lines.filed("XS-2"), lines.tick(90 * DAY))
        written = [step for receipt in receipts for step in receipt.steps]
        after = ""
        for most in (1, 3, 4, 100):
            read: list[Any] = []
            after = ""
            while len(read) <= len(written) and (page := acting.feed(after, most=most)):
                assert len(page) <= most
                read += page
                after = page[-1][0]
            assert [step for _, step in read] == written
            positions = [position for position, _ in read]
            assert positions == sorted(set(positions))
        # What comes later comes later in the feed as well.
        handle(acting, lines.draft("XS-0"))
        assert [step.request for _, step in acting.feed(after)] == ["XS-0"]

    def test_a_position_of_somebody_elses_is_refused(self, store: Store) -> None:
        """A position that no feed of this store has given is refused, by the feed and as a checkpoint, without showing it."""
        handle(service(store), lines.filed("XS-1"))
        for position in STRANGE_POSITIONS:
            for ask in (_feed_from, _keep_position):
                with pytest.raises(InvalidValue) as caught, store.transaction() as transaction:
                    ask(transaction, position)
                assert caught.value.field == "position"
                assert repr(position) not in str(caught.value)
        with store.reading() as transaction:
            assert transaction.checkpoint("report") == ""

    def test_a_checkpoint_is_kept_by_name(self, store: Store) -> None:
        """Each reader has one of its own, which moves on; with a block that raises it stays where it was."""
        acting = service(store)
        handle(acting, lines.filed("XS-1"))
        first, second = (position for position, _ in acting.feed(most=2))
        with store.transaction() as transaction:
            assert transaction.checkpoint("report") == ""
            transaction.keep_checkpoint("report", first)
            transaction.keep_checkpoint("export", second)
        with store.transaction() as transaction:
            transaction.keep_checkpoint("report", second)
        with pytest.raises(Broken):
            _keep_and_raise(store, first)
        with store.reading() as transaction:
            assert [transaction.checkpoint(name) for name in ("report", "export", "other")] == [second, second, ""]

    def test_everything_that_is_recorded_is_named(self, store: Store) -> None:
        """The ids of all requests come in order, page by page."""
        handle(service(store), [lines.draft(f"XS-{end}") for end in ("3", "b1", "1", "2b", "B2")])
        in_order = ("XS-1", "XS-2b", "XS-3", "XS-B2", "XS-b1")
        with store.reading() as transaction:
            assert transaction.recorded("", MANY) == in_order
            assert transaction.recorded("", 2) == in_order[:2]
            assert transaction.recorded("XS-2b", MANY) == in_order[2:]
            assert transaction.recorded("XS-2b", 1) == in_order[2:3]

    def test_steps_are_stored_in_a_chain(self, store: Store) -> None:
        """What is stored holds each step, linked to the one before it, and the request states where the chain ends."""
        acting = service(store)
        handle(acting, lines.told("XS-1"), lines.filed("XS-2"), lines.tick(90 * DAY))
        with store.reading() as transaction:
            for request in ("XS-1", "XS-2"):
                stored, head = transaction.stored(request), transaction.head(request)
                assert [each.version for each in stored] == list(range(1, acting.snapshot(request).version + 1))
                assert list(findings(request, stored, head)) == []
                read = tuple(
                    step_from_wire(PROCESS, upcast(PROCESS, each.format, parse_object(each.content))) for each in stored
                )
                assert read == transaction.trail(request)
            assert transaction.stored("XS-9") == ()
            assert transaction.head("XS-9") is None

    def test_many_chains_are_read_at_once(self, store: Store) -> None:
        """Page by page it is what is recorded, stored and stated of each request by itself; what was removed is in none."""
        acting = service(store)
        handle(acting, lines.told("XS-1"), [lines.filed(f"XS-{end}") for end in ("b1", "2b", "B2", "3")])
        with store.transaction() as transaction:
            act = transaction.remove("XS-3", FAR, "system:clock")
        with store.reading() as transaction:
            alone = [
                (request, transaction.head(request), transaction.stored(request))
                for request in transaction.recorded("", MANY)
            ]
            for after, most in (("", MANY), ("", 2), ("XS-2b", MANY), ("XS-2b", 1), ("XS-b1", 2)):
                chains = transaction.chains(after, most)
                expected = [each for each in alone if each[0] > after][:most]
                assert [(each.request, each.head, each.steps) for each in chains] == expected
                heads = [(request, steps[-1].version, head) for request, head, steps in expected]
                assert list(transaction.heads(after, most)) == heads
            assert transaction.removal_of("XS-3") == act is not None
            assert transaction.removal_of("XS-1") is None

    def test_the_same_commands_lead_to_the_same_digests(self, store: Store) -> None:
        """The chain says what happened and not where it is kept: every store's heads are the same."""
        given = [lines.told("XS-1"), lines.filed("XS-2"), lines.tick(90 * DAY)]
        simplest = MemoryStore(PROCESS)
        handle(service(store), given)
        handle(service(simplest), given)
        with store.reading() as transaction, simplest.reading() as expected:
            for request in ("XS-1", "XS-2"):
                assert transaction.head(request) == expected.head(request)

    def test_a_removed_request_leaves_nothing_but_the_act(self, store: Store) -> None:
        """Its steps, messages and command ids are gone whole, the others stay, and what is left verifies."""
        acting = service(store)
        handle(acting, lines.told("XS-1", id="id-1"), lines.filed("XS-2", id="id-2"), lines.filed("XS-3"))
        with store.reading() as transaction:
            head = transaction.head("XS-1")
            others = transaction.load("XS-2"), transaction.trail("XS-2"), transaction.seen("id-2")
        messages = [each for each in _outbox(store) if each.message.request != "XS-1"]
        with store.transaction() as transaction:
            act = transaction.remove("XS-1", FAR, "case_team:ct-1")
        assert act is not None
        assert (act.number, act.request, act.workflow, act.steps) == (1, "XS-1", PROCESS.workflow.name, 6)
        assert (act.head, act.at, act.by, act.before) == (head, FAR, "case_team:ct-1", "")
        with store.reading() as transaction:
            assert transaction.load("XS-1") is None
            assert transaction.trail("XS-1") == ()
            assert transaction.stored("XS-1") == ()
            assert transaction.head("XS-1") is None
            assert transaction.seen("id-1") is None
            assert transaction.recorded("", MANY) == ("XS-2", "XS-3")
            assert transaction.due(FAR, MANY) == ("XS-2", "XS-3")
            assert (transaction.load("XS-2"), transaction.trail("XS-2"), transaction.seen("id-2")) == others
            assert {step.request for _, step in transaction.feed("", MANY)} == {"XS-2", "XS-3"}
            assert transaction.removals(0, MANY) == (act,)
        assert _outbox(store) == messages
        assert list(verify(store)) == []

    def test_removals_are_chained_and_given_in_pages(self, store: Store) -> None:
        """Each act follows on the one before it; what is not there is not removed, and a block that raises removes nothing."""
        handle(service(store), [lines.draft(f"XS-{number}") for number in range(4)])
        before = contents(store)
        with pytest.raises(Broken):
            _remove_and_raise(store)
        assert contents(store) == before
        acts = []
        for request in ("XS-2", "XS-0", "XS-3"):
            with store.transaction() as transaction:
                acts.append(transaction.remove(request, FAR, "system:clock"))
                assert transaction.remove(request, FAR, "system:clock") is None
                assert transaction.remove("XS-9", FAR, "system:clock") is None
        given = [act for act in acts if act is not None]
        assert [act.number for act in given] == [1, 2, 3]
        assert [act.before for act in given] == ["", given[0].digest, given[1].digest]
        with store.reading() as transaction:
            assert list(transaction.removals(0, MANY)) == given
            assert list(transaction.removals(0, 2)) == given[:2]
            assert list(transaction.removals(2, 2)) == given[2:]
        assert list(verify(store)) == []

    def test_the_id_of_a_removed_request_is_not_used_again(self, store: Store) -> None:
        """A request of the same id would look like the one that was removed, so it is refused and leaves nothing."""
        acting = service(store)
        handle(acting, lines.draft("XS-1", id="id-1"))
        with store.transaction() as transaction:
            transaction.remove("XS-1", FAR, "case_team:ct-1")
        with pytest.raises(InvalidValue, match="no id is used again"):
            handle(acting, lines.draft("XS-1", id="id-2"))
        with store.reading() as transaction:
            assert transaction.recorded("", MANY) == ()
            assert transaction.seen("id-2") is None
        assert list(verify(store)) == []

    def test_a_removal_takes_away_what_counts_for_others(self, store: Store) -> None:
        """The sessions of a request that is gone count for no other request of its Assist Case."""
        same: lines.Line = {"assist_case": "ASST-7", "sessions": 4}
        acting = service(store)
        handle(acting, lines.filed("XS-1", **same), lines.draft("XS-2", **same))
        with store.transaction() as transaction:
            assert len(transaction.in_case("ASST-7", "XS-2")) == 1
            transaction.remove("XS-1", FAR, "case_team:ct-1")
            assert transaction.in_case("ASST-7", "XS-2") == ()
        handle(acting, lines.submit("XS-2", 1, counted=7))
        assert acting.snapshot("XS-2").state == "employer_decision"
        handle(acting, lines.line("approve", "XS-2", 2, APPROVER))


def _feed_from(transaction: Transaction, position: str) -> None:
    transaction.feed(position, 9)


def _keep_position(transaction: Transaction, position: str) -> None:
    transaction.keep_checkpoint("report", position)


def _outbox(store: Store) -> list[Posted]:
    with store.reading() as transaction:
        return list(transaction.messages(None, MANY))


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


def _wanted(whole: tuple[Any, ...], wanted: Wanted) -> tuple[Any, ...]:
    """The same, looked for in all requests one by one."""
    found = []
    for each in whole:
        index, due_on = PROCESS.index(each), stage_due_on(KEPT, each)
        turn = PROCESS.workflow.state(each.state).turn
        pairs = (
            (wanted.state, each.state),
            (wanted.turn, turn),
            (wanted.employer, index.employer),
            (wanted.assist_case, index.assist_case),
        )
        in_time = wanted.due_by is None or (due_on is not None and due_on <= wanted.due_by)
        if in_time and all(asked in (None, has) for asked, has in pairs):
            found.append((due_on if wanted.due_by else None, each.request, each))
    return tuple(each for *_, each in sorted(found, key=lambda row: row[:2] if wanted.due_by else row[1:2]))


def _paged(transaction: Transaction, wanted: Wanted, most: int) -> tuple[Any, ...]:
    pages: list[Any] = []
    after = None
    while len(pages) <= MANY and (page := transaction.requests(after, most, wanted)):
        assert len(page) <= most
        pages += page
        after = page[-1]
        if len(pages) > 99:
            break
    return tuple(pages)


def _keep_and_raise(store: Store, position: str) -> None:
    with store.transaction() as transaction:
        transaction.keep_checkpoint("report", position)
        transaction.keep_checkpoint("other", position)
        raise Broken


def _remove_and_raise(store: Store) -> None:
    with store.transaction() as transaction:
        transaction.remember("id-1", Seen(digest="d", request="XS-1", first=1, last=1))
        transaction.remove("XS-1", FAR, "system:clock")
        raise Broken


def _together(work: Callable[[int], object], threads: int) -> None:
    failures: list[BaseException] = []

    def run(name: int) -> None:
        try:
            work(name)
        except BaseException as error:  # noqa: BLE001 - shown by the assertion below
            failures.append(error)

    running = [threading.Thread(target=run, args=(name,), daemon=True) for name in range(threads)]
    for each in running:
        each.start()
    for each in running:
        each.join(LONGEST_SECONDS)
        assert not each.is_alive()
    assert failures == []
