"""A frozen map reads like a dict, and can be hashed, shared and kept."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from attrs.exceptions import FrozenInstanceError
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.plain.frozen_map import FrozenMap

dicts = st.dictionaries(st.text(max_size=5), st.integers(), max_size=5)


@given(dicts)
def test_reads_like_the_dict_it_was_made_of(entries: dict[str, int]) -> None:
    """Equality, order, lookup, length and membership are those of the dict."""
    frozen = FrozenMap(entries)
    assert frozen == entries
    assert list(frozen.items()) == list(entries.items())
    assert len(frozen) == len(entries)
    assert all(key in frozen and frozen[key] == value for key, value in entries.items())
    assert frozen.get("longer than any key") is None


@given(dicts)
def test_order_does_not_tell_two_maps_apart(entries: dict[str, int]) -> None:
    """Maps with the same content in another order are equal and have the same hash."""
    backwards = FrozenMap(dict(reversed(entries.items())))
    assert backwards == FrozenMap(entries)
    assert hash(backwards) == hash(FrozenMap(entries))


@given(dicts)
def test_survives_pickle_and_copy(entries: dict[str, int]) -> None:
    """A pickled, a copied and a deep-copied map equal the first, in the same order."""
    frozen = FrozenMap(entries)
    for again in (pickle.loads(pickle.dumps(frozen)), copy.copy(frozen), copy.deepcopy(frozen), FrozenMap(frozen)):  # noqa: S301 (pickled one line above)
        assert again == frozen
        assert list(again) == list(frozen)


def test_does_not_follow_the_dict_it_was_made_of() -> None:
    """A change of the dict afterwards is not seen."""
    entries = {"a": 1}
    frozen = FrozenMap(entries)
    entries["b"] = 2
    assert frozen == {"a": 1}


def test_cannot_be_changed() -> None:
    """Neither an entry nor an attribute can be set."""
    frozen: Any = FrozenMap({"a": 1})
    with pytest.raises(TypeError):
        frozen["a"] = 2
    with pytest.raises(FrozenInstanceError):
        frozen._entries = {}


def test_shows_how_much_it_holds_and_not_what() -> None:
    """The repr shows neither keys nor values."""
    assert repr(FrozenMap({"who": "what"})) == "FrozenMap(1 key)"
    assert repr(FrozenMap()) == "FrozenMap(0 keys)"


def test_unequal_to_what_is_no_mapping() -> None:
    """A map is not equal to its pairs, nor to a map with another value."""
    pairs: object = (("a", 1),)
    assert FrozenMap({"a": 1}) != pairs
    assert FrozenMap({"a": 1}) != FrozenMap({"a": 2})
