"""The people, contracts and cancellations of these tests, and a `Journey`: one cancellation led through by hand.

Calendars and offices are those of all tests. Every instant is an offset from `START`, a Wednesday in the week before
Melbourne Cup Day; the session would have been on the Friday after.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from typing import Any

from attrs import define, field

from eap_workflow.errors import Refused
from eap_workflow.policy import STANDARD, CancellationTerms, Parties, PartyTerms, Policy, TimeTerms
from eap_workflow.process import Context, Process
from eap_workflow.steps import Snapshot, Step
from eap_workflow.values import SYSTEM, Actor, Reference, Role
from eap_workflow.verdict import Verdict
from eap_workflow.workflows import session_cancellation as sc
from tests import journeys
from tests.journeys import DAY, HOUR, MELBOURNE, START

WORKFLOW = sc.PROCESS.workflow
REQUEST = Reference("SC-0001")
SESSION_AT = datetime(2026, 10, 30, 14, 0, tzinfo=MELBOURNE)

THERAPIST = journeys.actor(Role.THERAPIST, "th-1")
OTHER_THERAPIST = journeys.actor(Role.THERAPIST, "th-2")
TEAM = journeys.TEAM
PARTNER = journeys.actor(Role.PARTNER_CLINICIAN, "pc-1")

# --- contracts --------------------------------------------------------------------------------------------------------

STRICT = journeys.contract(
    "strict",
    session_cancellation=CancellationTerms(
        source="Harbour agreement, schedule 5",
        short_notice_hours=72,
        voicemail_allowed=False,
        support=TimeTerms(elapsed_hours=4, remind_before=2, warn_before=1),
        rebooking_remind_before=1,
        rebooking_warn_before=1,
        records=TimeTerms(working_days=2, remind_before=1, warn_before=1),
        absence_update=TimeTerms(working_days=5, remind_before=2, warn_before=1),
    ),
)
OWN_LISTS = journeys.contract(
    "own-lists",
    session_cancellation=CancellationTerms(
        source="Harbour agreement, schedule 6",
        reasons=("unwell", "on_leave"),
        voicemail_reasons=("nothing_else_works",),
        troubles=("line_down",),
        agreements=("as_discussed",),
        rebooking_remind_before=3,
        rebooking_warn_before=1,
        records=TimeTerms(elapsed_hours=24),
        absence_update=TimeTerms(elapsed_hours=48, remind_before=24),
    ),
)
WARNING_EARLY = journeys.contract(
    "warning-early",
    session_cancellation=CancellationTerms(
        source="Harbour agreement, schedule 8",
        support=TimeTerms(elapsed_hours=4, remind_before=1, warn_before=3),
        rebooking_remind_before=1,
        rebooking_warn_before=3,
        records=TimeTerms(working_days=3, remind_before=1, warn_before=2),
        absence_update=TimeTerms(working_days=5, remind_before=1, warn_before=3),
    ),
)
IN_PERTH = journeys.contract(
    "in-perth",
    session_cancellation=CancellationTerms(source="Harbour agreement, schedule 7"),
    parties=Parties(
        provider=PartyTerms(region="AU-WA", zone="Australia/Perth", reading="next_working_day", cutoff=time(17))
    ),
)
CONTRACTS = (STANDARD, STRICT, OWN_LISTS, WARNING_EARLY, IN_PERTH)


# --- commands ---------------------------------------------------------------------------------------------------------


def cancel(policy: Policy = STANDARD, **changes: Any) -> sc.Cancel:
    """A cancellation of the session of Friday, but for the changes."""
    given: dict[str, Any] = {
        "contract": policy.contract,
        "session": "ses-1",
        "session_at": SESSION_AT,
        "client": "cl-88",
        "therapist": "th-1",
        "reason": policy.session_cancellation.reasons[0],
        "preferred_method": "telephone",
        "absence": "abs-1",
    }
    return sc.Cancel(**given | changes)


TELL = sc.TellClient(method="telephone", slots=(Reference("slot-1"), Reference("slot-2")))
BOTH_TOLD = sc.UpdateAbsence(told=("provider", "client"))
REBOOK = sc.Rebook(slot=Reference("slot-1"))
BY_THERAPIST = sc.MarkAttendance(cancelled_by="therapist")
ENTER = sc.EnterSession(session=Reference("ses-9"))


def write_note(policy: Policy = STANDARD, note: str = "note-1") -> sc.WriteNote:
    """A note with the first thing that a contract lists."""
    return sc.WriteNote(note=Reference(note), agreed=policy.session_cancellation.agreements[0])


def ask_support(policy: Policy = STANDARD) -> sc.AskSupport:
    """Support is asked for the first trouble that a contract lists."""
    return sc.AskSupport(trouble=policy.session_cancellation.troubles[0])


def contact_on(day: date | None = None) -> sc.StateContactDay:
    """A day on which the client will be contacted: the Thursday after Cup Day, where none is given."""
    return sc.StateContactDay(on=day or date(2026, 11, 5))


def ticket(record: sc.commands.RecordName, ticket: str = "tic-1") -> sc.RaiseTicket:
    """A ticket for a record."""
    return sc.RaiseTicket(record=record, ticket=Reference(ticket))


def context(at: datetime, by: Actor, policy: Policy | None = STANDARD, *, request: Reference = REQUEST) -> Context:
    """A context with the contract's own offices."""
    return journeys.context(at, by, policy, request=request)


# --- a cancellation, led by hand --------------------------------------------------------------------------------------


@define
class Journey:
    """One cancellation under one contract: each call is made an hour after the one before, unless it says otherwise.

    For instance ``Journey().to("to_rebook")`` stands where the client has been told.
    """

    policy: Policy = STANDARD
    process: Process = sc.PROCESS
    now: datetime = START
    snapshot: Snapshot | None = None
    trail: list[Step] = field(factory=list)

    @property
    def stands(self) -> Snapshot:
        """The request as it stands, which was opened."""
        assert self.snapshot is not None
        return self.snapshot

    @property
    def body(self) -> sc.Cancellation:
        """The request's own part of it."""
        body: sc.Cancellation = self.stands.body
        return body

    @property
    def state(self) -> str:
        """The state that it is in."""
        return self.stands.state

    @property
    def triggers(self) -> list[str]:
        """The triggers of all its steps, in order."""
        return [step.trigger for step in self.trail]

    def due_on(self, limit: str) -> date:
        """The last day of a limit that runs."""
        deadline = self.stands.deadline(limit)
        assert deadline is not None
        return deadline.due_on

    def context(self, by: Actor, at: datetime | None = None) -> Context:
        """The context of what somebody does, now or at an instant."""
        return context(self.now if at is None else at, by, self.policy)

    def can(self, command: Any, by: Actor = THERAPIST, at: datetime | None = None) -> Verdict:
        """Ask, and do nothing."""
        return self.process.can(self.snapshot, command, self.context(by, at))

    def do(self, command: Any, by: Actor = THERAPIST, at: datetime | None = None) -> tuple[Step, ...]:
        """Decide a command that has to be permitted."""
        self.now = self.now + HOUR if at is None else at
        steps, self.snapshot = self.process.advance(self.snapshot, command, self.context(by))
        self.trail.extend(steps)
        return steps

    def refused(self, command: Any, by: Actor = THERAPIST, at: datetime | None = None) -> tuple[str, ...]:
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

    def to(self, state: str, **changes: Any) -> Journey:
        """Lead a new cancellation to a state in the shortest way."""
        self.do(cancel(self.policy, **changes))
        for command, by in _path(state, self.policy):
            self.do(command, by)
        assert self.state == state
        return self


def _path(state: str, policy: Policy) -> tuple[tuple[Any, Actor], ...]:
    told = ((TELL, THERAPIST),)
    booked = (*told, (REBOOK, THERAPIST))
    noted = ((BY_THERAPIST, THERAPIST), (write_note(policy), THERAPIST))
    paths: Mapping[str, tuple[tuple[Any, Actor], ...]] = {
        "to_tell": (),
        "with_support": ((ask_support(policy), THERAPIST),),
        "to_rebook": told,
        "contact_stated": (*told, (contact_on(), THERAPIST)),
        "to_record": booked,
        "closed": (
            *booked,
            *noted,
            (ENTER, THERAPIST),
            (sc.ConfirmSession(), THERAPIST),
            (sc.Close(), THERAPIST),
        ),
        "withdrawn": ((sc.Withdraw(ground="session_goes_ahead"), THERAPIST),),
    }
    return paths[state]


RESTING = tuple(state.name for state in WORKFLOW.states if not state.final)


# --- tours: together they take every row of the table ------------------------------------------------------------------


def _linger(one: Journey, recording: Any) -> None:
    """Do whatever does not lead on: the absence grows, is overdue, updated, ends and grows again; and who is told of it."""
    one.do(sc.ExtendAbsence())
    deadline = one.stands.deadline("absence_update")
    one.wait(one.now + DAY if deadline is None else deadline.passes_at + HOUR)
    one.do(BOTH_TOLD)
    one.do(sc.EndAbsence())
    one.do(sc.Escalate(ground="cannot_wait"), TEAM)
    one.do(sc.RaiseConcern(kind="risk"))
    one.do(recording)


def _everywhere(recording: Any) -> Callable[[Process], Journey]:
    """Through every state, and round in each."""

    def tour(process: Process) -> Journey:
        one = Journey(STRICT, process).to("to_tell")
        _linger(one, recording)
        one.do(ask_support(STRICT))
        one.wait(one.now + 5 * HOUR)
        _linger(one, recording)
        one.do(sc.HandBack(), TEAM)
        one.do(ask_support(STRICT), TEAM)
        one.do(sc.ConfirmTold(method="telephone"), TEAM)
        _linger(one, recording)
        one.do(sc.OfferSlots(slots=(Reference("slot-3"),)))
        one.do(write_note(STRICT))
        one.do(contact_on(one.now.date() + DAY))
        one.do(contact_on(one.now.date() + 3 * DAY), TEAM)
        one.do(sc.OfferSlots(slots=(Reference("slot-4"),)), TEAM)
        one.do(write_note(STRICT, "note-2"))
        _linger(one, recording)
        one.do(sc.Rebook(slot=Reference("slot-4")))
        _linger(one, recording)
        one.do(ENTER)
        one.do(sc.ConfirmSession())
        one.do(write_note(STRICT, "note-3"))
        one.do(sc.ExtendAbsence())
        one.do(sc.Close(), TEAM)
        one.do(sc.RaiseConcern(kind="risk"))
        return one

    return tour


def _rebooked_at_once(process: Process) -> Journey:
    return Journey(STRICT, process).to("closed")


def _rebooked_again(process: Process) -> Journey:
    one = Journey(STRICT, process).to("to_record")
    one.do(ENTER)
    one.do(sc.ReopenRebooking())
    one.do(sc.DeclineRebooking())
    return one


def _not_rebooked(state: str) -> Callable[[Process], Journey]:
    def tour(process: Process) -> Journey:
        one = Journey(STRICT, process).to(state)
        one.do(sc.DeclineRebooking())
        one.do(ticket("attendance"))
        one.do(ticket("note"))
        one.do(sc.Close())
        return one

    return tour


def _withdrawn_from(state: str) -> Callable[[Process], Journey]:
    def tour(process: Process) -> Journey:
        one = Journey(STRICT, process).to(state)
        one.do(sc.ExtendAbsence())
        one.do(sc.Withdraw(ground="entered_in_error"), TEAM)
        one.do(sc.RaiseConcern(kind="welfare"), TEAM)
        return one

    return tour


TOURS: Mapping[str, Callable[[Process], Journey]] = {
    "everywhere, marked": _everywhere(BY_THERAPIST),
    "everywhere, by ticket": _everywhere(ticket("attendance")),
    "rebooked at once": _rebooked_at_once,
    "rebooked again": _rebooked_again,
    "not rebooked": _not_rebooked("to_rebook"),
    "not rebooked on the day": _not_rebooked("contact_stated"),
    "nothing to tell": _withdrawn_from("to_tell"),
    "nothing for support to tell": _withdrawn_from("with_support"),
}
"""Tours through the table, by name; together they take every row."""
