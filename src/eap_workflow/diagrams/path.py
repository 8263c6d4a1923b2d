"""The path that a request took, as plain data, to be drawn on its workflow's diagram.

It holds triggers, states, roles, limits' names, dates and numbers, and nothing else of the steps: no reference, and nothing
that somebody filled in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve, frozen

from eap_workflow.diagrams.model import Diagram, DrawnMove, DrawnState
from eap_workflow.errors import InvalidValue
from eap_workflow.machine import When
from eap_workflow.values import as_words

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from zoneinfo import ZoneInfo

    from eap_workflow.machine import Workflow
    from eap_workflow.steps import Step


@frozen(kw_only=True)
class Visit:
    """One step of the path: an arrow taken once.

    Attributes:
        number: Its number in the request's trail.
        on: The day on which it took effect, where the path's reader is.
        trigger: The row's trigger.
        source: The state that was left, by name.
        target: The state that was entered, by name.
        role: Who made it, as a role in words.
        limit: The limit that a move of the clock was about, in words; None for every other move.
    """

    number: int
    on: date
    trigger: str
    source: str
    target: str
    role: str
    limit: str | None

    @property
    def row(self) -> tuple[str, str, str]:
        """Which row of the table it is: the state left, the trigger, the state entered."""
        return self.source, self.trigger, self.target


@frozen(kw_only=True)
class Path:
    """The path of one request, and where it stands.

    Attributes:
        workflow: The workflow's name.
        visits: Its steps, in order; one at least.
    """

    workflow: str
    visits: tuple[Visit, ...]

    @property
    def state(self) -> str:
        """The state in which the request stands, by name."""
        return self.visits[-1].target

    @property
    def since(self) -> date:
        """The day on which it came there last."""
        came = next(visit for visit in reversed(self.visits) if visit.source != visit.target or visit.number == 1)
        return came.on

    def taken(self, move: DrawnMove) -> tuple[Visit, ...]:
        """When a row was taken: every time, in order.

        Args:
            move: The row.
        """
        return tuple(visit for visit in self.visits if visit.row == (move.source, move.trigger, move.target))

    def visited(self, state: str) -> bool:
        """Whether the request was ever in a state.

        Args:
            state: The state's name.
        """
        return any(state in (visit.source, visit.target) for visit in self.visits)


def path_of(workflow: Workflow, steps: Iterable[Step], zone: ZoneInfo) -> Path:
    """Take from a request's steps what is drawn of them.

    Args:
        workflow: The table of the request's workflow.
        steps: The request's trail, from its first step, in order.
        zone: Where the reader is: an arrow's date is the day there.

    Raises:
        InvalidValue: There is no step, or one of another workflow or request, or they do not follow on each other.
    """
    trail = tuple(steps)
    if not trail:
        raise InvalidValue("steps", "a path needs one step at least")
    for before, step in zip((None, *trail), trail, strict=False):
        if step.workflow != workflow.name:
            raise InvalidValue("workflow", "the steps are those of another workflow")
        if step.request != trail[0].request:
            raise InvalidValue("request", "the steps are those of one request")
        if step.version != (1 if before is None else before.version + 1):
            raise InvalidValue("version", "the steps are a whole trail, in order")
        if before is not None and step.source != before.target:
            raise InvalidValue("from", "each step begins where the one before it ended")
    return Path(workflow=workflow.name, visits=tuple(_visit(step, zone) for step in trail))


def with_rows_of(diagram: Diagram, path: Path) -> Diagram:
    """Add to a diagram what the path took and the table has no row for.

    That is how a request that came from elsewhere begins, and what an older table permitted. Such rows are marked.

    Args:
        diagram: The table's own diagram.
        path: The path that is drawn on it.

    Raises:
        InvalidValue: The path is one through another workflow.
    """
    if path.workflow != diagram.name:
        raise InvalidValue("workflow", "the path is one through another workflow")
    rows = {(move.source, move.trigger, move.target) for move in diagram.moves}
    foreign = {visit.row: visit for visit in path.visits if visit.row not in rows}
    known = {diagram.start, *(state.name for state in diagram.states)}
    ends = dict.fromkeys(state for visit in foreign.values() for state in (visit.source, visit.target))
    return evolve(
        diagram,
        states=(*diagram.states, *(_unknown_state(state) for state in ends if state not in known)),
        moves=(*diagram.moves, *(_foreign_move(visit) for visit in foreign.values())),
    )


def _visit(step: Step, zone: ZoneInfo) -> Visit:
    return Visit(
        number=step.version,
        on=step.at.astimezone(zone).date(),
        trigger=step.trigger,
        source=step.source,
        target=step.target,
        role=as_words(step.by.role.value),
        limit=None if step.limit is None else as_words(step.limit),
    )


def _unknown_state(name: str) -> DrawnState:
    return DrawnState(name=name, words=as_words(name), turn=None, limits=(), final=False, passing=False)


def _foreign_move(visit: Visit) -> DrawnMove:
    return DrawnMove(
        trigger=visit.trigger,
        words=as_words(visit.trigger),
        source=visit.source,
        target=visit.target,
        who=(visit.role,),
        roles=(visit.role.replace(" ", "_"),),
        guards=(),
        starts=(),
        restarts=(),
        stops=(),
        extends=(),
        rules=(),
        when=When.ASKED,
        in_table=False,
    )
