"""Words in lines: nothing is lost, nothing is too long, and lines are as even as can be."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.diagrams.lettering import balanced, printable, slug, wrapped
from tests.diagrams.made_up_tables import names

WORDS = st.lists(st.text("abcde-,.", min_size=1, max_size=9), max_size=12).map(" ".join)
WIDTHS = st.integers(1, 30)


@given(WORDS, WIDTHS)
def test_every_letter_is_set_and_no_line_is_too_long(words: str, width: int) -> None:
    """The lines put together are the words, and each has the width at most."""
    for lines in (wrapped(words, width), balanced(words, width)):
        assert "".join(lines).replace(" ", "") == words.replace(" ", "")
        assert all(0 < len(line) <= width for line in lines)
        assert " ".join(lines).split() == words.split() or any(len(word) > width for word in words.split())


@given(WORDS, WIDTHS)
def test_balanced_lines_are_no_more_and_no_wider(words: str, width: int) -> None:
    """As many lines as when each is full, and the widest of them is no wider."""
    full, even = wrapped(words, width), balanced(words, width)
    assert len(even) == len(full)
    assert max(map(len, even), default=0) <= max(map(len, full), default=0)


def test_a_line_is_broken_between_words() -> None:
    """Full lines as they come, or even ones."""
    assert wrapped("policy in force, form in range, kind", 20) == ["policy in force,", "form in range, kind"]
    assert balanced("a whole path of twelve days", 24) == ["a whole path", "of twelve days"]
    assert wrapped("x" * 7, 3) == ["xxx", "xxx", "x"]
    assert balanced("", 10) == []


def test_a_no_break_space_holds_words_together() -> None:
    """A step's number stays beside its day."""
    assert wrapped("(1)\N{NO-BREAK SPACE}2026-10-28 (2)\N{NO-BREAK SPACE}2026-10-29", 16) == [
        "(1)\N{NO-BREAK SPACE}2026-10-28",
        "(2)\N{NO-BREAK SPACE}2026-10-29",
    ]


@given(names)
def test_a_slug_is_plain(name: str) -> None:
    """What a name becomes in an identifier has small letters, digits and low lines alone."""
    assert set(slug(name)) <= set("abcdefghijklmnopqrstuvwxyz0123456789_")


@given(names)
def test_what_is_no_letter_is_marked(name: str) -> None:
    """Controls are replaced one by one, those that part words by a space, and nothing else is touched."""
    shown = printable(name)
    for old, new in zip(name, shown, strict=True):
        assert new in {old, " " if old.isspace() else "\N{REPLACEMENT CHARACTER}"}
    assert not any(ord(each) < 32 for each in shown)
