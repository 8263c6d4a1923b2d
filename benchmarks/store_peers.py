"""The same aggregate in the library ``eventsourcing``: a request with its draft, its submission and its approval, one commit each.

It decides nothing and counts no limit; it keeps the same fields. Its recorders are its own, on the same databases, and as
durable: its SQLite recorder uses a write-ahead log too, and leaves ``synchronous`` at SQLite's default, which is FULL.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any
from uuid import UUID

from eventsourcing.application import Application
from eventsourcing.domain import Aggregate, event

from benchmarks.store_commands import COMMANDS


class Request(Aggregate):
    """A request, as this library would have it."""

    @event("Drafted")
    def __init__(self, form: dict[str, Any]) -> None:
        self.form = form
        self.tally: dict[str, int] | None = None
        self.by: dict[str, str] | None = None
        self.state = "draft"

    @event("Submitted")
    def submit(self, tally: dict[str, int]) -> None:
        """Put it to the employer."""
        self.tally = tally
        self.state = "employer_decision"

    @event("Approved")
    def approve(self, by: dict[str, str]) -> None:
        """Approve it."""
        self.by = by
        self.state = "approved"


class Requests(Application[UUID]):
    """Where they are kept."""


def application(environment: dict[str, str]) -> Callable[[int], float]:
    """Make an application on a database; what it gives takes some requests through all commands, in seconds a command."""
    app = Requests(env=environment)
    draft, submit, approve = COMMANDS

    def turn(requests: int) -> float:
        start = perf_counter()
        for _ in range(requests):
            request = Request(draft)
            app.save(request)
            for command, fields in (("submit", submit["tally"]), ("approve", approve["by"])):
                loaded: Any = app.repository.get(request.id)
                getattr(loaded, command)(fields)
                app.save(loaded)
        return (perf_counter() - start) / (requests * len(COMMANDS))

    return turn
