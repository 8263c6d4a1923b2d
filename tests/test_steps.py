"""Steps and snapshots: what they answer, what they share, and what they show of themselves."""

from __future__ import annotations

import attrs
import pytest
from hypothesis import given

from eap_workflow.steps import Snapshot, Step
from eap_workflow.workflows import extra_sessions as xs
from tests import journeys, strategies
from tests.journeys import CONSULTANT, MANAGER, TEAM, Journey


def test_a_snapshot_finds_its_deadlines_by_name() -> None:
    """What does not run is None, and so is the next instant of a clock that has nothing to do."""
    stands = Journey().to("clinical_review").stands
    deadline = stands.deadline("clinical_review")
    assert deadline is not None
    assert deadline.limit == "clinical_review"
    assert stands.deadline("relay") is None
    assert stands.next_due_at == deadline.passes_at
    assert Journey().to("draft").stands.next_due_at is None


def test_steps_and_snapshots_show_where_they_stand_and_nothing_else() -> None:
    """A log line says what moved, not whose it is."""
    one = Journey().to("clinical_review")
    assert repr(one.trail[0]) == "<Step 1: draft, new to draft>"
    assert repr(one.stands) == "<Snapshot of extra_sessions: clinical_review, version 4>"


@given(strategies.histories())
def test_a_step_shares_what_it_does_not_change(history: strategies.History) -> None:
    """What costs is constructors: a part of the snapshot that a step leaves alone is the very same object."""
    before: Snapshot | None = None
    for step in history.steps:
        after = xs.evolve(before, step)
        if before is not None:
            changed = {"draft", "submit", "provide_details", "reassign"}
            for name in ("form", "holder", "submission", "details", "decision"):
                kept = getattr(before.body, name) is getattr(after.body, name)
                assert kept or step.trigger in changed or name == "decision"
            if not (step.started or step.stopped):
                assert after.deadlines is before.deadlines
        before = after


def test_neither_can_be_changed() -> None:
    """What happened, and how a request stands, are frozen."""
    one = Journey().to("draft")
    for value, name in ((one.trail[0], "at"), (one.stands, "state"), (one.body, "form"), (one.body.form, "sessions")):
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(value, name, None)


def test_a_step_holds_everything_about_a_move() -> None:
    """When, by whom, from where to where, with which command, what was computed, and which limits it touched."""
    one = Journey().to("further_details")
    step: Step = one.do(journeys.DETAILS, CONSULTANT)[0]
    assert (step.request, step.version, step.table) == ("XS-0001", 4, xs.PROCESS.workflow.fingerprint)
    assert (step.trigger, step.source, step.target) == ("provide_details", "further_details", "clinical_review")
    assert (step.at, step.by, step.command) == (one.now, CONSULTANT, journeys.DETAILS)
    assert [deadline.limit for deadline in step.started] == ["clinical_review", "whole_path"]
    assert step.stopped == ()
    supported = one.do(xs.Support(), MANAGER)[0]
    assert supported.stopped == ("clinical_review",)
    assert [deadline.limit for deadline in supported.started] == ["employer_decision"]
    extended = one.do(xs.ExtendLimit(working_days=1), TEAM)[0]
    assert [deadline.limit for deadline in extended.started] == ["employer_decision", "whole_path"]
    submission = one.trail[1].facts
    assert isinstance(submission, xs.Submission)
    assert (submission.total, submission.threshold) == (12, 12)
