"""The order of work: by urgency, and then by receipt."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.steps import Snapshot
from eap_workflow.workflows import outreach
from eap_workflow.workflows.outreach import outreach_queue
from eap_workflow.workflows.outreach.contact import URGENCIES
from tests import journeys as of_requests
from tests.workflows.outreach.journeys import EXHAUST, RISK, START, TOURS, VOICEMAIL, Journey


def waiting(request: str, hours: int = 0, **changes: str) -> Journey:
    """A contact that was asked for so many hours after the first."""
    one = Journey(request=request, now=START + timedelta(hours=hours))
    return one.opened(**changes)


def order(*contacts: Journey) -> list[str]:
    """The ids of the contacts, in the order of work."""
    return [snapshot.request for snapshot in outreach_queue(one.stands for one in contacts)]


def test_risk_comes_first_then_what_is_urgent_then_the_rest() -> None:
    """CM-05, CM-13: whenever they were received."""
    routine, urgent, risk = waiting("OC-1"), waiting("OC-2", 1, urgency="urgent"), waiting("OC-3", 2, urgency="risk")
    assert order(routine, urgent, risk) == ["OC-3", "OC-2", "OC-1"]
    assert order(routine.do(RISK), urgent, risk) == ["OC-1", "OC-3", "OC-2"]


def test_of_the_same_urgency_the_first_received_comes_first() -> None:
    """CM-05: by receipt, whatever was done since; at the same instant by the id."""
    early, late, also_late = waiting("OC-9"), waiting("OC-2", 5), waiting("OC-1", 5)
    assert order(late, also_late, early.do(VOICEMAIL)) == ["OC-9", "OC-1", "OC-2"]


def test_what_has_ended_waits_for_nobody() -> None:
    """Ended contacts are left out, however urgent they were, and so are requests of other workflows."""
    ended = [tour(outreach.PROCESS) for tour in TOURS.values()]
    other: Snapshot = of_requests.Journey().to("draft").stands
    open_one = waiting("OC-5")
    assert outreach_queue([*(one.stands for one in ended), other, open_one.stands]) == (open_one.stands,)
    assert order(waiting("OC-6", urgency="risk").tried().do(EXHAUST)) == []
    assert outreach_queue([]) == ()


CONTACTS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from(URGENCIES)), max_size=6)


@given(CONTACTS, st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_how_they_come(contacts: list[tuple[int, str]], random: object) -> None:
    """CM-05: whatever the order in which the store gives them, the queue is sorted and the same."""
    known = [waiting(f"OC-{number}", hours, urgency=urgency).stands for number, (hours, urgency) in enumerate(contacts)]
    queue = outreach_queue(known)
    shuffled = list(known)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert outreach_queue(shuffled) == queue
    places = [(-URGENCIES.index(each.body.urgency), each.body.received_at, each.request) for each in queue]
    assert places == sorted(places)
    assert len(queue) == len(known)
