"""Every workflow that the library has, by its name; each is imported when it is first asked for."""

from __future__ import annotations

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from eap_workflow.errors import Unknown
from eap_workflow.process_set import Processes

if TYPE_CHECKING:
    from eap_workflow.process import Process

NAMES = ("extra_sessions", "case_review", "outreach", "session_cancellation")
"""The names of the workflows, in the order in which pages and lists have them."""


@cache
def process_named(name: str) -> Process:
    """Give a workflow, bound and ready to be asked.

    Args:
        name: Its name, as steps and snapshots have it.

    Raises:
        Unknown: There is no such workflow.
    """
    if name not in NAMES:
        raise Unknown("workflow", f"no workflow has this name; known are {', '.join(NAMES)}")
    process: Process = import_module(f"eap_workflow.workflows.{name}").PROCESS
    return process


def every_process(first: str = NAMES[0]) -> Processes:
    """Give every workflow, for a store that keeps them all.

    Args:
        first: The one that is meant where a command names none.

    Raises:
        Unknown: There is no such workflow.
    """
    return Processes(process_named(first), *(process_named(name) for name in NAMES if name != first))


def are_all(processes: Processes) -> bool:
    """Whether these are all the workflows that the library has."""
    return set(NAMES) <= set(processes.names)
