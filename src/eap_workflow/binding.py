"""A workflow as a ``transitions.Machine``, for models that are there already.

The engine is `transitions`: its states, its callbacks, its ``may_`` functions. What a bound trigger permits is ours:
each row carries its role and its guards as conditions, and a trigger that is not permitted raises `Refused` with the
verdict that `can` gives, instead of returning False. Bound to a `Process`, a trigger decides first, then moves the
model through every step that the decision made, then hands the steps over; if a callback raises on the way, the model
is put back and nothing was handed over.

What `transitions` 0.9.3 does otherwise, and does not do here: it adds a trigger to every state for every state,
compares a condition with ``== True``, logs and drops an exception in ``finalize_event``, puts a model that is bound
again back to the initial state, takes two models that are equal for one, and compares a new model with all others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import transitions

from eap_workflow.errors import DefinitionError, Refused
from eap_workflow.values import EARLIEST
from eap_workflow.verdict import Reason, Verdict

if TYPE_CHECKING:
    from eap_workflow.machine import Predicate, Row, Workflow
    from eap_workflow.process import Context, Process
    from eap_workflow.steps import Command, Step

NOTHING_ASKED = Reason(
    code="no_command",
    sentence="A bound trigger takes the command and the context: what, when, by whom and under which policy.",
    rules=("IN-07", "IN-11"),
    fields=("command", "context"),
)

Receiver = Callable[[Any, "tuple[Step, ...]"], None]


class _Models:
    """The models of a machine, told apart by identity, so that equal ones stay two and adding one costs the same."""

    def __init__(self) -> None:
        self._models: dict[int, Any] = {}

    def append(self, model: Any) -> None:
        self._models[id(model)] = model

    def remove(self, model: Any) -> None:
        if self._models.pop(id(model), None) is None:
            raise DefinitionError("this model is not bound to this machine")

    def __contains__(self, model: object) -> bool:
        return id(model) in self._models

    def __iter__(self) -> Iterator[Any]:
        return iter(list(self._models.values()))

    def __len__(self) -> int:
        return len(self._models)


class _Condition(transitions.core.Condition):
    """A condition that any true answer meets."""

    def check(self, event_data: Any) -> bool:
        holds = cast("Callable[[Any], object]", self.func)
        return bool(holds(event_data)) is self.target


class _Transition(transitions.Transition):
    condition_cls = _Condition


class _Trigger(transitions.Event):
    """What a model's trigger calls."""

    machine: WorkflowMachine

    def trigger(self, model: Any, /, command: Any = None, context: Any = None) -> Any:
        """Ask, decide and move the model, all or nothing.

        Returns:
            The steps, in order; without a process, True.

        Raises:
            Refused: Not permitted, or without a command and a context.
        """
        machine = self.machine
        steps = machine._act(model, self.name, command, context)  # noqa: SLF001 - its own
        return True if machine.process is None else steps

    def fire(self, model: Any, command: Any, context: Any, step: Step | None) -> bool:
        """Let `transitions` make one move, with its callbacks."""
        return bool(super().trigger(model, command=command, context=context, step=step))

    def _trigger(self, event_data: Any) -> bool:
        # The same as the parent's, less the except clause around finalize_event that drops what is raised there.
        machine = self.machine
        event_data.state = machine.get_model_state(event_data.model)
        try:
            if self._is_valid_source(event_data.state):
                self._process(event_data)
        except BaseException as error:
            event_data.error = error
            if not machine.on_exception:
                raise
            machine.callbacks(machine.on_exception, event_data)
        finally:
            machine.callbacks(machine.finalize_event, event_data)
        return bool(event_data.result)


class WorkflowMachine(transitions.Machine):
    """A ``transitions.Machine`` over the rows of a table, without automatic transitions.

    With a workflow that a process owns, a trigger decides: it makes due dates and steps, runs the clock's moves that are
    due and what follows at once. With a table by itself, it makes the one move, on guards that see no snapshot.
    Every callback gets transitions' ``EventData``, with ``command``, ``context`` and ``step`` in its ``kwargs``.

    Args:
        workflow: The table, with its guards bound if a trigger is to be fired.
        model: What to bind: an object that takes new attributes, or several; None for the machine itself.
        snapshot_attribute: Where a model keeps its snapshot, with a process.
        on_steps: Called with the model and the steps, once they all are made; raising undoes them on the model.
        **options: What ``transitions.Machine`` takes besides, callbacks for one.

    Raises:
        DefinitionError: A model cannot be bound: it takes no new attributes, has something else by a trigger's name, or
            is in a state that its snapshot is not in.
    """

    transition_cls: type[transitions.Transition] = _Transition
    event_cls: type[transitions.Event] = _Trigger

    def __init__(
        self,
        workflow: Workflow,
        model: object = None,
        *,
        snapshot_attribute: str = "snapshot",
        on_steps: Receiver | None = None,
        **options: Any,
    ) -> None:
        for fixed in ("states", "transitions", "initial", "send_event", "auto_transitions", "queued"):
            if fixed in options:
                raise DefinitionError(f"{fixed} is the table's, and not an option")
        self.workflow = workflow
        self.process: Process | None = workflow.process
        self.snapshot_attribute = snapshot_attribute
        self.on_steps = on_steps
        super().__init__(
            model=self.self_literal if model is None else model,
            states=[
                workflow.start,
                *({"name": state.name, "final": state.final} for state in workflow.states),
            ],
            initial=workflow.start,
            transitions=[
                {
                    "trigger": move.trigger,
                    "source": move.source,
                    "dest": move.target,
                    "conditions": self._conditions(row),
                }
                for move, row in workflow.rows
            ],
            send_event=True,
            auto_transitions=False,
            queued=False,
            **options,
        )

    @property  # type: ignore[override]
    def models(self) -> _Models:  # a list to transitions, of which it uses what _Models has
        """The models that are bound, by identity."""
        return self._models

    @models.setter
    def models(self, _given: object) -> None:
        self._models = _Models()

    def act(self, model: object, command: Command, context: Context) -> tuple[Step, ...]:
        """Do what the model's own trigger does; for a type checker, which sees no trigger on a model.

        Args:
            model: A model that is bound.
            command: What is asked for.
            context: When, by whom, and under which policy.

        Returns:
            The steps, in order; none without a process.

        Raises:
            Refused: Not permitted.
            InvalidType: It is no command.
            DefinitionError: The model is not bound here, or was changed behind its snapshot.
        """
        if model not in self.models:
            raise DefinitionError("this model is not bound to this machine")
        return self._act(model, getattr(command, "trigger", ""), command, context)

    def _act(self, model: Any, trigger: str, command: Any, context: Any) -> tuple[Step, ...]:
        self._check_call(model, trigger, command, context)
        if self.process is None:
            self._fire(model, command, context, None)
            return ()
        steps, after = self.process.advance(self._snapshot(model), command, context)
        self._walk(self.process, model, steps, after, context)
        return steps

    def tick(self, model: object, context: Context) -> tuple[Step, ...]:
        """Make the moves of the clock that are due on a model at the context's instant, each once (IN-13).

        Returns:
            The steps, in order; nothing where nothing is due.

        Raises:
            Refused: The context's policy is not the request's own (IN-11).
            DefinitionError: There is no process, or the model was changed behind its snapshot.
        """
        if self.process is None:
            raise DefinitionError("the clock's moves need the process: bind the model with the process's own machine")
        self._check_state(model)
        snapshot = self._snapshot(model)
        if snapshot is None:
            return ()
        steps, after = self.process.tick(snapshot, context)
        if steps:
            self._walk(self.process, model, steps, after, context)
        return steps

    def _walk(self, process: Process, model: Any, steps: tuple[Step, ...], after: Any, context: Any) -> None:
        before = self._snapshot(model)
        state = getattr(model, self.model_attribute)
        try:
            for step in steps:
                self._fire(model, step.command, _seen_by(context, step), step)
                setattr(model, self.snapshot_attribute, process.evolve(self._snapshot(model), step))
            setattr(model, self.snapshot_attribute, after)
            if self.on_steps is not None:
                self.on_steps(model, steps)
        except BaseException:
            setattr(model, self.snapshot_attribute, before)
            setattr(model, self.model_attribute, state)
            raise

    def _check_call(self, model: Any, trigger: str, command: Any, context: Any) -> None:
        state = getattr(model, self.model_attribute)
        if command is None or context is None:
            raise Refused(Verdict(trigger=trigger, state=state, reasons=(NOTHING_ASKED,)))
        if getattr(command, "trigger", trigger) != trigger:  # what has none is no command: the process says so
            raise DefinitionError(f"{trigger} was called with a command of another trigger")
        if self.process is not None:
            self._check_state(model)

    def _check_state(self, model: Any) -> None:
        state = getattr(model, self.model_attribute)
        snapshot = self._snapshot(model)
        if state != (self.workflow.start if snapshot is None else snapshot.state):
            raise DefinitionError(f"the model is in {state}, and its snapshot is not: its state was set by hand")

    def _fire(self, model: Any, command: Any, context: Any, step: Step | None) -> None:
        trigger = command.trigger
        state = getattr(model, self.model_attribute)
        event = cast("_Trigger", self.events[trigger])
        if state in event.transitions and event.fire(model, command, context, step):
            return
        verdict = self._verdict(model, state, command, context)
        if verdict.permitted:
            raise DefinitionError(f"transitions stopped {trigger} in {state}, which the table permits")
        raise Refused(verdict)

    def _verdict(self, model: Any, state: str, command: Any, context: Any) -> Verdict:
        snapshot = self._snapshot(model)
        if snapshot is None and state != self.workflow.start:
            snapshot = _Bare(state)
        return self.workflow.verdict(snapshot, command, context)

    def _conditions(self, row: Row) -> list[Callable[[Any], bool]]:
        who = row.who

        def role(event_data: Any) -> bool:
            return event_data.kwargs["context"].by.role in who

        return [role, self._in_order, *(partial(self._holds, holds) for _, holds in row.checks)]

    def _in_order(self, event_data: Any) -> bool:
        snapshot = self._snapshot(event_data.model)
        return snapshot is None or event_data.kwargs["context"].at >= snapshot.at

    def _holds(self, holds: Predicate, event_data: Any) -> bool:
        given = event_data.kwargs
        return holds(self._snapshot(event_data.model), given["command"], given["context"])

    def _snapshot(self, model: Any) -> Any:
        return getattr(model, self.snapshot_attribute, None)

    # --- what transitions calls when it binds a model -------------------------------------------------------------

    def add_model(self, model: Any, initial: Any = None) -> None:
        """Bind models; one that has a snapshot, or a state of the table already, stays where it is.

        Raises:
            DefinitionError: As for the class.
        """
        models = list(model) if isinstance(model, list | tuple | set) else [model]
        for each in models:
            bound = self if each is self.self_literal else each
            if bound in self.models:
                continue
            super().add_model([bound], initial=initial or self._present_state(bound))

    def _present_state(self, model: Any) -> str:
        snapshot = None if model is self else self._snapshot(model)
        state = None if model is self else getattr(model, self.model_attribute, None)
        known = {self.workflow.start, *(each.name for each in self.workflow.states)}
        if state is not None and state not in known:
            raise DefinitionError(f"the model's {self.model_attribute} is no state of {self.workflow.name}")
        kept = self.workflow.start if snapshot is None else snapshot.state
        if state is None:
            return kept
        if self.process is not None and state != kept:
            raise DefinitionError(
                f"the model is in {state}, and its {self.snapshot_attribute} in {kept}: bind it with its snapshot"
            )
        return str(state)

    def _checked_assignment(self, model: Any, name: str, func: Any) -> None:
        present = getattr(model, name, None)
        if present is not None and not _is_of_a_machine(present):
            raise DefinitionError(f"the model has a {name} of its own already, which a trigger would be hidden by")
        try:
            setattr(model, name, func)
        except AttributeError:
            raise DefinitionError(
                f"the model takes no attribute {name}: declare its class with slots=False, and not frozen"
            ) from None

    def _can_trigger(self, model: Any, trigger: str, command: Any = None, context: Any = None) -> bool:
        if command is None or context is None:
            return False
        self._check_call(model, trigger, command, context)
        if self.process is not None:
            return self.process.can(self._snapshot(model), command, context).permitted
        return self._verdict(model, getattr(model, self.model_attribute), command, context).permitted

    def _get_trigger(self, model: Any, trigger_name: str, *args: Any, **kwargs: Any) -> Any:
        if trigger_name not in self.events:
            raise DefinitionError(f"{self.workflow.name} has no trigger of this name")
        return self.events[trigger_name].trigger(model, *args, **kwargs)


class _Bare:
    """A model without a snapshot, seen as one: it has a state, and no history."""

    at = EARLIEST

    def __init__(self, state: str) -> None:
        self.state = state


def _seen_by(context: Any, step: Step) -> Any:
    """The context in which a step was decided: the clock's own moves have an instant and an actor of their own."""
    import attrs

    return attrs.evolve(context, at=step.at, by=step.by)


def _is_of_a_machine(present: Any) -> bool:
    target = getattr(present, "func", None)
    return isinstance(getattr(target, "__self__", None), transitions.Machine | transitions.Event)
