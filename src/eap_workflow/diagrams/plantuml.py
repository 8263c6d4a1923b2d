"""Renders a diagram as a PlantUML state diagram: the same drawing as in DOT, in UML's own signs.

A final state has a bold border and leads to UML's end; one that is left at once has a broken border. Arrows that nobody asks for
are dashed where the clock makes them when they are due, and dotted where the system makes them at once. What several
states have alike stands in notes; what each move takes, by its number, and the numbers are the legend.

Of what a table names, all but letters, digits and a few marks is written as a code, so that no name can end a line or mean
anything to PlantUML.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eap_workflow.diagrams import looks
from eap_workflow.diagrams.arrangement import arrange
from eap_workflow.diagrams.lettering import printable, slug, wrapped
from eap_workflow.diagrams.looks import THEMES, kind
from eap_workflow.diagrams.tables import in_lines, tables_of_numbers
from eap_workflow.machine import When
from eap_workflow.plain.english import capital

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from eap_workflow.diagrams.arrangement import Arrangement, Arrow, Beside, Entry
    from eap_workflow.diagrams.looks import Colours, Kind, Theme
    from eap_workflow.diagrams.model import Diagram, DrawnState

BORDERS: dict[Kind, str] = {"open": "", "passing": "[dashed]", "final": "[bold]"}
LINES = {When.ASKED: "", When.AT_ONCE: ",dotted", When.WHEN_DUE: ",dashed"}
LABEL_WIDTH, BOX_WIDTH, TAKES_WIDTH = 22, 40, 76  # in characters
PLAIN = " ,_[]()"


def render(diagram: Diagram, *, theme: Theme = "light", detail: bool = True) -> str:
    """Write the diagram as PlantUML source.

    Args:
        diagram: What is drawn.
        theme: Whether for a light page or a dark one.
        detail: Whether to list below what each move takes.
    """
    return "\n".join(_Drawing(arrange(diagram), THEMES[theme], detail=detail).lines()) + "\n"


class _Drawing:
    def __init__(self, arranged: Arrangement, colours: Colours, *, detail: bool) -> None:
        self.arranged, self.diagram, self.colours, self.detail = arranged, arranged.diagram, colours, detail
        self.ids = {state.name: f"s{at}_{slug(state.name)}" for at, state in enumerate(self.diagram.states)}
        self.ids[self.diagram.start] = "[*]"

    def lines(self) -> Iterator[str]:
        ink, ground, faint = self.colours.ink, self.colours.ground, self.colours.faint
        yield "@startuml"
        yield f"title {_text(self.diagram.title)}"
        yield "hide empty description"
        for name, colour in (
            ("BackgroundColor", ground),
            ("TitleFontColor", ink),
            ("ArrowColor", faint),
            ("LegendBackgroundColor", ground),
            ("LegendBorderColor", faint),
            ("LegendFontColor", ink),
            ("StateBorderColor", self.colours.borders["final"]),
            ("StateFontColor", ink),
            ("StateAttributeFontColor", ink),
            ("StateStartColor", ink),
            ("StateEndColor", ink),
            ("NoteBackgroundColor", ground),
            ("NoteBorderColor", faint),
            ("NoteFontColor", ink),
        ):
            yield f"skinparam {name} {colour}"
        yield "skinparam Shadowing false"
        yield "skinparam DefaultTextAlignment left"
        for state in self.diagram.states:
            yield from self._state(state)
        for number, states in enumerate(self.arranged.gatherings(), 1):
            words = _small(f"from {self.arranged.names(states)}", BOX_WIDTH)
            yield f'state "{_joined(words)}" as from{number} {ground} ##[dotted]{faint[1:]}'
        for arrow in self.arranged.arrows:
            yield self._arrow(arrow)
        yield from (f"{self.ids[state.name]} --> [*]" for state in self.diagram.states if state.final)
        yield from self._notes()
        yield "@enduml"

    def _state(self, state: DrawnState) -> Iterator[str]:
        look, name = kind(state), self.ids[state.name]
        fill, border = self.colours.fills[look], self.colours.borders[look]
        remark = looks.REMARKS[look]
        title = f"**{_text(capital(state.words))}**{_text(f' ({remark})') if remark else ''}"
        yield f'state "{title}" as {name} {fill} ##{BORDERS[look]}{border[1:]}'
        rows = [] if state.turn is None else [_text(f"{state.turn}'s turn")]
        for limit in state.limits:
            rows += _small(f"limit: {limit.words}", BOX_WIDTH)
            rows += _small(looks.length(limit), BOX_WIDTH)
        rows += [f"stays: {self._entry(entry)}" for entry in self.arranged.within(state.name)]
        yield from (f"{name} : {row}" for row in rows)

    def _arrow(self, arrow: Arrow) -> str:
        source = self.ids[arrow.sources[0]]
        if arrow.gathers:
            source = f"from{self.arranged.gatherings().index(arrow.sources) + 1}"
        rows: list[str] = []
        for at, entry in enumerate(arrow.entries, 1):
            rows.append(f"**{_text(entry.words)}**{self._number(entry)}")
            who, following = looks.briefly(entry), arrow.entries[at : at + 1]
            if [who] != [looks.briefly(each) for each in following]:  # said once for a few
                rows += _small(who, LABEL_WIDTH)
        colour = self.colours.arrows[arrow.when]
        coloured = _joined(f"<color:{colour}>{row}</color>" for row in rows)
        return f"{source} -[{colour}{LINES[arrow.when]}]-> {self.ids[arrow.target]} : {coloured}"

    def _notes(self) -> Iterator[str]:
        if self.arranged.asked:
            yield from _note("asked", ["**What changes no state**", *self._beside(self.arranged.asked)])
        if self.arranged.clock:
            title = "**What the clock does, changing no state**"
            yield from _note("clock", [title, *self._beside(self.arranged.clock)])
        if self.detail:
            yield from ("legend left", "**What each move takes**", *self._takes(), *self._numbers(), "endlegend")

    def _beside(self, parts: tuple[Beside, ...]) -> Iterator[str]:
        for part in parts:
            names = wrapped(f"in {self.arranged.names(part.states)}:", BOX_WIDTH)
            yield from (f"//{_text(line)}//" for line in names)
            yield from map(self._entry, part.entries)

    def _takes(self) -> Iterator[str]:
        for entry in self.arranged.entries:
            ends = self.arranged.ends(entry)
            yield f"**{entry.number} {_text(entry.words)}** {_joined(_small(f'{ends}; {looks.who(entry)}', 200))}"
            yield from _small(looks.condition(entry), TAKES_WIDTH)

    def _numbers(self) -> Iterator[str]:
        for table in tables_of_numbers(self.diagram):
            yield f"**{_text(table.caption)}**"
            for line in in_lines(table):
                yield from _small(line, TAKES_WIDTH)

    def _entry(self, entry: Entry) -> str:
        return f"**{_text(entry.words)}**{self._number(entry)} {_joined(_small(looks.who(entry), 200))}"

    def _number(self, entry: Entry) -> str:
        return f" [{entry.number}]" if self.detail else ""


def _note(name: str, rows: Iterable[str]) -> Iterator[str]:
    yield f'note "{_joined(rows)}" as {name}'


def _joined(rows: Iterable[str]) -> str:
    return "\\n".join(rows)


def _small(words: str, width: int) -> list[str]:
    return [f"<size:10>{_text(line)}</size>" for line in wrapped(words, width)]


def _text(words: str) -> str:
    return "".join(each if each.isalnum() or each in PLAIN else f"&#{ord(each)};" for each in printable(words))
