"""The format in which a file is written: the one that is asked for, or else the one that the file's name ends with."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

F = TypeVar("F", bound=str)


def format_of(file: Path | None, asked: F | None, endings: Mapping[str, F], default: F) -> F:
    """Find the format of what is written.

    Args:
        file: The file that is written, where there is one.
        asked: The format that was asked for.
        endings: Endings of files, such as ``.xes``, and what each stands for.
        default: What is written where nothing says otherwise.

    Raises:
        UsageError: The format that was asked for is not the one that the file's name ends with.
    """
    by_name = None if file is None else endings.get(file.suffix.lower())
    if asked is not None and by_name is not None and asked != by_name:
        raise click.UsageError(
            f"--format {asked} and --output FILE contradict each other: a file that ends so is {by_name};"
            " give one of the two, or another ending"
        )
    return asked or by_name or default
