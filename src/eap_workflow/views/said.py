"""What a move of the system means, where neither its name nor the state that follows says it; for every page and terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eap_workflow.values import as_words

if TYPE_CHECKING:
    from eap_workflow.steps import Step

OF_A_LIMIT = {
    "remind": "whoever is to act is reminded",
    "warn": "the case team is warned",
    "overdue": "the limit has passed",
    "tell_wpo": "nobody was reached in time, WPO is told",
}
"""What the clock's moves mean that are about a limit: which one is said before it, where the step names it."""

SAID = {
    "relay": "the outcome is relayed",
    "tell_wpo_at_once": "nobody was reached, WPO is told",
    "warn_of_many": "the attempts are many, a warning",
    "escalate_at_once": "the person is dissatisfied",
    "need_no_review": "cases of this kind need no review",
}
"""What other moves mean that the system makes."""


def said_of(step: Step) -> str:
    """Say what a step means that the system made; nothing where its name does.

    Args:
        step: The step.
    """
    if step.trigger in OF_A_LIMIT:
        limit = "" if step.limit is None else f"{as_words(step.limit)}: "
        return f"{limit}{OF_A_LIMIT[step.trigger]}"
    return SAID.get(step.trigger, "")
