"""A limit that runs, as it is kept: what started it, how it was counted, and what that came to.

A deadline is computed once, when a row starts its limit, and kept (IN-12). It holds everything that is needed to say
later how its date came about, and to notice that the same question has another answer on newer holiday data.
"""

from __future__ import annotations

from datetime import date, datetime, time

from attrs import field, frozen

from eap_workflow.calendar import Reading
from eap_workflow.local_time import passes_at
from eap_workflow.values import Value, made


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
        working_days: How many working days the limit is, without what was added; 0 where it is counted otherwise.
        basis: How they are counted.
        further: What was counted on from there: the later stages of a chain (IN-03), and every extension (IN-12).
        due_on: The last day; of a limit in elapsed hours, the day on which it passes, in the party's zone.
        passes_at: The instant at which that day, or the last of the hours, has passed in the zone of the party that is
            last, in UTC.
        elapsed_hours: How many hours the limit is, where it is one in elapsed hours; its instant is counted anew for every
            request, from the moment that starts it (CM-05).
        stated_on: The day that was stated to somebody, where the limit is until such a day (TC-03).
        at_start: What the clock does as soon as the limit starts, by trigger.
        schedule: What the clock does about it later, in order.
    """

    day_zero: date
    working_days: int
    basis: Basis
    further: tuple[Part, ...] = ()
    due_on: date
    passes_at: datetime
    elapsed_hours: int | None = None
    stated_on: date | None = None
    at_start: tuple[str, ...] = ()
    schedule: tuple[ClockMove, ...] = ()

    @property
    def is_counted_in_days(self) -> bool:
        """Whether it was counted in working days, as most limits are."""
        return self.elapsed_hours is None and self.stated_on is None

    @property
    def is_in_hours(self) -> bool:
        """Whether it passes at the end of an hour, and not of a day: it is one in elapsed hours that was not extended."""
        if self.elapsed_hours is None or not self.further:
            return self.elapsed_hours is not None
        # Another system's word may have taken the place of our hours: an instant, or, where it was extended there, a day.
        last = self.further[-1]
        return last.stated_on is not None and self.passes_at != passes_at(self.due_on, last.basis.zone)

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
