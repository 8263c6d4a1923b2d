"""What the guards of several workflows look at. Pure: request, command and context in, true or false out.

Where a predicate can say more exactly than the table which fields stand in the way, it carries a function for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from eap_workflow import deadlines
from eap_workflow.local_time import local_day

if TYPE_CHECKING:
    from eap_workflow.machine import Predicate
    from eap_workflow.policy import Policy, PolicyRef
    from eap_workflow.process import Context
    from eap_workflow.steps import Snapshot

Fields = Callable[[Any, Any, Any], tuple[str, ...]]
Lists = Callable[["Policy"], Mapping[str, tuple[str, ...]]]
Bounds = Callable[[Any, Any, Any], Mapping[str, int]]


def _carrying(name: str, function: Callable[..., object]) -> Callable[[Predicate], Predicate]:
    def carry(predicate: Predicate) -> Predicate:
        setattr(predicate, name, function)
        return predicate

    return carry


def pointing(fields: Fields) -> Callable[[Predicate], Predicate]:
    """Let a predicate carry the function that names the fields which stand in the way."""
    return _carrying("fields", fields)


def choosing(lists: Lists) -> Callable[[Predicate], Predicate]:
    """Let a predicate carry the function that gives the contract's lists, by the field that is one of a list."""
    return _carrying("lists", lists)


def bounding(bounds: Bounds) -> Callable[[Predicate], Predicate]:
    """Let a predicate carry the function that gives the largest number of a field that has a bound, by field."""
    return _carrying("bounds", bounds)


def one_of(field: str) -> Callable[[Callable[[Policy], tuple[str, ...]]], Predicate]:
    """Make a contract's list a predicate: what the command says in a field is on the list, or the field is left out."""

    def listed(choices: Callable[[Policy], tuple[str, ...]]) -> Predicate:
        def is_listed(_snapshot: Snapshot | None, command: Any, context: Context) -> bool:
            value, policy = getattr(command, field), context.policy
            return value is None or policy is None or value in choices(policy)

        is_listed.__name__, is_listed.__doc__ = choices.__name__, choices.__doc__
        return choosing(lambda policy: {field: choices(policy)})(is_listed)

    return listed


# --- the policy ----------------------------------------------------------------------------------------------------------


def is_in_force(contract: str, context: Context) -> bool:
    """Whether the context brings a contract's policy of the day, by the contract's own zone (IN-11)."""
    policy = context.policy
    return policy is not None and policy.contract == contract and policy.in_force_on(local_day(context.at, policy.zone))


def keeps_its_policy(kept: PolicyRef, context: Context) -> bool:
    """Whether the context brings the policy that a request keeps to its end (IN-11)."""
    policy = context.policy
    return policy is not None and policy.version == kept.version and policy.contract == kept.contract


def policy_in_force(snapshot: Snapshot | None, command: Any, context: Context) -> bool:
    """A request that is opened names the contract of the day; from then on it keeps that policy (IN-11)."""
    if snapshot is None:
        # Where it is asked which triggers are permitted at all, there is no command yet.
        return command is None or is_in_force(command.contract, context)
    return keeps_its_policy(snapshot.body.policy, context)


# --- the clock -----------------------------------------------------------------------------------------------------------


def limit_runs(snapshot: Snapshot, _command: object, _context: Context) -> bool:
    """There is a limit to extend (IN-12)."""
    return bool(snapshot.deadlines)


def later_date_ahead(limits: Mapping[str, str]) -> Predicate:
    """Make a predicate: what a limit is extended to lies ahead, by the state's own limit (IN-12)."""

    def is_ahead(snapshot: Snapshot, command: Any, context: Context) -> bool:
        deadline = snapshot.deadline(limits[snapshot.state])
        # What still runs is later still; and whether anything runs, or can be counted, is for other guards.
        if deadline is None or context.policy is None or not deadline.has_passed(context.at):
            return True
        return not deadlines.extend(deadline, command.working_days, context.offices, ()).has_passed(context.at)

    is_ahead.__name__ = later_date_ahead.__name__
    is_ahead.__doc__ = "The date that a limit is extended to has not passed by then (IN-12)."
    return is_ahead


def due(snapshot: Snapshot, command: Any, context: Context) -> bool:
    """The move stands in the clock's schedule, and its instant has come (IN-13)."""
    limit = getattr(command, "limit", None)
    return any(
        move.trigger == command.trigger and move.due_at <= context.at and limit in (move.limit, None)
        for move in snapshot.clock
    )
