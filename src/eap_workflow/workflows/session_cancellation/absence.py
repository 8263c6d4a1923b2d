"""One absence, several sessions: what a therapist's absence does to all of them at once.

Pure, as everything below the service: cancellations or snapshots in, envelopes out. Whoever calls hands them to
``Service.batch()``, so that all of them are done or none is. The ids of the envelopes are derived from the one that the
caller gives, so that the same news, sent twice, acts once on each session.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, get_args

import attrs

from eap_workflow.citing import serves
from eap_workflow.envelope import Envelope
from eap_workflow.errors import InvalidValue, Unknown
from eap_workflow.plain.digest import digest
from eap_workflow.states import SESSION_CANCELLATION
from eap_workflow.values import check_reference
from eap_workflow.workflows.session_cancellation.commands import EndAbsence, ExtendAbsence, Told, UpdateAbsence

if TYPE_CHECKING:
    from eap_workflow.steps import Snapshot
    from eap_workflow.values import Actor, Reference
    from eap_workflow.workflows.session_cancellation.cancellation import Cancellation
    from eap_workflow.workflows.session_cancellation.commands import Cancel

EVERYBODY: tuple[Told, ...] = get_args(Told)


@serves("TC-01", "TC-04")
def cancel_sessions(
    cancellations: Mapping[Reference, Cancel], absence: Reference, *, at: datetime, by: Actor, command_id: Reference
) -> tuple[Envelope, ...]:
    """Open the cancellations of all the sessions that an absence cancels (TC-01, TC-04).

    Args:
        cancellations: What is cancelled, by the id of the request that is opened for it; each gets the absence.
        absence: The absence, which they share from then on.
        at: When, aware.
        by: Who: the therapist, or the case team.
        command_id: The sender's own id of it all; that of each envelope is derived from it.

    Returns:
        An envelope a session, in the order in which they were given.

    Raises:
        InvalidValue: There is none, or one of them belongs to another absence.
    """
    check_reference("absence", absence)
    if not cancellations:
        raise InvalidValue("cancellations", "one session at least is needed")
    if any(each.absence not in (None, absence) for each in cancellations.values()):
        raise InvalidValue("cancellations", "sessions are needed that belong to no absence yet, or to this one")
    return tuple(
        _envelope(request, attrs.evolve(each, absence=absence), at, by, command_id)
        for request, each in cancellations.items()
    )


@serves("TC-04")
def extend_absence(
    snapshots: Iterable[Snapshot],
    absence: Reference,
    *,
    until: date | None = None,
    at: datetime,
    by: Actor,
    command_id: Reference,
) -> tuple[Envelope, ...]:
    """Put on record, for all open cancellations of an absence, that it lasts longer than expected (TC-04).

    Args:
        snapshots: The cancellations as they stand; those of another absence, those that have ended and those of which the
            same is on record already are passed over.
        absence: The absence.
        until: The last day of it, as far as is known. A session that is on record as longer until another day is not passed
            over: that is an update, and its envelope is refused.
        at: When, aware.
        by: Who.
        command_id: The sender's own id of it all; that of each envelope is derived from it.

    Raises:
        Unknown: None of the cancellations belongs to the absence.
    """
    command = ExtendAbsence(until=until)
    news = (
        each
        for each in _open(snapshots, absence)
        if not _is_longer(each) or until not in (None, each.body.growth.until)
    )
    return tuple(_envelope(each.request, command, at, by, command_id) for each in news)


@serves("TC-04")
def update_sessions(
    snapshots: Iterable[Snapshot],
    absence: Reference,
    *,
    until: date | None = None,
    at: datetime,
    by: Actor,
    command_id: Reference,
) -> tuple[Envelope, ...]:
    """Tell the provider and every client of an absence how it goes on: one update reaches all open cancellations (TC-04).

    A session that was cancelled after the absence had grown joins the others: it is put on record as longer first. Where none
    of them is, there is nothing to update, and each envelope is refused.

    Args:
        snapshots: The cancellations as they stand; those of another absence and those that have ended are passed over.
        absence: The absence.
        until: The last day of it, where that is another one than was said before.
        at: When they were told, aware.
        by: Who.
        command_id: The sender's own id of it all; that of each envelope is derived from it.

    Returns:
        The envelopes, in the order in which they have to be handled.

    Raises:
        Unknown: None of the cancellations belongs to the absence.
    """
    command = UpdateAbsence(told=EVERYBODY, until=until)
    of_it = _open(snapshots, absence)
    has_grown = any(_is_longer(each) for each in of_it)
    envelopes: list[Envelope] = []
    for each in of_it:
        if has_grown and not _is_longer(each):
            envelopes.append(_envelope(each.request, ExtendAbsence(until=until), at, by, command_id))
        envelopes.append(_envelope(each.request, command, at, by, command_id))
    return tuple(envelopes)


@serves("TC-04")
def end_absence(
    snapshots: Iterable[Snapshot], absence: Reference, *, at: datetime, by: Actor, command_id: Reference
) -> tuple[Envelope, ...]:
    """The therapist is back: no update is owed any more for any open cancellation of the absence (TC-04).

    Args:
        snapshots: The cancellations as they stand; those of another absence, those that have ended and those that were never
            on record as longer are passed over.
        absence: The absence.
        at: When, aware.
        by: Who.
        command_id: The sender's own id of it all; that of each envelope is derived from it.

    Raises:
        Unknown: None of the cancellations belongs to the absence.
    """
    of_it = _open(snapshots, absence)
    return tuple(_envelope(each.request, EndAbsence(), at, by, command_id) for each in of_it if _is_longer(each))


def _open(snapshots: Iterable[Snapshot], absence: Reference) -> tuple[Snapshot[Cancellation], ...]:
    """The cancellations of an absence that have not ended; none may be left, but an absence that nothing belongs to is a slip."""
    check_reference("absence", absence)
    name = SESSION_CANCELLATION.name
    of_it = [each for each in snapshots if each.workflow == name and each.body.absence == absence]
    if not of_it:
        raise Unknown("absence", "none of these cancellations belongs to this absence")
    return tuple(each for each in of_it if not SESSION_CANCELLATION.state(each.state).final)


def _is_longer(snapshot: Snapshot[Cancellation]) -> bool:
    return snapshot.body.growth.longer_since is not None


def _envelope(request: Reference, command: Any, at: datetime, by: Actor, command_id: Reference) -> Envelope:
    check_reference("command_id", command_id)
    derived = digest(f"{command_id} {command.trigger} {request}".encode())
    return Envelope(request=request, at=at, by=by, id=derived, command=command)
