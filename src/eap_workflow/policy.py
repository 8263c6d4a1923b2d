"""A contract's numbers and readings, as frozen values.

What differs between contracts is data: how many sessions, which limits, whose calendar, what an overdue limit does. A
guard of the table, a deadline and a view read it from here and nowhere else. The defaults are the standard contract's
numbers, so whatever a contract does not say is read as the sources say it. Values come from Python or, through
`eap_workflow.policy_file`, from TOML; which version counts on a day is for `eap_workflow.policy_book` to answer.

The attributes' descriptions below are also the reference of the policy file, which is generated from them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, time
from functools import cached_property
from typing import Any, Literal

from attrs import Factory, field, frozen

from eap_workflow import policy_checks as check
from eap_workflow.calendar import Reading
from eap_workflow.errors import PolicyError, Unknown
from eap_workflow.plain.frozen_map import FrozenMap
from eap_workflow.policy_checks import STANDARD_ZONE
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


NAMED_KEYS = {"name_keys": True}
"""An error of ``wire`` may name the keys of such a table: they are configuration."""


@frozen(kw_only=True, eq=False, repr=False)
class PolicyRef(Value):
    """Which policy a request was submitted under: all that a step has to keep of it (IN-11).

    Attributes:
        contract: The contract's name.
        version: The version's name within the contract.
    """

    contract: str = field(validator=check.reference())
    version: str = field(validator=check.reference())

    def __str__(self) -> str:
        return f"{self.contract} {self.version}"


# What these are given and cannot copy, they leave as it is: the checks come after them and refuse it by its name.


def _as_names(given: Sequence[str]) -> Any:
    return tuple(given) if isinstance(given, list) else given


def _as_names_by_name(given: Mapping[str, Sequence[str]]) -> Any:
    table: Any = given
    return FrozenMap({key: _as_names(listed) for key, listed in table.items()}) if _is_table(table) else given


def _as_named_days(given: Mapping[date, str] | Mapping[str, str]) -> Any:
    table: Any = given
    if not _is_table(table):
        return given
    return FrozenMap({day.isoformat() if type(day) is date else day: name for day, name in table.items()})


def _is_table(given: object) -> bool:
    return isinstance(given, Mapping)


def _standard_ongoing_support(terms: RequestTerms) -> Mapping[str, tuple[str, ...]]:
    # A default is made before the lists are checked.
    lists = (terms.goals, terms.referrals)
    if not all(isinstance(each, tuple) for each in lists) or "ongoing_support" not in terms.goals:
        return {}
    return {"ongoing_support": tuple(name for name in terms.referrals if name != "none_needed")}


@frozen(kw_only=True, eq=False, repr=False)
class RequestTerms(Value):
    """What a request may ask for, and when.

    Attributes:
        allowed: Whether the contract has extra sessions at all.
        sessions_per_request: How many sessions one request asks for at most (XS-03).
        consent_required: Whether the client's consent must be recorded before a request is submitted.
        request_from: From when in the allocation a request may be submitted: at any time, or from its middle session.
        request_until: Until when in the allocation a request may be submitted: at any time, or not after its last
            session.
        approved_in_advance: How many extra sessions per Assist Case are approved without asking the employer.
        goals: The goals that a request chooses from (XS-02).
        referrals: The referrals to longer-term support that a request chooses from (XS-02).
        ongoing_support: For a goal that is support without an end, the referrals of which one is needed before it can
            be supported, in full or reduced (CR-04). Left out: the goal ongoing_support, where the contract has it,
            needs any referral but none_needed.
        details_questions: The questions of the further-details form, all to be answered with references (CR-01, CR-02).
        decline_reasons: The reasons that a decline chooses from (CR-03, CR-08).
        new_case_for_new_issue: Whether a new issue may become a new Assist Case instead (CR-10).
        new_case_after_months: After how many months a client may have a new Assist Case instead (CR-10).
    """

    allowed: bool = field(default=True, validator=check.flag())
    sessions_per_request: int = field(default=4, validator=check.whole(1, 100))
    consent_required: bool = field(default=False, validator=check.flag())
    request_from: RequestFrom = field(default="any", validator=check.one_of(RequestFrom))
    request_until: RequestUntil = field(default="any", validator=check.one_of(RequestUntil))
    approved_in_advance: int = field(default=0, validator=check.whole(0, 1000))
    goals: tuple[str, ...] = field(default=GOALS, converter=_as_names, validator=check.names())
    referrals: tuple[str, ...] = field(default=REFERRALS, converter=_as_names, validator=check.names())
    ongoing_support: Mapping[str, tuple[str, ...]] = field(
        default=Factory(_standard_ongoing_support, takes_self=True),
        converter=_as_names_by_name,
        validator=check.names_by_name(),
        metadata=NAMED_KEYS,
    )
    details_questions: tuple[str, ...] = field(default=DETAILS_QUESTIONS, converter=_as_names, validator=check.names())
    decline_reasons: tuple[str, ...] = field(default=DECLINE_REASONS, converter=_as_names, validator=check.names())
    new_case_for_new_issue: bool = field(default=True, validator=check.flag())
    new_case_after_months: int = field(default=12, validator=check.whole(1, 120))

    def __attrs_post_init__(self) -> None:
        for goal, needed in self.ongoing_support.items():
            if goal not in self.goals:
                raise PolicyError(f"ongoing_support.{goal}", f"must be one of goals: {', '.join(self.goals)}")
            if unknown := [name for name in needed if name not in self.referrals]:
                raise PolicyError(
                    f"ongoing_support.{goal}",
                    f"{', '.join(unknown)} must be of referrals: {', '.join(self.referrals)}",
                )


@frozen(kw_only=True, eq=False, repr=False)
class ReviewTerms(Value):
    """When a clinical review comes before the employer's decision.

    Attributes:
        when: Which requests are reviewed: those that bring the total to the threshold, all, or none (XS-04, XS-05).
        threshold: The total of sessions at which a review comes first; the threshold itself counts (XS-04, IN-06).
        window: Which sessions the total takes in: those of the months that end on the request's date, or those of the
            period of so many months, counted on from the first session, that the date lies in (XS-04, IN-06).
        window_months: How many months either window has (XS-04).
    """

    when: ReviewWhen = field(default="at_threshold", validator=check.one_of(ReviewWhen))
    threshold: int = field(default=12, validator=check.whole(1, 1000))
    window: Window = field(default="rolling", validator=check.one_of(Window))
    window_months: int = field(default=12, validator=check.whole(1, 120))


@frozen(kw_only=True, eq=False, repr=False)
class LimitTerms(Value):
    """How long a party has, and what happens before and after.

    Attributes:
        working_days: By the end of which working day after day 0 the limit is met, in working days (IN-01).
        remind_before: How many working days before the due date the party whose turn it is is reminded (IN-13).
        warn_before: How many working days before the due date the case team is warned (IN-13).
        when_passed: What a passed limit does: escalate, which decides nothing and tells the party and the case team, or
            an outcome that the contract deems (IN-04, IN-08). Which of these a limit may carry is listed below.
    """

    working_days: int = field(validator=check.whole(1, 250))
    remind_before: int | None = field(default=None, validator=check.optionally(check.whole(1, 249)))
    warn_before: int | None = field(default=None, validator=check.optionally(check.whole(1, 249)))
    when_passed: WhenPassed = field(default="escalate", validator=check.one_of(WhenPassed))

    def __attrs_post_init__(self) -> None:
        for name, before in (("remind_before", self.remind_before), ("warn_before", self.warn_before)):
            if before is not None and before >= self.working_days:
                raise PolicyError(name, f"must be smaller than working_days, which is {self.working_days}")


@frozen(kw_only=True, eq=False, repr=False)
class Limits(Value):
    """The limit of each stage.

    Attributes:
        further_details: The consultant's, to complete the further-details form; left out, the form never lapses (IN-08).
        clinical_review: The clinical manager's, from the day the further details are complete (CR-07, IN-02).
        employer_decision: The employer's, from the day the request is put to it (XS-07, CR-08, IN-02).
        relay: For the outcome to reach the consultant and the client, from the decision (XS-08, IN-05).
        relayed_by: Who relays the outcome: the clock, at once, or the case team (XS-08).
    """

    further_details: LimitTerms | None = field(default=None, validator=check.optionally(check.nested(LimitTerms)))
    clinical_review: LimitTerms = field(default=LimitTerms(working_days=5), validator=check.nested(LimitTerms))
    employer_decision: LimitTerms = field(default=LimitTerms(working_days=7), validator=check.nested(LimitTerms))
    relay: LimitTerms = field(default=LimitTerms(working_days=1), validator=check.nested(LimitTerms))
    relayed_by: RelayedBy = field(default="clock", validator=check.one_of(RelayedBy))

    def __attrs_post_init__(self) -> None:
        for name, allowed in WHEN_PASSED.items():
            terms: LimitTerms | None = getattr(self, name)
            if terms is not None and terms.when_passed not in allowed:
                raise PolicyError(f"{name}.when_passed", f"must be {' or '.join(allowed)}")


def _standard_region(terms: PartyTerms) -> str | None:
    return "AU-VIC" if terms.calendar_file is None else None


# The terms of a party are looked up with every due date, as the key of its calendar.
@frozen(kw_only=True, cache_hash=True)
class PartyTerms:
    """Which days count for a party, and when what it receives counts as received.

    Attributes:
        calendar_file: A frozen calendar to use instead of a region's holidays; in a policy file, relative to that file.
        region: Whose public holidays the party keeps: a country and, usually, a subdivision. Left out: AU-VIC, or none
            where there is a calendar_file.
        zone: The zone in which the party's days begin and end (IN-01).
        reading: Which day is day 0: that of receipt, working or not, or the next working day if it is none (IN-01).
        cutoff: What arrives later in the party's day counts as arriving on the next working day; exactly at the hour is
            in time. Left out: there is no such hour (IN-01).
        closures: Days on which the party does not work, besides its holidays: each in ISO form, with its name (IN-01).
        working_days: Days on which the party works although they would not count: each in ISO form, with its name
            (IN-01).
    """

    calendar_file: str | None = field(default=None, validator=check.optionally(check.prose(1000)))
    region: str | None = field(
        default=Factory(_standard_region, takes_self=True), validator=check.optionally(check.region())
    )
    zone: str = field(default=STANDARD_ZONE, validator=check.zone())
    reading: Reading = field(default="day_of_receipt", validator=check.one_of(Reading))
    cutoff: time | None = field(default=None, validator=check.optionally(check.hour_of_day()))
    closures: Mapping[str, str] = field(
        factory=FrozenMap, converter=_as_named_days, validator=check.named_days(), metadata=NAMED_KEYS
    )
    working_days: Mapping[str, str] = field(
        factory=FrozenMap, converter=_as_named_days, validator=check.named_days(), metadata=NAMED_KEYS
    )

    def __attrs_post_init__(self) -> None:
        if (self.region is None) == (self.calendar_file is None):
            raise PolicyError("region", "exactly one of region and calendar_file must be given")
        if both := sorted(self.closures.keys() & self.working_days.keys()):
            raise PolicyError("working_days", f"{both[0]} is one of closures too, and must be in one of the two")

    def closed_days(self) -> dict[date, str]:
        """Give the closures by date, as a calendar takes them."""
        return {date.fromisoformat(day): name for day, name in self.closures.items()}

    def extra_working_days(self) -> dict[date, str]:
        """Give the extra working days by date, as a calendar takes them."""
        return {date.fromisoformat(day): name for day, name in self.working_days.items()}


@frozen(kw_only=True, eq=False, repr=False)
class Parties(Value):
    """The two parties that limits run against.

    Attributes:
        provider: The clinical manager, the case team, and the consultants and their practices.
        employer: The client's organisation.
    """

    provider: PartyTerms = field(factory=PartyTerms, validator=check.nested(PartyTerms))
    employer: PartyTerms = field(factory=PartyTerms, validator=check.nested(PartyTerms))


@frozen(kw_only=True, eq=False, repr=False)
class EmployerViewTerms(Value):
    """What the employer is shown besides what every employer is shown.

    Attributes:
        shows_assist_case: Whether the number of the Assist Case is shown, which links one request to another (XS-06).
    """

    shows_assist_case: bool = field(default=False, validator=check.flag())


@frozen(kw_only=True, eq=False, repr=False)
class Policy(Value):
    """One version of a contract: its numbers and readings, from a day on.

    Attributes:
        contract: The contract's name.
        version: The version's name, one of its own within the contract (IN-11).
        source: Where the numbers stand: which document, which clause.
        effective_from: The first day in force (IN-11).
        effective_to: The last day in force; left out, there is no last day yet (IN-11).
        zone: The contract's own zone, which says on which day a request was submitted (IN-11).
        requests: What a request may ask for, and when.
        review: When a clinical review comes first.
        limits: The limit of each stage.
        parties: Whose calendar and zone count for which party.
        employer_view: What the employer is shown (XS-06).
    """

    contract: str = field(validator=check.reference())
    version: str = field(validator=check.reference())
    source: str = field(validator=check.prose(500))
    effective_from: date = field(validator=check.day())
    effective_to: date | None = field(default=None, validator=check.optionally(check.day()))
    zone: str = field(default=STANDARD_ZONE, validator=check.zone())
    requests: RequestTerms = field(factory=RequestTerms, validator=check.nested(RequestTerms))
    review: ReviewTerms = field(factory=ReviewTerms, validator=check.nested(ReviewTerms))
    limits: Limits = field(factory=Limits, validator=check.nested(Limits))
    parties: Parties = field(factory=Parties, validator=check.nested(Parties))
    employer_view: EmployerViewTerms = field(factory=EmployerViewTerms, validator=check.nested(EmployerViewTerms))

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

    def limit(self, name: str) -> LimitTerms | None:
        """Look up the terms of a limit by its name; None where the contract sets no such limit.

        Raises:
            Unknown: No limit has this name.
        """
        if name not in WHEN_PASSED:
            raise Unknown("limit", f"must be one of {', '.join(WHEN_PASSED)}")
        terms: LimitTerms | None = getattr(self.limits, name)
        return terms

    def clock_at_start(self, name: str) -> tuple[str, ...]:
        """Name the moves that the clock makes as soon as a limit starts: it relays an outcome at once (XS-08)."""
        return ("relay",) if name == "relay" and self.limits.relayed_by == "clock" else ()

    def clock_when_passed(self, name: str) -> tuple[str, ...]:
        """Name the moves that the clock makes when a limit has passed, in order (IN-04, IN-08).

        Raises:
            Unknown: No limit has this name.
        """
        terms = self.limit(name)
        if terms is None:
            return ()
        return PASSING[terms.when_passed]


STANDARD = Policy(
    contract="standard",
    version="1",
    source="The practice guides to extra sessions and to their clinical review",
    effective_from=date(2000, 1, 1),
)
"""The contract that is built in: the numbers of the sources, and for all that they leave open the usual reading."""
