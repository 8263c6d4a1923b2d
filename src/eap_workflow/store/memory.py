"""A store in memory: for tests, for trying a file of commands out, and to read beside the real one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from threading import RLock

from eap_workflow.errors import Conflict
from eap_workflow.policy import Policy, PolicyRef
from eap_workflow.process import Process
from eap_workflow.steps import Snapshot, Step
from eap_workflow.store import Seen, binding_passes_at, refuse_another

Kept = tuple[dict[str, tuple[Step, ...]], dict[str, Snapshot], dict[str, Seen], dict[PolicyRef, Policy]]


class MemoryStore:
    """Requests in memory, one transaction at a time.

    Args:
        process: The workflow whose requests it keeps.
    """

    def __init__(self, process: Process) -> None:
        self._process = process
        # One tuple, replaced whole: who reads it sees all of a transaction or nothing, without waiting for the lock.
        self._kept: Kept = ({}, {}, {}, {})
        self._lock = RLock()

    @property
    def process(self) -> Process:
        """The workflow whose requests it keeps."""
        return self._process

    @contextmanager
    def transaction(self) -> Iterator[MemoryTransaction]:
        """Begin a transaction; what it writes is kept when its block ends without an error."""
        with self._lock:
            transaction = self._begin()
            yield transaction
            self._kept = transaction.kept

    @contextmanager
    def reading(self) -> Iterator[MemoryTransaction]:
        """Begin a transaction whose writes are dropped."""
        yield self._begin()

    def _begin(self) -> MemoryTransaction:
        trails, snapshots, seen, policies = self._kept
        return MemoryTransaction(self._process, dict(trails), dict(snapshots), dict(seen), dict(policies))


class MemoryTransaction:
    """What `eap_workflow.store.Transaction` asks for, on dictionaries of its own."""

    def __init__(
        self,
        process: Process,
        trails: dict[str, tuple[Step, ...]],
        snapshots: dict[str, Snapshot],
        seen: dict[str, Seen],
        policies: dict[PolicyRef, Policy],
    ) -> None:
        self._process = process
        self._trails = trails
        self._snapshots = snapshots
        self._seen = seen
        self._policies = policies

    @property
    def kept(self) -> Kept:
        """What the store is to keep."""
        return self._trails, self._snapshots, self._seen, self._policies

    def load(self, request: str) -> Snapshot | None:
        """The request as it stands."""
        return self._snapshots.get(request)

    def append(self, steps: tuple[Step, ...], snapshot: Snapshot) -> None:
        """Add steps to a request's trail, with the snapshot that they lead to."""
        if not steps:
            return
        trail = self._trails.get(snapshot.request, ())
        if steps[0].version != len(trail) + 1:
            raise Conflict(snapshot.request, expected=steps[0].version - 1, found=len(trail))
        self._trails[snapshot.request] = trail + steps
        self._snapshots[snapshot.request] = snapshot

    def trail(self, request: str, first: int = 1, last: int | None = None) -> tuple[Step, ...]:
        """The steps of a request, in order."""
        return self._trails.get(request, ())[first - 1 : last]

    def in_case(self, assist_case: str, besides: str) -> tuple[Snapshot, ...]:
        """The other requests of an Assist Case that add to its totals."""
        others = (snapshot for request, snapshot in sorted(self._snapshots.items()) if request != besides)
        return tuple(snapshot for snapshot in others if self._adds_to(assist_case, snapshot))

    def _adds_to(self, assist_case: str, snapshot: Snapshot) -> bool:
        index = self._process.index(snapshot)
        return index.assist_case == assist_case and bool(index.pending or index.approved_in_advance)

    def seen(self, command_id: str) -> Seen | None:
        """What is known of a command by its id."""
        return self._seen.get(command_id)

    def remember(self, command_id: str, seen: Seen) -> None:
        """Keep what a command did, under its id."""
        self._seen[command_id] = seen

    def policy(self, ref: PolicyRef) -> Policy | None:
        """A policy that a request was submitted under."""
        return self._policies.get(ref)

    def keep_policy(self, policy: Policy) -> None:
        """Keep a policy by its version, once."""
        refuse_another(self._policies.setdefault(policy.ref, policy), policy)

    def due(self, at: datetime, most: int) -> tuple[str, ...]:
        """The requests whose clock has something to do by an instant, the longest due first."""
        waiting = [
            (snapshot.clock[0].due_at, request) for request, snapshot in self._snapshots.items() if snapshot.clock
        ]
        return tuple(request for due_at, request in sorted(waiting) if due_at <= at)[:most]

    def overdue(self, at: datetime, after: Snapshot | None, most: int) -> tuple[Snapshot, ...]:
        """Requests with a binding limit that has passed by an instant, the longest passed first."""
        passing = sorted(
            place for snapshot in self._snapshots.values() if (place := self._passing(snapshot)) is not None
        )
        reached = None if after is None else self._passing(after)
        passing = [place for place in passing if place[0] <= at and (reached is None or place > reached)]
        return tuple(self._snapshots[request] for _, request in passing[:most])

    def _passing(self, snapshot: Snapshot) -> tuple[datetime, str] | None:
        passes_at = binding_passes_at(self._process, snapshot)
        return None if passes_at is None else (passes_at, snapshot.request)

    def requests(self, after: Snapshot | None, most: int) -> tuple[Snapshot, ...]:
        """Requests in the order of their ids."""
        beyond = sorted(request for request in self._snapshots if after is None or request > after.request)
        return tuple(self._snapshots[request] for request in beyond[:most])

    def latest_at(self) -> datetime | None:
        """The instant of the last step of all."""
        return max((snapshot.at for snapshot in self._snapshots.values()), default=None)
