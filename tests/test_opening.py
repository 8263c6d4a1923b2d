"""What is computed when a request is opened."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from eap_workflow.errors import DefinitionError
from eap_workflow.opening import opening
from eap_workflow.policy import STANDARD
from tests import journeys
from tests.journeys import MELBOURNE, TEAM


def test_a_request_keeps_the_policy_of_its_first_day() -> None:
    """IN-11: the policy by its name, and the day as the contract's own zone has it."""
    late = datetime(2026, 10, 28, 23, 30, tzinfo=MELBOURNE)
    found = opening(None, None, journeys.context(late, TEAM, STANDARD))
    assert (found.policy, found.opened_on) == (STANDARD.ref, date(2026, 10, 28))


def test_without_a_policy_nothing_is_opened() -> None:
    """A table whose opening row does not ask for the policy is a mistake of the program."""
    with pytest.raises(DefinitionError, match="what is opened has a policy"):
        opening(None, None, journeys.context(journeys.START, TEAM, None))
