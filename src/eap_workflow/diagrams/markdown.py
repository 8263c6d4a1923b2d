"""Renders a diagram as Markdown tables, for whoever reads rather than looks.

The captions are no headings, so the tables fit under any heading of a page. What a table names is escaped: it can neither
end a cell nor mean anything to Markdown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eap_workflow.diagrams import tables
from eap_workflow.plain.markdown import escaped

if TYPE_CHECKING:
    from eap_workflow.diagrams.model import Diagram
    from eap_workflow.diagrams.path import Path
    from eap_workflow.diagrams.tables import Table


def render(diagram: Diagram, *, path: Path | None = None) -> str:
    """Write the tables, with the path of a request where there is one."""
    return "\n".join(map(_table, tables.tables_of(diagram, path)))


def _table(table: Table) -> str:
    """Set one table; a cell's text is escaped here and nowhere else."""
    lines = [f"**{table.caption}**", "", f"| {' | '.join(table.head)} |", f"|{'---|' * len(table.head)}"]
    lines += (f"| {' | '.join(map(escaped, row))} |" for row in table.rows)
    return "\n".join((*lines, ""))
