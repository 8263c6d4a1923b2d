"""What is stored of a step is read as a step of today, whichever format it was written in."""

from __future__ import annotations

import pytest

from eap_workflow.errors import InvalidValue, Unknown
from eap_workflow.plain.json_text import parse_object
from eap_workflow.processes import every_process
from eap_workflow.records import step_from_wire
from eap_workflow.store.contents import UNREADABLE, own_step_of, step_of
from eap_workflow.upcasters import STEP_FORMAT, upcast
from eap_workflow.workflows import case_review
from tests import samples

PROCESSES = every_process()


@pytest.mark.parametrize("format_", samples.formats())
def test_every_format_is_read(format_: int) -> None:
    """A sample step is what its plain form says, once it is that of today's format."""
    for content in samples.steps(format_):
        expected = step_from_wire(PROCESSES, upcast(PROCESSES, format_, parse_object(content)))
        assert step_of(PROCESSES, format_, content) == expected


@pytest.mark.parametrize("format_", [0, STEP_FORMAT + 1])
def test_a_format_that_is_none_is_refused(format_: int) -> None:
    """What a newer version wrote is not guessed at."""
    with pytest.raises(InvalidValue) as caught:
        step_of(PROCESSES, format_, samples.steps(STEP_FORMAT)[0])
    assert caught.value.field == "format"


def test_a_step_of_another_workflow_is_unknown() -> None:
    """It is told apart from a content that says nothing."""
    content = samples.steps(STEP_FORMAT)[0]
    assert '"workflow":"extra_sessions"' in content
    with pytest.raises(Unknown):
        step_of(case_review.PROCESS, STEP_FORMAT, content)


@pytest.mark.parametrize("content", ["", "{}", "[]", "null", "no JSON", '{"at":', None, 7, b"\xff"])
def test_what_somebody_wrote_by_hand_is_unreadable(content: str) -> None:
    """Whatever it is, what is raised is one of the few that are waited for."""
    for format_ in (1, STEP_FORMAT):
        with pytest.raises(UNREADABLE):
            step_of(PROCESSES, format_, content)


def test_a_step_of_another_services_workflow_is_none_of_ours() -> None:
    """It is given as None; where every workflow is known, one that nobody has is an error."""
    content = samples.steps(STEP_FORMAT)[0]
    assert own_step_of(PROCESSES, STEP_FORMAT, content) == step_of(PROCESSES, STEP_FORMAT, content)
    assert own_step_of(case_review.PROCESS, STEP_FORMAT, content) is None
    with pytest.raises(Unknown, match="is needed here"):
        own_step_of(PROCESSES, STEP_FORMAT, content.replace('"extra_sessions"', '"tea_breaks"'))
