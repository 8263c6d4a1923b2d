"""Writes trails as XES (IEEE 1849-2016): a trace for each request, an event for each of its steps, in the trail's order.

An event is named by its row. Its time, its role and its resource are those of the standard's own extensions; what else there
is to say stands in attributes of ours, whose names have no prefix, since no extension declares them. Some of them every event has,
and those are declared as global. An attribute for which there is nothing to say is left out.

The document has no namespace: in the standard's schema, it has none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eap_workflow.diagrams.xml_text import attribute_text
from eap_workflow.event_logs.model import logged
from eap_workflow.plain.scalars import write_instant
from eap_workflow.process_set import Processes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from eap_workflow.event_logs.model import LoggedRequest, LoggedStep
    from eap_workflow.event_logs.references import Naming
    from eap_workflow.process import Process
    from eap_workflow.steps import Step

BEGINNING = """\
<?xml version="1.0" encoding="UTF-8"?>
<log xes.version="1849.2016" xes.features="">
  <extension name="Concept" prefix="concept" uri="http://www.xes-standard.org/concept.xesext"/>
  <extension name="Time" prefix="time" uri="http://www.xes-standard.org/time.xesext"/>
  <extension name="Lifecycle" prefix="lifecycle" uri="http://www.xes-standard.org/lifecycle.xesext"/>
  <extension name="Organizational" prefix="org" uri="http://www.xes-standard.org/org.xesext"/>
  <global scope="trace">
    <string key="concept:name" value="unknown"/>
    <string key="workflow" value="unknown"/>
    <string key="state" value="unknown"/>
    <boolean key="ended" value="false"/>
  </global>
  <global scope="event">
    <string key="concept:name" value="unknown"/>
    <date key="time:timestamp" value="1970-01-01T00:00:00.000000Z"/>
    <string key="lifecycle:transition" value="complete"/>
    <string key="org:role" value="unknown"/>
    <string key="org:resource" value="unknown"/>
    <int key="step" value="0"/>
    <string key="trigger" value="unknown"/>
    <string key="state_left" value="unknown"/>
    <string key="state_entered" value="unknown"/>
  </global>
  <classifier name="Row" scope="event" keys="concept:name"/>
  <classifier name="RowAndRole" scope="event" keys="concept:name org:role"/>
  <classifier name="Trigger" scope="event" keys="trigger"/>
  <classifier name="StateEntered" scope="event" keys="state_entered"/>
  <string key="concept:name" value="eap-workflow"/>
  <string key="lifecycle:model" value="standard"/>
"""
END = "</log>\n"


def xes(trails: Iterable[Sequence[Step]], process: Process | Processes, *, naming: Naming) -> Iterator[str]:
    """Write trails as an XES document.

    Args:
        trails: The steps of each request, from the first on.
        process: The workflow that they are of, or several.
        naming: What stands for a reference: `Pseudonyms` with a key, or `unchanged`.

    Yields:
        The document, a trace at a time; no more than one trail is held.

    Raises:
        DefinitionError: The steps of a trail do not follow on each other.
        Unknown: A trail is of another workflow.
    """
    processes = Processes.of(process)
    yield BEGINNING
    for trail in trails:
        yield "".join(_trace(logged(processes, trail, naming)))
    yield END


def _trace(request: LoggedRequest) -> Iterator[str]:
    last = request.steps[-1]
    yield "  <trace>\n"
    yield _attribute("string", "concept:name", request.name, "    ")
    yield _attribute("string", "workflow", request.workflow, "    ")
    yield _attribute("string", "state", last.target, "    ")
    yield _attribute("boolean", "ended", "true" if request.ended else "false", "    ")
    for kind, name in last.objects.items():
        yield _attribute("string", kind, name, "    ")
    for step in request.steps:
        yield "    <event>\n"
        for type_, key, value in _attributes(step):
            yield _attribute(type_, key, value, "      ")
        yield "    </event>\n"
    yield "  </trace>\n"


def _attributes(step: LoggedStep) -> Iterator[tuple[str, str, str]]:
    yield "string", "concept:name", step.label
    yield "date", "time:timestamp", write_instant(step.at)
    yield "string", "lifecycle:transition", "complete"
    yield "string", "org:role", step.role
    yield "string", "org:resource", step.resource
    yield "int", "step", str(step.number)
    yield "string", "trigger", step.trigger
    yield "string", "state_left", step.source
    yield "string", "state_entered", step.target
    if step.rules:
        yield "string", "rules", " ".join(step.rules)
    if step.limit is not None:
        yield "string", "limit", step.limit
    if step.stopped:
        yield "string", "limits_stopped", " ".join(step.stopped)
    if step.started:
        yield "string", "limits_started", " ".join(each.limit for each in step.started)
    for each in step.started:
        yield "string", f"due_on_{each.limit}", each.due_on.isoformat()
        yield "date", f"passes_at_{each.limit}", write_instant(each.passes_at)


def _attribute(type_: str, key: str, value: str, indent: str) -> str:
    return f'{indent}<{type_} key="{key}" value="{attribute_text(value)}"/>\n'
