"""``eap-workflow diagram``: a workflow drawn from its table, or the path that a request took."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import get_args
from zoneinfo import ZoneInfo

import click

from eap_workflow import diagrams
from eap_workflow.cli import options, tables
from eap_workflow.cli.endings import format_of
from eap_workflow.cli.standard_output import print_document
from eap_workflow.cli.whole_files import write_whole
from eap_workflow.diagrams import Format, Theme
from eap_workflow.errors import Unknown
from eap_workflow.policy import STANDARD, Policy
from eap_workflow.process import Process
from eap_workflow.processes import process_named
from eap_workflow.service import Service

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


@click.command(context_settings=options.HELP)
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
