"""``eap-workflow dossier``: the dossier of a request as a page, or those of many with an index."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

import click

from eap_workflow import dossier as dossiers
from eap_workflow.cli import options, sealing
from eap_workflow.cli import wanted as which
from eap_workflow.cli.dossier_folder import Folder
from eap_workflow.cli.whole_files import refuse_existing, write_whole
from eap_workflow.errors import DefinitionError, InvalidValue, Unknown
from eap_workflow.processes import process_named
from eap_workflow.seal import Keys, checkpoints, proofs, prove
from eap_workflow.store import EVERY, Wanted
from eap_workflow.views import employer_view

if TYPE_CHECKING:
    from eap_workflow.seal import Checkpoint, Proof, SealedHead
    from eap_workflow.service import Service

Reader = Literal["case-team", "employer"]

NEVER_PUT_TO_IT = "an employer is shown nothing of this request: it was never put to one"
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
@click.option("--all", "every_one", is_flag=True, help="Every request, or all that are wanted, with an index.")
@click.option(
    "--for",
    "reader",
    type=click.Choice(("case-team", "employer")),
    default="case-team",
    show_default=True,
    help="Whom it is for; an employer's holds nothing but what an employer is shown.",
)
@which.wanted
@options.store
@options.policies
@options.at
@options.zone
@click.option(
    "--checkpoint",
    type=sealing.file_that_is_there,
    metavar="FILE",
    help="A checkpoint that was sent away: whether the request was in it, and still begins so.",
)
@sealing.heads_list
@click.option(
    "--sealed",
    "slips",
    type=sealing.file_that_is_there,
    multiple=True,
    metavar="FILE",
    help="Sealed heads or proofs of the request, one a line.",
)
@sealing.key_env()
@click.option("--replace", is_flag=True, help="Write over pages that are there.")
@options.as_json
def dossier(  # noqa: PLR0913, PLR0917 - each is an option of the command
    request: str | None,
    wanted: Wanted,
    target: Path,
    reader: Reader,
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
) -> None:
    """Write everything about a REQUEST as one page.

    It has every step, every limit day by day and whether it was kept, the policy, and how to check the record.

    The page is complete in itself, for a screen and for paper. The exit status is 4 where the record is not what was written.
    """
    if every_one == (request is not None):
        raise click.UsageError("either a REQUEST is named, or --all is given")
    if wanted != EVERY and not every_one:
        raise click.UsageError("options that say which requests are wanted go with --all")
    if every_one and (reader == "employer" or checkpoint is not None or slips):
        raise click.UsageError("--for employer, --checkpoint and --sealed take one REQUEST")
    service = options.service(store, options.book(policy_files))
    now = at or options.now()
    if request is None:
        folder = Folder(service, target, now, zone, replace=replace)
        plain, words = folder.write(wanted, then=at)
    else:
        if not replace:
            refuse_existing(target)
        if reader == "employer":
            page = _employers_page(service, request, now, zone)
            plain, words = {"file": str(target), "for": reader, "whole": True}, f"{target}: for the employer"
        else:
            held = _Held(request, checkpoint, list_file, slips)
            made = dossiers.dossier_of(
                service, request, at=now, zone=zone.key, slips=held.slips, keys=keys, kept=held.checkpoint
            )
            page = dossiers.html(made)
            plain, words = _said_of(made, target)
        write_whole(target, [page], replace=replace)
    click.echo(json.dumps(plain) if as_json else words)
    if not plain["whole"]:
        click.get_current_context().exit(sealing.SOMETHING_FOUND)


def _said_of(made: dossiers.Dossier, target: Path) -> tuple[dict[str, Any], str]:
    whole = not made.record.findings and all(slip.holds for slip in made.record.slips)
    plain = {"file": str(target), "for": "case-team", "request": made.request, "steps": made.record.steps}
    plain |= {"limits": len(made.binding), "passed": made.passed, "head": made.record.head, "whole": whole}
    record = "the record is whole" if whole else "THE RECORD IS NOT WHAT WAS WRITTEN"
    words = f"{target}: {made.record.steps} steps, {len(made.binding)} limits, {made.passed} not kept; {record}"
    return plain, words


def _employers_page(service: Service, request: str, at: datetime, zone: ZoneInfo) -> str:
    recorded = service.as_of(service.snapshot(request), at)
    if recorded is None:
        raise Unknown("request", "it was not opened yet at this instant")
    _, snapshot = service.owed(recorded, at)
    policy = service.policy_of(snapshot)
    try:
        view = None if policy is None else employer_view(snapshot, policy, key=options.employer_key())
    except DefinitionError:
        raise InvalidValue("request", OTHER_WORKFLOW) from None
    if view is None:
        raise InvalidValue("request", NEVER_PUT_TO_IT)
    workflow = process_named(snapshot.workflow).workflow
    return dossiers.employer_html(dossiers.employer_dossier(view, workflow, at=at, zone=zone.key))


class _Held:
    """What is held against the record of a request.

    Args:
        request: Which request.
        checkpoint: The file of a checkpoint, of which a proof is made.
        list_file: Its list of heads, where that lies elsewhere.
        files: Files of sealed heads and proofs, of which those of the request count.
    """

    def __init__(self, request: str, checkpoint: Path | None, list_file: Path | None, files: tuple[Path, ...]) -> None:
        self.checkpoint: Checkpoint | None = None
        self.slips: list[SealedHead | Proof] = []
        if checkpoint is not None:
            self.checkpoint = checkpoints.read(checkpoint.read_bytes())
            heads = sealing.listed(sealing.list_of(checkpoint, list_file))
            self.slips.append(prove(self.checkpoint, heads, request))
        for each in files:
            with each.open("rb") as lines:
                self.slips += [slip for slip in map(proofs.read, lines) if slip.request == request]
