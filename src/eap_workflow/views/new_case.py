"""Instead of extra sessions: when the client may be eligible for a new Assist Case (CR-10)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from attrs import frozen

from eap_workflow.citing import serves
from eap_workflow.workflows.extra_sessions.tally import months_before

if TYPE_CHECKING:
    from eap_workflow.policy import Policy


@frozen(kw_only=True)
class NewCaseAdvice:
    """What the requestor is told; client services decide.

    Attributes:
        eligible: Whether there is a ground to ask for a new Assist Case.
        for_new_issue: Whether this contract opens a new case for a new issue.
        after: The day from which on the present case's age alone is a ground; None where its start is not known.
        sentence: What the requestor is told, in words.
        rules: The ids of the rules that it follows.
    """

    eligible: bool
    for_new_issue: bool
    after: date | None
    sentence: str
    rules: tuple[str, ...] = ("CR-10",)


@serves("CR-10")
def new_case_advice(
    policy: Policy, *, today: date, case_opened_on: date | None = None, new_issue: bool = False
) -> NewCaseAdvice:
    """Advise whether a new Assist Case may be had instead of extra sessions (CR-10).

    Args:
        policy: Whether the contract opens a new case for a new issue, and after how many months it opens one anyway.
        today: The day of the question, in the contract's zone.
        case_opened_on: The day on which the present Assist Case was opened.
        new_issue: Whether the client comes with a new issue.
    """
    terms = policy.requests
    after = None if case_opened_on is None else months_before(case_opened_on, -terms.new_case_after_months)
    by_issue = new_issue and terms.new_case_for_new_issue
    by_age = after is not None and today >= after
    grounds = []
    if by_issue:
        grounds.append("for a new issue")
    if by_age:
        grounds.append(f"because {terms.new_case_after_months} months have passed")
    if grounds:
        sentence = (
            f"The client may be eligible for a new Assist Case {' and '.join(grounds)}: check with client services."
        )
    elif new_issue:
        sentence = "This contract opens no new Assist Case for a new issue."
    elif terms.new_case_for_new_issue:
        sentence = "There is no ground for a new Assist Case yet; for a new issue, check with client services."
    else:
        sentence = "There is no ground for a new Assist Case yet, and this contract opens none for a new issue."
    return NewCaseAdvice(
        eligible=bool(grounds), for_new_issue=terms.new_case_for_new_issue, after=after, sentence=sentence
    )
