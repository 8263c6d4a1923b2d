"""A text and its paragraphs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.notify.paragraphs import Paragraph, as_text, paragraphs

LINES = st.text(st.sampled_from("ab :-\N{EM DASH}"), max_size=120)


def test_prose_facts_and_a_link_are_told_apart() -> None:
    """Indented lines with a colon are facts, a line that is the link is one, and all else is prose."""
    text = "Hello,\nthere: yes\n\n  Case:  A-1\n  Due:   Monday: early\n\nhttps://example.com/1\n\n  no fact\n"
    assert paragraphs(text, "https://example.com/1") == (
        Paragraph(kind="prose", lines=("Hello,", "there: yes")),
        Paragraph(
            kind="facts",
            lines=("  Case:  A-1", "  Due:   Monday: early"),
            facts=(("Case", "A-1"), ("Due", "Monday: early")),
        ),
        Paragraph(kind="link", lines=("https://example.com/1",)),
        Paragraph(kind="prose", lines=("no fact",)),
    )


def test_no_line_is_a_link_where_there_is_none() -> None:
    """An address that is not the message's own stays text."""
    assert [each.kind for each in paragraphs("https://example.com/1")] == ["prose"]


def test_long_prose_is_broken_and_facts_and_links_are_not() -> None:
    """Lines of prose fit into a window; a link that is broken leads nowhere."""
    long = "word " * 40
    link = "https://example.com/" + "x" * 100
    text = as_text(paragraphs(f"{long}\n\n  Label: {long}\n\n{link}", link))
    prose, facts, last = text.rstrip("\n").split("\n\n")
    assert max(map(len, prose.splitlines())) <= 76
    assert facts == f"  Label: {long}".rstrip()
    assert last == link


@given(st.lists(LINES, max_size=8))
def test_no_word_is_lost(lines: list[str]) -> None:
    """Whatever the text, taking it apart and putting it together keeps every word in its order."""
    text = "\n".join(lines)
    assert as_text(paragraphs(text)).split() == text.split()
