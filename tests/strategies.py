"""Hypothesis strategies for requests: who acts, what they ask for, when, and under which contract.

Small pools of values, so that what fits and what does not both come up often. The strategies compose: actors, contexts,
drafts and tallies make commands, commands make attempts, attempts make histories.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

import attrs
from attrs import frozen
from hypothesis import strategies as st

from eap_workflow.errors import Refused
from eap_workflow.local_time import local_day
from eap_workflow.policy import STANDARD, Policy
from eap_workflow.process import ByClock, CaseTotals, Context
from eap_workflow.steps import Snapshot, Step
from eap_workflow.table import When
from eap_workflow.values import SYSTEM, Actor, Reference, Role
from eap_workflow.workflows import extra_sessions as xs
from tests import journeys

WORKFLOW = xs.PROCESS.workflow

ACTORS = (
    journeys.CONSULTANT,
    journeys.OTHER_CONSULTANT,
    journeys.STAFF,
    journeys.OTHER_STAFF,
    journeys.actor(Role.PRACTICE, "desk-3"),
    journeys.MANAGER,
    journeys.actor(Role.CLINICAL_MANAGER, "con-1"),
    journeys.APPROVER,
    journeys.OTHER_APPROVER,
    journeys.actor(Role.EMPLOYER, "hr-3"),
    journeys.TEAM,
    SYSTEM,
)

WAITS = (
    timedelta(0),
    timedelta(seconds=1),
    timedelta(hours=1),
    timedelta(hours=7),
    timedelta(days=1),
    timedelta(days=2),
    timedelta(days=4),
    timedelta(days=12),
    timedelta(days=40),
)


def actors() -> st.SearchStrategy[Actor]:
    """Everybody who acts: every role, two of most, one that is both requestor and reviewer.

    For instance ``Actor(role="practice", id="desk-1", practice="pr-1")``.
    """
    return st.sampled_from(ACTORS)


def contracts() -> st.SearchStrategy[Policy]:
    """Contracts of every shape: the standard one, always or never reviewed, deeming, with consent, on two calendars.

    For instance ``journeys.TWO_CALENDARS``.
    """
    return st.sampled_from(journeys.CONTRACTS)


def case_totals() -> st.SearchStrategy[CaseTotals]:
    """What other requests of the Assist Case add up to, mostly nothing.

    For instance ``CaseTotals(pending=3, approved_in_advance=0)``.
    """
    return st.sampled_from((CaseTotals(),) * 3 + (CaseTotals(pending=3), CaseTotals(approved_in_advance=4)))


def waits() -> st.SearchStrategy[timedelta]:
    """How long until the next thing happens: at once, hours, or long enough for limits to pass.

    For instance ``timedelta(days=12)``.
    """
    return st.sampled_from(WAITS)


def instants() -> st.SearchStrategy[datetime]:
    """Instants in Melbourne at which something starts, around holidays and around changes of the clocks.

    For instance 2026-12-24 23:59.
    """
    days = st.dates(date(2026, 9, 1), date(2027, 2, 28))
    hours = st.sampled_from(((0, 0), (2, 30), (9, 30), (16, 59), (17, 0), (17, 1), (23, 59)))
    return st.builds(lambda day, hour: datetime.combine(day, time(*hour), journeys.MELBOURNE), days, hours)


def tallies(policy: Policy, at: datetime) -> st.SearchStrategy[xs.Tally]:
    """Tallies around the threshold; some carry the window's dates, some other dates, some none.

    For instance ``Tally(completed=6, scheduled=1, remaining=1)``.
    """
    today = local_day(at, policy.zone)
    window = xs.tally_window(policy, today, today)
    firsts = st.sampled_from((date(2026, 3, 2), today, None, today + timedelta(days=1)))
    return st.builds(
        xs.Tally,
        completed=st.integers(0, 9),
        scheduled=st.integers(0, 2),
        remaining=st.integers(0, 2),
        since=st.sampled_from((None, None, window.since, window.since + timedelta(days=1))),
        until=st.sampled_from((None, None, window.until, window.until - timedelta(days=1))),
        first_session_on=st.just(date(2026, 3, 2)) | firsts,
    )


def whole_drafts(policy: Policy) -> st.SearchStrategy[xs.Draft]:
    """Drafts with the whole form, all of it allowed by the contract.

    For instance ``journeys.draft(sessions=2)``.
    """
    terms = policy.requests
    return st.builds(
        journeys.draft,
        st.just(policy),
        sessions=st.integers(1, terms.sessions_per_request),
        goal=st.sampled_from(terms.goals),
        referral=st.sampled_from(terms.referrals),
        employer=st.sampled_from(("emp-1", "emp-1", "emp-2")),
    )


def drafts(policy: Policy) -> st.SearchStrategy[xs.Draft]:
    """Drafts of all degrees: whole and allowed, partly filled in, out of the contract's range, of another contract.

    For instance ``Draft(sessions=5, goal="return_to_work")``.
    """
    terms = policy.requests
    whole = whole_drafts(policy)
    partial = st.builds(
        xs.Draft,
        assist_case=st.sampled_from((None, "ASST-1", "ASST-2")),
        client=st.sampled_from((None, Reference("cl-1"))),
        employer=st.sampled_from((None, Reference("emp-1"), Reference("emp-2"))),
        contract=st.sampled_from((None, Reference(policy.contract), Reference("elsewhere"))),
        sessions=st.none() | st.integers(1, terms.sessions_per_request + 1),
        goal=st.sampled_from((None, *terms.goals, "world_peace")),
        referral=st.sampled_from((None, *terms.referrals, "a_friend")),
        consent=st.sampled_from((None, Reference("consent-1"))),
        follows=st.sampled_from((None, Reference("XS-0000"))),
        consultant=st.sampled_from((None, Reference("con-1"), Reference("con-2"))),
    )
    return whole | whole | partial


def commands(trigger: str, policy: Policy, at: datetime) -> st.SearchStrategy[Any]:
    """Commands of one trigger, fitting and unfitting; the system's triggers have no command but themselves.

    For instance ``Reduce(sessions=2)``.
    """
    terms = policy.requests
    whole = {question: Reference(f"doc-{place}") for place, question in enumerate(terms.details_questions)}
    answers = st.sampled_from((whole, whole, whole, {}, dict(list(whole.items())[1:]), {**whole, "more": "doc-9"}))
    known: dict[str, st.SearchStrategy[Any]] = {
        "draft": drafts(policy),
        "submit": st.builds(xs.Submit, tally=tallies(policy, at)),
        "provide_details": st.builds(xs.ProvideDetails, details=answers),
        "support": st.just(xs.Support()),
        "reduce": st.builds(xs.Reduce, sessions=st.integers(1, 5)),
        "decline": st.builds(xs.Decline, reason=st.sampled_from((*terms.decline_reasons, "bad_weather"))),
        "approve": st.just(xs.Approve()),
        "withdraw": st.just(xs.Withdraw()),
        "reassign": st.builds(
            xs.Reassign,
            consultant=st.sampled_from((Reference("con-1"), Reference("con-2"), Reference("con-3"))),
            practice=st.none() | st.just(Reference("pr-2")),
        ),
        "extend_limit": st.builds(xs.ExtendLimit, working_days=st.integers(1, 6)),
        "relay": st.just(xs.Relay()),
    }
    return known.get(trigger, st.just(ByClock(trigger=trigger)))


def policies_given(policy: Policy) -> st.SearchStrategy[Policy | None]:
    """The policy that a context brings: nearly always the right one, seldom another or none.

    For instance ``None``.
    """
    return st.sampled_from((policy,) * 12 + (None, STANDARD, journeys.REMINDING))


@frozen(kw_only=True)
class Attempt:
    """A command, when and by whom, permitted or not."""

    command: Any
    context: Context


def fitting_actor(snapshot: Snapshot | None, role: Role) -> Actor:
    """Somebody of a role who may act on the request as it stands."""
    if snapshot is None:
        return journeys.CONSULTANT
    holder, form = snapshot.body.holder, snapshot.body.form
    fitting = {
        Role.CONSULTANT: Actor(role=Role.CONSULTANT, id=holder.consultant or Reference("con-1")),
        Role.PRACTICE: Actor(role=Role.PRACTICE, id=holder.requestors[0], practice=holder.practice),
        Role.CLINICAL_MANAGER: journeys.MANAGER,
        Role.EMPLOYER: Actor(role=Role.EMPLOYER, id=Reference("hr-1"), employer=form.employer),
        Role.CASE_TEAM: journeys.TEAM,
    }
    return fitting[role]


@st.composite
def likely_attempts(draw: st.DrawFn, snapshot: Snapshot | None, policy: Policy, at: datetime) -> Attempt:
    """A trigger that the state has, by somebody who may; its own fields may still be wrong.

    For instance ``Submit`` by the consultant who holds a draft.
    """
    state = WORKFLOW.start if snapshot is None else snapshot.state
    rows = [move for move in WORKFLOW.moves_from(state) if any(role is not Role.SYSTEM for role in move.who)]
    if not rows:
        return draw(wild_attempts(snapshot, policy, at))
    # What leads on comes first, so that far states are reached.
    forward = [move for move in rows if not move.is_self_move and move.trigger != "withdraw"]
    move = draw(st.sampled_from((forward or rows) * 3 + rows))
    role = draw(st.sampled_from([role for role in move.who if role is not Role.SYSTEM]))
    by = fitting_actor(snapshot, role)
    command = draw(commands(move.trigger, policy, at))
    return Attempt(command=command, context=journeys.context(at, by, policy, case=draw(case_totals())))


@st.composite
def wild_attempts(draw: st.DrawFn, snapshot: Snapshot | None, policy: Policy, at: datetime) -> Attempt:
    """A trigger of the state, or any other, by anybody; now and then under another policy.

    For instance ``Approve`` of a draft by the clock.
    """
    own = WORKFLOW.moves_from(WORKFLOW.start if snapshot is None else snapshot.state)
    trigger = draw(st.sampled_from(tuple(move.trigger for move in own) * 2 + WORKFLOW.triggers))
    command = draw(commands(trigger, policy, at))
    given = draw(policies_given(policy))
    earlier = draw(st.sampled_from((timedelta(0),) * 9 + (timedelta(days=5),)))
    return Attempt(
        command=command, context=journeys.context(at - earlier, draw(actors()), given, case=draw(case_totals()))
    )


def attempts(snapshot: Snapshot | None, policy: Policy, at: datetime) -> st.SearchStrategy[Attempt]:
    """Likely and wild attempts, two to one.

    For instance ``Withdraw`` by another consultant.
    """
    likely = likely_attempts(snapshot, policy, at)
    return likely | likely | wild_attempts(snapshot, policy, at)


@frozen(kw_only=True)
class Told:
    """An attempt, the request before it, and the steps that it made; none where it was refused."""

    before: Snapshot | None
    attempt: Attempt
    steps: tuple[Step, ...]
    after: Snapshot | None


@frozen(kw_only=True)
class History:
    """What happened to one request under one contract, the refused attempts included."""

    policy: Policy
    told: tuple[Told, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps, in order."""
        return tuple(step for each in self.told for step in each.steps)

    @property
    def snapshot(self) -> Snapshot | None:
        """The request at the end; None if it was never opened."""
        return self.told[-1].after

    @property
    def accepted(self) -> tuple[Attempt, ...]:
        """The attempts that were permitted."""
        return tuple(each.attempt for each in self.told if each.steps)


@st.composite
def prologues(draw: st.DrawFn, policy: Policy, at: datetime) -> tuple[Attempt, ...]:
    """The first few of the usual commands, so that a history may begin far in; a contract may refuse some of them.

    For instance drafted, submitted, the details provided.
    """
    tally = draw(st.sampled_from((journeys.SMALL, journeys.LARGE)))
    usual = (
        (draw(whole_drafts(policy)), journeys.CONSULTANT),
        (journeys.submit(tally, policy), journeys.CONSULTANT),
        (journeys.DETAILS, journeys.CONSULTANT),
        (xs.Support(), journeys.MANAGER),
        (xs.Approve(), journeys.APPROVER),
    )
    contexts = [journeys.context(at, by, policy, case=draw(case_totals())) for _, by in usual]
    reached = draw(st.sampled_from((0, 1, 2, 2, 3, 3, 3, 4, 5)))
    return tuple(
        Attempt(command=command, context=known)
        for (command, _), known in list(zip(usual, contexts, strict=True))[:reached]
    )


@st.composite
def histories(draw: st.DrawFn, most: int = 10) -> History:
    """A request's whole history, in any state, made by likely and wild attempts with time in between.

    For instance drafted, submitted, refused to a stranger, overdue, supported, approved, relayed.
    """
    policy = draw(contracts())
    at = draw(instants())
    told = []
    snapshot: Snapshot | None = None
    for attempt in draw(prologues(policy, at)):
        told.append(tell(snapshot, attempt))
        snapshot = told[-1].after
    for _ in range(draw(st.integers(1, most))):
        at += draw(waits())
        told.append(tell(snapshot, draw(attempts(snapshot, policy, at))))
        snapshot = told[-1].after
    return History(policy=policy, told=tuple(told))


def tell(snapshot: Snapshot | None, attempt: Attempt) -> Told:
    """Decide an attempt; refused, it leaves the request as it was."""
    try:
        steps, after = xs.advance(snapshot, attempt.command, attempt.context)
    except Refused:
        return Told(before=snapshot, attempt=attempt, steps=(), after=snapshot)
    return Told(before=snapshot, attempt=attempt, steps=steps, after=after)


def asked_triggers(state: str) -> tuple[str, ...]:
    """The triggers of a state that somebody asks for."""
    return tuple(
        move.trigger for move in WORKFLOW.moves_from(state) if move.when is When.ASKED or set(move.who) - {Role.SYSTEM}
    )


def by_system(context: Context, at: datetime) -> Context:
    """A context of the clock at another instant."""
    return attrs.evolve(context, at=at, by=SYSTEM)
