"""Renders a diagram as Mermaid's ``stateDiagram-v2``, to be understood in a minute and checked against the table.

- A box is a state: its name, whose turn it is, the limits that run in it, and the moves that stay in it. A thick border
  is final, a dashed one passing.
- An arrow is every move between two states. Which limits it starts and stops shows in the boxes at its two ends.
- Rows that enter a state alike, from several others, are told once, in the box that they enter.
- Mermaid cannot draw one arrow unlike another, so a sign and a word set the clock's moves apart from people's.
- In bold what is done, then who does it; in small print what it takes, and the rules.

Nothing that a table names is written as it is, save letters, digits and a few marks, so no name can end a line or a
label, nor mean anything to Mermaid.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator

from eap_workflow.diagrams.model import Diagram, DrawnLimit, DrawnMove, DrawnState
from eap_workflow.machine import When

# A fill of their own and dark text: legible on a light page and on a dark one.
LOOKS = {
    "open": "fill:#dfe9fb,stroke:#2b5797,stroke-width:1.5px,color:#111",
    "passing": "fill:#f1f1f1,stroke:#5a5a5a,stroke-width:1.5px,stroke-dasharray:6 4,color:#111",
    "final": "fill:#e0f0da,stroke:#2f6627,stroke-width:4px,color:#111",
}
SETTINGS = '%%{init: {"state": {"nodeSpacing": 25, "rankSpacing": 25}}}%%'
MOVING = {When.ASKED: ("", ""), When.AT_ONCE: ("⚡ ", ", at once"), When.WHEN_DUE: ("⏰ ", ", when due")}
STAYING = {When.ASKED: ("↻ ", ""), When.AT_ONCE: ("⚡ ", ", at once"), When.WHEN_DUE: ("🔔 ", ", when due")}
ARROW_WIDTH, BOX_WIDTH = 28, 38  # in characters of small print; Mermaid itself wraps an arrow's label at 200 pixels


def render(diagram: Diagram) -> str:
    """Write the diagram as Mermaid source."""
    ids = {state.name: f"s{index}_{_slug(state.name)}" for index, state in enumerate(diagram.states)}
    ids[diagram.start] = "[*]"
    alike = diagram.alike()
    lines = ["stateDiagram-v2", f"accTitle: {_text(diagram.title)}"]
    told: dict[tuple[object, ...], str] = {}
    for state in diagram.states:
        kind = " #183; final" if state.final else " #183; left at once" if state.passing else ""
        lines.append(f'state "<b>{_text(_capitalised(state.words))}</b>{kind}" as {ids[state.name]}')
        lines += [f"{ids[state.name]} : #160;{line}#160;" for line in _box(diagram, state, alike, told)]
    for moves in diagram.arrows():
        label = "<br/>".join(line for move in moves for line in _arrow(move, alike))
        lines.append(f"{ids[moves[0].source]} --> {ids[moves[0].target]} : {label}")
    for kind, look in LOOKS.items():
        if members := [ids[state.name] for state in diagram.states if _kind(state) == kind]:
            lines += [f"classDef {kind} {look}", f"class {','.join(members)} {kind}"]
    return "\n".join((SETTINGS, lines[0], *(f"    {line}" for line in lines[1:]), ""))


def _box(diagram: Diagram, state: DrawnState, alike: frozenset[DrawnMove], told: dict) -> Iterator[str]:
    if state.turn:
        yield _text(f"{state.turn}'s turn")
    for limit in state.limits:
        yield from _limit(limit, limit in told)
        told[limit] = state.words
    together: dict[tuple[object, ...], list[DrawnMove]] = {}
    for move in diagram.staying(state.name):
        together.setdefault((move.when, move.who, move.guards, move.stops, bool(move.extends)), []).append(move)
    for moves in together.values():
        key = (moves[0].when, moves[0].who, moves[0].guards, tuple((m.trigger, m.rules) for m in moves))
        if key in told:
            yield f"{STAYING[moves[0].when][0]}<b>{_text(', '.join(m.words for m in moves))}</b> <small>as in {_text(told[key])}</small>"
            continue
        told[key] = state.words
        yield _head(STAYING[moves[0].when], moves, BOX_WIDTH - 7)
        yield from _small_print(moves, BOX_WIDTH)
    for move in dict.fromkeys(move.entrance for move in diagram.moves if move in alike and move.target == state.name):
        sign, w = MOVING[move.when]
        yield _head(("→ " + sign, w), [move], BOX_WIDTH - 7)
        yield from _small_print([move], BOX_WIDTH)


def _limit(limit: DrawnLimit, told) -> Iterator[str]:
    remarks = ["where the contract sets it"] if limit.optional and not told else []
    if limit.chain and not told:
        remarks.append(f"{' + '.join(limit.chain)}")
    small = " · ".join((*remarks, " ".join(limit.rules)))
    if len(small) + 1.3 * len(limit.label) < BOX_WIDTH:
        yield f"⏳ {_text(limit.label)} <small>{_text(small)}</small>"
    else:
        yield f"⏳ {_text(limit.label)}"
        yield from _small(small, BOX_WIDTH)


def _arrow(move: DrawnMove, alike: frozenset[DrawnMove]) -> Iterator[str]:
    if move in alike:
        yield f"{MOVING[move.when][0]}<b>{_text(move.words)}</b>"
        return
    yield _head(MOVING[move.when], [move], ARROW_WIDTH - 4)
    yield from _small_print([move], ARROW_WIDTH)


def _head(sign: tuple[str, str], moves: list[DrawnMove], width: int = 99) -> str:
    triggers = ", ".join(move.words for move in moves)
    who = ", ".join(moves[0].who) + sign[1]
    sep = " #183; " if len(sign[0]) + len(triggers) + len(who) < width else "<br/>"
    return f"{sign[0]}<b>{_text(triggers)}</b>{sep}{_text(who)}"


def _small_print(moves: list[DrawnMove], width: int) -> Iterator[str]:
    first = moves[0]
    parts = [f"if {', '.join(guard.words for guard in first.guards)}"] if first.guards else []
    if first.stays and first.stops:
        parts.append(f"stops {', '.join(limit.words for limit in first.stops)}")
    if first.stays and first.extends:
        parts.append("extends what runs here")
    rules = " ".join(dict.fromkeys(rule for move in moves for rule in move.rules))
    if width == ARROW_WIDTH:
        yield from _small(" · ".join(parts), width)
        yield from _small(rules, width)
    else:
        yield from _small(" · ".join([*parts, rules]), width)


def _small(text: str, width: int) -> Iterator[str]:
    for line in textwrap.wrap(text, width, break_on_hyphens=False):
        yield f"<small>{_text(line)}</small>"


def _kind(state: DrawnState) -> str:
    return "final" if state.final else "passing" if state.passing else "open"


def _capitalised(words: str) -> str:
    return words[:1].upper() + words[1:]


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def _text(words: str) -> str:
    return "".join(_character(each) for each in " ".join(words.split()) if each.isprintable())


def _character(each: str) -> str:
    return each if each.isalnum() or each in " ,-" else f"#{ord(each)};"
