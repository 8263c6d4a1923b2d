"""What has to hold together in a contact that is taken over: what its state implies, and nothing against it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from eap_workflow.adoption import limits
from eap_workflow.adoption.claims import Claim
from eap_workflow.adoption.guarded import as_in_the_table, who_may
from eap_workflow.adoption.instants import out_of_order
from eap_workflow.adoption.running import RunningLimits
from eap_workflow.values import changed
from eap_workflow.workflows.outreach import PROCESS
from eap_workflow.workflows.outreach.commands import Escalate
from eap_workflow.workflows.outreach.guards import acknowledged, wpo_to_be_told

if TYPE_CHECKING:
    from eap_workflow.process import Context
    from eap_workflow.steps import Snapshot
    from eap_workflow.workflows.outreach.adopted import Adopt

OUTREACH = PROCESS.workflow
LIMITS = RunningLimits(
    workflow=OUTREACH,
    terms=lambda policy, body: PROCESS.terms(policy, body, None),
    runs=lambda stated, name: name != "acknowledgement" or stated.acknowledged_at is None,
)
"""Each runs that the contract sets for the reason, but for the acknowledgement once it was made (CM-05)."""


def _missing(stated: Adopt, standing: Snapshot, context: Context) -> Iterator[str]:
    body, state = standing.body, stated.state
    if state == "attempting" and not stated.attempts:
        yield "attempts"
    if state == "reached" and not body.is_reached:
        yield "attempts"
        yield "call"
    if state == "escalated" and stated.escalation is None and not body.is_dissatisfied:
        yield "escalation"
    if state == "exhausted" and not acknowledged(standing, None, context):
        yield "acknowledged_at"
    # Whoever speaks with the sender has answered what they sent, where there is a limit for that.
    limited = "acknowledgement" in _terms(standing, context)
    if body.is_reached and limited and stated.acknowledged_at is None:
        yield "acknowledged_at"


def _superfluous(stated: Adopt, standing: Snapshot, _context: Context) -> Iterator[str]:
    body, state = standing.body, stated.state
    if state == "received" and stated.attempts:
        yield "attempts"
    ended_with_somebody = state == "reached" or (state == "escalated" and body.is_dissatisfied)
    if body.is_reached and not ended_with_somebody:
        yield _reaching(stated)
    if state == "reached" and body.is_dissatisfied:
        yield f"{_reaching(stated)}.dissatisfied"
    if stated.escalation is not None and (state != "escalated" or body.is_reached):
        yield "escalation"


def _reaching(stated: Adopt) -> str:
    return f"attempts[{len(stated.attempts) - 1}]" if stated.call is None else "call"


def _reached_and_went_on(stated: Adopt, _standing: Snapshot, _context: Context) -> Iterator[str]:
    before = stated.attempts if stated.call is not None else stated.attempts[:-1]
    yield from (f"attempts[{number}].result" for number, each in enumerate(before) if each.made.reached)


def _each_attempt(stated: Adopt, standing: Snapshot, context: Context) -> Iterator[tuple[str, Any, Any, Context]]:
    # Urgency never falls, so that what it is now permits whatever it permitted then.
    body = standing.body
    for number, each in enumerate(stated.attempts):
        then = changed(standing, body=changed(body, attempts=body.attempts[:number], call=None))
        yield f"attempts[{number}]", then, each.command, context


def _each_contact(stated: Adopt, standing: Snapshot, context: Context) -> Iterator[tuple[str, Any, Any, Context]]:
    yield from _each_attempt(stated, standing, context)
    if stated.call is not None:
        yield "call", standing, stated.call.command, context


def _the_call(stated: Adopt, standing: Snapshot, context: Context) -> Iterator[tuple[str, Any, Any, Context]]:
    if stated.call is not None:
        yield "call.by", standing, stated.call.command, changed(context, by=stated.call.by)


def _the_escalation(stated: Adopt, standing: Snapshot, context: Context) -> Iterator[tuple[str, Any, Any, Context]]:
    if stated.escalation is not None:
        yield "escalation", standing, Escalate(reason=stated.escalation), context


def _the_acknowledgement(
    stated: Adopt, standing: Snapshot, context: Context
) -> Iterator[tuple[str, Any, Any, Context]]:
    if stated.acknowledged_at is not None:
        yield "acknowledged_at", changed(standing, body=changed(standing.body, acknowledged_at=None)), None, context


def _used_up(stated: Adopt, standing: Snapshot, context: Context) -> Iterator[tuple[str, Any, Any, Context]]:
    if stated.state == "exhausted":
        yield "attempts", standing, None, context


def _by_others(stated: Adopt, _standing: Snapshot, _context: Context) -> Iterator[str]:
    if stated.call is not None and not who_may(OUTREACH, "receive_call", stated.call.by):
        yield "call.by"


def _wpo_told_otherwise(stated: Adopt, standing: Snapshot, context: Context) -> Iterator[str]:
    told_at, office = stated.wpo_told_at, context.offices.get("provider")
    limited = "contact" in _terms(standing, context)
    if stated.state == "exhausted":
        to_be_told = limited or wpo_to_be_told(
            changed(standing, body=changed(standing.body, wpo_told_at=None)), None, context
        )
        # Without a limit, WPO is told at the end, and not before.
        at_the_end = told_at is None or limited or all(told_at >= each.at for each in stated.attempts)
        if (told_at is not None) != to_be_told or not at_the_end:
            yield "wpo_told_at"
        return
    if told_at is not None and not limited:
        yield "wpo_told_at"
    for number, each in enumerate(stated.limits):
        if each.limit == "contact" and office is not None:
            if ("tell_wpo" in each.done) != (told_at is not None):
                yield f"limits[{number}].done"
            if told_at is not None and told_at < limits.passing(each, office.basis.zone):
                yield "wpo_told_at"


def _terms(standing: Snapshot, context: Context) -> Any:
    return LIMITS.terms(context.policy, standing.body)  # type: ignore[arg-type]


CLAIMS = (
    Claim(
        code="missing",
        sentence="A contact in this state has what leads to it: attempts, somebody reached, an acknowledgement, an escalation.",
        rules=("CM-05", "CM-06", "CM-12", "CM-15"),
        wrong=_missing,
    ),
    Claim(
        code="contradicts_the_state",
        sentence="A contact in this state has not come as far as this, or has come another way.",
        rules=("CM-06", "CM-12"),
        wrong=_superfluous,
    ),
    Claim(
        code="reached_last",
        sentence="Whoever reaches somebody, or hears from them, makes no further attempt: the contact has ended.",
        rules=("CM-06", "CM-12"),
        wrong=_reached_and_went_on,
    ),
    as_in_the_table(OUTREACH, "number_left_or_risk", _each_attempt),
    as_in_the_table(OUTREACH, "clinical_reason_given", _each_attempt),
    as_in_the_table(OUTREACH, "agreed_listed", _each_contact),
    as_in_the_table(OUTREACH, "attempts_made", _used_up),
    as_in_the_table(OUTREACH, "to_be_acknowledged", _the_acknowledgement),
    as_in_the_table(OUTREACH, "reason_listed", _the_escalation, names_field=True),
    as_in_the_table(OUTREACH, "own_contact", _the_call),
    Claim(
        code="who",
        sentence="What somebody did is theirs to do, by the rows of the table.",
        rules=("IN-07",),
        wrong=_by_others,
    ),
    Claim(
        code="wpo_told",
        sentence="WPO was told when the limit to reach somebody passed, or where it matters at the end of the attempts, and is "
        "told by nobody else.",
        rules=("CM-05", "CM-13", "CM-14"),
        wrong=_wpo_told_otherwise,
    ),
)
"""What has to hold together in a contact, besides what holds of every request that is taken over."""


def order(stated: Adopt, standing: Snapshot) -> Iterator[str]:
    """Name what is stated to have happened before something that comes before it."""
    attempts = [(f"attempts[{number}].at", each.at) for number, each in enumerate(stated.attempts)]
    call = [] if stated.call is None else [("call.at", stated.call.at)]
    told = [(name, getattr(stated, name)) for name in ("acknowledged_at", "wpo_told_at")]
    yield from out_of_order(("opened_at", stated.opened_at), *attempts, *call)
    last = standing.body.last
    ended_at = last.at if last is not None and standing.body.is_reached else None
    for name, at in told:
        yield from out_of_order(("opened_at", stated.opened_at), (name, at))
        if ended_at is not None and at is not None and at > ended_at:
            yield name
    yield from (
        f"limits[{n}].started_at" for n, each in enumerate(stated.limits) if each.started_at != stated.opened_at
    )
