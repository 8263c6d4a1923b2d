"""``eap-workflow checkpoint``, ``seal``, ``prove``, ``export`` and ``verify``: proof that does not lie in the database."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

import attrs
import click

from eap_workflow.cli import options, verifying
from eap_workflow.cli.whole_files import whole_file
from eap_workflow.errors import Unknown
from eap_workflow.seal import Checkpoint, Head, Keys, checkpoints, continuation, exports, heads, proofs
from eap_workflow.store import Store
from eap_workflow.store.chain import Finding
from eap_workflow.store.paging import every

SOMETHING_FOUND = 4
LIST = ".heads"
"""What the list of a checkpoint's heads is called: as the checkpoint's file, with this at the end."""

KEY_ENV = "EAP_WORKFLOW_SEAL_KEYS"

C = TypeVar("C", bound=Callable[..., Any])

file_that_is_there = click.Path(exists=True, dir_okay=False, path_type=Path)
_new_file = click.Path(dir_okay=False, path_type=Path)


def _keys(_context: object, _option: object, name: str | None) -> Keys | None:
    if name is None:
        return None
    # Never as an argument: everybody on the machine can read those.
    text = os.environ.get(name, "")
    if not text:
        raise click.BadParameter("an environment variable is needed that holds keys, as id=hexadecimal")
    return Keys.parse(text)


def key_env(*, required: bool = False) -> Callable[[C], C]:
    """The option that names where the keys are."""
    return click.option(
        "--key-env",
        "keys",
        metavar="NAME",
        required=required,
        callback=_keys,
        help=f"The environment variable with the keys, as id=hexadecimal, the current one first; such as {KEY_ENV}.",
    )


heads_list = click.option(
    "--heads", "list_file", type=file_that_is_there, metavar="LIST", help=f"Its list of heads; by default FILE{LIST}."
)


@click.command(context_settings=options.HELP)
@click.argument("file", type=_new_file)
@options.store
@click.option("--name", default="main", show_default=True, help="Which store it is, in your own words.")
@click.option("--after", type=file_that_is_there, metavar="FILE", help="The checkpoint before this one.")
@key_env()
@options.as_json
def checkpoint(file: Path, store: str, name: str, after: Path | None, keys: Keys | None, *, as_json: bool) -> None:
    """Take a checkpoint of the store, to a FILE to be sent away.

    Its list of heads goes to FILE.heads, which is long and stays. Neither goes over a file that is there.
    """
    service = options.service(store)
    before = None if after is None else checkpoints.read(after.read_bytes())
    list_file = file.with_name(file.name + LIST)
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
            f"checkpoint {taken.number} of {taken.name}: {taken.requests:,} requests, {taken.steps:,} steps,"
            f" {taken.removals:,} removals{', sealed' if taken.seals else ''}\n{taken.digest}"
        )


@click.command(context_settings=options.HELP)
@click.argument("requests", nargs=-1, metavar="[REQUEST]...")
@options.store
@key_env(required=True)
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
@click.option("--checkpoint", "file", type=file_that_is_there, required=True, metavar="FILE", help="The checkpoint.")
@heads_list
def prove(request: str, file: Path, list_file: Path | None) -> None:
    """Print the proof that a REQUEST was in a checkpoint.

    It says how the request stood; the store is not needed.
    """
    taken = checkpoints.read(file.read_bytes())
    click.echo(proofs.write(proofs.prove(taken, listed(list_of(file, list_file)), request)), nl=False)


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
    type=file_that_is_there,
    metavar="FILE",
    help="A checkpoint that was sent away, to be continued.",
)
@heads_list
@click.option(
    "--late", type=click.IntRange(0), default=0, metavar="MINUTES", help="How late a command may reach the store."
)
@click.option(
    "--sealed",
    "slips",
    type=file_that_is_there,
    multiple=True,
    metavar="FILE",
    help="Sealed heads or proofs, one a line.",
)
@key_env()
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
    service = options.service(store)
    taken = None if file is None else checkpoints.read(file.read_bytes())
    found: Iterable[Finding] = verifying.findings(service.store, store, processes, standing=not chains)
    if file is not None and taken is not None:
        found = _with_checkpoint(found, service.store, taken, list_of(file, list_file), timedelta(minutes=late), keys)
    for each in slips:
        found = _with_slips(found, service.store, each, keys, taken)
    if as_json:
        findings = list(found)
        count = len(findings)
        click.echo(json.dumps({"whole": not count, "findings": [attrs.asdict(each) for each in findings]}))
    else:
        count = 0
        for finding in found:
            count += 1
            click.echo(f"{finding.request}: {finding.sentence} [{finding.what}]")
        requests = sum(1 for _ in every(service.store, lambda asked, after, most: asked.recorded(after, most), ""))
        click.echo(f"{requests:,} requests: {f'{count:,} findings' if count else 'the record is whole'}")
    if count:
        click.get_current_context().exit(SOMETHING_FOUND)


def _with_checkpoint(
    found: Iterable[Finding], store: Store, taken: Checkpoint, list_file: Path, late: timedelta, keys: Keys | None
) -> Iterator[Finding]:
    yield from found
    if keys is not None:
        yield from checkpoints.findings(taken, keys)
    yield from continuation.findings(store, taken, lambda: listed(list_file), late)


def _with_slips(
    found: Iterable[Finding], store: Store, file: Path, keys: Keys | None, kept: Checkpoint | None
) -> Iterator[Finding]:
    yield from found
    with file.open("rb") as lines:
        for line in lines:
            slip = proofs.read(line)
            false = tuple(proofs.findings(slip, keys, kept))
            yield from false
            # What was not sealed by us, or is not proved, says nothing about the store.
            if not false:
                with store.reading() as transaction:
                    held = tuple(continuation.held(transaction, slip.of))
                yield from held


def list_of(file: Path, list_file: Path | None) -> Path:
    """Where a checkpoint's list of heads is."""
    return list_file or file.with_name(file.name + LIST)


def listed(file: Path) -> Iterator[Head]:
    """Read a checkpoint's list of heads, line by line."""
    try:
        with file.open("rb") as lines:
            yield from heads.read_lines(lines)
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from None
