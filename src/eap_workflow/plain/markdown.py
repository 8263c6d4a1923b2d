"""Text within Markdown: it can neither end a cell of a table nor mean anything to Markdown."""

from __future__ import annotations

import re

SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~&$^])")


def escaped(text: str) -> str:
    """Escape a text, which becomes one line."""
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))
