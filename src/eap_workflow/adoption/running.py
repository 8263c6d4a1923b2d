"""The limits of a workflow whose requests keep one policy: which of them run, what holds of them, and what comes of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from attrs import frozen

from eap_workflow.adoption import limits
from eap_workflow.adoption.claims import Claim
from eap_workflow.adoption.limits import StatedLimit
from eap_workflow.opening import policy_opened_under

if TYPE_CHECKING:
    from eap_workflow.deadlines import Deadline
    from eap_workflow.machine import Workflow
    from eap_workflow.policy import Policy
    from eap_workflow.process import Context
    from eap_workflow.steps import Snapshot
    from eap_workflow.terms import Terms


@frozen(kw_only=True, eq=False)
class RunningLimits:
    """What a workflow has to say of the limits of its requests, as they are stated.

    Attributes:
        workflow: The table.
        terms: How long the limits are, for a request as it stands: ``(policy, body) -> terms``.
        runs: Whether a limit of the state runs, of those that the contract sets: ``(stated, name) -> bool``.
    """

    workflow: Workflow
    terms: Callable[[Policy, Any], Terms]
    runs: Callable[[Any, str], bool] = lambda _stated, _name: True

    @property
    def claims(self) -> tuple[Claim, ...]:
        """What holds of them in every workflow."""
        return (
            Claim(
                code="limits_of_the_state",
                sentence="Every limit runs that the contract sets for this state, once, and no other.",
                rules=("IN-02", "IN-12"),
                wrong=self._other_limits,
            ),
            Claim(
                code="unit",
                sentence="An instant is stated for a limit in elapsed hours alone; every other one passes at the end of a day.",
                rules=("IN-01", "CM-05"),
                wrong=self._in_another_unit,
            ),
            Claim(
                code="done",
                sentence="What was done about a limit is something that the contract has done about it, each once, and what is"
                " done when it passes was done after that.",
                rules=("IN-13",),
                wrong=self._done_otherwise,
            ),
            Claim(
                code="due_before_start",
                sentence="A limit is due on the day on which it starts, or later.",
                rules=("IN-01", "IN-12"),
                wrong=self._due_before_it_starts,
            ),
        )

    def _terms(self, standing: Snapshot, context: Context) -> Terms:
        return self.terms(policy_opened_under(context), standing.body)

    def _other_limits(self, stated: Any, standing: Snapshot, context: Context) -> Iterator[str]:
        terms, of_the_state = self._terms(standing, context), self.workflow.state(stated.state).limits
        needed = [name for name in of_the_state if name in terms and self.runs(stated, name)]
        return limits.not_those_that_run(stated.limits, needed, ())

    def _in_another_unit(self, stated: Any, standing: Snapshot, context: Context) -> Iterator[str]:
        return limits.in_another_unit(stated.limits, self._terms(standing, context))

    def _done_otherwise(self, stated: Any, standing: Snapshot, context: Context) -> Iterator[str]:
        terms = self._terms(standing, context)
        yield from limits.done_otherwise(self.workflow, stated.state, stated.limits, terms)
        # Where a row extends limits, one that has passed may have been given more time since.
        if not any(move.extends for move in self.workflow.moves):
            yield from limits.passed_too_early(self.workflow, stated.limits, terms, context)

    def _due_before_it_starts(self, stated: Any, _standing: Snapshot, context: Context) -> Iterator[str]:
        return limits.due_before_it_starts(self.workflow, stated.limits, context)

    def running(self, stated: Any, standing: Snapshot, context: Context) -> tuple[Deadline, ...]:
        """Give those that run, with the dates that were stated."""
        return limits.running(self.workflow, stated.limits, self._terms(standing, context), context)

    def of(self, snapshot: Snapshot, policy: Policy) -> tuple[StatedLimit, ...]:
        """Say of those that run what another store has to know."""
        return limits.stated_limits(self.workflow, snapshot, self.terms(policy, snapshot.body))
