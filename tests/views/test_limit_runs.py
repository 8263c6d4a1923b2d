"""Whether a limit was kept: from the steps alone, for limits in days, in hours and to a stated day, extended and started anew."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from itertools import pairwise
from typing import get_args

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.errors import InvalidType
from eap_workflow.processes import NAMES, every_process
from eap_workflow.views.limit_runs import LimitRun, limit_runs
from eap_workflow.workflows import extra_sessions as xs
from eap_workflow.workflows import session_cancellation as sc
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
from tests.workflows.outreach.journeys import ACKNOWLEDGE, CALLED, ESCALATE, REACHED, VOICEMAIL
from tests.workflows.outreach.journeys import Journey as Outreaching
from tests.workflows.session_cancellation.journeys import Journey as Cancelling
from tests.workflows.session_cancellation.journeys import ticket

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
    assert run.standing == "extended"


@pytest.mark.parametrize("after", ["runs", "done", "withdrawn", "passes again"])
def test_a_limit_that_passed_was_not_kept_whatever_comes_after(after: str) -> None:
    """The breach is a recorded fact: a later date, an outcome or a withdrawal undoes it no more than time does (IN-04, IN-12)."""
    one = Journey(REMINDING).to("clinical_review")
    one.wait(runs(one)["clinical_review"].deadline.passes_at)
    one.do(xs.ExtendLimit(working_days=3), TEAM)
    match after:
        case "done":
            one.do(xs.Support(), MANAGER)
        case "withdrawn":
            one.do(xs.Withdraw(), CONSULTANT)
        case "passes again":
            one.wait(runs(one)["clinical_review"].deadline.passes_at)
        case _:
            pass
    run = runs(one)["clinical_review"]
    assert run.standing == ("over" if after == "passes again" else "extended")
    assert run.was_missed


def test_what_was_never_done_is_not_kept() -> None:
    """A contact that is escalated, one that the other side makes, an absence that nobody told of: nothing is owed (CM-06, TC-04)."""
    for command, kept, lifted in (
        (ESCALATE, set(), {"acknowledgement", "first_attempt", "contact"}),
        (CALLED, {"contact"}, {"acknowledgement", "first_attempt"}),
    ):
        contact = Outreaching().opened("email_received").do(command)
        found = limit_runs(contact.process.workflow, contact.trail, contact.now)
        assert {run.limit for run in found if run.standing == "lifted"} == lifted
        assert {run.limit for run in found if run.standing == "kept"} == kept
    cancelled = Cancelling().to("to_record")
    cancelled.do(sc.ExtendAbsence())
    for record in get_args(sc.commands.RecordName):
        if "record_owed" not in cancelled.can(ticket(record)).codes:
            cancelled.do(ticket(record))
    cancelled.do(sc.Close())
    ended = {run.limit: run for run in limit_runs(cancelled.process.workflow, cancelled.trail, cancelled.now)}
    assert ended["absence_update"].standing == "lifted"


def test_where_nobody_is_reached_in_time_telling_wpo_keeps_the_limit() -> None:
    """The clock does what the limit asks for at the very instant, and the contact goes on (CM-05)."""
    contact = Outreaching().opened("email_received").do(ACKNOWLEDGE).do(VOICEMAIL)
    passes_at = contact.limits["contact"]
    contact.wait(passes_at)
    for ended in (False, True):
        if ended:
            contact.do(REACHED)
        found = limit_runs(contact.process.workflow, contact.trail, contact.now)
        (run,) = (run for run in found if run.limit == "contact")
        assert (run.ended is not None) is ended
        assert (run.standing, run.was_missed) == ("kept", False)
        assert run.fulfilled is not None
        assert (run.fulfilled.trigger, run.fulfilled.at) == ("tell_wpo", passes_at)


def test_a_row_that_the_table_has_no_longer_is_said_to_have_ended_it() -> None:
    """Nobody can tell whether what was owed was done; that it ended in time is certain."""
    renamed = [attrs.evolve(move, trigger="back") for move in WORKFLOW.moves if move.trigger == "support"]
    table = attrs.evolve(
        WORKFLOW,
        moves=(*(move for move in WORKFLOW.moves if move.trigger not in ("support", "reduce")), *renamed),
        guards=tuple(guard for guard in WORKFLOW.guards if guard.name != "fewer_sessions"),
        predicates=None,
        process=None,
    )
    reviewed = Journey().to("clinical_review")
    reviewed.do(xs.Support(), MANAGER)
    found = {run.limit: run for run in limit_runs(table, reviewed.trail, reviewed.now)}
    assert (found["clinical_review"].standing, found["clinical_review"].ending) == ("ended", "unknown")


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
            over = after.fulfilled is None and then >= after.deadline.passes_at
            assert after.standing == ("over" if over else before.standing)
            assert before.standing in ("running", "over", "kept")


DONE = {
    "extra_sessions": {
        "further_details": {"provide_details"},
        "clinical_review": {"support", "reduce", "decline"},
        "employer_decision": {"approve", "decline"},
        "whole_path": {"approve", "decline"},
        "relay": {"relay"},
    },
    "case_review": {
        "review": {"authorise", "offer_further_session", "deny"},
        "case_notes": {"upload_notes"},
        "notes_review": {"clear_notes", "flag_notes"},
    },
    "outreach": {
        "acknowledgement": {"acknowledge"},
        "first_attempt": {"attempt"},
        "contact": {"conclude", "escalate_at_once", "tell_wpo", "tell_wpo_at_once", "finish"},
    },
    "session_cancellation": {
        "support": {"confirm_told"},
        "rebooking": {"rebook", "decline_rebooking"},
        "records": {"close"},
        "absence_update": {"update_absence", "extend_absence"},
    },
}
"""What does what a limit is there for, by the rules; `extend_absence` begins it, and never ends one that runs."""

LIFTED = {
    "extra_sessions": {
        "further_details": {"withdraw", "lapse"},
        "clinical_review": {"withdraw", "deem_declined"},
        "employer_decision": {"withdraw", "approve_in_advance", "deem_approved", "deem_declined"},
        "whole_path": {"withdraw", "approve_in_advance", "deem_approved", "deem_declined"},
    },
    "case_review": {},
    "outreach": {
        "acknowledgement": {"conclude", "escalate", "escalate_at_once", "exhaust"},
        "first_attempt": {"escalate", "receive_call"},
        "contact": {"escalate"},
    },
    "session_cancellation": {
        "support": {"hand_back", "withdraw"},
        "rebooking": {"state_contact_day"},
        "records": {"reopen_rebooking"},
        "absence_update": {"withdraw", "end_absence", "close"},
    },
}
"""What leaves it undone, and nobody owes it any more."""


@pytest.mark.parametrize("name", NAMES)
def test_every_row_that_ends_a_limit_says_whether_it_is_done(name: str) -> None:
    """Read against the rules, row by row: a new row that ends a limit has to be judged here, too (IN-04)."""
    done: dict[str, set[str]] = {}
    lifted: dict[str, set[str]] = {}
    for move in workflow_of(name).moves:
        for limit in (*move.stops, *move.restarts, *move.fulfils):
            (lifted if limit in move.lifts else done).setdefault(limit, set()).add(move.trigger)
    assert done == DONE[name]
    assert lifted == LIFTED[name]


def test_an_instant_is_aware() -> None:
    """A datetime without a zone is no instant, and a run shows nothing in its repr."""
    one = Journey().to("clinical_review")
    with pytest.raises(InvalidType):
        limit_runs(WORKFLOW, one.trail, one.now.replace(tzinfo=None))
    assert "con-1" not in repr(runs(one))
