"""What a contract says of extra-sessions requests: what may be asked for, who reviews it, and by when (XS, CR)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Literal

from attrs import Factory, field, frozen

from eap_workflow import policy_checks as check
from eap_workflow.citing import serving
from eap_workflow.errors import PolicyError
from eap_workflow.plain.english import in_units
from eap_workflow.plain.frozen_map import FrozenMap
from eap_workflow.terms import Term, Terms
from eap_workflow.terms.figures import Figure, Figures, rules_of_key
from eap_workflow.terms.giving import NAMED_KEYS, as_names, as_names_by_name
from eap_workflow.values import Value

RequestFrom = Literal["any", "middle_session"]
RequestUntil = Literal["any", "last_session"]
ReviewWhen = Literal["at_threshold", "always", "never"]
Window = Literal["rolling", "from_first_session"]
WhenPassed = Literal["escalate", "deem_approved", "deem_declined", "lapse"]
RelayedBy = Literal["clock", "case_team"]
LimitName = Literal["further_details", "clinical_review", "employer_decision", "relay"]

GOALS = ("crisis_stabilisation", "skills_consolidation", "relapse_prevention", "return_to_work", "ongoing_support")
REFERRALS = ("none_needed", "gp_mental_health_plan", "private_practice", "community_service", "specialist_service")
DETAILS_QUESTIONS = ("rationale", "progress", "plan")
DECLINE_REASONS = ("not_short_term", "needs_longer_term_support", "new_case_instead", "not_funded")

TABLES = ("requests", "review", "limits", "employer_view")
"""A policy's tables for extra sessions, which are not named after the workflow; those of another workflow are one of its name."""

WHEN_PASSED: Mapping[LimitName, tuple[WhenPassed, ...]] = {
    "further_details": ("lapse",),
    "clinical_review": ("escalate", "deem_declined"),
    "employer_decision": ("escalate", "deem_approved", "deem_declined"),
    "relay": ("escalate",),
}
"""What may happen when each limit passes; in a policy file the first is what an omitted key means."""

PASSING: Mapping[WhenPassed, tuple[str, ...]] = {
    "escalate": ("overdue",),
    "deem_approved": ("overdue", "deem_approved"),
    "deem_declined": ("overdue", "deem_declined"),
    "lapse": ("lapse",),
}
"""The moves of the clock that each reading means: a breach is recorded before an outcome is deemed."""


def _standard_ongoing_support(terms: RequestTerms) -> Mapping[str, tuple[str, ...]]:
    # A default is made before the lists are checked.
    lists = (terms.goals, terms.referrals)
    if not all(isinstance(each, tuple) for each in lists) or "ongoing_support" not in terms.goals:
        return {}
    return {"ongoing_support": tuple(name for name in terms.referrals if name != "none_needed")}


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class RequestTerms(Value):
    """What a request may ask for, and when.

    Attributes:
        allowed: Whether the contract has extra sessions at all.
        sessions_per_request: How many sessions one request asks for at most.
        consent_required: Whether the client's consent must be recorded before a request is submitted.
        request_from: From when in the allocation a request may be submitted: at any time, or from its middle session.
        request_until: Until when in the allocation a request may be submitted: at any time, or not after its last
            session.
        approved_in_advance: How many extra sessions per Assist Case are approved without asking the employer.
        goals: The goals that a request chooses from.
        referrals: The referrals to longer-term support that a request chooses from.
        ongoing_support: For a goal that is support without an end, the referrals of which one is needed before it can
            be supported, in full or reduced. Left out: the goal ongoing_support, where the contract has it,
            needs any referral but none_needed.
        details_questions: The questions of the further-details form, all to be answered with references.
        decline_reasons: The reasons that a decline chooses from.
        new_case_for_new_issue: Whether a new issue may become a new Assist Case instead.
        new_case_after_months: After how many months a client may have a new Assist Case instead.
    """

    allowed: bool = field(default=True, validator=check.flag(), metadata=serving("XS-01"))
    sessions_per_request: int = field(default=4, validator=check.whole(1, 100), metadata=serving("XS-03"))
    consent_required: bool = field(default=False, validator=check.flag(), metadata=serving("XS-01"))
    request_from: RequestFrom = field(default="any", validator=check.one_of(RequestFrom), metadata=serving("XS-02"))
    request_until: RequestUntil = field(default="any", validator=check.one_of(RequestUntil), metadata=serving("XS-02"))
    approved_in_advance: int = field(default=0, validator=check.whole(0, 1000), metadata=serving("XS-05"))
    goals: tuple[str, ...] = field(
        default=GOALS, converter=as_names, validator=check.names(), metadata=serving("XS-02")
    )
    referrals: tuple[str, ...] = field(
        default=REFERRALS, converter=as_names, validator=check.names(), metadata=serving("XS-02")
    )
    ongoing_support: Mapping[str, tuple[str, ...]] = field(
        default=Factory(_standard_ongoing_support, takes_self=True),
        converter=as_names_by_name,
        validator=check.names_by_name(),
        metadata=NAMED_KEYS | serving("CR-04"),
    )
    details_questions: tuple[str, ...] = field(
        default=DETAILS_QUESTIONS, converter=as_names, validator=check.names(), metadata=serving("CR-01", "CR-02")
    )
    decline_reasons: tuple[str, ...] = field(
        default=DECLINE_REASONS, converter=as_names, validator=check.names(), metadata=serving("CR-03", "CR-08")
    )
    new_case_for_new_issue: bool = field(default=True, validator=check.flag(), metadata=serving("CR-10"))
    new_case_after_months: int = field(default=12, validator=check.whole(1, 120), metadata=serving("CR-10"))

    def __attrs_post_init__(self) -> None:
        for goal, needed in self.ongoing_support.items():
            if goal not in self.goals:
                raise PolicyError(f"ongoing_support.{goal}", f"must be one of goals: {', '.join(self.goals)}")
            if unknown := [name for name in needed if name not in self.referrals]:
                raise PolicyError(
                    f"ongoing_support.{goal}",
                    f"{', '.join(unknown)} must be of referrals: {', '.join(self.referrals)}",
                )


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class ReviewTerms(Value):
    """When a clinical review comes before the employer's decision.

    Attributes:
        when: Which requests are reviewed: those that bring the total to the threshold, all, or none.
        threshold: The total of sessions at which a review comes first; the threshold itself counts.
        window: Which sessions the total takes in: those of the months that end on the request's date, or those of the
            period of so many months, counted on from the first session, that the date lies in.
        window_months: How many months either window has.
    """

    when: ReviewWhen = field(
        default="at_threshold", validator=check.one_of(ReviewWhen), metadata=serving("XS-04", "XS-05")
    )
    threshold: int = field(default=12, validator=check.whole(1, 1000), metadata=serving("XS-04", "IN-06"))
    window: Window = field(default="rolling", validator=check.one_of(Window), metadata=serving("XS-04", "IN-06"))
    window_months: int = field(default=12, validator=check.whole(1, 120), metadata=serving("XS-04"))


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class LimitTerms(Value):
    """How long a party has, and what happens before and after.

    Attributes:
        working_days: By the end of which working day after day 0 the limit is met, in working days.
        remind_before: How many working days before the due date the party whose turn it is is reminded.
        warn_before: How many working days before the due date the case team is warned.
        when_passed: What a passed limit does: escalate, which decides nothing and tells the party and the case team, or
            an outcome that the contract deems. Not every limit may carry every outcome.
    """

    working_days: int = field(validator=check.whole(1, 250), metadata=serving("IN-01"))
    remind_before: int | None = field(
        default=None, validator=check.optionally(check.whole(1, 249)), metadata=serving("IN-13")
    )
    warn_before: int | None = field(
        default=None, validator=check.optionally(check.whole(1, 249)), metadata=serving("IN-13")
    )
    when_passed: WhenPassed = field(
        default="escalate", validator=check.one_of(WhenPassed), metadata=serving("IN-04", "IN-08")
    )

    def __attrs_post_init__(self) -> None:
        for name, before in (("remind_before", self.remind_before), ("warn_before", self.warn_before)):
            if before is not None and before >= self.working_days:
                raise PolicyError(name, f"must be smaller than working_days, which is {self.working_days}")

    def term(self, at_start: tuple[str, ...]) -> Term:
        """Give it as limits are counted; a breach is recorded before an outcome is deemed (IN-04)."""
        return Term(
            working_days=self.working_days,
            remind_before=self.remind_before,
            warn_before=self.warn_before,
            at_start=at_start,
            when_passed=PASSING[self.when_passed],
        )


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Limits(Value):
    """The limit of each stage.

    Attributes:
        further_details: The consultant's, to complete the further-details form; left out, the form never lapses.
        clinical_review: The clinical manager's, from the day the further details are complete.
        employer_decision: The employer's, from the day the request is put to it.
        relay: For the outcome to reach the consultant and the client, from the decision.
        relayed_by: Who relays the outcome: the clock, at once, or the case team.
    """

    further_details: LimitTerms | None = field(
        default=None, validator=check.optionally(check.nested(LimitTerms)), metadata=serving("IN-08")
    )
    clinical_review: LimitTerms = field(
        default=LimitTerms(working_days=5), validator=check.nested(LimitTerms), metadata=serving("CR-07", "IN-02")
    )
    employer_decision: LimitTerms = field(
        default=LimitTerms(working_days=7),
        validator=check.nested(LimitTerms),
        metadata=serving("XS-07", "CR-08", "IN-02"),
    )
    relay: LimitTerms = field(
        default=LimitTerms(working_days=1), validator=check.nested(LimitTerms), metadata=serving("XS-08", "IN-05")
    )
    relayed_by: RelayedBy = field(default="clock", validator=check.one_of(RelayedBy), metadata=serving("XS-08"))

    @cached_property
    def terms(self) -> Terms:
        """How long each limit is, and what the clock does about it: an outcome is relayed at once (XS-08)."""
        given: dict[str, LimitTerms | None] = {name: getattr(self, name) for name in WHEN_PASSED}
        at_start = {"relay": ("relay",)} if self.relayed_by == "clock" else {}
        return FrozenMap({name: each.term(at_start.get(name, ())) for name, each in given.items() if each is not None})

    def __attrs_post_init__(self) -> None:
        for name, allowed in WHEN_PASSED.items():
            terms: LimitTerms | None = getattr(self, name)
            if terms is not None and terms.when_passed not in allowed:
                raise PolicyError(f"{name}.when_passed", f"must be {' or '.join(allowed)}")


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class EmployerViewTerms(Value):
    """What the employer is shown besides what every employer is shown.

    Attributes:
        shows_assist_case: Whether the number of the Assist Case is shown, which links one request to another.
    """

    shows_assist_case: bool = field(default=False, validator=check.flag(), metadata=serving("XS-06"))


def figures_of(requests: RequestTerms, review: ReviewTerms, limits: Limits) -> Figures:
    """The numbers of every request for extra sessions.

    Args:
        requests: What it may ask for.
        review: When a clinical review comes first.
        limits: The limit of each stage.
    """
    most, months = requests.sessions_per_request, in_units(review.window_months, "month")
    window = f"the {months} up to the request's date"
    if review.window == "from_first_session":
        window = f"the {months} counted on from the first session"
    reviewed = {
        "at_threshold": f"a total of {review.threshold} or more in {window}",
        "always": "whatever the total",
        "never": "no request",
    }
    found = (
        (RequestTerms, "sessions_per_request", "sessions of one request", "1" if most == 1 else f"1 to {most}"),
        (ReviewTerms, "threshold", "clinical review first", reviewed[review.when]),
        (
            RequestTerms,
            "approved_in_advance",
            "sessions approved in advance",
            f"{requests.approved_in_advance or 'none'}",
        ),
    )
    return Figures(
        terms=limits.terms,
        figures=tuple(Figure(what=what, value=value, rules=rules_of_key(of, key)) for of, key, what, value in found),
    )
