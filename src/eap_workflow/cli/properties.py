"""``eap-workflow properties``: every state that a request can reach is walked, and named properties are shown to hold there."""

from __future__ import annotations

import json
from pathlib import Path

import click

from eap_workflow import proof
from eap_workflow.cli import options, tables
from eap_workflow.cli.whole_files import write_whole
from eap_workflow.wording import number


@click.command(context_settings=options.HELP)
@click.argument("workflow", type=options.WorkflowName(), required=False)
@click.option("--full", is_flag=True, help="All bounds of the contracts' numbers, which takes minutes, and not a few.")
@click.option(
    "--promela",
    "model",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Walk nothing, and write the WORKFLOW's model for SPIN, with its properties.",
)
@options.replace
@options.as_json
@click.pass_context
def properties(
    ctx: click.Context, workflow: str | None, model: Path | None, *, full: bool, replace: bool, as_json: bool
) -> None:
    """Show which properties hold of a WORKFLOW, or of all.

    They hold wherever a request can come to stand. The exit status is 0 where all of them hold, and 4 where one does not; the path that leads there is printed.
    """
    if model is not None:
        if workflow is None:
            raise click.UsageError("--promela takes a WORKFLOW")
        write_whole(model, [proof.promela(workflow, full=full).text], replace=replace)
        if as_json:
            click.echo(json.dumps({"workflow": workflow, "file": str(model)}))
        else:
            click.echo(f"{model}: the model of {tables.words(workflow)}")
        return
    found = [proof.prove(name, full=full) for name in ((workflow,) if workflow else proof.NAMES)]
    if as_json:
        click.echo(json.dumps([_row(each) for each in found]))
    else:
        for each in found:
            _print(each)
    if not all(each.holds for each in found):
        ctx.exit(options.SOMETHING_FOUND)


def _row(found: proof.Proof) -> dict[str, object]:
    return {
        "workflow": found.workflow,
        "holds": found.holds,
        "properties": [each.name for each in found.properties],
        "places": sum(each.places for each in found.walked),
        "violations": [str(each) for each in found.violations],
        "untaken": [list(each) for each in found.untaken],
    }


def _print(found: proof.Proof) -> None:
    console = tables.console()
    places, steps = (sum(getattr(each, name) for each in found.walked) for name in ("places", "arrows"))
    title = (
        f"{tables.words(found.workflow)}: {number(len(found.walked), 'contract')}, {places:,} places, {steps:,} arrows"
    )
    table = tables.table_of(title, ("property", "left"), ("what holds", "fold"), ("rules", "narrow"))
    for each in found.properties:
        table.add_row(tables.words(each.name), each.sentence, " ".join(each.rules))
    console.print(table)
    for violation in found.violations:
        console.print(str(violation), style="bold red")
    for state, trigger in found.untaken:
        console.print(f"never taken: {trigger} from {tables.words(state)}", style="bold red")
    console.print("All of them hold.\n" if found.holds else "Not all of them hold.\n")
