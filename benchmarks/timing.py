"""How every benchmark measures and what it prints: sides take turns, a ratio is of the same round, a target is met or not.

A busy machine slows down both sides of a comparison, so a ratio says more than its two times, and the median of many
says more than one.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from operator import truediv
from statistics import median
from time import perf_counter
from timeit import Timer

from attrs import frozen

TURNS = 100
ONE_TURN = 5e-3  # seconds
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


def duration(seconds: float) -> str:
    """A time in the largest unit in which it is 1 or more."""
    scale, unit = next(((scale, unit) for scale, unit in UNITS if seconds >= scale), UNITS[-1])
    return f"{seconds / scale:.3g} {unit}" if seconds / scale < 100 else f"{seconds / scale:.0f} {unit}"  # noqa: PLR2004


def megabytes(size: float) -> str:
    """A number of bytes in megabytes."""
    return f"{size / 1e6:,.1f} MB"


@frozen(kw_only=True)
class Comparison:
    """One line of a table.

    Attributes:
        what: What is measured.
        ours: Our time in seconds, or what `shown` takes.
        peer: What it is compared with; empty where the target is a limit of its own.
        peers: The peer's time in seconds, or what `shown` takes.
        target: What is to be reached; None for information.
        shown: How a figure is written.
    """

    what: str
    ours: float
    peer: str
    peers: float
    target: Target | None = None
    shown: Callable[[float], str] = duration

    @property
    def ratio(self) -> str:
        """How much faster ours is, in words; empty where no other time stands beside it."""
        if not self.peer or self.shown is not duration:
            return ""
        if self.ours <= self.peers:
            return f"{self.peers / self.ours:.2f} x faster"
        return f"{self.ours / self.peers:.2f} x its time"

    @property
    def met(self) -> bool:
        """Whether the target is reached; true where there is none."""
        return self.target is None or self.target.met(self.ours, self.peers)


def race(*sides: Callable[[], object], turns: int = TURNS) -> tuple[float, ...]:
    """Time the sides in turns of about five milliseconds, or of one call, one after the other; seconds a call.

    A machine that others use as well is fast for a second and slow for the next, for all sides alike. So the first side's
    time is its best turn, and each other's is that times the median of what it took in the same round.
    """
    timers = [Timer(side) for side in sides]
    calls = [max(1, int(ONE_TURN / (timer.timeit(3) / 3))) for timer in timers]
    rounds = [
        [timer.timeit(number) / number for timer, number in zip(timers, calls, strict=True)] for _ in range(turns)
    ]
    best = min(times[0] for times in rounds)
    return tuple(best * median(times[place] / times[0] for times in rounds) for place in range(len(sides)))


def fresh(programs: Mapping[str, str], *, runs: int = RUNS) -> dict[str, float]:
    """Time whole processes that run one program each, in turns and with bytecode; in seconds, as `race` gives them.

    Args:
        programs: By name, what ``python -c`` is given; the first is what the others are measured by.
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
    first = next(iter(times.values()))
    return {name: min(first) * median(map(truediv, taken, first)) for name, taken in times.items()}


def table(subject: str, comparisons: Sequence[Comparison]) -> str:
    """Set a subject's comparisons in columns."""
    lines = [("", "ours", "peer", "its time", "ours is", "target", "")]
    for each in comparisons:
        target, verdict = ("", "") if each.target is None else (each.target.words, "met" if each.met else "NOT MET")
        peers = each.shown(each.peers) if each.peer else ""
        lines.append((each.what, each.shown(each.ours), each.peer, peers, each.ratio, target, verdict))
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
