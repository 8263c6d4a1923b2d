"""A step, and the making of a message."""

from __future__ import annotations

import attrs
import pytest

from eap_workflow.messages import MessageKind, Recipient, message_id
from eap_workflow.views.messages import case_review
from tests.workflows.case_review import journeys as reviewing

KEY = b"a key"


def opened() -> case_review.NEWS:
    """The news of a case that was opened."""
    one = reviewing.Journey(reviewing.LIMITED).to("opened")
    return case_review.NEWS(
        came_from=lambda: None, step=one.trail[0], after=one.stands, policy=one.policy, followed_by=None, key=KEY
    )


def test_a_message_has_what_its_kind_shows_and_no_more() -> None:
    """What there is not is left out, and what the kind does not name is not shown."""
    news = opened()
    message = news.message(MessageKind.NOTES_WAIT, news.partner)
    assert message.data == {"request": "CR-0001", "case": "case-71"}


def test_a_message_is_kept_by_its_step() -> None:
    """Its request, version, instant and contract are those of the step, and its id is made with the key."""
    news = opened()
    message = news.message(MessageKind.NOTES_WAIT, news.partner)
    assert (message.request, message.version, message.at) == ("CR-0001", 1, news.step.at)
    assert message.contract == "harbour"
    assert message.id == message_id("CR-0001", 1, MessageKind.NOTES_WAIT, news.partner, key=KEY)


def test_a_group_works_for_the_contract_of_the_request() -> None:
    """Whose case team is meant, the contract says."""
    message = opened().to_group(MessageKind.LIMIT_WARNING)
    assert message.to == Recipient(role="case_team", contract="harbour")


def test_what_goes_to_several_roles_goes_to_no_group() -> None:
    """A kind whose recipient depends on the limit is not sent to whichever role comes first."""
    with pytest.raises(ValueError, match="unpack"):
        opened().to_group(MessageKind.LIMIT_REMINDER)


def test_news_show_nothing_in_their_repr() -> None:
    """A repr names what is filled in, and none of it."""
    assert repr(attrs.evolve(opened(), key=b"secret")).endswith(": came_from, step, after, policy, key filled in>")
