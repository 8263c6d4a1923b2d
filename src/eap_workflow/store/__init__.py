"""What the service needs of a store, and the stores there are.

A store keeps steps, append-only, and with them what is asked often: each request as it stands, when its clock is due
next, and which commands have been seen. Everything that one command causes is one transaction.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

from attrs import frozen

from eap_workflow.errors import PolicyError
from eap_workflow.policy import Policy, PolicyRef
from eap_workflow.process import Process
from eap_workflow.steps import Snapshot, Step


@frozen(kw_only=True)
class Seen:
    """A command that was acted on before.

    Attributes:
        digest: What identified its content.
        request: The request that it was for.
        first: The first version that it made.
        last: The last one.
    """

    digest: str
    request: str
    first: int
    last: int


class Transaction(Protocol):
    """Everything that one command reads and writes: committed whole when its block ends, or not at all."""

    def load(self, request: str) -> Snapshot | None:
        """The request as it stands; None for one that was never opened."""
        ...

    def append(self, steps: tuple[Step, ...], snapshot: Snapshot) -> None:
        """Add steps to a request's trail, with the snapshot that they lead to.

        Raises:
            Conflict: The request is not at the version that the first step follows on.
        """
        ...

    def trail(self, request: str, first: int = 1, last: int | None = None) -> tuple[Step, ...]:
        """The steps of a request, in order, or those of some versions."""
        ...

    def in_case(self, assist_case: str, besides: str) -> tuple[Snapshot, ...]:
        """The other requests of an Assist Case that add to its totals, as far as is recorded (XS-04, IN-06)."""
        ...

    def seen(self, command_id: str) -> Seen | None:
        """What is known of a command by its id; None for one that was not acted on."""
        ...

    def remember(self, command_id: str, seen: Seen) -> None:
        """Keep what a command did, under its id."""
        ...

    def policy(self, ref: PolicyRef) -> Policy | None:
        """A policy that a request was submitted under; None for one that none was (IN-11)."""
        ...

    def keep_policy(self, policy: Policy) -> None:
        """Keep a policy by its version, once.

        Raises:
            PolicyError: This version was kept before, with other content.
        """
        ...

    def due(self, at: datetime, most: int) -> tuple[str, ...]:
        """The requests whose clock has something to do by an instant, the longest due first."""
        ...

    def overdue(self, at: datetime, after: Snapshot | None, most: int) -> tuple[Snapshot, ...]:
        """Requests with a binding limit that has passed by an instant, the longest passed first; a page after one."""
        ...

    def requests(self, after: Snapshot | None, most: int) -> tuple[Snapshot, ...]:
        """Requests in the order of their ids; a page after one."""
        ...

    def latest_at(self) -> datetime | None:
        """The instant of the last step of all; None for an empty store."""
        ...


class Store(Protocol):
    """Where requests are kept.

    Attributes:
        process: The workflow whose requests it keeps.
    """

    @property
    def process(self) -> Process:
        """The workflow whose requests it keeps."""
        ...

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Begin a transaction that may write; it waits for one that is under way, and sees nothing of it halfway."""
        ...

    def reading(self) -> AbstractContextManager[Transaction]:
        """Begin a transaction that only reads; it waits for nobody."""
        ...


def binding_passes_at(process: Process, snapshot: Snapshot) -> datetime | None:
    """The first instant at which a limit of the request passes that binds somebody; None where none runs."""
    limit = process.workflow.limit
    return min((each.passes_at for each in snapshot.deadlines if not limit(each.limit).chain), default=None)


def refuse_another(kept: Policy, given: Policy) -> None:
    """Refuse a policy that has the version of one that is kept, and other content.

    Raises:
        PolicyError: The two differ.
    """
    if kept != given:
        raise PolicyError("version", f"{given.ref} was kept with other content: a change needs a version of its own")
