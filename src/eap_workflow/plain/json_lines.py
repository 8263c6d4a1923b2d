"""Files of one JSON object a line, read without ever holding a line that is too long to be one."""

from __future__ import annotations

from codecs import BOM_UTF8
from typing import TYPE_CHECKING, Any, Protocol

from eap_workflow.errors import InvalidValue
from eap_workflow.plain.json_text import parse_object

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_LINE_BYTES = 1_000_000


class ReadsLines(Protocol):
    """A file of bytes, as far as it is read here."""

    def readline(self, limit: int, /) -> bytes:
        """Read a line, or so many bytes of it."""
        ...


def numbered(file: ReadsLines) -> Iterator[tuple[int, bytes | None]]:
    """Number the lines that are not blank, from 1; one that is too long is given as None."""
    number = 0
    while line := file.readline(LONGEST_LINE_BYTES + 1):
        number += 1
        if len(line) > LONGEST_LINE_BYTES:
            while line and not line.endswith(b"\n"):
                line = file.readline(LONGEST_LINE_BYTES)
            yield number, None
        elif line.strip():
            yield number, line


def parse_line(line: bytes | None) -> dict[str, Any]:
    """Parse the object of a line.

    Args:
        line: The line; None for one that is too long.

    Raises:
        InvalidValue: It holds no object; the reason gives the column where it is known, and no content.
    """
    if line is None:
        raise InvalidValue("line", f"an object of at most {LONGEST_LINE_BYTES:,} bytes is needed")
    if line.startswith(BOM_UTF8):
        raise InvalidValue("line", "a byte order mark stands before it: the file is to be saved as UTF-8 without one")
    try:
        return parse_object(line.rstrip(b"\r\n"), field="line")
    except InvalidValue as problem:
        # To the parser every text has lines; this one is a line itself, and is reported by its number in the file.
        problem.reason = problem.reason.replace("from line 1, column", "from column")
        problem.args = (problem.field, problem.reason)
        raise
