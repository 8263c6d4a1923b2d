"""Session cancellations, for the harness that drives two engines."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from hypothesis import strategies as st

from eap_workflow.local_time import local_day
from eap_workflow.policy import STANDARD, Policy
from eap_workflow.process import ByClock, Context, Process
from eap_workflow.steps import Snapshot, Step
from eap_workflow.values import SYSTEM, Actor, Reference, Role
from eap_workflow.workflows import session_cancellation as sc
from tests import strategies
from tests.strategies import Attempt
from tests.workflows.session_cancellation import journeys
from tests.workflows.session_cancellation.journeys import OTHER_THERAPIST, PARTNER, TEAM, THERAPIST, WORKFLOW

ACTORS = (THERAPIST, OTHER_THERAPIST, TEAM, PARTNER, SYSTEM)
METHODS = ("telephone", "telephone", "email", "voicemail")
SLOTS = (Reference("slot-1"), Reference("slot-2"), Reference("slot-3"))
TRIES = 3
DAYS = (-1, 0, 0, 1, 4, 9)


def slots(least: int) -> st.SearchStrategy[tuple[Reference, ...]]:
    """Draw a few slots."""
    return st.lists(st.sampled_from(SLOTS), min_size=least, max_size=2, unique=True).map(tuple)


def days(policy: Policy, at: datetime) -> st.SearchStrategy[Any]:
    """Draw days around the provider's today, mostly to come."""
    today = local_day(at, policy.parties.provider.zone)
    return st.sampled_from(DAYS).map(lambda ahead: today + timedelta(days=ahead))


def cancellations(policy: Policy, at: datetime) -> st.SearchStrategy[sc.Cancel]:
    """Draw cancellations, now and then of what is over, far off, of another contract or for an unknown reason."""
    terms = policy.session_cancellation
    hours = st.sampled_from((1, 20, 48, 48, 72, 73, 200, 0, -1))
    return st.builds(
        journeys.cancel,
        st.just(policy),
        contract=st.sampled_from((policy.contract,) * 8 + ("elsewhere",)),
        session_at=hours.map(lambda ahead: at + timedelta(hours=ahead)),
        therapist=st.sampled_from(("th-1", "th-1", "th-1", "th-2")),
        reason=st.sampled_from((*terms.reasons, "bad_weather")),
        kind=st.sampled_from(("cancelled", "postponed")),
        preferred_method=st.sampled_from(METHODS),
        absence=st.sampled_from(("abs-1", "abs-1", None)),
    )


def tellings(
    command: Callable[..., Any], policy: Policy, snapshot: Snapshot | None
) -> st.SearchStrategy[sc.TellClient | sc.ConfirmTold]:
    """Draw ways in which a client is told, mostly the one that they prefer."""
    preferred = ("telephone",) if snapshot is None else (snapshot.body.preferred_method,) * 4
    reasons = (*policy.session_cancellation.voicemail_reasons, "no_time")
    method = st.sampled_from((*preferred, "voicemail", "sms"))
    return st.builds(command, method=method, voicemail_reason=st.sampled_from((None, None, *reasons)), slots=slots(0))


def commands(trigger: str, policy: Policy, snapshot: Snapshot | None, at: datetime) -> st.SearchStrategy[Any]:
    """Draw commands of one trigger, fitting and unfitting; the system's have no command but themselves."""
    terms = policy.session_cancellation
    day = days(policy, at)
    known: dict[str, st.SearchStrategy[Any]] = {
        "cancel": cancellations(policy, at),
        "tell_client": tellings(sc.TellClient, policy, snapshot),
        "ask_support": st.builds(sc.AskSupport, trouble=st.sampled_from((*terms.troubles, "tired"))),
        "confirm_told": tellings(sc.ConfirmTold, policy, snapshot),
        "hand_back": st.just(sc.HandBack()),
        "withdraw": st.builds(sc.Withdraw, ground=st.sampled_from(("session_goes_ahead", "entered_in_error"))),
        "offer_slots": st.builds(sc.OfferSlots, slots=slots(1)),
        "rebook": st.builds(sc.Rebook, slot=st.sampled_from(SLOTS)),
        "state_contact_day": st.builds(sc.StateContactDay, on=day),
        "decline_rebooking": st.builds(
            sc.DeclineRebooking, ground=st.sampled_from(("client_declined", "client_not_reached", "other_support"))
        ),
        "mark_attendance": st.builds(sc.MarkAttendance, cancelled_by=st.sampled_from(("therapist", "provider"))),
        "write_note": st.builds(
            sc.WriteNote, note=st.just(Reference("note-1")), agreed=st.sampled_from((*terms.agreements, "nothing"))
        ),
        "enter_session": st.builds(sc.EnterSession, session=st.sampled_from((Reference("ses-8"), Reference("ses-9")))),
        "confirm_session": st.just(sc.ConfirmSession()),
        "raise_ticket": st.builds(
            journeys.ticket, st.sampled_from(("attendance", "note", "next_session", "confirmation"))
        ),
        "close": st.just(sc.Close()),
        "extend_absence": st.builds(sc.ExtendAbsence, until=st.none() | day),
        "update_absence": st.builds(
            sc.UpdateAbsence,
            told=st.sampled_from((("provider", "client"), ("client", "provider"), ("client",), ("provider",))),
            until=st.none() | day,
        ),
        "end_absence": st.just(sc.EndAbsence()),
        "escalate": st.builds(
            sc.Escalate, ground=st.sampled_from(("client_unhappy", "cannot_wait", "absence_harmful"))
        ),
        "reopen_rebooking": st.just(sc.ReopenRebooking()),
        "raise_concern": st.builds(sc.RaiseConcern, kind=st.sampled_from(("welfare", "safeguarding", "risk"))),
    }
    return known.get(trigger, st.just(ByClock(trigger=trigger)))


def fitting_actor(snapshot: Snapshot | None, role: Role) -> Actor:
    """Somebody of a role who may act on the cancellation as it stands."""
    if role is Role.CASE_TEAM:
        return TEAM
    return THERAPIST if snapshot is None else Actor(role=Role.THERAPIST, id=snapshot.body.therapist)


@st.composite
def likely_attempts(draw: st.DrawFn, snapshot: Snapshot | None, policy: Policy, at: datetime) -> Attempt:
    """A trigger that the state has, by somebody who may; its own fields may still be wrong."""
    state = WORKFLOW.start if snapshot is None else snapshot.state
    rows = [move for move in WORKFLOW.moves_from(state) if any(role is not Role.SYSTEM for role in move.who)]
    if not rows:
        return draw(wild_attempts(snapshot, policy, at))
    # What leads on comes first, so that far states are reached; what ends it early comes last.
    on = [move for move in rows if move.trigger != "withdraw"]
    forward = [move for move in on if not move.is_self_move]
    move = draw(st.sampled_from(forward * 3 + on * 2 + rows))
    by = fitting_actor(snapshot, draw(st.sampled_from([role for role in move.who if role is not Role.SYSTEM])))
    context = journeys.context(at, by, policy)
    command = draw(commands(move.trigger, policy, snapshot, at))
    for _ in range(TRIES):
        if sc.can(snapshot, command, context).permitted:
            break
        command = draw(commands(move.trigger, policy, snapshot, at))
    return Attempt(command=command, context=context)


@st.composite
def wild_attempts(draw: st.DrawFn, snapshot: Snapshot | None, policy: Policy, at: datetime) -> Attempt:
    """A trigger of the state, or any other, by anybody; now and then dated back, or under another policy."""
    own = WORKFLOW.moves_from(WORKFLOW.start if snapshot is None else snapshot.state)
    trigger = draw(st.sampled_from(tuple(move.trigger for move in own) * 2 + WORKFLOW.triggers))
    command = draw(commands(trigger, policy, snapshot, at))
    # A cancellation keeps its policy to its end; another one of the same contract comes only afterwards.
    other = policy if snapshot is None else journeys.STRICT
    given = draw(st.sampled_from((policy,) * 12 + (None, STANDARD, other)))
    earlier = draw(st.sampled_from((timedelta(0),) * 9 + (timedelta(days=5),)))
    return Attempt(command=command, context=journeys.context(at - earlier, draw(st.sampled_from(ACTORS)), given))


NEXT: Mapping[str, Any] = {
    "attendance": journeys.BY_THERAPIST,
    "next_session": journeys.ENTER,
    "confirmation": sc.ConfirmSession(),
}


class SessionCancellation:
    """Session cancellations, for the shared harness."""

    process = sc.PROCESS
    sporadic: frozenset[str] = frozenset({"absence_update"})

    def limits_set(self, world: Policy, _body: Any) -> Collection[str]:
        """Those that the contract has a number for; how often an absence is told of it says always."""
        terms = world.session_cancellation
        given = {"support": terms.support, "records": terms.records, "absence_update": terms.absence_update}
        return {name for name, each in given.items() if each is not None}

    def worlds(self) -> st.SearchStrategy[tuple[Policy, datetime]]:
        """Draw a contract, and an instant."""
        return st.tuples(st.sampled_from(journeys.CONTRACTS), strategies.instants())

    def attempts(self, world: Policy, snapshot: Snapshot | None, at: datetime) -> st.SearchStrategy[Attempt]:
        """Draw likely and wild attempts, two to one."""
        likely = likely_attempts(snapshot, world, at)
        return likely | likely | wild_attempts(snapshot, world, at)

    def waits(self) -> st.SearchStrategy[timedelta]:
        """Draw moments and weeks."""
        return strategies.waits()

    def clock(self, world: Policy, at: datetime) -> Context:
        """Give the clock's own context."""
        return journeys.context(at, SYSTEM, world)

    def way_out(self, world: Policy, snapshot: Snapshot, at: datetime) -> Attempt:
        """Tell the client, settle the next session, make what records are missing, and close."""
        body: sc.Cancellation = snapshot.body
        missing = body.missing[:1]
        command: Any
        if snapshot.state == "to_tell":
            command = sc.TellClient(method=body.preferred_method)
        elif snapshot.state == "with_support":
            command = sc.ConfirmTold(method=body.preferred_method)
        elif snapshot.state in ("to_rebook", "contact_stated"):
            command = sc.DeclineRebooking()
        elif missing == ("note",):
            command = journeys.write_note(world)
        else:
            command = NEXT[missing[0]] if missing else sc.Close()
        return Attempt(command=command, context=journeys.context(at, TEAM, world))

    def check(self, world: Policy, snapshot: Snapshot) -> None:
        """A client who does not know has no next session and no note; a closed cancellation owes nothing."""
        body: sc.Cancellation = snapshot.body
        assert body.policy == world.ref
        assert (body.told is None) == (snapshot.state in ("to_tell", "with_support", "withdrawn"))
        assert (body.withdrawn is not None) == (snapshot.state == "withdrawn")
        rebooking, records = body.rebooking, body.records
        assert (rebooking.slot is not None) == (rebooking.outcome == "booked")
        assert rebooking.slot is None or rebooking.slot in rebooking.slots
        assert (rebooking.ground is not None) == (rebooking.outcome == "declined")
        assert body.told is not None or not records.notes
        assert all(note.told_at <= snapshot.at for note in records.notes)
        assert records.next_session is None or rebooking.outcome == "booked"
        assert records.confirmed_at is None or records.accounts_for("next_session")
        assert snapshot.state != "closed" or body.missing == ()
        told_of = "absence_update" in {deadline.limit for deadline in snapshot.deadlines}
        final = WORKFLOW.state(snapshot.state).final
        assert told_of == (body.growth.longer_since is not None and not final)
        if body.told is not None and body.told.method == "voicemail" != body.preferred_method:
            terms = world.session_cancellation
            assert terms.voicemail_allowed
            assert body.told.voicemail_reason in terms.voicemail_reasons

    @property
    def tours(self) -> Mapping[str, Callable[[Process], Sequence[Step]]]:
        """Lead the journeys' tours."""
        return {name: partial(_trail, tour) for name, tour in journeys.TOURS.items()}


def _trail(tour: Callable[[Process], journeys.Journey], process: Process) -> Sequence[Step]:
    return tour(process).trail
