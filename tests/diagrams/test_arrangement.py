"""An arrangement says everything that the table says, once."""

from __future__ import annotations

import pytest
from hypothesis import given

from eap_workflow.diagrams import Diagram, extract
from eap_workflow.diagrams.arrangement import Arrangement, arrange
from eap_workflow.machine import When, Workflow
from eap_workflow.processes import NAMES
from tests.diagrams.drawn import diagram_of, paths_of
from tests.diagrams.made_up_tables import tables


def assert_whole(diagram: Diagram, arranged: Arrangement) -> None:
    """Assert that each row has one place, and that no arrow is both somebody's and the clock's."""
    numbered = {entry.number: entry for entry in arranged.entries}
    assert sorted(numbered) == list(range(1, len(arranged.entries) + 1))
    rows = [move for entry in arranged.entries for move in entry.moves]
    assert sorted(map(repr, rows)) == sorted(map(repr, diagram.moves))
    for entry in arranged.entries:
        assert len({(move.trigger, move.who, move.guards, move.when, move.stays) for move in entry.moves}) == 1
        assert set(entry.rules) == {rule for move in entry.moves for rule in move.rules}
    placed = [
        (source, entry.number) for arrow in arranged.arrows for entry in arrow.entries for source in arrow.sources
    ]
    placed += [(state.name, entry.number) for state in diagram.states for entry in arranged.within(state.name)]
    for part in (*arranged.asked, *arranged.clock):
        placed += [(state, entry.number) for entry in part.entries for state in part.states]
    assert sorted(placed) == sorted((source, entry.number) for entry in arranged.entries for source in entry.sources)
    for arrow in arranged.arrows:
        assert {entry.when for entry in arrow.entries} == {arrow.when}
        assert {entry.target for entry in arrow.entries} == {arrow.target}
    assert all(entry.when is When.ASKED for part in arranged.asked for entry in part.entries)
    assert all(entry.when is not When.ASKED for part in arranged.clock for entry in part.entries)


@pytest.mark.parametrize("name", NAMES)
def test_every_row_of_our_tables_has_one_place(name: str) -> None:
    """On an arrow, in its state's box, or beside the flow."""
    assert_whole(diagram_of(name), arrange(diagram_of(name)))


@given(tables())
def test_every_row_of_any_table_has_one_place(workflow: Workflow) -> None:
    """Whatever a table is, its arrangement is whole."""
    assert_whole(extract(workflow), arrange(extract(workflow)))


def test_withdrawing_is_one_arrow_from_every_open_state() -> None:
    """What leads from many states to one leaves a place that stands for them (IN-08)."""
    arranged = arrange(diagram_of("extra_sessions"))
    (gathered,) = arranged.gatherings()
    assert arranged.names(gathered) == "every open state"
    (arrow,) = (arrow for arrow in arranged.arrows if arrow.gathers)
    assert [entry.words for entry in arrow.entries] == ["withdraw"]
    assert not arrange(diagram_of("case_review")).gatherings()


def test_what_every_open_state_has_stands_once() -> None:
    """A slip may be raised in every open state of a case, and so stands once beside the flow (CM-10)."""
    arranged = arrange(diagram_of("case_review"))
    everywhere = arranged.asked[0]
    assert arranged.names(everywhere.states) == "every open state"
    assert [entry.words for entry in everywhere.entries] == ["assign", "raise slip", "take up slip", "do own step"]
    limited = arranged.names(arranged.clock[0].states)
    assert limited == "review, notes owed and notes review"


def test_what_a_path_took_is_not_gathered() -> None:
    """The arrow of a withdrawn request leaves the state that it was withdrawn from."""
    withdrawn = next(path for path in paths_of("extra_sessions").values() if path.state == "withdrawn")
    arranged = arrange(diagram_of("extra_sessions"), withdrawn)
    assert not any(arrow.gathers for arrow in arranged.arrows)
    taken = [arrow for arrow in arranged.arrows if any(arranged.taken(each, arrow.sources) for each in arrow.entries)]
    assert taken[-1].target == "withdrawn"
    assert taken[-1].sources == (withdrawn.visits[-1].source,)


@pytest.mark.parametrize("name", NAMES)
def test_every_step_of_a_path_has_one_place(name: str) -> None:
    """Each step is on an arrow or in a box, once, whichever way the request went."""
    for path in paths_of(name).values():
        arranged = arrange(diagram_of(name), path)
        found = [
            visit
            for arrow in arranged.arrows
            for entry in arrow.entries
            for visit in arranged.taken(entry, arrow.sources)
        ]
        for state in arranged.diagram.states:
            stays = arranged.taken_within(state.name)
            assert [visits[0].number for _, visits in stays] == sorted(visits[0].number for _, visits in stays)
            found += [visit for _, visits in stays for visit in visits]
        assert sorted(visit.number for visit in found) == [visit.number for visit in path.visits]
