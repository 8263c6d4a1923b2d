"""Writes what the pages show of each table, from the table itself, whenever the pages are built.

For each workflow, as for ``extra-sessions``, these appear in ``docs/generated/``, for a page to include::

    extra-sessions-table.md             the rows, the guards and the limits, as Markdown tables
    extra-sessions-diagram.md           the states and moves, drawn, and the drawing's source in three languages
    extra-sessions-diagram-light.svg    the drawing itself, for a light page; and the same for a dark one
    extra-sessions-path.md              the path of a request of the made-up practice of ``examples/``, drawn on it
    case-review-commands.md             every command's fields; those of extra sessions stand on the page of commands
    extra-sessions-proof.md             what is proved of it, and what its guards mean to the model for SPIN
    extra-sessions-command.schema.json  the JSON Schema of a command; and the same of a step and of a snapshot
    rules-register.md                   the words of every rule, family by family
    rules-trace.md                      for each rule, where it is enforced and which tests show it

The drawing is made here, so that a page shows it without a script and without a network.
"""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from docs._ext import adoption_reference, command_reference
from eap_workflow import STANDARD, MemoryStore, PolicyBook, Service, diagrams, load_policies, proof, rules, schemas
from eap_workflow.diagrams import looks
from eap_workflow.envelope import Tick, read_envelope_or_tick
from eap_workflow.errors import EapWorkflowError
from eap_workflow.plain.json_text import parse_object
from eap_workflow.processes import NAMES, process_named

if TYPE_CHECKING:
    from collections.abc import Callable

    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

    from eap_workflow.process import Process
    from eap_workflow.steps import Step

PROCESSES = {name.replace("_", "-"): process_named(name) for name in NAMES}
SCHEMAS = {
    "command": schemas.command_schema,
    "step": schemas.step_schema,
    "snapshot": schemas.snapshot_schema,
    "adoption": schemas.adoption_schema,
}
EXAMPLES = Path(__file__).parents[2] / "examples"
DRAWN_REQUEST = "XS-0003"
SOURCES: dict[diagrams.Format, str] = {"dot": "Graphviz", "mermaid": "Mermaid", "plantuml": "PlantUML"}


def write_generated(app: Sphinx) -> None:
    """Writes the files before the pages are read."""
    folder = Path(app.srcdir) / "generated"
    folder.mkdir(exist_ok=True)
    for name, process in PROCESSES.items():
        workflow = process.workflow
        _write(folder / f"{name}-table.md", diagrams.markdown(workflow, figures=process.figures(STANDARD)))
        _write(folder / f"{name}-diagram.md", _drawn(folder, name, process))
        if workflow.name != NAMES[0]:
            _write(folder / f"{name}-commands.md", command_reference.markdown(process))
            _write(folder / f"{name}-adoption.md", adoption_reference.markdown(process))
        _write(folder / f"{name}-proof.md", proof.markdown(workflow.name))
        for what, draw in SCHEMAS.items():
            _write(folder / f"{name}-{what}.schema.json", json.dumps(draw(process), indent=2))
    _write(folder / "extra-sessions-path.md", _path(folder))
    _write(folder / "rules-register.md", rules.register_markdown("traceability.md"))
    _write(folder / "rules-trace.md", rules.markdown(rules.traces()))


def _drawn(folder: Path, name: str, process: Process) -> str:
    workflow, figures = process.workflow, process.figures(STANDARD)

    def draw(theme: diagrams.Theme) -> str:  # what each move takes stands in the tables below it
        return diagrams.svg(workflow, figures=figures, theme=theme, detail=False)

    alt = f"{workflow.title}, its states and moves; the table below has every row of it in words."
    parts = [_image(folder, f"{name}-diagram", alt, draw)]
    for style, language in SOURCES.items():
        source = str(diagrams.draw(workflow, style, figures=figures)).rstrip()
        summary = f"<summary>The drawing's source, for {language}, with what each move takes</summary>"
        parts.append(f"<details>\n{summary}\n\n```text\n{source}\n```\n\n</details>")
    return "\n\n".join(parts)


def _path(folder: Path) -> str:
    workflow = PROCESSES["extra-sessions"].workflow
    path = diagrams.path_of(workflow, _trail(), ZoneInfo("Australia/Melbourne"))

    def draw(theme: diagrams.Theme) -> str:
        return diagrams.svg(workflow, path=path, theme=theme)

    alt = f"The path of a request, which stands in {path.state}: the arrows that it took, with their days."
    return _image(folder, "extra-sessions-path", alt, draw)


def _trail() -> tuple[Step, ...]:
    """The steps of one request of the examples, led as the command line leads them."""
    book = PolicyBook.standard() | load_policies(EXAMPLES / "contracts.toml")
    service = Service(MemoryStore(PROCESSES["extra-sessions"]), policies=book)
    for line in (EXAMPLES / "practice.jsonl").read_text(encoding="utf-8").splitlines():
        with suppress(EapWorkflowError):  # some are refused, for the examples' sake
            envelope = read_envelope_or_tick(PROCESSES["extra-sessions"], parse_object(line))
            if isinstance(envelope, Tick):
                service.tick(envelope.at)
            else:
                service.handle(envelope)
    return service.trail(DRAWN_REQUEST)


def _image(folder: Path, name: str, alt: str, draw: Callable[[diagrams.Theme], str]) -> str:
    parts = []
    for theme in looks.THEMES:
        file = folder / f"{name}-{theme}.svg"
        _write(file, draw(theme))
        parts.append(
            f"```{{image}} generated/{file.name}\n"
            f":class: only-{theme} wide\n"
            f":alt: {alt}\n"
            f":target: generated/{file.name}\n"
            "```"
        )
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
