"""A stored step, read as the step that it is."""

from __future__ import annotations

import pytest

from eap_workflow.errors import InvalidValue, Unknown
from eap_workflow.processes import every_process, process_named
from eap_workflow.steps import Step
from eap_workflow.store.reading import read_own_step, read_step
from eap_workflow.upcasters import STEP_FORMAT
from tests import samples

OWN = process_named("extra_sessions")


@pytest.mark.parametrize("format_", samples.formats())
def test_a_step_of_every_format_is_read(format_: int) -> None:
    """Whatever version wrote it: one of today's says the same steps of the same requests."""
    latest = {_which(read_step(OWN, STEP_FORMAT, content)) for content in samples.steps(STEP_FORMAT)}
    for content in samples.steps(format_):
        step = read_step(OWN, format_, content)
        assert _which(step) in latest
        assert read_own_step(every_process(), format_, content) == step


def _which(step: Step) -> tuple[object, ...]:
    return step.workflow, step.request, step.version, step.trigger, step.source, step.target, step.at, step.limit


def test_a_step_of_another_services_workflow_is_none_of_ours() -> None:
    """It is given as None; where every workflow is known, one that nobody has is an error."""
    content = samples.steps(STEP_FORMAT)[0]
    other = process_named("outreach")
    assert read_own_step(other, STEP_FORMAT, content) is None
    with pytest.raises(Unknown, match="is needed here"):
        read_step(other, STEP_FORMAT, content)
    with pytest.raises(Unknown, match="is needed here"):
        read_own_step(every_process(), STEP_FORMAT, content.replace('"extra_sessions"', '"tea_breaks"'))


def test_what_is_no_step_is_refused() -> None:
    """A format of a newer version, and what is no JSON."""
    with pytest.raises(InvalidValue, match="newer version"):
        read_own_step(OWN, STEP_FORMAT + 1, samples.steps(STEP_FORMAT)[0])
    with pytest.raises(InvalidValue, match="not JSON"):
        read_step(OWN, STEP_FORMAT, "{")
