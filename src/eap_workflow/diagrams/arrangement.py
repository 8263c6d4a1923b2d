"""What stands where on a drawing, whichever format draws it: a diagram's rows gathered into what a reader takes in at once.

    table ──▶ diagram (`model`) ──▶ arrangement ──▶ DOT, Mermaid, PlantUML

Rows that read alike are one entry. An entry that leads from one state to another becomes an arrow; where it leads from
several states to the same one, as withdrawing does, the arrow leaves a place that stands for all of them. An entry that changes
no state stands in its state's box, or, where several states have it, once beside the flow, with their names. So a drawing
says everything once, and the flow itself stays small.
"""

from __future__ import annotations

from attrs import frozen

from eap_workflow.diagrams.model import Diagram, DrawnGuard, DrawnLimit, DrawnMove, DrawnState
from eap_workflow.diagrams.path import Path, Visit, with_rows_of
from eap_workflow.machine import When

GATHERED_FROM = 3
"""From so many states on, the same move to the same state is one arrow from a place that stands for them."""


@frozen(kw_only=True)
class Entry:
    """Rows that differ in the state that they leave and in nothing that is drawn.

    Attributes:
        number: Its number on the drawing, from 1, in the table's order.
        moves: The rows.
    """

    number: int
    moves: tuple[DrawnMove, ...]

    @property
    def words(self) -> str:
        """The command's name as people write it."""
        return self.moves[0].words

    @property
    def who(self) -> tuple[str, ...]:
        """The roles that may make it."""
        return self.moves[0].who

    @property
    def when(self) -> When:
        """Whether somebody asks for it or the clock makes it."""
        return self.moves[0].when

    @property
    def stays(self) -> bool:
        """Whether it changes no state."""
        return self.moves[0].stays

    @property
    def guards(self) -> tuple[DrawnGuard, ...]:
        """What it takes besides."""
        return self.moves[0].guards

    @property
    def sources(self) -> tuple[str, ...]:
        """The states that it leaves, by name."""
        return tuple(move.source for move in self.moves)

    @property
    def target(self) -> str:
        """The state that it enters; of no meaning where it changes none."""
        return self.moves[0].target

    @property
    def rules(self) -> tuple[str, ...]:
        """The ids of the rules that its rows serve."""
        return tuple(dict.fromkeys(rule for move in self.moves for rule in move.rules))

    @property
    def acts(self) -> tuple[tuple[str, tuple[DrawnLimit, ...]], ...]:
        """What it does to limits: a verb and the limits, those of all its rows together."""
        found: dict[str, dict[str, DrawnLimit]] = {}
        for move in self.moves:
            for verb, limits in move.acts:
                found.setdefault(verb, {}).update((limit.name, limit) for limit in limits)
        return tuple((verb, tuple(limits.values())) for verb, limits in found.items() if limits)


@frozen(kw_only=True)
class Arrow:
    """What is drawn as one arrow.

    Attributes:
        sources: The states that it leaves, by name: one, or all that a gathering place stands for.
        target: The state that it enters, by name.
        when: Whether it is somebody's or the clock's; an arrow is never both.
        entries: What leads there, in the table's order.
    """

    sources: tuple[str, ...]
    target: str
    when: When
    entries: tuple[Entry, ...]

    @property
    def gathers(self) -> bool:
        """Whether it leaves a place that stands for several states."""
        return len(self.sources) > 1


@frozen(kw_only=True)
class Beside:
    """What several states have alike and changes none of them.

    Attributes:
        states: The states, by name.
        entries: What may happen in them.
    """

    states: tuple[str, ...]
    entries: tuple[Entry, ...]


@frozen(kw_only=True)
class Arrangement:
    """A diagram, arranged.

    Attributes:
        diagram: What is arranged.
        entries: Every entry, in the table's order; together they hold every row.
        arrows: The arrows, in the table's order.
        asked: What somebody may ask for in several states without changing them.
        clock: What the clock does in several states without changing them: it tells somebody.
        path: The path of a request that is drawn on it; None where a table alone is drawn.
    """

    diagram: Diagram
    entries: tuple[Entry, ...]
    arrows: tuple[Arrow, ...]
    asked: tuple[Beside, ...]
    clock: tuple[Beside, ...]
    path: Path | None = None

    def within(self, state: str) -> tuple[Entry, ...]:
        """What stands in a state's own box: what this state alone has, and does not change it."""
        return tuple(entry for entry in self.entries if entry.stays and entry.sources == (state,))

    def taken(self, entry: Entry, sources: tuple[str, ...]) -> tuple[Visit, ...]:
        """When the path took an entry from some states, in order; nothing where no path is drawn."""
        if self.path is None:
            return ()
        visits = [visit for move in entry.moves if move.source in sources for visit in self.path.taken(move)]
        return tuple(sorted(visits, key=lambda visit: visit.number))

    def taken_within(self, state: str) -> tuple[tuple[Entry, tuple[Visit, ...]], ...]:
        """What the path took in a state without leaving it, and when, by the first time."""
        stays = [(entry, self.taken(entry, (state,))) for entry in self.entries if entry.stays]
        return tuple(sorted((each for each in stays if each[1]), key=lambda each: each[1][0].number))

    def gatherings(self) -> tuple[tuple[str, ...], ...]:
        """The sets of states that an arrow leaves together, each once."""
        return tuple(dict.fromkeys(arrow.sources for arrow in self.arrows if arrow.gathers))

    def names(self, states: tuple[str, ...]) -> str:
        """States as a reader would name them together."""
        return named(self.diagram, states)

    def ends(self, entry: Entry) -> str:
        """Say where an entry is made, and where it leads if it leads anywhere."""
        sources = self.names(entry.sources)
        return f"in {sources}" if entry.stays else f"{sources} → {self.names((entry.target,))}"


def arrange(diagram: Diagram, path: Path | None = None) -> Arrangement:
    """Arrange a diagram.

    Args:
        diagram: What is drawn.
        path: The path of a request, to be drawn on it; what it took is never gathered.

    Raises:
        InvalidValue: The path is one through another workflow.
    """
    if path is not None:
        diagram = with_rows_of(diagram, path)
    alike: dict[object, list[DrawnMove]] = {}
    for move in diagram.moves:
        alike.setdefault((move.trigger, move.stays or move.target, move.who, move.guards, move.when), []).append(move)
    entries = tuple(Entry(number=number, moves=tuple(moves)) for number, moves in enumerate(alike.values(), 1))
    arrows: dict[tuple[tuple[str, ...], str, When], list[Entry]] = {}
    beside: dict[tuple[str, ...], list[Entry]] = {}
    for entry in entries:
        if entry.stays:
            beside.setdefault(entry.sources, []).append(entry)
            continue
        was_taken = path is not None and any(path.taken(move) for move in entry.moves)
        gathers = len(entry.sources) >= GATHERED_FROM and not was_taken
        for sources in [entry.sources] if gathers else [(source,) for source in entry.sources]:
            arrows.setdefault((sources, entry.target, entry.when), []).append(entry)
    return Arrangement(
        diagram=diagram,
        entries=entries,
        arrows=tuple(
            Arrow(sources=sources, target=target, when=when, entries=tuple(those))
            for (sources, target, when), those in arrows.items()
        ),
        asked=_beside(beside, by_clock=False),
        clock=_beside(beside, by_clock=True),
        path=path,
    )


def named(diagram: Diagram, states: tuple[str, ...]) -> str:
    """Name states together: as every open state where they are, or one by one.

    Args:
        diagram: Whose states.
        states: Their names.
    """
    if len(states) > 1 and set(states) == {state.name for state in diagram.states if is_open(state)}:
        return "every open state"
    words = {state.name: state.words for state in diagram.states} | {diagram.start: "the start"}
    *before, last = [words[state] for state in states]
    return f"{', '.join(before)} and {last}" if before else last


def is_open(state: DrawnState) -> bool:
    """Whether a request can be found there, and goes on."""
    return not state.final and not state.passing


def _beside(found: dict[tuple[str, ...], list[Entry]], *, by_clock: bool) -> tuple[Beside, ...]:
    chosen = []
    for states, entries in found.items():
        mine = tuple(entry for entry in entries if (entry.when is not When.ASKED) == by_clock)
        if mine and len(states) > 1:
            chosen.append(Beside(states=states, entries=mine))
    return tuple(sorted(chosen, key=lambda each: -len(each.states)))
