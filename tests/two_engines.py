"""Two engines, one table: the core's lookup and ``transitions`` do the same, whatever they are asked.

For any workflow. `machine_of` makes a Hypothesis state machine from a `Subject`: it drives the core and a bound model
with the same sequences of triggers, legal and illegal, with time in between. `product` lists every case in which a
table alone decides, so that the two can be compared once and for all, and so that a changed table can be caught.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from itertools import chain, combinations
from typing import Any, Protocol

from attrs import define, field, frozen
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from eap_workflow.errors import Refused
from eap_workflow.machine import Row, Workflow
from eap_workflow.process import Context, Process
from eap_workflow.records import (
    snapshot_from_text,
    snapshot_from_wire,
    snapshot_text,
    snapshot_to_wire,
    step_from_text,
    step_from_wire,
    step_text,
    step_to_wire,
)
from eap_workflow.steps import Snapshot, Step
from eap_workflow.table import When
from eap_workflow.values import Role
from eap_workflow.verdict import Verdict

AT = datetime.fromisoformat("2026-10-28T09:30:00+11:00")


class Asked(Protocol):
    """A command, when and by whom."""

    @property
    def command(self) -> Any:
        """What is asked for."""

    @property
    def context(self) -> Context:
        """When, by whom and under which policy."""


class Subject(Protocol):
    """A workflow, and what may happen to a request of it."""

    process: Process
    sporadic: frozenset[str]
    """The limits that run in some requests of a state and not in others: where a row starts them, until one stops them."""

    def limits_set(self, world: Any, body: Any, /) -> Collection[str]:
        """The limits that the contract sets for a request: read off its policy, and not asked of the process."""

    def worlds(self) -> st.SearchStrategy[tuple[Any, datetime]]:
        """Whatever a request's whole history shares, its policy for one, and the instant at which it begins."""

    def attempts(self, world: Any, snapshot: Snapshot | None, at: datetime) -> st.SearchStrategy[Asked]:
        """What may be asked for next, fitting or not."""

    def waits(self) -> st.SearchStrategy[timedelta]:
        """How long until the next thing happens."""

    def clock(self, world: Any, at: datetime) -> Context:
        """The context of the clock's own moves."""

    def way_out(self, world: Any, snapshot: Snapshot, at: datetime) -> Asked:
        """A command that is permitted to somebody as the request stands, and leads nearer to a final state."""

    def check(self, world: Any, snapshot: Snapshot) -> None:
        """Assert what holds of a request of this workflow wherever it stands."""

    @property
    def tours(self) -> Mapping[str, Callable[[Process], Sequence[Step]]]:
        """Ways through the table, by name, each led with the process that is given; together they take every row."""


def refusal_of(call: Callable[[], object]) -> Verdict | None:
    """The verdict of the refusal that a call ends in; None where it is permitted."""
    try:
        call()
    except Refused as refusal:
        return refusal.verdict
    return None


class Model:
    """A model of somebody else's."""

    state: str
    snapshot: Snapshot | None


@define
class Engines:
    """One request twice: in the core, and as a model that is bound to a ``transitions`` machine.

    The model may be left behind when time passes; the command that comes next has to bring it to the same place.
    """

    process: Process
    core: Snapshot | None = None
    trail: list[Step] = field(factory=list)
    model: Any = field(factory=Model)
    handed: list[Step] = field(factory=list)
    machine: Any = None

    def __attrs_post_init__(self) -> None:
        self.machine = self.process.machine(self.model, on_steps=self._receive)

    def _receive(self, model: Any, steps: tuple[Step, ...]) -> None:
        assert model is self.model
        self.handed.extend(steps)

    def ask(self, command: Any, context: Context) -> Verdict | tuple[Step, ...]:
        """Ask both; they have to give the same verdict, the same steps and the same snapshot."""
        asked = self.process.can(self.core, command, context)
        may = getattr(self.model, f"may_{command.trigger}")(command, context)
        behind = len(self.trail) - len(self.handed)
        before, kept = self.core, (self.model.state, self._of_model(), len(self.handed))
        refused = refusal_of(lambda: self.process.decide(before, command, context))
        if refused is not None:
            assert refused == asked
            assert not may
            assert refusal_of(lambda: getattr(self.model, command.trigger)(command, context)) == asked
            assert (self.model.state, self._of_model(), len(self.handed)) == kept
            return asked
        steps, self.core = self.process.advance(before, command, context)
        self.trail.extend(steps)
        assert asked.permitted
        assert may is True
        made = getattr(self.model, command.trigger)(command, context)
        assert made == tuple(self.trail[len(self.trail) - len(steps) - behind :])
        assert self.process.decide(before, command, context) == steps
        self.check_equal()
        return steps

    def wait(self, context: Context, *, both: bool) -> None:
        """Let time pass for the core, and for the model too or not."""
        if self.core is not None:
            steps, self.core = self.process.tick(self.core, context)
            self.trail.extend(steps)
        if both:
            self.machine.tick(self.model, context)
            self.check_equal()

    def _of_model(self) -> Snapshot | None:
        snapshot: Snapshot | None = getattr(self.model, "snapshot", None)
        return snapshot

    def check_equal(self) -> None:
        """Both are in the same place, and came there by the same steps."""
        assert self._of_model() == self.core
        assert self.handed == self.trail
        assert self.model.state == (self.process.workflow.start if self.core is None else self.core.state)


def check_trail(subject: Subject, world: Any, trail: Sequence[Step], snapshot: Snapshot | None) -> None:
    """What holds of every trail: it is in order, it replays, it can be written down, and its limits are the table's."""
    process = subject.process
    workflow = process.workflow
    seen: set[tuple[str, str]] = set()
    before: Snapshot | None = None
    for number, step in enumerate(trail, 1):
        row = workflow.row(step.source, step.trigger)
        assert row is not None
        assert (step.version, step.target, step.table) == (number, row.target, workflow.fingerprint)
        assert step.by.role in row.who
        assert before is None or (step.at >= before.at and step.source == before.state)
        if before is not None and step.by.role is Role.SYSTEM and row.move.when is When.WHEN_DUE:
            due = next(move for move in before.clock if move.trigger == step.trigger)
            assert step.at == max(due.due_at, before.at)
            assert (due.limit, due.trigger) not in seen, "a move of the clock was made twice for one limit"
            seen.add((due.limit, due.trigger))
        begun = {*row.move.starts, *row.move.restarts}
        # What starts anew has the clock's moves again; an extension keeps what was made.
        seen = {(limit, trigger) for limit, trigger in seen if limit not in begun}
        after = process.evolve(before, step)
        assert step_from_wire(process, json.loads(json.dumps(step_to_wire(step)))) == step
        assert step_from_text(process, step_text(step)) == step
        _check_limits(subject, world, row, before, after)
        before = after
    assert before == snapshot == process.replay(trail)
    if snapshot is not None:
        assert snapshot.version == len(trail)
        assert snapshot_from_wire(process, json.loads(json.dumps(snapshot_to_wire(snapshot)))) == snapshot
        assert snapshot_from_text(process, snapshot_text(snapshot)) == snapshot


def _check_limits(subject: Subject, world: Any, row: Row, before: Snapshot | None, after: Snapshot) -> None:
    """Exactly the limits run that the state has and the contract sets, less what a row has stopped there for good."""
    workflow = subject.process.workflow
    state, move = workflow.state(after.state), row.move
    running = [deadline.limit for deadline in after.deadlines]
    was = set() if before is None else {deadline.limit for deadline in before.deadlines}
    source = () if before is None else workflow.state(before.state).limits
    by_contract = subject.limits_set(world, after.body)
    begun = {*move.starts, *move.restarts}

    def expected(name: str) -> bool:
        if name in begun or (name not in source and name not in subject.sporadic):
            return not workflow.limit(name).optional or name in by_contract
        return name in was and name not in move.stops

    assert sorted(running) == sorted(name for name in state.limits if expected(name))
    assert {each.limit for each in after.clock} <= set(running)
    assert list(after.clock) == sorted(after.clock, key=lambda each: each.due_at)
    if state.final:
        assert after.deadlines == () or any(each.stops for each in workflow.moves_from(state.name))


MOST_STEPS_OUT = 40


def check_way_out(subject: Subject, world: Any, snapshot: Snapshot | None, at: datetime) -> None:
    """Wherever a request stands it can still be brought to an end, and no binding limit is left running there for good."""
    workflow = subject.process.workflow
    for _ in range(MOST_STEPS_OUT):
        if snapshot is None or workflow.state(snapshot.state).final:
            break
        way = subject.way_out(world, snapshot, max(at, snapshot.at))
        snapshot = subject.process.advance(snapshot, way.command, way.context)[1]
    if snapshot is not None:
        state = workflow.state(snapshot.state)
        assert state.final
        assert {deadline.limit for deadline in snapshot.deadlines} <= set(state.limits)


def machine_of(subject: Subject) -> type[RuleBasedStateMachine]:
    """Make the state machine that drives both engines with a subject's requests."""

    class BothEngines(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.engines = Engines(subject.process)
            self.world: Any = None
            self.at = AT

        @initialize(data=st.data())
        def open(self, data: st.DataObject) -> None:
            self.world, self.at = data.draw(subject.worlds(), "world")

        @rule(data=st.data())
        def ask(self, data: st.DataObject) -> None:
            attempt = data.draw(subject.attempts(self.world, self.engines.core, self.at), "attempt")
            if attempt.context.at < self.at:
                # What is dated back is compared only when both know the time: a model that was left behind is younger.
                self.engines.wait(subject.clock(self.world, self.at), both=True)
            self.engines.ask(attempt.command, attempt.context)

        @rule(wait=subject.waits(), both=st.booleans())
        def wait(self, wait: timedelta, both: bool) -> None:  # noqa: FBT001 (Hypothesis passes it by name)
            self.at += wait
            self.engines.wait(subject.clock(self.world, self.at), both=both)

        @invariant()
        def is_sound(self) -> None:
            check_trail(subject, self.world, self.engines.trail, self.engines.core)
            if self.engines.core is not None:
                subject.check(self.world, self.engines.core)

        def teardown(self) -> None:
            if self.world is None:
                return
            self.engines.wait(subject.clock(self.world, self.at), both=True)
            check_way_out(subject, self.world, self.engines.core, self.at)

    words = subject.process.workflow.name.title().replace("_", "")
    BothEngines.__qualname__ = BothEngines.__name__ = f"BothEnginesOf{words}"
    return BothEngines


# --- every case in which a table alone decides ------------------------------------------------------------------------


@frozen(kw_only=True)
class Case:
    """A trigger in a state, by a role, with a set of guards that fail; all others hold."""

    state: str
    trigger: str
    role: Role
    failing: frozenset[str]


@frozen
class Somebody:
    """An actor who is nothing but a role."""

    role: Role


@frozen
class Letters:
    """A command and a context in one, in which a guard reads its own answer."""

    trigger: str
    by: Somebody
    failing: frozenset[str]
    at: datetime


@frozen
class Placed:
    """A snapshot that is nothing but a state."""

    state: str
    at: datetime


def letters(workflow: Workflow) -> Mapping[str, Any]:
    """A predicate for every guard, which reads its answer in the context."""

    def reads(name: str, _snapshot: Any, _command: Any, context: Letters) -> bool:
        return name not in context.failing

    return {guard.name: partial(reads, guard.name) for guard in workflow.guards}


def product(workflow: Workflow) -> Iterator[Case]:
    """Every state, trigger and role, with every subset of the row's guards, and with every other guard alone.

    What tells two neighbouring tables apart comes first: one guard alone fails, or none.
    """
    everyone = tuple(Role)
    names = tuple(guard.name for guard in workflow.guards)
    for move in workflow.moves:
        for name in names:
            yield Case(state=move.source, trigger=move.trigger, role=move.who[0], failing=frozenset({name}))
    for state in (workflow.start, *(state.name for state in workflow.states)):
        for trigger in workflow.triggers:
            for role in everyone:
                yield Case(state=state, trigger=trigger, role=role, failing=frozenset())
    for move in workflow.moves:
        subsets = chain.from_iterable(combinations(move.guards, size) for size in range(1, len(move.guards) + 1))
        for failing in map(frozenset, subsets):
            for role in everyone:
                yield Case(state=move.source, trigger=move.trigger, role=role, failing=failing)


Outcome = str | frozenset[str]
"""The state that is entered, or the codes of what stands in the way."""


def asked(case: Case) -> Letters:
    """A case as a command and a context."""
    return Letters(case.trigger, Somebody(case.role), case.failing, AT)


def by_core(workflow: Workflow, case: Case) -> Outcome:
    """What the core's lookup says; the workflow's guards are `letters`."""
    snapshot = None if case.state == workflow.start else Placed(case.state, AT)
    letter = asked(case)
    verdict = workflow.verdict(snapshot, letter, letter)
    return frozenset(verdict.codes) if verdict.move is None else verdict.move.target


def by_transitions(model: Any, case: Case) -> Outcome:
    """What ``transitions`` does with a bound model in that state; the guards are `letters`."""
    model.state = case.state
    letter = asked(case)
    refused = refusal_of(lambda: getattr(model, case.trigger)(letter, letter))
    if refused is None:
        return str(model.state)
    assert model.state == case.state
    return frozenset(refused.codes)


def by_reading(workflow: Workflow, case: Case) -> Outcome:
    """What a person reads in the rows."""
    for move in workflow.moves:
        if (move.source, move.trigger) == (case.state, case.trigger):
            unmet = case.failing & set(move.guards)
            missing = set() if case.role in move.who else {"role"}
            return frozenset(unmet | missing) or move.target
    return frozenset({"not_opened" if case.state == workflow.start else "not_in_state"})
