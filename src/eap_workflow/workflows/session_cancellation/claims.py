"""What has to hold together in a cancellation that is taken over: what its state implies, and nothing against it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from eap_workflow.adoption.claims import Claim, PartsByState
from eap_workflow.adoption.guarded import as_in_the_table, on_opening, who_may
from eap_workflow.adoption.instants import out_of_order
from eap_workflow.adoption.running import RunningLimits
from eap_workflow.local_time import INSTANT, passes_at, starts_at
from eap_workflow.opening import policy_opened_under
from eap_workflow.values import Actor, Role, changed
from eap_workflow.workflows.session_cancellation import PROCESS
from eap_workflow.workflows.session_cancellation.cancellation import NOTHING_RECORDED
from eap_workflow.workflows.session_cancellation.commands import (
    AskSupport,
    DeclineRebooking,
    ExtendAbsence,
    Rebook,
    StateContactDay,
)

if TYPE_CHECKING:
    from eap_workflow.policy import Policy
    from eap_workflow.process import Context
    from eap_workflow.steps import Snapshot
    from eap_workflow.terms import Terms
    from eap_workflow.workflows.session_cancellation.adopted import Adopt
    from eap_workflow.workflows.session_cancellation.cancellation import Cancellation

SESSION_CANCELLATION = PROCESS.workflow


def _terms(policy: Policy, body: Cancellation) -> Terms:
    on = body.rebooking.contact_on
    return policy.session_cancellation.terms if on is None else PROCESS.terms(policy, body, StateContactDay(on=on))


def _runs(stated: Adopt, name: str) -> bool:
    return name != "absence_update" or stated.growth.longer_since is not None


LIMITS = RunningLimits(workflow=SESSION_CANCELLATION, terms=_terms, runs=_runs)
"""In its state, each runs that the contract sets; that of an absence while it is on record as longer (TC-04)."""

OFFERED = ("trouble", "rebooking.slots", "records.notes")
SETTLED = ("rebooking.contact_on", "rebooking.slot", "rebooking.ground", "records.next_session", "records.confirmed_at")
BY_STATE = PartsByState(
    needs={
        "to_tell": (),
        "with_support": ("trouble",),
        "to_rebook": ("told",),
        "contact_stated": ("told", "rebooking.contact_on"),
        "to_record": ("told",),
        "closed": ("told",),
        "withdrawn": ("withdrawn",),
    },
    may_have={
        "to_tell": ("trouble",),
        "to_rebook": OFFERED,
        "contact_stated": OFFERED,
        "to_record": (*OFFERED, *SETTLED),
        "closed": (*OFFERED, *SETTLED),
        "withdrawn": ("trouble",),
    },
)

Asking = Iterator[tuple[str, Any, Any, "Context"]]


def _unsettled(stated: Adopt, _standing: Snapshot, _context: Context) -> Iterator[str]:
    rebooking = stated.rebooking
    if stated.state in ("to_record", "closed") and rebooking.slot is None and rebooking.ground is None:
        yield "rebooking.slot"
        yield "rebooking.ground"


def _by_no_preferred_method(stated: Adopt, standing: Snapshot, context: Context) -> Asking:
    told = stated.told
    # Support may use another method than the client prefers: trouble stands in the way of that (TC-06).
    by_support = told is not None and told.by.role is Role.CASE_TEAM and stated.trouble is not None
    if told is not None and not by_support:
        yield "told", standing, told, context


def _the_telling(stated: Adopt, standing: Snapshot, context: Context) -> Asking:
    if stated.told is not None:
        yield "told", standing, stated.told, context


def _acted(stated: Adopt) -> Iterator[tuple[str, tuple[str, ...], Actor]]:
    """By whom what was done: the field, the triggers that it may take here, and who."""
    if stated.told is not None:
        yield "told.by", ("tell_client", "confirm_told"), stated.told.by
    for number, escalation in enumerate(stated.escalations):
        yield f"escalations[{number}].by", ("escalate",), escalation.by
    for number, concern in enumerate(stated.concerns):
        yield f"concerns[{number}].by", ("raise_concern",), concern.by


def _by_others(stated: Adopt, _standing: Snapshot, _context: Context) -> Iterator[str]:
    for path, triggers, by in _acted(stated):
        if not any(who_may(SESSION_CANCELLATION, trigger, by) for trigger in triggers):
            yield path


def _everybody(stated: Adopt, standing: Snapshot, context: Context) -> Asking:
    for path, _triggers, by in _acted(stated):
        yield path, standing, None, changed(context, by=by)


def _in_the_morning(stated: Adopt, _standing: Snapshot, context: Context) -> Asking:
    # When on that day it was cancelled is on no record; there has to be an instant of it that will do.
    began = starts_at(stated.opened_on, policy_opened_under(context).zone)
    yield "opening", None, stated.opening, changed(context, at=began)


def _in_the_evening(stated: Adopt, _standing: Snapshot, context: Context) -> Asking:
    ended = passes_at(stated.opened_on, policy_opened_under(context).zone) - INSTANT
    yield "opening", None, stated.opening, changed(context, at=ended)


def _the_trouble(stated: Adopt, standing: Snapshot, context: Context) -> Asking:
    if stated.trouble is not None:
        yield "", standing, AskSupport(trouble=stated.trouble), context


def _the_slot(stated: Adopt, standing: Snapshot, context: Context) -> Asking:
    if stated.rebooking.slot is not None:
        yield "rebooking", standing, Rebook(slot=stated.rebooking.slot), context


def _the_day(stated: Adopt, standing: Snapshot, context: Context) -> Asking:
    on = stated.rebooking.contact_on
    if on is not None and stated.told is not None:
        yield "rebooking.contact_on", standing, StateContactDay(on=on), changed(context, at=stated.told.at)


def _the_end_of_rebooking(stated: Adopt, standing: Snapshot, context: Context) -> Asking:
    ground = stated.rebooking.ground
    if ground is not None:
        began = next((each.started_at for each in stated.limits if each.limit == "records"), context.at)
        yield "rebooking", standing, DeclineRebooking(ground=ground), changed(context, at=began)


def _the_notes(stated: Adopt, standing: Snapshot, context: Context) -> Asking:
    for number, note in enumerate(stated.records.notes):
        yield f"records.notes[{number}]", standing, note, context


def _the_next_session(stated: Adopt, standing: Snapshot, context: Context) -> Asking:
    for name in ("next_session", "confirmed_at"):
        if getattr(stated.records, name) is not None:
            yield f"records.{name}", standing, None, context


def _the_confirmation(stated: Adopt, standing: Snapshot, context: Context) -> Asking:
    if stated.records.confirmed_at is not None:
        yield "records.confirmed_at", standing, None, context


def _the_tickets(stated: Adopt, standing: Snapshot, context: Context) -> Asking:
    # A record that was made since does not undo the ticket that asked for it.
    then = changed(standing, body=changed(standing.body, records=NOTHING_RECORDED, withdrawn=None))
    for number, ticket in enumerate(stated.records.tickets):
        yield f"records.tickets[{number}]", then, ticket, context


def _closed(stated: Adopt, standing: Snapshot, context: Context) -> Asking:
    if stated.state == "closed":
        yield "records", standing, None, context


def _the_absence(stated: Adopt, standing: Snapshot, context: Context) -> Asking:
    growth = stated.growth
    if growth.longer_since is not None:
        yield "growth", standing, ExtendAbsence(until=growth.until), changed(context, at=growth.longer_since)


def _due_on_another_day(stated: Adopt, _standing: Snapshot, _context: Context) -> Iterator[str]:
    for number, limit in enumerate(stated.limits):
        if limit.limit == "rebooking" and limit.due_on != stated.rebooking.contact_on:
            yield f"limits[{number}].due_on"


CLAIMS = (
    Claim(
        code="missing",
        sentence="A cancellation in this state has what leads to it: a trouble, the telling, a stated day, why there was nothing "
        "to tell.",
        rules=("TC-01", "TC-03", "TC-06"),
        wrong=BY_STATE.missing,
    ),
    Claim(
        code="contradicts_the_state",
        sentence="A cancellation in this state has not come as far as this.",
        rules=("TC-01", "TC-02", "TC-09", "TC-10"),
        wrong=BY_STATE.superfluous,
    ),
    Claim(
        code="settled",
        sentence="Recording begins with the session rebooked, or with a reason why it is not.",
        rules=("TC-02", "TC-03"),
        wrong=_unsettled,
    ),
    Claim(
        code="who",
        sentence="What somebody did is theirs to do, by the rows of the table.",
        rules=("TC-01", "IN-07"),
        wrong=_by_others,
    ),
    *on_opening(SESSION_CANCELLATION, "reason_listed"),
    as_in_the_table(SESSION_CANCELLATION, "session_ahead", _in_the_morning),
    as_in_the_table(SESSION_CANCELLATION, "at_short_notice", _in_the_evening),
    as_in_the_table(SESSION_CANCELLATION, "own_session", _everybody),
    as_in_the_table(SESSION_CANCELLATION, "preferred_method", _by_no_preferred_method),
    as_in_the_table(SESSION_CANCELLATION, "voicemail_justified", _the_telling),
    as_in_the_table(SESSION_CANCELLATION, "trouble_listed", _the_trouble),
    as_in_the_table(SESSION_CANCELLATION, "slot_offered", _the_slot),
    as_in_the_table(SESSION_CANCELLATION, "day_ahead", _the_day, names_field=True),
    as_in_the_table(SESSION_CANCELLATION, "contact_day_came", _the_end_of_rebooking),
    as_in_the_table(SESSION_CANCELLATION, "agreed_listed", _the_notes),
    as_in_the_table(SESSION_CANCELLATION, "session_rebooked", _the_next_session),
    as_in_the_table(SESSION_CANCELLATION, "session_entered", _the_confirmation),
    as_in_the_table(SESSION_CANCELLATION, "record_owed", _the_tickets),
    as_in_the_table(SESSION_CANCELLATION, "records_made", _closed),
    as_in_the_table(SESSION_CANCELLATION, "absence_goes_on", _the_absence),
    Claim(
        code="stated_day",
        sentence="The client is contacted by the end of the day that was stated to them.",
        rules=("TC-03", "IN-12"),
        wrong=_due_on_another_day,
    ),
)
"""What has to hold together in a cancellation, besides what holds of every request that is taken over."""


def order(stated: Adopt, _standing: Snapshot) -> Iterator[str]:
    """Name what is stated to have happened before something that comes before it."""
    told_at = None if stated.told is None else stated.told.at
    yield from out_of_order(("told.at", told_at), ("records.confirmed_at", stated.records.confirmed_at))
    yield from out_of_order(*((f"escalations[{number}].at", each.at) for number, each in enumerate(stated.escalations)))
    yield from out_of_order(*((f"concerns[{number}].at", each.at) for number, each in enumerate(stated.concerns)))
    for number, limit in enumerate(stated.limits):
        begun = (f"limits[{number}].started_at", limit.started_at)
        if limit.limit == "absence_update" and limit.started_at != _informed_at(stated):
            yield begun[0]
        if limit.limit in ("rebooking", "records"):
            yield from out_of_order(("told.at", told_at), begun)
        if limit.limit == "records":
            yield from out_of_order(begun, ("records.confirmed_at", stated.records.confirmed_at))


def _informed_at(stated: Adopt) -> datetime | None:
    """When provider and client were told last that, or how, the absence goes on (TC-04)."""
    growth = stated.growth
    return max((at for at in (growth.longer_since, growth.updated_at) if at is not None), default=None)
