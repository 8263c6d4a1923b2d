"""Which requests a list is to hold: the options that narrow it, read into one value."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import click

from eap_workflow.cli import options
from eap_workflow.store import Wanted
from eap_workflow.values import Role

if TYPE_CHECKING:
    from datetime import date

R = TypeVar("R")

OPTIONS = (
    click.option("--workflow", type=options.WorkflowName(), metavar="NAME", help="Those of this workflow alone."),
    click.option("--state", metavar="STATE", help="Those in this state."),
    click.option(
        "--turn", type=options.Name(role.value for role in Role), metavar="ROLE", help="Those that wait for this role."
    ),
    click.option("--employer", metavar="ID", help="Those of this client organisation."),
    click.option("--case", "assist_case", metavar="ID", help="Those of this Assist Case, or of this absence."),
    click.option(
        "--due-by",
        type=options.day,
        metavar="DATE",
        help="Those whose stage is due by this day, those first due first.",
    ),
)


def wanted(command: Callable[..., R]) -> Callable[..., R]:
    """Give a command the options that narrow a list, and what they come to as its parameter ``wanted``."""

    @wraps(command)
    def narrowed(
        *given: Any,
        workflow: str | None,
        state: str | None,
        turn: str | None,
        employer: str | None,
        assist_case: str | None,
        due_by: date | None,
        **others: Any,
    ) -> R:
        asked = Wanted(
            workflow=workflow,
            state=None if state is None else state.replace("-", "_"),
            turn=turn,
            employer=employer,
            assist_case=assist_case,
            due_by=due_by,
        )
        return command(*given, wanted=asked, **others)

    for option in reversed(OPTIONS):
        narrowed = option(narrowed)
    return narrowed
