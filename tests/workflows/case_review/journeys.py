"""The people and contracts of the case-review tests, and a `Journey`: one case led through its workflow by hand.

Calendars, offices and instants are those of `tests.journeys`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any

from attrs import define, field

from eap_workflow.errors import Refused
from eap_workflow.policy import STANDARD, CaseReviewTerms, Parties, PartyTerms, Policy, TimeTerms
from eap_workflow.process import Context, Process
from eap_workflow.steps import Snapshot, Step
from eap_workflow.values import SYSTEM, Actor, Reference, Role
from eap_workflow.verdict import Verdict
from eap_workflow.workflows import case_review as cr
from tests import journeys
from tests.journeys import DAY, HOUR, START, actor

REQUEST = Reference("CR-0001")
WORKFLOW = cr.PROCESS.workflow

CLINICIAN = actor(Role.PARTNER_CLINICIAN, "pc-1", practice="pa-1")
COLLEAGUE = actor(Role.PARTNER_CLINICIAN, "pc-2", practice="pa-1")
ELSEWHERE = actor(Role.PARTNER_CLINICIAN, "pc-9", practice="pa-2")
NOWHERE = actor(Role.PARTNER_CLINICIAN, "pc-8")
THERAPIST = actor(Role.THERAPIST, "th-1")
OTHER_THERAPIST = actor(Role.THERAPIST, "th-2")
THERAPIST_AS_CLINICIAN = actor(Role.PARTNER_CLINICIAN, "th-1", practice="pa-1")
TEAM = actor(Role.CASE_TEAM, "ct-1")
EVERYBODY = (
    CLINICIAN,
    THERAPIST,
    TEAM,
    SYSTEM,
    journeys.CONSULTANT,
    journeys.STAFF,
    journeys.MANAGER,
    journeys.APPROVER,
)

# --- contracts --------------------------------------------------------------------------------------------------------

ESCALATING = TimeTerms(working_days=5, remind_before=2, warn_before=1)
ALL_LIMITS: Mapping[str, Any] = {
    "review": ESCALATING,
    "case_notes": TimeTerms(working_days=3, remind_before=1, warn_before=1),
    "notes_review": TimeTerms(elapsed_hours=48, remind_before=24, warn_before=6),
}


def contract(version: str, parties: Parties | None = None, **terms: Any) -> Policy:
    """Make a version of the contract ``harbour`` that reviews cases as the standard one does, but for the terms."""
    return Policy(
        contract="harbour",
        version=version,
        source="Harbour agreement",
        effective_from=date(2020, 1, 1),
        parties=parties or Parties(),
        case_review=CaseReviewTerms(**terms),
    )


WITH_STEPS = contract("with-steps", own_steps=("inform_contact", "send_survey"))
LIMITED = contract("limited", own_steps=("inform_contact",), **ALL_LIMITS)
WARNING_EARLY = contract(
    "warning-early",
    review=TimeTerms(working_days=5, remind_before=1, warn_before=3),
    case_notes=TimeTerms(elapsed_hours=48, remind_before=6, warn_before=24),
    notes_review=TimeTerms(working_days=3, remind_before=1, warn_before=2),
)
IN_HOURS = contract("in-hours", review=TimeTerms(elapsed_hours=24))
ALL_REVIEWED = contract("all-reviewed", reviewed_kinds=("couples", "individual"), other_kinds=())
NARROW = contract(
    "narrow",
    destinations=("insurance",),
    resources=("support_line",),
    actions=("tell_wpo",),
    discontinued=("participant_declined",),
)
LATE_READING = contract(
    "late-reading",
    Parties(provider=PartyTerms(reading="next_working_day", cutoff=time(17))),
    **ALL_LIMITS,
)
CONTRACTS = (STANDARD, WITH_STEPS, LIMITED, WARNING_EARLY, IN_HOURS, ALL_REVIEWED, NARROW, LATE_READING)


def context(at: datetime, by: Actor, policy: Policy | None = STANDARD) -> Context:
    """Make a context with the contract's own offices."""
    return journeys.context(at, by, policy, request=REQUEST)


# --- commands ---------------------------------------------------------------------------------------------------------


def open_case(policy: Policy = STANDARD, **changes: Any) -> cr.OpenCase:
    """Open a couple's case of six sessions with a therapist, but for the changes."""
    given: dict[str, Any] = {
        "contract": policy.contract,
        "partner": "pa-1",
        "case": "case-71",
        "participant": "cl-88",
        "referral": "self_referral",
        "kind": "couples",
        "benefit_sessions": 6,
        "therapist": "th-1",
    }
    return cr.OpenCase(**given | changes)


RISK = cr.RaiseSlip(kind="risk", note=Reference("note-9"))
GOAL_SLIP = cr.RaiseSlip(kind="goal_slip")
NOTES = cr.UploadNotes(notes=Reference("notes-1"))


def take_up(slip: int = 1, action: str = "tell_wpo") -> cr.TakeUpSlip:
    """Take a slip up, by telling WPO unless it says otherwise."""
    return cr.TakeUpSlip(slip=slip, action=action)


# --- a case, led by hand ----------------------------------------------------------------------------------------------


@define
class Journey:
    """One case under one contract: each call is made an hour after the one before, unless it says otherwise.

    For instance ``Journey().to("review")`` waits for the partner.
    """

    policy: Policy = STANDARD
    process: Process = cr.PROCESS
    now: datetime = START
    snapshot: Snapshot | None = None
    trail: list[Step] = field(factory=list)

    @property
    def stands(self) -> Snapshot:
        """The case as it stands, which was opened."""
        assert self.snapshot is not None
        return self.snapshot

    @property
    def body(self) -> cr.Case:
        """The case's own part of it."""
        body: cr.Case = self.stands.body
        return body

    @property
    def triggers(self) -> list[str]:
        """The triggers of all its steps, in order."""
        return [step.trigger for step in self.trail]

    def can(self, command: Any, by: Actor, at: datetime | None = None) -> Verdict:
        """Ask, and do nothing."""
        return self.process.can(self.snapshot, command, context(at or self.now, by, self.policy))

    def do(self, command: Any, by: Actor, at: datetime | None = None) -> tuple[Step, ...]:
        """Decide a command that has to be permitted."""
        self.now = self.now + HOUR if at is None else at
        steps, self.snapshot = self.process.advance(self.snapshot, command, context(self.now, by, self.policy))
        self.trail.extend(steps)
        return steps

    def refused(self, command: Any, by: Actor, at: datetime | None = None) -> tuple[str, ...]:
        """Decide a command that has to be refused, and give the codes."""
        try:
            steps = self.process.decide(self.snapshot, command, context(at or self.now, by, self.policy))
        except Refused as refusal:
            return refusal.verdict.codes
        raise AssertionError(f"permitted: {steps}")

    def wait(self, until: datetime) -> tuple[Step, ...]:
        """Let time pass, and the clock do what is due."""
        self.now = until
        steps, self.snapshot = self.process.tick(self.stands, context(until, SYSTEM, self.policy))
        self.trail.extend(steps)
        return steps

    def to(self, state: str) -> Journey:
        """Lead a new case to a state in the shortest way."""
        for name in PATHS[state]:
            if name == "open":
                self.do(open_case(self.policy), CLINICIAN)
            elif name == "close":
                self.do_own_steps()
                self.do(cr.Close(), CLINICIAN)
            else:
                self.do(*ACTIONS[name])
        assert self.stands.state == state
        return self

    def do_own_steps(self) -> None:
        """Do what the client organisation asks for."""
        for step in self.policy.case_review.own_steps[len(self.body.own_steps) :]:
            self.do(cr.DoOwnStep(step=step), CLINICIAN)


ACTIONS: Mapping[str, tuple[Any, Actor]] = {
    "hold": (cr.HoldFirstSession(), THERAPIST),
    "authorise": (cr.Authorise(sessions=4), CLINICIAN),
    "offer": (cr.OfferFurtherSession(destination="insurance"), CLINICIAN),
    "deny": (cr.Deny(resources=("support_line",)), CLINICIAN),
    "end": (cr.EndIntervention(), THERAPIST),
    "upload": (NOTES, THERAPIST),
    "clear": (cr.ClearNotes(), CLINICIAN),
    "flag": (cr.FlagNotes(action="tell_wpo"), CLINICIAN),
    "complete": (cr.CompleteAction(), CLINICIAN),
    "discontinue": (cr.Discontinue(reason="participant_declined"), CLINICIAN),
}
PATHS: Mapping[str, tuple[str, ...]] = {
    "opened": ("open",),
    "review": ("open", "hold"),
    "under_way": ("open", "hold", "authorise"),
    "moving_on": ("open", "hold", "offer"),
    "notes_owed": ("open", "hold", "deny"),
    "notes_review": ("open", "hold", "deny", "upload"),
    "action_needed": ("open", "hold", "deny", "upload", "flag"),
    "closing": ("open", "hold", "deny", "upload", "clear"),
    "closed": ("open", "hold", "deny", "upload", "clear", "close"),
    "discontinued": ("open", "discontinue"),
}
RESTING = tuple(state for state in PATHS if not WORKFLOW.state(state).final)
"""The states in which a case waits for somebody."""
UPLOADING = ("review", "under_way", "moving_on", "notes_review")
"""The states in which notes are uploaded beside what leads on."""


# --- tours: together they take every row of the table ------------------------------------------------------------------


def _busy_in(state: str) -> Callable[[Process], Journey]:
    """Whatever may happen in any state that waits: assigned, a slip raised and taken up, the organisation's step done."""

    def tour(process: Process) -> Journey:
        one = Journey(LIMITED, process).to(state)
        one.do(cr.Assign(therapist=Reference("th-3"), partner=Reference("pa-2")), TEAM)
        one.do(RISK, actor(Role.THERAPIST, "th-3"))
        one.do(take_up(), ELSEWHERE)
        one.do(cr.DoOwnStep(step="inform_contact"), ELSEWHERE)
        if state in UPLOADING:
            one.do(cr.UploadNotes(notes=Reference("notes-0")), THERAPIST)
        return one

    return tour


def _late_in(state: str) -> Callable[[Process], Journey]:
    """Extended, reminded, warned, and overdue."""

    def tour(process: Process) -> Journey:
        one = Journey(LIMITED, process).to(state)
        one.do(cr.ExtendLimit(working_days=1), TEAM)
        one.wait(one.now + 30 * DAY)
        return one

    return tour


def _ended_after(decision: str) -> Callable[[Process], Journey]:
    """The whole way, with something to be done about the notes."""

    def tour(process: Process) -> Journey:
        one = Journey(LIMITED, process).to("review")
        for name in (decision, "end", "upload", "flag", "complete"):
            one.do(*ACTIONS[name])
        one.do_own_steps()
        one.do(cr.Close(), CLINICIAN)
        return one

    return tour


def _unreviewed(process: Process) -> Journey:
    one = Journey(STANDARD, process)
    one.do(open_case(kind="individual"), TEAM)
    one.do(cr.HoldFirstSession(), CLINICIAN)
    return one


def _shortest(state: str) -> Callable[[Process], Journey]:
    return lambda process: Journey(STANDARD, process).to(state)


TOURS: Mapping[str, Callable[[Process], Journey]] = {
    **{f"busy in {state}": _busy_in(state) for state in RESTING},
    **{f"late in {state}": _late_in(state) for state in ALL_LIMITS if state != "case_notes"},
    "late in notes_owed": _late_in("notes_owed"),
    "authorised": _ended_after("authorise"),
    "moved on": _ended_after("offer"),
    "denied": _shortest("closed"),
    "discontinued": _shortest("discontinued"),
    "no review needed": _unreviewed,
}
"""Tours through the table, by name; together they take every row."""
