"""How each step changes the request's own part of a snapshot."""

from __future__ import annotations

from eap_workflow.policy import STANDARD
from eap_workflow.process import CaseTotals
from eap_workflow.states import EXTRA_SESSIONS
from eap_workflow.values import SYSTEM
from eap_workflow.workflows import extra_sessions as xs
from eap_workflow.workflows.extra_sessions.request import CHANGES, FIELDS, REQUIRED
from tests import journeys
from tests.journeys import APPROVER, CONSULTANT, DAY, IN_ADVANCE, LARGE, MANAGER, SMALL, STAFF, TEAM, Journey


def test_a_draft_fills_in_and_a_revision_keeps_the_rest() -> None:
    """XS-02: what a revision leaves out stays as it was."""
    one = Journey()
    one.do(xs.Draft(client="cl-1", sessions=2), CONSULTANT)
    assert (one.body.form.client, one.body.form.sessions, one.body.form.goal) == ("cl-1", 2, None)
    one.do(xs.Draft(sessions=3, goal="return_to_work"), CONSULTANT)
    form = one.body.form
    assert (form.client, form.sessions, form.goal) == ("cl-1", 3, "return_to_work")
    assert one.body.sessions == 3
    assert set(REQUIRED) <= set(FIELDS)


def test_the_holder_is_the_consultant_whoever_files() -> None:
    """XS-02, IN-07: the practice's staff files for a consultant, and both are remembered as requestors."""
    one = Journey()
    one.do(journeys.draft(consultant="con-1"), STAFF)
    holder = one.body.holder
    assert (holder.consultant, holder.practice, holder.requestors[0]) == ("con-1", "pr-1", "desk-1")
    assert set(holder.requestors) == {"con-1", "desk-1"}
    one.do(xs.Reassign(consultant="con-2", practice="pr-2"), TEAM)
    holder = one.body.holder
    assert (holder.consultant, holder.practice, holder.requestors[0]) == ("con-2", "pr-2", "desk-1")
    assert set(holder.requestors) == {"con-1", "desk-1", "con-2"}


def test_the_sessions_are_those_asked_for_then_supported_then_approved() -> None:
    """CR-03, IN-09: a reduction changes the number, an approval does not."""
    one = Journey().to("clinical_review")
    assert one.body.sessions == 4
    one.do(xs.Reduce(sessions=2), MANAGER)
    assert (one.body.sessions, one.body.form.sessions) == (2, 4)
    one.do(xs.Approve(), APPROVER)
    assert one.body.sessions == 2


def test_what_was_put_to_the_employer_and_when_is_kept() -> None:
    """CR-05, IN-02: by forwarding, by support and by a reduction; never before."""
    assert Journey().to("clinical_review").body.put_to_employer_at is None
    assert Journey().to("employer_decision").body.put_to_employer_at == journeys.START + 2 * journeys.HOUR
    for decision in (xs.Support(), xs.Reduce(sessions=1)):
        one = Journey().to("clinical_review")
        one.do(decision, MANAGER)
        assert one.body.put_to_employer_at == one.now


def test_a_decision_says_what_where_when_by_whom_and_why() -> None:
    """CR-06, CR-08: the stage tells a clinical decline from the employer's."""
    one = Journey().to("declined")
    decision = one.body.decision
    assert decision is not None
    assert (decision.outcome, decision.trigger, decision.stage) == ("declined", "decline", "clinical_review")
    assert (decision.at, decision.by, decision.reason) == (one.now, MANAGER, "not_short_term")
    deemed = journeys.TOURS["deemed approved"](xs.PROCESS).body.decision
    assert deemed is not None
    assert (deemed.trigger, deemed.by, deemed.reason) == ("deem_approved", SYSTEM, None)


def test_the_relay_is_kept_with_its_instant() -> None:
    """XS-08: when the consultant was told."""
    one = Journey().to("approved")
    assert one.body.relayed_at is None
    decided = one.now
    one.wait(one.now + DAY)
    assert one.body.relayed_at == decided


def test_the_details_are_kept_as_they_were_given() -> None:
    """CR-01: where each answer is, by question."""
    one = Journey().to("clinical_review")
    assert one.body.details == {"rationale": "doc-1", "progress": "doc-2", "plan": "doc-3"}


def test_every_change_belongs_to_a_trigger_of_the_table() -> None:
    """Nothing changes a request that is no row."""
    assert CHANGES.keys() <= set(EXTRA_SESSIONS.triggers)


def test_what_others_count_is_indexed() -> None:
    """IN-06: sessions count as pending from submission to decision; in advance from then on; a draft never."""
    index = xs.PROCESS.index
    assert index(Journey().to("draft").stands).pending == 0
    for state in ("further_details", "clinical_review", "employer_decision"):
        of_case = index(Journey().to(state).stands)
        assert (of_case.pending, of_case.approved_in_advance) == (4, 0)
        assert (of_case.contract, of_case.assist_case, of_case.employer) == ("standard", "ASST-104233", "emp-1")
        assert of_case.policy == STANDARD.ref
    reduced = journeys.TOURS["reduced"](xs.PROCESS)
    assert index(reduced.stands).pending == 2
    for state in ("approved", "declined", "withdrawn"):
        assert index(Journey().to(state).stands).pending == 0
    one = Journey(IN_ADVANCE, case=CaseTotals(approved_in_advance=2)).to("draft")
    one.do(journeys.submit(SMALL), CONSULTANT)
    in_advance = index(one.stands)
    assert (one.stands.state, in_advance.pending, in_advance.approved_in_advance) == ("approved", 0, 4)


def test_the_total_is_what_was_counted_pending_and_asked_for() -> None:
    """XS-04: completed + upcoming + remaining + pending + this request."""
    one = Journey(case=CaseTotals(pending=3)).to("draft")
    one.do(journeys.submit(LARGE), CONSULTANT)
    submission = one.body.submission
    assert submission is not None
    assert (submission.pending, submission.total) == (3, 6 + 1 + 1 + 3 + 4)
