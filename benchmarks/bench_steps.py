"""One command: the verdict alone, and the whole step, against state machines that do neither guards nor due dates.

Our side takes requests that were received on several days of a summer, one after the other, as a service would; the
verdict looks at the role and at every guard of the row, and the step counts its limits in working days. The peers fire
the bare row. All are first shown to lead from the same state to the same state.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import cycle
from typing import Any

from attrs import frozen

from benchmarks.state_machines import (
    AGAIN,
    Automat,
    Dictionary,
    Peer,
    Rows,
    StateMachine,
    Transitions,
)
from benchmarks.timing import Comparison, Target, at_most, race, table, times_faster
from eap_workflow.offices import Offices
from eap_workflow.policy import STANDARD
from eap_workflow.process import Context, Process
from eap_workflow.steps import Snapshot
from eap_workflow.values import Actor, Reference, Role
from eap_workflow.workflows import case_review as cr
from eap_workflow.workflows import extra_sessions as xs
from eap_workflow.workflows import outreach, session_cancellation

REQUESTS = 8
BACK = "back"
CONSULTANT = Actor(role=Role.CONSULTANT, id=Reference("con-17"))
MANAGER = Actor(role=Role.CLINICAL_MANAGER, id=Reference("cm-3"))
APPROVER = Actor(role=Role.EMPLOYER, id=Reference("app-2"), employer=Reference("emp-4"))

DRAFT = xs.Draft(
    assist_case="ASST-104233",
    client=Reference("cl-88"),
    employer=Reference("emp-4"),
    contract=Reference("standard"),
    sessions=4,
    goal="return_to_work",
    referral="private_practice",
)
DETAILS = {question: Reference("doc-7") for question in STANDARD.requests.details_questions}
FEW, MANY = (xs.Tally(completed=completed, scheduled=0, remaining=0) for completed in (1, 9))

PARTNER = Actor(role=Role.PARTNER_CLINICIAN, id=Reference("pc-1"), practice=Reference("partner-1"))
THERAPIST = Actor(role=Role.THERAPIST, id=Reference("th-1"))
OPEN_CASE = cr.OpenCase(
    contract="standard",
    partner="partner-1",
    case="case-1",
    participant="part-1",
    referral="self_referral",
    kind="couples",
    benefit_sessions=6,
    therapist="th-1",
)
OPEN_CONTACT = outreach.OpenContact(
    contract="standard", partner="partner-1", reason="clinical_call_back", with_whom="participant", person="part-1"
)
ATTEMPT = outreach.Attempt(channel="telephone", result="no_answer", message="voicemail", asks_to_call_back=True)
CANCEL = session_cancellation.Cancel(
    contract="standard",
    session="ses-1",
    session_at=datetime(2027, 3, 1, 3, tzinfo=UTC),
    client="cl-1",
    therapist="th-1",
    reason="illness",
    preferred_method="telephone",
)


@frozen(kw_only=True)
class Scenario:
    """A command that is measured, and the way to it.

    Attributes:
        what: What is measured.
        process: The workflow.
        before: The commands before it.
        command: The command.
        bare: The same rows as a peer fires them, the triggers before it and its own.
    """

    what: str
    process: Process = xs.PROCESS
    before: tuple[tuple[Any, Actor], ...]
    command: tuple[Any, Actor]
    bare_before: tuple[str, ...]
    bare: tuple[str, ...]


REFERRED = ((DRAFT, CONSULTANT), (xs.Submit(tally=MANY), CONSULTANT))
REVIEWED = (*REFERRED, (xs.ProvideDetails(details=DETAILS), CONSULTANT))
FORWARDED = ((DRAFT, CONSULTANT), (xs.Submit(tally=FEW), CONSULTANT))

SCENARIOS = (
    Scenario(
        what="provide_details, two limits start",
        before=REFERRED,
        command=(xs.ProvideDetails(details=DETAILS), CONSULTANT),
        bare_before=("draft", "submit", "refer"),
        bare=("provide_details",),
    ),
    Scenario(
        what="support, one limit stops and one starts",
        before=REVIEWED,
        command=(xs.Support(), MANAGER),
        bare_before=("draft", "submit", "refer", "provide_details"),
        bare=("support",),
    ),
    Scenario(
        what="approve, two limits stop and one starts",
        before=FORWARDED,
        command=(xs.Approve(), APPROVER),
        bare_before=("draft", "submit", "forward"),
        bare=("approve",),
    ),
    Scenario(
        what="submit and forward, two rows and two limits",
        before=((DRAFT, CONSULTANT),),
        command=(xs.Submit(tally=FEW), CONSULTANT),
        bare_before=("draft",),
        bare=("submit", "forward"),
    ),
    Scenario(
        what="case review: authorise",
        process=cr.PROCESS,
        before=((OPEN_CASE, PARTNER), (cr.HoldFirstSession(), THERAPIST)),
        command=(cr.Authorise(sessions=6), PARTNER),
        bare_before=("open_case", "hold_first_session", "ask_for_review"),
        bare=("authorise",),
    ),
    Scenario(
        what="outreach: an attempt in vain, two rows and one limit stops",
        process=outreach.PROCESS,
        before=((OPEN_CONTACT, PARTNER),),
        command=(ATTEMPT, PARTNER),
        bare_before=("open_contact",),
        bare=("attempt", "go_on"),
    ),
    Scenario(
        what="session cancellation: tell the client",
        process=session_cancellation.PROCESS,
        before=((CANCEL, THERAPIST),),
        command=(session_cancellation.TellClient(method="telephone", slots=("slot-1", "slot-2")), THERAPIST),
        bare_before=("cancel",),
        bare=("tell_client",),
    ),
)


@frozen(kw_only=True)
class Case:
    """A request as it stands, what is asked for, and under which circumstances."""

    snapshot: Snapshot | None
    command: Any
    context: Context


def cases(scenario: Scenario) -> list[Case]:
    """The scenario on working days and nights of a southern summer, some hours apart."""
    offices = Offices().of(STANDARD)

    def context(number: int, minutes: int, by: Actor) -> Context:
        at = datetime(2026, 11, 2, 22, tzinfo=UTC) + timedelta(hours=55 * number, minutes=minutes)
        return Context(request=Reference(f"XS-{number:04}"), at=at, by=by, policy=STANDARD, offices=offices)

    found = []
    for number in range(REQUESTS):
        snapshot = None
        for minutes, (command, by) in enumerate(scenario.before):
            _, snapshot = scenario.process.advance(snapshot, command, context(number, minutes, by))
        command, by = scenario.command
        found.append(Case(snapshot=snapshot, command=command, context=context(number, 30, by)))
    return found


def circuit(make: Callable[[Rows, str], Peer], scenario: Scenario) -> Callable[[], object]:
    """Fire a scenario's rows on a peer, and the row that leads back: one event more than the scenario has."""
    workflow = scenario.process.workflow
    rows: Rows = tuple((move.trigger, move.source, move.target) for move in workflow.moves)
    moves = {(move.source, move.trigger): move.target for move in workflow.moves}
    states = [workflow.start]
    for trigger in (*scenario.bare_before, *scenario.bare):
        states.append(moves[states[-1], trigger])
    source, target = states[len(scenario.bare_before)], states[-1]
    peer = make((*rows, (AGAIN, target, source)), states[0])
    for trigger, state in zip((*scenario.bare_before, *scenario.bare, AGAIN), (*states[1:], source), strict=True):
        peer.fire(trigger)()
        assert peer.state == state
    fires = tuple(peer.fire(trigger) for trigger in (*scenario.bare, AGAIN))

    def once_round() -> None:
        for fire in fires:
            fire()

    return once_round


def verdicts(scenario: Scenario, found: list[Case]) -> list[Comparison]:
    """Role and guards, against one bare event."""
    workflow = scenario.process.workflow
    assert all(workflow.verdict(case.snapshot, case.command, case.context) for case in found)
    following = cycle(found).__next__

    def ours() -> object:
        case = following()
        return workflow.verdict(case.snapshot, case.command, case.context)

    two_rows = Automat(((AGAIN, "here", "there"), (BACK, "there", "here")), "here")
    there, back = two_rows.fire(AGAIN), two_rows.fire(BACK)

    def smallest() -> None:
        there()
        back()

    smallest()
    assert two_rows.state == "here"
    time, automat, small, dictionary = race(ours, circuit(Automat, scenario), smallest, circuit(Dictionary, scenario))
    events = len(scenario.bare) + 1
    return [
        Comparison(
            what=f"verdict, {scenario.command[0].trigger}",
            ours=time,
            peer="automat, the bare event of the same rows",
            peers=automat / events,
            target=at_most(1),
        ),
        Comparison(what="", ours=time, peer="automat, with two rows in all", peers=small / 2),
        Comparison(what="", ours=time, peer="a dictionary and a constructor", peers=dictionary / events),
    ]


def steps(scenario: Scenario, found: list[Case]) -> list[Comparison]:
    """Verdict, due dates, step and new snapshot, against the same rows fired bare."""
    for case in found:
        made, after = scenario.process.advance(case.snapshot, case.command, case.context)
        assert tuple(step.trigger for step in made) == scenario.bare
        assert (made[-1].target, after.version) == (after.state, made[-1].version)
    following, advance = cycle(found).__next__, scenario.process.advance

    def ours() -> object:
        case = following()
        return advance(case.snapshot, case.command, case.context)

    peers: dict[str, tuple[Callable[[Rows, str], Peer], Target | None]] = {
        "transitions, unbound, bare": (Transitions, at_most(1)),
        "python-statemachine, bare": (StateMachine, times_faster(10)),
        "automat, bare": (Automat, None),
        "a dictionary and a constructor": (Dictionary, None),
    }
    time, *theirs = race(ours, *(circuit(make, scenario) for make, _ in peers.values()))
    rows = len(scenario.bare)
    return [
        Comparison(
            what="" if place else scenario.what,
            ours=time,
            peer=name,
            peers=theirs[place] / (rows + 1) * rows,
            target=target,
        )
        for place, (name, (_, target)) in enumerate(peers.items())
    ]


def main() -> bool:
    """Print the table; true if every target is met."""
    found = {scenario.what: cases(scenario) for scenario in SCENARIOS}
    comparisons = [line for scenario in SCENARIOS for line in verdicts(scenario, found[scenario.what])]
    comparisons += [line for scenario in SCENARIOS for line in steps(scenario, found[scenario.what])]
    print(table("One command", comparisons))
    return all(line.met for line in comparisons)


if __name__ == "__main__":
    main()
