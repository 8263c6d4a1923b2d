"""What belongs to each kind of message."""

from __future__ import annotations

import pytest

from eap_workflow.messages import MOST_FIELDS, RECIPIENT_ROLES, MessageKind
from eap_workflow.views.messages import KINDS


@pytest.mark.parametrize("kind", MessageKind)
def test_the_terms_of_a_kind_hold_together(kind: MessageKind) -> None:
    """It goes to roles that there are, by some rule, and names each thing that it shows once."""
    terms = KINDS[kind]
    shown = (*terms.shows, *terms.may_show)
    assert terms.roles
    assert set(terms.roles) <= set(RECIPIENT_ROLES)
    assert terms.rules
    assert len({*shown}) == len(shown) <= MOST_FIELDS
    assert terms.when.endswith(".")


@pytest.mark.parametrize("kind", MessageKind)
def test_an_hour_has_its_zone_and_its_day(kind: MessageKind) -> None:
    """Whatever shows an hour shows whose clocks have it, and on which day."""
    shown = {*KINDS[kind].shows, *KINDS[kind].may_show}
    assert ("due_at" in shown) <= ({"due_on", "zone"} <= shown)
    assert ("session_time" in shown) <= ({"session_on", "zone"} <= shown)
