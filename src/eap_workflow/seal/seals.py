"""A seal: a code over a digest that only the holder of a key could make.

What a seal is over is a digest that says by itself of what kind it is: that of a head (`eap_workflow.seal.heads`) or that of a
checkpoint (`eap_workflow.seal.checkpoints`). The code is the HMAC-SHA-256, in 64 hexadecimal digits, under the key's secret, of these
netstrings (see `eap_workflow.store.chain`), one after the other: ``eap-workflow seal``, the id of the key, the instant in UTC at a
fixed width, the digest.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from attrs import field, frozen

from eap_workflow.plain.scalars import write_instant
from eap_workflow.seal.tree import digest_field
from eap_workflow.store.chain import Finding, netstrings
from eap_workflow.values import Reference, as_instant, reference

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from eap_workflow.seal.keys import Keys

KIND = "eap-workflow seal"


@frozen(kw_only=True)
class Seal:
    """A code over a digest.

    Attributes:
        key: The id of the key.
        at: When it was made, by whoever made it, in UTC.
        code: The code.
    """

    key: Reference = reference()
    at: datetime = field(converter=as_instant)
    code: str = digest_field()


def seal(digest: str, at: datetime, keys: Keys) -> Seal:
    """Seal a digest with the current key.

    Args:
        digest: The digest of a head or of a checkpoint.
        at: The present instant.
        keys: The keys.
    """
    key = Reference(keys.current)
    return Seal(key=key, at=at, code=_code(key, at, digest, keys) or "")


def findings(digest: str, seals: Iterable[Seal], keys: Keys, *, request: str = "", of: str) -> Iterator[Finding]:
    """Find what is wrong with the seals of a digest: one at least is needed, and none may be false.

    Args:
        digest: The digest.
        seals: Its seals.
        keys: The keys.
        request: Which request it is of; empty for a checkpoint.
        of: What is sealed, in words.
    """
    known = unknown = 0
    for each in seals:
        code = _code(each.key, each.at, digest, keys)
        if code is None:
            unknown += 1
            continue
        known += 1
        if not _same(code, each.code):
            sentence = f"a seal of {of} was not made with the key that it names, or for something else"
            yield Finding(request=request, version=None, what="forged", sentence=sentence)
    if unknown and not known:
        sentence = f"the seal of {of} names a key that is not at hand"
        yield Finding(request=request, version=None, what="unknown_key", sentence=sentence)
    elif not known:
        yield Finding(request=request, version=None, what="unsealed", sentence=f"{of} has no seal")


def _code(key: str, at: datetime, digest: str, keys: Keys) -> str | None:
    return keys.code(key, netstrings(KIND, key, write_instant(at), digest))


def _same(one: str, other: str) -> bool:
    from hmac import compare_digest

    # In a time that does not depend on how much of it is right.
    return compare_digest(one.encode(), other.encode())
