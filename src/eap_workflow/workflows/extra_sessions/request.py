"""An extra-sessions request's own part of a snapshot, and how each step changes it.

The parts nest by when they change: the form while it is a draft, the holder when it is reassigned, the submission
once, the decision once. A step replaces the part that it changes and shares the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import attrs
from attrs import frozen

from eap_workflow.policy import PolicyRef
from eap_workflow.values import Actor, Discreet, Reference, Role, changed, made

if TYPE_CHECKING:
    from eap_workflow.steps import Step
    from eap_workflow.workflows.extra_sessions.adopted import Adopt
    from eap_workflow.workflows.extra_sessions.commands import Draft


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Form(Discreet):
    """What was filled in; all of it but the last two is needed before it can be submitted (XS-01, XS-02).

    Attributes:
        assist_case: The one Assist Case that the request belongs to.
        client: The client.
        employer: The client's organisation.
        contract: The contract.
        sessions: How many sessions are asked for.
        goal: The goal to be achieved.
        referral: The referral to longer-term support.
        consent: Where the client's consent is recorded.
        follows: The earlier request that this one follows.
    """

    assist_case: str | None = None
    client: Reference | None = None
    employer: Reference | None = None
    contract: Reference | None = None
    sessions: int | None = None
    goal: str | None = None
    referral: str | None = None
    consent: Reference | None = None
    follows: Reference | None = None

    def revised(self, draft: Draft) -> Form:
        """This form, with what a draft fills in."""
        return changed(self, **{name: value for name, value in _filled_in(draft).items() if value is not None})


FIELDS = tuple(attribute.name for attribute in attrs.fields(Form))


def _filled_in(draft: Draft) -> dict[str, Any]:
    return {name: getattr(draft, name) for name in FIELDS}


REQUIRED = ("assist_case", "client", "employer", "contract", "sessions", "goal", "referral")


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Holder(Discreet):
    """Whose request it is (XS-02, IN-07).

    Attributes:
        consultant: The requestor; None while the practice's staff has not said for whom they file.
        practice: Their practice, where it is known.
        staff: Who of a practice's staff filed it, where the practice itself is not known.
        requestors: Everyone who ever held it, filed or revised it, submitted it or answered for it; none of them
            reviews it.
    """

    consultant: Reference | None
    practice: Reference | None = None
    staff: Reference | None = None
    requestors: tuple[Reference, ...]

    def joined_by(self, actor: Reference | None) -> Holder:
        """This holder, with one more who acted as a requestor."""
        if actor is None or actor in self.requestors:
            return self
        return changed(self, requestors=(*self.requestors, actor))


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Submission(Discreet):
    """What was computed when the request was submitted (XS-04, IN-06, IN-11).

    Attributes:
        policy: The policy that it keeps to its end.
        submitted_on: The request's date, in the contract's zone.
        since: The first day of the window that was counted.
        until: The last day of it.
        pending: Sessions of other submitted, undecided requests of the same Assist Case.
        total: Counted, pending and asked-for sessions together.
        threshold: The total from which on the contract has a request reviewed.
    """

    policy: PolicyRef
    submitted_on: date
    since: date
    until: date
    pending: int
    total: int
    threshold: int


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Decision(Discreet):
    """What came of it.

    Attributes:
        outcome: ``approved`` or ``declined``.
        trigger: The row that decided; a decline's stage is the state that it left.
        stage: The state in which it was decided.
        at: When, in UTC.
        by: Who decided; the system where the contract approves in advance or deems an outcome.
        reason: Why it was declined, where somebody declined it.
    """

    outcome: str
    trigger: str
    stage: str
    at: datetime
    by: Actor
    reason: str | None = None


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class ExtraSessions(Discreet):
    """The request's own part of a snapshot.

    Attributes:
        form: What was filled in.
        holder: Whose request it is.
        submission: What was computed at submission; None for a draft.
        details: By question, where the answer is kept.
        sessions: How many sessions it stands at: asked for, then supported, then approved.
        reviewed_by: The clinical manager who supported it, in full or reduced.
        put_to_employer_at: When it was put to the employer, in UTC; None where the employer is not asked.
        decision: What came of it.
        relayed_at: When the outcome was relayed, in UTC (XS-08, XS-09).
    """

    form: Form
    holder: Holder
    submission: Submission | None = None
    details: Mapping[str, Reference] | None = None
    sessions: int | None = None
    reviewed_by: Reference | None = None
    put_to_employer_at: datetime | None = None
    decision: Decision | None = None
    relayed_at: datetime | None = None


def fold(body: ExtraSessions | None, step: Step) -> ExtraSessions:
    """Apply a step to the request's own part; a step that changes nothing in it shares it."""
    if body is None:
        return _adopted(step) if step.trigger == "adopt" else _opened(step)
    change = CHANGES.get(step.trigger)
    return body if change is None else change(body, step)


def _opened(step: Step) -> ExtraSessions:
    draft: Draft = step.command
    form = Form(**_filled_in(draft))
    consultant = step.by.id if step.by.role is Role.CONSULTANT else draft.consultant
    holder = Holder(
        consultant=consultant,
        practice=step.by.practice,
        staff=step.by.id if step.by.role is Role.PRACTICE and step.by.practice is None else None,
        requestors=(step.by.id,),
    ).joined_by(consultant)
    return ExtraSessions(form=form, holder=holder, sessions=form.sessions)


def _adopted(step: Step) -> ExtraSessions:
    stated: Adopt = step.command
    submission = None if stated.submission is None else Submission(**_parts(stated.submission))
    decision = stated.decision
    return ExtraSessions(
        form=Form(**_parts(stated.form)),
        holder=Holder(**_parts(stated.holder)),
        submission=submission,
        details=stated.details,
        sessions=stated.form.sessions if stated.sessions is None else stated.sessions,
        reviewed_by=stated.reviewed_by,
        put_to_employer_at=stated.put_to_employer_at,
        decision=None if decision is None else Decision(outcome=step.target, **_parts(decision)),
        relayed_at=stated.relayed_at,
    )


def _parts(value: Any) -> dict[str, Any]:
    return {attribute.name: getattr(value, attribute.name) for attribute in attrs.fields(type(value))}


def _drafted(body: ExtraSessions, step: Step) -> ExtraSessions:
    form = body.form.revised(step.command)
    consultant = step.command.consultant or body.holder.consultant
    holder = changed(body.holder.joined_by(step.by.id).joined_by(consultant), consultant=consultant)
    return changed(body, form=form, sessions=form.sessions, holder=holder)


def _submitted(body: ExtraSessions, step: Step) -> ExtraSessions:
    return changed(body, submission=step.facts, holder=body.holder.joined_by(step.by.id))


def _put_to_employer(body: ExtraSessions, step: Step) -> ExtraSessions:
    return changed(body, put_to_employer_at=step.at)


def _supported(body: ExtraSessions, step: Step) -> ExtraSessions:
    return changed(body, put_to_employer_at=step.at, reviewed_by=step.by.id)


def _detailed(body: ExtraSessions, step: Step) -> ExtraSessions:
    return changed(body, details=step.command.details, holder=body.holder.joined_by(step.by.id))


def _reduced(body: ExtraSessions, step: Step) -> ExtraSessions:
    return changed(body, sessions=step.command.sessions, put_to_employer_at=step.at, reviewed_by=step.by.id)


def _decided(body: ExtraSessions, step: Step) -> ExtraSessions:
    decision = made(
        Decision,
        outcome=step.target,
        trigger=step.trigger,
        stage=step.source,
        at=step.at,
        by=step.by,
        reason=getattr(step.command, "reason", None),
    )
    return changed(body, decision=decision)


def _decided_in_advance(body: ExtraSessions, step: Step) -> ExtraSessions:
    # The employer was not asked, and is shown nothing.
    return changed(_decided(body, step), put_to_employer_at=None)


def _relayed(body: ExtraSessions, step: Step) -> ExtraSessions:
    return changed(body, relayed_at=step.at)


def _reassigned(body: ExtraSessions, step: Step) -> ExtraSessions:
    consultant = step.command.consultant
    holder = changed(
        body.holder.joined_by(consultant),
        consultant=consultant,
        practice=step.command.practice or body.holder.practice,
    )
    return changed(body, holder=holder)


CHANGES: Mapping[str, Callable[[Any, Step], ExtraSessions]] = {
    "draft": _drafted,
    "submit": _submitted,
    "forward": _put_to_employer,
    "provide_details": _detailed,
    "support": _supported,
    "reduce": _reduced,
    "approve": _decided,
    "decline": _decided,
    "approve_in_advance": _decided_in_advance,
    "deem_approved": _decided,
    "deem_declined": _decided,
    "relay": _relayed,
    "reassign": _reassigned,
}
