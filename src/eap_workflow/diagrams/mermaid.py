from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator

from eap_workflow.diagrams.model import Diagram, DrawnLimit, DrawnMove, DrawnState
from eap_workflow.machine import When

LOOKS = {
    "open": "fill:#dfe9fb,stroke:#2b5797,stroke-width:1.5px,color:#111",
    "passing": "fill:#f1f1f1,stroke:#5a5a5a,stroke-width:1.5px,stroke-dasharray:6 4,color:#111",
    "final": "fill:#e0f0da,stroke:#2f6627,stroke-width:4px,color:#111",
}
SETTINGS = '%%{init: {"state": {"nodeSpacing": 25, "rankSpacing": 25}}}%%'
MOVING = {When.ASKED: ("", ""), When.AT_ONCE: ("⚡ ", ", at once"), When.WHEN_DUE: ("⏰ ", ", when due")}
STAYING = {When.ASKED: "↻ ", When.AT_ONCE: "⚡ ", When.WHEN_DUE: "🔔 "}
LEAVING = {When.ASKED: "→ ", When.AT_ONCE: "⚡ ", When.WHEN_DUE: "⏰ "}
WIDTH=46

def render(diagram: Diagram) -> str:
    ids = {state.name: f"s{index}_{_slug(state.name)}" for index, state in enumerate(diagram.states)}
    ids[diagram.start] = "[*]"
    lines = ["stateDiagram-v2", f"accTitle: {_text(diagram.title)}"]
    told: dict[tuple[object, ...], str] = {}
    for state in diagram.states:
        kind = " #183; final" if state.final else " #183; left at once" if state.passing else ""
        lines.append(f'state "<b>{_text(_capitalised(state.words))}</b>{kind}" as {ids[state.name]}')
        lines += [f"{ids[state.name]} : #160;{line}#160;" for line in _box(diagram, state, told)]
    for moves in diagram.arrows():
        lab = []
        for m in moves:
            sign, w = MOVING[m.when]
            lab.append(f"{sign}<b>{_text(m.words)}</b>")
            who=f"<small>{_text(', '.join(m.who)+w)}</small>"
            if m is moves[-1] or moves[moves.index(m)+1].who != m.who: lab.append(who)
            if m.source == diagram.start:
                lab += _small(_cond([m]), 30)
        lines.append(f"{ids[moves[0].source]} --> {ids[moves[0].target]} : {'<br/>'.join(lab)}")
    for kind, look in LOOKS.items():
        if members := [ids[state.name] for state in diagram.states if _kind(state) == kind]:
            lines += [f"classDef {kind} {look}", f"class {','.join(members)} {kind}"]
    return "\n".join((SETTINGS, lines[0], *(f"    {line}" for line in lines[1:]), ""))

def _para(sign, lead, small):
    ls = textwrap.wrap("x"*int(len(lead)*1.25+2) + " " + small, WIDTH, break_on_hyphens=False)
    first = ls[0].lstrip("x").strip()
    yield f"{sign}<b>{_text(lead)}</b> <small>{_text(first)}</small>"
    for l in ls[1:]:
        yield f"<small>{_text(l)}</small>"

def _cond(moves, who=""):
    first = moves[0]
    parts = [who] if who else []
    if first.guards: parts.append(f"if {', '.join(guard.words for guard in first.guards)}")
    if first.stays and first.stops:
        parts.append(f"stops {', '.join(limit.words for limit in first.stops)}")
    if first.stays and first.extends:
        parts.append("extends what runs here")
    parts.append(" ".join(dict.fromkeys(rule for move in moves for rule in move.rules)))
    return " · ".join(parts)

def _box(diagram: Diagram, state: DrawnState, told: dict) -> Iterator[str]:
    if state.turn:
        yield _text(f"{state.turn}'s turn")
    for limit in state.limits:
        remarks = ["where the contract sets it"] if limit.optional and limit not in told else []
        if limit.chain and limit not in told:
            remarks.append(f"{' + '.join(limit.chain)}")
        told[limit]=1
        small = " · ".join((*remarks, " ".join(limit.rules)))
        yield from _para("⏳ ", limit.label, small)
    together: dict[tuple[object, ...], list[DrawnMove]] = {}
    for move in diagram.moves:
        if move.source == state.name:
            k = (move.when, move.who, move.guards, move.stops, bool(move.extends)) if move.stays else move
            together.setdefault(k, []).append(move)
    for moves in together.values():
        m = moves[0]
        key = (m.when, m.who, m.guards, tuple((m.trigger, m.rules) for m in moves))
        sign = (STAYING if m.stays else LEAVING)[m.when]
        names = ', '.join(m.words for m in moves)
        if key in told:
            yield from _para(sign, names, f"as in {told[key]}")
            continue
        told[key] = state.words
        yield from _para(sign, names, _cond(moves, ", ".join(m.who) if m.stays else ""))

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
