"""What a contract says of outreach: by reason, how many attempts are owed and by when, and what is said of them (CM)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Literal, get_args

from attrs import field, frozen

from eap_workflow import policy_checks as check
from eap_workflow.citing import serving
from eap_workflow.plain.english import in_units
from eap_workflow.plain.frozen_map import FrozenMap
from eap_workflow.terms import Terms
from eap_workflow.terms.figures import Figure, Figures, Kind, rules_of_key
from eap_workflow.terms.giving import FILLED, as_names
from eap_workflow.terms.limits import TimeTerms
from eap_workflow.values import Value

ContactReason = Literal[
    "clinical_call_back",
    "email_received",
    "check_in",
    "provider_enquiry",
    "participant_query",
    "general",
    "after_complaint",
]

CLINICAL_REASONS = ("safety_check", "deterioration", "safeguarding", "no_support_at_hand")
ESCALATIONS = ("dissatisfied", "complaint", "no_means_of_contact", "beyond_the_partner")
AGREEMENTS = ("nothing_further", "call_again", "session_arranged", "referral_progressing", "information_sent")

WHEN_PASSED: Mapping[str, tuple[str, ...]] = {
    "acknowledgement": ("overdue",),
    "first_attempt": ("overdue",),
    "contact": ("overdue", "tell_wpo"),
}
"""The moves that the clock makes when each limit passes."""

ONE_DAY = TimeTerms(working_days=1)
HOURS_24 = TimeTerms(elapsed_hours=24)


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class ReasonTerms(Value):
    """How many attempts a reason is owed, and by when.

    Attributes:
        attempts: How many attempts are owed, and without risk or urgency allowed.
        acknowledgement: By when what was received is acknowledged; left out, nothing has to be.
        first_attempt: By when the first attempt is made; left out, there is no limit.
        contact: By when somebody is reached, or WPO is told; left out, there is no limit.
    """

    attempts: int = field(default=2, validator=check.whole(1, 20), metadata=serving("CM-08", "CM-12", "CM-14"))
    acknowledgement: TimeTerms | None = field(
        default=None, validator=check.optionally(check.nested(TimeTerms)), metadata=serving("CM-05")
    )
    first_attempt: TimeTerms | None = field(
        default=None,
        validator=check.optionally(check.nested(TimeTerms)),
        metadata=serving("CM-04", "CM-05", "CM-09", "CM-16"),
    )
    contact: TimeTerms | None = field(
        default=None, validator=check.optionally(check.nested(TimeTerms)), metadata=serving("CM-05")
    )

    @cached_property
    def terms(self) -> Terms:
        """How long each limit is that the contract sets for the reason."""
        given: dict[str, TimeTerms | None] = {name: getattr(self, name) for name in WHEN_PASSED}
        return FrozenMap({name: each.term(WHEN_PASSED[name]) for name, each in given.items() if each is not None})


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class OutreachTerms(Value):
    """How a partner makes contact, by reason; a key that the table of a reason leaves out is as its default here has it.

    Attributes:
        source: Where these numbers and lists stand: which document, which clause.
        clinical_call_back: A participant asked for a clinician to call back.
        email_received: An e-mail came from WPO or from a participant.
        check_in: The client organisation asked for a check-in.
        provider_enquiry: A provider enquired, and no clinician could take it at once.
        participant_query: A participant asked about a case.
        general: Any other reason.
        after_complaint: The partner was asked to reach out after a complaint.
        many_attempts: How many attempts, within the span of days, are so many that a warning is due.
        many_within_days: The span of days in which they are counted, in elapsed days of 24 hours.
        clinical_reasons: The reasons that an attempt beyond the number chooses from.
        escalations: The reasons that an escalation to WPO chooses from.
        agreements: What may be agreed with somebody who was reached.
    """

    source: str = field(default="Partner policy: case management, September 2020", validator=check.prose(500))
    clinical_call_back: ReasonTerms = field(
        default=ReasonTerms(first_attempt=ONE_DAY),
        validator=check.nested(ReasonTerms),
        metadata=FILLED | serving("CM-04", "CM-12"),
    )
    email_received: ReasonTerms = field(
        default=ReasonTerms(acknowledgement=HOURS_24, first_attempt=HOURS_24, contact=HOURS_24),
        validator=check.nested(ReasonTerms),
        metadata=FILLED | serving("CM-05", "CM-12"),
    )
    check_in: ReasonTerms = field(
        default=ReasonTerms(attempts=1), validator=check.nested(ReasonTerms), metadata=FILLED | serving("CM-08")
    )
    provider_enquiry: ReasonTerms = field(
        default=ReasonTerms(first_attempt=ONE_DAY),
        validator=check.nested(ReasonTerms),
        metadata=FILLED | serving("CM-09", "CM-12"),
    )
    participant_query: ReasonTerms = field(
        default=ReasonTerms(), validator=check.nested(ReasonTerms), metadata=FILLED | serving("CM-16", "CM-12")
    )
    general: ReasonTerms = field(
        default=ReasonTerms(), validator=check.nested(ReasonTerms), metadata=FILLED | serving("CM-12")
    )
    after_complaint: ReasonTerms = field(
        default=ReasonTerms(attempts=3), validator=check.nested(ReasonTerms), metadata=FILLED | serving("CM-14")
    )
    many_attempts: int = field(default=5, validator=check.whole(2, 100), metadata=serving("CM-13"))
    many_within_days: int = field(default=7, validator=check.whole(1, 365), metadata=serving("CM-13"))
    clinical_reasons: tuple[str, ...] = field(
        default=CLINICAL_REASONS, converter=as_names, validator=check.names(), metadata=serving("CM-13")
    )
    escalations: tuple[str, ...] = field(
        default=ESCALATIONS, converter=as_names, validator=check.names(), metadata=serving("CM-06")
    )
    agreements: tuple[str, ...] = field(
        default=AGREEMENTS, converter=as_names, validator=check.names(), metadata=serving("CM-15")
    )

    @cached_property
    def reasons(self) -> Mapping[ContactReason, ReasonTerms]:
        """What each reason is owed, by its name."""
        return FrozenMap({name: getattr(self, name) for name in get_args(ContactReason)})

    @cached_property
    def figures(self) -> Figures:
        """The numbers of every reason."""
        many = Figure(
            what="attempts that are many",
            value=f"{self.many_attempts} within {in_units(self.many_within_days, 'day')}",
            rules=rules_of_key(OutreachTerms, "many_attempts"),
        )
        return Figures(
            figures=(many,),
            differ_by="reason",
            kinds=tuple(
                Kind(
                    name=name,
                    terms=each.terms,
                    figures=(Figure(what="attempts owed", value=str(each.attempts)),),
                    rules=rules_of_key(OutreachTerms, name),
                )
                for name, each in self.reasons.items()
            ),
        )
