"""A limit with its start and its due date: how it is counted, when it passes, and what the clock does about it.

A deadline is computed once, when a row starts its limit, and kept (IN-12). It holds everything that is needed to say
later how its date came about, and to notice that the same question has another answer on newer holiday data.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING

import attrs
from attrs import frozen

from eap_workflow.calendar import Reading
from eap_workflow.errors import DefinitionError, InvalidValue
from eap_workflow.local_time import local_day, passes_at, starts_at
from eap_workflow.values import Value, changed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from eap_workflow.calendar import BusinessCalendar, DayAccount
    from eap_workflow.days.difference import DayDifference
    from eap_workflow.machine import Limit
    from eap_workflow.policy import PartyTerms, Policy


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class ClockMove(Value):
    """A move that the clock makes when its instant has come, once (IN-13).

    Attributes:
        trigger: The row's trigger.
        due_at: From when on, in UTC.
        limit: The limit that it belongs to.
    """

    trigger: str
    due_at: datetime
    limit: str


@frozen(kw_only=True, eq=False, repr=False)
class Basis(Value):
    """How a party's working days are counted.

    Attributes:
        party: Whose: ``provider`` or ``employer``.
        zone: The party's time zone, by its IANA name; a day ends at its midnight.
        reading: When something counts as received (IN-01).
        cutoff: The local hour after which it counts as received on the next working day.
        calendar: The fingerprint of the calendar.
    """

    party: str
    zone: str
    reading: Reading
    cutoff: time | None = None
    calendar: str


@frozen(kw_only=True, eq=False, repr=False)
class Office(Value):
    """A party, ready to count: its basis, and the calendar that the basis names.

    Attributes:
        basis: What a deadline keeps.
        calendar: The calendar itself.
    """

    basis: Basis
    calendar: BusinessCalendar

    @classmethod
    def of(cls, party: str, terms: PartyTerms, calendar: BusinessCalendar) -> Office:
        """Join a party's terms and the calendar that they name."""
        basis = Basis(
            party=party,
            zone=terms.zone,
            reading=terms.reading,
            cutoff=terms.cutoff,
            calendar=calendar.fingerprint,
        )
        return cls(basis=basis, calendar=calendar)


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Part(Value):
    """A stretch of a limit that was counted after its first one: a later stage of a chain, or an extension.

    Attributes:
        from_on: The day from which is counted, and which does not count itself: where the stretch before it ends.
        working_days: How many working days.
        basis: How they are counted.
    """

    from_on: date
    working_days: int
    basis: Basis


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Deadline(Value):
    """A limit that runs: what started it, how it is counted, and the date that was stated.

    Attributes:
        limit: Which limit of the table.
        started_at: The instant that started it, in UTC.
        day_zero: The day from which is counted, and which does not count itself (IN-01).
        working_days: How many working days the limit is, without what was added.
        basis: How they are counted.
        further: What was counted on from there: the later stages of a chain (IN-03), and every extension (IN-12).
        due_on: The last day.
        passes_at: The instant at which that day has passed in the zone of the party that is last, in UTC.
        schedule: What the clock does about it, in order.
    """

    limit: str
    started_at: datetime
    day_zero: date
    working_days: int
    basis: Basis
    further: tuple[Part, ...] = ()
    due_on: date
    passes_at: datetime
    schedule: tuple[ClockMove, ...] = ()

    def has_passed(self, at: datetime) -> bool:
        """Whether the limit has passed at an instant; on its last day it has not."""
        return at >= self.passes_at

    @property
    def parts(self) -> tuple[Part, ...]:
        """All stretches, in order: the one that starts on day 0, and those that were counted on from it."""
        return (Part(from_on=self.day_zero, working_days=self.working_days, basis=self.basis), *self.further)

    @property
    def last_basis(self) -> Basis:
        """How the last stretch is counted: its party and its zone are those of the due date."""
        return self.further[-1].basis if self.further else self.basis


def _office(offices: Mapping[str, Office], party: str) -> Office:
    try:
        return offices[party]
    except KeyError:
        raise DefinitionError(f"the context has no office of the {party}: its calendar and zone are needed") from None


def start(limit: Limit, policy: Policy, offices: Mapping[str, Office], at: datetime) -> Deadline | None:
    """Start a limit.

    Args:
        limit: The limit, as its table has it.
        policy: How many working days, what reminds of it and what happens when it passes.
        offices: The parties' calendars and zones.
        at: The instant that starts it.

    Returns:
        The deadline; None for an optional limit that this contract does not set.

    Raises:
        CoverageError: The party's calendar does not reach that far.
        DefinitionError: There is no office of the party.
    """
    terms = policy.limit(limit.name)
    if terms is None:
        return None
    office = _office(offices, limit.party)
    basis, calendar = office.basis, office.calendar
    day_zero = calendar.day_zero(at, basis.zone, reading=basis.reading, cutoff=basis.cutoff)
    due_on = calendar.add(day_zero, terms.working_days)
    passing = passes_at(due_on, basis.zone)
    schedule = [ClockMove(trigger=trigger, due_at=at, limit=limit.name) for trigger in policy.clock_at_start(limit.name)]
    for trigger, working_days in (("remind", terms.remind_before), ("warn", terms.warn_before)):
        if working_days is not None:
            due_at = starts_at(calendar.add(due_on, -working_days), basis.zone)
            schedule.append(ClockMove(trigger=trigger, due_at=due_at, limit=limit.name))
    schedule += [
        ClockMove(trigger=trigger, due_at=passing, limit=limit.name)
        for trigger in policy.clock_when_passed(limit.name)
    ]
    return Deadline(
        limit=limit.name,
        started_at=at,
        day_zero=day_zero,
        working_days=terms.working_days,
        basis=basis,
        due_on=due_on,
        passes_at=passing,
        schedule=tuple(schedule),
    )


def chain(
    limit: Limit, first: Deadline, later: Sequence[Limit], policy: Policy, offices: Mapping[str, Office]
) -> Deadline:
    """State the date by which several limits have passed, one after the other (CR-09, IN-03).

    Each stage is counted on its own party's calendar from the day on which the stage before it is due. On one shared
    calendar that is the sum of the limits, counted once.

    Args:
        limit: The limit that is the sum.
        first: The first stage, as it stands.
        later: The stages after it, in order.
        policy: How many working days each has.
        offices: The parties' calendars and zones.

    Raises:
        CoverageError: A party's calendar does not reach that far.
        DefinitionError: There is no office of a party.
    """
    due_on, basis, further = first.due_on, first.last_basis, list(first.further)
    for stage in later:
        terms = policy.limit(stage.name)
        if terms is not None:
            office = _office(offices, stage.party)
            basis = office.basis
            further.append(Part(from_on=due_on, working_days=terms.working_days, basis=basis))
            due_on = office.calendar.add(due_on, terms.working_days)
    return changed(
        first,
        limit=limit.name,
        further=tuple(further),
        due_on=due_on,
        passes_at=passes_at(due_on, basis.zone),
        schedule=(),
    )


def extend(
    deadline: Deadline, working_days: int, offices: Mapping[str, Office], pending: tuple[ClockMove, ...]
) -> Deadline:
    """State a later date for a limit that runs (IN-12); nothing shortens one.

    Args:
        deadline: The deadline as it was stated.
        working_days: How many working days more, from the date that was stated.
        offices: The parties' calendars and zones.
        pending: What the clock has not done yet about this limit; only that is scheduled anew, as long before the new
            date as it was before the old one.

    Raises:
        InvalidValue: The number is not positive.
        CoverageError: The calendar does not reach that far.
        DefinitionError: There is no office of the party.
    """
    if working_days < 1:
        raise InvalidValue("working_days", "a limit is only ever extended, by 1 working day or more")
    office = _office(offices, deadline.last_basis.party)
    basis, calendar = office.basis, office.calendar
    due_on = calendar.add(deadline.due_on, working_days)
    passing = passes_at(due_on, basis.zone)
    schedule = []
    for move in pending:
        moved = passing
        if move.due_at != deadline.passes_at:
            # On a calendar that has changed since, the days between may all have become holidays.
            ahead = max(1, calendar.count(local_day(move.due_at, basis.zone), deadline.due_on))
            moved = starts_at(calendar.add(due_on, -ahead), basis.zone)
        schedule.append(ClockMove(trigger=move.trigger, due_at=moved, limit=move.limit))
    return changed(
        deadline,
        further=(*deadline.further, Part(from_on=deadline.due_on, working_days=working_days, basis=basis)),
        due_on=due_on,
        passes_at=passing,
        schedule=tuple(schedule),
    )


def extend_to(deadline: Deadline, stage: Deadline, offices: Mapping[str, Office]) -> Deadline:
    """Let a sum of limits reach as far as one of its stages does, where that was extended beyond it (IN-03, IN-12).

    Args:
        deadline: The sum, as it was stated.
        stage: The stage, or what is chained from it, as it stands now.
        offices: The parties' calendars and zones.
    """
    if stage.due_on <= deadline.due_on:
        return deadline
    basis = stage.last_basis
    working_days = _office(offices, basis.party).calendar.count(deadline.due_on, stage.due_on)
    return changed(
        deadline,
        further=(*deadline.further, Part(from_on=deadline.due_on, working_days=working_days, basis=basis)),
        due_on=stage.due_on,
        passes_at=stage.passes_at,
    )


def explain(deadline: Deadline, offices: Mapping[str, Office]) -> tuple[DayAccount, ...]:
    """Account for a due date day by day, from day 0 to the last, stretch by stretch.

    Args:
        deadline: The deadline.
        offices: The calendars that it was counted on, or newer ones to compare with.

    Raises:
        CoverageError: A calendar does not reach that far.
        DefinitionError: There is no office of a party.
    """
    rows: list[DayAccount] = []
    counted = 0
    for part in deadline.parts:
        stretch = _office(offices, part.basis.party).calendar.explain(part.from_on, part.working_days)
        # The day on which a later stretch starts is the last of the one before it, and stands there already.
        fresh = stretch if not rows else stretch[1:]
        rows += [row if row.number is None else attrs.evolve(row, number=counted + row.number) for row in fresh]
        counted += part.working_days
    return tuple(rows)


@frozen(kw_only=True, eq=False, repr=False)
class Restatement(Value):
    """What a stated date would be if it were computed now; it moves nothing (IN-12).

    Attributes:
        limit: Which limit.
        was: The date that was stated, and that holds.
        is_now: The date that a recomputation gives.
        because: The days, between the start and the later of the two dates, that count otherwise now.
    """

    limit: str
    was: date
    is_now: date
    because: tuple[DayDifference, ...]

    @property
    def moved(self) -> bool:
        """Whether the recomputation differs."""
        return self.was != self.is_now


def restate(deadline: Deadline, then: Mapping[str, Office], now: Mapping[str, Office]) -> Restatement:
    """Recompute a stated date on newer holiday data: was, is now, because (IN-12).

    Args:
        deadline: The deadline as it was stated.
        then: The calendars that it was counted on, by party.
        now: The calendars of today, by party.

    Raises:
        CoverageError: A calendar does not reach that far.
        DefinitionError: There is no office of a party.
    """
    day, because = deadline.day_zero, []
    for part in deadline.parts:
        before, today = _office(then, part.basis.party).calendar, _office(now, part.basis.party).calendar
        was = before.add(part.from_on, part.working_days)
        first, day = min(day, part.from_on), today.add(day, part.working_days)
        because += [row for row in before.diff(today).days if first < row.day <= max(was, day)]
    return Restatement(limit=deadline.limit, was=deadline.due_on, is_now=day, because=tuple(dict.fromkeys(because)))
