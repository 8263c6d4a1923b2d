"""The reference of the policy file, generated from the classes that read it.

Keys, defaults, what is allowed and rule ids come from the attributes, meanings from the docstrings. The page is
kept with its tables in it, so that it can be read without building anything; a test compares the two. After a change of
the classes, ``python -m docs._ext.policy_reference`` writes the tables again.
"""

from __future__ import annotations

from inspect import cleandoc
from pathlib import Path
from typing import Any

import attrs

from eap_workflow.citing import served_by_attribute
from eap_workflow.plain.docstrings import attributes_of
from eap_workflow.plain.frozen_map import FrozenMap
from eap_workflow.plain.wire import record_of
from eap_workflow.policy import (
    STANDARD,
    Limits,
    LimitTerms,
    Parties,
    PartyTerms,
    Policy,
    ReasonTerms,
    RequestTerms,
    TimeTerms,
)
from eap_workflow.policy_checks import OR_LEFT_OUT, Check
from eap_workflow.terms.extra_sessions import WHEN_PASSED

PAGE = Path(__file__).parent.parent / "policy-file.md"
BEGIN, END = "<!-- generated from the classes: begin -->", "<!-- generated from the classes: end -->"

# A default that depends on other keys is shown as it is where none of them is given.
SAMPLES: dict[type, Any] = {each: each() for each in (RequestTerms, Limits, Parties, PartyTerms)} | {Policy: STANDARD}


@attrs.frozen(kw_only=True)
class Row:
    """A key of a table.

    Attributes:
        key: The key.
        allowed: What may stand there, in words.
        default: What its absence means, as it would be written.
        rules: The ids of the rules that it serves.
        meaning: What it does.
    """

    key: str
    allowed: str
    default: str
    rules: tuple[str, ...]
    meaning: str


@attrs.frozen(kw_only=True)
class Table:
    """A table of the file: one class, in one or more places.

    Attributes:
        cls: The class.
        paths: Where it stands, as its headers are written.
        summary: What it is for.
        rows: Its keys.
    """

    cls: type
    paths: tuple[str, ...]
    summary: str
    rows: tuple[Row, ...]


def tables() -> tuple[Table, ...]:
    """List every table that a policy file may have, in the order of the classes' attributes."""
    places: dict[type, list[str]] = {}
    _find(Policy, "policy", places)
    return tuple(
        Table(
            cls=cls,
            paths=tuple(f"[[{path}]]" if path == "policy" else f"[{path}]" for path in paths),
            summary=cleandoc(cls.__doc__ or "").splitlines()[0],
            rows=_rows(cls),
        )
        for cls, paths in places.items()
    )


def with_reference(page: str) -> str:
    """Give the page with the tables between its two marks written anew."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        message = f"the page must have the marks {BEGIN} and {END}"
        raise ValueError(message)
    return f"{before}{BEGIN}\n\n{_markdown()}\n{END}{after}"


def _find(cls: type, path: str, places: dict[type, list[str]]) -> None:
    places.setdefault(cls, []).append(path)
    for field in record_of(cls).fields:
        if field.shape.record is not None:
            _find(field.shape.record, f"{path}.{field.key}", places)


def _rows(cls: type) -> tuple[Row, ...]:
    meanings = attributes_of(cls)
    return tuple(_row(cls, attribute, meanings[attribute.name]) for attribute in attrs.fields(cls))


def _row(cls: type, attribute: attrs.Attribute[Any], meaning: str) -> Row:
    check = attribute.validator
    if not isinstance(check, Check):
        message = f"{cls.__name__}.{attribute.name} has no check that says what is allowed"
        raise TypeError(message)
    return Row(
        key=attribute.name,
        allowed="a table, below" if check.allowed.startswith("a table (") else check.allowed.removesuffix(OR_LEFT_OUT),
        default=_default(cls, attribute),
        rules=served_by_attribute(attribute.metadata),
        meaning=meaning,
    )


def _default(cls: type, attribute: attrs.Attribute[Any]) -> str:
    default: Any = attribute.default
    if default is attrs.NOTHING:
        return "required"
    if cls in SAMPLES:
        default = getattr(SAMPLES[cls], attribute.name)
    if isinstance(default, LimitTerms | TimeTerms | ReasonTerms):
        return f"`{_inline(default)}`"
    if default is None or default == {}:
        return "none"
    if attrs.has(type(default)) and not isinstance(default, FrozenMap):
        return "each key's own"
    return f"`{_toml(default)}`"


def _inline(table: Any) -> str:
    """A table on one line, with the keys that are not left at their defaults, and those that are required."""
    given = {each.name: getattr(table, each.name) for each in attrs.fields(type(table))}
    shown = {name: value for name, value in given.items() if value is not None and name != "when_passed"}
    return f"{{ {', '.join(f'{name} = {_toml(value)}' for name, value in shown.items())} }}"


def _toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            return f'"{value}"'
        case tuple():
            return f"[{', '.join(_toml(each) for each in value)}]"
        case TimeTerms():
            return _inline(value)
        case FrozenMap():
            return f"{{ {', '.join(f'{key} = {_toml(each)}' for key, each in value.items())} }}"
        case _:
            return str(value)


def _markdown() -> str:
    return "\n".join(_section(table) for table in tables())


def _section(table: Table) -> str:
    heading = ", ".join(f"`{path}`" for path in table.paths)
    lines = [
        f"### {heading}",
        "",
        table.summary,
        "",
        "| key | allowed | default | what it does | rules |",
        "|---|---|---|---|---|",
    ]
    for row in table.rows:
        cells = (f"`{row.key}`", row.allowed, row.default, row.meaning, ", ".join(row.rules))
        lines.append(f"| {' | '.join(cells)} |")
    if table.cls is LimitTerms:
        lines += [
            "",
            "Which `when_passed` a limit may carry, the default first:",
            "",
            "| limit | `when_passed` |",
            "|---|---|",
        ]
        lines += [f"| `{name}` | {', '.join(f'`{word}`' for word in words)} |" for name, words in WHEN_PASSED.items()]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    PAGE.write_text(with_reference(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
