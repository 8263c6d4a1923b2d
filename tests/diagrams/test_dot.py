"""A table as DOT: other readers of DOT understand it, and all that the table says is on it."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path as File

import attrs
import pydot
import pytest
from hypothesis import given, settings

from eap_workflow.diagrams import Path, dot, extract
from eap_workflow.diagrams.arrangement import arrange
from eap_workflow.diagrams.picture import svg
from eap_workflow.machine import Workflow
from eap_workflow.processes import NAMES
from eap_workflow.values import Role
from tests.diagrams.dot_reader import read, said, seen
from tests.diagrams.drawn import (
    by_another_process,
    diagram_of,
    figures_of,
    missing,
    paths_of,
    trails_of,
    workflow_of,
)
from tests.diagrams.made_up_tables import tables

OURS = pytest.mark.parametrize("name", NAMES)
GRAPHVIZ = shutil.which("dot")


def ends(graph: pydot.Dot) -> list[tuple[str, str]]:
    """Between what its arrows are."""
    return sorted((str(edge.get_source()), str(edge.get_destination())) for edge in seen(graph))


@OURS
def test_all_of_our_tables_is_on_it(name: str) -> None:
    """Every state, turn, limit, move, role, guard and rule stands on the drawing."""
    source = dot(workflow_of(name), figures=figures_of(name))
    assert missing(diagram_of(name), said(source)) == []


@OURS
@pytest.mark.parametrize("detail", [True, False])
def test_another_parser_finds_each_state_and_each_arrow(name: str, detail: bool) -> None:  # noqa: FBT001 (pytest passes it by name)
    """Boxes are the states, and arrows those of the arrangement, and no other."""
    workflow, arranged = workflow_of(name), arrange(diagram_of(name))
    graph = read(dot(workflow, detail=detail))
    nodes = {node.get_name() for node in graph.get_nodes()} - {"graph", "node", "edge"}
    states = [f"s{at}_{state.name}" for at, state in enumerate(workflow.states)]
    beside = {"start", "beside", "clock", "legend", *(["takes", "numbers1"] if detail else [])}
    assert nodes == {*states, *beside, *(f"from{at}" for at, _ in enumerate(arranged.gatherings(), 1))}
    ids = dict(zip((state.name for state in workflow.states), states, strict=True)) | {workflow.start: "start"}
    drawn = [("from1" if arrow.gathers else ids[arrow.sources[0]], ids[arrow.target]) for arrow in arranged.arrows]
    assert ends(graph) == sorted(drawn)


@settings(max_examples=25)
@given(tables())
def test_any_table_is_drawn_with_all_its_names(workflow: Workflow) -> None:
    """Whatever a table's names are, Graphviz draws it, and every name is on it as itself."""
    source = dot(workflow)
    assert svg(source, title=workflow.title).endswith("</svg>\n")
    assert missing(extract(workflow), said(source)) == []


@pytest.mark.skipif(GRAPHVIZ is None, reason="the program dot of Graphviz itself is not installed")
@OURS
def test_graphviz_itself_reads_and_draws_the_same(name: str, tmp_path: File) -> None:
    """Graphviz' own dot draws every drawing without a word of complaint, and finds the same arrows as the other parser."""
    assert GRAPHVIZ is not None
    path = next(iter(paths_of(name).values()))
    for source in (dot(workflow_of(name), figures=figures_of(name), theme="dark"), dot(workflow_of(name), path=path)):
        # The first format is drawn, the second is how the program itself writes what it read.
        done = subprocess.run(
            [GRAPHVIZ, "-Tsvg", f"-o{tmp_path / 'drawn.svg'}", "-Tcanon"],
            input=source,
            capture_output=True,
            check=True,
            text=True,
            timeout=60,
        )
        assert done.stderr == ""
        assert (tmp_path / "drawn.svg").stat().st_size > 0
        assert ends(read(done.stdout)) == ends(read(source))


def test_a_path_has_its_dates_on_its_arrows() -> None:
    """A thick arrow carries each time that it was taken, in order, and a box what was done without leaving it."""
    name = "session_cancellation"
    path = paths_of(name)["everywhere, marked"]
    graph = read(dot(workflow_of(name), path=path))
    labels = {
        re.sub(r"\s+", " ", said(edge.get("label"))).strip(): float(edge.get("penwidth"))
        for edge in graph.get_edges()
        if edge.get("label")
    }
    (asked,) = (label for label in labels if "ask support" in label)
    visits = [visit for visit in path.visits if visit.trigger == "ask_support"]
    assert len(visits) == 2
    told = [f"({visit.number})\N{NO-BREAK SPACE}{visit.on.isoformat()}" for visit in visits]
    assert re.sub(r"\s+", " ", " ".join(told)) in asked
    assert labels[asked] > 2
    (never,) = {width for label, width in labels.items() if "tell client" in label}
    assert never < 1


@OURS
def test_every_step_of_a_path_is_on_it(name: str) -> None:
    """Number and day of every step stand on the drawing once, and where the request stands is said once."""
    for path in paths_of(name).values():
        text = said(dot(workflow_of(name), path=path))
        found = re.findall(r"\((\d+)\)\N{NO-BREAK SPACE}(\d{4}-\d\d-\d\d)", text)
        assert sorted((int(number), on) for number, on in found) == [
            (visit.number, visit.on.isoformat()) for visit in path.visits
        ]
        assert text.count(f"stands here since {path.since.isoformat()}") == 1


@OURS
def test_nothing_of_a_person_is_on_a_path(name: str) -> None:
    """No reference of the request or of who acted is on its drawing."""
    for tour, steps in trails_of(name).items():
        text = dot(workflow_of(name), path=paths_of(name)[tour])
        people = {str(step.by.id) for step in steps if step.by.role is not Role.SYSTEM}
        assert people
        assert not any(reference in text for reference in {str(steps[0].request), *people})


def test_what_is_no_row_says_so() -> None:
    """A step that the table has no row for is drawn, and is told from those of the table."""
    path = paths_of("extra_sessions")["the long way"]
    first = path.visits[0]
    older = Path(workflow=path.workflow, visits=(attrs.evolve(first, trigger="adopt"), *path.visits[1:]))
    text = said(dot(workflow_of("extra_sessions"), path=older))
    assert "no row of this table" in text
    assert "no row of this table" not in said(dot(workflow_of("extra_sessions"), path=path))


@pytest.mark.parametrize("seed", ["1", "2"])
def test_every_process_writes_the_same(seed: str) -> None:
    """The same table gives the same text to the letter, however a process orders its sets."""
    name = "session_cancellation"
    assert (
        by_another_process("diagrams.dot(workflow, figures=figures)", seed)
        == dot(workflow_of(name), figures=figures_of(name)).encode()
    )


@pytest.mark.parametrize("detail", [True, False])
def test_a_drawing_says_whose_numbers_it_shows(detail: bool) -> None:  # noqa: FBT001 (pytest passes it by name)
    """With the list of what each move takes and without; not where none are drawn, and not on a path, which has none."""
    workflow, figures = workflow_of("outreach"), figures_of("outreach")
    whose = "The numbers are those of the contract standard, version 1."
    assert whose in said(dot(workflow, figures=figures, detail=detail))
    assert "The numbers" not in said(dot(workflow, detail=detail))
    assert "The numbers" not in said(dot(workflow, figures=figures, path=next(iter(paths_of("outreach").values()))))
