"""Single values keep their meaning on the way to text and back, and what is almost one is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.errors import InvalidType, InvalidValue
from eap_workflow.plain import scalars
from tests.wire_samples import PLANTED, Role, instants, said_by, times_of_day

zones = st.timezones() | st.integers(-1439, 1439).map(lambda minutes: timezone(timedelta(minutes=minutes)))


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=zones))  # noqa: DTZ001 (as Hypothesis wants)
def test_an_instant_in_any_zone_keeps_its_moment(value: datetime) -> None:
    """Written and read, an instant is the same moment in UTC, in the hour that a clock change repeats too."""
    text = scalars.write_instant(value)
    assert len(text) == len("2026-10-28T09:30:00.000000Z")
    again = scalars.read_instant(text)
    assert again.tzinfo is UTC
    assert again == value.astimezone(UTC)
    assert scalars.read_instant(value.astimezone(UTC).isoformat()) == again


def test_the_two_hours_of_a_clock_change_are_two_instants() -> None:
    """The first and the second 02:30 in Melbourne differ by an hour, whichever of them is written first."""
    first = datetime(2027, 4, 4, 2, 30, tzinfo=ZoneInfo("Australia/Melbourne"))
    second = first.replace(fold=1)
    assert scalars.write_instant(first) == "2027-04-03T15:30:00.000000Z"
    assert scalars.write_instant(second) == "2027-04-03T16:30:00.000000Z"


@given(instants, instants)
def test_text_of_instants_sorts_as_time(one: datetime, other: datetime) -> None:
    """Whichever instant is earlier has the smaller text."""
    assert (one < other) == (scalars.write_instant(one) < scalars.write_instant(other))


@given(st.dates())
def test_a_date_keeps_its_day(value: date) -> None:
    """A date is written in ISO form and read as it was."""
    assert scalars.write_date(value) == value.isoformat()
    assert scalars.read_date(value.isoformat()) == value


@given(times_of_day)
def test_a_time_keeps_its_second(value: time) -> None:
    """A time of day is written shortly and read as it was."""
    assert scalars.read_time(scalars.write_time(value)) == value
    assert scalars.read_time(value.isoformat()) == value


READ = {
    "2026-10-28T09:30:00+11:00": datetime(2026, 10, 27, 22, 30, tzinfo=UTC),
    "2026-10-28T09:30+11:00": datetime(2026, 10, 27, 22, 30, tzinfo=UTC),
    "2026-10-28T09:30:00.25+1100": datetime(2026, 10, 27, 22, 30, 0, 250000, tzinfo=UTC),
    "2026-10-28T09:30:00,5-03": datetime(2026, 10, 28, 12, 30, 0, 500000, tzinfo=UTC),
    "2026-10-28T09:30:00.1234567Z": datetime(2026, 10, 28, 9, 30, 0, 123456, tzinfo=UTC),
}


@pytest.mark.parametrize(("text", "value"), READ.items())
def test_reads_the_usual_ways_to_write_an_instant(text: str, value: datetime) -> None:
    """Seconds and decimals may be missing, offsets are short or long, and decimals beyond six are cut off."""
    assert scalars.read_instant(text) == value


BAD_TEXTS: list[tuple[Callable[[object], object], str]] = [
    *(
        (scalars.read_date, text)
        for text in (
            *("2026-02-30", "2026-13-01", "0000-01-01", "20261028", "2026-W44-3", "2026-1-1", "28/10/2026", PLANTED),
            "",
            *("2026-10-28T00:00:00Z", " 2026-10-28", "2026-10-28\n", "٢٠٢٦-١٠-٢٨", "2026-10-28\ud800"),
        )
    ),
    *(
        (scalars.read_instant, text)
        for text in (
            *("2026-10-28T09:30:00", "2026-10-28", "2026-10-28 09:30:00Z", "2026-10-28T09:30:00 Z", "", PLANTED),
            *("2026-02-29T09:30:00Z", "2026-10-28T24:00:00Z", "2026-10-28T09:60:00Z", "2026-10-28T09:30:60Z"),
            *("20261028T093000Z", "2026-W44-3T09:30:00Z", "2026-10-28T09Z", "2026-10-28t09:30:00z", "1793179800"),
            *("2026-10-28T09:30:00+24:00", "0001-01-01T00:00:00+01:00", "9999-12-31T23:59:59-01:00"),
            *("2026-10-28T09:30:00+11:00[Australia/Melbourne]", "2026-10-28T09:30:00Z\n"),
        )
    ),
    *(
        (scalars.read_time, text)
        for text in ("24:00", "9:30", "0930", "09", "09:30:00.5", "09:30Z", "09:30+11:00", "T09:30", "", PLANTED)
    ),
    (scalars.as_text, f"{PLANTED}\0"),
    (scalars.as_text, f"{PLANTED}\ud800"),
]


@pytest.mark.parametrize(("read", "text"), BAD_TEXTS)
def test_refuses_texts_of_another_form(read: Callable[[object], object], text: str) -> None:
    """Each is refused as a value, with what is needed, without the text and without a cause."""
    with pytest.raises(InvalidValue) as caught:
        read(text)
    assert not isinstance(caught.value, InvalidType)
    assert not text.strip() or text.strip() not in said_by(caught.value)
    assert caught.value.__context__ is None


READERS = {
    "text": (scalars.as_text, str),
    "whole": (scalars.as_whole, int),
    "flag": (scalars.as_flag, bool),
    "date": (scalars.read_date, str),
    "instant": (scalars.read_instant, str),
    "time": (scalars.read_time, str),
}
PLAIN: list[Any] = [None, True, False, 0, 1, 3.0, float("nan"), [], {}, [PLANTED], {PLANTED: 1}, b"3", date(2026, 1, 1)]


@pytest.mark.parametrize(("read", "taken"), READERS.values(), ids=READERS)
@pytest.mark.parametrize("data", PLAIN, ids=[str(number) for number in range(len(PLAIN))])
def test_coerces_nothing(read: Callable[[object], object], taken: type, data: object) -> None:
    """Data of another type is refused as a type; a bool is no number, and a number no bool."""
    if type(data) is taken:
        assert read(data) is data
    else:
        with pytest.raises(InvalidType, match=r" is needed, and this is ") as caught:
            read(data)
        assert PLANTED not in said_by(caught.value)


@pytest.mark.parametrize("text", ["3", "True", "none"])
def test_text_stays_text(text: str) -> None:
    """A number in quotes is text, and neither a number nor a bool."""
    assert scalars.as_text(text) is text
    for read in (scalars.as_whole, scalars.as_flag):
        with pytest.raises(InvalidType, match="and this is text"):
            read(text)


@given(st.text())
def test_text_is_kept_exactly_where_a_store_can_keep_it(text: str) -> None:
    """Text without NUL comes back as it is, line breaks and rare characters included."""
    if "\0" in text:
        with pytest.raises(InvalidValue, match="NUL"):
            scalars.as_text(text)
    else:
        assert scalars.as_text(text) == text


def test_text_of_a_subclass_becomes_plain() -> None:
    """A member of an enumeration where text is meant leaves as plain text."""
    assert type(scalars.as_text(Role.CASE_TEAM)) is str
    assert scalars.as_text(Role.CASE_TEAM) == "case_team"


UNWRITABLE: list[tuple[Callable[[object], object], object, type[InvalidValue]]] = [
    (scalars.write_date, datetime(2026, 1, 1, tzinfo=UTC), InvalidType),
    (scalars.write_date, "2026-01-01", InvalidType),
    (scalars.write_date, None, InvalidType),
    (scalars.write_instant, date(2026, 1, 1), InvalidType),
    (scalars.write_instant, "2026-01-01T00:00:00Z", InvalidType),
    (scalars.write_instant, datetime(2026, 1, 1), InvalidValue),  # noqa: DTZ001 (naive is the point)
    (scalars.write_instant, datetime.min.replace(tzinfo=timezone(timedelta(hours=1))), InvalidValue),
    (scalars.write_time, "09:30", InvalidType),
    (scalars.write_time, time(9, 30, tzinfo=UTC), InvalidValue),
    (scalars.write_time, time(9, 30, 0, 1), InvalidValue),
]


@pytest.mark.parametrize(("write", "value", "kind"), UNWRITABLE)
def test_writes_nothing_that_it_would_not_read(
    write: Callable[[object], object], value: object, kind: type[InvalidValue]
) -> None:
    """What no plain form can stand for is refused when it is written, not when it is read."""
    with pytest.raises(kind) as caught:
        write(value)
    assert type(caught.value) is kind
    assert caught.value.__context__ is None
