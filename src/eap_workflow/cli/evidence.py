"""What lies elsewhere and is held against the record: a checkpoint with its list of heads, sealed heads and proofs."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from eap_workflow.errors import InvalidValue
from eap_workflow.plain.json_lines import numbered
from eap_workflow.seal import Keys, SealedHead, checkpoints, heads, proofs, prove

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eap_workflow.seal import Checkpoint, Head, Proof

LIST = ".heads"
"""What the list of a checkpoint's heads is called: as the checkpoint's file, with this at the end."""

KEY_ENV = "EAP_WORKFLOW_SEAL_KEYS"
"""Where keys are looked for in the examples; the option names the variable."""

C = TypeVar("C", bound=Callable[..., Any])

file_that_is_there: Final = click.Path(exists=True, dir_okay=False, path_type=Path)


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


heads_list: Final = click.option(
    "--heads", "list_file", type=file_that_is_there, metavar="LIST", help=f"Its list of heads; by default FILE{LIST}."
)


def checkpoint_in(file: Path) -> Checkpoint:
    """Read the checkpoint of a file, or say of which file it is that it holds none."""
    try:
        return checkpoints.read(file.read_bytes())
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from None
    except InvalidValue as problem:
        raise click.ClickException(f"{file}: no checkpoint can be read from it ({problem})") from None


def list_of(file: Path, list_file: Path | None) -> Path:
    """Where a checkpoint's list of heads is."""
    return list_file or file.with_name(file.name + LIST)


def listed(file: Path) -> Iterator[Head]:
    """Read a checkpoint's list of heads, line by line."""
    try:
        with file.open("rb") as lines:
            yield from heads.read_lines(lines)
    except OSError as error:
        said = f"{file}: {error.strerror}; it is the checkpoint's list of heads, and --heads says where it lies"
        raise click.ClickException(said) from None


def refuse_other_list(file: Path) -> None:
    """Say of which file it is that its first line is none of a list of heads."""
    try:
        next(listed(file), None)
    except InvalidValue as problem:
        raise click.ClickException(f"{file}: {problem.field}: {problem.reason}; --heads says where it lies") from None


def proof_in(checkpoint: Checkpoint, list_file: Path, request: str) -> Proof:
    """Prove a request by the list of a file, or say of which file it is that it is not the checkpoint's."""
    try:
        return prove(checkpoint, listed(list_file), request)
    except InvalidValue as problem:
        raise click.ClickException(f"{list_file}: {problem.reason}; --heads says where it lies") from None


def slips_in(file: Path, keys: Keys | None) -> Iterator[SealedHead | Proof]:
    """Read sealed heads and proofs, one a line.

    Args:
        file: The file; one that holds nothing is refused, since nothing would be held against the record.
        keys: What seals will be checked with; without them a sealed head is refused, since it would say nothing.
    """
    is_empty = True
    try:
        with file.open("rb") as lines:
            for number, line in numbered(lines):
                is_empty = False
                yield _slip(file, number, line or b"", keys)
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from None
    if is_empty:
        raise click.ClickException(f"{file}: it is empty; lines that eap-workflow seal or prove prints are needed")


def _slip(file: Path, number: int, line: bytes, keys: Keys | None) -> SealedHead | Proof:
    try:
        slip = proofs.read(line)
    except InvalidValue as problem:
        said = f"{problem}; lines that eap-workflow seal or prove prints are needed"
        raise click.ClickException(f"{file}, line {number}: {said}") from None
    if isinstance(slip, SealedHead) and keys is None:
        said = "a sealed head can only be checked with the keys; --key-env names the variable that holds them"
        raise click.ClickException(f"{file}: {said}")
    return slip
