"""Asking, deciding and replaying: one verdict, no trace of a refusal, and an outcome that no worker can change."""

from __future__ import annotations

import pickle
from datetime import date, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eap_workflow.deadlines import Office
from eap_workflow.errors import CoverageError, DefinitionError, InvalidType, Refused
from eap_workflow.policy import STANDARD, Limits, LimitTerms
from eap_workflow.process import ByClock, CaseTotals, Context
from eap_workflow.processes import process_named
from eap_workflow.records import snapshot_to_wire
from eap_workflow.states import EXTRA_SESSIONS
from eap_workflow.steps import Snapshot, Step
from eap_workflow.table import About, When
from eap_workflow.values import SYSTEM, Reference, Role
from eap_workflow.workflows import extra_sessions as xs
from eap_workflow.workflows.extra_sessions.guards import PREDICATES
from tests import journeys, strategies, two_engines
from tests.journeys import APPROVER, CONSULTANT, DAY, HOUR, LARGE, MANAGER, SMALL, START, TEAM, Journey
from tests.strategies import Attempt, History
from tests.workflows.case_review import journeys as reviewing
from tests.workflows.extra_sessions.subject import ExtraSessions
from tests.workflows.outreach import journeys as reaching
from tests.workflows.session_cancellation import journeys as cancelling

WORKFLOW = xs.PROCESS.workflow
GUARDS = {guard.name: guard for guard in WORKFLOW.guards}

many = settings(max_examples=3 * settings().max_examples)


def _expected(snapshot: Snapshot | None, attempt: Attempt) -> tuple[str, ...]:
    """The codes of a refusal, each predicate asked by itself."""
    state = WORKFLOW.start if snapshot is None else snapshot.state
    rows = [move for move in WORKFLOW.moves if (move.source, move.trigger) == (state, attempt.command.trigger)]
    if not rows:
        return ("not_opened",) if snapshot is None else ("not_in_state",)
    codes = [] if attempt.context.by.role in rows[0].who else ["role"]
    if snapshot is not None and attempt.context.at < snapshot.at:
        codes.append("out_of_order")
    codes += [name for name in rows[0].guards if not PREDICATES[name](snapshot, attempt.command, attempt.context)]
    return tuple(codes)


def _ticked(snapshot: Snapshot | None, context: Context) -> Snapshot | None:
    return None if snapshot is None else xs.PROCESS.tick(snapshot, context)[1]


@many
@given(strategies.histories())
def test_asking_and_acting_give_the_same_verdict(history: History) -> None:
    """`can` and `decide` agree on every attempt of every history, and a refusal is exactly what `can` said."""
    for told in history.told:
        verdict = xs.can(told.before, told.attempt.command, told.attempt.context)
        if told.steps:
            assert verdict.permitted
            assert verdict.move is not None
            assert verdict.move.trigger in [step.trigger for step in told.steps]
        else:
            with pytest.raises(Refused) as caught:
                xs.decide(told.before, told.attempt.command, told.attempt.context)
            assert caught.value.verdict == verdict
            assert not verdict


@given(strategies.histories())
def test_a_refusal_names_every_unmet_guard_and_role(history: History) -> None:
    """The codes are those that each predicate, asked by itself, answers with no; sentences and rules are the table's."""
    for told in history.told:
        verdict = xs.can(told.before, told.attempt.command, told.attempt.context)
        stopped = two_engines.refusal_of(lambda: _ticked(told.before, told.attempt.context))  # noqa: B023 (called here)
        if stopped is not None:
            # The clock's own move comes first, and this context's policy is not the request's.
            assert verdict == stopped
            assert "policy_in_force" in verdict.codes
            continue
        before = _ticked(told.before, told.attempt.context)
        assert verdict.codes == (() if told.steps else _expected(before, told.attempt))
        for reason in verdict.reasons:
            guard = GUARDS.get(reason.code)
            assert reason.sentence
            if guard is not None:
                assert (reason.sentence, reason.rules) == (guard.sentence, guard.rules)


@given(strategies.histories(), st.data())
def test_a_refusal_lists_what_is_permitted_to_this_actor_now(history: History, data: st.DataObject) -> None:
    """A trigger that is listed is refused for its own fields at most; one that is not listed is refused in any case."""
    refused = [told for told in history.told if not told.steps]
    if not refused:
        return
    told = data.draw(st.sampled_from(refused))
    context = told.attempt.context
    try:
        before = _ticked(told.before, context)
    except Refused:
        return
    verdict = xs.can(told.before, told.attempt.command, context)
    for trigger in strategies.asked_triggers(WORKFLOW.start if before is None else before.state):
        command = data.draw(strategies.commands(trigger, history.policy, context.at))
        answer = xs.can(before, command, context)
        about_the_command = {name for name, guard in GUARDS.items() if guard.about is About.COMMAND}
        if trigger in verdict.triggers:
            # Which contract a draft names is a field of it, although any guard may look at the policy.
            assert set(answer.codes) <= about_the_command | ({"policy_in_force"} if trigger == "draft" else set())
        else:
            assert not answer.permitted


@given(strategies.histories())
def test_a_refused_command_leaves_no_trace(history: History) -> None:
    """The snapshot before and after a refusal is one and the same, and nothing in it has changed."""
    for told in history.told:
        if told.steps or told.before is None:
            continue
        written = snapshot_to_wire(told.before)
        with pytest.raises(Refused):
            xs.advance(told.before, told.attempt.command, told.attempt.context)
        assert snapshot_to_wire(told.before) == written
        assert told.after is told.before


@given(strategies.histories())
def test_a_trail_is_sound_and_replays(history: History) -> None:
    """Replay equals the live run; versions count steps; limits are the table's; every step survives being written."""
    two_engines.check_trail(ExtraSessions(), history.policy, history.steps, history.snapshot)


@given(strategies.histories(), st.data())
def test_no_outcome_depends_on_when_the_clock_was_looked_at(history: History, data: st.DataObject) -> None:
    """IN-13: the same commands, with any number of ticks in between, lead to the same steps and the same snapshot."""
    accepted = history.accepted
    if not accepted:
        return
    snapshot: Snapshot | None = None
    trail: list[Step] = []
    for attempt, following in zip(accepted, (*accepted[1:], None), strict=True):
        steps, snapshot = xs.advance(snapshot, attempt.command, attempt.context)
        trail += steps
        until = attempt.context.at + timedelta(days=60) if following is None else following.context.at
        for share in sorted(data.draw(st.lists(st.floats(0, 1), max_size=3))):
            moment = attempt.context.at + share * (until - attempt.context.at)
            context = journeys.context(moment, SYSTEM, history.policy)
            steps, snapshot = xs.PROCESS.tick(snapshot, context)
            trail += steps
    end = journeys.context(accepted[-1].context.at + timedelta(days=60), SYSTEM, history.policy)
    assert snapshot is not None
    assert history.snapshot is not None
    steps, ticked = xs.PROCESS.tick(snapshot, end)
    later, untouched = xs.PROCESS.tick(history.snapshot, end)
    assert ticked == untouched
    assert [*trail, *steps] == [*history.steps, *later]


@given(strategies.histories())
def test_a_tick_is_idempotent(history: History) -> None:
    """IN-13: a second tick at the same instant does nothing."""
    if history.snapshot is None:
        return
    context = journeys.context(history.snapshot.at + 30 * DAY, SYSTEM, history.policy)
    _, once = xs.PROCESS.tick(history.snapshot, context)
    steps, twice = xs.PROCESS.tick(once, context)
    assert steps == ()
    assert twice is once
    assert once.next_due_at is None or once.next_due_at > context.at


# --- examples ---------------------------------------------------------------------------------------------------------


def test_routing_follows_at_once() -> None:
    """Submitting and being routed are two steps of one decision, at the same instant, the second by the system."""
    one = Journey().to("draft")
    submitted, routed = one.do(journeys.submit(LARGE), CONSULTANT)
    assert (submitted.trigger, routed.trigger) == ("submit", "refer")
    assert submitted.at == routed.at
    assert routed.by == SYSTEM
    assert routed.command == ByClock(trigger="refer")


def test_a_move_at_once_follows_on_entering_a_state_alone() -> None:
    """IN-13: what the contract did not approve in advance at entry, it does not approve at a reminder either."""
    one = Journey(journeys.IN_ADVANCE, case=CaseTotals(approved_in_advance=4)).to("draft")
    one.do(journeys.submit(SMALL), CONSULTANT)
    assert one.stands.state == "employer_decision"
    one.case = CaseTotals()
    one.wait(one.now + 30 * DAY)
    assert one.stands.state == "employer_decision"
    assert one.triggers[-3:] == ["remind", "warn", "overdue"]


def test_what_is_due_comes_before_the_command() -> None:
    """IN-13: a late decision finds the limit passed, at the instant at which it passed."""
    one = Journey().to("clinical_review")
    passed = one.stands.deadlines[0].passes_at
    overdue, supported = one.do(xs.Support(), MANAGER, passed + 3 * DAY)
    assert (overdue.trigger, overdue.at) == ("overdue", passed)
    assert supported.trigger == "support"


def test_at_the_very_instant_a_limit_has_passed() -> None:
    """IN-13: the clock's move is due at midnight itself, and not a microsecond before."""
    one = Journey().to("clinical_review")
    passed = one.stands.deadlines[0].passes_at
    assert one.wait(passed - timedelta(microseconds=1)) == ()
    assert [step.trigger for step in one.wait(passed)] == ["overdue"]


def test_a_move_that_fell_due_before_the_last_step_is_dated_after_it() -> None:
    """IN-13: an extension over late holidays leaves a reminder due in the past; it is made, and the trail stays in order."""
    policy = journeys.contract("late", limits=Limits(employer_decision=LimitTerms(working_days=7, remind_before=1)))
    one = Journey(policy).to("employer_decision")
    assert one.stands.deadlines[0].due_on == date(2026, 11, 9)
    closed = journeys.calendar("AU-VIC").with_closures(
        {date(2026, 11, 6): "Proclaimed", date(2026, 11, 9): "Proclaimed"}
    )
    newer = {party: Office.of(party, getattr(policy.parties, party), closed) for party in ("provider", "employer")}
    at = START.replace(month=11, day=5)
    extend = attrs.evolve(journeys.context(at, TEAM, policy), offices=newer)
    _, extended = xs.advance(one.snapshot, xs.ExtendLimit(working_days=1), extend)
    assert extended.clock[0].due_at < extended.at
    steps, _ = xs.PROCESS.tick(extended, attrs.evolve(extend, at=at + HOUR, by=SYSTEM))
    assert [(step.trigger, step.at) for step in steps] == [("remind", at)]


def test_a_command_is_not_dated_back_before_the_last_step() -> None:
    """IN-13: what is dated before the last step is refused, and nothing is permitted at that instant."""
    one = Journey().to("draft")
    verdict = one.can(journeys.submit(), CONSULTANT, one.now - HOUR)
    assert verdict.codes == ("out_of_order",)
    assert verdict.triggers == ()
    assert one.can(journeys.submit(), CONSULTANT, one.now).permitted


def test_the_clock_stops_where_the_policy_is_another() -> None:
    """IN-11: a context with another policy cannot make the moves of the clock that read it."""
    one = Journey(journeys.DEEMING).to("employer_decision")
    stranger = journeys.context(one.now + 60 * DAY, SYSTEM, STANDARD)
    with pytest.raises(Refused) as caught:
        xs.PROCESS.tick(one.stands, stranger)
    assert "policy_in_force" in caught.value.verdict.codes
    assert xs.can(one.stands, xs.Withdraw(), stranger) == caught.value.verdict


def test_a_limit_that_would_end_outside_the_calendar_is_an_error() -> None:
    """A due date is never guessed."""
    one = Journey()
    one.do(journeys.draft(), CONSULTANT, START.replace(year=2032, month=12, day=28))
    with pytest.raises(
        CoverageError, match=r"the employer's calendar does not reach that far .* covers .* to 2032-12-31"
    ):
        one.do(journeys.submit(), CONSULTANT)
    assert one.triggers == ["draft"]


def test_a_context_without_offices_is_a_programmers_mistake() -> None:
    """What is missing is named: the party's calendar and zone."""
    one = Journey().to("draft")
    bare = attrs.evolve(one.context(CONSULTANT), offices={})
    with pytest.raises(DefinitionError, match="no office of the employer"):
        xs.decide(one.snapshot, journeys.submit(), bare)


def test_a_context_belongs_to_its_request() -> None:
    """A decision for one request is not made in the name of another."""
    one = Journey().to("draft")
    other = attrs.evolve(one.context(CONSULTANT), request="XS-0002")
    for ask in (xs.can, xs.decide):
        with pytest.raises(DefinitionError, match="another request"):
            ask(one.snapshot, journeys.submit(), other)


def test_a_step_follows_on_its_snapshot_alone() -> None:
    """A step with another version, from another state or of another request is not added up."""
    one = Journey().to("draft")
    step = one.do(journeys.submit(), CONSULTANT)[0]
    before = xs.PROCESS.replay(one.trail[:1])
    assert xs.evolve(before, step).state == "submitted"
    for changed in (attrs.evolve(step, version=3), attrs.evolve(step, source="submitted")):
        with pytest.raises(DefinitionError, match="does not follow"):
            xs.evolve(before, changed)
    with pytest.raises(DefinitionError, match="another request"):
        xs.evolve(before, attrs.evolve(step, request=Reference("XS-0002")))
    with pytest.raises(DefinitionError, match="does not follow"):
        xs.evolve(None, step)


def test_replaying_nothing_gives_nothing() -> None:
    """A request without a step is none."""
    assert xs.PROCESS.replay(()) is None


def test_replay_needs_neither_policy_nor_calendar(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was once decided is added up without asking a guard, a policy or a calendar."""
    tour = journeys.TOURS["the long way"](xs.PROCESS)

    def never(*_args: Any, **_options: Any) -> Any:
        raise AssertionError("a replay decided")

    for method in ("verdict", "permitted_triggers"):
        monkeypatch.setattr(type(WORKFLOW), method, never)
    monkeypatch.setattr("eap_workflow.calendar.BusinessCalendar.add", never)
    assert xs.PROCESS.replay(tour.trail) == tour.snapshot


OF_EVERY_WORKFLOW = {
    "extra_sessions": Journey().to("draft").stands,
    "case_review": reviewing.Journey().to("opened").stands,
    "outreach": reaching.opened().stands,
    "session_cancellation": cancelling.Journey().to("to_tell").stands,
}


@pytest.mark.parametrize("asked", OF_EVERY_WORKFLOW)
@pytest.mark.parametrize("workflow", OF_EVERY_WORKFLOW)
def test_a_workflow_gives_the_body_of_its_own_requests_alone(workflow: str, asked: str) -> None:
    """The body that the snapshot holds, of the type that the process names; a request of another workflow is refused by name."""
    process, snapshot = process_named(workflow), OF_EVERY_WORKFLOW[asked]
    if workflow == asked:
        assert process.body_of(snapshot) is snapshot.body
        assert type(snapshot.body) is process.body_type
    else:
        with pytest.raises(DefinitionError, match=f"^the request is of another workflow than {workflow}: {asked}$"):
            process.body_of(snapshot)


@pytest.mark.parametrize("given", [None, "XS-1", object()])
def test_only_a_snapshot_has_a_body(given: Any) -> None:
    """What replaying nothing gives, an id and anything else are refused as what they are not."""
    with pytest.raises(InvalidType, match=r"^snapshot: a request as it stands is needed"):
        xs.body_of(given)


def test_a_tick_before_anything_is_due_does_nothing() -> None:
    """The snapshot that comes back is the one that was given."""
    one = Journey().to("draft")
    before = one.snapshot
    assert one.wait(one.now + 400 * DAY) == ()
    assert one.snapshot is before


def test_nobody_makes_the_clocks_moves_by_hand() -> None:
    """IN-13: a person's role does not do, and the system's own command is refused while it is not due."""
    one = Journey().to("clinical_review")
    assert one.refused(ByClock(trigger="overdue"), MANAGER) == ("role", "due")
    assert one.refused(ByClock(trigger="overdue"), SYSTEM) == ("due",)
    late = one.now + 30 * DAY
    assert one.refused(ByClock(trigger="overdue"), SYSTEM, late) == ("due",)


def test_a_state_that_cannot_be_left_is_a_mistake_of_the_table() -> None:
    """Where no routing row holds, the decision fails loudly instead of leaving the request in between."""
    lost = {**PREDICATES, "review_needed": lambda *_: False, "review_not_needed": lambda *_: False}
    process = attrs.evolve(xs.PROCESS, workflow=EXTRA_SESSIONS.bind(lost))
    one = Journey(process=process).to("draft")
    with pytest.raises(DefinitionError, match="no request may rest"):
        one.do(journeys.submit(), CONSULTANT)


def test_snapshots_steps_and_refusals_travel_between_processes() -> None:
    """A snapshot, a step and a refusal come out of a pickle as they went in."""
    one = Journey().to("clinical_review")
    for value in (one.stands, one.trail[-1], one.context(TEAM).by):
        assert pickle.loads(pickle.dumps(value)) == value  # noqa: S301 (made here)
    refusal = Refused(one.can(xs.Approve(), MANAGER))
    again = pickle.loads(pickle.dumps(refusal))  # noqa: S301 (made here)
    assert again.verdict == refusal.verdict


def test_every_trigger_has_a_command_or_is_the_systems() -> None:
    """What somebody can ask for has a class; what has none is made by the system alone."""
    asked = {move.trigger for move in WORKFLOW.moves if set(move.who) - {Role.SYSTEM}}
    assert set(xs.COMMANDS) == asked
    for move in WORKFLOW.moves:
        if move.trigger not in xs.COMMANDS:
            assert move.when is not When.ASKED


@pytest.mark.parametrize("given", [xs.Approve, {"do": "approve"}, "approve", None])
def test_what_is_no_command_is_said_to_be_none(given: Any) -> None:
    """A class without its brackets, plain data and text are no commands, to asking and to acting."""
    one = Journey().to("employer_decision")
    for ask in (xs.PROCESS.can, xs.PROCESS.decide):
        with pytest.raises(InvalidType, match="command: an instance"):
            ask(one.stands, given, one.context(APPROVER))
