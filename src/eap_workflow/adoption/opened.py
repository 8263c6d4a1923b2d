"""What three workflows have in common whose requests keep their policy from the day on which they are opened (IN-11).

Such a request states what it was opened with, by the fields of today's opening command, and when: what the table asks of that
command had to hold of it then. Its claims look at the request as it would stand, so that they can ask the table's own guards.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar

import attrs
from attrs import frozen

from eap_workflow.adoption import limits
from eap_workflow.adoption.claims import BY_THE_CASE_TEAM, Claim, refuse_contradictions
from eap_workflow.adoption.fields import part, parts
from eap_workflow.adoption.limits import MOST_LIMITS, StatedLimit
from eap_workflow.errors import DefinitionError
from eap_workflow.local_time import local_day
from eap_workflow.opening import policy_opened_under
from eap_workflow.policy import PolicyRef
from eap_workflow.process import ADOPT, Adopting
from eap_workflow.steps import Snapshot
from eap_workflow.values import Actor, Discreet, day

if TYPE_CHECKING:
    from eap_workflow.deadlines import Deadline
    from eap_workflow.machine import Workflow
    from eap_workflow.policy import Policy
    from eap_workflow.process import Computation, Context
    from eap_workflow.terms import Terms


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


# --- claims --------------------------------------------------------------------------------------------------------------

Asked = Callable[[Any, Snapshot, "Context"], Iterable[tuple[str, Any, Any, "Context"]]]
"""What a guard is asked about: a path of fields, and request, command and context as they were then."""


def as_in_the_table(workflow: Workflow, guard_name: str, asked: Asked, *, names_field: bool = False) -> Claim:
    """Claim that a guard of the table held when it had to, of what is stated.

    Args:
        workflow: The table, with its guards bound.
        guard_name: The guard.
        asked: What it is asked about: each with the path of the fields that state it, ``""`` for the request's own.
        names_field: Whether that is the path of the field itself, where the command calls it otherwise.

    Raises:
        DefinitionError: The table has no such guard, or its guards are not bound.
    """
    guard = next((each for each in workflow.guards if each.name == guard_name), None)
    if guard is None or workflow.predicates is None:
        raise DefinitionError(f"{workflow.name} has no guard of this name that is bound: {guard_name}")
    holds = workflow.predicates[guard_name]
    precisely: Callable[[Any, Any, Any], tuple[str, ...]] | None = getattr(holds, "fields", None)
    of_the_guard = () if guard.field is None else (guard.field,)

    def wrong(stated: Any, standing: Snapshot, context: Context) -> Iterator[str]:
        for path, snapshot, command, then in asked(stated, standing, context):
            if not holds(snapshot, command, then):
                names = of_the_guard if precisely is None else precisely(snapshot, command, then)
                yield from (_within(path, name) for name in (names if names and not names_field else ("",)))

    return Claim(code=guard.name, sentence=guard.sentence, rules=guard.rules, wrong=wrong)


def _within(path: str, name: str) -> str:
    # Who acted then is stated where the path leads to, and not by whoever takes the request over.
    own = name.removeprefix("by").removeprefix(".") if name.partition(".")[0] == "by" else name
    return ".".join(filter(None, (path, own)))


def on_opening(workflow: Workflow, *guard_names: str) -> tuple[Claim, ...]:
    """Claim that guards of the opening row held, of those that look at the command and the contract alone."""

    def asked(stated: Any, _standing: Snapshot, context: Context) -> Iterator[tuple[str, Any, Any, Context]]:
        yield "opening", None, stated.opening, context

    return tuple(as_in_the_table(workflow, name, asked) for name in guard_names)


def who_may(workflow: Workflow, trigger: str, by: Actor) -> bool:
    """Whether the table has a row of this trigger for the role of somebody."""
    return any(by.role in move.who for move in workflow.moves if move.trigger == trigger)


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

AHEAD = ("opening", "passes_at")
"""What may lie ahead: the session that was cancelled, and the end of a limit."""


def happened(value: Any, path: str = "") -> Iterator[tuple[str, datetime]]:
    """Every instant at which something is stated to have happened, by its field."""
    for each in attrs.fields(type(value)):
        if each.name not in AHEAD:
            yield from _happened(getattr(value, each.name), ".".join(filter(None, (path, each.name))))


def _happened(value: Any, path: str) -> Iterator[tuple[str, datetime]]:
    if isinstance(value, datetime):
        yield path, value
    elif isinstance(value, tuple):
        for number, each in enumerate(value):
            yield from _happened(each, f"{path}[{number}]")
    elif attrs.has(type(value)):
        yield from happened(value, path)


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


Order = Callable[[Any, Snapshot], Iterable[str]]


@frozen(kw_only=True, eq=False)
class LimitsOfWorkflow:
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


def adopting(
    command: type[Any],
    limits_of: LimitsOfWorkflow,
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

    return Adopting(command=command, limits=checked, keeps=lambda command: command.policy, stated=stated)
