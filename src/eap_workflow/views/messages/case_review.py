"""Who is told what of a case review.

The partner is told what waits for it, and what was noticed; the therapist what the review came to, because until then nobody
knows how the case goes on. The participant is told by people.
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
    from eap_workflow.workflows.case_review import Case

Kind = MessageKind

CASE = ("request", "case")
DUE = ("due_on", *HOUR)

KINDS: Mapping[MessageKind, KindTerms] = FrozenMap(
    {
        Kind.REVIEW_WAITS: KindTerms(
            roles=("partner_clinician",),
            when="The first session of a case was held, and cases of its kind are reviewed.",
            rules=("CM-02",),
            shows=(*CASE, "kind"),
            may_show=DUE,
        ),
        Kind.CASE_REVIEWED: KindTerms(
            roles=("therapist",),
            when="The partner has reviewed the case after its first session.",
            rules=("CM-03", "CM-10"),
            shows=(*CASE, "review"),
            may_show=("sessions", "destination", "resources", *DUE),
        ),
        Kind.NOTES_WAIT: KindTerms(
            roles=("partner_clinician",),
            when="The case notes were uploaded: they wait to be reviewed.",
            rules=("CM-10",),
            shows=CASE,
            may_show=DUE,
        ),
        Kind.SLIP_RAISED: KindTerms(
            roles=("partner_clinician",),
            when="A risk situation or goal slip was raised.",
            rules=("CM-10",),
            shows=(*CASE, "slip"),
        ),
        Kind.CASE_HANDED_OVER: KindTerms(
            roles=("partner_clinician", "therapist"),
            when="The case team gave the case to this partner, or its sessions were given to this therapist.",
            rules=("CM-02", "CM-10", "IN-07"),
            shows=(*CASE, "kind", "stage"),
            may_show=("open_slips", *DUE),
        ),
    }
)
"""Every kind of message that is a case review's own."""

PARTNERS = ("review", "notes_review")
"""The limits that bind the partner; the others bind the therapist."""

REVIEWS = {"authorise": "authorised", "offer_further_session": "further_session", "deny": "denied"}
"""What the review came to, by its trigger (CM-03)."""


@frozen(kw_only=True, repr=False)
class _News(LimitNews):
    kinds: ClassVar[Mapping[MessageKind, KindTerms]] = FrozenMap({**KINDS, **limits.KINDS})

    @property
    def body(self) -> Case:
        body: Case = self.after.body
        return body

    @property
    def partner(self) -> Recipient:
        return recipient(role="partner_clinician", practice=self.body.partner)

    @property
    def therapist(self) -> Recipient:
        return Recipient(role="therapist", id=self.body.therapist)

    def responsible(self, limit: str) -> Recipient:
        return self.partner if limit in PARTNERS else self.therapist

    def shown(self) -> dict[str, str | None]:
        body, review = self.body, self.body.review
        shown = {
            **News.shown(self),
            "case": body.case,
            "kind": body.kind,
            "stage": self.after.state,
            "open_slips": _number(body.open_slips),
        }
        if review is not None:
            shown |= {
                "review": REVIEWS.get(self.step.trigger),
                "sessions": _number(review.sessions),
                "destination": review.destination,
                "resources": _number(len(review.resources)),
            }
        if self.step.trigger == "raise_slip":
            shown["slip"] = self.step.command.kind
        return shown


def _number(count: int | None) -> str | None:
    return str(count) if count else None


def _opened(news: _News) -> Iterator[Message]:
    # Whoever opens a case of their own partner knows of it.
    if news.step.by.role is not Role.PARTNER_CLINICIAN:
        yield news.message(Kind.CASE_HANDED_OVER, news.partner)


def _review_waits(news: _News) -> Iterator[Message]:
    yield news.message(Kind.REVIEW_WAITS, news.partner)


def _reviewed(news: _News) -> Iterator[Message]:
    yield news.message(Kind.CASE_REVIEWED, news.therapist)


def _notes_wait(news: _News) -> Iterator[Message]:
    # What a therapist uploads who goes before the end waits with the others' until then.
    if news.after.state == "notes_review":
        yield news.message(Kind.NOTES_WAIT, news.partner)


def _slip_raised(news: _News) -> Iterator[Message]:
    yield news.message(Kind.SLIP_RAISED, news.partner)


def _handed_over(news: _News) -> Iterator[Message]:
    if news.step.command.partner is not None:
        yield news.message(Kind.CASE_HANDED_OVER, news.partner)
    if news.step.command.therapist is not None:
        yield news.message(Kind.CASE_HANDED_OVER, news.therapist)


COMPOSERS: Mapping[str, Composer] = FrozenMap(
    {
        "open_case": _opened,
        "ask_for_review": _review_waits,
        "authorise": _reviewed,
        "offer_further_session": _reviewed,
        "deny": _reviewed,
        "upload_notes": _notes_wait,
        "raise_slip": _slip_raised,
        "assign": _handed_over,
        "extend_limit": limits.extended,
        **limits.BY_CLOCK,
    }
)
"""What makes the messages of each trigger; the triggers that are missing here are nobody's news."""

NEWS = _News
