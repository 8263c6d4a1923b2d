"""A store in memory: for tests, for trying a file of commands out, and to read beside the real one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from threading import RLock
from typing import TYPE_CHECKING, Any, NoReturn

import attrs
from attrs import define, field

from eap_workflow.errors import Conflict, InvalidType, InvalidValue
from eap_workflow.messages import Message
from eap_workflow.policy import Policy, PolicyRef
from eap_workflow.process import Process
from eap_workflow.process_set import Processes
from eap_workflow.records import step_text
from eap_workflow.steps import Snapshot, Step
from eap_workflow.store import (
    EVERY,
    NOTHING_EXPECTED,
    Chain,
    Expected,
    Posted,
    PostState,
    Removal,
    Seen,
    Wanted,
    binding_passes_at,
    check_name,
    is_wanted,
    refuse_another,
    stage_due_on,
)
from eap_workflow.store.chain import NOTHING_BEFORE, StoredStep, chained
from eap_workflow.store.removals import LAST, removal, stated
from eap_workflow.upcasters import STEP_FORMAT

if TYPE_CHECKING:
    from eap_workflow.calendar import BusinessCalendar


DIGITS = 19
"""Of a position in the feed."""


@define
class Kept:
    """All that is kept, copied whole for each transaction: none sees another halfway."""

    snapshots: dict[str, Snapshot] = field(factory=dict)
    trails: dict[str, tuple[Step, ...]] = field(factory=dict)
    written: tuple[tuple[int, Step], ...] = ()
    position: int = 0
    seen: dict[str, Seen] = field(factory=dict)
    policies: dict[PolicyRef, Policy] = field(factory=dict)
    calendars: dict[str, BusinessCalendar] = field(factory=dict)
    outbox: dict[str, tuple[Posted, str | None]] = field(factory=dict)
    checkpoints: dict[str, str] = field(factory=dict)
    removals: tuple[Removal, ...] = ()

    def copied(self) -> Kept:
        """The same, with dictionaries of its own."""
        own: dict[str, Any] = {
            name: dict(part) for name, part in attrs.asdict(self, recurse=False).items() if isinstance(part, dict)
        }
        return attrs.evolve(self, **own)


class MemoryStore:
    """Requests in memory, one transaction at a time.

    Args:
        process: The workflow whose requests it keeps, or several.
    """

    def __init__(self, process: Process | Processes) -> None:
        self._processes = Processes.of(process)
        # One value, replaced whole: who reads it sees all of a transaction or nothing, without waiting for the lock.
        self._kept = Kept()
        self._lock = RLock()

    @property
    def processes(self) -> Processes:
        """The workflows whose requests it keeps."""
        return self._processes

    @contextmanager
    def transaction(self) -> Iterator[MemoryTransaction]:
        """Begin a transaction; what it writes is kept when its block ends without an error."""
        with self._lock:
            kept = self._kept.copied()
            yield MemoryTransaction(self._processes, kept)
            self._kept = kept

    @contextmanager
    def reading(self) -> Iterator[MemoryTransaction]:
        """Begin a transaction whose writes are dropped."""
        yield MemoryTransaction(self._processes, self._kept.copied())

    @contextmanager
    def batch(self, expected: Expected = NOTHING_EXPECTED) -> Iterator[MemoryStore]:  # noqa: ARG002 - it has all at hand
        """Begin one transaction for many: if the block raises, nothing of any is kept."""
        with self._lock:
            inside = MemoryStore(self._processes)
            inside._kept = self._kept
            yield inside
            self._kept = inside._kept

    def within(self, connection: Any) -> NoReturn:  # noqa: ARG002 - the interface's
        """There is no transaction of anybody else's in memory.

        Raises:
            InvalidType: Always.
        """
        raise InvalidType("connection", "a store in memory takes part in nobody's transaction")


class MemoryTransaction:
    """What `eap_workflow.store.Transaction` asks for, on a copy of all that is kept.

    Args:
        processes: The workflows whose requests are kept.
        kept: The copy.
    """

    def __init__(self, processes: Processes, kept: Kept) -> None:
        self._processes = processes
        self._kept = kept

    # --- a request ---

    def load(self, request: str, command_id: str | None = None) -> Snapshot | None:  # noqa: ARG002 - nothing is quicker
        """The request as it stands."""
        return self._kept.snapshots.get(request)

    def append(self, steps: tuple[Step, ...], snapshot: Snapshot, messages: tuple[Message, ...] = ()) -> None:
        """Add steps to a request's trail, with the snapshot that they lead to and the messages that they cause."""
        if not steps:
            return
        kept, request = self._kept, snapshot.request
        if any(act.request == request for act in kept.removals):
            raise InvalidValue("request", "a request of this id was removed, and no id is used again")
        trail = kept.trails.get(request, ())
        if steps[0].version != len(trail) + 1:
            raise Conflict(request, expected=steps[0].version - 1, found=len(trail))
        kept.trails[request] = trail + steps
        kept.snapshots[request] = snapshot
        kept.written += tuple(enumerate(steps, kept.position + 1))
        kept.position += len(steps)
        for message in messages:
            posted = Posted(message=message, state="waiting", attempts=0, next_at=message.at)
            kept.outbox[message.id] = (posted, None)

    def trail(self, request: str, first: int = 1, last: int | None = None) -> tuple[Step, ...]:
        """The steps of a request, in order."""
        return self._kept.trails.get(request, ())[first - 1 : last]

    def hold_case(self, assist_case: str) -> None:
        """Hold an Assist Case: one transaction at a time holds them all."""

    def in_case(self, assist_case: str, besides: str) -> tuple[Snapshot, ...]:
        """The other requests of an Assist Case that add to its totals."""
        others = (snapshot for request, snapshot in sorted(self._kept.snapshots.items()) if request != besides)
        return tuple(snapshot for snapshot in others if self._adds_to(assist_case, snapshot))

    def _adds_to(self, assist_case: str, snapshot: Snapshot) -> bool:
        index = self._processes.index(snapshot)
        return index.assist_case == assist_case and bool(index.pending or index.approved_in_advance)

    # --- what a command and a step refer to ---

    def seen(self, command_id: str) -> Seen | None:
        """What is known of a command by its id."""
        return self._kept.seen.get(command_id)

    def remember(self, command_id: str, seen: Seen) -> None:
        """Keep what a command did, under its id."""
        if command_id in self._kept.seen:
            raise Conflict
        self._kept.seen[command_id] = seen

    def policy(self, ref: PolicyRef) -> Policy | None:
        """A policy that a request was submitted under."""
        return self._kept.policies.get(ref)

    def keep_policy(self, policy: Policy) -> None:
        """Keep a policy by its version, once."""
        refuse_another(self._kept.policies.setdefault(policy.ref, policy), policy)

    def calendar(self, fingerprint: str) -> BusinessCalendar | None:
        """A calendar that a limit was counted on."""
        return self._kept.calendars.get(fingerprint)

    def keep_calendar(self, calendar: BusinessCalendar) -> None:
        """Keep a calendar by its fingerprint, once."""
        self._kept.calendars.setdefault(calendar.fingerprint, calendar)

    # --- many requests ---

    def due(self, at: datetime, most: int) -> tuple[str, ...]:
        """The requests whose clock has something to do by an instant, the longest due first."""
        waiting = [
            (snapshot.clock[0].due_at, request) for request, snapshot in self._kept.snapshots.items() if snapshot.clock
        ]
        return tuple(request for due_at, request in sorted(waiting) if due_at <= at)[:most]

    def take_due(self, at: datetime, besides: frozenset[str]) -> str | None:
        """Hold the longest due request that nobody else holds."""
        return next((request for request in self.due(at, len(besides) + 1) if request not in besides), None)

    def overdue(self, at: datetime, after: Snapshot | None, most: int) -> tuple[Snapshot, ...]:
        """Requests with a binding limit that has passed by an instant, the longest passed first."""
        passing = sorted(
            place for snapshot in self._kept.snapshots.values() if (place := self._passing(snapshot)) is not None
        )
        reached = None if after is None else self._passing(after)
        passing = [place for place in passing if place[0] <= at and (reached is None or place > reached)]
        return tuple(self._kept.snapshots[request] for _, request in passing[:most])

    def _passing(self, snapshot: Snapshot) -> tuple[datetime, str] | None:
        passes_at = binding_passes_at(self._processes, snapshot)
        return None if passes_at is None else (passes_at, snapshot.request)

    def requests(self, after: Snapshot | None, most: int, wanted: Wanted = EVERY) -> tuple[Snapshot, ...]:
        """Requests in the order of their ids, or of their due date where one is wanted."""

        def place(snapshot: Snapshot) -> tuple[str, ...]:
            first = () if wanted.due_by is None else (str(stage_due_on(self._processes, snapshot)),)
            return (*first, snapshot.request)

        found = [
            (place(each), each) for each in self._kept.snapshots.values() if is_wanted(self._processes, each, wanted)
        ]
        found.sort(key=lambda pair: pair[0])
        return tuple(each for at, each in found if after is None or at > place(after))[:most]

    def latest_at(self) -> datetime | None:
        """The instant of the last step of all."""
        return max((snapshot.at for snapshot in self._kept.snapshots.values()), default=None)

    # --- the outbox ---

    def is_message_due(self, at: datetime) -> bool:
        """Whether a message waits for an attempt by an instant."""
        return any(posted.next_at is not None and posted.next_at <= at for posted, _ in self._kept.outbox.values())

    def take_message(self, at: datetime, until: datetime, by: str) -> Posted | None:
        """Take the message that waits longest for its next attempt."""
        waiting = [
            (posted.next_at, message_id)
            for message_id, (posted, _) in self._kept.outbox.items()
            if posted.next_at is not None and posted.next_at <= at
        ]
        if not waiting:
            return None
        _, message_id = min(waiting)
        posted = self._kept.outbox[message_id][0]
        posted = attrs.evolve(posted, attempts=posted.attempts + 1, next_at=until)
        self._kept.outbox[message_id] = (posted, by)
        return posted

    def settle(self, message_id: str, by: str, state: PostState, next_at: datetime | None, problem: str | None) -> bool:
        """Say what came of an attempt."""
        posted, taken_by = self._kept.outbox.get(message_id, (None, None))
        if posted is None or taken_by != by:
            return False
        settled = attrs.evolve(posted, state=state, next_at=next_at, problem=problem)
        self._kept.outbox[message_id] = (settled, None)
        return True

    def messages(
        self, after: Posted | None, most: int, state: PostState | None = None, request: str | None = None
    ) -> tuple[Posted, ...]:
        """The outbox, in the order in which messages were caused."""

        def place(posted: Posted) -> tuple[datetime, str]:
            return posted.message.at, posted.message.id

        found = sorted((posted for posted, _ in self._kept.outbox.values()), key=place)
        return tuple(
            posted
            for posted in found
            if state in (None, posted.state)
            and request in (None, posted.message.request)
            and (after is None or place(posted) > place(after))
        )[:most]

    def send_again(self, message_id: str, at: datetime) -> bool:
        """Let a message that was sent or given up wait for another attempt."""
        posted, _ = self._kept.outbox.get(message_id, (None, None))
        if posted is None:
            return False
        self._kept.outbox[message_id] = (
            attrs.evolve(posted, state="waiting", attempts=0, next_at=at, problem=None),
            None,
        )
        return True

    # --- the record ---

    def feed(self, after: str, most: int) -> tuple[tuple[str, Step], ...]:
        """All steps of all requests since a position."""
        reached = _number(after)
        rows = [(number, step) for number, step in self._kept.written if number > reached]
        return tuple((f"{number:0{DIGITS}}", step) for number, step in rows[:most])

    def checkpoint(self, name: str) -> str:
        """The position that a reader of the feed has reached."""
        return self._kept.checkpoints.get(name, "")

    def keep_checkpoint(self, name: str, position: str) -> None:
        """Keep the position that a reader of the feed has reached."""
        check_name(name)
        _number(position)
        self._kept.checkpoints[name] = position

    def recorded(self, after: str, most: int) -> tuple[str, ...]:
        """The ids of everything that has steps or a row, in order."""
        return tuple(request for request in sorted(self._kept.snapshots) if request > after)[:most]

    def stored(self, request: str) -> tuple[StoredStep, ...]:
        """The steps of a request as they would be stored."""
        contents = (step_text(step) for step in self.trail(request))
        return tuple(chained(request, NOTHING_BEFORE, 1, STEP_FORMAT, contents))

    def chains(self, after: str, most: int) -> tuple[Chain, ...]:
        """What is recorded, stored and stated as the head, of many at once."""
        stored = ((request, self.stored(request)) for request in self.recorded(after, most))
        return tuple(Chain(request=request, head=steps[-1].digest, steps=steps) for request, steps in stored)

    def heads(self, after: str, most: int) -> tuple[tuple[str, int, str], ...]:
        """Each request, its number of steps and its head."""
        return tuple((each.request, len(each.steps), str(each.head)) for each in self.chains(after, most))

    def standing_otherwise(self, snapshots: Mapping[str, Snapshot]) -> frozenset[str]:
        """Which requests are not kept as these snapshots have them; nothing is kept besides the snapshots."""
        return frozenset(request for request, each in snapshots.items() if self._kept.snapshots.get(request) != each)

    def head(self, request: str) -> str | None:
        """The digest of the request's last step."""
        stored = self.stored(request)
        return stored[-1].digest if stored else None

    def remove(self, request: str, at: datetime, by: str) -> Removal | None:
        """Remove a request whole, and record the act."""
        kept = self._kept
        snapshot, head = self.load(request), self.head(request)
        if snapshot is None or head is None:
            return None
        last = kept.removals[-1] if kept.removals else None
        what = {"workflow": snapshot.workflow, "steps": snapshot.version, "head": head, "at": at, "by": by}
        act = removal(last, request=request, **what)
        kept.removals += (act,)
        kept.checkpoints[LAST] = stated(act)
        del kept.snapshots[request], kept.trails[request]
        kept.written = tuple(each for each in kept.written if each[1].request != request)
        kept.seen = {key: seen for key, seen in kept.seen.items() if seen.request != request}
        kept.outbox = {key: each for key, each in kept.outbox.items() if each[0].message.request != request}
        return act

    def removals(self, after: int, most: int) -> tuple[Removal, ...]:
        """The removals, in order."""
        return tuple(act for act in self._kept.removals if act.number > after)[:most]

    def removal_of(self, request: str) -> Removal | None:
        """The removal of a request."""
        return next((act for act in self._kept.removals if act.request == request), None)


def _number(position: str) -> int:
    if position and not (len(position) == DIGITS and position.isascii() and position.isdigit()):
        raise InvalidValue(
            "position", "a position is needed that this store's feed has given, or none for the beginning"
        )
    return int(position or 0)
