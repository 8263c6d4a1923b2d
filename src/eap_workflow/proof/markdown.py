"""Sets what is proved as Markdown tables: the properties with their rules, and what the model for SPIN takes for a guard."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from eap_workflow.machine import Workflow
    from eap_workflow.proof.promela import Meaning
    from eap_workflow.proof.properties import Property

HEAD = "| property | what holds | rules | walked | SPIN |\n|---|---|---|---|---|"


def of_properties(properties: tuple[Property, ...]) -> str:
    """Set the properties as a table, each with how it is shown."""
    return "\n".join((HEAD, *(_row(each) for each in properties)))


def _row(each: Property) -> str:
    walked = "everything" if each.over else "each step" if each.on else "each place" if each.at else "core's own error"
    spin = "-" if each.ltl is None else "the rows alone" if each.by_rows else "with meanings"
    return f"| `{each.name}` | {each.sentence} | {', '.join(each.rules)} | {walked} | {spin} |"


def of_guards(workflow: Workflow, meaning: Meaning) -> str:
    """Say which guards have a meaning in the model, and which may hold or not as they please."""
    meant = [guard.name for guard in workflow.guards if guard.name in meaning.guards]
    free = [guard.name for guard in workflow.guards if guard.name not in meaning.guards and guard.name != "due"]
    return "\n\n".join(
        (
            meaning.words,
            f"Guards with a meaning in the model: {', '.join(_named(meant))}.",
            f"Guards that may hold or not: {', '.join(_named(free))}.",
        )
    )


def _named(names: list[str]) -> Iterator[str]:
    return (f"`{name}`" for name in names)
