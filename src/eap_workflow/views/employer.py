"""What the client's organisation sees of a request: a type that has no field for anything else (XS-06, CR-05)."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from attrs import frozen

from eap_workflow.citing import serves
from eap_workflow.plain.digest import keyed_digest
from eap_workflow.values import Discreet
from eap_workflow.views.belonging import check_extra_sessions

if TYPE_CHECKING:
    from eap_workflow.policy import Policy
    from eap_workflow.steps import Snapshot


@frozen(kw_only=True, repr=False, slots=False)
class EmployerView(Discreet):
    """A request as its employer sees it.

    Attributes:
        reference: A reference of this request alone; it links to no other request, case or person.
        sessions: How many sessions the employer is asked to pay for.
        goal: The goal, from the contract's list.
        referral: The referral to longer-term support, from the contract's list.
        state: The state that it is in.
        due_on: The last day of the employer's limit; None once it is decided.
        assist_case: The number of the Assist Case, where the contract says that it is shown.
    """

    reference: str
    sessions: int
    goal: str
    referral: str
    state: str
    due_on: date | None = None
    assist_case: str | None = None


@serves("XS-06", "CR-05")
def employer_view(snapshot: Snapshot, policy: Policy, *, key: bytes = b"") -> EmployerView | None:
    """Show a request to its employer (XS-06, CR-05).

    Args:
        snapshot: The request as it stands.
        policy: The request's own policy.
        key: A secret of the caller's, always the same. Without one, whoever guesses a request's id can tell its reference.

    Returns:
        The view; None for a request that was never put to the employer, of which it is shown nothing.

    Raises:
        DefinitionError: The request is of another workflow than extra sessions, of which an employer is shown nothing.
    """
    check_extra_sessions(snapshot)
    body = snapshot.body
    if body.put_to_employer_at is None:
        return None
    deadline = snapshot.deadline("employer_decision")
    return EmployerView(
        reference=reference_for_employer(snapshot.request, key),
        sessions=body.sessions,
        goal=body.form.goal,
        referral=body.form.referral,
        state=snapshot.state,
        due_on=None if deadline is None else deadline.due_on,
        assist_case=body.form.assist_case if policy.employer_view.shows_assist_case else None,
    )


def reference_for_employer(request: str, key: bytes = b"") -> str:
    """The reference under which an employer knows a request: always the same for it, and of no other meaning."""
    return "R-" + keyed_digest(b"eap-workflow employer view\0" + key, request.encode())[:16].upper()
