"""``eap-workflow remove``: what no longer has to be kept."""

from __future__ import annotations

import json
from datetime import datetime

import click

from eap_workflow.cli import options, tables
from eap_workflow.errors import InvalidValue
from eap_workflow.store import Removal
from eap_workflow.values import Actor, Role


@click.command(context_settings=options.HELP)
@click.argument("requests", nargs=-1, metavar="[REQUEST]...")
@options.store
@click.option(
    "--ended-before",
    type=options.instant,
    required=True,
    metavar="INSTANT",
    help="The retention date: what ended before it is no longer kept.",
)
@click.option("--by", "actor", required=True, metavar="ID", help="Who of the case team removes them.")
@click.option(
    "--all", "every", is_flag=True, help="Every request that ended before then, instead of those that are named."
)
@options.as_json
def remove(
    requests: tuple[str, ...], store: str, ended_before: datetime, actor: str, *, every: bool, as_json: bool
) -> None:
    """Remove REQUESTs past their retention date, whole.

    The act stays recorded, with the digest of what was removed.
    """
    if every == bool(requests):
        raise click.UsageError("either the requests are named, or --all is given")
    service = options.service(store)
    at, by = options.now(), Actor(role=Role.CASE_TEAM, id=actor)
    final = {
        (process.workflow.name, state.name)
        for process in service.store.processes
        for state in process.workflow.states
        if state.final
    }
    named = (
        (
            each.request
            for each in service.snapshots()
            if (each.workflow, each.state) in final and not each.clock and each.at < ended_before
        )
        if every
        else iter(requests)
    )
    removals: list[Removal] = []
    for request in named:
        try:
            removals.append(service.remove(request, at=at, by=by, ended_before=ended_before))
        except InvalidValue as error:
            # Of those that are named, each is to be removed; of all, those that can be.
            if not every:
                raise
            click.echo(f"{request} is kept: {error.reason}", err=True)
    if as_json:
        click.echo(
            json.dumps(
                [
                    {"request": each.request, "steps": each.steps, "head": each.head, "number": each.number}
                    for each in removals
                ]
            )
        )
        return
    table = tables.table_of("Removed", ("number", "right"), ("request", "left"), ("steps", "right"), ("head", "left"))
    for each in removals:
        table.add_row(str(each.number), each.request, str(each.steps), each.head)
    tables.console().print(table if table.row_count else "Nothing was past its retention date.")
