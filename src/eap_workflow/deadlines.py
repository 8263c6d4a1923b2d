"""A limit with its start and its due date: how it is counted, when it passes, and what the clock does about it.

A deadline is computed once, when a row starts its limit, and kept (IN-12). It holds everything that is needed to say
later how its date came about, and to notice that the same question has another answer on newer holiday data.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING

import attrs
from attrs import field, frozen

from eap_workflow.calendar import Reading
from eap_workflow.errors import DefinitionError, InvalidValue
from eap_workflow.local_time import local_day, local_span, passes_at, starts_at
from eap_workflow.values import Value, changed, made

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from eap_workflow.calendar import BusinessCalendar, DayAccount
    from eap_workflow.days.difference import DayDifference
    from eap_workflow.machine import Limit, Stage
    from eap_workflow.policy import LimitTerms, PartyTerms, Policy


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


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Part(Value):
    """A stretch of a limit that was counted after its first one: a later stage of a chain, or an extension.

    Attributes:
        from_on: The day from which is counted, and which does not count itself: where the stretch before it ends.
        working_days: How many working days; none where the date was stated elsewhere.
        basis: How they are counted.
        stated_on: The date that another system had stated to people, where the count as far as here gives another one; what
            follows is counted on from it.
    """

    from_on: date
    working_days: int
    basis: Basis
    stated_on: date | None = None


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Due(Value):
    """What a limit comes to when it is counted from one day: the same for every request that starts it on that day.

    Attributes:
        day_zero: The day from which is counted, and which does not count itself (IN-01).
        working_days: How many working days the limit is, without what was added.
        basis: How they are counted.
        further: What was counted on from there: the later stages of a chain (IN-03), and every extension (IN-12).
        due_on: The last day.
        passes_at: The instant at which that day has passed in the zone of the party that is last, in UTC.
        at_start: What the clock does as soon as the limit starts, by trigger.
        schedule: What the clock does about it later, in order.
    """

    day_zero: date
    working_days: int
    basis: Basis
    further: tuple[Part, ...] = ()
    due_on: date
    passes_at: datetime
    at_start: tuple[str, ...] = ()
    schedule: tuple[ClockMove, ...] = ()

    @property
    def parts(self) -> tuple[Part, ...]:
        """All stretches, in order: the one that starts on day 0, and those that were counted on from it."""
        return (Part(from_on=self.day_zero, working_days=self.working_days, basis=self.basis), *self.further)

    @property
    def stated_elsewhere(self) -> Part | None:
        """Where another system's date took the place of our count; None where every day of it was counted here."""
        return next((part for part in self.further if part.stated_on is not None), None)

    @property
    def last_basis(self) -> Basis:
        """How the last stretch is counted: its party and its zone are those of the due date."""
        return self.further[-1].basis if self.further else self.basis


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Deadline(Value):
    """A limit that runs: what started it, and the date that was stated.

    Attributes:
        limit: Which limit of the table.
        started_at: The instant that started it, in UTC.
        due: How it was counted, and what that came to.
    """

    limit: str
    started_at: datetime
    due: Due = field(metadata={"shared": True})

    @property
    def day_zero(self) -> date:
        """The day from which is counted, and which does not count itself (IN-01)."""
        return self.due.day_zero

    @property
    def due_on(self) -> date:
        """The last day."""
        return self.due.due_on

    @property
    def passes_at(self) -> datetime:
        """The instant at which the last day has passed in its party's zone, in UTC."""
        return self.due.passes_at

    @property
    def schedule(self) -> tuple[ClockMove, ...]:
        """What the clock does about it, in order."""
        schedule = self.due.schedule
        for name in reversed(self.due.at_start):
            schedule = made(ClockMove, trigger=name, due_at=self.started_at, limit=self.limit), *schedule
        return schedule

    def has_passed(self, at: datetime) -> bool:
        """Whether the limit has passed at an instant; on its last day it has not."""
        return at >= self.due.passes_at


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Office(Value):
    """A party, ready to count: its basis, and the calendar that the basis names.

    Attributes:
        basis: What a deadline keeps.
        calendar: The calendar itself.
    """

    basis: Basis
    calendar: BusinessCalendar
    # What was asked before is remembered, by the day in UTC: it follows from what it holds, so threads may share it.
    _counts: dict[tuple[Stage, int], tuple[Counts, ...]] = field(init=False, factory=dict, eq=False, repr=False)

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

    def day_zero(self, at: datetime) -> date:
        """The day on which a clock starts, for what this party receives at an instant (IN-01).

        Raises:
            CoverageError: The calendar does not cover the day.
        """
        basis = self.basis
        return self.calendar.day_zero(at, basis.zone, reading=basis.reading, cutoff=basis.cutoff)

    def counts(self, stage: Stage, at: datetime, policy: Policy, offices: Mapping[str, Office]) -> Counts:
        """What a stage and its sums come to from an instant: counted once a local day, and shared by all that ask again.

        Raises:
            CoverageError: A calendar does not reach that far.
            DefinitionError: There is no office of a party.
        """
        key = stage, at.toordinal()
        for counts in self._counts.get(key, ()):
            # A policy is told by identity, as its own equality would cost more than counting again; a mapping can change.
            if counts.since <= at < counts.until and counts.policy is policy and counts.offices == offices:
                return counts
        counted = self._counted(stage, at, policy, offices)
        if self.basis.cutoff is None:
            self._counts[key] = (counted, *self._counts.get(key, ()))[:MOST_A_DAY]
        return counted

    def _counted(self, stage: Stage, at: datetime, policy: Policy, offices: Mapping[str, Office]) -> Counts:
        # Without a cut-off, all instants of a local day are alike.
        since, until, _ = local_span(at, self.basis.zone)
        due = _due(stage.limit, self.day_zero(at), policy, offices)
        dues: list[tuple[str, Due]] = []
        if due is not None:
            dues = [(stage.limit.name, due)]
            dues += [(each.limit.name, chain(due, each.later, policy, offices)) for each in stage.sums]
        return Counts(since=since, until=until, policy=policy, offices=dict(offices), dues=tuple(dues))


STATED_ELSEWHERE = "stated by another system"
"""In the account of a date, why a row is no day of our count."""

MOST_A_DAY = 8
"""So many answers are remembered of one stage and day: more than one where several policies share an office."""


@frozen(kw_only=True, eq=False)
class Counts:
    """What a stage and its sums come to, counted from one local day.

    Attributes:
        since: The first instant that it holds for, in UTC.
        until: The first instant that it does not hold for.
        policy: The policy that it was counted by.
        offices: The calendars that it was counted on.
        dues: By limit; none where the contract does not set the stage's limit.
    """

    since: datetime
    until: datetime
    policy: Policy
    offices: Mapping[str, Office]
    dues: tuple[tuple[str, Due], ...]


def _office(offices: Mapping[str, Office], party: str) -> Office:
    try:
        return offices[party]
    except KeyError:
        raise DefinitionError(f"the context has no office of the {party}: its calendar and zone are needed") from None


def start(stages: Sequence[Stage], policy: Policy, offices: Mapping[str, Office], at: datetime) -> tuple[Deadline, ...]:
    """Start limits, and the sums that they are stages of.

    Args:
        stages: The limits, as their table has them.
        policy: How many working days, what reminds of it and what happens when it passes.
        offices: The parties' calendars and zones.
        at: The instant that starts them.

    Returns:
        The deadlines; none for an optional limit that this contract does not set.

    Raises:
        CoverageError: The party's calendar does not reach that far.
        DefinitionError: There is no office of a party.
    """
    started: tuple[Deadline, ...] = ()
    for stage in stages:
        office = offices.get(stage.limit.party) or _office(offices, stage.limit.party)
        counts = office.counts(stage, at, policy, offices)
        for limit, due in counts.dues:
            started += (made(Deadline, limit=limit, started_at=at, due=due),)
    return started


def _due(limit: Limit, day_zero: date, policy: Policy, offices: Mapping[str, Office]) -> Due | None:
    name = limit.name
    terms = policy.limit(name)
    if terms is None:
        return None
    office = _office(offices, limit.party)
    basis, due_on = office.basis, office.calendar.add(day_zero, terms.working_days)
    return Due(
        day_zero=day_zero,
        working_days=terms.working_days,
        basis=basis,
        due_on=due_on,
        passes_at=passes_at(due_on, basis.zone),
        at_start=policy.clock_at_start(name),
        schedule=_schedule(name, terms, due_on, policy, office),
    )


def _schedule(name: str, terms: LimitTerms, due_on: date, policy: Policy, office: Office) -> tuple[ClockMove, ...]:
    """What the clock does about a limit, by the date on which it is due."""
    zone, schedule = office.basis.zone, []
    for trigger, working_days in (("remind", terms.remind_before), ("warn", terms.warn_before)):
        if working_days is not None:
            due_at = starts_at(office.calendar.add(due_on, -working_days), zone)
            schedule.append(ClockMove(trigger=trigger, due_at=due_at, limit=name))
    passing = passes_at(due_on, zone)
    schedule += [ClockMove(trigger=each, due_at=passing, limit=name) for each in policy.clock_when_passed(name)]
    return tuple(schedule)


def chain(first: Due, later: Sequence[Limit], policy: Policy, offices: Mapping[str, Office]) -> Due:
    """Count on from a stage: when the stages after it have passed too, one after the other (CR-09, IN-03).

    Each stage is counted on its own party's calendar from the day on which the stage before it is due. On one shared
    calendar that is the sum of the limits, counted once.

    Args:
        first: What the first stage comes to.
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
        further=tuple(further),
        due_on=due_on,
        passes_at=passes_at(due_on, basis.zone),
        at_start=(),
        schedule=(),
    )


def stated(
    limit: Limit,
    stages: Sequence[Limit],
    *,
    started_at: datetime,
    due_on: date,
    done: Collection[str],
    policy: Policy,
    offices: Mapping[str, Office],
) -> Deadline:
    """Take a limit over that another system has started, with the date that it stated to people (IN-12).

    The date holds as it was stated, and what the clock does about it follows from it. Where the policy gives another date,
    the account says so: our count, and after it the date that was stated.

    Args:
        limit: Which limit.
        stages: What is counted, one after the other: the limit itself, or the stages of a sum of limits.
        started_at: The instant that started it.
        due_on: The date that was stated.
        done: What the other system has done about it already, by trigger; it is not done again.
        policy: How many working days each stage has, and what the clock does about the limit.
        offices: The parties' calendars and zones.

    Raises:
        CoverageError: A party's calendar does not reach that far.
        DefinitionError: There is no office of a party, or the policy does not set the limit.
    """
    first, *later = stages
    office = _office(offices, first.party)
    due = _due(first, office.day_zero(started_at), policy, offices)
    if due is None:
        raise DefinitionError(f"the policy does not set the limit {first.name}")
    if limit is not first:
        due = chain(due, later, policy, offices)
    # The calendar has to reach as far as people were told, or nothing could be said about the date.
    _office(offices, due.last_basis.party).calendar.is_working_day(due_on)
    if due.due_on != due_on:
        part = Part(from_on=due.due_on, working_days=0, basis=due.last_basis, stated_on=due_on)
        passing = passes_at(due_on, part.basis.zone)
        due = changed(due, further=(*due.further, part), due_on=due_on, passes_at=passing)
    if limit is first and (terms := policy.limit(limit.name)) is not None:
        schedule = _schedule(limit.name, terms, due_on, policy, office)
        due = changed(due, schedule=tuple(move for move in schedule if move.trigger not in done))
    return Deadline(limit=limit.name, started_at=started_at, due=due)


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
    due = deadline.due
    office = _office(offices, due.last_basis.party)
    basis, calendar = office.basis, office.calendar
    due_on = calendar.add(due.due_on, working_days)
    passing = passes_at(due_on, basis.zone)
    schedule = []
    for move in pending:
        moved = passing
        if move.due_at != due.passes_at:
            # On a calendar that has changed since, the days between may all have become holidays.
            ahead = max(1, calendar.count(local_day(move.due_at, basis.zone), due.due_on))
            moved = starts_at(calendar.add(due_on, -ahead), basis.zone)
        schedule.append(ClockMove(trigger=move.trigger, due_at=moved, limit=move.limit))
    part = Part(from_on=due.due_on, working_days=working_days, basis=basis)
    extended = changed(
        due,
        further=(*due.further, part),
        due_on=due_on,
        passes_at=passing,
        at_start=(),
        schedule=tuple(schedule),
    )
    return changed(deadline, due=extended)


def extend_to(deadline: Deadline, reached: Due, offices: Mapping[str, Office]) -> Deadline:
    """Let a sum of limits reach as far as its stages do, where one was extended beyond it (IN-03, IN-12).

    Args:
        deadline: The sum, as it was stated.
        reached: What is chained from the stage as it stands now.
        offices: The parties' calendars and zones.
    """
    due, basis = deadline.due, reached.last_basis
    if reached.due_on <= due.due_on:
        return deadline
    working_days = _office(offices, basis.party).calendar.count(due.due_on, reached.due_on)
    part = Part(from_on=due.due_on, working_days=working_days, basis=basis)
    extended = changed(due, further=(*due.further, part), due_on=reached.due_on, passes_at=reached.passes_at)
    return changed(deadline, due=extended)


def explain(deadline: Deadline, offices: Mapping[str, Office]) -> tuple[DayAccount, ...]:
    """Account for a due date day by day, from day 0 to the last, stretch by stretch.

    Where another system stated the date, and our count gives another one, the account is that of our count, and then has a
    row for the date that was stated.

    Args:
        deadline: The deadline.
        offices: The calendars that it was counted on, or newer ones to compare with.

    Raises:
        CoverageError: A calendar does not reach that far.
        DefinitionError: There is no office of a party.
    """
    rows = _receipt(deadline, _office(offices, deadline.due.basis.party).calendar)
    counted = 0
    for part in deadline.due.parts:
        if part.stated_on is not None:
            rows.append(_stated_row(part.stated_on, part.from_on))
            continue
        stretch = _office(offices, part.basis.party).calendar.explain(part.from_on, part.working_days)
        # The day on which a later stretch starts is the last of the one before it, and stands there already.
        fresh = stretch if not rows else stretch[1:]
        rows += [row if row.number is None else attrs.evolve(row, number=counted + row.number) for row in fresh]
        counted += part.working_days
    return tuple(rows)


def _stated_row(stated_on: date, counted_on: date) -> DayAccount:
    from eap_workflow.days.account import WEEKDAYS, DayAccount

    return DayAccount(
        day=stated_on,
        weekday=WEEKDAYS[stated_on.weekday()],
        number=None,
        reason=STATED_ELSEWHERE,
        note=f"this date holds; our count, when the request was taken over, gave {counted_on}",
    )


def _receipt(deadline: Deadline, calendar: BusinessCalendar) -> list[DayAccount]:
    """The days from receipt to day 0, where a contract has it count as received later (IN-01)."""
    received = local_day(deadline.started_at, deadline.due.basis.zone)
    if received == deadline.day_zero:
        return []
    *before, last = calendar.explain(received, 1)
    return [*before, attrs.evolve(last, number=None, reason="counts as received")]


@frozen(kw_only=True, eq=False, repr=False)
class Restatement(Value):
    """What a stated date would be if it were computed now; it moves nothing (IN-12).

    Attributes:
        limit: Which limit.
        was: The date that was stated, and that holds.
        is_now: The date that a recomputation gives.
        because: The days, between the start and the later of the two dates, that count otherwise now.
        counted_on: What our count gave when the request was taken over, where another system had stated another date: that,
            and no day of a calendar, is why the two dates differ. None where the date was counted here.
    """

    limit: str
    was: date
    is_now: date
    because: tuple[DayDifference, ...]
    counted_on: date | None = None

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
    basis = deadline.due.basis
    old, new = _office(then, basis.party).calendar, _office(now, basis.party).calendar
    # Day 0 itself depends on the calendar, where what arrives on a day off counts as received later.
    day = new.day_zero(deadline.started_at, basis.zone, reading=basis.reading, cutoff=basis.cutoff)
    because: list[DayDifference] = []
    if day != deadline.day_zero:
        received = local_day(deadline.started_at, basis.zone)
        because = [row for row in old.diff(new).days if received <= row.day <= max(deadline.day_zero, day)]
    for part in deadline.due.parts:
        if part.stated_on is not None:
            # What another system made of the limit cannot be counted again: ours is counted on as it was.
            continue
        old, new = _office(then, part.basis.party).calendar, _office(now, part.basis.party).calendar
        was = old.add(part.from_on, part.working_days)
        first, day = min(day, part.from_on), new.add(day, part.working_days)
        because += [row for row in old.diff(new).days if first < row.day <= max(was, day)]
    elsewhere = deadline.due.stated_elsewhere
    return Restatement(
        limit=deadline.limit,
        was=deadline.due_on,
        is_now=day,
        because=tuple(dict.fromkeys(because)),
        counted_on=None if elsewhere is None else elsewhere.from_on,
    )
