"""A checkpoint: one digest that stands for every step of every request of a store at one moment.

It is small enough to be printed, sent away or read out. Its digest is the SHA-256 of these netstrings (see `eap_workflow.store.chain`),
one after the other: ``eap-workflow checkpoint``, the format (``1``), the name of the store, the checkpoint's number, the digest of the
checkpoint before it (empty for the first), the instant in UTC at a fixed width, how many requests, steps and removals there are, and the
root of the tree above all heads (`eap_workflow.seal.tree`, `eap_workflow.seal.heads`); numbers in decimal digits.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import attrs
from attrs import field, frozen

from eap_workflow.errors import InvalidValue
from eap_workflow.plain.digest import digest
from eap_workflow.plain.json_text import canonical_json, parse_object
from eap_workflow.plain.scalars import write_instant
from eap_workflow.plain.wire import from_wire, to_wire
from eap_workflow.seal import seals
from eap_workflow.seal.heads import REMOVALS, Head, heads, in_order
from eap_workflow.seal.seals import Seal
from eap_workflow.seal.tree import Tree, digest_field
from eap_workflow.store.chain import Finding, netstrings
from eap_workflow.values import Reference, as_instant, reference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from eap_workflow.seal.keys import Keys
    from eap_workflow.store import Transaction

KIND = "eap-workflow checkpoint"
FORMAT = 1


@frozen(kw_only=True)
class Tally:
    """What a list of heads comes to.

    Attributes:
        requests: How many requests there are.
        steps: How many steps they have together.
        removals: How many removals there were.
        root: The root of the tree above all heads.
    """

    requests: int
    steps: int
    removals: int
    root: str = digest_field()


@frozen(kw_only=True)
class Checkpoint:
    """All heads of a store at one moment.

    Attributes:
        name: Which store it is of, in the organisation's own words.
        number: Its place among the checkpoints of that store, from 1.
        before: The digest of the one before it; empty for the first.
        at: When it was taken, by whoever took it, in UTC.
        requests: How many requests there were.
        steps: How many steps they had together.
        removals: How many removals there had been.
        root: The root of the tree above all heads.
        seals: Its seals, which are no part of what its digest stands for.
    """

    name: Reference = reference()
    number: int
    before: str = digest_field(optional=True)
    at: datetime = field(converter=as_instant)
    requests: int
    steps: int
    removals: int
    root: str = digest_field()
    seals: tuple[Seal, ...] = ()

    @property
    def digest(self) -> str:
        """The digest that stands for it, and that a seal of it is over."""
        numbers = (self.requests, self.steps, self.removals)
        values = (
            *(KIND, str(FORMAT), self.name, str(self.number), self.before, write_instant(self.at)),
            *(str(each) for each in numbers),
            self.root,
        )
        return digest(netstrings(*values))

    @property
    def tally(self) -> Tally:
        """What the list of heads has to come to."""
        return Tally(requests=self.requests, steps=self.steps, removals=self.removals, root=self.root)


def tally(listed: Iterable[Head]) -> Tally:
    """Add up a list of heads, without holding it.

    Args:
        listed: The heads.

    Raises:
        InvalidValue: They are not in their order.
    """
    tree, requests, steps, removals = Tree(), 0, 0, 0
    for head in in_order(listed):
        tree.add(head.digest)
        if head.request == REMOVALS:
            removals = head.steps
        else:
            requests, steps = requests + 1, steps + head.steps
    return Tally(requests=requests, steps=steps, removals=removals, root=tree.root())


def take(
    transaction: Transaction,
    at: datetime,
    name: str,
    *,
    after: Checkpoint | None = None,
    keys: Keys | None = None,
    note: Callable[[Head], object] | None = None,
) -> Checkpoint:
    """Take a checkpoint of a store as it stands.

    Args:
        transaction: A transaction that sees one state of the store throughout.
        at: The present instant.
        name: Which store it is.
        after: The checkpoint before it; None for the first.
        keys: What it is sealed with; None to leave it unsealed.
        note: Called with each head, in order: where the list is written.

    Raises:
        InvalidValue: It is of another store than the one before it, or not later.
    """
    if after is not None and (after.name != name or after.at > at):
        raise InvalidValue("after", "a checkpoint of the same store is needed, taken before this one")

    def noted() -> Iterator[Head]:
        for head in heads(transaction):
            if note is not None:
                note(head)
            yield head

    number, before = (1, "") if after is None else (after.number + 1, after.digest)
    taken = Checkpoint(
        name=Reference(name), number=number, before=before, at=at, **attrs.asdict(tally(noted()), recurse=False)
    )
    return taken if keys is None else sealed(taken, at, keys)


def sealed(checkpoint: Checkpoint, at: datetime, keys: Keys) -> Checkpoint:
    """Add a seal, as when a key is followed by the next one: the seals that are there stay.

    Args:
        checkpoint: The checkpoint.
        at: The present instant.
        keys: The keys; the current one is used.
    """
    return attrs.evolve(checkpoint, seals=(*checkpoint.seals, seals.seal(checkpoint.digest, at, keys)))


def write(checkpoint: Checkpoint) -> str:
    """Write a checkpoint as one line of JSON, with its end; how it is spaced later does not matter."""
    return canonical_json(to_plain(checkpoint)) + "\n"


def to_plain(checkpoint: Checkpoint) -> dict[str, Any]:
    """Give the plain form of a checkpoint."""
    return {"kind": KIND, "format": FORMAT, "digest": checkpoint.digest, **to_wire(checkpoint)}


def read(text: str | bytes) -> Checkpoint:
    """Read a checkpoint.

    Args:
        text: Its JSON, however it is spaced.

    Raises:
        InvalidValue: It is none, of another format, or does not have the digest that it states.
    """
    return from_plain(parse_object(text, field="checkpoint"))


def from_plain(data: dict[str, Any]) -> Checkpoint:
    """Read the plain form of a checkpoint.

    Raises:
        InvalidValue: As `read`.
    """
    data = dict(data)
    if (data.pop("kind", None), data.pop("format", None)) != (KIND, FORMAT):
        raise InvalidValue("checkpoint", f"a checkpoint of format {FORMAT} is needed")
    stated = data.pop("digest", None)
    found = from_wire(Checkpoint, data, at="checkpoint")
    if stated != found.digest:
        raise InvalidValue("checkpoint", "it does not have the digest that it states: it was edited, or cut short")
    return found


def findings(checkpoint: Checkpoint, keys: Keys) -> Iterator[Finding]:
    """Find what is wrong with a checkpoint's seals.

    Args:
        checkpoint: The checkpoint.
        keys: The keys.
    """
    return seals.findings(checkpoint.digest, checkpoint.seals, keys, of=f"checkpoint {checkpoint.number}")


def compared(kept: Checkpoint, found: Checkpoint) -> Iterator[Finding]:
    """Find whether a checkpoint that lies beside the store is the one that was sent away.

    Args:
        kept: The one that was sent away.
        found: The one that is found.
    """
    if kept.digest != found.digest:
        sentence = f"checkpoint {found.number} is not the one that was sent away"
        yield Finding(request="", version=None, what="replaced", sentence=sentence)


def series(checkpoints: Iterable[Checkpoint]) -> Iterator[Finding]:
    """Find what is wrong with checkpoints of one store that follow one another: one is missing, or was exchanged.

    Args:
        checkpoints: The checkpoints, in order; they need not begin with the first.
    """
    last: Checkpoint | None = None
    for each in checkpoints:
        if last is not None and (each.name, each.number, each.before) != (last.name, last.number + 1, last.digest):
            sentence = (
                f"checkpoint {each.number} does not follow on the one before it: one is missing, or was exchanged"
            )
            yield Finding(request="", version=None, what="out_of_line", sentence=sentence)
        last = each
