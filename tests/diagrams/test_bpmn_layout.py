"""The drawing of a BPMN diagram: nothing stands on anything else, and lines run beside each other."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise
from xml.etree import ElementTree as ET

from eap_workflow.diagrams import bpmn
from eap_workflow.diagrams.bpmn_layout import Box, Point
from eap_workflow.machine import Workflow
from eap_workflow.policy import STANDARD
from eap_workflow.processes import NAMES as WORKFLOWS
from eap_workflow.processes import process_named
from tests.diagrams.boxes import overlap
from tests.diagrams.words import OF_ALL_TABLES, xml_of

NAMES = {
    "bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "dc": "http://www.omg.org/spec/DD/20100524/DC",
    "di": "http://www.omg.org/spec/DD/20100524/DI",
}
Segment = tuple[Point, Point]
BELOW = {"takes", "numbers", "reading"}
"""What stands under the pool."""
FIGURES = {name: process_named(name).figures(STANDARD) for name in WORKFLOWS}


def _box(bounds: ET.Element | None) -> Box:
    assert bounds is not None
    return Box(*(int(bounds.get(name, "")) for name in ("x", "y", "width", "height")))


def _drawn(workflow: Workflow) -> tuple[dict[str, Box], dict[str, Box], dict[str, list[Point]]]:
    """The shapes, the labels and the lines, by what they are of."""
    boxes, labels, lines = dict[str, Box](), dict[str, Box](), dict[str, list[Point]]()
    root = xml_of(bpmn(workflow, figures=FIGURES[workflow.name]))
    for shape in root.iter(f"{{{NAMES['bpmndi']}}}BPMNShape"):
        boxes[shape.get("bpmnElement", "")] = _box(shape.find("dc:Bounds", NAMES))
    for edge in root.iter(f"{{{NAMES['bpmndi']}}}BPMNEdge"):
        points = edge.findall("di:waypoint", NAMES)
        lines[edge.get("bpmnElement", "")] = [(int(each.get("x", "")), int(each.get("y", ""))) for each in points]
    for each in (*root.iter(f"{{{NAMES['bpmndi']}}}BPMNShape"), *root.iter(f"{{{NAMES['bpmndi']}}}BPMNEdge")):
        if (bounds := each.find("bpmndi:BPMNLabel/dc:Bounds", NAMES)) is not None:
            labels[each.get("bpmnElement", "")] = _box(bounds)
    return boxes, labels, lines


def _segments(points: list[Point]) -> Iterator[Segment]:
    yield from pairwise(points)


@OF_ALL_TABLES
def test_nothing_stands_on_anything_else(workflow: Workflow) -> None:
    """No two nodes overlap, no label lies on a node or on another label, and all are inside of their lane."""
    boxes, labels, _ = _drawn(workflow)
    lanes = [box for name, box in boxes.items() if name.startswith("lane_")]
    nodes = {name: box for name, box in boxes.items() if not name.startswith("lane_") and name != "pool"}
    pool, below = boxes["pool"], {name: box for name, box in nodes.items() if name in BELOW}
    assert below.keys() == BELOW
    assert all(box.y > pool.y + pool.height for box in below.values())
    named = {**nodes, **{f"label of {name}": box for name, box in labels.items()}}
    assert [pair for pair in combinations(named, 2) if overlap(named[pair[0]], named[pair[1]])] == []
    for name, box in named.items():
        if name in BELOW:
            continue
        inside = [lane for lane in lanes if lane.y <= box.y and box.y + box.height <= lane.y + lane.height]
        assert any(lane.x <= box.x and box.x + box.width <= lane.x + lane.width for lane in inside)


@OF_ALL_TABLES
def test_lines_are_straight_and_pass_by_what_they_do_not_join(workflow: Workflow) -> None:
    """A line goes across and down, begins and ends at the sides of its nodes, and runs through no node and no label."""
    boxes, labels, lines = _drawn(workflow)
    nodes = {name: box for name, box in boxes.items() if not name.startswith("lane_") and name != "pool"}
    flows = xml_of(bpmn(workflow)).iter(f"{{{NAMES['bpmn']}}}sequenceFlow")
    ends = {flow.get("id", ""): (flow.get("sourceRef", ""), flow.get("targetRef", "")) for flow in flows}
    joined = xml_of(bpmn(workflow)).iter(f"{{{NAMES['bpmn']}}}association")
    ends |= {each.get("id", ""): (each.get("sourceRef", ""), each.get("targetRef", "")) for each in joined}
    assert ends.keys() == lines.keys()
    for name, points in lines.items():
        source, target = (boxes[each] for each in ends[name])
        assert points[0] in {source.left, source.right, source.top, source.bottom}
        if ends[name][1].startswith("limits_"):
            assert points[-1] == (points[0][0], target.y + target.height)
            assert target.x <= points[-1][0] <= target.x + target.width
        else:
            assert points[-1] in {target.left, target.right, target.top, target.bottom}
        for (x, y), (to_x, to_y) in _segments(points):
            assert (x == to_x) != (y == to_y)
            inner = Box(min(x, to_x) + 1, min(y, to_y) + 1, max(abs(to_x - x) - 2, 1), max(abs(to_y - y) - 2, 1))
            assert [node for node, box in nodes.items() if overlap(inner, box)] == []
            if y == to_y:  # one that goes down may cross a name, as it crosses a line
                assert [label for label, box in labels.items() if overlap(inner, box)] == []


@OF_ALL_TABLES
def test_lines_run_beside_each_other(workflow: Workflow) -> None:
    """Between two states no line runs along another but those from the same gateway, or into the same node."""
    _, _, lines = _drawn(workflow)
    between = {name: points for name, points in lines.items() if name.startswith("row_") and points[0] != points[-1]}
    for (one, points), (other, others) in combinations(between.items(), 2):
        if points[0] == others[0] or points[-1] == others[-1]:
            continue
        for first in _segments(points):
            for second in _segments(others):
                assert not _along(first, second), (one, other)


def _along(one: Segment, other: Segment) -> bool:
    """Whether two segments of the same line share more than a point."""
    for axis in (0, 1):
        if len({one[0][axis], one[1][axis], other[0][axis], other[1][axis]}) == 1:
            spans = sorted(sorted(point[1 - axis] for point in segment) for segment in (one, other))
            return spans[1][0] < spans[0][1]
    return False
