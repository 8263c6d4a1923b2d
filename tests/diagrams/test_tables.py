"""The tables of words: every row has a cell for each column, and says whose words they are."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given

from eap_workflow.diagrams import extract
from eap_workflow.diagrams.looks import dates
from eap_workflow.diagrams.tables import in_lines, tables_of, tables_of_numbers
from eap_workflow.machine import Workflow
from eap_workflow.processes import NAMES
from tests.diagrams.drawn import diagram_of, paths_of, workflow_of
from tests.diagrams.made_up_tables import tables


@given(tables())
def test_every_row_has_every_column(workflow: Workflow) -> None:
    """No table has a row that is shorter or longer than its head, and none leaves a row of the workflow out."""
    found = tables_of(extract(workflow))
    assert all(len(row) == len(table.head) for table in found for row in table.rows)
    parts = (workflow.states, workflow.moves, workflow.guards, workflow.limits)
    assert [len(table.rows) for table in found] == [len(part) for part in parts]


@pytest.mark.parametrize("name", NAMES)
def test_each_row_begins_with_what_it_is_about(name: str) -> None:
    """States, moves and limits begin with their names in words; a guard with its code, which refusals have (IN-13)."""
    diagram = diagram_of(name)
    states, moves, guards, limits, *_ = ([row[0] for row in table.rows] for table in tables_of(diagram))
    assert states == [state.words for state in diagram.states]
    assert moves == [move.words for move in diagram.moves]
    assert guards == [guard.name for guard in diagram.guards]
    assert limits == [limit.label for limit in diagram.limits]


def test_a_move_says_its_limits_and_when() -> None:
    """What the clock does is said beside the role, and each limit beside its verb (IN-04, TC-04)."""
    rows = {(row[0], row[1]): row for row in tables_of(diagram_of("session_cancellation"))[1].rows}
    assert rows["remind", "to tell"][3] == "system, when due"
    assert rows["remind", "to tell"][2] == "(stays)"
    assert rows["extend absence", "to tell"][5] == "restarts absence update"
    assert rows["cancel", "(start)"][2] == "to tell"


@pytest.mark.parametrize("name", NAMES)
def test_with_a_path_its_steps_come_first_and_each_move_says_when_it_was_taken(name: str) -> None:
    """Every visit has its row, in order; a move has the number and the day of each, and of no other; one state is stood in."""
    diagram = diagram_of(name)
    for path in paths_of(name).values():
        steps, states, moves, *_ = found = tables_of(diagram, path)
        assert [row[0] for row in steps.rows] == [str(visit.number) for visit in path.visits]
        assert [row[1] for row in steps.rows] == [visit.on.isoformat() for visit in path.visits]
        assert [row[-1] for row in moves.rows] == [dates(path.taken(move)) for move in diagram.moves]
        assert [row[0] for row in states.rows if "stands here" in row[-1]] == [path.state.replace("_", " ")]
        assert all(len(row) == len(table.head) for table in found for row in table.rows)


def test_what_a_path_took_and_the_table_has_not_is_marked() -> None:
    """A request that came from elsewhere has its first step among the moves, and is told from the table's own."""
    path = next(iter(paths_of("extra_sessions").values()))
    adopted = attrs.evolve(path, visits=(attrs.evolve(path.visits[0], trigger="adopt"), *path.visits[1:]))
    rows = tables_of(diagram_of("extra_sessions"), adopted)[2].rows
    assert [(row[0], row[3]) for row in rows if "no row" in row[3]] == [("adopt", "consultant; no row of this table")]


def test_numbers_that_depend_on_the_reason_stand_side_by_side() -> None:
    """Each reason has its attempts, its limits and its rules in one row, by the contract that is named (CM-05, CM-12)."""
    by = ", by the contract standard, version 1"
    found = {table.caption: table for table in tables_of_numbers(diagram_of("outreach"))}
    assert list(found) == [f"Limits{by}", f"Numbers by reason{by}", f"Other numbers{by}"]
    reasons = found[f"Numbers by reason{by}"]
    assert reasons.head == ("reason", "attempts owed", "acknowledgement", "first attempt", "contact", "rules")
    assert ("email received", "2", "24 hours", "24 hours", "24 hours", "CM-05 CM-12") in reasons.rows
    assert ("check in", "1", "no limit", "no limit", "no limit", "CM-08") in reasons.rows


def test_a_row_in_a_line_has_its_heads() -> None:
    """Where a drawing has no tables, each cell stands after its head, and an empty one not at all."""
    (limits,) = tables_of_numbers(extract(workflow_of("case_review")))
    assert next(iter(in_lines(limits))) == (
        "review; whose days: provider; what it limits: The partner reviews the case after its first session; "
        "remark: if the contract sets it; rules: CM-02"
    )
