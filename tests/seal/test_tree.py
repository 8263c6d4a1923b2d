"""The tree above a list of leaves: one root for each list, built in one pass, with a short path from each leaf."""

from __future__ import annotations

import hashlib
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.errors import InvalidValue
from eap_workflow.seal import tree as tree_module
from eap_workflow.seal.tree import EMPTY, Beside, Tree, climbed, node


def digest(*values: str) -> str:
    """The digest of some values, as the page says it."""
    return hashlib.sha256("".join(f"{len(value)}:{value}," for value in values).encode()).hexdigest()


def by_the_page(leaves: list[str]) -> str:
    """The root, as the page says it: cut at the largest power of two, again and again."""
    if not leaves:
        return digest("eap-workflow empty tree")
    if len(leaves) == 1:
        return leaves[0]
    cut = 1
    while cut * 2 < len(leaves):
        cut *= 2
    return digest("eap-workflow node", by_the_page(leaves[:cut]), by_the_page(leaves[cut:]))


def grown(leaves: list[str], wanted: int | None = None) -> Tree:
    """A tree of leaves."""
    tree = Tree()
    for place, leaf in enumerate(leaves):
        tree.add(leaf, wanted=place == wanted)
    return tree


lists = st.lists(st.integers(0, 9).map(lambda number: digest(str(number))), max_size=70)


@given(leaves=lists)
def test_the_root_is_that_of_the_page(leaves: list[str]) -> None:
    """Built leaf by leaf it is the root that the documented cut gives, after each leaf."""
    tree = Tree()
    assert tree.root() == EMPTY == by_the_page([])
    for place, leaf in enumerate(leaves, 1):
        tree.add(leaf)
        assert tree.root() == by_the_page(leaves[:place])


@given(leaves=lists.filter(bool), data=st.data())
def test_every_leaf_has_a_path_to_the_root(leaves: list[str], data: st.DataObject) -> None:
    """From each leaf it leads there, in as many steps as the tree has levels at most; from another leaf it does not."""
    place = data.draw(st.integers(0, len(leaves) - 1))
    tree = grown(leaves, place)
    path = tree.path()
    assert path is not None
    assert climbed(leaves[place], path) == tree.root()
    assert climbed(digest("another"), path) != tree.root()
    assert len(path) <= (len(leaves) - 1).bit_length()
    assert grown(leaves).path() is None


@given(leaves=lists, other=lists)
def test_two_lists_have_two_roots(leaves: list[str], other: list[str]) -> None:
    """A list that differs in any leaf, in its order or in its length has another root."""
    assert (grown(leaves).root() == grown(other).root()) == (leaves == other)


def test_a_node_is_no_leaf() -> None:
    """What is hashed for a node names its kind, so that no part of a tree passes for a leaf of another one."""
    one, other = digest("1"), digest("2")
    assert node(one, other) == digest("eap-workflow node", one, other)
    assert node(one, other) != node(other, one)
    assert Tree().path() is None


def test_what_stands_beside_is_a_digest() -> None:
    """Anything else on a path is refused."""
    for wrong in ("", "abc", digest("1").upper()):
        with pytest.raises(InvalidValue, match="a digest of 64 lower-case hexadecimal digits"):
            Beside(side="left", digest=wrong)


def test_a_tree_holds_twenty_digests_of_a_million_leaves() -> None:
    """Memory grows with the number of levels alone: of thirty thousand leaves a few kilobytes are held."""
    leaf = digest("1")
    tree = grown([leaf] * 1000)
    tracemalloc.start()
    try:
        for _ in range(30_000):
            tree.add(leaf)
        # What the tree holds, and not what another thread or the measuring of coverage came to hold meanwhile.
        taken = tracemalloc.take_snapshot().filter_traces(
            (tracemalloc.Filter(inclusive=True, filename_pattern=tree_module.__file__),)
        )
        assert sum(each.size for each in taken.statistics("filename")) < 50_000
    finally:
        tracemalloc.stop()
