"""What an event log says of a request, as plain data: between its steps, which it is taken from, and the formats, which write it.

Here it is decided what goes out. Of a step that is its row, when, in which role, which limits it started and stopped, and
references, each by what stands for it. What a command filled in stays: sessions, goals, reasons, answers, and who the
client is.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING

from attrs import frozen

from eap_workflow.event_logs.references import ACTOR, REQUEST
from eap_workflow.labels import step_label
from eap_workflow.store import stage_due_on
from eap_workflow.values import Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from eap_workflow.deadlines import Deadline
    from eap_workflow.event_logs.references import Naming
    from eap_workflow.process import Process
    from eap_workflow.process_set import Processes
    from eap_workflow.steps import Snapshot, Step

NOBODY = "system"
"""Who made a move of the clock's."""

SHARED = {"session_cancellation": "absence"}
"""What requests of a workflow have in common besides their employer and their contract; an Assist Case where it is not here."""
ASSIST_CASE = "assist_case"


@frozen(kw_only=True)
class LoggedStep:
    """A step.

    Attributes:
        number: Its number in the request's trail, from 1.
        label: Its row, or how it was taken over.
        trigger: The row's trigger.
        source: The state that was left.
        target: The state that was entered.
        at: When it took effect, in UTC.
        role: In which role it was made.
        resource: What stands for who made it; ``system`` for the clock.
        limit: The limit that a move of the clock is about.
        rules: The ids of the rules that the row serves in the table of today; none for a row that it has not.
        started: The limits that it started, or stated a later date for.
        stopped: The limits that it stopped.
        due_on: The last day of the stage in which the request is after it; None where it has none.
        objects: By kind, what stands for what the request belongs to after it.
    """

    number: int
    label: str
    trigger: str
    source: str
    target: str
    at: datetime
    role: str
    resource: str
    limit: str | None
    rules: tuple[str, ...]
    started: tuple[Deadline, ...]
    stopped: tuple[str, ...]
    due_on: date | None
    objects: Mapping[str, str]


@frozen(kw_only=True)
class LoggedRequest:
    """A request, with its trail.

    Attributes:
        name: What stands for its id.
        workflow: Of which workflow.
        ended: Whether it is in a final state.
        steps: Its steps, in order; one at least.
    """

    name: str
    workflow: str
    ended: bool
    steps: tuple[LoggedStep, ...]


def logged(processes: Processes, trail: Sequence[Step], naming: Naming) -> LoggedRequest:
    """Take from a request's trail what an event log says of it.

    Args:
        processes: The workflows that it may be of.
        trail: Its steps, from the first on.
        naming: What stands for a reference.

    Raises:
        DefinitionError: The steps do not follow on each other.
        Unknown: It is of another workflow.
    """
    process = processes.named(trail[0].workflow)
    return LoggedRequest(
        name=naming(REQUEST, trail[0].request),
        workflow=process.workflow.name,
        ended=process.workflow.state(trail[-1].target).final,
        steps=tuple(_steps(processes, process, trail, naming)),
    )


def _steps(processes: Processes, process: Process, trail: Sequence[Step], naming: Naming) -> Iterator[LoggedStep]:
    snapshot: Snapshot | None = None
    for step in trail:
        snapshot = process.evolve(snapshot, step)
        move = process.workflow.move(step.source, step.trigger, step.target)
        yield LoggedStep(
            number=step.version,
            label=step_label(step),
            trigger=step.trigger,
            source=step.source,
            target=step.target,
            at=step.at,
            role=step.by.role.value,
            resource=NOBODY if step.by.role is Role.SYSTEM else naming(ACTOR, step.by.id),
            limit=step.limit,
            rules=() if move is None else move.rules,
            started=step.started,
            stopped=step.stopped,
            due_on=stage_due_on(processes, snapshot),
            objects=dict(_objects(process, snapshot, naming)),
        )


def _objects(process: Process, snapshot: Snapshot, naming: Naming) -> Iterator[tuple[str, str]]:
    index = process.index(snapshot)
    belongs_to = {
        SHARED.get(snapshot.workflow, ASSIST_CASE): index.assist_case,
        "employer": index.employer,
        "contract": index.contract,
    }
    return ((kind, naming(kind, each)) for kind, each in belongs_to.items() if each is not None)
