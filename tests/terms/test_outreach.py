"""What a contract says of outreach: by reason, how many attempts are owed and by when."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from eap_workflow.errors import PolicyError
from eap_workflow.plain.frozen_map import FrozenMap
from eap_workflow.policy import STANDARD, OutreachTerms, Policy, ReasonTerms, TimeTerms
from eap_workflow.policy_file import read_policies
from eap_workflow.states import OUTREACH
from eap_workflow.terms import Term
from eap_workflow.terms.outreach import WHEN_PASSED, ContactReason

HEAD = """
[[policy]]
contract = "harbour"
version = "2026-07"
source = "Harbour agreement"
effective_from = 2026-07-01
"""


def read(text: str) -> Policy:
    """The one policy of a file that begins as every file does."""
    return read_policies(HEAD + text).policies[0]


@pytest.mark.parametrize(
    ("reason", "attempts", "limits"),
    [
        ("clinical_call_back", 2, {"first_attempt": (1, None)}),
        ("email_received", 2, dict.fromkeys(("acknowledgement", "first_attempt", "contact"), (None, 24))),
        ("check_in", 1, {}),
        ("provider_enquiry", 2, {"first_attempt": (1, None)}),
        ("participant_query", 2, {}),
        ("general", 2, {}),
        ("after_complaint", 3, {}),
    ],
)
def test_the_standard_contract_has_the_numbers_of_the_source(
    reason: ContactReason, attempts: int, limits: dict[str, tuple[int | None, int | None]]
) -> None:
    """CM-04, CM-05, CM-08, CM-09, CM-12, CM-14, CM-16: working days or elapsed hours, and nothing where none is set."""
    terms = STANDARD.outreach.reasons[reason]
    assert terms.attempts == attempts
    assert {name: (term.working_days, term.elapsed_hours) for name, term in terms.terms.items()} == limits


def test_every_reason_has_its_terms() -> None:
    """The reasons that a contact may have are those that a contract has terms for, in the same order."""
    assert tuple(STANDARD.outreach.reasons) == get_args(ContactReason)


def test_the_limits_are_those_of_the_table() -> None:
    """Each limit of the table can be set, and what the clock does when it passes is a row of it."""
    assert WHEN_PASSED.keys() == {limit.name for limit in OUTREACH.limits}
    rows = {(move.source, move.trigger) for move in OUTREACH.moves}
    for name, triggers in WHEN_PASSED.items():
        running = [state.name for state in OUTREACH.states if name in state.limits and not state.passing]
        assert {(state, trigger) for state in running for trigger in triggers} <= rows


def test_wpo_is_told_when_the_limit_to_reach_somebody_has_passed() -> None:
    """CM-05: and of no other limit."""
    terms = STANDARD.outreach.email_received.terms
    told = {name for name, term in terms.items() if "tell_wpo" in term.when_passed}
    assert told == {"contact"}
    assert all(term.when_passed[0] == "overdue" for term in terms.values())


def test_the_terms_of_a_reason_are_one_object() -> None:
    """So that a limit is counted once a day, however many contacts start it."""
    terms = STANDARD.outreach
    assert terms.reasons is terms.reasons
    assert terms.reasons["general"].terms is terms.general.terms
    assert ReasonTerms().terms == FrozenMap()


def test_a_file_sets_a_limit_in_days_or_in_hours() -> None:
    """CM-16: a query of a participant has a limit where the contract sets one, with a nudge ahead of it."""
    policy = read("[policy.outreach.participant_query.first_attempt]\nworking_days = 2\nwarn_before = 1\n")
    assert policy.outreach.participant_query.terms == {"first_attempt": Term(working_days=2, warn_before=1)}
    policy = read("[policy.outreach.general.contact]\nelapsed_hours = 48\nremind_before = 12\n")
    expected = Term(elapsed_hours=48, remind_before=12, when_passed=("overdue", "tell_wpo"))
    assert policy.outreach.general.terms == {"contact": expected}


def test_what_a_file_leaves_out_of_a_reason_stays_as_it_was() -> None:
    """CM-08, CM-14: one limit more takes no attempt away, and one attempt more takes no limit away."""
    policy = read(
        "[policy.outreach.after_complaint.contact]\nworking_days = 3\n[policy.outreach.email_received]\nattempts = 4\n"
    )
    assert policy.outreach.after_complaint.attempts == 3
    assert policy.outreach.check_in.attempts == 1
    assert policy.outreach.email_received.attempts == 4
    assert policy.outreach.email_received.terms == STANDARD.outreach.email_received.terms


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"many_attempts": 1}, "many_attempts"),
        ({"many_within_days": 0}, "many_within_days"),
        ({"clinical_reasons": ()}, "clinical_reasons"),
        ({"escalations": ()}, "escalations"),
        ({"agreements": ("Call again",)}, "agreements"),
        ({"check_in": 1}, "check_in"),
        ({"source": ""}, "source"),
    ],
)
def test_what_a_contract_may_not_say_is_refused(given: dict[str, Any], field: str) -> None:
    """A list is never empty, so that an escalation is possible under every contract; many are two at least."""
    with pytest.raises(PolicyError) as caught:
        OutreachTerms(**given)
    assert caught.value.field == field


@pytest.mark.parametrize("attempts", [0, 21, True, "2"])
def test_a_reason_is_owed_one_attempt_at_least(attempts: Any) -> None:
    """CM-12: a whole number from 1 to 20."""
    with pytest.raises(PolicyError):
        ReasonTerms(attempts=attempts)


def test_a_limit_is_in_days_or_in_hours_and_not_in_both() -> None:
    """One of the two."""
    assert ReasonTerms(first_attempt=TimeTerms(elapsed_hours=4)).terms["first_attempt"].elapsed_hours == 4
    with pytest.raises(PolicyError):
        TimeTerms(working_days=1, elapsed_hours=24)
