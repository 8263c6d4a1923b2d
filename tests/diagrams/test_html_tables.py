"""A table as HTML: what is read back is what the tables of words say, and a screen reader can tell what is a head."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from attrs import define, field
from hypothesis import given

from eap_workflow.diagrams import extract, html
from eap_workflow.diagrams.html_tables import STYLE
from eap_workflow.diagrams.lettering import printable
from eap_workflow.diagrams.tables import Table, tables_of
from eap_workflow.machine import Workflow
from eap_workflow.processes import NAMES
from tests.diagrams.drawn import by_another_process, diagram_of, figures_of, missing, workflow_of
from tests.diagrams.made_up_tables import tables

KNOWN = {"section", "table", "caption", "thead", "tbody", "tr", "th", "td"}


@define
class Reader(HTMLParser):
    """Reads tables as a browser does, and stumbles over whatever is not closed or not known."""

    captions: list[str] = field(factory=list)
    rows: list[list[list[tuple[str, str | None, str]]]] = field(factory=list)
    around: list[str] = field(factory=list)
    labels: list[str | None] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Go into an element."""
        assert tag in KNOWN
        given = dict(attrs)
        assert set(given) <= {"scope", "class", "aria-label"}
        self.around.append(tag)
        if tag == "section":
            self.labels.append(given["aria-label"])
        elif tag == "table":
            self.captions.append("")
            self.rows.append([])
        elif tag == "tr":
            self.rows[-1].append([])
        elif tag in {"th", "td"}:
            self.rows[-1][-1].append((tag, given.get("scope"), ""))

    def handle_endtag(self, tag: str) -> None:
        """Come out of it."""
        assert self.around.pop() == tag

    def handle_data(self, data: str) -> None:
        """Take its words."""
        if self.around[-1:] == ["caption"]:
            self.captions[-1] += data
        elif self.around[-1:] in (["th"], ["td"]):
            tag, scope, before = self.rows[-1][-1][-1]
            self.rows[-1][-1][-1] = (tag, scope, before + data)
        else:
            assert data.strip() == "", "words outside the tables"

    def handle_comment(self, data: str) -> None:
        """There is none."""
        raise AssertionError(data)

    def handle_decl(self, decl: str) -> None:
        """Nor any declaration."""
        raise AssertionError(decl)


def read(text: str) -> Reader:
    """Read a fragment to its end."""
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.around == []
    return reader


def shown(text: str) -> str:
    """Give a text as a cell shows it."""
    return printable(" ".join(text.split()))


def assert_reads_back(expected: tuple[Table, ...], reader: Reader) -> None:
    """Assert that the tables are these, with heads where heads are."""
    assert reader.captions == [table.caption for table in expected]
    for table, (head, *rows) in zip(expected, reader.rows, strict=True):
        assert head == [("th", "col", each) for each in table.head]
        for row, (first, *rest) in zip(rows, table.rows, strict=True):
            assert row == [("th", "row", shown(first)), *(("td", None, shown(each)) for each in rest)]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_read_back_is_the_table(name: str) -> None:
    """Captions, heads with their scopes, and every cell are those of the tables of words."""
    text = html(workflow_of(name), figures=figures_of(name))
    reader = read(text)
    assert_reads_back(tables_of(diagram_of(name)), reader)
    assert reader.labels == [workflow_of(name).title]
    said = " ".join((*reader.captions, *(cell for table in reader.rows for row in table for _, _, cell in row)))
    turns = {f"{state.turn}'s turn" for state in diagram_of(name).states}
    assert set(missing(diagram_of(name), said)) <= turns  # which have a column of their own
    assert all((state.turn or "") in said for state in diagram_of(name).states)


@given(tables())
def test_any_table_reads_back(workflow: Workflow) -> None:
    """Whatever a table's names are, they stay in their cells and mean nothing to HTML."""
    reader = read(html(workflow))
    assert_reads_back(tables_of(extract(workflow)), reader)
    assert reader.labels == [shown(workflow.title)]


def test_the_style_is_a_style_alone() -> None:
    """It can stand in a page as it is, and fetches nothing."""
    assert "<" not in STYLE
    assert "url(" not in STYLE
    assert "@import" not in STYLE


@pytest.mark.parametrize("seed", ["1", "2"])
def test_every_process_writes_the_same(seed: str) -> None:
    """The same table gives the same text to the letter, however a process orders its sets."""
    name = "session_cancellation"
    written = html(workflow_of(name), figures=figures_of(name))
    assert by_another_process("diagrams.html(workflow, figures=figures)", seed) == written.encode()
