"""``eap-workflow event-log``: what happened, for programs of process mining."""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import click
from attrs import define

from eap_workflow import event_logs
from eap_workflow.cli import options
from eap_workflow.cli.run import progress
from eap_workflow.steps import Step
from eap_workflow.store import Transaction, paging

KEY = "EAP_WORKFLOW_PSEUDONYM_KEY"
"""Where the secret is that pseudonyms are made with."""

FORMATS = ("xes", "ocel")


@click.command("event-log", context_settings=options.HELP)
@options.store
@click.option(
    "--format", "style", type=click.Choice(FORMATS), default="xes", show_default=True, help="How it is written."
)
@click.option(
    "--workflow", type=options.WorkflowName(), help="Requests of this workflow alone; of every one by default."
)
@click.option("--ended", is_flag=True, help="Requests that have ended alone.")
@click.option(
    "--at",
    type=options.instant,
    metavar="INSTANT",
    help="As it was at this instant, such as 2026-11-05T14:00:00+11:00; all that is recorded by default.",
)
@click.option("--references", is_flag=True, help="References as they are, instead of pseudonyms.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Where to.")
@options.as_json
def event_log(
    store: str,
    style: str,
    workflow: str | None,
    at: datetime | None,
    output: Path | None,
    *,
    ended: bool,
    references: bool,
    as_json: bool,
) -> None:
    """Write what happened as an event log: XES, or OCEL 2.0 in JSON.

    References become pseudonyms. They are the same in two logs only if both are made with the secret that stands in the environment
    variable EAP_WORKFLOW_PSEUDONYM_KEY; without one, every log has a key of its own, which nobody keeps.
    """
    if as_json and output is None:
        raise click.UsageError("--json takes --output FILE")
    service, counted = options.service(store), _Counted()
    processes = service.store.processes
    naming = event_logs.unchanged if references else event_logs.Pseudonyms(_key())
    with (
        service.store.reading() as transaction,
        closing(_OnDisk()) as spool,
        progress(_size(transaction), "requests") as advance,
    ):
        trails = event_logs.trails(transaction, processes, workflow=workflow, at=at, ended=ended, read=advance)
        texts = (
            event_logs.xes(counted.pass_on(trails), processes, naming=naming)
            if style == "xes"
            else event_logs.ocel(counted.pass_on(trails), processes, naming=naming, spool=spool)
        )
        if output is None:
            for text in texts:
                click.echo(text, nl=False)
            return
        with options.whole_file(output) as write:
            for text in texts:
                write(text)
    if as_json:
        row = {"file": str(output), "format": style, "requests": counted.requests, "steps": counted.steps}
        click.echo(json.dumps(row | {"references": references}))
    else:
        click.echo(f"{output}: {counted.requests:,} requests, {counted.steps:,} steps")


def _key() -> bytes:
    return os.environ.get(KEY, "").encode() or secrets.token_bytes(32)


def _size(transaction: Transaction) -> int | None:
    """How many requests there are, where somebody sees how many of them are done."""
    if not sys.stderr.isatty():
        return None
    return sum(1 for _ in paging.within(transaction.recorded, "", str))


@define
class _Counted:
    """How much a log holds."""

    requests: int = 0
    steps: int = 0

    def pass_on(self, trails: Iterable[tuple[Step, ...]]) -> Iterator[tuple[Step, ...]]:
        for trail in trails:
            self.requests += 1
            self.steps += len(trail)
            yield trail


class _OnDisk:
    """A spool in a file that SQLite makes for itself, and takes away when it is closed."""

    def __init__(self) -> None:
        self._kept = sqlite3.connect("", isolation_level=None)
        self._kept.execute("CREATE TABLE kept (name TEXT PRIMARY KEY, text TEXT NOT NULL) WITHOUT ROWID")
        self._kept.execute("BEGIN")

    def keep(self, name: str, text: str) -> None:
        """Keep a text under a name, unless one is kept under it already."""
        self._kept.execute("INSERT OR IGNORE INTO kept VALUES (?, ?)", (name, text))

    def texts(self) -> Iterator[str]:
        """All texts, each once, by name."""
        for (text,) in self._kept.execute("SELECT text FROM kept ORDER BY name"):
            yield text

    def close(self) -> None:
        """Take it away."""
        self._kept.close()
