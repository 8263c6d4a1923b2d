"""A file that is there whole or not at all: every file that a command writes goes through here.

It is written beside its place, brought to the disk, and put into its place at the end. What is there already stays, unless its
replacement is asked for; a database stays in any case, and so does what is no file of the usual kind. A link is followed,
and all of this is said of what it leads to.
"""

from __future__ import annotations

import os
import secrets
import stat
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Write = Callable[[str | bytes], None]

SQLITE = b"SQLite format 3\0"
"""How every SQLite database begins."""

BESIDE_A_DATABASE = ("-wal", "-shm", "-journal")
"""How the files end that SQLite keeps beside a database, and without which it may lose what was acknowledged."""


def write_whole(file: Path, pieces: Iterable[str | bytes], *, replace: bool | None) -> None:
    """Write a file piece by piece, as `whole_file` does.

    Args:
        file: Where to.
        pieces: What is written; what they raise is raised.
        replace: As `whole_file` has it.
    """
    with whole_file(file, replace=replace) as write:
        for piece in pieces:
            write(piece)


@contextmanager
def whole_file(file: Path, *, replace: bool | None) -> Iterator[Write]:
    """Give what writes a file; whoever is interrupted halfway leaves no half of it, and what was there stays as it was.

    Args:
        file: Where to.
        replace: Whether to take the place of a file that is there; None where the command never does.

    Raises:
        ClickException: Nothing can or may be written there.
    """
    place, mode = _place_of(file, replace=replace)
    # Not named after the file, whose name may be as long as one can be.
    part = place.with_name(f".{os.getpid()}.{secrets.token_hex(4)}.part")
    with _saying(file):
        opened = part.open("xb")
    try:

        def write(piece: str | bytes) -> None:
            with _saying(file):
                opened.write(piece.encode() if isinstance(piece, str) else piece)

        try:
            yield write
            with _saying(file):
                opened.flush()
                os.fsync(opened.fileno())
                if mode is not None:
                    part.chmod(mode)
        finally:
            # What could not be written was said; that it still cannot be when it is closed is no news.
            with suppress(OSError):
                opened.close()
        with _saying(file, replace=replace):
            if not replace:
                # Somebody may have put a file here since, and of two who want the place one gets it.
                place.open("xb").close()
            part.replace(place)
            _settle(place.parent)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def refuse_existing(file: Path) -> None:
    """Say before any work is done that a file cannot be written, or is there already, and how it is written over."""
    _place_of(file, replace=False)


def _place_of(file: Path, *, replace: bool | None) -> tuple[Path, int | None]:
    """Where a file lies, whatever links lead there, and the permissions of the one that is there; or say why not."""
    place = Path(os.path.realpath(file))
    with _saying(file):
        try:
            # By the name that was given: what stands behind /dev/stdout may have none of its own.
            found = file.stat()
        except FileNotFoundError:
            found = None
    if place.name == "" or (found is not None and stat.S_ISDIR(found.st_mode)):
        _refuse(file, "it is a folder, and the name of a file is needed")
    with _saying(file):
        database = _is_of_a_database(place, found)
    if database:
        _refuse(file, "a database is never written over")
    if found is None:
        return place, None
    if not stat.S_ISREG(found.st_mode):
        _refuse(file, "it is a device or a pipe, and no file that can be written whole")
    if not replace:
        _refuse_taken(file, replace=replace)
    return place, stat.S_IMODE(found.st_mode)


def _is_of_a_database(place: Path, found: os.stat_result | None) -> bool:
    if found is not None and stat.S_ISREG(found.st_mode) and _begins_as_database(place):
        return True
    databases = (Path(str(place).removesuffix(end)) for end in BESIDE_A_DATABASE if place.name.endswith(end))
    return any(each.is_file() and _begins_as_database(each) for each in databases)


def _begins_as_database(file: Path) -> bool:
    with file.open("rb") as opened:
        return opened.read(len(SQLITE)) == SQLITE


def _settle(folder: Path) -> None:
    """Bring it to the disk that a file has its name, where a folder can be."""
    with suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)


@contextmanager
def _saying(file: Path, *, replace: bool | None = None) -> Iterator[None]:
    """Say of which file it is that something cannot be done, and why."""
    try:
        yield
    except FileExistsError:
        _refuse_taken(file, replace=replace)
    except OSError as error:
        _refuse(file, error.strerror or str(error))


def _refuse_taken(file: Path, *, replace: bool | None) -> NoReturn:
    _refuse(file, "it is there already" if replace is None else "it is there already; --replace writes over it")


def _refuse(file: Path, why: str) -> NoReturn:
    raise click.ClickException(f"{file}: {why}") from None
