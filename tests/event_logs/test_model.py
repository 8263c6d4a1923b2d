"""What an event log says of a request: its rows, and no more of anybody than stands for a reference."""

from __future__ import annotations

from datetime import date

import attrs
import pytest

from eap_workflow.errors import DefinitionError
from eap_workflow.event_logs import unchanged
from eap_workflow.event_logs.model import LoggedRequest, LoggedStep, logged
from eap_workflow.process import ADOPT
from eap_workflow.processes import NAMES, every_process
from eap_workflow.steps import Step
from eap_workflow.store import stage_due_on
from tests.event_logs import walked

EVERY = pytest.mark.parametrize("name", NAMES)
PROCESSES = every_process()


@EVERY
def test_every_step_is_an_event(name: str) -> None:
    """Each step is there once, in order, with what its row and its header say of it."""
    for trail in walked.trails(name):
        found = logged(PROCESSES, trail, unchanged)
        process = PROCESSES.named(name)
        assert (found.name, found.workflow) == (trail[0].request, name)
        assert found.ended == process.workflow.state(trail[-1].target).final
        assert [event.number for event in found.steps] == [*range(1, len(trail) + 1)]
        for number, (event, step) in enumerate(zip(found.steps, trail, strict=True), 1):
            same = ("trigger", "source", "target", "at", "limit", "started", "stopped")
            assert [getattr(event, each) for each in same] == [getattr(step, each) for each in same]
            assert event.role == step.by.role.value
            assert event.resource == ("system" if step.by.role == "system" else step.by.id)
            row = process.workflow.row(step.source, step.trigger)
            assert row is not None
            assert event.rules == row.move.rules
            snapshot = process.replay(trail[:number])
            assert snapshot is not None
            assert event.due_on == stage_due_on(PROCESSES, snapshot)
            index = process.index(snapshot)
            shared = "absence" if name == "session_cancellation" else "assist_case"
            expected = {shared: index.assist_case, "employer": index.employer, "contract": index.contract}
            assert event.objects == {kind: each for kind, each in expected.items() if each is not None}


def test_a_request_that_was_taken_over_begins_with_how() -> None:
    """Its first event is named by the state in which it was taken over, and serves no row's rules."""
    adopted = [trail for trail in walked.of_the_examples() if trail[0].trigger == ADOPT]
    assert adopted
    for trail in adopted:
        first = logged(PROCESSES, trail, unchanged).steps[0]
        assert (first.label, first.rules) == (f"adopt (as {first.target.replace('_', ' ')})", ())


def test_every_reference_goes_through_the_naming() -> None:
    """Nothing of what a step holds gets into a found but what is listed here, and each reference by its kind."""
    given: set[tuple[str, str]] = set()

    def naming(kind: str, reference: str) -> str:
        given.add((kind, reference))
        return "named"

    for trail in walked.of_the_examples():
        found = logged(PROCESSES, trail, naming)
        assert found.name == "named"
        for event in found.steps:
            assert event.resource in ("named", "system")
            assert {*event.objects.values()} <= {"named"}
    assert {kind for kind, _ in given} == {"request", "actor", "assist_case", "employer", "contract", "absence"}
    assert {each.name for each in attrs.fields(LoggedRequest)} == {"name", "workflow", "ended", "steps"}
    fields = "number label trigger source target at role resource limit rules started stopped due_on objects"
    assert {each.name for each in attrs.fields(LoggedStep)} == {*fields.split()}


def test_steps_that_do_not_follow_are_refused() -> None:
    """A trail with a step missing is no trail, and no log is made of it."""
    trail = max(walked.trails("outreach"), key=len)
    with pytest.raises(DefinitionError, match="does not follow"):
        logged(PROCESSES, (*trail[:1], *trail[2:]), unchanged)


def _due_dates(trail: tuple[Step, ...]) -> set[date | None]:
    return {event.due_on for event in logged(PROCESSES, trail, unchanged).steps}


def test_due_dates_come_and_go() -> None:
    """Some trail has a due date that is moved, and some stage has none."""
    assert max(len(_due_dates(trail)) for trail in walked.trails("extra_sessions")) > 2
