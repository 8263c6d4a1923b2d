"""A file that is there whole or not at all: written beside its place, and put into it at the end."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


def write_whole(file: Path, pieces: Iterable[str], *, replace: bool) -> None:
    """Write a file; whoever is interrupted halfway leaves no half of it.

    Args:
        file: Where to.
        pieces: What is written, piece by piece.
        replace: Whether to take the place of a file that is there.
    """
    if not replace:
        refuse_existing(file)
    beside = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        try:
            with beside.open("w", encoding="utf-8", newline="\n") as part:
                part.writelines(pieces)
            beside.replace(file)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from None


def refuse_existing(file: Path) -> None:
    """Say that a file is there already, and how it is written over."""
    if file.exists():
        raise click.ClickException(f"{file}: it is there already; --replace writes over it")
