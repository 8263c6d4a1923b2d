"""Requests come in from another system, in the state in which they are: one, or a file of them.

    line ──▶ read_adoption ──▶ adopt ──▶ the first step of a request

What is stated has to hold together, which the workflow's own module checks; here it is read, kept, and said of a file which
lines cannot be taken over and why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from typing import IO, TYPE_CHECKING, Any

from attrs import define, frozen

from eap_workflow.envelope import Envelope, addressed, named, named_request
from eap_workflow.errors import (
    REFUSALS,
    CommandIdReused,
    Conflict,
    DefinitionError,
    EapWorkflowError,
    InvalidType,
    InvalidValue,
    Refused,
    Unknown,
)
from eap_workflow.plain.json_lines import numbered, parse_line
from eap_workflow.plain.wire import to_wire
from eap_workflow.process import ADOPT, Context
from eap_workflow.process_set import Processes
from eap_workflow.processes import process_named
from eap_workflow.store import ATTEMPTS, Seen
from eap_workflow.verdict import Reason, Verdict

if TYPE_CHECKING:
    from datetime import datetime

    from eap_workflow.deadlines import Office
    from eap_workflow.policy import Policy
    from eap_workflow.policy_book import PolicyBook
    from eap_workflow.process import Adopting, Process
    from eap_workflow.steps import Snapshot, Step
    from eap_workflow.store import Store, Transaction
    from eap_workflow.values import Actor, Reference


IS_HERE = Reason(
    code="already_here",
    sentence="A request is taken over once, before anything else is known of it here.",
    rules=("IN-13",),
    fields=("request",),
)

OfficesOf = Callable[["Policy"], Mapping[str, "Office"]]


@frozen(kw_only=True)
class Adopted:
    """What taking a request over did.

    Attributes:
        snapshot: The request as it was taken over.
        steps: Its first step.
        repeated: Whether the same had been taken over before, so that this is its first result again.
    """

    snapshot: Snapshot
    steps: tuple[Step, ...]
    repeated: bool = False


def read_adoption(process: Process | Processes, data: object) -> Envelope:
    """Read a request that is to be taken over from plain data: ``{"do": "adopt", ...}``.

    Args:
        process: The workflow that it is a request of; of several, where the data names none, the first is meant.
        data: One object, as JSON gives it.

    Raises:
        InvalidValue: It is none; the error names the field and what is allowed, and no value.
        DefinitionError: The workflow takes nothing over.
    """
    if not isinstance(data, dict):
        raise InvalidType("line", "an object is needed")
    if data.get("do") != ADOPT:
        raise InvalidValue("do", f"{ADOPT} is needed: commands are acted on by run")
    processes = Processes.of(process)
    workflow = data.get("workflow")
    meant = next(iter(processes)) if workflow is None else named(processes, workflow)
    if meant.adopting is None:
        raise DefinitionError(f"{meant.workflow.name} takes no requests over")
    try:
        return addressed(data, ADOPT, meant.command_type(ADOPT), field="line")
    except InvalidValue as problem:
        if problem.field == "line" and workflow is None and len(processes.names) > 1:
            of = f"of {meant.workflow.name}, as its workflow is not named"
            raise InvalidValue("line", f"{problem.reason}; it is taken for a request {of}") from None
        raise


def adoption_of(
    snapshot: Snapshot,
    policy: Policy | None,
    *,
    by: Actor,
    at: datetime | None = None,
    id: Reference | None = None,  # noqa: A002
) -> Envelope:
    """Write a request of any workflow as it stands so that another store can take it over: the other direction of `adopt`.

    The request is the same there, with the same dates; its trail begins anew, with the one step that took it over.

    Args:
        snapshot: The request as it stands.
        policy: Its own policy; None for a draft that names no contract.
        by: Who takes it over.
        at: When; the instant of its last step, where none is given.
        id: The id of the command.

    Raises:
        DefinitionError: The workflow takes nothing over.
    """
    process = process_named(snapshot.workflow)
    if process.adopting is None:
        raise DefinitionError(f"{snapshot.workflow} takes no requests over")
    return Envelope(
        request=snapshot.request,
        at=snapshot.at if at is None else at,
        by=by,
        id=id,
        workflow=snapshot.workflow,
        command=process.adopting().stated(snapshot, policy),
    )


def _taking(processes: Processes, envelope: Envelope) -> tuple[Process, Adopting]:
    """Find the workflow that takes a request over: the one that it names, or the one whose statement it is.

    Raises:
        DefinitionError: None of these workflows takes requests over.
        InvalidType: It is none of these workflows' statements, or not that of the one that it names.
        Unknown: It names another workflow.
    """
    meant = (*processes,) if envelope.workflow is None else (processes.named(envelope.workflow),)
    taking = [(each, each.adopting()) for each in meant if each.adopting is not None]
    names = " or ".join(each.workflow.name for each in meant)
    if not taking:
        raise DefinitionError(f"{names} takes no requests over")
    for process, adopting in taking:
        if isinstance(envelope.command, adopting.command):
            return process, adopting
    raise InvalidType("command", f"a request of {names} is needed, as it stands elsewhere")


def adopt(store: Store, envelope: Envelope, *, policies: PolicyBook, offices_of: OfficesOf) -> Adopted:
    """Take a request over in a transaction of its own: all of it is kept, or it leaves no trace.

    Args:
        store: Where to.
        envelope: The request as it stands elsewhere, read by `read_adoption`.
        policies: The contracts, with the versions of old that requests were submitted under.
        offices_of: Where the limits of a policy are counted.

    Raises:
        EapWorkflowError: As `adopt_within`.
    """
    for _ in range(ATTEMPTS - 1):
        # Where somebody else took the same request over at the same time, it is here when it is looked at again.
        with suppress(Conflict), store.transaction() as transaction:
            return adopt_within(transaction, store.processes, envelope, policies=policies, offices_of=offices_of)
    with store.transaction() as transaction:
        return adopt_within(transaction, store.processes, envelope, policies=policies, offices_of=offices_of)


def adopt_within(
    transaction: Transaction,
    process: Process | Processes,
    envelope: Envelope,
    *,
    policies: PolicyBook,
    offices_of: OfficesOf,
) -> Adopted:
    """Take a request over inside a transaction, which has to be undone if this raises.

    The same line, with its id or without, acts once: coming again it gives its first result.

    Args:
        transaction: Where.
        process: The workflow, or several, of which it is a request of one.
        envelope: The request as it stands elsewhere, read by `read_adoption`.
        policies: The contracts, with the versions of old that requests were submitted under.
        offices_of: Where the limits of a policy are counted.

    Raises:
        Refused: What is stated does not hold together, or the request is here already; the verdict says why.
        Unknown: A contract, or its version, that nobody knows; or one that is not in force.
        InvalidValue: A request of this id was removed.
        CommandIdReused: Its id came before with other content.
        CoverageError: A calendar does not reach as far as a limit does.
        Conflict: It is for another version than the first, or somebody else was first.
    """
    process, adopting = _taking(Processes.of(process), envelope)
    before = _taken_over_before(transaction, envelope)
    if before is not None:
        return Adopted(snapshot=process.evolve(None, before), steps=(before,), repeated=True)
    if envelope.version not in (None, 0):
        raise Conflict(envelope.request, expected=envelope.version, found=0)
    policy = _policy(transaction, adopting, envelope, policies)
    offices = {} if policy is None else offices_of(policy)
    context = Context(request=envelope.request, at=envelope.at, by=envelope.by, policy=policy, offices=offices)
    step, snapshot = process.adopt(envelope.command, context)
    assist_case = process.index(snapshot).assist_case
    if assist_case is not None and process.counts_case:
        # Whoever counts the case at this moment has counted without this request, and is waited for (XS-04).
        transaction.hold_case(assist_case)
    transaction.append((step,), snapshot)
    if policy is not None and process.index(snapshot).policy is not None:
        transaction.keep_policy(policy)
    for party in {part.basis.party: None for deadline in step.started for part in deadline.due.parts}:
        transaction.keep_calendar(offices[party].calendar)
    if envelope.id is not None:
        transaction.remember(envelope.id, Seen(digest=envelope.digest, request=envelope.request, first=1, last=1))
    return Adopted(snapshot=snapshot, steps=(step,))


def _taken_over_before(transaction: Transaction, envelope: Envelope) -> Step | None:
    """The step that the same line made when it came before; None where nothing is known of the request."""
    seen = None if envelope.id is None else transaction.seen(envelope.id)
    if seen is not None and seen.digest != envelope.digest:
        raise CommandIdReused
    found = transaction.load(envelope.request)
    if found is None:
        return None
    first = transaction.trail(envelope.request, 1, 1)[0]
    stated = (ADOPT, envelope.at, envelope.by, envelope.command)
    if seen is None and (first.trigger, first.at, first.by, first.command) != stated:
        raise Refused(Verdict(trigger=ADOPT, state=found.state, reasons=(IS_HERE,)))
    return first


def _policy(transaction: Transaction, adopting: Adopting, envelope: Envelope, policies: PolicyBook) -> Policy | None:
    ref, contract = adopting.keeps(envelope.command), adopting.contract(envelope.command)
    if ref is not None:
        # What was kept with other requests comes before a file that may have been edited since (IN-11).
        kept = transaction.policy(ref)
        return policies.version(ref) if kept is None else kept
    return None if contract is None else policies.in_force_at(contract, envelope.at)


# --- a file of them ---------------------------------------------------------------------------------------------------


@define
class AdoptionTotals:
    """What a file came to.

    Attributes:
        lines: Lines that were not blank.
        adopted: Requests that were taken over.
        repeated: Requests that had been taken over before, by the same line.
        refused: Lines that were not acted on.
    """

    lines: int = 0
    adopted: int = 0
    repeated: int = 0
    refused: int = 0


@frozen(kw_only=True)
class NotAdopted:
    """A line that cannot be taken over.

    Attributes:
        line: Its number in the file, from 1.
        request: The request that it is about, where that can be told.
        error: Why.
    """

    line: int
    request: str | None
    error: EapWorkflowError

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Everything that is wrong, each with the fields that it is about."""
        error = self.error
        if isinstance(error, Refused):
            return error.verdict.reasons
        if isinstance(error, InvalidValue | Unknown):
            return (Reason(code=error.code, sentence=error.reason, fields=(error.field,)),)
        return (Reason(code=error.code, sentence=str(error)),)

    def to_wire(self) -> dict[str, Any]:
        """Write it as plain data."""
        plain: dict[str, Any] = {"line": self.line, "request": self.request, "code": self.error.code}
        return plain | {"reasons": [to_wire(each) for each in self.reasons]}


def adopt_each(
    take: Callable[[Envelope], Any], process: Process | Processes, file: IO[bytes], totals: AdoptionTotals
) -> Iterator[NotAdopted]:
    """Take each line of a file over, in order; what cannot be is given back, and the rest goes on.

    Args:
        take: What takes one over, such as a service's ``adopt``; it says whether it was ``repeated``.
        process: The workflow, or several, of which the first is meant where a line names none.
        file: One JSON object a line; blank lines are passed over.
        totals: Counted as it goes.

    Yields:
        Each line that was not acted on.
    """
    for number, line in numbered(file):
        totals.lines += 1
        data = None
        try:
            data = parse_line(line)
            if take(read_adoption(process, data)).repeated:
                totals.repeated += 1
            else:
                totals.adopted += 1
        except REFUSALS as error:
            totals.refused += 1
            yield NotAdopted(line=number, request=named_request(data), error=error)


class _Undone(Exception):
    """No error: it ends a transaction that is to leave no trace."""


def adopt_together(
    store: Store,
    file: IO[bytes],
    totals: AdoptionTotals,
    *,
    policies: PolicyBook,
    offices_of: OfficesOf,
    check: bool = False,
    processes: Processes | None = None,
) -> Iterator[NotAdopted]:
    """Take a whole file over in one transaction, and nothing of it if a line cannot be; or only say which cannot.

    The transaction lasts as long as the file does, and on SQLite nobody else writes meanwhile.

    Args:
        store: Where to.
        file: As `adopt_each` takes it.
        totals: Counted as it goes; nothing is taken over in the end where a line was refused.
        policies: The contracts.
        offices_of: Where the limits of a policy are counted.
        check: Whether to leave no trace in any case. The totals say then what would be taken over.
        processes: The workflows that they may be of, the one first that is meant where a line names none; those of the
            store, where none are given.

    Yields:
        Each line that was not acted on.
    """

    def take(envelope: Envelope) -> Adopted:
        return adopt_within(transaction, store.processes, envelope, policies=policies, offices_of=offices_of)

    try:
        with store.transaction() as transaction:
            yield from adopt_each(take, processes or store.processes, file, totals)
            if check or totals.refused:
                raise _Undone
    except _Undone:
        if not check:
            totals.adopted = 0
