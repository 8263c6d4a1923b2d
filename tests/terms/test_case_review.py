"""What a contract says of case reviews: the standard one as the source has it, others within what is allowed."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import attrs
import pytest

from eap_workflow.errors import PolicyError
from eap_workflow.policy import STANDARD
from eap_workflow.policy_checks import Check
from eap_workflow.policy_file import read_policies
from eap_workflow.states import CASE_REVIEW
from eap_workflow.terms import Term
from eap_workflow.terms.case_review import CaseReviewTerms
from eap_workflow.terms.limits import TimeTerms


def test_the_standard_contract_is_as_the_source_has_it() -> None:
    """CM-02, CM-03: five kinds are reviewed, and a participant moves on to one of three; the source sets no limit."""
    terms = STANDARD.case_review
    assert terms.reviewed_kinds == ("couples", "families", "minors", "transitional_support", "assessment_only")
    assert terms.other_kinds == ("individual",)
    assert terms.destinations == ("insurance", "private_pay", "ongoing_resources")
    assert (terms.own_steps, terms.terms) == ((), {})
    assert terms.source == "Partner policy: case management, September 2020"


@pytest.mark.parametrize(
    "key",
    ["source", "reviewed_kinds", "other_kinds", "destinations", "resources", "actions", "discontinued", "own_steps"],
)
@pytest.mark.parametrize("wrong", [None, 1, ("Not a name",), ("twice", "twice")])
def test_what_is_no_list_of_names_is_refused(key: str, wrong: object) -> None:
    """CM-02, CM-03, CM-07, CM-10: each list has different names in lower case, and the refusal names the key."""
    given: dict[str, Any] = {key: wrong}
    with pytest.raises(PolicyError) as caught:
        CaseReviewTerms(**given)
    assert caught.value.field == key


@pytest.mark.parametrize("key", ["reviewed_kinds", "destinations", "resources", "actions", "discontinued"])
def test_a_list_that_is_chosen_from_has_something_to_choose(key: str) -> None:
    """CM-02, CM-03, CM-10: an empty one would be a state that nobody could leave."""
    given: dict[str, Any] = {key: ()}
    with pytest.raises(PolicyError) as caught:
        CaseReviewTerms(**given)
    assert caught.value.field == key


def test_a_contract_may_have_every_kind_reviewed() -> None:
    """CM-02: then there are no other kinds."""
    terms = CaseReviewTerms(reviewed_kinds=("couples", "individual"), other_kinds=())
    assert terms.other_kinds == ()


def test_a_kind_is_reviewed_or_it_is_not() -> None:
    """CM-02: a kind on both lists would leave open which."""
    with pytest.raises(PolicyError, match="other_kinds: couples is one of reviewed_kinds too"):
        CaseReviewTerms(other_kinds=("individual", "couples"))


@pytest.mark.parametrize("key", ["review", "case_notes", "notes_review"])
def test_a_limit_that_is_set_is_counted(key: str) -> None:
    """CM-02, CM-10: it is there by the name of the table's limit, and the others are not; what is no limit is refused."""
    given: dict[str, Any] = {key: TimeTerms(working_days=5, remind_before=2)}
    terms = CaseReviewTerms(**given)
    assert terms.terms == {key: Term(working_days=5, remind_before=2)}
    wrong: dict[str, Any] = {key: 5}
    with pytest.raises(PolicyError) as caught:
        CaseReviewTerms(**wrong)
    assert caught.value.field == key


def test_every_limit_of_the_table_may_be_set() -> None:
    """CM-02, CM-10: the policy has a key for each, and no other."""
    limits = {limit.name for limit in CASE_REVIEW.limits}
    given: dict[str, Any] = dict.fromkeys(limits, TimeTerms(elapsed_hours=48))
    assert CaseReviewTerms(**given).terms.keys() == limits
    assert all(limit.optional for limit in CASE_REVIEW.limits)


def test_the_terms_are_computed_once() -> None:
    """Limits are counted once a day for one object, so the same contract gives the same one."""
    terms = CaseReviewTerms(review=TimeTerms(working_days=5))
    assert terms.terms is terms.terms


WRITTEN = """
[[policy]]
contract = "harbour"
version = "2026-07"
source = "Harbour agreement, schedule 4"
effective_from = 2026-07-01

[policy.case_review]
own_steps = ["inform_contact", "send_survey"]

[policy.case_review.review]
working_days = 5
remind_before = 2

[policy.case_review.notes_review]
elapsed_hours = 48
"""


def test_a_file_says_where_a_contract_differs() -> None:
    """CM-07: lists and limits are read from TOML, and the rest is the standard contract's."""
    terms = read_policies(WRITTEN).versions("harbour")[0].case_review
    assert terms.own_steps == ("inform_contact", "send_survey")
    assert terms.terms == {"review": Term(working_days=5, remind_before=2), "notes_review": Term(elapsed_hours=48)}
    assert terms.reviewed_kinds == STANDARD.case_review.reviewed_kinds


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ("own_steps = []\nown_step = []", "policy[1].case_review.own_step"),
        ('actions = "tell_wpo"', "policy[1].case_review.actions"),
        ("[policy.case_review.review]\nworking_days = 0", "policy[1].case_review.review.working_days"),
        ("[policy.case_review.review]\ndays = 5", "policy[1].case_review.review.days"),
    ],
)
def test_a_slip_in_a_file_is_named_by_its_path(written: str, path: str) -> None:
    """Whoever edits a contract finds it without us."""
    head = WRITTEN.partition("own_steps")[0]
    with pytest.raises(PolicyError) as caught:
        read_policies(head + written)
    assert caught.value.field.endswith(path)


def test_every_key_says_what_is_allowed_and_what_it_is_for() -> None:
    """The reference of the policy file is made from these words."""
    for attribute in attrs.fields(CaseReviewTerms):
        assert isinstance(attribute.validator, Check)
        assert f"\n    {attribute.name}: " in inspect.cleandoc(CaseReviewTerms.__doc__ or "")


@pytest.mark.parametrize(
    "changed",
    [
        lambda terms: attrs.evolve(terms, own_steps=("send_survey",)),
        lambda terms: attrs.evolve(terms, review=TimeTerms(working_days=5)),
    ],
)
def test_terms_are_values(changed: Callable[[CaseReviewTerms], CaseReviewTerms]) -> None:
    """The same lists and limits are the same terms, and hash alike; others are others."""
    terms = CaseReviewTerms()
    assert terms == CaseReviewTerms()
    assert hash(terms) == hash(CaseReviewTerms())
    assert changed(terms) != terms
    assert changed(terms) == changed(CaseReviewTerms())
