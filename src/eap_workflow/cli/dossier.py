"""``eap-workflow dossier``: the dossier of a request as a page, or those of all with an index."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

import click
from attrs import define

from eap_workflow import dossier as dossiers
from eap_workflow.cli import options, run, sealing
from eap_workflow.cli.whole_files import refuse_existing, write_whole
from eap_workflow.dossier import IndexRow, IndexTotals
from eap_workflow.dossier.listing import INDEX
from eap_workflow.errors import InvalidValue, StoreError, Unknown
from eap_workflow.processes import process_named
from eap_workflow.seal import Keys, checkpoints, proofs, prove
from eap_workflow.store import Wanted
from eap_workflow.store.paging import every
from eap_workflow.views import employer_view

if TYPE_CHECKING:
    from eap_workflow.dossier import Dossier
    from eap_workflow.seal import Checkpoint, Proof, SealedHead
    from eap_workflow.service import Service

For = Literal["case-team", "employer"]

NO_EMPLOYER = "an employer is shown nothing of this request: it was never put to one"
OTHER_WORKFLOW = "an employer is shown nothing of this request: none decides on requests of its workflow"


@click.command(context_settings=options.HELP)
@click.argument("request", required=False)
@click.option(
    "--html",
    "target",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    help="Where the page goes; with --all, the folder for the pages and their index.",
)
@click.option("--all", "every_one", is_flag=True, help="Every request, with an index, instead of one that is named.")
@click.option(
    "--for",
    "reader",
    type=click.Choice(("case-team", "employer")),
    default="case-team",
    show_default=True,
    help="Whom it is for; an employer's holds nothing but what an employer is shown.",
)
@options.store
@options.policies
@options.at
@options.zone
@click.option("--workflow", type=options.WorkflowName(), help="With --all: the requests of this workflow alone.")
@click.option("--state", metavar="STATE", help="With --all: those in this state.")
@click.option("--employer", metavar="EMPLOYER", help="With --all: those of this employer.")
@click.option("--checkpoint", type=sealing.file_that_is_there, metavar="FILE", help="A checkpoint that was sent away: whether the request was in it, and is still.")  # fmt: skip
@sealing.heads_list
@click.option("--sealed", "slips", type=sealing.file_that_is_there, multiple=True, metavar="FILE", help="Sealed heads or proofs of the request, one a line.")  # fmt: skip
@sealing.key_env()
@click.option("--replace", is_flag=True, help="Write over pages that are there.")
@options.as_json
def dossier(  # noqa: PLR0913, PLR0917 - each is an option of the command
    request: str | None,
    target: Path,
    reader: For,
    store: str,
    policy_files: tuple[Path, ...],
    at: datetime | None,
    zone: ZoneInfo,
    checkpoint: Path | None,
    list_file: Path | None,
    slips: tuple[Path, ...],
    keys: Keys | None,
    *,
    every_one: bool,
    replace: bool,
    as_json: bool,
    workflow: str | None,
    state: str | None,
    employer: str | None,
) -> None:
    """Write the dossier of a REQUEST: what was asked, every step, every limit day by day, and how to check the record.

    The page is complete in itself, for a screen and for paper. The exit status is 4 where the record is not what was written.
    """
    if every_one == (request is not None):
        raise click.UsageError("either a REQUEST is named, or --all is given")
    wanted = Wanted(workflow=workflow, state=state, employer=employer)
    chosen = {"workflow": workflow, "state": state, "employer": employer}
    narrowed = {name: value for name, value in chosen.items() if value is not None}
    if narrowed and not every_one:
        raise click.UsageError(f"--{' and --'.join(narrowed)} choose from --all")
    if every_one and (reader == "employer" or checkpoint is not None or slips):
        raise click.UsageError("--for employer, --checkpoint and --sealed take one REQUEST")
    service = options.service(store, options.book(policy_files))
    at = at or options.now()
    if request is None:
        said = _write_all(service, target, at, zone, wanted, narrowed, replace=replace)
    elif reader == "employer":
        if not replace:
            refuse_existing(target)
        write_whole(target, [_employers_page(service, request, at, zone)], replace=replace)
        said = Said({"file": str(target), "for": reader}, f"{target}: the dossier for the employer", whole=True)
    else:
        if not replace:
            refuse_existing(target)
        given = _slips(request, checkpoint, list_file, slips)
        kept = None if checkpoint is None else _checkpoint(checkpoint)
        made = dossiers.dossier_of(service, request, at=at, zone=zone.key, slips=given, keys=keys, kept=kept)
        write_whole(target, [dossiers.html(made)], replace=replace)
        said = _said_of(made, target)
    click.echo(json.dumps(said.plain) if as_json else said.words)
    if not said.whole:
        click.get_current_context().exit(sealing.SOMETHING_FOUND)


@define
class Said:
    """What is said of what was written.

    Attributes:
        plain: For programs.
        words: For people.
        whole: Whether every record is what was written.
    """

    plain: dict[str, Any]
    words: str
    whole: bool


def _said_of(made: Dossier, target: Path) -> Said:
    whole = not made.record.findings and all(slip.holds for slip in made.record.slips)
    plain = {"file": str(target), "for": "case-team", "request": made.request, "steps": made.record.steps}
    plain |= {"limits": len(made.binding), "passed": made.passed, "head": made.record.head, "whole": whole}
    record = "the record is whole" if whole else "THE RECORD IS NOT WHAT WAS WRITTEN"
    words = f"{target}: {made.record.steps} steps, {len(made.binding)} limits of which {made.passed} passed; {record}"
    return Said(plain, words, whole)


# --- for an employer --------------------------------------------------------------------------------------------------


def _employers_page(service: Service, request: str, at: datetime, zone: ZoneInfo) -> str:
    snapshot = service.as_of(service.snapshot(request), at)
    if snapshot is None:
        raise Unknown("request", "it was not opened yet at this instant")
    workflow = process_named(snapshot.workflow).workflow
    if not hasattr(snapshot.body, "put_to_employer_at"):
        raise InvalidValue("request", OTHER_WORKFLOW)
    policy = service.policy_of(snapshot)
    view = None if policy is None else employer_view(snapshot, policy, key=options.employer_key())
    if view is None:
        raise InvalidValue("request", NO_EMPLOYER)
    return dossiers.employer_html(dossiers.employer_dossier(view, workflow, at=at, zone=zone.key))


# --- what is held against the record ----------------------------------------------------------------------------------


def _slips(
    request: str, checkpoint: Path | None, list_file: Path | None, files: tuple[Path, ...]
) -> tuple[SealedHead | Proof, ...]:
    given: list[SealedHead | Proof] = []
    if checkpoint is not None:
        heads = sealing.listed(sealing.list_of(checkpoint, list_file))
        given.append(prove(_checkpoint(checkpoint), heads, request))
    for each in files:
        with each.open("rb") as lines:
            read = [proofs.read(line) for line in lines]
        given += [slip for slip in read if slip.request == request]
    return tuple(given)


def _checkpoint(file: Path) -> Checkpoint:
    return checkpoints.read(file.read_bytes())


# --- all of them ------------------------------------------------------------------------------------------------------


def _write_all(
    service: Service,
    folder: Path,
    at: datetime,
    zone: ZoneInfo,
    wanted: Wanted,
    narrowed: dict[str, str],
    *,
    replace: bool,
) -> Said:
    """Write a page for each request, and last the index; none of them is held."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise click.ClickException(f"{folder}: {error.strerror}") from None
    index = folder / INDEX
    if not replace:
        refuse_existing(index)
    totals = IndexTotals()
    with run.progress(sum(1 for _ in _requests(service, wanted)), "dossiers") as advance:
        rows = _rows(service, folder, at, zone, wanted, totals, advance, replace=replace)
        pieces = dossiers.index_html(rows, totals, at=at, zone=zone.key, narrowed=narrowed)
        write_whole(index, pieces, replace=replace)
    plain = {"folder": str(folder), "index": str(index), "requests": totals.requests, "passed": totals.passed}
    plain |= {"broken": totals.broken, "failed": totals.failed}
    words = (
        f"{index}: {totals.requests:,} dossiers; a limit passed in {totals.passed:,};"
        f" {totals.broken + totals.failed:,} records are not what was written"
    )
    return Said(plain, words, whole=not totals.broken + totals.failed)


def _requests(service: Service, wanted: Wanted) -> Iterator[str]:
    if wanted != Wanted():
        return (snapshot.request for snapshot in service.snapshots(wanted))
    # By its name alone: one whose record was tampered with may not be readable, and belongs into the list all the more.
    return every(service.store, lambda asked, after, most: asked.recorded(after, most), "")


def _rows(
    service: Service,
    folder: Path,
    at: datetime,
    zone: ZoneInfo,
    wanted: Wanted,
    totals: IndexTotals,
    advance: Callable[[int], None],
    *,
    replace: bool,
) -> Iterator[IndexRow]:
    for number, request in enumerate(_requests(service, wanted), start=1):
        row = _row(service, folder, request, at, zone, replace=replace)
        advance(number)
        if row is not None:
            totals.add(row)
            yield row


def _row(
    service: Service, folder: Path, request: str, at: datetime, zone: ZoneInfo, *, replace: bool
) -> IndexRow | None:
    """Write one page, and give its row; None for a request that was not opened yet."""
    try:
        made = dossiers.dossier_of(service, request, at=at, zone=zone.key)
    except Unknown as unknown:
        if unknown.field == "request":
            return None
        return IndexRow.without(request, unknown)
    except StoreError as error:
        return IndexRow.without(request, error)
    row = IndexRow.of(made)
    write_whole(folder / row.file, [dossiers.html(made)], replace=replace)
    return row
