"""The pure core that every workflow shares: ask, decide, evolve.

    command ──▶ decide ──▶ steps ──▶ evolve ──▶ snapshot

A `Process` joins a bound table with the two things that only its own workflow knows: what is computed when a row is
taken, and how a step changes the workflow's part of the snapshot. It reads no clock and does no I/O: time, actor,
policy and calendars come in with the `Context`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from operator import attrgetter
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Generic

from attrs import field, frozen

from eap_workflow import deadlines
from eap_workflow.citing import serves
from eap_workflow.errors import DefinitionError, InvalidType, Refused
from eap_workflow.machine import When
from eap_workflow.steps import Body, Command, Snapshot, Step
from eap_workflow.values import SYSTEM, Actor, Discreet, Reference, Value, actor, as_instant, changed, made, reference

if TYPE_CHECKING:
    from eap_workflow.adoption.claims import Claim
    from eap_workflow.binding import Receiver, WorkflowMachine
    from eap_workflow.deadlines import ClockMove, Deadline, Office
    from eap_workflow.machine import Row, Workflow
    from eap_workflow.policy import Policy, PolicyRef
    from eap_workflow.terms import Terms
    from eap_workflow.terms.figures import Figures
    from eap_workflow.verdict import Verdict


@frozen(kw_only=True, eq=False, repr=False)
class CaseTotals(Value):
    """What other requests of the same Assist Case add up to, read in the transaction that decides (XS-04).

    Attributes:
        pending: Sessions of other submitted, undecided requests (IN-06).
        approved_in_advance: Sessions that were approved without asking the employer.
    """

    pending: int = 0
    approved_in_advance: int = 0


NO_OTHERS = CaseTotals()
NO_COMMAND = "an instance of a command's class is needed, such as Approve()"


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Context(Discreet):
    """Everything that a decision depends on besides the request and the command.

    Attributes:
        request: Which request it is about.
        at: The instant at which the command takes effect, aware; it is held in UTC.
        by: Who acts.
        policy: The contract's policy: the request's own once it is submitted, the one in force before (IN-11). None is
            enough only for a draft that names no contract yet.
        offices: The parties' calendars and zones, by party (``provider``, ``employer``).
        case: What the other requests of the same Assist Case add up to.
    """

    request: Reference = reference()
    at: datetime = field(converter=as_instant)
    by: Actor = actor()
    policy: Policy | None = None
    offices: Mapping[str, Office] = MappingProxyType({})
    case: CaseTotals = NO_OTHERS


@frozen(kw_only=True, eq=False, repr=False)
class ByClock(Value):
    """The command of a move that the system makes by itself.

    Attributes:
        trigger: The row's trigger.
        limit: The limit that it is about; None for a move that is made at once.
    """

    trigger: str
    limit: str | None = None


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Index(Discreet):
    """What a store and a service have to know of a request, whatever its workflow.

    Attributes:
        contract: The contract that it falls under; None while a draft leaves it open.
        policy: The policy that it keeps, once it is submitted (IN-11).
        assist_case: What it shares with other requests: the Assist Case (XS-04), or the absence of a therapist that cancelled
            several sessions (TC-04).
        employer: The client's organisation.
        pending: Its sessions, while it is submitted and undecided (IN-06).
        approved_in_advance: Its sessions, where they were approved without asking the employer.
    """

    contract: str | None = None
    policy: PolicyRef | None = None
    assist_case: str | None = None
    employer: str | None = None
    pending: int = 0
    approved_in_advance: int = 0


@frozen(kw_only=True, eq=False, repr=False)
class Listing(Discreet):
    """What a list says of a request besides its state, its turn and its limit.

    Attributes:
        figures: Numbers and choices, by name, in the order in which they are shown; the same names for every request of a
            workflow.
        ended_at: When it ended, in UTC; None while it has not.
        how: What is worth saying of how it ended, in words.
    """

    figures: Mapping[str, int | str | None]
    ended_at: datetime | None = None
    how: tuple[str, ...] = ()


ADOPT = "adopt"
"""The trigger of the first step of a request that came from another system; it is no row of a table."""


@frozen(kw_only=True, eq=False)
class Adopting:
    """How a workflow takes over requests from another system.

    Attributes:
        command: The type of the command: it states how the request stands, with its ``state``.
        states: The states in which a request may be taken over.
        claims: What has to hold together in what is stated, each with the rules that ask for it.
        limits: Checks that it does, or refuses it, and gives the limits that run:
            ``(command, context) -> deadlines``.
        keeps: The policy that a request keeps to its end, as it is stated; None where it keeps none yet (IN-11).
        contract: Of a request that keeps none yet, the contract whose policy of the day applies; None where it names none.
        stated: Writes a request as it stands so that another store can take it over: ``(snapshot, policy) -> command``.
    """

    command: type[Any]
    states: tuple[str, ...]
    claims: tuple[Claim, ...]
    limits: Callable[[Any, Context], tuple[Deadline, ...]]
    keeps: Callable[[Any], PolicyRef | None]
    contract: Callable[[Any], Reference | None] = lambda _command: None
    stated: Callable[[Snapshot, Policy | None], Any]


Computation = Callable[[Snapshot | None, Any, Context], Any]


@frozen(kw_only=True, eq=False)
class Process(Generic[Body]):
    """A workflow that can be asked, decided and replayed; to a type checker, generic over its own part of a snapshot.

    Attributes:
        workflow: The table, with its guards bound.
        fold: How a step changes the workflow's own part of a snapshot: ``(body, step) -> body``.
        facts: What is computed when a row is taken, by trigger: ``(snapshot, command, context) -> facts``; where the row is
            made at once, the context is that of the command before it, as it is for its guards. Under ``adopt``, what is
            computed when a request comes in.
        commands: The type of each trigger's command; a trigger that is not there is the system's own.
        fact_types: The type of each trigger's facts.
        body_type: The type of the workflow's own part of a snapshot.
        index: What a store and a service have to know of a request.
        terms: How long the limits are, by the contract, and where they depend on it by the request or by what is asked for:
            ``(policy, body, command) -> terms``. The same answer is the same object, so that limits are counted once a day;
            without a request, what the contract says of every request.
        numbers: What a contract says in numbers of every request, or by its kind, for a drawing: ``(policy) -> figures``.
        listing: What a list says of a request besides its state.
        counts_case: The triggers whose decision depends on the other requests of the Assist Case (XS-04).
        adopting: Gives how requests are taken over from another system, imported when it is first used; None where none are.
    """

    workflow: Workflow
    fold: Callable[[Body | None, Step], Body]
    facts: Mapping[str, Computation]
    commands: Mapping[str, type]
    fact_types: Mapping[str, type]
    body_type: type[Body]
    index: Callable[[Snapshot[Body]], Index]
    terms: Callable[[Policy, Body | None, Any], Terms]
    numbers: Callable[[Policy], Figures]
    listing: Callable[[Snapshot[Body]], Listing]
    counts_case: frozenset[str] = frozenset()
    adopting: Callable[[], Adopting] | None = None
    _at_once: Mapping[str, tuple[tuple[Row, ByClock], ...]] = field(init=False, repr=False)
    _command_types: frozenset[type] = field(init=False, repr=False)
    _table: str = field(init=False, default="", repr=False)
    _name: str = field(init=False, default="", repr=False)

    def __attrs_post_init__(self) -> None:
        # A workflow that a process owns decides whenever it is bound to a model, so that nothing gets around a guard.
        object.__setattr__(self, "workflow", changed(self.workflow, process=self))
        at_once: dict[str, tuple[tuple[Row, ByClock], ...]] = {}
        for move, row in self.workflow.rows:
            if move.when is When.AT_ONCE:
                at_once[move.source] = (*at_once.get(move.source, ()), (row, ByClock(trigger=move.trigger)))
        object.__setattr__(self, "_at_once", at_once)
        object.__setattr__(self, "_name", self.workflow.name)
        object.__setattr__(self, "_command_types", frozenset(self.commands.values()))
        object.__setattr__(self, "index", _remembered(self.index))

    @serves("IN-13")
    def can(self, snapshot: Snapshot[Body] | None, command: Command | ByClock, context: Context) -> Verdict:
        """Ask whether a command would be permitted, at the instant and by the actor of the context.

        Args:
            snapshot: The request as it stands; None before it is opened.
            command: What would be asked for.
            context: When, by whom, and under which policy.

        Returns:
            What `decide` would do: the row, or every unmet guard and role. The moves of the clock that are due before
            that instant are taken into account (IN-13). Limits are counted by `decide` alone, and so is it alone that finds
            a calendar too short.
        """
        self._check_command(command)
        try:
            caught_up = self._caught_up(snapshot, context, [])
        except Refused as refusal:
            return refusal.verdict
        return self.workflow.verdict(caught_up, command, context)

    @serves("IN-13")
    def decide(self, snapshot: Snapshot[Body] | None, command: Command | ByClock, context: Context) -> tuple[Step, ...]:
        """Decide a command: the steps that it makes, in order, or a refusal and no step.

        The moves of the clock that are due come first, then the command's own step, then what follows at once.

        Args:
            snapshot: The request as it stands; None before it is opened.
            command: What is asked for.
            context: When, by whom, and under which policy.

        Raises:
            Refused: The command is not permitted; the verdict is that of `can`.
            CoverageError: A limit would end outside its calendar.
        """
        return self.advance(snapshot, command, context)[0]

    @serves("IN-13")
    def advance(
        self, snapshot: Snapshot[Body] | None, command: Command | ByClock, context: Context
    ) -> tuple[tuple[Step, ...], Snapshot[Body]]:
        """Decide a command, and give the steps together with the snapshot that they lead to.

        Raises:
            Refused: As `decide`.
            CoverageError: As `decide`.
        """
        if type(command) not in self._command_types:
            self._check_command(command)
        steps: list[Step] = []
        caught_up = self._caught_up(snapshot, context, steps)
        current = self._make(caught_up, command, context, steps)
        return tuple(steps), current

    @serves("IN-13")
    def tick(self, snapshot: Snapshot[Body], context: Context) -> tuple[tuple[Step, ...], Snapshot[Body]]:
        """Make the moves of the clock that are due at the context's instant, each once, and nothing else (IN-13).

        Raises:
            Refused: The context's policy is not the request's own (IN-11).
            CoverageError: As `decide`.
        """
        steps: list[Step] = []
        current = self._caught_up(snapshot, context, steps)
        return tuple(steps), snapshot if current is None else current

    def adopt(self, command: Any, context: Context) -> tuple[Step, Snapshot[Body]]:
        """Take over a request from another system in the state in which it is, with the dates that were stated to people.

        It is a step of its own kind, the first of the request, and no row of the table: guards do not apply to what has
        happened elsewhere, and nothing follows at once. What is stated has to hold together instead. What the clock has to
        do about it is made by the next tick, or before the next command (IN-13).

        Args:
            command: How the request stands.
            context: When it is taken over, by whom, and under which policy; its own, where it was submitted (IN-11).

        Raises:
            Refused: What is stated does not hold together; the verdict has every reason.
            CoverageError: A calendar does not reach as far as a limit does.
            DefinitionError: The workflow takes nothing over.
        """
        if self.adopting is None:
            raise DefinitionError(f"{self.workflow.name} takes no requests over")
        adopting = self.adopting()
        if not isinstance(command, adopting.command):
            raise InvalidType("command", f"an instance of {adopting.command.__name__} is needed")
        started = adopting.limits(command, context)
        compute = self.facts.get(ADOPT)
        step = made(
            Step,
            request=context.request,
            workflow=self.workflow.name,
            version=1,
            table=self.workflow.fingerprint,
            trigger=ADOPT,
            source=self.workflow.start,
            target=command.state,
            at=context.at,
            by=context.by,
            limit=None,
            started=started,
            stopped=(),
            command=command,
            facts=None if compute is None else compute(None, command, context),
        )
        return step, self._applied(None, step)

    def body_of(self, snapshot: Snapshot) -> Body:
        """The workflow's own part of a snapshot, by its type: what a snapshot of any workflow, as a store gives it, leaves open.

        Raises:
            DefinitionError: The request is of another workflow.
            InvalidType: It is no snapshot.
        """
        if not isinstance(snapshot, Snapshot):
            raise InvalidType("snapshot", "a request as it stands is needed, as Service.snapshot gives it")
        if snapshot.workflow != self._name:
            raise DefinitionError(f"the request is of another workflow than {self._name}: {snapshot.workflow}")
        body: Body = snapshot.body
        return body

    def command_type(self, trigger: str) -> type | None:
        """The type of a trigger's command; None for a move that the system makes by itself."""
        found = self.commands.get(trigger)
        if found is None and trigger == ADOPT and self.adopting is not None:
            return self.adopting().command
        return found

    def evolve(self, snapshot: Snapshot[Body] | None, step: Step) -> Snapshot[Body]:
        """Apply a step: how the request stands after it. It needs neither policy nor calendar, and decides nothing.

        Args:
            snapshot: The request before it; None before its first step.
            step: The step, as it was decided.

        Raises:
            DefinitionError: The step does not follow on the snapshot.
        """
        version, state = (0, self.workflow.start) if snapshot is None else (snapshot.version, snapshot.state)
        if step.version != version + 1 or step.source != state:
            raise DefinitionError(f"step {step.version} does not follow on version {version} in {state}")
        if snapshot is not None and step.request != snapshot.request:
            raise DefinitionError("the step is of another request than the snapshot")
        return self._applied(snapshot, step)

    def figures(self, policy: Policy) -> Figures:
        """Give what a contract says in numbers: of every request, or, where it depends on their kind, by kind."""
        contract = f"the contract {policy.contract}, version {policy.version}"
        return changed(self.numbers(policy), contract=contract)

    def machine(self, model: object = None, *, on_steps: Receiver | None = None, **options: Any) -> WorkflowMachine:
        """Bind models of another system: their triggers decide, move the model and hand the steps over.

        Args:
            model: What to bind: an object that takes new attributes, or several; None for the machine itself.
            on_steps: Called with the model and the steps, once they all are made; raising undoes them on the model.
            **options: What `eap_workflow.binding.WorkflowMachine` takes besides.

        Raises:
            DefinitionError: The model cannot be bound.
        """
        return self.workflow.machine(model, on_steps=on_steps, **options)

    def replay(self, steps: Iterable[Step]) -> Snapshot[Body] | None:
        """Add up all steps of a request; None for no step."""
        snapshot = None
        for step in steps:
            snapshot = self.evolve(snapshot, step)
        return snapshot

    def _check_command(self, command: Any) -> None:
        # A class has its trigger too, so that a forgotten pair of brackets would pass for a command.
        expected = self.commands.get(getattr(command, "trigger", ""), object)
        if isinstance(command, type) or not hasattr(command, "trigger") or not isinstance(command, (expected, ByClock)):
            raise InvalidType("command", NO_COMMAND)

    def _caught_up(self, snapshot: Snapshot[Body] | None, context: Context, steps: list[Step]) -> Snapshot[Body] | None:
        """Make the moves of the clock that are due."""
        if snapshot is None:
            return None
        if snapshot.request != context.request:
            raise DefinitionError("the context is of another request than the snapshot")
        while snapshot.clock and snapshot.clock[0].due_at <= context.at:
            due = snapshot.clock[0]
            # A move that was scheduled before the last step, and is due after it, keeps the trail in order of time.
            when_due = changed(context, at=max(due.due_at, snapshot.at), by=SYSTEM)
            snapshot = self._make(snapshot, ByClock(trigger=due.trigger, limit=due.limit), when_due, steps)
        return snapshot

    def _make(
        self, snapshot: Snapshot[Body] | None, command: Any, context: Context, steps: list[Step]
    ) -> Snapshot[Body]:
        """Take the row that permits a command, and every row that follows at once."""
        row = self.workflow.permitting(snapshot, command, context)
        if row is None:
            raise Refused(self.workflow.verdict(snapshot, command, context))
        by = context.by
        while True:
            step = self._step(row, snapshot, command, by, context)
            steps.append(step)
            snapshot = self._applied(snapshot, step)
            follow_ups = self._at_once.get(snapshot.state)
            # A step that stays in its state enters none: what did not follow at once does not follow later (IN-13).
            if follow_ups is None or step.source == snapshot.state:
                return snapshot
            for row, command in follow_ups:  # noqa: PLR1704 - the command of the next round
                if row.guards_hold(snapshot, command, context):
                    break
            else:
                if self.workflow.state(snapshot.state).passing:
                    raise DefinitionError(f"no row leads on from {snapshot.state}, in which no request may rest")
                return snapshot
            by = SYSTEM

    def _applied(self, snapshot: Snapshot[Body] | None, step: Step) -> Snapshot[Body]:
        running: tuple[Deadline, ...] = ()
        clock: tuple[ClockMove, ...] = ()
        body = None
        if snapshot is not None:
            running, clock, body = snapshot.deadlines, snapshot.clock, snapshot.body
        if clock and step.by.role is SYSTEM.role:
            clock = _without(clock, step)
        if step.started or step.stopped:
            running, clock = _restated(running, clock, step)
        return made(
            Snapshot,
            request=step.request,
            workflow=self._name,
            state=step.target,
            version=step.version,
            at=step.at,
            deadlines=running,
            clock=clock,
            body=self.fold(body, step),
        )

    def _step(self, row: Row, snapshot: Snapshot[Body] | None, command: Any, by: Actor, context: Context) -> Step:
        started: tuple[Deadline, ...] = ()
        stopped: tuple[str, ...] = ()
        if row.starts:
            terms = self.terms(_policy_of(context), None if snapshot is None else snapshot.body, command)
            started = deadlines.start(row.starts, terms, context.offices, context.at)
        if snapshot is not None:
            if row.stops:
                for line in snapshot.deadlines:
                    if line.limit in row.stops:
                        stopped += (line.limit,)
            if row.extends:
                started += self._extended(row, snapshot, command.working_days, context)
        move = row.move
        compute = self.facts.get(move.trigger)
        if not self._table:
            # Computed at the first step, and not on import: it takes a digest of the whole table.
            object.__setattr__(self, "_table", self.workflow.fingerprint)
        return made(
            Step,
            request=context.request,
            workflow=self._name,
            version=1 if snapshot is None else snapshot.version + 1,
            table=self._table,
            trigger=move.trigger,
            source=move.source,
            target=move.target,
            at=context.at,
            by=by,
            limit=getattr(command, "limit", None) if by is SYSTEM else None,
            started=started,
            stopped=stopped,
            command=command,
            facts=None if compute is None else compute(snapshot, command, context),
        )

    def _extended(
        self, row: Row, snapshot: Snapshot[Body], working_days: int, context: Context
    ) -> tuple[Deadline, ...]:
        terms, offices = self.terms(_policy_of(context), snapshot.body, None), context.offices
        extended: list[Deadline] = []
        for stage in row.extends:
            deadline = snapshot.deadline(stage.limit.name)
            if deadline is None:
                continue
            pending = tuple(move for move in snapshot.clock if move.limit == stage.limit.name)
            deadline = deadlines.extend(deadline, working_days, offices, pending)
            extended.append(deadline)
            for each in stage.sums:
                whole = snapshot.deadline(each.limit.name)
                if whole is not None and not whole.has_passed(context.at):
                    reached = deadlines.chain(deadline.due, each.later, terms, offices)
                    extended.append(deadlines.extend_to(whole, reached, offices))
        return tuple(extended)


def _remembered(index: Callable[[Snapshot[Body]], Index]) -> Callable[[Snapshot[Body]], Index]:
    """Look at a snapshot once: a service and a store both do, before a command and after it."""

    def remembered(snapshot: Snapshot[Body]) -> Index:
        held = snapshot.__dict__
        found: Index | None = held.get("_index")
        if found is None:
            found = held["_index"] = index(snapshot)
        return found

    return remembered


def _policy_of(context: Context) -> Policy:
    if context.policy is None:
        raise DefinitionError("the context has no policy, and a limit is the policy's")
    return context.policy


def _without(clock: tuple[ClockMove, ...], step: Step) -> tuple[ClockMove, ...]:
    for position, move in enumerate(clock):
        if move.trigger == step.trigger and step.limit in (move.limit, None):
            return clock[:position] + clock[position + 1 :]
    return clock


def _restated(
    running: tuple[Deadline, ...], clock: tuple[ClockMove, ...], step: Step
) -> tuple[tuple[Deadline, ...], tuple[ClockMove, ...]]:
    started, stopped = step.started, step.stopped
    lines: tuple[Deadline, ...] = ()
    moves: tuple[ClockMove, ...] = ()
    if len(stopped) < len(running):
        gone = stopped
        for deadline in started:
            gone += (deadline.limit,)
        for line in running:
            if line.limit not in gone:
                lines += (line,)
        for move in clock:
            if move.limit not in gone:
                moves += (move,)
    for deadline in started:
        if deadline.due.schedule or deadline.due.at_start:
            # The sort is stable: what is due at the same instant keeps the order in which it was stated.
            schedule = deadline.schedule
            moves = tuple(sorted((*moves, *schedule), key=attrgetter("due_at"))) if moves else schedule
    return lines + started, moves
