"""Steps and snapshots in their plain form: nothing is lost, nothing is guessed, and an error names the field."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.errors import InvalidValue, Unknown
from eap_workflow.plain.json_text import canonical_json, parse_object
from eap_workflow.records import (
    snapshot_from_text,
    snapshot_from_wire,
    snapshot_text,
    snapshot_to_wire,
    step_from_text,
    step_from_wire,
    step_text,
    step_to_wire,
)
from eap_workflow.workflows import extra_sessions as xs
from tests import journeys, strategies
from tests.journeys import Journey
from tests.wire_samples import paths, removed, replaced, said_by

PROCESS = xs.PROCESS
TRAIL = journeys.TOURS["the long way"](PROCESS).trail
LAST = PROCESS.replay(TRAIL[:-1])
assert LAST is not None
PLAIN_SNAPSHOT = snapshot_to_wire(LAST)


@given(strategies.histories())
def test_what_is_written_can_be_read_and_replayed(history: strategies.History) -> None:
    """A trail that went through JSON adds up to the same snapshot, and the snapshot itself comes back the same."""
    trail = [step_from_wire(PROCESS, json.loads(json.dumps(step_to_wire(step)))) for step in history.steps]
    assert tuple(trail) == history.steps
    assert PROCESS.replay(trail) == history.snapshot
    if history.snapshot is not None:
        plain = snapshot_to_wire(history.snapshot)
        assert snapshot_from_wire(PROCESS, json.loads(json.dumps(plain))) == history.snapshot


@given(strategies.histories())
def test_the_text_is_that_of_the_plain_form(history: strategies.History) -> None:
    """What is stored and hashed is the canonical text of the plain form, whatever a step or a snapshot holds."""
    for step in history.steps:
        assert step_text(step) == canonical_json(step_to_wire(step))
    if history.snapshot is not None:
        assert snapshot_text(history.snapshot) == canonical_json(snapshot_to_wire(history.snapshot))


@given(strategies.histories())
def test_what_is_stored_is_read_back(history: strategies.History) -> None:
    """The text of a step, or of a snapshot, is read as what was written."""
    assert tuple(step_from_text(PROCESS, step_text(step)) for step in history.steps) == history.steps
    if history.snapshot is not None:
        assert snapshot_from_text(PROCESS, snapshot_text(history.snapshot)) == history.snapshot


@pytest.mark.parametrize("name", journeys.TOURS)
def test_what_is_stored_is_not_read_the_long_way(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of plain references and choices no step needs to be parsed, whatever it says; nor does where it leads to."""
    trail = journeys.TOURS[name](PROCESS).trail
    snapshot = PROCESS.replay(trail)
    assert snapshot is not None
    monkeypatch.setattr("eap_workflow.records.parse_object", None)
    assert tuple(step_from_text(PROCESS, step_text(step)) for step in trail) == tuple(trail)
    assert snapshot_from_text(PROCESS, snapshot_text(snapshot)) == snapshot


def _outcome(read: Callable[[], object]) -> object:
    try:
        return read()
    except (InvalidValue, Unknown) as error:
        return type(error), error.args


@given(st.sampled_from([*TRAIL, LAST]), st.data())
def test_text_that_was_spoilt_is_read_or_refused_alike(given_: Any, data: st.DataObject) -> None:
    """With anything cut out of a text, doubled or exchanged, it is read as its plain form is, or refused in the same words."""
    is_step = given_ is not LAST
    text = step_text(given_) if is_step else snapshot_text(given_)
    first, last = sorted(data.draw(st.tuples(*[st.integers(0, len(text))] * 2)))
    put_in = data.draw(st.sampled_from(("", text[first:last] * 2, "7", '"', "}", "null", ',"limit":"relay"', "draft")))
    text = text[:first] + put_in + text[last:]
    from_text, from_wire = (step_from_text, step_from_wire) if is_step else (snapshot_from_text, snapshot_from_wire)
    assert _outcome(lambda: from_text(PROCESS, text)) == _outcome(lambda: from_wire(PROCESS, parse_object(text)))


@pytest.mark.parametrize(
    "change", [("draft", "relay"), ("extra_sessions", "case_review"), ('"by":{', '"by":{"id":"x",')]
)
def test_a_word_that_was_exchanged_is_read_or_refused_alike(change: tuple[str, str]) -> None:
    """Another trigger, state or workflow, or a key twice: in every step, as by its plain form."""
    for step in TRAIL:
        text = step_text(step).replace(*change)
        expected = _outcome(lambda: step_from_wire(PROCESS, parse_object(text)))  # noqa: B023 - called here
        assert _outcome(lambda: step_from_text(PROCESS, text)) == expected  # noqa: B023 - called here


def _error_of(call: Callable[[], object]) -> InvalidValue | Unknown | None:
    try:
        call()
    except (InvalidValue, Unknown) as error:
        return error
    return None


@given(st.sampled_from(TRAIL), st.data())
def test_a_step_that_was_spoilt_is_an_error_of_ours(step: Any, data: st.DataObject) -> None:
    """With a value missing or replaced, a step is refused by the field's name, or reads as a step; it never crashes."""
    plain = step_to_wire(step)
    path = data.draw(st.sampled_from([each for each in paths(plain) if each]))
    spoilt = (
        removed(plain, path)
        if data.draw(st.booleans())
        else replaced(plain, path, data.draw(st.sampled_from((None, 7, "Jane Citizen", [], {}, True))))
    )
    error = _error_of(lambda: step_to_wire(step_from_wire(PROCESS, spoilt)))
    assert error is None or error.field
    assert "Jane" not in said_by(error)


@given(st.data())
def test_a_snapshot_that_was_spoilt_is_an_error_of_ours(data: st.DataObject) -> None:
    """As for steps."""
    path = data.draw(st.sampled_from([each for each in paths(PLAIN_SNAPSHOT) if each]))
    error = _error_of(lambda: snapshot_to_wire(snapshot_from_wire(PROCESS, removed(PLAIN_SNAPSHOT, path))))
    assert error is None or error.field


@pytest.mark.parametrize(
    ("trigger", "change", "field"),
    [
        ("submit", {"command": None}, "command"),
        ("submit", {"facts": None}, "facts"),
        ("draft", {"facts": {"total": 3}}, "facts"),
        ("refer", {"command": {}}, "command"),
        ("submit", {"command": {}}, "command.tally"),
        (
            "submit",
            {"command": {"tally": {"completed": -1, "scheduled": 0, "remaining": 0}}},
            "command.tally.completed",
        ),
    ],
)
def test_a_step_has_the_command_and_the_facts_of_its_trigger(trigger: str, change: dict[str, Any], field: str) -> None:
    """One too few and one too many are named."""
    plain = step_to_wire(next(step for step in TRAIL if step.trigger == trigger)) | change
    plain = {key: value for key, value in plain.items() if value is not None}
    with pytest.raises(InvalidValue) as caught:
        step_from_wire(PROCESS, plain)
    assert caught.value.field == field


def test_a_relay_is_the_clocks_or_the_case_teams() -> None:
    """The same trigger has a command where a person sent it, and none where the clock made it."""
    by_clock = journeys.TOURS["declined in review"](PROCESS).trail[-1]
    by_team = journeys.TOURS["declined, told late"](PROCESS).trail[-1]
    assert (by_clock.trigger, by_team.trigger) == ("relay", "relay")
    assert "command" not in step_to_wire(by_clock)
    assert step_to_wire(by_team)["command"] == {}
    plain = step_to_wire(by_team)
    del plain["command"]
    with pytest.raises(InvalidValue) as caught:
        step_from_wire(PROCESS, plain)
    assert caught.value.field == "command"


def test_a_snapshot_without_its_body_is_none() -> None:
    """The workflow's own part is needed."""
    with pytest.raises(InvalidValue) as caught:
        snapshot_from_wire(PROCESS, {key: value for key, value in PLAIN_SNAPSHOT.items() if key != "body"})
    assert caught.value.field == "body"


def test_the_plain_form_reads_like_the_table() -> None:
    """A step is written from state to state, in UTC, without what is empty."""
    plain = step_to_wire(Journey().to("draft").trail[0])
    assert (plain["trigger"], plain["from"], plain["to"], plain["version"]) == ("draft", "new", "draft", 1)
    assert plain["at"].endswith("Z")
    assert "facts" not in plain
