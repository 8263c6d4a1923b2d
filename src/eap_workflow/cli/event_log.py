"""``eap-workflow event-log``: what happened, for programs of process mining."""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Literal, get_args

import click
from attrs import define, field

from eap_workflow import event_logs
from eap_workflow.cli import options
from eap_workflow.cli.endings import format_of
from eap_workflow.cli.run import progress
from eap_workflow.cli.standard_output import print_document
from eap_workflow.cli.whole_files import write_whole
from eap_workflow.errors import EapWorkflowError, InvalidValue, StoreError
from eap_workflow.process_set import Processes
from eap_workflow.steps import Step
from eap_workflow.store import Transaction, paging
from eap_workflow.wording import number

KEY = "EAP_WORKFLOW_PSEUDONYM_KEY"
"""Where the secret is that pseudonyms are made with."""

Format = Literal["xes", "ocel"]
ENDINGS: Mapping[str, Format] = {".xes": "xes", ".json": "ocel", ".jsonocel": "ocel", ".ocel": "ocel"}


@click.command("event-log", context_settings=options.HELP)
@options.store
@click.option(
    "--format",
    "asked",
    type=click.Choice(get_args(Format)),
    help="How it is written; by default as FILE ends, .xes or .json, and otherwise xes.",
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
@options.output
@options.replace
@options.as_json
def event_log(  # noqa: PLR0913 - each is an option of the command
    store: str,
    asked: Format | None,
    workflow: str | None,
    at: datetime | None,
    output: Path | None,
    *,
    ended: bool,
    references: bool,
    replace: bool,
    as_json: bool,
) -> None:
    """Write what happened as an event log: XES, or OCEL 2.0 in JSON.

    References become pseudonyms. They are the same in two logs only if both are made with the secret that stands in the environment
    variable EAP_WORKFLOW_PSEUDONYM_KEY; without one, every log has a key of its own, which nobody keeps.
    """
    if as_json and output is None:
        raise click.UsageError("--json takes --output FILE")
    style = format_of(output, asked, ENDINGS, "xes")
    service = options.service(store)
    processes = service.store.processes
    naming = event_logs.unchanged if references else _pseudonyms()
    counted = _Counted(processes)
    with (
        service.store.reading() as transaction,
        closing(_OnDisk()) as order,
        closing(_OnDisk()) as objects,
        progress(_size(transaction), "requests") as advance,
    ):
        trails = event_logs.trails(
            transaction,
            processes,
            workflow=workflow,
            at=at,
            ended=ended,
            naming=naming,
            spool=order,
            read=advance,
            begin=counted.begin,
        )
        texts = (
            event_logs.xes(counted.pass_on(trails), processes, naming=naming)
            if style == "xes"
            else event_logs.ocel(counted.pass_on(trails), processes, naming=naming, spool=objects)
        )
        if output is None:
            for text in counted.named(texts):
                print_document(text)
        else:
            write_whole(output, counted.named(texts), replace=replace)
    if output is not None:
        _say(output, style, counted, references=references, as_json=as_json)
    if hint := counted.net():
        click.echo(hint, err=True)


def _say(output: Path, style: str, counted: _Counted, *, references: bool, as_json: bool) -> None:
    if as_json:
        row = {"file": str(output), "format": style, "requests": counted.requests, "steps": counted.steps}
        click.echo(json.dumps(row | {"references": references}))
    else:
        click.echo(f"{output}: {number(counted.requests, 'request')}, {number(counted.steps, 'step')}")


def _pseudonyms() -> event_logs.Pseudonyms:
    try:
        return event_logs.Pseudonyms(os.environ.get(KEY, "").encode() or secrets.token_bytes(32))
    except InvalidValue as error:
        raise InvalidValue(KEY, error.reason) from None


def _size(transaction: Transaction) -> int | None:
    """How many requests there are, where somebody sees how many of them are done."""
    if not sys.stderr.isatty():
        return None
    return sum(1 for _ in paging.within(transaction.recorded, "", str))


@define
class _Counted:
    """What a log holds, and of which request it is written just now."""

    processes: Processes
    requests: int = 0
    steps: int = 0
    still_open: int = 0
    workflows: set[str] = field(factory=set)
    request: str | None = None

    def begin(self, request: str) -> None:
        self.request = request

    def pass_on(self, trails: Iterable[tuple[Step, ...]]) -> Iterator[tuple[Step, ...]]:
        for trail in trails:
            last = trail[-1]
            self.requests += 1
            self.steps += len(trail)
            self.still_open += not self.processes.named(last.workflow).workflow.state(last.target).final
            self.workflows.add(last.workflow)
            yield trail
        self.request = None

    def named(self, texts: Iterable[str]) -> Iterator[str]:
        """Pass texts on; where a request cannot be written, say which one it is."""
        try:
            yield from texts
        except StoreError:
            raise
        except EapWorkflowError as error:
            if self.request is None:
                raise
            raise click.ClickException(
                f"{self.request}: its steps are not what a log can be made of: {error} [{error.code}]\n"
                "There is no log. `eap-workflow verify` says what is wrong in the whole store."
            ) from None

    def net(self) -> str | None:
        """Say which net the log is to be held against, where that is not the one that comes first to mind."""
        if len(self.workflows) > 1:
            return (
                f"The log holds requests of {len(self.workflows)} workflows, and a net is of one:"
                " to hold it against one, make a log with --workflow NAME."
            )
        if not self.still_open:
            return None
        (workflow,) = self.workflows
        name, have = workflow.replace("_", "-"), "has" if self.still_open == 1 else "have"
        return (
            f"{self.still_open:,} of {number(self.requests, 'request')} {have} not ended. The net that they fit is that of"
            f" `eap-workflow diagram {name} --format pnml --unfinished`; with --ended, the one without --unfinished."
        )


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
