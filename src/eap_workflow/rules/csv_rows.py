"""Rules as CSV: one line a rule, for whoever sorts and filters.

The columns are those of `COLUMNS`, in that order and for good; a new one is added at the end. Several values of a cell are set
apart by ``; ``.
"""

from __future__ import annotations

from collections.abc import Iterable

from eap_workflow.plain.csv_lines import csv_lines, several
from eap_workflow.rules.places import Kind, Place
from eap_workflow.rules.traces import Trace
from eap_workflow.rules.words import SHOWN, showings_of

KINDS = {
    "rows": Kind.ROW,
    "guards": Kind.GUARD,
    "limits": Kind.LIMIT,
    "policy_keys": Kind.KEY,
    "messages": Kind.MESSAGE,
    "views": Kind.VIEW,
    "taken_over": Kind.CLAIM,
    "functions": Kind.FUNCTION,
    "properties": Kind.PROPERTY,
}
COLUMNS = ("rule", "words", "source", *KINDS, *(f"{how}_by_tests" for how, _ in SHOWN))


def of_traces(traces: Iterable[Trace]) -> str:
    """Write the lines, a head first."""
    return csv_lines(COLUMNS, map(_line, traces))


def _line(trace: Trace) -> tuple[str, ...]:
    rule = trace.rule
    places = (several(dict.fromkeys(map(_name, trace.of(kind)))) for kind in KINDS.values())
    tests = (several(test.name for test in found) for found in showings_of(trace).values())
    return (rule.id, rule.words, rule.source, *places, *tests)


def _name(place: Place) -> str:
    if place.workflow is None or place.kind is Kind.KEY:  # a key names its table itself
        return place.name
    return f"{place.workflow}.{place.name}" + (f" from {place.source}" if place.source else "")
