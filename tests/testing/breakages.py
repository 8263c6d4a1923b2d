"""Stores that are broken in what they do with messages and with the record, and the test that notices each."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from copy import copy
from datetime import timedelta
from functools import partial
from typing import Any

import attrs

from eap_workflow.errors import InvalidValue
from eap_workflow.store import Wanted
from eap_workflow.store.memory import Kept, MemoryTransaction
from eap_workflow.testing.acts import MANY
from eap_workflow.testing.lines import FAR
from tests.testing.broken import Altered, BrokenStore

MOMENT = timedelta(microseconds=1)


class KeepsPartOfWhatFailed(BrokenStore):
    """Keeps one part of what a block wrote before it raised.

    Args:
        part: Which, by its name in `Kept`.
    """

    def __init__(self, part: str) -> None:
        super().__init__()
        self._part = part

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """Begin a transaction that may write."""
        written: Any = None
        try:
            with self.kept.transaction() as transaction:
                try:
                    yield transaction
                except BaseException:
                    written = getattr(transaction._kept, self._part)
                    raise
        except BaseException:
            self.kept._kept = attrs.evolve(self.kept._kept, **{self._part: written})
            raise


class HoldsNothing(BrokenStore):
    """Lets transactions run beside each other, and keeps each request as whoever was last left it."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """Begin a transaction that may write."""
        before = self.kept._kept
        own = before.copied()
        yield MemoryTransaction(self.processes, own)
        with self._lock:
            self.kept._kept = self._joined(before, own, self.kept._kept)

    @staticmethod
    def _joined(before: Kept, own: Kept, now: Kept) -> Kept:
        joined = now.copied()
        for name in ("snapshots", "trails", "seen", "policies", "calendars", "outbox", "checkpoints"):
            was, mine = getattr(before, name), getattr(own, name)
            changed = {key: mine[key] for key in mine if key not in was or was[key] is not mine[key]}
            getattr(joined, name).update(changed)
        joined.written += own.written[len(before.written) :]
        joined.position += own.position - before.position
        return joined


class MeetsInside(HoldsNothing):
    """Lets those who count a case meet, so that each counts what was there before the others."""

    def __init__(self) -> None:
        super().__init__()
        self._meeting = threading.Barrier(2)

    @contextmanager
    def transaction(self) -> Iterator[Any]:
        """Begin a transaction that may write."""

        def meet(name: str, kept: Any, *given: Any) -> Any:
            found = getattr(kept, name)(*given)
            try:
                self._meeting.wait(0.05)
            except threading.BrokenBarrierError:
                self._meeting.reset()
            return found

        with super().transaction() as transaction:
            yield Altered(transaction, {name: partial(meet, name) for name in ("in_case", "take_due", "take_message")})


def other_order(kept: Any, after: Any, most: int, *given: Any) -> Any:
    """The outbox, the latest first."""
    return kept.messages(after, MANY, *given)[::-1][:most]


def forgets(name: str) -> Callable[[], BrokenStore]:
    """A store that does nothing when it is told something."""
    return lambda: BrokenStore(**{name: lambda _kept, *_given: None})


def keeps_of_removed(part: str) -> Callable[[], BrokenStore]:
    """A store that removes a request but for a part of what is about it."""

    def remove(kept: Any, *given: Any) -> Any:
        before = copy(getattr(kept._kept, part))
        act = kept.remove(*given)
        if act is not None:
            setattr(kept._kept, part, before)
        return act

    return lambda: BrokenStore(remove=remove)


def without(wish: str) -> Callable[[], BrokenStore]:
    """A store that does not ask for a part of what is wanted."""

    def requests(kept: Any, after: Any, most: int, wanted: Wanted = Wanted()) -> Any:  # noqa: B008 - a value
        return kept.requests(after, most, attrs.evolve(wanted, **{wish: None}))

    return lambda: BrokenStore(requests=requests)


def by_id(kept: Any, after: Any, most: int, wanted: Wanted = Wanted()) -> Any:  # noqa: B008 - a value
    """Those that are due, in the order of their ids."""
    found = sorted(kept.requests(None, MANY, wanted), key=lambda each: each.request)
    return tuple(each for each in found if after is None or each.request > after.request)[:most]


def takes_any_position(kept: Any, after: str, most: int) -> Any:
    """Read from the beginning where a position is not understood."""
    try:
        return kept.feed(after, most)
    except InvalidValue:
        return kept.feed("", most)


def used_again(kept: Any, steps: Any, *given: Any) -> None:
    """Open a request with the id of one that was removed."""
    acts, kept._kept.removals = kept._kept.removals, ()
    kept.append(steps, *given)
    kept._kept.removals = acts


def settled_by_anybody(kept: Any, message_id: str, _by: str, *given: Any) -> Any:
    """Settle a message whoever asks."""
    _, taken_by = kept._kept.outbox.get(message_id, (None, None))
    return kept.settle(message_id, taken_by, *given)


def unlinked(kept: Any, request: str) -> Any:
    """The steps, not linked to each other."""
    return tuple(each._replace(before="") for each in kept.stored(request))


def still_counted(kept: Any, *given: Any) -> Any:
    """What was removed goes on to count."""
    snapshot = kept.load(given[0])
    act = kept.remove(*given)
    if snapshot is not None:
        kept._kept.snapshots[given[0]] = snapshot
    return act


Breakage = tuple[Callable[[], AbstractContextManager[Any] | Any], str]

BREAKAGES: dict[str, Breakage] = {
    "a page of chains begins with the last of the one before": (
        lambda: BrokenStore(chains=lambda kept, after, most: kept.chains(after[:-1], most)),
        "many_chains_are_read_at_once",
    ),
    "a request that is not there stands as it should": (
        lambda: BrokenStore(standing_otherwise=lambda kept, snapshots: kept.standing_otherwise(snapshots) - {"XS-9"}),
        "how_requests_stand_is_compared",
    ),
    "messages are forgotten": (
        lambda: BrokenStore(append=lambda kept, steps, snapshot, _messages=(): kept.append(steps, snapshot)),
        "messages_are_kept_with_the_steps_that_cause_them",
    ),
    "messages come the latest first": (
        lambda: BrokenStore(messages=other_order),
        "messages_are_kept_with_the_steps_that_cause_them",
    ),
    "the outbox is given whole, whatever the state": (
        lambda: BrokenStore(
            messages=lambda kept, after, most, _state=None, request=None: kept.messages(after, most, None, request)
        ),
        "the_outbox_is_asked_by_state_and_request",
    ),
    "the outbox is given whole, whatever the request": (
        lambda: BrokenStore(
            messages=lambda kept, after, most, state=None, _request=None: kept.messages(after, most, state)
        ),
        "the_outbox_is_asked_by_state_and_request",
    ),
    "a page of the outbox begins anew": (
        lambda: BrokenStore(messages=lambda kept, _after, *given: kept.messages(None, *given)),
        "the_outbox_is_asked_by_state_and_request",
    ),
    "messages of what failed are kept": (
        lambda: KeepsPartOfWhatFailed("outbox"),
        "a_command_that_fails_anywhere_leaves_no_message",
    ),
    "a message is due a moment late": (
        lambda: BrokenStore(is_message_due=lambda kept, at: kept.is_message_due(at - MOMENT)),
        "a_message_is_due_at_its_instant",
    ),
    "what was sent is due again": (
        lambda: BrokenStore(
            settle=lambda kept, message_id, by, state, _next, why: kept.settle(message_id, by, state, FAR, why)
        ),
        "a_message_is_due_at_its_instant",
    ),
    "a taken message is given to the next one as well": (
        lambda: BrokenStore(take_message=lambda kept, at, _until, by: kept.take_message(at, at, by)),
        "a_taken_message_is_nobody_elses_until_its_lease_ends",
    ),
    "a lease never ends": (
        lambda: BrokenStore(take_message=lambda kept, at, _until, by: kept.take_message(at, FAR, by)),
        "a_taken_message_is_nobody_elses_until_its_lease_ends",
    ),
    "what waits longest comes last": (
        lambda: BrokenStore(take_message=take_last),
        "what_waits_longest_is_taken_first",
    ),
    "anybody settles": (
        lambda: BrokenStore(settle=settled_by_anybody),
        "an_attempt_is_settled_by_who_made_it",
    ),
    "a reason is forgotten": (
        lambda: BrokenStore(settle=lambda kept, *given: kept.settle(*given[:-1], None)),
        "an_attempt_is_settled_by_who_made_it",
    ),
    "nothing is sent again": (
        lambda: BrokenStore(send_again=lambda _kept, *_given: True),
        "a_message_is_sent_again_when_it_is_asked_for",
    ),
    "attempts are counted on": (
        lambda: BrokenStore(send_again=counted_on),
        "a_message_is_sent_again_when_it_is_asked_for",
    ),
    "two workers are given one message": (
        MeetsInside,
        "workers_beside_each_other_take_each_message_once",
    ),
    "nothing is passed over": (
        lambda: BrokenStore(take_due=lambda kept, at, _besides: kept.take_due(at, frozenset())),
        "the_longest_due_request_is_taken",
    ),
    "what is not due is taken": (
        lambda: BrokenStore(take_due=lambda kept, _at, besides: kept.take_due(FAR, besides)),
        "the_longest_due_request_is_taken",
    ),
    "two clocks move one request": (MeetsInside, "clocks_beside_each_other_make_each_move_once"),
    "two count a case at once": (MeetsInside, "who_counts_a_case_waits_for_who_counts_it"),
    "a case is not held": (HoldsNothing, "who_holds_a_case_is_waited_for"),
    "any state will do": (without("state"), "a_page_holds_what_is_wanted"),
    "any turn will do": (without("turn"), "a_page_holds_what_is_wanted"),
    "any employer will do": (without("employer"), "a_page_holds_what_is_wanted"),
    "any case will do": (without("assist_case"), "a_page_holds_what_is_wanted"),
    "any day will do": (without("due_by"), "a_due_date_is_that_of_the_stage"),
    "what is due comes by id": (lambda: BrokenStore(requests=by_id), "a_page_holds_what_is_wanted"),
    "a calendar is forgotten": (forgets("keep_calendar"), "a_calendar_is_kept_by_its_fingerprint"),
    "one calendar is as good as another": (
        lambda: BrokenStore(calendar=lambda kept, _name: next(iter(kept._kept.calendars.values()), None)),
        "a_calendar_is_kept_by_its_fingerprint",
    ),
    "no calendar is kept": (forgets("keep_calendar"), "what_a_limit_was_counted_on_is_kept_with_it"),
    "the feed leaves out the first": (
        lambda: BrokenStore(feed=lambda kept, after, most: kept.feed(after, most + 1)[1:]),
        "the_feed_gives_every_step_once",
    ),
    "the feed begins anew": (
        lambda: BrokenStore(feed=lambda kept, _after, most: kept.feed("", most)),
        "the_feed_gives_every_step_once",
    ),
    "any position will do": (lambda: BrokenStore(feed=takes_any_position), "a_position_of_somebody_elses_is_refused"),
    "checkpoints are forgotten": (forgets("keep_checkpoint"), "a_checkpoint_is_kept_by_name"),
    "there is one checkpoint": (
        lambda: BrokenStore(
            checkpoint=lambda kept, _name: kept.checkpoint("one"),
            keep_checkpoint=lambda kept, _name, position: kept.keep_checkpoint("one", position),
        ),
        "a_checkpoint_is_kept_by_name",
    ),
    "checkpoints of what failed are kept": (
        lambda: KeepsPartOfWhatFailed("checkpoints"),
        "a_checkpoint_is_kept_by_name",
    ),
    "a page of ids begins anew": (
        lambda: BrokenStore(recorded=lambda kept, _after, most: kept.recorded("", most)),
        "everything_that_is_recorded_is_named",
    ),
    "steps are not linked": (lambda: BrokenStore(stored=unlinked), "steps_are_stored_in_a_chain"),
    "a head is another's": (
        lambda: BrokenStore(head=lambda kept, request: kept.head(request) and "0" * 64),
        "steps_are_stored_in_a_chain",
    ),
    "a head depends on the place": (
        lambda: BrokenStore(head=lambda kept, request: f"{id(kept)}{kept.head(request)}"),
        "the_same_commands_lead_to_the_same_digests",
    ),
    "what was removed has its messages": (
        keeps_of_removed("outbox"),
        "a_removed_request_leaves_nothing_but_the_act",
    ),
    "what was removed has its steps": (keeps_of_removed("trails"), "a_removed_request_leaves_nothing_but_the_act"),
    "what was removed has its ids": (keeps_of_removed("seen"), "a_removed_request_leaves_nothing_but_the_act"),
    "what was removed is in the feed": (keeps_of_removed("written"), "a_removed_request_leaves_nothing_but_the_act"),
    "a removal leaves no act": (keeps_of_removed("removals"), "a_removed_request_leaves_nothing_but_the_act"),
    "removals are not linked": (
        lambda: BrokenStore(
            removals=lambda kept, *given: tuple(attrs.evolve(act, before="") for act in kept.removals(*given))
        ),
        "removals_are_chained_and_given_in_pages",
    ),
    "a removal that failed stands": (
        lambda: KeepsPartOfWhatFailed("snapshots"),
        "removals_are_chained_and_given_in_pages",
    ),
    "an id is used again": (lambda: BrokenStore(append=used_again), "the_id_of_a_removed_request_is_not_used_again"),
    "what was removed counts": (
        lambda: BrokenStore(remove=still_counted),
        "a_removal_takes_away_what_counts_for_others",
    ),
}


def take_last(kept: Any, at: Any, until: Any, by: str) -> Any:
    """Take the message that waits the shortest."""
    due = [
        (posted.next_at, key)
        for key, (posted, _) in kept._kept.outbox.items()
        if posted.next_at is not None and posted.next_at <= at
    ]
    if not due:
        return None
    _, key = max(due)
    posted = attrs.evolve(kept._kept.outbox[key][0], attempts=kept._kept.outbox[key][0].attempts + 1, next_at=until)
    kept._kept.outbox[key] = (posted, by)
    return posted


def counted_on(kept: Any, message_id: str, at: Any) -> Any:
    """Let a message be sent again, with the attempts that it had."""
    posted, _ = kept._kept.outbox.get(message_id, (None, None))
    found = kept.send_again(message_id, at)
    if posted is not None:
        again, taken_by = kept._kept.outbox[message_id]
        kept._kept.outbox[message_id] = (attrs.evolve(again, attempts=posted.attempts), taken_by)
    return found
