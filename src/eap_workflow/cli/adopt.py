"""``eap-workflow adopt``: requests come in from another system, a line each, in the state in which they are."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from eap_workflow.adopting import AdoptionTotals, NotAdopted, adopt_each, adopt_together
from eap_workflow.cli import json_rows, options, tables
from eap_workflow.cli.standard_output import saying_how_far
from eap_workflow.errors import StoreError
from eap_workflow.processes import every_process
from eap_workflow.service import Service
from eap_workflow.store.memory import MemoryStore
from eap_workflow.wording import number

if TYPE_CHECKING:
    from eap_workflow.policy_book import PolicyBook


@click.command(context_settings=options.HELP)
@click.argument("file", type=click.File("rb"))
@options.store
@options.policies
@options.workflow
@click.option("--check", is_flag=True, help="Only say which lines cannot be taken over, and write nothing.")
@click.option("--all-or-nothing", is_flag=True, help="Take the whole file over, or nothing of it.")
@options.as_json
@click.pass_context
def adopt(
    ctx: click.Context,
    file: IO[bytes],
    store: str,
    policy_files: tuple[Path, ...],
    workflow: str,
    *,
    check: bool,
    all_or_nothing: bool,
    as_json: bool,
) -> None:
    """Take over a FILE of requests from another system.

    It has one JSON object a line; - reads from standard input.

    Each comes in the state in which it is, with the dates that were stated to people; it names its workflow where that is
    not the one of --workflow. A line that cannot be taken over is reported with its number, its fields and the reasons, and
    the rest goes on. The exit status is 3 if there was any, and 0 if there was none.
    """
    book = options.book(policy_files)
    service = _service(store, book, check=check)
    totals, processes = AdoptionTotals(), every_process(workflow)
    if check or all_or_nothing:
        refused = adopt_together(
            service.store,
            file,
            totals,
            policies=book,
            offices_of=service.offices_of,
            check=check,
            processes=processes,
        )
    else:
        refused = adopt_each(service.adopt, processes, file, totals)
    if as_json:
        _print_json(refused, totals, check=check)
    else:
        _print_tables(refused, totals, check=check)
    if totals.refused:
        ctx.exit(options.SOME_REFUSED)


def _service(url: str, book: PolicyBook, *, check: bool) -> Service:
    """The service; to check a file needs no database, and makes none."""
    try:
        return options.service(url, book, create=not check)
    except StoreError as problem:
        if not check:
            raise
        click.echo(f"Checked against an empty store: {problem}", err=True)
    return Service(MemoryStore(every_process()), policies=book)


def _said(totals: AdoptionTotals, *, check: bool) -> dict[str, int]:
    took = "would_be_adopted" if check else "adopted"
    return {
        "lines": totals.lines,
        took: totals.adopted,
        "repeated": totals.repeated,
        "refused_lines": totals.refused,
    }


def _print_tables(refused: Iterator[NotAdopted], totals: AdoptionTotals, *, check: bool) -> None:
    console = tables.console()
    table = tables.table_of(
        "Not taken over",
        ("line", "right"),
        ("request", "left"),
        ("field", "fold"),
        ("what is wrong, or what it takes", "fold"),
        ("rules", "narrow"),
    )
    with saying_how_far(totals):
        for position, each in enumerate(refused):
            for reason in each.reasons if position < tables.MOST_ROWS else ():
                fields, rules = ", ".join(reason.fields), " ".join(reason.rules)
                cells = (fields or tables.NONE, reason.sentence, rules)
                table.add_row(str(each.line), each.request or tables.NONE, *(tables.plain(cell) for cell in cells))
    if totals.refused:
        console.print(table)
    if totals.refused > tables.MOST_ROWS:
        console.print(f"And {totals.refused - tables.MOST_ROWS:,} more: --json lists them all\n")
    took = "could be taken over" if check else "taken over"
    console.print(
        f"{number(totals.lines, 'request')}: {totals.adopted:,} {took}, {totals.repeated:,} repeated, {totals.refused:,} not"
    )


def _print_json(refused: Iterator[NotAdopted], totals: AdoptionTotals, *, check: bool) -> None:
    """Print one JSON object, written as the file is read, so that a long list is never held."""
    write = sys.stdout.write
    json_rows.write_refused(write, refused, totals)
    write(f', "totals": {json.dumps(_said(totals, check=check))}}}\n')
