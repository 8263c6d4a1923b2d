"""Steps and snapshots in their plain form, as they are stored, sent and published.

What every workflow has stands in a header; what is the workflow's own (the command, the facts, the body) is read by
the types that its `Process` names. What the plain form holds is documented by ``schemas``, which is drawn from the
same classes.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from eap_workflow.errors import InvalidValue
from eap_workflow.plain.canonical import UNFIT, Member, Writer, generated, members, of_its_class, written
from eap_workflow.plain.canonical_reading import AN_OBJECT, Part, Reader, parts, remembered, taking_apart, text_reader
from eap_workflow.plain.json_text import parse_object
from eap_workflow.plain.wire import from_wire, record_of, to_wire
from eap_workflow.process import ByClock
from eap_workflow.process_set import Processes
from eap_workflow.steps import Snapshot, SnapshotHeader, Step, StepHeader
from eap_workflow.values import Role, made

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from eap_workflow.process import Process
    from eap_workflow.steps import Body


ABSENT: Any = object()
"""Stands for a key that is not there, where null would be another thing."""


def step_to_wire(step: Step) -> dict[str, Any]:
    """Write a step as plain data."""
    plain = record_of(StepHeader).write(step)
    if type(step.command) is not ByClock:
        plain["command"] = to_wire(step.command)
    if step.facts is not None:
        plain["facts"] = to_wire(step.facts)
    return plain


def step_text(step: Step) -> str:
    """Write a step as canonical JSON, as it is stored and hashed."""
    own = _OWN[type(step.command) is not ByClock, step.facts is not None]
    return written(step, _step_writer(own), step_to_wire)


_OWN: Mapping[tuple[bool, bool], tuple[str, ...]] = {
    (True, True): ("command", "facts"),
    (True, False): ("command",),
    (False, True): ("facts",),
    (False, False): (),
}
"""What of a step is its workflow's own, by whether there is a command and whether there are facts."""


@cache
def _step_writer(own: tuple[str, ...]) -> Writer:
    return generated([*members(record_of(StepHeader).fields), *map(_own_member, own)])


def step_from_wire(process: Process | Processes, data: Mapping[str, Any]) -> Step:
    """Read a step.

    Args:
        process: The workflow that it is a step of, or several: the step names its own.
        data: Its plain form.

    Raises:
        InvalidValue: The data is no step of these workflows; the error names the field.
        Unknown: It is of another workflow.
    """
    header = from_wire(StepHeader, {key: data[key] for key in data if key not in ("command", "facts")})
    step = _put_together(**vars(header), command=data.get("command", ABSENT), facts=data.get("facts", ABSENT))
    return _with_own(process, step, _read)


def step_from_text(process: Process | Processes, text: str) -> Step:
    """Read a step from its JSON text: as `step_from_wire`, and several times as fast where the text is canonical.

    Args:
        process: The workflow that it is a step of, or several.
        text: The text, as `step_text` writes it, or any other that says the same.

    Raises:
        InvalidValue: As `step_from_wire` and ``parse_object``.
        Unknown: As `step_from_wire`.
    """
    try:
        return _with_own(process, _step_parts()(text), _read_text)
    except UNFIT:
        pass
    return step_from_wire(process, parse_object(text))


@cache
def _step_parts() -> Callable[[str], Step]:
    own = [_own_part(key, omitted=True) for key in ("command", "facts")]
    return taking_apart([*parts(record_of(StepHeader).fields), *own], _put_together)


def _put_together(**attributes: Any) -> Step:
    # None of the attributes is checked or converted by the class, and all of them are there.
    return made(Step, **attributes)


def _own_part(name: str, *, omitted: bool = False) -> Part:
    """A part that is the workflow's own, and stays text until it is known of which class."""
    return Part(key=name, argument=name, pattern=AN_OBJECT, read=str, in_place="t", omitted=omitted, left_out=ABSENT)


def _with_own(process: Process | Processes, step: Step, read: Callable[[type, Any, str], Any]) -> Step:
    """Read what is the workflow's own of a step, which nobody else has yet, and put that in its place."""
    held, trigger = step.__dict__, step.trigger
    process = Processes.of(process).named(step.workflow)
    command_type, facts_type = process.command_type(trigger), process.fact_types.get(trigger)
    if step.command is ABSENT and step.by.role is Role.SYSTEM:
        command_type = None
    if command_type is None:
        _refuse(step.command, "command")
        held["command"] = ByClock(trigger=trigger, limit=step.limit)
    else:
        held["command"] = _own(command_type, step.command, "command", read)
    if facts_type is None:
        _refuse(step.facts, "facts")
        held["facts"] = None
    else:
        held["facts"] = _own(facts_type, step.facts, "facts", read)
    return step


def _refuse(own: object, key: str) -> None:
    if own is not ABSENT:
        raise InvalidValue(key, "this step has none")


def _own(cls: type, own: object, key: str, read: Callable[[type, Any, str], Any]) -> Any:
    if own is ABSENT:
        raise InvalidValue(key, "it is needed")
    return read(cls, own, key)


def _read(cls: type, data: object, key: str) -> Any:
    return from_wire(cls, data, at=key)


def _read_text(cls: type, text: str, _key: str) -> Any:
    read = remembered(cls)
    return read.known(text) or read(text)


def snapshot_to_wire(snapshot: Snapshot) -> dict[str, Any]:
    """Write a snapshot as plain data."""
    plain = record_of(SnapshotHeader).write(snapshot)
    plain["body"] = to_wire(snapshot.body)
    return plain


def snapshot_text(snapshot: Snapshot) -> str:
    """Write a snapshot as canonical JSON, as it is stored."""
    return written(snapshot, _snapshot_writer(), snapshot_to_wire)


@cache
def _snapshot_writer() -> Writer:
    return generated([*members(record_of(SnapshotHeader).fields), _own_member("body")])


def _own_member(name: str) -> Member:
    """A part that is the workflow's own, of whichever class."""
    return Member(key=name, attribute=name, write=of_its_class)


def snapshot_from_wire(process: Process[Body] | Processes, data: Mapping[str, Any]) -> Snapshot[Body]:
    """Read a snapshot.

    Args:
        process: The workflow that it is a snapshot of, or several: the snapshot names its own.
        data: Its plain form.

    Raises:
        InvalidValue: The data is no snapshot of these workflows; the error names the field.
        Unknown: It is of another workflow.
    """
    header = from_wire(SnapshotHeader, {key: data[key] for key in data if key != "body"})
    process = Processes.of(process).named(header.workflow)
    return Snapshot(**vars(header), body=_own(process.body_type, data.get("body", ABSENT), "body", _read))


def snapshot_from_text(process: Process[Body] | Processes, text: str) -> Snapshot[Body]:
    """Read a snapshot from its JSON text: as `snapshot_from_wire`, and several times as fast where the text is canonical.

    Args:
        process: The workflow that it is a snapshot of, or several.
        text: The text, as `snapshot_text` writes it, or any other that says the same.

    Raises:
        InvalidValue: As `snapshot_from_wire` and ``parse_object``.
        Unknown: As `snapshot_from_wire`.
    """
    try:
        header = _snapshot_parts()(text)
        body_type = Processes.of(process).named(header["workflow"]).body_type
        header["body"] = text_reader(body_type)(header["body"])
        of_class: type[Snapshot] = Snapshot  # of whichever body
        return made(of_class, **header)
    except UNFIT:
        pass
    return snapshot_from_wire(process, parse_object(text))


@cache
def _snapshot_parts() -> Reader:
    return taking_apart([*parts(record_of(SnapshotHeader).fields), _own_part("body")], dict)
