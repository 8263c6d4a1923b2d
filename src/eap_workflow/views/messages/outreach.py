"""Who is told what of an outreach.

The partner that makes contact is told what waits for it and what others did about it; the case team, which is WPO here, what
the rules have it told: that nobody was reached in time, and what was escalated. Whoever is to be reached is told nothing: to
reach them is what the partner does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar

from attrs import frozen

from eap_workflow.messages import Message, MessageKind, Recipient
from eap_workflow.plain.frozen_map import FrozenMap
from eap_workflow.values import Role
from eap_workflow.views.messages import limits
from eap_workflow.views.messages.kind_terms import KindTerms
from eap_workflow.views.messages.limits import HOUR, LimitNews
from eap_workflow.views.messages.news import Composer, News, recipient

if TYPE_CHECKING:
    from eap_workflow.values import Actor
    from eap_workflow.workflows.outreach import Contact

Kind = MessageKind

CONTACT = ("request", "contact_reason")

KINDS: Mapping[MessageKind, KindTerms] = FrozenMap(
    {
        Kind.CONTACT_WAITS: KindTerms(
            roles=("partner_clinician",),
            when="Somebody else than the partner asked it to make contact.",
            rules=("CM-04", "CM-05", "CM-08", "CM-09", "CM-12", "CM-14", "CM-16"),
            shows=(*CONTACT, "with_whom", "urgency"),
            may_show=("case", "limit", "due_on", *HOUR),
        ),
        Kind.URGENCY_RAISED: KindTerms(
            roles=("partner_clinician",),
            when="Somebody else than the partner put risk or urgency on record.",
            rules=("CM-13",),
            shows=(*CONTACT, "urgency"),
            may_show=("case",),
        ),
        Kind.MANY_ATTEMPTS: KindTerms(
            roles=("partner_clinician",),
            when="The attempts of the contract's span of days have become many.",
            rules=("CM-13",),
            shows=(*CONTACT, "attempts"),
            may_show=("case",),
        ),
        Kind.CONTACT_ENDED: KindTerms(
            roles=("partner_clinician",),
            when="Somebody else than the partner took a call, or escalated: no attempt is needed any more.",
            rules=("CM-06", "CM-11", "CM-13"),
            shows=(*CONTACT, "ended"),
            may_show=("case",),
        ),
        Kind.NOT_REACHED: KindTerms(
            roles=("case_team",),
            when="Nobody was reached within the limit; or the attempts are used up before it, or with a risk, urgency or a complaint.",
            rules=("CM-05", "CM-13", "CM-14", "IN-04"),
            shows=(*CONTACT, "urgency", "attempts", "stage"),
            may_show=("case",),
        ),
        Kind.CONTACT_ESCALATED: KindTerms(
            roles=("case_team",),
            when="A contact was escalated: somebody is dissatisfied, or for another reason of the contract's list.",
            rules=("CM-06",),
            shows=(*CONTACT, "urgency", "escalation"),
            may_show=("case",),
        ),
    }
)
"""Every kind of message that is an outreach's own."""


@frozen(kw_only=True, repr=False)
class _News(LimitNews):
    kinds: ClassVar[Mapping[MessageKind, KindTerms]] = FrozenMap({**KINDS, **limits.KINDS})

    @property
    def body(self) -> Contact:
        body: Contact = self.after.body
        return body

    @property
    def partner(self) -> Recipient:
        return recipient(role="partner_clinician", practice=self.body.partner)

    def responsible(self, limit: str) -> Recipient:  # noqa: ARG002 - every limit of an outreach binds the partner
        return self.partner

    def shown(self) -> dict[str, str | None]:
        body = self.body
        return {
            **News.shown(self),
            "contact_reason": body.reason,
            "with_whom": body.with_whom,
            "urgency": body.urgency,
            "case": body.case,
            "attempts": str(len(body.attempts)),
            "stage": self.after.state,
            "ended": self.after.state,
            "escalation": body.escalation or "dissatisfied",
        }

    def to_partner(self, kind: MessageKind, by: Actor) -> Iterator[Message]:
        """Tell the partner what somebody else did: its own clinicians know what they do."""
        if by.role is not Role.PARTNER_CLINICIAN or by.practice != self.body.partner:
            yield self.message(kind, self.partner)


def _opened(news: _News) -> Iterator[Message]:
    yield from news.to_partner(Kind.CONTACT_WAITS, news.step.by)


def _more_urgent(news: _News) -> Iterator[Message]:
    yield from news.to_partner(Kind.URGENCY_RAISED, news.step.by)


def _many_attempts(news: _News) -> Iterator[Message]:
    yield news.message(Kind.MANY_ATTEMPTS, news.partner)


def _concluded(news: _News) -> Iterator[Message]:
    if news.body.call is not None:
        yield from news.to_partner(Kind.CONTACT_ENDED, news.body.call.by)


def _escalated_at_once(news: _News) -> Iterator[Message]:
    yield news.to_group(Kind.CONTACT_ESCALATED)
    yield from _concluded(news)


def _escalated(news: _News) -> Iterator[Message]:
    yield news.to_group(Kind.CONTACT_ESCALATED)
    yield from news.to_partner(Kind.CONTACT_ENDED, news.step.by)


def _not_reached(news: _News) -> Iterator[Message]:
    yield news.to_group(Kind.NOT_REACHED)


def _overdue(news: _News) -> Iterator[Message]:
    # Where the case team is told at this same instant that nobody was reached, it is not told twice.
    if any(move.trigger == "tell_wpo" and move.limit == news.step.limit for move in news.after.clock):
        return limits.turn_overdue(news)
    return limits.overdue(news)


COMPOSERS: Mapping[str, Composer] = FrozenMap(
    {
        "open_contact": _opened,
        "raise_risk": _more_urgent,
        "warn_of_many": _many_attempts,
        "conclude": _concluded,
        "escalate": _escalated,
        "escalate_at_once": _escalated_at_once,
        "tell_wpo": _not_reached,
        "tell_wpo_at_once": _not_reached,
        **limits.BY_CLOCK,
        "overdue": _overdue,
    }
)
"""What makes the messages of each trigger; the triggers that are missing here are nobody's news."""

NEWS = _News
