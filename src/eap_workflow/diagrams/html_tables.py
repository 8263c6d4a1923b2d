"""Renders a diagram as HTML, a fragment or a page: its states, moves, guards and limits, as tables that a screen reader can read.

Each table has a caption; each column's head and each row's first cell are heads, with their scope. A cell's words are those of the
Markdown tables. There is no style in the fragment and no script; `STYLE` is a little of the one, for a page that has none. Every
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
STYLE_OF_PAGE = """\
:root{color-scheme:light dark}
body{margin:0 auto;max-width:70rem;padding:1.5rem 1.25rem;font:.925rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif}
h1{font-size:1.75rem;line-height:1.25;margin:0 0 .75rem}
thead th{background:#8882}
"""
SPECIAL = re.compile(r"[&<>\"'`=]")


def render(diagram: Diagram, *, path: Path | None = None) -> str:
    """Write the tables, with the path of a request where there is one."""
    parts = "".join(_table(table) for table in tables.tables_of(diagram, path))
    return f'<section class="eap-workflow" aria-label="{_text(diagram.title)}">\n{parts}</section>\n'


def page(diagram: Diagram, *, path: Path | None = None) -> str:
    """Write the tables as a page of their own, for whoever opens a file."""
    title = _text(diagram.title)
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>\n{STYLE_OF_PAGE}{STYLE}</style>\n</head>\n<body>\n"
        f"<main>\n<h1>{title}</h1>\n{render(diagram, path=path)}</main>\n</body>\n</html>\n"
    )


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
