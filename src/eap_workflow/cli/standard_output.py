"""What goes to the standard output: whole documents as a file would have them, and words as far as a terminal can show them.

Whoever reads may go away, and a disk may be full; neither ends in a traceback.
"""

from __future__ import annotations

import errno
import io
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, NoReturn, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator


def print_document(text: str) -> None:
    """Print a part of a document in UTF-8, which is what it says of itself, with its ends of lines as they are.

    A terminal is shown the words, as far as it can.
    """
    binary = getattr(sys.stdout, "buffer", None)
    if binary is None or sys.stdout.isatty():
        sys.stdout.write(text)
    else:
        sys.stdout.flush()
        binary.write(text.encode())


@contextmanager
def guarded() -> Iterator[None]:
    """Print what the terminal has no sign for as a question mark, and end in a sentence where nothing can be read or written."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="replace")
    try:
        try:
            yield
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()
    except OSError as error:
        _end(error)


class Counted(Protocol):
    """What a file of lines has come to so far."""

    lines: int


@contextmanager
def saying_how_far(totals: Counted) -> Iterator[None]:
    """Say how far a file of lines was acted on where that is stopped, or where nobody reads any longer what came of it."""
    try:
        yield
    except (OSError, KeyboardInterrupt):
        sys.stderr.write(f"The file was left after {totals.lines:,} lines, and the rest was not acted on.\n")
        raise


def _end(error: OSError) -> NoReturn:
    # What still waits to be written would be tried, and complained of, once more when the interpreter ends.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if error.errno != errno.EPIPE:
        where = "" if error.filename is None else f"{error.filename}: "
        sys.stderr.write(f"Error: {where}{error.strerror or error}\n")
    raise SystemExit(1) from None
