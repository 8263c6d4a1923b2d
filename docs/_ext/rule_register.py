"""Where each business rule is enforced, and which tests show it: found by its id, so that the answer cannot lag behind.

A row, a guard or a limit of a table cites ids in a field of its own. A module and a test cite them in their text. The
words of the rules stand in ``docs/rules.md``, by hand; a test compares the two.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import attrs

from eap_workflow.workflows import extra_sessions

ROOT = Path(__file__).resolve().parent.parent.parent
SOURCE = ROOT / "src" / "eap_workflow"
TESTS = ROOT / "tests"
PAGE = ROOT / "docs" / "rules.md"

RULE = re.compile(r"\b(?:XS|CR|IN)-\d\d\b")
WORKFLOWS = {"extra-sessions": extra_sessions.PROCESS.workflow}


@attrs.define
class Trace:
    """Where a rule is found.

    Attributes:
        rows: Rows of a table that serve it, as ``trigger (state)``.
        guards: Guards that ask for it, by name.
        limits: Limits that it sets, by name.
        modules: Modules that cite it, besides the tables.
        tests: Tests that cite it, as ``module: function``.
    """

    rows: list[str] = attrs.field(factory=list)
    guards: list[str] = attrs.field(factory=list)
    limits: list[str] = attrs.field(factory=list)
    modules: list[str] = attrs.field(factory=list)
    tests: list[str] = attrs.field(factory=list)

    @property
    def enforced(self) -> bool:
        """Whether anything in the library cites it."""
        return bool(self.rows or self.guards or self.limits or self.modules)


def register() -> dict[str, str]:
    """The rules as the page words them, by id."""
    rows = re.findall(r"^\| ((?:XS|CR|IN)-\d\d) \| (.*?) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    return dict(rows)


def traces() -> dict[str, Trace]:
    """Every rule id that is cited anywhere, with where."""
    found: dict[str, Trace] = {}

    def at(rule: str) -> Trace:
        return found.setdefault(rule, Trace())

    for workflow in WORKFLOWS.values():
        for move in workflow.moves:
            for rule in move.rules:
                at(rule).rows.append(f"{move.trigger} ({move.source})")
        for guard in workflow.guards:
            for rule in guard.rules:
                at(rule).guards.append(guard.name)
        for limit in workflow.limits:
            for rule in limit.rules:
                at(rule).limits.append(limit.name)
    for path in sorted(SOURCE.rglob("*.py")):
        if path.name != "states.py":
            for rule in sorted(set(RULE.findall(path.read_text(encoding="utf-8")))):
                at(rule).modules.append(path.relative_to(SOURCE).as_posix().removesuffix(".py"))
    for path in sorted(TESTS.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                for rule in sorted(set(RULE.findall(ast.get_docstring(node) or ""))):
                    at(rule).tests.append(f"{path.relative_to(TESTS).as_posix().removesuffix('.py')}: {node.name}")
    return found


def markdown() -> str:
    """Write what was found, a section a rule."""
    found = traces()
    sections = []
    for rule in register():
        trace = found.get(rule, Trace())
        lines = [f"### {rule}", ""]
        for what, names in (
            ("Rows of the table", trace.rows),
            ("Guards", trace.guards),
            ("Limits", trace.limits),
            ("Modules", trace.modules),
            ("Tests", trace.tests),
        ):
            if names:
                lines.append(f"{what}\n: {', '.join(f'`{name}`' for name in names)}\n")
        if not trace.enforced:
            lines.append("Nothing in this version cites it; the register says why.\n")
        sections.append("\n".join(lines))
    return "\n".join(sections)
