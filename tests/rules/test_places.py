"""What cites a rule is found by what it declares, and nothing that declares is overlooked."""

from __future__ import annotations

import ast
from pathlib import Path

import attrs
import pytest

import eap_workflow
from eap_workflow.citing import served_by
from eap_workflow.machine import rules_of
from eap_workflow.policy import Policy
from eap_workflow.processes import NAMES, process_named
from eap_workflow.rules import Kind, Place
from eap_workflow.rules.places import functions, keys, of_table, places, workflow_of_key
from eap_workflow.views.messages import KINDS
from tests.small_table import small

SOURCE = Path(eap_workflow.__file__).parent


def of(kind: Kind) -> set[tuple[str, Place]]:
    """The citations of one kind."""
    return {cited for cited in places() if cited[1].kind is kind}


@pytest.mark.parametrize("name", NAMES)
def test_a_table_is_gathered_whole(name: str) -> None:
    """Every rule that a row, a guard or a limit of a table cites is found there."""
    table = process_named(name).workflow
    found = {
        rule for rule, place in places() if place.workflow == name and place.kind in (Kind.ROW, Kind.GUARD, Kind.LIMIT)
    }
    assert found == set(rules_of(table))
    rows = {(place.name, place.source) for _, place in of(Kind.ROW) if place.workflow == name}
    assert rows == {(move.trigger, move.source) for move in table.moves if move.rules}


def test_a_row_says_from_where_it_leads_and_who_may() -> None:
    """In words, as a reader would ask."""
    words = {place.words for _, place in of(Kind.ROW) if (place.name, place.workflow) == ("approve", "extra_sessions")}
    assert words == {"employer decision to approved, by employer"}
    assert {place.workflow for _, place in of_table(small())} <= {small().name}


def test_every_marked_function_is_found() -> None:
    """Whatever has the mark in the source is found, and nothing else; none has it in a module that is not looked into."""
    marked = {
        node.name
        for path in SOURCE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
        and any(ast.unparse(each).startswith("serves(") for each in node.decorator_list)
    }
    assert {name.rpartition(".")[2] for name in functions()} == marked
    assert {rule for rule, _ in of(Kind.VIEW) | of(Kind.FUNCTION)} == {
        rule for function in functions().values() for rule in served_by(function)
    }


def test_every_kind_of_message_is_found() -> None:
    """Each with the rules that its terms have."""
    assert {(rule, place.name) for rule, place in of(Kind.MESSAGE)} == {
        (rule, kind.value) for kind, terms in KINDS.items() for rule in terms.rules
    }


def test_keys_are_named_by_the_tables_that_they_stand_in() -> None:
    """Tables that are alike are one, and a workflow's table as a whole is no key."""
    assert keys()["review.threshold"][0] == ("XS-04", "IN-06")
    assert {
        "limits.*.working_days",
        "parties.*.zone",
        "outreach.*.attempts",
        "outreach.*.*.working_days",
    } <= keys().keys()
    assert keys().keys().isdisjoint(each.name for each in attrs.fields(Policy) if attrs.has(type(each.default)))
    assert [workflow_of_key(key) for key in ("review.when", "outreach.general", "parties.*.zone", "version")] == [
        "extra_sessions",
        "outreach",
        None,
        None,
    ]


def test_every_place_says_what_it_is() -> None:
    """Each has words, which cite nothing: who reads of a place knows of which rule it is."""
    for rule, place in places():
        assert place.words, place
        assert rule not in place.words, place
