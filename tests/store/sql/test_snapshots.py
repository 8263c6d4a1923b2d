"""Snapshots by their text: reading what is remembered gives what reading it anew would give."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from eap_workflow.errors import InvalidValue
from eap_workflow.plain.json_text import canonical_json
from eap_workflow.process_set import Processes
from eap_workflow.records import snapshot_to_wire
from eap_workflow.store.memory import MemoryStore
from eap_workflow.store.sql import snapshots
from eap_workflow.store.sql.snapshots import Snapshots
from tests import lines
from tests.databases import at_once
from tests.histories import histories
from tests.lines import PROCESS, Line, handle


def some(number: int) -> list[Any]:
    """Snapshots of as many requests."""
    return [
        each.snapshot
        for each in handle(lines.service(MemoryStore(PROCESS)), [lines.draft(f"XS-{n}") for n in range(number)])
    ]


@given(history=histories())
def test_what_was_written_is_read_back(history: list[Line]) -> None:
    """The text is that of the plain form, and read, remembered or not, it is the snapshot."""
    service = lines.service(MemoryStore(PROCESS))
    for each in history:
        lines.attempt(service, each)
    remembering = Snapshots(Processes(PROCESS))
    for snapshot in service.snapshots():
        text = remembering.write(snapshot)
        assert text == canonical_json(snapshot_to_wire(snapshot))
        assert remembering.read(text) is snapshot
        assert Snapshots(Processes(PROCESS)).read(text) == snapshot


def test_another_text_is_another_snapshot() -> None:
    """What somebody else wrote meanwhile is read, and not what is remembered."""
    remembering = Snapshots(Processes(PROCESS))
    (snapshot,) = some(1)
    text = remembering.write(snapshot)
    edited = text.replace('"sessions":4', '"sessions":3')
    assert edited != text
    assert remembering.read(edited) != snapshot
    with pytest.raises(InvalidValue):
        remembering.read(text.replace('"version":1', '"version":"planted"'))


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many are written and read, no more than so many are held, and each is still read as it is."""
    monkeypatch.setattr(snapshots, "MOST", 8)
    remembering = Snapshots(Processes(PROCESS))
    given_snapshots = some(30)
    texts = [remembering.write(each) for each in given_snapshots]
    for text, snapshot in zip(texts, given_snapshots, strict=True):
        assert remembering.read(text) == snapshot
        assert len(remembering._by_end) <= 8


def test_threads_may_share_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Several that read and write at once, while it is emptied under them, each get what they asked for."""
    monkeypatch.setattr(snapshots, "MOST", 3)
    remembering = Snapshots(Processes(PROCESS))
    given_snapshots = some(12)

    def work() -> int:
        texts = [remembering.write(each) for each in given_snapshots]
        return sum(remembering.read(text) == each for text, each in zip(texts * 5, given_snapshots * 5, strict=True))

    assert at_once(*[work] * 4) == [60] * 4
