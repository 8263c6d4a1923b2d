"""A table in a few lines, for tests that need one to break: a letter is written, sent, perhaps read, and answered."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from attrs import field, frozen

from eap_workflow.machine import Workflow
from eap_workflow.table import About, Guard, Limit, Move, Start, State, Stop, When
from eap_workflow.values import Role

WRITER, READER, CLOCK = (Role.CONSULTANT,), (Role.EMPLOYER,), (Role.SYSTEM,)

PARTS: dict[str, Any] = {
    "name": "letters",
    "title": "Letter",
    "start": "blank",
    "states": (
        State("written", Role.CONSULTANT),
        State("franked", Role.SYSTEM, passing=True),
        State("sent", Role.EMPLOYER, ("answer", "whole")),
        State("answered", final=True),
    ),
    "limits": (
        Limit("answer", "employer", "The reader answers.", ("R-1",)),
        Limit("whole", "employer", "Everything together.", ("R-2",), chain=("answer",)),
    ),
    "guards": (
        Guard("signed", About.REQUEST, "The letter is signed.", ("R-3",), "signature"),
        Guard("polite", About.COMMAND, "The answer is polite.", ("R-4",)),
    ),
    "moves": (
        Move("write", "blank", "written", WRITER, (), (), ("R-5",)),
        Move("send", "written", "franked", WRITER, ("signed",), (), ("R-5",)),
        Move("post", "franked", "sent", CLOCK, (), (Start("answer"), Start("whole")), ("R-5",), when=When.AT_ONCE),
        Move("answer", "sent", "answered", READER, ("signed", "polite"), (Stop("answer"), Stop("whole")), ("R-6",)),
        Move("remind", "sent", "sent", CLOCK, (), (), ("R-6",), when=When.WHEN_DUE),
    ),
}


def small(**changes: Any) -> Workflow:
    """Build the table, with other parts where they are given."""
    return Workflow(**PARTS | changes)


def signed(snapshot: Any, _command: Any, _context: Any) -> bool:
    """Whether the letter is signed."""
    return bool(snapshot.signed)


def polite(_snapshot: Any, command: Any, _context: Any) -> bool:
    """Whether the answer is polite."""
    return bool(command.polite)


PREDICATES = {"signed": signed, "polite": polite}


EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


def moment(number: int | datetime) -> datetime:
    """An instant, by its number."""
    return number if isinstance(number, datetime) else EPOCH + timedelta(number)


@frozen(kw_only=True)
class Letter:
    """A snapshot of a letter."""

    state: str
    at: datetime = field(default=EPOCH, converter=moment)
    signed: bool = True


@frozen(kw_only=True)
class Asked:
    """A command."""

    trigger: str
    polite: bool = True


@frozen(kw_only=True)
class By:
    """An actor."""

    role: Role


@frozen(kw_only=True)
class Now:
    """A context."""

    by: By
    at: datetime = field(default=EPOCH, converter=moment)
