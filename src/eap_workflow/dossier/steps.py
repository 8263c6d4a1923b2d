"""Every step of a request: who did what, when, on which row of the table, and what was filled in and computed."""

from __future__ import annotations

from itertools import chain, repeat
from typing import TYPE_CHECKING

from eap_workflow.dossier.contents import NextMove, Rule, StepEntry
from eap_workflow.dossier.filled import Line, lines_of
from eap_workflow.machine import When
from eap_workflow.process import ADOPT
from eap_workflow.values import SYSTEM, Role, as_words
from eap_workflow.views.said import said_of
from eap_workflow.wording import day, instant, who

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from eap_workflow.deadlines import Deadline
    from eap_workflow.machine import Move, Workflow
    from eap_workflow.steps import Snapshot, Step

OPENINGS = ("form", "opening")
LATE_STANDS = "IN-04"
"""The rule by which a limit that has passed decides nothing, so that who was to decide still may."""

SYSTEM_WHEN = {
    When.ASKED: "the system",
    When.AT_ONCE: "the system, at once",
    When.WHEN_DUE: "the system's clock, when it is due",
}


def entries(workflow: Workflow, steps: Iterable[Step], digests: Sequence[str]) -> tuple[StepEntry, ...]:
    """Describe every step.

    Args:
        workflow: The table of today.
        steps: The steps, in order.
        digests: The digest of each in the chain, in the same order; steps that come after these are owed.
    """
    running: dict[str, Deadline] = {}
    described = []
    for step, digest in zip(steps, chain(digests, repeat("")), strict=False):
        described.append(_entry(workflow, step, digest, running))
        running |= {each.limit: each for each in step.started}
        running = {limit: each for limit, each in running.items() if limit not in step.stopped}
    return tuple(described)


def asked(steps: Sequence[Step]) -> tuple[Line, ...]:
    """What was asked for: what the first command filled in, with what the same command changed later.

    Of a request that was taken over, it is what its own workflow opens a request with, as another system had it.

    Args:
        steps: The steps, in order.
    """
    opening = [step for step in steps if step.trigger == steps[0].trigger]
    filled = [getattr(step.command, _opening(step)) if step.trigger == ADOPT else step.command for step in opening]
    return tuple({line.label: line for each in filled for line in lines_of(each)}.values())


def adopted(steps: Sequence[Step]) -> tuple[Line, ...]:
    """What another system stated of a request besides, when it was taken over; nothing where it was opened here.

    Args:
        steps: The steps, in order.
    """
    first = steps[0]
    if first.trigger != ADOPT:
        return ()
    return lines_of(first.command, leaving_out=_opening(first), explained=True)


def _opening(step: Step) -> str:
    """What a command that takes a request over calls what its workflow opens one with."""
    return next(name for name in OPENINGS if hasattr(step.command, name))


def next_moves(workflow: Workflow, snapshot: Snapshot) -> tuple[NextMove, ...]:
    """What may happen to a request next, whoever asks; of the clock's moves, those that have still to come.

    What the system makes at once was made, or ruled out, when the request came to where it rests.

    Args:
        workflow: The table.
        snapshot: The request as it stands.
    """
    scheduled = {move.trigger for move in snapshot.clock}
    return tuple(
        next_move(workflow, move)
        for move in workflow.moves_from(snapshot.state)
        if move.when is When.ASKED or (move.when is When.WHEN_DUE and move.trigger in scheduled)
    )


def next_move(workflow: Workflow, move: Move) -> NextMove:
    """Describe a move that could come next.

    Args:
        workflow: The table.
        move: A row of it.
    """
    target = "stays" if move.is_self_move else as_words(move.target)
    return NextMove(what=as_words(move.trigger), target=target, rule=_rule(workflow, move))


def _entry(workflow: Workflow, step: Step, digest: str, running: Mapping[str, Deadline]) -> StepEntry:
    move = workflow.move(step.source, step.trigger, step.target)
    return StepEntry(
        version=step.version,
        at=step.at,
        what=as_words(step.trigger),
        said=said_of(step),
        by=who(step.by),
        source=as_words(step.source),
        target=as_words(step.target),
        stays=step.source == step.target,
        rule=None if move is None else _rule(workflow, move),
        older=step.table != workflow.fingerprint,
        is_owed=not digest,
        adopted=step.trigger == ADOPT,
        filled=lines_of(step.command),
        computed=lines_of(step.facts),
        limits=(*_ended(step, move, running), *(_stated(each, again=each.limit in running) for each in step.started)),
        digest=digest,
    )


def _rule(workflow: Workflow, move: Move) -> Rule:
    sentences = {guard.name: guard.sentence for guard in workflow.guards}
    return Rule(
        who=tuple(SYSTEM_WHEN[move.when] if role is Role.SYSTEM else as_words(role.value) for role in move.who),
        guards=tuple(sentences[name] for name in move.guards),
        rules=move.rules,
    )


def _ended(step: Step, move: Move | None, running: Mapping[str, Deadline]) -> Iterable[str]:
    for limit in step.stopped:
        said = f"{as_words(limit)}: ended"
        if limit in running and running[limit].has_passed(step.at):
            said += ", after it had passed"
            if step.by != SYSTEM and move is not None and LATE_STANDS in move.rules:
                said += f"; a late decision stands ({LATE_STANDS})"
        yield said


def _stated(deadline: Deadline, *, again: bool) -> str:
    verb = "another date was stated, due" if again else "started, due"
    return f"{as_words(deadline.limit)}: {verb} {due_in_words(deadline)}"


def due_in_words(deadline: Deadline) -> str:
    """The last day of a limit; of one in elapsed hours the hour too, in its party's zone."""
    due = deadline.due
    if due.is_in_hours:
        return f"{instant(deadline.passes_at, due.last_basis.zone)} ({due.last_basis.zone})"
    return day(deadline.due_on)
