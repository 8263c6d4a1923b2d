"""The people, contracts and commands of the tests of outreach, and a `Journey`: one contact led by hand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

from attrs import define, field

from eap_workflow.errors import Refused
from eap_workflow.policy import STANDARD, OutreachTerms, Policy, ReasonTerms, TimeTerms
from eap_workflow.process import Context, Process
from eap_workflow.steps import Snapshot, Step
from eap_workflow.values import SYSTEM, Actor, Role
from eap_workflow.verdict import Verdict
from eap_workflow.workflows import outreach
from tests import journeys
from tests.journeys import DAY, HOUR, MELBOURNE, actor

START = datetime(2026, 10, 28, 9, 30, tzinfo=MELBOURNE)
REQUEST = "OC-0001"

CLINICIAN = actor(Role.PARTNER_CLINICIAN, "pc-1", practice="pt-1")
COLLEAGUE = actor(Role.PARTNER_CLINICIAN, "pc-2", practice="pt-1")
STRANGER = actor(Role.PARTNER_CLINICIAN, "pc-9", practice="pt-9")
OF_NO_PARTNER = actor(Role.PARTNER_CLINICIAN, "pc-8")
WPO = actor(Role.CASE_TEAM, "ct-1")

# --- contracts -------------------------------------------------------------------------------------------------------------


def contract(version: str, **terms: Any) -> Policy:
    """Make a version of the contract ``harbour`` that is the standard one but for the terms of outreach."""
    return Policy(
        contract="harbour",
        version=version,
        source="Harbour agreement",
        effective_from=date(2020, 1, 1),
        outreach=OutreachTerms(**terms),
    )


NUDGED_DAYS = TimeTerms(working_days=3, remind_before=2, warn_before=1)
NUDGED_HOURS = TimeTerms(elapsed_hours=24, remind_before=8, warn_before=4)

NUDGING = contract(
    "nudging",
    email_received=ReasonTerms(acknowledgement=NUDGED_HOURS, first_attempt=NUDGED_HOURS, contact=NUDGED_HOURS),
    clinical_call_back=ReasonTerms(acknowledgement=NUDGED_DAYS, first_attempt=NUDGED_DAYS, contact=NUDGED_DAYS),
)
WARNED_DAYS = TimeTerms(working_days=3, remind_before=1, warn_before=2)
WARNED_HOURS = TimeTerms(elapsed_hours=24, remind_before=4, warn_before=8)
WARNING_EARLY = contract(
    "warning-early",
    email_received=ReasonTerms(acknowledgement=WARNED_HOURS, first_attempt=WARNED_HOURS, contact=WARNED_HOURS),
    general=ReasonTerms(acknowledgement=WARNED_DAYS, first_attempt=WARNED_DAYS, contact=WARNED_HOURS),
    participant_query=ReasonTerms(first_attempt=WARNED_DAYS),
)
LIMITING = contract("limiting", participant_query=ReasonTerms(first_attempt=TimeTerms(working_days=2)))
STRICT = contract(
    "strict",
    many_attempts=2,
    many_within_days=2,
    clinical_reasons=("welfare",),
    escalations=("handed_over",),
    agreements=("settled",),
)
CONTRACTS = (STANDARD, NUDGING, WARNING_EARLY, LIMITING, STRICT)


def agreement(policy: Policy) -> str:
    """Something that the contract lists as agreed."""
    return policy.outreach.agreements[0]


# --- commands --------------------------------------------------------------------------------------------------------------


def asked(reason: str = "general", policy: Policy = STANDARD, **changes: Any) -> outreach.OpenContact:
    """Ask for contact for a reason, with a provider where that is what the reason means."""
    given: dict[str, Any] = {
        "contract": policy.contract,
        "partner": "pt-1",
        "reason": reason,
        "with_whom": "provider" if reason == "provider_enquiry" else "participant",
        "person": "pa-7",
        "case": "ASST-104233",
    }
    return outreach.OpenContact(**given | changes)


def attempt(channel: str, result: str, **changes: Any) -> outreach.Attempt:
    """An attempt as it comes."""
    given: dict[str, Any] = {"channel": channel, "result": result}
    return outreach.Attempt(**given | changes)


VOICEMAIL = attempt("telephone", "no_answer", message="voicemail", asks_to_call_back=True)
EMAIL = attempt("email", "no_answer", asks_to_call_back=True)
SILENT = attempt("telephone", "no_answer")
REACHED = attempt("telephone", "reached", agreed="nothing_further")
ANSWERED = attempt("email", "reached", agreed="information_sent")
UNHAPPY = attempt("telephone", "reached", dissatisfied=True)
FURTHER = attempt("telephone", "no_answer", message="voicemail", asks_to_call_back=True, clinical_reason="safety_check")
CALLED = outreach.ReceiveCall(agreed="call_again")
ACKNOWLEDGE = outreach.Acknowledge()
EXHAUST = outreach.Exhaust()
RISK = outreach.RaiseRisk()
ESCALATE = outreach.Escalate(reason="dissatisfied")


# --- a contact, led by hand --------------------------------------------------------------------------------------------------


def context(at: datetime, by: Actor, policy: Policy | None = STANDARD, request: str = REQUEST) -> Context:
    """Make a context with the contract's own offices."""
    return journeys.context(at, by, policy, request=request)


@define
class Journey:
    """One contact under one contract: each call is made an hour after the one before, unless it says otherwise.

    For instance ``Journey().opened("check_in")`` has been asked for, and no attempt was made.
    """

    policy: Policy = STANDARD
    process: Process = outreach.PROCESS
    now: datetime = START
    request: str = REQUEST
    snapshot: Snapshot | None = None
    trail: list[Step] = field(factory=list)

    @property
    def stands(self) -> Snapshot:
        """The contact as it stands, which was opened."""
        assert self.snapshot is not None
        return self.snapshot

    @property
    def state(self) -> str:
        """The state that it is in."""
        return self.stands.state

    @property
    def body(self) -> outreach.Contact:
        """The contact's own part of it."""
        body: outreach.Contact = self.stands.body
        return body

    @property
    def triggers(self) -> list[str]:
        """The triggers of all its steps, in order."""
        return [step.trigger for step in self.trail]

    @property
    def limits(self) -> dict[str, datetime]:
        """When each limit that runs passes."""
        return {deadline.limit: deadline.passes_at for deadline in self.stands.deadlines}

    def context(self, by: Actor, at: datetime | None = None) -> Context:
        """The context of what somebody does, now or at an instant."""
        return context(self.now if at is None else at, by, self.policy, self.request)

    def can(self, command: Any, by: Actor = CLINICIAN, at: datetime | None = None) -> Verdict:
        """Ask, and do nothing."""
        return self.process.can(self.snapshot, command, self.context(by, at))

    def do(self, command: Any, by: Actor = CLINICIAN, at: datetime | None = None) -> Journey:
        """Decide a command that has to be permitted."""
        self.now = self.now + HOUR if at is None else at
        steps, self.snapshot = self.process.advance(self.snapshot, command, self.context(by))
        self.trail.extend(steps)
        return self

    def refused(self, command: Any, by: Actor = CLINICIAN, at: datetime | None = None) -> tuple[str, ...]:
        """Decide a command that has to be refused, and give the codes."""
        try:
            steps = self.process.decide(self.snapshot, command, self.context(by, at))
        except Refused as refusal:
            return refusal.verdict.codes
        raise AssertionError(f"permitted: {steps}")

    def amiss(self, command: Any, by: Actor = CLINICIAN) -> dict[str, tuple[str, ...]]:
        """The fields that stand in the way, by the code of their refusal."""
        return {reason.code: reason.fields for reason in self.can(command, by).reasons}

    def wait(self, until: datetime) -> Journey:
        """Let time pass, and the clock do what is due."""
        self.now = until
        steps, self.snapshot = self.process.tick(self.stands, self.context(SYSTEM))
        self.trail.extend(steps)
        return self

    def opened(self, reason: str = "general", **changes: Any) -> Journey:
        """Ask for it, now."""
        return self.do(asked(reason, self.policy, **changes), WPO, self.now)

    def tried(self, *attempts: outreach.Attempt) -> Journey:
        """Make attempts, by telephone with voicemail where none are given: as many as are owed."""
        for each in attempts or (VOICEMAIL,) * self.body.owed:
            self.do(each)
        return self


def opened(reason: str = "general", policy: Policy = STANDARD, **changes: Any) -> Journey:
    """A contact that has just been asked for."""
    return Journey(policy).opened(reason, **changes)


# --- tours: together they take every row of the table --------------------------------------------------------------------------

LATER = 30 * DAY


def _left_alone(reason: str) -> Callable[[Process], Journey]:
    """Reminded, warned and overdue before the first attempt and after it, and used up when WPO knows already."""

    def tour(process: Process) -> Journey:
        one = Journey(NUDGING, process).opened(reason)
        one.do(outreach.RaiseRisk(urgency="urgent"))
        one.do(outreach.ChangeMeans(has_email=False))
        one.wait(one.now + LATER)
        one.do(ACKNOWLEDGE).tried()
        return one.do(EXHAUST)

    return tour


def _attempted_early(reason: str) -> Callable[[Process], Journey]:
    def tour(process: Process) -> Journey:
        one = Journey(NUDGING, process).opened(reason).do(EMAIL)
        one.do(outreach.ChangeMeans(email_consent=True)).do(RISK)
        one.wait(one.now + LATER)
        return one.do(ACKNOWLEDGE).do(CALLED)

    return tour


def _used_up_in_time(process: Process) -> Journey:
    return Journey(NUDGING, process).opened("email_received").tried().do(ACKNOWLEDGE).do(EXHAUST)


def _ending(*commands: Any) -> Callable[[Process], Journey]:
    def tour(process: Process) -> Journey:
        one = Journey(NUDGING, process).opened("email_received")
        for command in commands:
            one.do(command)
        return one

    return tour


def _many(process: Process) -> Journey:
    return Journey(contract("few", many_attempts=2), process).opened("after_complaint").tried().do(EXHAUST)


TOURS: Mapping[str, Callable[[Process], Journey]] = {
    "left alone, in hours": _left_alone("email_received"),
    "left alone, in days": _left_alone("clinical_call_back"),
    "attempted early, in hours": _attempted_early("email_received"),
    "attempted early, in days": _attempted_early("clinical_call_back"),
    "used up in time": _used_up_in_time,
    "reached": _ending(ACKNOWLEDGE, REACHED),
    "reached by e-mail": _ending(VOICEMAIL, ANSWERED),
    "dissatisfied": _ending(UNHAPPY),
    "called before any attempt": _ending(CALLED),
    "called, dissatisfied": _ending(EMAIL, outreach.ReceiveCall(dissatisfied=True)),
    "escalated before any attempt": _ending(ESCALATE),
    "escalated after one": _ending(VOICEMAIL, ESCALATE),
    "many attempts": _many,
}
"""Tours through the table, by name; together they take every row."""
