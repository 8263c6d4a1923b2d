"""Renders a diagram as a fragment of HTML: its states, moves, guards and limits, as tables that a screen reader can read.

Each table has a caption; each column's head and each row's first cell are heads, with their scope. A cell's words are those of the
Markdown tables. There is no style in it and no script; `STYLE` is a little of the one, for a page that has none. Every
name is escaped.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from eap_workflow.diagrams import tables
from eap_workflow.diagrams.lettering import printable

if TYPE_CHECKING:
    from eap_workflow.diagrams.model import Diagram
    from eap_workflow.diagrams.path import Path
    from eap_workflow.diagrams.tables import Table

STYLE = """\
.eap-table{border-collapse:collapse;margin:0 0 1.5em;font:inherit}
.eap-table caption{text-align:left;font-weight:bold;padding:.4em 0}
.eap-table th,.eap-table td{border:1px solid #888;padding:.25em .5em;text-align:left;vertical-align:top}
@media print{.eap-table tr{break-inside:avoid}.eap-table thead{display:table-header-group}}
"""
SPECIAL = re.compile(r"[&<>\"'`=]")


def render(diagram: Diagram, *, path: Path | None = None) -> str:
    """Write the tables, with the path of a request where there is one."""
    parts = "".join(_table(table) for table in tables.tables_of(diagram, path))
    return f'<section class="eap-workflow" aria-label="{_text(diagram.title)}">\n{parts}</section>\n'


def _table(table: Table) -> str:
    head = "".join(f'<th scope="col">{_text(each)}</th>' for each in table.head)
    body = "".join(
        f'<tr><th scope="row">{_text(first)}</th>{"".join(f"<td>{_text(each)}</td>" for each in rest)}</tr>\n'
        for first, *rest in table.rows
    )
    return (
        f'<table class="eap-table">\n<caption>{_text(table.caption)}</caption>\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{body}</tbody>\n</table>\n"
    )


def _text(words: str) -> str:
    return SPECIAL.sub(lambda found: f"&#{ord(found[0])};", printable(" ".join(words.split())))
