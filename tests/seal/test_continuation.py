"""Whether a store continues what it was: whatever is gone, cut or late is found by name, however large a page is, and nothing else."""

from __future__ import annotations

from datetime import timedelta
from functools import cache
from pathlib import Path

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.seal import Checkpoint, Head, checkpoints, continuation, head_of, heads, take
from eap_workflow.steps import Step
from eap_workflow.store.memory import MemoryStore
from eap_workflow.store.sql import SqlStore
from eap_workflow.values import SYSTEM
from tests import lines
from tests.databases import directly, kind, service, store, url, without_guards
from tests.lines import DAY, FAR, PROCESS, START
from tests.seal.tamperings import KEYS, TAKEN, listed, lived

__all__ = ["kind", "service", "store", "url"]

NAMES = ("XS-1", "XS-10", "XS-2", "a", "b")
EVER = timedelta(days=10_000)


@cache
def trails() -> dict[str, tuple[Step, ...]]:
    """The steps of some requests, three each."""
    memory = MemoryStore(PROCESS)
    lines.handle(lines.service(memory), [lines.filed(name, place) for place, name in enumerate(NAMES)])
    with memory.reading() as transaction:
        return {name: transaction.trail(name) for name in NAMES}


def store_of(lengths: dict[str, int]) -> MemoryStore:
    """A store with the first steps of some requests."""
    memory = MemoryStore(PROCESS)
    with memory.transaction() as transaction:
        for name, length in lengths.items():
            steps = trails()[name][:length]
            snapshot = PROCESS.replay(steps)
            if snapshot is not None:
                transaction.append(steps, snapshot)
    return memory


def checkpoint_of(given_store: MemoryStore | SqlStore) -> tuple[Checkpoint, list[Head]]:
    """A checkpoint of a store, and its list."""
    noted: list[Head] = []
    with given_store.reading() as transaction:
        return take(transaction, START, "main", note=noted.append), noted


def found(
    given_store: MemoryStore | SqlStore, checkpoint: Checkpoint, of: list[Head], late: timedelta = EVER
) -> list[tuple[str, int | None, str]]:
    """What is found: in which request, which version, and what."""
    findings = list(continuation.findings(given_store, checkpoint, lambda: of, late))
    assert all(each.sentence for each in findings)
    return [(each.request, each.version, each.what) for each in findings]


lengths = st.fixed_dictionaries({name: st.integers(0, 3) for name in NAMES})


@given(before=lengths, now=lengths, page=st.integers(1, 6))
def test_what_is_less_than_it_was_is_found(before: dict[str, int], now: dict[str, int], page: int) -> None:
    """Each request that is gone or shorter is named, in their order, and no other, however many are read at a time."""
    checkpoint, of = checkpoint_of(store_of(before))
    expected: list[tuple[str, int | None, str]] = []
    for name in NAMES:
        if before[name] and not now[name]:
            expected.append((name, None, "gone"))
        elif now[name] < before[name]:
            expected.append((name, now[name] + 1, "shortened"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("eap_workflow.store.paging.PAGE", page)
        assert found(store_of(now), checkpoint, of) == expected


@given(data=st.data())
def test_another_list_is_found_as_a_whole(data: st.DataObject) -> None:
    """A list with a line changed, taken out, put in or moved is not the one, and nothing else is said."""
    whole = dict.fromkeys(NAMES, 3)
    checkpoint, of = checkpoint_of(store_of(whole))
    place = data.draw(st.integers(0, len(of) - 1))
    changed = [
        [*of[:place], *of[place + 1 :]],
        [*of[:place], of[place], *of[place:]],
        [*of[:place], attrs.evolve(of[place], steps=of[place].steps + 1), *of[place + 1 :]],
        [*of[:place], attrs.evolve(of[place], head="f" * 64), *of[place + 1 :]],
        [*of[1:], of[0]],
        [*of, Head("z", 1, "a" * 64)],
        [],
    ]
    for each in changed:
        assert found(store_of({}), checkpoint, each) == [("", None, "list")]


def test_a_checkpoint_of_nothing_is_none_of_ours() -> None:
    """Whoever makes one up to which an empty list fits is told that the list is not the one, and not that all is well."""
    checkpoint, _ = checkpoint_of(store_of({}))
    of_nothing = attrs.evolve(checkpoint, **attrs.asdict(checkpoints.tally([])))
    assert found(store_of({}), of_nothing, []) == [("", None, "list")]


def test_what_came_late_is_found() -> None:
    """A first step of before the checkpoint that was not there, on or after it not; and not what the clock says that it was due."""
    first = START + timedelta(hours=1)
    checkpoint, of = checkpoint_of(store_of({"XS-1": 1}))
    now = store_of({"XS-1": 3, "XS-10": 3})

    def at(hours: float, late: timedelta = timedelta(0)) -> list[tuple[str, int | None, str]]:
        taken = attrs.evolve(checkpoint, at=START + timedelta(hours=hours))
        return found(now, taken, of, late)

    assert at(0) == []
    assert at(0.5) == [("XS-1", 2, "late")]
    assert at(1) == [("XS-1", 2, "late")]
    assert at(1.01) == [("XS-1", 2, "late"), ("XS-10", 1, "late")]
    assert at(1.01, timedelta(hours=1)) == [("XS-1", 2, "late")]
    assert at(1.01, timedelta(hours=2)) == []
    assert trails()["XS-10"][0].at == first
    steps = trails()["XS-10"]
    by_clock = tuple(attrs.evolve(step, by=SYSTEM) for step in steps)
    with now.transaction() as transaction:
        del transaction._kept.trails["XS-10"]
        transaction.append((by_clock[0], by_clock[1], steps[2]), PROCESS.evolve(PROCESS.replay(steps[:2]), steps[2]))
    assert at(1.01) == [("XS-1", 2, "late")], "the third step, too, is made at once, by the clock"


def test_an_honest_store_goes_on(store: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Steps, new requests and recorded removals after the checkpoint are found nowhere; nor before anything happened."""
    nothing, of = checkpoint_of(store)
    assert found(store, nothing, of) == []
    away, _ = lived(store, tmp_path)
    assert list(checkpoints.findings(away, KEYS)) == []
    assert list(continuation.findings(store, away, lambda: listed(tmp_path))) == []
    assert found(store, nothing, of) == []
    monkeypatch.setattr("eap_workflow.store.paging.PAGE", 1)
    assert list(continuation.findings(store, away, lambda: listed(tmp_path))) == []
    earlier = attrs.evolve(nothing, at=FAR + timedelta(days=1))
    removals = [each for each in found(store, earlier, of, timedelta(0)) if each[1] is None]
    assert removals == [(request, None, "late") for request in ("GONE-1", "GONE-2", "GONE-3", "XS-1")]


def test_a_removal_of_before_it_was_there_accounts_for_nothing(store: SqlStore, tmp_path: Path) -> None:
    """Nor does one of fewer steps, or of as many others; one of more steps does, and of the same."""
    lived(store, tmp_path)
    with store.reading() as transaction:
        act = transaction.removal_of("XS-1")
    assert act is not None
    for head, removals, what in (
        (Head("XS-1", act.steps, act.head), act.number - 1, []),
        (Head("XS-1", act.steps - 1, "f" * 64), act.number - 1, []),
        (Head("XS-1", act.steps, act.head), act.number, ["gone"]),
        (Head("XS-1", act.steps, "f" * 64), 0, ["gone"]),
        (Head("XS-1", act.steps + 1, act.head), 0, ["gone"]),
    ):
        assert [each.what for each in continuation._accounted_for(head, act, removals)] == what


def test_a_removal_beside_it_is_no_finding(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is removed, on record, while the store is held against a checkpoint does not look as if it were gone."""
    monkeypatch.setattr("eap_workflow.store.paging.PAGE", 1)
    lines.handle(lines.service(store), [lines.draft(f"XS-{number}") for number in range(5)])
    checkpoint, of = checkpoint_of(store)
    reading, looks = SqlStore.reading, 0

    def busy(self: SqlStore) -> object:
        nonlocal looks
        looks += 1
        if looks in {2, 4}:
            with self.transaction() as transaction:
                assert transaction.remove(f"XS-{looks}", FAR, "system:clock")
        return reading(self)

    monkeypatch.setattr(SqlStore, "reading", busy)
    assert found(store, checkpoint, of) == []
    assert looks >= 4


def test_a_hole_is_for_the_chain_to_name(url: str, kind: str, store: SqlStore) -> None:
    """A step that is taken out of the middle leaves the head where it was; steps without a row are a request, a row without is none."""
    lines.handle(lines.service(store), [lines.filed(f"XS-{number}") for number in (1, 2, 3)])
    checkpoint, of = checkpoint_of(store)
    with directly(url) as execute:
        without_guards(execute, kind)
        execute("DELETE FROM eap_steps WHERE request = 'XS-1' AND version = 2")
        execute("DELETE FROM eap_requests WHERE request = 'XS-2'")
        execute("DELETE FROM eap_steps WHERE request = 'XS-3'")
    assert found(store, checkpoint, of) == [("XS-3", None, "gone")]


def test_what_cannot_be_read_is_passed_over(url: str, kind: str, store: SqlStore) -> None:
    """A content that is no step is the chain's to find; a removal's instant that is none is a removal rewritten."""
    checkpoint, of = checkpoint_of(store)
    lines.handle(lines.service(store), [lines.draft(f"XS-{number}", DAY) for number in (1, 2, 3, 4)])
    with store.transaction() as transaction:
        transaction.remove("XS-4", FAR, "system:clock")
    with directly(url) as execute:
        without_guards(execute, kind)
        for request, content in (("XS-1", "{}"), ("XS-2", "no JSON"), ("XS-3", '{"by":{"role":"x"},"at":"2026"}')):
            execute(
                "UPDATE eap_steps SET content = :content WHERE request = :request", content=content, request=request
            )
    assert found(store, checkpoint, of, timedelta(0)) == []
    with directly(url) as execute:
        execute("UPDATE eap_removals SET at = 'never'")
    assert found(store, checkpoint, of) == [("", None, "rewritten")]
    with store.reading() as transaction:
        assert [each.what for each in continuation.held(transaction, Head("XS-4", 1, "f" * 64))] == ["gone"]


def test_a_head_by_itself_is_held_against_the_store(store: SqlStore, tmp_path: Path) -> None:
    """An older head holds as well as a newer one, that of the removals too, and one that never was does not."""
    lived(store, tmp_path)
    with store.reading() as transaction:
        now = [*heads.heads(transaction)]
        steps = transaction.stored("XS-2")
        for head in (*now, *(Head("XS-2", step.version, step.digest) for step in steps), Head("", 0, "")):
            assert list(continuation.held(transaction, head)) == []
        never = [
            (Head("XS-2", 2, "f" * 64), "rewritten"),
            (Head("XS-2", 99, "f" * 64), "shortened"),
            (Head("XS-9", 1, "f" * 64), "gone"),
            (Head("GONE-1", 99, "f" * 64), "gone"),
            (Head("", 1, "f" * 64), "rewritten"),
            (Head("", 99, "f" * 64), "shortened"),
        ]
        for head, what in never:
            assert [each.what for each in continuation.held(transaction, head)] == [what]
        assert head_of(transaction, "XS-2") == Head("XS-2", len(steps), steps[-1].digest)
    assert FAR < TAKEN
