"""What belongs to a kind of message: the columns of the tables in the modules beside this one."""

from __future__ import annotations

from attrs import frozen

from eap_workflow.messages import RecipientRole


@frozen(kw_only=True)
class KindTerms:
    """What belongs to a kind of message.

    Attributes:
        roles: Whom it goes to: one role, or for what is told to whose turn it is, every role whose turn it may be.
        when: When it is sent, in words.
        rules: The ids of the rules that it serves.
        shows: What its data always holds.
        may_show: What its data holds where there is such a thing.
    """

    roles: tuple[RecipientRole, ...]
    when: str
    rules: tuple[str, ...]
    shows: tuple[str, ...]
    may_show: tuple[str, ...] = ()
