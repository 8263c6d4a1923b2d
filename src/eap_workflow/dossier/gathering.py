"""Gathers a dossier from a service: everything about one request as of an instant, from one reading of its record."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import takewhile
from typing import TYPE_CHECKING

import attrs
from attrs import frozen

from eap_workflow import diagrams
from eap_workflow.dossier.beside import differences
from eap_workflow.dossier.contents import (
    ClockEntry,
    Dossier,
    MessageEntry,
    PolicyEntry,
    library_version,
)
from eap_workflow.dossier.filled import Line, in_words, lines_of
from eap_workflow.dossier.record import checked_record
from eap_workflow.dossier.sheets import NO_CALENDAR, NOT_KEPT, Counted, sheet_of
from eap_workflow.dossier.steps import adopted, asked, entries, next_moves
from eap_workflow.errors import EapWorkflowError, InvalidValue, StoreError, Unknown
from eap_workflow.extras import NotInstalled
from eap_workflow.local_time import zone_of
from eap_workflow.seal import SealedHead
from eap_workflow.service import NO_SUCH_REQUEST
from eap_workflow.store import chain_of
from eap_workflow.store.contents import UNREADABLE, steps_of
from eap_workflow.store.paging import within
from eap_workflow.terms.extra_sessions import TABLES
from eap_workflow.values import as_instant, as_words
from eap_workflow.views.limit_runs import LimitRun, limit_runs
from eap_workflow.wording import whom

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from eap_workflow.dossier.contents import Record
    from eap_workflow.dossier.sheet_contents import Sheet
    from eap_workflow.policy import Policy
    from eap_workflow.process import Listing, Process
    from eap_workflow.process_set import Processes
    from eap_workflow.seal import Checkpoint, Keys, Proof
    from eap_workflow.service import Service
    from eap_workflow.steps import Snapshot, Step
    from eap_workflow.store import Chain, Posted, Transaction

FIGURES = {"attempts": "attempts made", "of": "attempts owed"}
"""What a figure is called where it stands alone, and its name needs the column beside it."""

STATES = {"waiting": "waits to be sent", "sent": "sent", "failed": "given up"}
NOT_YET = "the request was not opened yet at this instant"
NO_STEPS = "the request is there, and none of its steps; eap-workflow verify says more"
UNREADABLE_RECORD = "what is stored of the request cannot be read; eap-workflow verify says more"
UNREADABLE_MESSAGES = "a message of the request cannot be read; the chain of its steps does not cover messages"
UNREADABLE_BESIDE = "what is kept beside the steps of the request, or stands in them, cannot be shown"
NO_CONTRACT = "The request names no contract yet."
NOT_IN_FORCE = "No version of the contract was in force, as far as is known here."


@frozen(kw_only=True)
class _Read:
    """What one transaction read of a request.

    Attributes:
        chain: Its chain, as it is stored.
        steps: Its steps up to the instant.
        posted: The messages that these caused.
    """

    chain: Chain
    steps: tuple[Step, ...]
    posted: tuple[Posted, ...]


def dossier_of(
    service: Service,
    request: str,
    *,
    at: datetime,
    zone: str = "UTC",
    slips: Sequence[SealedHead | Proof] = (),
    keys: Keys | None = None,
    kept: Checkpoint | None = None,
) -> Dossier:
    """Gather everything about a request as of an instant; nothing is written anywhere.

    Args:
        service: Where the request is.
        request: Which request.
        at: The instant as of which it is shown, aware; steps that took effect later are counted, and not shown.
        zone: The zone in which a page writes instants; dates are each party's own.
        slips: Sealed heads and proofs of the request, to be held against the record.
        keys: What seals are checked with.
        kept: The checkpoint that was sent away, for proofs.

    Raises:
        Unknown: There is no such request; or, of ``at``, it was not opened yet at this instant; or no such zone.
        InvalidValue: A sealed head is to be checked without keys.
        StoreError: What is stored of it cannot be read.
    """
    at = as_instant(at)
    zone_of(zone)
    if keys is None and any(isinstance(each, SealedHead) for each in slips):
        raise InvalidValue("keys", "a sealed head can only be checked with the keys")
    store = service.store
    with store.reading() as transaction:
        read = _read(transaction, store.processes, request, at)
        with _readable(UNREADABLE_RECORD):
            process = store.processes.named(read.steps[0].workflow)
            record = checked_record(
                store,
                transaction,
                read.chain,
                process.workflow,
                shown=len(read.steps),
                slips=slips,
                keys=keys,
                kept=kept,
            )
    with _readable(UNREADABLE_BESIDE):
        return _gathered(service, process, read, record, at, zone)


def _gathered(service: Service, process: Process, read: _Read, record: Record, at: datetime, zone: str) -> Dossier:
    workflow, shown = process.workflow, len(read.steps)
    owed, snapshot = service.owed(_standing(process, read.steps), at)
    # What the clock owes counts as done before anything else is said, so that no verdict depends on when a worker runs (IN-13).
    steps = (*read.steps, *owed)
    policy, remark = _policy(service, process, snapshot)
    record = attrs.evolve(record, findings=(*record.findings, *differences(service, process, read.steps, policy)))
    state, listing = workflow.state(snapshot.state), process.listing(snapshot)
    path = diagrams.path_of(workflow, steps, zone_of(zone))
    return Dossier(
        request=snapshot.request,
        workflow=workflow.name,
        title=workflow.title,
        at=at,
        zone=zone,
        library=library_version(),
        state=as_words(snapshot.state),
        is_final=state.final,
        turn=None if state.turn is None else as_words(state.turn.value),
        opened_at=read.steps[0].at,
        ended_at=listing.ended_at,
        summary=tuple(_summary(listing)),
        asked=asked(read.steps),
        adopted=adopted(read.steps),
        path=path,
        drawing=_drawing(process, path),
        steps=entries(workflow, steps, [each.digest for each in read.chain.steps[:shown]]),
        sheets=tuple(_sheet(service, process, policy, run, at) for run in limit_runs(workflow, steps, at)),
        clock=tuple(
            ClockEntry(
                what=as_words(move.trigger), limit=as_words(move.limit), due_at=move.due_at, is_owed=move.due_at <= at
            )
            for move in snapshot.clock
        ),
        next_moves=next_moves(workflow, snapshot),
        messages=tuple(map(_message, read.posted)),
        policy=None if policy is None else _entry(process, snapshot, policy),
        policy_remark=remark,
        record=record,
    )


@contextmanager
def _readable(problem: str) -> Iterator[None]:
    """Say of what somebody wrote past the library that it cannot be read: it can raise anything, and hold any value."""
    try:
        yield
    except StoreError:
        raise
    except UNREADABLE:
        raise StoreError(problem) from None


def _read(transaction: Transaction, processes: Processes, request: str, at: datetime) -> _Read:
    with _readable(UNREADABLE_RECORD):
        chain = chain_of(transaction, request)
        steps = tuple(takewhile(lambda step: step.at <= at, steps_of(processes, chain.steps)))
    if not chain.steps:
        if chain.head is None:
            raise Unknown("request", NO_SUCH_REQUEST)
        raise StoreError(NO_STEPS)
    if not steps:
        raise Unknown("at", NOT_YET)

    def page(after: Posted | None, most: int) -> tuple[Posted, ...]:
        return transaction.messages(after, most, None, request)

    first: Posted | None = None
    with _readable(UNREADABLE_MESSAGES):
        posted = tuple(each for each in within(page, first, lambda last: last) if each.message.version <= len(steps))
    return _Read(chain=chain, steps=steps, posted=posted)


def _standing(process: Process, steps: tuple[Step, ...]) -> Snapshot:
    try:
        snapshot = process.replay(steps)
    except UNREADABLE:
        snapshot = None
    if snapshot is None:
        # Without a step, what the others say cannot be added up; which one it is, is for verification to say.
        raise StoreError(UNREADABLE_RECORD)
    return snapshot


def _summary(listing: Listing) -> Iterator[Line]:
    for name, value in listing.figures.items():
        if value is not None:
            yield Line(label=FIGURES.get(name, as_words(name)), value=_figure(value))
    if listing.how:
        yield Line(label="how it ended", value=", ".join(listing.how))


def _figure(value: int | str) -> str:
    return as_words(value) if isinstance(value, str) else str(value)


def _policy(service: Service, process: Process, snapshot: Snapshot) -> tuple[Policy | None, str]:
    try:
        policy = service.policy_of(snapshot)
    except EapWorkflowError as error:
        index = process.index(snapshot)
        return None, f"The policy {index.policy} that the request keeps is not at hand here: {error}."
    if policy is None:
        return None, NO_CONTRACT if process.index(snapshot).contract is None else NOT_IN_FORCE
    return policy, ""


def _drawing(process: Process, path: diagrams.Path) -> str | None:
    try:
        return diagrams.svg(process.workflow, path=path)  # with a path no limit stands on it
    except NotInstalled:
        return None


def _sheet(service: Service, process: Process, policy: Policy | None, run: LimitRun, at: datetime) -> Sheet:
    return sheet_of(process.workflow, run, _counted(service, policy, run), at)


def _counted(service: Service, policy: Policy | None, run: LimitRun) -> Counted:
    try:
        offices = service.counted_on(run.deadline)
    except UNREADABLE:
        # It was exchanged, which is a finding of the record.
        offices = {}
    if offices:
        return Counted(offices=offices)
    if policy is not None:
        try:
            return Counted(offices=service.offices_of(policy), remark=NOT_KEPT)
        except EapWorkflowError:
            pass
    return Counted(offices={}, remark=NO_CALENDAR)


def _message(posted: Posted) -> MessageEntry:
    message = posted.message
    return MessageEntry(
        kind=as_words(message.kind.value),
        to=whom(message.to),
        version=message.version,
        at=message.at,
        state=STATES[posted.state],
        problem=posted.problem or "",
        shown=tuple(Line(label=as_words(name), value=in_words(text)) for name, text in sorted(message.data.items())),
    )


def _entry(process: Process, snapshot: Snapshot, policy: Policy) -> PolicyEntry:
    name = process.workflow.name
    tables = (name,) if hasattr(policy, name) else TABLES
    terms = [(as_words(table), lines_of(getattr(policy, table), explained=True)) for table in tables]
    parties = policy.parties
    terms += [
        ("days of the provider", lines_of(parties.provider, explained=True)),
        ("days of the employer", lines_of(parties.employer, explained=True)),
    ]
    return PolicyEntry(
        contract=policy.contract,
        version=policy.version,
        source=policy.source,
        effective_from=policy.effective_from,
        effective_to=policy.effective_to,
        is_kept=process.index(snapshot).policy is not None,
        terms=tuple((heading, lines) for heading, lines in terms if lines),
    )
