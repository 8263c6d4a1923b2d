"""Requests for extra sessions, for the harness that drives two engines."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from hypothesis import strategies as st

from eap_workflow.policy import Policy
from eap_workflow.process import Context, Process
from eap_workflow.steps import Snapshot, Step
from eap_workflow.values import SYSTEM, Role
from eap_workflow.workflows import extra_sessions as xs
from tests import journeys, strategies


class ExtraSessions:
    """Requests for extra sessions, for the shared harness."""

    process = xs.PROCESS
    sporadic: frozenset[str] = frozenset()

    def limits_set(self, world: Policy, body: xs.ExtraSessions) -> Collection[str]:
        """Those that the contract has a number for; a draft may come to be submitted under another version of it."""
        known = {policy.ref: policy for policy in journeys.CONTRACTS}
        limits = world.limits if body.submission is None else known[body.submission.policy].limits
        names = ("further_details", "clinical_review", "employer_decision", "relay")
        return {name for name in names if getattr(limits, name) is not None}

    def worlds(self) -> st.SearchStrategy[tuple[Policy, datetime]]:
        """Draw a contract of any shape, and an instant."""
        return st.tuples(strategies.contracts(), strategies.instants())

    def attempts(self, world: Policy, snapshot: Snapshot | None, at: datetime) -> st.SearchStrategy[strategies.Attempt]:
        """Draw likely and wild attempts."""
        return strategies.attempts(snapshot, world, at)

    def waits(self) -> st.SearchStrategy[timedelta]:
        """Draw moments and weeks."""
        return strategies.waits()

    def clock(self, world: Policy, at: datetime) -> Context:
        """Give the clock's own context."""
        return journeys.context(at, SYSTEM, world)

    def way_out(self, world: Policy, snapshot: Snapshot, at: datetime) -> strategies.Attempt:
        """Withdraw it, as whoever holds it."""
        by = strategies.fitting_actor(snapshot, Role.CONSULTANT)
        if snapshot.body.holder.consultant is None:
            by = strategies.fitting_actor(snapshot, Role.PRACTICE)
        return strategies.Attempt(command=xs.Withdraw(), context=journeys.context(at, by, world))

    def check(self, world: Policy, snapshot: Snapshot) -> None:
        """No request stands at more sessions than its contract allows."""
        submission = snapshot.body.submission
        assert submission is None or 0 < snapshot.body.sessions <= world.requests.sessions_per_request

    @property
    def tours(self) -> Mapping[str, Callable[[Process], Sequence[Step]]]:
        """Lead the journeys' tours."""
        return {name: partial(_trail, tour) for name, tour in journeys.TOURS.items()}


def _trail(tour: Callable[[Process], journeys.Journey], process: Process) -> Sequence[Step]:
    return tour(process).trail
