"""A table on a terminal that is too narrow for it: no cell is ever cut, since half of a request's id is that of another.

What is long text is folded first, then everything breaks between its words. Where a table does not fit even so, each of its
rows is printed as a record, a cell a line.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.measure import Measurement
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console, RenderableType
    from rich.table import Column, Table

WIDEST = 1000
BESIDE = 3
"""What stands between a column and the next: the padding of each, and a divider."""

LEAST_OF_LONG_TEXT = 16


def fitted(console: Console, table: Table) -> RenderableType:
    """Give a table as it fits a console's width.

    Args:
        console: Where it is printed.
        table: What is printed; its columns are set anew where they have to be.
    """
    room = console.width - BESIDE * len(table.columns)
    measured = [needed(console, column) for column in table.columns]
    widths = [each.maximum for each in measured]
    words = [each.minimum for each in measured]
    long_text = [position for position, column in enumerate(table.columns) if not column.no_wrap]
    short_text = [position for position, column in enumerate(table.columns) if column.no_wrap]
    _shrink(widths, long_text, [LEAST_OF_LONG_TEXT] * len(widths), room)
    _shrink(widths, short_text, words, room)
    if sum(widths) > room:
        return Group(*_records(table))
    for column, width in zip(table.columns, widths, strict=True):
        column.width, column.no_wrap = width, False
    return table


def needed(console: Console, column: Column) -> Measurement:
    """How wide a column has to be: at least for its longest word, at most for its longest cell, or what it is set to at most."""
    roomy = console.options.update(max_width=WIDEST)
    cells = [Measurement.get(console, roomy, cell) for cell in (column.header, *column.cells)]
    whole = Measurement(max(cell.minimum for cell in cells), max(cell.maximum for cell in cells))
    return whole.with_maximum(column.max_width or WIDEST)


def _shrink(widths: list[int], positions: Sequence[int], least: Sequence[int], room: int) -> None:
    """Take from the widest of some columns first, as far as has to be and no column below its least width."""
    while sum(widths) > room and (wide := [each for each in positions if widths[each] > least[each]]):
        widths[max(wide, key=widths.__getitem__)] -= 1


def _records(table: Table) -> Iterator[RenderableType]:
    if table.title is not None:
        yield Text(str(table.title), style="bold")
    for row in zip(*(column.cells for column in table.columns), strict=True):
        yield Text()
        for column, cell in zip(table.columns, row, strict=True):
            said = cell if isinstance(cell, Text) else Text(str(cell))
            if said:
                heading = f"{column.header}: " if column.header else ""
                yield Text.assemble((heading, "dim"), said, overflow="fold")
    yield Text()
