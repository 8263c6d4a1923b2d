"""Trails as XES: what the standard asks of a document, and what stands in it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from datetime import datetime

import pytest

from eap_workflow import event_logs
from eap_workflow.errors import DefinitionError, Unknown
from eap_workflow.processes import every_process, process_named
from eap_workflow.steps import Step
from tests.diagrams.words import xml_of
from tests.event_logs import walked

PROCESSES = every_process()
TYPES = {"string", "date", "int", "boolean"}
NAME = re.compile(r"[A-Za-z_:][\w:.-]*", re.ASCII)
NC_NAME = re.compile(r"[A-Za-z_][\w.-]*", re.ASCII)
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")


@pytest.fixture(scope="module")
def log() -> ET.Element:
    """The log of the examples, with references as they are."""
    return written(walked.of_the_examples())


def written(trails: Sequence[walked.Trail]) -> ET.Element:
    """The log of trails, with references as they are."""
    return xml_of("".join(event_logs.xes(trails, PROCESSES, naming=event_logs.unchanged)))


def values(element: ET.Element) -> dict[str, str]:
    """The attributes of an element, by key; no key comes twice."""
    found = [(each.attrib["key"], each.attrib["value"]) for each in element if "key" in each.attrib]
    assert len(found) == len(dict(found))
    return dict(found)


def attributes(element: ET.Element) -> Iterator[ET.Element]:
    """Every attribute that stands in it."""
    return (each for each in element.iter() if "key" in each.attrib)


def test_the_document_is_built_as_the_standard_has_it(log: ET.Element) -> None:
    """Extensions, globals, classifiers, the log's own attributes, traces: in this order, each of the form that the schema gives it."""
    order = ["extension", "global", "classifier", *TYPES, "trace"]
    places = [min(order.index(each.tag), order.index("trace") if each.tag == "trace" else 3) for each in log]
    assert places == sorted(places)
    assert (log.tag, log.attrib["xes.version"]) == ("log", "1849.2016")
    for each in log.findall("extension"):
        assert NC_NAME.fullmatch(each.attrib["name"])
        assert each.attrib["uri"] == f"http://www.xes-standard.org/{each.attrib['prefix']}.xesext"
    for each in log.findall("classifier"):
        assert NC_NAME.fullmatch(each.attrib["name"])
    assert {each.tag for each in log.iterfind("trace/*")} <= TYPES | {"event"}
    for each in attributes(log):
        assert each.tag in TYPES
        assert NAME.fullmatch(each.attrib["key"])
        assert not len(each), "no attribute stands in another"
        if each.tag == "date":
            assert INSTANT.fullmatch(each.attrib["value"])
            assert datetime.fromisoformat(each.attrib["value"]).tzinfo is not None
        if each.tag == "int":
            assert int(each.attrib["value"]) >= 0


def test_a_prefix_is_that_of_an_extension(log: ET.Element) -> None:
    """Whatever has a prefix is the standard's; what is ours has none."""
    declared = {each.attrib["prefix"] for each in log.findall("extension")}
    used = {each.attrib["key"].split(":")[0] for each in attributes(log) if ":" in each.attrib["key"]}
    assert used == declared == {"concept", "time", "lifecycle", "org"}


def test_what_is_declared_as_global_everything_has(log: ET.Element) -> None:
    """Each trace and each event has all that is declared for its kind, of the type that is declared; a classifier has no other keys."""
    declared = {each.attrib["scope"]: {key.attrib["key"]: key.tag for key in each} for each in log.findall("global")}
    for scope, path in (("trace", "trace"), ("event", "trace/event")):
        for element in log.iterfind(path):
            own = {each.attrib["key"]: each.tag for each in element if "key" in each.attrib}
            assert declared[scope].items() <= own.items()
    for each in log.findall("classifier"):
        assert each.attrib["scope"] == "event"
        assert {*each.attrib["keys"].split()} <= declared["event"].keys()


def test_every_step_stands_where_it_stands_in_its_trail(log: ET.Element) -> None:
    """A trace a request, an event a step, in their order, also where several have one instant."""
    trails = walked.of_the_examples()
    found = log.findall("trace")
    assert [values(trace)["concept:name"] for trace in found] == [trail[0].request for trail in trails]
    several = 0
    for trace, trail in zip(found, trails, strict=True):
        events = [values(event) for event in trace.findall("event")]
        assert [int(event["step"]) for event in events] == [step.version for step in trail]
        times = [event["time:timestamp"] for event in events]
        assert times == sorted(times)
        several += len(times) - len({*times})
        for event, step in zip(events, trail, strict=True):
            _check(event, step)
    assert several > 20


def _check(event: dict[str, str], step: Step) -> None:
    assert datetime.fromisoformat(event["time:timestamp"]) == step.at
    assert event["concept:name"].startswith(step.trigger.replace("_", " "))
    assert event["lifecycle:transition"] == "complete"
    assert event["org:role"] == step.by.role
    assert event["org:resource"] == (step.by.id if step.by.role != "system" else "system")
    assert (event["trigger"], event["state_left"], event["state_entered"]) == (step.trigger, step.source, step.target)
    assert event.get("limit") == step.limit
    assert event.get("limits_started", "").split() == [each.limit for each in step.started]
    assert event.get("limits_stopped", "").split() == [*step.stopped]
    for each in step.started:
        assert event[f"due_on_{each.limit}"] == each.due_on.isoformat()
        assert datetime.fromisoformat(event[f"passes_at_{each.limit}"]) == each.passes_at


def test_a_trace_says_how_its_request_stands(log: ET.Element) -> None:
    """Its workflow, its state, whether it has ended, and what it belongs to."""
    found = [values(trace) for trace in log.findall("trace")]
    for trace, trail in zip(found, walked.of_the_examples(), strict=True):
        state = process_named(trail[0].workflow).workflow.state(trail[-1].target)
        assert (trace["workflow"], trace["state"]) == (trail[0].workflow, state.name)
        assert trace["ended"] == ("true" if state.final else "false")
    assert {"assist_case", "employer", "contract", "absence"} <= {key for trace in found for key in trace}


def test_no_reference_shows_where_pseudonyms_stand() -> None:
    """Of all references that the steps hold, the plain log has those of four kinds, and the other log has none."""
    trails = walked.of_the_examples()
    plain = "".join(event_logs.xes(trails, PROCESSES, naming=event_logs.unchanged))
    named = "".join(event_logs.xes(trails, PROCESSES, naming=event_logs.Pseudonyms(bytes(16))))
    known = {step.request for trail in trails for step in trail} | {
        step.by.id for trail in trails for step in trail if step.by.role != "system"
    }
    assert all(f'"{each}"' in plain for each in known)
    assert not [each for each in known if f'"{each}"' in named]
    clients = {str(client) for trail in trails for step in trail if (client := getattr(step.command, "client", None))}
    assert clients
    assert not [each for each in clients if f'"{each}"' in plain + named]
    assert plain.count("<event>") == named.count("<event>")


def test_a_log_is_written_trace_by_trace() -> None:
    """No more is read than is written, so that nothing has to be held."""
    read: list[int] = []

    def given(trails: Sequence[tuple[Step, ...]]) -> Iterator[tuple[Step, ...]]:
        for number, trail in enumerate(trails):
            read.append(number)
            yield trail

    texts = event_logs.xes(given(walked.of_the_examples()), PROCESSES, naming=event_logs.unchanged)
    assert "<trace>" not in next(texts)
    assert next(texts).count("<trace>") == 1
    assert read == [0]


def test_no_trail_is_a_log_too() -> None:
    """An empty store has a log without traces."""
    assert not written([]).findall("trace")


def test_what_is_no_trail_is_refused() -> None:
    """Steps that do not follow on each other, and those of another workflow."""
    trail = max(walked.trails("outreach"), key=len)
    with pytest.raises(DefinitionError, match="does not follow"):
        "".join(event_logs.xes([trail[1:]], PROCESSES, naming=event_logs.unchanged))
    with pytest.raises(Unknown, match="is needed here"):
        "".join(event_logs.xes([trail], process_named("case_review"), naming=event_logs.unchanged))
