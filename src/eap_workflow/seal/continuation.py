"""Whether a store of today continues the one that a checkpoint was taken of: nothing is gone, cut or rewritten, nothing came late.

The list of heads says how each request stood; the checkpoint's root says whether that list is the one. Then both are read side by
side, in the order of the requests, a page at a time: each chain of today has the old head where it stood, or the request has a
recorded removal of after the checkpoint.

This compares what is stored. That each chain holds together, so that the digest at a place stands for all before it, is checked by
`eap_workflow.verification`.
"""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from attrs import frozen

from eap_workflow.errors import EapWorkflowError, InvalidValue
from eap_workflow.plain.json_text import parse_object
from eap_workflow.plain.scalars import write_instant
from eap_workflow.seal import checkpoints, proofs
from eap_workflow.seal.heads import REMOVALS, Head
from eap_workflow.store import Chain, paging, removals
from eap_workflow.store.chain import Finding
from eap_workflow.values import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from eap_workflow.seal.checkpoints import Checkpoint
    from eap_workflow.seal.keys import Keys
    from eap_workflow.seal.proofs import Proof, SealedHead
    from eap_workflow.store import Removal, Store, Transaction
    from eap_workflow.store.chain import StoredStep

AT_ONCE = timedelta(0)


def findings(
    store: Store, checkpoint: Checkpoint, listed: Callable[[], Iterable[Head]], late: timedelta = AT_ONCE
) -> Iterator[Finding]:
    """Find where a store of today is no honest continuation of what it was.

    Args:
        store: The store; it is only read, a page of requests a transaction.
        checkpoint: The checkpoint, which nobody who can write to the store could have exchanged.
        listed: Gives its list of heads; called twice, once to check it as a whole.
        late: How late a command may reach the store; what was recorded after the checkpoint, and says that it happened longer
            before it, is reported.

    Yields:
        What was found; where the list is not the checkpoint's, that alone.

    Raises:
        StoreError: The database cannot give what it holds, as where somebody wrote bytes that are no text; `verify` names it.
    """
    try:
        is_its_list = checkpoints.tally(listed()) == checkpoint.tally
    except InvalidValue:
        is_its_list = False
    old = iter(listed())
    # A checkpoint that somebody made of nothing has a list of nothing, without the removals that are in every one of ours.
    removed = next(old, None) if is_its_list else None
    if removed is None:
        sentence = f"the list of heads is not the one that checkpoint {checkpoint.number} was taken of"
        yield Finding(request="", version=None, what="list", sentence=sentence)
        return
    since = write_instant(checkpoint.at - late)
    with store.reading() as transaction:
        found = tuple(_of_removals(transaction, removed, since))
    yield from found
    known = next(old, None)
    after = ""
    while True:
        with store.reading() as transaction:
            page = transaction.chains(after, paging.PAGE)
            is_last = len(page) < paging.PAGE
            compare = _Comparison(transaction, removed.steps, since)
            gathered: list[Finding] = []
            for chain in page:
                while known is not None and known.request < chain.request:
                    gathered += compare.gone(known)
                    known = next(old, None)
                if known is not None and known.request == chain.request:
                    gathered += compare.continued(known, chain)
                    known = next(old, None)
                else:
                    gathered += compare.new(chain)
            # Of a million that are gone, a page of findings is held at a time.
            while is_last and known is not None and len(gathered) < paging.PAGE:
                gathered += compare.gone(known)
                known = next(old, None)
        yield from gathered
        if is_last and known is None:
            return
        if page:
            after = page[-1].request


def held(transaction: Transaction, head: Head) -> Iterator[Finding]:
    """Find whether a request's chain has a head that was sealed, or proved to be in a checkpoint, or was removed on record.

    Args:
        transaction: A transaction.
        head: The head as it was; of a request, or of the removals.
    """
    if head.request == REMOVALS:
        yield from _same_removals(transaction, head)
        return
    steps = transaction.stored(head.request)
    if steps:
        yield from _same(head, steps)
    else:
        yield from _accounted_for(head, _removal_of(transaction, head.request))


@frozen(kw_only=True)
class Judgement:
    """What came of a sealed head or a proof that was held against the store.

    Attributes:
        false: What is wrong with it by itself: it was not sealed by us, or is not proved.
        missed: Where the store is not what it says.
    """

    false: tuple[Finding, ...]
    missed: tuple[Finding, ...]


def judged(
    transaction: Transaction, slip: SealedHead | Proof, keys: Keys | None = None, kept: Checkpoint | None = None
) -> Judgement:
    """Hold a sealed head or a proof against the store.

    Args:
        transaction: A transaction.
        slip: Which.
        keys: What seals are checked with, as `proofs.findings` takes it.
        kept: The checkpoint that was sent away, for a proof.

    Raises:
        InvalidValue: A sealed head is to be checked without keys.
    """
    false = tuple(proofs.findings(slip, keys, kept))
    # What is false by itself says nothing about the store.
    return Judgement(false=false, missed=() if false else tuple(held(transaction, slip.of)))


class _Comparison:
    """What is known of a page.

    Args:
        transaction: The transaction that the page was read in.
        removals: How many removals there were at the checkpoint.
        since: What happened before this instant was recorded by the checkpoint.
    """

    def __init__(self, transaction: Transaction, removals: int, since: str) -> None:
        self._transaction = transaction
        self._removals = removals
        self._since = since

    def gone(self, head: Head) -> Iterator[Finding]:
        """A request that was there and is not."""
        return _accounted_for(head, _removal_of(self._transaction, head.request), self._removals)

    def continued(self, head: Head, chain: Chain) -> Iterator[Finding]:
        """A request that was there and is."""
        if not chain.steps:
            # A row without steps is for the chain to find; to the checkpoint the request is gone.
            yield from self.gone(head)
            return
        yield from _same(head, chain.steps)
        yield from self._late(chain, (step for step in chain.steps if step.version > head.steps))

    def new(self, chain: Chain) -> Iterator[Finding]:
        """A request that is there and was not."""
        if chain.steps and _removal_of(self._transaction, chain.request) is not None:
            sentence = "the request was removed, and is there again"
            yield Finding(request=chain.request, version=None, what="back", sentence=sentence)
        yield from self._late(chain, chain.steps)

    def _late(self, chain: Chain, steps: Iterable[StoredStep]) -> Iterator[Finding]:
        for step in steps:
            at = _stated_by_somebody(step.content)
            if at is None:
                continue
            if at < self._since:
                sentence = (
                    f"step {step.version} was recorded after the checkpoint, and says that it happened before: it was put"
                    " in, or came late"
                )
                yield Finding(request=chain.request, version=step.version, what="late", sentence=sentence)
            return


def _same(head: Head, steps: tuple[StoredStep, ...]) -> Iterator[Finding]:
    there = steps[head.steps - 1] if 0 < head.steps <= len(steps) else None
    if there is None or there.version != head.steps:
        # Where steps are missing before it, which the chain names one by one, it stands elsewhere.
        there = next((step for step in steps if step.version == head.steps), None)
    if there is None:
        sentence = f"the request had {head.steps} steps, and ends with step {steps[-1].version}: its end was cut off"
        yield Finding(request=head.request, version=steps[-1].version + 1, what="shortened", sentence=sentence)
    elif there.digest != head.head:
        sentence = f"the first {head.steps} steps are not those that were there: the chain was rewritten"
        yield Finding(request=head.request, version=None, what="rewritten", sentence=sentence)


def _removal_of(transaction: Transaction, request: str) -> Removal | None:
    try:
        return transaction.removal_of(request)
    except (ArithmeticError, TypeError, ValueError):
        # What nobody can read accounts for nothing; which one it is, its own chain tells.
        return None


def _accounted_for(head: Head, act: Removal | None, removals: int = 0) -> Iterator[Finding]:
    if act is None:
        sentence = "the request is gone, and no removal of it is recorded"
    elif act.number <= removals:
        sentence = "the request is gone, and the removal that is recorded is of before it was last there"
    elif act.steps < head.steps or (act.steps == head.steps and act.head != head.head):
        sentence = "the request is gone, and the removal that is recorded is of another trail than it had"
    else:
        return
    yield Finding(request=head.request, version=None, what="gone", sentence=sentence)


def _same_removals(transaction: Transaction, head: Head) -> Iterator[Finding]:
    if not head.steps:
        return
    there = transaction.removals(head.steps - 1, 1)
    if not there or there[0].number != head.steps:
        sentence = f"there were {head.steps} removals, and their end was cut off"
        yield Finding(request="", version=None, what="shortened", sentence=sentence)
    elif there[0].digest != head.head:
        sentence = f"the first {head.steps} removals are not those that were there: their chain was rewritten"
        yield Finding(request="", version=None, what="rewritten", sentence=sentence)


def _of_removals(transaction: Transaction, head: Head, since: str) -> Iterator[Finding]:
    try:
        yield from _same_removals(transaction, head)
        for act in removals.every(transaction, after=head.steps):
            if write_instant(act.at) < since:
                sentence = f"removal {act.number} was recorded after the checkpoint, and says that it was before"
                yield Finding(request=act.request, version=None, what="late", sentence=sentence)
    except (ArithmeticError, TypeError, ValueError):
        yield Finding(request="", version=None, what="rewritten", sentence="a removal cannot be read")


def _stated_by_somebody(content: str) -> str | None:
    """When a step says that it happened; None for the clock's, which are dated to when they were due, and for what is no step."""
    try:
        plain: dict[str, Any] = parse_object(content)
        by, at = plain["by"]["role"], plain["at"]
    except (EapWorkflowError, LookupError, TypeError):
        return None
    # At a fixed width in UTC, as it is stored, its text sorts as time.
    return at if by != Role.SYSTEM and isinstance(at, str) and _instant()(at) else None


@cache
def _instant() -> Any:
    import re

    return re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{6}Z").fullmatch
