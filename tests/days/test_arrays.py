"""The calendar's arithmetic on arrays and sequences agrees with that on single days."""

from __future__ import annotations

import subprocess
import sys
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.calendar import BusinessCalendar
from eap_workflow.errors import CoverageError, InvalidType, InvalidValue
from tests.calendar_strategies import calendars, covered_days, numbers, region

VIC = region("AU", "VIC")
Days = npt.NDArray[np.datetime64]


def array(days: list[date]) -> Days:
    """Make an array of days."""
    return np.array(days, dtype="datetime64[D]")


@given(calendars(), st.lists(covered_days(150), max_size=20), numbers())
def test_adding_to_many_days_is_adding_to_each(calendar: BusinessCalendar, days: list[date], n: int) -> None:
    """With one number for all: array and sequence give what single days give."""
    expected = tuple(calendar.add(day, n) for day in days)
    assert calendar.add_many(days, n) == expected
    found = calendar.add_many(array(days), n)
    assert found.dtype == np.dtype("datetime64[D]")
    assert tuple(found.tolist()) == expected


@given(calendars(), st.lists(st.tuples(covered_days(150), numbers()), max_size=20))
def test_adding_many_numbers_is_adding_each(calendar: BusinessCalendar, pairs: list[tuple[date, int]]) -> None:
    """With a number for each day, either way, mixed."""
    days, ns = [day for day, _ in pairs], [n for _, n in pairs]
    expected = tuple(calendar.add(day, n) for day, n in pairs)
    assert calendar.add_many(tuple(days), ns) == expected
    assert tuple(calendar.add_many(array(days), np.array(ns, dtype=np.int16)).tolist()) == expected


@given(calendars(), st.lists(st.tuples(covered_days(), covered_days()), max_size=20))
def test_counting_many_is_counting_each(calendar: BusinessCalendar, pairs: list[tuple[date, date]]) -> None:
    """Either way, mixed."""
    starts, ends = [start for start, _ in pairs], [end for _, end in pairs]
    expected = tuple(calendar.count(start, end) for start, end in pairs)
    assert calendar.count_many(starts, ends) == expected
    assert tuple(calendar.count_many(array(starts), array(ends)).tolist()) == expected
    assert tuple(calendar.count_many(array(sorted(starts)), array([calendar.last] * len(starts))).tolist()) == tuple(
        calendar.count(start, calendar.last) for start in sorted(starts)
    )


def test_shapes_are_kept_and_broadcast() -> None:
    """A table of days stays a table, one number or a row of numbers for all of it; a single day in an array as well."""
    days = array([date(2026, 11, 2), date(2026, 11, 3), date(2026, 11, 4), date(2026, 11, 5)]).reshape(2, 2)
    assert VIC.add_many(days, 5).shape == (2, 2)
    assert VIC.add_many(days, np.array([5, -5])).tolist() == [
        [VIC.add(date(2026, 11, 2), 5), VIC.add(date(2026, 11, 3), -5)],
        [VIC.add(date(2026, 11, 4), 5), VIC.add(date(2026, 11, 5), -5)],
    ]
    assert VIC.add_many(days[::-1, 0], 5).tolist() == [VIC.add(date(2026, 11, 4), 5), VIC.add(date(2026, 11, 2), 5)]
    assert VIC.add_many(days[0], np.int8(5)).tolist() == VIC.add_many(days[0], 5).tolist()
    assert VIC.add_many(np.array("2026-11-02", dtype="datetime64[D]"), 7).tolist() == VIC.add(date(2026, 11, 2), 7)
    assert VIC.count_many(days, days[0]).shape == (2, 2)
    assert VIC.add_many(days[:0], 5).shape == (0, 2)
    assert VIC.add_many(days[:0], 10**6).shape == (0, 2)
    assert VIC.add_many(array([]), np.array([], dtype=int)).tolist() == []
    assert VIC.add_many([], 5) == ()


def test_arrays_are_not_changed() -> None:
    """What is handed in stays as it is, read-only arrays included."""
    days = array([date(2026, 11, 2), date(2026, 11, 3)])
    days.flags.writeable = False
    before = days.copy()
    VIC.add_many(days, 7)[0] = np.datetime64("2000-01-01")
    VIC.count_many(days, days)
    assert (days == before).all()
    assert VIC.add_many(days, 7).tolist() == [VIC.add(date(2026, 11, 2), 7), VIC.add(date(2026, 11, 3), 7)]


def test_the_edges_are_as_sharp_as_for_single_days() -> None:
    """The last result that is covered is given, and the next refused, by array and sequence alike."""
    last, first = VIC.roll(VIC.last, "preceding"), VIC.roll(VIC.first, "following")
    assert VIC.add_many(array([VIC.add(last, -1)]), 1).tolist() == [last]
    assert VIC.add_many(array([VIC.add(first, 1)]), -1).tolist() == [first]
    total = VIC.count(VIC.first, VIC.last)
    assert VIC.add_many(array([VIC.first]), total).tolist() == [last]
    bad: list[tuple[date, int]] = [
        (last, 1),
        (first, -1),
        (VIC.first, total + 1),
        (VIC.last, -10_000),
        (date(2026, 11, 2), 10**18),
        (date(2026, 11, 2), -(10**18)),
        (date(2017, 12, 31), 5),
        (date(2035, 1, 1), -5),
    ]
    for day, n in bad:
        for many, number in ((array([day]), n), ([day], n), (array([day]), np.array([n])), ([day], [n])):
            with pytest.raises(CoverageError):
                VIC.add_many(many, number)  # type: ignore[arg-type]
    with pytest.raises(CoverageError):
        VIC.add_many(array([date(2026, 11, 2)]), 10**30)
    with pytest.raises(CoverageError):
        VIC.count_many(array([date(2017, 12, 31)]), array([date(2026, 11, 2)]))


DAYS = array([date(2026, 11, 2), date(2026, 11, 3)])


@pytest.mark.parametrize(
    ("days", "n", "error", "field"),
    [
        (np.array(["2026-11-02", "NaT"], dtype="datetime64[D]"), 7, InvalidValue, "days"),
        (DAYS.astype("datetime64[ns]"), 7, InvalidType, "days"),
        (DAYS.astype("datetime64[M]"), 7, InvalidType, "days"),
        (DAYS.astype(np.int64), 7, InvalidType, "days"),
        (np.array([date(2026, 11, 2)], dtype=object), 7, InvalidType, "days"),
        (np.ma.masked_array(DAYS, [True, False]), 7, InvalidType, "days"),
        ("2026-11-02", 7, InvalidType, "days"),
        (date(2026, 11, 2), 7, InvalidType, "days"),
        (None, 7, InvalidType, "days"),
        ({date(2026, 11, 2)}, 7, InvalidType, "days"),
        (["2026-11-02"], 7, InvalidType, "day"),
        (DAYS, 0, InvalidValue, "n"),
        (DAYS, np.array([7, 0]), InvalidValue, "n"),
        (DAYS, np.array([7, 8, 9]), InvalidValue, "n"),
        (DAYS, np.array([7.0, 8.0]), InvalidType, "n"),
        (DAYS, np.array([True, True]), InvalidType, "n"),
        (DAYS, True, InvalidType, "n"),
        (DAYS, np.True_, InvalidType, "n"),
        (DAYS, 7.0, InvalidType, "n"),
        (DAYS, [7, 8], InvalidType, "n"),
        (DAYS, None, InvalidType, "n"),
        ([date(2026, 11, 2)], [7, 8], InvalidValue, "n"),
        ([date(2026, 11, 2)], 0, InvalidValue, "n"),
        ([date(2026, 11, 2)], True, InvalidType, "n"),
        ([date(2026, 11, 2)], [True], InvalidType, "n"),
        ([date(2026, 11, 2)], 7.0, InvalidType, "n"),
    ],
)
def test_bad_arrays_are_refused(days: Any, n: Any, error: type[InvalidValue], field: str) -> None:
    """NaT, another unit or type, a number of another kind or of none, shapes that do not fit: each is named."""
    with pytest.raises(error) as refused:
        VIC.add_many(days, n)
    assert refused.value.field == field


def test_bad_pairs_are_refused() -> None:
    """Starts and ends are both arrays or both sequences, and fit each other."""
    calls: list[tuple[Any, Any, type[InvalidValue]]] = [
        (DAYS, [date(2026, 11, 2)], InvalidType),
        ([date(2026, 11, 2)], DAYS, InvalidType),
        (DAYS, np.concatenate([DAYS, DAYS[:1]]), InvalidValue),
        ([date(2026, 11, 2)], [], InvalidValue),
        (DAYS, DAYS.astype("datetime64[s]"), InvalidType),
        (DAYS, np.array(["NaT"], dtype="datetime64[D]"), InvalidValue),
        ([date(2026, 11, 2)], ["2026-11-02"], InvalidType),
    ]
    for starts, ends, error in calls:
        with pytest.raises(error):
            VIC.count_many(starts, ends)


def test_sequences_need_no_numpy() -> None:
    """Where numpy is not installed sequences work all the same, and a foreign array is refused, not guessed at."""
    program = (
        "import sys; sys.modules['numpy'] = None\n"
        "from array import array; from datetime import date; from eap_workflow.calendar import BusinessCalendar\n"
        "from eap_workflow.errors import InvalidType\n"
        "c = BusinessCalendar.for_region('AU', 'VIC', years=(2026, 2027)); d = date(2026, 11, 2)\n"
        "assert c.add_many([d, d], [7, -7]) == (c.add(d, 7), c.add(d, -7))\n"
        "assert c.count_many([d], [d]) == (0,)\n"
        "try: c.add_many(array('q', [1]), 7)\n"
        "except InvalidType: print('refused')\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stdout == "refused\n"
