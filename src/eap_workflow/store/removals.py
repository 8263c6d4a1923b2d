"""The chain of removals: each recorded act holds the digest of the one before it.

A request that was removed leaves nothing but the act: which request it was, how many steps it had, and the digest that its
own chain led to. What is hashed are these netstrings (see `eap_workflow.store.chain`), one after the other:
``eap-workflow removal``, the digest of the removal before it (nothing for the first), the number, the request, the
workflow, the number of steps, the head, the instant and who removed it; numbers in decimal digits, the instant in UTC at a
fixed width.
"""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

import attrs

from eap_workflow.plain.digest import digest
from eap_workflow.plain.scalars import write_instant
from eap_workflow.store import Removal, paging
from eap_workflow.store.chain import NOTHING_BEFORE, Finding, netstrings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from eap_workflow.store import Transaction

KIND = "eap-workflow removal"
LAST = "eap_workflow: the last removal"
"""The checkpoint under which a store says which removal is the last."""


def stated(act: Removal) -> str:
    """What the checkpoint says of the last removal."""
    return f"{act.number} {act.digest}"


def removal(last: Removal | None, **what: Any) -> Removal:
    """Link a removal to the last one.

    Args:
        last: The last removal; None for the first of all.
        **what: What is removed, when and by whom: the other attributes of a `Removal`.
    """
    number, before = (1, NOTHING_BEFORE) if last is None else (last.number + 1, last.digest)
    unlinked = Removal(number=number, before=before, digest="", **what)
    return attrs.evolve(unlinked, digest=_digest(unlinked))


def _digest(act: Removal) -> str:
    values = (
        KIND,
        act.before,
        str(act.number),
        act.request,
        act.workflow,
        str(act.steps),
        act.head,
        write_instant(act.at),
        act.by,
    )
    return digest(netstrings(*values))


def every(transaction: Transaction, after: int = 0) -> Iterator[Removal]:
    """Give the removals of a store, in order, a page at a time.

    Args:
        transaction: A transaction.
        after: The number of the removal to go on after.
    """
    return paging.within(transaction.removals, after, attrgetter("number"))


def findings(acts: Iterable[Removal], last: str) -> Iterator[Finding]:
    """Find what is wrong with the chain of removals.

    Args:
        acts: All of them, in order.
        last: What the checkpoint says of the last one; empty where there was none.
    """
    before, expected, end = NOTHING_BEFORE, 1, ""
    for act in acts:
        if act.number != expected or act.before != before:
            sentence = f"removal {act.number} does not follow on the one before it"
            yield Finding(request=act.request, version=None, what="out_of_line", sentence=sentence)
        elif act.digest != _digest(act):
            sentence = f"removal {act.number} is not what was recorded"
            yield Finding(request=act.request, version=None, what="edited", sentence=sentence)
        before, expected, end = act.digest, act.number + 1, stated(act)
    if end != last:
        sentence = f"the removals end with number {expected - 1}, and that is not the last one that was recorded"
        yield Finding(request="", version=None, what="missing", sentence=sentence)
