"""Contracts that differ in what a store notices: made up, and known to every service of `eap_workflow.testing`."""

from __future__ import annotations

from datetime import date

from eap_workflow.policy import STANDARD, Limits, LimitTerms, Parties, PartyTerms, Policy, RequestTerms, ReviewTerms
from eap_workflow.policy_book import PolicyBook

HARBOUR = Policy(
    contract="harbour",
    version="1",
    source="Harbour agreement",
    effective_from=date(2026, 1, 1),
    effective_to=date(2026, 11, 30),
    zone="Australia/Perth",
    limits=Limits(
        further_details=LimitTerms(working_days=10, remind_before=5, warn_before=2, when_passed="lapse"),
        clinical_review=LimitTerms(working_days=5, remind_before=2, warn_before=1),
        employer_decision=LimitTerms(working_days=7, remind_before=3, warn_before=1),
    ),
)
HARBOUR_NEXT = Policy(
    contract="harbour",
    version="2",
    source="Harbour agreement, variation",
    effective_from=date(2026, 12, 1),
    zone="Australia/Perth",
    review=ReviewTerms(threshold=5),
)
DEEMING = Policy(
    contract="deeming",
    version="1",
    source="Deeming agreement",
    effective_from=date(2026, 1, 1),
    limits=Limits(
        clinical_review=LimitTerms(working_days=5, when_passed="deem_declined"),
        employer_decision=LimitTerms(working_days=7, remind_before=3, when_passed="deem_approved"),
    ),
)
IN_ADVANCE = Policy(
    contract="advance",
    version="1",
    source="Advance agreement",
    effective_from=date(2026, 1, 1),
    requests=RequestTerms(approved_in_advance=6),
)
TOLD_BY_THE_TEAM = Policy(
    contract="team",
    version="1",
    source="Team agreement",
    effective_from=date(2026, 1, 1),
    limits=Limits(relayed_by="case_team"),
    parties=Parties(employer=PartyTerms(region="AU-WA", zone="Australia/Perth")),
)
BOOK = PolicyBook.of([STANDARD, HARBOUR, HARBOUR_NEXT, DEEMING, IN_ADVANCE, TOLD_BY_THE_TEAM])
