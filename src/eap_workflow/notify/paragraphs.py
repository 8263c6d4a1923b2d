"""A message's text as paragraphs, from which both of its forms are made, so that they cannot say different things.

A template is written as an e-mail is: paragraphs with an empty line between them. Lines that are indented are facts (``Due:
Monday``), which stay as they are in the text and become a small table in HTML. A line that is nothing but the message's link
becomes one to click on.
"""

from __future__ import annotations

import re
from textwrap import wrap
from typing import Literal

from attrs import frozen

WIDTH = 76
FACT = re.compile(r"\s+([^:]{1,40}):\s+(.+)")


@frozen(kw_only=True)
class Paragraph:
    """One paragraph of a message.

    Attributes:
        kind: Lines of prose, a link alone, or facts.
        lines: Its lines; of facts, each as it stands in the text.
        facts: The facts, as pairs of a label and what it is.
    """

    kind: Literal["prose", "link", "facts"]
    lines: tuple[str, ...]
    facts: tuple[tuple[str, str], ...] = ()


def paragraphs(text: str, link: str = "") -> tuple[Paragraph, ...]:
    """Take a text apart.

    Args:
        text: Paragraphs, with an empty line between them.
        link: The message's link; empty where it has none.
    """
    found: list[list[str]] = [[]]
    for line in text.splitlines():
        if line.strip():
            found[-1].append(line.rstrip())
        elif found[-1]:
            found.append([])
    return tuple(_paragraph(tuple(lines), link) for lines in found if lines)


def _paragraph(lines: tuple[str, ...], link: str) -> Paragraph:
    if link and tuple(line.strip() for line in lines) == (link,):
        return Paragraph(kind="link", lines=(link,))
    facts = [FACT.fullmatch(line) for line in lines]
    pairs = tuple((fact[1].strip(), fact[2].strip()) for fact in facts if fact is not None)
    if len(pairs) == len(lines):
        return Paragraph(kind="facts", lines=lines, facts=pairs)
    return Paragraph(kind="prose", lines=tuple(line.strip() for line in lines))


def as_text(found: tuple[Paragraph, ...]) -> str:
    """Put paragraphs together as plain text: prose is broken into short lines, facts and links never."""
    return "\n\n".join("\n".join(_text_lines(each)) for each in found) + "\n"


def _text_lines(paragraph: Paragraph) -> list[str]:
    if paragraph.kind != "prose":
        return list(paragraph.lines)
    return [
        part for line in paragraph.lines for part in wrap(line, WIDTH, break_long_words=False, break_on_hyphens=False)
    ]
