"""The business-day calendar against numpy, ``holidays`` and a bare table, side by side in one run.

Every figure is the best of many short repeats, and the repeats of the two sides take turns, so that a busy machine
slows down both. The sides are first shown to agree. Days are handed to every side as ``datetime.date``, which is what a
service holds; where numpy fares better with a ``datetime64`` that was made beforehand, that is shown too.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from datetime import date, timedelta
from itertools import accumulate, compress
from pathlib import Path
from timeit import Timer
from typing import Any

import attrs
import holidays
import numpy as np

from eap_workflow.calendar import BusinessCalendar

REPEATS = 250
ONE_TURN = 1e-3  # seconds
DAY, END, N = date(2026, 12, 14), date(2027, 2, 3), 12  # the whole path of a reviewed request, across Christmas
MANY = 1_000_000
COLD_RUNS = 12


@attrs.frozen(kw_only=True)
class Row:
    """One comparison: what, whose time is in the numerator, and the ratio to reach (at least, or at most)."""

    what: str
    ours: float
    peer: str
    peers: float
    target: str
    unit: float = 1e-9

    def __str__(self) -> str:
        scale, name = {1e-9: (1e9, "ns"), 1e-3: (1e3, "ms")}[self.unit]
        times = f"{self.ours * scale:10,.1f} {name}   {self.peer:<38} {self.peers * scale:10,.1f} {name}"
        ratio = self.ours / self.peers if "at most" in self.target else self.peers / self.ours
        return f"{self.what:<26} {times}   {ratio:7.2f} x   {self.target}"


def race(ours: Timer, peer: Timer, *, repeats: int = REPEATS) -> tuple[float, float]:
    """Time two sides in turns, each for about a millisecond or one call; seconds a call, the best of each."""
    sides = (ours, peer)
    numbers = [max(1, int(100 * ONE_TURN / side.timeit(100))) if repeats == REPEATS else 1 for side in sides]
    best = [float("inf")] * 2
    for _ in range(repeats):
        for i, (side, number) in enumerate(zip(sides, numbers, strict=True)):
            best[i] = min(best[i], side.timeit(number) / number)
    return best[0], best[1]


def scalars(calendar: BusinessCalendar) -> list[Row]:
    """One date at a time."""
    closed = np.array(list(calendar.table.closed), dtype="datetime64[D]")
    flags = calendar.table.working_flags()
    days = list(map(date.fromordinal, calendar.table.ordinals()))
    table, working = dict(zip(days, accumulate(flags), strict=True)), [None, *compress(days, flags)]

    def lookup(day: date, n: int) -> date | None:
        return working[table[day] + n]

    names: dict[str, Any] = {
        "calendar": calendar,
        "day": DAY,
        "end": END,
        "n": N,
        "day64": np.datetime64(DAY),
        "end64": np.datetime64(END),
        "busday_offset": np.busday_offset,
        "busday_count": np.busday_count,
        "numpy_calendar": np.busdaycalendar(holidays=closed),
        "region": holidays.country_holidays("AU", "VIC", years=range(2000, 2062), expand=False),
        "lookup": lookup,
    }
    offset = "busday_offset({day}, n, roll='preceding', busdaycal=numpy_calendar)"
    count = "busday_count({day}, {end}, busdaycal=numpy_calendar)"
    expected = calendar.add(DAY, N)
    assert expected == lookup(DAY, N)
    assert expected == eval(offset.format(day="day"), names).item()  # noqa: S307 - a statement of ours
    assert expected == names["region"].get_nth_working_day(DAY, N)
    # numpy counts the start and not the end; on these two days, both working, that makes no difference.
    assert calendar.count(DAY, END) == eval(count.format(day="day", end="end"), names)  # noqa: S307 - a statement of ours

    add, counted = "calendar.add(day, n)", "calendar.count(day, end)"
    contests = [
        (add, "a bare table: two lookups in a function", "lookup(day, n)", "at most 1.5"),
        (add, "numpy.busday_offset", offset.format(day="day"), "at least 20"),
        (add, "numpy.busday_offset, of a datetime64", offset.format(day="day64"), ""),
        (add, "holidays, get_nth_working_day", "region.get_nth_working_day(day, n)", "at least 120"),
        (counted, "numpy.busday_count", count.format(day="day", end="end"), "at least 30"),
        (counted, "numpy.busday_count, of datetime64s", count.format(day="day64", end="end64"), ""),
    ]
    return [
        Row(what=ours, ours=times[0], peer=peer, peers=times[1], target=target)
        for ours, peer, statement, target in contests
        for times in [race(Timer(ours, globals=names), Timer(statement, globals=names))]
    ]


def arrays(calendar: BusinessCalendar) -> list[Row]:
    """A million dates at a time."""
    numpy_calendar = np.busdaycalendar(holidays=np.array(list(calendar.table.closed), dtype="datetime64[D]"))
    rng = np.random.default_rng(20261102)
    days = np.datetime64("2005-01-01", "D") + rng.integers(0, 18_000, MANY)
    ends = days + rng.integers(1, 60, MANY)

    def ours() -> Any:
        return calendar.add_many(days, N)

    def numpys() -> Any:
        return np.busday_offset(days, N, roll="preceding", busdaycal=numpy_calendar)

    def our_counts() -> Any:
        return calendar.count_many(days, ends)

    def numpys_counts() -> Any:
        return np.busday_count(days + 1, ends + 1, busdaycal=numpy_calendar)

    assert (ours() == numpys()).all()
    assert (our_counts() == numpys_counts()).all()
    added = race(Timer(ours), Timer(numpys), repeats=10)
    counted = race(Timer(our_counts), Timer(numpys_counts), repeats=5)
    return [
        Row(
            what="add_many, 1,000,000",
            ours=added[0],
            peer="numpy.busday_offset",
            peers=added[1],
            target="at least 10",
            unit=1e-3,
        ),
        Row(
            what="count_many, 1,000,000",
            ours=counted[0],
            peer="numpy.busday_count",
            peers=counted[1],
            target="",
            unit=1e-3,
        ),
    ]


def cold_start(calendar: BusinessCalendar) -> str:
    """Measure what the first due date from a frozen calendar costs a fresh process, with bytecode."""
    program = (
        "from time import perf_counter as clock; from datetime import date; import attrs, eap_workflow; start = clock();"
        "from eap_workflow.calendar import BusinessCalendar; calendar = BusinessCalendar.load({path!r}); loaded = clock();"
        "calendar.add(date(2026, 11, 2), 7); first = clock(); BusinessCalendar.load({path!r}); again = clock();"
        "print(first - start, again - first)"
    )
    with tempfile.TemporaryDirectory() as folder:
        path = str(Path(folder) / "calendar.json")
        calendar.dump(path)
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONPYCACHEPREFIX": folder}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        runs = [
            [float(figure) for figure in ran.stdout.split()]
            for _ in range(COLD_RUNS)
            for ran in [
                subprocess.run(
                    [sys.executable, "-c", program.format(path=path)],
                    env=environment,
                    capture_output=True,
                    text=True,
                    check=True,
                )
            ]
        ]
    cold, warm = (min(run[i] for run in runs) * 1e3 for i in range(2))
    return f"first due date from a frozen calendar, fresh process: {cold:.1f} ms (at most 15); loading it again: {warm:.1f} ms"


def main() -> None:
    """Print the table."""
    calendar = BusinessCalendar.for_region("AU", "VIC")
    for day in (DAY + timedelta(days=i) for i in range(100)):
        calendar.add(day, N)
    for row in (*scalars(calendar), *arrays(calendar)):
        print(row)
    print(cold_start(calendar))


if __name__ == "__main__":
    main()
