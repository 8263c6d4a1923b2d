"""Writes what the pages show of each table, from the table itself, whenever the pages are built.

For the workflow ``extra-sessions`` these appear in ``docs/generated/``, for a page to include::

    extra-sessions-table.md      the rows, as a Markdown table
    extra-sessions-diagram.md    the states and moves, as a Mermaid diagram
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from eap_workflow import diagrams, states

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

WORKFLOWS = {"extra-sessions": states.EXTRA_SESSIONS}


def write_generated(app: Sphinx) -> None:
    """Writes the files before the pages are read."""
    folder = Path(app.srcdir) / "generated"
    folder.mkdir(exist_ok=True)
    for name, workflow in WORKFLOWS.items():
        _write(folder / f"{name}-table.md", diagrams.markdown(workflow))
        _write(folder / f"{name}-diagram.md", f"```mermaid\n{diagrams.mermaid(workflow).rstrip()}\n```")


def _write(path: Path, text: str) -> None:
    # An unchanged file keeps its time, so that the page that includes it is not read again.
    text = text.rstrip() + "\n"
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Registers the extension with Sphinx."""
    app.connect("builder-inited", write_generated)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
