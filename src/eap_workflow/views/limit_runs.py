"""Each limit of a request, from the step that started it to the one that ended it, and whether it was kept.

It follows from the steps alone: no calendar is asked, for a date was stated when the limit started and holds (IN-12). How many
working days early or late somebody was is for whoever has the calendar to count.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from attrs import define, field, frozen

from eap_workflow.values import Discreet, as_instant

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from eap_workflow.deadlines import Deadline
    from eap_workflow.machine import Workflow
    from eap_workflow.steps import Step

Standing = Literal["running", "over", "extended", "kept", "late", "lifted", "ended"]
"""How a limit stands: it runs; it has passed and runs on; it had passed when a later date was stated, whatever came after; what it
is there for was done in time; it ended after it had passed; it ended in time, and nobody owes any more what it was there for; or
it ended in time by a row that the table has no longer."""

Ending = Literal["done", "lifted", "unknown"]
"""What a row that ends a limit says of it: that it is done, or that it is owed no more; or the table has no such row today."""

MISSED: frozenset[Standing] = frozenset({"over", "extended", "late"})
"""The standings of a limit that was not kept. That it passed is a recorded fact, and nothing that comes later undoes it (IN-04)."""


@frozen(kw_only=True, repr=False)
class Statement(Discreet):
    """One date that was stated for a limit: the first, or a later one (IN-12).

    Attributes:
        step: The step that stated it.
        deadline: The limit with that date.
        had_passed: Whether the date that was stated before had passed already by then.
    """

    step: Step
    deadline: Deadline
    had_passed: bool = False


@frozen(kw_only=True, repr=False)
class LimitRun(Discreet):
    """One run of a limit. A limit that is started anew has another run.

    Attributes:
        limit: Which limit of the table.
        binding: Whether it binds somebody; a sum of limits is stated and binds nobody (IN-03).
        statements: The dates that were stated for it, in order; one at least.
        ended: The step that ended it, or started it anew; None while it runs.
        ending: What that step's row says of it, by the table of today; None while it runs.
        fulfilled: The step that did what it asks for without ending it; None where none did.
        standing: How it stands, or stood when it ended.
    """

    limit: str
    binding: bool
    statements: tuple[Statement, ...]
    ended: Step | None
    ending: Ending | None
    fulfilled: Step | None
    standing: Standing

    @property
    def was_missed(self) -> bool:
        """Whether it was not kept, whatever came after (IN-04)."""
        return self.standing in MISSED

    @property
    def deadline(self) -> Deadline:
        """The limit with the date that was stated last, which is the one that counts."""
        return self.statements[-1].deadline


@define
class _Open:
    """A run that has not ended yet, as far as the steps were read."""

    place: int
    statements: list[Statement] = field(factory=list)
    fulfilled: Step | None = None

    def state(self, step: Step, deadline: Deadline) -> None:
        before = self.statements[-1].deadline if self.statements else None
        had_passed = before is not None and before.has_passed(step.at)
        self.statements.append(Statement(step=step, deadline=deadline, had_passed=had_passed))


def limit_runs(workflow: Workflow, steps: Iterable[Step], at: datetime) -> tuple[LimitRun, ...]:
    """Follow every limit of a request through its steps (XS-07, CR-07, CM-04, CM-05, TC-03, IN-04, IN-12).

    Args:
        workflow: The table of the request's workflow.
        steps: The request's steps, in order, up to the instant.
        at: The instant at which those limits are looked at that still run, aware.

    Returns:
        The runs, in the order in which they started.

    Raises:
        InvalidType: The instant is no aware datetime.
    """
    at = as_instant(at)
    running: dict[str, _Open] = {}
    ended: dict[int, LimitRun] = {}
    place = 0
    for step in steps:
        for limit in fulfilled_by(workflow, step):
            if limit in running and running[limit].fulfilled is None:
                running[limit].fulfilled = step
        for limit in step.stopped:
            run = running.pop(limit, None)
            if run is not None:
                ended[run.place] = _run(workflow, run, step, at)
        for deadline in step.started:
            run = running.get(deadline.limit)
            # A later date is stated for the limit that runs; one that starts at another instant is another run.
            if run is not None and run.statements[0].deadline.started_at != deadline.started_at:
                ended[run.place] = _run(workflow, run, step, at)
                run = None
            if run is None:
                run = running[deadline.limit] = _Open(place)
                place += 1
            run.state(step, deadline)
    for run in running.values():
        ended[run.place] = _run(workflow, run, None, at)
    return tuple(ended[each] for each in range(place))


def ending_of(workflow: Workflow, step: Step, limit: str) -> Ending:
    """Ask the row that a step took whether the limit that it ended is done, or is owed no more.

    Args:
        workflow: The table of today.
        step: A step that ended the limit, or started it anew.
        limit: Which limit.
    """
    move = workflow.move(step.source, step.trigger, step.target)
    if move is None or limit not in {*move.stops, *move.restarts}:
        return "unknown"
    return "lifted" if limit in move.lifts else "done"


def fulfilled_by(workflow: Workflow, step: Step) -> tuple[str, ...]:
    """The limits that a step did what they ask for, without ending them; one that the clock made, of its own limit.

    Args:
        workflow: The table of today.
        step: The step.
    """
    move = workflow.move(step.source, step.trigger, step.target)
    return () if move is None else tuple(limit for limit in move.fulfils if step.limit in (limit, None))


def _run(workflow: Workflow, run: _Open, ended: Step | None, at: datetime) -> LimitRun:
    deadline = run.statements[-1].deadline
    ending = None if ended is None else ending_of(workflow, ended, deadline.limit)
    return LimitRun(
        limit=deadline.limit,
        binding=not workflow.limit(deadline.limit).chain,
        statements=tuple(run.statements),
        ended=ended,
        ending=ending,
        fulfilled=run.fulfilled,
        standing=_standing(run, deadline, ended, ending, at),
    )


def _standing(run: _Open, deadline: Deadline, ended: Step | None, ending: Ending | None, at: datetime) -> Standing:
    # What answers the passing is made by the clock at that very instant, and is in time then.
    if run.fulfilled is not None and run.fulfilled.at <= deadline.passes_at:
        return "kept"
    if deadline.has_passed(at if ended is None else ended.at):
        return "over" if ended is None else "late"
    if any(each.had_passed for each in run.statements):
        return "extended"
    if ending is None:
        return "running"
    return "kept" if ending == "done" else "lifted" if ending == "lifted" else "ended"
