"""The commands of ``eap-workflow``."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import IO, Any, get_args
from zoneinfo import ZoneInfo

import click
from click.core import ParameterSource

from eap_workflow import diagrams
from eap_workflow.calendar import BusinessCalendar, parse_region
from eap_workflow.cli import json_rows, options, tables
from eap_workflow.cli import run as running
from eap_workflow.cli import wanted as which
from eap_workflow.cli.adopt import adopt
from eap_workflow.cli.dossier import dossier
from eap_workflow.cli.endings import format_of
from eap_workflow.cli.event_log import event_log
from eap_workflow.cli.outbox import messages
from eap_workflow.cli.properties import properties
from eap_workflow.cli.record import remove
from eap_workflow.cli.rules import rules
from eap_workflow.cli.sealing import checkpoint, export, prove, seal, verify
from eap_workflow.cli.standard_output import print_document, saying_how_far
from eap_workflow.cli.stores import store
from eap_workflow.cli.whole_files import write_whole
from eap_workflow.cli.work import work
from eap_workflow.diagrams import Format, Theme
from eap_workflow.errors import Unknown
from eap_workflow.policy import STANDARD, Policy
from eap_workflow.process import Process
from eap_workflow.processes import every_process, process_named
from eap_workflow.service import Service
from eap_workflow.store import EVERY, Wanted
from eap_workflow.wording import instant

ENDINGS: Mapping[str, Format] = {
    ".mmd": "mermaid",
    ".mermaid": "mermaid",
    ".dot": "dot",
    ".gv": "dot",
    ".svg": "svg",
    ".png": "png",
    ".puml": "plantuml",
    ".plantuml": "plantuml",
    ".md": "markdown",
    ".html": "html",
    ".htm": "html",
    ".csv": "csv",
    ".scxml": "scxml",
    ".bpmn": "bpmn",
    ".json": "xstate",
    ".pnml": "pnml",
}
"""How files end, and which drawing is in them."""

YEARS = (2000, 2060)
"""The span of a region's calendar, where nobody says another."""


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
@click.option("--region", metavar="REGION", help="Whose public holidays, such as AU-VIC or NZ.")
@click.option(
    "--calendar",
    "calendar_file",
    type=click.Path(exists=True, dir_okay=False),
    metavar="FILE",
    help="A frozen calendar instead of a region.",
)
@click.option(
    "--from", "start", type=options.day, required=True, metavar="DATE", help="Day 0, which does not count itself."
)
@click.option("--days", type=int, required=True, metavar="N", help="How many working days; negative to count back.")
@click.option("--explain", is_flag=True, help="Account for the date, day by day.")
@options.as_json
def due(region: str | None, calendar_file: str | None, start: date, days: int, *, explain: bool, as_json: bool) -> None:
    """Count the N-th working day after a date, and explain it."""
    if (region is None) == (calendar_file is None):
        raise click.UsageError("one of --region and --calendar is needed")
    calendar = (
        BusinessCalendar.load(calendar_file)
        if calendar_file
        else BusinessCalendar.for_region(*parse_region(region or ""))
    )
    due_on = calendar.add(start, days)
    rows = calendar.explain(start, days) if explain else ()
    if as_json:
        plain: dict[str, Any] = {"from": start.isoformat(), "working_days": days, "due_on": due_on.isoformat()}
        plain |= {"calendar": str(calendar.source), "fingerprint": calendar.fingerprint}
        if explain:
            plain["explained"] = [json_rows.account_row(row) for row in rows]
        click.echo(json.dumps(plain))
        return
    console = tables.console()
    if explain:
        console.print(tables.account(rows, title=f"{days} working days from {tables.day(start)}, {calendar.source}"))
    console.print(f"due on {tables.day(due_on)}")


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


def _taken(service: Service, request: str, zone: ZoneInfo) -> tuple[Process, Policy | None, diagrams.Path]:
    """A request's workflow, the policy whose numbers it has, and its path.

    There is no policy where it names no contract yet, or one that is in no file here.
    """
    snapshot = service.snapshot(request)
    process = process_named(snapshot.workflow)
    path = diagrams.path_of(process.workflow, service.trail(request), zone)
    try:
        return process, service.policy_of(snapshot), path
    except Unknown:
        return process, None, path


@app.command()
@click.argument("workflow", type=options.WorkflowName(), required=False)
@click.option("--request", metavar="REQUEST", help="The path that this request took, drawn on its workflow.")
@options.store
@options.policies
@click.option(
    "--contract",
    metavar="CONTRACT",
    help="Whose numbers are drawn, in the version of today or of --at; standard by default. Those of a --request are its own policy's.",
)
@options.at
@click.option(
    "--format",
    "asked",
    type=click.Choice(get_args(Format)),
    metavar="FORMAT",
    help=f"How it is drawn: {', '.join(get_args(Format))}; by default as FILE ends, and otherwise mermaid.",
)
@click.option("--theme", type=click.Choice(get_args(Theme)), default="light", show_default=True, help="For which page.")
@click.option("--brief", is_flag=True, help="The states and moves alone, without the list of what each move takes.")
@click.option(
    "--unfinished", is_flag=True, help="In PNML: a request may be left in any state, not in a final one alone."
)
@options.output
@options.replace
@options.zone
@options.as_json
def diagram(  # noqa: PLR0913 - each is an option of the command
    workflow: str | None,
    request: str | None,
    store: str,
    policy_files: tuple[Path, ...],
    output: Path | None,
    zone: ZoneInfo,
    *,
    contract: str | None,
    at: datetime | None,
    asked: Format | None,
    theme: Theme,
    brief: bool,
    unfinished: bool,
    replace: bool,
    as_json: bool,
) -> None:
    """Draw a WORKFLOW from its table, or the path of a request.

    Roles, limits with a contract's numbers, and guards stand on it.
    """
    if (workflow is None) == (request is None):
        raise click.UsageError("either a WORKFLOW or --request is needed")
    if request is not None and (contract is not None or at is not None):
        raise click.UsageError("--contract and --at take a WORKFLOW: a request keeps its own policy")
    style = format_of(output, asked, ENDINGS, "mermaid")
    if style == "png" and output is None:
        raise click.UsageError("a picture in PNG is written to --output FILE")
    if unfinished and style != "pnml":
        raise click.UsageError("--unfinished takes --format pnml")
    path, book = None, options.book(policy_files)
    if request is not None:
        service = options.service(store, book)
        process, policy, path = _taken(service, request, zone)
    else:
        process = process_named(str(workflow))
        policy = book.in_force_at(contract or STANDARD.contract, at or options.now())
    drawn = diagrams.draw(
        process.workflow,
        style,
        figures=None if policy is None else process.figures(policy),
        path=path,
        theme=theme,
        detail=not brief,
        unfinished=unfinished,
        page=output is not None,
    )
    if output is not None:
        write_whole(output, [drawn], replace=replace)
    if as_json:
        row = {"workflow": process.workflow.name, "format": style, "fingerprint": process.workflow.fingerprint}
        click.echo(json.dumps(row | ({"text": drawn} if isinstance(drawn, str) else {})))
    elif output is None:
        print_document(str(drawn) + "\n")
    else:
        drawn_of = tables.words(process.workflow.name) if path is None else "the path of a request"
        click.echo(f"{output}: {drawn_of}, as {style}")


@app.group()
def calendar() -> None:
    """Freeze calendars to files."""


@calendar.command()
@click.option("--region", metavar="REGION", help="Whose public holidays, such as AU-VIC or NZ.")
@click.option(
    "--holidays",
    "holiday_file",
    type=click.Path(exists=True, dir_okay=False),
    metavar="LIST",
    help="A TOML file of holidays of your own instead of a region's.",
)
@click.option(
    "--years",
    nargs=2,
    type=int,
    metavar="FIRST LAST",
    help=f"The span of a region, whole years; {YEARS[0]} {YEARS[1]} by default.",
)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@options.replace
@options.as_json
def freeze(
    region: str | None,
    holiday_file: str | None,
    years: tuple[int, int] | None,
    file: Path,
    *,
    replace: bool,
    as_json: bool,
) -> None:
    """Write the calendar of a region, or of a LIST of your own, to a FILE, so that it never changes."""
    if (region is None) == (holiday_file is None):
        raise click.UsageError("one of --region and --holidays is needed")
    if holiday_file is None:
        frozen = BusinessCalendar.for_region(*parse_region(region or ""), years=years or YEARS)
    elif years is None:
        frozen = BusinessCalendar.load_holidays(holiday_file)
    else:
        raise click.UsageError("a list says its years itself: --years goes with --region")
    write_whole(file, [frozen.dumps()], replace=replace)
    plain = {
        "file": str(file),
        "calendar": str(frozen.source),
        "first": frozen.first.isoformat(),
        "last": frozen.last.isoformat(),
        "fingerprint": frozen.fingerprint,
    }
    if as_json:
        click.echo(json.dumps(plain))
    else:
        click.echo(
            f"{file}: {plain['calendar']}, {plain['first']} to {plain['last']}, fingerprint {plain['fingerprint']}"
        )


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
