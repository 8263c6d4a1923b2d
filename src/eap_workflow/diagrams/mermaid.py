"""Renders a diagram as Mermaid's ``stateDiagram-v2``: arrows for a first look, small print in the boxes for a second.

- An arrow is every move between two states: what is done, and by whom. It is dashed where nobody asks for it.
- A box is a state: whose turn it is, the limits that run in it, and each move from it with what it takes and its rules.
  A thick border is final, a dashed one is left at once.
- What one box says the next does not repeat: it refers to the first. Rows that enter a state alike from several others
  name who makes them in the box alone.
- Which limits a move between states starts and stops shows in the two boxes, and stands nowhere else.
- Signs and words set the clock's moves apart from people's too, for want of colours or of a style sheet.

Of what a table names, all but letters, digits and a few marks is written as a code, so that no name can end a label or
mean anything to Mermaid.
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
REMARKS = {"open": "", "passing": ", left at once", "final": ", final"}
LIMIT, STAYS, LEAVES = "⏳", "↻", "→"
CLOCK = {When.AT_ONCE: "⚡", When.WHEN_DUE: "⏰"}
NOTICE = "🔔"  # a move that the clock makes and that leaves the request where it is: it tells somebody
WIDTH = 42  # of a box, in characters of small print; with the spacing, what keeps letters legible at a page's width
LABEL_WIDTH = 28  # of an arrow's label; Mermaid itself wraps it at 200 pixels
NO_BREAK = "\N{NO-BREAK SPACE}"  # in boxes: renderers that know no wrapping width would break each line again
LAYOUT = '"state": {"nodeSpacing": 20, "rankSpacing": 20}, "flowchart": {"wrappingWidth": 600}'
TEXT_CSS = "foreignObject div{line-height:1.3!important}.node foreignObject div{text-align:left!important}"


def render(diagram: Diagram) -> str:
    """Write the diagram as Mermaid source."""
    ids = {state.name: f"s{index}_{_slug(state.name)}" for index, state in enumerate(diagram.states)}
    ids[diagram.start] = "[*]"
    arrows, repeated = diagram.arrows(), diagram.repeated()
    told: dict[str, str] = {}
    boxes = [(state, tuple(_box(diagram, state, repeated, told))) for state in diagram.states]
    lines = [f"accTitle: {_text(diagram.title)}"]
    for state, box in sorted(boxes, key=lambda each: not each[0].final):  # Mermaid then draws the whole narrower
        title = f"<b>{_text(state.words[:1].upper() + state.words[1:])}</b>{REMARKS[_kind(state)]}"
        text = "<br/>".join(line.replace(" ", NO_BREAK) for line in (title, *box))
        lines.append(f'state "{text}" as {ids[state.name]}')
    for moves in arrows:
        label = "<br/>".join(_label(diagram, moves, repeated))
        lines.append(f"{ids[moves[0].source]} --> {ids[moves[0].target]} : {label}")
    for kind, look in LOOKS.items():
        if members := [ids[state.name] for state in diagram.states if _kind(state) == kind]:
            lines += (f"classDef {kind} {look}", f"class {','.join(members)} {kind}")
    return "\n".join((_settings(arrows), "stateDiagram-v2", *(f"    {line}" for line in lines), ""))


def _settings(arrows: tuple[tuple[DrawnMove, ...], ...]) -> str:
    # Mermaid knows no style for one arrow of a state diagram, but numbers the arrows in their order.
    unasked = [index for index, moves in enumerate(arrows) if all(move.when in CLOCK for move in moves)]
    dashed = ",".join(f"[id$=edge{index}]" for index in unasked)
    css = TEXT_CSS + (f"{dashed}{{stroke-dasharray:6 4}}" if dashed else "")
    return f'%%{{init: {{{LAYOUT}, "themeCSS": "{css}"}}}}%%'


def _label(diagram: Diagram, moves: tuple[DrawnMove, ...], repeated: frozenset[DrawnMove]) -> Iterator[str]:
    for move in moves:
        yield f"{CLOCK.get(move.when, '')} <b>{_text(move.words)}</b>".lstrip()
        if move not in repeated:
            yield _small(_who(move))
        if move.source == diagram.start:  # which has no box
            yield from map(_small, _wrapped(_move_print([move], names_who=False), LABEL_WIDTH))


def _box(diagram: Diagram, state: DrawnState, repeated: frozenset[DrawnMove], told: dict[str, str]) -> Iterator[str]:
    if state.turn is not None:
        yield _text(f"{state.turn}'s turn")
    for limit in state.limits:
        yield from _entry(LIMIT, limit.label, _limit_print(limit), state, told)
    together: dict[object, list[DrawnMove]] = {}
    for move in diagram.moves_from(state.name):
        alike = (move.when, move.who, move.guards, move.stops, move.restarts, move.extends) if move.stays else move
        together.setdefault(alike, []).append(move)
    for moves in together.values():
        words = ", ".join(move.words for move in moves)
        small_print = _move_print(moves, names_who=moves[0].stays or moves[0] in repeated)
        yield from _entry(_sign(moves[0]), words, small_print, state, told)


def _entry(sign: str, words: str, small_print: str, state: DrawnState, told: dict[str, str]) -> Iterator[str]:
    first = told.setdefault(f"{sign}{words}{small_print}", state.words)
    if first != state.words:
        small_print = f"as in {first}"
    room = min(round(len(words) * 1.3) + 3, WIDTH)  # what the words take of the first line, in small print
    line, *rest = _wrapped("_" * room + f" {small_print}", WIDTH)
    beside = line[room:].strip()
    yield f"{sign} <b>{_text(words)}</b>" + (_small(beside) if beside else "")
    yield from map(_small, rest)


def _limit_print(limit: DrawnLimit) -> str:
    parts = ["limit"] if limit.working_days is None else []  # which a number would say
    if limit.optional:
        parts.append("where the contract sets it")
    if limit.chain:
        parts.append(f"stated only: {' + '.join(limit.chain)}")
    return _with_rules(parts, limit.rules)


def _move_print(moves: list[DrawnMove], *, names_who: bool) -> str:
    move = moves[0]
    parts = [_who(move)] if names_who else []
    if move.guards:
        parts.append(f"if {', '.join(guard.words for guard in move.guards)}")
    if move.stays:
        acts = (("stops", move.stops), ("starts", move.starts), ("restarts", move.restarts), ("extends", move.extends))
        parts += (f"{verb} {', '.join(limit.words for limit in limits)}" for verb, limits in acts if limits)
    return _with_rules(parts, tuple(dict.fromkeys(rule for each in moves for rule in each.rules)))


def _with_rules(parts: list[str], rules: tuple[str, ...]) -> str:
    return " ".join(filter(None, ("; ".join(parts), f"({' '.join(rules)})" if rules else "")))


def _who(move: DrawnMove) -> str:
    return ", ".join((*move.who, move.when.value.replace("_", " ")) if move.when in CLOCK else move.who)


def _sign(move: DrawnMove) -> str:
    if move.when is When.ASKED:
        return STAYS if move.stays else LEAVES
    return NOTICE if move.stays else CLOCK[move.when]


def _kind(state: DrawnState) -> str:
    return "final" if state.final else "passing" if state.passing else "open"


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def _wrapped(words: str, width: int) -> list[str]:
    return textwrap.wrap(words, width, break_on_hyphens=False)


def _small(words: str) -> str:
    return f"<small> {_text(words)} </small>"  # spaces keep a wide line off its box's border


def _text(words: str) -> str:
    return "".join(map(_character, " ".join(words.split())))


def _character(each: str) -> str:
    return each if each.isalnum() or each in " ,-" else f"#{ord(each)};"
