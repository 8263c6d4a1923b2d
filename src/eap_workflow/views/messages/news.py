"""A step, with everything that its messages are made of, and the making of a message.

Each workflow has a class of its own for it: what may be shown of a request depends on what a request of that workflow is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeAlias

from attrs import frozen

from eap_workflow.messages import Message, MessageKind, Recipient
from eap_workflow.values import Discreet

if TYPE_CHECKING:
    from eap_workflow.policy import Policy
    from eap_workflow.steps import Snapshot, Step
    from eap_workflow.views.messages.kind_terms import KindTerms


recipient: Final = lru_cache(1024)(Recipient)
"""Makes a recipient that is no person: a group or an organisation, which is told again and again, is made once."""


@frozen(kw_only=True, repr=False, slots=False)
class News(Discreet):
    """A step, with everything that its messages are made of.

    Attributes:
        came_from: Gives the request before the step, or None before its first one; few messages ask, and where several steps
            were made at once it has to be added up.
        step: The step.
        after: The request after it.
        policy: The request's own policy.
        followed_by: The step that followed at once.
        key: A secret of the caller's, always the same.
    """

    kinds: ClassVar[Mapping[MessageKind, KindTerms]]
    """The kinds of message that the workflow has, with those that it shares."""

    came_from: Callable[[], Snapshot | None]
    step: Step
    after: Snapshot
    policy: Policy | None
    followed_by: Step | None
    key: bytes

    @property
    def before(self) -> Snapshot | None:
        """The request before the step; None before its first one."""
        return self.came_from()

    @property
    def contract(self) -> str | None:
        """The contract that the request falls under; its groups are told, in its wording."""
        contract: str | None = self.after.body.contract
        return contract

    def shown(self) -> dict[str, str | None]:
        """Everything that may be shown, of which each kind takes its own part; None for what there is not."""
        return {"request": self.after.request}

    def shown_to(self, _to: Recipient) -> dict[str, str | None]:
        """The same, with what is shown to some recipients and not to others."""
        return self.shown()

    def message(self, kind: MessageKind, to: Recipient) -> Message:
        """Make a message of a kind, with what the kind shows."""
        terms, shown = self.kinds[kind], self.shown_to(to)
        data = {name: shown.get(name) for name in (*terms.shows, *terms.may_show)}
        return self.sealed(kind, to, {name: text for name, text in data.items() if text is not None})

    def to_group(self, kind: MessageKind) -> Message:
        """Make a message to the group that its kind goes to, which works for the request's contract."""
        (role,) = self.kinds[kind].roles
        return self.message(kind, recipient(role=role, contract=self.contract))

    def sealed(self, kind: MessageKind, to: Recipient, data: Mapping[str, str]) -> Message:
        """Make a message of what it is to show, with its id and with what it is kept by."""
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


Composer: TypeAlias = Callable[[Any], Iterator[Message]]
"""What makes the messages of a trigger, of the news of its workflow."""
