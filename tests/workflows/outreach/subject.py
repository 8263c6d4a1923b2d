"""Outreach, for the harness that drives two engines."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any, get_args

import attrs
from attrs import frozen
from hypothesis import strategies as st

from eap_workflow.errors import InvalidValue
from eap_workflow.policy import STANDARD, Policy
from eap_workflow.process import ByClock, Context, Process
from eap_workflow.steps import Snapshot, Step
from eap_workflow.table import When
from eap_workflow.terms.outreach import ContactReason
from eap_workflow.values import SYSTEM, Actor, Role
from eap_workflow.workflows import outreach
from eap_workflow.workflows.outreach.commands import Result
from eap_workflow.workflows.outreach.contact import URGENCIES
from tests.journeys import CONSULTANT, MELBOURNE
from tests.workflows.outreach import journeys
from tests.workflows.outreach.journeys import CLINICIAN, COLLEAGUE, CONTRACTS, OF_NO_PARTNER, STRANGER, WPO

WORKFLOW = outreach.PROCESS.workflow
ACTORS = (CLINICIAN, COLLEAGUE, STRANGER, OF_NO_PARTNER, WPO, CONSULTANT, SYSTEM)
WAITS = tuple(timedelta(hours=hours) for hours in (0, 1, 5, 16, 24, 47, 24 * 6, 24 * 20))
FLAGS = ("email_only", "has_telephone", "has_email", "email_consent", "wants_messages")


@frozen(kw_only=True)
class Attempted:
    """A command, when and by whom, permitted or not."""

    command: Any
    context: Context


def _made(plain: Any, parts: Mapping[str, st.SearchStrategy[Any]]) -> st.SearchStrategy[Any]:
    """Draw the parts of a command; where its class refuses them, it is the plain one."""

    def make(given: dict[str, Any]) -> Any:
        try:
            return attrs.evolve(plain, **given)
        except InvalidValue:
            return plain

    return st.fixed_dictionaries(dict(parts)).map(make)


def _asked(policy: Policy) -> st.SearchStrategy[Any]:
    plain = st.builds(journeys.asked, st.sampled_from(get_args(ContactReason)), st.just(policy))
    odd = _made(
        journeys.asked(policy=policy, person="pa-1"),
        {
            "contract": st.sampled_from((policy.contract, policy.contract, policy.contract, "elsewhere")),
            "partner": st.sampled_from(("pt-1", "pt-1", "pt-1", "pt-2")),
            "reason": st.sampled_from(get_args(ContactReason)),
            "with_whom": st.sampled_from(("participant", "participant", "provider")),
            "case": st.none() | st.just("ASST-1"),
            "urgency": st.sampled_from(("risk", *URGENCIES)),
            "email_only": st.sampled_from((False, False, True)),
            **{name: st.sampled_from((True, True, False)) for name in FLAGS if name != "email_only"},
        },
    )
    return plain | odd


def _attempts(policy: Policy) -> st.SearchStrategy[Any]:
    terms = policy.outreach
    return _made(
        journeys.VOICEMAIL,
        {
            "channel": st.sampled_from(("telephone", "email")),
            "result": st.sampled_from((*("no_answer",) * 6, *get_args(Result))),
            "message": st.sampled_from((None, "voicemail", "voicemail", "email")),
            "asks_to_call_back": st.sampled_from((True, True, True, False)),
            "clinical_reason": st.sampled_from((None, None, terms.clinical_reasons[0], "habit")),
            "agreed": st.sampled_from((None, None, terms.agreements[0], "world_peace")),
            "dissatisfied": st.sampled_from((False, False, False, True)),
        },
    )


def _fitting(policy: Policy, body: outreach.Contact) -> outreach.Attempt:
    """The attempt without success that keeps to the rules, as far as the means leave one open."""
    by_telephone, wanted = body.telephone_open, body.means.wants_messages
    return outreach.Attempt(
        channel="telephone" if by_telephone else "email",
        result="no_answer",
        message="voicemail" if by_telephone and wanted else None,
        asks_to_call_back=wanted or not by_telephone,
        clinical_reason=policy.outreach.clinical_reasons[0] if body.is_beyond_the_number else None,
    )


def _commands(trigger: str, policy: Policy) -> st.SearchStrategy[Any]:
    terms = policy.outreach
    flags = {name: st.sampled_from((None, None, True, False)) for name in FLAGS}
    known: dict[str, st.SearchStrategy[Any]] = {
        "open_contact": _asked(policy),
        "acknowledge": st.just(outreach.Acknowledge()),
        "change_means": _made(outreach.ChangeMeans(has_email=True), flags),
        "attempt": _attempts(policy),
        "receive_call": _made(
            outreach.ReceiveCall(agreed=terms.agreements[0]),
            {
                "channel": st.sampled_from(("telephone", "email")),
                "agreed": st.sampled_from((None, terms.agreements[0], "world_peace")),
                "dissatisfied": st.booleans(),
            },
        ),
        "exhaust": st.just(outreach.Exhaust()),
        "raise_risk": st.builds(outreach.RaiseRisk, urgency=st.sampled_from(("urgent", "risk"))),
        "escalate": st.builds(outreach.Escalate, reason=st.sampled_from((terms.escalations[0], "boredom"))),
    }
    return known.get(trigger, st.just(ByClock(trigger=trigger)))


@st.composite
def likely_attempts(draw: st.DrawFn, world: Policy, snapshot: Snapshot | None, at: datetime) -> Attempted:
    """A trigger that the state has, by somebody who may; its own fields may still be wrong."""
    state = WORKFLOW.start if snapshot is None else snapshot.state
    rows = [move for move in WORKFLOW.moves_from(state) if move.when is When.ASKED]
    if not rows:
        return draw(_wild(world, snapshot, at))
    # Attempts come first, and what ends a contact at once comes last, so that histories grow long.
    longer = [move for move in rows if move.trigger in {"attempt", "open_contact"}]
    calmer = [move for move in rows if move.target in {"received", "attempting", "used_up"}]
    move = draw(st.sampled_from(longer * 20 + calmer * 4 + rows))
    role = draw(st.sampled_from(move.who))
    partner = "pt-1" if snapshot is None else snapshot.body.partner
    by = WPO if role is Role.CASE_TEAM else Actor(role=role, id="pc-1", practice=partner)
    command = draw(_commands(move.trigger, world))
    if move.trigger == "attempt" and snapshot is not None and draw(st.sampled_from((True, True, True, False))):
        command = _fitting(world, snapshot.body)
    return Attempted(command=command, context=journeys.context(at, by, world))


@st.composite
def _wild(draw: st.DrawFn, world: Policy, snapshot: Snapshot | None, at: datetime) -> Attempted:
    own = WORKFLOW.moves_from(WORKFLOW.start if snapshot is None else snapshot.state)
    trigger = draw(st.sampled_from(tuple(move.trigger for move in own) * 2 + WORKFLOW.triggers))
    command = draw(_commands(trigger, world))
    # A contact that is opened keeps its policy to its end; another one of the same contract comes only afterwards.
    other = world if snapshot is None else journeys.NUDGING
    given = draw(st.sampled_from((world,) * 12 + (None, STANDARD, other)))
    earlier = draw(st.sampled_from((timedelta(0),) * 9 + (timedelta(days=5),)))
    return Attempted(command=command, context=journeys.context(at - earlier, draw(st.sampled_from(ACTORS)), given))


class Outreach:
    """Contacts, for the shared harness."""

    process = outreach.PROCESS
    sporadic: frozenset[str] = frozenset()

    def limits_set(self, world: Policy, body: outreach.Contact) -> Collection[str]:
        """Those that the contract has a number for, of the contact's reason."""
        terms = getattr(world.outreach, body.reason)
        names = ("acknowledgement", "first_attempt", "contact")
        return {name for name in names if getattr(terms, name) is not None}

    def worlds(self) -> st.SearchStrategy[tuple[Policy, datetime]]:
        """Draw a contract, and an instant around holidays, weekends and changes of the clocks."""
        days = st.dates(date(2026, 9, 25), date(2027, 4, 10))
        hours = st.sampled_from(((0, 0), (2, 30), (9, 30), (16, 59), (23, 59)))
        instants = st.builds(lambda day, hour: datetime.combine(day, time(*hour), MELBOURNE), days, hours)
        return st.tuples(st.sampled_from(CONTRACTS), instants.map(lambda at: at.astimezone(UTC)))

    def attempts(self, world: Policy, snapshot: Snapshot | None, at: datetime) -> st.SearchStrategy[Attempted]:
        """Draw likely and wild attempts, six to one."""
        likely = likely_attempts(world, snapshot, at)
        return st.sampled_from((likely,) * 6 + (_wild(world, snapshot, at),)).flatmap(lambda drawn: drawn)

    def waits(self) -> st.SearchStrategy[timedelta]:
        """Draw moments, nights and weeks."""
        return st.sampled_from(WAITS)

    def clock(self, world: Policy, at: datetime) -> Context:
        """Give the clock's own context."""
        return journeys.context(at, SYSTEM, world)

    def way_out(self, world: Policy, snapshot: Snapshot, at: datetime) -> Attempted:
        """Escalate it: that is open wherever a contact rests."""
        assert snapshot.state in {"received", "attempting"}
        command = outreach.Escalate(reason=world.outreach.escalations[0])
        return Attempted(command=command, context=journeys.context(at, WPO, world))

    def check(self, world: Policy, snapshot: Snapshot) -> None:
        """Attempts keep to the policy, messages to what is wanted, and nothing that was put on record is lost."""
        body: outreach.Contact = snapshot.body
        assert body.owed == world.outreach.reasons[body.reason].attempts
        assert len(body.attempts) <= body.owed or body.urgency != "routine"
        for number, attempt in enumerate(body.attempts, 1):
            assert (attempt.clinical_reason is not None) == (number > body.owed)
            assert attempt.reached == (attempt.agreed is not None or attempt.dissatisfied)
            assert not (attempt.reached and attempt.message)
            assert not attempt.reached or number == len(body.attempts)
        assert snapshot.state not in {"recorded", "used_up"}
        if snapshot.state == "exhausted":
            assert len(body.attempts) >= body.owed
            assert not body.is_reached
            assert body.reason != "email_received" or body.acknowledged_at is not None
            limited = world.outreach.reasons[body.reason].contact is not None
            matters = limited or body.urgency != "routine" or body.reason == "after_complaint"
            assert matters == (body.wpo_told_at is not None)
        assert (snapshot.state == "reached") == (body.is_reached and not body.is_dissatisfied)
        assert not body.is_dissatisfied or snapshot.state == "escalated"
        assert body.means.agree

    @property
    def tours(self) -> Mapping[str, Callable[[Process], Sequence[Step]]]:
        """Lead the journeys' tours."""
        return {name: partial(_trail, tour) for name, tour in journeys.TOURS.items()}


def _trail(tour: Callable[[Process], journeys.Journey], process: Process) -> Sequence[Step]:
    return tour(process).trail
