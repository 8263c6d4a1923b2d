"""Which days count, and arithmetic on them."""

from __future__ import annotations

import copy
import pickle
import threading
from datetime import UTC, date, datetime, time, timedelta, timezone
from enum import IntEnum
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.calendar import BusinessCalendar, CoverageError, DayAccount, parse_region
from eap_workflow.errors import InvalidType, InvalidValue, Unknown
from tests.calendar_strategies import REGIONS, calendars, covered_days, numbers, overlays, region

MELBOURNE = "Australia/Melbourne"
ONE_DAY = timedelta(days=1)
VIC = region("AU", "VIC")


def naive_add(calendar: BusinessCalendar, day: date, n: int) -> date:
    """Walk from day to day, as a person with a wall calendar does."""
    step = 1 if n > 0 else -1
    while n:
        day += step * ONE_DAY
        if calendar.table.reason(day) is None:
            n -= step
    return day


# ---- the properties of counting ----


@given(calendars(), covered_days(150), numbers())
def test_add_is_the_walk_from_day_to_day(calendar: BusinessCalendar, day: date, n: int) -> None:
    """The lookup gives what walking and counting gives, either way (IN-01, CR-07, CR-08)."""
    assert calendar.add(day, n) == naive_add(calendar, day, n)
    assert calendar.is_working_day(calendar.add(day, n))


@given(calendars(), covered_days(150), numbers())
def test_add_is_strictly_increasing_in_n(calendar: BusinessCalendar, day: date, n: int) -> None:
    """One working day more is a later day, and it is on the right side of the start."""
    following = n + 1 or 1
    assert calendar.add(day, n) < calendar.add(day, following)
    assert (calendar.add(day, n) > day) == (n > 0)
    assert calendar.add(day, n) != day


@given(calendars(), covered_days(150), numbers())
def test_count_is_the_inverse_of_add(calendar: BusinessCalendar, day: date, n: int) -> None:
    """Counting to the n-th working day gives n, forwards and backwards."""
    assert calendar.count(day, calendar.add(day, n)) == n


@given(calendars(), covered_days(), covered_days())
def test_count_counts_the_days_in_between(calendar: BusinessCalendar, start: date, end: date) -> None:
    """After the start up to the end; from the end on up to before the start, negative, the other way round."""
    if start <= end:
        days = (start + i * ONE_DAY for i in range(1, (end - start).days + 1))
        assert calendar.count(start, end) == sum(map(calendar.is_working_day, days))
    else:
        days = (end + i * ONE_DAY for i in range((start - end).days))
        assert calendar.count(start, end) == -sum(map(calendar.is_working_day, days))


@given(calendars(), covered_days(300), st.integers(1, 40), st.integers(1, 40))
def test_limits_that_follow_each_other_add_up(calendar: BusinessCalendar, day: date, a: int, b: int) -> None:
    """With one calendar, a then b working days are a + b, so 5 then 7 is 12 (CR-09, IN-03)."""
    assert calendar.add(calendar.add(day, a), b) == calendar.add(day, a + b)
    assert calendar.add(calendar.add(day, 5), 7) == calendar.add(day, 12)
    assert calendar.add(calendar.add(day, -a), -b) == calendar.add(day, -a - b)


@given(calendars(), overlays(), covered_days(300), st.integers(1, 40))
def test_a_closure_never_makes_a_due_date_earlier(
    calendar: BusinessCalendar, closures: dict[date, str], day: date, n: int
) -> None:
    """Closing days moves a due date later or not at all, and a due date in the past earlier or not at all."""
    closed = calendar.with_closures(closures)
    assert closed.add(day, n) >= calendar.add(day, n)
    assert closed.add(day, -n) <= calendar.add(day, -n)


@given(calendars(), overlays(), covered_days(300), st.integers(1, 40))
def test_an_extra_working_day_never_makes_a_due_date_later(
    calendar: BusinessCalendar, extra: dict[date, str], day: date, n: int
) -> None:
    """Opening days moves a due date earlier or not at all."""
    assert calendar.with_working_days(extra).add(day, n) <= calendar.add(day, n)


@given(calendars(), covered_days(150), numbers(20))
def test_explain_accounts_for_every_day_up_to_the_result(calendar: BusinessCalendar, day: date, n: int) -> None:
    """One row a calendar day, in order; each has a running number or a reason, and the last has n."""
    rows = calendar.explain(day, n)
    step = ONE_DAY if n > 0 else -ONE_DAY
    assert [row.day for row in rows] == [day + i * step for i in range(len(rows))]
    assert rows[0].reason == "day of receipt"
    assert (rows[-1].day, rows[-1].number) == (calendar.add(day, n), n)
    assert [row.number for row in rows if row.number is not None] == list(
        range(1 if n > 0 else -1, n + step.days, step.days)
    )
    for row in rows[1:]:
        assert (row.number is None) != (row.reason is None)
        assert (row.reason is None) == calendar.is_working_day(row.day)
        assert row.weekday == f"{row.day:%A}"


@given(calendars(), covered_days(60))
def test_roll_goes_to_the_working_day_that_the_convention_names(calendar: BusinessCalendar, day: date) -> None:
    """Every convention, against a search from day to day."""
    if calendar.is_working_day(day):
        for convention in (
            "unadjusted",
            "following",
            "preceding",
            "modified_following",
            "modified_preceding",
            "nearest",
        ):
            assert calendar.roll(day, convention) == day
        return
    after, before = naive_add(calendar, day, 1), naive_add(calendar, day, -1)
    assert calendar.roll(day, "unadjusted") == day
    assert calendar.roll(day, "following") == after
    assert calendar.roll(day, "preceding") == before
    assert calendar.roll(day, "modified_following") == (after if after.month == day.month else before)
    assert calendar.roll(day, "modified_preceding") == (before if before.month == day.month else after)
    assert calendar.roll(day, "nearest") == (before if day - before < after - day else after)


# ---- days that a Melbourne practice knows ----


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(2026, 9, 25), "Friday before the AFL Grand Final"),
        (date(2026, 11, 3), "Melbourne Cup Day"),
        (date(2026, 12, 25), "Christmas Day"),
        (date(2026, 12, 26), "weekend (Boxing Day)"),
        (date(2026, 12, 27), "weekend"),
        (date(2026, 12, 28), "Boxing Day (observed)"),
        (date(2027, 1, 1), "New Year's Day"),
        (date(2027, 1, 26), "Australia Day"),
        (date(2027, 3, 8), "Labour Day"),
        (date(2027, 3, 26), "Good Friday"),
    ],
)
def test_a_victorian_holiday_is_named(day: date, reason: str) -> None:
    """A holiday has the name that people in Victoria know it by, and a weekend shows the holiday in it."""
    assert not VIC.is_working_day(day)
    assert VIC.explain(day - ONE_DAY, 1)[1].reason == reason


def test_a_due_date_across_christmas_is_explained_day_by_day() -> None:
    """Seven working days from Monday 21 December 2026 end on Monday 4 January 2027, and every day says why (CR-08)."""
    rows = VIC.explain(date(2026, 12, 21), 7)
    assert [(str(row.day)[5:], row.number, row.reason) for row in rows] == [
        ("12-21", None, "day of receipt"),
        ("12-22", 1, None),
        ("12-23", 2, None),
        ("12-24", 3, None),
        ("12-25", None, "Christmas Day"),
        ("12-26", None, "weekend (Boxing Day)"),
        ("12-27", None, "weekend"),
        ("12-28", None, "Boxing Day (observed)"),
        ("12-29", 4, None),
        ("12-30", 5, None),
        ("12-31", 6, None),
        ("01-01", None, "New Year's Day"),
        ("01-02", None, "weekend"),
        ("01-03", None, "weekend"),
        ("01-04", 7, None),
    ]
    assert rows[1] == DayAccount(day=date(2026, 12, 22), weekday="Tuesday", number=1, reason=None)


def test_explain_counts_backwards_with_negative_numbers() -> None:
    """Three working days before a Wednesday after Melbourne Cup Day."""
    rows = VIC.explain(date(2026, 11, 4), -3)
    assert [(row.day.day, row.number, row.reason) for row in rows] == [
        (4, None, "day of receipt"),
        (3, None, "Melbourne Cup Day"),
        (2, -1, None),
        (1, None, "weekend"),
        (31, None, "weekend"),
        (30, -2, None),
        (29, -3, None),
    ]


def test_explain_says_what_else_there_is_to_know() -> None:
    """A make-up working day is noted, and so is why a day of receipt would not have counted anyway."""
    row = region("CN").explain(date(2026, 2, 13), 1)[1]
    assert (row.weekday, row.number, row.note) == ("Saturday", 1, "make-up working day")
    assert VIC.explain(date(2026, 11, 3), 1)[0].note == "Melbourne Cup Day"
    opened = VIC.with_working_days({date(2026, 11, 3): "On-call day"})
    assert opened.explain(date(2026, 11, 2), 1)[1].note == "On-call day"


def test_an_estimated_holiday_is_flagged() -> None:
    """A holiday that hangs on a sighting of the moon is marked as an estimate; a fixed one is not."""
    egypt = region("EG")
    estimated = next(
        day for day in sorted(egypt.table.estimated) if day.year == 2033 and not egypt.table.is_weekend(day)
    )
    row = egypt.explain(estimated - ONE_DAY, 1)[1]
    assert row.estimated
    assert row.reason is not None
    assert row.reason.endswith("(estimated)")
    assert not any(row.estimated for row in VIC.explain(date(2026, 12, 21), 7))


# ---- the day on which a clock starts ----


def test_a_clock_starts_on_the_local_date_of_the_instant() -> None:
    """The date is that of the party's zone, a non-working day included (IN-01)."""
    late_on_cup_day = datetime(2026, 11, 3, 12, 59, tzinfo=UTC)
    assert VIC.day_zero(late_on_cup_day, MELBOURNE) == date(2026, 11, 3)
    assert VIC.day_zero(late_on_cup_day, ZoneInfo(MELBOURNE)) == date(2026, 11, 3)
    assert VIC.day_zero(late_on_cup_day + timedelta(minutes=1), MELBOURNE) == date(2026, 11, 4)
    assert VIC.day_zero(late_on_cup_day, "Pacific/Honolulu") == date(2026, 11, 3)
    assert VIC.day_zero(late_on_cup_day, "Pacific/Kiritimati") == date(2026, 11, 4)


def test_a_contract_may_start_the_clock_on_the_next_working_day() -> None:
    """What arrives on a non-working day counts as arriving on the next working day (IN-01, second convention)."""
    saturday = datetime(2026, 10, 31, 9, tzinfo=ZoneInfo(MELBOURNE))
    assert VIC.day_zero(saturday, MELBOURNE, reading="next_working_day") == date(2026, 11, 2)
    monday = saturday + 2 * ONE_DAY
    assert VIC.day_zero(monday, MELBOURNE, reading="next_working_day") == date(2026, 11, 2)


@pytest.mark.parametrize("reading", ["day_of_receipt", "next_working_day"])
def test_exactly_at_the_cut_off_is_in_time(reading: Any) -> None:
    """What arrives after the cut-off counts as arriving on the next working day (IN-01, third convention)."""
    at_five = datetime(2026, 11, 2, 17, tzinfo=ZoneInfo(MELBOURNE))
    cutoff = time(17)
    assert VIC.day_zero(at_five, MELBOURNE, reading=reading, cutoff=cutoff) == date(2026, 11, 2)
    too_late = at_five + timedelta(microseconds=1)
    assert VIC.day_zero(too_late, MELBOURNE, reading=reading, cutoff=cutoff) == date(2026, 11, 4)
    assert VIC.day_zero(too_late.astimezone(UTC), MELBOURNE, reading=reading, cutoff=cutoff) == date(2026, 11, 4)


def test_the_cut_off_and_the_reading_are_independent() -> None:
    """On a Sunday before the cut-off, the reading alone decides; after it, both lead to Monday."""
    sunday = datetime(2026, 11, 8, 10, tzinfo=ZoneInfo(MELBOURNE))
    cutoff = time(17)
    assert VIC.day_zero(sunday, MELBOURNE, cutoff=cutoff) == date(2026, 11, 8)
    assert VIC.day_zero(sunday, MELBOURNE, reading="next_working_day", cutoff=cutoff) == date(2026, 11, 9)
    evening = sunday.replace(hour=18)
    assert VIC.day_zero(evening, MELBOURNE, cutoff=cutoff) == date(2026, 11, 9)
    assert VIC.day_zero(evening, MELBOURNE, reading="next_working_day", cutoff=cutoff) == date(2026, 11, 9)


@given(calendars(), st.datetimes(datetime(2018, 1, 3), datetime(2034, 6, 1), timezones=st.just(UTC)))  # noqa: DTZ001 - naive on purpose
def test_the_next_working_day_is_never_earlier_than_the_day_of_receipt(
    calendar: BusinessCalendar, instant: datetime
) -> None:
    """The second reading is the first one, rolled forward."""
    plain = calendar.day_zero(instant, MELBOURNE)
    assert calendar.day_zero(instant, MELBOURNE, reading="next_working_day") == calendar.roll(plain, "following")


# ---- what it is: a value ----


@given(calendars())
def test_a_calendar_is_a_value(calendar: BusinessCalendar) -> None:
    """Copies and pickles are equal, hash alike, and count alike."""
    twin = pickle.loads(pickle.dumps(calendar))  # noqa: S301 - our own
    assert twin == calendar == copy.copy(calendar) == copy.deepcopy(calendar)
    assert hash(twin) == hash(calendar)
    assert twin.fingerprint == calendar.fingerprint
    assert twin.source == calendar.source
    assert twin.add(date(2026, 11, 2), 7) == calendar.add(date(2026, 11, 2), 7)


def test_a_fingerprint_tells_days_and_names_not_their_history() -> None:
    """Equal days have equal fingerprints, however they came about; another name or another span is another calendar."""
    day = date(2026, 11, 2)
    one = VIC.with_closures({day: "Bridge day", day + 2 * ONE_DAY: "Stocktake"})
    two = VIC.with_closures({day + 2 * ONE_DAY: "Stocktake"}).with_closures({day: "Bridge day"})
    assert one == two
    assert one.source != two.source
    assert VIC.with_closures({}) == VIC
    assert one != VIC.with_closures({day: "Bridge", day + 2 * ONE_DAY: "Stocktake"})
    assert region("AU", "VIC", (2018, 2033)) != VIC
    assert VIC != "AU-VIC"
    assert len({one, two, VIC}) == 2
    assert len(VIC.fingerprint) == 64


def test_a_calendar_cannot_be_changed() -> None:
    """No attribute can be set or deleted, and the tables behind it are read-only."""
    for name in ("source", "table", "first", "fingerprint", "other", "_upto"):
        with pytest.raises(AttributeError):
            setattr(VIC, name, None)
        with pytest.raises(AttributeError):
            delattr(VIC, name)
    with pytest.raises(TypeError):
        VIC.table.closed[date(2026, 11, 2)] = "Bridge day"  # type: ignore[index]


def test_a_mapping_of_closures_may_change_afterwards() -> None:
    """The calendar keeps its own copy."""
    closures = {date(2026, 11, 2): "Bridge day"}
    calendar = VIC.with_closures(closures)
    closures.clear()
    assert not calendar.is_working_day(date(2026, 11, 2))


def test_a_repr_says_which_calendar_it_is() -> None:
    """Region, span, and the beginning of the fingerprint."""
    assert repr(VIC) == f"<BusinessCalendar AU-VIC, 2018-01-01 to 2034-12-31, {VIC.fingerprint[:12]}>"
    derived = (VIC & region("EG")).with_closures({date(2026, 11, 2): "Bridge day"})
    assert "(AU-VIC & EG) + 1 closed" in repr(derived)
    derived = (VIC | region("EG")).with_working_days({date(2026, 11, 3): "On call"})
    assert "(AU-VIC | EG) + 1 opened" in repr(derived)
    half_days = BusinessCalendar.for_region("AU", "QLD", categories=("public", "half_day"))
    assert "AU-QLD (half_day, public)" in repr(half_days)


def test_threads_share_a_calendar() -> None:
    """Many threads that ask a fresh calendar at once all get the same answers."""
    fresh = copy.copy(VIC).with_closures({})
    days = [date(2026, 1, 1) + i * ONE_DAY for i in range(400)]
    expected = [naive_add(VIC, day, 7) for day in days]
    answers: list[list[date]] = []
    start = threading.Barrier(8)

    def ask() -> None:
        start.wait()
        answers.append([fresh.add(day, 7) for day in days if fresh.count(day, fresh.add(day, 7)) == 7])

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [expected] * 8


# ---- what is refused ----


class _Seven(IntEnum):
    SEVEN = 7


def test_a_number_of_another_kind_of_int_is_a_number() -> None:
    """An IntEnum counts as what it stands for."""
    assert VIC.add(date(2026, 11, 2), _Seven.SEVEN) == VIC.add(date(2026, 11, 2), 7)


@pytest.mark.parametrize(
    "day",
    [datetime(2026, 11, 2), datetime(2026, 11, 2, tzinfo=UTC), "2026-11-02", 20261102, None, [], {}],  # noqa: DTZ001 - naive on purpose
)
def test_only_a_date_is_a_day(day: Any) -> None:
    """A datetime, midnight included, text, a number or nothing is refused by every question, before and after use."""
    for calendar in (copy.copy(VIC).with_closures({}), VIC):
        calendar_calls: list[Any] = [
            lambda c=calendar: c.is_working_day(day),
            lambda c=calendar: c.add(day, 7),
            lambda c=calendar: c.add(day, -7),
            lambda c=calendar: c.count(day, date(2026, 11, 2)),
            lambda c=calendar: c.count(date(2026, 11, 2), day),
            lambda c=calendar: c.count(day, day),
            lambda c=calendar: c.roll(day, "following"),
            lambda c=calendar: c.explain(day, 7),
            lambda c=calendar: c.add_many([day], 7),
            lambda c=calendar: c.with_closures({day: "x"}) if not isinstance(day, list | dict) else c.add(day, 1),
        ]
        for call in calendar_calls:
            with pytest.raises(InvalidType):
                call()
        assert day not in calendar


@pytest.mark.parametrize("n", [True, False, 7.0, "7", None, 1j, [7]])
def test_only_a_whole_number_is_a_number(n: Any) -> None:
    """A bool, which is an int to Python, and a float, however round, are refused."""
    for day in (date(2026, 11, 2), date(2026, 11, 7)):
        for call in (VIC.add, VIC.explain):
            with pytest.raises(InvalidType) as refused:
                call(day, n)
            assert refused.value.field == "n"


def test_adding_nothing_is_refused() -> None:
    """Peers disagree on the 0th working day, so there is none; the message names the way out."""
    with pytest.raises(InvalidValue, match="roll"):
        VIC.add(date(2026, 11, 2), 0)
    with pytest.raises(InvalidValue, match="roll"):
        VIC.explain(date(2026, 11, 2), 0)


@pytest.mark.parametrize("n", [10_000, -10_000, 10**30, -(10**30)])
def test_a_result_outside_the_span_is_refused(n: int) -> None:
    """However large the number, either way, and never by wrapping round."""
    for call in (VIC.add, VIC.explain):
        with pytest.raises(CoverageError, match="2018-01-01 to 2034-12-31") as refused:
            call(date(2026, 11, 2), n)
        assert (refused.value.first, refused.value.last) == (VIC.first, VIC.last)


def test_the_edges_of_the_span_are_sharp() -> None:
    """The last covered result is given, the next one refused; the day outside is refused by every question."""
    last = VIC.roll(VIC.last, "preceding")
    assert VIC.add(VIC.add(last, -1), 1) == last
    first = VIC.roll(VIC.first, "following")
    assert VIC.add(VIC.add(first, 1), -1) == first
    before, after = VIC.first - ONE_DAY, VIC.last + ONE_DAY
    calls: list[Any] = [
        lambda: VIC.add(last, 1),
        lambda: VIC.add(first, -1),
        lambda: VIC.add(before, 1),
        lambda: VIC.add(before, 5),
        lambda: VIC.add(after, -1),
        lambda: VIC.is_working_day(before),
        lambda: VIC.is_working_day(after),
        lambda: VIC.count(before, VIC.last),
        lambda: VIC.count(VIC.first, after),
        lambda: VIC.count(after, before),
        lambda: VIC.roll(before, "unadjusted"),
        lambda: VIC.roll(VIC.first, "preceding"),
        lambda: VIC.roll(VIC.last, "nearest") if not VIC.is_working_day(VIC.last) else VIC.add(VIC.last, 1),
        lambda: VIC.explain(VIC.last, 1),
        lambda: VIC.with_closures({after: "x"}),
        lambda: VIC.with_working_days({before: "x"}),
        lambda: VIC.day_zero(datetime(2035, 1, 1, tzinfo=UTC), MELBOURNE),
        lambda: VIC.day_zero(datetime(2034, 12, 31, 22, tzinfo=UTC), MELBOURNE, reading="next_working_day"),
    ]
    for call in calls:
        with pytest.raises(CoverageError):
            call()
    assert VIC.count(VIC.first, VIC.last) == -VIC.count(VIC.last, VIC.first) + VIC.is_working_day(
        VIC.last
    ) - VIC.is_working_day(VIC.first)


def test_a_convention_is_known_by_any_spelling_and_no_other_name() -> None:
    """Case, spaces and hyphens do not matter; an unknown name is refused with those that are known."""
    sunday = date(2026, 11, 1)
    assert VIC.roll(sunday, "Modified Preceding") == date(2026, 11, 2)  # type: ignore[arg-type]
    assert VIC.roll(sunday, "modified-preceding") == date(2026, 11, 2)  # type: ignore[arg-type]
    with pytest.raises(InvalidValue, match="modified_following"):
        VIC.roll(sunday, "forward")  # type: ignore[arg-type]
    with pytest.raises(InvalidType):
        VIC.roll(sunday, None)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("received_at", "zone", "options", "error", "field"),
    [
        (datetime(2026, 11, 2, 9), MELBOURNE, {}, InvalidValue, "received_at"),  # noqa: DTZ001 - naive on purpose
        (date(2026, 11, 2), MELBOURNE, {}, InvalidType, "received_at"),
        ("2026-11-02T09:00:00Z", MELBOURNE, {}, InvalidType, "received_at"),
        (datetime.max.replace(tzinfo=timezone(-timedelta(hours=12))), MELBOURNE, {}, InvalidValue, "received_at"),
        (datetime(2026, 11, 2, 9, tzinfo=UTC), "Australia/Atlantis", {}, Unknown, "zone"),
        (datetime(2026, 11, 2, 9, tzinfo=UTC), "../../etc/passwd", {}, Unknown, "zone"),
        (datetime(2026, 11, 2, 9, tzinfo=UTC), "", {}, Unknown, "zone"),
        (datetime(2026, 11, 2, 9, tzinfo=UTC), "Australia", {}, Unknown, "zone"),
        (datetime(2026, 11, 2, 9, tzinfo=UTC), UTC, {}, InvalidType, "zone"),
        (datetime(2026, 11, 2, 9, tzinfo=UTC), MELBOURNE, {"reading": "tomorrow"}, InvalidValue, "reading"),
        (datetime(2026, 11, 2, 9, tzinfo=UTC), MELBOURNE, {"cutoff": "17:00"}, InvalidType, "cutoff"),
        (datetime(2026, 11, 2, 9, tzinfo=UTC), MELBOURNE, {"cutoff": 17}, InvalidType, "cutoff"),
        (datetime(2026, 11, 2, 9, tzinfo=UTC), MELBOURNE, {"cutoff": time(17, tzinfo=UTC)}, InvalidValue, "cutoff"),
    ],
)
def test_an_instant_must_be_one(
    received_at: Any, zone: Any, options: dict[str, Any], error: type[InvalidValue | Unknown], field: str
) -> None:
    """A naive datetime, a date, an unknown zone, reading or cut-off is refused, and the field is named."""
    with pytest.raises(error) as refused:
        VIC.day_zero(received_at, zone, **options)
    assert isinstance(refused.value, InvalidValue | Unknown)
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("days", "error"),
    [
        ([date(2026, 11, 2)], InvalidType),
        (None, InvalidType),
        ({"2026-11-02": "Bridge day"}, InvalidType),
        ({datetime(2026, 11, 2): "Bridge day"}, InvalidType),  # noqa: DTZ001 - naive on purpose
        ({date(2026, 11, 2): None}, InvalidType),
        ({date(2026, 11, 2): ""}, InvalidValue),
        ({date(2026, 11, 2): "  "}, InvalidValue),
        ({date(2026, 11, 2): "two\nlines"}, InvalidValue),
        ({date(2026, 11, 2): "x" * 201}, InvalidValue),
    ],
)
def test_an_overlay_is_named_days(days: Any, error: type[InvalidValue]) -> None:
    """Closures and extra working days are a mapping of covered dates to printable names."""
    with pytest.raises(error) as refused:
        VIC.with_closures(days)
    assert refused.value.field == "closures"
    with pytest.raises(error) as refused:
        VIC.with_working_days(days)
    assert refused.value.field == "working_days"


def test_only_calendars_combine_and_compare() -> None:
    """Anything else is a TypeError to the operators and ours to diff; spans that do not meet are refused."""
    with pytest.raises(TypeError):
        VIC & "AU-NSW"  # type: ignore[operator]
    with pytest.raises(TypeError):
        VIC | None  # type: ignore[operator]
    with pytest.raises(InvalidType):
        VIC.diff("AU-NSW")  # type: ignore[arg-type]
    with pytest.raises(InvalidValue, match="no day in common"):
        VIC & region("AU", "VIC", (2040, 2041))


@pytest.mark.parametrize("country_and_subdiv", REGIONS)
def test_every_region_has_a_weekend_and_holidays(country_and_subdiv: tuple[str, str | None]) -> None:
    """Between 4 and 6 days of a week count, less some holidays, in every region of these tests."""
    calendar = region(*country_and_subdiv)
    for year in range(2019, 2034):
        assert 225 <= calendar.count(date(year - 1, 12, 31), date(year, 12, 31)) <= 310


@pytest.mark.parametrize(
    ("text", "expected"), [("AU-VIC", ("AU", "VIC")), ("NZ", ("NZ", None)), ("AU-NSW Western", ("AU", "NSW Western"))]
)
def test_a_region_is_split_as_a_person_types_it(text: str, expected: tuple[str, str | None]) -> None:
    """Country first, then the subdivision, which may itself hold spaces and hyphens."""
    assert parse_region(text) == expected


@pytest.mark.parametrize("text", ["", "au-vic", "AU-", "AU_VIC", "Australia", "-VIC", "AU- VIC", "AU-VIC "])
def test_a_malformed_region_is_refused(text: str) -> None:
    """What does not have the shape is refused with the shape that is meant."""
    with pytest.raises(InvalidValue, match="AU-VIC"):
        parse_region(text)
    with pytest.raises(InvalidType):
        parse_region(text.encode())  # type: ignore[arg-type]
