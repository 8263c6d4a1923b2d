"""A table as PlantUML: the program itself finds no error in it, and all that the table says is on it."""

from __future__ import annotations

import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given

from eap_workflow.diagrams import extract, plantuml
from eap_workflow.diagrams.arrangement import arrange
from eap_workflow.machine import When, Workflow
from eap_workflow.processes import NAMES
from tests.diagrams.drawn import by_another_process, diagram_of, figures_of, missing, workflow_of
from tests.diagrams.made_up_tables import HOSTILE, tables

OURS = pytest.mark.parametrize("name", NAMES)
PLANTUML = shutil.which("plantuml")


def said(source: str) -> str:
    """Read the words of a source: without markup, and each code as what it stands for."""
    source = re.sub(r"^s\d+_\w* : ", " ", source, flags=re.MULTILINE)
    plain = re.sub(r"</?(?:size|color)[^>]*>|\*\*|//", " ", source.replace("\\n", " "))
    return unescape(plain)


@OURS
def test_all_of_our_tables_is_on_it(name: str) -> None:
    """Every state, turn, limit, move, role, guard and rule stands on the drawing."""
    assert missing(diagram_of(name), said(plantuml(workflow_of(name), figures=figures_of(name)))) == []


@given(tables())
def test_every_name_of_any_table_is_on_it(workflow: Workflow) -> None:
    """Whatever a table's names are, each stands on the drawing as itself, and none begins a line of its own."""
    source = plantuml(workflow)
    assert missing(extract(workflow), said(source)) == []
    known = (
        r"@startuml|@enduml|title |hide |skinparam |state \"|s\d+_\w* |from\d+ |\[\*\] |note \"|legend left|endlegend"
    )
    legend = source.partition("legend left\n")[2].partition("\nendlegend")[0]
    outside = source.replace(legend, "").splitlines() if legend else source.splitlines()
    assert all(re.match(known, line) for line in outside if line)
    assert all(re.match(r"\*\*|<size:10>", line) for line in legend.splitlines())


@OURS
def test_each_arrow_of_the_arrangement_is_one_line(name: str) -> None:
    """Arrows are solid, dotted or dashed by who makes the move; final states lead to UML's end."""
    arranged, source = arrange(diagram_of(name)), plantuml(workflow_of(name))
    lines = {When.ASKED: "", When.AT_ONCE: ",dotted", When.WHEN_DUE: ",dashed"}
    found = re.findall(r"^\S+ -\[#\w{6}(,\w+|)\]-> \S+ : ", source, re.MULTILINE)
    assert sorted(found) == sorted(lines[arrow.when] for arrow in arranged.arrows)
    ends = sum(state.final for state in arranged.diagram.states)
    assert len(re.findall(r"^s\d+_\w+ --> \[\*\]$", source, re.MULTILINE)) == ends


@pytest.mark.skipif(PLANTUML is None, reason="the program plantuml is not installed")
def test_the_program_draws_each_and_refuses_what_is_broken(tmp_path: Path) -> None:
    """PlantUML draws every table of ours with every word, and a title that means something to it; only what is broken is an error."""
    assert PLANTUML is not None
    sources = {name: plantuml(workflow_of(name), figures=figures_of(name), theme="dark") for name in NAMES}
    hostile = "".join(each for each in HOSTILE if each.isprintable())
    sources["hostile"] = sources["outreach"].replace("title Outreach", f"title {_coded(hostile)}")
    sources["broken"] = sources["outreach"].replace('state "', "stte ")
    for name, source in sources.items():
        (tmp_path / f"{name}.puml").write_text(source, encoding="utf-8")
    done = subprocess.run(
        [PLANTUML, "-charset", "UTF-8", "-tsvg", str(tmp_path / "*.puml")],
        capture_output=True,
        check=False,
        text=True,
        timeout=120,
    )
    assert re.findall(r"Error line \d+ in file: \S*?(\w+)\.puml", done.stdout + done.stderr) == ["broken"]
    for name in NAMES:
        # S314: it was drawn a moment ago, from our own text.
        root = ET.parse(tmp_path / f"{name}.svg").getroot()  # noqa: S314
        words = " ".join(each.text or "" for each in root.findall(".//{*}text"))
        assert missing(diagram_of(name), words) == []


def _coded(words: str) -> str:
    return "".join(each if each.isalnum() else f"&#{ord(each)};" for each in words)


@pytest.mark.parametrize("seed", ["1", "2"])
def test_every_process_writes_the_same(seed: str) -> None:
    """The same table gives the same text to the letter, however a process orders its sets."""
    name = "session_cancellation"
    written = plantuml(workflow_of(name), figures=figures_of(name))
    assert by_another_process("diagrams.plantuml(workflow, figures=figures)", seed) == written.encode()
