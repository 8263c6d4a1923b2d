"""A limit with its start and its due date: how it is counted, when it passes, and what the clock does about it.

A deadline is computed once, when a row starts its limit, and kept (IN-12). It holds everything that is needed to say
later how its date came about, and to notice that the same question has another answer on newer holiday data.
"""

from __future__ import annotations

from datetime import date, datetime, time
from typing import TYPE_CHECKING

from attrs import frozen

from eap_workflow.errors import InvalidValue
from eap_workflow.local_time import local_day, passes_at, starts_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eap_workflow.calendar import BusinessCalendar, DayAccount
    from eap_workflow.calendar_difference import DayDifference
    from eap_workflow.machine import Limit
    from eap_workflow.policy import LimitTerms, PartyTerms, Policy


@frozen(kw_only=True)
class ClockMove:
    """A move that the clock makes when its instant has come, once (IN-13).

    Attributes:
        trigger: The row's trigger.
        due_at: From when on, in UTC.
        limit: The limit that it belongs to.
    """

    trigger: str
    due_at: datetime
    limit: str


@frozen(kw_only=True)
class Basis:
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
    reading: str
    cutoff: time | None = None
    calendar: str


@frozen(kw_only=True)
class Office:
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


@frozen(kw_only=True)
class Deadline:
    """A limit that runs: what started it, how it is counted, and the date that was stated.

    Attributes:
        limit: Which limit of the table.
        started_at: The instant that started it, in UTC.
        day_zero: The day from which is counted, and which does not count itself (IN-01).
        working_days: How many working days, extensions included.
        extended_by: How many of them the case team added (IN-12).
        due_on: The last day, in the party's calendar.
        passes_at: The instant at which that day has passed in the party's zone, in UTC.
        schedule: What the clock does about it, in order.
        basis: How it is counted.
    """

    limit: str
    started_at: datetime
    day_zero: date
    working_days: int
    extended_by: int = 0
    due_on: date
    passes_at: datetime
    schedule: tuple[ClockMove, ...] = ()
    basis: Basis

    def has_passed(self, at: datetime) -> bool:
        """Whether the limit has passed at an instant; on its last day it has not."""
        return at >= self.passes_at


DEEMED = ("deem_approved", "deem_declined")


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
    """
    terms = policy.limit(limit.name)
    if terms is None:
        return None
    office = offices[limit.party]
    basis = office.basis
    calendar = office.calendar
    day_zero = calendar.day_zero(at, basis.zone, reading=basis.reading, cutoff=basis.cutoff)
    due_on = calendar.add(day_zero, terms.working_days)
    passing = passes_at(due_on, basis.zone)
    return Deadline(
        limit=limit.name,
        started_at=at,
        day_zero=day_zero,
        working_days=terms.working_days,
        due_on=due_on,
        passes_at=passing,
        schedule=_schedule(limit.name, terms, office, at, due_on, passing, policy.limits.relayed_by),
        basis=basis,
    )


def _schedule(
    limit: str, terms: LimitTerms, office: Office, at: datetime, due_on: date, passing: datetime, relayed_by: str
) -> tuple[ClockMove, ...]:
    moves = []
    if limit == "relay" and relayed_by == "clock":
        moves.append(ClockMove(trigger="relay", due_at=at, limit=limit))
    for trigger, working_days in (("remind", terms.remind_before), ("warn", terms.warn_before)):
        if working_days is not None:
            due_at = starts_at(office.calendar.add(due_on, -working_days), office.basis.zone)
            if due_at > at:
                moves.append(ClockMove(trigger=trigger, due_at=due_at, limit=limit))
    if terms.when_passed == "lapse":
        moves.append(ClockMove(trigger="lapse", due_at=passing, limit=limit))
    else:
        moves.append(ClockMove(trigger="overdue", due_at=passing, limit=limit))
        if terms.when_passed in DEEMED:
            moves.append(ClockMove(trigger=terms.when_passed, due_at=passing, limit=limit))
    return tuple(moves)


def chain(
    limit: Limit, first: Deadline, later: tuple[Limit, ...], policy: Policy, offices: Mapping[str, Office]
) -> Deadline:
    """State the date by which several limits have passed, one after the other (CR-09, IN-03).

    Each stage is counted on its own party's calendar from the day on which the stage before it is due. On one shared
    calendar that is the sum of the limits, counted once.

    Args:
        limit: The limit that is the sum.
        first: The first stage, started.
        later: The stages after it, in order.
        policy: How many working days each has.
        offices: The parties' calendars and zones.

    Raises:
        CoverageError: A party's calendar does not reach that far.
    """
    due_on, working_days, basis = first.due_on, first.working_days, first.basis
    for stage in later:
        terms = policy.limit(stage.name)
        if terms is not None:
            office = offices[stage.party]
            due_on = office.calendar.add(due_on, terms.working_days)
            working_days += terms.working_days
            basis = office.basis
    return Deadline(
        limit=limit.name,
        started_at=first.started_at,
        day_zero=first.day_zero,
        working_days=working_days,
        due_on=due_on,
        passes_at=passes_at(due_on, basis.zone),
        basis=basis,
    )


def extend(deadline: Deadline, working_days: int, office: Office, pending: tuple[ClockMove, ...]) -> Deadline:
    """State a later date for a limit that runs (IN-12); nothing shortens one.

    Args:
        deadline: The deadline as it was stated.
        working_days: How many working days more, from the date that was stated.
        office: The party's calendar and zone.
        pending: What the clock has not done yet about this limit; only that is scheduled anew.

    Raises:
        InvalidValue: The number is not positive.
        CoverageError: The calendar does not reach that far.
    """
    if working_days < 1:
        raise InvalidValue("working_days", "a limit is only ever extended, by 1 working day or more")
    zone = deadline.basis.zone
    due_on = office.calendar.add(deadline.due_on, working_days)
    passing = passes_at(due_on, zone)
    schedule = []
    for move in pending:
        if move.due_at == deadline.passes_at:
            moved = passing
        else:
            # On newer holiday data there may be no working day left between a reminder and the date that was stated.
            ahead = max(1, office.calendar.count(local_day(move.due_at, zone), deadline.due_on))
            moved = starts_at(office.calendar.add(due_on, -ahead), zone)
        schedule.append(ClockMove(trigger=move.trigger, due_at=moved, limit=move.limit))
    return Deadline(
        limit=deadline.limit,
        started_at=deadline.started_at,
        day_zero=deadline.day_zero,
        working_days=deadline.working_days + working_days,
        extended_by=deadline.extended_by + working_days,
        due_on=due_on,
        passes_at=passing,
        schedule=tuple(schedule),
        basis=deadline.basis,
    )


@frozen(kw_only=True)
class Restatement:
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


def explain(deadline: Deadline, calendar: BusinessCalendar) -> tuple[DayAccount, ...]:
    """Account for a due date day by day, from day 0 to the last.

    Args:
        deadline: The deadline.
        calendar: The calendar that it was counted on, or a newer one to compare with.
    """
    return calendar.explain(deadline.day_zero, deadline.working_days)


def restate(deadline: Deadline, then: BusinessCalendar, now: BusinessCalendar) -> Restatement:
    """Recompute a stated date on newer holiday data: was, is now, because (IN-12).

    Args:
        deadline: The deadline as it was stated; one that is not the sum of others.
        then: The calendar that it was counted on.
        now: The calendar of today.
    """
    is_now = now.add(deadline.day_zero, deadline.working_days)
    until = max(deadline.due_on, is_now)
    because = tuple(row for row in then.diff(now).days if deadline.day_zero < row.day <= until)
    return Restatement(limit=deadline.limit, was=deadline.due_on, is_now=is_now, because=because)
