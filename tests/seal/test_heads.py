"""The list of heads: one order, one line each, and read strictly."""

from __future__ import annotations

import hashlib
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.errors import InvalidValue, StoreError
from eap_workflow.seal.heads import Head, head_of, heads, in_order, read_lines, write_line
from eap_workflow.store import removals
from eap_workflow.store.memory import MemoryStore
from eap_workflow.store.sql import SqlStore
from tests import lines
from tests.databases import directly, kind, store, url, without_guards
from tests.lines import FAR, PROCESS

__all__ = ["kind", "store", "url"]

REMOVALS = Head("", 0, "")
texts = st.text('01:,a"\\\né😀', max_size=6)
some_heads = st.builds(Head, texts, st.integers(0, 10**6), texts)


@given(one=some_heads, other=some_heads)
def test_two_heads_that_differ_have_two_digests(one: Head, other: Head) -> None:
    """Nothing can be shifted from one value into the next."""
    assert (one.digest == other.digest) == (one == other)


def test_a_digest_stays_the_same_over_releases() -> None:
    """It is that of the documented bytes, counted in bytes and not in characters."""
    written = f"17:eap-workflow head,5:XS-é,2:12,64:{'a' * 64},".encode()
    assert Head("XS-é", 12, "a" * 64).digest == hashlib.sha256(written).hexdigest()


@given(listed=st.lists(some_heads))
def test_what_is_written_is_read_again(listed: list[Head]) -> None:
    """Whatever an id holds, its line is one line."""
    written = "".join(write_line(each) for each in listed)
    assert written.count("\n") == len(listed)
    assert list(read_lines(BytesIO(written.encode()))) == listed


@pytest.mark.parametrize(
    "line",
    ["x", "{}", "[]", '["XS-1",7]', '["XS-1","7","a"]', '["XS-1",7,null]', '["XS-1",true,"a"]', '["XS-1",-1,"a"]',
     '["XS-1",7,"a",1]', '["XS-1",7,"a"', "\xff"],
)  # fmt: skip
def test_a_line_that_is_none_is_refused(line: str) -> None:
    """The error names the number of the line."""
    with pytest.raises(InvalidValue, match="line 2: a list of a request, a number and a digest"):
        list(read_lines(BytesIO(write_line(REMOVALS).encode() + line.encode("latin-1"))))
    with pytest.raises(InvalidValue, match="line 1"):
        list(read_lines(BytesIO(b"[" + b" " * 1_000_001)))


def test_there_is_one_order() -> None:
    """The removals first, then by id, by code point; what is twice or elsewhere is refused."""
    good = [REMOVALS, Head("A", 1, "a"), Head("a", 1, "a"), Head("é", 1, "a"), Head("😀", 1, "a")]
    assert list(in_order(good)) == good
    for wrong in (good[1:], good[:1] * 2, [*good, good[-1]], [good[0], good[2], good[1]], [good[1], good[0]]):
        with pytest.raises(InvalidValue, match="the removals are needed first"):
            list(in_order(wrong))
    assert list(in_order([])) == []


def test_all_heads_of_a_store_are_given(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Page by page, in order, each as its chain ends, on both databases and in memory."""
    monkeypatch.setattr("eap_workflow.store.paging.PAGE", 2)
    memory = MemoryStore(PROCESS)
    for each in (store, memory):
        service = lines.service(each)
        lines.handle(service, [lines.filed(request) for request in ("XS-3", "XS-10", "xs-1", "XS-1", "XS-2")])
        with each.transaction() as transaction:
            act = transaction.remove("XS-2", FAR, "system:clock")
            assert act is not None
        with each.reading() as transaction:
            given_heads = list(heads(transaction))
            assert given_heads[1:] == [head_of(transaction, name) for name in ("XS-1", "XS-10", "XS-3", "xs-1")]
            assert given_heads[0] == Head("", 1, act.digest)
            assert head_of(transaction, "XS-2") is None
    with store.reading() as one, memory.reading() as other:
        assert list(heads(one)) == list(heads(other))


@pytest.mark.parametrize("said", ["x y", f"{'9' * 5000} a"])
def test_what_is_said_of_the_last_removal_has_to_be_readable(url: str, kind: str, store: SqlStore, said: str) -> None:
    """Where somebody wrote anything there, no head is given of it."""
    with directly(url) as execute:
        without_guards(execute, kind)
        execute("INSERT INTO eap_checkpoints (name, position) VALUES (:name, :said)", name=removals.LAST, said=said)
    with store.reading() as transaction, pytest.raises(StoreError, match="last removal cannot be read"):
        list(heads(transaction))
