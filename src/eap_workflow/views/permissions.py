"""What the parties may do beside the workflow: schedule sessions, and enquire."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from attrs import frozen

from eap_workflow.citing import served_by, serves
from eap_workflow.values import as_instant
from eap_workflow.views.belonging import check_extra_sessions

if TYPE_CHECKING:
    from eap_workflow.steps import Snapshot


@frozen(kw_only=True)
class Answer:
    """Yes or no, and why; true in a condition if it is yes.

    Attributes:
        permitted: Yes or no.
        sentence: Why, in words.
        rules: The ids of the rules that it follows.
        since: From which instant on it is yes, where that is known; in UTC.
        extra_sessions: How many extra sessions it is about; 0 where it is about none.
    """

    permitted: bool
    sentence: str
    rules: tuple[str, ...]
    since: datetime | None = None
    extra_sessions: int = 0

    def __bool__(self) -> bool:
        return self.permitted


@serves("XS-09", "IN-10")
def may_schedule(snapshot: Snapshot) -> Answer:
    """Whether the client's next session may be recommended, suggested, commenced or scheduled (XS-09, IN-10).

    What was scheduled before, within the existing allocation, stands either way.

    Args:
        snapshot: The request as it stands.

    Raises:
        DefinitionError: The request is of another workflow than extra sessions.
    """
    check_extra_sessions(snapshot)
    body, rules = snapshot.body, served_by(may_schedule)
    if body.submission is None:
        return Answer(
            permitted=True, sentence="The request is not submitted; only the existing allocation counts.", rules=rules
        )
    if snapshot.state in ("withdrawn", "lapsed"):
        return Answer(
            permitted=True,
            sentence="The request has ended without an outcome; only the existing allocation counts.",
            rules=rules,
        )
    if body.decision is None:
        return Answer(
            permitted=False,
            sentence="The request is pending: nothing new is scheduled until its outcome is received.",
            rules=rules,
        )
    if body.relayed_at is None:
        return Answer(
            permitted=False, sentence="There is an outcome, and the consultant has not received it yet.", rules=rules
        )
    if body.decision.outcome == "approved":
        return Answer(
            permitted=True,
            sentence="The extra sessions are approved, and the consultant has been told.",
            rules=rules,
            since=body.relayed_at,
            extra_sessions=body.sessions,
        )
    return Answer(
        permitted=True,
        sentence="The request is declined, and the consultant has been told; only the existing allocation counts.",
        rules=rules,
        since=body.relayed_at,
    )


AWAITED = ("whole_path", "relay", "employer_decision", "clinical_review")
"""The limits that a requestor waits for; a stage's own where another system stated none for the whole path."""


@serves("XS-10")
def may_enquire(snapshot: Snapshot, at: datetime) -> Answer:
    """Whether an enquiry of the requestor about the outcome is legitimate at an instant (XS-10).

    Args:
        snapshot: The request as it stands.
        at: The instant, aware.

    Raises:
        InvalidType: The instant is no aware datetime.
        DefinitionError: The request is of another workflow than extra sessions.
    """
    at, rules = as_instant(at), served_by(may_enquire)
    check_extra_sessions(snapshot)
    awaited = next(filter(None, map(snapshot.deadline, AWAITED)), None)
    if awaited is None:
        waits_here = snapshot.state == "further_details"
        sentence = "It waits for the requestor's own answers." if waits_here else "No outcome is being waited for."
        return Answer(permitted=True, sentence=sentence, rules=rules)
    if awaited.has_passed(at):
        sentence = "The time that the requestor was asked to wait has passed."
        return Answer(permitted=True, sentence=sentence, rules=rules, since=awaited.passes_at)
    sentence = "The requestor is asked not to enquire until the time that was stated has passed."
    return Answer(permitted=False, sentence=sentence, rules=rules, since=awaited.passes_at)
