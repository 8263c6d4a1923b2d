"""The limits that run, as another system stated them to people: what is said of one, what has to hold, and what comes of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from operator import attrgetter
from typing import TYPE_CHECKING, Protocol

from attrs import frozen

from eap_workflow import deadlines
from eap_workflow.adoption.fields import choices, instant
from eap_workflow.errors import InvalidValue
from eap_workflow.local_time import local_day, passes_at
from eap_workflow.values import Discreet, choice, day

if TYPE_CHECKING:
    from eap_workflow.deadlines import Deadline
    from eap_workflow.machine import Workflow
    from eap_workflow.process import Context
    from eap_workflow.steps import Snapshot
    from eap_workflow.terms import Terms

MOST_LIMITS = 8
MOST_DONE = 4


class Stated(Protocol):
    """What is said of a limit that runs."""

    @property
    def limit(self) -> str:
        """Which one."""

    @property
    def started_at(self) -> datetime:
        """When it started."""

    @property
    def due_on(self) -> date | None:
        """Its last day."""

    @property
    def passes_at(self) -> datetime | None:
        """The instant at which it passes, where that is no end of a day."""

    @property
    def done(self) -> tuple[str, ...]:
        """What was done about it already."""


@frozen(kw_only=True, eq=False, repr=False)
class StatedLimit(Discreet):
    """A limit that runs, with the day or the instant that was stated to people (IN-12).

    Attributes:
        limit: Which, by its name in the table.
        started_at: When it started.
        due_on: Its last day, as it was stated; it holds, whatever our own count gives.
        passes_at: In place of the day, for a limit in elapsed hours: the instant at which it passes, as it was stated.
        done: What was done about it already and is not done again: ``remind``, ``warn``, ``overdue``, or what else the clock
            does when it has passed.
    """

    limit: str = choice()
    started_at: datetime = instant()
    due_on: date | None = day(default=None)
    passes_at: datetime | None = instant(default=None)
    done: tuple[str, ...] = choices(MOST_DONE)

    def __attrs_post_init__(self) -> None:
        if (self.due_on is None) == (self.passes_at is None):
            raise InvalidValue(
                "due_on", "the last day is needed, or in its place passes_at for a limit in elapsed hours"
            )


# --- what has to hold ----------------------------------------------------------------------------------------------------


def not_those_that_run(stated: Sequence[Stated], needed: Collection[str], may_run: Collection[str]) -> Iterator[str]:
    """Name each limit that does not run here, or comes twice, and each that is missing.

    Args:
        stated: The limits, as they are stated.
        needed: Those that run.
        may_run: Those that may be stated besides.
    """
    found = [each.limit for each in stated]
    for position, name in enumerate(found):
        if name not in {*needed, *may_run} or name in found[:position]:
            yield f"limits[{position}].limit"
    yield from (f"limits.{name}" for name in sorted({*needed} - {*found}))


def done_otherwise(workflow: Workflow, state: str, stated: Sequence[Stated], terms: Terms) -> Iterator[str]:
    """Name what was done about a limit that the contract has nobody do, or that is said twice."""
    for position, each in enumerate(stated):
        by_contract = scheduled(workflow, state, terms, each.limit)
        if any(name not in by_contract for name in each.done) or len(set(each.done)) < len(each.done):
            yield f"limits[{position}].done"


def scheduled(workflow: Workflow, state: str, terms: Terms, limit: str) -> tuple[str, ...]:
    """What the clock does about a limit while the request stays in its state."""
    term = terms.get(limit)
    if term is None:
        return ()
    does = {"remind": term.remind_before, "warn": term.warn_before}
    before = tuple(trigger for trigger, ahead in does.items() if ahead is not None)
    rows = ((trigger, workflow.row(state, trigger)) for trigger in term.when_passed)
    return before + tuple(trigger for trigger, row in rows if row is not None and row.move.is_self_move)


def due_before_it_starts(workflow: Workflow, stated: Sequence[Stated], context: Context) -> Iterator[str]:
    """Name each day or instant that lies before the start of its limit."""
    limits = {limit.name: limit for limit in workflow.limits}
    for position, each in enumerate(stated):
        limit = limits.get(each.limit)
        office = None if limit is None else context.offices.get(limit.party)
        if each.passes_at is not None and each.passes_at <= each.started_at:
            yield f"limits[{position}].passes_at"
        begun_on = None if office is None else local_day(each.started_at, office.basis.zone)
        if begun_on is not None and each.due_on is not None and each.due_on < begun_on:
            yield f"limits[{position}].due_on"


def in_another_unit(stated: Sequence[Stated], terms: Terms) -> Iterator[str]:
    """Name each instant that is stated for a limit that is not in elapsed hours."""
    for position, each in enumerate(stated):
        term = terms.get(each.limit)
        if each.passes_at is not None and term is not None and term.elapsed_hours is None:
            yield f"limits[{position}].passes_at"


def passed_too_early(workflow: Workflow, stated: Sequence[Stated], terms: Terms, context: Context) -> Iterator[str]:
    """Name what was done about a limit because it had passed, where it has not."""
    limits = {limit.name: limit for limit in workflow.limits}
    for position, each in enumerate(stated):
        limit, term = limits.get(each.limit), terms.get(each.limit)
        office = None if limit is None else context.offices.get(limit.party)
        if office is None or term is None or not {*each.done} & {*term.when_passed}:
            continue
        if passing(each, office.basis.zone) > context.at:
            yield f"limits[{position}].done"


def passing(stated: Stated, zone: str) -> datetime:
    """The instant at which a limit passes, as it is stated."""
    if stated.passes_at is not None:
        return stated.passes_at
    if stated.due_on is None:
        raise InvalidValue("due_on", "the last day is needed")
    return passes_at(stated.due_on, zone)


# --- what comes of it, and the other way round ---------------------------------------------------------------------------


def running(workflow: Workflow, stated: Sequence[Stated], terms: Terms, context: Context) -> tuple[Deadline, ...]:
    """Give the limits that run, each with what was stated of it, in the order in which they started (IN-12).

    Raises:
        CoverageError: A calendar does not reach as far as a limit does.
        DefinitionError: The contract does not set a limit.
    """
    started: tuple[Deadline, ...] = ()
    for each in sorted(stated, key=attrgetter("started_at")):
        limit = workflow.limit(each.limit)
        started += (
            deadlines.stated(
                limit,
                (limit,),
                started_at=each.started_at,
                due_on=each.due_on,
                passes_at=each.passes_at,
                done=each.done,
                terms=terms,
                offices=context.offices,
            ),
        )
    return started


def stated_limits(workflow: Workflow, snapshot: Snapshot, terms: Terms) -> tuple[StatedLimit, ...]:
    """Say of the limits that run what another store has to know of them."""
    return tuple(
        StatedLimit(
            limit=each.limit,
            started_at=each.started_at,
            due_on=None if each.due.is_in_hours else each.due_on,
            passes_at=each.passes_at if each.due.is_in_hours else None,
            done=done(workflow, snapshot, terms, each.limit),
        )
        for each in snapshot.deadlines
    )


def done(workflow: Workflow, snapshot: Snapshot, terms: Terms, limit: str) -> tuple[str, ...]:
    """What the clock has done about a limit that runs, of what it does while the request stays in its state."""
    waiting = [move.trigger for move in snapshot.clock if move.limit == limit]
    return tuple(name for name in scheduled(workflow, snapshot.state, terms, limit) if name not in waiting)
