"""The library ``eventsourcing`` on the same databases, twice: on the same aggregate, and with the commands' fields alone.

*The same aggregate* is what somebody would write who uses that library for these requests, with our pure core in it: it asks
the core for the same decisions under the same policy, counts the same limits on the same calendars, keeps the same content in
its events (a step in its plain form, so that its trail answers the same questions), knows the commands' ids (sent twice, acts
once), and reads itself back by that library's repository. Its notification log stands for the outbox: a reader of it derives
the messages from the steps. What it does not do: it enqueues no messages itself, chains no digests, counts no other requests
of an Assist Case under a lock, and has no row to query by (due, state, employer).

*Same fields* is less: three events with the fields of the commands. It decides nothing, counts no limit, and knows no ids.

Both are as durable as the store: their recorder for SQLite uses a write-ahead log too, and leaves ``synchronous`` at
SQLite's default, which is FULL. Both are measured in each of the configurations that the library has for reading an
aggregate back, and the fastest counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from time import perf_counter
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.application import AggregateNotFoundError, Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import Transcoder, Transcoding

from benchmarks.store_commands import COMMANDS
from eap_workflow.deadlines import Office
from eap_workflow.envelope import Envelope
from eap_workflow.offices import Offices
from eap_workflow.policy import Policy
from eap_workflow.policy_book import PolicyBook
from eap_workflow.process import Context
from eap_workflow.records import step_from_wire, step_to_wire
from eap_workflow.steps import Snapshot, Step
from eap_workflow.workflows.extra_sessions import PROCESS

CONFIGURATIONS: Mapping[str, Mapping[str, str]] = {
    "replayed": {},
    # Looks for newer events at every read, as it has to where another process may have written.
    "cached": {"AGGREGATE_CACHE_MAXSIZE": "1000"},
    # Good where one process alone writes.
    "cached, one writer": {"AGGREGATE_CACHE_MAXSIZE": "1000", "AGGREGATE_CACHE_FASTFORWARD": "n"},
}
"""How that library reads an aggregate back."""

# --- the same aggregate -------------------------------------------------------------------------------------------------


class StepAsPlain(Transcoding):
    """How its JSON transcoder writes a step: in the same plain form as the store."""

    type = Step
    name = "step"

    def encode(self, obj: Step) -> dict[str, Any]:
        """Write a step."""
        return step_to_wire(obj)

    def decode(self, data: dict[str, Any]) -> Step:
        """Read a step."""
        return step_from_wire(PROCESS, data)


class Request(Aggregate):
    """A request: the steps that the core decides are its events, and it stands as they add up."""

    class Opened(Aggregate.Created):
        """Its first step."""

        step: Step
        command: str | None

    class Stepped(Aggregate.Event):
        """Every other step; the id of the command stands with the first step that it made."""

        step: Step
        command: str | None

        def apply(self, aggregate: Request) -> None:  # type: ignore[override]
            """Go on as the step says."""
            aggregate.snapshot = PROCESS.evolve(aggregate.snapshot, self.step)
            aggregate.seen.add(self.command)

    def __init__(self, step: Step, command: str | None) -> None:
        self.snapshot: Snapshot = PROCESS.evolve(None, step)
        self.seen = {command}

    def __deepcopy__(self, _memo: dict[int, object]) -> Request:
        """Give what is read from the cache to a command; all that it holds is immutable, but for two collections."""
        copied = copy(self)
        copied.seen, copied._pending_events = set(self.seen), list(self._pending_events)
        return copied

    @staticmethod
    def id_of(request: str) -> UUID:
        """The id of the aggregate that is a request."""
        return uuid5(NAMESPACE_URL, f"/requests/{request}")

    @classmethod
    def open(cls, envelope: Envelope, context: Context) -> Request:
        """Open a request by its first command."""
        first, *others = PROCESS.decide(None, envelope.command, context)
        opened = cls._create(cls.Opened, id=cls.id_of(envelope.request), step=first, command=envelope.id)
        for step in others:
            opened.trigger_event(cls.Stepped, step=step, command=None)
        return opened

    def handle(self, envelope: Envelope, context: Context) -> None:
        """Decide a command, and go on as its steps say."""
        command = envelope.id
        for step in PROCESS.decide(self.snapshot, envelope.command, context):
            self.trigger_event(self.Stepped, step=step, command=command)
            command = None


class Requests(Application[UUID]):
    """Where they are kept, with the policies and calendars that the core is given."""

    def __init__(self, env: Mapping[str, str]) -> None:
        super().__init__(env=env)
        self._policies = PolicyBook.standard()
        self._offices = Offices()
        self._offices_of: dict[str, Mapping[str, Office]] = {}  # by the policy's version

    def register_transcodings(self, transcoder: Transcoder) -> None:
        """Have steps written in their plain form."""
        super().register_transcodings(transcoder)
        transcoder.register(StepAsPlain())

    def handle(self, envelope: Envelope) -> None:
        """Decide a command and keep what it does."""
        try:
            request: Request | None = self.repository.get(Request.id_of(envelope.request))
        except AggregateNotFoundError:
            request = None
        if request is not None and envelope.id is not None and envelope.id in request.seen:
            return
        context = self._context(None if request is None else request.snapshot, envelope)
        if request is None:
            request = Request.open(envelope, context)
        else:
            request.handle(envelope, context)
        self.save(request)

    def _context(self, snapshot: Snapshot | None, envelope: Envelope) -> Context:
        policy = self._policy(snapshot, envelope)
        offices = self._offices_of.get(policy.version)
        if offices is None:
            offices = self._offices_of[policy.version] = self._offices.of(policy)
        return Context(request=envelope.request, at=envelope.at, by=envelope.by, policy=policy, offices=offices)

    def _policy(self, snapshot: Snapshot | None, envelope: Envelope) -> Policy:
        if snapshot is None:
            return self._policies.in_force_at(envelope.command.contract, envelope.at)
        body = snapshot.body
        if body.submission is None:
            return self._policies.in_force_at(body.form.contract, envelope.at)
        return self._policies.version(body.submission.policy)


def same_aggregate(environment: Mapping[str, str]) -> Callable[[list[Envelope]], float]:
    """Make the application on a database; what it gives handles some commands, in seconds a command."""
    app = Requests(environment)

    def turn(envelopes: list[Envelope]) -> float:
        start = perf_counter()
        for envelope in envelopes:
            app.handle(envelope)
        return (perf_counter() - start) / len(envelopes)

    return turn


# --- the commands' fields alone -----------------------------------------------------------------------------------------


class Fields(Aggregate):
    """A request with its draft, its submission and its approval, and no more."""

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


def same_fields(environment: Mapping[str, str]) -> Callable[[list[Envelope]], float]:
    """Make the application on a database; what it gives takes as many requests through all commands, in seconds a command."""
    app: Application[UUID] = Application(env=environment)
    draft, submit, approve = COMMANDS

    def turn(envelopes: list[Envelope]) -> float:
        start = perf_counter()
        for _ in range(len(envelopes) // len(COMMANDS)):
            request = Fields(draft)
            app.save(request)
            for command, fields in (("submit", submit["tally"]), ("approve", approve["by"])):
                loaded: Any = app.repository.get(request.id)
                getattr(loaded, command)(fields)
                app.save(loaded)
        return (perf_counter() - start) / len(envelopes)

    return turn
