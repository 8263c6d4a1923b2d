"""Who is told what of a session cancellation.

The case team, whose support tells the client where the therapist cannot, is told when it has to and when it need not any
more; the therapist what support did; clinical support and the risk desk what was escalated to them. The client is told by the
therapist, in the way that was agreed (TC-01), and by no message of ours.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, ClassVar

from attrs import frozen

from eap_workflow.local_time import local_datetime
from eap_workflow.messages import Message, MessageKind, Recipient
from eap_workflow.plain.frozen_map import FrozenMap
from eap_workflow.views.messages import limits
from eap_workflow.views.messages.kind_terms import KindTerms
from eap_workflow.views.messages.limits import LimitNews
from eap_workflow.views.messages.news import Composer, News, recipient

if TYPE_CHECKING:
    from eap_workflow.workflows.session_cancellation import Cancellation

Kind = MessageKind

SESSION = ("request", "session")
BEGINS = ("session_on", "session_time", "zone")

KINDS: Mapping[MessageKind, KindTerms] = FrozenMap(
    {
        Kind.SUPPORT_NEEDED: KindTerms(
            roles=("case_team",),
            when="Technical trouble keeps the therapist from telling the client: support is asked to do it.",
            rules=("TC-01", "TC-06"),
            shows=(*SESSION, "trouble", "method"),
            may_show=(*BEGINS, "due_on", "due_at"),
        ),
        Kind.SUPPORT_NOT_NEEDED: KindTerms(
            roles=("case_team",),
            when="The cancellation was withdrawn while support was asked: there is nothing to tell the client.",
            rules=("TC-01", "TC-06"),
            shows=(*SESSION, "withdrawn"),
        ),
        Kind.SUPPORT_ANSWERED: KindTerms(
            roles=("therapist",),
            when="Support has told the client, or has handed the telling back.",
            rules=("TC-02", "TC-06"),
            shows=(*SESSION, "answer"),
        ),
        Kind.CANCELLATION_ESCALATED: KindTerms(
            roles=("case_team",),
            when="Clinical support is asked for: the client is unhappy or cannot wait, or the absence is likely to harm.",
            rules=("TC-12",),
            shows=(*SESSION, "ground"),
        ),
        Kind.CONCERN_RAISED: KindTerms(
            roles=("risk_desk",),
            when="A welfare, safeguarding or risk concern was raised; at once.",
            rules=("TC-12",),
            shows=(*SESSION, "concern"),
        ),
    }
)
"""Every kind of message that is a session cancellation's own."""

SUPPORT = "support"
"""The limit that binds the case team; the others bind the therapist, also while support is asked."""

ANSWERS = {"confirm_told": "told", "hand_back": "handed_back"}
"""What support answers, by its trigger (TC-06)."""


@frozen(kw_only=True, repr=False)
class _News(LimitNews):
    kinds: ClassVar[Mapping[MessageKind, KindTerms]] = FrozenMap({**KINDS, **limits.KINDS})

    @property
    def body(self) -> Cancellation:
        body: Cancellation = self.after.body
        return body

    @property
    def therapist(self) -> Recipient:
        return Recipient(role="therapist", id=self.body.therapist)

    def responsible(self, limit: str) -> Recipient:
        return recipient(role="case_team", contract=self.contract) if limit == SUPPORT else self.therapist

    def shown(self) -> dict[str, str | None]:
        body, command = self.body, self.step.command
        return {
            **self._begins(),
            **News.shown(self),
            "session": body.session,
            "method": body.preferred_method,
            "trouble": body.trouble,
            "withdrawn": body.withdrawn,
            "answer": ANSWERS.get(self.step.trigger),
            "ground": getattr(command, "ground", None),
            "concern": command.kind if self.step.trigger == "raise_concern" else None,
        }

    def _begins(self) -> dict[str, str | None]:
        """When the session was to begin, as the provider's clocks show it: how long there is to tell the client."""
        if self.policy is None:
            return {}
        zone = self.policy.parties.provider.zone
        begins = local_datetime(self.body.session_at, zone)
        return {"session_on": begins.date().isoformat(), "session_time": f"{begins:%H:%M}", "zone": zone}


def _support_needed(news: _News) -> Iterator[Message]:
    yield news.to_group(Kind.SUPPORT_NEEDED)


def _support_answered(news: _News) -> Iterator[Message]:
    yield news.message(Kind.SUPPORT_ANSWERED, news.therapist)


def _withdrawn(news: _News) -> Iterator[Message]:
    if news.step.source == "with_support":
        yield news.to_group(Kind.SUPPORT_NOT_NEEDED)


def _escalated(news: _News) -> Iterator[Message]:
    yield news.to_group(Kind.CANCELLATION_ESCALATED)


def _concern_raised(news: _News) -> Iterator[Message]:
    yield news.to_group(Kind.CONCERN_RAISED)


COMPOSERS: Mapping[str, Composer] = FrozenMap(
    {
        "ask_support": _support_needed,
        "confirm_told": _support_answered,
        "hand_back": _support_answered,
        "withdraw": _withdrawn,
        "escalate": _escalated,
        "raise_concern": _concern_raised,
        **limits.BY_CLOCK,
    }
)
"""What makes the messages of each trigger; the triggers that are missing here are nobody's news."""

NEWS = _News
