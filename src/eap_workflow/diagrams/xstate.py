"""Renders a diagram as the configuration of an XState v5 machine, in JSON.

``createMachine(JSON.parse(text))`` takes it. It holds no code: guards and actions are names with parameters, and whoever
runs it brings an implementation for each.

    guard ``permitted``   the sender's role is one of ``roles``, and every one of ``guards`` holds
    guard ``follows``     every one of ``guards`` holds; the system makes the move by itself, whoever acted before it
    action ``step``       the row that was taken; every step is one, a move from a state to itself included
    actions ``startLimit``, ``restartLimit``, ``stopLimit``, ``extendLimit``   what the row does to a limit

What XState has no word for stands in ``meta`` and ``description``, which it keeps and does not interpret.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from eap_workflow.diagrams.model import Diagram, DrawnGuard, DrawnKind, DrawnLimit, DrawnMove
from eap_workflow.diagrams.places import Place, places

if TYPE_CHECKING:
    from eap_workflow.terms.figures import Figure

ENTERED, RESTING = "entered", "resting"


def render(diagram: Diagram) -> str:
    """Write the configuration.

    Raises:
        DefinitionError: The table has names that no expression can have.
    """
    machine = {
        "id": diagram.name,
        "description": diagram.title,
        "initial": diagram.start,
        "meta": {
            "table": diagram.fingerprint,
            "guards": {guard.name: _guard(guard) for guard in diagram.guards},
            "limits": {limit.name: _limit(limit) for limit in diagram.limits},
            "numbers": [_figure(figure) for figure in diagram.figures],
            "kinds": [_kind(diagram, kind) for kind in diagram.kinds],
        },
        "states": {place.name: _state(diagram, place) for place in places(diagram)},
    }
    return json.dumps(machine, indent=2, ensure_ascii=False) + "\n"


def _state(diagram: Diagram, place: Place) -> dict[str, Any]:
    written: dict[str, Any] = {"description": place.words}
    if place.is_the_end:
        written["type"] = "final"
    tags = [
        tag
        for tag, given in (("start", place.state is None), ("final", place.final), ("passing", place.passing))
        if given
    ]
    if tags:
        written["tags"] = tags
    if place.state is not None:
        written["meta"] = {"turn": place.state.turn, "limits": [limit.name for limit in place.state.limits]}
    at_once = [_move(diagram, move, "follows") for move in place.at_once]
    if place.asks_first:
        inner = {"always": [*at_once, {"target": RESTING}]}
        written |= {"initial": ENTERED, "states": {ENTERED: inner, RESTING: {}}}
    elif at_once:
        written["always"] = at_once
    if place.asked:
        written["on"] = {move.trigger: _move(diagram, move, "permitted") for move in place.asked}
    return written


def _move(diagram: Diagram, move: DrawnMove, guard: str) -> dict[str, Any]:
    written: dict[str, Any] = {"description": move.words}
    if not move.stays:
        written["target"] = f"#{diagram.name}.{move.target}"
    asked = {"roles": list(move.roles)} if guard == "permitted" else {}
    written["guard"] = {"type": guard, "params": asked | {"guards": [each.name for each in move.guards]}}
    row = {"trigger": move.trigger, "source": move.source, "target": move.target}
    acts = (
        ("startLimit", move.starts),
        ("restartLimit", move.restarts),
        ("stopLimit", move.stops),
        ("extendLimit", move.extends),
    )
    written["actions"] = [
        {"type": "step", "params": row},
        *({"type": act, "params": {"limit": limit.name}} for act, limits in acts for limit in limits),
    ]
    written["meta"] = {"when": move.when.value, "roles": list(move.roles), "rules": list(move.rules)}
    return written


def _guard(guard: DrawnGuard) -> dict[str, Any]:
    return {"sentence": guard.sentence, "sees": guard.about, "field": guard.field, "rules": list(guard.rules)}


def _limit(limit: DrawnLimit) -> dict[str, Any]:
    return {
        "sentence": limit.sentence,
        "whose_days": limit.party,
        "optional": limit.optional,
        "stated": limit.stated,
        "sum_of": list(limit.chain),
        "working_days": limit.working_days,
        "elapsed_hours": limit.elapsed_hours,
        "rules": list(limit.rules),
    }


def _kind(diagram: Diagram, kind: DrawnKind) -> dict[str, Any]:
    lengths = zip((limit.name for limit in diagram.limits), kind.lengths, strict=True)
    return {
        diagram.differ_by: kind.words,
        "limits": {name: length for name, length in lengths if length},
        "numbers": [_figure(figure) for figure in kind.figures],
        "rules": list(kind.rules),
    }


def _figure(figure: Figure) -> dict[str, Any]:
    return {"of": figure.what, "number": figure.value, "rules": list(figure.rules)}
