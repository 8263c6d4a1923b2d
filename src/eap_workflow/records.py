"""Steps and snapshots in their plain form, as they are stored, sent and published.

What every workflow has stands in a header; what is the workflow's own (the command, the facts, the body) is read by
the types that its `Process` names. What the plain form holds is documented by ``schemas``, which is drawn from the
same classes.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from eap_workflow.errors import InvalidValue
from eap_workflow.plain.canonical import Member, Writer, generated, members, of_its_class, written
from eap_workflow.plain.wire import from_wire, record_of, to_wire
from eap_workflow.process import ByClock
from eap_workflow.steps import Snapshot, SnapshotHeader, Step, StepHeader
from eap_workflow.values import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eap_workflow.process import Process


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
    write = _step_writer(has_command=type(step.command) is not ByClock, has_facts=step.facts is not None)
    return written(step, write, step_to_wire)


@cache
def _step_writer(*, has_command: bool, has_facts: bool) -> Writer:
    there = {"command": has_command, "facts": has_facts}
    own = [_own_member(key) for key, is_there in there.items() if is_there]
    return generated(members(record_of(StepHeader).fields) + own)


def step_from_wire(process: Process, data: Mapping[str, Any]) -> Step:
    """Read a step of a workflow.

    Args:
        process: The workflow that it is a step of.
        data: Its plain form.

    Raises:
        InvalidValue: The data is no step of this workflow; the error names the field.
    """
    header = from_wire(StepHeader, {key: data[key] for key in data if key not in ("command", "facts")})
    command_type = process.command_type(header.trigger)
    command: Any = ByClock(trigger=header.trigger, limit=header.limit)
    if command_type is not None and not (header.by.role is Role.SYSTEM and "command" not in data):
        command = _own(command_type, data, "command")
    elif "command" in data:
        raise InvalidValue("command", "this step has none")
    facts_type = process.fact_types.get(header.trigger)
    facts: Any = None
    if facts_type is not None:
        facts = _own(facts_type, data, "facts")
    elif "facts" in data:
        raise InvalidValue("facts", "this step has none")
    return Step(**vars(header), command=command, facts=facts)


def _own(cls: type, data: Mapping[str, Any], key: str) -> Any:
    if key not in data:
        raise InvalidValue(key, "it is needed")
    return from_wire(cls, data[key], at=key)


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


def snapshot_from_wire(process: Process, data: Mapping[str, Any]) -> Snapshot:
    """Read a snapshot of a workflow.

    Args:
        process: The workflow that it is a snapshot of.
        data: Its plain form.

    Raises:
        InvalidValue: The data is no snapshot of this workflow; the error names the field.
    """
    header = from_wire(SnapshotHeader, {key: data[key] for key in data if key != "body"})
    return Snapshot(**vars(header), body=_own(process.body_type, data, "body"))
