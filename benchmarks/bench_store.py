"""Commands through a service on a database, beside the bare driver with the same statements, and a library of its kind.

On SQLite and on a PostgreSQL that the benchmark starts, both as durable as for good. Every command has an id. What the limit
is in each case is said with it: the statements alone (fsync and round trips) are the bare driver's time, and the rest is
Python. The bare driver sends what the service sends: what the service spares itself, it spares as well. On PostgreSQL it does so
one statement after the other or, by psycopg's pipeline, in the same messages, and is compared where it is faster.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from attrs import frozen

from benchmarks.store_commands import envelopes, plain
from benchmarks.store_drivers import Noted, noting, postgresql_cursor, replayed, replayed_together, sqlite_cursor
from benchmarks.store_peers import CONFIGURATIONS, IN_WORDS, ONE_WRITER, same_aggregate, same_fields
from benchmarks.timing import Comparison, Target, at_most, duration, megabytes, table, times_faster
from eap_workflow.envelope import Envelope
from eap_workflow.service import Service
from eap_workflow.store.sql import SqlStore
from eap_workflow.workflows.extra_sessions import PROCESS

ROUNDS = 15
REQUESTS = 20
OPEN = int(os.environ.get("EAP_WORKFLOW_BENCH_OPEN", "1000000"))
LINES = int(os.environ.get("EAP_WORKFLOW_BENCH_LINES", "60000"))
FIRST = 100
MOST_FOR_WHAT_IS_DUE = 5e-3  # seconds
MOST_MORE_BYTES = 10e6
BARE = "the bare driver, same statements"


def share_of(rate: float) -> Target:
    """Ask for so much of the peer's rate."""
    return Target(words=f"at least {rate:g} of its rate", met=lambda ours, peers: ours * rate <= peers)


@frozen(kw_only=True)
class Place:
    """A database to measure on.

    Attributes:
        name: What it is called.
        fresh: Gives the URL of a new, empty database.
        cursor: A bare cursor on one.
        ways: How the bare driver can send what was noted; the fastest counts.
        environment: How ``eventsourcing`` is told of one.
        rate: How much of the bare driver's rate is to be reached.
    """

    name: str
    fresh: Callable[[], str]
    cursor: Callable[[str], Any]
    ways: tuple[Callable[[Any, list[Noted]], float], ...]
    environment: Callable[[str], dict[str, str]]
    rate: float


@contextmanager
def places() -> Iterator[list[Place]]:
    """SQLite in a temporary folder, and a PostgreSQL of one's own."""
    from tests.servers import PostgresServer

    with tempfile.TemporaryDirectory() as folder, ExitStack() as at_the_end:
        server = PostgresServer(durable=True)
        at_the_end.callback(server.close)
        server.start()
        made = count()
        yield [
            Place(
                name="SQLite",
                fresh=lambda: f"sqlite:///{folder}/{next(made)}.db",
                cursor=lambda url: sqlite_cursor(url.removeprefix("sqlite:///")),
                ways=(replayed,),
                environment=lambda url: {
                    "PERSISTENCE_MODULE": "eventsourcing.sqlite",
                    "SQLITE_DBNAME": url.removeprefix("sqlite:///"),
                },
                rate=0.65,
            ),
            Place(
                name="PostgreSQL",
                fresh=lambda: at_the_end.enter_context(server.database()),
                cursor=postgresql_cursor,
                ways=(replayed, replayed_together),
                environment=_postgres_environment,
                rate=0.75,
            ),
        ]


def _postgres_environment(url: str) -> dict[str, str]:
    from sqlalchemy import make_url

    parsed = make_url(url)
    return {
        "PERSISTENCE_MODULE": "eventsourcing.postgres",
        "POSTGRES_DBNAME": str(parsed.database),
        "POSTGRES_HOST": str(parsed.query.get("host", parsed.host)),
        "POSTGRES_PORT": str(parsed.port or 5432),
        "POSTGRES_USER": str(parsed.username),
        "POSTGRES_PASSWORD": str(parsed.password or ""),
    }


def commands(place: Place) -> list[Comparison]:
    """A command through a service, beside the statements alone and beside ``eventsourcing``."""
    ours, noted_on = SqlStore(place.fresh(), PROCESS), SqlStore(place.fresh(), PROCESS)
    service, noted_by = Service(ours), Service(noted_on)
    bare = [(way, bare_cursor(place)) for way in place.ways]
    peers = {
        (f"eventsourcing, {what}", configuration): make({**place.environment(place.fresh()), **settings})
        for what, make in (("same aggregate", same_aggregate), ("same fields", same_fields))
        for configuration, settings in CONFIGURATIONS.items()
    }
    rounds: list[tuple[float, list[float], dict[tuple[str, str], float]]] = []
    given: list[Envelope] = []
    for turn in range(ROUNDS + 1):
        given = envelopes(turn * REQUESTS, REQUESTS)
        with noting(noted_on) as statements:
            for envelope in given:
                noted_by.handle(envelope)
        start = perf_counter()
        for envelope in given:
            service.handle(envelope)
        taken = (perf_counter() - start) / len(given)
        alone = [way(cursor, statements) / len(given) for way, cursor in bare]
        rounds.append((taken, alone, {name: peer(given) for name, peer in peers.items()}))
    assert service.snapshot(given[-1].request).state == "approved"
    ours.close()
    noted_on.close()
    for _, cursor in bare:
        cursor.connection.close()
    del rounds[0]
    time = min(each[0] for each in rounds)
    found = [
        Comparison(
            what=f"a command, {place.name}",
            ours=time,
            peer=BARE,
            peers=time * min(median(each[1][way] / each[0] for each in rounds) for way in range(len(bare))),
            target=share_of(place.rate),
        )
    ]
    times = {name: time * median(each[2][name] / each[0] for each in rounds) for name in peers}
    for name, target in (("same aggregate", times_faster(2)), ("same fields", None)):
        peer = f"eventsourcing, {name}"
        several = [(times[key], key[1]) for key in peers if key[0] == peer and key[1] != ONE_WRITER]
        for fastest, configuration, asked in (
            (*min(several), target),
            (times[peer, ONE_WRITER], ONE_WRITER, None),
        ):
            found.append(Comparison(what="", ours=time, peer=f"{peer}, {configuration}", peers=fastest, target=asked))
    return found


def bare_cursor(place: Place) -> Any:
    """A bare cursor on a database of its own with our tables."""
    url = place.fresh()
    SqlStore(url, PROCESS).close()
    return place.cursor(url)


WRITER = """
import json, sys
from time import perf_counter
from benchmarks.store_commands import envelopes
from eap_workflow.service import Service
from eap_workflow.store.sql import SqlStore
from eap_workflow.workflows.extra_sessions import PROCESS
store = SqlStore(sys.argv[1], PROCESS)
service = Service(store)
longest = 0.0
for envelope in envelopes(int(sys.argv[2]), 60):
    start = perf_counter()
    service.handle(envelope)
    longest = max(longest, perf_counter() - start)
print(json.dumps(longest))
"""


def eight_writers(place: Place) -> Comparison:
    """The longest that anybody waits while eight processes write at once."""
    url = place.fresh()
    SqlStore(url, PROCESS).close()
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, url, str(10**6 * number)], stdout=subprocess.PIPE, text=True)
        for number in range(1, 9)
    ]
    longest = max(float(json.loads(writer.communicate()[0])) for writer in writers)
    target = Target(words="at most 1 s", met=lambda ours, _peers: ours <= 1)
    return Comparison(
        what=f"the longest wait of 8 writers, {place.name}", ours=longest, peer="", peers=longest, target=target
    )


def many_open(place: Place) -> list[Comparison]:
    """What is due, and a command, in a store of many open requests."""
    empty, full = SqlStore(place.fresh(), PROCESS), SqlStore(place.fresh(), PROCESS)
    fill(full, OPEN)
    due_at = datetime(2027, 6, 1, tzinfo=UTC)
    times = []
    for _ in range(40):
        start = perf_counter()
        with full.reading() as transaction:
            found = transaction.due(due_at, FIRST)
        times.append(perf_counter() - start)
        assert len(found) == FIRST
    services = [Service(store) for store in (full, empty)]
    rounds = []
    for turn in range(ROUNDS + 1):
        taken = []
        for service in services:
            given = envelopes(9_000_000 + turn * REQUESTS, REQUESTS)
            start = perf_counter()
            for envelope in given:
                service.handle(envelope)
            taken.append((perf_counter() - start) / len(given))
        rounds.append(taken)
    full.close()
    empty.close()
    within = Target(words="at most 5 ms", met=lambda ours, _peers: ours <= MOST_FOR_WHAT_IS_DUE)
    time = min(each[0] for each in rounds[1:])
    return [
        Comparison(
            what=f"what is due, the first {FIRST} of {OPEN:,} open, {place.name}",
            ours=min(times),
            peer="",
            peers=min(times),
            target=within,
        ),
        Comparison(
            what=f"a command among {OPEN:,} open, {place.name}",
            ours=time,
            peer="in an empty store",
            peers=time * median(each[1] / each[0] for each in rounds[1:]),
            target=at_most(1.3),
        ),
    ]


def fill(store: SqlStore, requests: int) -> None:
    """Put many open requests into a store by copying the rows of one."""
    service = Service(store)
    for envelope in envelopes(0, 1)[:2]:
        service.handle(envelope)
    series = {
        "sqlite": "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {}) SELECT i FROM n)",
        "postgresql": "generate_series(1, {}) AS n(i)",
    }[store.engine.dialect.name].format(requests)
    name = (
        "'XT-' || substr('0000000' || i, -7)"
        if store.engine.dialect.name == "sqlite"
        else "'XT-' || lpad(i::text, 7, '0')"
    )
    later = {
        "sqlite": "strftime('%Y-%m-%dT%H:%M:%S.000000Z', '2026-11-10', '+' || (i % 500) || ' hours')",
        "postgresql": "to_char(timestamp '2026-11-10' + (i % 500) * interval '1 hour', 'YYYY-MM-DD\"T\"HH24:MI:SS.000000\"Z\"')",
    }[store.engine.dialect.name]
    with store.engine.connect() as connection:
        connection.exec_driver_sql("BEGIN")
        columns = "workflow, state, version, at, employer, pending, approved_in_advance, due_on"
        rest = "head, replace(snapshot, 'XS-0000000', " + name + ")"
        insert = (
            f"INSERT INTO eap_requests (request, assist_case, {columns}, clock_at, passes_at, head, snapshot)"
            f" SELECT {name}, 'ASST-' || i, {columns}, {later}, {later}, {rest} FROM eap_requests, {series} WHERE request = 'XS-0000000'"
        )
        # Of the two drivers one reads a percent sign as the beginning of a value's place.
        connection.exec_driver_sql(insert.replace("%", "%%") if store.engine.dialect.name == "postgresql" else insert)
        connection.exec_driver_sql("COMMIT")
        connection.exec_driver_sql("ANALYZE")


def files(place: Place) -> list[Comparison]:
    """A file of commands through the command line, one by one and in batches; and what it holds in memory."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "commands.jsonl")
        with file.open("w") as out:
            for number in range(LINES // 3):
                out.writelines(json.dumps(command) + "\n" for command in plain(number))
        few = Path(folder, "few.jsonl")
        with file.open() as source:
            few.write_text("".join(line for line, _ in zip(source, range(LINES // 6), strict=False)))
        one, one_peak = run(few, place.fresh(), 1)
        many, many_peak = run(file, place.fresh(), 2_000)
        small, small_peak = run(few, place.fresh(), 2_000)
    flat = Target(
        words="at most 10 MB more than a sixth of it", met=lambda ours, peers: ours - peers <= MOST_MORE_BYTES
    )
    print(
        f"{place.name}: {LINES:,} commands in batches of 2,000: {1 / many:,.0f} a second, {many_peak / 1e6:.0f} MB;"
        f" a sixth of them: {1 / small:,.0f} a second, {small_peak / 1e6:.0f} MB; one by one {one_peak / 1e6:.0f} MB"
    )
    return [
        Comparison(
            what=f"a command of a file in batches, {place.name}",
            ours=many,
            peer="one by one",
            peers=one,
            target=times_faster(5),
        ),
        Comparison(
            what=f"memory, {LINES:,} commands, {place.name}",
            ours=many_peak,
            peer="a sixth of them",
            peers=small_peak,
            target=flat,
            shown=megabytes,
        ),
    ]


RUN = """
import resource, sys
from pathlib import Path
from time import perf_counter
from eap_workflow.cli import collect_seldom, run
from eap_workflow.service import Service
from eap_workflow.store.sql import SqlStore
from eap_workflow.workflows.extra_sessions import PROCESS
collect_seldom()  # as the command line does
service = Service(SqlStore(sys.argv[2], PROCESS))
totals = run.Totals()
start = perf_counter()
with open(sys.argv[1], "rb") as file:
    for refusal in run.run(service, file, totals, int(sys.argv[3])):
        raise SystemExit(str(refusal.error))
taken = perf_counter() - start
# What Linux says of the most memory in general is at least what the parent had.
said = Path("/proc/self/status")
lines = said.read_text().splitlines() if said.exists() else ()
peak = next((int(line.split()[1]) for line in lines if line.startswith("VmHWM:")), None)
print(taken / totals.lines, peak or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def run(file: Path, url: str, batch: int) -> tuple[float, float]:
    """Run a file in a process of its own: seconds a command, and the most memory that it held, in bytes."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(file), url, str(batch)], capture_output=True, text=True, check=True
    )
    taken, peak = map(float, done.stdout.split())
    return taken, peak * (1 if sys.platform == "darwin" else 1024)


def main() -> bool:
    """Print the tables; true if every target is met."""
    comparisons: list[Comparison] = []
    with places() as all_places:
        for place in all_places:
            comparisons += commands(place)
        comparisons.append(eight_writers(all_places[0]))
        for place in all_places:
            comparisons += many_open(place)
            comparisons += files(place)
    print(table("A store", comparisons))
    print(IN_WORDS)
    for each in comparisons:
        if each.peer == BARE:
            rest = each.ours - each.peers
            print(
                f"{each.what}: {1 / each.ours:,.0f} a second; of {duration(each.ours)}, {duration(each.peers)} are the"
                f" database's (fsync and round trips), {duration(rest)} are Python"
            )
    return all(each.met for each in comparisons)


if __name__ == "__main__":
    main()
