"""Every rule of the register that this workflow serves: a case that it permits, and one that it refuses.

In the order of the register. What a rule only asks to be told or computed is shown as it is; nothing can be refused.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import attrs
import pytest

from eap_workflow import deadlines
from eap_workflow.errors import InvalidValue
from eap_workflow.local_time import local_day
from eap_workflow.policy import STANDARD
from eap_workflow.process import CaseTotals
from eap_workflow.states import EXTRA_SESSIONS
from eap_workflow.table import Extend
from eap_workflow.values import SYSTEM, Actor, Reference, Role
from eap_workflow.views.employer import EmployerView, employer_view
from eap_workflow.views.new_case import new_case_advice
from eap_workflow.views.permissions import may_enquire, may_schedule
from eap_workflow.views.status import status
from eap_workflow.workflows import extra_sessions as xs
from tests import journeys
from tests.journeys import (
    APPROVER,
    CONSULTANT,
    DAY,
    DECLINE,
    DETAILS,
    HOUR,
    LARGE,
    MANAGER,
    MELBOURNE,
    OTHER_APPROVER,
    OTHER_CONSULTANT,
    REMINDING,
    SMALL,
    STAFF,
    START,
    TEAM,
    Journey,
    draft,
    submit,
)

VIC = journeys.calendar("AU-VIC")


def due(one: Journey, limit: str) -> date:
    """The date that was stated for a limit that runs."""
    deadline = one.stands.deadline(limit)
    assert deadline is not None
    return deadline.due_on


# --- XS: an extra-sessions request ------------------------------------------------------------------------------------


def test_a_request_belongs_to_one_assist_case() -> None:
    """XS-01: with the case's number it is submitted; without it, or with something else, it is refused."""
    named, unnamed = Journey(), Journey()
    named.do(draft(), CONSULTANT)
    unnamed.do(draft(assist_case=None), CONSULTANT)
    assert named.can(submit(), CONSULTANT).permitted
    assert unnamed.refused(submit(), CONSULTANT) == ("form_complete",)
    assert unnamed.can(submit(), CONSULTANT).reasons[0].fields == ("assist_case",)
    for wrong in ("104233", "ASST 104233", "ASST-1, ASST-2"):
        with pytest.raises(InvalidValue):
            draft(assist_case=wrong)


@pytest.mark.parametrize("field", ["client", "employer", "contract", "sessions", "goal", "referral"])
def test_the_form_is_whole_before_it_is_submitted(field: str) -> None:
    """XS-02: every field of the form is required to submit, and none of them to draft."""
    one = Journey()
    missing: dict[str, Any] = {field: None}
    one.do(draft(**missing), CONSULTANT)
    verdict = one.can(submit(), CONSULTANT)
    assert "form_complete" in verdict.codes
    assert next(each for each in verdict.reasons if each.code == "form_complete").fields == (field,)
    one.do(draft(), CONSULTANT)
    assert one.can(submit(), CONSULTANT).permitted


def test_the_lists_belong_to_the_contract() -> None:
    """XS-02: a goal and a referral come from the contract's lists."""
    one = Journey()
    assert one.can(draft(goal="crisis_stabilisation", referral="gp_mental_health_plan"), CONSULTANT).permitted
    assert one.refused(draft(goal="world_peace"), CONSULTANT) == ("form_in_range",)
    assert one.refused(draft(referral="a_friend"), CONSULTANT) == ("form_in_range",)


def test_the_date_of_a_request_is_the_day_of_submission() -> None:
    """XS-02, IN-11: in the contract's zone, late in the evening as well, whatever day UTC has."""
    one = Journey().to("draft")
    one.do(submit(), CONSULTANT, START.replace(hour=23, minute=59))
    assert one.body.submission is not None
    assert one.body.submission.submitted_on == date(2026, 10, 28)
    early = Journey().to("draft")
    early.do(submit(), CONSULTANT, (START + DAY).replace(hour=0, minute=0))
    assert early.body.submission is not None
    assert early.body.submission.submitted_on == date(2026, 10, 29)


def test_a_consultant_or_the_practices_staff_for_one_asks() -> None:
    """XS-02: nobody else files, and a consultant files for nobody else."""
    one = Journey()
    assert one.can(draft(), CONSULTANT).permitted
    assert one.can(draft(consultant="con-1"), STAFF).permitted
    assert one.refused(draft(consultant="con-2"), CONSULTANT) == ("filed_for_a_consultant",)
    for by in (MANAGER, APPROVER, TEAM, SYSTEM):
        assert "role" in one.refused(draft(), by)


def test_the_staff_may_leave_the_consultant_open_until_submission() -> None:
    """XS-02: a draft may be incomplete, in this as in the rest; a submission has its consultant."""
    one = Journey()
    one.do(draft(), STAFF)
    verdict = one.can(submit(), STAFF)
    assert verdict.codes == ("form_complete",)
    assert verdict.reasons[0].fields == ("consultant",)
    one.do(xs.Draft(consultant=Reference("con-1")), STAFF)
    assert one.can(submit(), STAFF).permitted
    assert one.can(submit(), CONSULTANT).permitted


def test_the_practice_or_the_case_team_hands_a_request_over() -> None:
    """XS-02: to another consultant; not by a consultant, not to the present one, nor out of the practice by itself."""
    one = Journey().to("further_details")
    command = xs.Reassign(consultant=Reference("con-2"))
    assert one.can(command, STAFF).permitted
    assert one.can(command, TEAM).permitted
    assert one.refused(command, CONSULTANT) == ("role",)
    assert one.refused(xs.Reassign(consultant=Reference("con-1")), TEAM) == ("another_consultant",)
    away = xs.Reassign(consultant=Reference("con-2"), practice=Reference("pr-2"))
    assert one.refused(away, STAFF) == ("within_the_practice",)
    assert one.can(away, TEAM).permitted


@pytest.mark.parametrize(("sessions", "permitted"), [(1, True), (4, True), (5, False)])
def test_one_request_asks_for_one_to_four_sessions(sessions: int, *, permitted: bool) -> None:
    """XS-03: at once when it is drafted, and again when it is submitted."""
    assert Journey().can(draft(sessions=sessions), CONSULTANT).permitted is permitted
    one = Journey()
    command = draft(sessions=sessions, contract=None)
    steps, one.snapshot = xs.advance(None, command, journeys.context(START, CONSULTANT, None))
    one.trail.extend(steps)
    verdict = one.can(submit(), CONSULTANT)
    assert ("form_still_allowed" in verdict.codes) is not permitted
    with pytest.raises(InvalidValue):
        draft(sessions=0)


@pytest.mark.parametrize(
    ("counted", "pending", "asked", "state"),
    [
        (7, 0, 4, "employer_decision"),
        (8, 0, 4, "further_details"),
        (9, 0, 4, "further_details"),
        (4, 3, 4, "employer_decision"),
        (4, 4, 4, "further_details"),
        (11, 0, 1, "further_details"),
        (10, 0, 1, "employer_decision"),
    ],
)
def test_a_review_comes_first_from_twelve_on(counted: int, pending: int, asked: int, state: str) -> None:
    """XS-04, XS-05, IN-06: eleven go straight to the employer; twelve and thirteen are reviewed; pending ones count."""
    one = Journey(case=CaseTotals(pending=pending))
    one.do(draft(sessions=asked), CONSULTANT)
    one.do(xs.Submit(tally=xs.Tally(completed=counted - 2, scheduled=1, remaining=1)), CONSULTANT)
    assert one.body.submission is not None
    assert one.body.submission.total == counted + pending + asked
    assert one.stands.state == state


def test_a_tally_with_other_dates_is_refused() -> None:
    """XS-04, IN-06: the caller counts the window that is stated, or says no dates."""
    window = xs.tally_window(STANDARD, date(2026, 10, 28))
    one = Journey().to("draft")
    for since, until, permitted in (
        (window.since, window.until, True),
        (None, None, True),
        (window.since - DAY, window.until, False),
        (window.since, window.until - DAY, False),
    ):
        tally = attrs.evolve(SMALL, since=since, until=until)
        assert one.can(submit(tally), CONSULTANT).permitted is permitted


def test_below_the_threshold_the_request_is_the_employers_at_once() -> None:
    """XS-05: no clinical manager has a say in it."""
    one = Journey().to("employer_decision")
    assert one.triggers == ["draft", "submit", "forward"]
    assert one.refused(xs.Support(), MANAGER) == ("not_in_state",)


def test_the_employer_is_shown_nothing_that_identifies_the_client() -> None:
    """XS-06, CR-05: the view has no field for client, consultant or case, and its reference is of this request alone."""
    one = Journey().to("employer_decision")
    view = employer_view(one.stands, STANDARD)
    assert view is not None
    shown = attrs.asdict(view)
    for hidden in ("cl-88", "con-1", "XS-0001", "ASST-104233", "consent-1"):
        assert hidden not in shown.values()
    assert {"client", "consultant"}.isdisjoint(attrs.fields_dict(EmployerView))
    assert (view.sessions, view.goal, view.assist_case) == (4, "return_to_work", None)
    other = employer_view(attrs.evolve(one.stands, request="XS-0002"), STANDARD)
    assert other is not None
    assert other.reference != view.reference
    assert employer_view(Journey().to("clinical_review").stands, STANDARD) is None


def test_a_standard_request_is_decided_within_seven_working_days() -> None:
    """XS-07: the employer's limit is seven working days from submission; a late decision stands (IN-04)."""
    one = Journey().to("employer_decision")
    assert due(one, "employer_decision") == VIC.add(date(2026, 10, 28), 7) == date(2026, 11, 9)
    late = [step.trigger for step in one.do(xs.Approve(), APPROVER, START + 60 * DAY)]
    assert late == ["overdue", "approve"]


def test_the_outcome_is_due_with_the_consultant_within_eight() -> None:
    """XS-08, IN-05: a decision on the seventh working day leaves one for the relay; the clock relays it at once."""
    one = Journey(journeys.TOLD_BY_THE_TEAM).to("employer_decision")
    last_day = due(one, "employer_decision")
    one.do(xs.Approve(), APPROVER, START.replace(year=last_day.year, month=last_day.month, day=last_day.day))
    assert due(one, "relay") == VIC.add(date(2026, 10, 28), 8)
    assert one.can(xs.Relay(), TEAM).permitted
    assert "role" in one.refused(xs.Relay(), CONSULTANT)
    one.do(xs.Relay(), TEAM)
    assert one.refused(xs.Relay(), TEAM) == ("outcome_not_relayed",)
    by_clock = Journey().to("approved")
    assert [step.trigger for step in by_clock.wait(by_clock.now)] == ["relay"]


def test_nobody_schedules_before_the_consultant_has_the_outcome() -> None:
    """XS-09, IN-10: neither while it is pending nor while it is not relayed; the existing allocation stands."""
    for state in ("further_details", "clinical_review", "employer_decision", "approved"):
        assert not may_schedule(Journey().to(state).stands)
    assert may_schedule(Journey().to("draft").stands)
    told = Journey().to("approved")
    told.wait(told.now)
    answer = may_schedule(told.stands)
    assert answer
    assert answer.extra_sessions == 4
    refused = Journey().to("declined")
    refused.wait(refused.now)
    assert may_schedule(refused.stands).extra_sessions == 0


def test_an_enquiry_is_legitimate_once_the_limit_has_passed() -> None:
    """XS-10: on the last day the requestor is asked to wait, and from the next midnight on not."""
    one = Journey().to("employer_decision")
    deadline = one.stands.deadline("whole_path")
    assert deadline is not None
    assert not may_enquire(one.stands, deadline.passes_at - timedelta(seconds=1))
    assert may_enquire(one.stands, deadline.passes_at)


@pytest.mark.parametrize("state", journeys.PATHS)
def test_the_status_can_be_looked_up_at_any_time(state: str) -> None:
    """XS-11: in every state, without anything being due."""
    one = Journey().to(state)
    for at in (one.now, one.now + 30 * DAY):
        answer = status(xs.PROCESS, one.stands, journeys.offices(STANDARD), at)
        assert (answer.state, answer.version) == (state, len(one.trail))


# --- CR: clinical review ----------------------------------------------------------------------------------------------


def test_a_request_that_needs_review_waits_for_further_details() -> None:
    """CR-01, CR-02: it is referred at once, and nobody decides before the questions are answered."""
    one = Journey().to("further_details")
    assert one.triggers[-1] == "refer"
    for command, by in ((xs.Support(), MANAGER), (DECLINE, MANAGER), (xs.Approve(), APPROVER)):
        assert one.refused(command, by) == ("not_in_state",)
    assert one.can(DETAILS, CONSULTANT).permitted


@pytest.mark.parametrize(
    "details",
    [
        {},
        {"rationale": "doc-1", "progress": "doc-2"},
        {"rationale": "doc-1", "progress": "doc-2", "plan": "doc-3", "mood": "doc-4"},
    ],
)
def test_further_details_are_complete_or_refused(details: dict[str, str]) -> None:
    """CR-01, CR-02: every question of the contract, and no other."""
    one = Journey().to("further_details")
    answers = {question: Reference(answer) for question, answer in details.items()}
    assert one.refused(xs.ProvideDetails(details=answers), CONSULTANT) == ("details_complete",)
    assert one.refused(DETAILS, OTHER_CONSULTANT) == ("own_request",)


def test_the_clinical_manager_supports_reduces_or_declines() -> None:
    """CR-03: each of the three, by nobody else; a reduction is by one at least, and leaves one."""
    one = Journey().to("clinical_review")
    for command in (xs.Support(), xs.Reduce(sessions=3), DECLINE):
        assert one.can(command, MANAGER).permitted
        for by in (CONSULTANT, STAFF, APPROVER, TEAM, SYSTEM):
            assert "role" in one.refused(command, by)
    for sessions in (4, 5):
        assert one.refused(xs.Reduce(sessions=sessions), MANAGER) == ("fewer_sessions",)
    with pytest.raises(InvalidValue):
        xs.Reduce(sessions=0)
    assert one.refused(xs.Decline(reason="bad_weather"), MANAGER) == ("reason_listed",)


@pytest.mark.parametrize(
    ("goal", "referral", "permitted"),
    [
        ("ongoing_support", "none_needed", False),
        ("ongoing_support", "private_practice", True),
        ("return_to_work", "none_needed", True),
    ],
)
def test_ongoing_support_needs_a_referral(goal: str, referral: str, *, permitted: bool) -> None:
    """CR-04: it may be submitted without one, but neither supported nor reduced; it can be declined."""
    one = Journey()
    one.do(draft(goal=goal, referral=referral), CONSULTANT)
    one.do(submit(LARGE), CONSULTANT)
    one.do(DETAILS, CONSULTANT)
    for command in (xs.Support(), xs.Reduce(sessions=1)):
        verdict = one.can(command, MANAGER)
        assert verdict.codes == (() if permitted else ("short_term",))
    assert one.can(DECLINE, MANAGER).permitted


def test_a_supported_request_goes_to_the_employer() -> None:
    """CR-05: for payment approval, supported in full or with fewer sessions."""
    for command, sessions in ((xs.Support(), 4), (xs.Reduce(sessions=1), 1)):
        one = Journey().to("clinical_review")
        one.do(command, MANAGER)
        view = employer_view(one.stands, STANDARD)
        assert view is not None
        assert (one.stands.state, view.sessions) == ("employer_decision", sessions)
        assert one.can(xs.Approve(), APPROVER).permitted


def test_the_requestor_is_told_of_a_clinical_decline() -> None:
    """CR-06: the outcome is relayed like any other, once and by nobody else, and nothing is put to the employer."""
    one = Journey().to("declined")
    assert due(one, "relay") == VIC.add(local_day(one.now, MELBOURNE), 1)
    assert [step.trigger for step in one.wait(one.now)] == ["relay"]
    assert "role" in one.refused(xs.Relay(), MANAGER)
    assert one.refused(xs.Relay(), TEAM) == ("outcome_not_relayed",)
    assert employer_view(one.stands, STANDARD) is None


def test_the_clinical_manager_has_five_working_days() -> None:
    """CR-07, IN-02: counted from the day on which the details are complete, not from submission."""
    one = Journey().to("further_details")
    one.do(DETAILS, CONSULTANT, START + 6 * DAY)
    assert due(one, "clinical_review") == VIC.add(date(2026, 11, 3), 5) == date(2026, 11, 10)
    passes_at = one.stands.deadlines[0].passes_at
    assert one.wait(passes_at - timedelta(seconds=1)) == ()
    assert [step.trigger for step in one.wait(passes_at)] == ["overdue"]


def test_the_employer_then_has_seven() -> None:
    """CR-08, IN-02: counted from the day on which the request is put to the employer."""
    one = Journey().to("clinical_review")
    one.do(xs.Support(), MANAGER, START + 2 * DAY)
    assert due(one, "employer_decision") == VIC.add(date(2026, 10, 30), 7) == date(2026, 11, 11)
    assert one.can(DECLINE, APPROVER).permitted
    assert one.refused(xs.Decline(reason="bad_weather"), APPROVER) == ("reason_listed",)


def test_together_they_have_twelve() -> None:
    """CR-09, IN-03: stated when the review starts, unmoved by when the manager answers, and nobody's breach when it passes."""
    one = Journey().to("clinical_review")
    assert due(one, "whole_path") == VIC.add(date(2026, 10, 28), 12) == date(2026, 11, 16)
    one.do(xs.Support(), MANAGER)
    assert due(one, "whole_path") == date(2026, 11, 16)
    assert due(one, "employer_decision") < due(one, "whole_path")
    late = one.do(xs.Approve(), APPROVER, START + 30 * DAY)
    assert [step.limit for step in late if step.trigger == "overdue"] == ["employer_decision"]
    assert set(late[-1].stopped) == {"employer_decision", "whole_path"}


def test_a_new_case_may_be_had_instead() -> None:
    """CR-10: for a new issue, or after twelve months; the requestor is told to check with client services."""
    today = date(2026, 10, 28)
    assert new_case_advice(STANDARD, today=today, new_issue=True).eligible
    assert new_case_advice(STANDARD, today=today, case_opened_on=date(2025, 10, 28)).eligible
    refused = new_case_advice(STANDARD, today=today, case_opened_on=date(2025, 10, 29))
    assert not refused.eligible
    assert refused.after == date(2026, 10, 29)
    assert "client services" in refused.sentence


# --- IN: readings -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("received", "due_on"),
    [
        (START, date(2026, 11, 5)),
        # A Saturday is day 0 like any other day.
        (START + 3 * DAY, date(2026, 11, 9)),
        (START + 2 * DAY, date(2026, 11, 9)),
    ],
)
def test_the_day_of_receipt_is_day_zero(received: Any, due_on: date) -> None:
    """IN-01: working day or not, it does not count; the limit is met on the n-th working day after it, to its end."""
    one = Journey().to("further_details")
    one.do(DETAILS, CONSULTANT, received + 4 * HOUR)
    deadline = one.stands.deadlines[0]
    assert deadline.due_on == due_on
    assert one.can(xs.Support(), MANAGER, deadline.passes_at - timedelta(seconds=1)).permitted
    assert not deadline.has_passed(deadline.passes_at - timedelta(seconds=1))


def test_each_clock_starts_with_its_stage() -> None:
    """IN-02: no clock of the manager while the details are open, none of the employer while the review is."""
    waiting = Journey().to("further_details")
    assert waiting.stands.deadlines == ()
    review = Journey().to("clinical_review")
    assert [line.limit for line in review.stands.deadlines] == ["clinical_review", "whole_path"]


def test_a_limit_that_passes_decides_nothing() -> None:
    """IN-04: the request stays, the breach is a step, a late decision stands; a contract may deem an outcome."""
    one = Journey().to("clinical_review")
    steps = one.wait(START + 90 * DAY)
    assert [step.trigger for step in steps] == ["overdue"]
    assert one.stands.state == "clinical_review"
    assert one.can(xs.Support(), MANAGER).permitted
    deeming = Journey(journeys.DEEMING).to("clinical_review")
    assert [step.trigger for step in deeming.wait(START + 90 * DAY)] == ["overdue", "deem_declined", "relay"]


def test_the_relay_runs_in_a_final_state_for_one_day() -> None:
    """IN-05: one working day after a decision by anyone; once it has been relayed, nothing runs."""
    for tour in ("approved, told late", "declined, told late"):
        one = journeys.TOURS[tour](xs.PROCESS)
        assert one.triggers[-2:] == ["overdue", "relay"]
        assert (one.stands.deadlines, one.stands.clock) == ((), ())
    fresh = Journey(journeys.TOLD_BY_THE_TEAM).to("approved")
    assert due(fresh, "relay") == VIC.add(local_day(fresh.now, MELBOURNE), 1)
    assert [line.limit for line in fresh.stands.deadlines] == ["relay"]


def test_pending_are_the_submitted_and_undecided_of_the_case() -> None:
    """IN-06: from submission to the decision; drafts, and what has ended, do not count; a reduction counts as reduced."""
    counted = {state: xs.PROCESS.index(Journey().to(state).stands).pending for state in journeys.PATHS}
    assert counted == {
        "draft": 0,
        "further_details": 4,
        "clinical_review": 4,
        "employer_decision": 4,
        "approved": 0,
        "declined": 0,
        "withdrawn": 0,
    }
    assert xs.PROCESS.index(journeys.TOURS["reduced"](xs.PROCESS).stands).pending == 2


def test_who_asks_does_not_decide() -> None:
    """IN-07: the reviewer is no requestor, and the approver acts for the request's employer alone."""
    one = Journey().to("clinical_review")
    assert one.can(xs.Support(), MANAGER).permitted
    himself = Actor(role=Role.CLINICAL_MANAGER, id=CONSULTANT.id)
    assert one.refused(xs.Support(), himself) == ("decider_not_requestor",)
    one.do(xs.Support(), MANAGER)
    assert one.can(xs.Approve(), APPROVER).permitted
    assert one.refused(xs.Approve(), OTHER_APPROVER) == ("own_employer",)
    assert one.refused(xs.Withdraw(), OTHER_CONSULTANT) == ("own_request",)


def test_a_request_without_a_decision_can_be_withdrawn() -> None:
    """IN-08: in every state before a decision, and in none after it."""
    for state in journeys.PATHS:
        one = Journey().to(state)
        ended = EXTRA_SESSIONS.state(state).final
        assert one.can(xs.Withdraw(), CONSULTANT).permitted is not ended


def test_an_unanswered_form_lapses_only_where_a_contract_says_so() -> None:
    """IN-08: by default it waits for ever; with a limit it lapses when that passes, and not a moment before."""
    patient = Journey().to("further_details")
    assert patient.wait(START + 1000 * DAY) == ()
    one = Journey(REMINDING).to("further_details")
    passes_at = one.stands.deadlines[0].passes_at
    assert one.can(DETAILS, CONSULTANT, passes_at - timedelta(seconds=1)).permitted
    assert one.refused(DETAILS, CONSULTANT, passes_at) == ("not_in_state",)
    assert one.wait(passes_at)[-1].trigger == "lapse"


def test_the_employer_does_not_change_the_number() -> None:
    """IN-09: there is no reduction for the employer, and an approval has no field for a number; nobody else approves."""
    one = Journey().to("employer_decision")
    assert one.refused(xs.Reduce(sessions=1), APPROVER) == ("not_in_state",)
    assert attrs.fields(xs.Approve) == ()
    assert "role" in one.refused(xs.Approve(), MANAGER)
    one.do(xs.Approve(), APPROVER)
    assert one.body.sessions == 4


def test_what_was_scheduled_before_stands() -> None:
    """IN-10: a pending request stops new sessions only; after a withdrawal the existing allocation counts again."""
    pending = may_schedule(Journey().to("employer_decision").stands)
    assert not pending
    assert "IN-10" in pending.rules
    assert may_schedule(Journey().to("withdrawn").stands).extra_sessions == 0
    assert may_schedule(Journey().to("withdrawn").stands)


def test_a_request_keeps_its_policy_to_the_end() -> None:
    """IN-11: the version of the day of submission; another one, or one that is not in force that day, is refused."""
    old = journeys.contract("old", effective_to=date(2026, 10, 28))
    new = journeys.contract("new", effective_from=date(2026, 10, 29))
    one = Journey(old).to("draft")
    one.do(submit(LARGE), CONSULTANT)
    assert one.body.submission is not None
    assert one.body.submission.policy == old.ref
    later = START + 30 * DAY
    assert xs.can(one.snapshot, DETAILS, journeys.context(later, CONSULTANT, old)).permitted
    assert xs.can(one.snapshot, DETAILS, journeys.context(later, CONSULTANT, new)).codes == ("policy_in_force",)
    drafted = Journey(old).to("draft")
    assert drafted.can(submit(), CONSULTANT, START.replace(hour=23, minute=59)).permitted
    assert drafted.refused(submit(), CONSULTANT, START + DAY) == ("policy_in_force",)
    fresh = journeys.context(START + DAY, CONSULTANT, new)
    assert xs.can(drafted.snapshot, submit(), fresh).permitted


def test_only_a_recorded_decision_extends_a_limit() -> None:
    """IN-12: by the case team, later only, in every stage that has a limit; a recomputation moves nothing."""
    one = Journey().to("clinical_review")
    stated = one.stands.deadlines
    command = xs.ExtendLimit(working_days=2)
    for by in (CONSULTANT, STAFF, MANAGER, APPROVER, SYSTEM):
        assert one.refused(command, by) == ("role",)
    newer = {
        party: attrs.evolve(office, calendar=VIC.with_closures({date(2026, 11, 4): "Proclaimed"}))
        for party, office in journeys.offices(STANDARD).items()
    }
    restated = deadlines.restate(stated[0], journeys.offices(STANDARD), newer)
    assert (restated.was, restated.is_now) == (date(2026, 11, 5), date(2026, 11, 6))
    assert one.stands.deadlines == stated
    one.do(command, TEAM)
    assert [line.due_on for line in one.stands.deadlines] == [VIC.add(line.due_on, 2) for line in stated]
    assert one.trail[-1].command == command
    assert Journey().to("further_details").refused(command, TEAM) == ("limit_runs",)
    # What has passed by then would be stated to nobody's use.
    one.wait(one.now + 60 * DAY)
    assert one.refused(command, TEAM) == ("later_date_ahead",)
    extending = [move for move in EXTRA_SESSIONS.moves if any(isinstance(act, Extend) for act in move.limits)]
    assert {move.who for move in extending} == {(Role.CASE_TEAM,)}


def test_what_is_due_is_made_once_and_first() -> None:
    """IN-13: a late command finds every move of the clock made, each at its own instant, each once."""
    one = Journey(REMINDING).to("clinical_review")
    steps = one.do(xs.Support(), MANAGER, START + 90 * DAY)
    assert [step.trigger for step in steps] == ["remind", "warn", "overdue", "support"]
    assert sorted(step.at for step in steps) == [step.at for step in steps]
    assert one.wait(START + 90 * DAY) == ()


def test_who_supported_a_request_does_not_take_it_over() -> None:
    """IN-07: a request is not reassigned to the clinical manager who supported it."""
    one = Journey().to("clinical_review")
    one.do(xs.Support(), MANAGER)
    refusal = one.can(xs.Reassign(consultant=MANAGER.id), TEAM)
    assert refusal.codes == ("another_consultant",)
    assert one.can(xs.Reassign(consultant="con-77"), TEAM)


def test_who_asked_does_not_approve_as_the_employer() -> None:
    """IN-07: an approver who held or filed the request decides nothing about it, though they act for its employer."""
    one = Journey().to("employer_decision")
    requestor = attrs.evolve(APPROVER, id=one.body.holder.requestors[0])
    for command in (xs.Approve(), journeys.DECLINE):
        assert one.can(command, requestor).codes == ("decider_not_requestor",)
        assert one.can(command, APPROVER)
