"""What is stated of a request that comes from another system: its command, each field by the rules of today's commands."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import ClassVar, cast

import attrs
from attrs import field, frozen

from eap_workflow.adoption.fields import instant, names_of, part, parts, references, resting_state, several
from eap_workflow.adoption.limits import MOST_LIMITS
from eap_workflow.errors import InvalidValue
from eap_workflow.policy import PolicyRef
from eap_workflow.process import ADOPT
from eap_workflow.states import EXTRA_SESSIONS
from eap_workflow.values import (
    Actor,
    Discreet,
    Reference,
    actor,
    assist_case_number,
    choice,
    count,
    day,
    reference,
)
from eap_workflow.workflows.extra_sessions.commands import MOST_SESSIONS, ProvideDetails

MOST_REQUESTORS = 100
MOST_TOTAL = 1_000_000

LIMITS = {limit.name: limit for limit in EXTRA_SESSIONS.limits}
BY_THE_CLOCK = ("remind", "warn", "overdue")
"""What another system may have done about a limit while the request stayed in its state."""


@frozen(kw_only=True, eq=False, repr=False)
class AdoptedForm(Discreet):
    """What was filled in; all of it but the last two once it is submitted (XS-01, XS-02).

    Attributes:
        assist_case: The one Assist Case that the request belongs to.
        client: The client.
        employer: The client's organisation.
        contract: The contract.
        sessions: How many sessions were asked for.
        goal: The goal to be achieved, from the contract's list.
        referral: The referral to longer-term support, from the contract's list.
        consent: Where the client's consent is recorded, for contracts that ask for it.
        follows: The earlier request that this one follows.
    """

    assist_case: str | None = assist_case_number(default=None)
    client: Reference | None = reference(default=None)
    employer: Reference | None = reference(default=None)
    contract: Reference | None = reference(default=None)
    sessions: int | None = count(1, MOST_SESSIONS, default=None)
    goal: str | None = choice(default=None)
    referral: str | None = choice(default=None)
    consent: Reference | None = reference(default=None)
    follows: Reference | None = reference(default=None)


@frozen(kw_only=True, eq=False, repr=False)
class AdoptedHolder(Discreet):
    """Whose request it is (XS-02, IN-07).

    Attributes:
        consultant: The requestor; left out only while nobody has said for whom a draft is filed.
        practice: Their practice, where it is known.
        staff: Who of a practice's staff filed it, where the practice itself is not known.
        requestors: Everyone who ever held it, filed or revised it, submitted it or answered for it: the consultant is
            one of them, and none of them reviews or decides.
    """

    consultant: Reference | None = reference(default=None)
    practice: Reference | None = reference(default=None)
    staff: Reference | None = reference(default=None)
    requestors: tuple[Reference, ...] = references(MOST_REQUESTORS, least=1)

    def __attrs_post_init__(self) -> None:
        if not self.requestors:
            raise InvalidValue("requestors", "whoever filed it is needed")


@frozen(kw_only=True, eq=False, repr=False)
class AdoptedSubmission(Discreet):
    """What was computed when the request was submitted (XS-04, IN-06, IN-11).

    Attributes:
        policy: The policy that it keeps to its end: the version that was in force on the day of submission.
        submitted_on: The request's date, in the contract's zone.
        since: The first day of the window that was counted.
        until: The last day of it: that of the request.
        pending: Sessions of other submitted, undecided requests of the same Assist Case at that time.
        total: Counted, pending and asked-for sessions together.
        threshold: The contract's total from which on a request is reviewed.
    """

    policy: PolicyRef = part(PolicyRef)
    submitted_on: date = day()
    since: date = day()
    until: date = day()
    pending: int = count(0, MOST_TOTAL, default=0)
    total: int = count(1, MOST_TOTAL)
    threshold: int = count(1, 1000)


@frozen(kw_only=True, eq=False, repr=False)
class AdoptedDecision(Discreet):
    """What came of it; the outcome is the request's state.

    Attributes:
        trigger: What decided: ``approve``, ``decline``, ``approve_in_advance``, ``deem_approved`` or ``deem_declined``.
        stage: The state in which it was decided.
        at: When.
        by: Who decided; the system where the contract approved in advance or deemed an outcome.
        reason: Why it was declined, where somebody declined it, from the contract's list.
    """

    trigger: str = choice()
    stage: str = choice()
    at: datetime = instant()
    by: Actor = actor()
    reason: str | None = choice(default=None)


def _check_done(name: str, value: object) -> None:
    if value not in BY_THE_CLOCK:
        raise InvalidValue(name, f"each is one of {', '.join(BY_THE_CLOCK)}")


@frozen(kw_only=True, eq=False, repr=False)
class AdoptedLimit(Discreet):
    """A limit that runs, with the date that was stated to people (IN-12).

    Attributes:
        limit: Which: ``further_details``, ``clinical_review``, ``employer_decision``, ``whole_path`` or ``relay``.
        started_at: When it started.
        due_on: Its last day, as it was stated; it holds, whatever our own count gives.
        done: What was done about it already and is not done again: ``remind``, ``warn``, ``overdue``.
    """

    limit: str = field(metadata=names_of(LIMITS))
    started_at: datetime = instant()
    due_on: date = day()
    done: tuple[str, ...] = several(
        len(BY_THE_CLOCK), _check_done, "names of moves of the clock", metadata=names_of(BY_THE_CLOCK), default=()
    )

    @limit.validator
    def _check(self, _attribute: object, value: object) -> None:
        if value not in LIMITS:
            raise InvalidValue("limit", f"one of {', '.join(LIMITS)} is needed")

    @property
    def passes_at(self) -> None:
        """No limit of this workflow is in elapsed hours: each passes at the end of its last day."""
        return


def _answers(value: object) -> object:
    return None if value is None else ProvideDetails(details=cast("Mapping[str, str]", value)).details


@frozen(kw_only=True, eq=False, repr=False)
class Adopt(Discreet):
    """Take a request over from another system, as it stands there.

    Attributes:
        state: The state that it is in; one in which a request can rest.
        form: What was filled in.
        holder: Whose request it is.
        submission: What was computed at submission; not for a draft.
        details: By question, where the answer is kept.
        sessions: How many sessions it stands at: asked for, then supported, then approved. Left out: as many as were asked
            for.
        reviewed_by: The clinical manager who supported it, in full or reduced.
        put_to_employer_at: When it was put to the employer.
        decision: What came of it.
        relayed_at: When the outcome was relayed.
        limits: The limits that run, each with the date that was stated.
    """

    trigger: ClassVar[str] = ADOPT

    state: str = resting_state(EXTRA_SESSIONS)
    form: AdoptedForm = part(AdoptedForm)
    holder: AdoptedHolder = part(AdoptedHolder)
    submission: AdoptedSubmission | None = part(AdoptedSubmission, default=None)
    details: Mapping[str, Reference] | None = field(
        default=None, converter=_answers, metadata=dict(attrs.fields(ProvideDetails).details.metadata)
    )
    sessions: int | None = count(1, MOST_SESSIONS, default=None)
    reviewed_by: Reference | None = reference(default=None)
    put_to_employer_at: datetime | None = instant(default=None)
    decision: AdoptedDecision | None = part(AdoptedDecision, default=None)
    relayed_at: datetime | None = instant(default=None)
    limits: tuple[AdoptedLimit, ...] = parts(AdoptedLimit, MOST_LIMITS)
