"""The commands of ``eap-workflow``."""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path
from typing import IO
from zoneinfo import ZoneInfo

import click
from click.core import ParameterSource

from eap_workflow.cli import json_rows, options, tables
from eap_workflow.cli import run as running
from eap_workflow.cli import wanted as which
from eap_workflow.cli.adopt import adopt
from eap_workflow.cli.calendars import calendar, due
from eap_workflow.cli.diagram import diagram
from eap_workflow.cli.dossier import dossier
from eap_workflow.cli.event_log import event_log
from eap_workflow.cli.outbox import messages
from eap_workflow.cli.properties import properties
from eap_workflow.cli.record import remove
from eap_workflow.cli.rules import rules
from eap_workflow.cli.sealing import checkpoint, export, prove, seal, verify
from eap_workflow.cli.standard_output import saying_how_far
from eap_workflow.cli.stores import store
from eap_workflow.cli.work import work
from eap_workflow.errors import Unknown
from eap_workflow.processes import every_process, process_named
from eap_workflow.service import Service
from eap_workflow.store import EVERY, Wanted
from eap_workflow.wording import instant


@click.group(cls=options.Group, context_settings=options.HELP)
@click.version_option(package_name="eap-workflow", prog_name="eap-workflow")
def app() -> None:
    """Workflows of an employee assistance programme: requests, whose turn it is, and by when."""


@app.command()
@click.argument("file", type=click.File("rb"))
@options.store
@options.policies
@click.option(
    "--batch",
    type=click.IntRange(1, 100_000),
    default=1,
    show_default=True,
    metavar="N",
    help="How many lines are one transaction: many are faster, and all of them are lost if the process is.",
)
@options.workflow
@options.zone
@options.as_json
@click.pass_context
def run(
    ctx: click.Context,
    file: IO[bytes],
    store: str,
    policy_files: tuple[Path, ...],
    batch: int,
    workflow: str,
    zone: ZoneInfo,
    *,
    as_json: bool,
) -> None:
    """Act on a FILE of commands, and show how each request stands.

    It has one JSON object a line; - reads from standard input. A line that is refused, or cannot be read, is reported with its number and reason, and the rest goes on. The exit
    status is 3 if any was refused, and 0 if none was.
    """
    service = options.service(store, options.book(policy_files), create=True)
    totals, processes = running.Totals(), every_process(workflow)
    if as_json:
        running.print_json(service, running.run(service, file, totals, batch, processes), totals)
    else:
        with saying_how_far(totals), running.progress(_size(file)) as advance:
            reader = running.Watched(file, advance)
            for _ in running.run(service, reader, totals, batch, processes):
                pass
        running.print_tables(service, totals, zone)
        if ctx.get_parameter_source("store") is ParameterSource.DEFAULT:
            kept = Path(store.removeprefix("sqlite:///")).resolve()
            click.echo(f"Kept in {kept}, as neither --store nor {options.STORE} is given.", err=True)
    if totals.refused:
        ctx.exit(options.SOME_REFUSED)


def _size(file: IO[bytes]) -> int | None:
    try:
        return os.fstat(file.fileno()).st_size or None
    except OSError:
        return None


@app.command()
@click.argument("request", required=False)
@which.wanted
@options.store
@options.at
@options.zone
@click.option(
    "--explain",
    is_flag=True,
    help="Account for each due date that was stated for the request, day by day or hour by hour.",
)
@options.as_json
def status(
    request: str | None,
    wanted: Wanted,
    store: str,
    at: datetime | None,
    zone: ZoneInfo,
    *,
    explain: bool,
    as_json: bool,
) -> None:
    """Show how a REQUEST stands, or all that are wanted.

    With --at, how they stood then.
    """
    service = options.service(store)
    if request is not None and wanted != EVERY:
        raise click.UsageError("a REQUEST is given, or options that say which are wanted, and not both")
    if request is None:
        if explain:
            raise click.UsageError("--explain takes a REQUEST")
        now = at or options.now()
        if as_json:
            snapshots = service.snapshots(wanted, at=at)
            options.print_json_list(json_rows.status_row(running.standing(service, each, now)) for each in snapshots)
        else:
            running.print_requests(tables.console(), service, now, zone, wanted=wanted, then=at)
        return
    _print_request(service, request, at, zone, explain=explain, as_json=as_json)


def _print_request(
    service: Service, request: str, at: datetime | None, zone: ZoneInfo, *, explain: bool, as_json: bool
) -> None:
    latest = service.snapshot(request)
    snapshot = latest if at is None else service.as_of(latest, at)
    if snapshot is None:
        raise Unknown("request", "it was not opened yet at this instant")
    now = at or options.now()
    row, limits = service.status(snapshot, now), service.deadlines(snapshot, now)
    steps = service.trail(request)[: snapshot.version]
    stated = {deadline.limit: deadline for step in steps for deadline in step.started} if explain else {}
    accounts = {limit: service.explain(snapshot, deadline) for limit, deadline in stated.items()}
    if as_json:
        plain = json_rows.status_row(row)
        if explain:
            plain["explained"] = {
                limit: [json_rows.account_row(day) for day in days] for limit, days in accounts.items()
            }
        click.echo(json.dumps(plain))
        return
    console = tables.console()
    console.print(tables.open_requests([row], zone, title=f"As of {instant(now, zone)} ({zone.key})"))
    if limits:
        console.print(tables.deadlines(limits))
    console.print(tables.trail(steps, zone))
    for limit, days in accounts.items():
        deadline = stated[limit]
        console.print(tables.explained(deadline, days))
        if days[-1].day != deadline.due_on:
            said = f"The calendar has changed since: {tables.day(deadline.due_on)} was stated, and holds [IN-12]."
            console.print(f"{said}\n", markup=False)


@app.command()
@options.store
@options.at
@options.zone
@options.as_json
def overdue(store: str, at: datetime | None, zone: ZoneInfo, *, as_json: bool) -> None:
    """List the limits that have passed, the longest first."""
    service = options.service(store)
    at = at or options.now()
    rows = (
        (service.status(snapshot, at), each)
        for snapshot in service.overdue(at)
        for each in service.deadlines(snapshot, at)
        if each.binding and each.has_passed
    )
    if as_json:
        options.print_json_list(json_rows.overdue_row(row, each) for row, each in rows)
    else:
        as_of = f"as of {instant(at, zone)} ({zone.key})"
        table = tables.overdue(rows, zone, title=f"Limits that have passed, {as_of}")
        tables.console().print(table if table.row_count else f"No limit has passed, {as_of}")


@app.command()
@click.argument("what", type=click.Choice(("command", "step", "snapshot", "adoption")))
@options.workflow
@options.as_json
def schema(what: str, workflow: str, *, as_json: bool) -> None:  # noqa: ARG001 - it is JSON either way
    """Print the JSON Schema of what goes in, or is kept.

    That is a command, a step, a snapshot, or an adoption: a request that comes from another system.
    """
    from eap_workflow import schemas

    draw = {
        "command": schemas.command_schema,
        "step": schemas.step_schema,
        "snapshot": schemas.snapshot_schema,
        "adoption": schemas.adoption_schema,
    }[what]
    click.echo(json.dumps(draw(process_named(workflow)), indent=2))


for _command in (
    due,
    diagram,
    calendar,
    dossier,
    work,
    messages,
    verify,
    checkpoint,
    seal,
    prove,
    export,
    event_log,
    properties,
    rules,
    remove,
    adopt,
    store,
):
    app.add_command(_command)
