"""``eap-workflow rules``: where each rule is enforced, and which tests show it permitted and refused."""

from __future__ import annotations

from typing import Literal, get_args

import click
from rich.console import Group
from rich.text import Text

from eap_workflow import rules as register
from eap_workflow.cli import options, tables
from eap_workflow.cli.standard_output import print_document
from eap_workflow.rules import Showing, Trace
from eap_workflow.rules.register import READINGS
from eap_workflow.rules.words import CALLED, SHOWN, expectation_of, name_of_test, names_of, showings_of, sights_of

WIDE = 110
"""How wide a terminal is that has room for the names of tests."""
LONGEST_NAME = 31

Format = Literal["table", "markdown", "csv"]


@click.command(context_settings=options.HELP)
@click.argument("ids", metavar="[RULE]...", nargs=-1)
@click.option("--workflow", type=options.WorkflowName(), help="The rules that this workflow serves, and where it does.")
@click.option(
    "--format",
    "style",
    type=click.Choice(get_args(Format)),
    default="table",
    show_default=True,
    help="How they are printed: a table for a terminal, or all that is known of each as Markdown or CSV.",
)
@options.as_json
def rules(ids: tuple[str, ...], workflow: str | None, style: Format, *, as_json: bool) -> None:
    """List the RULEs: where each is enforced and tested.

    Without an id all are listed, each with the tests that show it permitted and refused counted; with ids, such as XS-04,
    each is printed whole.
    """
    found = tuple(register.trace(id_.upper()) for id_ in ids) or register.traces()
    if workflow is not None:
        asked, found = found, register.of_workflow(workflow, found)
        for each in asked if ids else ():
            if each.rule not in [served.rule for served in found]:
                click.echo(f"{each.rule.id}: no place of the workflow {tables.words(workflow)} serves it", err=True)
    if as_json:
        options.print_json_list(map(register.plain, found))
    elif style == "markdown":
        print_document(register.markdown(found))
    elif style == "csv":
        print_document(register.csv(found))
    elif ids:
        for each in found:
            _print_whole(each)
    else:
        _print_all(found)


def _print_all(found: tuple[Trace, ...]) -> None:
    console = tables.console()
    table = tables.table_of(
        f"The rules: {len(found)}",
        ("rule", "left"),
        ("what it says", "fold"),
        ("where it is enforced", "fold"),
        ("tests that show it", "fold"),
    )
    for each in found:
        table.add_row(Text(each.rule.id, style="bold"), each.rule.words, _places(each), _tests(each), end_section=True)
    console.print(table)
    for name, meaning in (*CALLED.values(), *SHOWN):
        console.print(Text.assemble((f"{name}: ", "dim"), f"{meaning}."))
    console.print("\nOne rule whole, with every test: eap-workflow rules XS-04")


def _places(trace: Trace) -> Text:
    lines = []
    for kind, (called, _) in CALLED.items():
        if names := names_of(trace.of(kind)):
            lines.append(Text.assemble((f"{called}: ", "dim"), ", ".join(names)))
    return Text("\n").join(lines)


def _tests(trace: Trace) -> Text:
    return Text("\n").join(
        Text.assemble((f"{how}: ", "dim"), _counted(tests)) for how, tests in showings_of(trace).items() if tests
    )


def _counted(tests: tuple[Showing, ...]) -> str:
    number = "1 test," if len(tests) == 1 else f"{len(tests)} tests, such as"
    return f'{number} "{name_of_test(tests[0])}"'


def _where(test: Showing, width: int) -> str:
    """Where a test is, broken where its parts end: its folder, its file and, where there is room, its name as pytest has it."""
    file, _, name = test.name.partition("::")
    folder, slash, own = file.rpartition("/")
    parts = [f"{folder}{slash}", own]
    if width >= WIDE:
        parts.append(name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…")
    return "\n".join(part for part in parts if part)


def _print_whole(trace: Trace) -> None:
    console = tables.console()
    rule = trace.rule
    because = "Why" if rule.family == READINGS else "From"
    console.print(
        Group(Text.assemble((rule.id, "bold"), f"  {rule.words}"), Text(f"{because}: {rule.source}.", "dim"), "")
    )
    table = tables.table_of(
        "Where it is enforced", ("", "left"), ("workflow", "narrow"), ("name", "fold"), ("what it is", "fold")
    )
    for kind, (called, _) in CALLED.items():
        for position, place in enumerate(trace.of(kind)):
            (name,) = names_of([place])
            table.add_row("" if position else called, tables.words(place.workflow), name, place.words)
    console.print(table)
    table = tables.table_of(
        "Tests that show it", ("", "left"), ("what it expects", "fold"), ("seen at work", "fold"), ("where", "fold")
    )
    for how, tests in showings_of(trace).items():
        for position, test in enumerate(tests):
            seen = "; ".join(sights_of(trace, test, how))
            table.add_row("" if position else how, expectation_of(test), seen, _where(test, console.width))
    console.print(table)
