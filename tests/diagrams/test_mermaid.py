"""A table as Mermaid: it parses, it draws, and all that the table says is on it.

`mmdr` parses and draws as Mermaid does; it refuses what Mermaid refuses. Mermaid itself draws too, in a browser, where the
environment variable EAP_MERMAID_JS names its file ``mermaid.min.js``.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path as File
from xml.etree import ElementTree as ET

import mmdr
import pytest
from hypothesis import given

from eap_workflow.diagrams import extract, mermaid
from eap_workflow.diagrams.arrangement import arrange
from eap_workflow.machine import When, Workflow
from eap_workflow.processes import NAMES
from tests import browser
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
MERMAID_JS = os.environ.get("EAP_MERMAID_JS", "")
ARROW = re.compile(r'^ +(\w+) (-->|-\.->)\|"(.*)"\| (\w+)$', re.MULTILINE)


def said(source: str) -> str:
    """Read the words of a source: without tags, and each code as what it stands for."""
    return re.sub(r"#(\d+);", lambda code: chr(int(code[1])), re.sub(r"<[^>]*>", " ", source))


class Drawing:
    """A diagram as it was drawn.

    Attributes:
        boxes: How many boxes there are.
        arrows: How many arrows, but for those that only hold something in its place.
        texts: All that is written on it.
    """

    def __init__(self, source: str) -> None:
        # S314: it was drawn a moment ago, from our own text.
        root = ET.fromstring(mmdr.render(source).svg())  # noqa: S314
        classes = [(each.get("class") or "").split() for each in root.iter()]
        self.boxes = sum("node" in names for names in classes)
        self.arrows = sum("flowchart-link" in names and "edge-thickness-invisible" not in names for names in classes)
        self.texts = "".join(text for each in root.iter() if each.tag.endswith("}g") for text in each.itertext())


@OURS
def test_all_of_our_tables_is_on_it(name: str) -> None:
    """Every state, turn, limit, move, role, guard and rule stands in the source, and on the drawing."""
    source = mermaid(workflow_of(name), figures=figures_of(name))
    assert missing(diagram_of(name), said(source)) == []
    assert missing(diagram_of(name), Drawing(source).texts) == []


def test_a_broken_source_is_not_drawn() -> None:
    """What Mermaid does not understand is refused, so that drawing proves something."""
    broken = mermaid(workflow_of("extra_sessions")).replace('s0_draft("', "s0_draft(")
    with pytest.raises(ValueError, match="parse error"):
        mmdr.render(broken).svg()


@OURS
def test_every_state_and_arrow_is_drawn(name: str) -> None:
    """There is a box for each state, and one arrow between each two places that a row joins."""
    arranged = arrange(diagram_of(name))
    drawing = Drawing(mermaid(workflow_of(name), detail=False))
    assert drawing.arrows == len({(arrow.sources, arrow.target) for arrow in arranged.arrows})
    beside = bool(arranged.asked) + bool(arranged.clock)
    assert drawing.boxes == len(arranged.diagram.states) + 1 + len(arranged.gatherings()) + beside


@given(tables())
def test_any_table_parses_and_draws(workflow: Workflow) -> None:
    """Whatever a table's names are, Mermaid finds in its diagram each state and each arrow, and no other."""
    arranged = arrange(extract(workflow))
    drawing = Drawing(mermaid(workflow))
    beside = bool(arranged.asked) + bool(arranged.clock)
    assert drawing.boxes == len(workflow.states) + 3 + len(arranged.gatherings()) + beside
    assert drawing.arrows == len({(arrow.sources, arrow.target) for arrow in arranged.arrows})


@given(tables())
def test_every_name_of_any_table_is_on_it(workflow: Workflow) -> None:
    """Every state, trigger, role, guard, limit and rule is somewhere in the source, as itself or as its codes."""
    assert missing(extract(workflow), said(mermaid(workflow))) == []


def test_shapes_and_signs_tell_kinds_apart() -> None:
    """Final and passing states have shapes of their own, the clock's moves signs, and unasked arrows are broken."""
    source = mermaid(workflow_of("extra_sessions"))
    for at, state in enumerate(workflow_of("extra_sessions").states):
        shape = r"\[\[" if state.final else r"\{\{" if state.passing else r"\("
        assert re.search(rf'^ +s{at}_{state.name}{shape}"', source, re.MULTILINE)
    arranged = arrange(diagram_of("extra_sessions"))
    for _, line, label, _ in ARROW.findall(source):
        words = [entry for entry in arranged.entries if f"[{entry.number}]" in said(label)]
        assert words
        assert ("⏰" in label) == any(entry.when is When.WHEN_DUE for entry in words)
        assert ("⚡" in label) == any(entry.when is When.AT_ONCE for entry in words)
        assert (line == "-.->") == all(entry.when is not When.ASKED for entry in words)
    assert re.search(r'^ +asked\["', source, re.MULTILINE)
    assert re.search(r'^ +clock>"', source, re.MULTILINE)


@OURS
def test_every_step_of_a_path_is_on_it(name: str) -> None:
    """Number and day of every step stand on the drawing once, its arrow is thick, and nobody's reference is there."""
    for tour, path in paths_of(name).items():
        source = mermaid(workflow_of(name), path=path)
        text = said(source).replace("\N{NO-BREAK SPACE}", " ")
        found = re.findall(r"\((\d+)\) (\d{4}-\d\d-\d\d)", text)
        assert sorted((int(number), on) for number, on in found) == [
            (visit.number, visit.on.isoformat()) for visit in path.visits
        ]
        assert text.count(f"stands here since {path.since.isoformat()}") == 1
        thick = len(re.findall(r"stroke-width:4px", source))
        assert thick == len({visit.row[::2] for visit in path.visits if visit.source != visit.target})
        assert str(trails_of(name)[tour][0].request) not in source
        assert Drawing(source).boxes >= len(workflow_of(name).states)


@pytest.mark.skipif(not MERMAID_JS or browser.CHROMIUM is None, reason="EAP_MERMAID_JS or Chromium is not there")
def test_mermaid_itself_draws_it(tmp_path: File) -> None:
    """Mermaid in a browser draws every table and a path through each, with all its words, in a light and a dark theme."""
    sources = [mermaid(workflow_of(name), figures=figures_of(name)) for name in NAMES]
    sources += [mermaid(workflow_of(name), path=next(iter(paths_of(name).values()))) for name in NAMES]
    page = f"<script src='{File(MERMAID_JS).resolve().as_uri()}'></script>"
    drawn = browser.asked(
        page,
        f"const found = []; for (const theme of ['default', 'dark']) {{ mermaid.initialize({{startOnLoad: false, theme}});"
        f"for (const source of {json.dumps(sources)}) {{ const {{svg}} = await mermaid.render('d' + found.length, source);"
        "const place = document.createElement('div'); place.innerHTML = svg; found.push(place.textContent); } } return found",
        tmp_path,
    )
    assert isinstance(drawn, list), drawn
    assert len(drawn) == 2 * len(sources)
    for name, text in zip(NAMES, drawn, strict=False):
        assert missing(diagram_of(name), text) == []


@pytest.mark.parametrize("seed", ["1", "2"])
def test_every_process_writes_the_same(seed: str) -> None:
    """The same table gives the same text to the letter, however a process orders its sets."""
    name = "session_cancellation"
    written = mermaid(workflow_of(name), figures=figures_of(name))
    assert by_another_process("diagrams.mermaid(workflow, figures=figures)", seed) == written.encode()
