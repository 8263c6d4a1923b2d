"""Rules as Markdown: a section and a row for each, which another reader finds as they are."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt

from eap_workflow import rules
from eap_workflow.rules import DOCUMENTS, FAMILIES, REGISTER, traces
from eap_workflow.rules.words import CALLED

markdown_it = MarkdownIt("commonmark").enable("table")


def test_every_rule_has_its_section() -> None:
    """Under its id, with its words, every kind of place that it has, and every test by name."""
    sections = re.split(r"^## (.*)\n", rules.markdown(traces()), flags=re.MULTILINE)[1:]
    assert sections[::2] == [rule.id for rule in REGISTER]
    for text, trace in zip(sections[1::2], traces(), strict=True):
        called = [words for kind, (words, _) in CALLED.items() if trace.of(kind)]
        assert re.findall(r"^\| ([a-z ]+) \|", text, re.MULTILINE) == ["enforced by", *called]
        assert [test.name for test in trace.tests if f"`{test.name}" not in text] == []


def test_every_rule_has_its_row_in_the_register() -> None:
    """In its family's table, with a link where there is a page to lead to."""
    for link in ("", "page.md"):
        text = rules.register_markdown(link)
        assert re.findall(r"^## (.*)$", text, re.MULTILINE) == [family.title for family in FAMILIES]
        ids = re.findall(r"^\| \[?([A-Z]{2}-\d\d)", text, re.MULTILINE)
        assert ids == [rule.id for rule in REGISTER]
        assert ("](page.md#xs-01)" in text) == bool(link)
        assert all(name in text for name in DOCUMENTS)
        # As another reader of Markdown sees it, a row has its cells and its words as they are.
        cells = [token.content for token in markdown_it.parse(text) if token.type == "inline"]
        assert len([cell for cell in cells if cell in {rule.words for rule in REGISTER}]) == len(REGISTER)
