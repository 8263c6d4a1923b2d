"""The exported record: all that is hashed, in the documented lines, so that anybody can compute it again."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from eap_workflow.seal import exports
from eap_workflow.store.memory import MemoryStore
from eap_workflow.store.sql import SqlStore
from tests.databases import kind, store, url
from tests.lines import PROCESS
from tests.seal.tamperings import lived

__all__ = ["kind", "store", "url"]


def digest(*values: object) -> str:
    """The digest of some values, as the page says it."""
    texts = [str(value) for value in values]
    return hashlib.sha256("".join(f"{len(text.encode())}:{text}," for text in texts).encode()).hexdigest()


def record(of: SqlStore | MemoryStore) -> list[list[Any]]:
    """The lines of a store's record, read by another parser."""
    with of.reading() as transaction:
        return [json.loads(line) for line in exports.lines(transaction)]


def test_every_digest_is_computed_from_the_lines(
    store: SqlStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each removal and each step has the digest of its values; the lines stand in their order and are counted."""
    monkeypatch.setattr("eap_workflow.store.paging.PAGE", 2)
    lived(store, tmp_path)
    lines = record(store)
    assert [line[0] for line in lines if line[0] != "step"] == [
        *("record", "removal", "removal", "removal", "removal", "removals"),
        *("request", "request", "request", "request", "end"),
    ]
    before = request = ""
    for kind_, *values in lines:
        if kind_ == "removal":
            assert values[-2:] == [before, digest("eap-workflow removal", before, *values[:-2])]
            before = values[-1]
        elif kind_ == "removals":
            assert values == [f"4 {before}"]
        elif kind_ == "request":
            request, head = values
            before = ""
            assert head == [line for line in lines if line[0] == "step" and line in _after(lines, request)][-1][-1]
        elif kind_ == "step":
            version, format_, content, stated, own = values
            assert (stated, own) == (before, digest("eap-workflow step", before, request, version, format_, content))
            before = own
    assert lines[-1] == ["end", 4, sum(line[0] == "step" for line in lines)]


def _after(lines: list[list[Any]], request: str) -> list[list[Any]]:
    start = next(place for place, line in enumerate(lines) if line[:2] == ["request", request])
    end = next(place for place in range(start + 1, len(lines)) if lines[place][0] != "step")
    return lines[start + 1 : end]


def test_an_empty_store_has_a_record() -> None:
    """It begins, says that nothing was removed, and ends."""
    assert record(MemoryStore(PROCESS)) == [["record", 1], ["removals", ""], ["end", 0, 0]]
