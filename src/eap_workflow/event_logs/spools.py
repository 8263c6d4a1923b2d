"""Where texts are kept until all of them are known, and given in the order of their names, which says nothing of when they came."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable


class Spool(Protocol):
    """Texts by name: in memory, or on a disk where there may be many."""

    def keep(self, name: str, text: str) -> object:
        """Keep a text under a name, unless one is kept under it already."""
        ...

    def texts(self) -> Iterable[str]:
        """All texts, each once, in the order of their names."""
        ...


class InMemory:
    """A spool that holds them all."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    def keep(self, name: str, text: str) -> None:
        """Keep a text under a name, unless one is kept under it already."""
        self._kept.setdefault(name, text)

    def texts(self) -> Iterable[str]:
        """All texts, each once, in the order of their names."""
        return (text for _, text in sorted(self._kept.items()))
