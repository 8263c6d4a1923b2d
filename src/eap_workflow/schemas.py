"""The published JSON Schema of commands, steps and snapshots, drawn from the classes that read and write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import frozen

from eap_workflow.envelope import TICK, Address, Tick
from eap_workflow.errors import DefinitionError
from eap_workflow.plain.schema import json_schema, tagged_schema
from eap_workflow.process import ADOPT
from eap_workflow.steps import SnapshotHeader, StepHeader
from eap_workflow.values import Role

if TYPE_CHECKING:
    from eap_workflow.process import Process

Schema = dict[str, Any]


@frozen(kw_only=True)
class MadeBySystem:
    """A move that the system makes by itself; it has no fields of its own."""


def command_schema(process: Process) -> Schema:
    """The schema of a line of a command file: a command with its address, or a tick of the clock."""
    classes = {trigger: process.commands.get(trigger, MadeBySystem) for trigger in process.workflow.triggers}
    schema = _of_its_own(process, tagged_schema("do", classes, Address, title=f"{process.workflow.title}: command"))
    tick = json_schema(Tick, title=TICK)
    tick.pop("$schema")
    # What it refers to stands at the top, as all references do.
    schema["$defs"] |= tick.pop("$defs", {})
    tick["properties"] = {"do": {"const": TICK}, **tick["properties"]}
    tick["required"] = ["do", *tick["required"]]
    schema["properties"]["do"]["enum"].append(TICK)
    schema["oneOf"].append(tick)
    return schema


def adoption_schema(process: Process) -> Schema:
    """The schema of a line of a file of requests that are taken over from another system.

    Raises:
        DefinitionError: The workflow takes nothing over.
    """
    title = f"{process.workflow.title}: adoption"
    return _of_its_own(process, tagged_schema("do", {ADOPT: _adopted_type(process)}, Address, title=title))


def _of_its_own(process: Process, schema: Schema) -> Schema:
    """Say that a line which names its workflow names this one."""
    for variant in schema["oneOf"]:
        named = variant["properties"]["workflow"]
        variant["properties"]["workflow"] = {
            "description": named["description"],
            "enum": [process.workflow.name, None],
        }
    return schema


def step_schema(process: Process) -> Schema:
    """The schema of a stored step; the trigger says which command and which facts it has."""
    schema = json_schema(StepHeader, title=f"{process.workflow.title}: step")
    properties, required = schema.pop("properties"), schema.pop("required")
    variants = []
    adopting = () if process.adopting is None else (ADOPT,)
    for trigger in (*process.workflow.triggers, *adopting):
        own, needed = {"trigger": {"const": trigger}}, list(required)
        if (command := process.command_type(trigger)) is not None:
            own["command"] = _defined(schema, command)
            if not _made_by_system(process, trigger):
                needed.append("command")
        if (facts := process.fact_types.get(trigger)) is not None:
            own["facts"] = _defined(schema, facts)
            needed.append("facts")
        variants.append(
            {"type": "object", "properties": properties | own, "required": needed, "additionalProperties": False}
        )
    del schema["type"], schema["additionalProperties"]
    return schema | {"oneOf": variants}


def snapshot_schema(process: Process) -> Schema:
    """The schema of a request as it stands."""
    schema = json_schema(SnapshotHeader, title=f"{process.workflow.title}: snapshot")
    schema["properties"]["state"] = {"enum": [state.name for state in process.workflow.states]}
    schema["properties"]["body"] = _defined(schema, process.body_type)
    schema["required"].append("body")
    return schema


def _adopted_type(process: Process) -> type:
    found = process.command_type(ADOPT)
    if found is None:
        raise DefinitionError(f"{process.workflow.name} takes no requests over")
    return found


def _made_by_system(process: Process, trigger: str) -> bool:
    return any(Role.SYSTEM in move.who for move in process.workflow.moves if move.trigger == trigger)


def _defined(schema: Schema, cls: type) -> Schema:
    """Put a class among the definitions of a schema, and refer to it."""
    drawn = json_schema(cls, title=cls.__name__)
    del drawn["$schema"]
    definitions = schema.setdefault("$defs", {})
    definitions |= drawn.pop("$defs", {})
    definitions[cls.__name__] = drawn
    return {"$ref": f"#/$defs/{cls.__name__}"}
