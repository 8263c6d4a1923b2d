"""What can be asked for: one class a trigger, checked where it is made.

What a class refuses is malformed whatever the contract; what depends on the contract is a guard of the table.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import ClassVar

from attrs import field, frozen

from eap_workflow.commands import ExtendLimit
from eap_workflow.errors import InvalidType, InvalidValue
from eap_workflow.plain.frozen_map import FrozenMap
from eap_workflow.values import (
    REFERENCE_PATTERN,
    Discreet,
    Reference,
    assist_case_number,
    check_reference,
    choice,
    count,
    day,
    reference,
)

MOST_SESSIONS = 100
MOST_COUNTED = 1000
MOST_ANSWERS = 100


@frozen(kw_only=True, eq=False, repr=False)
class Draft(Discreet):
    """Open a request, or revise it while it is a draft; what is left out stays as it is (XS-01, XS-02).

    Attributes:
        assist_case: The one Assist Case that it belongs to.
        client: The client.
        employer: The client's organisation.
        contract: The contract that it falls under.
        sessions: How many sessions are asked for.
        goal: The goal to be achieved, from the contract's list.
        referral: The referral to longer-term support, from the contract's list.
        consent: Where the client's consent is recorded, for contracts that ask for it.
        follows: An earlier request that this one follows.
        consultant: For whom the practice's staff files; a consultant files for themselves.
    """

    trigger: ClassVar[str] = "draft"

    assist_case: str | None = assist_case_number(default=None)
    client: Reference | None = reference(default=None)
    employer: Reference | None = reference(default=None)
    contract: Reference | None = reference(default=None)
    sessions: int | None = count(1, MOST_SESSIONS, default=None)
    goal: str | None = choice(default=None)
    referral: str | None = choice(default=None)
    consent: Reference | None = reference(default=None)
    follows: Reference | None = reference(default=None)
    consultant: Reference | None = reference(default=None)


@frozen(kw_only=True, eq=False, repr=False)
class Tally(Discreet):
    """The sessions that the caller counted, for the window that `tally_window` states (XS-04, IN-06).

    Attributes:
        completed: Sessions held.
        scheduled: Sessions booked and still to come.
        remaining: Sessions allocated and not booked.
        since: The first day that was counted; where it is given it has to be the window's.
        until: The last day that was counted; where it is given it has to be the window's.
        first_session_on: The day of the client's first session, for contracts that count from it.
    """

    completed: int = count(0, MOST_COUNTED)
    scheduled: int = count(0, MOST_COUNTED)
    remaining: int = count(0, MOST_COUNTED)
    since: date | None = day(default=None)
    until: date | None = day(default=None)
    first_session_on: date | None = day(default=None)

    @property
    def counted(self) -> int:
        """Completed, scheduled and remaining sessions together."""
        return self.completed + self.scheduled + self.remaining


@frozen(kw_only=True, eq=False, repr=False)
class Submit(Discreet):
    """Submit the whole form; the request is routed at once (XS-04, XS-05).

    Attributes:
        tally: The sessions counted so far; the pending ones are counted by the store.
    """

    trigger: ClassVar[str] = "submit"

    tally: Tally = field()

    @tally.validator
    def _check(self, _attribute: object, value: object) -> None:
        if not isinstance(value, Tally):
            raise InvalidType("tally", "a tally is needed: completed, scheduled and remaining sessions")


def _answers(value: object) -> object:
    return FrozenMap(value) if isinstance(value, Mapping) and not isinstance(value, FrozenMap) else value


@frozen(kw_only=True, eq=False, repr=False)
class ProvideDetails(Discreet):
    """Answer the further-details questions (CR-01, CR-02).

    Attributes:
        details: By question, where the answer is kept: a reference into the caller's system.
    """

    trigger: ClassVar[str] = "provide_details"

    details: Mapping[str, Reference] = field(
        converter=_answers, metadata={"pattern": f"^{REFERENCE_PATTERN}$", "maxProperties": MOST_ANSWERS}
    )

    @details.validator
    def _check(self, _attribute: object, value: object) -> None:
        if not isinstance(value, FrozenMap):
            raise InvalidType("details", "answers by question are needed")
        if len(value) > MOST_ANSWERS:
            raise InvalidValue("details", f"at most {MOST_ANSWERS} answers are taken")
        for answer in value.values():
            check_reference("details", answer)


@frozen(kw_only=True, eq=False, repr=False)
class Support(Discreet):
    """The clinical manager supports the request as it is (CR-03)."""

    trigger: ClassVar[str] = "support"


@frozen(kw_only=True, eq=False, repr=False)
class Reduce(Discreet):
    """The clinical manager supports the request with fewer sessions (CR-03).

    Attributes:
        sessions: How many sessions are supported.
    """

    trigger: ClassVar[str] = "reduce"

    sessions: int = count(1, MOST_SESSIONS)


@frozen(kw_only=True, eq=False, repr=False)
class Decline(Discreet):
    """The clinical manager or the employer declines (CR-03, CR-08).

    Attributes:
        reason: Why, from the contract's list.
    """

    trigger: ClassVar[str] = "decline"

    reason: str = choice()


@frozen(kw_only=True, eq=False, repr=False)
class Approve(Discreet):
    """The employer approves payment, for the number that was put to it (CR-08, IN-09)."""

    trigger: ClassVar[str] = "approve"


@frozen(kw_only=True, eq=False, repr=False)
class Withdraw(Discreet):
    """The requestor takes the request back while it has no decision (IN-08)."""

    trigger: ClassVar[str] = "withdraw"


@frozen(kw_only=True, eq=False, repr=False)
class Reassign(Discreet):
    """The practice or the case team hands the request to another consultant (XS-02).

    Attributes:
        consultant: Who holds it from now on.
        practice: That consultant's practice, where the case team moves it to another one.
    """

    trigger: ClassVar[str] = "reassign"

    consultant: Reference = reference()
    practice: Reference | None = reference(default=None)


@frozen(kw_only=True, eq=False, repr=False)
class Relay(Discreet):
    """The case team has told the consultant and the client the outcome, where the clock does not (XS-08, IN-05)."""

    trigger: ClassVar[str] = "relay"


COMMANDS = {
    command.trigger: command
    for command in (
        Draft,
        Submit,
        ProvideDetails,
        Support,
        Reduce,
        Decline,
        Approve,
        Withdraw,
        Reassign,
        ExtendLimit,
        Relay,
    )
}
"""The class of each trigger that somebody can send; the other triggers of the table are the system's own."""
