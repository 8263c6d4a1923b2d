"""What is stated of a case that comes from another system: its command, each field by the rules of today's commands."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from attrs import frozen

from eap_workflow.adoption.fields import (
    check_together,
    choices,
    copied,
    instant,
    part,
    parts,
    references,
    resting_state,
)
from eap_workflow.adoption.opened import OpenedOnADay
from eap_workflow.errors import InvalidValue
from eap_workflow.opening import Opening
from eap_workflow.policy_checks import MOST_NAMES
from eap_workflow.states import CASE_REVIEW
from eap_workflow.values import Actor, Discreet, Reference, actor, changed, choice, count, one_of, reference
from eap_workflow.workflows.case_review.case import Case, NotesReview, Outcome, OwnStep, Review, Slip, Upload, opened
from eap_workflow.workflows.case_review.commands import (
    MOST_SESSIONS,
    Authorise,
    Deny,
    OfferFurtherSession,
    OpenCase,
    SlipKind,
)

MOST_HOLDERS = 100
MOST_KEPT = 1_000

OUTCOMES: dict[str, tuple[type[Any], str]] = {
    "authorised": (Authorise, "sessions"),
    "further_session": (OfferFurtherSession, "destination"),
    "denied": (Deny, "resources"),
}
"""By outcome, what would have been asked for here, and the field that says it."""


@frozen(kw_only=True, eq=False, repr=False)
class AdoptedReview(Discreet):
    """What the review after the first session came to (CM-02, CM-03).

    Attributes:
        outcome: One of the three ways, or ``not_needed`` where cases of this kind need no review.
        at: When.
        by: Who reviewed; the system where no review was needed.
        sessions: How many sessions were authorised; with ``authorised`` alone.
        destination: Where the one further session helps the participant to move on to, from the contract's list; with
            ``further_session`` alone.
        resources: The additional resources that were offered, from the contract's list; with ``denied`` alone.
    """

    outcome: Outcome = one_of(Outcome)
    at: datetime = instant()
    by: Actor = actor()
    sessions: int | None = count(1, MOST_SESSIONS, default=None)
    destination: str | None = choice(default=None)
    resources: tuple[str, ...] = choices(MOST_NAMES)

    def __attrs_post_init__(self) -> None:
        command, own = OUTCOMES.get(self.outcome, (None, None))
        for name in ("sessions", "destination", "resources"):
            if name != own and getattr(self, name):
                raise InvalidValue(name, "this is said of another outcome of a review")
        if command is not None and own is not None:
            command(**{own: getattr(self, own)})  # what a command refuses cannot have happened either


@frozen(kw_only=True, eq=False, repr=False)
class AdoptedUpload(Discreet):
    """Case notes that were uploaded (CM-10).

    Attributes:
        notes: Where they are kept.
        at: When.
        by: Who uploaded them: who holds the sessions, who held them before, or the partner.
    """

    notes: Reference = reference()
    at: datetime = instant()
    by: Actor = actor()


@frozen(kw_only=True, eq=False, repr=False)
class AdoptedNotesReview(Discreet):
    """What the partner found in the case notes (CM-10).

    Attributes:
        at: When the partner had reviewed them.
        by: Who did.
        action: What has to be done, from the contract's list; left out where nothing has.
        completed_at: When it was done.
        completed_by: Who said so.
    """

    at: datetime = instant()
    by: Actor = actor()
    action: str | None = choice(default=None)
    completed_at: datetime | None = instant(default=None)
    completed_by: Actor | None = actor(default=None)

    def __attrs_post_init__(self) -> None:
        check_together(self, "completed_at", "completed_by")
        if self.completed_at is not None and self.action is None:
            raise InvalidValue("completed_at", "where nothing had to be done, nothing was")


@frozen(kw_only=True, eq=False, repr=False)
class AdoptedSlip(Discreet):
    """A risk situation, or goal slip; its number is its place (CM-10).

    Attributes:
        kind: Which of the two.
        note: Where what was noticed is kept.
        raised_at: When it was raised.
        raised_by: Who raised it.
        action: What was done about it, from the contract's list; left out while nobody has taken it up.
        taken_up_at: When it was taken up.
        taken_up_by: Who took it up.
    """

    kind: SlipKind = one_of(SlipKind)
    note: Reference | None = reference(default=None)
    raised_at: datetime = instant()
    raised_by: Actor = actor()
    action: str | None = choice(default=None)
    taken_up_at: datetime | None = instant(default=None)
    taken_up_by: Actor | None = actor(default=None)

    def __attrs_post_init__(self) -> None:
        check_together(self, "action", "taken_up_at", "taken_up_by")


@frozen(kw_only=True, eq=False, repr=False)
class AdoptedOwnStep(Discreet):
    """A step of the client organisation's own that was done (CM-07).

    Attributes:
        step: Which, by its name in the contract.
        at: When.
        by: Who did it.
    """

    step: str = choice()
    at: datetime = instant()
    by: Actor = actor()


@frozen(kw_only=True, eq=False, repr=False)
class Adopt(OpenedOnADay):
    """Take a case over from another system, as it stands there.

    Attributes:
        state: The state that it is in; one in which a case can rest.
        opening: What it was opened with, as in ``open_case``; partner and therapist as they are now.
        held_by: Everyone who was its therapist from the first session on, the present one among them; none of them reviews
            it (IN-07).
        first_session_at: When the first session was held.
        review: What the review came to, or that none was needed.
        intervention_ended_at: When the intervention ended; with the denial, where further sessions were denied.
        notes: The case notes, in the order in which they were uploaded.
        notes_review: What the partner found in them.
        slips: Every risk situation and goal slip, in the order in which they were raised.
        own_steps: The client organisation's own steps that were done, in their order.
        discontinued: Why it ended before its first session, from the contract's list.
    """

    state: str = resting_state(CASE_REVIEW)
    opening: OpenCase = part(OpenCase)
    held_by: tuple[Reference, ...] = references(MOST_HOLDERS, default=())
    first_session_at: datetime | None = instant(default=None)
    review: AdoptedReview | None = part(AdoptedReview, default=None)
    intervention_ended_at: datetime | None = instant(default=None)
    notes: tuple[AdoptedUpload, ...] = parts(AdoptedUpload, MOST_KEPT)
    notes_review: AdoptedNotesReview | None = part(AdoptedNotesReview, default=None)
    slips: tuple[AdoptedSlip, ...] = parts(AdoptedSlip, MOST_KEPT)
    own_steps: tuple[AdoptedOwnStep, ...] = parts(AdoptedOwnStep, MOST_NAMES)
    discontinued: str | None = choice(default=None)

    def body(self, facts: Opening) -> Case:
        """The case's own part of a snapshot."""
        return changed(
            opened(self.opening, facts),
            held_by=self.held_by,
            first_session_at=self.first_session_at,
            review=copied(Review, self.review),
            intervention_ended_at=self.intervention_ended_at,
            notes=tuple(copied(Upload, each) for each in self.notes),
            notes_review=copied(NotesReview, self.notes_review),
            slips=tuple(copied(Slip, each, number=number) for number, each in enumerate(self.slips, 1)),
            own_steps=tuple(copied(OwnStep, each) for each in self.own_steps),
            discontinued=self.discontinued,
        )
