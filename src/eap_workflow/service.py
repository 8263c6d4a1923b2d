"""The one imperative loop: load, decide, append.

Everything that one command causes is one transaction: it is read, decided and kept, or it leaves no trace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import frozen

from eap_workflow.deadlines import explain
from eap_workflow.envelope import Envelope
from eap_workflow.errors import (
    CommandIdReused,
    CoverageError,
    DefinitionError,
    EapWorkflowError,
    InvalidValue,
    Refused,
    Unknown,
)
from eap_workflow.offices import Offices
from eap_workflow.policy_book import PolicyBook
from eap_workflow.process import NO_OTHERS, CaseTotals, Context
from eap_workflow.store import Seen
from eap_workflow.values import SYSTEM, as_instant
from eap_workflow.views.status import deadlines, status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from eap_workflow.calendar import DayAccount
    from eap_workflow.deadlines import Deadline, Office
    from eap_workflow.policy import Parties, Policy, PolicyRef
    from eap_workflow.steps import Snapshot, Step
    from eap_workflow.store import Store, Transaction
    from eap_workflow.verdict import Verdict
    from eap_workflow.views.status import DeadlineStatus, Status

BATCH = 100
PAGE = 500


@frozen(kw_only=True)
class Receipt:
    """What a command did.

    Attributes:
        snapshot: The request after it.
        steps: The steps that it made: the clock's that were due, its own, and what followed at once.
        repeated: Whether the command had come before, so that this is its first result again.
    """

    snapshot: Snapshot
    steps: tuple[Step, ...]
    repeated: bool = False


@frozen(kw_only=True)
class Ticked:
    """What a tick of the clock did.

    Attributes:
        moves: How many moves were made.
        stuck: Why the clock cannot move a request, by request; each stands as it stood.
    """

    moves: int
    stuck: Mapping[str, EapWorkflowError]


STANDS_IN_THE_WAY = (CoverageError, InvalidValue, Refused, Unknown)


class Service:
    """A workflow with a store, policies and calendars: what a case system talks to.

    Args:
        store: Where requests are kept, and of which workflow they are.
        policies: The contracts; the built-in standard one alone, where none are given.
        offices: Where limits are counted; calendars of the policies' regions, where none are given.
    """

    def __init__(
        self,
        store: Store,
        *,
        policies: PolicyBook | None = None,
        offices: Offices | None = None,
    ) -> None:
        self._store = store
        self._process = store.process
        self._policies = PolicyBook.standard() if policies is None else policies
        self._offices = Offices() if offices is None else offices
        self._offices_of: dict[Parties, Mapping[str, Office]] = {}
        self._kept: dict[PolicyRef, Policy] = {}

    def handle(self, envelope: Envelope) -> Receipt:
        """Decide a command and keep what it does, or raise and keep nothing.

        Args:
            envelope: The command, for which request, when and by whom.

        Raises:
            Refused: It is not permitted; the verdict says why and what is.
            Unknown: It names a contract that nobody knows, or that has no version in force.
            PolicyError: A contract's calendar file cannot be used, or a policy was edited under a version that is kept.
            CommandIdReused: Its id came before with other content.
            CoverageError: A limit would end outside its calendar.
            Conflict: The request moved on meanwhile.
            StoreError: The store could not do it.
        """
        with self._store.transaction() as transaction:
            if envelope.id is not None and (seen := transaction.seen(envelope.id)) is not None:
                return self._first_result(transaction, seen, envelope)
            snapshot = transaction.load(envelope.request)
            context = self._context(transaction, snapshot, envelope)
            steps, after = self._process.advance(snapshot, envelope.command, context)
            transaction.append(steps, after)
            if context.policy is not None and self._takes_its_policy(snapshot, after):
                transaction.keep_policy(context.policy)
            if envelope.id is not None:
                seen = Seen(
                    digest=envelope.digest,
                    request=envelope.request,
                    first=steps[0].version,
                    last=steps[-1].version,
                )
                transaction.remember(envelope.id, seen)
            return Receipt(snapshot=after, steps=steps)

    def can(self, envelope: Envelope) -> Verdict:
        """Ask what `handle` would answer, and keep nothing."""
        with self._store.reading() as transaction:
            snapshot = transaction.load(envelope.request)
            return self._process.can(snapshot, envelope.command, self._context(transaction, snapshot, envelope))

    def tick(self, at: datetime, *, each: Callable[[Receipt], None] | None = None) -> Ticked:
        """Make every move of the clock that is due by an instant, for every request, one request a transaction (IN-13).

        Args:
            at: The instant, aware.
            each: Told what was done to each request, the longest due first.

        Returns:
            How many moves were made, and the requests that stand as they stood because a move cannot be made.
        """
        at = as_instant(at)
        stuck: dict[str, EapWorkflowError] = {}
        moves = 0
        while True:
            with self._store.reading() as transaction:
                due = [request for request in transaction.due(at, BATCH + len(stuck)) if request not in stuck]
            if not due:
                return Ticked(moves=moves, stuck=stuck)
            for request in due:
                try:
                    receipt = self._tick_one(request, at)
                except STANDS_IN_THE_WAY as problem:
                    stuck[request] = problem
                    continue
                if receipt is not None:
                    moves += len(receipt.steps)
                    if each is not None:
                        each(receipt)

    def snapshots(self) -> Iterator[Snapshot]:
        """Every request as it stands, in the order of their ids, without holding them all."""
        return self._pages(lambda transaction, after: transaction.requests(after, PAGE))

    def overdue(self, at: datetime) -> Iterator[Snapshot]:
        """The requests with a limit that has passed by an instant, the longest passed first (IN-04)."""
        at = as_instant(at)
        return self._pages(lambda transaction, after: transaction.overdue(at, after, PAGE))

    def _pages(self, page_after: Callable[[Transaction, Snapshot | None], tuple[Snapshot, ...]]) -> Iterator[Snapshot]:
        after = None
        while True:
            # A transaction a page: a reader who takes their time holds nobody up.
            with self._store.reading() as transaction:
                page = page_after(transaction, after)
            yield from page
            if len(page) < PAGE:
                return
            after = page[-1]

    def latest_at(self) -> datetime | None:
        """The instant of the last step of all; None for an empty store."""
        with self._store.reading() as transaction:
            return transaction.latest_at()

    def snapshot(self, request: str) -> Snapshot:
        """The request as it stands.

        Raises:
            Unknown: There is no such request.
        """
        with self._store.reading() as transaction:
            return self._found(transaction.load(request))

    def as_of(self, snapshot: Snapshot, at: datetime) -> Snapshot | None:
        """The request as it stood at an instant, by what is recorded; None before it was opened.

        Args:
            snapshot: The request as it stands.
            at: The instant, aware.
        """
        at = as_instant(at)
        if snapshot.at <= at:
            return snapshot
        return self._process.replay(step for step in self.trail(snapshot.request) if step.at <= at)

    def trail(self, request: str) -> tuple[Step, ...]:
        """All steps of a request, in order.

        Raises:
            Unknown: There is no such request.
        """
        with self._store.reading() as transaction:
            self._found(transaction.load(request))
            return transaction.trail(request)

    def status(self, snapshot: Snapshot, at: datetime) -> Status:
        """How a request stands at an instant (XS-11).

        Raises:
            CoverageError: A calendar does not cover the day of the instant.
        """
        return status(self._process.workflow, snapshot, self._counting(snapshot), at)

    def deadlines(self, snapshot: Snapshot, at: datetime) -> tuple[DeadlineStatus, ...]:
        """How each running limit of a request stands at an instant.

        Raises:
            CoverageError: A calendar does not cover the day of the instant.
        """
        return deadlines(self._process.workflow, snapshot, self._counting(snapshot), at)

    def explain(self, snapshot: Snapshot, deadline: Deadline) -> tuple[DayAccount, ...]:
        """Account for a due date day by day, from day 0 to the last, on the parties' calendars of today.

        Args:
            snapshot: The request that the limit belongs to.
            deadline: The limit.

        Raises:
            CoverageError: The calendar does not cover it.
        """
        policy = self.policy_of(snapshot)
        return explain(deadline, {} if policy is None else self.offices_of(policy))

    def policy_of(self, snapshot: Snapshot) -> Policy | None:
        """The policy that a request keeps, or the one in force at its last step; None while it names no contract."""
        with self._store.reading() as transaction:
            return self._policy(transaction, snapshot, None, snapshot.at)

    def _counting(self, snapshot: Snapshot) -> Mapping[str, Office]:
        if not snapshot.deadlines:
            return {}
        policy = self.policy_of(snapshot)
        return {} if policy is None else self.offices_of(policy)

    def offices_of(self, policy: Policy) -> Mapping[str, Office]:
        """Where the limits of a policy are counted, by party."""
        # By what they are made from, not by the policy's name: a file may have been edited under the same version.
        offices = self._offices_of.get(policy.parties)
        if offices is None:
            offices = self._offices_of.setdefault(policy.parties, self._offices.of(policy))
        return offices

    def _tick_one(self, request: str, at: datetime) -> Receipt | None:
        with self._store.transaction() as transaction:
            snapshot = self._found(transaction.load(request))
            if snapshot.next_due_at is None or snapshot.next_due_at > at:
                return None
            steps, after = self._process.tick(snapshot, self._clock(transaction, snapshot, at))
            if not steps:
                raise DefinitionError("a request is due, and the clock has no move to make")
            transaction.append(steps, after)
            return Receipt(snapshot=after, steps=steps)

    def _takes_its_policy(self, before: Snapshot | None, after: Snapshot) -> bool:
        """Whether the request was submitted just now; what it keeps from then on comes from the store (IN-11)."""
        had = before is not None and self._process.index(before).policy is not None
        return not had and self._process.index(after).policy is not None

    def _first_result(self, transaction: Transaction, seen: Seen, envelope: Envelope) -> Receipt:
        if seen.digest != envelope.digest:
            raise CommandIdReused
        trail = transaction.trail(seen.request, 1, seen.last)
        snapshot = self._found(self._process.replay(trail))
        return Receipt(snapshot=snapshot, steps=trail[seen.first - 1 :], repeated=True)

    def _context(self, transaction: Transaction, snapshot: Snapshot | None, envelope: Envelope) -> Context:
        policy = self._policy(transaction, snapshot, envelope.command, envelope.at)
        return Context(
            request=envelope.request,
            at=envelope.at,
            by=envelope.by,
            policy=policy,
            offices={} if policy is None else self.offices_of(policy),
            case=self._case_totals(transaction, snapshot, envelope),
        )

    def _case_totals(self, transaction: Transaction, snapshot: Snapshot | None, envelope: Envelope) -> CaseTotals:
        if snapshot is None or envelope.command.trigger not in self._process.counts_case:
            return NO_OTHERS
        assist_case = self._process.index(snapshot).assist_case
        if assist_case is None:
            return NO_OTHERS
        pending = approved_in_advance = 0
        for other in transaction.in_case(assist_case, snapshot.request):
            index = self._process.index(self._as_the_clock_leaves(transaction, other, envelope.at))
            pending += index.pending
            approved_in_advance += index.approved_in_advance
        return CaseTotals(pending=pending, approved_in_advance=approved_in_advance)

    def _as_the_clock_leaves(self, transaction: Transaction, snapshot: Snapshot, at: datetime) -> Snapshot:
        """What the clock owes a request counts as done, whether or not a worker has come by (IN-13)."""
        try:
            return self._process.tick(snapshot, self._clock(transaction, snapshot, at))[1]
        except STANDS_IN_THE_WAY:
            # One request whose clock is stuck holds up no other; it counts as it stands.
            return snapshot

    def _clock(self, transaction: Transaction, snapshot: Snapshot, at: datetime) -> Context:
        """The context in which the clock makes its moves on a request."""
        policy = self._policy(transaction, snapshot, None, at)
        offices = {} if policy is None else self.offices_of(policy)
        return Context(request=snapshot.request, at=at, by=SYSTEM, policy=policy, offices=offices)

    def _policy(self, transaction: Transaction, snapshot: Snapshot | None, command: Any, at: datetime) -> Policy | None:
        index = None if snapshot is None else self._process.index(snapshot)
        if index is not None and index.policy is not None:
            return self._kept_policy(transaction, index.policy)
        named = getattr(command, "contract", None)
        if named is not None:
            return self._policies.in_force_at(named, at)
        if index is None or index.contract is None:
            return None
        try:
            return self._policies.in_force_at(index.contract, at)
        except Unknown:
            # A contract that has ended is no reason why a draft could not be withdrawn; the guards say what it stops.
            return None

    def _kept_policy(self, transaction: Transaction, ref: PolicyRef) -> Policy:
        policy = self._kept.get(ref)
        if policy is None:
            # What was kept with the request comes before a file that may have been edited since.
            policy = transaction.policy(ref)
            if policy is None:
                return self._policies.version(ref)
            self._kept[ref] = policy
        return policy

    @staticmethod
    def _found(snapshot: Snapshot | None) -> Snapshot:
        if snapshot is None:
            raise Unknown("request", "no request of this id is known here")
        return snapshot
