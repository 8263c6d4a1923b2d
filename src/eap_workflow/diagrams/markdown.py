"""Renders a diagram as Markdown: four tables, for whoever reads rather than looks."""

from __future__ import annotations

from eap_workflow.diagrams.model import Diagram


def render(diagram: Diagram) -> str:
    """Write the tables."""
    lines = ["| trigger | from | to | who may |", "|---|---|---|---|"]
    lines += [f"| {m.words} | {m.source} | {m.target} | {', '.join(m.who)} |" for m in diagram.moves]
    return "\n".join([*lines, ""])
