"""``eap-workflow dossier``: the dossier of a request as a page, or those of many with an index."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from zoneinfo import ZoneInfo

import click

from eap_workflow import dossier as dossiers
from eap_workflow.cli import evidence, options
from eap_workflow.cli import wanted as which
from eap_workflow.cli.dossier_folder import Folder
from eap_workflow.cli.whole_files import refuse_existing, write_whole
from eap_workflow.dossier.gathering import NOT_YET
from eap_workflow.errors import DefinitionError, InvalidValue, StoreError, Unknown
from eap_workflow.processes import process_named
from eap_workflow.seal import Keys
from eap_workflow.store import EVERY, Wanted
from eap_workflow.verification import verify_request
from eap_workflow.views import employer_view
from eap_workflow.wording import number

if TYPE_CHECKING:
    from eap_workflow.seal import Checkpoint, Proof, SealedHead
    from eap_workflow.service import Service
    from eap_workflow.steps import Snapshot
    from eap_workflow.views import EmployerView

Reader = Literal["case-team", "employer"]

NEVER_PUT_TO_IT = "an employer is shown nothing of this request: it was never put to one"
NOT_YET_PUT_TO_IT = "an employer is shown nothing of this request: it was not put to one yet, at this instant"
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
    help="Whom it is for; an employer's holds nothing but what an employer is shown, under the reference that the secret in"
    f" {options.EMPLOYER_KEY} makes.",
)
@which.wanted
@options.store
@options.policies
@options.at
@options.zone
@click.option(
    "--checkpoint",
    type=evidence.file_that_is_there,
    metavar="FILE",
    help="A checkpoint that was sent away: whether the request was in it, and still begins so.",
)
@evidence.heads_list
@click.option(
    "--sealed",
    "slips",
    type=evidence.file_that_is_there,
    multiple=True,
    metavar="FILE",
    help="Sealed heads or proofs of the request, one a line.",
)
@evidence.key_env()
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

    The page is complete in itself, for a screen and for paper. The exit status is 4 where the record is not what was written, or a
    seal or proof that was given is not genuine.
    """
    if every_one == (request is not None):
        raise click.UsageError("either a REQUEST is named, or --all is given")
    if wanted != EVERY and not every_one:
        raise click.UsageError("options that say which requests are wanted go with --all")
    if every_one and (reader == "employer" or checkpoint is not None or slips):
        raise click.UsageError("--for employer, --checkpoint and --sealed take one REQUEST")
    if reader == "employer" and (checkpoint is not None or slips):
        raise click.UsageError(
            "--checkpoint and --sealed go with the case team's page: an employer's has no step to check"
        )
    if list_file is not None and checkpoint is None:
        raise click.UsageError("--heads takes --checkpoint")
    service = options.service(store, options.book(policy_files))
    now = at or options.now()
    if request is None:
        plain, words = Folder(service, target, now, zone, replace=replace).write(wanted)
    else:
        if not replace:
            refuse_existing(target)
        with _naming(request):
            if reader == "employer":
                page = _employers_page(service, request, now, zone)
                plain, words = {"file": str(target), "for": reader, "whole": True}, f"{target}: for the employer"
            else:
                held = _Held(request, checkpoint, list_file, slips, keys)
                made = dossiers.dossier_of(
                    service, request, at=now, zone=zone.key, slips=held.slips, keys=keys, kept=held.checkpoint
                )
                page = dossiers.html(made)
                plain, words = _said_of(made, target)
        write_whole(target, [page], replace=replace)
    click.echo(json.dumps(plain) if as_json else words)
    if not plain["whole"]:
        click.get_current_context().exit(options.SOMETHING_FOUND)


@contextmanager
def _naming(request: str) -> Iterator[None]:
    """Say of which request it is that it cannot be shown, and what to do."""
    try:
        yield
    except StoreError as error:
        raise click.ClickException(f"{request}: {error} [{error.code}]") from None
    except Unknown as unknown:
        if unknown.field != "at":
            raise
        raise click.ClickException(f"{request}: {unknown.reason}; --at gives a later one [{unknown.code}]") from None


def _said_of(made: dossiers.Dossier, target: Path) -> tuple[dict[str, Any], str]:
    record, limits = made.record, len(made.binding)
    plain = {"file": str(target), "for": "case-team", "request": made.request, "steps": record.steps}
    plain |= {"limits": limits, "passed": made.passed, "head": record.head, "whole": record.is_whole}
    if record.is_whole:
        said = "the record is whole"
    elif record.is_as_written:
        said = "WHAT THE RECORD WAS TO BE CHECKED BY IS NOT GENUINE"
    else:
        said = "THE RECORD IS NOT WHAT WAS WRITTEN"
    steps, missed = number(record.steps, "step"), f"{number(limits, 'limit')}, {made.passed} not kept"
    return plain, f"{target}: {steps}, {missed}; {said}"


class _NotWhole(click.ClickException):
    """What would be shown is not what was written."""

    exit_code = options.SOMETHING_FOUND


def _employers_page(service: Service, request: str, at: datetime, zone: ZoneInfo) -> str:
    # The view is made of the request as it is kept for quick answers, so that has to be what the steps say.
    found = tuple(verify_request(service.store, request))
    if found:
        said = (
            "the record is not what was written, so an employer is shown nothing of it; eap-workflow verify says more"
        )
        raise _NotWhole(f"{request}: {said}")
    latest = service.snapshot(request)
    recorded = service.as_of(latest, at)
    if recorded is None:
        raise Unknown("at", NOT_YET)
    _, snapshot = service.owed(recorded, at)
    view = _view(service, snapshot)
    if view is None:
        put_later = _view(service, latest) is not None
        raise InvalidValue("request", NOT_YET_PUT_TO_IT if put_later else NEVER_PUT_TO_IT)
    if not options.employer_key():
        said = f"{options.EMPLOYER_KEY} is not set: who guesses the request's id can tell its reference"
        click.echo(f"Warning: {said}, and it is another one than messages had that were made with a secret.", err=True)
    workflow = process_named(snapshot.workflow).workflow
    return dossiers.employer_html(dossiers.employer_dossier(view, workflow, at=at, zone=zone.key))


def _view(service: Service, snapshot: Snapshot) -> EmployerView | None:
    policy = service.policy_of(snapshot)
    try:
        return None if policy is None else employer_view(snapshot, policy, key=options.employer_key())
    except DefinitionError:
        raise InvalidValue("request", OTHER_WORKFLOW) from None


class _Held:
    """What is held against the record of a request.

    Args:
        request: Which request.
        checkpoint: The file of a checkpoint, of which a proof is made.
        list_file: Its list of heads, where that lies elsewhere.
        files: Files of sealed heads and proofs, of which those of the request count; one that has none is refused, since
            nobody would see that nothing was held against the record.
        keys: What seals are checked with.
    """

    def __init__(
        self, request: str, checkpoint: Path | None, list_file: Path | None, files: tuple[Path, ...], keys: Keys | None
    ) -> None:
        self.checkpoint: Checkpoint | None = None
        self.slips: list[SealedHead | Proof] = []
        if checkpoint is not None:
            self.checkpoint = evidence.checkpoint_in(checkpoint)
            self.slips.append(evidence.proof_in(self.checkpoint, evidence.list_of(checkpoint, list_file), request))
        for each in files:
            own = [slip for slip in evidence.slips_in(each, keys) if slip.request == request]
            if not own:
                raise click.ClickException(f"{each}: it has nothing about this request")
            self.slips += own
