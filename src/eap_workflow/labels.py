"""What a step is called where it stands apart from its request: in an event log, and in the net that a log is held against.

A trigger alone does not do: ``decline`` labels a row of the clinical review and one of the employer's decision. So a row is
named by its trigger and the state that it leaves, which together are one row of the table and no other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eap_workflow.process import ADOPT
from eap_workflow.values import as_words

if TYPE_CHECKING:
    from eap_workflow.steps import Step


def row_label(trigger: str, source: str) -> str:
    """Name a row.

    >>> row_label("decline", "clinical_review")
    'decline (clinical review)'
    """
    return f"{as_words(trigger)} ({as_words(source)})"


def adoption_label(state: str) -> str:
    """Name the first step of a request that was taken over in a state; it is no row, and the state is where it leads.

    >>> adoption_label("clinical_review")
    'adopt (as clinical review)'
    """
    return f"{as_words(ADOPT)} (as {as_words(state)})"


def step_label(step: Step) -> str:
    """Name a step, by the row that was taken or as an adoption."""
    if step.trigger == ADOPT:
        return adoption_label(step.target)
    return row_label(step.trigger, step.source)
