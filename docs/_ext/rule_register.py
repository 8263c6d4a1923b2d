"""Where each business rule is enforced, and which tests show it: found by its id, so that the answer cannot lag behind.

A row, a guard or a limit of a table cites ids in a field of its own. A module and a test cite them in their text. The
words of the rules stand in ``docs/rules.md``, by hand; a test compares the two.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

import attrs

from eap_workflow.processes import NAMES, process_named

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCE = ROOT / "src" / "eap_workflow"
TESTS = ROOT / "tests"
PAGE = ROOT / "docs" / "rules.md"

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Citing(Protocol):
    """A part of a table that cites rules."""

    @property
    def rules(self) -> tuple[str, ...]:
        """The ids."""
        ...


T = TypeVar("T", bound=Citing)

TABLES = "states.py"
RULE = re.compile(r"\b(?:XS|CR|CM|TC|IN)-\d\d\b")
# How a sentence cites: ids before it, or in brackets at its end. A reader of the page has them already.
CITED = re.compile(
    r"^(?:(?:XS|CR|CM|TC|IN)-\d\d[, ]*)+(?:and [^:]*)?: | \((?:(?:XS|CR|CM|TC|IN)-\d\d(?:, | to | and )?)+\)"
)
WORKFLOWS = {name: process_named(name).workflow for name in NAMES}


@attrs.define
class Trace:
    """Where a rule is found.

    Attributes:
        rows: Rows of a table that serve it, as ``workflow: trigger (state)``.
        guards: Guards that ask for it, by name.
        limits: Limits that it sets, by name.
        modules: Modules that cite it, besides the tables.
        tests: Tests that cite it: the expectation that each states, and the module where it stands.
    """

    rows: list[str] = attrs.field(factory=list)
    guards: list[str] = attrs.field(factory=list)
    limits: list[str] = attrs.field(factory=list)
    modules: list[str] = attrs.field(factory=list)
    tests: list[tuple[str, str]] = attrs.field(factory=list)

    @property
    def enforced(self) -> bool:
        """Whether anything in the library cites it."""
        return bool(self.rows or self.guards or self.limits or self.modules)


def register() -> dict[str, str]:
    """The rules as the page words them, by id."""
    rows = re.findall(
        r"^\| \[((?:XS|CR|CM|TC|IN)-\d\d)\]\S* \| (.*?) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )
    return dict(rows)


@cache
def traces() -> dict[str, Trace]:
    """Every rule id that is cited anywhere, with where."""
    found: defaultdict[str, Trace] = defaultdict(Trace)
    for workflow in WORKFLOWS.values():
        for rule, move in _cited(workflow.moves):
            found[rule].rows.append(f"{workflow.name}: {move.trigger} ({move.source})")
        for rule, guard in _cited(workflow.guards):
            found[rule].guards.append(f"{workflow.name}: {guard.name}")
        for rule, limit in _cited(workflow.limits):
            found[rule].limits.append(f"{workflow.name}: {limit.name}")
    for path in sorted(SOURCE.rglob("*.py")):
        if path.name != TABLES:
            for rule in _ids(path.read_text(encoding="utf-8")):
                found[rule].modules.append(path.relative_to(SOURCE).as_posix().removesuffix(".py"))
    for path in sorted(TESTS.rglob("test_*.py")):
        for rule, expectation in _tests(path):
            found[rule].tests.append((expectation, path.relative_to(TESTS).as_posix().removesuffix(".py")))
    return dict(found)


def _ids(text: str) -> list[str]:
    return sorted(set(RULE.findall(text)))


def _cited(parts: Iterable[T]) -> Iterator[tuple[str, T]]:
    return ((rule, part) for part in parts for rule in part.rules)


def _tests(path: Path) -> Iterator[tuple[str, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            said = ast.get_docstring(node) or ""
            subject = node.name.removeprefix("test_").replace("_", " ").capitalize()
            expectation = " ".join(CITED.sub("", said.partition("\n\n")[0]).split())
            for rule in _ids(said):
                yield rule, f"{subject}: {expectation}"


def markdown() -> str:
    """Write what was found, a section a rule."""
    return "\n".join(_section(rule, traces().get(rule, Trace())) for rule in register())


def _section(rule: str, trace: Trace) -> str:
    lines = [f"## {rule}", "", register()[rule], ""]
    for what, names in (
        ("Rows of the table", trace.rows),
        ("Guards", trace.guards),
        ("Limits", trace.limits),
        ("Modules", trace.modules),
    ):
        if names:
            lines += [f"{what}: {', '.join(f'`{name}`' for name in names)}", ""]
    if trace.tests:
        lines += ["Shown by these tests:", ""]
        lines += [f"- {expectation} (`{module}`)" for expectation, module in trace.tests]
    if not trace.enforced:
        lines.append("Nothing in this version enforces it.")
    return "\n".join([*lines, ""])
