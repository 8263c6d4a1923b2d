"""What a contract says in numbers: nothing that it sets is left out, and each has the rules of its key."""

from __future__ import annotations

import attrs
import pytest

from eap_workflow.policy import STANDARD, CancellationTerms, OutreachTerms, Policy, RequestTerms, ReviewTerms
from eap_workflow.processes import NAMES, process_named
from eap_workflow.terms.figures import rules_of_key
from eap_workflow.terms.limits import TimeTerms
from eap_workflow.terms.outreach import ReasonTerms


def said(name: str, policy: Policy) -> dict[str, str]:
    """The numbers that are no limit's, by what they are of."""
    return {each.what: each.value for each in process_named(name).figures(policy).figures}


@pytest.mark.parametrize("name", NAMES)
def test_figures_say_whose_they_are_and_have_every_limit_that_counts(name: str) -> None:
    """The contract and its version are named, and what is the same for every request is what a request is counted by."""
    process = process_named(name)
    figures = process.figures(STANDARD)
    assert figures.contract == "the contract standard, version 1"
    assert figures.terms == process.terms(STANDARD, None, None)
    assert all(figure.rules for figure in figures.figures)
    assert all(kind.rules for kind in figures.kinds)


def test_a_request_for_extra_sessions_has_its_numbers() -> None:
    """How many sessions one request asks for, and at which total a review comes first (XS-03, XS-04, IN-06)."""
    assert said("extra_sessions", STANDARD) == {
        "sessions of one request": "1 to 4",
        "clinical review first": "a total of 12 or more in the 12 months up to the request's date",
        "sessions approved in advance": "none",
    }
    other = attrs.evolve(
        STANDARD,
        requests=RequestTerms(sessions_per_request=1, approved_in_advance=3),
        review=ReviewTerms(threshold=8, window="from_first_session", window_months=1),
    )
    assert list(said("extra_sessions", other).values()) == [
        "1",
        "a total of 8 or more in the 1 month counted on from the first session",
        "3",
    ]
    for review, value in (
        (ReviewTerms(when="always"), "whatever the total"),
        (ReviewTerms(when="never"), "no request"),
    ):
        assert said("extra_sessions", attrs.evolve(STANDARD, review=review))["clinical review first"] == value


def test_a_reason_has_its_numbers() -> None:
    """For each reason: how many attempts are owed, its limits, and the rules of its key (CM-05, CM-08, CM-14)."""
    outreach = OutreachTerms(general=ReasonTerms(attempts=4, contact=TimeTerms(working_days=3)), many_within_days=1)
    policy = attrs.evolve(STANDARD, outreach=outreach)
    kinds = {kind.name: kind for kind in process_named("outreach").figures(policy).kinds}
    assert kinds.keys() == outreach.reasons.keys()
    for name, reason in outreach.reasons.items():
        assert kinds[name].terms == reason.terms
        assert [each.value for each in kinds[name].figures] == [str(reason.attempts)]
        assert kinds[name].rules == rules_of_key(OutreachTerms, name)
    assert said("outreach", policy) == {"attempts that are many": "5 within 1 day"}


def test_short_notice_is_said() -> None:
    """Every cancellation, or one so many hours before the session (IN-14)."""
    assert said("session_cancellation", STANDARD) == {"short notice": "every cancellation"}
    policy = attrs.evolve(STANDARD, session_cancellation=CancellationTerms(short_notice_hours=48))
    assert said("session_cancellation", policy) == {"short notice": "48 hours before the session, or fewer"}


def test_who_is_told_before_a_stated_day_is_said() -> None:
    """How many working days before the day on which a client is to be contacted, where a contract sets it (TC-03)."""
    terms = CancellationTerms(rebooking_remind_before=2, rebooking_warn_before=1)
    found = said("session_cancellation", attrs.evolve(STANDARD, session_cancellation=terms))
    assert found["reminder of the stated day"] == "2 working days before"
    assert found["warning of the stated day"] == "1 working day before"
