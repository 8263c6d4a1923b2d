"""Everything that can become of a request, stated as another system would, and stated wrongly in one place."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from attrs import frozen

from eap_workflow import proof
from eap_workflow.adopting import adoption_of, read_adoption
from eap_workflow.errors import InvalidValue, Refused
from eap_workflow.process import Context, Process
from eap_workflow.proof.walking import Place, Subject, Walk, World, after, context_of, offices, walk
from eap_workflow.steps import Snapshot, Step
from eap_workflow.values import Actor, Reference, Role
from tests.proof.bounds import DEEP
from tests.wire_samples import paths, removed, replaced

Line = dict[str, Any]

MOVER = Actor(role=Role.CASE_TEAM, id=Reference("mover"))


@frozen(kw_only=True)
class Stated:
    """A place of a walk, and the line that states it.

    Attributes:
        made: The walk.
        place: The place.
        line: The request, as it stands there.
    """

    made: Walk
    place: Place
    line: Line

    @property
    def here(self) -> Snapshot:
        """The request."""
        assert self.place.snapshot is not None
        return self.place.snapshot


@cache
def walks(name: str) -> tuple[Walk, ...]:
    """The walks through a workflow."""
    subject = proof.subject(name)
    return tuple(walk(subject, world, full=DEEP) for world in subject.worlds(DEEP))


def everywhere(name: str, every: int) -> Iterator[Stated]:
    """The places of the walks, one of so many, each of them stated."""
    for made in walks(name):
        places = [each for each in made.places.values() if each.snapshot is not None]
        for place in places[:: 1 if DEEP else every]:
            assert place.snapshot is not None
            line = adoption_of(place.snapshot, made.world.policy, by=MOVER, at=place.at).to_wire()
            yield Stated(made=made, place=place, line=json.loads(json.dumps(line)))


def taken_over(subject: Subject, world: World, line: Line) -> tuple[Step, Snapshot]:
    """Take a line over into an empty store."""
    envelope = read_adoption(subject.process, line)
    known = Context(request=envelope.request, at=envelope.at, by=envelope.by, policy=world.policy, offices=offices())
    return subject.process.adopt(envelope.command, known)


def standing(snapshot: Snapshot) -> dict[str, Any]:
    """Everything about a request that does not depend on how it came here."""
    limits = [(each.limit, each.started_at, each.day_zero, each.due_on, each.passes_at) for each in snapshot.deadlines]
    return {"state": snapshot.state, "body": snapshot.body, "limits": limits, "clock": snapshot.clock}


def assert_it_goes_on_alike(stated: Stated, there: Snapshot) -> None:
    """Whatever anybody asks for next, or the clock does, has the same verdict and comes to the same."""
    subject, world, at = stated.made.subject, stated.made.world, stated.place.at
    workflow = subject.process.workflow
    for each in (None, *subject.letters(world, DEEP)):
        ours, theirs = after(subject, world, stated.here, at, each), after(subject, world, there, at, each)
        if ours is None or theirs is None:
            assert ours is theirs is None
            if each is not None and each.within(there):
                command, known = each.command(there, at), context_of(world, each, at)
                verdict = workflow.verdict(there, command, known)
                assert verdict == workflow.verdict(stated.here, command, known)
                assert not verdict.permitted
            continue
        assert _moves(ours[0]) == _moves(theirs[0])
        assert ours[1] is not None
        assert theirs[1] is not None
        assert standing(ours[1]) == standing(theirs[1])


def _moves(steps: tuple[Step, ...]) -> list[Any]:
    return [(each.trigger, each.source, each.target, each.at, each.by, each.limit, each.stopped) for each in steps]


# --- one thing wrong -----------------------------------------------------------------------------------------------------


@cache
def seen(name: str, world: str) -> dict[str, tuple[Any, ...]]:
    """What lines under a contract have in each field, whichever list it stands in."""
    found: dict[str, dict[str, Any]] = {}
    for each in everywhere(name, 23):
        for path in paths(each.line) if each.made.world.name == world else ():
            value = _at(each.line, path)
            found.setdefault(_field(path), {}).setdefault(json.dumps(value), value)
    return {field: tuple(values.values())[:MOST_VALUES] for field, values in found.items()}


MOST_VALUES = 30
ADDRESS = ("do", "request", "at", "by", "workflow")


def _field(path: tuple[Any, ...]) -> str:
    return ".".join("[]" if isinstance(step, int) else str(step) for step in path)


def _at(line: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        line = line[step]
    return line


def edits(name: str, stated: Stated) -> Iterator[tuple[tuple[Any, ...], Line]]:
    """The line with one thing changed: left out, added, or as another line has it; an instant or a date moved, a list cut."""
    line, known = stated.line, seen(name, stated.made.world.name)
    for path in paths(line):
        if not path or path[0] in ADDRESS:
            continue
        value = _at(line, path)
        yield path, removed(line, path)
        for other in (*known.get(_field(path), ()), *_near(value)):
            if other != value:
                yield path, replaced(line, path, other)
    for field, values in known.items():
        if "." not in field and field not in line and field not in ADDRESS:
            yield from (((field,), line | {field: value}) for value in values)


def _near(value: Any) -> Iterator[Any]:
    if isinstance(value, list) and value:
        yield value[:-1]
        yield value[1:]
        yield [*value, value[-1]]
    elif isinstance(value, bool):
        yield not value
    elif isinstance(value, int):
        yield from (value - 1, value + 1)
    elif isinstance(value, str) and len(value) == len("2026-01-01") and value[4] == "-":
        yield from (str(date.fromisoformat(value) + timedelta(days=days)) for days in (-1, 1))
    elif isinstance(value, str) and value.endswith("Z"):
        at = datetime.fromisoformat(value)
        yield from ((at + timedelta(hours=hours)).isoformat() for hours in (-25, -1, 1, 25))


def accepted(name: str, stated: Stated) -> Iterator[tuple[tuple[Any, ...], Snapshot]]:
    """The edits that are taken over, after the clock has made what was due."""
    subject, world, at = stated.made.subject, stated.made.world, stated.place.at
    for path, line in edits(name, stated):
        try:
            there = taken_over(subject, world, line)[1]
        except (InvalidValue, Refused):
            continue
        yield path, subject.process.tick(there, context_of(world, None, at))[1]


# --- contradictions, by hand ---------------------------------------------------------------------------------------------

GONE: Any = object()
"""In place of a value: the key is left out."""


def changed_in(line: Line, changes: Mapping[str, Any]) -> Line:
    """The line with other values at some paths, such as ``attempts.0.at``; a list is added to at its length."""
    copy: Line = json.loads(json.dumps(line))
    for path, value in changes.items():
        place: Any = copy
        *before, last = [int(step) if step.isdigit() else step for step in path.split(".")]
        for step in before:
            place = place.setdefault(step, {}) if isinstance(step, str) else place[step]
        if value is GONE:
            del place[last]
        elif isinstance(place, list) and last == len(place):
            place.append(value)
        else:
            place[last] = value
    return copy


def refused(process: Process, line: Line, known: Context) -> dict[str, set[str]]:
    """Why a line is refused: the fields by the code of each reason; nothing where it is taken over."""
    try:
        process.adopt(read_adoption(process, line).command, known)
    except Refused as refusal:
        return {reason.code: set(reason.fields) for reason in refusal.verdict.reasons}
    return {}
