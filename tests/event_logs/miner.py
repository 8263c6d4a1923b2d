"""A program that asks pm4py and r4pm, one question a line: a process of its own, in an environment of its own.

pm4py's licence is the AGPL, so it is a tool beside this project and no part of it: nothing here is imported by the library or its
tests. What it prints when it is imported goes to standard error.
"""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from typing import Any

answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)

import pm4py  # noqa: E402 - what it prints is turned away first
import r4pm  # noqa: E402
from pm4py.algo.conformance.alignments.petri_net import algorithm as alignments  # noqa: E402
from pm4py.algo.evaluation.replay_fitness.variants.alignment_based import evaluate  # noqa: E402
from pm4py.objects.ocel.importer.jsonocel import importer as ocel_importer  # noqa: E402


def _log(file: str) -> Any:
    # By pm4py's own reader: without this, it would leave the reading to r4pm where that is installed.
    return pm4py.read_xes(file, variant="iterparse20", return_legacy_log_object=True)


def read_xes(file: str) -> dict[str, Any]:
    """A log, as pm4py reads it, and how many traces and events r4pm finds in it."""
    log = _log(file)
    item = r4pm.import_item("EventLog", file)
    return {
        "traces": [[dict(trace.attributes), [dict(event) for event in trace]] for trace in log],
        "classifiers": log.classifiers,
        "globals": {scope: sorted(keys) for scope, keys in log.omni_present.items()},
        "extensions": sorted(log.extensions),
        "r4pm": r4pm.bindings.get_num_cases(r4pm.bindings.log_to_activity_projection(item)),
    }


def read_ocel(file: str) -> dict[str, Any]:
    """A log of objects, as pm4py reads it, and how many of each r4pm finds in it."""
    log = ocel_importer.apply(file, variant=ocel_importer.Variants.OCEL20_STANDARD)
    item = r4pm.bindings.slim_link_ocel(r4pm.import_item("OCEL", file))
    return {
        "events": json.loads(log.events.to_json(orient="records", date_format="iso")),
        "objects": Counter(log.objects["ocel:type"]),
        "relations": json.loads(log.relations.to_json(orient="records", date_format="iso")),
        "changes": json.loads(log.object_changes.to_json(orient="records", date_format="iso")),
        "of_objects": json.loads(log.o2o.to_json(orient="records")),
        "r4pm": [r4pm.bindings.num_events(item), r4pm.bindings.num_objects(item)],
    }


def flatten(file: str, kind: str) -> list[list[str]]:
    """The labels of each object's events, as pm4py makes a log with one kind of objects as its cases."""
    log = ocel_importer.apply(file, variant=ocel_importer.Variants.OCEL20_STANDARD)
    flat = pm4py.convert_to_event_log(pm4py.ocel_flattening(log, kind))
    return sorted([event["concept:name"] for event in trace] for trace in flat)


def read_net(file: str) -> dict[str, Any]:
    """A net, as both read it."""
    net, initial, final = pm4py.read_pnml(file)
    other = r4pm.petri_net.import_pnml(file)
    return {
        "places": len(net.places),
        "labels": sorted(str(each.label) for each in net.transitions),
        "initial": {place.name: tokens for place, tokens in initial.items()},
        "final": {place.name: tokens for place, tokens in final.items()},
        "sound": pm4py.check_soundness(net, initial, final)[0],
        "r4pm": [
            len(other["places"]),
            sorted(str(each["label"]) for each in other["transitions"].values()),
            list(other["initial_marking"].values()),
            [list(marking.values()) for marking in other["final_markings"]],
        ],
    }


def align(log: str, net: str, how: str = "VERSION_DIJKSTRA_NO_HEURISTICS") -> dict[str, Any]:
    """How well each trace of a log fits a net, by its best alignment, and how well the log does as a whole.

    For nets of one token this way of finding it takes half of what pm4py's own choice does.
    """
    aligned = alignments.apply(_log(log), *pm4py.read_pnml(net), variant=alignments.Variants[how])
    return {
        "traces": [[each["fitness"], each["cost"]] for each in aligned],
        "log": evaluate(aligned),
    }


def replay(log: str, net: str) -> list[float]:
    """How well each trace of a log fits a net, by token replay."""
    replayed = pm4py.conformance_diagnostics_token_based_replay(_log(log), *pm4py.read_pnml(net))
    return [each["trace_fitness"] for each in replayed]


ASKED = {each.__name__: each for each in (read_xes, read_ocel, flatten, read_net, align, replay)}

for line in sys.stdin:
    question = json.loads(line)
    answer = ASKED[question["ask"]](*question["of"])
    answers.write(json.dumps(answer, default=str) + "\n")
    answers.flush()
