"""A table as Mermaid: it parses, it draws, and all that the table says is on it.

`mmdr` parses and draws as Mermaid does; it refuses what Mermaid refuses.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from xml.etree import ElementTree as ET

import mmdr
import pytest
from attrs import evolve
from hypothesis import given

from eap_workflow.diagrams import extract, mermaid
from eap_workflow.machine import When, Workflow
from eap_workflow.policy import STANDARD
from eap_workflow.states import EXTRA_SESSIONS
from tests.diagrams.made_up_tables import tables


class Drawing:
    """A diagram as it was drawn.

    Attributes:
        boxes: How each box is drawn, as the name of its look; the start's is ``default``.
        arrows: The number of each arrow, as Mermaid counts them.
        texts: What each box says; the start says nothing.
        heights: How many lines each box has.
        labels: What each arrow says.
    """

    def __init__(self, source: str) -> None:
        # S314: it was drawn a moment ago, from our own text.
        root = ET.fromstring(mmdr.render(source).svg())  # noqa: S314
        classes = [(element, (element.get("class") or "").split()) for element in root.iter()]
        said = [
            ((element.get("data-merman-source-classes") or "").split(), ["".join(line.itertext()) for line in element])
            for element, names in classes
            if names == ["merman-foreignobject-fallback"]
        ]
        self.boxes = [names[1] for _, names in classes if names[:1] == ["node"]]
        self.arrows = [element.get("data-id") for element, names in classes if "transition" in names]
        self.texts = [_squeezed("".join(lines)) for around, lines in said if "node" in around]
        self.heights = [len(lines) for around, lines in said if "node" in around]
        self.labels = [_squeezed("".join(lines)) for around, lines in said if "edgeLabel" in around]

    def box(self, title: str) -> str:
        """Find what one box says, by how it begins."""
        (found,) = (text for text in self.texts if text.startswith(_squeezed(title)))
        return found


def _squeezed(text: str) -> str:
    # A renderer breaks lines where it likes.
    return re.sub(r"\s+", "", text)


def _said(source: str) -> str:
    """Read the words of a source: without tags, and each code as what it stands for."""
    return _squeezed(re.sub(r"#(\d+);", lambda code: chr(int(code[1])), re.sub(r"<[^>]*>", "", source)))


def drawn() -> Drawing:
    """Draw the extra sessions as the standard contract has them."""
    return Drawing(mermaid(EXTRA_SESSIONS, terms=STANDARD.limits.terms))


def test_a_broken_source_is_not_drawn() -> None:
    """What Mermaid does not understand is refused, so that drawing proves something."""
    broken = mermaid(EXTRA_SESSIONS).replace('" as s0_draft', " as s0_draft")
    with pytest.raises(ValueError, match="parse error"):
        mmdr.render(broken).svg()


def test_every_state_and_arrow_of_the_extra_sessions_is_drawn() -> None:
    """There is a box for each state and one for the start, and an arrow for each two states that a row joins."""
    drawing = drawn()
    joined = {(move.source, move.target) for move in EXTRA_SESSIONS.moves if not move.is_self_move}
    assert len(drawing.boxes) == len(EXTRA_SESSIONS.states) + 1
    assert len(drawing.texts) == len(EXTRA_SESSIONS.states)
    assert drawing.arrows == [f"edge{index}" for index in range(len(joined))]
    assert len(drawing.labels) == len(joined)


def test_a_box_says_whose_turn_it_is_and_which_limits_run() -> None:
    """A state's box names who has to act and every limit with its working days (CR-07, CR-08, CR-09)."""
    drawing = drawn()
    for state in extract(EXTRA_SESSIONS, terms=STANDARD.limits.terms).states:
        text = drawing.box(state.words.capitalize())
        if state.turn is not None:
            assert _squeezed(f"{state.turn}'s turn") in text
        for limit in state.limits:
            assert _squeezed(limit.label) in text


def test_every_row_stands_in_the_box_that_it_leaves() -> None:
    """A box names every trigger of its state; the rows that leave the start stand on its arrow."""
    drawing = drawn()
    diagram = extract(EXTRA_SESSIONS)
    for state in diagram.states:
        for move in diagram.moves_from(state.name):
            assert _squeezed(move.words) in drawing.box(state.words.capitalize())
    for move in diagram.moves_from(diagram.start):
        parts = (move.words, *move.who, *(guard.words for guard in move.guards), *move.rules)
        assert any(all(_squeezed(part) in label for part in parts) for label in drawing.labels)


def test_an_arrow_says_who_makes_its_moves() -> None:
    """Beside a trigger stands who may make it, and whether it is made at once or when it is due."""
    drawing = drawn()
    diagram = extract(EXTRA_SESSIONS)
    for moves, label in zip(diagram.arrows(), drawing.labels, strict=True):
        for move in moves:
            assert _squeezed(move.words) in label
            if move not in diagram.repeated():
                assert _squeezed(", ".join(move.who)) in label
                assert (move.when is When.ASKED) == (move.when.replace("_", "") not in label)


def test_what_a_move_takes_and_serves_stands_in_its_box_or_where_that_refers_to() -> None:
    """Every guard, role and rule of a row is in its box, unless the box refers to another which says it."""
    drawing = drawn()
    diagram = extract(EXTRA_SESSIONS)
    for state in diagram.states:
        text = drawing.box(state.words.capitalize())
        for move in diagram.moves_from(state.name):
            referred = re.search(rf"{re.escape(_squeezed(move.words))}asin([a-z]+?)(?=[^a-z]|$)", text)
            place = text if referred is None else drawing.box(referred[1].capitalize())
            who = move.who if move.stays or move in diagram.repeated() else ()
            for part in (*who, *(guard.words for guard in move.guards), *move.rules):
                assert _squeezed(part) in place, (state.name, move.trigger, part)


def test_what_stays_says_what_it_does_to_limits() -> None:
    """A later date or a relayed outcome shows in its box; what an arrow starts and stops, its two boxes show (IN-12)."""
    drawing = drawn()
    diagram = extract(EXTRA_SESSIONS)
    for state in diagram.states:
        text = drawing.box(state.words.capitalize())
        for move in diagram.moves_from(state.name):
            for verb, limits in (("stops", move.stops), ("extends", move.extends)):
                said = _squeezed(f"{verb} {', '.join(limit.words for limit in limits)}")
                assert not limits or (said in text) == move.stays


def test_lines_are_broken_once() -> None:
    """A box has the lines that its source gives it, whatever width the renderer would break lines at."""
    titles = re.findall(r'^ +state "(.*)" as ', mermaid(EXTRA_SESSIONS, terms=STANDARD.limits.terms), re.MULTILINE)
    assert drawn().heights == [title.count("<br/>") + 1 for title in titles]


def test_what_only_tells_somebody_has_a_sign_of_its_own() -> None:
    """Reminders, warnings and passed limits begin with a bell, which no move that leads on has (IN-04, IN-13)."""
    drawing = drawn()
    diagram = extract(EXTRA_SESSIONS)
    for state in diagram.states:
        text = drawing.box(state.words.capitalize())
        clocks = [move for move in diagram.moves_from(state.name) if move.when is When.WHEN_DUE]
        assert ("🔔" in text) == any(move.stays for move in clocks)
        assert ("⏰" in text) == any(not move.stays for move in clocks)


def test_the_clock_and_the_ends_are_told_apart_without_colour() -> None:
    """Final and passing states have looks of their own, the clock's moves signs, and unasked arrows are dashed."""
    source, drawing = mermaid(EXTRA_SESSIONS), drawn()
    kinds = ["final" if state.final else "passing" if state.passing else "open" for state in EXTRA_SESSIONS.states]
    assert sorted(drawing.boxes) == sorted([*kinds, "default"])
    assert all("final" in drawing.box(state.words.capitalize()) for state in EXTRA_SESSIONS.states if state.final)
    for moves, label in zip(extract(EXTRA_SESSIONS).arrows(), drawing.labels, strict=True):
        assert ("⏰" in label) == any(move.when is When.WHEN_DUE for move in moves)
        assert ("⚡" in label) == any(move.when is When.AT_ONCE for move in moves)
    dashed = {int(number) for number in re.findall(r"\[id\$=edge(\d+)\]", source)}
    assert dashed == {
        index
        for index, moves in enumerate(extract(EXTRA_SESSIONS).arrows())
        if all(move.when is not When.ASKED for move in moves)
    }


def test_no_two_boxes_overlap() -> None:
    """Each box has a place of its own, as wide as the words in it."""
    svg = mmdr.render(mermaid(EXTRA_SESSIONS, terms=STANDARD.limits.terms)).svg()
    places = re.findall(
        r'class="node \w+ statediagram-state"[^>]*transform="translate\(([\d.-]+), ?([\d.-]+)\)".*?'
        r'<rect class="basic label-container"[^>]*?x="([\d.-]+)" y="([\d.-]+)" width="([\d.-]+)" height="([\d.-]+)"',
        svg,
        re.DOTALL,
    )
    boxes = [tuple(map(float, place)) for place in places]
    assert len(boxes) == len(EXTRA_SESSIONS.states)
    corners = [(x + left, y + top, x + left + width, y + top + height) for x, y, left, top, width, height in boxes]
    for at, (left, top, right, bottom) in enumerate(corners):
        for other in corners[at + 1 :]:
            assert right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top


@given(tables())
def test_any_table_parses_and_draws(workflow: Workflow) -> None:
    """Whatever a table's names are, Mermaid finds in its diagram each state and each arrow, and no other."""
    drawing = Drawing(mermaid(workflow))
    assert len(drawing.boxes) == len(workflow.states) + 1
    assert len(drawing.arrows) == len({(m.source, m.target) for m in workflow.moves if not m.is_self_move})


@given(tables())
def test_every_name_of_any_table_is_on_it(workflow: Workflow) -> None:
    """Every state, trigger, role, guard, limit and rule is somewhere in the source, as itself or as its codes."""
    workflow = evolve(workflow, title="Any table")  # which is no name
    said = _said(mermaid(workflow)).casefold()
    diagram = extract(workflow)
    names = [state.words for state in diagram.states] + [limit.words for limit in diagram.limits]
    for move in diagram.moves:
        names += [move.words, *move.who, *(guard.words for guard in move.guards), *move.rules]
    assert "__" not in said  # what holds a name's place while lines are broken
    assert [name for name in names if _squeezed(name).casefold() not in said] == []


@pytest.mark.parametrize("seed", ["1", "2"])
def test_every_process_writes_the_same(seed: str) -> None:
    """The same table gives the same text to the letter, however a process orders its sets."""
    program = "from eap_workflow import diagrams, states; print(ascii(diagrams.mermaid(states.EXTRA_SESSIONS)))"
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True, env=environment)
    assert run.stdout.strip() == ascii(mermaid(EXTRA_SESSIONS))
