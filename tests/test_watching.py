"""What is watched is seen, and watching changes nothing."""

from __future__ import annotations

import attrs
import pytest

from eap_workflow.policy import STANDARD
from eap_workflow.rules import How, Kind, Sight
from eap_workflow.views.permissions import may_schedule
from eap_workflow.workflows import extra_sessions as xs
from tests.journeys import APPROVER, CONSULTANT, DAY, MANAGER, NEVER_REVIEWED, START, Journey, draft, submit
from tests.small_table import PREDICATES, small
from tests.watching import values_of_keys, watch_what_is_imported, watching

XS = "extra_sessions"


@pytest.fixture(autouse=True, scope="module")
def watched() -> None:
    """What has been imported by now can be watched, as under `make test`."""
    watch_what_is_imported()


def test_a_row_that_permits_is_seen_with_its_guards() -> None:
    """Under the rules of each; what came before is not."""
    one = Journey().to("employer_decision")
    with watching() as seen:
        one.do(xs.Approve(), APPROVER)
    rows = {rule for rule, sight in seen if sight == Sight(Kind.ROW, "approve", How.PERMITTED, XS)}
    assert rows == {"XS-07", "CR-08", "IN-04", "IN-05", "IN-09"}
    assert ("IN-07", Sight(Kind.GUARD, "own_employer", How.PERMITTED, XS)) in seen
    assert ("XS-07", Sight(Kind.LIMIT, "employer_decision", How.KEPT, XS)) in seen
    assert ("XS-08", Sight(Kind.LIMIT, "relay", How.STATED, XS)) in seen
    assert not [sight for _, sight in seen if sight.how is How.REFUSED]


def test_a_guard_that_refuses_is_seen_alone() -> None:
    """The rules that other guards of the table ask for are not shown by it."""
    one = Journey()
    one.do(draft(goal=None), CONSULTANT)
    with watching() as seen:
        assert one.refused(submit(), CONSULTANT) == ("form_complete",)
    refused = {(rule, sight.kind, sight.name) for rule, sight in seen if sight.how is How.REFUSED}
    assert refused == {(rule, Kind.GUARD, "form_complete") for rule in ("XS-01", "XS-02")}


def test_a_role_is_refused_whatever_the_row_serves() -> None:
    """So is a command in a state in which it has no row, by the rules that rows alone ask for."""
    one = Journey().to("employer_decision")
    with watching() as seen:
        one.refused(xs.Approve(), MANAGER)
    assert {rule for rule, sight in seen if sight.how is How.REFUSED and sight.kind is Kind.ROW} == {
        "XS-07", "CR-08", "IN-04", "IN-05", "IN-09"
    }  # fmt: skip
    with watching() as seen:
        assert Journey().to("clinical_review").refused(xs.Approve(), APPROVER) == ("not_in_state",)
    assert ("IN-09", Sight(Kind.ROW, "approve", How.REFUSED, XS)) in seen
    assert ("IN-04", Sight(Kind.ROW, "approve", How.REFUSED, XS)) not in seen


def test_a_limit_that_passes_is_seen() -> None:
    """By the step that records it; one that is stopped in time is kept."""
    one = Journey().to("employer_decision")
    with watching() as seen:
        one.wait(START + 30 * DAY)
    assert ("XS-07", Sight(Kind.LIMIT, "employer_decision", How.PASSED, XS)) in seen
    assert ("XS-07", Sight(Kind.LIMIT, "employer_decision", How.KEPT, XS)) not in seen


def test_another_reading_is_seen_where_something_is_decided() -> None:
    """A key that is as the standard contract has it is not."""
    with watching() as seen:
        Journey(NEVER_REVIEWED).do(draft(NEVER_REVIEWED), CONSULTANT)
    keys = {sight.name for _, sight in seen if sight.kind is Kind.KEY and sight.workflow == XS}
    assert keys == {"review.when"}
    others = attrs.evolve(STANDARD, parties=attrs.evolve(STANDARD.parties, employer=attrs.evolve(
        STANDARD.parties.employer, reading="next_working_day"
    )))  # fmt: skip
    assert values_of_keys(others)["parties.*.reading"] == ["day_of_receipt", "next_working_day"]


def test_an_answer_is_seen_with_what_it_says() -> None:
    """Yes and no, of a function that was imported before anybody watched."""
    with watching() as seen:
        assert may_schedule(Journey().to("withdrawn").stands)
    assert {sight.how for rule, sight in seen if sight.name.endswith("may_schedule") and rule == "XS-09"} == {
        How.ANSWERED
    }
    with watching() as seen:
        assert not may_schedule(Journey().to("employer_decision").stands)
    assert {sight.how for rule, sight in seen if sight.name.endswith("may_schedule") and rule == "XS-09"} == {
        How.DENIED
    }


def test_a_made_up_table_shows_no_rule() -> None:
    """Its ids are its own."""
    with watching() as seen:
        table = small().bind(PREDICATES)
        assert all(row.move for _, row in table.rows)
        table.verdict(None, xs.Approve(), Journey().context(APPROVER))
    assert seen == set()


def test_nothing_is_seen_afterwards() -> None:
    """And what is watched within another is seen there alone."""
    with watching() as outer:
        with watching() as inner:
            Journey().do(draft(), CONSULTANT)
        assert inner
        assert not outer
        Journey().do(draft(), CONSULTANT)
    before = set(outer)
    Journey().to("employer_decision")
    assert outer == before
