"""The library ``eventsourcing`` on the same databases, twice: on the same aggregate, and with the commands' fields alone.

*The same aggregate* is what somebody would write who uses that library for these requests, with our pure core in it. It

- takes the same decisions: the core is asked, under the same policy, with the limits counted on the same calendars;
- keeps the same content: an event holds a step in its plain form, so that its trail answers the same questions;
- acts once on a command that is sent twice, and notices an id that comes again with other content;
- counts the other requests of an Assist Case (XS-04): the case is an aggregate of its own, saved with the request in one
  transaction, so that two submissions at once cannot both pass under the threshold;
- is read back by that library's repository. Its notification log stands for the outbox: whoever reads it derives the
  messages from the steps.

What it does not do, and the store does: it enqueues no messages itself, chains no digests, keeps no policies and calendars,
and has nothing to query by (state, employer, what is due); in that library these are projections, written later.

*Same fields* is less: three events with the fields of the commands. It decides nothing, counts no limit and knows no ids.

Both are as durable as the store: their recorder for SQLite uses a write-ahead log too, and leaves ``synchronous`` at
SQLite's default, which is FULL. Both are measured in each of the ways in which that library reads an aggregate back; the
fastest of those in which several processes may write, as they may with the store, counts for the target.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import copy
from time import perf_counter
from typing import Any, Self
from uuid import NAMESPACE_URL, UUID, uuid5

from eventsourcing.application import AggregateNotFoundError, Application
from eventsourcing.domain import Aggregate, event
from eventsourcing.persistence import JSONTranscoder, Transcoding

from benchmarks.store_commands import COMMANDS
from eap_workflow.deadlines import Office
from eap_workflow.envelope import Envelope
from eap_workflow.errors import CommandIdReused
from eap_workflow.offices import Offices
from eap_workflow.policy import Policy
from eap_workflow.policy_book import PolicyBook
from eap_workflow.process import NO_OTHERS, CaseTotals, Context
from eap_workflow.records import step_from_wire, step_to_wire
from eap_workflow.steps import Snapshot, Step
from eap_workflow.workflows.extra_sessions import PROCESS

IN_WORDS = """\
eventsourcing, same aggregate: takes the same decisions by the same core, on the same policy and calendars; keeps the same
  steps as its events; counts the Assist Case in an aggregate of its own, in the same transaction; acts once on an id. It
  enqueues no messages (its notification log stands for them), chains nothing, and has nothing to query by.
eventsourcing, same fields: the fields of the commands alone; it decides nothing, counts no limit and knows no ids.
replayed: reads an aggregate from all of its events; cached: keeps it, and looks for newer events at every read;
one writer: keeps it, and looks for none, which is right only where one process alone writes, and is shown for information."""

ONE_WRITER = "cached, one writer"

CONFIGURATIONS: Mapping[str, Mapping[str, str]] = {
    "replayed": {},
    # Looks for newer events at every read, as it has to where another process may have written.
    "cached": {"AGGREGATE_CACHE_MAXSIZE": "1000"},
    # Looks for none: right where one process alone writes.
    ONE_WRITER: {"AGGREGATE_CACHE_MAXSIZE": "1000", "AGGREGATE_CACHE_FASTFORWARD": "n"},
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


class Stood(Aggregate):
    """What the cache may hand out: a copy costs little, because all that an aggregate of ours holds is immutable."""

    def __deepcopy__(self, _memo: dict[int, object]) -> Self:
        copied = copy(self)
        for name, held in vars(self).items():
            if isinstance(held, dict | list):
                setattr(copied, name, held.copy())
        return copied


class Request(Stood):
    """A request: the steps that the core decides are its events, and it stands as they add up."""

    class Opened(Aggregate.Created):
        """Its first step, with the id of the command and what identifies its content."""

        step: Step
        command: str | None
        digest: str | None

    class Stepped(Aggregate.Event):
        """Every other step; what there is of a command stands with the first step that it made."""

        step: Step
        command: str | None
        digest: str | None

        def apply(self, aggregate: Request) -> None:
            """Go on as the step says."""
            aggregate.snapshot = PROCESS.evolve(aggregate.snapshot, self.step)
            if self.command is not None:
                aggregate.seen[self.command] = self.digest

    def __init__(self, step: Step, command: str | None, digest: str | None) -> None:
        self.snapshot: Snapshot = PROCESS.evolve(None, step)
        self.seen = {command: digest}

    @staticmethod
    def id_of(request: str) -> UUID:
        """The id of the aggregate that is a request."""
        return uuid5(NAMESPACE_URL, f"/requests/{request}")

    @classmethod
    def open(cls, envelope: Envelope, digest: str | None, context: Context) -> Request:
        """Open a request by its first command."""
        first, *others = PROCESS.decide(None, envelope.command, context)
        opened = cls._create(cls.Opened, id=cls.id_of(envelope.request), step=first, command=envelope.id, digest=digest)
        for step in others:
            opened.trigger_event(cls.Stepped, step=step, command=None, digest=None)
        return opened

    def handle(self, envelope: Envelope, digest: str | None, context: Context) -> None:
        """Decide a command, and go on as its steps say."""
        command = envelope.id
        for step in PROCESS.decide(self.snapshot, envelope.command, context):
            self.trigger_event(self.Stepped, step=step, command=command, digest=digest)
            command = digest = None


class AssistCase(Stood):
    """An Assist Case: what each of its requests adds to its totals (XS-04)."""

    @event("Opened")
    def __init__(self, number: str) -> None:
        self.number = number
        self.totals: dict[str, tuple[int, int]] = {}

    @staticmethod
    def create_id(number: str) -> UUID:
        """The id of the aggregate that is a case."""
        return uuid5(NAMESPACE_URL, f"/cases/{number}")

    @event("Counted")
    def count(self, request: str, pending: int, approved_in_advance: int) -> None:
        """Note what a request adds from now on."""
        self.totals[request] = pending, approved_in_advance

    def besides(self, request: str) -> CaseTotals:
        """What the others add up to."""
        others = [totals for name, totals in self.totals.items() if name != request]
        return CaseTotals(pending=sum(p for p, _ in others), approved_in_advance=sum(a for _, a in others))


class Requests(Application[UUID]):
    """Where they are kept, with the policies and calendars that the core is given."""

    def __init__(self, env: Mapping[str, str]) -> None:
        super().__init__(env=env)
        self._policies = PolicyBook.standard()
        self._offices = Offices()
        self._offices_of: dict[str, Mapping[str, Office]] = {}  # by the policy's version

    def register_transcodings(self, transcoder: JSONTranscoder) -> None:
        """Have steps written in their plain form."""
        super().register_transcodings(transcoder)
        transcoder.register(StepAsPlain())

    def handle(self, envelope: Envelope) -> None:
        """Decide a command and keep what it does."""
        request = self._found(Request.id_of(envelope.request))
        digest = None if envelope.id is None else envelope.digest
        if request is not None and envelope.id is not None and envelope.id in request.seen:
            if request.seen[envelope.id] != digest:
                raise CommandIdReused
            return
        before = None if request is None else request.snapshot
        case = self._case(before, envelope)
        context = self._context(before, envelope, NO_OTHERS if case is None else case.besides(envelope.request))
        if request is None:
            request = Request.open(envelope, digest, context)
        else:
            request.handle(envelope, digest, context)
        self.save(request, self._counted(case, before, request.snapshot))

    def _found(self, id_: UUID) -> Any:
        try:
            return self.repository.get(id_)
        except AggregateNotFoundError:
            return None

    def _case(self, before: Snapshot | None, envelope: Envelope) -> AssistCase | None:
        """The Assist Case, where the decision depends on it."""
        if before is None or envelope.command.trigger not in PROCESS.counts_case:
            return None
        number = PROCESS.index(before).assist_case
        return None if number is None else self._found(AssistCase.create_id(number)) or AssistCase(number)

    def _counted(self, case: AssistCase | None, before: Snapshot | None, after: Snapshot) -> AssistCase | None:
        """The Assist Case with what the request adds to it, where that has changed."""
        had, index = None if before is None else PROCESS.index(before), PROCESS.index(after)
        adds = index.pending, index.approved_in_advance
        if index.assist_case is None or adds == ((0, 0) if had is None else (had.pending, had.approved_in_advance)):
            return case
        if case is None:
            case = self._found(AssistCase.create_id(index.assist_case)) or AssistCase(index.assist_case)
        case.count(after.request, *adds)
        return case

    def _context(self, snapshot: Snapshot | None, envelope: Envelope, case: CaseTotals) -> Context:
        policy = self._policy(snapshot, envelope)
        offices = self._offices_of.get(policy.version)
        if offices is None:
            offices = self._offices_of[policy.version] = self._offices.of(policy)
        return Context(
            request=envelope.request, at=envelope.at, by=envelope.by, policy=policy, offices=offices, case=case
        )

    def _policy(self, snapshot: Snapshot | None, envelope: Envelope) -> Policy:
        if snapshot is None:
            opening: Any = envelope.command
            return self._policies.in_force_at(opening.contract, envelope.at)
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
