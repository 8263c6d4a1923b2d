"""A table as a Petri net: what it allows is what the table allows, step by step and to the end."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import attrs
import pytest

from eap_workflow import diagrams
from eap_workflow.diagrams.model import extract
from eap_workflow.diagrams.pnml import render
from eap_workflow.errors import DefinitionError
from eap_workflow.labels import adoption_label, row_label
from eap_workflow.processes import NAMES, process_named
from tests.diagrams.words import xml_of
from tests.event_logs.possible import Stand, after, labels, may_be_left

PNML = "{http://www.pnml.org/version-2009/grammar/pnml}"
EVERY = pytest.mark.parametrize("name", NAMES)
BOTH = pytest.mark.parametrize("unfinished", [False, True])


class Net:
    """A net, played with one token that may be in any of several places."""

    def __init__(self, text: str) -> None:
        root = xml_of(text)
        (net,) = root
        (page,) = net.findall(f"{PNML}page")
        self.net = net
        self.ids = [each.attrib["id"] for each in root.iter() if "id" in each.attrib]
        self.places = {each.attrib["id"]: each for each in page.findall(f"{PNML}place")}
        self.transitions = {each.attrib["id"]: _name(each) for each in page.findall(f"{PNML}transition")}
        self.start = {
            key: int(_text(each.find(f"{PNML}initialMarking")))
            for key, each in self.places.items()
            if each.find(f"{PNML}initialMarking") is not None
        }
        self.end = {
            each.attrib["idref"]: int(_text(each))
            for each in net.iterfind(f"{PNML}finalmarkings/{PNML}marking/{PNML}place")
        }
        arcs = [(each.attrib["source"], each.attrib["target"]) for each in page.findall(f"{PNML}arc")]
        sources = {target: source for source, target in arcs if target in self.transitions}
        targets = {source: target for source, target in arcs if source in self.transitions}
        assert len(arcs) == 2 * len(self.transitions), "every transition leaves one place and enters one"
        self.moves = [(sources[each], label, targets[each]) for each, label in self.transitions.items()]

    def after(self, places: frozenset[str], label: str) -> frozenset[str]:
        """Where the token may be after a step."""
        return frozenset(target for source, of, target in self.moves if of == label and source in places)


def _text(element: ET.Element | None) -> str:
    assert element is not None
    return element.findtext(f"{PNML}text") or ""


def _name(element: ET.Element) -> str:
    return _text(element.find(f"{PNML}name"))


@BOTH
@EVERY
def test_the_net_allows_what_the_table_allows(name: str, unfinished: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """Every trail that there is, of any length: both go on with the same labels, and may end in the same places.

    Where the token may be and where the request is are followed side by side until nothing new is found, so no length is left out.
    """
    process = process_named(name)
    net = Net(diagrams.pnml(process.workflow, unfinished=unfinished))
    known = {*labels(process), "pay the invoice (approved)"}
    begin: tuple[frozenset[str], Stand | None] = frozenset(net.start), Stand(process.workflow.start)
    seen, rest = {begin}, [begin]
    while rest:
        places, stand = rest.pop()
        assert bool(places) == (stand is not None)
        assert bool(places & net.end.keys()) == may_be_left(process, stand, unfinished=unfinished)
        for label in known:
            then = net.after(places, label), after(process, stand, label)
            if then not in seen:
                seen.add(then)
                rest.append(then)
    assert len(seen) > len(process.workflow.states)


@BOTH
@EVERY
def test_the_net_begins_and_ends_in_one_place(name: str, unfinished: bool) -> None:  # noqa: FBT001 - a parameter of the test
    """One token at the start, one at the end, from which nothing leads on; every transition has a label, every id is used once."""
    workflow = process_named(name).workflow
    net = Net(diagrams.pnml(workflow, unfinished=unfinished))
    assert list(net.start.values()) == list(net.end.values()) == [1]
    sources, targets = {move[0] for move in net.moves}, {move[2] for move in net.moves}
    assert net.places.keys() - sources == net.end.keys()
    assert net.places.keys() - targets == net.start.keys()
    assert all(net.transitions.values())
    assert len(net.ids) == len({*net.ids})
    assert net.net.attrib["type"] == "http://www.pnml.org/version-2009/grammar/ptnet"


@EVERY
def test_the_net_has_every_row(name: str) -> None:
    """Each row is there by its label, and with all that the table says of it; each adoption by its own."""
    process = process_named(name)
    text = diagrams.pnml(process.workflow)
    net = Net(text)
    states = () if process.adopting is None else process.adopting().states
    rows = {row_label(move.trigger, move.source) for move in process.workflow.moves}
    assert set(net.transitions.values()) == rows | {adoption_label(state) for state in states}
    noted = {
        (each.attrib["trigger"], each.attrib["from"], each.attrib["to"], each.attrib["when"], each.attrib["rules"])
        for each in net.net.iter(f"{PNML}row")
    }
    assert noted == {(m.trigger, m.source, m.target, m.when.value, " ".join(m.rules)) for m in process.workflow.moves}
    assert process.workflow.fingerprint in text
    assert diagrams.pnml(process.workflow) == text


def test_a_table_that_takes_nothing_over_has_no_adoptions() -> None:
    """A table by itself, without the process that takes requests over, has its rows alone."""
    bare = attrs.evolve(process_named("extra_sessions").workflow, process=None)
    assert "adopt" in diagrams.pnml(process_named("extra_sessions").workflow)
    assert "adopt" not in diagrams.pnml(bare)


def test_names_that_no_id_can_have_are_refused() -> None:
    """A name that would be no id is an error, as in the other formats that programs read."""
    diagram = attrs.evolve(extract(process_named("outreach").workflow), name="out reach")
    with pytest.raises(DefinitionError, match="names of small letters"):
        render(diagram)
