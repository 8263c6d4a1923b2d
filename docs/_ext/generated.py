"""Writes what the pages show of each table, from the table itself, whenever the pages are built.

For each workflow, as for ``extra-sessions``, these appear in ``docs/generated/``, for a page to include::

    extra-sessions-table.md             the rows, the guards and the limits, as Markdown tables
    extra-sessions-diagram.md           the states and moves, drawn, and the source of the drawing
    extra-sessions-proof.md             what is proved of it, and what its guards mean to the model for SPIN
    extra-sessions-command.schema.json  the JSON Schema of a command; and the same of a step and of a snapshot
    rules.md                            for each rule, where it is enforced and which tests show it

The drawing is made here, so that a page shows it without a script and without a network.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import mmdr

from docs._ext import rule_register
from eap_workflow import STANDARD, diagrams, proof, schemas
from eap_workflow.processes import NAMES, process_named

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

    from eap_workflow.process import Process

PROCESSES = {name.replace("_", "-"): process_named(name) for name in NAMES}
SCHEMAS = {
    "command": schemas.command_schema,
    "step": schemas.step_schema,
    "snapshot": schemas.snapshot_schema,
    "adoption": schemas.adoption_schema,
}
# Which of Mermaid's themes is shown on a light page, and which on a dark one.
THEMES = {"light": "default", "dark": "dark"}


def write_generated(app: Sphinx) -> None:
    """Writes the files before the pages are read."""
    folder = Path(app.srcdir) / "generated"
    folder.mkdir(exist_ok=True)
    for name, process in PROCESSES.items():
        workflow = process.workflow
        _write(folder / f"{name}-table.md", diagrams.markdown(workflow, terms=process.terms(STANDARD, None, None)))
        _write(folder / f"{name}-diagram.md", _drawn(folder, name, process))
        _write(folder / f"{name}-proof.md", proof.markdown(workflow.name))
        for what, draw in SCHEMAS.items():
            if what == "adoption" and process.adopting is None:
                continue
            _write(folder / f"{name}-{what}.schema.json", json.dumps(draw(process), indent=2))
    _write(folder / "rules.md", rule_register.markdown())


def _drawn(folder: Path, name: str, process: Process) -> str:
    workflow = process.workflow
    source = diagrams.mermaid(workflow, terms=process.terms(STANDARD, None, None)).rstrip()
    parts = []
    for shade, theme in THEMES.items():
        file = folder / f"{name}-diagram-{shade}.svg"
        _write(file, mmdr.render(f'%%{{init: {{"theme": "{theme}"}}}}%%\n{source}').svg())
        parts.append(
            f"```{{image}} generated/{file.name}\n"
            f":class: only-{shade} wide\n"
            f":alt: {workflow.title}, its states and moves; the table below has every row of it in words.\n"
            f":target: generated/{file.name}\n"
            "```"
        )
    summary = "<summary>The drawing's source, in Mermaid's language</summary>"
    parts.append(f"<details>\n{summary}\n\n```text\n{source}\n```\n\n</details>")
    return "\n\n".join(parts)


def _write(path: Path, text: str) -> None:
    # An unchanged file keeps its time, so that the page that includes it is not read again.
    text = text.rstrip() + "\n"
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> ExtensionMetadata:
    """Registers the extension with Sphinx."""
    app.connect("builder-inited", write_generated)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
