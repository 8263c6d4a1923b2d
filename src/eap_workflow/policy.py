"""A contract's numbers and readings, as frozen values.

What differs between contracts is data: how many sessions, which limits, whose calendar, what an overdue limit does. A
guard of the table, a deadline and a view read it from here and nowhere else. The defaults are the standard contract's
numbers, so whatever a contract does not say is read as the sources say it. Values come from Python or, through
`eap_workflow.policy_file`, from TOML; which version counts on a day is for `eap_workflow.policy_book` to answer.

The attributes' descriptions below are also the reference of the policy file, which is generated from them.
"""

from __future__ import annotations

from datetime import date
from functools import cached_property

from attrs import field, frozen

from eap_workflow import policy_checks as check
from eap_workflow.citing import serving
from eap_workflow.errors import PolicyError
from eap_workflow.policy_checks import STANDARD_ZONE
from eap_workflow.terms.case_review import CaseReviewTerms
from eap_workflow.terms.extra_sessions import EmployerViewTerms, Limits, LimitTerms, RequestTerms, ReviewTerms
from eap_workflow.terms.limits import TimeTerms
from eap_workflow.terms.outreach import OutreachTerms, ReasonTerms
from eap_workflow.terms.parties import Parties, PartyTerms
from eap_workflow.terms.session_cancellation import CancellationTerms
from eap_workflow.values import Value

__all__ = [
    "STANDARD",
    "CancellationTerms",
    "CaseReviewTerms",
    "EmployerViewTerms",
    "LimitTerms",
    "Limits",
    "OutreachTerms",
    "Parties",
    "PartyTerms",
    "Policy",
    "PolicyRef",
    "ReasonTerms",
    "RequestTerms",
    "ReviewTerms",
    "TimeTerms",
]


@frozen(kw_only=True, eq=False, repr=False)
class PolicyRef(Value):
    """Which policy a request was submitted under: all that a step has to keep of it (IN-11).

    Attributes:
        contract: The contract's name.
        version: The version's name within the contract.
    """

    contract: str = field(validator=check.reference())
    version: str = field(validator=check.reference())

    def __hash__(self) -> int:
        # Every command looks its policy up, and the hash that all values share looks its attributes up first.
        return hash((self.contract, self.version))

    def __str__(self) -> str:
        return f"{self.contract} {self.version}"


@frozen(kw_only=True, eq=False, repr=False)
class Policy(Value):
    """One version of a contract: its numbers and readings, from a day on.

    Attributes:
        contract: The contract's name.
        version: The version's name, one of its own within the contract.
        source: Where the numbers stand: which document, which clause.
        effective_from: The first day in force.
        effective_to: The last day in force; left out, there is no last day yet.
        zone: The contract's own zone, which says on which day a request was submitted.
        requests: What a request for extra sessions may ask for, and when.
        review: When a clinical review comes first.
        limits: The limit of each stage of a request for extra sessions.
        parties: Whose calendar and zone count for which party.
        employer_view: What the employer is shown.
        case_review: Which cases a partner reviews, and what may come of it.
        outreach: How a partner makes contact, by reason.
        session_cancellation: How a client is told of a session that the therapist cancels.
    """

    contract: str = field(validator=check.reference())
    version: str = field(validator=check.reference(), metadata=serving("IN-11"))
    source: str = field(validator=check.prose(500))
    effective_from: date = field(validator=check.day(), metadata=serving("IN-11"))
    effective_to: date | None = field(default=None, validator=check.optionally(check.day()), metadata=serving("IN-11"))
    zone: str = field(default=STANDARD_ZONE, validator=check.zone(), metadata=serving("IN-11"))
    requests: RequestTerms = field(factory=RequestTerms, validator=check.nested(RequestTerms))
    review: ReviewTerms = field(factory=ReviewTerms, validator=check.nested(ReviewTerms))
    limits: Limits = field(factory=Limits, validator=check.nested(Limits))
    parties: Parties = field(factory=Parties, validator=check.nested(Parties))
    employer_view: EmployerViewTerms = field(
        factory=EmployerViewTerms, validator=check.nested(EmployerViewTerms), metadata=serving("XS-06")
    )
    case_review: CaseReviewTerms = field(
        factory=CaseReviewTerms, validator=check.nested(CaseReviewTerms), metadata=serving("CM-02", "CM-03")
    )
    outreach: OutreachTerms = field(
        factory=OutreachTerms, validator=check.nested(OutreachTerms), metadata=serving("CM-04", "CM-05", "CM-12")
    )
    session_cancellation: CancellationTerms = field(
        factory=CancellationTerms,
        validator=check.nested(CancellationTerms),
        metadata=serving("TC-01"),
    )

    def __attrs_post_init__(self) -> None:
        if self.effective_to is not None and self.effective_to < self.effective_from:
            raise PolicyError("effective_to", f"must not be before effective_from, which is {self.effective_from}")

    @cached_property
    def ref(self) -> PolicyRef:
        """The contract and the version: what a request keeps of its policy (IN-11)."""
        return PolicyRef(contract=self.contract, version=self.version)

    def in_force_on(self, day: date) -> bool:
        """Tell whether the day is one on which this version is in force; its first and its last day are."""
        return self.effective_from <= day and (self.effective_to is None or day <= self.effective_to)


STANDARD = Policy(
    contract="standard",
    version="1",
    source="The practice guides to extra sessions and to their clinical review",
    effective_from=date(2000, 1, 1),
)
"""The contract that is built in: the numbers of the sources, and for all that they leave open the usual reading."""
