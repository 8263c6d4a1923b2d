"""Who is told what, derived from a step and the rules: pure, and the same however often it is asked.

    before ── step ──▶ after        ──▶ messages

`KINDS` is the table of it: each kind of message with the role that it goes to, when, what it shows and which rules it
serves. Each workflow has a module of its own here, which is imported when a request of that workflow is first told of. Nothing
here imports a workflow before there is more than one step to tell of: what is told is read from the step and the snapshot.
"""

from __future__ import annotations

from functools import cache, partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from eap_workflow.errors import DefinitionError
from eap_workflow.processes import process_named

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from eap_workflow.messages import Message, MessageKind
    from eap_workflow.policy import Policy
    from eap_workflow.steps import Snapshot, Step
    from eap_workflow.views.messages.kind_terms import KindTerms

    KINDS: Mapping[MessageKind, KindTerms]

__all__ = ["KINDS", "messages_of", "messages_of_steps"]

TOLD_IN = {
    "extra_sessions": "eap_workflow.views.messages.extra_sessions",
    "case_review": "eap_workflow.views.messages.case_review",
    "outreach": "eap_workflow.views.messages.outreach",
    "session_cancellation": "eap_workflow.views.messages.session_cancellation",
}
"""The module that says who is told what, by workflow; one that is not here is refused, so none is forgotten in silence."""


def messages_of(
    before: Snapshot | None,
    step: Step,
    after: Snapshot,
    policy: Policy | None,
    *,
    followed_by: Step | None = None,
    key: bytes = b"",
) -> tuple[Message, ...]:
    """Say who is told what because of one step of a request.

    Args:
        before: The request before the step; None before its first one.
        step: The step.
        after: The request after it.
        policy: The request's own policy, which says what its employer is shown, and what a declined requestor is told.
        followed_by: The step that followed at once: what is put to an employer and approved in advance by the contract in
            the same breath asks nobody.
        key: A secret of the caller's, always the same: see `eap_workflow.views.employer.employer_view` and
            `eap_workflow.messages.message_id`.

    Raises:
        DefinitionError: Nobody has said who is told what in the request's workflow.
    """
    return composed(lambda: before, step, after, policy, followed_by, key)


def composed(
    came_from: Callable[[], Snapshot | None],
    step: Step,
    after: Snapshot,
    policy: Policy | None,
    followed_by: Step | None,
    key: bytes,
) -> tuple[Message, ...]:
    """Compose the messages of a step, of which `came_from` gives what was before it, if a message asks."""
    module = _telling(after.workflow)
    compose = module.COMPOSERS.get(step.trigger)
    if compose is None:
        return ()
    news = module.NEWS(came_from=came_from, step=step, after=after, policy=policy, followed_by=followed_by, key=key)
    return tuple(compose(news))


def messages_of_steps(
    before: Snapshot | None,
    steps: tuple[Step, ...],
    after: Snapshot,
    policy: Policy | None,
    *,
    key: bytes = b"",
) -> tuple[Message, ...]:
    """Say who is told what because of all that one command, or one tick of the clock, did to a request.

    Args:
        before: The request before the first step; None where it opens the request.
        steps: The steps, in order.
        after: The request after the last of them.
        policy: The request's own policy.
        key: A secret of the caller's, always the same.

    Raises:
        DefinitionError: Nobody has said who is told what in the request's workflow.
    """
    composers = _telling(after.workflow).COMPOSERS
    messages: tuple[Message, ...] = ()
    for position, step in enumerate(steps):
        if step.trigger not in composers:
            continue
        came_from = partial(_added_up, before, steps[:position])
        if step is steps[-1]:
            messages += composed(came_from, step, after, policy, None, key)
        else:
            reached = process_named(after.workflow).evolve(came_from(), step)
            messages += composed(came_from, step, reached, policy, steps[position + 1], key)
    return messages


def _added_up(before: Snapshot | None, steps: tuple[Step, ...]) -> Snapshot | None:
    """The request as some steps leave it."""
    for step in steps:
        before = process_named(step.workflow).evolve(before, step)
    return before


@cache
def _telling(workflow: str) -> Any:
    """The module that says who is told what in a workflow."""
    module = TOLD_IN.get(workflow)
    if module is None:
        raise DefinitionError(f"nobody has said who is told what of {workflow}")
    return import_module(module)


if not TYPE_CHECKING:  # a type checker that saw it would take every misspelt name for one of ours

    def __getattr__(name: str) -> Any:
        if name != "KINDS":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from eap_workflow.views.messages import kinds

        value = globals()["KINDS"] = kinds.KINDS
        return value
