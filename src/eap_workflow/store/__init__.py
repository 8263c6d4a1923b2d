"""What the service needs of a store, and the stores there are.

A store keeps steps, append-only and chained, and with them what is asked often: each request as it stands, when its
clock is due next, which commands have been seen, and which messages have still to go out. Everything that one command
causes is one transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, Protocol

from attrs import frozen

from eap_workflow.citing import serves
from eap_workflow.errors import InvalidType, InvalidValue, PolicyError
from eap_workflow.messages import Message
from eap_workflow.policy import Policy, PolicyRef
from eap_workflow.process_set import Processes
from eap_workflow.steps import Snapshot, Step
from eap_workflow.store.chain import StoredStep
from eap_workflow.values import Role, choice, day, reference

if TYPE_CHECKING:
    from eap_workflow.calendar import BusinessCalendar

ATTEMPTS = 5
"""How often something is decided anew at most, because somebody else was first."""

PostState = Literal["waiting", "sent", "failed"]
"""How far a message has come: it waits for its next attempt, it was sent, or it was given up."""


@frozen(kw_only=True, slots=False)
class Seen:
    """A command that was acted on before.

    Attributes:
        digest: What identified its content.
        request: The request that it was for.
        first: The first version that it made.
        last: The last one.
    """

    digest: str
    request: str
    first: int
    last: int


@frozen(kw_only=True)
class Posted:
    """A message as the outbox has it.

    Attributes:
        message: The message.
        state: How far it has come.
        attempts: How often its delivery was begun.
        next_at: When it is attempted next, in UTC, or its present attempt counts as lost; None once it is sent or given up.
        problem: Why the last attempt failed, in words without any personal value; None where none did.
    """

    message: Message
    state: PostState
    attempts: int
    next_at: datetime | None
    problem: str | None = None


@frozen(kw_only=True)
class Wanted:
    """Which requests a page is to hold; what is None is left open.

    Attributes:
        workflow: The workflow that they are of.
        state: The state that they are in; several workflows may have one of this name.
        turn: Whose turn it is, by role.
        employer: The client's organisation.
        assist_case: The Assist Case, or what else requests of the workflow share: a therapist's absence, for one.
        due_by: Those whose stage has a limit that is due by this day; they come in the order of that day.
    """

    workflow: str | None = choice(default=None)
    state: str | None = choice(default=None)
    turn: str | None = choice(default=None)
    employer: str | None = reference(default=None)
    assist_case: str | None = reference(default=None)
    due_by: date | None = day(default=None)


EVERY = Wanted()


@frozen(kw_only=True, slots=False)
class Expected:
    """What a batch will be about, as far as is known.

    Attributes:
        requests: Which requests it will load.
        command_ids: Which command ids it will ask for.
        counted: The requests of it whose Assist Case will be counted, each with the case that it will belong to; None where
            it belongs to the one that is kept of it.
    """

    requests: tuple[str, ...] = ()
    command_ids: tuple[str, ...] = ()
    counted: Mapping[str, str | None] = MappingProxyType({})


NOTHING_EXPECTED = Expected()


@frozen(kw_only=True)
class Removal:
    """The recorded act by which a request was removed whole.

    Attributes:
        number: Its place among all removals, from 1.
        request: Which request.
        workflow: Of which workflow.
        steps: How many steps it had.
        head: The digest of the last of them, which its whole chain leads to.
        at: When it was removed, in UTC.
        by: Who removed it.
        before: The digest of the removal before it; empty for the first.
        digest: Its own.
    """

    number: int
    request: str
    workflow: str
    steps: int
    head: str
    at: datetime
    by: str
    before: str
    digest: str


@frozen(kw_only=True)
class Chain:
    """A request's chain, as it is stored.

    Attributes:
        request: Which request.
        head: The digest that the request's own row states; None where there is no row.
        steps: Its steps as they are stored, by version.
    """

    request: str
    head: str | None
    steps: tuple[StoredStep, ...]


class Transaction(Protocol):
    """Everything that one command reads and writes: committed whole when its block ends, or not at all."""

    # --- a request ---

    def load(self, request: str, command_id: str | None = None) -> Snapshot | None:
        """The request as it stands; None for one that was never opened. A transaction that may write holds it.

        Args:
            request: Which request.
            command_id: The id of a command that `seen` will be asked for next, so that a store may read both at once; what
                it answers then is read once the request is held.
        """
        ...

    def append(self, steps: tuple[Step, ...], snapshot: Snapshot, messages: tuple[Message, ...] = ()) -> None:
        """Add steps to a request's trail, with the snapshot that they lead to and the messages that they cause.

        A conflict is raised here, or by whatever sends what is to be written: the end of the transaction at the latest.

        Raises:
            Conflict: The request is not at the version that the first step follows on.
            InvalidValue: A request of this id was removed: an id is not used again.
        """
        ...

    def trail(self, request: str, first: int = 1, last: int | None = None) -> tuple[Step, ...]:
        """The steps of a request, in order, or those of some versions."""
        ...

    @serves("XS-04")
    def hold_case(self, assist_case: str) -> None:
        """Hold an Assist Case until the transaction ends; whoever holds it already is waited for (XS-04).

        It is held when the next question of the transaction is answered, if not before.
        """
        ...

    @serves("XS-04", "IN-06")
    def in_case(self, assist_case: str, besides: str) -> tuple[Snapshot, ...]:
        """The other requests of an Assist Case that add to its totals, as far as is recorded (XS-04, IN-06)."""
        ...

    # --- what a command and a step refer to ---

    def seen(self, command_id: str) -> Seen | None:
        """What is known of a command by its id; None for one that was not acted on."""
        ...

    def remember(self, command_id: str, seen: Seen) -> None:
        """Keep what a command did, under its id; a conflict is raised when `append` raises it.

        Raises:
            Conflict: Another has just used the id.
        """
        ...

    @serves("IN-11")
    def policy(self, ref: PolicyRef) -> Policy | None:
        """A policy that a request was submitted under; None for one that none was (IN-11)."""
        ...

    def keep_policy(self, policy: Policy) -> None:
        """Keep a policy by its version, once.

        Raises:
            PolicyError: This version was kept before, with other content.
        """
        ...

    @serves("IN-12")
    def calendar(self, fingerprint: str) -> BusinessCalendar | None:
        """A calendar that a limit was counted on; None for one that none was (IN-12)."""
        ...

    def keep_calendar(self, calendar: BusinessCalendar) -> None:
        """Keep a calendar by its fingerprint, once."""
        ...

    # --- many requests ---

    def due(self, at: datetime, most: int) -> tuple[str, ...]:
        """The requests whose clock has something to do by an instant, the longest due first."""
        ...

    def take_due(self, at: datetime, besides: frozenset[str]) -> str | None:
        """Hold the longest due request that nobody else holds, and name it; None where there is none."""
        ...

    def overdue(self, at: datetime, after: Snapshot | None, most: int) -> tuple[Snapshot, ...]:
        """Requests with a binding limit that has passed by an instant, the longest passed first; a page after one."""
        ...

    def requests(self, after: Snapshot | None, most: int, wanted: Wanted = EVERY) -> tuple[Snapshot, ...]:
        """Requests in the order of their ids, or of their due date where one is wanted; a page after one."""
        ...

    def latest_at(self) -> datetime | None:
        """The instant of the last step of all; None for an empty store."""
        ...

    # --- the outbox ---

    def is_message_due(self, at: datetime) -> bool:
        """Whether a message waits for an attempt by an instant, taken by somebody or not."""
        ...

    def take_message(self, at: datetime, until: datetime, by: str) -> Posted | None:
        """Take the message that waits longest for its next attempt: nobody else is given it before ``until``."""
        ...

    def settle(self, message_id: str, by: str, state: PostState, next_at: datetime | None, problem: str | None) -> bool:
        """Say what came of an attempt; false where another worker has taken the message over meanwhile."""
        ...

    def messages(
        self, after: Posted | None, most: int, state: PostState | None = None, request: str | None = None
    ) -> tuple[Posted, ...]:
        """The outbox, in the order in which messages were caused; a page after one."""
        ...

    def send_again(self, message_id: str, at: datetime) -> bool:
        """Let a message that was sent or given up wait for another attempt; false where there is none of this id."""
        ...

    # --- the record ---

    def feed(self, after: str, most: int) -> tuple[tuple[str, Step], ...]:
        """All steps of all requests since a position, each with its own; the first position is empty.

        A step that is given is followed by none with an earlier position, however late its transaction ended. The steps
        of one request come in their order, but where a transaction of a caller's had begun to write before it came to the
        request: whoever adds steps up goes by their versions.
        """
        ...

    def checkpoint(self, name: str) -> str:
        """The position that a reader of the feed has reached; empty for one that is new."""
        ...

    def keep_checkpoint(self, name: str, position: str) -> None:
        """Keep the position that a reader of the feed has reached; names that begin with ``eap_workflow`` are not to be had."""
        ...

    def recorded(self, after: str, most: int) -> tuple[str, ...]:
        """The ids of everything that has steps or a row, in order; a page after one."""
        ...

    def stored(self, request: str) -> tuple[StoredStep, ...]:
        """The steps of a request as they are stored."""
        ...

    def chains(self, after: str, most: int) -> tuple[Chain, ...]:
        """What `recorded`, `stored` and `head` say, of many at once: by request; a page after one."""
        ...

    def heads(self, after: str, most: int) -> tuple[tuple[str, int, str], ...]:
        """Each request, how many steps its own row says that it has, and the head that it states; a page after one."""
        ...

    def standing_otherwise(self, snapshots: Mapping[str, Snapshot]) -> frozenset[str]:
        """Which requests are not kept as these snapshots have them, in their own or in what is kept for quick answers.

        Args:
            snapshots: How each request should stand, by its id; so many at most as a page has.
        """
        ...

    def head(self, request: str) -> str | None:
        """The digest that the request's own row states as that of its last step; None where there is no row."""
        ...

    def remove(self, request: str, at: datetime, by: str) -> Removal | None:
        """Remove a request whole, with its messages and command ids, and record the act; None where there is none."""
        ...

    def removals(self, after: int, most: int) -> tuple[Removal, ...]:
        """The removals, in order; a page after one."""
        ...

    def removal_of(self, request: str) -> Removal | None:
        """The removal of a request; None where none is recorded."""
        ...


class Store(Protocol):
    """Where requests are kept.

    Attributes:
        processes: The workflows whose requests it keeps.
    """

    @property
    def processes(self) -> Processes:
        """The workflows whose requests it keeps."""
        ...

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Begin a transaction that may write; it waits for one that is under way, and sees nothing of it halfway."""
        ...

    def reading(self) -> AbstractContextManager[Transaction]:
        """Begin a transaction that only reads; it waits for nobody."""
        ...

    def batch(self, expected: Expected = NOTHING_EXPECTED) -> AbstractContextManager[Store]:
        """Begin one transaction for many: each that is begun in it leaves all of its traces or none, and the end commits all.

        Args:
            expected: What it will be about, so that a store may read it all at once. What else is in the Assist Cases that
                will be counted counts as it stands by then.
        """
        ...

    def within(self, connection: Any) -> Store:
        """This store inside a transaction of the caller's: nothing is committed but by the caller.

        Raises:
            InvalidType: This store has no use for such a thing.
        """
        ...


def chain_of(transaction: Transaction, request: str) -> Chain:
    """Read the chain of one request; without a head and without steps where there is no such request."""
    return Chain(request=request, head=transaction.head(request), steps=transaction.stored(request))


def binding_passes_at(processes: Processes, snapshot: Snapshot) -> datetime | None:
    """The first instant at which a limit of the request passes that binds somebody; None where none runs."""
    if not snapshot.deadlines:
        return None
    limit = processes.named(snapshot.workflow).workflow.limit
    return min([each.due.passes_at for each in snapshot.deadlines if not limit(each.limit).chain], default=None)


def stage_due_on(processes: Processes, snapshot: Snapshot) -> date | None:
    """The last day of the stage that a request is in; None where no limit of its own runs, as in a final state."""
    workflow = processes.named(snapshot.workflow).workflow
    if not snapshot.deadlines or workflow.state(snapshot.state).final:
        return None
    return min([each.due.due_on for each in snapshot.deadlines if not workflow.limit(each.limit).chain], default=None)


def is_wanted(processes: Processes, snapshot: Snapshot, wanted: Wanted) -> bool:
    """Whether a request is one of those that are wanted, as it stands in this snapshot."""
    index = processes.index(snapshot)
    turn = processes.named(snapshot.workflow).workflow.state(snapshot.state).turn
    due_on = stage_due_on(processes, snapshot)
    return (
        wanted.workflow in (None, snapshot.workflow)
        and wanted.state in (None, snapshot.state)
        and wanted.turn in (None, turn)
        and wanted.employer in (None, index.employer)
        and wanted.assist_case in (None, index.assist_case)
        and (wanted.due_by is None or (due_on is not None and due_on <= wanted.due_by))
    )


def check_wanted(processes: Processes, wanted: Wanted) -> None:
    """Refuse what nothing can be: an empty list for a slip of the pen would look like good news.

    Raises:
        InvalidType: It is no `Wanted`.
        InvalidValue: There is no workflow, state or role of this name among those that are kept.
    """
    if not isinstance(wanted, Wanted):
        raise InvalidType("wanted", "what is wanted is needed, such as Wanted(state='draft')")
    known = {
        "workflow": processes.names,
        "state": tuple(
            state.name
            for process in processes
            if wanted.workflow in (None, process.workflow.name)
            for state in process.workflow.states
        ),
        "turn": tuple(role.value for role in Role),
    }
    for name, names in known.items():
        if getattr(wanted, name) not in (None, *names):
            raise InvalidValue(name, f"one of these is needed: {', '.join(dict.fromkeys(names))}")


def check_name(name: str) -> None:
    """Refuse the name of a checkpoint that is kept for the store's own.

    Raises:
        InvalidValue: It begins with ``eap_workflow``.
    """
    if name.startswith("eap_workflow"):
        raise InvalidValue("name", "a name is needed that does not begin with eap_workflow")


def refuse_another(kept: Policy, given: Policy) -> None:
    """Refuse a policy that has the version of one that is kept, and other content.

    Raises:
        PolicyError: The two differ.
    """
    if kept is not given and kept != given:
        raise PolicyError("version", f"{given.ref} was kept with other content: a change needs a version of its own")
