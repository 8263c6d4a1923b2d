"""Sets words in lines, for formats that break none: plain letters in, lines out, all of it counted in characters."""

from __future__ import annotations

import re

# The last two of every plane are kept for no use.
LAST_OF_PLANES = "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
NO_LETTER = re.compile(f"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef{LAST_OF_PLANES}]")


def wrapped(words: str, width: int) -> list[str]:
    """Break into lines, each as full as can be.

    Args:
        words: What is set; white space only parts it.
        width: The most characters of a line; a word that is longer is broken.
    """
    lines: list[str] = []
    for word in _fitting(words, width):
        if lines and len(lines[-1]) + 1 + len(word) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


def balanced(words: str, width: int) -> list[str]:
    """Break into as few lines as fit, and those as even as can be.

    Args:
        words: What is set; white space only parts it.
        width: The most characters of a line; a word that is longer is broken.
    """
    lines = wrapped(words, width)
    if len(lines) < 2:  # noqa: PLR2004 (one line is as even as can be)
        return lines
    low, high = max(map(len, _fitting(words, width))), width
    while low < high:  # the narrowest width at which it is still as few
        tried = (low + high) // 2
        if len(wrapped(words, tried)) > len(lines):
            low = tried + 1
        else:
            high = tried
    return wrapped(words, high)


def slug(name: str) -> str:
    """Make of a name what may stand in an identifier of any format; it may be empty."""
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def printable(words: str) -> str:
    """Put a mark in the place of what is no letter to XML or HTML: controls, and what Unicode keeps for no use.

    What parts words as a control would, such as a tab, becomes a space.
    """
    return NO_LETTER.sub(lambda found: " " if found[0].isspace() else "\N{REPLACEMENT CHARACTER}", words)


def _fitting(words: str, width: int) -> list[str]:
    # Not at a no-break space, which `split` takes for one too.
    parts = re.split(r"[^\S\N{NO-BREAK SPACE}]+", words)
    return [part[at : at + width] for part in parts for at in range(0, len(part), width)]
