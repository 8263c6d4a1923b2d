"""Trails as OCEL 2.0: what the format asks of a document, and what stands in it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import jsonschema
import pytest

from eap_workflow import event_logs
from eap_workflow.event_logs.model import logged
from eap_workflow.processes import NAMES, every_process
from tests.event_logs import walked

PROCESSES = every_process()


def _list_of(required: dict[str, Any]) -> dict[str, Any]:
    items = {"type": "object", "properties": required, "required": [*required], "additionalProperties": False}
    return {"type": "array", "items": items}


TEXT = {"type": "string", "minLength": 1}
INSTANT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$"}
RELATIONSHIPS = _list_of({"objectId": TEXT, "qualifier": TEXT})
TYPE = {"enum": ["string", "time", "integer", "float", "boolean"]}
TYPES = _list_of({"name": TEXT, "attributes": _list_of({"name": TEXT, "type": TYPE})})
SCHEMA = {
    "type": "object",
    "properties": {
        "eventTypes": TYPES,
        "objectTypes": TYPES,
        "events": _list_of(
            {
                "id": TEXT,
                "type": TEXT,
                "time": INSTANT,
                "attributes": _list_of({"name": TEXT, "value": TEXT}),
                "relationships": RELATIONSHIPS,
            }
        ),
        "objects": _list_of(
            {
                "id": TEXT,
                "type": TEXT,
                "attributes": _list_of({"name": TEXT, "time": INSTANT, "value": TEXT}),
                "relationships": RELATIONSHIPS,
            }
        ),
    },
    "required": ["eventTypes", "objectTypes", "events", "objects"],
    "additionalProperties": False,
}
"""What we write: stricter than the published schema, which lets every part but these be left out, and anything be added."""


def written(trails: Iterable[walked.Trail], **options: Any) -> dict[str, Any]:
    """The document, parsed."""
    text = "".join(event_logs.ocel(trails, PROCESSES, naming=options.pop("naming", event_logs.unchanged), **options))
    parsed: dict[str, Any] = json.loads(text)
    return parsed


@pytest.fixture(scope="module")
def log() -> dict[str, Any]:
    """The log of the examples, with references as they are."""
    return written(walked.of_the_examples())


def test_the_document_is_of_the_format(log: dict[str, Any]) -> None:
    """Every part is there, of the form that the format gives it, and all values are texts."""
    jsonschema.Draft202012Validator(SCHEMA).validate(log)
    jsonschema.Draft202012Validator(SCHEMA).validate(written([]))


def test_everything_that_is_named_is_declared(log: dict[str, Any]) -> None:
    """Ids are used once; types, attributes and related objects exist; and no type is declared for nothing."""
    for kind in ("event", "object"):
        declared = {each["name"]: {own["name"] for own in each["attributes"]} for each in log[f"{kind}Types"]}
        assert len(declared) == len(log[f"{kind}Types"])
        assert {each["type"] for each in log[f"{kind}s"]} == declared.keys()
        assert len({each["id"] for each in log[f"{kind}s"]}) == len(log[f"{kind}s"])
        for each in log[f"{kind}s"]:
            assert {own["name"] for own in each["attributes"]} <= declared[each["type"]]
    objects = {each["id"] for each in log["objects"]}
    related = {own["objectId"] for each in (*log["events"], *log["objects"]) for own in each["relationships"]}
    assert related <= objects
    assert {each["objectId"] for event in log["events"] for each in event["relationships"]} == objects


def test_every_step_is_an_event_of_its_request(log: dict[str, Any]) -> None:
    """Each event is about its request, what that belongs to by then, and whoever made it."""
    trails = walked.of_the_examples()
    events = iter(log["events"])
    for trail in trails:
        for expected in logged(PROCESSES, trail, event_logs.unchanged).steps:
            event = next(events)
            assert event["id"] == f"request:{trail[0].request}#{expected.number}"
            assert event["type"] == expected.label
            assert datetime.fromisoformat(event["time"]) == expected.at
            own = {each["name"]: each["value"] for each in event["attributes"]}
            assert own["step"] == str(expected.number)
            assert (own["state_left"], own["state_entered"]) == (expected.source, expected.target)
            about = {(each["qualifier"], each["objectId"]) for each in event["relationships"]}
            actors = set() if expected.resource == "system" else {("made by", f"actor:{expected.resource}")}
            shared = {(kind, f"{kind}:{name}") for kind, name in expected.objects.items()}
            assert about == {("request", f"request:{trail[0].request}")} | shared | actors
    assert next(events, None) is None


def test_a_request_is_an_object_whose_state_changes(log: dict[str, Any]) -> None:
    """At each instant its state and its due date are those that it rests in, and no passing state is ever one of them."""
    objects = {each["id"]: each for each in log["objects"]}
    for trail in walked.of_the_examples():
        request = objects[f"request:{trail[0].request}"]
        assert request["type"] == trail[0].workflow
        case = logged(PROCESSES, trail, event_logs.unchanged)
        for event in case.steps:
            last = [each for each in case.steps if each.at <= event.at][-1]
            assert _at(request, "state", event.at) == last.target
            assert _at(request, "due_on", event.at) == ("none" if last.due_on is None else last.due_on.isoformat())
        changes = [(each["name"], each["time"]) for each in request["attributes"]]
        assert len(changes) == len({*changes})


def _at(request: dict[str, Any], name: str, at: datetime) -> str:
    known = [e for e in request["attributes"] if e["name"] == name and datetime.fromisoformat(e["time"]) <= at]
    value: str = known[-1]["value"]
    return value


def test_what_requests_share_is_there_once(log: dict[str, Any]) -> None:
    """Two requests of one Assist Case lead to one object; so do those of an employer, and the steps of an actor."""
    kinds = Counter(each["type"] for each in log["objects"])
    assert kinds.keys() == {*NAMES, "assist_case", "employer", "contract", "absence", "actor"}
    shared = Counter(
        own["objectId"] for each in log["objects"] if each["type"] in NAMES for own in each["relationships"]
    )
    assert any(name.startswith("assist_case:") and times > 1 for name, times in shared.items())
    assert any(name.startswith("absence:") and times > 1 for name, times in shared.items())


def test_the_same_reference_of_two_kinds_is_two_objects() -> None:
    """An id says what it is the id of, so that an employer and a request with one name are not taken for each other."""
    log = written(walked.of_the_examples(), naming=lambda _kind, _reference: "same")
    ids = {each["id"] for each in log["objects"]}
    assert {"request:same", "actor:same", "employer:same"} <= ids


def test_objects_may_be_kept_elsewhere() -> None:
    """A spool is given each object, some of them again and again, and is asked for all of them once."""
    kept: dict[str, str] = {}
    given: list[str] = []

    class Kept:
        def keep(self, name: str, text: str) -> None:
            given.append(name)
            kept.setdefault(name, text)

        def texts(self) -> list[str]:
            return sorted(kept.values())

    log = written(walked.of_the_examples(), spool=Kept())
    assert len(log["objects"]) == len(kept) < len(given)
    assert sorted(log["objects"], key=str) == sorted(written(walked.of_the_examples())["objects"], key=str)


def test_the_order_of_objects_says_nothing() -> None:
    """They stand in the order of their ids, and so of the pseudonyms, whichever request came first; types too."""
    log = written(walked.of_the_examples(), naming=event_logs.Pseudonyms(bytes(16)))
    for part, by in (("objects", "id"), ("eventTypes", "name"), ("objectTypes", "name")):
        names = [each[by] for each in log[part]]
        assert names == sorted(names)


def test_no_reference_shows_where_pseudonyms_stand() -> None:
    """Of what identifies somebody, nothing is in the log with pseudonyms, and no client in any."""
    trails = walked.of_the_examples()
    plain = json.dumps(written(trails))
    named = json.dumps(written(trails, naming=event_logs.Pseudonyms(bytes(16))))
    actors = {step.by.id for trail in trails for step in trail if step.by.role != "system"}
    assert all(f":{each}" in plain for each in actors)
    assert not [each for each in actors if f":{each}" in named]
    clients = {str(client) for trail in trails for step in trail if (client := getattr(step.command, "client", None))}
    assert not [each for each in clients if f":{each}" in plain + named]
