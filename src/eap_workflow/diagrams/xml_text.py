"""XML as text, the same bytes for the same elements: one element a line, attributes in the order in which they are given.

What XML cannot hold, as most control characters, becomes the replacement character; nothing else is changed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from attrs import field, frozen

NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
IN_TEXT = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
IN_ATTRIBUTE = IN_TEXT | str.maketrans({'"': "&quot;", "\t": "&#9;", "\n": "&#10;"})


@frozen
class Element:
    """An element.

    Attributes:
        tag: Its name, with its prefix.
        attributes: Its attributes; one that is None is left out.
        children: What stands in it, or its text.
    """

    tag: str
    attributes: Mapping[str, str | None] = field(factory=dict)
    children: tuple[Element, ...] | str = ()

    def lines(self, depth: int = 0) -> Iterator[str]:
        """Write it, line by line."""
        indent = "  " * depth
        written = (f' {name}="{attribute_text(value)}"' for name, value in self.attributes.items() if value is not None)
        opening = f"{indent}<{self.tag}{''.join(written)}"
        if isinstance(self.children, str):
            yield f"{opening}>{_legal(self.children).translate(IN_TEXT)}</{self.tag}>"
        elif self.children:
            yield f"{opening}>"
            for child in self.children:
                yield from child.lines(depth + 1)
            yield f"{indent}</{self.tag}>"
        else:
            yield f"{opening}/>"


def document(root: Element) -> str:
    """Write a whole document."""
    return "\n".join(('<?xml version="1.0" encoding="UTF-8"?>', *root.lines(), ""))


def attribute_text(value: str) -> str:
    """Write the value of an attribute, as it stands between double quotes."""
    return _legal(value).translate(IN_ATTRIBUTE)


def _legal(text: str) -> str:
    return NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
