"""A case's own part of a snapshot, and how each step changes it.

The parts nest by when they change: the review once, that of the notes twice at most. The notes, slips and the steps of the
client organisation are only ever added to; a slip that is taken up keeps what was raised. A step replaces the part that it
changes and shares the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from attrs import frozen

from eap_workflow.policy import PolicyRef
from eap_workflow.process import ADOPT
from eap_workflow.values import Actor, Discreet, Reference, changed, made
from eap_workflow.workflows.case_review.commands import SlipKind

if TYPE_CHECKING:
    from eap_workflow.opening import Opening
    from eap_workflow.steps import Step
    from eap_workflow.workflows.case_review.adopted import Adopt
    from eap_workflow.workflows.case_review.commands import OpenCase

Outcome = Literal["not_needed", "authorised", "further_session", "denied"]


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Review(Discreet):
    """What the review after the first session came to (CM-02, CM-03).

    Attributes:
        outcome: One of the three ways, or that cases of this kind need no review.
        at: When, in UTC.
        by: Who reviewed; the system where no review was needed.
        sessions: How many sessions were authorised.
        destination: Where the one further session helps the participant to move on to.
        resources: The additional resources that were offered in place of further sessions.
    """

    outcome: Outcome
    at: datetime
    by: Actor
    sessions: int | None = None
    destination: str | None = None
    resources: tuple[str, ...] = ()


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Upload(Discreet):
    """Case notes that were uploaded (CM-10).

    Attributes:
        notes: Where they are kept.
        at: When they were uploaded, in UTC.
        by: Who uploaded them: who holds the sessions, who held them before, or the partner.
    """

    notes: Reference
    at: datetime
    by: Actor


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class NotesReview(Discreet):
    """What the partner found in the case notes, all of which it has reviewed (CM-10).

    Attributes:
        at: When the partner had reviewed them, in UTC.
        by: Who did.
        action: What has to be done; None where nothing has.
        completed_at: When it was done, in UTC.
        completed_by: Who said so.
    """

    at: datetime
    by: Actor
    action: str | None = None
    completed_at: datetime | None = None
    completed_by: Actor | None = None


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Slip(Discreet):
    """A risk situation, or goal slip (CM-10).

    Attributes:
        number: Its number in the case, from 1.
        kind: Which of the two.
        note: Where what was noticed is kept.
        raised_at: When it was raised, in UTC.
        raised_by: Who raised it.
        action: What was done about it; None while nobody has taken it up.
        taken_up_at: When it was taken up, in UTC.
        taken_up_by: Who took it up.
    """

    number: int
    kind: SlipKind
    note: Reference | None = None
    raised_at: datetime
    raised_by: Actor
    action: str | None = None
    taken_up_at: datetime | None = None
    taken_up_by: Actor | None = None

    @property
    def is_open(self) -> bool:
        """Whether nobody has taken it up yet."""
        return self.taken_up_at is None


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class OwnStep(Discreet):
    """A step of the client organisation's own that was done (CM-07).

    Attributes:
        step: Which, by its name in the contract.
        at: When, in UTC.
        by: Who did it.
    """

    step: str
    at: datetime
    by: Actor


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Case(Discreet):
    """The case's own part of a snapshot.

    Attributes:
        policy: The policy that it keeps to its end (IN-11).
        opened_on: The day on which it was opened, in the contract's zone.
        contract: The contract.
        partner: The partner organisation that is responsible.
        case: The case, in the caller's system.
        participant: Whom it is about.
        kind: The kind of case.
        benefit_sessions: How many sessions are available under the participant's benefit.
        therapist: Who holds the sessions; None while that is not known.
        held_by: Everyone who was its therapist from the first session on; none of them reviews it (IN-07).
        first_session_at: When the first session was held, in UTC.
        review: What the review came to; None while it is not decided.
        intervention_ended_at: When the intervention ended, in UTC.
        notes: The case notes, in the order in which they were uploaded; there may be several therapists'.
        notes_review: What the partner found in them; None while they are not reviewed.
        slips: Every risk situation and goal slip, in the order of their numbers.
        own_steps: The client organisation's own steps that were done, in their order.
        discontinued: Why it ended before its first session; None where it did not.
    """

    policy: PolicyRef
    opened_on: date
    contract: Reference
    partner: Reference
    case: Reference
    participant: Reference
    kind: str
    benefit_sessions: int
    therapist: Reference | None = None
    held_by: tuple[Reference, ...] = ()
    first_session_at: datetime | None = None
    review: Review | None = None
    intervention_ended_at: datetime | None = None
    notes: tuple[Upload, ...] = ()
    notes_review: NotesReview | None = None
    slips: tuple[Slip, ...] = ()
    own_steps: tuple[OwnStep, ...] = ()
    discontinued: str | None = None

    @property
    def open_slips(self) -> int:
        """How many slips nobody has taken up yet."""
        return sum(slip.is_open for slip in self.slips)

    @property
    def reviewers(self) -> tuple[Reference, ...]:
        """Who has reviewed the case after its first session, its notes, or a slip (IN-07)."""
        by = [] if self.review is None or self.review.outcome == "not_needed" else [self.review.by]
        by += [] if self.notes_review is None else [self.notes_review.by]
        by += [slip.taken_up_by for slip in self.slips if slip.taken_up_by is not None]
        return tuple(dict.fromkeys(actor.id for actor in by))


def fold(body: Case | None, step: Step) -> Case:
    """Apply a step to the case's own part; a step that changes nothing in it shares it."""
    if body is None:
        return _adopted(step) if step.trigger == ADOPT else opened(step.command, step.facts)
    change = CHANGES.get(step.trigger)
    return body if change is None else change(body, step)


def _adopted(step: Step) -> Case:
    stated: Adopt = step.command
    return stated.body(step.facts)


def opened(given: OpenCase, facts: Opening) -> Case:
    """A case as it stands when it is opened.

    Args:
        given: What it is opened with.
        facts: What was computed.
    """
    return Case(
        policy=facts.policy,
        opened_on=facts.opened_on,
        contract=given.contract,
        partner=given.partner,
        case=given.case,
        participant=given.participant,
        kind=given.kind,
        benefit_sessions=given.benefit_sessions,
        therapist=given.therapist,
    )


def _held(body: Case, step: Step) -> Case:
    held_by = () if body.therapist is None else (body.therapist,)
    return changed(body, first_session_at=step.at, held_by=held_by)


def _reviewed(outcome: Outcome) -> Callable[[Case, Step], Case]:
    def change(body: Case, step: Step) -> Case:
        given = step.command
        review = made(
            Review,
            outcome=outcome,
            at=step.at,
            by=step.by,
            sessions=getattr(given, "sessions", None),
            destination=getattr(given, "destination", None),
            resources=getattr(given, "resources", ()),
        )
        return changed(body, review=review)

    return change


def _denied(body: Case, step: Step) -> Case:
    # There is no session after a denial: the intervention has ended, and its notes are owed.
    return changed(_reviewed("denied")(body, step), intervention_ended_at=step.at)


def _ended(body: Case, step: Step) -> Case:
    return changed(body, intervention_ended_at=step.at)


def _uploaded(body: Case, step: Step) -> Case:
    upload = Upload(notes=step.command.notes, at=step.at, by=step.by)
    return changed(body, notes=(*body.notes, upload))


def _notes_reviewed(body: Case, step: Step) -> Case:
    review = NotesReview(at=step.at, by=step.by, action=getattr(step.command, "action", None))
    return changed(body, notes_review=review)


def _completed(body: Case, step: Step) -> Case:
    # What has to be done was found in a review, and nowhere before.
    found: Any = body.notes_review
    return changed(body, notes_review=changed(found, completed_at=step.at, completed_by=step.by))


def _discontinued(body: Case, step: Step) -> Case:
    return changed(body, discontinued=step.command.reason)


def _assigned(body: Case, step: Step) -> Case:
    therapist = step.command.therapist or body.therapist
    held_by = body.held_by
    # Before the first session nobody has held one; from then on, whoever is the therapist may have.
    if body.first_session_at is not None and therapist is not None and therapist not in held_by:
        held_by = (*held_by, therapist)
    return changed(body, therapist=therapist, held_by=held_by, partner=step.command.partner or body.partner)


def _slip_raised(body: Case, step: Step) -> Case:
    slip = Slip(
        number=len(body.slips) + 1,
        kind=step.command.kind,
        note=step.command.note,
        raised_at=step.at,
        raised_by=step.by,
    )
    return changed(body, slips=(*body.slips, slip))


def _slip_taken_up(body: Case, step: Step) -> Case:
    number, action = step.command.slip, step.command.action
    slips = tuple(
        changed(slip, action=action, taken_up_at=step.at, taken_up_by=step.by) if slip.number == number else slip
        for slip in body.slips
    )
    return changed(body, slips=slips)


def _own_step_done(body: Case, step: Step) -> Case:
    done = OwnStep(step=step.command.step, at=step.at, by=step.by)
    return changed(body, own_steps=(*body.own_steps, done))


CHANGES: Mapping[str, Callable[[Case, Step], Case]] = {
    "hold_first_session": _held,
    "need_no_review": _reviewed("not_needed"),
    "authorise": _reviewed("authorised"),
    "offer_further_session": _reviewed("further_session"),
    "deny": _denied,
    "end_intervention": _ended,
    "upload_notes": _uploaded,
    "clear_notes": _notes_reviewed,
    "flag_notes": _notes_reviewed,
    "complete_action": _completed,
    "discontinue": _discontinued,
    "assign": _assigned,
    "raise_slip": _slip_raised,
    "take_up_slip": _slip_taken_up,
    "do_own_step": _own_step_done,
}
