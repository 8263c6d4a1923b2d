"""A request that comes from another system: the same from then on as if it had come about here, or refused for a reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from eap_workflow import deadlines, schemas
from eap_workflow.adopting import adoption_of, read_adoption
from eap_workflow.deadlines.accounts import STATED_ELSEWHERE
from eap_workflow.errors import CoverageError, DefinitionError, EapWorkflowError, InvalidType, InvalidValue, Refused
from eap_workflow.local_time import passes_at
from eap_workflow.policy import STANDARD, Policy
from eap_workflow.process import CaseTotals, Context
from eap_workflow.records import snapshot_from_wire, snapshot_to_wire, step_from_wire, step_to_wire
from eap_workflow.steps import Snapshot, Step
from eap_workflow.values import SYSTEM, Actor, Role
from eap_workflow.views import employer_view, may_schedule, status
from eap_workflow.views.messages import messages_of_steps
from eap_workflow.workflows import extra_sessions as xs
from eap_workflow.workflows.extra_sessions import claims
from eap_workflow.workflows.extra_sessions.adopted import Adopt, AdoptedLimit
from tests import journeys, strategies
from tests.journeys import APPROVER, CONSULTANT, DAY, HOUR, MANAGER, REMINDING, STAFF, TEAM, Journey, actor

PROCESS = xs.PROCESS
TAKING_NOTHING = attrs.evolve(PROCESS, adopting=None)
LATER = timedelta(days=60)


def taken_over(snapshot: Snapshot, policy: Policy, by: Actor = TEAM) -> Snapshot:
    """The request as another store takes it over, by way of a line of JSON."""
    plain = json.loads(json.dumps(adoption_of(snapshot, policy, by=by).to_wire()))
    envelope = read_adoption(PROCESS, plain)
    known = journeys.context(envelope.at, envelope.by, policy, request=envelope.request)
    return PROCESS.adopt(envelope.command, known)[1]


def standing(snapshot: Snapshot) -> dict[str, Any]:
    """Everything about a request that does not depend on how it came here."""
    limits = {each.limit: (each.started_at, each.day_zero, each.due_on, each.passes_at) for each in snapshot.deadlines}
    return {"state": snapshot.state, "body": snapshot.body, "limits": limits, "clock": snapshot.clock}


def told(before: Snapshot, steps: tuple[Step, ...], after: Snapshot, policy: Policy) -> list[Any]:
    """Who is told what, apart from the numbers of the steps."""
    return [(each.kind, each.to, each.data) for each in messages_of_steps(before, steps, after, policy)]


@given(strategies.histories(), st.data())
def test_a_request_is_the_same_wherever_it_came_about(history: strategies.History, data: st.DataObject) -> None:
    """Taken over anywhere on its way, it stands as it stood, and every later command does to it what it did (IN-12, IN-13)."""
    resting = [each for each in history.told if each.after is not None]
    if not resting:
        return
    place = data.draw(st.integers(0, len(resting) - 1))
    here = resting[place].after
    assert here is not None
    there = taken_over(here, history.policy)
    assert (there.version, there.at, there.request) == (1, here.at, here.request)
    assert standing(there) == standing(here)
    assert PROCESS.index(there) == PROCESS.index(here)
    for each in resting[place + 1 :]:
        ours, theirs = after(here, each.attempt), after(there, each.attempt)
        assert ours[0] == theirs[0]
        if isinstance(ours[1], tuple) and isinstance(theirs[1], tuple):
            steps_here, reached_here = ours[1]
            steps_there, reached_there = theirs[1]
            assert standing(reached_here) == standing(reached_there)
            assert told(here, steps_here, reached_here, history.policy) == told(
                there, steps_there, reached_there, history.policy
            )
            here, there = reached_here, reached_there


def after(snapshot: Snapshot, attempt: strategies.Attempt) -> tuple[Any, Any]:
    """What an attempt comes to: the moves, or why not."""
    try:
        steps, reached = PROCESS.advance(snapshot, attempt.command, attempt.context)
    except Refused as refusal:
        return refusal.verdict.codes, None
    except EapWorkflowError as error:
        return error.code, None
    return [(each.trigger, each.source, each.target, each.at, each.by, each.limit) for each in steps], (steps, reached)


@pytest.mark.parametrize("name", journeys.TOURS)
def test_every_state_on_every_tour_can_be_taken_over(name: str) -> None:
    """Wherever a request rests on its way through the whole table, it can be taken over, and the clock goes on alike."""
    journey = journeys.TOURS[name](PROCESS)
    here: Snapshot | None = None
    for step in journey.trail:
        here = PROCESS.evolve(here, step)
        if PROCESS.workflow.state(here.state).passing:
            continue
        there = taken_over(here, journey.policy)
        assert standing(there) == standing(here)
        known = journeys.context(here.at + LATER, SYSTEM, journey.policy)
        assert standing(PROCESS.tick(there, known)[1]) == standing(PROCESS.tick(here, known)[1])


@given(strategies.histories())
def test_the_step_can_be_written_read_and_replayed(history: strategies.History) -> None:
    """The first step goes through JSON, fits the schema, and leads to the snapshot without policy or calendar."""
    if history.snapshot is None:
        return
    envelope = adoption_of(history.snapshot, history.policy, by=TEAM, id="m-1")
    assert ADOPTION.is_valid(envelope.to_wire())
    known = journeys.context(envelope.at, envelope.by, history.policy)
    step, snapshot = PROCESS.adopt(envelope.command, known)
    plain = json.loads(json.dumps(step_to_wire(step)))
    assert STEP.is_valid(plain)
    assert step_from_wire(PROCESS, plain) == step
    assert PROCESS.replay([step_from_wire(PROCESS, plain)]) == snapshot
    assert snapshot_from_wire(PROCESS, json.loads(json.dumps(snapshot_to_wire(snapshot)))) == snapshot
    assert read_adoption(PROCESS, json.loads(json.dumps(envelope.to_wire()))) == envelope


ADOPTION = Draft202012Validator(schemas.adoption_schema(PROCESS))
STEP = Draft202012Validator(schemas.step_schema(PROCESS))


def test_a_request_that_was_taken_over_goes_on_in_a_model_of_the_callers() -> None:
    """A bound trigger decides on it as on any other."""

    class Request:
        def __init__(self, snapshot: Snapshot) -> None:
            self.state, self.snapshot = snapshot.state, snapshot

    model: Any = Request(taken_over(Journey(REMINDING).to("clinical_review").stands, REMINDING))
    PROCESS.machine(model)
    at = model.snapshot.at + HOUR
    steps = model.support(xs.Support(), journeys.context(at, MANAGER, REMINDING))
    assert [step.version for step in steps] == [2]
    assert (model.state, model.snapshot.body.reviewed_by) == ("employer_decision", "cm-1")


# --- the date that was stated -----------------------------------------------------------------------------------------


def stated(due_on: date, *, state: str = "employer_decision", policy: Policy = REMINDING, **limit: Any) -> Snapshot:
    """A request that comes with this date for its stage's own limit."""
    snapshot = Journey(policy).to(state).stands
    command: Any = adoption_of(snapshot, policy, by=TEAM).command
    first, *others = command.limits
    command = attrs.evolve(command, limits=(attrs.evolve(first, due_on=due_on, **limit), *others))
    return PROCESS.adopt(command, journeys.context(snapshot.at, TEAM, policy))[1]


OURS = date(2026, 11, 9)
"""Seven working days after Wednesday, 28 October, over Melbourne Cup Day."""


@pytest.mark.parametrize("days", [-6, -1, 1, 5, 30])
def test_the_date_that_was_stated_holds(days: int) -> None:
    """Whatever our count gives, the date is kept, passes at its midnight, and the clock goes by it (IN-12)."""
    due_on = OURS + timedelta(days=days)
    snapshot = stated(due_on)
    deadline = snapshot.deadlines[0]
    assert (deadline.due_on, deadline.passes_at) == (due_on, passes_at(due_on, "Australia/Melbourne"))
    overdue = next(move for move in snapshot.clock if move.trigger == "overdue")
    assert overdue.due_at == deadline.passes_at
    remind = next(move for move in snapshot.clock if move.trigger == "remind")
    assert remind.due_at.astimezone(journeys.MELBOURNE).date() == journeys.calendar("AU-VIC").add(due_on, -3)
    seen = status(PROCESS, snapshot, journeys.offices(REMINDING), snapshot.at)
    assert seen.due_on == due_on
    view = employer_view(snapshot, REMINDING)
    assert view is not None
    assert view.due_on == due_on


def test_our_own_date_is_kept_as_ours() -> None:
    """Where our count gives the date that was stated, nothing is said of another system (IN-12)."""
    due = stated(OURS).deadlines[0].due
    assert due.stated_elsewhere is None
    assert stated(OURS).deadlines == Journey(REMINDING).to("employer_decision").stands.deadlines
    reviewed = Journey(REMINDING).to("clinical_review").stands
    assert taken_over(reviewed, REMINDING).deadlines == reviewed.deadlines


def test_the_account_says_that_the_date_was_stated() -> None:
    """Day by day it is our count; its last row is the date that was stated, and says so (IN-12)."""
    offices = journeys.offices(REMINDING)
    rows = deadlines.explain(stated(date(2026, 11, 11)).deadlines[0], offices)
    ours = deadlines.explain(stated(OURS).deadlines[0], offices)
    assert rows[:-1] == ours
    last = rows[-1]
    assert (last.day, last.weekday, last.number) == (date(2026, 11, 11), "Wednesday", None)
    assert last.reason == STATED_ELSEWHERE
    assert last.note == "this date holds; our count, when the request was taken over, gave 2026-11-09"


def test_a_recomputation_tells_our_count_from_what_was_stated() -> None:
    """It says what was stated, what our count gives now, and what it gave then; no day of a calendar is blamed (IN-12)."""
    offices = journeys.offices(REMINDING)
    found = deadlines.restate(stated(date(2026, 11, 11)).deadlines[0], offices, offices)
    assert (found.was, found.is_now, found.counted_on, found.because) == (date(2026, 11, 11), OURS, OURS, ())
    closed = journeys.calendar("AU-VIC").with_closures({date(2026, 11, 5): "Flood"})
    now = {party: attrs.evolve(office, calendar=closed) for party, office in offices.items()}
    found = deadlines.restate(stated(date(2026, 11, 11)).deadlines[0], offices, now)
    assert (found.was, found.is_now, found.counted_on) == (date(2026, 11, 11), date(2026, 11, 10), OURS)
    assert [row.day for row in found.because] == [date(2026, 11, 5)]
    assert deadlines.restate(stated(OURS).deadlines[0], offices, offices).counted_on is None


def test_more_time_is_counted_from_the_date_that_was_stated() -> None:
    """An extension counts on from it, and the account goes on after it (IN-12)."""
    snapshot = stated(date(2026, 11, 11))
    offices = journeys.offices(REMINDING)
    known = journeys.context(snapshot.at + HOUR, TEAM, REMINDING)
    extended = PROCESS.advance(snapshot, xs.ExtendLimit(working_days=2), known)[1]
    deadline = extended.deadlines[0]
    assert deadline.due_on == date(2026, 11, 13)
    rows = deadlines.explain(deadline, offices)
    assert [(row.day.day, row.number) for row in rows[-4:]] == [(9, 7), (11, None), (12, 8), (13, 9)]
    found = deadlines.restate(deadline, offices, offices)
    assert (found.was, found.is_now, found.counted_on) == (date(2026, 11, 13), date(2026, 11, 11), OURS)
    whole = extended.deadline("whole_path")
    assert whole is not None
    assert whole.due_on == date(2026, 11, 13)


def test_what_the_other_system_has_done_is_not_done_again() -> None:
    """Of the moves of the clock only those are due that were not made there, in order, and not before they came (IN-13)."""
    due_on = date(2026, 10, 30)
    snapshot = Journey(REMINDING).to("employer_decision").stands
    command: Any = adoption_of(snapshot, REMINDING, by=TEAM).command
    first, whole = command.limits
    at = snapshot.at + 10 * DAY
    for done, left in (((), ["remind", "warn", "overdue"]), (("remind", "overdue"), ["warn"])):
        changed = attrs.evolve(command, limits=(attrs.evolve(first, due_on=due_on, done=done), whole))
        there = PROCESS.adopt(changed, journeys.context(at, TEAM, REMINDING))[1]
        steps = PROCESS.tick(there, journeys.context(at + HOUR, SYSTEM, REMINDING))[0]
        assert [step.trigger for step in steps] == left
        assert [step.at for step in steps] == [at] * len(left)


def test_an_outcome_that_was_not_relayed_is_relayed_here() -> None:
    """The relay limit runs on, and the consultant has not received the outcome until then (XS-08, XS-09)."""
    there = taken_over(Journey().to("approved").stands, STANDARD)
    assert not may_schedule(there).permitted
    steps, relayed = PROCESS.tick(there, journeys.context(there.at + HOUR, SYSTEM))
    assert [(step.trigger, step.version) for step in steps] == [("relay", 2)]
    assert may_schedule(relayed).permitted


def test_nothing_follows_at_once() -> None:
    """What was put to an employer elsewhere is not approved in advance here: what did not follow there does not follow."""
    policy = journeys.IN_ADVANCE
    journey = Journey(policy, case=CaseTotals(approved_in_advance=6)).to("employer_decision")
    assert taken_over(journey.stands, policy).state == "employer_decision"


def test_a_date_that_no_calendar_reaches_is_refused() -> None:
    """The calendars have to reach as far as people were told."""
    with pytest.raises(CoverageError):
        stated(date(2090, 1, 1))
    command, known = resting("employer_decision")
    first, whole = command.limits
    command = attrs.evolve(command, limits=(first, attrs.evolve(whole, due_on=date(2090, 1, 1))))
    with pytest.raises(CoverageError):
        PROCESS.adopt(command, known)


def test_a_sum_of_limits_need_not_have_been_stated() -> None:
    """The whole path binds nobody; without it a request goes on as any other (IN-03)."""
    snapshot = Journey(REMINDING).to("clinical_review").stands
    command: Any = adoption_of(snapshot, REMINDING, by=TEAM).command
    command = attrs.evolve(command, limits=command.limits[:1])
    there = PROCESS.adopt(command, journeys.context(snapshot.at, TEAM, REMINDING))[1]
    for step, by in ((xs.ExtendLimit(working_days=1), TEAM), (xs.Support(), MANAGER), (xs.Approve(), APPROVER)):
        there = PROCESS.advance(there, step, journeys.context(there.at + HOUR, by, REMINDING))[1]
    assert there.state == "approved"


def test_a_workflow_that_takes_nothing_over_says_so() -> None:
    """It is a programmer's mistake to ask it to."""
    with pytest.raises(DefinitionError, match="takes no requests over"):
        TAKING_NOTHING.adopt(object(), journeys.context(journeys.START, TEAM))
    with pytest.raises(DefinitionError, match="takes no requests over"):
        schemas.adoption_schema(TAKING_NOTHING)
    with pytest.raises(InvalidType):
        PROCESS.adopt(xs.Approve(), journeys.context(journeys.START, TEAM))


def test_no_command_adopts() -> None:
    """Nobody gets around the table: as a command it is refused, before a request is open and after (IN-13)."""
    snapshot = Journey().to("draft").stands
    command: Any = adoption_of(snapshot, STANDARD, by=TEAM).command
    for each in (None, snapshot):
        with pytest.raises(Refused):
            PROCESS.decide(each, command, journeys.context(snapshot.at, TEAM))


# --- what does not hold together --------------------------------------------------------------------------------------

Change = Callable[[Adopt], Adopt]


def with_(**parts: Any) -> Change:
    """These parts in place of what is there; ``form__goal`` stands for the goal of the form."""

    def change(command: Adopt) -> Adopt:
        changed: dict[str, Any] = {}
        for path, value in parts.items():
            name, _, inner = path.partition("__")
            held = changed.get(name, getattr(command, name))
            changed[name] = attrs.evolve(held, **{inner: value}) if inner else value
        return attrs.evolve(command, **changed)

    return change


def limits(change: Callable[[tuple[AdoptedLimit, ...]], Any]) -> Change:
    """Other limits."""
    return lambda command: attrs.evolve(command, limits=tuple(change(command.limits)))


def first_limit(**parts: Any) -> Change:
    """Another first limit."""
    return limits(lambda given: (attrs.evolve(given[0], **parts), *given[1:]))


def taken_from(state: str, name: str, **parts: Any) -> Change:
    """A part of a request in another state."""
    other = adoption_of(Journey(REMINDING).to(state).stands, REMINDING, by=TEAM).command
    value = getattr(other, name)
    return with_(**{name: attrs.evolve(value, **parts) if parts else value})


NOW = journeys.START + HOUR * 12
SECOND = timedelta(seconds=1)
BEFORE = journeys.START - 3 * DAY

CONTRADICTIONS: dict[str, tuple[str, Change, str, set[str]]] = {
    # what                              state, change, code, fields
    "a draft that was submitted": (
        "draft", taken_from("approved", "submission"), "contradicts_the_state", {"submission"}),
    "a draft with a decision": ("draft", taken_from("approved", "decision"), "contradicts_the_state", {"decision"}),
    "a draft with a limit": ("draft", taken_from("employer_decision", "limits"), "limits_of_the_state",
                             {"limits[0].limit", "limits[1].limit"}),
    "a draft of a contract that is not in force": (
        "draft", with_(form__contract="elsewhere"), "policy_in_force", {"form.contract"}),
    "a draft with a goal of no list": ("draft", with_(form__goal="world_peace"), "form_in_range", {"form.goal"}),
    "a draft with too many sessions": ("draft", with_(form__sessions=5, sessions=5), "form_in_range", {"form.sessions"}),
    "a draft with a referral of no list": ("draft", with_(form__referral="a_friend"), "form_in_range", {"form.referral"}),
    "a draft that follows itself": ("draft", with_(form__follows="XS-0001"), "form_in_range", {"form.follows"}),
    "details asked for before submission": ("further_details", with_(submission=None), "missing", {"submission"}),
    "details before they were asked for": (
        "further_details", taken_from("clinical_review", "details"), "contradicts_the_state", {"details"}),
    "no limit for the details": (
        "further_details", limits(lambda _: ()), "limits_of_the_state", {"limits.further_details"}),
    "a review without details": ("clinical_review", with_(details=None), "missing", {"details"}),
    "a review with a reviewer": ("clinical_review", with_(reviewed_by="cm-1"), "contradicts_the_state", {"reviewed_by"}),
    "a review that was put to the employer": (
        "clinical_review", with_(put_to_employer_at=NOW), "path", {"put_to_employer_at"}),
    "a review with half of the answers": (
        "clinical_review", with_(details={"rationale": "doc-1"}), "details_complete", {"details"}),
    "a review without its limit": ("clinical_review", limits(lambda given: given[1:]), "limits_of_the_state",
                                  {"limits.clinical_review"}),
    "a review with the employer's limit": (
        "clinical_review", first_limit(limit="employer_decision"), "limits_of_the_state", {"limits.clinical_review", "limits[0].limit"}),
    "a limit twice": ("clinical_review", limits(lambda given: (*given, given[0])), "limits_of_the_state",
                      {"limits[2].limit"}),
    "a review with fewer sessions": ("clinical_review", with_(sessions=3), "sessions", {"sessions"}),
    "an employer who was not asked": ("employer_decision", with_(put_to_employer_at=None), "missing",
                                      {"put_to_employer_at"}),
    "a reviewer without details": ("employer_decision", with_(reviewed_by="cm-1"), "path", {"details"}),
    "details without a reviewer": (
        "employer_decision", taken_from("clinical_review", "details"), "path", {"reviewed_by"}),
    "an employer's request that is decided": (
        "employer_decision", taken_from("approved", "decision"), "contradicts_the_state", {"decision"}),
    "an outcome that was relayed before it was": ("employer_decision", with_(relayed_at=NOW), "contradicts_the_state",
                                                  {"relayed_at"}),
    "more sessions than were asked for": ("employer_decision", with_(form__sessions=3), "sessions", {"sessions"}),
    "an unfinished form": (
        "employer_decision", with_(form__client=None, form__goal=None), "form_complete", {"form.client", "form.goal"}),
    "nobody's request": ("employer_decision", with_(holder__consultant=None), "form_complete", {"holder.consultant"}),
    "another contract's policy": (
        "employer_decision", with_(form__contract="elsewhere"), "policy_in_force", {"submission.policy.contract"}),
    "another version of the policy": (
        "employer_decision",
        lambda command: with_(submission__policy=attrs.evolve(command.submission.policy, version="9"))(command),  # type: ignore[union-attr]
        "policy_in_force", {"submission.policy.version"}),
    "a policy that was not in force yet": (
        "employer_decision", with_(submission__submitted_on=date(2019, 12, 31), submission__until=date(2019, 12, 31)),
        "policy_in_force", {"submission.policy.version"}),
    "a window that ends another day": ("employer_decision", with_(submission__until=date(2026, 10, 27)),
                                       "tally_of_the_window", {"submission.until"}),
    "a window that begins another day": ("employer_decision", with_(submission__since=date(2025, 10, 28)),
                                         "tally_of_the_window", {"submission.since"}),
    "another threshold": ("employer_decision", with_(submission__threshold=11), "tally_of_the_window",
                          {"submission.threshold"}),
    "a total that is too small": ("employer_decision", with_(submission__total=3), "total", {"submission.total"}),
    "a submission in the future": (
        "employer_decision", with_(submission__submitted_on=date(2026, 11, 2)), "not_yet", {"submission.submitted_on"}),
    "a limit that starts in the future": (
        "employer_decision", first_limit(started_at=NOW + DAY), "not_yet", {"limits[0].started_at"}),
    "a limit that starts before its stage": (
        "employer_decision", first_limit(started_at=journeys.START - SECOND), "out_of_order",
        {"limits[0].started_at", "limits[1].started_at"}),
    "a sum that starts after its stage": (
        "employer_decision",
        limits(lambda given: (given[0], attrs.evolve(given[1], started_at=given[0].started_at + SECOND))),
        "out_of_order", {"limits[1].started_at"}),
    "put to the employer before it was submitted": (
        "employer_decision", with_(put_to_employer_at=BEFORE), "out_of_order", {"put_to_employer_at"}),
    "a limit that is due before it starts": (
        "employer_decision", first_limit(due_on=date(2026, 10, 27)), "due_before_start", {"limits[0].due_on"}),
    "a move that the contract does not make": (
        "further_details", first_limit(done=("overdue",)), "done", {"limits[0].done"}),
    "a move that was made twice": (
        "employer_decision", first_limit(done=("remind", "remind")), "done", {"limits[0].done"}),
    "a move about a sum": (
        "employer_decision", limits(lambda given: (given[0], attrs.evolve(given[1], done=("remind",)))), "done",
        {"limits[1].done"}),
    "a consultant who is no requestor": (
        "employer_decision", with_(holder__consultant="con-9"), "requestors", {"holder.requestors"}),
    "a requestor twice": (
        "employer_decision", with_(holder__requestors=("con-1", "con-1")), "requestors", {"holder.requestors"}),
    "approved without a decision": ("approved", with_(decision=None), "missing", {"decision"}),
    "approved by a decline": ("approved", with_(decision__trigger="decline"), "decision",
                              {"decision.trigger", "decision.stage"}),
    "approved by its relay": ("approved", with_(decision__trigger="relay", decision__stage="approved"), "decision",
                              {"decision.trigger", "decision.stage"}),
    "approved in review": ("approved", with_(decision__stage="clinical_review"), "decision",
                           {"decision.trigger", "decision.stage"}),
    "approved by a clinical manager": ("approved", with_(decision__by=MANAGER), "decision", {"decision.by"}),
    "approved by another employer": (
        "approved", with_(decision__by=journeys.OTHER_APPROVER), "decider_not_requestor", {"decision.by"}),
    "approved by its requestor": (
        "approved", with_(decision__by=actor(Role.EMPLOYER, "con-1", employer="emp-1")), "decider_not_requestor",
        {"decision.by"}),
    "reviewed by its requestor": (
        "approved", with_(reviewed_by="con-1"), "decider_not_requestor", {"reviewed_by"}),
    "approved with a reason": ("approved", with_(decision__reason="not_funded"), "reason_listed", {"decision.reason"}),
    "approved in advance by a contract that approves nothing": (
        "approved", with_(decision__trigger="approve_in_advance", decision__by=SYSTEM, put_to_employer_at=None),
        "contract_decides", {"decision.trigger"}),
    "approved in advance and put to the employer": (
        "approved", with_(decision__trigger="approve_in_advance", decision__by=SYSTEM), "path", {"put_to_employer_at"}),
    "deemed by a contract that deems nothing": (
        "approved", with_(decision__trigger="deem_approved", decision__by=SYSTEM), "contract_decides",
        {"decision.trigger"}),
    "approved and never put to the employer": ("approved", with_(put_to_employer_at=None), "path",
                                               {"put_to_employer_at"}),
    "decided before it was put to the employer": (
        "approved", with_(decision__at=journeys.START + SECOND), "out_of_order", {"decision.at"}),
    "a decision in the future": ("approved", with_(decision__at=NOW + DAY), "not_yet", {"decision.at"}),
    "relayed, and the relay limit runs": ("approved", with_(relayed_at=NOW), "limits_of_the_state", {"limits[0].limit"}),
    "not relayed, and no limit runs": ("approved", limits(lambda _: ()), "limits_of_the_state", {"limits.relay"}),
    "relayed before it was decided": (
        "approved", with_(relayed_at=journeys.START, limits=()), "out_of_order", {"relayed_at"}),
    "a relay limit from before the decision": (
        "approved", first_limit(started_at=journeys.START + SECOND), "out_of_order", {"limits[0].started_at"}),
    "declined without a reason": ("declined", with_(decision__reason=None), "reason_listed", {"decision.reason"}),
    "declined for a reason of no list": (
        "declined", with_(decision__reason="bad_weather"), "reason_listed", {"decision.reason"}),
    "declined in review after it": (
        "declined", with_(reviewed_by="cm-2"), "path", {"reviewed_by"}),
    "declined in review and put to the employer": (
        "declined", with_(put_to_employer_at=NOW), "path", {"put_to_employer_at"}),
    "declined in review without details": ("declined", with_(details=None), "path", {"details"}),
    "withdrawn with a decision": (
        "withdrawn", taken_from("approved", "decision"), "contradicts_the_state", {"decision"}),
    "withdrawn with a limit": (
        "withdrawn", taken_from("further_details", "limits"), "limits_of_the_state", {"limits[0].limit"}),
    "withdrawn, put to the employer and never submitted": (
        "withdrawn", with_(put_to_employer_at=NOW), "path", {"put_to_employer_at"}),
    "withdrawn, reviewed and never put to the employer": (
        "withdrawn", lambda command: taken_from("clinical_review", "details")(with_(reviewed_by="cm-1")(
            taken_from("clinical_review", "submission")(command))), "path", {"put_to_employer_at"}),
    "lapsed with details": ("lapsed", taken_from("clinical_review", "details"), "contradicts_the_state", {"details"}),
    "lapsed and never submitted": ("lapsed", with_(submission=None), "missing", {"submission"}),
}  # fmt: skip


def resting(state: str) -> tuple[Adopt, Context]:
    """A request in a state, as it is taken over."""
    journey = journeys.TOURS["lapsed"](PROCESS) if state == "lapsed" else Journey(REMINDING).to(state)
    at = journey.stands.at if state == "lapsed" else NOW
    command = adoption_of(journey.stands, REMINDING, by=TEAM).command
    assert isinstance(command, Adopt)
    return command, journeys.context(at, TEAM, REMINDING)


@pytest.mark.parametrize("what", CONTRADICTIONS)
def test_what_does_not_hold_together_is_refused(what: str) -> None:
    """The state implies what has to be there and what cannot be; a contradiction is refused by its fields."""
    state, change, code, fields = CONTRADICTIONS[what]
    command, known = resting(state)
    PROCESS.adopt(command, known)
    with pytest.raises(Refused) as caught:
        PROCESS.adopt(change(command), known)
    found = {reason.code: set(reason.fields) for reason in caught.value.verdict.reasons}
    assert found.get(code) == fields


def test_every_claim_is_shown() -> None:
    """There is no claim that nothing contradicts."""
    shown = {code for _, _, code, _ in CONTRADICTIONS.values()}
    assert shown | {"role", "consent_given"} == {claim.code for claim in claims.CLAIMS}


@pytest.mark.parametrize("by", [CONSULTANT, STAFF, MANAGER, APPROVER])
def test_only_the_case_team_or_the_system_takes_over(by: Actor) -> None:
    """Nobody brings a request in that they decided themselves (IN-07)."""
    command, known = resting("approved")
    with pytest.raises(Refused) as caught:
        PROCESS.adopt(command, attrs.evolve(known, by=by))
    assert caught.value.verdict.codes == ("role",)
    PROCESS.adopt(command, attrs.evolve(known, by=SYSTEM))


def test_consent_is_needed_where_the_contract_asks_for_it() -> None:
    """A request that was submitted has the client's consent (XS-01); one under another contract need not."""
    policy = journeys.WITH_CONSENT
    snapshot = Journey(policy).to("employer_decision").stands
    stated: Any = adoption_of(snapshot, policy, by=TEAM).command
    command = with_(form__consent=None)(stated)
    with pytest.raises(Refused) as caught:
        PROCESS.adopt(command, journeys.context(snapshot.at, TEAM, policy))
    assert caught.value.verdict.codes == ("consent_given",)
    command, known = resting("employer_decision")
    assert PROCESS.adopt(with_(form__consent=None)(command), known)


def test_every_reason_is_given_at_once() -> None:
    """Whoever mends a line learns everything that is wrong with it."""
    command, known = resting("approved")
    with pytest.raises(Refused) as caught:
        PROCESS.adopt(with_(decision=None, form__goal=None, limits=())(command), known)
    assert caught.value.verdict.codes == ("missing", "form_complete", "limits_of_the_state")


def test_a_window_from_the_first_session_lies_within_its_months() -> None:
    """The first session is not known; its window ends on the request's date and is no longer than the contract's."""
    policy = journeys.FROM_FIRST_SESSION
    snapshot = Journey(policy).to("employer_decision").stands
    command: Any = adoption_of(snapshot, policy, by=TEAM).command
    known = journeys.context(snapshot.at, TEAM, policy)
    assert PROCESS.adopt(command, known)
    with pytest.raises(Refused) as caught:
        PROCESS.adopt(with_(submission__since=date(2025, 10, 1))(command), known)
    assert caught.value.verdict.reasons[0].fields == ("submission.since",)


PLANTED = "Planted Person"
MALFORMED: dict[str, tuple[tuple[Any, ...], Any, str]] = {
    "a state in which no request rests": (("state",), "submitted", "state"),
    "a state of another table": (("state",), PLANTED, "state"),
    "a state that is no text": (("state",), 3, "state"),
    "a case that is none": (("form", "assist_case"), PLANTED, "form.assist_case"),
    "a client with a name": (("form", "client"), PLANTED, "form.client"),
    "a client of 65 characters": (("form", "client"), "c" * 65, "form.client"),
    "no sessions": (("form", "sessions"), 0, "form.sessions"),
    "sessions as a flag": (("form", "sessions"), True, "form.sessions"),
    "a goal in prose": (("form", "goal"), PLANTED, "form.goal"),
    "an unknown key": (("form", PLANTED), 1, "form"),
    "no requestors": (("holder", "requestors"), [], "holder.requestors"),
    "too many requestors": (("holder", "requestors"), [f"c-{n}" for n in range(101)], "holder.requestors"),
    "a requestor by name": (("holder", "requestors"), [PLANTED], "holder.requestors"),
    "a date with a time": (("submission", "submitted_on"), "2026-10-28T00:00:00Z", "submission.submitted_on"),
    "a total below zero": (("submission", "total"), -1, "submission.total"),
    "an answer in prose": (("details",), {"rationale": PLANTED}, "details"),
    "answers that are none": (("details",), 7, "details"),
    "an instant without an offset": (("put_to_employer_at",), "2026-10-28T09:30:00", "put_to_employer_at"),
    "an instant of long ago": (("put_to_employer_at",), "1801-10-28T09:30:00Z", "put_to_employer_at"),
    "a reviewer by name": (("reviewed_by",), PLANTED, "reviewed_by"),
    "an unknown limit": (("limits", 0, "limit"), "patience", "limits[0].limit"),
    "a date that is none": (("limits", 0, "due_on"), "2026-02-30", "limits[0].due_on"),
    "something else done": (("limits", 0, "done"), [PLANTED], "limits[0].done"),
    "limits that are none": (("limits",), 7, "limits"),
    "a decision by nobody": (("decision", "by", "role"), PLANTED, "decision.by.role"),
}


def line(state: str = "approved") -> dict[str, Any]:
    """A line of a file of requests."""
    snapshot = Journey(REMINDING).to(state).stands
    plain: dict[str, Any] = json.loads(json.dumps(adoption_of(snapshot, REMINDING, by=TEAM).to_wire()))
    return plain


@pytest.mark.parametrize("what", MALFORMED)
def test_what_is_malformed_is_refused_by_the_rules_of_commands(what: str) -> None:
    """Lengths, characters and kinds are those of today's commands; the error names the field, and shows no value."""
    path, value, name = MALFORMED[what]
    plain = line()
    place: Any = plain
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises(InvalidValue) as caught:
        read_adoption(PROCESS, plain)
    assert caught.value.field == name
    assert PLANTED not in repr(caught.value) + str(caught.value)
    assert caught.value.__cause__ is None
    if what not in ("a date that is none", "an instant of long ago"):
        assert not ADOPTION.is_valid(plain)


def test_a_command_made_in_python_is_checked_as_well() -> None:
    """Whoever writes no JSON is told the same."""
    for parts, name in (
        ({"limits": (7,)}, "limits"),
        ({"form": None}, "form"),
        ({"holder": "con-1"}, "holder"),
        ({"put_to_employer_at": date(2026, 1, 1)}, "put_to_employer_at"),
        ({"put_to_employer_at": datetime(2026, 1, 1)}, "put_to_employer_at"),  # noqa: DTZ001 - naive on purpose
        ({"put_to_employer_at": datetime(1801, 1, 1, tzinfo=journeys.MELBOURNE)}, "put_to_employer_at"),
        ({"decision": "approved"}, "decision"),
        ({"limits": 3}, "limits"),
    ):
        with pytest.raises(InvalidValue) as caught:
            attrs.evolve(resting("draft")[0], **parts)
        assert caught.value.field == name


def test_nothing_personal_shows() -> None:
    """A repr says what is filled in, and none of its values."""
    command, _ = resting("approved")
    assert repr(command).startswith("<Adopt: state, form, holder, submission")
    assert "con-1" not in repr(command) + repr(command.holder) + repr(command.decision)
