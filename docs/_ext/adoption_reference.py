"""The fields of a request that is taken over from another system, generated from the classes that read them.

What stands in a part of a request has its place in the name: ``attempts[].at``. What the request was opened with has the fields
of the opening command, which have a reference of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from docs._ext.command_reference import Row, row_of
from eap_workflow.plain.docstrings import attributes_of
from eap_workflow.plain.wire import record_of
from eap_workflow.process import ADOPT
from eap_workflow.table import When

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eap_workflow.plain.wire import Field
    from eap_workflow.process import Process

ELSEWHERE = {
    "opening": "the fields of `{opens}`",
    "policy": "`contract` and `version`",
    "by": "as every command has it",
}
"""Parts that are not taken apart here, and what may stand there."""

FIRST = ("state", "opened_at", "opened_on", "policy", "opening")


def markdown(process: Process) -> str:
    """Write the table of the fields of a workflow's adoption."""
    stated = process.command_type(ADOPT)
    if stated is None:
        return ""
    lines = ["| field | allowed | default | what it is |", "|---|---|---|---|"]
    rows = sorted(_rows(process, stated, ""), key=_place)
    lines += [f"| `{row.key}` | {row.allowed} | {row.default} | {row.meaning} |" for row in rows]
    return "\n".join([*lines, ""])


def _place(row: Row) -> int:
    """How a line is read: its state and its opening first, the limits that run last."""
    name = row.key.partition(".")[0].removesuffix("[]")
    return FIRST.index(name) if name in FIRST else len(FIRST) + (name == "limits")


def _rows(process: Process, cls: type, within: str) -> Iterator[Row]:
    meanings = attributes_of(cls)
    for field in record_of(cls).fields:
        key, meaning = f"{within}{field.key}", meanings[field.name].replace("``", "`")
        part = field.shape.record or (field.shape.item.record if field.shape.item is not None else None)
        default = "required" if field.required else "none"
        if field.key == "state":
            resting = [state.name for state in process.workflow.states if not state.passing]
            yield Row(key=key, allowed=", ".join(f"`{name}`" for name in resting), default=default, meaning=meaning)
        elif within == "limits[].":
            yield Row(key=key, allowed=_of_limits(process, field), default=default, meaning=meaning)
        elif part is None:
            yield row_of(field, meaning, key)
        elif (elsewhere := _elsewhere(process, field)) is not None:
            yield Row(key=key, allowed=elsewhere, default=default, meaning=meaning)
        else:
            several = field.shape.record is None
            yield Row(key=key, allowed="a list of these" if several else "these", default=default, meaning=meaning)
            yield from _rows(process, part, f"{key}[]." if several else f"{key}.")


def _of_limits(process: Process, field: Field) -> str:
    """What may be said of a limit: the names are those of the table."""
    workflow = process.workflow
    by_clock = dict.fromkeys(move.trigger for move in workflow.moves if move.when is When.WHEN_DUE)
    names = {"limit": [limit.name for limit in workflow.limits], "done": [*by_clock]}
    if field.key not in names:
        return row_of(field, "", field.key).allowed
    listed = ", ".join(f"`{name}`" for name in names[field.key])
    return f"a list of {listed}, each once" if field.key == "done" else listed


def _elsewhere(process: Process, field: Field) -> str | None:
    if field.key.endswith("_by") or field.key == "by":
        return ELSEWHERE["by"]
    opens = next(move.trigger for move in process.workflow.moves if move.source == process.workflow.start)
    return ELSEWHERE[field.key].format(opens=opens) if field.key in ELSEWHERE else None
