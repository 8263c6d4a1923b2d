"""Who is told what, derived from a step and the rules: pure, and the same however often it is asked.

    before ── step ──▶ after        ──▶ messages

`KINDS` is the table of it: each kind of message with the role that it goes to, when, what it shows and which rules it
serves. A step that is nobody's news (a draft, a decision that the clock relays in the same instant) makes no message.

- The requestor is told a clinical manager's decline (CR-06) with the outcome, when it is relayed, and not before: until then
  the request's own answer is that the consultant has not received it (XS-09).
- Where the case team relays outcomes, the decision tells the case team; its own relay step says that it has told the others.
- A contract that deems an outcome decides at the instant at which the limit passes. Its party is told the outcome, and not
  first to hurry up.
- An employer's message shows what `EmployerView` holds: there is no other way from here to an employer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from attrs import frozen

from eap_workflow.errors import DefinitionError
from eap_workflow.messages import Message, MessageKind, Recipient, RecipientRole
from eap_workflow.plain.frozen_map import FrozenMap
from eap_workflow.plain.wire import to_wire
from eap_workflow.values import Discreet, Role
from eap_workflow.views.employer import employer_view
from eap_workflow.workflows.extra_sessions import PROCESS

if TYPE_CHECKING:
    from eap_workflow.policy import Policy
    from eap_workflow.steps import Snapshot, Step
    from eap_workflow.workflows.extra_sessions import ExtraSessions

Kind = MessageKind


@frozen(kw_only=True)
class KindTerms:
    """What belongs to a kind of message.

    Attributes:
        role: Whom it goes to.
        when: When it is sent, in words.
        rules: The ids of the rules that it serves.
        shows: What its data always holds.
        may_show: What its data holds where there is such a thing.
    """

    role: RecipientRole
    when: str
    rules: tuple[str, ...]
    shows: tuple[str, ...]
    may_show: tuple[str, ...] = ()


CASE = ("request", "assist_case")
OUTCOME = (*CASE, "outcome", "decided_by", "sessions", "asked_for")
WHY = ("reason", "new_case_after_months", "new_case_for_new_issue")
VIEW = ("reference", "sessions", "goal", "referral", "state")
VIEW_MAY = ("due_on", "assist_case")

KINDS: Mapping[MessageKind, KindTerms] = FrozenMap(
    {
        # The requestor ---------------------------------------------------------------------------------------------------
        Kind.DETAILS_NEEDED: KindTerms(
            role="consultant",
            when="The request needs a clinical review: the further details are asked for.",
            rules=("CR-01", "CR-02"),
            shows=(*CASE, "sessions"),
            may_show=("due_on",),
        ),
        Kind.DETAILS_REMINDER: KindTerms(
            role="consultant",
            when="The further details are due soon.",
            rules=("CR-01", "IN-08"),
            shows=(*CASE, "due_on"),
        ),
        Kind.DETAILS_EXTENDED: KindTerms(
            role="consultant",
            when="The case team gave more time for the further details.",
            rules=("IN-12",),
            shows=(*CASE, "due_on"),
            may_show=("was_due_on",),
        ),
        Kind.LAPSED: KindTerms(
            role="consultant",
            when="The further details did not come in time, and the request has ended.",
            rules=("CR-02", "IN-08"),
            shows=CASE,
        ),
        Kind.REASSIGNED: KindTerms(
            role="consultant",
            when="The request was handed to this consultant.",
            rules=("XS-02",),
            shows=("request", "state"),
            may_show=("assist_case", "due_on"),
        ),
        Kind.WITHDRAWN: KindTerms(
            role="consultant",
            when="Somebody else of the practice withdrew the consultant's submitted request.",
            rules=("IN-08",),
            shows=CASE,
        ),
        Kind.OUTCOME: KindTerms(
            role="consultant",
            when="The outcome is relayed by the clock.",
            rules=("XS-08", "XS-09", "CR-06", "CR-10", "IN-05"),
            shows=OUTCOME,
            may_show=WHY,
        ),
        # The client ------------------------------------------------------------------------------------------------------
        Kind.OUTCOME_FOR_CLIENT: KindTerms(
            role="client",
            when="The outcome is relayed by the clock.",
            rules=("XS-08", "IN-05"),
            shows=("assist_case", "outcome", "sessions"),
        ),
        # The clinical managers -------------------------------------------------------------------------------------------
        Kind.REVIEW_NEEDED: KindTerms(
            role="clinical_manager",
            when="The further details are complete: a review waits.",
            rules=("CR-03", "CR-07", "IN-02"),
            shows=(*CASE, "sessions", "due_on"),
        ),
        Kind.REVIEW_REMINDER: KindTerms(
            role="clinical_manager", when="The review is due soon.", rules=("CR-07", "IN-13"), shows=(*CASE, "due_on")
        ),
        Kind.REVIEW_EXTENDED: KindTerms(
            role="clinical_manager",
            when="The case team gave more time for the review.",
            rules=("IN-12",),
            shows=(*CASE, "due_on"),
            may_show=("was_due_on",),
        ),
        Kind.REVIEW_OVERDUE: KindTerms(
            role="clinical_manager",
            when="The review's limit has passed, and it is still waited for.",
            rules=("CR-07", "IN-04"),
            shows=(*CASE, "due_on"),
        ),
        Kind.REVIEW_DEEMED: KindTerms(
            role="clinical_manager",
            when="The review's limit has passed, and the contract deems an outcome.",
            rules=("IN-04",),
            shows=(*CASE, "outcome"),
        ),
        Kind.REVIEW_WITHDRAWN: KindTerms(
            role="clinical_manager", when="The request was withdrawn under review.", rules=("IN-08",), shows=CASE
        ),
        # The employer: what `EmployerView` holds, and nothing else ----------------------------------------------------------
        Kind.DECISION_NEEDED: KindTerms(
            role="employer",
            when="The request is put to the employer, and not approved in advance at once.",
            rules=("CR-05", "XS-05", "XS-06", "CR-08"),
            shows=VIEW,
            may_show=VIEW_MAY,
        ),
        Kind.DECISION_REMINDER: KindTerms(
            role="employer",
            when="The employer's decision is due soon.",
            rules=("CR-08", "XS-06", "IN-13"),
            shows=VIEW,
            may_show=VIEW_MAY,
        ),
        Kind.DECISION_EXTENDED: KindTerms(
            role="employer",
            when="The case team gave the employer more time.",
            rules=("IN-12", "XS-06"),
            shows=VIEW,
            may_show=VIEW_MAY,
        ),
        Kind.DECISION_OVERDUE: KindTerms(
            role="employer",
            when="The employer's limit has passed, and its decision is still waited for.",
            rules=("XS-07", "CR-08", "XS-06", "IN-04"),
            shows=VIEW,
            may_show=VIEW_MAY,
        ),
        Kind.DECISION_DEEMED: KindTerms(
            role="employer",
            when="The employer's limit has passed, and the contract deems an outcome.",
            rules=("IN-04", "XS-06"),
            shows=VIEW,
            may_show=VIEW_MAY,
        ),
        Kind.DECISION_WITHDRAWN: KindTerms(
            role="employer",
            when="The request was withdrawn while the employer's decision was waited for.",
            rules=("IN-08", "XS-06"),
            shows=VIEW,
            may_show=VIEW_MAY,
        ),
        # The case team ---------------------------------------------------------------------------------------------------
        Kind.LIMIT_WARNING: KindTerms(
            role="case_team",
            when="A limit passes soon, as early before it as the contract's warn_before says.",
            rules=("IN-13",),
            shows=(*CASE, "limit", "due_on"),
        ),
        Kind.LIMIT_OVERDUE: KindTerms(
            role="case_team",
            when="A limit has passed.",
            rules=("IN-04", "XS-08"),
            shows=(*CASE, "limit", "due_on"),
            may_show=("deemed",),
        ),
        Kind.OUTCOME_TO_RELAY: KindTerms(
            role="case_team",
            when="There is an outcome, and the contract has the case team relay it.",
            rules=("XS-08", "CR-06", "CR-10", "IN-05"),
            shows=(*OUTCOME, "due_on"),
            may_show=WHY,
        ),
    }
)
"""Every kind of message: whom it goes to, when, by which rules, and what it shows."""

LIMIT_OF = {
    "further_details": "further_details",
    "clinical_review": "clinical_review",
    "employer_decision": "employer_decision",
    "approved": "relay",
    "declined": "relay",
}
"""The limit that binds somebody in each state."""

DEEMED = {"deem_approved": "approved", "deem_declined": "declined"}


@frozen(kw_only=True, repr=False)
class _News(Discreet):
    """A step, with everything that its messages are made of."""

    before: Snapshot | None
    step: Step
    after: Snapshot
    policy: Policy | None
    followed_by: Step | None
    key: bytes

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
        """Everything that may be shown to others than the employer, of which each kind takes its own part."""
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
        }

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
        return self._message(kind, Recipient(role="consultant", id=holder.consultant, practice=holder.practice))

    def to_client(self, kind: MessageKind) -> Message:
        return self._message(kind, Recipient(role="client", id=self.body.form.client))

    def to_group(self, kind: MessageKind) -> Message:
        return self._message(kind, Recipient(role=KINDS[kind].role, contract=self.contract))

    def to_employer(self, kind: MessageKind) -> Message:
        """A message that shows the view of the employer, whole, and nothing else (XS-06, CR-05)."""
        if self.policy is None:
            raise DefinitionError("a request that is put to its employer has a policy, which says what it is shown")
        view = employer_view(self.after, self.policy, key=self.key)
        if view is None:
            raise DefinitionError("a request that was never put to its employer is none of its business")
        data = {name: str(value) for name, value in to_wire(view).items()}
        return self._sealed(kind, Recipient(role="employer", employer=self.body.form.employer), data)

    def _message(self, kind: MessageKind, to: Recipient) -> Message:
        terms, shown = KINDS[kind], self.shown()
        data = {name: shown.get(name) for name in (*terms.shows, *terms.may_show)}
        return self._sealed(kind, to, {name: text for name, text in data.items() if text is not None})

    def _sealed(self, kind: MessageKind, to: Recipient, data: Mapping[str, str]) -> Message:
        return Message.of(
            kind,
            to,
            data,
            request=self.step.request,
            version=self.step.version,
            at=self.step.at,
            contract=self.contract,
            key=self.key,
        )


def _due_on(snapshot: Snapshot | None) -> str | None:
    """The day by which somebody has to act, in ISO form; None where nobody has."""
    if snapshot is None or snapshot.state not in LIMIT_OF:
        return None
    deadline = snapshot.deadline(LIMIT_OF[snapshot.state])
    return None if deadline is None else deadline.due_on.isoformat()


Composer = Callable[[_News], Iterator[Message]]


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


COMPOSERS: Mapping[str, Composer] = {
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
"""What makes the messages of each trigger; the triggers that are missing here are nobody's news."""


def messages_of(
    before: Snapshot | None,
    step: Step,
    after: Snapshot,
    policy: Policy | None,
    *,
    followed_by: Step | None = None,
    key: bytes = b"",
) -> tuple[Message, ...]:
    """Say who is told what because of a step of an extra-sessions request.

    Args:
        before: The request before the step; None before its first one.
        step: The step.
        after: The request after it.
        policy: The request's own policy, which says what its employer is shown, and what a declined requestor is told.
        followed_by: The step that followed at once: what is put to an employer and approved in advance by the contract in
            the same breath asks nobody.
        key: A secret of the caller's, always the same: see `employer_view` and `eap_workflow.messages.message_id`.
    """
    compose = COMPOSERS.get(step.trigger)
    if compose is None:
        return ()
    news = _News(before=before, step=step, after=after, policy=policy, followed_by=followed_by, key=key)
    return tuple(compose(news))


def messages_of_steps(
    before: Snapshot | None,
    steps: tuple[Step, ...],
    after: Snapshot,
    policy: Policy | None,
    *,
    key: bytes = b"",
) -> tuple[Message, ...]:
    """Say who is told what because of all that one command, or one tick of the clock, did to a request.

    Args:
        before: The request before the first step; None where it opens the request.
        steps: The steps, in order.
        after: The request after the last of them.
        policy: The request's own policy.
        key: A secret of the caller's, always the same.
    """
    messages: tuple[Message, ...] = ()
    current = before
    for position, step in enumerate(steps, start=1):
        last = position == len(steps)
        if not last or step.trigger in COMPOSERS:
            reached = after if last else PROCESS.evolve(current, step)
            followed_by = None if last else steps[position]
            messages += messages_of(current, step, reached, policy, followed_by=followed_by, key=key)
            current = reached
    return messages
