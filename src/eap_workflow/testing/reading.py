"""What every store gives to who reads: pages of requests, the calendars that limits were counted on, the feed of all steps."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from eap_workflow.errors import InvalidValue
from eap_workflow.policy import STANDARD
from eap_workflow.store import Store, Transaction, Wanted, stage_due_on
from eap_workflow.testing import lines
from eap_workflow.testing.acts import KEPT, MANY, OFFICES, PROCESS, handle, service
from eap_workflow.testing.failing import Broken
from eap_workflow.testing.lines import DAY, FAR, START
from eap_workflow.testing.policies import TOLD_BY_THE_TEAM

STRANGE_POSITIONS = ("x", "-1", " 7", "1_0", "٣", "7-", "-7", "1-2-3", "9" * 400, "0x1", "7\0", "1.0")


class ReadingContract:
    """The tests; `eap_workflow.testing.StoreContract` has them too, and says how an empty store is made."""

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


def _feed_from(transaction: Transaction, position: str) -> None:
    transaction.feed(position, 9)


def _keep_position(transaction: Transaction, position: str) -> None:
    transaction.keep_checkpoint("report", position)


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
