"""A command with its address: for which request, at which instant, by whom.

This is the form in which another system sends commands: one JSON object each, the trigger under ``do``.

    {"do": "approve", "request": "XS-0001", "at": "2026-11-05T14:00:00+11:00",
     "by": {"role": "employer", "id": "app-2", "employer": "emp-4"}}

``tick`` is no command of a request: it moves the clock of all of them.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from attrs import evolve, field, frozen

from eap_workflow.errors import InvalidType, InvalidValue
from eap_workflow.plain.canonical import Member, Writer, as_quoted, generated, members, written
from eap_workflow.plain.digest import digest
from eap_workflow.plain.scalars import write_instant
from eap_workflow.plain.slips import did_you_mean, unknown_keys
from eap_workflow.plain.wire import from_wire, record_of, to_wire
from eap_workflow.process import ADOPT, ByClock
from eap_workflow.process_set import Processes
from eap_workflow.steps import Command
from eap_workflow.values import (
    Actor,
    Discreet,
    Reference,
    Role,
    actor,
    as_instant,
    check_reference,
    choice,
    count,
    made,
    reference,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eap_workflow.process import Process

TICK = "tick"
LATEST_VERSION = 2**31 - 1


@frozen(kw_only=True, repr=False, slots=False)
class Address(Discreet):
    """What every command is sent with.

    Attributes:
        request: Which request.
        at: The instant at which it takes effect; it may lie in the future.
        by: Who asks.
        id: The sender's own id of this command: sent twice, it acts once.
        version: The version of the request that the sender has seen; at any other, the command is a conflict. Without it the
            command is decided on the request as it stands.
        workflow: The workflow, where a sender has several and the command alone does not tell; `read_envelope` says when.
    """

    request: Reference = reference()
    at: datetime = field(converter=as_instant)
    by: Actor = actor()
    id: Reference | None = reference(default=None)
    version: int | None = count(0, LATEST_VERSION, default=None)
    workflow: str | None = choice(default=None)


@frozen(kw_only=True, repr=False, slots=False)
class Envelope(Address):
    """A command with its address.

    Attributes:
        command: What is asked for.
    """

    command: Command | ByClock

    def to_wire(self) -> dict[str, Any]:
        """Write it as plain data, as it is sent."""
        own = {} if type(self.command) is ByClock else to_wire(self.command)
        plain: dict[str, Any] = {"do": self.command.trigger, "request": self.request, "at": write_instant(self.at)}
        plain["by"] = to_wire(self.by)
        if self.id is not None:
            plain["id"] = self.id
        if self.version is not None:
            plain["version"] = self.version
        if self.workflow is not None:
            plain["workflow"] = self.workflow
        return plain | own

    @property
    def digest(self) -> str:
        """What identifies its content, so that an id that comes again with other content is noticed."""
        return digest(written(self, _envelope_writer(type(self.command)), Envelope.to_wire).encode())


_WRITERS: dict[type, Writer] = {}


def _envelope_writer(command: type[Any]) -> Writer:
    """Give what writes an envelope of a type of command as `Envelope.to_wire` has it."""
    write = _WRITERS.get(command)
    if write is None:
        write = _WRITERS.setdefault(command, _envelope_writer_of(command))
    return write


def _envelope_writer_of(command: type[Any]) -> Writer:
    plan = {"do": Member(key="do", attribute="command.trigger", write=as_quoted)}
    plan |= {each.key: each for each in members(record_of(Address).fields)}
    if command is not ByClock:
        own = members(record_of(command).fields)
        plan |= {each.key: evolve(each, attribute=f"command.{each.attribute}") for each in own}
    return generated(plan.values())


@frozen(kw_only=True)
class Tick:
    """The clock moves: every move that is due by then is made, for every request (IN-13).

    Attributes:
        at: The instant up to which.
        by: Who says so, where the sender states it; the system, and nobody else.
        id: The sender's own id; a tick acts once anyhow, so it is only taken note of.
    """

    at: datetime = field(converter=as_instant)
    by: Actor | None = actor(default=None)
    id: Reference | None = reference(default=None)

    def __attrs_post_init__(self) -> None:
        if self.by is not None and self.by.role is not Role.SYSTEM:
            raise InvalidValue("by", "only the system moves the clock")


ADDRESS = ("request", "at", "by", "id", "version", "workflow")


def read_envelope(process: Process | Processes, data: object) -> Envelope:
    """Read a command from plain data.

    Args:
        process: The workflow whose commands they are; of several, where the data names none, the first is meant if it has
            the command, and otherwise the only one that has it.
        data: One object, as JSON gives it.

    Raises:
        InvalidValue: It is no command of these workflows, or of several of them, or it is a tick; the error names the field
            and what is allowed, and no value.
    """
    line = _object(data)
    if line.get("do") == TICK:
        raise InvalidValue("do", f"a {TICK} moves the clock of every request; a command of one request is needed")
    return _envelope(process, line, also=())


def read_envelope_or_tick(process: Process | Processes, data: object) -> Envelope | Tick:
    """Read a command, or a tick, from plain data: a line of a file that may hold both.

    Args:
        process: As `read_envelope` takes it.
        data: One object, as JSON gives it.

    Raises:
        InvalidValue: It is no tick, and as `read_envelope`.
    """
    line = _object(data)
    return _tick(line) if line.get("do") == TICK else _envelope(process, line, also=(TICK,))


def _object(data: object) -> dict[str, Any]:
    if not isinstance(data, dict):
        raise InvalidType("command", "an object is needed")
    return data


def _envelope(process: Process | Processes, data: dict[str, Any], *, also: tuple[str, ...]) -> Envelope:
    """Read a command; `also` is what could have been asked for besides."""
    trigger = data.get("do")
    processes = Processes.of(process)
    workflow = data.get("workflow")
    among = tuple(processes) if workflow is None else (named(processes, workflow),)
    of = _which(among, trigger, also)
    return addressed(data, str(trigger), of.commands.get(str(trigger)), field="command")


def _tick(data: dict[str, Any]) -> Tick:
    allowed = ("do", *(each.key for each in record_of(Tick).fields))
    if not data.keys() <= {*allowed}:
        raise InvalidValue(
            "command",
            f"a {TICK} moves the clock of every request, of all workflows, and has no key but {', '.join(allowed)}",
        )
    return from_wire(Tick, {key: data[key] for key in data if key != "do"})


def named(processes: Processes, workflow: object) -> Process:
    """Find the workflow that a line of plain data names.

    Raises:
        InvalidValue: It is none of these.
    """
    if not isinstance(workflow, str) or workflow not in processes.names:
        raise InvalidValue("workflow", f"one of {', '.join(processes.names)} is needed")
    return processes.named(workflow)


def _which(processes: Sequence[Process], trigger: object, also: tuple[str, ...]) -> Process:
    """The workflow that has a trigger: the first of them, or else the only one."""
    first, *others = processes
    if isinstance(trigger, str) and _has(first, trigger):
        return first
    found = [process for process in others if isinstance(trigger, str) and _has(process, trigger)]
    if not found:
        if trigger == ADOPT:
            raise InvalidValue("do", "this is no command: `eap-workflow adopt` takes over requests of another system")
        known = tuple(dict.fromkeys((*(name for process in processes for name in process.commands), *also)))
        raise InvalidValue("do", f"one of {', '.join(known)} is needed{did_you_mean([trigger], known)}")
    if len(found) > 1:
        names = " and ".join(process.workflow.name for process in found)
        raise InvalidValue("workflow", f"this command is of {names}; one of these is needed")
    return found[0]


def _has(process: Process, trigger: str) -> bool:
    # Of the commands there is a mapping; to gather all triggers takes as long as to read one of them.
    return trigger in process.commands or trigger in process.workflow.triggers


def addressed(data: dict[str, Any], trigger: str, command_type: type | None, *, field: str) -> Envelope:
    """Read a command of a type, and its address, from plain data.

    Args:
        data: One object, as JSON gives it.
        trigger: The command's trigger.
        command_type: Its type; None for a move that the system makes by itself.
        field: What an error about unknown keys calls the object.

    Raises:
        InvalidValue: It is no such command; the error names the field and what is allowed, and no value.
    """
    own = {key: data[key] for key in data if key not in ADDRESS and key != "do"}
    address = from_wire(Address, {key: data[key] for key in ADDRESS if key in data})
    fields = () if command_type is None else tuple(each.key for each in record_of(command_type).fields)
    if unknown := [key for key in own if key not in fields]:
        raise InvalidValue(field, unknown_keys(unknown, ("do", *ADDRESS, *fields), of=trigger))
    command: Command | ByClock = ByClock(trigger=trigger) if command_type is None else from_wire(command_type, own)
    # What makes an address has checked all of it but the command.
    return made(
        Envelope,
        request=address.request,
        at=address.at,
        by=address.by,
        id=address.id,
        version=address.version,
        workflow=address.workflow,
        command=command,
    )


def named_request(data: dict[str, Any] | None) -> str | None:
    """The request that a line of plain data names, whatever else is wrong with it; None where it names none."""
    request = None if data is None else data.get("request")
    try:
        check_reference("request", request)
    except InvalidValue:
        return None
    return request
