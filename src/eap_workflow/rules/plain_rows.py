"""Rules as plain data, for ``--json`` and whoever reads it: every key always there."""

from __future__ import annotations

from typing import Any

from eap_workflow.rules.csv_rows import KINDS
from eap_workflow.rules.places import Kind, Place
from eap_workflow.rules.shown import Showing, Sight
from eap_workflow.rules.traces import Trace
from eap_workflow.rules.words import showings_of


def of_trace(trace: Trace) -> dict[str, Any]:
    """Write one rule."""
    rule = trace.rule
    return {
        "rule": rule.id,
        "words": rule.words,
        "source": rule.source,
        **{key: [_place(place) for place in trace.of(kind)] for key, kind in KINDS.items()},
        "tests": {how: [_test(trace, test) for test in found] for how, found in showings_of(trace).items()},
    }


def _place(place: Place) -> dict[str, Any]:
    source = {"from": place.source} if place.kind is Kind.ROW else {}
    return {"workflow": place.workflow, "name": place.name, **source, "words": place.words}


def _test(trace: Trace, test: Showing) -> dict[str, Any]:
    seen = sorted(trace.seen(test), key=lambda sight: (sight.kind, sight.name, sight.how, sight.workflow or ""))
    return {"test": test.name, "says": test.says, "seen": [_sight(sight) for sight in seen]}


def _sight(sight: Sight) -> dict[str, Any]:
    return {"kind": sight.kind.value, "workflow": sight.workflow, "name": sight.name, "how": sight.how.value}
