"""Renders a diagram as Mermaid's ``stateDiagram-v2``."""

from __future__ import annotations

from eap_workflow.diagrams.model import Diagram


def render(diagram: Diagram) -> str:
    """Write the diagram as Mermaid source."""
    lines = ["stateDiagram-v2"]
    for state in diagram.states:
        lines.append(f'    state "{state.words}" as {state.name}')
    for move in diagram.moves:
        source = "[*]" if move.source == diagram.start else move.source
        lines.append(f"    {source} --> {move.target} : {move.words}")
    return "\n".join([*lines, ""])
