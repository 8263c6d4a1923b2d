"""Pictures: well-formed, the same bytes every time, and readable, as a real browser measures them."""

from __future__ import annotations

import struct
from itertools import combinations
from pathlib import Path as File
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from eap_workflow.diagrams import picture, png, svg
from eap_workflow.diagrams.looks import THEMES
from eap_workflow.extras import NotInstalled
from eap_workflow.processes import NAMES
from tests import browser
from tests.diagrams.drawn import by_another_process, diagram_of, figures_of, missing, paths_of, workflow_of

OURS = pytest.mark.parametrize("name", NAMES)


def texts(drawing: str) -> str:
    """The words of a drawing."""
    # S314: it was drawn a moment ago, from our own text.
    return " ".join(each.text or "" for each in ET.fromstring(drawing).findall(".//{*}text"))  # noqa: S314


@OURS
def test_all_of_our_tables_is_on_it(name: str) -> None:
    """Every state, turn, limit, move, role, guard and rule stands in the picture."""
    drawing = svg(workflow_of(name), figures=figures_of(name))
    assert missing(diagram_of(name), texts(drawing)) == []


def test_a_picture_has_a_name_and_nothing_from_elsewhere() -> None:
    """It is one image with a label, refers to nothing outside itself, and shows no name of a node under the mouse."""
    drawing = svg(workflow_of("extra_sessions"), detail=False)
    root = ET.fromstring(drawing)  # noqa: S314
    assert root.get("role") == "img"
    assert root.get("aria-label") == "Extra-sessions request, its states and moves"
    tags = {each.tag.rpartition("}")[2] for each in root.iter()}
    assert tags <= {"svg", "g", "text", "path", "polygon", "polyline", "ellipse"}
    assert not any("href" in name for each in root.iter() for name in each.attrib)


@pytest.mark.parametrize("seed", ["1", "2"])
def test_every_process_draws_the_same(seed: str) -> None:
    """The same table gives the same bytes, as SVG and as PNG."""
    name = "session_cancellation"
    assert by_another_process("diagrams.svg(workflow, figures=figures)", seed) == svg(
        workflow_of(name), figures=figures_of(name)
    ).encode("utf-8")
    assert by_another_process("diagrams.png(workflow, detail=False, dots_per_inch=48)", seed) == png(
        workflow_of(name), detail=False, dots_per_inch=48
    )


def test_a_png_is_as_fine_as_asked() -> None:
    """Twice the dots an inch, twice the width."""
    sizes = []
    for fineness in (48, 96):
        drawn = png(workflow_of("outreach"), detail=False, dots_per_inch=fineness)
        assert drawn.startswith(b"\x89PNG\r\n\x1a\n")
        sizes.append(struct.unpack(">II", drawn[16:24]))
    assert sizes[1][0] == pytest.approx(2 * sizes[0][0], abs=2)
    assert sizes[1][1] == pytest.approx(2 * sizes[0][1], abs=2)


def test_without_the_package_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the program is not installed, the error says what to install."""
    monkeypatch.setattr(picture, "PACKAGE", "a-package-that-nobody-made")
    picture._program.cache_clear()
    with pytest.raises(
        NotInstalled, match=r"a-package-that-nobody-made is not installed; .* the extra 'diagrams': pip"
    ):
        svg(workflow_of("outreach"))
    picture._program.cache_clear()


MEASURE = """
return [...document.querySelectorAll('svg')].map(svg => {
  const frame = svg.getBoundingClientRect();
  const box = each => { const b = each.getBoundingClientRect(); return [b.left, b.top, b.right, b.bottom]; };
  const groups = name => [...svg.querySelectorAll('g.' + name)];
  return {
    frame: [frame.left, frame.top, frame.right, frame.bottom],
    nodes: groups('node').map(g => {
      const all = [...g.querySelectorAll('polygon, path, ellipse')].map(box);
      const most = [Math.min, Math.min, Math.max, Math.max];
      const shape = all.length ? most.map((of, at) => of(...all.map(each => each[at]))) : null;
      return {shape, texts: [...g.querySelectorAll('text')].map(t => [t.textContent, ...box(t)])};
    }),
    labels: groups('edge').map(g => [...g.querySelectorAll('text')].map(t => [t.textContent, ...box(t)]))
  };
});
"""


@pytest.mark.skipif(browser.CHROMIUM is None, reason="Chromium is not installed")
def test_no_label_is_cut_or_covered(tmp_path: File) -> None:
    """As a browser sets them, words stay inside their boxes and the picture, and no label lies on another or on a box."""
    drawings = [
        svg(workflow_of(name), figures=figures_of(name), theme=theme, detail=detail)
        for name in NAMES
        for theme, detail in zip(THEMES, (True, False), strict=True)
    ]
    drawings += [
        svg(workflow_of(name), path=path)
        for name in NAMES
        for _, path in zip(range(4), paths_of(name).values(), strict=False)
    ]
    measured: list[dict[str, Any]] = browser.asked(
        "".join(f"<div>{each}</div>" for each in drawings), MEASURE, tmp_path
    )
    assert len(measured) == len(drawings)
    for drawing in measured:
        boxes = [node["shape"] for node in drawing["nodes"] if node["shape"] is not None]
        for node in drawing["nodes"]:
            outer = node["shape"] or drawing["frame"]
            assert all(_inside(text[1:], outer) for text in node["texts"]), node
            assert not any(_meet(one[1:], two[1:]) for one, two in combinations(node["texts"], 2)), node
        assert not any(_meet(one, two) for one, two in combinations(boxes, 2))
        labels = [_around(texts) for texts in drawing["labels"] if texts]
        assert labels
        assert all(_inside(label, drawing["frame"]) for label in labels)
        assert not any(_meet(label, box) for label in labels for box in boxes)
        assert not any(_meet(one, two) for one, two in combinations(labels, 2))


GIVE = 1.5  # of a pixel's breadth: a letter's box is higher than the letter


def _inside(inner: list[float], outer: list[float]) -> bool:
    return (
        inner[0] >= outer[0] - GIVE
        and inner[1] >= outer[1] - GIVE
        and inner[2] <= outer[2] + GIVE
        and inner[3] <= outer[3] + GIVE
    )


def _meet(one: list[float], two: list[float]) -> bool:
    high = 4 * GIVE  # lines of text stand as close as their letters allow
    wide = min(one[2], two[2]) - max(one[0], two[0])
    return wide > GIVE and min(one[3], two[3]) - max(one[1], two[1]) > high


def _around(texts: list[list[Any]]) -> list[float]:
    return [
        min(text[1] for text in texts),
        min(text[2] for text in texts),
        max(text[3] for text in texts),
        max(text[4] for text in texts),
    ]
