"""Views of one workflow's requests, asked about those of the others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from eap_workflow.errors import DefinitionError
from eap_workflow.policy import STANDARD
from eap_workflow.states import EXTRA_SESSIONS
from eap_workflow.steps import Snapshot
from eap_workflow.views import belonging, employer_view, may_enquire, may_schedule
from tests import journeys
from tests.journeys import START
from tests.workflows.case_review import journeys as reviewing
from tests.workflows.outreach import journeys as reaching
from tests.workflows.session_cancellation import journeys as cancelling

OTHERS = {
    "case_review": reviewing.Journey().to("review").stands,
    "outreach": reaching.opened().stands,
    "session_cancellation": cancelling.Journey().to("to_rebook").stands,
}
VIEWS: dict[str, Callable[[Snapshot], Any]] = {
    "employer_view": lambda snapshot: employer_view(snapshot, STANDARD),
    "may_schedule": may_schedule,
    "may_enquire": lambda snapshot: may_enquire(snapshot, START),
}


@pytest.mark.parametrize("workflow", OTHERS)
@pytest.mark.parametrize("view", VIEWS)
def test_a_request_of_another_workflow_is_refused_by_name(view: str, workflow: str) -> None:
    """XS-06, XS-09, XS-10: an employer is shown nothing of it, and nothing is said of extra sessions that it has not."""
    with pytest.raises(DefinitionError, match=f"of another workflow than extra_sessions: {workflow}"):
        VIEWS[view](OTHERS[workflow])


@pytest.mark.parametrize("view", VIEWS)
def test_a_request_for_extra_sessions_is_looked_at(view: str) -> None:
    """XS-06, XS-09, XS-10: with the employer, it has a view, and an answer to both questions."""
    assert VIEWS[view](journeys.Journey().to("employer_decision").stands) is not None


def test_the_name_is_that_of_the_table() -> None:
    """A view needs no table to know whose it is."""
    assert EXTRA_SESSIONS.name == belonging.EXTRA_SESSIONS
