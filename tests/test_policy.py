"""The values of a policy: what the standard contract says, which readings there are, what is refused and how."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, get_args

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow import local_time
from eap_workflow.calendar import Reading
from eap_workflow.errors import EapWorkflowError, PolicyError
from eap_workflow.policy import (
    STANDARD,
    EmployerViewTerms,
    Limits,
    LimitTerms,
    Parties,
    PartyTerms,
    Policy,
    PolicyRef,
    RequestTerms,
    ReviewTerms,
)
from eap_workflow.policy_checks import Check, optionally, whole
from eap_workflow.terms import Term
from eap_workflow.terms.extra_sessions import (
    WHEN_PASSED,
    LimitName,
    RelayedBy,
    RequestFrom,
    RequestUntil,
    ReviewWhen,
    WhenPassed,
    Window,
)

TERMS = (RequestTerms, ReviewTerms, LimitTerms, Limits, PartyTerms, Parties, EmployerViewTerms, Policy, PolicyRef)


def policy(**changes: Any) -> Policy:
    """Make a policy that is fine but for the changes."""
    given: dict[str, Any] = {
        "contract": "harbour",
        "version": "2026-07",
        "source": "Harbour agreement, schedule 3",
        "effective_from": date(2026, 7, 1),
    }
    return Policy(**given | changes)


# --- the standard contract ---------------------------------------------------------------------------------------------


def test_the_standard_contract_has_the_numbers_of_the_sources() -> None:
    """XS-03, XS-04, XS-07, XS-08, CR-07, CR-08, CR-10: the standard contract's numbers are those of the guides."""
    assert STANDARD.ref == PolicyRef(contract="standard", version="1")
    assert STANDARD.effective_from == date(2000, 1, 1)
    assert STANDARD.effective_to is None
    assert STANDARD.requests.sessions_per_request == 4
    assert (STANDARD.review.when, STANDARD.review.threshold) == ("at_threshold", 12)
    assert STANDARD.limits.clinical_review.working_days == 5
    assert STANDARD.limits.employer_decision.working_days == 7
    assert STANDARD.limits.relay.working_days == 1
    assert STANDARD.limits.relayed_by == "clock"
    assert STANDARD.requests.new_case_for_new_issue
    assert STANDARD.requests.new_case_after_months == 12


def test_the_standard_contract_reads_what_the_sources_leave_open_as_the_register_says() -> None:
    """IN-01, IN-04, IN-06, IN-08, IN-11, XS-06: every reading of the standard contract is the register's default."""
    for party in (STANDARD.parties.provider, STANDARD.parties.employer):
        assert (party.region, party.calendar_file, party.zone) == ("AU-VIC", None, "Australia/Melbourne")
        assert (party.reading, party.cutoff) == ("day_of_receipt", None)
        assert (dict(party.closures), dict(party.working_days)) == ({}, {})
    assert STANDARD.zone == "Australia/Melbourne"
    assert (STANDARD.review.window, STANDARD.review.window_months) == ("rolling", 12)
    assert STANDARD.limits.further_details is None
    for name in ("clinical_review", "employer_decision", "relay"):
        limit = getattr(STANDARD.limits, name)
        assert (limit.when_passed, limit.remind_before, limit.warn_before) == ("escalate", None, None)
    assert not STANDARD.employer_view.shows_assist_case


def test_the_standard_contract_asks_for_nothing_that_only_some_contracts_ask_for() -> None:
    """XS-02: by default extra sessions are allowed, at any time, without consent, and none is approved in advance."""
    requests = STANDARD.requests
    assert requests.allowed
    assert not requests.consent_required
    assert (requests.request_from, requests.request_until) == ("any", "any")
    assert requests.approved_in_advance == 0


def test_the_lists_of_the_standard_contract_are_the_built_in_ones() -> None:
    """XS-02, CR-01, CR-03: goals, referrals, questions and reasons of the standard contract are as they were settled."""
    requests = STANDARD.requests
    assert requests.goals == (
        "crisis_stabilisation",
        "skills_consolidation",
        "relapse_prevention",
        "return_to_work",
        "ongoing_support",
    )
    assert requests.referrals == (
        "none_needed",
        "gp_mental_health_plan",
        "private_practice",
        "community_service",
        "specialist_service",
    )
    assert requests.details_questions == ("rationale", "progress", "plan")
    assert requests.decline_reasons == (
        "not_short_term",
        "needs_longer_term_support",
        "new_case_instead",
        "not_funded",
    )


def test_ongoing_support_needs_a_referral_other_than_none() -> None:
    """CR-04: by default ongoing support needs one of the referrals, and none_needed is not one that will do."""
    assert STANDARD.requests.ongoing_support == {
        "ongoing_support": ("gp_mental_health_plan", "private_practice", "community_service", "specialist_service")
    }
    own_list = RequestTerms(referrals=("none_needed", "occupational_physician"))
    assert own_list.ongoing_support == {"ongoing_support": ("occupational_physician",)}
    without_the_goal = RequestTerms(goals=("return_to_work",))
    assert without_the_goal.ongoing_support == {}


def test_the_standard_zone_is_known_without_reading_a_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """The standard contract is built at import, and zones are files: only another zone than its own is looked up."""
    looked_up: list[object] = []
    monkeypatch.setattr(local_time, "zone_of", looked_up.append)
    assert policy().zone == "Australia/Melbourne"
    assert looked_up == []
    policy(zone="Australia/Sydney")
    assert looked_up == ["Australia/Sydney"]


# --- readings and choices ----------------------------------------------------------------------------------------------

CHOICES: list[tuple[Any, Callable[[Any], Any]]] = [
    (RequestFrom, lambda word: RequestTerms(request_from=word).request_from),
    (RequestUntil, lambda word: RequestTerms(request_until=word).request_until),
    (ReviewWhen, lambda word: ReviewTerms(when=word).when),
    (Window, lambda word: ReviewTerms(window=word).window),
    (WhenPassed, lambda word: LimitTerms(working_days=5, when_passed=word).when_passed),
    (RelayedBy, lambda word: Limits(relayed_by=word).relayed_by),
    (Reading, lambda word: PartyTerms(reading=word).reading),
]


@pytest.mark.parametrize(("choice", "take"), CHOICES)
def test_every_word_of_a_choice_is_taken(choice: Any, take: Callable[[Any], Any]) -> None:
    """IN-01, IN-04, IN-06: whichever reading a contract chooses, the policy holds it as written."""
    words = get_args(choice)
    assert len(words) >= 2
    assert [take(word) for word in words] == list(words)


@pytest.mark.parametrize(("choice", "take"), CHOICES)
@pytest.mark.parametrize("wrong", ["sometimes", "", "ANY", None, 1, ["any"]])
def test_no_other_word_is_taken(choice: Any, take: Callable[[Any], Any], wrong: object) -> None:
    """What is no word of a choice is refused, and the refusal lists the words."""
    with pytest.raises(PolicyError) as refusal:
        take(wrong)
    assert refusal.value.reason == f"must be one of {', '.join(get_args(choice))}"


@pytest.mark.parametrize("name", get_args(LimitName))
@pytest.mark.parametrize("when_passed", get_args(WhenPassed))
def test_a_limit_carries_only_what_may_happen_when_it_passes(name: LimitName, when_passed: WhenPassed) -> None:
    """IN-04, IN-08: each limit may carry some of the outcomes, and every other is refused by the limit's name."""
    terms = LimitTerms(working_days=5, when_passed=when_passed)
    limits: dict[str, Any] = {name: terms}
    if when_passed in WHEN_PASSED[name]:
        assert getattr(Limits(**limits), name) == terms
        return
    with pytest.raises(PolicyError) as refusal:
        Limits(**limits)
    assert refusal.value.field == f"{name}.when_passed"
    assert all(word in refusal.value.reason for word in WHEN_PASSED[name])


def test_limits_are_given_as_they_are_counted() -> None:
    """Every limit that the contract sets is there by its name, with what the clock does about it; the others are not."""
    limits = Limits(employer_decision=LimitTerms(working_days=9, when_passed="deem_approved"))
    assert limits.terms == {
        "clinical_review": Term(working_days=5),
        "employer_decision": Term(working_days=9, when_passed=("overdue", "deem_approved")),
        "relay": Term(working_days=1, at_start=("relay",)),
    }
    assert Limits(relayed_by="case_team").terms["relay"].at_start == ()
    assert limits.terms is limits.terms


# --- what is refused ---------------------------------------------------------------------------------------------------

REFUSED: list[tuple[str, Callable[[], object]]] = [
    ("contract", lambda: policy(contract="")),
    ("contract", lambda: policy(contract="-harbour")),
    ("contract", lambda: policy(contract="a" * 65)),
    ("contract", lambda: policy(contract="harbour\n")),
    ("version", lambda: policy(version=2026)),
    ("version", lambda: policy(version="July 2026")),
    ("source", lambda: policy(source="")),
    ("source", lambda: policy(source="   ")),
    ("source", lambda: policy(source="two\nlines")),
    ("source", lambda: policy(source="a" * 501)),
    ("effective_from", lambda: policy(effective_from="2026-07-01")),
    ("effective_from", lambda: policy(effective_from=datetime(2026, 7, 1, tzinfo=UTC))),
    ("effective_from", lambda: policy(effective_from=None)),
    ("effective_to", lambda: policy(effective_to=date(2026, 6, 30))),
    ("effective_to", lambda: policy(effective_to=datetime(2027, 1, 1, tzinfo=UTC))),
    ("zone", lambda: policy(zone="Australia/Atlantis")),
    ("zone", lambda: policy(zone="")),
    ("zone", lambda: policy(zone="../etc/passwd")),
    ("zone", lambda: policy(zone=10)),
    ("requests", lambda: policy(requests={"allowed": True})),
    ("review", lambda: policy(review=None)),
    ("limits", lambda: policy(limits=LimitTerms(working_days=5))),
    ("parties", lambda: policy(parties=PartyTerms())),
    ("employer_view", lambda: policy(employer_view=True)),
    ("allowed", lambda: RequestTerms(allowed=1)),  # type: ignore[arg-type]
    ("sessions_per_request", lambda: RequestTerms(sessions_per_request=0)),
    ("sessions_per_request", lambda: RequestTerms(sessions_per_request=101)),
    ("sessions_per_request", lambda: RequestTerms(sessions_per_request=True)),
    ("sessions_per_request", lambda: RequestTerms(sessions_per_request=4.0)),  # type: ignore[arg-type]
    ("consent_required", lambda: RequestTerms(consent_required="yes")),  # type: ignore[arg-type]
    ("approved_in_advance", lambda: RequestTerms(approved_in_advance=-1)),
    ("goals", lambda: RequestTerms(goals=())),
    ("goals", lambda: RequestTerms(goals=("return_to_work", "return_to_work"))),
    ("goals", lambda: RequestTerms(goals=("Return to work",))),
    ("goals", lambda: RequestTerms(goals="return_to_work")),
    ("goals", lambda: RequestTerms(goals=None)),  # type: ignore[arg-type]
    ("goals", lambda: RequestTerms(goals=tuple(f"goal_{number}" for number in range(101)))),
    ("referrals", lambda: RequestTerms(referrals=())),
    ("referrals", lambda: RequestTerms(referrals=("1st",))),
    ("referrals", lambda: RequestTerms(referrals=(["none_needed"],))),  # type: ignore[arg-type]
    ("details_questions", lambda: RequestTerms(details_questions=("plan", "plan"))),
    ("decline_reasons", lambda: RequestTerms(decline_reasons=())),
    ("ongoing_support", lambda: RequestTerms(ongoing_support={"ongoing_support": ()})),
    ("ongoing_support", lambda: RequestTerms(ongoing_support=("ongoing_support",))),  # type: ignore[arg-type]
    ("ongoing_support", lambda: RequestTerms(referrals=("none_needed",))),
    ("ongoing_support.coaching", lambda: RequestTerms(ongoing_support={"coaching": ("private_practice",)})),
    ("ongoing_support.return_to_work", lambda: RequestTerms(ongoing_support={"return_to_work": ("library",)})),
    ("new_case_for_new_issue", lambda: RequestTerms(new_case_for_new_issue=None)),  # type: ignore[arg-type]
    ("new_case_after_months", lambda: RequestTerms(new_case_after_months=0)),
    ("threshold", lambda: ReviewTerms(threshold=0)),
    ("threshold", lambda: ReviewTerms(threshold="12")),  # type: ignore[arg-type]
    ("window_months", lambda: ReviewTerms(window_months=121)),
    ("working_days", lambda: LimitTerms(working_days=0)),
    ("working_days", lambda: LimitTerms(working_days=251)),
    ("working_days", lambda: LimitTerms(working_days=False)),
    ("remind_before", lambda: LimitTerms(working_days=5, remind_before=5)),
    ("remind_before", lambda: LimitTerms(working_days=5, remind_before=0)),
    ("warn_before", lambda: LimitTerms(working_days=5, warn_before=6)),
    ("warn_before", lambda: LimitTerms(working_days=5, warn_before=True)),
    ("further_details", lambda: Limits(further_details=10)),  # type: ignore[arg-type]
    ("clinical_review", lambda: Limits(clinical_review=None)),  # type: ignore[arg-type]
    ("relay", lambda: Limits(relay=1)),  # type: ignore[arg-type]
    ("provider", lambda: Parties(provider="AU-VIC")),  # type: ignore[arg-type]
    ("region", lambda: PartyTerms(region="au-vic")),
    ("region", lambda: PartyTerms(region="Victoria")),
    ("region", lambda: PartyTerms(region=None)),
    ("region", lambda: PartyTerms(region="AU-VIC", calendar_file="calendars/vic.json")),
    ("calendar_file", lambda: PartyTerms(calendar_file="")),
    ("zone", lambda: PartyTerms(zone="Melbourne")),
    ("cutoff", lambda: PartyTerms(cutoff="16:00")),  # type: ignore[arg-type]
    ("cutoff", lambda: PartyTerms(cutoff=time(16, tzinfo=UTC))),
    ("cutoff", lambda: PartyTerms(cutoff=time(16, 0, 0, 1))),
    ("closures", lambda: PartyTerms(closures=(date(2026, 12, 29),))),  # type: ignore[arg-type]
    ("closures", lambda: PartyTerms(closures={date(2026, 12, 29): ""})),
    ("closures", lambda: PartyTerms(closures={"29 December": "Office closed"})),
    ("closures", lambda: PartyTerms(closures={"20261229": "Office closed"})),
    ("closures", lambda: PartyTerms(closures={datetime(2026, 12, 29, tzinfo=UTC): "Office closed"})),  # type: ignore[arg-type]
    ("closures", lambda: PartyTerms(closures={1: "Office closed"})),  # type: ignore[arg-type]
    ("working_days", lambda: PartyTerms(working_days={date(2026, 12, 29): 1})),  # type: ignore[arg-type]
    (
        "working_days",
        lambda: PartyTerms(closures={"2026-12-29": "Office closed"}, working_days={"2026-12-29": "Stocktaking"}),
    ),
    ("shows_assist_case", lambda: EmployerViewTerms(shows_assist_case="no")),  # type: ignore[arg-type]
]


@pytest.mark.parametrize(("field", "make"), REFUSED)
def test_what_a_policy_cannot_hold_is_refused_by_the_name_of_its_key(field: str, make: Callable[[], object]) -> None:
    """Whatever is wrong in a policy meets one kind of error, which names the key and what it must be."""
    with pytest.raises(PolicyError) as refusal:
        make()
    assert refusal.value.field == field
    assert "must" in refusal.value.reason


@given(number=st.integers(-1000, 1000), least=st.integers(0, 50), span=st.integers(0, 200))
def test_a_whole_number_is_taken_within_its_bounds_and_nowhere_else(number: int, least: int, span: int) -> None:
    """Both bounds belong to what is allowed."""
    assert whole(least, least + span).accepts(number) == (least <= number <= least + span)


@given(working_days=st.integers(1, 250), before=st.integers(1, 249))
def test_a_reminder_comes_after_day_zero_and_before_the_due_date(working_days: int, before: int) -> None:
    """A reminder or a warning is due strictly between day 0 and the due date, or the limit is refused."""
    for name in ("remind_before", "warn_before"):
        terms: dict[str, Any] = {"working_days": working_days, name: before}
        if before < working_days:
            assert getattr(LimitTerms(**terms), name) == before
            continue
        with pytest.raises(PolicyError) as refusal:
            LimitTerms(**terms)
        assert str(refusal.value) == f"{name}: must be smaller than working_days, which is {working_days}"


def test_every_attribute_has_a_check_that_says_what_is_allowed() -> None:
    """No attribute of a policy can be filled unchecked."""
    for terms in TERMS:
        for attribute in attrs.fields(terms):
            assert isinstance(attribute.validator, Check), f"{terms.__name__}.{attribute.name}"
            assert attribute.validator.allowed


def test_what_may_be_left_out_says_so() -> None:
    """A check that allows None says in its words that the key may be left out."""
    check = optionally(whole(1, 2))
    assert check.allowed == "a whole number from 1 to 2, or left out"
    assert [check.accepts(value) for value in (None, 1, 3)] == [True, True, False]


# --- parties -----------------------------------------------------------------------------------------------------------


def test_a_party_has_a_region_or_a_calendar_file() -> None:
    """A calendar file takes the place of the region that a party has otherwise."""
    assert PartyTerms(calendar_file="calendars/vic.json").region is None
    assert PartyTerms(region="NZ").calendar_file is None


@pytest.mark.parametrize("region", ["AU", "AU-VIC", "GB-ENG", "FR-6AE", "AU-NSW Western", "BR-São Paulo Capital"])
def test_a_region_may_have_any_subdivision(region: str) -> None:
    """Subdivisions are codes in most countries and names in some."""
    assert PartyTerms(region=region).region == region


def test_days_are_dates_however_they_were_written() -> None:
    """A closure that was written as ISO text and one that was given as a date are the same closure."""
    written = PartyTerms(closures={"2026-12-29": "Office closed"})
    given_as_date = PartyTerms(closures={date(2026, 12, 29): "Office closed"})
    assert written == given_as_date
    assert written.closures == {"2026-12-29": "Office closed"}
    assert written.closed_days() == {date(2026, 12, 29): "Office closed"}
    extra = PartyTerms(working_days={"2026-12-27": "Stocktaking"})
    assert extra.extra_working_days() == {date(2026, 12, 27): "Stocktaking"}


def test_lists_may_be_written_as_lists() -> None:
    """A list is taken for the tuple that it stands for, and kept as a tuple."""
    terms = RequestTerms(
        goals=["coaching"], referrals=["private_practice"], ongoing_support={"coaching": ["private_practice"]}
    )
    assert terms.goals == ("coaching",)
    assert terms.ongoing_support == {"coaching": ("private_practice",)}


def test_a_table_of_days_has_an_end() -> None:
    """A party has at most 10,000 closures, which is more than any span of years has use for."""
    first = date(2000, 1, 1)
    days = {first + timedelta(days=number): "Office closed" for number in range(10_001)}
    with pytest.raises(PolicyError, match=r"^closures: must be"):
        PartyTerms(closures=days)
    del days[first]
    assert len(PartyTerms(closures=days).closures) == 10_000


# --- values ------------------------------------------------------------------------------------------------------------


def test_a_policy_is_a_value() -> None:
    """Two policies that say the same are equal and hash alike, so a party's terms can be the key of its calendar."""
    terms = {"requests": RequestTerms(ongoing_support={}), "parties": Parties(employer=PartyTerms(cutoff=time(16)))}
    assert policy(**terms) == policy(**terms)
    assert hash(policy(**terms)) == hash(policy(**terms))
    closed = {date(2026, 12, 29): "Office closed", date(2026, 12, 30): "Office closed"}
    reverse = dict(reversed(closed.items()))
    assert {PartyTerms(closures=closed): 1}[PartyTerms(closures=reverse)] == 1


@pytest.mark.parametrize("value", [policy(), STANDARD.requests, STANDARD.parties.employer, STANDARD.ref])
def test_a_policy_cannot_be_changed(value: Any) -> None:
    """No attribute of any part of a policy can be set once it is there."""
    for attribute in attrs.fields(type(value)):
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            setattr(value, attribute.name, None)


def test_what_a_policy_was_made_from_can_change_without_changing_it() -> None:
    """A policy keeps no hold of the tables that it was made from."""
    closures = {date(2026, 12, 29): "Office closed"}
    party = PartyTerms(closures=closures)
    closures[date(2026, 12, 30)] = "Office closed"
    assert list(party.closures) == ["2026-12-29"]
    assert isinstance(party.closures, Mapping)
    with pytest.raises((TypeError, AttributeError)):
        party.closures["2026-12-30"] = "Office closed"  # type: ignore[index]


def test_a_policy_is_in_force_from_its_first_day_to_its_last() -> None:
    """IN-11: the first and the last day are in force; the day before and the day after are not."""
    summer = policy(effective_from=date(2026, 12, 1), effective_to=date(2027, 2, 28))
    days = [date(2026, 11, 30), date(2026, 12, 1), date(2027, 2, 28), date(2027, 3, 1)]
    assert [summer.in_force_on(day) for day in days] == [False, True, True, False]
    one_day = policy(effective_from=date(2026, 12, 1), effective_to=date(2026, 12, 1))
    assert one_day.in_force_on(date(2026, 12, 1))
    assert policy().in_force_on(date(9999, 12, 31))


def test_every_error_of_a_policy_is_one_of_ours() -> None:
    """A caller who catches the library's errors, or builtin ValueErrors, catches what a policy refuses."""
    assert issubclass(PolicyError, EapWorkflowError)
    assert issubclass(PolicyError, ValueError)
    assert str(policy().ref) == "harbour 2026-07"
