"""The one imperative loop: load, decide, append.

Everything that one command causes is one transaction: it is read, decided and kept, or it leaves no trace.
"""

from __future__ import annotations

from contextlib import contextmanager
from copy import copy
from typing import TYPE_CHECKING, Any, Protocol

from attrs import frozen

from eap_workflow.adopting import adopt
from eap_workflow.citing import serves
from eap_workflow.deadlines import Deadline, Office, explain, restate
from eap_workflow.envelope import Envelope
from eap_workflow.errors import (
    CommandIdReused,
    Conflict,
    CoverageError,
    DefinitionError,
    EapWorkflowError,
    InvalidType,
    InvalidValue,
    Refused,
    Unknown,
)
from eap_workflow.grounds import Grounds
from eap_workflow.offices import Offices
from eap_workflow.policy import Policy
from eap_workflow.policy_book import PolicyBook
from eap_workflow.process import NO_OTHERS, CaseTotals, Context, Process
from eap_workflow.process_set import Processes
from eap_workflow.steps import Snapshot
from eap_workflow.store import ATTEMPTS, EVERY, Expected, Removal, Seen, Wanted, check_wanted, is_wanted
from eap_workflow.store.paging import PAGE, every
from eap_workflow.values import SYSTEM, Actor, Role, as_instant, made
from eap_workflow.views.messages import messages_of_steps
from eap_workflow.views.status import deadlines, status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import datetime

    from eap_workflow.calendar import DayAccount
    from eap_workflow.deadlines import Restatement
    from eap_workflow.messages import Message
    from eap_workflow.policy import PolicyRef
    from eap_workflow.process import Index
    from eap_workflow.steps import Step
    from eap_workflow.store import Store, Transaction
    from eap_workflow.verdict import Verdict
    from eap_workflow.views.status import DeadlineStatus, Status

NO_SUCH_REQUEST = "no request of this id is known here"
REMOVERS = (Role.CASE_TEAM, Role.SYSTEM)


class Messages(Protocol):
    """Who is told what because of all that one command, or one tick of the clock, did to a request."""

    def __call__(
        self, before: Snapshot | None, steps: tuple[Step, ...], after: Snapshot, policy: Policy | None, *, key: bytes
    ) -> tuple[Message, ...]:
        """Give the messages; pure, so that a command that is decided again gives the same ones."""
        ...


@frozen(kw_only=True, slots=False)
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
    """Workflows with a store, policies and calendars: what a case system talks to.

    Args:
        store: Where requests are kept, and of which workflows they are.
        policies: The contracts; the built-in standard one alone, where none are given.
        offices: Where limits are counted; calendars of the policies' regions, where none are given.
        messages: Who is told what of a command's steps; None where nobody is.
        employer_key: A secret of the caller's, always the same, for the reference under which an employer knows a request.

    Raises:
        InvalidType: One of them is something else.
    """

    def __init__(
        self,
        store: Store,
        *,
        policies: PolicyBook | None = None,
        offices: Offices | None = None,
        messages: Messages | None = messages_of_steps,
        employer_key: bytes = b"",
    ) -> None:
        if not isinstance(getattr(store, "processes", None), Processes):
            raise InvalidType("store", "a store is needed, such as MemoryStore or SqlStore gives one")
        if policies is not None and not isinstance(policies, PolicyBook):
            raise InvalidType("policies", "a PolicyBook is needed, as load_policies gives it")
        if not isinstance(employer_key, bytes):
            raise InvalidType("employer_key", "bytes are needed")
        self._store = store
        self._processes = store.processes
        self._grounds = Grounds(
            PolicyBook.standard() if policies is None else policies, Offices() if offices is None else offices
        )
        self._messages = messages
        self._employer_key = employer_key
        # What is known to be kept in the store, so that it need not be kept again.
        self._taken: dict[PolicyRef, Policy] = {}
        self._calendars: set[str] = set()

    def within(self, connection: Any) -> Service:
        """This service inside a transaction of the caller's: the caller commits its own change and ours together, or neither.

        Args:
            connection: What the store takes: for a database an open SQLAlchemy ``Connection`` or ``Session``.

        Raises:
            InvalidType: The store has no use for such a thing.
        """
        return self._on(self._store.within(connection))

    @contextmanager
    def batch(self, given: Iterable[Envelope] = ()) -> Iterator[Service]:
        """Do many things in one transaction, which is committed when the block ends; it is lost whole if the block raises.

        A command that is refused leaves no trace of its own, and the others go on. Many commands in one commit are several
        times as fast as one by one; none of them is durable before the block has ended.

        Args:
            given: What will be handled in it, as far as is known: what it is about is read at once then. Others may be
                handled as well.

        Yields:
            This service, inside the transaction.

        Raises:
            InvalidType: Something is given that is no command, as a `Tick` is none.
        """
        given = tuple(given)
        for each in given:
            _check_envelope(each)
        expected = Expected(
            requests=tuple(each.request for each in given),
            command_ids=tuple(each.id for each in given if each.id is not None),
            counted=self._counted(given),
        )
        with self._store.batch(expected) as store:
            yield self._on(store, batch=True)

    def _counted(self, given: Iterable[Envelope]) -> Mapping[str, str | None]:
        """The requests whose Assist Case will be counted, each with the case that a command names, if one does."""
        triggers = frozenset[str]().union(*(process.counts_case for process in self._processes))
        named: dict[str, str | None] = {}
        counted: list[str] = []
        for each in given:
            if each.command.trigger in triggers:
                counted.append(each.request)
            elif (case := getattr(each.command, "assist_case", None)) is not None:
                named[each.request] = case
        return {request: named.get(request) for request in counted}

    def _on(self, store: Store, *, batch: bool = False) -> Service:
        inside = copy(self)
        inside._store = store  # noqa: SLF001 - its own
        inside._grounds = self._grounds.within(batch=batch)  # noqa: SLF001 - its own
        return inside

    @property
    def store(self) -> Store:
        """Where the requests are kept."""
        return self._store

    def handle(self, envelope: Envelope) -> Receipt:
        """Decide a command and keep what it does, or raise and keep nothing.

        Where somebody else was first, the command is decided again on what they left: it may still be permitted.

        Args:
            envelope: The command, for which request, when and by whom.

        Raises:
            Refused: It is not permitted; the verdict says why and what is.
            Unknown: It names a contract that nobody knows, or that has no version in force.
            PolicyError: A contract's calendar file cannot be used, or a policy was edited under a version that is kept.
            CommandIdReused: Its id came before with other content.
            CoverageError: A limit would end outside its calendar.
            Conflict: The request is not at the version that the command was given for; the error says what happened.
            StoreError: The store could not do it.
        """
        for _ in range(ATTEMPTS - 1):
            try:
                return self._grounds.complete(self._handle, envelope)
            except Conflict as conflict:
                # One that names the version is for the sender to know; what came at the same time is there by now.
                if envelope.version is not None and conflict.expected is not None:
                    raise
        return self._grounds.complete(self._handle, envelope)

    def _handle(self, envelope: Envelope) -> Receipt:
        _check_envelope(envelope)
        with self._store.transaction() as transaction:
            # Loaded first: whoever has sent the same command just now holds the request until it is done.
            snapshot = transaction.load(envelope.request, envelope.id)
            if envelope.id is not None and (seen := transaction.seen(envelope.id)) is not None:
                return self._first_result(transaction, seen, envelope)
            self._refuse_conflict(transaction, snapshot, envelope)
            process = self._processes.asked_by(snapshot, envelope.command, envelope.workflow)
            context = self._context(transaction, process, snapshot, envelope)
            steps, after = process.advance(snapshot, envelope.command, context)
            counted_on = self._keep(transaction, snapshot, steps, after, context)
            taken = context.policy if self._takes_its_policy(snapshot, after) else None
            if taken is not None and self._taken.get(taken.ref) is not taken:
                transaction.keep_policy(taken)
            if envelope.id is not None:
                seen = Seen(
                    digest=envelope.digest,
                    request=envelope.request,
                    first=steps[0].version,
                    last=steps[-1].version,
                )
                transaction.remember(envelope.id, seen)
        self._note(counted_on, taken)
        return Receipt(snapshot=after, steps=steps)

    def _note(self, counted_on: list[str], taken: Policy | None) -> None:
        """Remember what is kept, now that it is; what was kept in a caller's transaction may yet be undone."""
        if not self._grounds.is_within:
            if taken is not None:
                self._taken[taken.ref] = taken
            self._calendars.update(counted_on)

    def _refuse_conflict(self, transaction: Transaction, snapshot: Snapshot | None, envelope: Envelope) -> None:
        found = 0 if snapshot is None else snapshot.version
        if envelope.version not in (None, found):
            meanwhile = transaction.trail(envelope.request, envelope.version + 1)
            raise Conflict(envelope.request, expected=envelope.version, found=found, meanwhile=meanwhile)

    def _keep(
        self,
        transaction: Transaction,
        before: Snapshot | None,
        steps: tuple[Step, ...],
        after: Snapshot,
        context: Context,
    ) -> list[str]:
        """Keep what a command did, and give the calendars that were not known to be kept before."""
        told: tuple[Message, ...] = ()
        if self._messages is not None:
            told = self._messages(before, steps, after, context.policy, key=self._employer_key)
        transaction.append(steps, after, told)
        new: list[str] = []
        for step in steps:
            for deadline in step.started:
                due = deadline.due
                for basis in (due.basis, *[part.basis for part in due.further]):
                    if basis.calendar not in self._calendars:
                        transaction.keep_calendar(context.offices[basis.party].calendar)
                        new.append(basis.calendar)
        return new

    def adopt(self, adoption: Envelope) -> Receipt:
        """Take a request over from another system, in the state in which it is there, with the dates that were stated.

        Args:
            adoption: What `eap_workflow.adopting.read_adoption` reads, or `adoption_of` gives.

        Raises:
            Refused: The request is here already, or what is said of it contradicts itself or its contract.
            EapWorkflowError: As `handle`.
        """
        if not isinstance(adoption, Envelope):
            raise InvalidType("adoption", "a request in its Envelope is needed, as read_adoption gives it")
        taken = self._grounds.complete(
            adopt, self._store, adoption, policies=self._grounds.policies, offices_of=self._grounds.offices_at_hand
        )
        return Receipt(snapshot=taken.snapshot, steps=taken.steps, repeated=taken.repeated)

    def can(self, envelope: Envelope) -> Verdict:
        """Ask what `handle` would answer, and keep nothing.

        Raises:
            CoverageError: It is permitted, and a limit that it starts would end outside its calendar.
            EapWorkflowError: As `handle`, but for a refusal, which is the verdict.
        """
        return self._grounds.complete(self._can, envelope)

    def _can(self, envelope: Envelope) -> Verdict:
        _check_envelope(envelope)
        with self._store.reading() as transaction:
            snapshot = transaction.load(envelope.request)
            process = self._processes.asked_by(snapshot, envelope.command, envelope.workflow)
            context = self._context(transaction, process, snapshot, envelope)
            verdict = process.can(snapshot, envelope.command, context)
            if verdict:
                # What is permitted may still start a limit that no calendar reaches.
                process.advance(snapshot, envelope.command, context)
            return verdict

    @serves("IN-13")
    def tick(
        self,
        at: datetime,
        *,
        each: Callable[[Receipt], None] | None = None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> Ticked:
        """Make every move of the clock that is due by an instant, for every request, one request a transaction (IN-13).

        Any number may tick beside each other: what one has taken, the others pass over.

        Args:
            at: The instant, aware.
            each: Told what was done to each request, the longest due first.
            stopping: Asked before each request whether to stop there.

        Returns:
            How many moves were made, and the requests that stand as they stood because a move cannot be made.
        """
        at = as_instant(at)
        stuck: dict[str, EapWorkflowError] = {}
        moves = 0
        while not stopping() and self._is_any_due(at, stuck):
            known = len(stuck)
            receipt = self._grounds.complete(self._tick_next, at, stuck)
            if receipt is not None:
                moves += len(receipt.steps)
                if each is not None:
                    each(receipt)
            elif len(stuck) == known:
                # What is due is held by somebody else, who makes its moves.
                break
        return Ticked(moves=moves, stuck=stuck)

    def _is_any_due(self, at: datetime, stuck: Mapping[str, EapWorkflowError]) -> bool:
        # Looking takes no lock, so a clock that has nothing to do holds nobody up.
        with self._store.reading() as transaction:
            return any(request not in stuck for request in transaction.due(at, 1 + len(stuck)))

    def snapshots(self, wanted: Wanted = EVERY, *, at: datetime | None = None) -> Iterator[Snapshot]:
        """The requests that are wanted, every one by default, as they stand or stood, without holding them all.

        Args:
            wanted: Which: of a workflow, in a state, of a turn, of an employer, of an Assist Case, or due by a day.
            at: An instant in the past, aware: the requests as they stood then, and those alone that were wanted then. It
                reads every request of the workflow, since no index knows the past.

        Yields:
            In the order of their ids; those that are due by a day, in the order of their due dates, but for the past.

        Raises:
            InvalidValue: There is no workflow, state or role of a name that is wanted.
        """
        check_wanted(self._processes, wanted)
        return self._snapshots(wanted) if at is None else self._snapshots_then(wanted, at)

    def _snapshots_then(self, wanted: Wanted, at: datetime) -> Iterator[Snapshot]:
        for snapshot in self._snapshots(Wanted(workflow=wanted.workflow)):
            then = self.as_of(snapshot, at)
            if then is not None and is_wanted(self._processes, then, wanted):
                yield then

    def _snapshots(self, wanted: Wanted) -> Iterator[Snapshot]:
        return every(self._store, lambda transaction, after, most: transaction.requests(after, most, wanted), None)

    def page(self, wanted: Wanted = EVERY, *, after: Snapshot | None = None, most: int = 50) -> tuple[Snapshot, ...]:
        """A page of the requests that are wanted, for a list that a person turns over.

        Args:
            wanted: As `snapshots` takes it.
            after: The last request of the page before; None for the first page.
            most: How many at most.

        Raises:
            InvalidValue: As `snapshots`; or there is no such page.
        """
        check_wanted(self._processes, wanted)
        if not isinstance(after, Snapshot | None):
            raise InvalidType("after", "the last request of the page before is needed, as page gives it")
        _check_most(most)
        with self._store.reading() as transaction:
            return transaction.requests(after, most, wanted)

    @serves("IN-04")
    def overdue(self, at: datetime) -> Iterator[Snapshot]:
        """The requests with a limit that has passed by an instant, the longest passed first (IN-04)."""
        at = as_instant(at)
        return every(self._store, lambda transaction, after, most: transaction.overdue(at, after, most), None)

    def remove(self, request: str, *, at: datetime, by: Actor, ended_before: datetime) -> Removal:
        """Remove a request whole, past its retention date: its steps, its messages and its command ids.

        What stays is the recorded act, with the digest that the request's chain led to. The id is not used again.

        Args:
            request: Which request.
            at: When it is removed, aware.
            by: Who removes it: the case team or the system.
            ended_before: The retention date: requests that ended before this instant are no longer kept.

        Raises:
            Unknown: There is no such request.
            InvalidValue: It has not ended, or not before that instant; a message of it still waits; or the actor may not.
        """
        at, ended_before = as_instant(at), as_instant(ended_before, "ended_before")
        if not isinstance(by, Actor):
            raise InvalidType("by", "an Actor is needed")
        if by.role not in REMOVERS:
            raise InvalidValue("by", "the case team or the system removes a request")
        with self._store.transaction() as transaction:
            snapshot = self._found(transaction.load(request))
            if not self._of(snapshot).workflow.state(snapshot.state).final or snapshot.clock:
                raise InvalidValue(
                    "request", "a request is needed that has ended, with nothing left for the clock to do"
                )
            if not snapshot.at < ended_before <= at:
                raise InvalidValue(
                    "ended_before", "a retention date is needed that lies after the request's end, and has come"
                )
            if transaction.messages(None, 1, "waiting", request):
                raise InvalidValue("request", "a message of it still waits to be delivered")
            removal = transaction.remove(request, at, f"{by.role}:{by.id}")
        if removal is None:
            raise Unknown("request", NO_SUCH_REQUEST)
        return removal

    def feed(self, after: str = "", *, most: int = PAGE) -> tuple[tuple[str, Step], ...]:
        """All steps of all requests since a position, for a report or an export of the caller's own.

        No step is ever skipped: on PostgreSQL, where a transaction that ends late may have begun early, steps are given once
        every transaction that began before theirs has ended.

        Args:
            after: The position of the last step that was read; empty for the beginning.
            most: How many at most.

        Returns:
            Each step with its position; none once there is nothing more to read for now.

        Raises:
            InvalidValue: It is no position that the feed of this store has given.
        """
        if not isinstance(after, str):
            raise InvalidType("position", "a position is needed as the feed gives it, which is text")
        _check_most(most)
        with self._store.reading() as transaction:
            return transaction.feed(after, most)

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
        self._of(snapshot)
        if snapshot.at <= at:
            return snapshot
        return self._processes.replay(step for step in self.trail(snapshot.request) if step.at <= at)

    @serves("IN-13")
    def owed(self, snapshot: Snapshot, at: datetime) -> tuple[tuple[Step, ...], Snapshot]:
        """The clock's moves that nobody has come by to make: their steps, and the request as they leave it (IN-13).

        They are made by the next worker, or before the next command, exactly so. Nothing is kept here. Where the clock cannot
        make them, because a policy or a calendar is not at hand, there are none and the request is as it stands.

        Args:
            snapshot: The request as it stands.
            at: The instant, aware.
        """
        at, process = as_instant(at), self._of(snapshot)
        if not snapshot.clock or snapshot.clock[0].due_at > at:
            return (), snapshot
        try:
            policy = self.policy_of(snapshot)
            offices = {} if policy is None else self.offices_of(policy)
            context = Context(request=snapshot.request, at=at, by=SYSTEM, policy=policy, offices=offices)
            return process.tick(snapshot, context)
        except STANDS_IN_THE_WAY:
            return (), snapshot

    def trail(self, request: str) -> tuple[Step, ...]:
        """All steps of a request, in order.

        Raises:
            Unknown: There is no such request.
        """
        with self._store.reading() as transaction:
            self._found(transaction.load(request))
            return transaction.trail(request)

    @serves("XS-11")
    def status(self, snapshot: Snapshot, at: datetime) -> Status:
        """How a request stands at an instant (XS-11).

        Raises:
            CoverageError: A calendar does not cover the day of the instant.
        """
        return status(self._of(snapshot), snapshot, self._counting(snapshot), at)

    def deadlines(self, snapshot: Snapshot, at: datetime) -> tuple[DeadlineStatus, ...]:
        """How each running limit of a request stands at an instant.

        Raises:
            CoverageError: A calendar does not cover the day of the instant.
        """
        return deadlines(self._of(snapshot), snapshot, self._counting(snapshot), at)

    @serves("IN-12")
    def explain(self, snapshot: Snapshot, deadline: Deadline) -> tuple[DayAccount, ...]:
        """Account for a due date day by day, from day 0 to the last, on the calendars that it was counted on (IN-12).

        Args:
            snapshot: The request that the limit belongs to.
            deadline: The limit.

        Raises:
            CoverageError: The calendar does not cover it.
        """
        return explain(deadline, self.counted_on(deadline) or self._counting(snapshot, deadline))

    @serves("IN-12")
    def restate(self, snapshot: Snapshot, deadline: Deadline) -> Restatement:
        """Say what a stated date would be if it were computed now, and because of which days; it moves nothing (IN-12).

        Args:
            snapshot: The request that the limit belongs to.
            deadline: The limit.

        Raises:
            Unknown: The calendar that it was counted on is not kept.
            CoverageError: A calendar does not cover it.
        """
        self._of(snapshot)
        then = self.counted_on(deadline)
        if not then:
            raise Unknown("calendar", "the calendar that this limit was counted on is not kept here")
        return restate(deadline, then, self._counting(snapshot, deadline))

    def counted_on(self, deadline: Deadline) -> Mapping[str, Office]:
        """The offices as they were when a limit was counted, by party; none where a calendar of them is not kept (IN-12).

        Args:
            deadline: The limit.
        """
        if not isinstance(deadline, Deadline):
            raise InvalidType(
                "deadline", "a limit that runs is needed; snapshot.deadline(limit) is None where it does not"
            )
        offices: dict[str, Office] = {}
        with self._store.reading() as transaction:
            for part in deadline.due.parts:
                calendar = transaction.calendar(part.basis.calendar)
                if calendar is None:
                    return {}
                offices[part.basis.party] = Office(basis=part.basis, calendar=calendar)
        return offices

    def policy_of(self, snapshot: Snapshot) -> Policy | None:
        """The policy that a request keeps, or the one in force at its last step; None while it names no contract."""
        index = self._of(snapshot).index(snapshot)
        with self._store.reading() as transaction:
            return self._grounds.policy(transaction, index, None, snapshot.at)

    def _counting(self, snapshot: Snapshot, *limits: Deadline) -> Mapping[str, Office]:
        if not (snapshot.deadlines or limits):
            return {}
        policy = self.policy_of(snapshot)
        return {} if policy is None else self.offices_of(policy)

    def offices_of(self, policy: Policy) -> Mapping[str, Office]:
        """Where the limits of a policy are counted, by party."""
        if not isinstance(policy, Policy):
            raise InvalidType("policy", "a Policy is needed; policy_of(snapshot) is None where no contract is named")
        return self._grounds.offices_of(policy)

    def _tick_next(self, at: datetime, stuck: dict[str, EapWorkflowError]) -> Receipt | None:
        request = ""
        try:
            with self._store.transaction() as transaction:
                taken = transaction.take_due(at, frozenset(stuck))
                if taken is None:
                    return None
                request = taken
                snapshot = self._found(transaction.load(request))
                context = self._clock(transaction, snapshot, at)
                steps, after = self._of(snapshot).tick(snapshot, context)
                if not steps:
                    raise DefinitionError("a request is due, and the clock has no move to make")
                self._keep(transaction, snapshot, steps, after, context)
                return Receipt(snapshot=after, steps=steps)
        except STANDS_IN_THE_WAY as problem:
            stuck[request] = problem
            return None

    def _takes_its_policy(self, before: Snapshot | None, after: Snapshot) -> bool:
        """Whether the request was submitted just now; what it keeps from then on comes from the store (IN-11)."""
        had = before is not None and self._processes.index(before).policy is not None
        return not had and self._processes.index(after).policy is not None

    def _first_result(self, transaction: Transaction, seen: Seen, envelope: Envelope) -> Receipt:
        if seen.digest != envelope.digest:
            raise CommandIdReused
        trail = transaction.trail(seen.request, 1, seen.last)
        snapshot = self._found(self._processes.replay(trail))
        return Receipt(snapshot=snapshot, steps=trail[seen.first - 1 :], repeated=True)

    def _context(
        self, transaction: Transaction, process: Process, snapshot: Snapshot | None, envelope: Envelope
    ) -> Context:
        policy = self._grounds.policy(transaction, self._index(snapshot), envelope.command, envelope.at)
        # An envelope has checked the same.
        return made(
            Context,
            request=envelope.request,
            at=envelope.at,
            by=envelope.by,
            policy=policy,
            offices={} if policy is None else self._grounds.offices_at_hand(policy),
            case=self._case_totals(transaction, process, snapshot, envelope),
        )

    def _case_totals(
        self, transaction: Transaction, process: Process, snapshot: Snapshot | None, envelope: Envelope
    ) -> CaseTotals:
        if snapshot is None or envelope.command.trigger not in process.counts_case:
            return NO_OTHERS
        assist_case = process.index(snapshot).assist_case
        if assist_case is None:
            return NO_OTHERS
        # Whoever counts the case waits for who counts it already, so that two requests cannot both pass under the threshold.
        transaction.hold_case(assist_case)
        pending = approved_in_advance = 0
        for other in transaction.in_case(assist_case, snapshot.request):
            index = self._processes.index(self._as_the_clock_leaves(transaction, other, envelope.at))
            pending += index.pending
            approved_in_advance += index.approved_in_advance
        return CaseTotals(pending=pending, approved_in_advance=approved_in_advance)

    def _as_the_clock_leaves(self, transaction: Transaction, snapshot: Snapshot, at: datetime) -> Snapshot:
        """What the clock owes a request counts as done, whether or not a worker has come by (IN-13)."""
        try:
            return self._of(snapshot).tick(snapshot, self._clock(transaction, snapshot, at))[1]
        except STANDS_IN_THE_WAY:
            # One request whose clock is stuck holds up no other; it counts as it stands.
            return snapshot

    def _clock(self, transaction: Transaction, snapshot: Snapshot, at: datetime) -> Context:
        """The context in which the clock makes its moves on a request."""
        policy = self._grounds.policy(transaction, self._index(snapshot), None, at)
        offices = {} if policy is None else self._grounds.offices_at_hand(policy)
        return Context(request=snapshot.request, at=at, by=SYSTEM, policy=policy, offices=offices)

    def _of(self, snapshot: Snapshot) -> Process:
        if not isinstance(snapshot, Snapshot):
            raise InvalidType("snapshot", "a request as it stands is needed, as snapshot(request) gives it")
        return self._processes.named(snapshot.workflow)

    def _index(self, snapshot: Snapshot | None) -> Index | None:
        return None if snapshot is None else self._processes.index(snapshot)

    @staticmethod
    def _found(snapshot: Snapshot | None) -> Snapshot:
        if snapshot is None:
            raise Unknown("request", NO_SUCH_REQUEST)
        return snapshot


def _check_most(most: int) -> None:
    if type(most) is not int or most < 1:
        raise InvalidValue("most", "a whole number from 1 on is needed")


def _check_envelope(envelope: Envelope) -> None:
    if not isinstance(envelope, Envelope):
        raise InvalidType("envelope", "a command in its Envelope is needed, as read_envelope gives it")
