"""How a day, an instant, a number of things and a person's reference are written: the same on every page and terminal.

Days and months are named here and not by the machine's own settings, so that the same request reads the same everywhere.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from eap_workflow.local_time import local_datetime
from eap_workflow.plain.english import MONTHS, WEEKDAYS
from eap_workflow.values import SYSTEM, as_words

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from eap_workflow.messages import Recipient
    from eap_workflow.values import Actor

SHORT = 3
ONE_HOUR = timedelta(hours=1)


def day(value: date) -> str:
    """A date with its weekday.

    >>> day(date(2026, 11, 3))
    'Tue 2026-11-03'
    """
    return f"{WEEKDAYS[value.weekday()][:SHORT]} {value.isoformat()}"


def instant(value: datetime, zone: str | ZoneInfo) -> str:
    """An instant to the minute, as the clocks of a zone show it.

    >>> instant(datetime(2026, 11, 3, tzinfo=UTC), "Australia/Melbourne")
    'Tue 2026-11-03 11:00'
    """
    local = local_datetime(value, zone)
    return f"{day(local.date())} {local.hour:02}:{local.minute:02}"


def utc(value: datetime) -> str:
    """An instant to the minute in UTC, as whoever compares records writes it.

    >>> utc(datetime(2026, 11, 3, 9, 5, tzinfo=UTC))
    '2026-11-03 09:05 UTC'
    """
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def month(value: date) -> str:
    """The month of a date.

    >>> month(date(2026, 11, 3))
    'November 2026'
    """
    return f"{MONTHS[value.month - 1]} {value.year}"


def number(count: int, one: str) -> str:
    """So many of something.

    >>> number(1, "working day"), number(3000, "working day")
    ('1 working day', '3,000 working days')
    """
    return f"{count:,} {one}" if count == 1 else f"{count:,} {one}s"


def hours(length: timedelta) -> str:
    """A length of time in whole hours, as far as they have passed.

    >>> hours(timedelta(hours=3, minutes=59)), hours(timedelta(minutes=20))
    ('3 hours', 'less than an hour')
    """
    whole = length // ONE_HOUR
    return number(whole, "hour") if whole else "less than an hour"


def who(actor: Actor) -> str:
    """Who acted, as references: in which role, which of them, and for which organisation."""
    if actor == SYSTEM:
        return "the system, by its clock or its rules"
    of = actor.practice or actor.employer
    return f"{as_words(actor.role)} {actor.id}{f' of {of}' if of else ''}"


def whom(recipient: Recipient) -> str:
    """Whom a message is for, as references; a group has none of its own."""
    of = recipient.practice or recipient.employer
    return " ".join(filter(None, (as_words(recipient.role), recipient.id, f"of {of}" if of else "")))
