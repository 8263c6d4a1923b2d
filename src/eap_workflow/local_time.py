"""Between instants and dates in a zone: when a local day starts, when it has passed, which day an instant falls on.

Used by the calendar and by the limits. A local day is what the clocks of the zone show: it may have no midnight, have
it twice, or not exist at all (Samoa skipped 30 December 2011), and each of these has an answer here.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from eap_workflow.errors import InvalidType, InvalidValue, Unknown

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

ONE_DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)
MIDNIGHT = time()
EARLIEST_DAY, LATEST_DAY = date(1900, 1, 1), date(9998, 12, 1)
BEYOND = "lies beyond the first or the last day that a datetime can show"


@lru_cache(maxsize=1024)
def _zone_by_key(key: str) -> ZoneInfo:
    from zoneinfo import ZoneInfo

    try:
        return ZoneInfo(key)
    except (LookupError, ValueError, OSError):
        raise Unknown(
            "zone", f"no time zone {key!r} is known here; IANA keys such as Australia/Melbourne are"
        ) from None


def zone_of(zone: str | ZoneInfo) -> ZoneInfo:
    """Give the zone of an IANA key.

    Raises:
        InvalidType: neither a key nor a ``ZoneInfo``.
        Unknown: no such zone, or no zone data on this machine.
    """
    if type(zone) is str:
        return _zone_by_key(zone)
    from zoneinfo import ZoneInfo

    if isinstance(zone, ZoneInfo):
        return zone
    raise InvalidType("zone", "must be an IANA key (text) or a zoneinfo.ZoneInfo")


def local_datetime(instant: datetime, zone: str | ZoneInfo, *, field: str = "received_at") -> datetime:
    """Give what the clocks of a zone show at an instant.

    Raises:
        InvalidType: the instant is no datetime, or the zone neither a key nor a ``ZoneInfo``.
        InvalidValue: the datetime has no offset, or lies at the very end of the calendar.
        Unknown: no such zone.
    """
    if not isinstance(instant, datetime):
        raise InvalidType(field, "must be a datetime, not a date or another type: it is an instant that is meant")
    if instant.utcoffset() is None:
        raise InvalidValue(field, "must be aware: a datetime without an offset is no instant")
    try:
        return instant.astimezone(zone_of(zone))
    except OverflowError:
        raise InvalidValue(field, BEYOND) from None


def local_day(instant: datetime, zone: str | ZoneInfo) -> date:
    """Give the day that the clocks of a zone show at an instant.

    Raises:
        InvalidType: the instant is no datetime, or the zone neither a key nor a ``ZoneInfo``.
        InvalidValue: the datetime has no offset, or lies at the very end of the calendar.
        Unknown: no such zone.
    """
    if type(instant) is datetime and instant.tzinfo is UTC and type(zone) is str:
        for since, until, day in _SPANS.get((zone, instant.toordinal()), ()):
            if since <= instant < until:
                return day
        return _learned(instant, zone)[2]
    return local_datetime(instant, zone, field="instant").date()


def local_span(instant: datetime, zone: str) -> tuple[datetime, datetime, date]:
    """Give a span of instants, with its first but not its end, in which the clocks of a zone show one day, and the day.

    Args:
        instant: An instant in UTC, which lies in the span.
        zone: The zone's IANA key.

    Raises:
        InvalidValue: The instant lies at the very end of the calendar.
        Unknown: No such zone.
    """
    for span in _SPANS.get((zone, instant.toordinal()), ()):
        if span[0] <= instant < span[1]:
            return span
    return _learned(instant, zone)


# By zone and day in UTC, the local days that lie in it. It follows from the zone alone, so threads may share it.
_SPANS: dict[tuple[str, int], tuple[tuple[datetime, datetime, date], ...]] = {}
MOST_DAYS = 50_000


def _learned(instant: datetime, zone: str) -> tuple[datetime, datetime, date]:
    day = local_datetime(instant, zone).date()
    if not EARLIEST_DAY < day < LATEST_DAY:
        return instant, instant, day
    # Where clocks go back over midnight, two days overlap; there, every instant is asked for itself.
    since = max(starts_at(day, zone), passes_at(day - ONE_DAY, zone))
    until = min(passes_at(day, zone), starts_at(day + ONE_DAY, zone))
    if len(_SPANS) >= MOST_DAYS:
        _SPANS.clear()
    span = since, until, day
    key = zone, instant.toordinal()
    _SPANS[key] = (*_SPANS.get(key, ()), span)
    return span if since <= instant < until else (instant, instant, day)


def starts_at(day: date, zone: str | ZoneInfo) -> datetime:
    """Give the first instant, in UTC, at which the clocks of a zone show ``day``, or a later day if it is skipped.

    Raises:
        InvalidType: not a date (a datetime is none), or not a zone.
        InvalidValue: at the very end of the calendar.
        Unknown: no such zone.
    """
    _require_date("day", day)
    try:
        return _start(day, zone_of(zone))
    except OverflowError:
        raise InvalidValue("day", BEYOND) from None


def passes_at(due_on: date, zone: str | ZoneInfo) -> datetime:
    """Give the instant, in UTC, at which a date has passed in a zone: the next local midnight (IN-01).

    Where clocks skip midnight, it is the first instant of the next day. Where they are put back over midnight, so that
    the date comes a second time, it has passed when it does not come again.

    Raises:
        InvalidType: not a date (a datetime is none), or not a zone.
        InvalidValue: at the very end of the calendar.
        Unknown: no such zone.
    """
    _require_date("due_on", due_on)
    try:
        return _end(due_on, zone_of(zone))
    except OverflowError:
        raise InvalidValue("due_on", BEYOND) from None


def _require_date(field: str, day: object) -> None:
    if not isinstance(day, date) or isinstance(day, datetime):
        raise InvalidType(field, "must be a date (datetime.date, not a datetime)")


# The dates of one working day are asked for again and again.
@lru_cache(maxsize=4096)
def _start(day: date, zone: ZoneInfo) -> datetime:
    first, second = _midnights(day, zone)
    return first if first <= second else _change_between(second, first, zone)


@lru_cache(maxsize=4096)
def _end(day: date, zone: ZoneInfo) -> datetime:
    first, second = _midnights(day + ONE_DAY, zone)
    comes_again = first < second and (second - INSTANT).astimezone(zone).date() == day
    return second if comes_again else _start(day + ONE_DAY, zone)


def _midnights(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Give the instants of the midnight that starts a day: nearly always the same one twice.

    Where clocks change around midnight, the first is by the offset before the change and the second by that after it.
    If the clocks are put back, midnight may come twice, at these instants; if they are put forward and midnight is
    skipped, the second lies before the change and the first is the change, or after it.
    """
    midnight = datetime.combine(day, MIDNIGHT, zone)
    return midnight.astimezone(UTC), midnight.replace(fold=1).astimezone(UTC)


def _change_between(start: datetime, end: datetime, zone: ZoneInfo) -> datetime:
    """Find the second, after ``start`` and no later than ``end``, at which the offset of the zone changes."""
    before = start.astimezone(zone).utcoffset()
    low, high = 0, int((end - start).total_seconds())
    while high - low > 1:
        middle = (low + high) // 2
        if (start + timedelta(seconds=middle)).astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return start + timedelta(seconds=high)
