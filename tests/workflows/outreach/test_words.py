"""What a handover says in words (CM-15)."""

from __future__ import annotations

from typing import Any

import pytest

from eap_workflow.process import ADOPT
from eap_workflow.states import OUTREACH
from eap_workflow.values import as_words
from eap_workflow.workflows import outreach
from eap_workflow.workflows.outreach.handover import ROUTING
from eap_workflow.workflows.outreach.words import WORDS, means_in_words
from tests.workflows.outreach.journeys import TOURS, opened


def test_every_row_has_its_words() -> None:
    """CM-15: but for those that only say where a contact goes on to; none has words that could not come up.

    A contact may begin with a step that is no row: it was taken over from another system.
    """
    assert WORDS.keys() | set(ROUTING) == {*OUTREACH.triggers, ADOPT}
    assert not WORDS.keys() & set(ROUTING)


@pytest.mark.parametrize("name", TOURS)
def test_words_are_words(name: str) -> None:
    """No choice stands on the page as it stands in the file, and no line is empty."""
    page = outreach.handover(TOURS[name](outreach.PROCESS).trail)
    for each in page.happened:
        for line in (each.what, *each.notes):
            assert line.strip() == line != ""
            assert "_" not in line
    assert as_words("not_in_service") == "not in service"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, ("telephone", "e-mail")),
        ({"email_only": True}, ("e-mail only", "telephone", "e-mail")),
        ({"wants_messages": False, "has_email": False}, ("LEAVE NO MESSAGES", "telephone", "no e-mail address")),
        (
            {"has_telephone": False, "email_consent": True},
            ("no telephone number", "e-mail", "consents to e-mail for a check-in"),
        ),
    ],
)
def test_the_means_say_what_is_forbidden_first(changes: dict[str, bool], words: tuple[str, ...]) -> None:
    """CM-11, CM-12: whoever picks it up sees before the first call what must not be done."""
    given: dict[str, Any] = {**changes}
    one = opened("check_in", **given)
    assert means_in_words(one.body.means) == words
    assert f"Means: {'; '.join(words)}." in str(outreach.handover(one.trail))
