"""What every store has to do with the requests of several workflows, which it keeps together and tells apart."""

from __future__ import annotations

import pytest

from eap_workflow.errors import InvalidValue
from eap_workflow.store import Store, Wanted
from eap_workflow.testing import lines
from eap_workflow.testing.acts import KEPT, assert_whole, handle, read, service, unchanged
from eap_workflow.testing.lines import DAY, FAR, Line
from eap_workflow.verification import verify

MANY = 100
PARTNER = {"role": "partner_clinician", "id": "pc-1", "practice": "partner-1"}
THERAPIST = {"role": "therapist", "id": "th-1"}
TEAM = {"role": "case_team", "id": "ct-1"}


def contact(request: str, hours: float = 0) -> Line:
    """A clinician is asked to call back: the first attempt is due within one working day."""
    own = {"contract": "standard", "partner": "partner-1", "reason": "clinical_call_back"}
    own |= {"with_whom": "participant", "person": "part-1", "workflow": "outreach"}
    return lines.line("open_contact", request, hours, TEAM, **own)


def attempt(request: str, hours: float) -> Line:
    """An attempt in vain, with a message."""
    own: Line = {"channel": "telephone", "result": "no_answer", "message": "voicemail", "asks_to_call_back": True}
    return lines.line("attempt", request, hours, PARTNER, workflow="outreach", **own)


def case(request: str, hours: float = 0) -> Line:
    """A couple's case is opened."""
    own: Line = {"contract": "standard", "partner": "partner-1", "case": "case-1", "participant": "part-1"}
    own |= {"referral": "self_referral", "kind": "couples", "benefit_sessions": 6, "therapist": "th-1"}
    return lines.line("open_case", request, hours, TEAM, workflow="case_review", **own)


def cancellation(request: str, hours: float = 0, *, absence: str | None = None) -> Line:
    """A therapist calls a session of the next month off."""
    own = {"contract": "standard", "session": f"ses-{request}", "session_at": lines.at(hours + 30 * DAY)}
    own |= {"client": "cl-1", "therapist": "th-1", "reason": "illness", "preferred_method": "telephone"}
    given = {} if absence is None else {"absence": absence}
    return lines.line("cancel", request, hours, THERAPIST, workflow="session_cancellation", **own, **given)


def one_of_each() -> list[Line]:
    """A request of every workflow."""
    return [*lines.filed("XS-1"), case("CR-1", 2), contact("OC-1", 3), attempt("OC-1", 4), cancellation("SC-1", 5)]


class SeveralWorkflowsContract:
    """The tests of a store in which requests of several workflows lie side by side."""

    def test_requests_of_several_workflows_lie_side_by_side(self, store: Store) -> None:
        """Each is read back as what it is, and its trail is its own workflow's."""
        acting = service(store)
        receipts = handle(acting, one_of_each())
        last = {each.snapshot.request: each.snapshot for each in receipts}
        assert {each.request: each for each in acting.snapshots()} == last
        assert {each.workflow for each in last.values()} == set(KEPT.names)
        for request, snapshot in last.items():
            assert {step.workflow for step in acting.trail(request)} == {snapshot.workflow}
        assert assert_whole(store) == len(KEPT.names)
        assert [step.workflow for _, step in acting.feed()] == [
            step.workflow for each in receipts for step in each.steps
        ]
        assert list(verify(store)) == []

    def test_a_page_is_of_one_workflow_or_of_all(self, store: Store) -> None:
        """By workflow, by turn and by what requests share; a state's name may be that of several workflows."""
        acting = service(store)
        handle(
            acting, one_of_each(), cancellation("SC-2", 6, absence="abs-1"), cancellation("SC-3", 6, absence="abs-1")
        )

        def found(wanted: Wanted) -> list[str]:
            return [each.request for each in acting.page(wanted, most=MANY)]

        assert found(Wanted(workflow="session_cancellation")) == ["SC-1", "SC-2", "SC-3"]
        assert found(Wanted(workflow="outreach", state="attempting")) == ["OC-1"]
        assert found(Wanted(workflow="outreach", state="escalated")) == []
        assert found(Wanted(turn="therapist")) == ["CR-1", "SC-1", "SC-2", "SC-3"]
        assert found(Wanted(turn="therapist", workflow="case_review")) == ["CR-1"]
        assert found(Wanted(assist_case="abs-1")) == ["SC-2", "SC-3"]
        assert found(Wanted(turn="clinical_manager")) == []

    def test_the_clock_moves_each_by_its_own_table(self, store: Store) -> None:
        """What is due is made for all of them, in order, and each limit is its own workflow's."""
        acting = service(store)
        handle(acting, lines.filed("XS-1"), contact("OC-1", 2))
        assert acting.tick(FAR).moves == 2
        assert [each.request for each in acting.overdue(FAR)] == ["OC-1", "XS-1"]
        assert [(step.trigger, step.limit) for step in acting.trail("OC-1")][1:] == [("overdue", "first_attempt")]
        assert acting.status(acting.snapshot("OC-1"), FAR).workflow == "outreach"

    def test_a_command_of_another_workflow_leaves_no_trace(self, store: Store) -> None:
        """A request is what it was opened as: what belongs to another workflow is refused by name."""
        acting = service(store)
        handle(acting, one_of_each())
        with unchanged(store):
            for wrong in (attempt("XS-1", 9), attempt("CR-1", 9), lines.line("withdraw", "OC-1", 9)):
                with pytest.raises(InvalidValue, match="workflow: this request is of another workflow"):
                    acting.handle(read(wrong))
