"""Steps of every format that was ever written are read as today's, and today's format does not change unnoticed."""

from __future__ import annotations

from contextlib import nullcontext
from itertools import groupby
from typing import Any

import pytest

from eap_workflow.errors import InvalidValue
from eap_workflow.plain.json_text import canonical_json, parse_object
from eap_workflow.process import ADOPT
from eap_workflow.processes import every_process
from eap_workflow.records import step_from_wire, step_to_wire
from eap_workflow.steps import Step
from eap_workflow.table import When
from eap_workflow.upcasters import STEP_FORMAT, UPCASTERS, upcast
from eap_workflow.values import Role
from tests import samples
from tests.lines import PROCESS
from tests.samples.__main__ import schema

EVERY = range(1, STEP_FORMAT + 1)
ROWS = {("new", ADOPT), *((move.source, move.trigger) for move in PROCESS.workflow.moves)}
RELAY_AHEAD = [(state, trigger) for state in ("approved", "declined") for trigger in ("remind", "warn")]
CAME_WITH = {("new", ADOPT): 2, **dict.fromkeys(RELAY_AHEAD, 4)}
"""The rows that are not as old as format 1, by the first format whose samples have them; some are there since format 3 stands."""


def read(format_: int, content: str) -> Step:
    """A stored step."""
    return step_from_wire(PROCESS, upcast(PROCESS, format_, parse_object(content)))


def test_every_format_has_samples_and_a_way_to_the_next() -> None:
    """A format is only raised together with the samples of the new one and an upcaster from the old one."""
    assert samples.formats() == list(EVERY)
    assert sorted(UPCASTERS) == list(EVERY)[:-1]


@pytest.mark.parametrize("format_", EVERY)
def test_the_samples_of_a_format_show_every_row(format_: int) -> None:
    """Each row of the table was taken in them, and requests were taken over: no kind of step is without a sample."""
    taken = {(step.source, step.trigger) for step in (read(format_, each) for each in samples.steps(format_))}
    assert taken == {row for row in ROWS if CAME_WITH.get(row, 1) <= format_}


@pytest.mark.parametrize("format_", EVERY)
def test_a_step_of_any_format_is_read_and_replayed(format_: int) -> None:
    """The trails of the samples add up, and each ends as the first library said; those of requests taken over, as stated."""
    said = {row["request"]: (row["state"], row["version"], row["sessions"]) for row in samples.status_0001()}
    said |= {row["request"]: (row["state"], 1, row["form"]["sessions"]) for row in samples.adoptions()}
    trails = groupby([read(format_, each) for each in samples.steps(format_)], key=lambda step: step.request)
    for request, trail in trails:
        snapshot = PROCESS.replay(trail)
        assert snapshot is not None
        assert (snapshot.state, snapshot.version, snapshot.body.sessions) == said[request]


@pytest.mark.parametrize("format_", EVERY)
def test_what_an_older_format_says_is_what_todays_would_say(format_: int) -> None:
    """The samples of all formats are of the same commands; read as today's, they differ in the table's fingerprint alone."""
    todays = {(each["request"], each["version"]): each for each in map(parse_object, samples.steps(STEP_FORMAT))}
    for written in samples.steps(format_):
        given = upcast(PROCESS, format_, parse_object(written))
        assert {**given, "table": ""} == {**todays[given["request"], given["version"]], "table": ""}


def test_todays_steps_are_written_as_todays_sample() -> None:
    """Byte for byte: whoever changes the format of a step finds it here, and gives it a number of its own."""
    for content in samples.steps(STEP_FORMAT):
        assert canonical_json(step_to_wire(read(STEP_FORMAT, content))) == content


def test_todays_schema_of_a_step_is_todays_sample() -> None:
    """A field that no sample step fills in is a change of the format too."""
    assert schema() == samples.step_schema(STEP_FORMAT)


def test_requests_of_the_other_workflows_that_were_taken_over_are_read() -> None:
    """The step of an adoption is a stored step as any: read, replayed, and written byte for byte as its sample."""
    processes = every_process()
    written = samples.adopted(STEP_FORMAT)
    for content in written:
        step = step_from_wire(
            processes, upcast(processes.named(parse_object(content)["workflow"]), 3, parse_object(content))
        )
        snapshot = processes.replay([step])
        assert snapshot is not None
        assert (snapshot.workflow, snapshot.version) == (step.workflow, 1)
        assert canonical_json(step_to_wire(step)) == content


def test_only_the_clocks_moves_of_format_1_are_given_a_limit() -> None:
    """Each names the one limit of its stage that the clock has to do with, never one that sums up others."""
    for content in samples.steps(1):
        step = read(1, content)
        row = PROCESS.workflow.row(step.source, step.trigger)
        assert row is not None
        by_clock = step.by.role is Role.SYSTEM and row.move.when is When.WHEN_DUE
        assert (step.limit is not None) == by_clock
        if step.limit is not None:
            assert step.limit in PROCESS.workflow.state(step.source).limits
            assert not PROCESS.workflow.limit(step.limit).chain


@pytest.mark.parametrize("format_", [STEP_FORMAT + 1, STEP_FORMAT + 1000, 0, -1])
def test_a_newer_format_is_refused(format_: int) -> None:
    """What a later version wrote is not guessed at, nor is what no version wrote."""
    with pytest.raises(InvalidValue, match=f"formats 1 to {STEP_FORMAT}") as caught:
        read(format_, samples.steps(STEP_FORMAT)[0])
    assert caught.value.field == "format"


@pytest.mark.parametrize(
    ("change", "refused"),
    [
        ({"from": ["approved"]}, True),
        ({"trigger": {"relay": 1}}, True),
        ({"by": "system"}, True),
        ({"by": {"role": ["system"]}}, True),
        ({"from": None, "by": None, "trigger": None}, True),
        # A row of a table of another time: whether it follows on the one before it, replaying says.
        ({"from": "nowhere"}, False),
        ({"trigger": "nothing"}, False),
        ({}, False),
    ],
)
def test_what_is_no_step_is_left_to_the_reader(change: dict[str, Any], *, refused: bool) -> None:
    """An upcaster leaves what it does not know as it is, and raises nothing; the reader names the field."""
    given = next(parse_object(each) for each in samples.steps(1) if '"trigger":"relay"' in each) | change
    given = {key: value for key, value in given.items() if value is not None}
    for format_ in EVERY:
        plain = upcast(PROCESS, format_, dict(given))
        added = ("limit", "workflow") if format_ < STEP_FORMAT else ("limit",)
        assert {key: value for key, value in plain.items() if key not in added} == given
        with pytest.raises(InvalidValue) if refused or format_ == STEP_FORMAT else nullcontext():
            step_from_wire(PROCESS, plain)
