"""Tables as people read them, and as other programs run them: drawn, set in words, with a request's path on them.

    table, figures ──▶ Diagram ──▶ tables of words ──▶ Markdown, HTML
           (`model`)    │                     └──▶ CSV
                        ├──▶ SCXML, BPMN, XState, PNML
                        └──▶ arrangement ──▶ DOT ──▶ SVG, PNG
    steps ──▶ Path ─────────────┘      └──▶ Mermaid, PlantUML

A view, made from the table whenever it is asked for, so that it cannot lag behind. `model` takes from a workflow what is
drawn, as plain data, and `path` does so from a request's steps, for pictures and for tables of words; each format is one module that renders that data and knows
nothing of workflows. The same table, or path, gives the same bytes, whichever process draws it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

from eap_workflow.diagrams import bpmn as _bpmn
from eap_workflow.diagrams import csv_rows as _csv
from eap_workflow.diagrams import dot as _dot
from eap_workflow.diagrams import html_tables as _html
from eap_workflow.diagrams import markdown as _markdown
from eap_workflow.diagrams import mermaid as _mermaid
from eap_workflow.diagrams import picture as _picture
from eap_workflow.diagrams import plantuml as _plantuml
from eap_workflow.diagrams import pnml as _pnml
from eap_workflow.diagrams import scxml as _scxml
from eap_workflow.diagrams import xstate as _xstate
from eap_workflow.diagrams.looks import Theme
from eap_workflow.diagrams.model import Diagram, extract
from eap_workflow.diagrams.path import Path, Visit, path_of
from eap_workflow.errors import InvalidValue
from eap_workflow.machine import Workflow

if TYPE_CHECKING:
    from collections.abc import Callable

    from eap_workflow.terms.figures import Figures

Format = Literal[
    "mermaid", "dot", "svg", "png", "plantuml", "markdown", "html", "csv", "scxml", "bpmn", "xstate", "pnml"
]
FORMATS: tuple[Format, ...] = get_args(Format)
PATH_FORMATS: tuple[Format, ...] = ("mermaid", "dot", "svg", "png", "markdown", "html")
"""The formats in which a request's path is drawn, or told."""

__all__ = [
    "FORMATS",
    "PATH_FORMATS",
    "Diagram",
    "Format",
    "Path",
    "Theme",
    "Visit",
    "bpmn",
    "csv",
    "dot",
    "draw",
    "extract",
    "html",
    "markdown",
    "mermaid",
    "path_of",
    "plantuml",
    "png",
    "pnml",
    "scxml",
    "svg",
    "xstate",
]


def mermaid(
    workflow: Workflow, *, figures: Figures | None = None, path: Path | None = None, detail: bool = True
) -> str:
    """Draw a table as a Mermaid flowchart.

    Args:
        workflow: The table.
        figures: What a contract says in numbers, as its process gives it; without it, limits are named only.
        path: The path of a request, to be drawn on it.
        detail: Whether to list below what each move takes; never with a path.

    Raises:
        InvalidValue: The path is one through another workflow.
    """
    return _mermaid.render(extract(workflow, figures=figures), path=path, detail=detail)


def dot(
    workflow: Workflow,
    *,
    figures: Figures | None = None,
    path: Path | None = None,
    theme: Theme = "light",
    detail: bool = True,
) -> str:
    """Draw a table in Graphviz' language.

    Args:
        workflow: The table.
        figures: What a contract says in numbers, as its process gives it; without it, limits are named only.
        path: The path of a request, to be drawn on it.
        theme: Whether for a light page or a dark one.
        detail: Whether to list below what each move takes; never with a path.

    Raises:
        InvalidValue: The path is one through another workflow.
    """
    return _dot.render(extract(workflow, figures=figures), path=path, theme=theme, detail=detail)


def svg(
    workflow: Workflow,
    *,
    figures: Figures | None = None,
    path: Path | None = None,
    theme: Theme = "light",
    detail: bool = True,
) -> str:
    """Draw a table as SVG: one element, for a file of its own or for a page.

    Args:
        workflow: The table.
        figures: What a contract says in numbers, as its process gives it; without it, limits are named only.
        path: The path of a request, to be drawn on it.
        theme: Whether for a light page or a dark one.
        detail: Whether to list below what each move takes; never with a path.

    Raises:
        InvalidValue: The path is one through another workflow.
        NotInstalled: The extra ``diagrams`` is not installed.
    """
    source = dot(workflow, figures=figures, path=path, theme=theme, detail=detail)
    return _picture.svg(source, title=workflow.title)


def png(
    workflow: Workflow,
    *,
    figures: Figures | None = None,
    path: Path | None = None,
    theme: Theme = "light",
    detail: bool = True,
    dots_per_inch: int = 144,
) -> bytes:
    """Draw a table as PNG.

    Args:
        workflow: The table.
        figures: What a contract says in numbers, as its process gives it; without it, limits are named only.
        path: The path of a request, to be drawn on it.
        theme: Whether for a light page or a dark one.
        detail: Whether to list below what each move takes; never with a path.
        dots_per_inch: How fine it is; 96 is the size of the SVG on a screen.

    Raises:
        InvalidValue: The path is one through another workflow.
        NotInstalled: The extra ``diagrams`` is not installed.
    """
    source = dot(workflow, figures=figures, path=path, theme=theme, detail=detail)
    return _picture.png(source, dots_per_inch=dots_per_inch)


def plantuml(workflow: Workflow, *, figures: Figures | None = None, theme: Theme = "light", detail: bool = True) -> str:
    """Draw a table as a PlantUML state diagram.

    Args:
        workflow: The table.
        figures: What a contract says in numbers, as its process gives it; without it, limits are named only.
        theme: Whether for a light page or a dark one.
        detail: Whether to list below what each move takes.
    """
    return _plantuml.render(extract(workflow, figures=figures), theme=theme, detail=detail)


def markdown(workflow: Workflow, *, figures: Figures | None = None, path: Path | None = None) -> str:
    """Set a table as Markdown: its states, its rows, its guards and its limits.

    Args:
        workflow: The table.
        figures: What a contract says in numbers, as its process gives it; without it, limits are named only.
        path: The path of a request: its steps come first, and each row says when it was taken.

    Raises:
        InvalidValue: The path is one through another workflow.
    """
    return _markdown.render(extract(workflow, figures=figures), path=path)


def html(workflow: Workflow, *, figures: Figures | None = None, path: Path | None = None, page: bool = False) -> str:
    """Set a table as HTML, a fragment or a page: its states, its rows, its guards and its limits.

    Args:
        workflow: The table.
        figures: What a contract says in numbers, as its process gives it; without it, limits are named only.
        path: The path of a request: its steps come first, and each row says when it was taken.
        page: Whether it is a whole page, with a little style; a fragment for somebody's page, where it is not.

    Raises:
        InvalidValue: The path is one through another workflow.
    """
    diagram = extract(workflow, figures=figures)
    return _html.page(diagram, path=path) if page else _html.render(diagram, path=path)


def csv(workflow: Workflow) -> str:
    """Set a table as CSV: a line for each of its rows.

    Args:
        workflow: The table.
    """
    return _csv.render(extract(workflow))


def draw(
    workflow: Workflow,
    style: Format,
    *,
    figures: Figures | None = None,
    path: Path | None = None,
    theme: Theme = "light",
    detail: bool = True,
    unfinished: bool = False,
    page: bool = False,
) -> str | bytes:
    """Draw a table in any format, by its name; what a format has no use for is left out.

    Args:
        workflow: The table.
        style: The format; PNG alone is bytes.
        figures: What a contract says in numbers, as its process gives it; without it, limits are named only.
        path: The path of a request, to be drawn on it.
        theme: Whether for a light page or a dark one.
        detail: Whether to list below what each move takes; never with a path.
        unfinished: Whether a request may be left in any state, as `pnml` takes it.
        page: Whether HTML is a whole page, as `html` takes it.

    Raises:
        InvalidValue: The format does not exist or shows no path, or the path is one through another workflow.
        NotInstalled: The extra ``diagrams`` is not installed, and it is a picture.
    """
    if path is not None and style not in PATH_FORMATS:
        raise InvalidValue("format", f"a path is drawn as {', '.join(PATH_FORMATS)}")
    renderers: dict[Format, tuple[Callable[..., str | bytes], tuple[str, ...]]] = {
        "csv": (csv, ()),
        "pnml": (pnml, ("unfinished",)),
        "scxml": (scxml, ("figures",)),
        "bpmn": (bpmn, ("figures",)),
        "xstate": (xstate, ("figures",)),
        "markdown": (markdown, ("figures", "path")),
        "html": (html, ("figures", "path", "page")),
        "mermaid": (mermaid, ("figures", "path", "detail")),
        "plantuml": (plantuml, ("figures", "theme", "detail")),
        "dot": (dot, ("figures", "path", "theme", "detail")),
        "svg": (svg, ("figures", "path", "theme", "detail")),
        "png": (png, ("figures", "path", "theme", "detail")),
    }
    if style not in renderers:
        raise InvalidValue("format", f"it is one of {', '.join(FORMATS)}")
    options = {"figures": figures, "path": path, "theme": theme, "detail": detail}
    options |= {"unfinished": unfinished, "page": page}
    render, taken = renderers[style]
    return render(workflow, **{name: options[name] for name in taken})


def scxml(workflow: Workflow, *, figures: Figures | None = None) -> str:
    """Write a table as SCXML, which engines of the W3C's notation run.

    Args:
        workflow: The table.
        figures: What a contract says in numbers, as its process gives it; noted, and run by nobody.

    Raises:
        DefinitionError: The table has names that no expression can have.
    """
    return _scxml.render(extract(workflow, figures=figures))


def bpmn(workflow: Workflow, *, figures: Figures | None = None) -> str:
    """Write a table as BPMN 2.0 with its drawing, which engines run and modelling tools show.

    Args:
        workflow: The table.
        figures: What a contract says in numbers, as its process gives it; noted, and run by nobody.

    Raises:
        DefinitionError: The table has names that no expression can have.
    """
    return _bpmn.render(extract(workflow, figures=figures))


def xstate(workflow: Workflow, *, figures: Figures | None = None) -> str:
    """Write a table as the configuration of an XState v5 machine, in JSON.

    Args:
        workflow: The table.
        figures: What a contract says in numbers, as its process gives it; noted, and run by nobody.

    Raises:
        DefinitionError: The table has names that no expression can have.
    """
    return _xstate.render(extract(workflow, figures=figures))


def pnml(workflow: Workflow, *, unfinished: bool = False) -> str:
    """Write a table as a Petri net in PNML, which programs of process mining hold an event log against.

    A net of a workflow that takes requests over from another system has a transition for each state in which it does.

    Args:
        workflow: The table.
        unfinished: Whether a request may be left in any state, for logs of requests that have not ended.

    Raises:
        DefinitionError: The table has names that no id can have.
    """
    return _pnml.render(extract(workflow), unfinished=unfinished)
