"""The extra-sessions table as three other libraries have it, and as a plain dictionary: states and rows, nothing else.

No peer has a guard, a role, a limit or a callback: they are measured at their fastest. Each has one more row, ``again``,
which leads back, so that one event can be fired many times without touching a peer's inner state.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol

from attrs import frozen

AGAIN = "again"

Rows = tuple[tuple[str, str, str], ...]
"""Trigger, source and target."""


class Peer(Protocol):
    """A state machine in some state."""

    def fire(self, trigger: str) -> Callable[[], object]:
        """What fires a trigger when it is called, ready to be called many times."""

    @property
    def state(self) -> str:
        """The state that it is in."""


def _names(rows: Rows) -> Iterable[str]:
    return dict.fromkeys(state for _, source, target in rows for state in (source, target))


class Transitions:
    """One model on a plain ``transitions.Machine`` without its automatic rows."""

    def __init__(self, rows: Rows, initial: str) -> None:
        from transitions import Machine

        self._model: Any = type("Model", (), {})()
        moves = [{"trigger": trigger, "source": source, "dest": target} for trigger, source, target in rows]
        Machine(self._model, list(_names(rows)), initial=initial, transitions=moves, auto_transitions=False)

    def fire(self, trigger: str) -> Callable[[], object]:
        """The model's method of that name."""
        fired: Callable[[], object] = getattr(self._model, trigger)
        return fired

    @property
    def state(self) -> str:
        """The model's state."""
        return str(self._model.state)


class Automat:
    """An ``automat.MethodicalMachine`` with an input a trigger and no outputs."""

    def __init__(self, rows: Rows, initial: str) -> None:
        from automat import MethodicalMachine

        machine: Any = MethodicalMachine()  # type: ignore[no-untyped-call]
        body: dict[str, Any] = {"machine": machine}
        for name in _names(rows):
            body[f"in_{name}"] = machine.state(serialized=name, initial=name == initial)(_method(f"in_{name}"))
        for trigger in dict.fromkeys(trigger for trigger, _, _ in rows):
            body[trigger] = machine.input()(_method(trigger))
        for trigger, source, target in rows:
            body[f"in_{source}"].upon(body[trigger], enter=body[f"in_{target}"], outputs=[])
        body["state"] = property(machine.serializer()(lambda _self, state: state))
        self._request: Any = type("Request", (), body)()

    def fire(self, trigger: str) -> Callable[[], object]:
        """The input of that name."""
        fired: Callable[[], object] = getattr(self._request, trigger)
        return fired

    @property
    def state(self) -> str:
        """What the machine's own serializer says."""
        return str(self._request.state)


def _method(name: str) -> Callable[[Any], None]:
    def method(self: Any) -> None:
        """Nothing: automat asks for a method and its docstring."""

    method.__name__ = name
    return method


class StateMachine:
    """A ``statemachine.StateMachine`` of python-statemachine."""

    def __init__(self, rows: Rows, initial: str) -> None:
        import statemachine

        left = {source for _, source, _ in rows}
        body: dict[str, Any] = {
            f"in_{name}": statemachine.State(name, value=name, initial=name == initial, final=name not in left)
            for name in _names(rows)
        }
        # Our approved and declined requests still have their outcome to be relayed, so to this peer they are not final.
        body["validate_final_reachability"] = False
        for trigger, source, target in rows:
            row = body[f"in_{source}"].to(body[f"in_{target}"])
            body[trigger] = body[trigger] | row if trigger in body else row
        self._machine: Any = type("Request", (statemachine.StateMachine,), body)()

    def fire(self, trigger: str) -> Callable[[], object]:
        """The event of that name."""
        fired: Callable[[], object] = getattr(self._machine, trigger)
        return fired

    @property
    def state(self) -> str:
        """The value of its current state."""
        (value,) = self._machine.configuration_values
        return str(value)


@frozen(kw_only=True)
class Plain:
    """What a program without a library keeps of a request."""

    request: str
    state: str
    version: int


class Dictionary:
    """A dictionary of the rows and a frozen value: the least that a step can cost."""

    def __init__(self, rows: Rows, initial: str) -> None:
        self._rows = {(source, trigger): target for trigger, source, target in rows}
        self._plain = Plain(request="XS-0001", state=initial, version=1)

    def fire(self, trigger: str) -> Callable[[], object]:
        """Look the row up and make the next value."""

        def fired() -> None:
            plain = self._plain
            target = self._rows[plain.state, trigger]
            self._plain = Plain(request=plain.request, state=target, version=plain.version + 1)

        return fired

    @property
    def state(self) -> str:
        """The state of the last value."""
        return self._plain.state
