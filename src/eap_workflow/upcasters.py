"""Steps of an older format, read as today's: one function a format, each leading to the next.

What is stored is never rewritten, and its digest is over what is stored; so a step that was kept years ago is read through
these, one after the other, before anything else looks at it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from eap_workflow.errors import InvalidValue
from eap_workflow.process_set import Processes
from eap_workflow.table import When
from eap_workflow.values import SYSTEM

if TYPE_CHECKING:
    from eap_workflow.process import Process

Upcaster = Callable[["Processes", dict[str, Any]], dict[str, Any]]

ONLY_WORKFLOW = "extra_sessions"
"""The one workflow that there was before steps named theirs."""

STEP_FORMAT = 3
"""The format in which steps are written now."""


def upcast(process: Process | Processes, format_: int, data: dict[str, Any]) -> dict[str, Any]:
    """Read a stored step as one of today's format.

    Args:
        process: The workflow that it is a step of, or several.
        format_: The format that it was written in.
        data: Its plain form; it may be changed.

    Raises:
        InvalidValue: The format is a newer one, or none.
    """
    if not 1 <= format_ <= STEP_FORMAT:
        raise InvalidValue(
            "format", f"a step of the formats 1 to {STEP_FORMAT} is needed: this one is of a newer version"
        )
    for older in range(format_, STEP_FORMAT):
        data = UPCASTERS[older](Processes.of(process), data)
    return data


def _names_its_limit(processes: Processes, data: dict[str, Any]) -> dict[str, Any]:
    """Format 1 did not say which limit a move of the clock is about; one limit of a stage had such moves.

    What is no step is left as it is, for the reader to refuse in words of its own.
    """
    workflow, by = processes.named(ONLY_WORKFLOW).workflow, data.get("by")
    source, trigger = data.get("from"), data.get("trigger")
    if not (isinstance(source, str) and isinstance(trigger, str) and isinstance(by, dict)):
        return data
    row = workflow.row(source, trigger)
    if row is not None and row.move.when is When.WHEN_DUE and by.get("role") == SYSTEM.role:
        # What a stage sums up from other limits was stated, and nothing was scheduled for it.
        own = [name for name in workflow.state(source).limits if not workflow.limit(name).chain]
        if own:
            data["limit"] = own[0]
    return data


def _names_its_workflow(_processes: Processes, data: dict[str, Any]) -> dict[str, Any]:
    """Format 2 did not say which workflow a step is of; there was one."""
    data["workflow"] = ONLY_WORKFLOW
    return data


UPCASTERS: Mapping[int, Upcaster] = {1: _names_its_limit, 2: _names_its_workflow}
"""By format, how its steps are read as those of the next one."""
