"""Which tests show which rule: what the index of the package says of a test is compared with the test, whenever all are run.

A test cites a rule by its id, in its docstring. ``make test`` runs them with ``EAP_WORKFLOW_RULES=check``: the library is watched
meanwhile, and what was seen of the rules that a test cites has to be what ``src/eap_workflow/rules/shown.json`` says, or the test
fails. So the index cannot lag behind. ``make rules`` runs the tests that cite a rule with ``EAP_WORKFLOW_RULES=write``, and writes
the index anew. Whoever runs a few tests by hand is not held up by either.

Examples that are generated anew in each run are watched by nobody: such a test is in the index by what it says.
"""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from collections.abc import Generator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from eap_workflow.rules.shown import as_lines
from tests.watching import watch_what_is_imported, watching

INDEX = Path(__file__).parent.parent / "src" / "eap_workflow" / "rules" / "shown.json"
WANTED = os.environ.get("EAP_WORKFLOW_RULES")
CHECKING, WRITING = WANTED == "check", WANTED == "write"
RULE = re.compile(r"\b(?:XS|CR|CM|TC|IN)-\d\d\b")
# How a sentence cites: ids before it, or in brackets at its end. Who reads the index has them already.
CITED = re.compile(
    rf"^(?:{RULE.pattern}[, ]*)+(?:and [^:]*)?: | \({RULE.pattern}(?:(?:, | to | and ){RULE.pattern})*\)"
)

Found = Mapping[str, Mapping[str, set[str]]]
"""Tests by file: their names, each with its cases."""

collected: defaultdict[str, defaultdict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
"""The tests of this session, whether or not they are run."""

_written: dict[str, Any] = {}


def said(item: pytest.Function) -> str:
    """What a test expects, as its docstring says."""
    return (item.function.__doc__ or "").strip()


def rules_of(item: pytest.Item) -> list[str]:
    """The ids that a test cites, each once."""
    return sorted(set(RULE.findall(said(item)))) if isinstance(item, pytest.Function) else []


def sentence(docstring: str) -> str:
    """The expectation that a docstring states, without the ids."""
    return " ".join(CITED.sub("", docstring.partition("\n\n")[0]).split())


def name_and_case(item: pytest.Item) -> tuple[str, str]:
    """A test's name, and which of its cases it is."""
    name, _, case = item.nodeid.partition("[")
    return name, case.removesuffix("]")


def is_generated(item: pytest.Function) -> bool:
    """Whether its examples are Hypothesis' own."""
    return bool(getattr(item.function, "is_hypothesis_test", False))


# --- the plugin -------------------------------------------------------------------------------------------------------


def pytest_itemcollected(item: pytest.Item) -> None:
    """Keep every test's name before any is deselected."""
    name, case = name_and_case(item)
    collected[name.partition("::")[0]][name].add(case)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Watch what has been imported by now; to write, leave out what cites no rule."""
    if CHECKING or WRITING:
        watch_what_is_imported()
    if WRITING:
        config.hook.pytest_deselected(items=[item for item in items if not rules_of(item)])
        items[:] = [item for item in items if rules_of(item)]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Run a test that cites rules under observation, and compare."""
    rules = rules_of(item) if CHECKING or WRITING else []
    if not rules or not isinstance(item, pytest.Function):
        return (yield)
    if is_generated(item):
        result = yield
        seen: dict[str, list[str]] = {}
    else:
        with watching() as everything:
            result = yield
        seen = {rule: as_lines(sight for id_, sight in everything if id_ == rule) for rule in rules}
    entry = {"says": sentence(said(item)), "rules": rules, "seen": {rule: each for rule, each in seen.items() if each}}
    if WRITING:
        add(_written, *name_and_case(item), entry)
    elif wrong := difference(kept(), *name_and_case(item), entry):
        pytest.fail(f"{wrong}: `make rules` writes {INDEX.name} anew", pytrace=False)
    return result


def pytest_sessionfinish(exitstatus: int) -> None:
    """Write the index, where the tests ran in one process and none failed; what was not run stays as it was."""
    if WRITING and exitstatus == pytest.ExitCode.OK and "PYTEST_XDIST_WORKER" not in os.environ:
        for name, entry in kept().items():
            for each in entry["cases"]:
                for case in each["of"]:
                    if is_there(collected, name, case) and not is_known(_written, name, case):
                        add(_written, name, case, {**entry, "seen": each["seen"]})
        INDEX.write_text(as_text(_written), encoding="utf-8")


# --- the index --------------------------------------------------------------------------------------------------------


@cache
def kept() -> dict[str, Any]:
    """The index as it is kept."""
    index: dict[str, Any] = json.loads(INDEX.read_text(encoding="utf-8"))
    return index


def add(index: dict[str, Any], name: str, case: str, entry: dict[str, Any]) -> None:
    """Put what was seen in a case of a test into an index, beside the cases in which the same was seen."""
    cases = index.setdefault(name, {"says": entry["says"], "rules": entry["rules"], "cases": []})["cases"]
    same = next((each for each in cases if each["seen"] == entry["seen"]), None)
    if same is None:
        cases.append({"of": [case], "seen": entry["seen"]})
    else:
        same["of"].append(case)


def difference(index: dict[str, Any], name: str, case: str, entry: dict[str, Any]) -> str:
    """Say where an index says something else of a case of a test; nothing where it does not."""
    known = index.get(name)
    if known is None:
        return f"the index does not know {name}, which cites {', '.join(entry['rules'])}"
    for key in ("says", "rules"):
        if known[key] != entry[key]:
            return f"the index has another {key!r} of {name}"
    before = next((each["seen"] for each in known["cases"] if case in each["of"]), None)
    if before is None:
        return f"the index does not know the case {case} of {name}"
    for rule in entry["rules"]:
        then, now = before.get(rule, []), entry["seen"].get(rule, [])
        if then != now:
            gone, new = sorted({*then} - {*now}), sorted({*now} - {*then})
            return f"of {rule}, {name}[{case}] shows {new or 'nothing'}, where the index has {gone or 'nothing'}"
    return ""


def vanished(index: dict[str, Any], found: Found) -> list[str]:
    """The tests of an index, or their cases, that are no more, as far as their files were collected."""
    cases = ((name, case) for name, entry in index.items() for each in entry["cases"] for case in each["of"])
    return [f"{name}[{case}]" for name, case in cases if not is_there(found, name, case)]


def is_there(found: Found, name: str, case: str) -> bool:
    """Whether a case of a test was collected, or its file was not."""
    file = name.partition("::")[0]
    return file not in found or case in found[file].get(name, ())


def is_known(index: dict[str, Any], name: str, case: str) -> bool:
    """Whether an index has a case of a test."""
    return name in index and any(case in each["of"] for each in index[name]["cases"])


def as_text(index: dict[str, Any]) -> str:
    """Write an index so that what changed can be seen: a test by name, and a line for its cases that show the same."""
    parts = []
    for name in sorted(index):
        entry = index[name]
        cases = sorted(({**each, "of": sorted(each["of"])} for each in entry["cases"]), key=lambda each: each["of"])
        lines = ",\n".join(f"   {json.dumps(each)}" for each in cases)
        head = f'  "says": {json.dumps(entry["says"])},\n  "rules": {json.dumps(entry["rules"])},\n'
        parts.append(f' {json.dumps(name)}: {{\n{head}  "cases": [\n{lines}\n  ]\n }}')
    return "{\n" + ",\n".join(parts) + "\n}\n"
