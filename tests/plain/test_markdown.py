"""A text within Markdown stays the text that it is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from eap_workflow.plain.markdown import escaped

markdown_it = MarkdownIt("commonmark").enable(["table", "strikethrough"])


@given(st.text(st.characters(exclude_categories=("C", "Z"), include_characters=" \n|`*_[]<>#~&$^{}\\")))
def test_a_cell_is_read_back_as_the_text(text: str) -> None:
    """Another reader finds one cell with the words of the text, and no markup in it."""
    tokens = markdown_it.parse(f"| a |\n|---|\n| {escaped(f'x{text}')} |\n")
    _, cell = (token for token in tokens if token.type == "inline")
    assert "".join(child.content for child in cell.children or ()) == " ".join(f"x{text}".split())
