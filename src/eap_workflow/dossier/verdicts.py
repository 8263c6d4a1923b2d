"""Whether a limit was kept, in a word and in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import frozen

from eap_workflow.dossier.steps import due_in_words
from eap_workflow.dossier.wording import day, hours, instant, number
from eap_workflow.local_time import local_day
from eap_workflow.plain.english import capital
from eap_workflow.values import SYSTEM, as_words

if TYPE_CHECKING:
    from datetime import datetime

    from eap_workflow.deadlines import Due
    from eap_workflow.steps import Step
    from eap_workflow.views.limit_runs import LimitRun

IN_SHORT = {
    "running": "still running",
    "over": "passed, still running",
    "kept": "kept",
    "late": "passed",
    "lifted": "no longer owed",
}


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


def in_short(run: LimitRun) -> str:
    """Say in a word or two how a limit stands; a sum of limits binds nobody, and is neither kept nor broken (IN-03)."""
    return IN_SHORT[run.standing] if run.binding else STATED_ONLY


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
    if ended is None:
        if run.standing == "running":
            said = f"{_how_far(run, reached, at)}it passes {passing}."
        else:
            said = f"it passed {passing}{_how_long_ago(run, reached, at)}."
    else:
        by = f"{_by(ended)} ended it on {_on(ended, due)}"
        if run.standing == "late":
            said = f"it passed {passing}; {by}{_how_late(run, reached, ended.at)}."
        else:
            said = f"{_how_far(run, reached, ended.at)}{by}."
    if not run.binding:
        said = f"it binds nobody; {said}"
    if any(each.had_passed for each in run.statements):
        said += " A date that was stated before had already passed when a later one was stated."
    return capital(said)


def _by(ended: Step) -> str:
    what = f"“{as_words(ended.trigger)}”"
    return f"{what}, which the system made," if ended.by == SYSTEM else what


def _on(ended: Step, due: Due) -> str:
    zone = due.last_basis.zone
    return instant(ended.at, zone) if due.is_in_hours else day(local_day(ended.at, zone))


def _how_far(run: LimitRun, reached: Reached, at: datetime) -> str:
    if run.deadline.due.is_in_hours:
        return f"after {hours(at - run.deadline.started_at)}, "
    if reached.of is None:
        return ""
    if reached.day is None:
        return f"before day 1 of {reached.of}, "
    return f"on day {reached.day} of {reached.of}, "


def _how_late(run: LimitRun, reached: Reached, at: datetime) -> str:
    if run.deadline.due.is_in_hours:
        late = at - run.deadline.passes_at
        return f", {hours(late)} late" if late else ", at that instant"
    if at == run.deadline.passes_at:
        return ", at that instant"
    if reached.over is None:
        return ""
    if reached.over == 0:
        return ", before another working day had begun"
    return f", {number(reached.over, 'working day')} late"


def _how_long_ago(run: LimitRun, reached: Reached, at: datetime) -> str:
    if run.deadline.due.is_in_hours:
        return f", {hours(at - run.deadline.passes_at)} ago"
    if reached.over is None:
        return ""
    if reached.over == 0:
        return ", and no working day has gone by since"
    return f", {number(reached.over, 'working day')} ago"
