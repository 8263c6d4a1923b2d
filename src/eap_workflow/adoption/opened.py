"""What three workflows have in common whose requests keep their policy from the day on which they are opened (IN-11).

Such a request states what it was opened with, by the fields of today's opening command, and when: what the table asks of that
command had to hold of it then. Its claims look at the request as it would stand, so that they can ask the table's own guards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar

from attrs import frozen

from eap_workflow.adoption.claims import BY_THE_CASE_TEAM, Claim, refuse_contradictions
from eap_workflow.adoption.fields import part, parts, resting_states
from eap_workflow.adoption.instants import happened
from eap_workflow.adoption.limits import MOST_LIMITS, StatedLimit
from eap_workflow.errors import DefinitionError
from eap_workflow.local_time import local_day
from eap_workflow.opening import policy_opened_under
from eap_workflow.policy import PolicyRef
from eap_workflow.process import ADOPT, Adopting
from eap_workflow.steps import Snapshot
from eap_workflow.values import Discreet, day

if TYPE_CHECKING:
    from eap_workflow.adoption.running import RunningLimits
    from eap_workflow.deadlines import Deadline
    from eap_workflow.policy import Policy
    from eap_workflow.process import Computation, Context


@frozen(kw_only=True, eq=False, repr=False)
class OpenedElsewhere(Discreet):
    """What every request states that was opened in another system; its workflow adds ``state``, ``opening`` and the rest.

    Attributes:
        policy: The policy that it keeps to its end: the version that was in force on the day on which it was opened.
        limits: The limits that run, each with the day or the instant that was stated.
    """

    trigger: ClassVar[str] = ADOPT

    policy: PolicyRef = part(PolicyRef)
    limits: tuple[StatedLimit, ...] = parts(StatedLimit, MOST_LIMITS)


@frozen(kw_only=True, eq=False, repr=False)
class OpenedOnADay(OpenedElsewhere):
    """The same of a request that keeps the day alone, and not the instant at which it was opened.

    Attributes:
        opened_on: The day on which it was opened, in the contract's zone.
    """

    opened_on: date = day()

    def day_opened(self, _zone: str) -> date:
        """The day on which it was opened."""
        return self.opened_on


Order = Callable[[Any, Snapshot], Iterable[str]]


# --- claims --------------------------------------------------------------------------------------------------------------


def _another_policy(stated: Any, context: Context) -> Iterator[str]:
    policy = context.policy
    if stated.policy.contract != stated.opening.contract:
        yield "policy.contract"
    elif policy is None or policy.ref != stated.policy or not policy.in_force_on(stated.day_opened(policy.zone)):
        yield "policy.version"


def _in_the_future(stated: Any, _standing: Snapshot, context: Context) -> Iterator[str]:
    zone = policy_opened_under(context).zone
    if isinstance(stated, OpenedOnADay) and stated.opened_on > local_day(context.at, zone):
        yield "opened_on"
    yield from (path for path, at in happened(stated) if at > context.at)


POLICY_IN_FORCE = Claim(
    code="policy_in_force",
    sentence="The policy is the contract's version that was in force on the day on which the request was opened.",
    rules=("IN-11",),
    wrong=_another_policy,
)
"""What comes before every other claim: those are judged by the policy."""

NOT_YET = Claim(
    code="not_yet",
    sentence="What has happened elsewhere happened before the request is taken over.",
    rules=("IN-13",),
    wrong=_in_the_future,
)


def _in_order(order: Order) -> Claim:
    def wrong(stated: Any, standing: Snapshot, context: Context) -> Iterator[str]:
        zone = policy_opened_under(context).zone
        opened_on = stated.day_opened(zone)
        yield from (path for path, at in happened(stated) if local_day(at, zone) < opened_on)
        yield from order(stated, standing)

    return Claim(
        code="out_of_order",
        sentence="What happened follows each other in time, from the opening on, and each limit starts with its stage.",
        rules=("IN-02", "IN-13"),
        wrong=wrong,
    )


def adopting(
    command: type[Any],
    limits_of: RunningLimits,
    claims: tuple[Claim, ...],
    order: Order,
    facts: Computation,
    stated: Callable[[Snapshot, Policy], Any],
) -> Adopting:
    """How requests of a workflow are taken over that keep their policy from the day on which they are opened.

    Args:
        command: The type of the command; it makes the body of the request, ``body(facts)``.
        limits_of: What there is to say of the limits.
        claims: What else has to hold: ``(stated, standing, context)``, where ``standing`` is the request as it would stand.
        order: Names what is stated to have happened before something that comes before it: ``(stated, standing) -> fields``.
        facts: What is computed when one comes in.
        stated: Writes a request as it stands.
    """
    workflow = limits_of.workflow
    every_claim = (BY_THE_CASE_TEAM, *claims, *limits_of.claims, NOT_YET, _in_order(order))

    def checked(command: Any, context: Context) -> tuple[Deadline, ...]:
        refuse_contradictions(workflow, (POLICY_IN_FORCE,), command, context)
        standing = Snapshot(
            request=context.request,
            workflow=workflow.name,
            state=command.state,
            version=1,
            at=context.at,
            body=command.body(facts(None, command, context)),
        )
        refuse_contradictions(workflow, every_claim, command, standing, context)
        return limits_of.running(command, standing, context)

    def written(snapshot: Snapshot, policy: Policy | None) -> Any:
        if policy is None:
            raise DefinitionError("a request that was opened has a policy, by which its limits are stated")
        return stated(snapshot, policy)

    return Adopting(
        command=command,
        states=resting_states(workflow),
        claims=(POLICY_IN_FORCE, *every_claim),
        limits=checked,
        keeps=attrgetter("policy"),
        stated=written,
    )
