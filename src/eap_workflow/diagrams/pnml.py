"""Renders a diagram as a Petri net in PNML (ISO/IEC 15909-2): what programs of process mining hold an event log against.

One token goes from the start to the one place without a way on, ``ended``, however a request ends. A place is a state, and a
transition is a row, with the label that a step of that row has in an event log. So a request's trail is a run of the net
if, and only if, each of its steps is a row that leads on from the one before.

Every transition has a label: a net with silent ones would make a perfect log cost something, and programs that add costs up would find
it a little less than perfect. So where a run may go on in two ways after the same step, the row stands in the net twice:

- A row into a final state in which something can still happen, as an outcome can be relayed, leads there and to the end.
- A row into a state in which something may be made at once, and never later, leads to where it is entered and to where a
  request rests in it.
- In the net for requests that have not ended, a row into any state in which a request may rest leads there and to the end.

Guards and limits are not in the net: it allows a second reminder where the clock makes one. Of what is written, one thing is not
ISO's but ProM's, which others read: the marking in which a run has ended.
"""

from __future__ import annotations

from collections.abc import Iterator

from attrs import frozen

from eap_workflow.diagrams.model import Diagram, DrawnMove
from eap_workflow.diagrams.notes import words
from eap_workflow.diagrams.places import Place, places
from eap_workflow.diagrams.xml_text import Element, document
from eap_workflow.labels import adoption_label, row_label
from eap_workflow.machine import When

PNML = "http://www.pnml.org/version-2009/grammar/pnml"
PLACE_TRANSITION_NET = "http://www.pnml.org/version-2009/grammar/ptnet"
OURS, OUR_VERSION = "eap-workflow", "1"
END, END_WORDS = "end", "ended"


@frozen(kw_only=True)
class _Transition:
    """A transition, from one place to one place.

    Attributes:
        id: Its id.
        label: What a step of it is called in a log.
        source: The id of the place that it leaves.
        target: The id of the place that it enters.
        move: The row that it is; None for an adoption.
    """

    id: str
    label: str
    source: str
    target: str
    move: DrawnMove | None = None


def render(diagram: Diagram, *, unfinished: bool = False) -> str:
    """Write the document.

    Args:
        diagram: The table.
        unfinished: Whether a request may be left in any state, for logs of requests that have not ended.

    Raises:
        DefinitionError: The table has names that no id can have.
    """
    found = {here.name: here for here in places(diagram)}
    transitions = tuple(_transitions(diagram, found, unfinished=unfinished))
    children = (
        *(element for here in found.values() if not here.is_the_end for element in _places(here)),
        _place(END, END_WORDS),
        *map(_transition, transitions),
        *(arc for each in transitions for arc in _arcs(each)),
    )
    title = f"{diagram.title}, ended or not" if unfinished else diagram.title
    parts = (
        _name(title),
        _note(Element("table", {"fingerprint": diagram.fingerprint})),
        Element("page", {"id": "page"}, children),
        Element("finalmarkings", {}, (Element("marking", {}, (Element("place", {"idref": END}, _text("1")),)),)),
    )
    net = Element("net", {"id": f"net.{diagram.name}", "type": PLACE_TRANSITION_NET}, parts)
    return document(Element("pnml", {"xmlns": PNML}, (net,)))


# --- what the net has -------------------------------------------------------------------------------------------------


def _transitions(diagram: Diagram, found: dict[str, Place], *, unfinished: bool) -> Iterator[_Transition]:
    for here in found.values():
        for move in (*here.at_once, *here.asked):
            source = _entered(here) if move.when is When.AT_ONCE and here.asks_first else _at_rest(here)
            for target in _leads_to(found[move.target], enters=not move.stays, unfinished=unfinished):
                yield _Transition(
                    id=f"row.{move.source}.{move.trigger}.{target}",
                    label=row_label(move.trigger, move.source),
                    source=source,
                    target=target,
                    move=move,
                )
    for state in diagram.adopted:
        # Nothing follows at once on an adoption.
        for target in _leads_to(found[state], enters=False, unfinished=unfinished):
            yield _Transition(
                id=f"adopt.{state}.{target}",
                label=adoption_label(state),
                source=_at_rest(found[diagram.start]),
                target=target,
            )


def _leads_to(there: Place, *, enters: bool, unfinished: bool) -> Iterator[str]:
    """The ids of the places that a token may be put in by what leads to a state, or stays in it."""
    if enters and there.asks_first:
        yield _entered(there)
    if not there.is_the_end:
        yield _at_rest(there)
    if there.final or (unfinished and not there.passing):
        yield END


def _at_rest(here: Place) -> str:
    return f"place.{here.name}"


def _entered(here: Place) -> str:
    return f"place.{here.name}.entered"


# --- the net as XML ---------------------------------------------------------------------------------------------------


def _places(here: Place) -> Iterator[Element]:
    if here.asks_first:
        yield _place(_entered(here), f"{here.words}, entered")
    yield _place(_at_rest(here), here.words, marked=here.state is None)


def _place(id_: str, in_words: str, *, marked: bool = False) -> Element:
    marking = (Element("initialMarking", {}, _text("1")),) if marked else ()
    return Element("place", {"id": id_}, (_name(in_words), *marking))


def _transition(each: _Transition) -> Element:
    notes = () if each.move is None else (_note(_row(each.move)),)
    return Element("transition", {"id": each.id}, (_name(each.label), *notes))


def _row(move: DrawnMove) -> Element:
    about = {
        "trigger": move.trigger,
        "from": move.source,
        "to": move.target,
        "when": move.when.value,
        "who": words(move.roles),
        "rules": words(move.rules),
    }
    return Element("row", about)


def _arcs(each: _Transition) -> tuple[Element, Element]:
    into = {"id": f"into.{each.id}", "source": each.source, "target": each.id}
    out = {"id": f"out_of.{each.id}", "source": each.id, "target": each.target}
    return Element("arc", into), Element("arc", out)


def _note(noted: Element) -> Element:
    return Element("toolspecific", {"tool": OURS, "version": OUR_VERSION}, (noted,))


def _name(text: str) -> Element:
    return Element("name", {}, _text(text))


def _text(text: str) -> tuple[Element, ...]:
    return (Element("text", {}, text),)
