"""What is told of a limit in every workflow whose clock reminds, warns and says that a limit has passed, and no more.

A step of the clock names its limit, and each workflow says who is responsible for which. That party is reminded, the case
team is warned, and when a limit has passed both are told (IN-04, IN-13). An extra-sessions request shares the kinds that go
to the case team, whose own limit the relay is; what it tells its other parties has words of its own.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING

from attrs import frozen

from eap_workflow.local_time import local_datetime
from eap_workflow.messages import Message, MessageKind, Recipient
from eap_workflow.plain.frozen_map import FrozenMap
from eap_workflow.views.messages.kind_terms import KindTerms
from eap_workflow.views.messages.news import Composer, News

if TYPE_CHECKING:
    from eap_workflow.deadlines import Deadline

Kind = MessageKind

LIMIT = ("request", "limit", "due_on")
HOUR = ("due_at", "zone")

KINDS: Mapping[MessageKind, KindTerms] = FrozenMap(
    {
        Kind.LIMIT_REMINDER: KindTerms(
            roles=("partner_clinician", "therapist", "case_team"),
            when="A limit passes soon: whoever is responsible for it is reminded.",
            rules=("CM-02", "CM-04", "CM-05", "CM-10", "TC-03", "TC-04", "TC-06", "TC-07", "XS-08", "IN-13"),
            shows=LIMIT,
            may_show=HOUR,
        ),
        Kind.LIMIT_EXTENDED: KindTerms(
            roles=("partner_clinician", "therapist"),
            when="The case team gave whoever is responsible for a limit more time.",
            rules=("IN-12",),
            shows=LIMIT,
            may_show=(*HOUR, "was_due_on"),
        ),
        Kind.TURN_OVERDUE: KindTerms(
            roles=("partner_clinician", "therapist"),
            when="A limit has passed: whoever is responsible for it is told, beside the case team.",
            rules=("CM-02", "CM-04", "CM-05", "CM-10", "TC-03", "TC-04", "TC-07", "IN-04"),
            shows=LIMIT,
            may_show=HOUR,
        ),
        Kind.LIMIT_WARNING: KindTerms(
            roles=("case_team",),
            when="A limit passes soon, as early before it as the contract's warn_before says.",
            rules=("IN-13",),
            shows=LIMIT,
            may_show=("assist_case", *HOUR, "turn"),
        ),
        Kind.LIMIT_OVERDUE: KindTerms(
            roles=("case_team",),
            when="A limit has passed.",
            rules=("IN-04", "XS-08"),
            shows=LIMIT,
            may_show=("assist_case", *HOUR, "turn", "deemed"),
        ),
    }
)
"""The kinds of message that are about a limit, of whichever workflow."""


@frozen(kw_only=True, repr=False)
class LimitNews(News):
    """The news of a workflow whose limits each have somebody who is responsible."""

    @abstractmethod
    def responsible(self, limit: str) -> Recipient:
        """Who is responsible for a limit."""

    @property
    def deadline(self) -> Deadline | None:
        """The limit that the step is about: the clock's own, one that it starts, or one that runs; the first to pass."""
        if self.step.limit is not None:
            return self.after.deadline(self.step.limit)
        return min(self.step.started or self.after.deadlines, key=attrgetter("passes_at"), default=None)

    def deadline_for(self, to: Recipient) -> Deadline | None:
        """The limit that somebody is told of: the clock's own, whoever they are; otherwise the first that binds them."""
        if self.step.limit is not None:
            return self.deadline
        theirs = [each for each in self.step.started or self.after.deadlines if self.responsible(each.limit) == to]
        return min(theirs, key=attrgetter("passes_at"), default=None)

    def shown_to(self, to: Recipient) -> dict[str, str | None]:
        """What may be shown, with the limit that the recipient is told of."""
        deadline = self.deadline_for(to)
        if deadline is None:
            return self.shown()
        earlier = None if self.before is None else self.before.deadline(deadline.limit)
        return {
            **self.shown(),
            **due(deadline),
            "limit": deadline.limit,
            "turn": self.responsible(deadline.limit).role,
            "was_due_on": None if earlier is None else earlier.due_on.isoformat(),
        }

    def to_responsible(self, kind: MessageKind) -> Iterator[Message]:
        """Make a message to whoever is responsible for the limit that the step is about."""
        if self.deadline is not None:
            yield self.message(kind, self.responsible(self.deadline.limit))


def due(deadline: Deadline) -> dict[str, str | None]:
    """Say when a limit passes: its last day, and of one in elapsed hours the hour, as the clocks of its party show it.

    Args:
        deadline: The limit.
    """
    shown: dict[str, str | None] = {"due_on": deadline.due_on.isoformat()}
    if deadline.due.is_in_hours:
        zone = deadline.due.last_basis.zone
        passing = local_datetime(deadline.passes_at, zone)
        # What passes at midnight passes at the end of the day before, as every limit in days does.
        if passing.date() == deadline.due_on:
            shown |= {"due_at": f"{passing:%H:%M}", "zone": zone}
    return shown


def reminded(news: LimitNews) -> Iterator[Message]:
    """Remind whoever is responsible (IN-13)."""
    yield from news.to_responsible(Kind.LIMIT_REMINDER)


def extended(news: LimitNews) -> Iterator[Message]:
    """Tell whoever is responsible of the later date (IN-12)."""
    yield from news.to_responsible(Kind.LIMIT_EXTENDED)


def warned(news: LimitNews) -> Iterator[Message]:
    """Warn the case team (IN-13)."""
    yield news.to_group(Kind.LIMIT_WARNING)


def overdue(news: LimitNews) -> Iterator[Message]:
    """Tell whoever is responsible, and the case team; where these are the same, once (IN-04)."""
    yield from turn_overdue(news)
    yield news.to_group(Kind.LIMIT_OVERDUE)


def turn_overdue(news: LimitNews) -> Iterator[Message]:
    """Tell whoever is responsible, where that is not the case team (IN-04)."""
    for message in news.to_responsible(Kind.TURN_OVERDUE):
        if message.to.role != "case_team":
            yield message


BY_CLOCK: Mapping[str, Composer] = FrozenMap({"remind": reminded, "warn": warned, "overdue": overdue})
"""What makes the messages of the clock's triggers, which each of these workflows has."""
