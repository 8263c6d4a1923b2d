"""One door to every format, by its name."""

from __future__ import annotations

import pytest

from eap_workflow import diagrams
from eap_workflow.diagrams import FORMATS, PATH_FORMATS, draw
from eap_workflow.diagrams.looks import THEMES
from eap_workflow.errors import InvalidValue
from tests.diagrams.drawn import figures_of, paths_of, workflow_of

NAME = "outreach"
NUMBERED = set(FORMATS) - {"csv", "pnml"}


@pytest.mark.parametrize("style", FORMATS)
def test_a_format_is_its_function(style: diagrams.Format) -> None:
    """What is drawn by a format's name is what its function draws; PNG alone is bytes."""
    workflow, figures = workflow_of(NAME), figures_of(NAME)
    drawn = draw(workflow, style, figures=figures)
    assert drawn == getattr(diagrams, style)(workflow, **({"figures": figures} if style in NUMBERED else {}))
    assert isinstance(drawn, bytes) == (style == "png")


def test_a_theme_and_a_path_change_what_shows_them() -> None:
    """Each picture has its themes; a path is another drawing."""
    workflow, path = workflow_of(NAME), next(iter(paths_of(NAME).values()))
    for style in ("dot", "svg", "plantuml"):
        assert len({draw(workflow, style, theme=theme) for theme in THEMES}) == len(THEMES)
    for style in PATH_FORMATS:
        assert draw(workflow, style, path=path) != draw(workflow, style)
        assert draw(workflow, style, path=path, detail=False) == draw(workflow, style, path=path)


def test_what_cannot_be_drawn_is_refused() -> None:
    """A format that does not exist, a path in one that shows none, and one of another workflow."""
    workflow, path = workflow_of(NAME), next(iter(paths_of(NAME).values()))
    with pytest.raises(InvalidValue, match="one of mermaid"):
        draw(workflow, "gif")  # type: ignore[arg-type]
    for style in set(FORMATS) - set(PATH_FORMATS):
        with pytest.raises(InvalidValue, match="a path is drawn as"):
            draw(workflow, style, path=path)
    with pytest.raises(InvalidValue, match="another workflow"):
        draw(workflow_of("case_review"), "dot", path=path)
