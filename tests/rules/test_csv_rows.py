"""Rules as CSV: what is read back is what is known of each."""

from __future__ import annotations

import csv
import io

from eap_workflow import rules
from eap_workflow.rules import REGISTER, Kind, Place, traces
from eap_workflow.rules.csv_rows import COLUMNS, KINDS
from eap_workflow.rules.words import showings_of


def several(cell: str) -> list[str]:
    """The values of a cell."""
    return cell.split("; ") if cell else []


def as_a_cell(place: Place) -> str:
    """A place, as a spreadsheet has it: with its workflow, and a row with the state that it leaves."""
    if place.kind is Kind.ROW:
        return f"{place.workflow}.{place.name} from {place.source}"
    return f"{place.workflow}.{place.name}" if place.workflow and place.kind is not Kind.KEY else place.name


def test_the_columns_stay_as_they_are() -> None:
    """Other people's spreadsheets refer to these, in this order; a new one is added at the end."""
    assert ",".join(COLUMNS) == (
        "rule,words,source,rows,guards,limits,policy_keys,messages,views,taken_over,functions,properties,"
        "permitted_by_tests,refused_by_tests,otherwise_by_tests"
    )


def test_a_line_of_csv_has_what_is_known_of_its_rule() -> None:
    """Read back by another reader: its words, its places and its tests."""
    lines = list(csv.DictReader(io.StringIO(rules.csv(traces()), newline=""), strict=True))
    assert [line["rule"] for line in lines] == [rule.id for rule in REGISTER]
    for line, trace in zip(lines, traces(), strict=True):
        assert (line["words"], line["source"]) == (trace.rule.words, trace.rule.source)
        for column, kind in KINDS.items():
            cells = several(line[column])
            assert len(cells) == len(set(cells))
            assert {(cell, kind) for cell in cells} == {(as_a_cell(place), kind) for place in trace.of(kind)}
        for how, tests in showings_of(trace).items():
            assert several(line[f"{how}_by_tests"]) == [test.name for test in tests]
