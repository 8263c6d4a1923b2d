"""Walks everything that can become of a request, with the real core, and looks at each property on the way.

A `Subject` is a workflow with an alphabet: who there is, what they may ask for, the contracts, and what of a snapshot
decides (its key). Places with the same key are walked once. Time is a letter too: a wait is a day, on a calendar on which
every day counts, so that what is to come depends on how many days ahead it lies and never on the date.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Hashable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from functools import cache
from typing import Any

from attrs import define, field, frozen

from eap_workflow.calendar import BusinessCalendar
from eap_workflow.days.source import RegionSource
from eap_workflow.days.table import DayTable
from eap_workflow.deadlines import Office
from eap_workflow.errors import DefinitionError
from eap_workflow.policy import Parties, PartyTerms, Policy
from eap_workflow.process import NO_OTHERS, CaseTotals, Context, Process
from eap_workflow.proof.properties import Property
from eap_workflow.steps import Snapshot, Step
from eap_workflow.values import SYSTEM, Actor, Reference, Role

BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
FIRST, LAST = date(2025, 1, 1), date(2029, 12, 31)
REQUEST = Reference("R-1")
WAIT = "a day passes"
PARTIES = Parties(provider=PartyTerms(zone="UTC"), employer=PartyTerms(zone="UTC"))
"""Whose days are those of the calendar on which every day counts."""


@cache
def offices() -> Mapping[str, Office]:
    """The offices of both parties, on a calendar on which every day counts."""
    table = DayTable(
        first=FIRST, last=LAST, weekend=((FIRST, frozenset()),), closed={}, opened={}, estimated=frozenset()
    )
    source = RegionSource(
        region="every day", provider="made for the proof", categories=(), years=(FIRST.year, LAST.year)
    )
    calendar = BusinessCalendar(table, source)
    return {party: Office.of(party, getattr(PARTIES, party), calendar) for party in ("provider", "employer")}


def contract(**terms: Any) -> Policy:
    """A contract for the walk."""
    given: dict[str, Any] = {
        "contract": "walked",
        "version": "1",
        "source": "The bounds of the policy's numbers",
        "effective_from": date(2020, 1, 1),
        "zone": "UTC",
        "parties": PARTIES,
    }
    return Policy(**given | terms)


def person(role: Role, name: str, *, practice: str | None = None, employer: str | None = None) -> Actor:
    """Somebody."""
    return Actor(
        role=role,
        id=Reference(name),
        practice=None if practice is None else Reference(practice),
        employer=None if employer is None else Reference(employer),
    )


@frozen(kw_only=True)
class World:
    """A contract under which a request is walked.

    Attributes:
        name: What is particular to it.
        policy: Its numbers and readings.
        given: What is fixed besides the policy, as the subject needs it.
    """

    name: str
    policy: Policy
    given: Any = None


def _always(_snapshot: Snapshot | None) -> bool:
    return True


@frozen(kw_only=True)
class Letter:
    """Something that somebody may ask for.

    Attributes:
        name: What and by whom, in words.
        by: Who asks.
        trigger: The command's trigger.
        command: Makes the command, for a request as it stands and an instant.
        within: Whether it is asked for at all: where a bound ends the walk.
        case: What the other requests of the Assist Case add up to.
    """

    name: str
    by: Actor
    trigger: str
    command: Callable[[Snapshot | None, datetime], Any]
    within: Callable[[Snapshot | None], bool] = _always
    case: CaseTotals = NO_OTHERS


def letter(name: str, by: Actor, command: Any, **options: Any) -> Letter:
    """A letter whose command is the same wherever it is asked for."""
    return Letter(
        name=f"{name} ({by.role.value} {by.id})",
        by=by,
        trigger=command.trigger,
        command=lambda _snapshot, _at: command,
        **options,
    )


@frozen(kw_only=True)
class Place:
    """A request as it stands at an instant, and how it was come to.

    Attributes:
        snapshot: The request; None before it is opened.
        at: The instant.
        state: Its state.
        origin: The key of the place before; None at the beginning.
        arrow: What led here.
    """

    snapshot: Snapshot | None
    at: datetime
    state: str
    origin: Hashable | None = None
    arrow: Arrow | None = None


@frozen(kw_only=True)
class Arrow:
    """A letter that leads somewhere.

    Attributes:
        letter: Its name.
        triggers: The rows that it took, in order; none where a day passed and nothing was due.
        target: The key of the place.
        waited: Whether a day passed.
    """

    letter: str
    triggers: tuple[str, ...]
    target: Hashable
    waited: bool

    def __str__(self) -> str:
        return f"{self.letter}: {', '.join(self.triggers) or 'nothing is due'}"


@frozen(kw_only=True)
class Violation:
    """A property that does not hold.

    Attributes:
        broken: Which.
        world: Under which contract.
        path: What leads there, from the beginning; the triggers of each letter.
    """

    broken: Property
    world: str
    path: tuple[Arrow, ...]

    @property
    def triggers(self) -> tuple[str, ...]:
        """The rows that lead there."""
        return tuple(trigger for arrow in self.path for trigger in arrow.triggers)

    def __str__(self) -> str:
        lines = [f"{self.broken.name} does not hold ({self.world}): {self.broken.sentence}"]
        lines += [f"  {number}. {arrow}" for number, arrow in enumerate(self.path, 1)]
        return "\n".join(lines)


@frozen(kw_only=True)
class Subject:
    """A workflow with its alphabet.

    Attributes:
        process: The process that decides.
        worlds: The contracts; with every bound or with few.
        letters: What may be asked for in a world; likewise.
        key: What of a request decides what may become of it.
        finals: The names of its final states, stated apart from the table.
        properties: What is checked.
    """

    process: Process
    worlds: Callable[[bool], tuple[World, ...]]
    letters: Callable[[World, bool], tuple[Letter, ...]]
    key: Callable[[World, Snapshot, datetime], Hashable]
    finals: frozenset[str]
    properties: tuple[Property, ...]


@define(kw_only=True)
class Walk:
    """Everything that can become of a request under one contract.

    Attributes:
        subject: The workflow.
        world: The contract.
        finals: The names of the final states.
        places: By key, in the order in which they were found.
        arrows: By the key of the place that they leave.
        steps: How many steps were decided.
        taken: The rows that were taken, each as its state and trigger.
        violations: By the name of the property, the first that was found.
    """

    subject: Subject
    world: World
    finals: frozenset[str]
    places: dict[Hashable, Place] = field(factory=dict)
    arrows: dict[Hashable, tuple[Arrow, ...]] = field(factory=dict)
    steps: int = 0
    taken: set[tuple[str, str]] = field(factory=set)
    violations: dict[str, Violation] = field(factory=dict)

    def path(self, key: Hashable) -> tuple[Arrow, ...]:
        """What leads to a place, from the beginning."""
        path: list[Arrow] = []
        place = self.places[key]
        while place.arrow is not None:
            path.append(place.arrow)
            place = self.places[place.origin]
        return tuple(reversed(path))


def clock_key(snapshot: Snapshot, at: datetime, sums: frozenset[str] = frozenset()) -> Hashable:
    """The limits that run and what the clock has still to do, by how far ahead it lies.

    When a limit passes, it has a move to make, so how far ahead that lies says when. How often it was extended counts, since
    the walk bounds it.

    Args:
        snapshot: The request.
        at: The instant.
        sums: The limits that are sums of others: they bind nobody and have no moves, so that they are there or not.
    """
    moves = tuple((move.limit, move.trigger, move.due_at - at) for move in snapshot.clock)
    running = tuple(
        line.limit if line.limit in sums else (line.limit, len(line.due.further)) for line in snapshot.deadlines
    )
    return moves, running


def context_of(world: World, each: Letter | None, at: datetime) -> Context:
    """The context in which a letter is asked for, or the clock's own."""
    by, case = (SYSTEM, NO_OTHERS) if each is None else (each.by, each.case)
    return Context(request=REQUEST, at=at, by=by, policy=world.policy, offices=offices(), case=case)


def after(
    subject: Subject, world: World, snapshot: Snapshot | None, at: datetime, each: Letter | None
) -> tuple[tuple[Step, ...], Snapshot | None, datetime] | None:
    """What becomes of a request by a letter, or by a day passing; None where it is refused.

    Args:
        subject: The workflow.
        world: The contract.
        snapshot: The request as it stands.
        at: The instant.
        each: The letter; None for a day.
    """
    process = subject.process
    if each is None:
        later = at + DAY
        if snapshot is None or snapshot.next_due_at is None or snapshot.next_due_at > later:
            return (), snapshot, later
        return *process.tick(snapshot, context_of(world, None, later)), later
    if not each.within(snapshot):
        return None
    command, context = each.command(snapshot, at), context_of(world, each, at)
    # The clock is caught up, so this is what the process asks first; it is asked here because a refusal takes long to word.
    if process.workflow.permitting(snapshot, command, context) is None:
        return None
    steps, stands = process.advance(snapshot, command, context)
    # What a row starts may be due at once.
    if stands.next_due_at is not None and stands.next_due_at <= at:
        more, stands = process.tick(stands, context_of(world, None, at))
        steps += more
    return steps, stands, at


def walk(subject: Subject, world: World, *, full: bool = False, until: str | None = None) -> Walk:
    """Walk everything that can become of a request under one contract.

    Args:
        subject: The workflow and its alphabet.
        world: The contract.
        full: Whether with every letter, or with few.
        until: The name of a property; the walk ends where it does not hold.

    Raises:
        DefinitionError: The table led where the core cannot go on, and that is no property's.
    """
    letters = _by_state(subject, subject.letters(world, full))
    made = Walk(subject=subject, world=world, finals=subject.finals)
    places = [each for each in subject.properties if each.at is not None]
    steps = [each for each in subject.properties if each.on is not None]
    start: Hashable = subject.process.workflow.start
    made.places[start] = Place(snapshot=None, at=BEGINNING, state=subject.process.workflow.start)
    rest = deque([start])
    while rest and until not in made.violations:
        key = rest.popleft()
        made.arrows[key] = tuple(_arrows(made, key, letters, steps, places, rest))
    for each in () if rest else subject.properties:
        where = None if each.over is None else each.over(made)
        if where is not None:
            _note(made, each, made.path(where))
    return made


def _by_state(subject: Subject, letters: tuple[Letter, ...]) -> Mapping[str, tuple[Letter, ...]]:
    """The letters that a state has a row for. Without one there is nothing to decide: the lookup refuses them."""
    workflow = subject.process.workflow
    names = (workflow.start, *(state.name for state in workflow.states))
    return {name: tuple(each for each in letters if workflow.row(name, each.trigger) is not None) for name in names}


def _arrows(
    made: Walk,
    key: Hashable,
    letters: Mapping[str, tuple[Letter, ...]],
    checks: list[Property],
    looks: list[Property],
    rest: deque[Hashable],
) -> Iterator[Arrow]:
    subject, world, place = made.subject, made.world, made.places[key]
    for each in (None, *letters[place.state]):
        name = WAIT if each is None else each.name
        try:
            found = after(subject, world, place.snapshot, place.at, each)
        except DefinitionError:
            stuck = next((one for one in subject.properties if one.name == "passed_at_once"), None)
            if stuck is None:
                raise
            arrow = Arrow(letter=name, triggers=(), target=key, waited=each is None)
            _note(made, stuck, (*made.path(key), arrow))
            continue
        if found is None:
            continue
        taken, stands, at = found
        target = key if stands is None else (stands.state, subject.key(world, stands, at))
        triggers = tuple(step.trigger for step in taken)
        arrow = Arrow(letter=name, triggers=triggers, target=target, waited=each is None)
        made.steps += len(taken)
        snapshot = place.snapshot
        for number, step in enumerate(taken, 1):
            made.taken.add((step.source, step.trigger))
            next_one = stands if number == len(taken) else subject.process.evolve(snapshot, step)
            for check in checks:
                holds = check.on
                if holds is not None and next_one is not None and not holds(world, snapshot, step, next_one):
                    _note(made, check, (*made.path(key), arrow))
            snapshot = next_one
        if target not in made.places and stands is not None:
            made.places[target] = Place(snapshot=stands, at=at, state=stands.state, origin=key, arrow=arrow)
            rest.append(target)
            _look(made, target, looks)
        yield arrow


def _look(made: Walk, key: Hashable, checks: list[Property]) -> None:
    place = made.places[key]
    for check in checks:
        holds, snapshot = check.at, place.snapshot
        if holds is not None and snapshot is not None and not holds(made.world, snapshot, place.at):
            _note(made, check, made.path(key))


def _note(made: Walk, which: Property, path: tuple[Arrow, ...]) -> None:
    made.violations.setdefault(which.name, Violation(broken=which, world=made.world.name, path=path))
