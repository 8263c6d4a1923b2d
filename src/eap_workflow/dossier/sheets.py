"""The calendar sheet of a limit: each day with its number in the count, or with the reason why it does not count.

A sheet is set from three things: the run of the limit (`eap_workflow.views.limit_runs`), the account of its due date
(`eap_workflow.deadlines.explain`), and the calendar, for the days after the last one.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

import attrs
from attrs import frozen

from eap_workflow.deadlines import explain
from eap_workflow.deadlines.accounts import STATED_ELSEWHERE
from eap_workflow.dossier.filled import Line
from eap_workflow.dossier.sheet_contents import CalendarEntry, Day, Kind, Month, Sheet, Stated
from eap_workflow.dossier.verdicts import Reached, in_short, length, verdict
from eap_workflow.errors import CoverageError
from eap_workflow.local_time import ONE_DAY, local_day
from eap_workflow.process import ADOPT
from eap_workflow.values import as_words
from eap_workflow.wording import day, month, number, who

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from eap_workflow.calendar import BusinessCalendar, DayAccount
    from eap_workflow.deadlines import Deadline, Due, Office
    from eap_workflow.machine import Workflow
    from eap_workflow.views.limit_runs import LimitRun, Statement

DAYS_OF_A_WEEK = 7
MOST_DAYS_OVER = timedelta(days=92)
"""So many days after the last one are drawn at most; what passed years ago says only how long ago."""

WEEKEND = "weekend"
UNTIL_STATED = "until the stated day"
"""Why a working day has no number that lies after our count, and not after what another system stated."""

NOT_A_REASON = (STATED_ELSEWHERE, UNTIL_STATED)
NOT_KEPT = (
    "The calendar that this limit was counted on is not kept here, so its days are shown as today's calendar has them. The date that"
    " was stated holds."
)
NO_CALENDAR = "No calendar that reaches these days is at hand, so they cannot be shown one by one. The date that was stated holds."
RESUMED = "Days were added later: they are counted on from {stated}, and numbered on from the {ours} of the limit's own count."
HAD_PASSED = "the date before it had passed by then"
FROM_ELSEWHERE = "as another system had stated it"


@frozen(kw_only=True)
class Counted:
    """What a limit's days are counted on, as far as it is at hand.

    Attributes:
        offices: The calendars, by party; none where there are none.
        remark: What the reader has to know of them; empty where they are those that the limit was counted on.
    """

    offices: Mapping[str, Office]
    remark: str = ""


def sheet_of(workflow: Workflow, run: LimitRun, counted: Counted, at: datetime) -> Sheet:
    """Set the sheet of a limit.

    Args:
        workflow: The table that the limit stands in.
        run: The limit, from its start to its end.
        counted: The calendars.
        at: The instant as of which it is shown, in UTC.
    """
    limit, due = workflow.limit(run.limit), run.deadline.due
    until = local_day(at if run.ended is None else run.ended.at, due.last_basis.zone)
    remarks = [counted.remark] if counted.remark else []
    rows: tuple[DayAccount, ...] = ()
    after: tuple[DayAccount, ...] = ()
    over = None
    if counted.offices:
        try:
            rows = explain(run.deadline, counted.offices)
        except CoverageError:
            remarks.append(NO_CALENDAR)
        over, after = _over(run, counted.offices[due.last_basis.party].calendar, until, at)
        rows = _until_the_stated_day(run.deadline, rows, counted.offices)
    remarks += _of_the_stated_day(due)
    if any(row.estimated for row in rows):
        remarks.append("A date among these days was an estimate when the limit was counted.")
    reached = Reached(day=_reached(rows, until), of=_total(run.deadline, rows), over=over)
    in_days = due.is_counted_in_days
    return Sheet(
        limit=as_words(run.limit),
        sentence=limit.sentence,
        rules=limit.rules,
        binding=run.binding,
        was_missed=run.was_missed,
        standing=run.standing,
        in_short=in_short(run, reached, at),
        verdict=verdict(run, reached, at),
        length=length(due),
        started_at=run.deadline.started_at,
        passes_at=run.deadline.passes_at,
        stated=tuple(map(_stated, run.statements)),
        months=_months(_days(run, rows, after, until)) if in_days and rows else (),
        account=() if in_days else tuple(map(_account, rows)),
        off=tuple(_off((*rows, *after), run.deadline.day_zero)) if in_days and rows else (),
        calendars=_calendars(run.deadline, counted.offices),
        remarks=tuple(remarks),
    )


def _of_the_stated_day(due: Due) -> Iterator[str]:
    """What there is to say of a date that another system stated: what our count gives, and how days were added to it."""
    stated = due.stated_elsewhere
    if stated is None:
        return
    yield f"Our count gives {day(stated.from_on)} as the last day; the date that another system had stated holds."
    if due.is_counted_in_days and stated.stated_on is not None and due.further[-1] != stated:
        yield RESUMED.format(stated=day(stated.stated_on), ours=number(due.working_days or 0, "working day"))


def _until_the_stated_day(
    deadline: Deadline, rows: tuple[DayAccount, ...], offices: Mapping[str, Office]
) -> tuple[DayAccount, ...]:
    """Keep of our count what lies in time by the date that another system stated, and go on to it where our count ends before."""
    part = deadline.due.stated_elsewhere
    if part is None or part.stated_on is None or not deadline.due.is_counted_in_days:
        return rows
    ours, stated = part.from_on, part.stated_on
    place = next((at for at, row in enumerate(rows) if row.reason == STATED_ELSEWHERE), len(rows))
    kept = [row for row in rows[:place] if row.day <= stated]
    between: tuple[DayAccount, ...] = ()
    with suppress(CoverageError):
        between = _days_after(offices[part.basis.party].calendar, ours, stated)
    return (
        *kept,
        *(attrs.evolve(row, number=None, reason=row.reason or UNTIL_STATED) for row in between),
        *rows[place:],
    )


def _days_after(calendar: BusinessCalendar, after: date, last: date) -> tuple[DayAccount, ...]:
    """Every day after one day up to another; none where that is not later."""
    if last <= after:
        return ()
    rows = calendar.explain(after, calendar.count(after, last) + 1)[1:]
    return tuple(row for row in rows if row.day <= last)


def _over(
    run: LimitRun, calendar: BusinessCalendar, until: date, at: datetime
) -> tuple[int | None, tuple[DayAccount, ...]]:
    """How many working days lie between the last day and the day on which it ended, and those days."""
    due_on = run.deadline.due_on
    if not run.deadline.has_passed(at if run.ended is None else run.ended.at):
        return None, ()
    try:
        over = calendar.count(due_on, until)
        return over, _days_after(calendar, due_on, min(until, due_on + MOST_DAYS_OVER))
    except CoverageError:
        return None, ()


def _reached(rows: Iterable[DayAccount], until: date) -> int | None:
    """How many days had counted by a day; None before the first."""
    return max((row.number for row in rows if row.number is not None and row.day <= until), default=None)


def _total(deadline: Deadline, rows: tuple[DayAccount, ...]) -> int | None:
    """How many days count in all; None where another system stated another date than our count gives."""
    if not rows or deadline.due.stated_elsewhere is not None:
        return None
    return max((row.number for row in rows if row.number is not None), default=None)


def _stated(statement: Statement) -> Stated:
    step, deadline = statement.step, statement.deadline
    adopted = FROM_ELSEWHERE if step.trigger == ADOPT else ""
    return Stated(
        version=step.version,
        at=step.at,
        by=who(step.by),
        what=as_words(step.trigger),
        due=deadline.passes_at if deadline.due.is_in_hours else deadline.due_on,
        remark=HAD_PASSED if statement.had_passed else adopted,
    )


def _days(run: LimitRun, rows: tuple[DayAccount, ...], after: tuple[DayAccount, ...], until: date) -> tuple[Day, ...]:
    """Every day of the limit once, in order."""
    marks = _marks(run, until)
    days: dict[date, Day] = {}
    for row in rows:
        if row.reason == STATED_ELSEWHERE:
            marks.setdefault(row.day, []).insert(0, "stated by another system")
            continue
        days[row.day] = _day(row, "start" if row.day <= run.deadline.day_zero else "counted")
    for row in after:
        days.setdefault(row.day, _day(row, "over"))
    for on in marks:
        days.setdefault(on, Day(day=on, kind="other"))
    return tuple(
        Day(day=on, kind=each.kind, number=each.number, reason=each.reason, marks=tuple(marks.get(on, ())))
        for on, each in sorted(days.items())
    )


def _day(row: DayAccount, if_counted: Kind) -> Day:
    if row.reason == UNTIL_STATED:
        return Day(day=row.day, kind="elsewhere", reason=row.reason)
    said = ": ".join(each for each in (row.reason, row.note) if each)
    kind: Kind = if_counted if row.number is not None or if_counted == "start" else "off"
    return Day(day=row.day, kind=kind, number=row.number, reason=f"{said} (estimated)" if row.estimated else said)


def _marks(run: LimitRun, until: date) -> dict[date, list[str]]:
    marks: dict[date, list[str]] = {run.deadline.day_zero: ["day 0"]}
    for statement in run.statements[:-1]:
        marks.setdefault(statement.deadline.due_on, []).append(f"last day, as stated in step {statement.step.version}")
    marks.setdefault(run.deadline.due_on, []).append("last day")
    if run.ended is not None:
        if until - run.deadline.due_on <= MOST_DAYS_OVER:
            marks.setdefault(until, []).append(as_words(run.ended.trigger))
    elif until <= run.deadline.due_on + MOST_DAYS_OVER:
        marks.setdefault(until, []).append("as of this dossier")
    return marks


def _months(days: tuple[Day, ...]) -> tuple[Month, ...]:
    """Set days as months: each of its weeks whole, and days of other months left out."""
    return tuple(
        Month(title=title, weeks=tuple(_weeks(tuple(each))))
        for title, each in groupby(days, lambda each: month(each.day))
    )


def _weeks(days: tuple[Day, ...]) -> Iterator[tuple[Day | None, ...]]:
    """The weeks of one month from its first day that is shown to its last."""
    known = {each.day: each for each in days}
    first, last = days[0].day, days[-1].day
    monday = first - timedelta(days=first.weekday())
    while monday <= last:
        week = (monday + timedelta(days=each) for each in range(DAYS_OF_A_WEEK))
        yield tuple(
            known.get(each, Day(day=each, kind="other"))
            if (each.year, each.month) == (first.year, first.month)
            else None
            for each in week
        )
        monday += DAYS_OF_A_WEEK * ONE_DAY


def _account(row: DayAccount) -> Line:
    said = ": ".join(each for each in (row.reason, row.note) if each)
    return Line(label=day(row.day), value=said if row.number is None else f"working day {row.number}")


def _off(rows: Iterable[DayAccount], day_zero: date) -> Iterator[str]:
    for row in rows:
        reason = row.reason
        if row.number is not None or row.day <= day_zero or reason is None or reason in NOT_A_REASON:
            continue
        if not reason.startswith(WEEKEND):
            yield f"{day(row.day)}, {reason}"


def _calendars(deadline: Deadline, offices: Mapping[str, Office]) -> tuple[CalendarEntry, ...]:
    found = {}
    for part in deadline.due.parts:
        basis = part.basis
        office = offices.get(basis.party)
        found[basis.party] = CalendarEntry(
            party=as_words(basis.party),
            source="not at hand" if office is None else str(office.calendar.source),
            zone=basis.zone,
            fingerprint=basis.calendar,
        )
    return tuple(found.values())
