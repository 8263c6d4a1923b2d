"""What everybody was told on a journey, and journeys on which everything that can be told is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any, Protocol

import attrs

from eap_workflow.messages import Message
from eap_workflow.policy import EmployerViewTerms, Policy
from eap_workflow.process import Process
from eap_workflow.processes import process_named
from eap_workflow.steps import Snapshot, Step
from eap_workflow.views.messages import messages_of_steps
from eap_workflow.workflows import extra_sessions as xs
from eap_workflow.workflows import outreach
from eap_workflow.workflows import session_cancellation as sc
from tests.journeys import DAY, DECLINE, DEEMING, MANAGER, REMINDING, STAFF, TEAM, TOLD_BY_THE_TEAM, TOURS, Journey
from tests.workflows.case_review import journeys as reviewing
from tests.workflows.outreach import journeys as reaching
from tests.workflows.session_cancellation import journeys as cancelling

KEY = b"a secret of these tests"
SHOWING = attrs.evolve(REMINDING, version="showing", employer_view=EmployerViewTerms(shows_assist_case=True))


class Led(Protocol):
    """A request of any workflow that was led somewhere."""

    policy: Policy
    trail: list[Step]

    @property
    def stands(self) -> Snapshot:
        """The request as it stands."""
        ...


def told(one: Led, key: bytes = KEY) -> tuple[Message, ...]:
    """All messages of a journey, in order."""
    return messages_of_steps(None, tuple(one.trail), one.stands, one.policy, key=key)


def news(one: Led, *steps: Any) -> list[tuple[str, str]]:
    """What was told because of these steps, or of the last one: each kind, and to whom."""
    wanted = {step.version for step in steps} or {one.trail[-1].version}
    return [(message.kind.value, message.to.role) for message in told(one) if message.version in wanted]


def latest(one: Led) -> Message:
    """The last message of a journey."""
    return told(one)[-1]


def _left_with_the_employer(process: Process) -> Journey:
    one = Journey(REMINDING, process).to("employer_decision")
    one.wait(one.now + 30 * DAY)
    return one


def _shown_with_the_case(process: Process) -> Journey:
    one = Journey(SHOWING, process).to("employer_decision")
    one.wait(one.now + 30 * DAY)
    return one


def _withdrawn_by_the_practice(process: Process) -> Journey:
    one = Journey(REMINDING, process).to("clinical_review")
    one.do(xs.Withdraw(), STAFF)
    return one


def _declined_in_review_told_by_the_team(process: Process) -> Journey:
    one = Journey(TOLD_BY_THE_TEAM, process).to("clinical_review")
    one.do(DECLINE, MANAGER)
    return one


def _handed_over_under_review(process: Process) -> Journey:
    one = Journey(DEEMING, process).to("clinical_review")
    one.do(xs.ExtendLimit(working_days=1), TEAM)
    one.do(xs.Reassign(consultant="con-9", practice="pr-9"), TEAM)
    return one


JOURNEYS: Mapping[str, Callable[[Process], Journey]] = {
    **TOURS,
    "left with the employer": _left_with_the_employer,
    "shown with the case": _shown_with_the_case,
    "withdrawn by the practice": _withdrawn_by_the_practice,
    "declined in review, told by the team": _declined_in_review_told_by_the_team,
    "handed over under review": _handed_over_under_review,
}
"""Journeys of extra-sessions requests by name; together they have every kind of message of theirs sent."""


def _taken_by_wpo(*commands: Any) -> Callable[[Process], reaching.Journey]:
    """Contacts about which WPO does what the partner need not do any more."""

    def journey(process: Process) -> reaching.Journey:
        one = reaching.Journey(process=process).opened("email_received")
        for command in commands:
            one.do(command, reaching.WPO)
        return one

    return journey


def _told_by_support(process: Process) -> cancelling.Journey:
    one = cancelling.Journey(cancelling.STRICT, process).to("with_support")
    one.do(sc.ConfirmTold(method="telephone"), cancelling.TEAM)
    return one


OF_OTHERS: Mapping[str, Mapping[str, Callable[[Process], Led]]] = {
    "case_review": reviewing.TOURS,
    "outreach": {
        **reaching.TOURS,
        "called, and WPO took it": _taken_by_wpo(outreach.RaiseRisk(), outreach.ReceiveCall(agreed="call_again")),
        "called WPO, dissatisfied": _taken_by_wpo(outreach.ReceiveCall(dissatisfied=True)),
        "escalated by WPO": _taken_by_wpo(outreach.Escalate(reason="beyond_the_partner")),
    },
    "session_cancellation": {**cancelling.TOURS, "told by support": _told_by_support},
}
"""Journeys of the other workflows, by workflow and name; together they have every kind of message of theirs sent."""

EVERY_JOURNEY: Mapping[str, Callable[[], Led]] = {
    **{f"extra_sessions: {name}": partial(journey, xs.PROCESS) for name, journey in JOURNEYS.items()},
    **{
        f"{workflow}: {name}": partial(journey, process_named(workflow))
        for workflow, journeys in OF_OTHERS.items()
        for name, journey in journeys.items()
    },
}
"""Every journey of every workflow, by name."""


@cache
def everything_told() -> tuple[Message, ...]:
    """All messages of all journeys."""
    return tuple(message for journey in EVERY_JOURNEY.values() for message in told(journey()))
