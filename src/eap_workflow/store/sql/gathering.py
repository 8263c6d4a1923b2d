"""Many commands in one transaction: what they write is gathered, and written in a few statements at the end.

A command of a batch sees what those before it have left, and one that fails takes back what it had gathered. Whatever else
is asked of the transaction is asked once everything that was gathered has been written.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, NoReturn, cast

from attrs import define, field

from eap_workflow.errors import Conflict, InvalidType, StoreError
from eap_workflow.records import step_text
from eap_workflow.store import NOTHING_EXPECTED
from eap_workflow.store.chain import chained
from eap_workflow.store.sql.failures import ours
from eap_workflow.store.sql.transaction.outbox import MESSAGE, message_row
from eap_workflow.store.sql.transaction.references import COMMAND, command_row
from eap_workflow.store.sql.transaction.requests import STEP
from eap_workflow.upcasters import STEP_FORMAT

if TYPE_CHECKING:
    from datetime import datetime

    from eap_workflow.calendar import BusinessCalendar
    from eap_workflow.messages import Message
    from eap_workflow.policy import Policy, PolicyRef
    from eap_workflow.process_set import Processes
    from eap_workflow.steps import Snapshot, Step
    from eap_workflow.store import Expected, Removal, Seen, Transaction
    from eap_workflow.store.sql.dialects import Dialect
    from eap_workflow.store.sql.transaction import SqlTransaction


SPOILT = "the batch cannot be kept: something in it failed that cannot be taken back by itself"


@define
class Standing:
    """A request as the batch leaves it.

    Attributes:
        snapshot: The request.
        head: The digest of its last step.
        kept: The version that is in the database; 0 where the request is not.
    """

    snapshot: Snapshot
    head: str
    kept: int


@define
class Gathered:
    """What has not been written yet, in the order in which it was gathered."""

    steps: list[tuple[object, ...]] = field(factory=list)
    messages: list[tuple[object, ...]] = field(factory=list)
    seen: dict[str, Seen] = field(factory=dict)
    moved: dict[str, None] = field(factory=dict)


@define
class Mark:
    """How much was gathered before a command began.

    Attributes:
        steps: How many steps.
        messages: How many messages.
        seen: How many command ids.
        moved: How many requests.
    """

    steps: int = 0
    messages: int = 0
    seen: int = 0
    moved: int = 0

    @classmethod
    def of(cls, gathered: Gathered) -> Mark:
        """Mark what there is."""
        return cls(len(gathered.steps), len(gathered.messages), len(gathered.seen), len(gathered.moved))

    def restore(self, gathered: Gathered) -> None:
        """Take back what came since."""
        del gathered.steps[self.steps :], gathered.messages[self.messages :]
        # A dictionary keeps the order in which its keys came, so what came last is what came since.
        while len(gathered.seen) > self.seen:
            gathered.seen.popitem()
        while len(gathered.moved) > self.moved:
            gathered.moved.popitem()


class Gathering:
    """What `eap_workflow.store.Transaction` asks for, for all commands of a batch.

    Args:
        processes: The workflows whose requests are kept.
        inner: The transaction that it is written into.
        dialect: What is the database's own.
    """

    def __init__(self, processes: Processes, inner: SqlTransaction, dialect: Dialect) -> None:
        self._processes = processes
        self._dialect = dialect
        self._inner = inner
        self._sql = inner.statements
        self._standing: dict[str, Standing] = {}
        self._gathered = Gathered()
        self._of_case: dict[str, dict[str, None]] = {}
        # What the command under way has changed, and how much there was before it.
        self._before: dict[str, Standing | None] = {}
        self._mark = Mark()
        self._is_spoilt = False

    def __getattr__(self, name: str) -> Any:
        # What is not answered here is asked of the database, which has to know everything by then.
        self.write()
        return getattr(self._inner, name)

    # --- one command after the other ---

    @contextmanager
    def command(self) -> Iterator[Transaction]:
        """Begin a command: if its block raises, what it gathered is taken back."""
        if self._is_spoilt:
            raise StoreError(SPOILT)
        self._before, self._mark = {}, Mark.of(self._gathered)
        try:
            with ours(self._dialect):
                yield cast("Transaction", self)
        except BaseException as error:
            # What the database itself failed at may have undone all that came before.
            self._is_spoilt = self._is_spoilt or isinstance(error, StoreError)
            if self._is_spoilt:
                raise StoreError(SPOILT) from None
            self._mark.restore(self._gathered)
            for request, standing in self._before.items():
                if standing is None:
                    # It is noted a moment before it stands, and a signal may come in between.
                    self._standing.pop(request, None)
                else:
                    self._standing[request] = standing
            raise
        finally:
            self._before = {}

    @contextmanager
    def asked(self) -> Iterator[Transaction]:
        """Ask something beside the commands."""
        with ours(self._dialect):
            yield cast("Transaction", self)

    def load(self, request: str, command_id: str | None = None) -> Snapshot | None:
        """The request as the batch leaves it so far."""
        standing = self._standing.get(request)
        return self._inner.load(request, command_id) if standing is None else standing.snapshot

    def append(self, steps: tuple[Step, ...], snapshot: Snapshot, messages: tuple[Message, ...] = ()) -> None:
        """Gather steps, with the snapshot that they lead to and the messages that they cause."""
        if not steps:
            return
        request, first = snapshot.request, steps[0].version
        standing = self._standing.get(request)
        if standing is None:
            head, kept = self._inner.head_before(request, first), first - 1
        else:
            if standing.snapshot.version != first - 1:
                raise Conflict(request, expected=first - 1, found=standing.snapshot.version)
            head, kept = standing.head, standing.kept
        contents = (step_text(step) for step in steps)
        stored = list(chained(request, head, first, STEP_FORMAT, contents))
        self._gathered.steps += stored
        self._gathered.messages += [message_row(message) for message in messages]
        self._gathered.moved[request] = None
        self._before.setdefault(request, standing)
        # One that is taken back stays noted, and is looked at again before it counts.
        assist_case = self._processes.index(snapshot).assist_case
        if assist_case is not None:
            self._of_case.setdefault(assist_case, {})[request] = None
        self._standing[request] = Standing(snapshot=snapshot, head=stored[-1].digest, kept=kept)

    def hold_case(self, assist_case: str) -> None:
        """Hold an Assist Case until the batch ends."""
        self._inner.hold_case(assist_case)

    def in_case(self, assist_case: str, besides: str) -> tuple[Snapshot, ...]:
        """The other requests of an Assist Case that add to its totals, as the batch leaves them so far."""
        moved = self._gathered.moved
        kept = self._inner.in_case(assist_case, besides)
        found = {each.request: each for each in kept if each.request not in moved}
        for request in self._of_case.get(assist_case, ()):
            if request not in moved:
                continue
            snapshot = self._standing[request].snapshot
            index = self._processes.index(snapshot)
            if request != besides and index.assist_case == assist_case and (index.pending or index.approved_in_advance):
                found[request] = snapshot
        return tuple(found[request] for request in sorted(found))

    def seen(self, command_id: str) -> Seen | None:
        """What is known of a command by its id."""
        return self._gathered.seen.get(command_id) or self._inner.seen(command_id)

    def remember(self, command_id: str, seen: Seen) -> None:
        """Gather what a command did, under its id."""
        if command_id in self._gathered.seen:
            raise Conflict
        self._gathered.seen[command_id] = seen

    def policy(self, ref: PolicyRef) -> Policy | None:
        """A policy that a request was submitted under."""
        return self._inner.policy(ref)

    def keep_policy(self, policy: Policy) -> None:
        """Keep a policy by its version, once."""
        self._inner.keep_policy(policy)

    def calendar(self, fingerprint: str) -> BusinessCalendar | None:
        """A calendar that a limit was counted on."""
        return self._inner.calendar(fingerprint)

    def keep_calendar(self, calendar: BusinessCalendar) -> None:
        """Keep a calendar by its fingerprint, once."""
        self._inner.keep_calendar(calendar)

    def remove(self, request: str, at: datetime, by: str) -> Removal | None:
        """Remove a request whole; what was expected of it is no longer so."""
        self.write()
        self._inner.forget()
        return self._inner.remove(request, at, by)

    # --- all at once ---

    def write(self) -> None:
        """Write everything that was gathered."""
        if self._is_spoilt:
            raise StoreError(SPOILT)
        gathered = self._gathered
        if not (gathered.moved or gathered.seen):
            return
        moves = [self._standing[request] for request in gathered.moved]
        self._inner.write_requests([(each.snapshot, each.head, each.kept) for each in moves])
        if gathered.steps:
            self._sql.insert(STEP, gathered.steps)
        if gathered.messages:
            self._sql.insert(MESSAGE, gathered.messages)
        if gathered.seen:
            self._sql.insert(COMMAND, [command_row(key, seen) for key, seen in gathered.seen.items()])
        self._inner.forget()
        # The requests may be changed from here on by other ways than this one.
        self._standing.clear()
        self._of_case.clear()
        self._gathered, self._mark = Gathered(), Mark()
        # A command that has gathered something can no longer be taken back by itself.
        self._is_spoilt = self._is_spoilt or bool(self._before)


class StoreOfBatch:
    """The store inside a batch: each transaction of it leaves all of its traces or none, and the batch is one commit.

    Args:
        processes: The workflows whose requests are kept.
        gathering: The batch.
    """

    def __init__(self, processes: Processes, gathering: Gathering) -> None:
        self._processes = processes
        self._gathering = gathering

    @property
    def processes(self) -> Processes:
        """The workflows whose requests it keeps."""
        return self._processes

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Begin a part of the batch that is taken back by itself if its block raises."""
        return self._gathering.command()

    def reading(self) -> AbstractContextManager[Transaction]:
        """Read what the batch has done so far; where that fails, the batch cannot be kept."""
        return self._gathering.asked()

    @contextmanager
    def batch(self, expected: Expected = NOTHING_EXPECTED) -> Iterator[StoreOfBatch]:  # noqa: ARG002
        """The store is within a batch already."""
        yield self

    def within(self, connection: Any) -> NoReturn:  # noqa: ARG002 - the interface's
        """A batch is a transaction of its own.

        Raises:
            InvalidType: Always.
        """
        raise InvalidType("connection", "a batch takes part in nobody's transaction")
