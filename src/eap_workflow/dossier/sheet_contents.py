"""What stands on the calendar sheet of a limit, as plain data; `sheets` sets it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Literal, TypeAlias

from attrs import frozen

from eap_workflow.dossier.filled import Line
from eap_workflow.values import Discreet
from eap_workflow.views.limit_runs import Standing

Kind: TypeAlias = Literal["counted", "off", "start", "over", "elsewhere", "other"]
"""What a day of a sheet is: it counts; it does not; it is day 0 or comes before it; it lies after the last day; it lies in time by
what another system stated, and not by our count; or it is none of the limit's days."""


PLAIN = ("", "weekend", "until the stated day")
"""What stands on a day, or nothing, that its colour says too."""


@frozen(kw_only=True, repr=False)
class Day(Discreet):
    """A day of a sheet.

    Attributes:
        day: The date.
        kind: What it is to the limit.
        number: Its number in the count, or among the working days over; None where it has none.
        reason: Why it does not count, or what else there is to know of it.
        marks: What happened or was due on it.
    """

    day: date
    kind: Kind
    number: int | None = None
    reason: str = ""
    marks: tuple[str, ...] = ()


@frozen(kw_only=True, repr=False)
class Month(Discreet):
    """A month of a sheet.

    Attributes:
        title: Its name and year.
        weeks: Seven days each, from Monday; None for one of another month.
    """

    title: str
    weeks: tuple[tuple[Day | None, ...], ...]


@frozen(kw_only=True, repr=False)
class Stated(Discreet):
    """A date that was stated for a limit.

    Attributes:
        version: The step that stated it.
        at: When, in UTC.
        by: Who.
        what: The trigger, in words.
        due: The last day, or the instant at which a limit in elapsed hours passes.
        remark: What else there is to know.
    """

    version: int
    at: datetime
    by: str
    what: str
    due: date | datetime
    remark: str


@frozen(kw_only=True, repr=False)
class CalendarEntry(Discreet):
    """A calendar that days were counted on.

    Attributes:
        party: Whose.
        source: Where its days come from.
        zone: The party's zone.
        fingerprint: What identifies its data.
    """

    party: str
    source: str
    zone: str
    fingerprint: str


@frozen(kw_only=True, repr=False)
class Sheet(Discreet):
    """One run of a limit, day by day.

    Attributes:
        limit: Which limit.
        sentence: What it limits.
        rules: The ids of the rules that set it.
        binding: Whether it binds somebody.
        was_missed: Whether it was not kept, whatever came after.
        standing: How it stands, or stood when it ended.
        in_short: The same in a few words.
        verdict: The same in a sentence.
        length: How long the limit is.
        started_at: When it started, in UTC.
        passes_at: When it passes, by the date that was stated last, in UTC.
        stated: The dates that were stated for it.
        months: The sheet itself; none for a limit that no day is counted for.
        account: Otherwise its days or hours, one after the other: the day, and what is said of it.
        off: The days of the sheet after day 0 that did not count and are no weekends, with the reason of each.
        calendars: What it was counted on.
        remarks: What else there is to know, a sentence each.
    """

    limit: str
    sentence: str
    rules: tuple[str, ...]
    binding: bool
    was_missed: bool
    standing: Standing
    in_short: str
    verdict: str
    length: str
    started_at: datetime
    passes_at: datetime
    stated: tuple[Stated, ...]
    months: tuple[Month, ...]
    account: tuple[Line, ...]
    off: tuple[str, ...]
    calendars: tuple[CalendarEntry, ...]
    remarks: tuple[str, ...]

    @property
    def days(self) -> tuple[Day, ...]:
        """Every day of its months, in order."""
        return tuple(day for month in self.months for week in month.weeks for day in week if day is not None)

    @property
    def remarkable(self) -> tuple[Day, ...]:
        """The days of which there is more to say than their number, or that they are a weekend."""
        return tuple(day for day in self.days if day.marks or day.reason not in PLAIN)
