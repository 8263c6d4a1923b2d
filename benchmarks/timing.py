"""How every benchmark measures and what it prints: sides take turns, the best turn of each counts, a target is met or not.

A busy machine slows down both sides of a comparison, so a ratio says more than its two times. A side that is a fresh
process varies much more than it is slowed down, so there the median counts.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from time import perf_counter
from timeit import Timer

from attrs import frozen

TURNS = 60
ONE_TURN = 2e-3  # seconds
RUNS = 25
UNITS = ((1.0, "s"), (1e-3, "ms"), (1e-6, "µs"), (1e-9, "ns"))


@frozen(kw_only=True)
class Target:
    """What a comparison has to reach.

    Attributes:
        words: The target in words.
        met: Whether our time and the peer's, in seconds, reach it.
    """

    words: str
    met: Callable[[float, float], bool]


def at_most(ratio: float) -> Target:
    """Ask that ours takes at most so many times the peer's time."""
    return Target(words=f"at most {ratio:g} x its time", met=lambda ours, peers: ours <= ratio * peers)


def times_faster(ratio: float) -> Target:
    """Ask that the peer takes at least so many times our time."""
    return Target(words=f"at least {ratio:g} x faster", met=lambda ours, peers: peers >= ratio * ours)


def at_most_more(milliseconds: float) -> Target:
    """Ask that ours takes at most so many milliseconds more than the peer."""
    return Target(words=f"at most {milliseconds:g} ms more", met=lambda ours, peers: ours - peers <= milliseconds / 1e3)


@frozen(kw_only=True)
class Comparison:
    """One line of a table.

    Attributes:
        what: What is measured.
        ours: Our time, in seconds.
        peer: What it is compared with.
        peers: The peer's time, in seconds.
        target: What is to be reached; None for information.
    """

    what: str
    ours: float
    peer: str
    peers: float
    target: Target | None = None

    @property
    def met(self) -> bool:
        """Whether the target is reached; true where there is none."""
        return self.target is None or self.target.met(self.ours, self.peers)


def race(*sides: Callable[[], object], turns: int = TURNS) -> tuple[float, ...]:
    """Time the sides in turns of about two milliseconds, or of one call; seconds a call, the best turn of each."""
    timers = [Timer(side) for side in sides]
    calls = [max(1, int(ONE_TURN / (timer.timeit(3) / 3))) for timer in timers]
    best = [float("inf")] * len(sides)
    for _ in range(turns):
        for place, (timer, number) in enumerate(zip(timers, calls, strict=True)):
            best[place] = min(best[place], timer.timeit(number) / number)
    return tuple(best)


def fresh(programs: Mapping[str, str], *, runs: int = RUNS) -> dict[str, float]:
    """Time whole processes that run one program each, in turns and with bytecode: the median of each, in seconds.

    Args:
        programs: By name, what ``python -c`` is given.
        runs: How often each is run, after once to write the bytecode.
    """
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    times: dict[str, list[float]] = {name: [] for name in programs}
    for run in range(runs + 1):
        for name, program in programs.items():
            start = perf_counter()
            subprocess.run([sys.executable, "-c", program], env=environment, check=True)
            if run:
                times[name].append(perf_counter() - start)
    return {name: median(taken) for name, taken in times.items()}


def duration(seconds: float) -> str:
    """A time in the largest unit in which it is 1 or more."""
    scale, unit = next(((scale, unit) for scale, unit in UNITS if seconds >= scale), UNITS[-1])
    return f"{seconds / scale:.3g} {unit}" if seconds / scale < 100 else f"{seconds / scale:.0f} {unit}"  # noqa: PLR2004


def table(subject: str, comparisons: Sequence[Comparison]) -> str:
    """Set a subject's comparisons in columns."""
    lines = [("", "ours", "peer", "its time", "ours is", "target", "")]
    for each in comparisons:
        target, verdict = ("", "") if each.target is None else (each.target.words, "met" if each.met else "NOT MET")
        faster = each.ours <= each.peers
        ratio = f"{each.peers / each.ours:.2f} x faster" if faster else f"{each.ours / each.peers:.2f} x its time"
        lines.append((each.what, duration(each.ours), each.peer, duration(each.peers), ratio, target, verdict))
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    numbers = {1, 3, 4}
    rows = (
        "  ".join(
            cell.rjust(width) if column in numbers else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    )
    return "\n".join([subject, "-" * len(subject), *(row.rstrip() for row in rows)])
