"""A step as it is stored, read as the step that it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eap_workflow.errors import Unknown
from eap_workflow.plain.json_text import parse_object
from eap_workflow.process import Processes
from eap_workflow.processes import are_all
from eap_workflow.records import step_from_wire
from eap_workflow.upcasters import upcast

if TYPE_CHECKING:
    from eap_workflow.process import Process
    from eap_workflow.steps import Step


def read_step(process: Process | Processes, format_: int, content: str) -> Step:
    """Read the content of a stored step, whatever format it was written in.

    Args:
        process: The workflow that it is of, or several.
        format_: The format of the content.
        content: What is stored.

    Raises:
        InvalidValue: It is no step of these workflows, or of a newer format.
        Unknown: It is of another workflow.
    """
    return step_from_wire(process, upcast(process, format_, parse_object(content)))


def read_own_step(process: Process | Processes, format_: int, content: str) -> Step | None:
    """Read the content of a stored step, or give None where it is of a workflow that is another service's.

    Args:
        process: The workflow that is one's own, or several.
        format_: The format of the content.
        content: What is stored.

    Raises:
        InvalidValue: It is no step, or of a newer format.
        Unknown: It is of a workflow that nobody has.
    """
    try:
        return read_step(process, format_, content)
    except Unknown as unknown:
        if unknown.field != "workflow" or are_all(Processes.of(process)):
            raise
        return None
