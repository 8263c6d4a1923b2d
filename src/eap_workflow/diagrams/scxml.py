"""Renders a diagram as SCXML, the W3C's notation for state machines that run.

A trigger is the event ``do.<trigger>``, so that no trigger and no state have the same name in an engine that keeps both in
one place. What it carries is the answer to every question that the table leaves to others: ``role``, who sends it, and
for each guard by its name, whether it holds. What is missing does not hold.

The data that the document keeps are what its rows do: ``version`` counts the steps, as a snapshot's version does, ``last_trigger``
is whose step was the last, and ``limit_<name>`` is what was last done to a limit. ``holds_<guard>`` keeps the answer to a guard of a move that is made at once:
the event that led there is over by then, and not every engine still knows it. Conditions are of the language's ECMAScript, in the part that Python reads
alike. What SCXML has no word for stands in attributes and elements of a namespace of our own, which an engine skips.
"""

from __future__ import annotations

from collections.abc import Mapping

from eap_workflow.diagrams.model import Diagram, DrawnMove
from eap_workflow.diagrams.notes import OURS, noted, words
from eap_workflow.diagrams.places import Place, places
from eap_workflow.diagrams.xml_text import Element, document

SCXML = "http://www.w3.org/2005/07/scxml"
ENTERED, RESTING = "entered", "resting"


def render(diagram: Diagram) -> str:
    """Write the document.

    Raises:
        DefinitionError: The table has names that no expression can have.
    """
    attributes = {
        "xmlns": SCXML,
        "xmlns:eap": OURS,
        "version": "1.0",
        "name": diagram.name,
        "datamodel": "ecmascript",
        "initial": diagram.start,
        "eap:title": diagram.title,
        "eap:table": diagram.fingerprint,
    }
    found = {place.name: place for place in places(diagram)}
    kept = dict.fromkeys(guard for place in found.values() for guard in _guards_at_once(found, place.name))
    data = (
        Element("data", {"id": "version", "expr": "0"}),
        Element("data", {"id": "last_trigger", "expr": "'none'"}),
        *(Element("data", {"id": f"limit_{limit.name}", "expr": "'none'"}) for limit in diagram.limits),
        *(Element("data", {"id": f"holds_{guard}", "expr": "0"}) for guard in kept),
    )
    children = (
        *noted(diagram),
        Element("datamodel", {}, data),
        *(_state(found, place) for place in found.values()),
    )
    return document(Element("scxml", attributes, children))


def _guards_at_once(found: Mapping[str, Place], name: str) -> tuple[str, ...]:
    """The guards of every move that may be made at once after a place is entered, wherever it leads on to."""
    own = [guard.name for move in found[name].at_once for guard in move.guards]
    further = [guard for move in found[name].at_once for guard in _guards_at_once(found, move.target)]
    return tuple(dict.fromkeys((*own, *further)))


def _state(found: Mapping[str, Place], place: Place) -> Element:
    state = place.state
    about = {
        "eap:words": place.words,
        "eap:turn": None if state is None else state.turn,
        "eap:limits": None if state is None else words(limit.name for limit in state.limits),
        "eap:final": "true" if place.final else None,
        "eap:passing": "true" if place.passing else None,
    }
    if place.is_the_end:
        return Element("final", {"id": place.name, **about})
    moves = tuple(_asked(found, move) for move in place.asked)
    at_once = tuple(_at_once(move) for move in place.at_once)
    if not place.asks_first:
        return Element("state", {"id": place.name, **about}, at_once + moves)
    entered, resting = f"{place.name}.{ENTERED}", f"{place.name}.{RESTING}"
    inner = (
        Element("state", {"id": entered}, (*at_once, Element("transition", {"target": resting}))),
        Element("state", {"id": resting}),
    )
    return Element("state", {"id": place.name, "initial": entered, **about}, inner + moves)


def _asked(found: Mapping[str, Place], move: DrawnMove) -> Element:
    roles = " || ".join(f"_event.data.role == '{role}'" for role in move.roles)
    holds = (f"_event.data.{guard.name}" for guard in move.guards)
    kept = () if move.stays else _guards_at_once(found, move.target)
    return _transition(
        move,
        event=f"do.{move.trigger}",
        condition=" && ".join((f"({roles})", *holds)),
        further=tuple(_assign(f"holds_{guard}", f"_event.data.{guard}") for guard in kept),
    )


def _at_once(move: DrawnMove) -> Element:
    holds = " && ".join(f"holds_{guard.name}" for guard in move.guards)
    return _transition(move, event=None, condition=holds or None, further=())


def _transition(move: DrawnMove, *, event: str | None, condition: str | None, further: tuple[Element, ...]) -> Element:
    about = {
        "event": event,
        "target": None if move.stays else move.target,
        "cond": condition,
        "eap:trigger": move.trigger,
        "eap:when": move.when.value,
        "eap:who": words(move.roles),
        "eap:guards": words(guard.name for guard in move.guards),
        "eap:rules": words(move.rules),
    }
    acts = (
        ("started", move.starts),
        ("started anew", move.restarts),
        ("stopped", move.stops),
        ("extended", move.extends),
    )
    step = (_assign("version", "version + 1"), _assign("last_trigger", f"'{move.trigger}'"))
    done = (_assign(f"limit_{limit.name}", f"'{act}'") for act, limits in acts for limit in limits)
    return Element("transition", about, (*step, *done, *further))


def _assign(location: str, value: str) -> Element:
    return Element("assign", {"location": location, "expr": value})
