"""A workflow bound to models of somebody else's: the engine is ``transitions``, the verdict is ours, the traps are shut."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import attrs
import pytest
import transitions
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.errors import DefinitionError, InvalidType, Refused
from eap_workflow.policy import STANDARD
from eap_workflow.process import Context
from eap_workflow.states import EXTRA_SESSIONS
from eap_workflow.steps import Snapshot, Step
from eap_workflow.values import SYSTEM
from eap_workflow.workflows import extra_sessions as xs
from tests import journeys, strategies
from tests.journeys import APPROVER, CONSULTANT, DAY, HOUR, MANAGER, SMALL, START, TEAM
from tests.small_table import PREDICATES, Asked, By, Letter, Now, small

at = journeys.context


class Plain:
    """A class that knows nothing of us."""


@attrs.define(slots=False)
class Case:
    """An attrs class; two of them with the same content are equal."""

    name: str
    state: str = "new"
    snapshot: Snapshot | None = None


def opened(model: Any, **options: Any) -> Any:
    """Bind a model and submit a small request with it."""
    machine = xs.PROCESS.machine(model, **options)
    model.draft(journeys.draft(), at(START, CONSULTANT))
    model.submit(journeys.submit(SMALL), at(START, CONSULTANT))
    return machine


# --- what a bound trigger does ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("model", [Plain(), Case("a")], ids=["plain", "attrs"])
def test_a_bound_trigger_decides_moves_the_model_and_hands_the_steps_over(model: Any) -> None:
    """Command and context go in; the steps come out, to the caller and to the receiver; the model has moved."""
    got: list[tuple[Any, tuple[Step, ...]]] = []
    opened(model, on_steps=lambda which, steps: got.append((which, steps)))
    assert model.state == "employer_decision"
    assert [[step.trigger for step in steps] for _, steps in got] == [["draft"], ["submit", "forward"]]
    assert all(which is model for which, _ in got)
    steps = model.approve(xs.Approve(), at(START + 30 * DAY, APPROVER))
    assert [step.trigger for step in steps] == ["overdue", "approve"]
    assert got[-1][1] == steps
    assert xs.PROCESS.replay([step for _, each in got for step in each]) == model.snapshot


def test_a_bound_trigger_without_command_or_context_is_refused() -> None:
    """IN-07, IN-11: binding is no way around actor and policy; to ask without them is to hear no."""
    model: Any = Plain()
    opened(model)
    calls: tuple[Callable[[], Any], ...] = (
        model.approve,
        lambda: model.approve(xs.Approve()),
        lambda: model.approve(context=at(START, APPROVER)),
        lambda: model.trigger("approve"),
    )
    assert not model.may_approve()
    assert not model.may_trigger("approve")
    for call in calls:
        with pytest.raises(Refused) as caught:
            call()
        assert caught.value.verdict.codes == ("no_command",)
    assert model.state == "employer_decision"


def test_a_bound_trigger_by_the_wrong_actor_is_refused_with_the_verdict() -> None:
    """The refusal is the one that `can` gives, and nothing has moved."""
    model: Any = Plain()
    got: list[Any] = []
    opened(model, on_steps=lambda *given: got.append(given))
    before, told = model.snapshot, len(got)
    context = at(START, CONSULTANT)
    with pytest.raises(Refused) as caught:
        model.approve(xs.Approve(), context)
    assert caught.value.verdict == xs.can(before, xs.Approve(), context)
    assert caught.value.verdict.codes == ("role", "own_employer", "decider_not_requestor")
    assert (model.snapshot, model.state, len(got)) == (before, "employer_decision", told)


def test_a_trigger_that_the_state_has_not_is_refused() -> None:
    """It is a refusal like any other, not an error of the engine."""
    model: Any = Plain()
    opened(model)
    with pytest.raises(Refused) as caught:
        model.support(xs.Support(), at(START, MANAGER))
    assert caught.value.verdict.codes == ("not_in_state",)


@given(strategies.histories(), st.data())
def test_may_agrees_with_can(history: strategies.History, data: st.DataObject) -> None:
    """Whatever the state, ``may_`` on a bound model gives what `can` gives, and as a bool."""
    model: Any = Plain()
    model.snapshot = history.snapshot
    xs.PROCESS.machine(model)
    attempt = data.draw(strategies.attempts(history.snapshot, history.policy, history.told[-1].attempt.context.at))
    trigger = attempt.command.trigger
    expected = xs.can(history.snapshot, attempt.command, attempt.context).permitted
    assert getattr(model, f"may_{trigger}")(attempt.command, attempt.context) is expected
    assert model.may_trigger(trigger, attempt.command, attempt.context) is expected


def test_the_clock_moves_a_bound_model_too() -> None:
    """XS-08, IN-13: a tick makes what is due, the relay of an outcome for one, and hands the steps over."""
    model: Any = Plain()
    got: list[str] = []
    machine = xs.PROCESS.machine(model, on_steps=lambda _, steps: got.extend(step.trigger for step in steps))
    assert machine.tick(model, at(START, SYSTEM)) == ()
    model.draft(journeys.draft(), at(START, CONSULTANT))
    model.submit(journeys.submit(SMALL), at(START, CONSULTANT))
    model.approve(xs.Approve(), at(START, APPROVER))
    assert model.snapshot.body.relayed_at is None
    steps = machine.tick(model, at(START, SYSTEM))
    assert [step.trigger for step in steps] == ["relay"]
    assert got[-1] == "relay"
    assert model.snapshot.body.relayed_at == START
    assert machine.tick(model, at(START + DAY, SYSTEM)) == ()
    assert len(got) == 5


def test_a_command_of_another_trigger_is_a_mistake() -> None:
    """What is called and what is handed in have to be the same."""
    model: Any = Plain()
    opened(model)
    with pytest.raises(DefinitionError, match="another trigger"):
        model.approve(xs.Withdraw(), at(START, APPROVER))
    with pytest.raises(DefinitionError, match="no trigger of this name"):
        model.trigger("approved", xs.Approve(), at(START, APPROVER))


def test_the_machine_acts_as_a_trigger_of_the_model_does() -> None:
    """For a type checker, which sees no trigger on a model: the same steps, the same refusal and the same receiver."""
    got: list[tuple[Any, tuple[Step, ...]]] = []
    model = Plain()
    machine = opened(model, on_steps=lambda which, steps: got.append((which, steps)))
    with pytest.raises(Refused) as caught:
        machine.act(model, xs.Approve(), at(START, CONSULTANT))
    assert caught.value.verdict.codes == ("role", "own_employer", "decider_not_requestor")
    steps = machine.act(model, xs.Approve(), at(START + DAY, APPROVER))
    assert [step.trigger for step in steps] == ["approve"]
    assert got[-1] == (model, steps)
    assert vars(model)["state"] == "approved"


@pytest.mark.parametrize("command", [xs.Approve, "approve", 7])
def test_the_machine_acts_on_a_command_alone(command: Any) -> None:
    """A class without its brackets, or what has no trigger, is said to be no command."""
    model = Plain()
    machine = opened(model)
    with pytest.raises(InvalidType, match="command: an instance of a command's class is needed"):
        machine.act(model, command, at(START, APPROVER))
    with pytest.raises(Refused):
        machine.act(model, None, at(START, APPROVER))


def test_the_machine_acts_on_its_own_models_alone() -> None:
    """A model that is bound elsewhere, or nowhere, is not moved."""
    machine = opened(Plain())
    with pytest.raises(DefinitionError, match="this model is not bound to this machine"):
        machine.act(Plain(), xs.Approve(), at(START, APPROVER))


# --- all or nothing ---------------------------------------------------------------------------------------------------


class Broken(Exception):
    """What a callback raises."""


def _broken(*_given: Any) -> None:
    raise Broken


@pytest.mark.parametrize(
    "options",
    [
        {"after_state_change": _broken},
        {"before_state_change": _broken},
        {"finalize_event": _broken},
        {"prepare_event": _broken},
        {"on_steps": _broken},
    ],
    ids=lambda options: next(iter(options)),
)
def test_whatever_a_callback_raises_comes_out_and_puts_the_model_back(options: dict[str, Any]) -> None:
    """Nothing is swallowed, ``finalize_event`` included, and the model stands where it stood."""
    model: Any = Case("a")
    opened(model)
    before = model.snapshot
    xs.PROCESS.machine(model, **options)
    for _ in range(2):
        with pytest.raises(Broken):
            model.approve(xs.Approve(), at(START + 30 * DAY, APPROVER))
        assert (model.state, model.snapshot) == ("employer_decision", before)


def test_a_callback_that_raises_half_way_leaves_nothing() -> None:
    """When the second of two steps fails, the first is undone, and no step is handed over."""
    got: list[Any] = []
    model: Any = Plain()
    seen: list[str] = []

    def second(event_data: Any) -> None:
        seen.append(event_data.kwargs["step"].trigger)
        if event_data.kwargs["step"].trigger == "forward":
            raise Broken

    xs.PROCESS.machine(model, after_state_change=second, on_steps=lambda *given: got.append(given))
    model.draft(journeys.draft(), at(START, CONSULTANT))
    before, told = model.snapshot, len(got)
    with pytest.raises(Broken):
        model.submit(journeys.submit(SMALL), at(START, CONSULTANT))
    assert seen == ["draft", "submit", "forward"]
    assert (model.state, model.snapshot, len(got)) == ("draft", before, told)


def test_an_exception_that_a_callback_takes_does_not_pass_for_a_move() -> None:
    """With ``on_exception`` the engine goes quiet; the trigger still fails, and the model is put back."""
    model: Any = Plain()
    opened(model)
    taken: list[Any] = []
    xs.PROCESS.machine(model, before_state_change=_broken, on_exception=taken.append)
    with pytest.raises(DefinitionError, match="which the table permits"):
        model.approve(xs.Approve(), at(START, APPROVER))
    assert len(taken) == 1
    assert model.state == "employer_decision"


def test_callbacks_get_the_command_the_context_and_the_step() -> None:
    """A callback of the engine has everything at hand, and sees the model in its new state."""
    seen: list[tuple[str, str, Any]] = []

    class Watching(Plain):
        state: str

        def on_enter_employer_decision(self, event_data: Any) -> None:
            given = event_data.kwargs
            seen.append((self.state, given["step"].trigger, given["context"].by))
            assert given["command"].trigger == given["step"].trigger

    opened(Watching())
    assert seen == [("employer_decision", "forward", SYSTEM)]


# --- a model that was there before ------------------------------------------------------------------------------------


def test_a_model_that_is_bound_again_stays_where_it_is() -> None:
    """Neither a second machine nor the same one puts it back to the start."""
    model: Any = Case("a")
    machine = opened(model)
    snapshot = model.snapshot
    machine.add_model(model)
    again = xs.PROCESS.machine(model)
    assert (model.state, model.snapshot) == ("employer_decision", snapshot)
    assert len(machine.models) == len(again.models) == 1


def test_a_model_is_bound_by_its_snapshot() -> None:
    """A model that was loaded with its snapshot takes its state from there."""
    model: Any = Plain()
    model.snapshot = journeys.Journey().to("clinical_review").stands
    xs.PROCESS.machine(model)
    assert model.state == "clinical_review"
    model.support(xs.Support(), at(START + 4 * HOUR, MANAGER))
    assert model.state == "employer_decision"


def test_a_model_whose_state_was_set_by_hand_is_refused() -> None:
    """What happened behind the snapshot is not in the trail: neither binding nor acting goes on from there."""
    model: Any = Plain()
    machine = opened(model)
    model.state = "approved"
    calls: tuple[Callable[[], Any], ...] = (
        lambda: model.relay(xs.Relay(), at(START, TEAM)),
        lambda: model.may_relay(xs.Relay(), at(START, TEAM)),
        lambda: machine.tick(model, at(START, SYSTEM)),
    )
    for call in calls:
        with pytest.raises(DefinitionError, match="set by hand"):
            call()
    with pytest.raises(DefinitionError, match="bind it with its snapshot"):
        xs.PROCESS.machine(model)


def test_a_model_in_a_state_that_the_table_has_not_is_refused() -> None:
    """An old state of another system is not taken for one of ours, and not shown either."""
    with pytest.raises(DefinitionError) as caught:
        xs.PROCESS.machine(Case("a", state="Jane Citizen"))
    assert "is no state of extra_sessions" in str(caught.value)
    assert "Jane" not in str(caught.value)


def test_two_equal_models_are_two() -> None:
    """Equality of content is not identity: each is bound, and moves by itself."""
    one: Any = Case("same")
    two: Any = Case("same")
    assert one == two
    machine = xs.PROCESS.machine([one, two])
    assert len(machine.models) == 2
    assert [each is model for each, model in zip(machine.models, (one, two), strict=True)] == [True, True]
    one.draft(journeys.draft(), at(START, CONSULTANT))
    assert (one.state, two.state) == ("draft", "new")
    machine.remove_model(one)
    assert list(machine.models) == [two]
    assert two in machine.models
    with pytest.raises(DefinitionError, match="not bound to this machine"):
        machine.remove_model(one)


def test_binding_many_models_compares_none_of_them() -> None:
    """Ten thousand models are told apart by identity: no ``__eq__`` is called, so the time is linear."""
    compared = 0

    class Counting(Plain):
        def __eq__(self, other: object) -> bool:
            nonlocal compared
            compared += 1
            return self is other

        __hash__ = None  # type: ignore[assignment]

    machine = small().bind(PREDICATES).machine([Counting() for _ in range(10)])
    machine.add_model([Counting() for _ in range(9_990)])
    assert len(machine.models) == 10_000
    assert compared == 0


def test_a_class_that_takes_no_attributes_is_told_what_to_do() -> None:
    """A slotted and a frozen class cannot be bound, and the error says how they could."""

    class Slotted:
        __slots__ = ("state",)

    @attrs.frozen
    class Frozen:
        name: str = "a"

    @attrs.frozen(slots=False)
    class FrozenOnly:
        name: str = "a"

    for model in (Slotted(), Frozen(), FrozenOnly()):
        with pytest.raises(DefinitionError, match="slots=False, and not frozen"):
            xs.PROCESS.machine(model)


@pytest.mark.parametrize("name", ["submit", "may_submit", "is_draft", "trigger"])
def test_a_model_that_has_something_else_by_a_name_is_refused(name: str) -> None:
    """A trigger never goes missing behind an attribute of the model's own."""
    model = Plain()
    setattr(model, name, lambda: None)
    with pytest.raises(DefinitionError, match=f"has a {name} of its own"):
        xs.PROCESS.machine(model)


# --- the traps of the engine ------------------------------------------------------------------------------------------


def test_there_are_no_automatic_transitions() -> None:
    """No model gains a ``to_approved`` that jumps over the table."""
    model: Any = Plain()
    machine = opened(model)
    assert not [name for name in (*dir(model), *dir(machine)) if name.startswith(("to_", "may_to_"))]
    assert set(machine.events) == set(EXTRA_SESSIONS.triggers)


def test_a_condition_is_met_by_any_true_answer() -> None:
    """A guard that answers 1 or a match permits, and one that answers an empty text refuses."""
    for answer, permitted in ((1, True), ("yes", True), ([0], True), ("", False), (None, False), (0, False)):
        bound = small().bind({**PREDICATES, "signed": lambda *_, answer=answer: answer})
        model: Any = Plain()
        bound.machine(model)
        model.state = "written"
        now = Now(by=By(role=CONSULTANT.role))
        assert model.may_send(Asked(trigger="send"), now) is permitted
        if permitted:
            assert model.send(Asked(trigger="send"), now) is True
            assert model.state == "franked"
        else:
            with pytest.raises(Refused):
                model.send(Asked(trigger="send"), now)


def test_what_is_the_tables_is_no_option() -> None:
    """States, rows and the way that triggers are called cannot be given from outside."""
    for fixed in ("states", "transitions", "initial", "send_event", "auto_transitions", "queued"):
        options: dict[str, Any] = {fixed: True}
        with pytest.raises(DefinitionError, match=f"{fixed} is the table's"):
            xs.PROCESS.machine(Plain(), **options)


def test_a_row_that_is_added_to_the_engine_is_no_row_of_the_table() -> None:
    """Somebody's ``add_transition`` gives a trigger, and the trigger is refused."""
    model: Any = Plain()
    machine = opened(model)
    machine.add_transition("approve", "draft", "approved")
    machine.add_transition("skip", "employer_decision", "approved")
    with pytest.raises(Refused) as caught:
        model.skip(Asked(trigger="skip"), at(START, APPROVER))
    assert caught.value.verdict.codes == ("not_in_state",)
    assert model.state == "employer_decision"


def test_it_is_a_machine_of_the_engine() -> None:
    """Whatever works with a ``transitions.Machine`` works with it; without a model it is its own."""
    machine: Any = xs.PROCESS.machine()
    assert isinstance(machine, transitions.Machine)
    assert machine.state == "new"
    machine.draft(journeys.draft(), at(START, CONSULTANT))
    assert machine.is_draft()
    assert machine.get_triggers("draft") == ["draft", "submit", "withdraw", "reassign"]
    assert machine.get_state("approved").final


def test_another_attribute_may_hold_state_and_snapshot() -> None:
    """A model with a ``state`` of its own meaning is bound by other names."""
    model: Any = Plain()
    model.state = "Victoria"
    xs.PROCESS.machine(model, model_attribute="stage", snapshot_attribute="kept")
    model.draft(journeys.draft(), at(START, CONSULTANT))
    assert (model.state, model.stage, model.kept.version) == ("Victoria", "draft", 1)


# --- a table by itself ------------------------------------------------------------------------------------------------


def test_a_table_by_itself_moves_a_model_by_role_and_guards() -> None:
    """Without a process a trigger makes the one move; the model's snapshot, where it has one, is what guards see."""
    model: Any = Plain()
    machine = small().bind(PREDICATES).machine(model)
    writer, reader = Now(by=By(role=CONSULTANT.role)), Now(by=By(role=APPROVER.role), at=2)
    model.write(Asked(trigger="write"), writer)
    assert model.state == "written"
    model.state = "sent"
    model.snapshot = Letter(state="sent", at=3)
    assert not model.may_answer(Asked(trigger="answer"), reader)
    with pytest.raises(Refused) as caught:
        model.answer(Asked(trigger="answer", polite=False), reader)
    assert caught.value.verdict.codes == ("out_of_order", "polite")
    assert model.answer(Asked(trigger="answer"), attrs.evolve(reader, at=3)) is True
    assert model.state == "answered"
    with pytest.raises(DefinitionError, match="need the process"):
        machine.tick(model, at(START, SYSTEM))


def test_a_workflow_that_a_process_owns_always_decides() -> None:
    """Its table's own machine is no way around the trail: it makes steps too."""
    model: Any = Plain()
    xs.PROCESS.workflow.machine(model)
    steps = model.draft(journeys.draft(), at(START, CONSULTANT))
    assert [step.trigger for step in steps] == ["draft"]
    assert model.snapshot.version == 1


def test_the_bare_table_of_the_states_refuses_to_guess() -> None:
    """The table of the file has no predicates, and a model that is bound to it moves nowhere."""
    model: Any = Plain()
    EXTRA_SESSIONS.machine(model)
    with pytest.raises(DefinitionError, match="not bound"):
        model.draft(journeys.draft(), at(START, CONSULTANT))
    assert model.state == "new"


def test_a_refused_trigger_leaves_the_engine_ready() -> None:
    """After a refusal, and after a long time, the next trigger works as if nothing had been."""
    model: Any = Plain()
    opened(model)
    for wait in (timedelta(0), 20 * DAY):
        with pytest.raises(Refused):
            model.approve(xs.Approve(), at(START + wait, CONSULTANT))
    context: Context = at(START + HOUR, APPROVER, STANDARD)
    assert [step.trigger for step in model.approve(xs.Approve(), context)] == ["approve"]
