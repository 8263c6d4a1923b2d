"""Renders a diagram as a Mermaid flowchart: the same drawing as in DOT, for pages that draw Mermaid themselves.

- A state is a box: whose turn it is, and the limits that run in it. A box with double sides is final, a hexagon is left at once.
- An arrow is all that leads from one state to another: what is done, and by whom. What nobody asks for has a sign; where all of
  it is so, the arrow is broken. (Mermaid sets the labels of two arrows between the same states one over the other.)
- What several states have alike and changes none of them stands once under the flow; what the clock does in a flag.
- Under these, every move by its number: its guards in words, what it does to limits, and the rules that it serves; and every
  limit, and where a contract is drawn its other numbers.
- With a request's path only the flow is drawn: what was taken is thick and has its dates, the rest stands back.

Of what a table names, all but letters, digits and a few marks is written as a code, so that no name can end a label or
mean anything to Mermaid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from attrs import evolve

from eap_workflow.diagrams import looks
from eap_workflow.diagrams.arrangement import arrange
from eap_workflow.diagrams.lettering import printable, slug, wrapped
from eap_workflow.diagrams.looks import kind
from eap_workflow.diagrams.tables import in_lines, tables_of_numbers
from eap_workflow.machine import When
from eap_workflow.plain.english import capital

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from eap_workflow.diagrams.arrangement import Arrangement, Arrow, Beside, Entry
    from eap_workflow.diagrams.model import Diagram, DrawnState
    from eap_workflow.diagrams.path import Path

# A fill of their own and dark text: legible on a light page and on a dark one.
LOOKS = {
    "open": "fill:#dfe9fb,stroke:#2b5797,stroke-width:1.5px,color:#111",
    "passing": "fill:#f1f1f1,stroke:#5a5a5a,stroke-width:1.5px,stroke-dasharray:6 4,color:#111",
    "final": "fill:#e0f0da,stroke:#2f6627,stroke-width:1.5px,color:#111",
    "apart": "fill:#ffffff,stroke:#9a9a9a,stroke-width:1px,color:#666",
    "asked": "fill:#f7f9fc,stroke:#2b5797,stroke-width:1px,color:#111",
    "clock": "fill:#fff6ea,stroke:#8f4300,stroke-width:1px,stroke-dasharray:6 4,color:#111",
    "takes": "fill:#ffffff,stroke:#9a9a9a,stroke-width:1px,color:#111",
    "gathers": "fill:#f1f1f1,stroke:#9a9a9a,stroke-width:1px,color:#111",
    "here": "stroke-width:5px",  # last: it is put over one of the others
}
SHAPES = {"open": ("(", ")"), "passing": ("{{", "}}"), "final": ("[[", "]]")}
SIGNS = {When.ASKED: "", When.AT_ONCE: "⚡ ", When.WHEN_DUE: "⏰ "}
LINKS = {When.ASKED: "-->", When.AT_ONCE: "-.->", When.WHEN_DUE: "-.->"}
BROKEN = {When.AT_ONCE: "stroke-dasharray:2 4", When.WHEN_DUE: "stroke-dasharray:8 4"}
LABEL_WIDTH, BOX_WIDTH, TAKES_WIDTH = 22, 46, 92  # in characters
NO_BREAK = "\N{NO-BREAK SPACE}"  # renderers that know no wrapping width would break each line again
SETTINGS = (
    '%%{init: {"layout": "dagre", "look": "classic", "htmlLabels": true, "flowchart": {"curve": "basis", "htmlLabels": true, "wrappingWidth": 900, "nodeSpacing": 20, "rankSpacing": 30, '
    '"padding": 8}, "themeCSS": ".node foreignObject div{text-align:left!important;line-height:1.3!important}"}}%%'
)


def render(diagram: Diagram, *, path: Path | None = None, detail: bool = True) -> str:
    """Write the diagram as Mermaid source.

    Args:
        diagram: What is drawn.
        path: The path of a request, to be drawn on it.
        detail: Whether to list below what each move takes; never with a path.
    """
    drawing = _Drawing(arrange(diagram, path), detail=detail and path is None)
    return "\n".join((SETTINGS, "flowchart TB", *(f"    {line}" for line in drawing.lines()), ""))


class _Drawing:
    def __init__(self, arranged: Arrangement, *, detail: bool) -> None:
        self.arranged, self.diagram, self.path, self.detail = arranged, arranged.diagram, arranged.path, detail
        self.ids = {state.name: f"s{at}_{slug(state.name)}" for at, state in enumerate(self.diagram.states)}
        self.ids[self.diagram.start] = "begin"
        self.members: dict[str, list[str]] = {}

    def lines(self) -> Iterator[str]:
        yield f"accTitle: {_text(self.diagram.title)}"
        yield self._box("begin", ("([", "])"), ["start"], "gathers")
        for state in self.diagram.states:
            yield self._state(state)
        for number, states in enumerate(self.arranged.gatherings(), 1):
            yield self._box(f"from{number}", ("([", "])"), [f"from {_text(self.arranged.names(states))}"], "gathers")
        together = tuple(self._together())
        yield from map(self._arrow, together)
        yield from self._below()
        for number, arrow in enumerate(together):
            if style := ",".join(self._style(arrow)):
                yield f"linkStyle {number} {style}"
        for name, look in LOOKS.items():
            if members := self.members.get(name):
                yield f"classDef {name} {look}"
                yield f"class {','.join(members)} {name}"

    def _together(self) -> Iterator[Arrow]:
        """The arrows, those between the same ends as one."""
        ends: dict[tuple[tuple[str, ...], str], list[Arrow]] = {}
        for arrow in self.arranged.arrows:
            ends.setdefault((arrow.sources, arrow.target), []).append(arrow)
        for arrows in ends.values():
            when = min((arrow.when for arrow in arrows), key=tuple(LINKS).index)
            entries = sorted((entry for arrow in arrows for entry in arrow.entries), key=lambda entry: entry.number)
            yield evolve(arrows[0], when=when, entries=tuple(entries))

    def _box(self, name: str, shape: tuple[str, str], rows: Iterable[str], look: str) -> str:
        self.members.setdefault(look, []).append(name)
        return f'{name}{shape[0]}"{_lines(rows)}"{shape[1]}'

    def _state(self, state: DrawnState) -> str:
        look = kind(state)
        remark = looks.REMARKS[look]
        rows = [f"<b>{_text(capital(state.words))}</b>{_text(f' ({remark})') if remark else ''}"]
        if state.turn is not None:
            rows.append(_text(f"{state.turn}'s turn"))
        shown: str = look
        if self.path is None:
            for limit in state.limits:
                rows += _small(f"limit: {limit.words}", BOX_WIDTH)
                rows += _small(looks.length(limit), BOX_WIDTH)
            rows += [row for entry in self.arranged.within(state.name) for row in self._entry("stays: ", entry)]
        else:
            rows += self._taken_within(state)
            if state.name == self.path.state:
                rows.append(f"<b>{_text(f'stands here since {self.path.since.isoformat()}')}</b>")
                self.members.setdefault("here", []).append(self.ids[state.name])
            elif not self.path.visited(state.name):
                shown = "apart"
        return self._box(self.ids[state.name], SHAPES[look], rows, shown)

    def _taken_within(self, state: DrawnState) -> Iterator[str]:
        for entry, visits in self.arranged.taken_within(state.name):
            yield from _small(f"{entry.words} {looks.dates(visits)}", BOX_WIDTH)

    def _arrow(self, arrow: Arrow) -> str:
        source = self.ids[arrow.sources[0]]
        if arrow.gathers:
            source = f"from{self.arranged.gatherings().index(arrow.sources) + 1}"
        rows: list[str] = []
        for at, entry in enumerate(arrow.entries, 1):
            visits = self.arranged.taken(entry, arrow.sources)
            words = f"{SIGNS[entry.when]}{_text(entry.words)}{self._number(entry)}"
            rows.append(f"<b>{words}</b>" if self.path is None or visits else words)
            if not entry.moves[0].in_table:
                rows += _small("no row of this table", LABEL_WIDTH)
            rows += _small(looks.dates(visits), LABEL_WIDTH)
            who, following = looks.briefly(entry), arrow.entries[at : at + 1]
            if self.path is None and [who] != [looks.briefly(each) for each in following]:  # said once for a few
                rows += _small(who, LABEL_WIDTH)
        return f'{source} {LINKS[arrow.when]}|"{_lines(rows)}"| {self.ids[arrow.target]}'

    def _style(self, arrow: Arrow) -> Iterator[str]:
        if arrow.when in BROKEN:
            yield BROKEN[arrow.when]
        if self.path is not None:
            taken = any(self.arranged.taken(entry, arrow.sources) for entry in arrow.entries)
            yield "stroke-width:4px" if taken else "stroke-width:1px,opacity:0.6"

    def _number(self, entry: Entry) -> str:
        return _text(f" [{entry.number}]") if self.detail else ""

    def _entry(self, before: str, entry: Entry) -> Iterator[str]:
        yield f"{before}{SIGNS[entry.when]}<b>{_text(entry.words)}</b>{self._number(entry)} {''.join(_small(looks.who(entry), 200))}"

    def _below(self) -> Iterator[str]:
        gathered = {arrow.target for arrow in self.arranged.arrows if arrow.gathers}
        over = [self.ids[state.name] for state in self.diagram.states if state.final and state.name not in gathered]
        parts = (
            ("asked", "What changes no state", self.arranged.asked, ("[", "]")),
            ("clock", "What the clock does, changing no state", self.arranged.clock, (">", "]")),
        )
        names = []
        for name, title, beside, shape in parts:
            if beside and self.path is None:
                names.append(name)
                yield self._box(name, shape, [f"<b>{title}</b>", *self._beside(beside)], name)
        if names:
            yield f"{' & '.join(over)} ~~~ {' & '.join(names)}"
            over = names
        if self.detail:
            yield self._box("takes", ("[", "]"), ["<b>What each move takes</b>", *self._takes()], "takes")
            yield self._box("numbers", ("[", "]"), self._numbers(), "takes")
            yield f"{' & '.join(over)} ~~~ takes ~~~ numbers"

    def _beside(self, parts: tuple[Beside, ...]) -> Iterator[str]:
        for part in parts:
            names = wrapped(f"in {self.arranged.names(part.states)}:", BOX_WIDTH)
            yield from (f"<i>{_text(line)}</i>" for line in names)
            for entry in part.entries:
                yield from self._entry("", entry)

    def _takes(self) -> Iterator[str]:
        for entry in self.arranged.entries:
            ends = self.arranged.ends(entry)
            yield f"<b>{entry.number} {_text(entry.words)}</b>{''.join(_small(f', {ends}; {looks.who(entry)}', 200))}"
            yield from _small(looks.condition(entry), TAKES_WIDTH)

    def _numbers(self) -> Iterator[str]:
        for table in tables_of_numbers(self.diagram):
            yield f"<b>{_text(table.caption)}</b>"
            for line in in_lines(table):
                yield from _small(line, TAKES_WIDTH)


def _lines(rows: Iterable[str]) -> str:
    return "<br/>".join(row.replace(" ", NO_BREAK) for row in rows)


def _small(words: str, width: int) -> list[str]:
    lines = wrapped(words, width)
    return [f"<small>{_text(line)}</small>" for line in lines]


def _text(words: str) -> str:
    return "".join(map(_character, printable(words)))


def _character(each: str) -> str:
    return each if each.isalnum() or each in f" ,{NO_BREAK}" else f"#{ord(each)};"
