"""Words that our core and a program of somebody else's read alike, letter by letter, for the tables that other programs run.

A letter is a command: a trigger, the role that sends it, and the guards that do not hold. The answer to it is the state in
which the request is afterwards, and the steps that it made: none if it was refused. What the core answers is answered by
`Process`, with a guard's answer read in the letter; only limits are left out, which take a policy and a calendar.

`situations` lists the letters that tell two tables apart that differ in one place: for each state, and all that may be
asked in it. `words` leads through all of them from the start, and `histories` draws longer ways.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cache, partial
from itertools import combinations
from typing import Any, Protocol
from xml.etree import ElementTree as ET

import attrs
import pytest
from attrs import frozen
from hypothesis import strategies as st

from eap_workflow.errors import DefinitionError, Refused
from eap_workflow.machine import Workflow
from eap_workflow.process import ByClock, Process
from eap_workflow.states import CASE_REVIEW, EXTRA_SESSIONS, OUTREACH, SESSION_CANCELLATION
from eap_workflow.steps import Snapshot
from eap_workflow.table import Move, When
from eap_workflow.values import Actor, Role
from tests.table_mutants import Mutant, mutants
from tests.two_engines import AT

TABLES = (EXTRA_SESSIONS, CASE_REVIEW, OUTREACH, SESSION_CANCELLATION)
OF_ALL_TABLES = pytest.mark.parametrize("workflow", TABLES, ids=[workflow.name for workflow in TABLES])

DEEP = os.environ.get("HYPOTHESIS_PROFILE") == "deep"
"""Whether there is time for every letter and every mutant; otherwise each test says how many it takes."""

FEW = 200
"""How many letters show that a program answers as the core does, where there is nothing to be told apart."""

STUCK = "stuck"
"""The answer to a letter after which no row leads on from a passing state: the core calls the table wrong."""


def xml_of(text: str) -> ET.Element:
    """Parse what we wrote ourselves."""
    return ET.fromstring(text)  # noqa: S314 - nobody else had a hand in it


@frozen
class Letter:
    """A command, by whom, and the guards that fail."""

    trigger: str
    role: Role
    failing: frozenset[str] = frozenset()

    def plain(self, workflow: Workflow) -> dict[str, Any]:
        """As another program takes it: the trigger, the role and, for each guard, whether it holds."""
        holds = {guard.name: guard.name not in self.failing for guard in workflow.guards}
        return {"trigger": self.trigger, "role": self.role.value, "holds": holds}


Answer = tuple[str, tuple[str, ...]]
"""The state afterwards, and the triggers of the steps that were made: none where the letter was refused."""


class Runner(Protocol):
    """Another program, with a table of ours in it."""

    def place(self, state: str) -> None:
        """Begin anew, in the start or in another state."""

    def ask(self, letter: Letter) -> Any:
        """Hand a letter in; the answer is what `shows` leaves of the core's."""

    def shows(self, answer: Answer) -> Any:
        """How much of an answer the program shows."""


# --- the core's answers -----------------------------------------------------------------------------------------------


@frozen
class _Context:
    """What `Process` asks of a context, and the guards that fail."""

    failing: frozenset[str]
    by: Actor
    at: datetime = AT
    request: str = "R-1"


def _holds(name: str, _snapshot: Any, _command: Any, context: _Context) -> bool:
    return name not in context.failing


class Core:
    """Our core, led by letters; it counts the rows that it takes, and the limits of each are in the table."""

    def __init__(self, workflow: Workflow) -> None:
        bare = attrs.evolve(
            workflow,
            limits=(),
            states=tuple(attrs.evolve(state, limits=()) for state in workflow.states),
            moves=tuple(attrs.evolve(move, limits=()) for move in workflow.moves),
            process=None,
            predicates=None,
        )
        self.workflow = workflow
        self._process = Process(
            workflow=bare.bind({guard.name: partial(_holds, guard.name) for guard in workflow.guards}),
            fold=lambda _body, _step: None,
            facts={},
            commands={},
            fact_types={},
            body_type=type(None),
            index=_nothing,
            terms=_nothing,
            numbers=_nothing,
            listing=_nothing,
        )
        self._snapshot: Snapshot | None = None
        self.rows: tuple[Move, ...] = ()

    def place(self, state: str) -> None:
        """Begin anew."""
        self._snapshot = None if state == self.workflow.start else _in_state(self.workflow, state)

    @property
    def state(self) -> str:
        """Where the request is."""
        return self.workflow.start if self._snapshot is None else self._snapshot.state

    def ask(self, letter: Letter) -> Answer:
        """Decide a letter, and remember the rows that were taken."""
        context: Any = _Context(letter.failing, Actor(role=letter.role, id="a-1"))
        self.rows = ()
        try:
            steps, self._snapshot = self._process.advance(self._snapshot, ByClock(trigger=letter.trigger), context)
        except Refused:
            return self.state, ()
        except DefinitionError:
            return STUCK, ()
        rows = (self.workflow.row(step.source, step.trigger) for step in steps)
        self.rows = tuple(row.move for row in rows if row is not None)
        return self.state, tuple(step.trigger for step in steps)


def _nothing(*_: Any) -> Any:
    raise AssertionError("this is not asked here")


def _in_state(workflow: Workflow, state: str) -> Snapshot:
    return Snapshot(
        request="R-1", workflow=workflow.name, state=state, version=1, at=AT, deadlines=(), clock=(), body=None
    )


# --- the letters that tell tables apart -------------------------------------------------------------------------------


def resting(workflow: Workflow) -> tuple[str, ...]:
    """The start, and the states in which a request may be found."""
    return (workflow.start, *(state.name for state in workflow.states if not state.passing))


def asked_for(workflow: Workflow, state: str) -> tuple[str, ...]:
    """The triggers that may be sent in a state, fitting or not: all but those of the moves that the state makes at once."""
    own = {move.trigger for move in workflow.moves_from(state) if move.when is When.AT_ONCE}
    return tuple(trigger for trigger in workflow.triggers if trigger not in own)


@frozen
class Situation:
    """A letter in a state, and the core's answer."""

    state: str
    letter: Letter
    answer: Answer


@cache
def situations(workflow: Workflow) -> tuple[Situation, ...]:
    """Every state and trigger by every role; every row with each guard of the table failing alone; and what follows at once.

    What follows at once is decided in every way, too.
    """
    core = Core(workflow)

    def answered(state: str, letters: Iterable[Letter]) -> Iterator[Situation]:
        for letter in letters:
            core.place(state)
            yield Situation(state, letter, core.ask(letter))

    return tuple(
        situation
        for state in resting(workflow)
        for situation in answered(state, dict.fromkeys(_letters(workflow, state)))
    )


def _letters(workflow: Workflow, state: str) -> Iterator[Letter]:
    guards = [guard.name for guard in workflow.guards]
    for trigger in asked_for(workflow, state):
        row = workflow.row(state, trigger)
        for role in Role:
            yield Letter(trigger, role)
        if row is None:
            continue
        who = row.who[0]
        yield from (Letter(trigger, who, frozenset({guard})) for guard in guards)
        if row.target != state:
            yield from (Letter(trigger, who, failing) for failing in _deciding(workflow, row.target))


@cache
def _deciding(workflow: Workflow, state: str) -> tuple[frozenset[str], ...]:
    """Which guards fail, for what follows at once when a state is entered: every set of those that decide it.

    For each way on, each other guard fails beside a smallest set that leads there.
    """
    rows = _following(workflow, state)
    deciding = sorted({guard for move in rows for guard in move.guards})
    sets = (
        [frozenset(some) for size in range(len(deciding) + 1) for some in combinations(deciding, size)] if rows else []
    )
    smallest: dict[tuple[str, ...], frozenset[str]] = {}
    for failing in sets:
        smallest.setdefault(tuple(_taken(workflow, state, failing)), failing)
    beside = (failing | {guard.name} for failing in smallest.values() for guard in workflow.guards)
    return tuple(dict.fromkeys((*sets, *beside)))


def _taken(workflow: Workflow, state: str, failing: frozenset[str]) -> Iterator[str]:
    for move in workflow.moves_from(state):
        if move.when is When.AT_ONCE and not failing & set(move.guards):
            yield move.trigger
            yield from _taken(workflow, move.target, failing)
            return


def _following(workflow: Workflow, state: str) -> tuple[Move, ...]:
    """The rows that may be taken at once after a state is entered, wherever they lead on to."""
    own = tuple(move for move in workflow.moves_from(state) if move.when is When.AT_ONCE)
    return own + tuple(further for move in own for further in _following(workflow, move.target))


@cache
def ways(workflow: Workflow) -> Mapping[str, tuple[Letter, ...]]:
    """A shortest word to each state in which a request may be found."""
    found: dict[str, tuple[Letter, ...]] = {workflow.start: ()}
    known = situations(workflow)
    while True:
        further = {
            each.answer[0]: (*found[each.state], each.letter)
            for each in known
            if each.state in found and each.answer[0] not in found and each.answer[0] != STUCK
        }
        if not further:
            return found
        found |= further


@cache
def transition_cover(workflow: Workflow) -> tuple[tuple[Letter, ...], ...]:
    """Words from the start that together take every row: each a way to a state, what stays in it, and one way out."""
    core, covered = Core(workflow), set[tuple[str, str]]()
    words: list[tuple[Letter, ...]] = []
    for state, way in ways(workflow).items():
        word = way
        for each in sorted((each for each in situations(workflow) if each.state == state), key=_leaves):
            core.place(state)
            core.ask(each.letter)
            rows = {(move.source, move.trigger) for move in core.rows}
            if rows and not rows <= covered:
                covered |= rows
                word = (*word, each.letter)
                if _leaves(each):
                    words.append(word)
                    word = way
        if word != way:
            words.append(word)
    assert covered == {(move.source, move.trigger) for move in workflow.moves}
    return tuple(words)


def _leaves(situation: Situation) -> bool:
    return situation.answer[0] != situation.state


@st.composite
def histories(draw: st.DrawFn, workflow: Workflow) -> tuple[Letter, ...]:
    """Longer words: most letters are of the state in which the request is by then, and few guards fail."""
    core, word = Core(workflow), list[Letter]()
    failing = st.sets(st.sampled_from([guard.name for guard in workflow.guards]), max_size=4).map(frozenset)
    for _ in range(draw(st.integers(1, 12))):
        rows = [move for move in workflow.moves_from(core.state) if move.when is not When.AT_ONCE]
        likely = [Letter(move.trigger, role) for move in rows for role in move.who]
        own = {guard for move in rows for guard in move.guards}
        letter = draw(
            st.sampled_from(
                [*likely * 3, *(Letter(each, role) for each in asked_for(workflow, core.state) for role in Role)]
            )
        )
        some = draw(failing)
        letter = attrs.evolve(letter, failing=some - own if draw(st.integers(0, 3)) else some)
        word.append(letter)
        if core.ask(letter)[0] == STUCK:
            break
    return tuple(word)


# --- the other program's answers --------------------------------------------------------------------------------------


def check_word(
    workflow: Workflow, runner: Runner, word: Sequence[Letter], also: Callable[[Core], None] | None = None
) -> None:
    """Assert that both answer every letter of a word alike."""
    core = Core(workflow)
    runner.place(workflow.start)
    for letter in word:
        expected = core.ask(letter)
        assert runner.ask(letter) == runner.shows(expected), (word, letter)
        if expected[0] == STUCK:
            return
        if also is not None:
            also(core)


def is_passing(workflow: Workflow, state: str) -> bool:
    """Whether a state is a passing one: to stay in it is what the core calls being stuck."""
    return any(each.passing for each in workflow.states if each.name == state)


def differs(runner: Runner, given: Iterable[Situation]) -> Situation | None:
    """The first situation in which the other program answers something else than the core with the table as it should be."""
    for each in given:
        runner.place(each.state)
        if runner.ask(each.letter) != runner.shows(each.answer):
            return each
    return None


def told_apart(workflow: Workflow, load: Callable[[Workflow], Runner], *, every: int) -> Counter[str]:
    """Load one-edit mutants of a table, of each kind every n-th, and assert that the letters tell each from the table.

    That is asserted of each that our core, with the mutant for its table, answers otherwise, as far as the program shows an
    answer. Where even the core answers alike, it is a mutant of a move that is made at once: nobody asks for that, so no
    role that is added to it shows, nor a guard that every way to its state has asked for already.

    Returns:
        How many were told apart, how many could not be, and how many the checks of tables refuse.
    """
    counts, numbers = Counter[str](), Counter[str]()
    for mutant in mutants(workflow):
        numbers[mutant.kind] += 1
        if numbers[mutant.kind] % every != 1 % every:
            continue
        try:
            built = mutant.build(workflow)
        except DefinitionError:
            counts["refused by the checks"] += 1
            continue
        given = _nearest_first(workflow, mutant)
        try:
            runner = load(built)
        except DefinitionError:
            counts["refused by the export"] += 1
            continue
        expected = differs(_Shown(Core(built), runner), given)
        if expected is None:
            assert _edits_a_move_at_once(mutant, workflow), mutant.words
            assert differs(runner, given[:FEW]) is None, mutant.words
        else:
            assert differs(runner, [expected, *given]) is not None, mutant.words
        counts["alike" if expected is None else "told apart"] += 1
    told, alike = counts["told apart"] + counts["refused by the export"], counts["alike"]
    print(f"\n{workflow.name}: {dict(counts)}, {told / (told + alike):.1%} told apart")  # noqa: T201
    # Only an edit of a move that is made at once can be alike, so there are no more of them than of such moves.
    at_once = sum(move.when is When.AT_ONCE for move in workflow.moves)
    assert alike * len(workflow.moves) <= at_once * (told + alike)
    return counts


def _nearest_first(workflow: Workflow, mutant: Mutant) -> list[Situation]:
    """The situations, those before all others that ask for what was edited, and then those that lead to it."""
    ids = ({id(move) for move in workflow.moves}, {id(move) for move in mutant.moves})
    edited = [move for move in (*workflow.moves, *mutant.moves) if (id(move) in ids[0]) != (id(move) in ids[1])]
    asked, sources = {(move.source, move.trigger) for move in edited}, {move.source for move in edited}
    near: list[Situation] = []
    passed: list[Situation] = []
    rest: list[Situation] = []
    for each in situations(workflow):
        row = workflow.row(each.state, each.letter.trigger)
        if (each.state, each.letter.trigger) in asked:
            near.append(each)
        elif row is not None and row.target in sources:
            passed.append(each)
        else:
            rest.append(each)
    return near + passed + rest


def _edits_a_move_at_once(mutant: Mutant, workflow: Workflow) -> bool:
    known = {id(move) for move in workflow.moves}
    return all(move.when is When.AT_ONCE for move in mutant.moves if id(move) not in known)


@frozen
class _Shown:
    """Our core, of whose answers another program would show as much as it does."""

    core: Core
    runner: Runner

    def place(self, state: str) -> None:
        """Begin anew."""
        self.core.place(state)

    def ask(self, letter: Letter) -> Any:
        """Hand a letter in."""
        return self.shows(self.core.ask(letter))

    def shows(self, answer: Answer) -> Any:
        """How much of an answer the program shows."""
        return self.runner.shows(answer)
