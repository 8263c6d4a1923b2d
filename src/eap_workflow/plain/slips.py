"""What is said to a name that nobody knows: which one was probably meant, and which there are.

The name itself is never repeated here: what came in may be anything.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

LONGEST = 40
"""A longer name is no slip of the finger, and comparing it takes long."""

MOST = 8
"""Of so many unknown keys the first ones are compared; whoever sends more has sent something else."""


def did_you_mean(given: Iterable[object], known: Iterable[str]) -> str:
    """Ask for the known name that is nearest, to stand behind what is wrong; nothing where none is near.

    >>> did_you_mean(["aprove"], ["approve", "decline"]), did_you_mean(["fly"], ["approve", "decline"])
    (', did you mean approve?', '')

    Args:
        given: What came in; of several, the first to which a name is near.
        known: The names.
    """
    # Loaded by whoever has made a slip. It needs no order: of names that are as near it gives the last of the alphabet.
    from difflib import get_close_matches  # noqa: TID251 - the one place

    names = tuple(known)
    for each in given:
        if isinstance(each, str) and len(each) <= LONGEST and (nearest := get_close_matches(each, names, n=1)):
            return f", did you mean {nearest[0]}?"
    return ""


def unknown_keys(unknown: Sequence[object], known: Iterable[str], *, of: str = "") -> str:
    """Say that keys are unknown, which was probably meant, and which are allowed.

    >>> unknown_keys(["praktice"], ["role", "id", "practice"])
    'unknown key, did you mean practice? (allowed: role, id, practice)'

    Args:
        unknown: The keys.
        known: The keys that are allowed.
        of: What they are allowed with, where that has a name.
    """
    counted = "unknown key" if len(unknown) == 1 else f"{len(unknown)} unknown keys"
    names = tuple(known)
    allowed = f"allowed with {of}" if of else "allowed"
    return f"{counted}{did_you_mean(unknown[:MOST], names)} ({allowed}: {', '.join(names)})"
