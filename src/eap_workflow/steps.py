"""What happened, and how a request stands after it.

A step is one row of a table taken, with its data. A snapshot is what all steps of a request add up to. Both nest what
does not change: a step holds the command itself, a snapshot holds the workflow's own part whole.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Protocol

from attrs import field, frozen

from eap_workflow.deadlines import ClockMove, Deadline
from eap_workflow.values import Actor, Reference, Value

if TYPE_CHECKING:
    from typing_extensions import TypeVar  # type checkers bring it along; Python's own has a default from 3.13 on

    Body = TypeVar("Body", default=Any)
else:
    from typing import TypeVar

    Body = TypeVar("Body")


class Command(Protocol):
    """What somebody asks for: an instance of a class of a workflow's commands, such as ``Approve()``.

    Attributes:
        trigger: Its name in the table, which its class has.
    """

    trigger: ClassVar[str]


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class StepHeader(Value):
    """What every step has, of whichever workflow.

    Attributes:
        request: Which request.
        workflow: Of which workflow, by the name of its table.
        version: Its number in the request's trail, from 1.
        table: The fingerprint of the table that the row stands in.
        trigger: The row's trigger.
        source: The state that was left.
        target: The state that was entered; the same for what changes no state.
        at: When it took effect, in UTC; for the clock's moves the instant at which they were due.
        by: Who made it.
        limit: The limit that a move of the clock is about; None for every other move.
        started: The limits that it started, or stated a later date for.
        stopped: The limits that it stopped.
    """

    request: Reference
    workflow: str
    version: int
    table: str
    trigger: str
    source: str = field(metadata={"wire": "from"})
    target: str = field(metadata={"wire": "to"})
    at: datetime
    by: Actor
    limit: str | None = None
    started: tuple[Deadline, ...] = ()
    stopped: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"<Step {self.version}: {self.trigger}, {self.source} to {self.target}>"


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Step(StepHeader):
    """One row of a table taken.

    Attributes:
        command: What was asked for, with everything that was filled in.
        facts: What was computed from it, so that a replay computes nothing; None where nothing was.
    """

    command: Any
    facts: Any = None


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class SnapshotHeader(Value):
    """What every snapshot has, of whichever workflow.

    Attributes:
        request: Which request.
        workflow: The name of its table.
        state: The state that it is in.
        version: How many steps it has.
        at: When the last of them took effect, in UTC.
        deadlines: The limits that run.
        clock: What the clock has still to do, by instant.
    """

    request: Reference
    workflow: str
    state: str
    version: int
    at: datetime
    deadlines: tuple[Deadline, ...] = ()
    clock: tuple[ClockMove, ...] = ()

    def __repr__(self) -> str:
        return f"<Snapshot of {self.workflow}: {self.state}, version {self.version}>"

    def deadline(self, limit: str) -> Deadline | None:
        """The deadline of a limit; None where it does not run."""
        for deadline in self.deadlines:
            if deadline.limit == limit:
                return deadline
        return None

    @property
    def next_due_at(self) -> datetime | None:
        """When the clock has something to do next, in UTC; None where it has nothing."""
        return self.clock[0].due_at if self.clock else None


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Snapshot(SnapshotHeader, Generic[Body]):
    """A request as it stands.

    To a type checker it is generic over its body. A bare ``Snapshot`` is one of any workflow, as a store gives it, and has
    ``Any`` for a body; `Process.body_of` gives that by its type.

    Attributes:
        body: The workflow's own part: what was asked, by whom, and what came of it.
    """

    body: Body
