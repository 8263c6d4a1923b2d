"""What is given to somebody about one request: a sealed head, or the proof that a head was in a checkpoint.

Both are small, name the request, how many steps it had and its head, and can be held against the store years later. A sealed head needs
the key to be checked; a proof needs the checkpoint's digest, which others were sent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from attrs import frozen

from eap_workflow.errors import InvalidValue, Unknown
from eap_workflow.plain.json_text import canonical_json, parse_object
from eap_workflow.plain.wire import from_wire, to_wire
from eap_workflow.seal import checkpoints, seals
from eap_workflow.seal.checkpoints import Checkpoint
from eap_workflow.seal.heads import Head, heads, in_order
from eap_workflow.seal.seals import Seal
from eap_workflow.seal.tree import Beside, Tree, climbed, digest_field
from eap_workflow.store.chain import Finding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from eap_workflow.seal.keys import Keys
    from eap_workflow.store import Transaction

SEALED = "eap-workflow sealed head"
PROOF = "eap-workflow proof"
FORMAT = 1


@frozen(kw_only=True)
class SealedHead:
    """The head of a request, under seals.

    Attributes:
        request: Which request.
        steps: How many steps it had.
        head: The digest of the last of them.
        seals: The seals.
    """

    request: str
    steps: int
    head: str = digest_field(optional=True)
    seals: tuple[Seal, ...]

    @property
    def of(self) -> Head:
        """The head by itself."""
        return Head(self.request, self.steps, self.head)


@frozen(kw_only=True)
class Proof:
    """That a head was in a checkpoint.

    Attributes:
        request: Which request.
        steps: How many steps it had.
        head: The digest of the last of them.
        path: What leads from the head's own digest to the checkpoint's root, from the leaf up.
        checkpoint: The checkpoint.
    """

    request: str
    steps: int
    head: str = digest_field(optional=True)
    path: tuple[Beside, ...]
    checkpoint: Checkpoint

    @property
    def of(self) -> Head:
        """The head by itself."""
        return Head(self.request, self.steps, self.head)


def seal_head(head: Head, at: datetime, keys: Keys) -> SealedHead:
    """Seal the head of a request.

    Args:
        head: The head, as `eap_workflow.seal.heads.head_of` gives it.
        at: The present instant.
        keys: The keys; the current one is used.
    """
    made = seals.seal(head.digest, at, keys)
    return SealedHead(request=head.request, steps=head.steps, head=head.head, seals=(made,))


def sealed_heads(transaction: Transaction, at: datetime, keys: Keys) -> Iterator[SealedHead]:
    """Seal every head of a store, that of the removals first; none of them is held.

    Args:
        transaction: A transaction that sees one state of the store throughout.
        at: The present instant.
        keys: The keys; the current one is used.
    """
    for head in heads(transaction):
        yield seal_head(head, at, keys)


def prove(checkpoint: Checkpoint, listed: Iterable[Head], request: str) -> Proof:
    """Prove that a request's head was in a checkpoint.

    Args:
        checkpoint: The checkpoint.
        listed: Its list of heads; it is read once, and not held.
        request: Which request.

    Raises:
        Unknown: The list has no such request.
        InvalidValue: The list is not the checkpoint's.
    """
    tree, found = Tree(), None
    for head in in_order(listed):
        is_it = head.request == request
        found = head if is_it else found
        tree.add(head.digest, wanted=is_it)
    if tree.root() != checkpoint.root:
        raise InvalidValue("heads", f"the list that checkpoint {checkpoint.number} was taken of is needed")
    path = tree.path()
    if found is None or path is None:
        raise Unknown("request", "it was not in the checkpoint")
    return Proof(request=found.request, steps=found.steps, head=found.head, path=path, checkpoint=checkpoint)


def findings(slip: SealedHead | Proof, keys: Keys | None = None, kept: Checkpoint | None = None) -> Iterator[Finding]:
    """Find what is wrong with a sealed head or a proof by itself, without the store.

    Args:
        slip: Which.
        keys: What its seals are checked with; for a sealed head they are needed, for a proof they can be left out.
        kept: The checkpoint that was sent away, which that of a proof is compared with; None where none is at hand.

    Raises:
        InvalidValue: A sealed head is to be checked without keys.
    """
    if isinstance(slip, SealedHead):
        if keys is None:
            raise InvalidValue("keys", "a sealed head can only be checked with the keys")
        yield from seals.findings(slip.of.digest, slip.seals, keys, request=slip.request, of="the head")
        return
    if climbed(slip.of.digest, slip.path) != slip.checkpoint.root:
        sentence = f"the proof does not lead to the root of checkpoint {slip.checkpoint.number}"
        yield Finding(request=slip.request, version=None, what="unproved", sentence=sentence)
    if kept is not None:
        yield from checkpoints.compared(kept, slip.checkpoint)
    if keys is not None:
        yield from checkpoints.findings(slip.checkpoint, keys)


def write(slip: SealedHead | Proof) -> str:
    """Write a sealed head or a proof as one line of JSON, with its end; how it is spaced later does not matter."""
    if isinstance(slip, SealedHead):
        return canonical_json({"kind": SEALED, "format": FORMAT, **to_wire(slip)}) + "\n"
    plain: dict[str, Any] = to_wire(slip)
    plain["checkpoint"] = checkpoints.to_plain(slip.checkpoint)
    return canonical_json({"kind": PROOF, "format": FORMAT, **plain}) + "\n"


def read(text: str | bytes) -> SealedHead | Proof:
    """Read a sealed head or a proof.

    Args:
        text: Its JSON, however it is spaced.

    Raises:
        InvalidValue: It is neither, or of another format.
    """
    data = parse_object(text, field="slip")
    kind, format_ = data.pop("kind", None), data.pop("format", None)
    if format_ != FORMAT or kind not in (SEALED, PROOF):
        raise InvalidValue("slip", f"a sealed head or a proof of format {FORMAT} is needed")
    if kind == SEALED:
        return from_wire(SealedHead, data, at="slip")
    checkpoint = data.get("checkpoint")
    if not isinstance(checkpoint, dict):
        raise InvalidValue("slip.checkpoint", "a checkpoint is needed")
    own = to_wire(checkpoints.from_plain(checkpoint))
    return from_wire(Proof, {**data, "checkpoint": own}, at="slip")
