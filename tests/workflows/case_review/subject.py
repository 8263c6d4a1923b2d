"""Case reviews, for the harness that drives two engines."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from hypothesis import strategies as st

from eap_workflow.policy import STANDARD, Policy
from eap_workflow.process import ByClock, Context, Process
from eap_workflow.steps import Snapshot, Step
from eap_workflow.values import SYSTEM, Actor, Reference, Role
from eap_workflow.workflows import case_review as cr
from tests import strategies
from tests.strategies import Attempt
from tests.workflows.case_review import journeys

WORKFLOW = journeys.WORKFLOW
ACTORS = (
    *journeys.EVERYBODY,
    journeys.COLLEAGUE,
    journeys.ELSEWHERE,
    journeys.NOWHERE,
    journeys.OTHER_THERAPIST,
    journeys.THERAPIST_AS_CLINICIAN,
)
NOBODY_ELSE = Reference("pc-7")
"""A clinician who is never assigned as a therapist."""


class CaseReview:
    """Case reviews, for the shared harness."""

    process = cr.PROCESS
    sporadic: frozenset[str] = frozenset()

    def limits_set(self, world: Policy, _body: Any) -> Collection[str]:
        """Those that the contract has a number for."""
        terms = world.case_review
        given = {"review": terms.review, "case_notes": terms.case_notes, "notes_review": terms.notes_review}
        return {name for name, each in given.items() if each is not None}

    def worlds(self) -> st.SearchStrategy[tuple[Policy, datetime]]:
        """Draw a contract of any shape, and an instant."""
        return st.tuples(st.sampled_from(journeys.CONTRACTS), strategies.instants())

    def attempts(self, world: Policy, snapshot: Snapshot | None, at: datetime) -> st.SearchStrategy[Attempt]:
        """Draw likely and wild attempts, two to one."""
        likely = likely_attempts(world, snapshot, at)
        return likely | likely | wild_attempts(world, snapshot, at)

    def waits(self) -> st.SearchStrategy[timedelta]:
        """Draw moments and weeks."""
        return strategies.waits()

    def clock(self, world: Policy, at: datetime) -> Context:
        """Give the clock's own context."""
        return journeys.context(at, SYSTEM, world)

    def way_out(self, world: Policy, snapshot: Snapshot, at: datetime) -> Attempt:
        """Take up what is open, and lead the case to its end, as a clinician who never held a session of it."""
        by = Actor(role=Role.PARTNER_CLINICIAN, id=NOBODY_ELSE, practice=snapshot.body.partner)
        return Attempt(command=_way_out(world, snapshot), context=journeys.context(at, by, world))

    def check(self, world: Policy, snapshot: Snapshot) -> None:
        """No case has more than its benefit, loses a slip, does a step out of its order, or is reviewed by its therapist."""
        body: cr.Case = snapshot.body
        terms = world.case_review
        assert body.review is None or (body.review.sessions or 0) <= body.benefit_sessions
        assert [slip.number for slip in body.slips] == list(range(1, len(body.slips) + 1))
        assert all(slip.is_open == (slip.action is None) for slip in body.slips)
        done = [each.step for each in body.own_steps]
        assert done == list(terms.own_steps[: len(done)])
        assert set(body.reviewers).isdisjoint(body.held_by)
        assert (body.review is None) == (snapshot.state in {"opened", "review", "discontinued"})
        assert body.notes or snapshot.state not in {"notes_review", "action_needed", "closing", "closed"}
        assert (body.notes_review is not None) == (snapshot.state in {"action_needed", "closing", "closed"})
        if WORKFLOW.state(snapshot.state).final:
            assert body.open_slips == 0
        if snapshot.state == "closed":
            assert tuple(done) == terms.own_steps

    @property
    def tours(self) -> Mapping[str, Callable[[Process], Sequence[Step]]]:
        """Lead the journeys' tours."""
        return {name: partial(_trail, tour) for name, tour in journeys.TOURS.items()}


def _trail(tour: Callable[[Process], journeys.Journey], process: Process) -> Sequence[Step]:
    return tour(process).trail


def _way_out(policy: Policy, snapshot: Snapshot) -> Any:
    body, terms = snapshot.body, policy.case_review
    if body.open_slips:
        number = next(slip.number for slip in body.slips if slip.is_open)
        return cr.TakeUpSlip(slip=number, action=terms.actions[0])
    if snapshot.state == "closing" and len(body.own_steps) < len(terms.own_steps):
        return cr.DoOwnStep(step=terms.own_steps[len(body.own_steps)])
    ways = {
        "opened": cr.Discontinue(reason=terms.discontinued[0]),
        "review": cr.Deny(resources=terms.resources[:1]),
        "under_way": cr.EndIntervention(),
        "moving_on": cr.EndIntervention(),
        "notes_owed": journeys.NOTES,
        "notes_review": cr.ClearNotes(),
        "action_needed": cr.CompleteAction(),
        "closing": cr.Close(),
    }
    return ways[snapshot.state]


def commands(trigger: str, policy: Policy) -> st.SearchStrategy[Any]:
    """Commands of one trigger, fitting and unfitting; the system's triggers have no command but themselves.

    For instance ``Authorise(sessions=4)``.
    """
    terms = policy.case_review
    actions = st.sampled_from((*terms.actions, "wait_and_see"))
    resources = st.lists(st.sampled_from((*terms.resources, "a_friend")), min_size=1, max_size=3, unique=True)
    known: dict[str, st.SearchStrategy[Any]] = {
        "open_case": openings(policy),
        "hold_first_session": st.just(cr.HoldFirstSession()),
        "authorise": st.builds(cr.Authorise, sessions=st.integers(1, 8)),
        "offer_further_session": st.builds(
            cr.OfferFurtherSession, destination=st.sampled_from((*terms.destinations, "the_seaside"))
        ),
        "deny": st.builds(cr.Deny, resources=resources.map(tuple)),
        "end_intervention": st.just(cr.EndIntervention()),
        "upload_notes": st.just(journeys.NOTES),
        "clear_notes": st.just(cr.ClearNotes()),
        "flag_notes": st.builds(cr.FlagNotes, action=actions),
        "complete_action": st.just(cr.CompleteAction()),
        "close": st.just(cr.Close()),
        "discontinue": st.builds(cr.Discontinue, reason=st.sampled_from((*terms.discontinued, "bad_weather"))),
        "assign": assignments(),
        "raise_slip": st.sampled_from((journeys.RISK, journeys.GOAL_SLIP)),
        "take_up_slip": st.builds(cr.TakeUpSlip, slip=st.sampled_from((1, 1, 1, 2, 3)), action=actions),
        "do_own_step": st.builds(cr.DoOwnStep, step=st.sampled_from((*terms.own_steps, "hold_a_party"))),
        "extend_limit": st.builds(cr.ExtendLimit, working_days=st.integers(1, 6)),
    }
    return known.get(trigger, st.just(ByClock(trigger=trigger)))


def openings(policy: Policy) -> st.SearchStrategy[cr.OpenCase]:
    """Openings that nearly always fit: of another contract, kind or referral now and then, or without a therapist.

    For instance ``journeys.open_case(kind="families")``.
    """
    terms = policy.case_review
    kinds = (*terms.reviewed_kinds, *terms.other_kinds)
    return st.builds(
        journeys.open_case,
        st.just(policy),
        contract=st.sampled_from((policy.contract,) * 9 + ("elsewhere",)),
        partner=st.sampled_from(("pa-1", "pa-1", "pa-1", "pa-2")),
        referral=st.sampled_from(
            ("self_referral",) * 9 + ("management_referral", "critical_incident", "frequent_user")
        ),
        kind=st.sampled_from((*kinds, *kinds, "pets")),
        benefit_sessions=st.integers(1, 8),
        therapist=st.sampled_from(("th-1", "th-1", "th-2", None)),
    )


@st.composite
def assignments(draw: st.DrawFn) -> cr.Assign:
    """Another therapist, another partner, or both; some of them clinicians who may have reviewed.

    For instance ``Assign(therapist="th-2")``.
    """
    therapist = draw(st.sampled_from((None, "th-1", "th-2", "pc-1", "pc-2")))
    partners = (None, None, "pa-1", "pa-2") if therapist is not None else ("pa-1", "pa-2")
    return cr.Assign(therapist=therapist, partner=draw(st.sampled_from(partners)))


def fitting_actor(snapshot: Snapshot | None, role: Role) -> Actor:
    """Somebody of a role who may act on the case as it stands."""
    if role is Role.CASE_TEAM:
        return journeys.TEAM
    if snapshot is None:
        return journeys.CLINICIAN
    body: cr.Case = snapshot.body
    if role is Role.THERAPIST:
        return Actor(role=role, id=body.therapist or Reference("th-1"))
    free = next(name for name in ("pc-1", "pc-2", NOBODY_ELSE) if name not in (body.therapist, *body.held_by))
    return Actor(role=role, id=Reference(free), practice=snapshot.body.partner)


@st.composite
def likely_attempts(draw: st.DrawFn, policy: Policy, snapshot: Snapshot | None, at: datetime) -> Attempt:
    """A trigger that the state has, by somebody who may; its own fields may still be wrong.

    For instance ``ClearNotes`` by a clinician of the partner.
    """
    state = WORKFLOW.start if snapshot is None else snapshot.state
    rows = [move for move in WORKFLOW.moves_from(state) if Role.SYSTEM not in move.who]
    if not rows:
        return draw(wild_attempts(policy, snapshot, at))
    # What leads on comes first, so that far states are reached.
    forward = [move for move in rows if not move.is_self_move and move.trigger != "discontinue"]
    move = draw(st.sampled_from((forward or rows) * 3 + rows))
    by = fitting_actor(snapshot, draw(st.sampled_from(move.who)))
    return Attempt(command=draw(commands(move.trigger, policy)), context=journeys.context(at, by, policy))


@st.composite
def wild_attempts(draw: st.DrawFn, policy: Policy, snapshot: Snapshot | None, at: datetime) -> Attempt:
    """A trigger of the state, or any other, by anybody; now and then under another policy, or dated back.

    For instance ``Authorise`` of a closed case by the clock.
    """
    own = WORKFLOW.moves_from(WORKFLOW.start if snapshot is None else snapshot.state)
    trigger = draw(st.sampled_from(tuple(move.trigger for move in own) * 2 + WORKFLOW.triggers))
    command = draw(commands(trigger, policy))
    # A case that is opened keeps its policy to its end; another one of the same contract comes only afterwards.
    other = policy if snapshot is None else journeys.LIMITED
    given = draw(st.sampled_from((policy,) * 12 + (None, STANDARD, other)))
    earlier = draw(st.sampled_from((timedelta(0),) * 9 + (timedelta(days=5),)))
    return Attempt(command=command, context=journeys.context(at - earlier, draw(st.sampled_from(ACTORS)), given))
