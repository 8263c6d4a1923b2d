"""Checkpoints: one digest for a whole store, written and read again, sealed, compared and in a row."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.errors import InvalidValue
from eap_workflow.seal import Checkpoint, Head, Keys, checkpoints, compared, seal_head, series, take
from eap_workflow.seal.checkpoints import read, sealed, tally, write
from eap_workflow.seal.tree import node
from eap_workflow.store.memory import MemoryStore
from tests import lines
from tests.lines import PROCESS

AT = datetime(2026, 11, 22, 18, tzinfo=UTC)
KEYS = Keys({"2026": bytes(range(32))})
LISTED = [Head("", 1, "a" * 64), Head("XS-0001", 2, "b" * 64), Head("XS-0002", 1, "c" * 64)]
MAIN = Checkpoint(name="main", number=1, before="", at=AT, **attrs.asdict(tally(LISTED)))


def test_a_digest_stays_the_same_over_releases() -> None:
    """Every number of the page's example is what is computed here."""
    assert MAIN.root == "cb0388511e4b8caa5b8e569287df03cc1aefbae166dcb0f4e65d85dc6d5c5894"
    assert MAIN.digest == "c61e5588bdce33c8421c6bc928e32f7e0873c5cc20b6043ed0178f5292ea6bb1"
    (seal,) = sealed(MAIN, AT + timedelta(minutes=1), KEYS).seals
    assert seal.code == "2a65f610da53a4f1d8d40718fd004bd36d4a381ae31150314f8739b07a6adb09"


CHANGES: dict[str, Any] = {
    "name": "other",
    "number": 2,
    "before": "d" * 64,
    "at": AT + timedelta(microseconds=1),
    "requests": 3,
    "steps": 4,
    "removals": 0,
    "root": "e" * 64,
}


def test_the_page_has_the_same_example() -> None:
    """Whoever checks a checker of their own with the page has the right digests, in the order in which they are explained."""
    page = (Path(__file__).resolve().parents[2] / "docs" / "seal.md").read_text(encoding="utf-8")
    example = page.partition("### An example to check a checker with")[2]
    at = AT + timedelta(minutes=1)
    leaves = [each.digest for each in LISTED]
    assert re.findall("^[0-9a-f]{64}$", example, re.MULTILINE) == [
        *(*leaves, node(leaves[0], leaves[1]), MAIN.root, MAIN.digest, sealed(MAIN, at, KEYS).seals[0].code),
        seal_head(LISTED[1], at, KEYS).seals[0].code,
    ]


def test_every_part_is_in_the_digest() -> None:
    """Whatever is changed, the digest is another, except for the seals, which are over it."""
    digests = {attrs.evolve(MAIN, **{name: value}).digest for name, value in CHANGES.items()}
    assert len(digests | {MAIN.digest}) == len(CHANGES) + 1
    assert CHANGES.keys() == {each.name for each in attrs.fields(Checkpoint)} - {"seals"}
    assert sealed(MAIN, AT, KEYS).digest == MAIN.digest


@given(spaces=st.sampled_from([None, 0, 2]), backwards=st.booleans())
def test_what_is_written_is_read_again(spaces: int | None, backwards: bool) -> None:  # noqa: FBT001 - drawn
    """However it is spaced, and in whichever order its members stand: e-mail does both."""
    for checkpoint in (MAIN, sealed(MAIN, AT, KEYS)):
        plain = json.loads(write(checkpoint))
        plain = dict(reversed(plain.items())) if backwards else plain
        assert read(json.dumps(plain, indent=spaces)) == checkpoint


def test_what_was_edited_is_no_checkpoint() -> None:
    """A member that was changed, taken out or added is refused, and so is another kind or format."""
    plain = json.loads(write(MAIN))
    for name in CHANGES:
        with pytest.raises(InvalidValue):
            read(json.dumps({**plain, name: {"at": "2026-11-23T00:00:00Z", "before": "f" * 64}.get(name, 7)}))
        with pytest.raises(InvalidValue):
            read(json.dumps({key: plain[key] for key in plain if key != name}))
    for wrong in ({"kind": "x"}, {"format": 2}, {"digest": "0" * 64}, {"more": 1}, {"requests": 3}):
        with pytest.raises(InvalidValue):
            read(json.dumps(plain | wrong))
    with pytest.raises(InvalidValue):
        read("[]")


def test_each_is_taken_after_the_one_before() -> None:
    """It names it; one of another store, or of later, is refused."""
    store = MemoryStore(PROCESS)
    lines.handle(lines.service(store), lines.filed("XS-1"), lines.filed("XS-2"))
    noted: list[Head] = []
    with store.reading() as transaction:
        first = take(transaction, AT, "main", note=noted.append)
        second = take(transaction, AT, "main", after=first, keys=KEYS)
        for at, name in ((AT - timedelta(seconds=1), "main"), (AT, "other")):
            with pytest.raises(InvalidValue, match="a checkpoint of the same store is needed, taken before"):
                take(transaction, at, name, after=first)
    assert (second.number, second.before, second.root) == (2, first.digest, first.root)
    assert (first.requests, first.steps, first.removals, first.seals) == (2, 6, 0, ())
    assert tally(noted) == first.tally
    assert list(checkpoints.findings(second, KEYS)) == []
    assert [each.what for each in checkpoints.findings(first, KEYS)] == ["unsealed"]


def test_what_does_not_follow_is_found() -> None:
    """One that is missing, exchanged or of another store, in a row of checkpoints that begins anywhere."""
    row = [MAIN]
    for number in range(2, 6):
        last = row[-1]
        row.append(attrs.evolve(last, number=number, before=last.digest, at=last.at + timedelta(days=1)))
    assert list(series([])) == list(series(row)) == list(series(row[2:])) == []
    for wrong in ([*row[:2], *row[3:]], [row[1], row[0]], [row[0], attrs.evolve(row[1], name="other")]):
        assert [each.what for each in series(wrong)][:1] == ["out_of_line"]
    exchanged = [*row[:2], attrs.evolve(row[2], steps=9), *row[3:]]
    assert [each.sentence.split(" does")[0] for each in series(exchanged)] == ["checkpoint 4"]


def test_a_checkpoint_is_the_one_that_was_sent_away_or_not() -> None:
    """Its seals do not matter for that."""
    assert list(compared(MAIN, sealed(MAIN, AT, KEYS))) == []
    assert [each.what for each in compared(MAIN, attrs.evolve(MAIN, steps=9))] == ["replaced"]
