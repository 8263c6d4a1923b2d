"""How a table runs, before a format says it."""

from __future__ import annotations

import attrs
import pytest

from eap_workflow.diagrams import bpmn, extract, scxml, xstate
from eap_workflow.diagrams.places import places
from eap_workflow.errors import DefinitionError
from eap_workflow.machine import Workflow
from eap_workflow.table import When
from tests.diagrams.words import OF_ALL_TABLES
from tests.small_table import PARTS, small


@OF_ALL_TABLES
def test_every_row_is_made_in_one_way(workflow: Workflow) -> None:
    """Each row is either asked for or made at once, in the place that it leaves, in the order of the table."""
    found = places(extract(workflow))
    assert [each.name for each in found] == [workflow.start, *(state.name for state in workflow.states)]
    for place in found:
        rows = [move for move in workflow.moves if move.source == place.name]
        assert [move.trigger for move in place.asked] == [row.trigger for row in rows if row.when is not When.AT_ONCE]
        assert [move.trigger for move in place.at_once] == [row.trigger for row in rows if row.when is When.AT_ONCE]


def test_only_a_final_state_without_moves_is_the_end() -> None:
    """An outcome that is still to be relayed is no end; what has been withdrawn is."""
    found = {each.name: each for each in places(extract(small()))}
    assert (found["answered"].final, found["answered"].is_the_end) == (True, True)
    assert (found["sent"].final, found["sent"].is_the_end) == (False, False)
    assert (found["franked"].passing, found["franked"].asks_first) == (True, False)


@pytest.mark.parametrize("odd", ["role", "and", "a b", "A", "", "1a", "a-b", "nothing_more", "true", "\u00e9"])
@pytest.mark.parametrize("export", [scxml, bpmn, xstate])
def test_a_name_that_an_expression_cannot_have_is_refused(odd: str, export: object) -> None:
    """A guard by a name that would mean something, or nothing, to an expression is not exported."""
    assert callable(export)
    signed, polite = PARTS["guards"]
    moves = tuple(
        attrs.evolve(move, guards=tuple(odd if name == "signed" else name for name in move.guards))
        for move in PARTS["moves"]
    )
    with pytest.raises(DefinitionError, match="names of small letters"):
        export(small(guards=(attrs.evolve(signed, name=odd), polite), moves=moves))


def test_nothing_is_made_at_once_from_the_start() -> None:
    """Nobody enters the start, so what would be made at once from there is refused."""
    first, *rest = PARTS["moves"]
    who = (*first.who, *PARTS["moves"][2].who)
    workflow = small(moves=(attrs.evolve(first, who=who, when=When.AT_ONCE), *rest))
    with pytest.raises(DefinitionError, match="from the start"):
        places(extract(workflow))


@OF_ALL_TABLES
@pytest.mark.parametrize("export", [scxml, bpmn, xstate])
def test_the_same_table_is_the_same_bytes(workflow: Workflow, export: object) -> None:
    """An export does not depend on when, or how often, it is made."""
    assert callable(export)
    assert export(workflow) == export(attrs.evolve(workflow))
