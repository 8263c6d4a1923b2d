"""What the formats in XML note of a table in a namespace of our own, for a reader: no engine reads any of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from eap_workflow.diagrams.model import Diagram, DrawnGuard, DrawnKind, DrawnLimit
from eap_workflow.diagrams.xml_text import Element

if TYPE_CHECKING:
    from eap_workflow.terms.figures import Figure

OURS = "urn:eap-workflow:table"


def noted(diagram: Diagram) -> tuple[Element, ...]:
    """The guards and the limits of a table, each with its sentence and its rules; and a contract's other numbers."""
    limits = [limit.name for limit in diagram.limits]
    return (
        *map(_guard, diagram.guards),
        *map(_limit, diagram.limits),
        *(_kind(diagram, kind, limits) for kind in diagram.kinds),
        *map(_figure, diagram.figures),
    )


def words(names: Iterable[str]) -> str | None:
    """Names as an attribute has them, one after the other; None for no name."""
    return " ".join(names) or None


def _guard(guard: DrawnGuard) -> Element:
    about = {"name": guard.name, "sees": guard.about, "field": guard.field, "rules": words(guard.rules)}
    return Element("eap:guard", about, guard.sentence)


def _limit(limit: DrawnLimit) -> Element:
    about = {
        "name": limit.name,
        "whoseDays": limit.party,
        "optional": "true" if limit.optional else None,
        "occasional": "true" if limit.occasional else None,
        "stated": "true" if limit.stated else None,
        "sumOf": ", ".join(limit.chain) or None,
        "workingDays": None if limit.working_days is None else str(limit.working_days),
        "elapsedHours": None if limit.elapsed_hours is None else str(limit.elapsed_hours),
        "rules": words(limit.rules),
    }
    return Element("eap:limit", about, limit.sentence)


def _kind(diagram: Diagram, kind: DrawnKind, limits: list[str]) -> Element:
    lengths = (
        Element("eap:length", {"limit": name}, length)
        for name, length in zip(limits, kind.lengths, strict=True)
        if length
    )
    about = {"of": diagram.differ_by, "name": kind.words, "rules": words(kind.rules)}
    return Element("eap:kind", about, (*lengths, *map(_figure, kind.figures)))


def _figure(figure: Figure) -> Element:
    return Element("eap:number", {"of": figure.what, "rules": words(figure.rules)}, figure.value)
