"""Whether a limit was kept: from the steps alone, for limits in days, in hours and to a stated day, extended and started anew."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.errors import InvalidType
from eap_workflow.processes import NAMES, every_process
from eap_workflow.views.limit_runs import LimitRun, limit_runs
from eap_workflow.workflows import extra_sessions as xs
from tests.diagrams.drawn import trails_of, workflow_of
from tests.journeys import (
    APPROVER,
    CONSULTANT,
    HOUR,
    IN_ADVANCE,
    MANAGER,
    REMINDING,
    TEAM,
    WORKFLOW,
    Journey,
    draft,
    submit,
)

TOURS = [(name, tour) for name in NAMES for tour in trails_of(name)]
INSTANT = timedelta(microseconds=1)


def runs(one: Journey) -> dict[str, LimitRun]:
    """The runs of a request as it stands now, by limit."""
    return {run.limit: run for run in limit_runs(WORKFLOW, one.trail, one.now)}


def standings(one: Journey) -> dict[str, str]:
    """How they stand."""
    return {limit: run.standing for limit, run in runs(one).items()}


def test_a_limit_that_runs_has_not_passed_until_its_instant() -> None:
    """On its last day it runs; from the instant at which that day has passed it is over (IN-01, IN-04)."""
    one = Journey().to("employer_decision")
    passes_at = runs(one)["employer_decision"].deadline.passes_at
    for at, standing in ((passes_at - INSTANT, "running"), (passes_at, "over"), (passes_at + HOUR, "over")):
        one.now = at
        assert standings(one)["employer_decision"] == standing


def test_what_is_done_in_time_is_kept_and_what_is_done_later_is_late() -> None:
    """The move that ends a limit says which; the clock's own remark that it has passed does not end it (IN-04)."""
    one = Journey().to("clinical_review")
    one.do(xs.Support(), MANAGER)
    assert standings(one)["clinical_review"] == "kept"
    passes_at = runs(one)["employer_decision"].deadline.passes_at
    one.do(xs.Approve(), APPROVER, at=passes_at)
    assert standings(one) == {
        "clinical_review": "kept",
        "whole_path": "kept",
        "employer_decision": "late",
        "relay": "running",
    }
    ended = runs(one)["employer_decision"].ended
    assert ended is not None
    assert ended.trigger == "approve"


def test_what_is_taken_back_is_neither_kept_nor_passed() -> None:
    """A request that is withdrawn, or approved in advance, owes nothing any more (IN-08, XS-05)."""
    one = Journey().to("clinical_review")
    one.do(xs.Withdraw(), CONSULTANT)
    assert standings(one) == {"clinical_review": "lifted", "whole_path": "lifted"}
    advance = Journey(IN_ADVANCE)
    for command in (draft(IN_ADVANCE), submit()):
        advance.do(command, CONSULTANT)
    assert standings(advance)["employer_decision"] == "lifted"


def test_a_later_date_is_another_statement_of_the_same_run() -> None:
    """Each statement is there with its step, and the last of them counts (IN-12)."""
    one = Journey(REMINDING).to("clinical_review")
    one.do(xs.ExtendLimit(working_days=2), TEAM)
    run = runs(one)["clinical_review"]
    first, second = run.statements
    assert first.deadline.due_on < second.deadline.due_on == run.deadline.due_on
    assert second.step.trigger == "extend_limit"
    assert not second.had_passed
    one.wait(run.deadline.passes_at)
    one.do(xs.ExtendLimit(working_days=3), TEAM)
    one.do(xs.Support(), MANAGER)
    run = runs(one)["clinical_review"]
    assert [each.had_passed for each in run.statements] == [False, False, True]
    assert run.standing == "kept"


def test_a_limit_that_is_started_anew_has_another_run() -> None:
    """Every update of an absence ends one run and begins the next (TC-04)."""
    steps = trails_of("session_cancellation")["everywhere, marked"]
    found = [
        run
        for run in limit_runs(workflow_of("session_cancellation"), steps, steps[-1].at)
        if run.limit == "absence_update"
    ]
    assert len(found) > 1
    for before, after in pairwise(found):
        assert before.ended is not None
        assert before.ended.at <= after.deadline.started_at


def test_only_a_sum_of_limits_binds_nobody() -> None:
    """The whole path is stated, and neither kept nor broken by anybody (IN-03)."""
    one = Journey().to("approved")
    assert [limit for limit, run in runs(one).items() if not run.binding] == ["whole_path"]


@pytest.mark.parametrize(("name", "tour"), TOURS)
def test_the_runs_agree_with_the_request_as_it_stands(name: str, tour: str) -> None:
    """What runs by the steps is what the snapshot says that runs, with the same dates, after each step of every tour."""
    process = every_process().named(name)
    steps = trails_of(name)[tour]
    for length in range(1, len(steps) + 1):
        snapshot = process.replay(steps[:length])
        assert snapshot is not None
        found = limit_runs(process.workflow, steps[:length], snapshot.at)
        assert {run.deadline for run in found if run.ended is None} == set(snapshot.deadlines)
        stated = [each.deadline for run in found for each in run.statements]
        assert Counter(stated) == Counter(each for step in steps[:length] for each in step.started)


@given(tour=st.sampled_from(TOURS), hours=st.integers(0, 2000))
def test_time_alone_turns_running_into_over_and_nothing_else(tour: tuple[str, str], hours: int) -> None:
    """However much later one looks, what has ended stands as it stood, and what runs passes at its instant."""
    name, which = tour
    steps = trails_of(name)[which]
    workflow, at = workflow_of(name), steps[-1].at
    then = at + timedelta(hours=hours)
    for before, after in zip(limit_runs(workflow, steps, at), limit_runs(workflow, steps, then), strict=True):
        if before.ended is not None:
            assert before == after
        else:
            assert after.standing == ("over" if then >= after.deadline.passes_at else "running")


def test_what_lifts_a_limit_is_a_move_that_ends_one() -> None:
    """Each of the moves that are named ends a limit in one of our tables, and none is misspelt."""
    moves = [move for process in every_process() for move in process.workflow.moves]
    ending = {move.trigger for move in moves if move.stops or move.restarts}
    assert ending >= LIFTED_BY


def test_an_instant_is_aware() -> None:
    """A datetime without a zone is no instant, and a run shows nothing in its repr."""
    one = Journey().to("clinical_review")
    with pytest.raises(InvalidType):
        limit_runs(WORKFLOW, one.trail, one.now.replace(tzinfo=None))
    assert "con-1" not in repr(runs(one))
