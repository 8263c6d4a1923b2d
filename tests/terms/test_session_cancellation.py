"""What a contract says of cancelled sessions: the standard one, what may be said otherwise, and how limits come of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from eap_workflow.errors import PolicyError
from eap_workflow.policy import STANDARD, CancellationTerms, TimeTerms
from eap_workflow.policy_file import read_policies
from eap_workflow.terms import Term

CONTACT_ON = date(2026, 11, 5)


def test_the_standard_contract_reads_the_guidance_as_it_stands() -> None:
    """TC-04, TC-05, IN-14: every cancellation is at short notice, voicemail takes a reason, updates come every week."""
    terms = STANDARD.session_cancellation
    assert terms == CancellationTerms()
    assert terms.short_notice_hours is None
    assert terms.voicemail_allowed
    assert dict(terms.terms) == {"absence_update": Term(working_days=5)}


def test_a_contract_sets_the_limits_that_the_guidance_leaves_open() -> None:
    """TC-06, TC-07: how long support has, and how long the records may take; in hours or in working days."""
    terms = CancellationTerms(
        support=TimeTerms(elapsed_hours=4, warn_before=1),
        records=TimeTerms(working_days=2, remind_before=1),
        absence_update=TimeTerms(elapsed_hours=48),
    )
    assert dict(terms.terms) == {
        "support": Term(elapsed_hours=4, warn_before=1),
        "records": Term(working_days=2, remind_before=1),
        "absence_update": Term(elapsed_hours=48),
    }


def test_the_limits_of_a_contract_are_one_object() -> None:
    """Limits are counted once a day for all requests that share their terms."""
    terms = STANDARD.session_cancellation
    assert terms.terms is terms.terms


def test_a_stated_day_is_a_limit_among_the_contracts_own() -> None:
    """TC-03: until that day, with the reminders that the contract sets for it; the contract's own are not changed."""
    plain = STANDARD.session_cancellation.terms_with(CONTACT_ON)
    assert plain == {**STANDARD.session_cancellation.terms, "rebooking": Term(stated_on=CONTACT_ON)}
    assert "rebooking" not in STANDARD.session_cancellation.terms
    reminding = CancellationTerms(rebooking_remind_before=1, rebooking_warn_before=2).terms_with(CONTACT_ON)
    assert reminding["rebooking"] == Term(stated_on=CONTACT_ON, remind_before=1, warn_before=2)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("source", ""),
        ("short_notice_hours", 0),
        ("short_notice_hours", 8761),
        ("short_notice_hours", True),
        ("reasons", ()),
        ("reasons", ("illness", "illness")),
        ("reasons", ("Not well",)),
        ("voicemail_allowed", "yes"),
        ("voicemail_reasons", ()),
        ("troubles", ("",)),
        ("agreements", "rebooked"),
        ("support", 4),
        ("rebooking_remind_before", 0),
        ("rebooking_warn_before", 250),
        ("records", {"working_days": 2}),
        ("absence_update", None),
    ],
)
def test_what_no_contract_can_say_is_refused_by_its_key(key: str, value: object) -> None:
    """A policy names the key and what is allowed."""
    given: dict[str, Any] = {key: value}
    with pytest.raises(PolicyError) as caught:
        CancellationTerms(**given)
    assert caught.value.field == key


FILE = """
[[policy]]
contract = "harbour"
version = "2026-11"
source = "Harbour agreement, schedule 5"
effective_from = 2026-11-01

[policy.session_cancellation]
source = "Harbour agreement, schedule 5, clause 2"
short_notice_hours = 48
voicemail_allowed = false
rebooking_remind_before = 1

[policy.session_cancellation.support]
elapsed_hours = 4

[policy.session_cancellation.absence_update]
working_days = 3
remind_before = 1
"""


def test_a_policy_file_says_all_of_it() -> None:
    """What the classes take, a file may say; what it leaves out is the guidance's."""
    terms = read_policies(FILE).in_force("harbour", date(2026, 11, 1)).session_cancellation
    assert terms == CancellationTerms(
        source="Harbour agreement, schedule 5, clause 2",
        short_notice_hours=48,
        voicemail_allowed=False,
        rebooking_remind_before=1,
        support=TimeTerms(elapsed_hours=4),
        absence_update=TimeTerms(working_days=3, remind_before=1),
    )
