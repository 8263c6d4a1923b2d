"""Who is told what of an extra-sessions request.

`KINDS` is the table of it. A step that is nobody's news (a draft, a decision that the clock relays in the same instant) makes
no message.

- The requestor is told a clinical manager's decline (CR-06) with the outcome, when it is relayed, and not before: until then
  the request's own answer is that the consultant has not received it (XS-09).
- Where the case team relays outcomes, the decision tells the case team; its own relay step says that it has told the others.
- A contract that deems an outcome decides at the instant at which the limit passes. Its party is told the outcome, and not
  first to hurry up.
- An employer's message shows what `EmployerView` holds: there is no other way from here to an employer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar

from attrs import fields, frozen

from eap_workflow.errors import DefinitionError
from eap_workflow.messages import Message, MessageKind, Recipient
from eap_workflow.plain.frozen_map import FrozenMap
from eap_workflow.values import Role
from eap_workflow.views.employer import EmployerView, employer_view
from eap_workflow.views.messages import limits
from eap_workflow.views.messages.kind_terms import KindTerms
from eap_workflow.views.messages.news import Composer, News, recipient

if TYPE_CHECKING:
    from eap_workflow.steps import Snapshot
    from eap_workflow.workflows.extra_sessions import ExtraSessions

Kind = MessageKind

CASE = ("request", "assist_case")
OUTCOME = (*CASE, "outcome", "decided_by", "sessions", "asked_for")
WHY = ("reason", "new_case_after_months", "new_case_for_new_issue")
VIEW = ("reference", "sessions", "goal", "referral", "state")
VIEW_MAY = ("due_on", "assist_case")

KINDS: Mapping[MessageKind, KindTerms] = FrozenMap(
    {
        # The requestor ---------------------------------------------------------------------------------------------------
        Kind.DETAILS_NEEDED: KindTerms(
            roles=("consultant",),
            when="The request needs a clinical review: the further details are asked for.",
            rules=("CR-01", "CR-02"),
            shows=(*CASE, "sessions"),
            may_show=("due_on",),
        ),
        Kind.DETAILS_REMINDER: KindTerms(
            roles=("consultant",),
            when="The further details are due soon.",
            rules=("CR-01", "IN-08"),
            shows=(*CASE, "due_on"),
        ),
        Kind.DETAILS_EXTENDED: KindTerms(
            roles=("consultant",),
            when="The case team gave more time for the further details.",
            rules=("IN-12",),
            shows=(*CASE, "due_on"),
            may_show=("was_due_on",),
        ),
        Kind.LAPSED: KindTerms(
            roles=("consultant",),
            when="The further details did not come in time, and the request has ended.",
            rules=("CR-02", "IN-08"),
            shows=CASE,
        ),
        Kind.REASSIGNED: KindTerms(
            roles=("consultant",),
            when="The request was handed to this consultant.",
            rules=("XS-02",),
            shows=("request", "state"),
            may_show=("assist_case", "due_on"),
        ),
        Kind.WITHDRAWN: KindTerms(
            roles=("consultant",),
            when="Somebody else of the practice withdrew the consultant's submitted request.",
            rules=("IN-08",),
            shows=CASE,
        ),
        Kind.OUTCOME: KindTerms(
            roles=("consultant",),
            when="The outcome is relayed by the clock.",
            rules=("XS-08", "XS-09", "CR-06", "CR-10", "IN-05"),
            shows=OUTCOME,
            may_show=WHY,
        ),
        # The client ------------------------------------------------------------------------------------------------------
        Kind.OUTCOME_FOR_CLIENT: KindTerms(
            roles=("client",),
            when="The outcome is relayed by the clock.",
            rules=("XS-08", "IN-05"),
            shows=("assist_case", "outcome", "sessions"),
        ),
        # The clinical managers -------------------------------------------------------------------------------------------
        Kind.REVIEW_NEEDED: KindTerms(
            roles=("clinical_manager",),
            when="The further details are complete: a review waits.",
            rules=("CR-03", "CR-07", "IN-02"),
            shows=(*CASE, "sessions", "due_on"),
        ),
        Kind.REVIEW_REMINDER: KindTerms(
            roles=("clinical_manager",),
            when="The review is due soon.",
            rules=("CR-07", "IN-13"),
            shows=(*CASE, "due_on"),
        ),
        Kind.REVIEW_EXTENDED: KindTerms(
            roles=("clinical_manager",),
            when="The case team gave more time for the review.",
            rules=("IN-12",),
            shows=(*CASE, "due_on"),
            may_show=("was_due_on",),
        ),
        Kind.REVIEW_OVERDUE: KindTerms(
            roles=("clinical_manager",),
            when="The review's limit has passed, and it is still waited for.",
            rules=("CR-07", "IN-04"),
            shows=(*CASE, "due_on"),
        ),
        Kind.REVIEW_DEEMED: KindTerms(
            roles=("clinical_manager",),
            when="The review's limit has passed, and the contract deems an outcome.",
            rules=("IN-04",),
            shows=(*CASE, "outcome"),
        ),
        Kind.REVIEW_WITHDRAWN: KindTerms(
            roles=("clinical_manager",), when="The request was withdrawn under review.", rules=("IN-08",), shows=CASE
        ),
        # The employer: what `EmployerView` holds, and nothing else ----------------------------------------------------------
        Kind.DECISION_NEEDED: KindTerms(
            roles=("employer",),
            when="The request is put to the employer, and not approved in advance at once.",
            rules=("CR-05", "XS-05", "XS-06", "CR-08"),
            shows=VIEW,
            may_show=VIEW_MAY,
        ),
        Kind.DECISION_REMINDER: KindTerms(
            roles=("employer",),
            when="The employer's decision is due soon.",
            rules=("CR-08", "XS-06", "IN-13"),
            shows=VIEW,
            may_show=VIEW_MAY,
        ),
        Kind.DECISION_EXTENDED: KindTerms(
            roles=("employer",),
            when="The case team gave the employer more time.",
            rules=("IN-12", "XS-06"),
            shows=VIEW,
            may_show=VIEW_MAY,
        ),
        Kind.DECISION_OVERDUE: KindTerms(
            roles=("employer",),
            when="The employer's limit has passed, and its decision is still waited for.",
            rules=("XS-07", "CR-08", "XS-06", "IN-04"),
            shows=VIEW,
            may_show=VIEW_MAY,
        ),
        Kind.DECISION_DEEMED: KindTerms(
            roles=("employer",),
            when="The employer's limit has passed, and the contract deems an outcome.",
            rules=("IN-04", "XS-06"),
            shows=VIEW,
            may_show=VIEW_MAY,
        ),
        Kind.DECISION_WITHDRAWN: KindTerms(
            roles=("employer",),
            when="The request was withdrawn while the employer's decision was waited for.",
            rules=("IN-08", "XS-06"),
            shows=VIEW,
            may_show=VIEW_MAY,
        ),
        # The case team ---------------------------------------------------------------------------------------------------
        Kind.OUTCOME_TO_RELAY: KindTerms(
            roles=("case_team",),
            when="There is an outcome, and the contract has the case team relay it.",
            rules=("XS-08", "CR-06", "CR-10", "IN-05"),
            shows=(*OUTCOME, "due_on"),
            may_show=WHY,
        ),
    }
)
"""Every kind of message that is an extra-sessions request's own."""

LIMIT_OF = {
    "further_details": "further_details",
    "clinical_review": "clinical_review",
    "employer_decision": "employer_decision",
    "approved": "relay",
    "declined": "relay",
}
"""The limit that binds somebody in each state."""

_VIEW = tuple(each.name for each in fields(EmployerView))

DEEMED = {"deem_approved": "approved", "deem_declined": "declined"}


@frozen(kw_only=True, repr=False, slots=False)
class _News(News):
    kinds: ClassVar[Mapping[MessageKind, KindTerms]] = FrozenMap({**KINDS, **limits.KINDS})

    @property
    def body(self) -> ExtraSessions:
        body: ExtraSessions = self.after.body
        return body

    @property
    def contract(self) -> str | None:
        submission = self.body.submission
        return self.body.form.contract if submission is None else submission.policy.contract

    @property
    def limit(self) -> str:
        return LIMIT_OF[self.after.state]

    def shown(self) -> dict[str, str | None]:
        """Everything that may be shown to others than the employer."""
        body, after = self.body, self.after
        return {
            "request": after.request,
            "assist_case": body.form.assist_case,
            "state": after.state,
            "sessions": str(body.sessions),
            "asked_for": str(body.form.sessions),
            "due_on": _due_on(after),
            "was_due_on": _due_on(self.before),
            "limit": LIMIT_OF.get(after.state),
            "deemed": self.deemed_next(),
            **self._of_the_decision(),
            **self._of_the_lapse(),
        }

    def _of_the_lapse(self) -> dict[str, str | None]:
        """The limit with which the request ended: it passed, and runs no more."""
        if self.step.trigger != "lapse":
            return {}
        return {"limit": LIMIT_OF[self.step.source], "due_on": _due_on(self.before), "deemed": self.after.state}

    def _of_the_decision(self) -> dict[str, str | None]:
        decision, policy = self.body.decision, self.policy
        if decision is None:
            return {}
        by_contract = decision.by.role is Role.SYSTEM
        shown: dict[str, str | None] = {
            "outcome": decision.outcome,
            "decided_by": "contract" if by_contract else decision.by.role.value,
            "reason": decision.reason,
        }
        if decision.outcome == "declined" and policy is not None:
            shown["new_case_after_months"] = str(policy.requests.new_case_after_months)
            shown["new_case_for_new_issue"] = "yes" if policy.requests.new_case_for_new_issue else None
        return shown

    def deemed_next(self) -> str | None:
        """The outcome that the contract deems at this same instant; the clock's schedule has it."""
        return next((DEEMED[move.trigger] for move in self.after.clock if move.trigger in DEEMED), None)

    def to_requestor(self, kind: MessageKind) -> Message:
        holder = self.body.holder
        return self.message(kind, Recipient(role="consultant", id=holder.consultant, practice=holder.practice))

    def to_client(self, kind: MessageKind) -> Message:
        return self.message(kind, Recipient(role="client", id=self.body.form.client))

    def to_employer(self, kind: MessageKind) -> Message:
        """A message that shows the view of the employer, whole, and nothing else (XS-06, CR-05)."""
        if self.policy is None:
            raise DefinitionError("a request that is put to its employer has a policy, which says what it is shown")
        view = employer_view(self.after, self.policy, key=self.key)
        if view is None:
            raise DefinitionError("a request that was never put to its employer is none of its business")
        data = {name: str(value) for name in _VIEW if (value := getattr(view, name)) is not None}
        return self.sealed(kind, recipient(role="employer", employer=self.body.form.employer), data)


def _due_on(snapshot: Snapshot | None) -> str | None:
    """The day by which somebody has to act, in ISO form; None where nobody has."""
    if snapshot is None or snapshot.state not in LIMIT_OF:
        return None
    deadline = snapshot.deadline(LIMIT_OF[snapshot.state])
    return None if deadline is None else deadline.due_on.isoformat()


def _referred(news: _News) -> Iterator[Message]:
    yield news.to_requestor(Kind.DETAILS_NEEDED)


def _detailed(news: _News) -> Iterator[Message]:
    yield news.to_group(Kind.REVIEW_NEEDED)


def _put_to_employer(news: _News) -> Iterator[Message]:
    # What the contract approved in advance the employer is not asked, and learns nothing of.
    if news.followed_by is None or news.followed_by.trigger != "approve_in_advance":
        yield news.to_employer(Kind.DECISION_NEEDED)


def _decided(news: _News) -> Iterator[Message]:
    relay = next(deadline for deadline in news.step.started if deadline.limit == "relay")
    if "relay" not in relay.due.at_start:
        yield news.to_group(Kind.OUTCOME_TO_RELAY)


def _deemed(news: _News) -> Iterator[Message]:
    yield _to_party(news, news.step.source, review=Kind.REVIEW_DEEMED, decision=Kind.DECISION_DEEMED)
    yield from _decided(news)


def _relayed(news: _News) -> Iterator[Message]:
    if news.step.by.role is Role.SYSTEM:
        yield news.to_requestor(Kind.OUTCOME)
        yield news.to_client(Kind.OUTCOME_FOR_CLIENT)


def _withdrawn(news: _News) -> Iterator[Message]:
    # A draft was nobody's business but the requestor's.
    if news.body.submission is None:
        return
    if news.step.source != "further_details":
        yield _to_party(news, news.step.source, review=Kind.REVIEW_WITHDRAWN, decision=Kind.DECISION_WITHDRAWN)
    if news.step.by.id != news.body.holder.consultant:
        yield news.to_requestor(Kind.WITHDRAWN)


def _lapsed(news: _News) -> Iterator[Message]:
    yield news.to_requestor(Kind.LAPSED)
    yield news.to_group(Kind.LIMIT_OVERDUE)


def _reassigned(news: _News) -> Iterator[Message]:
    yield news.to_requestor(Kind.REASSIGNED)


def _extended(news: _News) -> Iterator[Message]:
    if news.after.state == "further_details":
        yield news.to_requestor(Kind.DETAILS_EXTENDED)
    else:
        yield _to_party(news, news.after.state, review=Kind.REVIEW_EXTENDED, decision=Kind.DECISION_EXTENDED)


def _reminded(news: _News) -> Iterator[Message]:
    if news.after.state == "further_details":
        yield news.to_requestor(Kind.DETAILS_REMINDER)
    elif news.limit == "relay":
        # The relay is the case team's own limit.
        yield news.message(Kind.LIMIT_REMINDER, recipient(role="case_team", contract=news.contract))
    else:
        yield _to_party(news, news.after.state, review=Kind.REVIEW_REMINDER, decision=Kind.DECISION_REMINDER)


def _warned(news: _News) -> Iterator[Message]:
    yield news.to_group(Kind.LIMIT_WARNING)


def _overdue(news: _News) -> Iterator[Message]:
    # The relay is the case team's own limit.
    if news.limit != "relay" and news.deemed_next() is None:
        yield _to_party(news, news.after.state, review=Kind.REVIEW_OVERDUE, decision=Kind.DECISION_OVERDUE)
    yield news.to_group(Kind.LIMIT_OVERDUE)


def _to_party(news: _News, stage: str, *, review: MessageKind, decision: MessageKind) -> Message:
    """Tell whose turn it is, or was, in one of the two stages in which somebody decides."""
    return news.to_group(review) if stage == "clinical_review" else news.to_employer(decision)


COMPOSERS: Mapping[str, Composer] = FrozenMap(
    {
        "refer": _referred,
        "forward": _put_to_employer,
        "provide_details": _detailed,
        "support": _put_to_employer,
        "reduce": _put_to_employer,
        "approve": _decided,
        "decline": _decided,
        "approve_in_advance": _decided,
        "deem_approved": _deemed,
        "deem_declined": _deemed,
        "relay": _relayed,
        "withdraw": _withdrawn,
        "lapse": _lapsed,
        "reassign": _reassigned,
        "extend_limit": _extended,
        "remind": _reminded,
        "warn": _warned,
        "overdue": _overdue,
    }
)
"""What makes the messages of each trigger; the triggers that are missing here are nobody's news."""

NEWS = _News
