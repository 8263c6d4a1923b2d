"""Proof: everything that can become of a request, walked; and the tables, written for a checker that is not ours.

A view, beside the diagrams: pure functions of tables, and of the core that follows them. `walking` walks, `properties` is
what is looked for, `promela` writes the model; each workflow has a folder with its letters, its properties, and what its
guards mean to the model.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from attrs import frozen

from eap_workflow.errors import Unknown
from eap_workflow.processes import NAMES
from eap_workflow.proof import markdown as _markdown
from eap_workflow.proof.promela import Meaning, Model, model
from eap_workflow.proof.properties import Property
from eap_workflow.proof.walking import Subject, Violation, Walk, walk

__all__ = [
    "NAMES",
    "Figures",
    "Proof",
    "Property",
    "Violation",
    "Walk",
    "markdown",
    "meaning",
    "promela",
    "prove",
    "subject",
    "walk",
]


@frozen(kw_only=True)
class Figures:
    """What was walked under one contract.

    Attributes:
        world: What is particular to the contract.
        places: How many places there are that differ in what decides.
        arrows: How many letters lead from one of them to another, or to itself.
        steps: How many steps were decided.
    """

    world: str
    places: int
    arrows: int
    steps: int


@frozen(kw_only=True)
class Proof:
    """What a walk through a workflow came to.

    Attributes:
        workflow: The workflow's name.
        properties: What was looked for.
        walked: What was walked, by contract.
        violations: Where a property does not hold, the first of each property and contract.
        untaken: The rows that were taken under none of the contracts, each as its state and trigger.
    """

    workflow: str
    properties: tuple[Property, ...]
    walked: tuple[Figures, ...]
    violations: tuple[Violation, ...]
    untaken: tuple[tuple[str, str], ...]

    @property
    def holds(self) -> bool:
        """Whether every property holds everywhere, and every row was taken."""
        return not self.violations and not self.untaken


def subject(name: str) -> Subject:
    """Give a workflow with its alphabet.

    Raises:
        Unknown: There is no such workflow.
    """
    found: Subject = _module(name).SUBJECT
    return found


def _module(name: str) -> Any:
    if name not in NAMES:
        raise Unknown("workflow", f"no workflow has this name; known are {', '.join(NAMES)}")
    return import_module(f"eap_workflow.proof.{name}")


def meaning(name: str) -> Meaning:
    """Give what a workflow's guards mean to the model.

    Raises:
        Unknown: There is no such workflow.
    """
    found: Meaning = _module(name).MEANING
    return found


def prove(name: str, *, full: bool = False, each: Callable[[Walk], object] | None = None) -> Proof:
    """Walk everything that can become of a request of a workflow, and look at every property on the way.

    Args:
        name: The workflow.
        full: With every bound, which takes minutes; otherwise with few, which takes seconds.
        each: Called after each contract, for a progress bar.

    Raises:
        Unknown: There is no such workflow.
    """
    about = subject(name)
    figures: list[Figures] = []
    violations: list[Violation] = []
    rows = {(move.source, move.trigger): None for move in about.process.workflow.moves}
    for world in about.worlds(full):
        made = walk(about, world, full=full)
        arrows = sum(len(leaving) for leaving in made.arrows.values())
        figures.append(Figures(world=world.name, places=len(made.places), arrows=arrows, steps=made.steps))
        violations += made.violations.values()
        for row in made.taken:
            rows.pop(row, None)
        if each is not None:
            each(made)
    return Proof(
        workflow=name,
        properties=about.properties,
        walked=tuple(figures),
        violations=tuple(violations),
        untaken=tuple(rows),
    )


def promela(name: str, *, full: bool = False, rows_alone: bool = False) -> Model:
    """Write a workflow's table as a model for SPIN, with the properties that it can decide.

    Args:
        name: The workflow.
        full: With every choice of a contract, or with few.
        rows_alone: Every guard may hold or not, and only what the rows alone decide is claimed.

    Raises:
        Unknown: There is no such workflow.
    """
    about, meant = subject(name), meaning(name)
    if not rows_alone:
        return model(about.process.workflow, meant, about.properties, full=full)
    decided = tuple(each for each in about.properties if each.by_rows)
    return model(about.process.workflow, meant.of_the_rows, decided, full=full)


def markdown(name: str) -> str:
    """Set what is proved of a workflow as Markdown: its properties, and what its guards mean to the model.

    Raises:
        Unknown: There is no such workflow.
    """
    about = subject(name)
    guards = _markdown.of_guards(about.process.workflow, meaning(name))
    return f"{_markdown.of_properties(about.properties)}\n\n{guards}\n"
