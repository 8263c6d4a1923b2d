"""A table at work: the `Workflow`, which checks its rows when it is built, looks one up, and answers with a verdict.

A table is data and stands in `states`; what its rows are made of stands in `table`, and can be had from here as well.
There is one row for each (state, trigger), so that a guard permits or refuses and never chooses between rows. The same rows make
a ``transitions.Machine`` for whoever binds a workflow to models of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from attrs import field, frozen

from eap_workflow.errors import DefinitionError
from eap_workflow.plain.frozen_map import FrozenMap
from eap_workflow.table import (
    About,
    Extend,
    Fulfil,
    Guard,
    Lift,
    Limit,
    Move,
    PutOff,
    Restart,
    Start,
    State,
    Stop,
    When,
)
from eap_workflow.values import Role, as_words, changed
from eap_workflow.verdict import Reason, Verdict, field_of

if TYPE_CHECKING:
    from eap_workflow.binding import WorkflowMachine
    from eap_workflow.process import Process

__all__ = [
    "About",
    "Extend",
    "Fulfil",
    "Guard",
    "Lift",
    "Limit",
    "Move",
    "Predicate",
    "PutOff",
    "Restart",
    "Row",
    "Stage",
    "Start",
    "State",
    "Stop",
    "Sum",
    "Verdict",
    "When",
    "Workflow",
    "rules_of",
]

Predicate = Callable[[Any, Any, Any], bool]
"""A bound guard: ``(snapshot, command, context) -> bool``, pure; a true answer permits.

The command is None when a guard that is not about the command is asked which triggers are permitted at all.
"""


@frozen(eq=False)
class Sum:
    """A sum of limits that starts, or is extended, with one of its stages.

    Attributes:
        limit: The sum.
        later: The stages after that one; those before it are over.
    """

    limit: Limit
    later: tuple[Limit, ...]


@frozen(eq=False)
class Stage:
    """A limit that a row starts, or extends, and the sums that it is a stage of.

    Attributes:
        limit: The limit.
        sums: The sums that the same row starts, or extends, with it.
    """

    limit: Limit
    sums: tuple[Sum, ...]


def _stages(limits: Mapping[str, Limit], names: tuple[str, ...]) -> tuple[Stage, ...]:
    def sums_of(stage: str) -> tuple[Sum, ...]:
        chained = [limits[name] for name in names if stage in limits[name].chain]
        return tuple(
            Sum(limit, tuple(limits[name] for name in limit.chain[limit.chain.index(stage) + 1 :])) for limit in chained
        )

    return tuple(Stage(limits[name], sums_of(name)) for name in names if not limits[name].chain)


@frozen(eq=False, repr=False)
class Row:
    """A move, compiled: what the lookup finds, with its guards and limits found and its permitting verdict made."""

    move: Move
    who: tuple[Role, ...]
    guards: tuple[Guard, ...]
    predicates: tuple[Predicate, ...]
    permitted: Verdict
    target: str
    starts: tuple[Stage, ...]
    stops: frozenset[str]
    extends: tuple[Stage, ...]

    @property
    def checks(self) -> Iterable[tuple[Guard, Predicate]]:
        """The guards, each with its predicate."""
        return zip(self.guards, self.predicates, strict=True)

    def guards_hold(self, snapshot: Any, command: Any, context: Any) -> bool:
        """Tell whether every guard holds, whoever acts and whenever."""
        for holds in self.predicates:  # noqa: SIM110 - a generator would cost more than most guards
            if not holds(snapshot, command, context):
                return False
        return True


OUT_OF_ORDER = Reason(
    code="out_of_order",
    sentence="A command is dated no earlier than the request's last step.",
    rules=("IN-13",),
    fields=("at",),
)


def _role_reason(move: Move) -> Reason:
    roles = ", ".join(role.value for role in move.who)
    return Reason(code="role", sentence=f"This move is made by: {roles}.", rules=move.rules, fields=("by",))


def _guard_reason(guard: Guard, holds: Predicate, snapshot: Any, command: Any, context: Any) -> Reason:
    # A predicate may carry functions that say more than the table: which `fields` stand in the way, a contract's `lists`, and
    # the `bounds` of numbers.
    pointed, listing = getattr(holds, "fields", None), getattr(holds, "lists", None)
    bounding = getattr(holds, "bounds", None)
    fields = () if guard.field is None else (guard.field,)
    if pointed is not None:
        fields = pointed(snapshot, command, context) or fields
    lists = {} if listing is None or context.policy is None else listing(context.policy)
    choices = FrozenMap({name: lists[name] for name in map(field_of, fields) if name in lists})
    bounds = {} if bounding is None else bounding(snapshot, command, context)
    at_most = FrozenMap({name: bounds[name] for name in fields if name in bounds})
    return Reason(
        code=guard.name, sentence=guard.sentence, rules=guard.rules, fields=fields, choices=choices, at_most=at_most
    )


def _unmet(row: Row, snapshot: Any, command: Any, context: Any) -> list[Reason]:
    reasons = []
    if context.by.role not in row.who:
        reasons.append(_role_reason(row.move))
    if snapshot is not None and context.at < snapshot.at:
        reasons.append(OUT_OF_ORDER)
    for guard, holds in row.checks:
        if not holds(snapshot, command, context):
            reasons.append(_guard_reason(guard, holds, snapshot, command, context))
    return reasons


@frozen(eq=False, slots=False)
class Workflow:
    """A table: its states, guards, limits and moves, checked when it is built.

    Attributes:
        name: Its name in steps, on the command line and in diagrams.
        title: Its name as people write it.
        start: The name of the place before the first state, which a request leaves when it is opened.
        states: The states.
        guards: The guards, each used by a row at least.
        limits: The limits, each run by a state at least.
        moves: The rows.
        predicates: The guards' predicates by name, once they are bound; None before.
        process: The process that decides for it; None for a table by itself.

    Raises:
        DefinitionError: The table is not sound; the message lists everything that is wrong with it.
    """

    name: str = field(kw_only=True)
    title: str = field(kw_only=True)
    start: str = field(kw_only=True)
    states: tuple[State, ...] = field(kw_only=True)
    guards: tuple[Guard, ...] = field(kw_only=True)
    limits: tuple[Limit, ...] = field(kw_only=True)
    moves: tuple[Move, ...] = field(kw_only=True)
    predicates: Mapping[str, Predicate] | None = field(default=None, kw_only=True)
    process: Process | None = field(default=None, kw_only=True, repr=False)
    _by_name: Mapping[str, State] = field(init=False, repr=False)
    _limits_by_name: Mapping[str, Limit] = field(init=False, repr=False)

    def __attrs_post_init__(self) -> None:
        from eap_workflow.table_checks import problems

        found = problems(self)
        if found:
            raise DefinitionError(f"the table {self.name} is not sound: {'; '.join(found)}")
        if self.predicates is not None:
            self._check_bound(self.predicates)
        object.__setattr__(self, "_by_name", MappingProxyType({state.name: state for state in self.states}))
        object.__setattr__(self, "_limits_by_name", MappingProxyType({limit.name: limit for limit in self.limits}))

    def _check_bound(self, bound: Mapping[str, Predicate]) -> None:
        guards = {guard.name for guard in self.guards}
        missing, unused = sorted(guards - bound.keys()), sorted(bound.keys() - guards)
        if missing or unused:
            raise DefinitionError(
                f"the guards of {self.name} are not bound one to one: without a predicate: "
                f"{', '.join(missing) or 'none'}; without a row: {', '.join(unused) or 'none'}"
            )

    @cached_property
    def _rows(self) -> Mapping[tuple[str, str], Row]:
        # Compiled when a row is first looked up: most of the tables that are imported are not.
        guards, bound, limits = {guard.name: guard for guard in self.guards}, self.predicates, self._limits_by_name
        return {
            (move.source, move.trigger): Row(
                move,
                move.who,
                tuple(guards[name] for name in move.guards),
                tuple(_unbound if bound is None else bound[name] for name in move.guards),
                Verdict(trigger=move.trigger, state=move.source, move=move),
                move.target,
                _stages(limits, (*move.starts, *move.restarts)),
                frozenset(move.stops),
                _stages(limits, move.extends),
            )
            for move in self.moves
        }

    @property
    def triggers(self) -> tuple[str, ...]:
        """The triggers, each once, in the order of the table."""
        return tuple(dict.fromkeys(move.trigger for move in self.moves))

    @cached_property
    def fingerprint(self) -> str:
        """What identifies the table: a digest of its states, guards, limits and rows, in hexadecimal.

        Two tables with the same fingerprint permit the same moves. The predicates are not part of it.
        """
        from eap_workflow.plain.digest import digest

        parts = (self.name, self.start, self.states, self.guards, self.limits, self.moves)
        return digest(repr(parts).encode())[:32]

    def state(self, name: str) -> State:
        """Find a state by its name.

        Raises:
            DefinitionError: The table has no such state.
        """
        try:
            return self._by_name[name]
        except KeyError:
            raise DefinitionError(f"{self.name} has no state of this name") from None

    def limit(self, name: str) -> Limit:
        """Find a limit by its name.

        Raises:
            DefinitionError: The table has no such limit.
        """
        try:
            return self._limits_by_name[name]
        except KeyError:
            raise DefinitionError(f"{self.name} has no limit of this name") from None

    @property
    def rows(self) -> tuple[tuple[Move, Row], ...]:
        """The moves with what they are compiled to, in the order of the table."""
        return tuple((row.move, row) for row in self._rows.values())

    def row(self, state: str, trigger: str) -> Row | None:
        """Look a row up; None where the state has no such move."""
        return self._rows.get((state, trigger))

    def move(self, source: str, trigger: str, target: str) -> Move | None:
        """The row that a step took, by the table of today; None where it has no such row, or none that leads there."""
        row = self.row(source, trigger)
        return None if row is None or row.target != target else row.move

    def moves_from(self, state: str) -> tuple[Move, ...]:
        """Every row that leaves a state, or stays in it, in the order of the table."""
        return tuple(move for move in self.moves if move.source == state)

    def bind(self, predicates: Mapping[str, Predicate]) -> Workflow:
        """Give every guard its predicate.

        Args:
            predicates: By guard name.

        Raises:
            DefinitionError: A guard has no predicate, or a predicate no guard.
        """
        self._check_bound(predicates)
        # The rows were checked when this table was built.
        bound = changed(self, predicates=MappingProxyType(dict(predicates)), process=None)
        bound.__dict__.pop("_rows", None)
        return bound

    def verdict(self, snapshot: Any, command: Any, context: Any) -> Verdict:
        """Answer whether a command is permitted now: the one answer that asking and acting share.

        Args:
            snapshot: The request as it stands, with ``state`` and ``at``; None before it is opened.
            command: What is asked for, with ``trigger``.
            context: When and by whom, with ``at`` and ``by``, and whatever the guards need.

        Returns:
            The row that permits it, or every unmet guard and role.
        """
        permitting = self.permitting(snapshot, command, context)
        if permitting is not None:
            return permitting.permitted
        state, trigger = self.start if snapshot is None else snapshot.state, command.trigger
        row = self._rows.get((state, trigger))
        reasons = [self._not_in_state(state, trigger)] if row is None else _unmet(row, snapshot, command, context)
        return Verdict(
            trigger=trigger,
            state=state,
            reasons=tuple(reasons),
            triggers=self.permitted_triggers(snapshot, context),
        )

    def permitting(self, snapshot: Any, command: Any, context: Any) -> Row | None:
        """Find the row that permits a command, for whoever does not ask why not and what instead; None as `verdict`."""
        row = self._rows.get((self.start if snapshot is None else snapshot.state, command.trigger))
        # The same questions as in _unmet, for the many commands that are permitted: no reason is made.
        if row is None or context.by.role not in row.who or (snapshot is not None and context.at < snapshot.at):
            return None
        return row if row.guards_hold(snapshot, command, context) else None

    def permitted_triggers(self, snapshot: Any, context: Any) -> tuple[str, ...]:
        """The triggers that this actor may use now, as far as that can be told before their fields are known."""
        if snapshot is not None and context.at < snapshot.at:
            return ()
        state = self.start if snapshot is None else snapshot.state
        return tuple(
            row.move.trigger
            for (source, _), row in self._rows.items()
            if source == state
            and (row.move.when is When.ASKED or context.by.role is not Role.SYSTEM)
            and context.by.role in row.who
            and all(holds(snapshot, None, context) for guard, holds in row.checks if guard.about is not About.COMMAND)
        )

    def _not_in_state(self, state: str, trigger: str) -> Reason:
        if state == self.start:
            openers = " or ".join(move.trigger for move in self.moves_from(state))
            return Reason(code="not_opened", sentence=f"The request has not been opened; {openers} opens it.")
        names = (self.start, *(each.name for each in self.states))
        sources = [as_words(name) for name in names if (name, trigger) in self._rows]
        where = " or ".join(sources) or "no state"
        sentence = f"This move is made from: {where}. The request is in: {state.replace('_', ' ')}."
        return Reason(code="not_in_state", sentence=sentence)

    def machine(self, model: object = None, **options: Any) -> WorkflowMachine:
        """Make a ``transitions.Machine`` over the same rows.

        Args:
            model: What to bind: an object of any class that takes new attributes, or several; without one the machine
                is its own model.
            **options: What `eap_workflow.binding.WorkflowMachine` takes besides.

        Raises:
            DefinitionError: The model cannot be bound.
        """
        from eap_workflow.binding import WorkflowMachine

        return WorkflowMachine(self, model, **options)


def _unbound(_snapshot: Any, _command: Any, _context: Any) -> bool:
    raise DefinitionError("this table's guards are not bound: use the workflow's own module")


def rules_of(workflow: Workflow) -> Iterable[str]:
    """Every rule id that a table cites, in the order of the table, each once."""
    cited = (rule for part in (workflow.limits, workflow.guards, workflow.moves) for row in part for rule in row.rules)
    return dict.fromkeys(cited)
