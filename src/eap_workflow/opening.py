"""What is computed when a request is opened, in the workflows whose requests keep their policy from the first day."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from attrs import frozen

from eap_workflow.errors import DefinitionError
from eap_workflow.local_time import local_day
from eap_workflow.policy import PolicyRef
from eap_workflow.values import Discreet

if TYPE_CHECKING:
    from eap_workflow.policy import Policy
    from eap_workflow.process import Context
    from eap_workflow.steps import Snapshot


@frozen(kw_only=True, eq=False, repr=False)
class Opening(Discreet):
    """What is kept of the day on which a request is opened (IN-11).

    Attributes:
        policy: The policy that it keeps to its end.
        opened_on: The day, in the contract's zone.
    """

    policy: PolicyRef
    opened_on: date


def opening(_snapshot: Snapshot | None, _command: Any, context: Context) -> Opening:
    """Compute the facts of an opening row.

    Raises:
        DefinitionError: The context has no policy, which the row's guard should have refused.
    """
    policy = policy_opened_under(context)
    return Opening(policy=policy.ref, opened_on=local_day(context.at, policy.zone))


def policy_opened_under(context: Context) -> Policy:
    """The policy under which a request is opened.

    Raises:
        DefinitionError: The context has none, which the opening row's guard should have refused.
    """
    if context.policy is None:
        raise DefinitionError("what is opened has a policy: its guard sees to that")
    return context.policy


def opened_elsewhere(_snapshot: Snapshot | None, stated: Any, context: Context) -> Opening:
    """Compute the same facts of a request that was opened in another system, by the day on which it was.

    Raises:
        DefinitionError: The context has no policy, which the claims of an adoption should have refused.
    """
    policy = policy_opened_under(context)
    return Opening(policy=policy.ref, opened_on=stated.day_opened(policy.zone))
