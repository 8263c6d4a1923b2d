"""Drawings can be read: by whoever sees no colour, on paper, and in either theme."""

from __future__ import annotations

import pydot
import pytest

from eap_workflow.diagrams import dot, looks
from eap_workflow.diagrams.arrangement import arrange
from eap_workflow.diagrams.looks import THEMES, Theme
from tests.diagrams.dot_reader import read, seen
from tests.diagrams.drawn import diagram_of, workflow_of

LEGIBLE = 4.5
"""What WCAG 2 asks of letters of this size, as a ratio of luminance."""


def luminance(colour: str) -> float:
    """How bright a colour is to the eye, from 0 to 1."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """How well one colour is told from another."""
    darker, brighter = sorted(map(luminance, (one, other)))
    return (brighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", THEMES)
def test_letters_are_told_from_what_is_behind_them(theme: Theme) -> None:
    """Every colour of letters has enough contrast to every ground that it stands on."""
    colours = THEMES[theme]
    on_ground = (colours.ink, colours.faint, *colours.arrows.values())
    assert all(contrast(letters, colours.ground) >= LEGIBLE for letters in on_ground)
    assert all(contrast(colours.ink, fill) >= LEGIBLE for fill in colours.fills.values())
    assert all(contrast(border, colours.ground) >= 3 for border in colours.borders.values())


@pytest.mark.parametrize("theme", THEMES)
def test_shapes_alone_tell_kinds_apart(theme: Theme) -> None:
    """Without its colours, a drawing has three kinds of states, three of arrows and two of boxes beside the flow."""
    drawing = read(dot(workflow_of("extra_sessions"), theme=theme))
    boxes: dict[str, set[tuple[str | None, ...]]] = {}
    for state, node in zip(diagram_of("extra_sessions").states, _nodes(drawing, "s"), strict=True):
        look = tuple(node.get(name) for name in ("shape", "style", "peripheries"))
        boxes.setdefault(looks.kind(state), set()).add(look)
    assert [len(each) for each in boxes.values()] == [1, 1, 1]
    assert len(set.union(*boxes.values())) == 3
    lines = {tuple(edge.get(name) for name in ("style", "arrowtail")) for edge in seen(drawing)}
    assert lines == {("solid", None), ("dotted", "odiamond"), ("dashed", "odot")}
    (beside,), (clock,) = _nodes(drawing, "beside"), _nodes(drawing, "clock")
    assert (beside.get("shape"), clock.get("shape"), clock.get("style")) == ("tab", "note", "dashed")


def _nodes(drawing: pydot.Dot, begin: str) -> list[pydot.Node]:
    return [node for node in drawing.get_nodes() if node.get_name().startswith(begin) and node.get_name() != "start"]


def test_who_and_when_are_said_in_short_and_in_full() -> None:
    """An arrow that the system makes says when; everything else says who (IN-13)."""
    arranged = arrange(diagram_of("extra_sessions"))
    said = {entry.words: (looks.briefly(entry), looks.who(entry)) for entry in arranged.entries}
    assert said["forward"] == ("at once", "system, at once")
    assert said["lapse"] == ("when due", "system, when due")
    assert said["relay"] == ("system, case team, when due",) * 2
    assert said["submit"] == ("consultant, practice",) * 2
