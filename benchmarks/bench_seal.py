"""Checking the record: the chains of a store, beside the bare driver that reads and hashes the same; and what proofs of it cost.

What a chain check has to do is read every step and hash it; the rest is Python. A request's standing takes reading what each step
means, which is why it can be left out.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.store_commands import envelopes
from benchmarks.timing import Comparison, Target, race, table
from eap_workflow.processes import every_process
from eap_workflow.seal import Head, Keys, continuation, prove, sealed_heads, take
from eap_workflow.service import Service
from eap_workflow.store.sql import SqlStore
from eap_workflow.verification import verify

REQUESTS = int(os.environ.get("EAP_WORKFLOW_BENCH_SEALED", "2000"))
TURNS = 7
AT = datetime(2027, 2, 1, tzinfo=UTC)
LEAST_STEPS_A_SECOND = 100_000
ENOUGH = Target(
    words=f"at least {LEAST_STEPS_A_SECOND:,} steps a second", met=lambda ours, _: ours * LEAST_STEPS_A_SECOND <= 1
)
QUERY = "SELECT before, request, version, format, content, digest FROM eap_steps ORDER BY request, version"


@contextmanager
def stores() -> Iterator[dict[str, SqlStore]]:
    """SQLite in a temporary folder, and a PostgreSQL of one's own, with the same requests in each."""
    from tests.servers import PostgresServer

    with tempfile.TemporaryDirectory() as folder, ExitStack() as at_the_end:
        server = PostgresServer()
        at_the_end.callback(server.close)
        server.start()
        urls = {"SQLite": f"sqlite:///{Path(folder, 'requests.db')}"}
        urls["PostgreSQL"] = at_the_end.enter_context(server.database())
        opened = {name: at_the_end.enter_context(SqlStore(url, every_process())) for name, url in urls.items()}
        for store in opened.values():
            with Service(store).batch() as service:
                for envelope in envelopes(0, REQUESTS):
                    service.handle(envelope)
        yield opened


def bare(store: SqlStore) -> int:
    """Read every step with the driver's own cursor, and hash it; give how many there were."""
    with store.engine.connect() as connection:
        cursor = connection.connection.cursor()
        cursor.execute(QUERY)
        rows: list[Any] = list(cursor.fetchall())
    for *values, digest in rows:
        netstrings = b"".join(
            b"%d:%b," % (len(each), each) for each in (b"eap-workflow step", *(str(value).encode() for value in values))
        )
        assert hashlib.sha256(netstrings).hexdigest() == digest
    return len(rows)


def compared(name: str, store: SqlStore) -> list[Comparison]:
    """Every line about a database, each time a step's or a request's."""
    steps, keys = bare(store), Keys({"bench": bytes(range(32))})
    heads: list[Head] = []
    with store.reading() as transaction:
        checkpoint = take(transaction, AT, "bench", note=heads.append)
    assert list(verify(store)) == list(continuation.findings(store, checkpoint, lambda: heads)) == []

    def with_transaction(work: Callable[[Any], object]) -> object:
        with store.reading() as transaction:
            return work(transaction)

    chains, driver, whole, continued = race(
        lambda: list(verify(store, standing=False)),
        lambda: bare(store),
        lambda: list(verify(store)),
        lambda: list(continuation.findings(store, checkpoint, lambda: heads)),
        turns=TURNS,
    )
    taken, sealed, proved = race(
        lambda: with_transaction(lambda transaction: take(transaction, AT, "bench")),
        lambda: with_transaction(lambda transaction: list(sealed_heads(transaction, AT, keys))),
        lambda: prove(checkpoint, heads, heads[-1].request),
        turns=TURNS,
    )
    peer, of_driver = "the bare driver, and SHA-256", driver / steps
    return [
        Comparison(what=f"{name}: a step, its chain", ours=chains / steps, peer=peer, peers=of_driver, target=ENOUGH),
        Comparison(what=f"{name}: a step, and the standing", ours=whole / steps, peer=peer, peers=of_driver),
        Comparison(what=f"{name}: a step, and a checkpoint", ours=continued / steps, peer=peer, peers=of_driver),
        *(
            Comparison(what=f"{name}: {what}", ours=each / REQUESTS, peer="a step, by the bare driver", peers=of_driver)
            for what, each in (
                ("a request of a checkpoint", taken),
                ("a sealed head", sealed),
                ("a request of a list, for a proof", proved),
            )
        ),
    ]


def main() -> bool:
    """Print the table; false where the target is missed."""
    with stores() as opened:
        lines = [line for name, store in opened.items() for line in compared(name, store)]
    print(table(f"The record of {REQUESTS:,} requests", lines))
    return all(line.met for line in lines)
