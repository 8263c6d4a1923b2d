"""The people, contracts and calendars of the tests, and a `Journey`: one request led through its workflow by hand.

Calendars and offices are built once for a whole run. Every instant is an offset from `START`, a Wednesday in the week
before Melbourne Cup Day.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import attrs
from attrs import define, field

from eap_workflow.calendar import BusinessCalendar, parse_region
from eap_workflow.deadlines import Office
from eap_workflow.errors import Refused
from eap_workflow.policy import STANDARD, Limits, LimitTerms, Parties, PartyTerms, Policy, RequestTerms, ReviewTerms
from eap_workflow.process import NO_OTHERS, CaseTotals, Context, Process
from eap_workflow.steps import Snapshot, Step
from eap_workflow.values import SYSTEM, Actor, Reference, Role
from eap_workflow.verdict import Verdict
from eap_workflow.workflows import extra_sessions as xs

MELBOURNE = ZoneInfo("Australia/Melbourne")
START = datetime(2026, 10, 28, 9, 30, tzinfo=MELBOURNE)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
REQUEST = Reference("XS-0001")
WORKFLOW = xs.PROCESS.workflow


def actor(role: Role, id: str, *, practice: str | None = None, employer: str | None = None) -> Actor:  # noqa: A002
    """Make an actor from plain text."""
    return Actor(
        role=role,
        id=Reference(id),
        practice=None if practice is None else Reference(practice),
        employer=None if employer is None else Reference(employer),
    )


CONSULTANT = actor(Role.CONSULTANT, "con-1", practice="pr-1")
OTHER_CONSULTANT = actor(Role.CONSULTANT, "con-2", practice="pr-2")
STAFF = actor(Role.PRACTICE, "desk-1", practice="pr-1")
OTHER_STAFF = actor(Role.PRACTICE, "desk-2", practice="pr-2")
MANAGER = actor(Role.CLINICAL_MANAGER, "cm-1")
APPROVER = actor(Role.EMPLOYER, "hr-1", employer="emp-1")
OTHER_APPROVER = actor(Role.EMPLOYER, "hr-2", employer="emp-2")
TEAM = actor(Role.CASE_TEAM, "ct-1")

# --- contracts --------------------------------------------------------------------------------------------------------

ESCALATING = Limits(
    further_details=LimitTerms(working_days=10, remind_before=5, warn_before=2, when_passed="lapse"),
    clinical_review=LimitTerms(working_days=5, remind_before=2, warn_before=1),
    employer_decision=LimitTerms(working_days=7, remind_before=3, warn_before=3),
)


def contract(version: str, **terms: Any) -> Policy:
    """Make a version of the contract ``harbour`` that is the standard one but for the terms."""
    given: dict[str, Any] = {
        "contract": "harbour",
        "version": version,
        "source": "Harbour agreement",
        "effective_from": date(2020, 1, 1),
    }
    return Policy(**given | terms)


REMINDING = contract("reminding", limits=ESCALATING)
WARNING_EARLY = contract(
    "warning-early",
    limits=Limits(
        further_details=LimitTerms(working_days=10, remind_before=2, warn_before=5, when_passed="lapse"),
        clinical_review=LimitTerms(working_days=5, remind_before=1, warn_before=3),
        employer_decision=LimitTerms(working_days=7, remind_before=1, warn_before=4),
    ),
)
DEEMING = contract(
    "deeming",
    limits=Limits(
        clinical_review=LimitTerms(working_days=5, when_passed="deem_declined"),
        employer_decision=LimitTerms(working_days=7, when_passed="deem_approved"),
    ),
)
REFUSING = contract(
    "refusing",
    limits=attrs.evolve(ESCALATING, employer_decision=LimitTerms(working_days=7, when_passed="deem_declined")),
)
ALWAYS_REVIEWED = contract("always-reviewed", review=ReviewTerms(when="always"))
NEVER_REVIEWED = contract("never-reviewed", review=ReviewTerms(when="never"))
IN_ADVANCE = contract("in-advance", requests=RequestTerms(approved_in_advance=6), limits=ESCALATING)
WITH_CONSENT = contract("with-consent", requests=RequestTerms(consent_required=True))
MID_ALLOCATION = contract(
    "mid-allocation", requests=RequestTerms(request_from="middle_session", request_until="last_session")
)
FROM_FIRST_SESSION = contract("from-first-session", review=ReviewTerms(window="from_first_session"))
TOLD_BY_THE_TEAM = contract("told-by-the-team", limits=attrs.evolve(ESCALATING, relayed_by="case_team"))
TOLD_IN_TWO_DAYS = contract(
    "told-in-two-days",
    limits=attrs.evolve(TOLD_BY_THE_TEAM.limits, relay=LimitTerms(working_days=2, remind_before=1, warn_before=1)),
)
NOT_AT_ALL = contract("not-at-all", requests=RequestTerms(allowed=False))
TWO_CALENDARS = contract(
    "two-calendars",
    limits=ESCALATING,
    parties=Parties(
        provider=PartyTerms(reading="next_working_day", cutoff=time(17)),
        employer=PartyTerms(region="AU-WA", zone="Australia/Perth"),
    ),
)

CONTRACTS = (
    STANDARD,
    REMINDING,
    WARNING_EARLY,
    DEEMING,
    REFUSING,
    ALWAYS_REVIEWED,
    NEVER_REVIEWED,
    IN_ADVANCE,
    WITH_CONSENT,
    MID_ALLOCATION,
    FROM_FIRST_SESSION,
    TOLD_BY_THE_TEAM,
    TOLD_IN_TWO_DAYS,
    NOT_AT_ALL,
    TWO_CALENDARS,
)


@cache
def calendar(region: str) -> BusinessCalendar:
    """The calendar of a region, built once."""
    return BusinessCalendar.for_region(*parse_region(region), years=(2020, 2032))


@cache
def offices(policy: Policy) -> Mapping[str, Office]:
    """The offices of a contract's parties, by party."""
    parties = {"provider": policy.parties.provider, "employer": policy.parties.employer}
    return {party: Office.of(party, terms, calendar(str(terms.region))) for party, terms in parties.items()}


def context(
    at: datetime,
    by: Actor,
    policy: Policy | None = STANDARD,
    *,
    case: CaseTotals = NO_OTHERS,
    request: Reference = REQUEST,
) -> Context:
    """Make a context with the contract's own offices."""
    return Context(
        request=request, at=at, by=by, policy=policy, offices={} if policy is None else offices(policy), case=case
    )


# --- commands ---------------------------------------------------------------------------------------------------------

DETAILS = xs.ProvideDetails(details={"rationale": "doc-1", "progress": "doc-2", "plan": "doc-3"})
SMALL = xs.Tally(completed=3, scheduled=1, remaining=1)
LARGE = xs.Tally(completed=6, scheduled=1, remaining=1)
DECLINE = xs.Decline(reason="not_short_term")


def draft(policy: Policy = STANDARD, **changes: Any) -> xs.Draft:
    """A draft with the whole form, but for the changes."""
    given: dict[str, Any] = {
        "assist_case": "ASST-104233",
        "client": "cl-88",
        "employer": "emp-1",
        "contract": policy.contract,
        "sessions": 4,
        "goal": "return_to_work",
        "referral": "none_needed",
        "consent": "consent-1",
    }
    return xs.Draft(**given | changes)


def submit(tally: xs.Tally = SMALL, policy: Policy = STANDARD) -> xs.Submit:
    """A submission; its tally says when the first session was, where the contract asks for that."""
    if policy.review.window == "from_first_session" and tally.first_session_on is None:
        tally = attrs.evolve(tally, first_session_on=date(2026, 3, 2))
    return xs.Submit(tally=tally)


# --- a request, led by hand -------------------------------------------------------------------------------------------


@define
class Journey:
    """One request under one contract: each call is made an hour after the one before, unless it says otherwise.

    For instance ``Journey().to("clinical_review")`` stands before the clinical manager.
    """

    policy: Policy = STANDARD
    process: Process = xs.PROCESS
    now: datetime = START
    case: CaseTotals = NO_OTHERS
    snapshot: Snapshot | None = None
    trail: list[Step] = field(factory=list)

    @property
    def stands(self) -> Snapshot:
        """The request as it stands, which was opened."""
        assert self.snapshot is not None
        return self.snapshot

    @property
    def body(self) -> xs.ExtraSessions:
        """The request's own part of it."""
        body: xs.ExtraSessions = self.stands.body
        return body

    @property
    def triggers(self) -> list[str]:
        """The triggers of all its steps, in order."""
        return [step.trigger for step in self.trail]

    def context(self, by: Actor, at: datetime | None = None) -> Context:
        """The context of what somebody does, now or at an instant."""
        return context(self.now if at is None else at, by, self.policy, case=self.case)

    def can(self, command: Any, by: Actor, at: datetime | None = None) -> Verdict:
        """Ask, and do nothing."""
        return self.process.can(self.snapshot, command, self.context(by, at))

    def do(self, command: Any, by: Actor, at: datetime | None = None) -> tuple[Step, ...]:
        """Decide a command that has to be permitted."""
        self.now = self.now + HOUR if at is None else at
        steps, self.snapshot = self.process.advance(self.snapshot, command, self.context(by))
        self.trail.extend(steps)
        return steps

    def refused(self, command: Any, by: Actor, at: datetime | None = None) -> tuple[str, ...]:
        """Decide a command that has to be refused, and give the codes."""
        try:
            steps = self.process.decide(self.snapshot, command, self.context(by, at))
        except Refused as refusal:
            return refusal.verdict.codes
        raise AssertionError(f"permitted: {steps}")

    def wait(self, until: datetime) -> tuple[Step, ...]:
        """Let time pass, and the clock do what is due."""
        self.now = until
        steps, self.snapshot = self.process.tick(self.stands, self.context(SYSTEM))
        self.trail.extend(steps)
        return steps

    def to(self, state: str) -> Journey:
        """Lead a new request to a state in the shortest way."""
        for name in PATHS[state]:
            if name == "submit":
                tally = SMALL if state == "employer_decision" and self.policy.review.when != "always" else LARGE
                self.do(submit(tally, self.policy), CONSULTANT)
            else:
                command, by = ACTIONS[name]
                self.do(draft(self.policy) if name == "draft" else command, by)
        assert self.stands.state == state
        return self


ACTIONS: Mapping[str, tuple[Any, Actor]] = {
    "draft": (None, CONSULTANT),
    "details": (DETAILS, CONSULTANT),
    "support": (xs.Support(), MANAGER),
    "approve": (xs.Approve(), APPROVER),
    "decline": (DECLINE, MANAGER),
    "withdraw": (xs.Withdraw(), CONSULTANT),
}
PATHS: Mapping[str, tuple[str, ...]] = {
    "draft": ("draft",),
    "further_details": ("draft", "submit"),
    "clinical_review": ("draft", "submit", "details"),
    "employer_decision": ("draft", "submit"),
    "approved": ("draft", "submit", "details", "support", "approve"),
    "declined": ("draft", "submit", "details", "decline"),
    "withdrawn": ("draft", "withdraw"),
}


# --- tours: together they take every row of the table ------------------------------------------------------------------


def _the_long_way(process: Process) -> Journey:
    """Revised, handed over, extended, reminded, warned and overdue at every stage, and approved in the end."""
    one = Journey(REMINDING, process).to("draft")
    one.do(xs.Draft(goal="relapse_prevention"), CONSULTANT)
    one.do(xs.Reassign(consultant=Reference("con-3")), STAFF)
    one.do(submit(LARGE), STAFF)
    one.do(xs.ExtendLimit(working_days=2), TEAM)
    one.do(xs.Reassign(consultant=Reference("con-4")), TEAM)
    one.wait(one.stands.deadlines[0].passes_at - 2 * HOUR)
    one.do(DETAILS, STAFF)
    for decision, by in ((xs.Support(), MANAGER), (xs.Approve(), APPROVER)):
        one.do(xs.ExtendLimit(working_days=1), TEAM)
        one.do(xs.Reassign(consultant=Reference(f"con-{len(one.trail)}")), STAFF)
        one.wait(one.stands.deadlines[0].passes_at + 20 * DAY)
        one.do(decision, by)
    one.wait(one.now)
    return one


def _told_late(decision: xs.Approve | xs.Decline) -> Callable[[Process], Journey]:
    def tour(process: Process) -> Journey:
        one = Journey(TOLD_IN_TWO_DAYS, process).to("employer_decision")
        one.do(xs.ExtendLimit(working_days=1), TEAM)
        one.do(decision, APPROVER)
        one.wait(one.now + 7 * DAY)
        one.do(xs.Relay(), TEAM)
        return one

    return tour


def _declined_in_review(process: Process) -> Journey:
    one = Journey(STANDARD, process).to("declined")
    one.wait(one.now)
    return one


def _reduced(process: Process) -> Journey:
    one = Journey(STANDARD, process).to("clinical_review")
    one.do(xs.Reduce(sessions=2), MANAGER)
    return one


def _left_alone(policy: Policy, state: str) -> Callable[[Process], Journey]:
    def tour(process: Process) -> Journey:
        one = Journey(policy, process).to(state)
        one.wait(one.now + 30 * DAY)
        return one

    return tour


def _withdrawn_from(state: str) -> Callable[[Process], Journey]:
    def tour(process: Process) -> Journey:
        one = Journey(REMINDING, process).to(state)
        one.do(xs.Withdraw(), CONSULTANT)
        return one

    return tour


def _approved_in_advance(process: Process) -> Journey:
    one = Journey(IN_ADVANCE, process).to("draft")
    one.do(submit(SMALL), CONSULTANT)
    return one


TOURS: Mapping[str, Callable[[Process], Journey]] = {
    "the long way": _the_long_way,
    "approved, told late": _told_late(xs.Approve()),
    "declined, told late": _told_late(DECLINE),
    "declined in review": _declined_in_review,
    "reduced": _reduced,
    "deemed declined in review": _left_alone(DEEMING, "clinical_review"),
    "deemed approved": _left_alone(DEEMING, "employer_decision"),
    "deemed declined by the employer": _left_alone(REFUSING, "employer_decision"),
    "lapsed": _left_alone(REMINDING, "further_details"),
    "approved in advance": _approved_in_advance,
    **{f"withdrawn from {state}": _withdrawn_from(state) for state in PATHS if not WORKFLOW.state(state).final},
}
"""Tours through the table, by name; together they take every row."""
