"""The reference of every command's fields, generated from the classes that read them.

Keys, defaults and what is allowed come from the attributes, meanings from the docstrings, who may send a command and in
which states from the table. Each command has a line of JSON, the first of the workflow's example file that is accepted
there; the file is run for that, so that no page shows a line that would be refused.
"""

from __future__ import annotations

import json
import re
from functools import cache
from inspect import cleandoc
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs

from eap_workflow import MemoryStore, PolicyBook, Refused, Service, Tick, load_policies, read_envelope_or_tick
from eap_workflow.plain.docstrings import attributes_of
from eap_workflow.plain.wire import record_of
from eap_workflow.processes import process_named
from eap_workflow.values import REFERENCE_PATTERN, WORD_PATTERN

if TYPE_CHECKING:
    from eap_workflow.plain.wire import Field, Shape
    from eap_workflow.process import Process

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
WIDTH = 110

ALLOWED = {
    "flag": "true or false",
    "date": "a date, such as `2026-11-02`",
    "instant": "an instant with its offset, such as `2026-10-28T14:00:00+11:00`",
}
PATTERNS = {
    f"^{REFERENCE_PATTERN}$": ("a reference", "references"),
    f"^{WORD_PATTERN}$": ("a choice of the contract's list", "choices of the contract's list"),
}


@attrs.frozen(kw_only=True)
class Row:
    """A field of a command.

    Attributes:
        key: Its key in a line.
        allowed: What may stand there, in words.
        default: What its absence means; that it is required, where it is.
        meaning: What it is.
    """

    key: str
    allowed: str
    default: str
    meaning: str


def rows(command: type) -> tuple[Row, ...]:
    """List the fields of a command, in the order of its attributes."""
    meanings = attributes_of(command)
    return tuple(row_of(field, _code(meanings[field.name]), field.key) for field in record_of(command).fields)


def row_of(field: Field, meaning: str, key: str) -> Row:
    """Say what may stand in one field."""
    return Row(key=key, allowed=_allowed(field), default=_default(field), meaning=meaning)


def _allowed(field: Field) -> str:
    shape = field.shape
    if shape.item is not None:
        each = _choices(shape.item) or PATTERNS[field.metadata["pattern"]][1]
        return f"a list of {each}, each once"
    if shape.kind == "whole":
        return f"a whole number from {field.metadata['minimum']:,} to {field.metadata['maximum']:,}"
    if shape.kind == "text":
        return PATTERNS[field.metadata["pattern"]][0]
    return _choices(shape) or ALLOWED[shape.kind]


def _choices(shape: Shape) -> str:
    return ", ".join(f"`{choice}`" for choice in shape.choices)


def _default(field: Field) -> str:
    if field.required:
        return "required"
    if field.default is None or field.default == ():
        return "none"
    return f"`{json.dumps(field.default)}`"


def _code(text: str) -> str:
    return text.replace("``", "`")


@cache
def accepted(name: str) -> dict[str, dict[str, Any]]:
    """Give, for each command of a workflow, the first line of its example file that is accepted."""
    process = process_named(name)
    policies = PolicyBook.standard()
    if (contracts := EXAMPLES / f"{name}.toml").exists():
        policies |= load_policies(contracts)
    service = Service(MemoryStore(process), policies=policies)
    found: dict[str, dict[str, Any]] = {}
    for line in (EXAMPLES / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
        data = json.loads(line)
        sent = read_envelope_or_tick(process, data)
        if isinstance(sent, Tick):
            service.tick(sent.at)
            continue
        try:
            service.handle(sent)
        except Refused:
            continue
        found.setdefault(data["do"], data)
    return found


def markdown(process: Process) -> str:
    """Write the reference of a workflow's commands, a section each."""
    examples = accepted(process.workflow.name)
    return "\n".join(
        _section(process, trigger, command, examples[trigger]) for trigger, command in process.commands.items()
    )


def _section(process: Process, trigger: str, command: type, example: dict[str, Any]) -> str:
    prose = cleandoc(command.__doc__ or "").partition("Attributes:\n")[0]
    for name, cls in process.commands.items():
        prose = prose.replace(f"`{cls.__name__}`", f"`{name}`")
    paragraphs = [_code(" ".join(each.split())) for each in prose.split("\n\n") if each.strip()]
    lines = [f"### `{trigger}`", "", "\n\n".join((*paragraphs, _who_and_where(process, trigger))), ""]
    if fields := rows(command):
        lines += ["| field | allowed | default | what it is |", "|---|---|---|---|"]
        lines += [f"| `{row.key}` | {row.allowed} | {row.default} | {row.meaning} |" for row in fields]
    else:
        lines += ["It has no fields of its own."]
    return "\n".join([*lines, "", "```json", wrapped(example), "```", ""])


def _who_and_where(process: Process, trigger: str) -> str:
    moves = [move for move in process.workflow.moves if move.trigger == trigger]
    roles = ", ".join(dict.fromkeys(f"`{role.value}`" for move in moves for role in move.who))
    sources = [move.source for move in moves]
    resting = [state for state in process.workflow.states if not state.passing]
    if sources == [process.workflow.start]:
        where = "opens the request"
    elif {*sources} == {state.name for state in resting}:
        where = "in every state"
    elif {*sources} == {state.name for state in resting if not state.final}:
        where = "in every state that is not final"
    else:
        where = f"in {', '.join(f'`{source}`' for source in sources)}"
    return f"By {roles}; {where}."


def wrapped(data: dict[str, Any]) -> str:
    """A line of a file, broken where a page would end."""
    lines = [""]
    for part in re.split(r"(?<=,) ", json.dumps(data)):
        if len(lines[-1]) + len(part) >= WIDTH:
            lines.append(f" {part}")
        else:
            lines[-1] += f" {part}" if lines[-1] else part
    return "\n".join(lines)
