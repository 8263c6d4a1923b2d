"""How a limit is counted when it starts, and counted on when it is extended: in working days, in hours, or to a day.

Here alone it is decided which of the three applies; what comes out is a `Deadline` in any case.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from operator import attrgetter
from typing import TYPE_CHECKING

from attrs import field, frozen

from eap_workflow.citing import serves
from eap_workflow.deadlines.values import Basis, ClockMove, Deadline, Due, Part
from eap_workflow.errors import CoverageError, DefinitionError, InvalidValue
from eap_workflow.local_time import INSTANT, local_day, local_span, passes_at, starts_at
from eap_workflow.values import Value, changed, made

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from eap_workflow.calendar import BusinessCalendar
    from eap_workflow.machine import Limit, Stage
    from eap_workflow.terms import Term, Terms
    from eap_workflow.terms.parties import PartyTerms


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

    @serves("IN-01")
    def day_zero(self, at: datetime) -> date:
        """The day on which a clock starts, for what this party receives at an instant (IN-01).

        Raises:
            CoverageError: The calendar does not cover the day.
        """
        basis = self.basis
        try:
            return self.calendar.day_zero(at, basis.zone, reading=basis.reading, cutoff=basis.cutoff)
        except CoverageError as error:
            raise self._not_covered(error) from None

    def add(self, day: date, working_days: int) -> date:
        """The day that lies so many working days of this party after another one, or before it.

        Raises:
            CoverageError: The calendar does not reach that far.
        """
        try:
            return self.calendar.add(day, working_days)
        except CoverageError as error:
            raise self._not_covered(error) from None

    def _not_covered(self, error: CoverageError) -> CoverageError:
        # Whoever sent a command named no calendar: whoever looks after the contract has to know whose it is.
        reason = f"the {self.basis.party}'s calendar does not reach that far ({error.reason})"
        return CoverageError(reason, first=error.first, last=error.last)

    def counts(self, stage: Stage, at: datetime, terms: Terms, offices: Mapping[str, Office]) -> Counts:
        """What a stage and its sums come to from an instant: counted once a local day, and shared by all that ask again.

        Raises:
            CoverageError: A calendar does not reach that far.
            DefinitionError: There is no office of a party.
        """
        key = stage, at.toordinal()
        for counts in self._counts.get(key, ()):
            # Terms are told by identity, as their own equality would cost more than counting again; a mapping can change.
            if counts.since <= at < counts.until and counts.terms is terms and counts.offices == offices:
                return counts
        counted = self._counted(stage, at, terms, offices)
        if self.basis.cutoff is None:
            self._counts[key] = (counted, *self._counts.get(key, ()))[:MOST_A_DAY]
        return counted

    def _counted(self, stage: Stage, at: datetime, terms: Terms, offices: Mapping[str, Office]) -> Counts:
        # Without a cut-off, all instants of a local day are alike.
        since, until, _ = local_span(at, self.basis.zone)
        term = terms.get(stage.limit.name)
        dues: list[tuple[str, Due]] = []
        if term is not None and term.working_days is None:
            return Counts(since=since, until=until, terms=terms, offices=dict(offices), dues=(), uncounted=term)
        if term is not None:
            due = _due(stage.limit, term, self.day_zero(at), offices)
            dues = [(stage.limit.name, due)]
            dues += [(each.limit.name, chain(due, each.later, terms, offices)) for each in stage.sums]
        return Counts(since=since, until=until, terms=terms, offices=dict(offices), dues=tuple(dues))


MOST_A_DAY = 8
"""So many answers are remembered of one stage and day: more than one where several contracts share an office."""


@frozen(kw_only=True, eq=False)
class Counts:
    """What a stage and its sums come to, counted from one local day.

    Attributes:
        since: The first instant that it holds for, in UTC.
        until: The first instant that it does not hold for.
        terms: The terms that it was counted by.
        offices: The calendars that it was counted on.
        dues: By limit; none where the contract does not set the stage's limit.
        uncounted: The stage's term, where no day is counted for it; it comes to another instant for every request.
    """

    since: datetime
    until: datetime
    terms: Terms
    offices: Mapping[str, Office]
    dues: tuple[tuple[str, Due], ...]
    uncounted: Term | None = None


def office_of(offices: Mapping[str, Office], party: str) -> Office:
    """Find a party's office.

    Raises:
        DefinitionError: There is none.
    """
    try:
        return offices[party]
    except KeyError:
        raise DefinitionError(f"the context has no office of the {party}: its calendar and zone are needed") from None


@serves("IN-01", "IN-02")
def start(stages: Sequence[Stage], terms: Terms, offices: Mapping[str, Office], at: datetime) -> tuple[Deadline, ...]:
    """Start limits, and the sums that they are stages of.

    Args:
        stages: The limits, as their table has them.
        terms: How long each is, what reminds of it and what happens when it passes.
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
        office = offices.get(stage.limit.party) or office_of(offices, stage.limit.party)
        counts = office.counts(stage, at, terms, offices)
        if counts.uncounted is not None:
            started += (_uncounted(stage.limit.name, counts.uncounted, office, at),)
        for limit, due in counts.dues:
            started += (made(Deadline, limit=limit, started_at=at, due=due),)
    return started


def _uncounted(name: str, term: Term, office: Office, at: datetime) -> Deadline:
    """Start a limit that no working day is counted for: one in elapsed hours, or one until a stated day."""
    zone = office.basis.zone
    if term.elapsed_hours is not None:
        # In UTC: added to what a zone's clocks show, hours would leave a change of the clocks out.
        passing = at.astimezone(UTC) + timedelta(hours=term.elapsed_hours)
        due_on = local_day(passing - INSTANT, zone)
        ahead = [(each, passing - timedelta(hours=hours)) for each, hours in _ahead(term)]
    else:
        due_on = _stated_on(term)
        # The calendar has to reach as far as somebody was told, or nothing could be said about the date.
        office.calendar.is_working_day(due_on)
        passing = passes_at(due_on, zone)
        ahead = [(each, starts_at(office.calendar.add(due_on, -days), zone)) for each, days in _ahead(term)]
    due = Due(
        day_zero=local_day(at, zone),
        working_days=0,
        basis=office.basis,
        due_on=due_on,
        passes_at=passing,
        elapsed_hours=term.elapsed_hours,
        stated_on=term.stated_on,
        at_start=term.at_start,
        # Of a day that was stated for soon, nobody needs to be reminded by what lies behind already.
        schedule=_schedule(name, term, [each for each in ahead if each[1] > at], passing),
    )
    return Deadline(limit=name, started_at=at, due=due)


def _stated_on(term: Term) -> date:
    if term.stated_on is None:
        raise DefinitionError("a limit in working days is counted on a calendar")
    return term.stated_on


def _due(limit: Limit, term: Term, day_zero: date, offices: Mapping[str, Office]) -> Due:
    office, working_days = office_of(offices, limit.party), _in_days(limit, term)
    basis, due_on = office.basis, office.add(day_zero, working_days)
    return Due(
        day_zero=day_zero,
        working_days=working_days,
        basis=basis,
        due_on=due_on,
        passes_at=passes_at(due_on, basis.zone),
        at_start=term.at_start,
        schedule=_schedule_of_days(limit.name, term, due_on, office),
    )


def _in_days(limit: Limit, term: Term) -> int:
    if term.working_days is None:
        raise DefinitionError(f"the limit {limit.name} is not in working days, and cannot be part of a sum of limits")
    return term.working_days


def _ahead(term: Term) -> Iterator[tuple[str, int]]:
    """What the clock does before a limit is due, by trigger, and how long before."""
    for trigger, before in (("remind", term.remind_before), ("warn", term.warn_before)):
        if before is not None:
            yield trigger, before


def _schedule(name: str, term: Term, ahead: Iterable[tuple[str, datetime]], passing: datetime) -> tuple[ClockMove, ...]:
    when = [*ahead, *((trigger, passing) for trigger in term.when_passed)]
    return _in_order(ClockMove(trigger=trigger, due_at=due_at, limit=name) for trigger, due_at in when)


def _in_order(moves: Iterable[ClockMove]) -> tuple[ClockMove, ...]:
    """By instant, as everything else reads a schedule; a contract may have the case team warned before anybody is reminded."""
    return tuple(sorted(moves, key=attrgetter("due_at")))


def _schedule_of_days(name: str, term: Term, due_on: date, office: Office) -> tuple[ClockMove, ...]:
    """What the clock does about a limit, by the date on which it is due."""
    zone = office.basis.zone
    ahead = [(trigger, starts_at(office.add(due_on, -days), zone)) for trigger, days in _ahead(term)]
    return _schedule(name, term, ahead, passes_at(due_on, zone))


@serves("CR-09", "IN-03")
def chain(first: Due, later: Sequence[Limit], terms: Terms, offices: Mapping[str, Office]) -> Due:
    """Count on from a stage: when the stages after it have passed too, one after the other (CR-09, IN-03).

    Each stage is counted on its own party's calendar from the day on which the stage before it is due. On one shared
    calendar that is the sum of the limits, counted once.

    Args:
        first: What the first stage comes to.
        later: The stages after it, in order.
        terms: How many working days each has.
        offices: The parties' calendars and zones.

    Raises:
        CoverageError: A party's calendar does not reach that far.
        DefinitionError: There is no office of a party.
    """
    due_on, basis, further = first.due_on, first.last_basis, list(first.further)
    for stage in later:
        term = terms.get(stage.name)
        if term is not None:
            office, working_days = office_of(offices, stage.party), _in_days(stage, term)
            basis = office.basis
            further.append(Part(from_on=due_on, working_days=working_days, basis=basis))
            due_on = office.add(due_on, working_days)
    return changed(
        first,
        further=tuple(further),
        due_on=due_on,
        passes_at=passes_at(due_on, basis.zone),
        at_start=(),
        schedule=(),
    )


@serves("IN-12")
def stated(
    limit: Limit,
    stages: Sequence[Limit],
    *,
    started_at: datetime,
    due_on: date | None,
    passes_at: datetime | None = None,
    done: Collection[str],
    terms: Terms,
    offices: Mapping[str, Office],
) -> Deadline:
    """Take a limit over that another system has started, with the date that it stated to people (IN-12).

    The date holds as it was stated, and what the clock does about it follows from it. Where the policy gives another date,
    the account says so: our count, and after it the date that was stated.

    Args:
        limit: Which limit.
        stages: What is counted, one after the other: the limit itself, or the stages of a sum of limits.
        started_at: The instant that started it.
        due_on: The date that was stated; the limit passes at its end.
        passes_at: The instant that was stated, in place of a date, for a limit in elapsed hours.
        done: What the other system has done about it already, by trigger; it is not done again.
        terms: How long each stage is, and what the clock does about the limit.
        offices: The parties' calendars and zones.

    Raises:
        CoverageError: A party's calendar does not reach that far.
        DefinitionError: There is no office of a party, the contract does not set the limit, or an instant is stated for one
            that is not in elapsed hours.
    """
    first, *later = stages
    office = office_of(offices, first.party)
    term = terms.get(first.name)
    if term is None:
        raise DefinitionError(f"the contract does not set the limit {first.name}")
    if term.working_days is None:
        due = _uncounted(limit.name, term, office, started_at).due
    else:
        due = _due(first, term, office.day_zero(started_at), offices)
    if limit is not first:
        due = chain(due, later, terms, offices)
    if passes_at is not None:
        due = _until_the_instant(due, passes_at, limit, term, office)
    elif due_on is not None:
        due = _until_the_end_of(due, due_on, term, offices)
    if limit is first:
        due = changed(due, schedule=tuple(move for move in due.schedule if move.trigger not in done))
    return Deadline(limit=limit.name, started_at=started_at, due=due)


def _until_the_end_of(due: Due, due_on: date, term: Term, offices: Mapping[str, Office]) -> Due:
    """Let a date that was stated elsewhere take the place of our count."""
    office = office_of(offices, due.last_basis.party)
    zone = office.basis.zone
    # The calendar has to reach as far as people were told, or nothing could be said about the date.
    office.calendar.is_working_day(due_on)
    if due.due_on == due_on and not due.is_in_hours:
        return due
    passing, schedule = passes_at(due_on, zone), due.schedule
    if due.is_in_hours:
        # It was extended there, which is done in working days; what the clock does lies as far ahead as after an extension.
        schedule = _put_off(due.schedule, due, due_on, office)
    elif due.schedule:
        schedule = _schedule_of_days(due.schedule[0].limit, term, due_on, office)
    part = Part(from_on=due.due_on, working_days=0, basis=due.last_basis, stated_on=due_on)
    return changed(due, further=(*due.further, part), due_on=due_on, passes_at=passing, schedule=schedule)


def _until_the_instant(due: Due, passing: datetime, limit: Limit, term: Term, office: Office) -> Due:
    """Let an instant that was stated elsewhere take the place of our count in hours."""
    if not due.is_in_hours:
        raise DefinitionError(f"the limit {limit.name} is not in elapsed hours, and passes at the end of a day")
    if passing == due.passes_at:
        return due
    due_on = local_day(passing - INSTANT, office.basis.zone)
    office.calendar.is_working_day(due_on)
    ahead = [(each, passing - timedelta(hours=hours)) for each, hours in _ahead(term)]
    part = Part(from_on=due.due_on, working_days=0, basis=due.basis, stated_on=due_on)
    schedule = _schedule(limit.name, term, ahead, passing)
    return changed(due, further=(part,), due_on=due_on, passes_at=passing, schedule=schedule)


@serves("IN-12")
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
    office = office_of(offices, due.last_basis.party)
    basis = office.basis
    due_on = office.add(due.due_on, working_days)
    part = Part(from_on=due.due_on, working_days=working_days, basis=basis)
    extended = changed(
        due,
        further=(*due.further, part),
        due_on=due_on,
        passes_at=passes_at(due_on, basis.zone),
        at_start=(),
        schedule=_put_off(pending, due, due_on, office),
    )
    return changed(deadline, due=extended)


def _put_off(pending: Iterable[ClockMove], due: Due, due_on: date, office: Office) -> tuple[ClockMove, ...]:
    """Schedule anew what is left to do, as long before the new date as it was before the old one."""
    basis, calendar = office.basis, office.calendar
    schedule = []
    for move in pending:
        moved = passes_at(due_on, basis.zone)
        if move.due_at != due.passes_at:
            # On a calendar that has changed since, the days between may all have become holidays.
            ahead = max(1, calendar.count(local_day(move.due_at, basis.zone), due.due_on))
            moved = starts_at(office.add(due_on, -ahead), basis.zone)
        schedule.append(ClockMove(trigger=move.trigger, due_at=moved, limit=move.limit))
    return _in_order(schedule)


@serves("IN-03", "IN-12")
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
    working_days = office_of(offices, basis.party).calendar.count(due.due_on, reached.due_on)
    part = Part(from_on=due.due_on, working_days=working_days, basis=basis)
    extended = changed(due, further=(*due.further, part), due_on=reached.due_on, passes_at=reached.passes_at)
    return changed(deadline, due=extended)
