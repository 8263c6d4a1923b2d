"""What the tests of every format share: the diagrams of our tables, the paths through them, and what each has to say."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from eap_workflow import STANDARD
from eap_workflow.diagrams import Path, extract, path_of
from eap_workflow.diagrams.lettering import printable
from eap_workflow.processes import NAMES, process_named
from tests.workflows.case_review.subject import CaseReview
from tests.workflows.extra_sessions.subject import ExtraSessions
from tests.workflows.outreach.subject import Outreach
from tests.workflows.session_cancellation.subject import SessionCancellation

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from eap_workflow.diagrams import Diagram
    from eap_workflow.machine import Workflow
    from eap_workflow.steps import Step
    from eap_workflow.terms.figures import Figures

MELBOURNE = ZoneInfo("Australia/Melbourne")
SUBJECTS = {
    subject.process.workflow.name: subject
    for subject in (ExtraSessions(), CaseReview(), Outreach(), SessionCancellation())
}
assert set(SUBJECTS) == set(NAMES)


@cache
def workflow_of(name: str) -> Workflow:
    """One of our tables."""
    return process_named(name).workflow


def figures_of(name: str) -> Figures:
    """Its numbers by the standard contract."""
    return process_named(name).figures(STANDARD)


def diagram_of(name: str) -> Diagram:
    """Its diagram, by the standard contract."""
    return extract(workflow_of(name), figures=figures_of(name))


@cache
def trails_of(name: str) -> Mapping[str, tuple[Step, ...]]:
    """Trails by the name of their tour; together they take every row."""
    subject = SUBJECTS[name]
    return {tour: tuple(lead(subject.process)) for tour, lead in subject.tours.items()}


def paths_of(name: str) -> Mapping[str, Path]:
    """The paths of these trails."""
    return {tour: path_of(workflow_of(name), steps, MELBOURNE) for tour, steps in trails_of(name).items()}


def names_on(diagram: Diagram) -> Iterator[str]:
    """Every word of a table that has to stand on every drawing of it."""
    for state in diagram.states:
        yield state.words
        for limit in state.limits:
            yield from (limit.words, limit.length, *limit.conditions)
        if state.turn is not None:
            yield f"{state.turn}'s turn"
    for move in diagram.moves:
        yield from (move.words, *move.who, *(guard.words for guard in move.guards), *move.rules)
        if move.stays:
            acts = (*move.stops, *move.starts, *move.restarts, *move.extends, *move.fulfils)
            yield from (limit.words for limit in acts)
    yield diagram.contract
    for figure in diagram.figures:
        yield from (figure.what, figure.value, *figure.rules)
    for kind in diagram.kinds:
        yield from (kind.words, *(figure.what for figure in kind.figures))


def squeezed(text: str) -> str:
    """Leave out what stands between words, for a format breaks lines where it likes; controls are marked."""
    return printable(re.sub(r"\s+", "", text)).casefold()


def missing(diagram: Diagram, said: str) -> list[str]:
    """What of a table does not stand in a text."""
    text = squeezed(said)
    return [name for name in names_on(diagram) if squeezed(name) not in text]


def by_another_process(expression: str, seed: str) -> bytes:
    """What another process gives for an expression, with an order of its own for sets.

    Args:
        expression: Of ``diagrams``, ``workflow`` (the largest of ours) and ``figures``.
        seed: Of the order.
    """
    program = (
        "import sys; from eap_workflow import STANDARD, diagrams; from eap_workflow.processes import process_named\n"
        "process = process_named('session_cancellation'); workflow = process.workflow\n"
        "figures = process.figures(STANDARD)\n"
        f"found = {expression}\n"
        "sys.stdout.buffer.write(found if isinstance(found, bytes) else found.encode())"
    )
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, env=environment)
    return run.stdout
