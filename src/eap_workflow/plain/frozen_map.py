"""A mapping that cannot change, so that a value which holds one stays hashable and safe to share.

``types.MappingProxyType`` is neither hashable nor picklable and shows its content; a tuple of pairs has no lookup and
permits a key twice. Values declare ``Mapping[str, X]`` and have a converter that makes one; ``wire`` reads into one.
"""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, KeysView, Mapping, ValuesView
from typing import Any, TypeVar

from attrs import frozen

K = TypeVar("K")
V = TypeVar("V")


@frozen(init=False, eq=False, repr=False)
class FrozenMap(Mapping[K, V]):
    """Keys and values in the order of insertion, equal to every mapping with the same content in any order.

    The repr says how many keys there are and nothing else: keys and values may have come in with a command.
    """

    _entries: Mapping[K, V]

    def __init__(self, entries: Mapping[K, V] | None = None) -> None:
        self.__attrs_init__({} if entries is None else dict(entries))

    def __getitem__(self, key: K) -> V:
        return self._entries[key]

    # Mapping would look each key up by __getitem__ and its KeyError; the dictionary's own are ten times faster.
    def get(self, key: K, default: Any = None) -> Any:
        """The value of a key, or the default."""
        return self._entries.get(key, default)

    def keys(self) -> KeysView[K]:
        """The keys, in the order of insertion."""
        return self._entries.keys()

    def values(self) -> ValuesView[V]:
        """The values, in the order of their keys."""
        return self._entries.values()

    def items(self) -> ItemsView[K, V]:
        """The keys with their values, in the order of insertion."""
        return self._entries.items()

    def __iter__(self) -> Iterator[K]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def __hash__(self) -> int:
        return hash(frozenset(self._entries.items()))

    def __repr__(self) -> str:
        return f"FrozenMap({len(self._entries)} {'key' if len(self._entries) == 1 else 'keys'})"
