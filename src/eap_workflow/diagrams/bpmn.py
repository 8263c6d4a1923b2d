"""Renders a diagram as BPMN 2.0: a process that an engine runs, and that a modelling tool draws.

Where a request may rest stands a user task, in the lane of whose turn it is. Whoever completes it hands in ``trigger``,
``role`` and, for each guard by its name, whether it holds. The gateway after the task sends the request on along the one
row that permits this, or back to the task, past the circle "refused". So a command that is refused changes nothing here either,
and shows. The conditions are expressions that Python reads.

- A row is one flow, with its own id, in ``extensionElements`` its roles, guards, limits and rules as data, and all of
  it in ``documentation`` as a reader wants it.
- A move that is made at once is a flow from a gateway before the task; a passing state is that gateway alone. Where the
  table takes the first of several rows that hold, each flow says that those before it do not.
- A final state is an end. Where it still has moves it is a task, and put away with the trigger ``nothing_more``.
- Limits are noted, not run: how long they are is the contract's. Each stands on the drawing, above the place in which it runs.
- A row has the number that it has on every drawing; under the pool stands what each takes, by its number, and the rules that it serves,
  then every limit and a contract's other numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from attrs import frozen

from eap_workflow.diagrams import looks
from eap_workflow.diagrams.arrangement import Arrangement, arrange
from eap_workflow.diagrams.bpmn_layout import Block, Box, Note, Placed, place
from eap_workflow.diagrams.lettering import balanced, wrapped
from eap_workflow.diagrams.model import Diagram, DrawnMove
from eap_workflow.diagrams.notes import OURS, noted, words
from eap_workflow.diagrams.places import NOTHING_MORE, Place, places
from eap_workflow.diagrams.tables import in_lines, tables_of_numbers
from eap_workflow.diagrams.xml_text import Element, document
from eap_workflow.machine import When
from eap_workflow.values import as_words

NAMESPACES = {
    "xmlns:bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL",
    "xmlns:bpmndi": "http://www.omg.org/spec/BPMN/20100524/DI",
    "xmlns:dc": "http://www.omg.org/spec/DD/20100524/DC",
    "xmlns:di": "http://www.omg.org/spec/DD/20100524/DI",
    "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    "xmlns:eap": OURS,
}
PYTHON = "https://docs.python.org/3/reference/expressions.html"
NOBODY, ENDED = "to be opened", "ended"
NOTE_WIDTH, BELOW_WIDTH = 42, 120  # in characters
READING = (
    "How to read it",
    "Box: a request waits there; its lane says whose turn it is, the text above it which limits run.",
    "Box with lines under it: what is done without leaving the state; the first of them, what is refused.",
    "Lines to the right: what leads to another state. (at once): the system does it. (clock): the clock does it when it is due.",
    "Diamond with a name: left at once. Thick circle: the request has ended.",
    "[1]: the number of the move in the list of what each takes.",
)
MADE = {When.ASKED: "", When.AT_ONCE: " (at once)", When.WHEN_DUE: " (clock)"}
MADE_AT = {
    When.ASKED: "",
    When.AT_ONCE: "; it is made at once, when the state is entered",
    When.WHEN_DUE: "; the clock makes it when it is due",
}


@frozen(kw_only=True)
class _Node:
    """A task, a gateway or a circle."""

    id: str
    tag: str
    lane: str
    name: str | None = None
    default: str | None = None
    documentation: str | None = None
    notes: tuple[Element, ...] = ()
    owners: tuple[str, ...] = ()


@frozen(kw_only=True)
class _Flow:
    """An arrow."""

    id: str
    source: str
    target: str
    name: str | None = None
    condition: str | None = None
    move: DrawnMove | None = None


def render(diagram: Diagram) -> str:
    """Write the document, with its drawing.

    Raises:
        DefinitionError: The table has names that no expression can have.
    """
    arranged = arrange(diagram)
    numbers = {(move.source, move.trigger): entry.number for entry in arranged.entries for move in entry.moves}
    process = _Process(places(diagram), numbers)
    below = tuple(_below(arranged))
    placed = place(tuple(process.blocks), below)
    lanes = {lane: f"lane_{number}" for number, lane in enumerate(placed.lanes, 1)}
    roles = dict.fromkeys(role for move in diagram.moves for role in move.roles)
    about = {
        **NAMESPACES,
        "id": f"definitions_{diagram.name}",
        "name": diagram.title,
        "targetNamespace": OURS,
        "expressionLanguage": PYTHON,
        "eap:table": diagram.fingerprint,
    }
    pool = Element("bpmn:participant", {"id": "pool", "name": diagram.title, "processRef": diagram.name})
    return document(
        Element(
            "bpmn:definitions",
            about,
            (
                *(Element("bpmn:resource", {"id": f"role_{role}", "name": as_words(role)}) for role in roles),
                Element("bpmn:collaboration", {"id": "collaboration"}, (pool, *map(_text, below))),
                _process(diagram, process, lanes),
                _drawing(process, placed, lanes, below),
            ),
        )
    )


def _below(arranged: Arrangement) -> Iterator[Note]:
    """What stands under the pool."""
    takes = ["What each move takes"]
    for entry in arranged.entries:
        takes += wrapped(f"[{entry.number}] {entry.words}, {arranged.ends(entry)}; {looks.who(entry)}", BELOW_WIDTH)
        takes += wrapped(looks.condition(entry), BELOW_WIDTH)
    yield Note("takes", None, tuple(takes))
    numbers: list[str] = []
    for table in tables_of_numbers(arranged.diagram):
        numbers += ([""] if numbers else []) + wrapped(table.caption, BELOW_WIDTH)
        numbers += (part for line in in_lines(table) for part in wrapped(line, BELOW_WIDTH))
    yield Note("numbers", None, tuple(numbers))
    yield Note("reading", None, READING)


# --- what the process has ---------------------------------------------------------------------------------------------


class _Process:
    """The nodes and flows of the process, gathered place by place, and the blocks that they are drawn in."""

    def __init__(self, found: tuple[Place, ...], numbers: Mapping[tuple[str, str], int]) -> None:
        self._numbers = numbers
        self.notes: list[tuple[Note, str]] = []
        self.nodes: list[_Node] = []
        self.flows: list[_Flow] = []
        self.blocks: list[Block] = []
        self._ways_in = {here.name: _way_in(here) for here in found}
        for here in found:
            lane = _lane(here)
            if here.is_the_end:
                self._end(here, lane)
                self.blocks.append(
                    Block(
                        name=here.name,
                        lane=lane,
                        end=_end(here),
                        names={_end(here): here.words},
                        note=self._note(here, _end(here)),
                        final=True,
                    )
                )
            elif here.passing:
                self._gateway(here, lane, _way_in(here), name=here.words, notes=_state_notes(here))
                leaves = self._moves(here.at_once, _way_in(here))
                self.blocks.append(
                    Block(
                        name=here.name,
                        lane=lane,
                        asked=_way_in(here),
                        names={_way_in(here): here.words},
                        note=self._note(here, _way_in(here)),
                        leaves=leaves,
                    )
                )
            else:
                self.blocks.append(self._resting(here, lane))

    def _resting(self, here: Place, lane: str) -> Block:
        """A place where a request may rest: its task, and what leads to it and on from it."""
        task, asked, refused = f"state_{here.name}", f"asked_{here.name}", f"refused_{here.name}"
        first = entered = end = closes = None
        links: list[tuple[str, str, str]] = []
        names = {refused: "refused"}
        leaves_at_once: tuple[tuple[str, str, str], ...] = ()
        if here.state is None:
            first = "start"
            self.nodes.append(_Node(id=first, tag="startEvent", lane=lane))
            links.append(self._flow("from_start", first, task))
        if here.at_once:
            entered = _way_in(here)
            self._gateway(here, lane, entered, default=f"on_to_{here.name}")
            leaves_at_once = self._moves(here.at_once, entered)
            links.append(self._flow(f"on_to_{here.name}", entered, task))
        owners = dict.fromkeys(role for move in here.asked for role in move.roles if role != "system")
        self.nodes.append(
            _Node(
                id=task,
                tag="userTask",
                lane=lane,
                name=here.words,
                documentation=_about_task(here),
                notes=_state_notes(here),
                owners=tuple(owners),
            )
        )
        links.append(self._flow(f"from_{here.name}", task, asked))
        self._gateway(here, lane, asked, default=f"to_{refused}")
        there = self._flow(f"to_{refused}", asked, refused)[0]
        self.nodes.append(_Node(id=refused, tag="intermediateThrowEvent", lane=lane, name="refused"))
        back = self._flow(f"from_{refused}", refused, task)[0]
        stays = self._moves((move for move in here.asked if move.stays), asked, stays_at=task)
        if here.final:
            end = _end(here)
            names[end] = here.words
            self._end(here, lane)
            closes = f"close_{here.name}", as_words(NOTHING_MORE)
            condition = f"trigger == '{NOTHING_MORE}'"
            self.flows.append(_Flow(id=closes[0], source=asked, target=end, name=closes[1], condition=condition))
        return Block(
            name=here.name,
            lane=lane,
            first=first,
            entered=entered,
            task=task,
            asked=asked,
            refused=(refused, there, back),
            end=end,
            names=names,
            links=tuple(links),
            closes=closes,
            stays=tuple((flow, name) for flow, name, _ in stays),
            leaves=self._moves((move for move in here.asked if not move.stays), asked),
            leaves_at_once=leaves_at_once,
            note=self._note(here, task),
            final=here.final,
        )

    def _note(self, here: Place, node: str) -> Note | None:
        """Add what is said of a place above it: the limits that run there."""
        if here.state is None or not here.state.limits:
            return None
        lines: list[str] = []
        for limit in here.state.limits:
            lines += balanced(f"limit: {limit.words}", NOTE_WIDTH)
            lines += balanced(", ".join(filter(None, (looks.length(limit), " ".join(limit.rules)))), NOTE_WIDTH)
        note = Note(f"limits_{here.name}", f"limits_of_{here.name}", tuple(lines))
        self.notes.append((note, node))
        return note

    def _flow(self, name: str, source: str, target: str) -> tuple[str, str, str]:
        self.flows.append(_Flow(id=name, source=source, target=target))
        return name, source, target

    def _gateway(self, here: Place, lane: str, node: str, **given: Any) -> None:
        documentation = f"Nobody finds a request in this state: {here.words}." if here.passing else None
        self.nodes.append(_Node(id=node, tag="exclusiveGateway", lane=lane, documentation=documentation, **given))

    def _end(self, here: Place, lane: str) -> None:
        notes = _state_notes(here) if here.is_the_end else ()
        self.nodes.append(_Node(id=_end(here), tag="endEvent", lane=lane, name=here.words, notes=notes))

    def _moves(
        self, moves: Iterable[DrawnMove], source: str, *, stays_at: str | None = None
    ) -> tuple[tuple[str, str, str], ...]:
        """Add the flow of each move; its id, its name and the name of the place that it leads to."""
        added = []
        moves = tuple(moves)
        for number, move in enumerate(moves):
            flow = _Flow(
                id=f"row_{move.source}_{move.trigger}",
                source=source,
                target=stays_at or self._ways_in[move.target],
                name=f"{move.words} [{self._numbers[move.source, move.trigger]}]{MADE[move.when]}",
                condition=_condition(move, moves[:number]),
                move=move,
            )
            self.flows.append(flow)
            added.append((flow.id, flow.name or "", move.target))
        return tuple(added)


def _lane(here: Place) -> str:
    if here.final:
        return ENDED
    return (here.state.turn if here.state is not None else None) or NOBODY


def _end(here: Place) -> str:
    return f"end_{here.name}"


def _way_in(here: Place) -> str:
    """The id of the node through which a place is entered."""
    if here.is_the_end:
        return _end(here)
    return f"{'entered' if here.at_once else 'state'}_{here.name}"


def _condition(move: DrawnMove, before: Iterable[DrawnMove]) -> str:
    """What a move takes, as an expression.

    For one that is made at once it is nothing of who acts, and that none of those before it in the table is made: which of
    several conditions that hold is taken depends on the engine, and on the drawing.
    """
    holds = [guard.name for guard in move.guards]
    if move.when is When.AT_ONCE:
        holds += (f"not ({' and '.join(guard.name for guard in each.guards) or 'True'})" for each in before)
    else:
        roles = " or ".join(f"role == '{role}'" for role in move.roles)
        holds = [f"trigger == '{move.trigger}'", f"({roles})", *holds]
    return " and ".join(holds) or "True"


# --- the process as XML -----------------------------------------------------------------------------------------------


def _process(diagram: Diagram, process: _Process, lanes: Mapping[str, str]) -> Element:
    into: dict[str, list[str]] = {node.id: [] for node in process.nodes}
    out: dict[str, list[str]] = {node.id: [] for node in process.nodes}
    for flow in process.flows:
        out[flow.source].append(flow.id)
        into[flow.target].append(flow.id)
    laned = (
        Element(
            "bpmn:lane",
            {"id": lane_id, "name": lane},
            tuple(Element("bpmn:flowNodeRef", {}, node.id) for node in process.nodes if node.lane == lane),
        )
        for lane, lane_id in lanes.items()
    )
    return Element(
        "bpmn:process",
        {"id": diagram.name, "name": diagram.title, "isExecutable": "true", "processType": "Private"},
        (
            Element("bpmn:extensionElements", {}, noted(diagram)),
            Element("bpmn:laneSet", {"id": "turns", "name": "whose turn"}, tuple(laned)),
            *(_node(node, into[node.id], out[node.id]) for node in process.nodes),
            *map(_flow, process.flows),
            *(part for note, node in process.notes for part in (_text(note), _joined(note, node))),
        ),
    )


def _text(note: Note) -> Element:
    return Element("bpmn:textAnnotation", {"id": note.id}, (Element("bpmn:text", {}, "\n".join(note.lines)),))


def _joined(note: Note, node: str) -> Element:
    return Element("bpmn:association", {"id": note.joined, "sourceRef": node, "targetRef": note.id})


def _node(node: _Node, into: list[str], out: list[str]) -> Element:
    return Element(
        f"bpmn:{node.tag}",
        {"id": node.id, "name": node.name, "default": node.default},
        (
            *_described(node.documentation, node.notes),
            *(Element("bpmn:incoming", {}, flow) for flow in into),
            *(Element("bpmn:outgoing", {}, flow) for flow in out),
            *(
                Element("bpmn:potentialOwner", {}, (Element("bpmn:resourceRef", {}, f"role_{role}"),))
                for role in node.owners
            ),
        ),
    )


def _flow(flow: _Flow) -> Element:
    condition = (
        ()
        if flow.condition is None
        else (Element("bpmn:conditionExpression", {"xsi:type": "bpmn:tFormalExpression"}, flow.condition),)
    )
    described = () if flow.move is None else _described(_about_move(flow.move), (_move_note(flow.move),))
    about = {"id": flow.id, "name": flow.name, "sourceRef": flow.source, "targetRef": flow.target}
    return Element("bpmn:sequenceFlow", about, (*described, *condition))


def _described(documentation: str | None, notes: tuple[Element, ...]) -> tuple[Element, ...]:
    text = () if documentation is None else (Element("bpmn:documentation", {}, documentation),)
    return (*text, Element("bpmn:extensionElements", {}, notes)) if notes else text


def _state_notes(here: Place) -> tuple[Element, ...]:
    if here.state is None:
        return ()
    about = {
        "name": here.name,
        "turn": here.state.turn,
        "limits": words(limit.name for limit in here.state.limits),
        "final": "true" if here.final else None,
        "passing": "true" if here.passing else None,
    }
    return (Element("eap:state", about),)


def _move_note(move: DrawnMove) -> Element:
    about = {
        "trigger": move.trigger,
        "source": move.source,
        "target": move.target,
        "when": move.when.value,
        "who": words(move.roles),
        "guards": words(guard.name for guard in move.guards),
        "starts": words(limit.name for limit in move.starts),
        "restarts": words(limit.name for limit in move.restarts),
        "stops": words(limit.name for limit in move.stops),
        "extends": words(limit.name for limit in move.extends),
        "lifts": words(limit.name for limit in move.lifts),
        "fulfils": words(limit.name for limit in move.fulfils),
        "rules": words(move.rules),
    }
    return Element("eap:move", about)


def _about_task(here: Place) -> str:
    if here.state is None:
        return "Nothing is there yet: the first move opens it."
    lines = [] if here.state.turn is None else [f"It is the turn of: {here.state.turn}."]
    lines += [f"A limit runs: {limit.label}. {limit.sentence}" for limit in here.state.limits]
    if here.final:
        lines.append("The request has ended; what still has to happen, happens here.")
    return "\n".join(lines)


def _about_move(move: DrawnMove) -> str:
    return "\n".join(
        (
            f"Who may: {', '.join(move.who)}{MADE_AT[move.when]}.",
            *(f"{guard.words}: {guard.sentence}" for guard in move.guards),
            *(f"It {act}: {', '.join(limit.label for limit in limits)}." for act, limits in move.acts if limits),
            f"Rules: {' '.join(move.rules)}.",
        )
    )


# --- the drawing as XML -----------------------------------------------------------------------------------------------


def _drawing(process: _Process, placed: Placed, lanes: Mapping[str, str], below: tuple[Note, ...]) -> Element:
    notes = (*(note for note, _ in process.notes), *below)
    shapes = (
        _shape("pool", placed.pool, {"isHorizontal": "true"}),
        *(_shape(lanes[lane], box, {"isHorizontal": "true"}) for lane, box in placed.lanes.items()),
        *(_shape(node.id, placed.boxes[node.id], _mark(node), placed.labels.get(node.id)) for node in process.nodes),
        *(_edge(flow.id, placed) for flow in process.flows),
        *(_shape(note.id, placed.boxes[note.id], {}) for note in notes),
        *(_edge(note.joined, placed) for note in notes if note.joined is not None),
    )
    plane = Element("bpmndi:BPMNPlane", {"id": "plane", "bpmnElement": "collaboration"}, shapes)
    return Element("bpmndi:BPMNDiagram", {"id": "diagram"}, (plane,))


def _mark(node: _Node) -> dict[str, str]:
    return {"isMarkerVisible": "true"} if node.tag == "exclusiveGateway" else {}


def _shape(name: str, box: Box, about: Mapping[str, str], label: Box | None = None) -> Element:
    labels = () if label is None else (Element("bpmndi:BPMNLabel", {}, (_bounds(label),)),)
    attributes = {"id": f"{name}_di", "bpmnElement": name, **about}
    return Element("bpmndi:BPMNShape", attributes, (_bounds(box), *labels))


def _edge(name: str, placed: Placed) -> Element:
    points = tuple(Element("di:waypoint", {"x": str(x), "y": str(y)}) for x, y in placed.lines[name])
    label = placed.labels.get(name)
    labels = () if label is None else (Element("bpmndi:BPMNLabel", {}, (_bounds(label),)),)
    return Element("bpmndi:BPMNEdge", {"id": f"{name}_di", "bpmnElement": name}, (*points, *labels))


def _bounds(box: Box) -> Element:
    parts = {"x": box.x, "y": box.y, "width": box.width, "height": box.height}
    return Element("dc:Bounds", {name: str(value) for name, value in parts.items()})
