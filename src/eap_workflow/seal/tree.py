"""The tree of digests above a list of leaves: its root stands for all of them, in their order, and is built in one pass.

The digest of a node is the SHA-256 of three netstrings (see `eap_workflow.store.chain`): ``eap-workflow node``, the digest on the
left and the one on the right. Of n leaves as many as the largest power of two that is less than n stand under the root's left, and
so on in each part; one leaf is its own root. While leaves are added only the roots of whole parts are held: twenty for a million.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Literal

from attrs import evolve, field, frozen

from eap_workflow.errors import InvalidValue
from eap_workflow.plain.digest import digest

NODE = b"17:eap-workflow node,64:%b,64:%b,"
EMPTY = digest(b"23:eap-workflow empty tree,")
"""The root above no leaf."""

DIGEST_PATTERN = "[0-9a-f]{64}"


def digest_field(**options: Any) -> Any:
    """Declare an attribute that holds a digest; ``optional=True`` lets it be empty as well."""
    pattern = f"({DIGEST_PATTERN})?" if options.pop("optional", False) else DIGEST_PATTERN

    def check(_instance: object, attribute: Any, value: object) -> None:
        if not isinstance(value, str) or _matcher(pattern)(value) is None:
            raise InvalidValue(attribute.name, "a digest of 64 lower-case hexadecimal digits is needed")

    return field(validator=check, **options)


@cache
def _matcher(pattern: str) -> Any:
    import re

    return re.compile(pattern).fullmatch


@frozen(kw_only=True)
class Beside:
    """What stands beside a node on the way to the root.

    Attributes:
        side: On which side of it.
        digest: The digest that stands there.
    """

    side: Literal["left", "right"]
    digest: str = digest_field()


def node(left: str, right: str) -> str:
    """Give the digest of the node above two digests."""
    return digest(NODE % (left.encode(), right.encode()))


@frozen(kw_only=True)
class _Part:
    """A whole part of the tree.

    Attributes:
        leaves: How many leaves it has, a power of two but for the last.
        root: Its digest.
        path: What leads from the leaf that is looked for to here; None where that leaf is not in it.
    """

    leaves: int
    root: str
    path: tuple[Beside, ...] | None


class Tree:
    """A tree that grows leaf by leaf."""

    __slots__ = ("_parts",)

    def __init__(self) -> None:
        self._parts: list[_Part] = []

    def add(self, leaf: str, *, wanted: bool = False) -> None:
        """Add the next leaf.

        Args:
            leaf: Its digest.
            wanted: Whether the path from it to the root will be asked for.
        """
        part = _Part(leaves=1, root=leaf, path=() if wanted else None)
        while self._parts and self._parts[-1].leaves == part.leaves:
            part = _joined(self._parts.pop(), part)
        self._parts.append(part)

    def root(self) -> str:
        """Give the digest that stands for all leaves so far."""
        whole = self._whole()
        return EMPTY if whole is None else whole.root

    def path(self) -> tuple[Beside, ...] | None:
        """Give what leads from the wanted leaf to the root: on which side a digest stands, and which; None without such a leaf."""
        whole = self._whole()
        return None if whole is None else whole.path

    def _whole(self) -> _Part | None:
        if not self._parts:
            return None
        *others, whole = self._parts
        for part in reversed(others):
            whole = _joined(part, whole)
        return whole


def climbed(leaf: str, path: tuple[Beside, ...]) -> str:
    """Give the root that a path leads to.

    Args:
        leaf: The digest of the leaf.
        path: What stands beside it, and beside each node above it.
    """
    for beside in path:
        leaf = node(beside.digest, leaf) if beside.side == "left" else node(leaf, beside.digest)
    return leaf


def _joined(left: _Part, right: _Part) -> _Part:
    joined = _Part(leaves=left.leaves + right.leaves, root=node(left.root, right.root), path=None)
    if left.path is not None:
        return evolve(joined, path=(*left.path, Beside(side="right", digest=right.root)))
    if right.path is not None:
        return evolve(joined, path=(*right.path, Beside(side="left", digest=left.root)))
    return joined
