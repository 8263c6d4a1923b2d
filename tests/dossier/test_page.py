"""A page is complete in itself, reads in any browser and on paper, is the same every time, and escapes what it is given."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import attrs
import pytest
from attrs import define, field
from pypdf import PdfReader

from eap_workflow.diagrams.looks import THEMES
from eap_workflow.dossier import IndexRow, IndexTotals, employer_dossier, employer_html, html, index_html
from eap_workflow.processes import process_named
from eap_workflow.views import employer_view
from tests import browser
from tests.dossier import samples

VOID = {"meta", "link", "br", "img", "input"}
EVERY = pytest.mark.parametrize("name", [*samples.WORTH_SEEING, "employer", "index"])
OF_EVERY_WORKFLOW = ("XS-0009", "CR-0005", "OC-0003", "SC-0103")
OF_EVERY_KIND = ("SC-0103", "employer", "index")

needs_browser = pytest.mark.skipif(browser.CHROMIUM is None, reason="needs chromium")
needs_axe = pytest.mark.skipif(
    browser.CHROMIUM is None or not browser.AXE.is_file(),
    reason="needs chromium, and in EAP_WORKFLOW_NODE_MODULES a folder with the npm package axe-core",
)


@cache
def page(name: str) -> str:
    """A page: a request's, an employer's, or the index."""
    if name == "employer":
        service = samples.service()
        snapshot = service.snapshot("XS-0053")
        policy = service.policy_of(snapshot)
        assert policy is not None
        view = employer_view(snapshot, policy)
        assert view is not None
        workflow = process_named(snapshot.workflow).workflow
        return employer_html(employer_dossier(view, workflow, at=samples.AT, zone=samples.MELBOURNE))
    if name == "index":
        totals = IndexTotals()

        def rows() -> Any:
            for request in samples.requests():
                row = IndexRow.of(samples.dossier(request))
                totals.add(row)
                yield row

        return "".join(index_html(rows(), totals, at=samples.AT, zone=samples.MELBOURNE, narrowed={}))
    return samples.page(name)


@define
class Reader(HTMLParser):
    """Reads a page as a browser does, and stumbles over whatever is not closed."""

    around: list[str] = field(factory=list)
    elements: list[tuple[str, dict[str, str | None]]] = field(factory=list)
    headings: list[int] = field(factory=list)
    text: str = ""

    def __attrs_post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Go into an element."""
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.around.append(tag)
        if re.fullmatch(r"h\d", tag):
            self.headings.append(int(tag[1]))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Pass an element that has nothing in it."""
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        """Come out of one."""
        assert self.around.pop() == tag

    def handle_data(self, data: str) -> None:
        """Take its words."""
        self.text += data


def read(text: str) -> Reader:
    """Read a page whole."""
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.around == []
    return reader


# --- what it is made of -----------------------------------------------------------------------------------------------


@EVERY
def test_a_page_is_complete_in_itself(name: str) -> None:
    """It names nothing that a browser would fetch, has no script, and forbids both (XS-06)."""
    reader = read(page(name))
    tags = {tag for tag, _ in reader.elements}
    assert not tags & {"script", "link", "iframe", "object", "embed", "base", "form", "img"}
    for tag, given in reader.elements:
        assert not [each for each in given if each.startswith("on") or each in {"src", "srcset", "action"}]
        if tag == "a":
            assert re.fullmatch(r"#[a-z0-9-]+|[A-Za-z0-9_-]+\.html", given["href"] or "")
    policies = [
        given["content"] for _, given in reader.elements if given.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policies == [
        "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
    ]
    assert not re.search(r"url\(|@import|@font-face", page(name))


@EVERY
def test_a_page_says_its_language_and_leads_through_itself(name: str) -> None:
    """One first heading, none that skips a level, every link within the page has its place, and one leads past the head."""
    reader = read(page(name))
    assert reader.elements[0] == ("html", {"lang": "en"})
    assert reader.headings[0] == 1
    assert reader.headings.count(1) == 1
    assert all(after - before <= 1 for before, after in zip(reader.headings, reader.headings[1:], strict=False))
    ids = [given["id"] for _, given in reader.elements if given.get("id")]
    assert len(ids) == len(set(ids))
    links = [given["href"] for tag, given in reader.elements if tag == "a"]
    assert links[0] == "#content"
    assert {link.removeprefix("#") for link in links if link and link.startswith("#")} <= set(ids)


@EVERY
def test_every_table_says_what_it_is_about_and_what_its_heads_are_of(name: str) -> None:
    """A caption each, heads with their scope, and a place to scroll in that a keyboard reaches (TC-09)."""
    reader = read(page(name))
    tags = [tag for tag, _ in reader.elements]
    assert tags.count("table") == tags.count("caption")
    assert all(given.get("scope") in {"col", "row"} for tag, given in reader.elements if tag == "th")
    scrolling = [given for _, given in reader.elements if given.get("class") == "scroll"]
    assert all(each["tabindex"] == "0" and each["role"] == "region" for each in scrolling)
    labels = [each.get("aria-label") or each.get("aria-labelledby") for each in scrolling]
    assert len(labels) == len(set(labels))


@EVERY
def test_no_word_of_the_programs_own_is_on_a_page(name: str) -> None:
    """Names are in words, and nothing is None; what a command line takes is as it is taken."""
    text = read(re.sub(r"<pre>.*?</pre>|<style>.*?</style>", "", page(name), flags=re.DOTALL)).text
    assert not re.findall(r"\bNone\b|\bTrue\b|\bFalse\b|<[A-Z]\w+:", text)
    assert not re.findall(r"\b[a-z]+_[a-z_]+\b", text)


def test_what_stands_in_a_dossier_is_escaped() -> None:
    """Whatever a store holds, it neither ends an element nor begins one."""
    hostile = "</dd><script>alert(1)</script>&\"'"
    dossier = samples.dossier("XS-0009")
    entry = attrs.evolve(dossier.steps[0], by=hostile, said=hostile, what=hostile)
    changed = attrs.evolve(
        dossier, state=hostile, title=hostile, steps=(entry, *dossier.steps[1:]), policy=None, policy_remark=hostile
    )
    reader = read(html(changed))
    assert "script" not in {tag for tag, _ in reader.elements}
    assert reader.text.count("alert(1)") >= 5


def test_without_the_drawing_the_page_says_so_and_has_the_path_as_a_table() -> None:
    """The extra ``diagrams`` is one that need not be there."""
    text = html(attrs.evolve(samples.dossier("XS-0009"), drawing=None))
    assert "<svg" not in text
    assert "extra “diagrams”" in text
    assert "pip install &#39;eap-workflow[diagrams]&#39;" in text or "pip install 'eap-workflow[diagrams]'" in text
    assert "The path, step by step" in text


def test_a_drawing_has_a_dark_colour_for_each_of_its_light_ones() -> None:
    """The colours of the drawing are those of the dark theme on a dark page, and there is none without its rule."""
    text = samples.page("XS-0009")
    drawing = text[text.index("<svg") : text.index("</svg>")]
    style = text[text.index("<style>") : text.index("</style>")]
    for colour in set(re.findall(r'(?:fill|stroke)="(#\w+)"', drawing)):
        assert f'[fill="{colour}"]' in style
        assert f'[stroke="{colour}"]' in style
    assert THEMES["dark"].ink in style


def test_the_same_dossier_is_the_same_bytes_in_every_process() -> None:
    """Whatever order sets have there, and whatever the zone and the language of the machine."""
    program = "import sys; from tests.dossier import samples; sys.stdout.buffer.write(samples.page('SC-0103').encode())"
    for seed, zone in (("1", "Pacific/Kiritimati"), ("2", "America/St_Johns")):
        environment = {
            **os.environ,
            "PYTHONHASHSEED": seed,
            "TZ": zone,
            "LC_ALL": "C.UTF-8",
            "PYTHONPATH": str(Path.cwd()),
        }
        run = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, env=environment)
        assert run.stdout.decode() == samples.page("SC-0103")


def test_an_index_is_written_as_its_rows_come() -> None:
    """Nothing waits for the last row, and the sums stand after it."""
    totals = IndexTotals()
    given = 0

    def rows() -> Any:
        nonlocal given
        for _ in range(10_000):
            given += 1
            row = IndexRow.of(samples.dossier("XS-0009"))
            totals.add(row)
            yield row

    pieces = index_html(rows(), totals, at=samples.AT, zone="UTC", narrowed={"state": "approved"})
    first = next(pieces)
    assert "those whose state is approved" in first
    assert given < 100
    assert "<dd>10000</dd>" in "".join(pieces)


def test_an_employers_dossier_is_spoken_of_where_there_is_one() -> None:
    """On other workflows no employer decides, so none has a page (XS-06)."""
    for request in OF_EVERY_WORKFLOW:
        assert ("who has a dossier of their own" in page(request)) is (request == "XS-0009")


@EVERY
def test_every_cell_says_in_a_narrow_window_what_it_is(name: str) -> None:
    """Where rows are stacked, the head of the column stands before each value."""
    cells = re.findall(r"<table class=\"[^\"]*stack[^\"]*\">.*?</table>", page(name), flags=re.DOTALL)
    for table in cells:
        heads = [each.removesuffix("?") for each in re.findall(r'<th scope="col">([^<]*)</th>', table)]
        for row in re.findall(r"<tr><th scope=\"row\".*?</tr>", table, flags=re.DOTALL):
            assert re.findall(r'data-label="([^"]*)"', row) == heads


# --- in a browser -----------------------------------------------------------------------------------------------------


@needs_axe
@pytest.mark.parametrize(
    ("names", "scheme", "width"),
    [(OF_EVERY_WORKFLOW, "light", 320), (OF_EVERY_KIND, "light", 1000), (OF_EVERY_KIND, "dark", 320)],
)
def test_no_page_violates_a_rule_of_accessibility_or_is_wider_than_its_window(
    names: tuple[str, ...], scheme: str, width: int, tmp_path: Path
) -> None:
    """Every rule of axe-core, on pages of every workflow and kind, light and dark, narrow and wide."""
    found = browser.examined({name: page(name) for name in names}, tmp_path, scheme=scheme, width=width)
    assert set(found) == set(names)
    for each in found.values():
        assert each["violations"] == []
        assert each["passes"] > 20
        assert each["too_wide"] <= 0
        # The drawing is there for whoever has the room; the table beside it says the same.
        assert set(each["scrolling"]) <= {"The path on the diagram"}
        assert each["dark"] == (scheme == "dark")


@needs_axe
def test_a_page_that_violates_a_rule_is_found(tmp_path: Path) -> None:
    """What the test above asks can be answered otherwise: a table without heads, faint letters, and something too wide."""
    broken = page("XS-0009").replace("<th scope", "<td scope").replace("--ink: #1b1f24", "--ink: #dddddd")
    broken = broken.replace("<main id", '<div style="width:2000px">wide</div><main id')
    (found,) = browser.examined({"broken": broken}, tmp_path, scheme="light", width=320).values()
    assert "color-contrast" in {violation[0] for violation in found["violations"]}
    assert found["too_wide"] > 0


@needs_browser
def test_opening_a_page_from_the_disk_asks_nobody_for_anything(tmp_path: Path) -> None:
    """Nothing that is on it, and nothing that somebody put into it: the page's own policy keeps it in."""
    elsewhere = '<img src="http://example.org/x.png" alt=""></body>'

    def opened(text: str) -> set[str]:
        file = tmp_path / "page.html"
        file.write_text(text, encoding="utf-8")
        # The browser asks its maker for news of its own accord, whatever is opened.
        return {
            each
            for each in browser.fetched(file, tmp_path)
            if not re.search(r"//[\w.]*(google|gstatic)\w*\.com/", each)
        }

    assert opened(page("XS-0009").replace("</body>", elsewhere)) == set()
    assert opened(browser.POLICY.sub("", page("XS-0009")).replace("</body>", elsewhere)) == {"http://example.org/x.png"}


@needs_browser
@pytest.mark.parametrize(("paper", "points"), [("A4", (595, 842)), ("letter", (612, 792))])
def test_a_page_prints_whole(paper: str, points: tuple[int, int], tmp_path: Path) -> None:
    """Every step on one sheet of paper, every sheet with the request and its number, and every section there."""
    file = tmp_path / "page.html"
    file.write_text(page("XS-0009").replace("@page {", f"@page {{ size: {paper};", 1), encoding="utf-8")
    sheets = PdfReader(browser.printed(file, tmp_path)).pages
    assert [round(float(each)) for each in sheets[0].mediabox[2:]] == pytest.approx(points, abs=1)
    texts = [re.sub(r"\s+", " ", sheet.extract_text()) for sheet in sheets]
    for number, text in enumerate(texts, start=1):
        assert f"page {number} of {len(sheets)}" in text
        assert "Dossier of request XS-0009" in text
    for step in samples.dossier("XS-0009").steps:
        heading = f"{step.version}. {step.what.capitalize()}: {step.source}"
        assert [step.digest in text for text in texts if heading in text] == [True]
    assert "every step is what was written" in texts[0]
    assert "Contents" not in texts[0]
    for month in ("Employer decision: November 2026", "Clinical review: October 2026"):
        (there,) = (text for text in texts if month in text)
        assert "last day" in there


@needs_browser
def test_the_head_of_a_long_table_is_on_every_sheet(tmp_path: Path) -> None:
    """The index of many requests says on each sheet what its columns are."""
    file = tmp_path / "index.html"
    file.write_text(page("index"), encoding="utf-8")
    texts = [sheet.extract_text() for sheet in PdfReader(browser.printed(file, tmp_path)).pages]
    with_rows = [text for text in texts if "XS-0" in text]
    assert len(with_rows) > 1
    assert all(re.search(r"Request\s+Work\S+\s+State", text) for text in with_rows)
