"""What everybody was told on a journey, and journeys on which everything that can be told is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import attrs

from eap_workflow.messages import Message
from eap_workflow.policy import EmployerViewTerms
from eap_workflow.process import Process
from eap_workflow.views.messages import messages_of_steps
from eap_workflow.workflows import extra_sessions as xs
from tests.journeys import DAY, DECLINE, DEEMING, MANAGER, REMINDING, STAFF, TEAM, TOLD_BY_THE_TEAM, TOURS, Journey

KEY = b"a secret of these tests"
SHOWING = attrs.evolve(REMINDING, version="showing", employer_view=EmployerViewTerms(shows_assist_case=True))


def told(one: Journey, key: bytes = KEY) -> tuple[Message, ...]:
    """All messages of a journey, in order."""
    return messages_of_steps(None, tuple(one.trail), one.stands, one.policy, key=key)


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
"""Journeys by name; together they have every kind of message sent."""


def everything_told() -> tuple[Message, ...]:
    """All messages of all journeys."""
    return tuple(message for journey in JOURNEYS.values() for message in told(journey(xs.PROCESS)))
