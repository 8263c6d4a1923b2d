"""``eap-workflow checkpoint``, ``seal``, ``prove``, ``export`` and ``verify``: proof that does not lie in the database."""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import chain
from pathlib import Path

import attrs
import click

from eap_workflow.cli import evidence, options, verifying
from eap_workflow.cli.held_against import HeldAgainst
from eap_workflow.cli.whole_files import whole_file
from eap_workflow.errors import Unknown
from eap_workflow.seal import Keys, checkpoints, exports, heads, proofs
from eap_workflow.store.paging import every
from eap_workflow.wording import number

LATEST_MINUTES = 10 * 366 * 24 * 60
"""Ten years: whoever types more has mistaken the unit."""

_new_file = click.Path(dir_okay=False, path_type=Path)


@click.command(context_settings=options.HELP)
@click.argument("file", type=_new_file)
@options.store
@click.option("--name", default="main", show_default=True, help="Which store it is, in your own words.")
@click.option("--after", type=evidence.file_that_is_there, metavar="FILE", help="The checkpoint before this one.")
@evidence.key_env()
@options.as_json
def checkpoint(file: Path, store: str, name: str, after: Path | None, keys: Keys | None, *, as_json: bool) -> None:
    """Take a checkpoint of the store, to a FILE to be sent away.

    Its list of heads goes to FILE.heads, which is long and stays. Neither goes over a file that is there.
    """
    service = options.service(store)
    before = None if after is None else evidence.checkpoint_in(after)
    list_file = file.with_name(file.name + evidence.LIST)
    with (
        service.store.reading() as transaction,
        # Of the two the list is there first: without it, a checkpoint proves less.
        whole_file(file, replace=None) as write,
        whole_file(list_file, replace=None) as note,
    ):
        taken = checkpoints.take(
            transaction,
            options.now(),
            name,
            after=before,
            keys=keys,
            note=lambda head: note(heads.write_line(head)),
        )
        write(checkpoints.write(taken))
    if as_json:
        click.echo(checkpoints.write(taken), nl=False)
    else:
        click.echo(
            f"checkpoint {taken.number} of {taken.name}: {number(taken.requests, 'request')}, {number(taken.steps, 'step')},"
            f" {number(taken.removals, 'removal')}{', sealed' if taken.seals else ''}\n{taken.digest}"
        )


@click.command(context_settings=options.HELP)
@click.argument("requests", nargs=-1, metavar="[REQUEST]...")
@options.store
@evidence.key_env(required=True)
def seal(requests: tuple[str, ...], store: str, keys: Keys) -> None:
    """Print the sealed heads of REQUESTs, or of all, one a line."""
    service, at = options.service(store), options.now()
    with service.store.reading() as transaction:
        if not requests:
            for each in proofs.sealed_heads(transaction, at, keys):
                click.echo(proofs.write(each), nl=False)
        for request in requests:
            head = heads.head_of(transaction, request)
            if head is None:
                raise Unknown("request", "there is none of this id")
            click.echo(proofs.write(proofs.seal_head(head, at, keys)), nl=False)


@click.command(context_settings=options.HELP)
@click.argument("request")
@click.option(
    "--checkpoint", "file", type=evidence.file_that_is_there, required=True, metavar="FILE", help="The checkpoint."
)
@evidence.heads_list
def prove(request: str, file: Path, list_file: Path | None) -> None:
    """Print the proof that a REQUEST was in a checkpoint.

    It says how the request stood; the store is not needed.
    """
    click.echo(
        proofs.write(evidence.proof_in(evidence.checkpoint_in(file), evidence.list_of(file, list_file), request)),
        nl=False,
    )


@click.command(context_settings=options.HELP)
@click.argument("file", type=_new_file)
@options.store
def export(file: Path, store: str) -> None:
    """Write the record to a FILE, for a checker of somebody else's.

    It has one JSON array a line, and goes over no file that is there.
    """
    service = options.service(store)
    with service.store.reading() as transaction, whole_file(file, replace=None) as write:
        for line in exports.lines(transaction):
            write(line)


@click.command(context_settings=options.HELP)
@options.store
@click.option(
    "--chains", is_flag=True, help="The chains alone, not whether each request stands as its steps say: faster."
)
@click.option(
    "--processes",
    type=click.IntRange(1),
    metavar="NUMBER",
    help="How many processes check it beside each other; where there is much, as many as there are cores.",
)
@click.option(
    "--checkpoint",
    "file",
    type=evidence.file_that_is_there,
    metavar="FILE",
    help="A checkpoint that was sent away, to be continued.",
)
@evidence.heads_list
@click.option(
    "--late",
    type=click.IntRange(0, LATEST_MINUTES),
    default=0,
    metavar="MINUTES",
    help="How late a command may reach the store.",
)
@click.option(
    "--sealed",
    "slips",
    type=evidence.file_that_is_there,
    multiple=True,
    metavar="FILE",
    help="Sealed heads or proofs, one a line.",
)
@evidence.key_env()
@options.as_json
def verify(  # noqa: PLR0913 - one for each option
    store: str,
    file: Path | None,
    list_file: Path | None,
    late: int,
    slips: tuple[Path, ...],
    keys: Keys | None,
    processes: int | None,
    *,
    chains: bool,
    as_json: bool,
) -> None:
    """Check that no step was edited, removed, reordered or put in.

    With a checkpoint that was sent away, or with heads that were sealed, also that the store continues what it was. The exit status is
    0 where the record is whole, and 4 where something was found.
    """
    if file is None and (list_file is not None or late):
        raise click.UsageError("--heads and --late take --checkpoint")
    service = options.service(store)
    taken = None if file is None else evidence.checkpoint_in(file)
    against = HeldAgainst(service.store, keys)
    streams = [verifying.findings(service.store, store, processes, standing=not chains)]
    if file is not None and taken is not None:
        heads_file = evidence.list_of(file, list_file)
        # What cannot be read is said before a long record is: of each file the first line.
        evidence.refuse_other_list(heads_file)
        streams.append(against.checkpoint(taken, heads_file, timedelta(minutes=late)))
    for each in slips:
        next(evidence.slips_in(each, keys))
        streams.append(against.slips(each, taken))
    found = chain.from_iterable(streams)
    if as_json:
        findings = list(found)
        count = len(findings)
        plain = {"whole": not count, "findings": [attrs.asdict(each) for each in findings]}
        click.echo(json.dumps({**plain, "checked": against.plain(standing=not chains)}))
    else:
        count = 0
        for finding in found:
            count += 1
            # What is said of the store as a whole, of a checkpoint or of the removals, is of no request.
            click.echo(f"{f'{finding.request}: ' if finding.request else ''}{finding.sentence} [{finding.what}]")
        for sentence in against.sentences(standing=not chains):
            click.echo(sentence)
        requests = sum(1 for _ in every(service.store, lambda asked, after, most: asked.recorded(after, most), ""))
        verdict = number(count, "finding") if count else "the record is whole"
        click.echo(f"{number(requests, 'request')}: {verdict}")
    if count:
        click.get_current_context().exit(options.SOMETHING_FOUND)
