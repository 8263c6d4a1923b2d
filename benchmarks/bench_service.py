"""Commands a second through a service: load, decide, append and commit, in memory and in SQLite.

The bare driver commits as durably (write-ahead log, ``synchronous=FULL``, one transaction a command) and writes the same
number of bytes, and does nothing else: what is more is what deciding, reading and writing plain data cost. There is no
target yet.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.timing import Comparison, table
from eap_workflow.envelope import Envelope, read_envelope
from eap_workflow.service import Service
from eap_workflow.store import Store
from eap_workflow.store.memory import MemoryStore
from eap_workflow.store.sql import SqlStore
from eap_workflow.workflows.extra_sessions import PROCESS

TURNS = 12
REQUESTS = 10

CONSULTANT = {"role": "consultant", "id": "con-17"}
APPROVER = {"role": "employer", "id": "app-2", "employer": "emp-4"}
COMMANDS: tuple[dict[str, Any], ...] = (
    {
        "do": "draft",
        "by": CONSULTANT,
        "client": "cl-88",
        "employer": "emp-4",
        "contract": "standard",
        "sessions": 4,
        "goal": "return_to_work",
        "referral": "private_practice",
    },
    {"do": "submit", "by": CONSULTANT, "tally": {"completed": 4, "scheduled": 0, "remaining": 0}},
    {"do": "approve", "by": APPROVER},
)


def batch(numbers: Callable[[], int]) -> list[Envelope]:
    """The commands of some new requests, as another system sends them."""
    envelopes = []
    for _ in range(REQUESTS):
        number = numbers()
        for minutes, command in enumerate(COMMANDS):
            at = datetime(2026, 11, 2, 22, minutes, tzinfo=UTC) + timedelta(days=number % 60)
            address = {"request": f"XS-{number:06}", "at": at.isoformat()}
            own = {"assist_case": f"ASST-{number}"} if command["do"] == "draft" else {}
            envelope = read_envelope(PROCESS, {**command, **address, **own})
            assert isinstance(envelope, Envelope)
            envelopes.append(envelope)
    return envelopes


def through(store: Store) -> Callable[[], float]:
    """What a turn through a service takes, in seconds a command."""
    service = Service(store)
    numbers = count().__next__

    def turn() -> float:
        envelopes = batch(numbers)
        start = perf_counter()
        for envelope in envelopes:
            service.handle(envelope)
        taken = (perf_counter() - start) / len(envelopes)
        assert service.snapshot(envelopes[-1].request).state == "approved"
        return taken

    return turn


def bare(file: Path, size: int) -> Callable[[], float]:
    """What as many commits of as many bytes take the driver alone, in seconds a commit."""
    connection = sqlite3.connect(file, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE steps (position INTEGER PRIMARY KEY, content TEXT NOT NULL)")
    content = "x" * size

    def turn() -> float:
        commits = REQUESTS * len(COMMANDS)
        start = perf_counter()
        for _ in range(commits):
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("INSERT INTO steps (content) VALUES (?)", (content,))
            connection.execute("COMMIT")
        return (perf_counter() - start) / commits

    return turn


def bytes_a_command(folder: Path) -> int:
    """What a command writes into the database, on average."""
    file = folder / "sample.db"
    store = SqlStore(f"sqlite:///{file}", PROCESS)
    through(store)()
    store.close()
    with sqlite3.connect(file) as connection:
        (steps,) = connection.execute("SELECT sum(length(content)) FROM steps").fetchone()
        (snapshots,) = connection.execute("SELECT avg(length(snapshot)) FROM requests").fetchone()
    return int(steps / (REQUESTS * len(COMMANDS)) + snapshots)


def main() -> bool:
    """Print the table; there is no target to miss."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = SqlStore(f"sqlite:///{folder / 'service.db'}", PROCESS)
        sides = {
            "a service in memory": through(MemoryStore(PROCESS)),
            "a service on SQLite": through(store),
            "the bare driver": bare(folder / "bare.db", bytes_a_command(folder)),
        }
        for turn in sides.values():
            turn()
        times = {side: float("inf") for side in sides}
        for _ in range(TURNS):
            for side, turn in sides.items():
                times[side] = min(times[side], turn())
        store.close()
    *services, driver = times
    comparisons = [
        Comparison(what=f"a command, {side}", ours=times[side], peer="a commit, sqlite3 alone", peers=times[driver])
        for side in services
    ]
    print(table("A service", comparisons))
    print("  ".join(f"{side}: {1 / taken:,.0f} a second" for side, taken in times.items()))
    return True


if __name__ == "__main__":
    main()
