"""A table as CSV: what is read back is the table, and no cell is a formula."""

from __future__ import annotations

import csv as reader
import io

import pytest
from attrs import evolve
from hypothesis import example, given
from hypothesis import strategies as st

from eap_workflow.diagrams import csv
from eap_workflow.diagrams.csv_rows import COLUMNS, render
from eap_workflow.machine import Workflow
from eap_workflow.processes import NAMES
from tests.diagrams.drawn import by_another_process, diagram_of, workflow_of
from tests.diagrams.made_up_tables import tables

DANGEROUS = tuple("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


def rows_of(text: str) -> list[dict[str, str]]:
    """Read the lines with another reader, by column."""
    lines = list(reader.reader(io.StringIO(text, newline=""), strict=True))
    assert tuple(lines[0]) == COLUMNS
    return [dict(zip(COLUMNS, line, strict=True)) for line in lines[1:]]


def several(cell: str) -> tuple[str, ...]:
    """The values of a cell."""
    return tuple(cell.split("; ")) if cell else ()


@pytest.mark.parametrize("name", NAMES)
def test_what_is_read_back_is_the_table(name: str) -> None:
    """Each line gives its row of the table back: trigger, states, roles, guards, limits and rules, in the table's order."""
    workflow = workflow_of(name)
    rows = rows_of(csv(workflow))
    sentences = {guard.name: guard.sentence for guard in workflow.guards}
    for number, (row, move) in enumerate(zip(rows, workflow.moves, strict=True), 1):
        assert (row["workflow"], row["row"]) == (name, str(number))
        assert (row["trigger"], row["from"], row["to"]) == (move.trigger, move.source, move.target)
        assert row["changes_state"] == ("no" if move.is_self_move else "yes")
        assert row["when"] == move.when
        assert several(row["who_may"]) == tuple(role.value.replace("_", " ") for role in move.who)
        assert several(row["guards"]) == move.guards
        assert row["what_it_takes"] == " ".join(sentences[guard] for guard in move.guards)
        acts = tuple(several(row[verb]) for verb in ("stops", "starts", "restarts", "extends", "lifts", "fulfils"))
        assert acts == (move.stops, move.starts, move.restarts, move.extends, move.lifts, move.fulfils)
        assert several(row["rules"]) == move.rules
        assert row["ends"] == ("yes" if workflow.state(move.target).final else "no")
    turns = {state.name: state.turn or "" for state in diagram_of(name).states} | {workflow.start: ""}
    assert all(row["whose_turn_before"] == turns[row["from"]] for row in rows)
    assert all(row["whose_turn_after"] == turns[row["to"]] for row in rows)


def test_the_columns_stay_as_they_are() -> None:
    """Other people's spreadsheets refer to these, in this order; a new one is added at the end."""
    assert ",".join(COLUMNS) == (
        "workflow,row,trigger,from,to,changes_state,when,who_may,guards,what_it_takes,stops,starts,restarts,extends,"
        "rules,whose_turn_before,whose_turn_after,ends,lifts,fulfils"
    )


@given(tables())
def test_no_cell_of_any_table_is_a_formula(workflow: Workflow) -> None:
    """Whatever a table's names are, no cell begins as a formula does, and each line has every column."""
    rows = rows_of(csv(workflow))
    assert len(rows) == len(workflow.moves)
    assert not any(cell.lstrip(" ").startswith(DANGEROUS) for row in rows for cell in row.values())


@given(st.sampled_from((*DANGEROUS, *(f" {each}" for each in DANGEROUS))), st.text("ab=(\"',;\n", max_size=8))
@example("=", 'cmd|"/c calc"!A1')
def test_what_a_spreadsheet_would_run_is_a_word(begin: str, rest: str) -> None:
    """A name that begins as a formula does stands in its cell whole, after an apostrophe."""
    diagram = diagram_of("outreach")
    hostile = evolve(diagram, moves=(evolve(diagram.moves[0], trigger=begin + rest),))
    (row,) = rows_of(render(hostile))
    assert row["trigger"] == f"'{begin}{rest}"


def test_lines_end_as_the_format_says() -> None:
    """Every line ends with carriage return and line feed, and the last one too."""
    text = csv(workflow_of("outreach"))
    assert text.count("\r\n") == text.count("\n") == len(workflow_of("outreach").moves) + 1
    assert text.endswith("\r\n")


def test_nothing_of_our_tables_needs_an_apostrophe() -> None:
    """No name that we chose looks like a formula, so that a reader of ours has nothing to undo."""
    assert not any(
        cell.startswith("'") for name in NAMES for row in rows_of(csv(workflow_of(name))) for cell in row.values()
    )


@pytest.mark.parametrize("seed", ["1", "2"])
def test_every_process_writes_the_same(seed: str) -> None:
    """The same table gives the same text to the letter, however a process orders its sets."""
    assert by_another_process("diagrams.csv(workflow)", seed) == csv(workflow_of("session_cancellation")).encode()
