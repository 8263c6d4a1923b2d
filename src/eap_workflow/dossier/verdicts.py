"""Whether a limit was kept, in a word and in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from eap_workflow.dossier.steps import due_in_words
from eap_workflow.local_time import local_day
from eap_workflow.plain.english import capital
from eap_workflow.values import SYSTEM, as_words
from eap_workflow.wording import day, hours, instant, number

if TYPE_CHECKING:
    from datetime import datetime

    from eap_workflow.deadlines import Due
    from eap_workflow.steps import Step
    from eap_workflow.views.limit_runs import LimitRun

ANSWERED = {"tell_wpo": "WPO was told"}
"""What was done where a limit passed and its row in the table answers that, as people say it."""

STATED_ONLY = "stated only"


@frozen(kw_only=True)
class Reached:
    """How far a count had come when a limit ended, or has come now.

    Attributes:
        day: How many working days had counted; None before the first, and where none are counted.
        of: How many there are in all; None where that is not to be had.
        over: How many working days after the last day it ended, or it is now; None where it is not over, or cannot be told.
    """

    day: int | None
    of: int | None
    over: int | None


def in_short(run: LimitRun, reached: Reached, at: datetime) -> str:
    """Say in a few words whether a limit was kept; a sum of limits binds nobody, and is neither kept nor missed (IN-03).

    Args:
        run: The limit.
        reached: How far its count had come.
        at: The instant as of which it is shown, in UTC.
    """
    if not run.binding:
        return STATED_ONLY
    match run.standing:
        case "running":
            return "still running"
        case "over":
            over = _over(run, reached, at)
            return f"not kept: {over}, still running" if over else "not kept: passed, still running"
        case "extended":
            return "not kept: passed, then extended"
        case "late":
            return f"not kept: {_late(run, reached)}"
        case "kept" if run.fulfilled is not None:
            return f"kept, {_answered(run.fulfilled)} when it passed"
        case "kept":
            ended_at = run.deadline.started_at if run.ended is None else run.ended.at
            return f"kept{_how_far(run, reached, ended_at)}"
        case "lifted":
            return "no longer owed"
        case "ended":
            return "ended in time"


def length(due: Due) -> str:
    """Say how long a limit is."""
    if due.elapsed_hours is not None:
        first = number(due.elapsed_hours, "elapsed hour")
    elif due.stated_on is not None:
        first = f"to the end of a day that was stated, {day(due.stated_on)}"
    else:
        first = number(due.working_days, "working day")
    more = [part.working_days for part in due.further if part.working_days]
    return " and then ".join([first, *(number(each, "working day") for each in more)])


def verdict(run: LimitRun, reached: Reached, at: datetime) -> str:
    """Say in a sentence when and by what a limit ended, or when it passes: what comes after `in_short`.

    Args:
        run: The limit.
        reached: How far its count had come.
        at: The instant as of which it is shown, in UTC.
    """
    due, ended = run.deadline.due, run.ended
    passing = f"on {due_in_words(run.deadline)}" if due.is_in_hours else f"at the end of {day(run.deadline.due_on)}"
    by = "" if ended is None else f"{_by(ended)} ended it on {_on(ended, due)}"
    if run.deadline.has_passed(at if ended is None else ended.at):
        said = f"it passed {passing}{f'; {by}' if by else ''}."
    elif ended is None:
        said = f"{_how_far(run, reached, at)}, it passes {passing}.".removeprefix(", ")
    elif run.standing == "kept":
        said = f"{by}."
    else:
        said = f"{_how_far(run, reached, ended.at)}, {by}.".removeprefix(", ")
    if not run.binding:
        said = f"it binds nobody; {said}"
    if any(each.had_passed for each in run.statements):
        said += " A date that was stated before had already passed when a later one was stated."
    if run.ending == "unknown":
        said += " The table of today has no such row, so it cannot be told whether what was owed was done."
    return capital(said)


def _answered(fulfilled: Step) -> str:
    return ANSWERED.get(fulfilled.trigger, f"“{as_words(fulfilled.trigger)}” was made")


def _by(ended: Step) -> str:
    what = f"“{as_words(ended.trigger)}”"
    return f"{what}, which the system made," if ended.by == SYSTEM else what


def _on(ended: Step, due: Due) -> str:
    zone = due.last_basis.zone
    return instant(ended.at, zone) if due.is_in_hours else day(local_day(ended.at, zone))


def _how_far(run: LimitRun, reached: Reached, at: datetime) -> str:
    if run.deadline.due.is_in_hours:
        return f", after {hours(at - run.deadline.started_at)}"
    if reached.of is None:
        return ""
    if reached.day is None:
        return f", before day 1 of {reached.of}"
    return f", on day {reached.day} of {reached.of}"


def _late(run: LimitRun, reached: Reached) -> str:
    if run.ended is None or run.ending == "lifted":
        return "never done"
    verb = "done" if run.ending == "done" else "ended"
    if run.ended.at == run.deadline.passes_at:
        return f"{verb} when it had just passed"
    if run.deadline.due.is_in_hours:
        return f"{verb} {hours(run.ended.at - run.deadline.passes_at)} late"
    if reached.over is None:
        return f"{verb} late"
    if reached.over == 0:
        return f"{verb} less than a working day late"
    return f"{verb} {number(reached.over, 'working day')} late"


def _over(run: LimitRun, reached: Reached, at: datetime) -> str:
    if run.deadline.due.is_in_hours:
        return f"{hours(at - run.deadline.passes_at)} over"
    if reached.over is None:
        return ""
    return f"{number(reached.over, 'working day') if reached.over else 'less than a working day'} over"
