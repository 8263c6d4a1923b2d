"""Programs of process mining on our logs: they read what we wrote, and pm4py's alignments tell what our core did from what it did not.

Against the net of its table, a trail that the table allows fits with exactly 1.0, and every other with less.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from random import Random  # noqa: TID251 - seeded

import pytest
from attrs import frozen
from click.testing import CliRunner

from eap_workflow import diagrams, event_logs
from eap_workflow.cli.app import app
from eap_workflow.labels import step_label
from eap_workflow.process import ADOPT
from eap_workflow.processes import NAMES, every_process, process_named
from eap_workflow.steps import Step
from eap_workflow.store.contents import step_of
from tests import samples
from tests.diagrams.words import xml_of
from tests.event_logs import walked
from tests.event_logs.asked import NEEDS_MINERS, PYTHON, Miner, mining
from tests.event_logs.possible import is_possible, labels

pytestmark = NEEDS_MINERS

ROOT = Path(__file__).resolve().parents[2]
DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
AS_MANY = 100_000 if DEEP else 25
"""How many mutants of each kind of each workflow are aligned at most; a deep run aligns them all."""
LONGEST = 100 if DEEP else 14
"""How long a trail is of which there are mutants: an alignment takes time, and in a short trail more steps are owed."""
EVERY = pytest.mark.parametrize("name", NAMES)
PSEUDONYMS = event_logs.Pseudonyms(b"a key for these tests alone")


@pytest.fixture(scope="module")
def miner() -> Iterator[Miner]:
    """The programs."""
    with mining() as asked:
        yield asked


def written(file: Path, trails: Sequence[Sequence[Step]]) -> Path:
    """A log of trails."""
    file.write_text("".join(event_logs.xes(trails, every_process(), naming=PSEUDONYMS)), encoding="utf-8")
    return file


def net(file: Path, name: str, *, unfinished: bool = False) -> Path:
    """The net of a table."""
    file.write_text(diagrams.pnml(process_named(name).workflow, unfinished=unfinished), encoding="utf-8")
    return file


def sampled() -> list[tuple[Step, ...]]:
    """The whole trails among the sample files, adopted requests among them."""
    processes, latest = every_process(), max(samples.formats())
    steps = [step_of(processes, latest, text) for text in samples.steps(latest)]
    return [
        tuple(each for each in steps if each.request == request) for request in dict.fromkeys(s.request for s in steps)
    ]


def labels_of(trace: ET.Element) -> tuple[str, ...]:
    """The labels of a trace."""
    return tuple(
        each.attrib["value"] for each in trace.iterfind("event/string") if each.attrib["key"] == "concept:name"
    )


# --- reading ----------------------------------------------------------------------------------------------------------


def test_both_programs_read_the_log_of_traces(miner: Miner, tmp_path: Path) -> None:
    """Each attribute that we wrote comes back from pm4py with its type, in its trace and at its place; r4pm counts as many traces."""
    trails = walked.of_the_examples()
    text = "".join(event_logs.xes(trails, every_process(), naming=PSEUDONYMS))
    (tmp_path / "log.xes").write_text(text, encoding="utf-8")
    log, found = xml_of(text), miner.ask("read_xes", tmp_path / "log.xes")
    assert found["r4pm"] == len(trails)
    assert [_own(trace) for trace in log.findall("trace")] == [trace for trace, _ in found["traces"]]
    written_events = [[_own(event) for event in trace.findall("event")] for trace in log.findall("trace")]
    assert written_events == [events for _, events in found["traces"]]
    assert found["classifiers"]["RowAndRole"] == ["concept:name", "org:role"]
    assert found["extensions"] == ["Concept", "Lifecycle", "Organizational", "Time"]
    assert found["globals"]["trace"] == ["concept:name", "ended", "state", "workflow"]
    assert len(found["globals"]["event"]) == 9


def _own(element: ET.Element) -> dict[str, object]:
    """The attributes of an element, as a reader has them."""
    read: dict[str, Callable[[str], object]] = {
        "string": str,
        "int": int,
        "boolean": "true".__eq__,
        "date": lambda value: str(datetime.fromisoformat(value)),
    }
    return {each.attrib["key"]: read[each.tag](each.attrib["value"]) for each in element if each.tag in read}


def test_both_programs_read_the_log_of_objects(miner: Miner, tmp_path: Path) -> None:
    """The events, the objects, what is related to what and what changes when are as many, and the same, as we wrote."""
    trails = walked.of_the_examples()
    text = "".join(event_logs.ocel(trails, every_process(), naming=PSEUDONYMS))
    (tmp_path / "log.json").write_text(text, encoding="utf-8")
    log, found = json.loads(text), miner.ask("read_ocel", tmp_path / "log.json")
    assert found["r4pm"] == [len(log["events"]), len(log["objects"])]
    assert found["objects"] == Counter(each["type"] for each in log["objects"])
    events = {each["ocel:eid"]: each for each in found["events"]}
    assert events.keys() == {each["id"] for each in log["events"]}
    for each in log["events"]:
        event, own = events[each["id"]], {name["name"]: name["value"] for name in each["attributes"]}
        assert event["ocel:activity"] == each["type"]
        assert datetime.fromisoformat(event["ocel:timestamp"]) == datetime.fromisoformat(each["time"])
        assert event["step"] == int(own.pop("step"))
        assert {name: event[name] for name in own} == own
    related = Counter((e["id"], r["objectId"], r["qualifier"]) for e in log["events"] for r in e["relationships"])
    assert related == Counter((r["ocel:eid"], r["ocel:oid"], r["ocel:qualifier"]) for r in found["relations"])
    related = Counter((o["id"], r["objectId"], r["qualifier"]) for o in log["objects"] for r in o["relationships"])
    assert related == Counter((r["ocel:oid"], r["ocel:oid_2"], r["ocel:qualifier"]) for r in found["of_objects"])
    changes = sum(len(each["attributes"]) - len({own["name"] for own in each["attributes"]}) for each in log["objects"])
    assert len(found["changes"]) == changes > 0


@EVERY
def test_the_log_of_objects_is_the_log_of_traces_seen_by_request(name: str, miner: Miner, tmp_path: Path) -> None:
    """With requests as its cases, pm4py makes the same traces of it: each step is in its trail's place."""
    trails = [trail for trail in walked.of_the_examples() if trail[0].workflow == name]
    (tmp_path / "log.json").write_text("".join(event_logs.ocel(trails, every_process(), naming=PSEUDONYMS)))
    assert miner.ask("flatten", tmp_path / "log.json", name) == sorted(
        [step_label(s) for s in trail] for trail in trails
    )


@EVERY
def test_both_programs_read_the_net(name: str, miner: Miner, tmp_path: Path) -> None:
    """Places, labels, and the markings at the beginning and the end; and pm4py finds the net sound, whichever it is."""
    for unfinished in (False, True):
        file = net(tmp_path / "net.pnml", name, unfinished=unfinished)
        namespace = "{http://www.pnml.org/version-2009/grammar/pnml}"
        page = xml_of(file.read_text(encoding="utf-8")).find(f".//{namespace}page")
        assert page is not None
        given = sorted(
            str(each.findtext(f"{namespace}name/{namespace}text")) for each in page.findall(f"{namespace}transition")
        )
        found = miner.ask("read_net", file)
        assert (found["places"], found["labels"]) == (len(page.findall(f"{namespace}place")), given)
        assert (found["initial"], found["final"]) == ({"place.new": 1}, {"end": 1})
        assert found["sound"]
        assert found["r4pm"] == [found["places"], given, [1], [[1]]]


def test_the_example_of_the_page_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the page of event logs shows of pm4py does what it says, on the files that the commands above it make."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("EAP_WORKFLOW_STORE", raising=False)
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    page = (ROOT / "docs" / "event-logs.md").read_text(encoding="utf-8")
    for command in re.findall(r"^\$ eap-workflow (.*)$", page, re.MULTILINE):
        CliRunner().invoke(app, command.split(), catch_exceptions=False)
    (program,) = re.findall(r"^```python\n(import pm4py\n.*?)^```$", page, re.MULTILINE | re.DOTALL)
    # Where r4pm is installed too, pm4py would leave the reading to it, and to packages that are not there.
    alone = f"import sys\nsys.modules['r4pm'] = None\n{program}"
    done = subprocess.run((PYTHON, "-c", alone), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


# --- what our core did ------------------------------------------------------------------------------------------------


@EVERY
def test_every_trail_that_has_ended_fits_exactly(name: str, miner: Miner, tmp_path: Path) -> None:
    """Every row of the table is in a trail that our core made and that fits with 1.0; so does the log as a whole.

    Here by the way to find the best alignment that pm4py chooses itself.
    """
    ended = walked.ended(name)
    rows = {(step.source, step.trigger) for trail in ended for step in trail}
    assert rows == {(move.source, move.trigger) for move in process_named(name).workflow.moves}
    files = written(tmp_path / "log.xes", ended), net(tmp_path / "net.pnml", name)
    found = miner.ask("align", *files, "VERSION_STATE_EQUATION_A_STAR")
    assert len(found["traces"]) == len(ended)
    assert {tuple(each) for each in found["traces"]} == {(1.0, 0)}
    assert found["log"]["log_fitness"] == 1.0
    assert found["log"]["average_trace_fitness"] == 1.0
    assert found["log"]["percentage_of_fitting_traces"] == 100.0


@EVERY
def test_trails_that_have_not_ended_fit_the_net_for_them(name: str, miner: Miner, tmp_path: Path) -> None:
    """Every trail, and every beginning of one where a request may rest, fits the net in which a request may be left anywhere.

    Against the net of ended requests, a trail that has not ended does not fit: its end is missing.
    """
    process, trails = process_named(name), walked.trails(name)
    beginnings = [trail[:length] for trail in trails for length in range(1, len(trail) + 1)]
    resting = {
        tuple(step.trigger for step in each): each
        for each in beginnings
        if not process.workflow.state(each[-1].target).passing
    }
    chosen = Random(4).sample([*resting.values()], min(AS_MANY, len(resting)))  # noqa: S311 - nothing secret
    log = written(tmp_path / "log.xes", chosen)
    found = miner.ask("align", log, net(tmp_path / "open.pnml", name, unfinished=True))
    assert {tuple(each) for each in found["traces"]} == {(1.0, 0)}
    assert found["log"]["log_fitness"] == 1.0
    found = miner.ask("align", log, net(tmp_path / "ended.pnml", name))
    final = [process.workflow.state(trail[-1].target).final for trail in chosen]
    assert [fitness == 1.0 for fitness, _ in found["traces"]] == final
    assert {True, False} <= {*final}


def test_the_sample_files_fit(miner: Miner, tmp_path: Path) -> None:
    """What the sample files hold fits, what was taken over from another system with it, in whatever state it was."""
    trails = sampled()
    assert any(trail[0].trigger == ADOPT for trail in trails)
    log = written(tmp_path / "log.xes", trails)
    found = miner.ask("align", log, net(tmp_path / "net.pnml", "extra_sessions", unfinished=True))
    assert {tuple(each) for each in found["traces"]} == {(1.0, 0)}


def test_a_request_may_be_taken_over_in_every_state_and_go_on_from_there(miner: Miner, tmp_path: Path) -> None:
    """What leads on from a state leads on from where a request was taken over in it, but for what is made at once on entering."""
    process = process_named("extra_sessions")
    log = xml_of("".join(event_logs.xes(walked.ended("extra_sessions"), process, naming=PSEUDONYMS)))
    given, expected = [], []
    for trace in log.findall("trace"):
        for at, event in enumerate(trace.findall("event")):
            state = _value(event, "state_entered")
            if state in process.adopting().states:  # type: ignore[misc]
                given.append(_trace((f"adopt (as {state.replace('_', ' ')})", *labels_of(trace)[at + 1 :])))
                expected.append(is_possible(process, labels_of(given[-1])))
    assert {True, False} == {*expected}
    found = miner.ask("align", _saved(tmp_path / "log.xes", given), net(tmp_path / "net.pnml", "extra_sessions"))
    assert [fitness == 1.0 for fitness, _ in found["traces"]] == expected


def _value(event: ET.Element, key: str) -> str:
    return next(each.attrib["value"] for each in event if each.attrib["key"] == key)


# --- what it did not do -----------------------------------------------------------------------------------------------


@frozen
class Mutant:
    """A trail with one step removed, two exchanged, or one invented."""

    kind: str
    trail: tuple[str, ...]


def mutants(trails: Sequence[tuple[str, ...]], known: Sequence[str]) -> Iterator[Mutant]:
    """Every mutant of some trails by which a step is removed or two are exchanged, and some by which one is invented."""
    random = Random(2)  # noqa: S311 - nothing secret
    for trail in trails:
        for at in range(len(trail)):
            yield Mutant("removed", (*trail[:at], *trail[at + 1 :]))
            yield Mutant("invented", (*trail[:at], random.choice(known), *trail[at:]))
            yield Mutant("foreign", (*trail[:at], "pay the invoice (approved)", *trail[at:]))
            other = random.randrange(len(trail))
            first, second = sorted((at, other))
            if trail[first] != trail[second]:
                swapped = [*trail]
                swapped[first], swapped[second] = swapped[second], swapped[first]
                yield Mutant("swapped", tuple(swapped))


def _trace(trail: Sequence[str]) -> ET.Element:
    trace = ET.Element("trace")
    for label in trail:
        ET.SubElement(ET.SubElement(trace, "event"), "string", key="concept:name", value=label)
    return trace


def _saved(file: Path, traces: Sequence[ET.Element]) -> Path:
    log = ET.Element("log", {"xes.version": "1849.2016", "xes.features": ""})
    log.extend(traces)
    ET.ElementTree(log).write(file, encoding="utf-8", xml_declaration=True)
    return file


@EVERY
def test_a_step_removed_exchanged_or_invented_shows(name: str, miner: Miner, tmp_path: Path) -> None:
    """Below 1.0 is every mutant that the table does not allow, and exactly 1.0 is every one that it does.

    A trail without one of its reminders is another trail that could have been; the test prints how many of each kind are.
    """
    process = process_named(name)
    log = xml_of("".join(event_logs.xes(walked.ended(name), process, naming=PSEUDONYMS)))
    given = [labels_of(trace) for trace in log.findall("trace")]
    drawn = list(dict.fromkeys(mutants([trail for trail in given if len(trail) <= LONGEST], labels(process))))
    Random(3).shuffle(drawn)  # noqa: S311 - nothing secret
    by_kind: dict[tuple[str, bool], list[Mutant]] = {}
    for each in drawn:
        by_kind.setdefault((each.kind, is_possible(process, each.trail)), []).append(each)
    for (kind, still_possible), chosen in sorted(by_kind.items()):
        print(f"{name}, {kind}: {len(chosen)} {'still possible' if still_possible else 'impossible'}")  # noqa: T201
    assert {kind for kind, still_possible in by_kind if not still_possible} == {
        "removed",
        "swapped",
        "invented",
        "foreign",
    }
    assert ("foreign", True) not in by_kind
    for (kind, still_possible), chosen in by_kind.items():
        assert still_possible or len(chosen) >= 40, f"too few {kind} show anything"
        log_file = _saved(tmp_path / "log.xes", [_trace(each.trail) for each in chosen[:AS_MANY]])
        found = miner.ask("align", log_file, net(tmp_path / "net.pnml", name))["traces"]
        wrong = [
            (mutant, fitness)
            for mutant, (fitness, _) in zip(chosen[:AS_MANY], found, strict=True)
            if (fitness == 1.0) is not still_possible or not 0 <= fitness <= 1
        ]
        assert wrong == []


def test_token_replay_proves_nothing(miner: Miner, tmp_path: Path) -> None:
    """Why alignments: token replay finds trails with a foreign step in each perfect, and some perfect trails not."""
    log = xml_of("".join(event_logs.xes(walked.ended("outreach"), process_named("outreach"), naming=PSEUDONYMS)))
    foreign = [(*trail[:1], "pay the invoice (approved)", *trail[1:]) for trail in map(labels_of, log.findall("trace"))]
    files = _saved(tmp_path / "foreign.xes", [_trace(each) for each in foreign]), net(tmp_path / "net.pnml", "outreach")
    assert {*miner.ask("replay", *files)} == {1.0}
    assert max(fitness for fitness, _ in miner.ask("align", *files)["traces"]) < 1.0
    perfect = written(tmp_path / "log.xes", walked.ended("extra_sessions"))
    assert min(miner.ask("replay", perfect, net(tmp_path / "other.pnml", "extra_sessions"))) < 1.0
