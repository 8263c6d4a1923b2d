"""How drawings look, whichever program draws them: the colours of a light page and of a dark one, and the words for who and when.

Colour never says anything alone. A final state has a double border, one that is left at once is a hexagon with a broken
border; what the clock does when it is due is dashed and begins with a circle, what the system does at once is dotted and
begins with a diamond. Every colour of letters has a contrast of 4.5 to 1 at least to what is behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from attrs import frozen

from eap_workflow.machine import When

if TYPE_CHECKING:
    from eap_workflow.diagrams.arrangement import Entry
    from eap_workflow.diagrams.model import DrawnLimit, DrawnState
    from eap_workflow.diagrams.path import Visit

Theme = Literal["light", "dark"]
Kind = Literal["open", "passing", "final"]


@frozen(kw_only=True)
class Colours:
    """The colours of a theme.

    Attributes:
        ground: What is behind the drawing.
        ink: Its letters.
        faint: Letters and lines that stand back.
        fills: The inside of a state, by kind.
        borders: Its border, by kind; where a request stands, thicker.
        arrows: An arrow and its letters, by who makes the moves.
    """

    ground: str
    ink: str
    faint: str
    fills: dict[Kind, str]
    borders: dict[Kind, str]
    arrows: dict[When, str]


THEMES: dict[Theme, Colours] = {
    "light": Colours(
        ground="#ffffff",
        ink="#1a1a1a",
        faint="#666666",
        fills={"open": "#e4eefc", "passing": "#f1f1f1", "final": "#e2f2dc"},
        borders={"open": "#2b5797", "passing": "#5a5a5a", "final": "#2f6627"},
        arrows={When.ASKED: "#1f4a87", When.AT_ONCE: "#6b2f8a", When.WHEN_DUE: "#8f4300"},
    ),
    "dark": Colours(
        ground="#131416",
        ink="#eeeeee",
        faint="#a0a0a0",
        fills={"open": "#1d2f4c", "passing": "#2b2b2f", "final": "#1d3a22"},
        borders={"open": "#8ab4f8", "passing": "#b5b5b5", "final": "#86d08a"},
        arrows={When.ASKED: "#a3c7ff", When.AT_ONCE: "#dcb0f7", When.WHEN_DUE: "#ffbb66"},
    ),
}

WHEN = {When.ASKED: "", When.AT_ONCE: "at once", When.WHEN_DUE: "when due"}
REMARKS: dict[Kind, str] = {"open": "", "passing": "left at once", "final": "final"}


def kind(state: DrawnState) -> Kind:
    """Tell what a state's shape is."""
    return "final" if state.final else "passing" if state.passing else "open"


def who(entry: Entry) -> str:
    """Say who makes a move, and when if nobody asks for it."""
    return ", ".join(filter(None, (*entry.who, WHEN[entry.when])))


def briefly(entry: Entry) -> str:
    """Say who makes a move, or only when, where it is the system alone."""
    return WHEN[entry.when] if entry.when is not When.ASKED and entry.who == ("system",) else who(entry)


def length(limit: DrawnLimit) -> str:
    """Say how long a limit is, and whether it binds and runs."""
    return ", ".join(filter(None, (limit.length, *limit.conditions)))


def dates(visits: tuple[Visit, ...]) -> str:
    """Say when a path took something: each step's number and day, which no line break parts."""
    return " ".join(f"({visit.number})\N{NO-BREAK SPACE}{visit.on.isoformat()}" for visit in visits)


def takes(entry: Entry) -> str:
    """Say what a move takes, and what it does to limits."""
    guards = ", ".join(guard.words for guard in entry.guards)
    acts = (f"{verb} {', '.join(each.words for each in limits)}" for verb, limits in entry.acts)
    return "; ".join(filter(None, (guards, *acts)))


def condition(entry: Entry) -> str:
    """Say what a move takes as the end of a sentence, with the rules that it serves."""
    rules = f" ({' '.join(entry.rules)})" if entry.rules else ""
    return f"if {takes(entry) or 'asked for'}{rules}"
