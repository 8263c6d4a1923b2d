"""Writes trails as OCEL 2.0 in JSON: events, the objects that they are about, and what becomes of those objects in time.

A request is an object whose type is its workflow, and its state and its due date are attributes that change. What requests share
is an object too: the Assist Case or the absence, the employer, the contract, whoever acted. Such an object has an id of its
own and nothing else; a request says what it belongs to, and so does each event, as it was by then.

Every value is written as text, a number too, since the published schema has no other. The parts of the document come in the
order in which they are known: the events, the objects, and at last the types of both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eap_workflow.event_logs.model import NOBODY, logged
from eap_workflow.event_logs.references import ACTOR, REQUEST
from eap_workflow.event_logs.spools import InMemory
from eap_workflow.plain.json_text import canonical_json
from eap_workflow.plain.scalars import write_instant
from eap_workflow.process_set import Processes

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from eap_workflow.event_logs.model import LoggedRequest, LoggedStep
    from eap_workflow.event_logs.references import Naming
    from eap_workflow.event_logs.spools import Spool
    from eap_workflow.process import Process
    from eap_workflow.steps import Step

OF_EVENTS = {
    "step": "integer",
    "trigger": "string",
    "state_left": "string",
    "state_entered": "string",
    "role": "string",
    "rules": "string",
    "limit": "string",
    "limits_started": "string",
    "limits_stopped": "string",
}
OF_REQUESTS = {"state": "string", "due_on": "string"}
NOT_DUE = "none"
"""What the due date of a request is while it has none."""


def ocel(
    trails: Iterable[Sequence[Step]], process: Process | Processes, *, naming: Naming, spool: Spool | None = None
) -> Iterator[str]:
    """Write trails as an OCEL 2.0 document in JSON.

    Args:
        trails: The steps of each request, from the first on.
        process: The workflow that they are of, or several.
        naming: What stands for a reference: `Pseudonyms` with a key, or `unchanged`.
        spool: Where objects are kept until all events are written; in memory, where none is given.

    Yields:
        The document: a request's events at a time, in the order of the trails; an object at a time, in the order of the ids.

    Raises:
        DefinitionError: The steps of a trail do not follow on each other.
        Unknown: A trail is of another workflow.
    """
    processes = Processes.of(process)
    spool = InMemory() if spool is None else spool
    event_types: dict[str, None] = {}
    object_types: dict[str, dict[str, str]] = {}
    before = '{"events":[\n'
    for trail in trails:
        request = logged(processes, trail, naming)
        texts = []
        for step in request.steps:
            event_types.setdefault(step.label)
            texts.append(canonical_json(_event(request, step)))
        for kind, each in _objects(request):
            object_types.setdefault(kind, OF_REQUESTS if kind == request.workflow else {})
            spool.keep(each["id"], canonical_json(each))
        yield before + ",\n".join(texts)
        before = ",\n"
    yield ('\n],"objects":[\n' if event_types else '{"events":[],"objects":[\n')
    before = ""
    for text in spool.texts():
        yield before + text
        before = ",\n"
    yield '\n],"eventTypes":[\n'
    yield ",\n".join(_type(label, OF_EVENTS) for label in sorted(event_types))
    yield '\n],"objectTypes":[\n'
    yield ",\n".join(_type(kind, attributes) for kind, attributes in sorted(object_types.items()))
    yield "\n]}\n"


def _type(name: str, attributes: dict[str, str]) -> str:
    listed = [{"name": each, "type": type_} for each, type_ in attributes.items()]
    return canonical_json({"name": name, "attributes": listed})


def _id(kind: str, name: str) -> str:
    """An id that no object of another kind has."""
    return f"{kind}:{name}"


def _event(request: LoggedRequest, step: LoggedStep) -> dict[str, Any]:
    own = _id(REQUEST, request.name)
    values = {
        "step": str(step.number),
        "trigger": step.trigger,
        "state_left": step.source,
        "state_entered": step.target,
        "role": step.role,
        "rules": " ".join(step.rules),
        "limit": step.limit or "",
        "limits_started": " ".join(each.limit for each in step.started),
        "limits_stopped": " ".join(step.stopped),
    }
    about = [(own, REQUEST), *((_id(kind, name), kind) for kind, name in step.objects.items())]
    if step.resource != NOBODY:
        about.append((_id(ACTOR, step.resource), "made by"))
    return {
        "id": f"{own}#{step.number}",
        "type": step.label,
        "time": write_instant(step.at),
        "attributes": [{"name": name, "value": value} for name, value in values.items() if value],
        "relationships": _relationships(about),
    }


def _objects(request: LoggedRequest) -> Iterator[tuple[str, dict[str, Any]]]:
    """The request, and all that it and its events are about; each with its type."""
    shared = dict.fromkeys(each for step in request.steps for each in step.objects.items())
    yield (
        request.workflow,
        {
            "id": _id(REQUEST, request.name),
            "type": request.workflow,
            "attributes": list(_changes(request)),
            "relationships": _relationships((_id(kind, name), kind) for kind, name in shared),
        },
    )
    actors = dict.fromkeys((ACTOR, step.resource) for step in request.steps if step.resource != NOBODY)
    for kind, name in (*shared, *actors):
        yield kind, {"id": _id(kind, name), "type": kind, "attributes": [], "relationships": []}


def _relationships(related: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"objectId": name, "qualifier": qualifier} for name, qualifier in related]


def _changes(request: LoggedRequest) -> Iterator[dict[str, str]]:
    """What the request's attributes were from when on: at an instant the last value, since a passing state is none."""
    before: dict[str, str] = {}
    following = (*(step.at for step in request.steps[1:]), None)
    for step, next_at in zip(request.steps, following, strict=True):
        if step.at == next_at:
            continue
        now = {"state": step.target, "due_on": NOT_DUE if step.due_on is None else step.due_on.isoformat()}
        for name, value in now.items():
            if before.get(name) != value:
                yield {"name": name, "time": write_instant(step.at), "value": value}
        before = now
