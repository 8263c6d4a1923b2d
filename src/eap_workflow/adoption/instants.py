"""When what is stated to have happened did: every instant of it, and which of them come too early."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import attrs

AHEAD = ("opening", "passes_at")
"""What may lie ahead: the session that was cancelled, and the end of a limit."""


def happened(value: Any, path: str = "") -> Iterator[tuple[str, datetime]]:
    """Every instant at which something is stated to have happened, by its field."""
    for each in attrs.fields(type(value)):
        if each.name not in AHEAD:
            yield from _happened(getattr(value, each.name), ".".join(filter(None, (path, each.name))))


def _happened(value: Any, path: str) -> Iterator[tuple[str, datetime]]:
    if isinstance(value, datetime):
        yield path, value
    elif isinstance(value, tuple):
        for number, each in enumerate(value):
            yield from _happened(each, f"{path}[{number}]")
    elif attrs.has(type(value)):
        yield from happened(value, path)


def out_of_order(*happened: tuple[str, datetime | None]) -> Iterator[str]:
    """Name what is stated to have happened before something that comes before it.

    Args:
        *happened: The fields in the order of what they state, each with its instant; None for what has not happened.
    """
    latest: datetime | None = None
    for name, at in happened:
        if at is not None and latest is not None and at < latest:
            yield name
        if at is not None and (latest is None or at > latest):
            latest = at
