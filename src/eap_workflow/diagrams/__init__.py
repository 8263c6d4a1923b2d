"""Tables as people read them, drawn and set as text; and as other programs run them.

A view, made from the table whenever it is asked for, so that it cannot lag behind. `model` takes from a workflow what is
drawn, as plain data; each format is one module that renders that data and knows nothing of workflows.
"""

from __future__ import annotations

from eap_workflow.diagrams import bpmn as _bpmn
from eap_workflow.diagrams import markdown as _markdown
from eap_workflow.diagrams import mermaid as _mermaid
from eap_workflow.diagrams import scxml as _scxml
from eap_workflow.diagrams import xstate as _xstate
from eap_workflow.diagrams.model import NO_TERMS, Diagram, extract
from eap_workflow.machine import Workflow
from eap_workflow.terms import Terms

__all__ = ["Diagram", "bpmn", "extract", "markdown", "mermaid", "scxml", "xstate"]


def mermaid(workflow: Workflow, *, terms: Terms = NO_TERMS) -> str:
    """Draw a table as a Mermaid state diagram.

    Args:
        workflow: The table.
        terms: How long the limits are by a contract, as its process says; those that are not there are named only.
    """
    return _mermaid.render(extract(workflow, terms=terms))


def markdown(workflow: Workflow, *, terms: Terms = NO_TERMS) -> str:
    """Set a table as Markdown: its states, its rows, its guards and its limits.

    Args:
        workflow: The table.
        terms: How long the limits are by a contract, as its process says; those that are not there are named only.
    """
    return _markdown.render(extract(workflow, terms=terms))


def scxml(workflow: Workflow, *, terms: Terms = NO_TERMS) -> str:
    """Write a table as SCXML, which engines of the W3C's notation run.

    Args:
        workflow: The table.
        terms: How long the limits are by a contract, as its process says; noted, and run by nobody.

    Raises:
        DefinitionError: The table has names that no expression can have.
    """
    return _scxml.render(extract(workflow, terms=terms))


def bpmn(workflow: Workflow, *, terms: Terms = NO_TERMS) -> str:
    """Write a table as BPMN 2.0 with its drawing, which engines run and modelling tools show.

    Args:
        workflow: The table.
        terms: How long the limits are by a contract, as its process says; noted, and run by nobody.

    Raises:
        DefinitionError: The table has names that no expression can have.
    """
    return _bpmn.render(extract(workflow, terms=terms))


def xstate(workflow: Workflow, *, terms: Terms = NO_TERMS) -> str:
    """Write a table as the configuration of an XState v5 machine, in JSON.

    Args:
        workflow: The table.
        terms: How long the limits are by a contract, as its process says; noted, and run by nobody.

    Raises:
        DefinitionError: The table has names that no expression can have.
    """
    return _xstate.render(extract(workflow, terms=terms))
