"""A file that is there whole or not at all: written beside its place, and put into it at the end."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path


def write_whole(file: Path, pieces: Iterable[str], *, replace: bool) -> None:
    """Write a file; whoever is interrupted halfway leaves no half of it.

    Args:
        file: Where to.
        pieces: What is written, piece by piece; what they raise is raised.
        replace: Whether to take the place of a file that is there.
    """
    if not replace:
        refuse_existing(file)
    beside = file.with_name(f".{file.name}.{os.getpid()}.part")
    try:
        with _saying(file):
            part = beside.open("w", encoding="utf-8", newline="\n")
        with part:
            for piece in pieces:
                with _saying(file):
                    part.write(piece)
            with _saying(file):
                part.flush()
        with _saying(file):
            beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)


def refuse_existing(file: Path) -> None:
    """Say that a file is there already, and how it is written over."""
    if file.exists():
        raise click.ClickException(f"{file}: it is there already; --replace writes over it")


@contextmanager
def _saying(file: Path) -> Iterator[None]:
    """Say of which file it is that something cannot be done, and why."""
    try:
        yield
    except OSError as error:
        raise click.ClickException(f"{file}: {error.strerror}") from None
