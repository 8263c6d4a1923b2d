"""A path is what the steps say, as rows and days, and nothing that anybody filled in."""

from __future__ import annotations

import json
from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest

from eap_workflow.diagrams import path_of
from eap_workflow.diagrams.path import Path, with_rows_of
from eap_workflow.errors import InvalidValue
from eap_workflow.processes import NAMES
from eap_workflow.records import step_to_wire
from tests.diagrams.drawn import MELBOURNE, diagram_of, paths_of, trails_of, workflow_of

OURS = pytest.mark.parametrize("name", NAMES)


def at(name: str, tour: str) -> Path:
    """The path of one tour."""
    return paths_of(name)[tour]


@OURS
def test_a_path_has_every_step_in_order(name: str) -> None:
    """A visit is a step: its number, its row, its day where the reader is, and the role that made it."""
    for tour, steps in trails_of(name).items():
        path = at(name, tour)
        assert [visit.number for visit in path.visits] == [step.version for step in steps]
        assert [visit.row for visit in path.visits] == [(step.source, step.trigger, step.target) for step in steps]
        assert [visit.on for visit in path.visits] == [step.at.astimezone(MELBOURNE).date() for step in steps]
        assert path.state == steps[-1].target
        assert {row for visit in path.visits for row in [visit.source] if path.visited(row)} <= {
            workflow_of(name).start,
            *(state.name for state in workflow_of(name).states),
        }


def test_a_row_that_was_taken_twice_has_both_visits() -> None:
    """Support was asked twice, and both times are there in order (TC-06)."""
    path = at("session_cancellation", "everywhere, marked")
    (asked,) = (move for move in diagram_of("session_cancellation").moves if move.trigger == "ask_support")
    first, second = path.taken(asked)
    assert first.number < second.number
    assert first.on <= second.on


def test_a_request_stands_where_it_came_last() -> None:
    """What changes no state does not count: a request is in its state since it came there."""
    path = at("extra_sessions", "the long way")
    assert path.state == "approved"
    assert path.visits[-1].trigger == "relay"
    assert path.since == next(visit.on for visit in path.visits if visit.trigger == "approve")


def test_the_day_is_the_readers() -> None:
    """One instant is another day elsewhere."""
    steps = trails_of("extra_sessions")["the long way"]
    days = {
        zone: path_of(workflow_of("extra_sessions"), steps, ZoneInfo(zone)).visits[0].on
        for zone in ("Pacific/Kiritimati", "Pacific/Honolulu")
    }
    assert days == {"Pacific/Kiritimati": date(2026, 10, 28), "Pacific/Honolulu": date(2026, 10, 27)}


@OURS
def test_a_path_holds_nothing_that_somebody_filled_in(name: str) -> None:
    """No reference of a request, a case, a client, an employer or an actor is anywhere in a path."""
    for tour, steps in trails_of(name).items():
        path = at(name, tour)
        held = {
            str(value)
            for visit in path.visits
            for value in attrs.asdict(visit).values()
            if value is not None and not isinstance(value, (int, date))
        }
        rows = workflow_of(name)
        known = {rows.start, *(state.name for state in rows.states), *rows.triggers}
        known |= {limit.name.replace("_", " ") for limit in rows.limits}
        known |= {role.value.replace("_", " ") for move in rows.moves for role in move.who}
        assert held <= known
        filled = {text for step in steps for text in _references(step_to_wire(step))}
        assert filled
        assert not filled & held


def _references(plain: dict[str, Any]) -> set[str]:
    """The request's name, and who acted."""
    assert json.dumps(plain)
    return {plain["request"], plain["by"]["id"]}


def test_what_is_no_trail_is_refused() -> None:
    """No step, a step left out, another request's or another workflow's: the field is named, and no value."""
    extra, other = workflow_of("extra_sessions"), workflow_of("outreach")
    steps = trails_of("extra_sessions")["the long way"]
    for wrong, field in (
        ((), "steps"),
        (steps[1:], "version"),
        (steps[:3] + steps[4:], "version"),
        ((steps[0], attrs.evolve(steps[1], request="XS-other")), "request"),
        ((steps[0], attrs.evolve(steps[1], source="approved")), "from"),
    ):
        with pytest.raises(InvalidValue) as refused:
            path_of(extra, wrong, MELBOURNE)
        assert refused.value.field == field
        assert "XS-" not in str(refused.value)
    with pytest.raises(InvalidValue, match="another workflow"):
        path_of(other, steps, MELBOURNE)


def test_what_the_table_has_no_row_for_is_added_and_marked() -> None:
    """A step of an older table is drawn where it was taken, and is no row of this one."""
    steps = trails_of("extra_sessions")["the long way"]
    older = (attrs.evolve(steps[0], trigger="adopt", target="on_hold"), attrs.evolve(steps[1], source="on_hold"))
    path = path_of(workflow_of("extra_sessions"), older, MELBOURNE)
    diagram = diagram_of("extra_sessions")
    with_them = with_rows_of(diagram, path)
    added = with_them.moves[len(diagram.moves) :]
    assert [(move.trigger, move.in_table) for move in added] == [("adopt", False), ("draft", False)]
    assert [state.name for state in with_them.states[len(diagram.states) :]] == ["on_hold"]
    assert with_rows_of(diagram, at("extra_sessions", "the long way")) == diagram


def test_a_path_is_drawn_on_its_own_workflow() -> None:
    """The path of an outreach is none through the extra sessions."""
    path = next(iter(paths_of("outreach").values()))
    with pytest.raises(InvalidValue, match="another workflow"):
        with_rows_of(diagram_of("extra_sessions"), path)
