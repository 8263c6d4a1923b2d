"""``eap-workflow due`` and ``calendar``: working days counted on a calendar, and a calendar frozen to a file."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import click

from eap_workflow.calendar import YEARS, BusinessCalendar, parse_region
from eap_workflow.cli import json_rows, options, tables
from eap_workflow.cli.whole_files import write_whole


@click.command(context_settings=options.HELP)
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


@click.group(context_settings=options.HELP)
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
