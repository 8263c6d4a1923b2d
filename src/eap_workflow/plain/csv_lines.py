"""Lines of CSV, for whoever sorts and filters: they end as RFC 4180 says, and no cell is a formula.

A cell that a spreadsheet would take for a formula begins with an apostrophe, which a spreadsheet does not show.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", *"\uff1d\uff0b\uff0d\uff20")  # and their full-width forms


def csv_lines(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Write a table, a head first.

    Args:
        head: The names of its columns.
        rows: Its rows, a cell for each column.
    """
    text = io.StringIO(newline="")
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(head)
    lines.writerows(_inert(row) for row in rows)
    return text.getvalue()


def several(values: Iterable[str]) -> str:
    """Several values as one cell."""
    return "; ".join(values)


def _inert(row: Iterable[str]) -> list[str]:
    # NUL ends a text to some readers of CSV.
    cells = (cell.replace("\x00", "\N{REPLACEMENT CHARACTER}") for cell in row)
    return [f"'{cell}" if cell.lstrip(" ").startswith(FORMULA) else cell for cell in cells]
