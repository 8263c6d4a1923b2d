"""What stored contents say: a step is read as one of today's format, whichever it was written in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eap_workflow.errors import EapWorkflowError, Unknown
from eap_workflow.plain.json_text import parse_object
from eap_workflow.process_set import Processes
from eap_workflow.processes import are_all
from eap_workflow.records import step_from_text, step_from_wire
from eap_workflow.upcasters import STEP_FORMAT, upcast

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from eap_workflow.process import Process
    from eap_workflow.steps import Step
    from eap_workflow.store.chain import StoredStep

UNREADABLE = (EapWorkflowError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What is raised by a content that somebody wrote by hand, which can be anything."""


def step_of(process: Process | Processes, format_: int, content: str) -> Step:
    """Read what is stored of a step.

    Args:
        process: The workflow that it is a step of, or several.
        format_: The format of the content.
        content: What is stored.

    Raises:
        InvalidValue: It is no step of these workflows, or of a newer format.
        Unknown: It is of another workflow.
    """
    if format_ == STEP_FORMAT:
        return step_from_text(process, content)
    return step_from_wire(process, upcast(process, format_, parse_object(content)))


def steps_of(process: Process | Processes, stored: Iterable[StoredStep]) -> Iterator[Step]:
    """Read what is stored of some steps, each as `step_of` does."""
    return (step_of(process, each.format, each.content) for each in stored)


def own_step_of(process: Process | Processes, format_: int, content: str) -> Step | None:
    """Read what is stored of a step, or give None where it is of a workflow that is another service's.

    Args:
        process: The workflow that is one's own, or several.
        format_: The format of the content.
        content: What is stored.

    Raises:
        InvalidValue: It is no step, or of a newer format.
        Unknown: It is of a workflow that nobody has.
    """
    try:
        return step_of(process, format_, content)
    except Unknown as unknown:
        if unknown.field != "workflow" or are_all(Processes.of(process)):
            raise
        return None
