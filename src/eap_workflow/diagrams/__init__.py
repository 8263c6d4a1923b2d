"""Tables as people read them: the states and moves drawn, and the rows set as a table of text.

A view, made from the table whenever it is asked for, so that it cannot lag behind. `model` takes from a workflow what is
drawn, as plain data; each format is one module that renders that data and knows nothing of workflows.
"""

from __future__ import annotations

from eap_workflow.diagrams import markdown as _markdown
from eap_workflow.diagrams import mermaid as _mermaid
from eap_workflow.diagrams.model import Diagram, Numbers, extract
from eap_workflow.machine import Workflow

__all__ = ["Diagram", "extract", "markdown", "mermaid"]


def mermaid(workflow: Workflow, *, policy: Numbers | None = None) -> str:
    """Draw a table as a Mermaid state diagram.

    Args:
        workflow: The table.
        policy: The contract whose numbers of working days the limits carry; without one they are named only.
    """
    return _mermaid.render(extract(workflow, policy=policy))


def markdown(workflow: Workflow, *, policy: Numbers | None = None) -> str:
    """Set a table as Markdown: its states, its rows, its guards and its limits.

    Args:
        workflow: The table.
        policy: The contract whose numbers of working days the limits carry; without one they are named only.
    """
    return _markdown.render(extract(workflow, policy=policy))
