"""The published schemas of commands, steps and snapshots agree with what is read and written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from eap_workflow import schemas
from eap_workflow.envelope import read_envelope_or_tick
from eap_workflow.errors import InvalidValue
from eap_workflow.records import snapshot_to_wire, step_to_wire
from eap_workflow.store.memory import MemoryStore
from tests import lines
from tests.histories import histories
from tests.lines import ANSWERS, APPROVER, DAY, MANAGER, PROCESS, TEAM, Line, handle

CHECKER = FormatChecker(formats=("date",))


def validator(schema: dict[str, Any]) -> Draft202012Validator:
    """A validator of a schema that is itself valid, and comes through JSON unchanged."""
    Draft202012Validator.check_schema(schema)
    assert json.loads(json.dumps(schema)) == schema
    return Draft202012Validator(schema, format_checker=CHECKER)


COMMAND = validator(schemas.command_schema(PROCESS))
STEP = validator(schemas.step_schema(PROCESS))
SNAPSHOT = validator(schemas.snapshot_schema(PROCESS))

RUNS: list[Line] = [
    lines.draft("XS-1", consent="consent-1", follows="XS-0", id="id-1"),
    lines.line("draft", "XS-2", 0),
    *lines.filed("XS-3", contract="harbour"),
    lines.line("extend_limit", "XS-3", 1, TEAM, working_days=2),
    *lines.reviewed("XS-4", contract="deeming"),
    *lines.told("XS-5"),
    *lines.told("XS-6", contract="team"),
    lines.line("relay", "XS-6", 4, TEAM),
    *lines.reviewed("XS-7"),
    lines.line("support", "XS-7", 2, MANAGER),
    lines.line("reassign", "XS-7", 2, TEAM, consultant="con-2"),
    lines.line("decline", "XS-7", 3, APPROVER, reason="not_funded"),
    *lines.filed("XS-8", contract="advance"),
    *lines.filed("XS-9", counted=9, contract="harbour"),
    *lines.filed("XS-10"),
    lines.line("withdraw", "XS-10", 3),
    *lines.filed("XS-11", contract="deeming"),
    lines.tick(90 * DAY),
]


def test_all_that_a_run_keeps_is_valid() -> None:
    """Every command, step and snapshot of requests that end in every way there is fits its schema."""
    service = lines.service(MemoryStore(PROCESS))
    states, triggers = set(), set()
    for each in RUNS:
        COMMAND.validate(each)
        for receipt in handle(service, each):
            SNAPSHOT.validate(snapshot_to_wire(receipt.snapshot))
            states.add(receipt.snapshot.state)
            for step in receipt.steps:
                STEP.validate(step_to_wire(step))
                triggers.add(step.trigger)
    assert states == {state.name for state in PROCESS.workflow.states if not state.passing}
    assert triggers == set(PROCESS.workflow.triggers)


@given(history=histories())
def test_any_history_is_valid(history: list[Line]) -> None:
    """Whatever can be sent and comes of it fits the schemas."""
    service = lines.service(MemoryStore(PROCESS))
    for each in history:
        COMMAND.validate(each)
        lines.attempt(service, each)
    for snapshot in service.snapshots():
        SNAPSHOT.validate(snapshot_to_wire(snapshot))
        for step in service.trail(snapshot.request):
            STEP.validate(step_to_wire(step))


SAMPLES: list[Line] = [
    *RUNS[:3],
    lines.line("provide_details", "XS-1", 0, details=ANSWERS),
    lines.line("submit", "XS-1", 0, tally={"completed": 1, "scheduled": 0, "remaining": 0, "until": "2026-10-28"}),
    lines.submit("XS-1", id="id-1"),
    lines.line("reduce", "XS-1", 0, MANAGER, sessions=2),
    lines.line("decline", "XS-1", 0, MANAGER, reason="not_funded"),
    lines.line("approve", "XS-1", 0, APPROVER),
    lines.line("reassign", "XS-1", 0, TEAM, consultant="con-2"),
    lines.line("extend_limit", "XS-1", 0, TEAM, working_days=2),
    lines.line("remind", "XS-1", 0, {"role": "system", "id": "clock"}),
    lines.tick(0),
]
VALUES: list[Any] = [None, True, False, 0, -1, 1, 4, 101, 1001, 2.5, "", "x", "X Y", "ASST-1", "ASST-", "draft", "tick"]
VALUES += ["fly", "2026-11-05", "2026-02-30", "2026-11-05T10:00:00Z", "2026-11-05T10:00:00", "x" * 65, "system"]
VALUES += [[], ["x"], {}, {"x": "y"}, {"x": "y z"}, {"x": 1}, {"role": "system", "id": "x"}]
KEYS = ["do", "request", "at", "by", "id", "tally", "details", "sessions", "reason", "goal", "consultant", "zorro"]


@given(given=st.sampled_from(SAMPLES), data=st.data())
def test_what_is_refused_for_its_shape_is_refused_by_the_schema(given: Line, data: st.DataObject) -> None:
    """With any value in any place, or a key left out, the reader and the schema say the same."""
    changed = json.loads(json.dumps(given))
    place = changed
    if isinstance(inner := changed.get(data.draw(st.sampled_from(["", "by", "tally", "details"]))), dict):
        place = inner
    key = data.draw(st.sampled_from([*place, *KEYS]))
    if key in place and data.draw(st.integers(0, 3)) == 0:
        del place[key]
    else:
        place[key] = data.draw(st.sampled_from(VALUES))
    problem = None
    try:
        read_envelope_or_tick(PROCESS, changed)
    except InvalidValue as error:
        problem = error
    if problem is None:
        COMMAND.validate(changed)
    else:
        # Who may tick is a rule between two fields, which a schema of shapes does not state.
        assert "only the system" in problem.reason or not COMMAND.is_valid(changed), problem


@pytest.mark.parametrize("spoilt", ["command", "facts", "at", "by", "from", "version"])
def test_a_step_lacks_nothing(spoilt: str) -> None:
    """Without what every step has, or the command and facts of its trigger, a step is not valid."""
    service = lines.service(MemoryStore(PROCESS))
    handle(service, lines.filed("XS-1"))
    step = step_to_wire(service.trail("XS-1")[1])
    STEP.validate(step)
    del step[spoilt]
    assert not STEP.is_valid(step)


def test_a_schema_says_what_things_are() -> None:
    """Commands and their fields carry descriptions, so that the schema can be read by itself."""
    schema = schemas.command_schema(PROCESS)
    draft = next(each for each in schema["oneOf"] if each["title"] == "draft")
    assert draft["properties"]["client"]["description"] == "The client."
    assert {each["title"] for each in schema["oneOf"]} == {*PROCESS.workflow.triggers, "tick"}
    assert all("$defs" not in each for each in schema["oneOf"])
