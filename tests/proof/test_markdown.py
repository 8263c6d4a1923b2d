"""What is proved, as a page shows it."""

from __future__ import annotations

import pytest

from eap_workflow import proof
from eap_workflow.errors import Unknown


@pytest.mark.parametrize("name", proof.NAMES)
def test_the_page_has_every_property_and_every_guard(name: str) -> None:
    """Each property stands there with its sentence and rules, each guard with whether it means something to the model."""
    page = proof.markdown(name)
    about = proof.subject(name)
    for each in about.properties:
        assert f"| `{each.name}` | {each.sentence} | {', '.join(each.rules)} |" in page
    _, _, guards = page.partition("Guards with a meaning")
    for guard in about.process.workflow.guards:
        assert guards.count(f"`{guard.name}`") == (0 if guard.name == "due" else 1)


def test_an_unknown_workflow_is_refused() -> None:
    """A name that is no workflow's is an error that says which there are."""
    with pytest.raises(Unknown, match="extra_sessions"):
        proof.subject("whatever")
