"""Renders a diagram as Graphviz DOT: the flow, what several states have alike beside it, and what each move takes below.

    the flow            a state is a box, a move from one state to another is an arrow: what is done, and by whom
    beside              what may happen in several states and changes none of them, once: asked for, or done by the clock
    what each takes     every move by its number: its guards in words, what it does to limits, and the rules it serves
    the numbers         each limit with what it limits, and where a contract is drawn its other numbers, by kind too

With a request's path only the flow is drawn: the arrows that were taken are thick and carry their dates, the rest stands back.

Text is set in lines here, since DOT wraps none. Names are written as entities where they could mean something to DOT or
to its markup, so no name can end a label.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eap_workflow.diagrams import looks
from eap_workflow.diagrams.arrangement import arrange
from eap_workflow.diagrams.lettering import balanced, printable, slug
from eap_workflow.diagrams.looks import THEMES, kind
from eap_workflow.diagrams.tables import tables_of_numbers
from eap_workflow.machine import When
from eap_workflow.plain.english import capital

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from eap_workflow.diagrams.arrangement import Arrangement, Arrow, Beside, Entry
    from eap_workflow.diagrams.looks import Colours, Theme
    from eap_workflow.diagrams.model import Diagram, DrawnLimit, DrawnState
    from eap_workflow.diagrams.path import Path, Visit
    from eap_workflow.diagrams.tables import Table

FONT = "Helvetica"  # its widths are those of Arial and of Liberation Sans, so that lines fit wherever it is shown
TITLE, BODY, SMALL = 11, 9.5, 8.5  # points: at 1:1 a drawing is as wide as a page's column
BOX_WIDTH, LABEL_WIDTH, BESIDE_WIDTH, GUARDS_WIDTH, CELL_WIDTH = 34, 20, 50, 60, 30  # in characters
PLAIN = " ,.-':()[]_\N{NO-BREAK SPACE}"
SHAPES = {"open": "box", "passing": "hexagon", "final": "box"}
STYLES = {"open": "rounded,filled", "passing": "filled,dashed", "final": "filled"}
LINES = {
    When.ASKED: "style=solid",
    When.AT_ONCE: "style=dotted, dir=both, arrowtail=odiamond",
    When.WHEN_DUE: "style=dashed, dir=both, arrowtail=odot",
}
HELD = "style=invis, weight=1"  # an arrow that only keeps the one under the other
LEGEND = (
    "Rounded box: a state. Double border: final. Hexagon: left at once.",
    "Solid arrow: somebody asks for it. Dotted, from a diamond: the system does it at once.",
    "Dashed, from a circle: the clock does it when it is due.",
)
OF_NUMBERS = ("In brackets: the number of the move in the list of what each takes.",)
OF_A_PATH = ("Thick arrows were taken: the step's number in brackets, and its day.",)


def render(diagram: Diagram, *, path: Path | None = None, theme: Theme = "light", detail: bool = True) -> str:
    """Write the diagram as DOT.

    Args:
        diagram: What is drawn.
        path: The path of a request, to be drawn on it.
        theme: Whether for a light page or a dark one.
        detail: Whether to list below what each move takes; never with a path.
    """
    return "\n".join(_Drawing(arrange(diagram, path), THEMES[theme], detail=detail and path is None).lines()) + "\n"


class _Drawing:
    def __init__(self, arranged: Arrangement, colours: Colours, *, detail: bool) -> None:
        self.arranged, self.diagram, self.path = arranged, arranged.diagram, arranged.path
        self.colours, self.detail = colours, detail
        self.ids = {state.name: f"s{at}_{slug(state.name)}" for at, state in enumerate(self.diagram.states)}
        self.ids[self.diagram.start] = "start"

    def lines(self) -> Iterator[str]:
        ink = self.colours.ink
        yield f'digraph "{slug(self.diagram.name)}" {{'
        yield f'  graph [rankdir=TB, bgcolor="{self.colours.ground}", fontname="{FONT}", fontcolor="{ink}", '
        yield f"    nodesep=0.1, ranksep=0.28, pad=0.1, labelloc=t, label={_rows([_big(self.diagram.title)])}];"
        yield f'  node [fontname="{FONT}", fontsize={BODY}, fontcolor="{ink}", color="{ink}", margin="0.09,0.05", height=0.2];'
        yield f'  edge [fontname="{FONT}", fontsize={BODY}, arrowsize=0.7];'
        yield f'  start [shape=circle, style=filled, fillcolor="{ink}", label="", width=0.16, height=0.16];'
        for state in self.diagram.states:
            yield self._state(state)
        for number, states in enumerate(self.arranged.gatherings(), 1):
            yield self._gathering(f"from{number}", states)
        for arrow in self.arranged.arrows:
            yield self._arrow(arrow)
        yield from self._below()
        yield "}"

    def _state(self, state: DrawnState) -> str:
        look, colours = kind(state), self.colours
        title = _big(capital(state.words))
        rows = [f"{title}{_small(f' ({looks.REMARKS[look]})')}" if looks.REMARKS[look] else title]
        if state.turn is not None:
            rows.append(_text(f"{state.turn}'s turn"))
        if self.path is None:
            rows += [_small(line) for each in state.limits for line in self._limit(each)]
            rows += [line for entry in self.arranged.within(state.name) for line in self._lines(entry, "stays: ")]
        fill, border, width, font = colours.fills[look], colours.borders[look], 1.2, colours.ink
        if self.path is not None:
            rows += self._taken_within(state)
            if state.name == self.path.state:
                rows.append(f"<b>{_text(f'stands here since {self.path.since.isoformat()}')}</b>")
                width = 3.5
            elif not self.path.visited(state.name):
                fill, border, font = colours.ground, colours.faint, colours.faint
        double = ", peripheries=2" if look == "final" else ""
        return (
            f'  {self.ids[state.name]} [shape={SHAPES[look]}, style="{STYLES[look]}", fillcolor="{fill}", color="{border}", '
            f'fontcolor="{font}", penwidth={width}{double}, label={_rows(rows)}];'
        )

    def _limit(self, limit: DrawnLimit) -> Iterator[str]:
        yield from balanced(f"limit: {limit.words}", BOX_WIDTH)
        yield from balanced(looks.length(limit), BOX_WIDTH)

    def _taken_within(self, state: DrawnState) -> Iterator[str]:
        for entry, visits in self.arranged.taken_within(state.name):
            yield from map(_small, balanced(f"{entry.words} {looks.dates(visits)}", BOX_WIDTH + 8))

    def _gathering(self, name: str, states: tuple[str, ...]) -> str:
        rows = [_small(line) for line in balanced(f"from {self.arranged.names(states)}", BOX_WIDTH)]
        colour = self.colours.faint
        place = f'  {name} [shape=plain, fontcolor="{colour}", label={_rows(rows)}];'
        return f"{place}\n  start -> {name} [style=invis, weight=0];"  # high up, where a flow leaves room

    def _arrow(self, arrow: Arrow) -> str:
        source = self.ids[arrow.sources[0]]
        if arrow.gathers:
            source = f"from{self.arranged.gatherings().index(arrow.sources) + 1}"
        taken = [self.arranged.taken(entry, arrow.sources) for entry in arrow.entries]
        colour, width = self.colours.arrows[arrow.when], 1.1
        if self.path is not None:
            colour, width = (colour, 2.6) if any(taken) else (self.colours.faint, 0.8)
        rows: list[str] = []
        for at, (entry, visits) in enumerate(zip(arrow.entries, taken, strict=True), 1):
            rows += self._label(entry, visits)
            who, following = looks.briefly(entry), arrow.entries[at : at + 1]
            if self.path is None and [who] != [looks.briefly(each) for each in following]:  # said once for a few
                rows += [_small(line) for line in balanced(who, LABEL_WIDTH)]
        ends = f"{source} -> {self.ids[arrow.target]}"
        look = f'color="{colour}", fontcolor="{colour}", penwidth={width}, {LINES[arrow.when]}'
        return f"  {ends} [{look}, label={_rows(rows, beside=4)}];"

    def _label(self, entry: Entry, visits: tuple[Visit, ...]) -> Iterator[str]:
        *before, last = balanced(entry.words, LABEL_WIDTH) or [" "]
        bold = self.path is None or bool(visits)
        yield from (f"<b>{_text(line)}</b>" if bold else _text(line) for line in before)
        yield f"<b>{_text(last)}</b>{self._number(entry)}" if bold else _text(last)
        if not entry.moves[0].in_table:
            yield _small("no row of this table")
        for line in balanced(looks.dates(visits), LABEL_WIDTH):
            yield _small(line)

    def _number(self, entry: Entry) -> str:
        return _small(f" [{entry.number}]") if self.detail else ""

    def _lines(self, entry: Entry, before: str = "") -> Iterator[str]:
        yield f"{_small(before)}<b>{_text(entry.words)}</b>{self._number(entry)}{_small(f' {looks.who(entry)}')}"

    def _below(self) -> Iterator[str]:
        """Draw what stands under the flow, held there by arrows that are not seen."""
        gathered = {arrow.target for arrow in self.arranged.arrows if arrow.gathers}
        over = [self.ids[state.name] for state in self.diagram.states if state.final and state.name not in gathered]
        names = []
        if self.path is None:
            asked, clock = self.colours.borders["open"], self.colours.arrows[When.WHEN_DUE]
            if self.arranged.asked:
                names.append("beside")
                yield self._beside(
                    "beside", "What changes no state", self.arranged.asked, f'shape=tab, color="{asked}"'
                )
            if self.arranged.clock:
                names.append("clock")
                look = f'shape=note, style=dashed, color="{clock}"'
                yield self._beside("clock", "What the clock does, changing no state", self.arranged.clock, look)
            if names:
                yield "  " + " ".join(f"{each} -> {name} [{HELD}];" for each in over for name in names)
                over = names
        if self.detail:
            numbers = {f"numbers{at}": _table(each) for at, each in enumerate(tables_of_numbers(self.diagram), 1)}
            for name, table in {"takes": self._takes(), **numbers}.items():
                yield f"  {name} [shape=plain, label={_ruled(table, self.colours.faint)}];"
                yield "  " + " ".join(f"{each} -> {name} [{HELD}];" for each in over)
                over = [name]
        said = [*(OF_A_PATH if self.path is not None else ()), *LEGEND, *(OF_NUMBERS if self.detail else ())]
        if self.path is None and self.diagram.contract:
            said.append(f"The numbers are those of {self.diagram.contract}.")
        yield f'  legend [shape=plain, fontcolor="{self.colours.faint}", label={_rows(map(_small, said))}];'
        yield "  " + " ".join(f"{each} -> legend [{HELD}];" for each in over)

    def _beside(self, name: str, title: str, parts: tuple[Beside, ...], look: str) -> str:
        rows = [f"<b>{_text(title)}</b>"]
        for part in parts:
            rows += [
                f"<i>{_text(line)}</i>" for line in balanced(f"in {self.arranged.names(part.states)}:", BESIDE_WIDTH)
            ]
            rows += [line for entry in part.entries for line in self._lines(entry)]
        return f'  {name} [{look}, margin="0.14,0.08", label={_rows(rows)}];'

    def _takes(self) -> Iterator[str]:
        yield _head(("", "move", "who may", "what it takes", "rules"))
        for entry in self.arranged.entries:
            cells = (
                [_small(str(entry.number))],
                [f"<b>{_text(entry.words)}</b>", *map(_small, balanced(self.arranged.ends(entry), 30))],
                [_small(line) for line in balanced(looks.who(entry), 20)],
                [_small(line) for line in balanced(looks.takes(entry), GUARDS_WIDTH)],
                [_small(line) for line in balanced(" ".join(entry.rules), 18)],
            )
            yield f"<tr>{''.join(map(_cell, cells))}</tr>"


def _rows(rows: Iterable[str], *, beside: int = 0) -> str:
    """Set lines one under the other; beside an arrow with some room to its left and right."""
    room = f'<td width="{beside}"></td>' if beside else ""
    cells = "".join(f'<tr>{room}<td align="left">{row}</td>{room}</tr>' for row in rows)
    return f'<<table border="0" cellborder="0" cellspacing="0" cellpadding="{0 if beside else 1}">{cells}</table>>'


def _table(table: Table) -> Iterator[str]:
    caption = f"<b>{_text(table.caption)}</b>"
    yield f'<tr><td align="left" colspan="{len(table.head)}">{caption}</td></tr>'
    yield _head(table.head)
    for first, *rest in table.rows:
        lines = [f"<b>{_text(line)}</b>" for line in balanced(first, CELL_WIDTH)]
        cells = [lines, *([_small(line) for line in balanced(each, CELL_WIDTH)] for each in rest)]
        yield f"<tr>{''.join(map(_cell, cells))}</tr>"


def _head(words: Iterable[str]) -> str:
    return f"<tr>{''.join(_cell([each and f'<b>{_text(each)}</b>']) for each in words)}</tr>"


def _ruled(lines: Iterable[str], colour: str) -> str:
    look = f'border="0" cellborder="1" cellspacing="0" cellpadding="3" color="{colour}"'
    return f"<<table {look}>{''.join(lines)}</table>>"


def _cell(lines: list[str]) -> str:
    if not any(lines):
        return "<td></td>"
    return f'<td align="left" valign="top" balign="left">{"<br/>".join(lines)}</td>'


def _big(words: str) -> str:
    return f'<b><font point-size="{TITLE}">{_text(words)}</font></b>'


def _small(words: str) -> str:
    return f'<font point-size="{SMALL}">{_text(words)}</font>' if words else ""


def _text(words: str) -> str:
    return "".join(each if each.isalnum() or each in PLAIN else f"&#{ord(each)};" for each in printable(words))
