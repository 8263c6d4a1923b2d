"""Which tests show a rule at work: read from an index that is kept with the package, so that it answers without the tests.

The index is written by running the tests that cite a rule and watching what the library does meanwhile (``make rules``). Whenever
such a test runs, it fails if the index says something else of it. A test cites a rule by its id, in the docstring that says
what it expects.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

from attrs import frozen

from eap_workflow.plain.frozen_map import FrozenMap
from eap_workflow.rules.places import Kind

INDEX = "shown.json"


class How(StrEnum):
    """How a place was seen at work."""

    PERMITTED = "permitted"
    """A row permitted a command; a guard was met."""
    REFUSED = "refused"
    """A row refused a command, by the role or by a guard; a guard was not met."""
    STATED = "stated"
    """A limit started, with its date."""
    KEPT = "kept"
    """A limit was stopped before it passed."""
    PASSED = "passed"
    """A limit passed."""
    OTHERWISE = "otherwise"
    """A key of the policy had another value than its default where something was decided."""
    SENT = "sent"
    """A message was made."""
    ANSWERED = "answered"
    """A view said yes, or showed something."""
    DENIED = "denied"
    """A view said no, or showed nothing."""


@frozen
class Sight:
    """A place that was seen at work while a test ran.

    Attributes:
        kind: What the place is.
        name: Its name.
        how: How it was seen.
        workflow: The workflow that it belongs to; None where it serves several.
    """

    kind: Kind
    name: str
    how: How
    workflow: str | None = None

    @property
    def permits(self) -> bool:
        """Whether it shows a rule permitted: by a row or a guard, by a view, or by a limit that was kept."""
        return self.how in (How.PERMITTED, How.KEPT, How.ANSWERED)

    @property
    def refuses(self) -> bool:
        """Whether it shows a rule refused: by a row or a guard, by a view, or by a limit that passed."""
        return self.how in (How.REFUSED, How.DENIED, How.PASSED)


def as_lines(sights: Iterable[Sight]) -> list[str]:
    """Write sights as the index has them: those that differ in the name alone on one line."""
    names: dict[str, list[str]] = {}
    for each in sorted(sights, key=lambda sight: (sight.kind, sight.how, sight.workflow or "", sight.name)):
        head = " ".join((each.kind, each.how, *([each.workflow] if each.workflow else [])))
        names.setdefault(head, []).append(each.name)
    return [f"{head}: {' '.join(listed)}" for head, listed in names.items()]


def from_lines(lines: Iterable[str]) -> frozenset[Sight]:
    """Read what `as_lines` wrote."""
    found = set()
    for head, _, names in (line.partition(": ") for line in lines):
        kind, how, *workflow = head.split(" ")
        found |= {Sight(Kind(kind), name, How(how), *workflow) for name in names.split(" ")}
    return frozenset(found)


@frozen(kw_only=True)
class Showing:
    """A test that cites rules, and what was seen while it ran.

    Attributes:
        name: Its name, as pytest has it, without the case.
        says: What it expects, in a sentence.
        seen: By rule that it cites, the places of that rule that were seen at work in any of its cases; none where what it
            looks at is no such place, or where its examples are generated anew in each run.
    """

    name: str
    says: str
    seen: Mapping[str, frozenset[Sight]]


@cache
def showings() -> tuple[Showing, ...]:
    """Every test that cites a rule, as the index has it."""
    text = files("eap_workflow.rules").joinpath(INDEX).read_text(encoding="utf-8")
    return tuple(
        Showing(
            name=name,
            says=entry["says"],
            seen=FrozenMap({rule: _in_any_case(rule, entry["cases"]) for rule in entry["rules"]}),
        )
        for name, entry in json.loads(text).items()
    )


def _in_any_case(rule: str, cases: Iterable[Mapping[str, Any]]) -> frozenset[Sight]:
    return frozenset(sight for case in cases for sight in from_lines(case["seen"].get(rule, ())))
