"""Why is this the due date? The answer, one row for every calendar day from the day of receipt to the result."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import attrs

from eap_workflow.plain.english import WEEKDAYS
from eap_workflow.values import Value

if TYPE_CHECKING:
    from eap_workflow.days.table import DayTable

DAY_OF_RECEIPT = "day of receipt"


@attrs.frozen(kw_only=True, eq=False, repr=False)
class DayAccount(Value):
    """One day of an account of a due date.

    Attributes:
        day: The date.
        weekday: Its weekday, in English (``Monday``).
        number: Its running number among the days that count, -1, -2, … when counting back; None if it does not count.
        reason: Why it does not count: ``day of receipt``, ``weekend``, a holiday's or a closure's name, or
            ``weekend (Boxing Day)`` where one falls on a weekend; None if it counts. Of a limit in elapsed hours, how much
            of the day counts.
        estimated: Whether there is a holiday on it whose date is an estimate, and may still move.
        note: What else there is to know: the name of a make-up or extra working day, why a day of receipt would not have
            counted anyway, or that it was over for its party; else None.
    """

    day: date
    weekday: str
    number: int | None
    reason: str | None
    estimated: bool = False
    note: str | None = None


def account(table: DayTable, day: date, result: date) -> tuple[DayAccount, ...]:
    """Account for every day from ``day``, which is the day of receipt, to ``result``, forwards or backwards."""
    step = timedelta(days=1 if result > day else -1)
    rows = [_row(table, day, None, DAY_OF_RECEIPT, note=table.reason(day) or table.opened.get(day))]
    number = 0
    while day != result:
        day += step
        reason = table.reason(day)
        if reason is None:
            number += step.days
        rows.append(_row(table, day, number if reason is None else None, reason, note=table.opened.get(day)))
    return tuple(rows)


def _row(table: DayTable, day: date, number: int | None, reason: str | None, *, note: str | None) -> DayAccount:
    return DayAccount(
        day=day,
        weekday=WEEKDAYS[day.weekday()],
        number=number,
        reason=reason,
        estimated=day in table.estimated,
        note=note,
    )
