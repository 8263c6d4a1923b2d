"""What a docstring says: its first paragraph, and of a class what it says of each attribute, as one line each."""

from __future__ import annotations

import inspect
import re


def summary_of(described: object) -> str:
    """The first paragraph of a docstring; nothing where there is none."""
    paragraph, _, _ = inspect.cleandoc(described.__doc__ or "").partition("\n\n")
    return " ".join(paragraph.split())


def attributes_of(cls: type) -> dict[str, str]:
    """The "Attributes:" of a class's docstring, and of those that it inherits from."""
    descriptions: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        _, _, section = inspect.cleandoc(base.__doc__ or "").partition("\nAttributes:\n")
        name = ""
        for line in section.splitlines():
            if line and not line.startswith(" "):
                break
            entry = re.fullmatch(r" {4}(\w+):\s*(.*)", line)
            if entry:
                name, words = entry.groups()
                descriptions[name] = words
            elif name and line.strip():
                descriptions[name] = f"{descriptions[name]} {line.strip()}".strip()
    return descriptions
