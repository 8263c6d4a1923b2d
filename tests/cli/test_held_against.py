"""What was held against a store is said in words and for programs, with what came of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from eap_workflow.cli.held_against import CHAINS, STANDING, HeldAgainst
from eap_workflow.processes import every_process
from eap_workflow.seal import Head, Keys, Proof, SealedHead, heads, proofs, prove, seal_head, take
from eap_workflow.store.memory import MemoryStore
from tests import lines

KEYS = Keys({"2026": bytes(range(32))})
OTHERS = Keys({"2026": bytes(range(32))[::-1]})
NOW = datetime(2026, 11, 20, tzinfo=UTC)
AT_ONCE = timedelta()
OF = "checked: the store continues checkpoint 1 of main, of 2026-11-20 00:00 UTC; "


def whole() -> MemoryStore:
    """A store of two requests."""
    store = MemoryStore(every_process())
    lines.handle(lines.service(store), [*lines.filed("XS-1"), *lines.filed("XS-2", 1)])
    return store


@pytest.mark.parametrize(
    ("sealed", "keys", "seal", "said"),
    [
        (None, None, "none", "it has no seal"),
        (KEYS, None, "not_checked", "its seal was not checked: --key-env names the variable with the keys"),
        (KEYS, KEYS, "right", "its seal was checked with key 2026"),
        (KEYS, OTHERS, "wrong", "ITS SEAL IS NOT RIGHT"),
        (None, KEYS, "wrong", "ITS SEAL IS NOT RIGHT"),
    ],
)
def test_a_checkpoint_is_said_to_be_continued_and_its_seal_to_be_checked_or_not(
    tmp_path: Path, sealed: Keys | None, keys: Keys | None, seal: str, said: str
) -> None:
    """Two things: a store can continue a checkpoint whose seal is false, or that nobody could check."""
    store, listed = whole(), list[Head]()
    with store.reading() as transaction:
        taken = take(transaction, NOW, "main", keys=sealed, note=listed.append)
    file = tmp_path / "heads"
    file.write_text("".join(map(heads.write_line, listed)), encoding="utf-8")
    against = HeldAgainst(store, keys)
    assert len(list(against.checkpoint(taken, file, AT_ONCE))) == (seal == "wrong")
    assert list(against.sentences(standing=True)) == [STANDING, OF + said]
    plain = against.plain(standing=True)["checkpoint"]
    assert (plain["continues"], plain["seal"]) == (True, seal)
    other = HeldAgainst(MemoryStore(every_process()), keys)
    assert list(other.checkpoint(taken, file, AT_ONCE))
    assert list(other.sentences(standing=False)) == [CHAINS, (OF + said).replace("continues", "DOES NOT CONTINUE")]


def test_sealed_heads_and_proofs_are_counted(tmp_path: Path) -> None:
    """Those that hold, and those that do not."""
    store, listed = whole(), list[Head]()
    with store.reading() as transaction:
        taken = take(transaction, NOW, "main", note=listed.append)
    slips: list[SealedHead | Proof] = [seal_head(each, NOW, KEYS) for each in listed[1:]]
    slips.append(prove(taken, listed, "XS-1"))
    (tmp_path / "slips").write_text("".join(map(proofs.write, slips)), encoding="utf-8")
    against = HeldAgainst(store, KEYS)
    taken_unsealed = list(against.slips(tmp_path / "slips", None))
    assert [each.what for each in taken_unsealed] == ["unsealed"]
    assert list(against.sentences(standing=True))[1:] == [
        "checked: 2 sealed heads hold",
        "checked: of 1 proof, 1 DOES NOT HOLD",
    ]
    assert against.plain(standing=True)["sealed_heads"] == {"hold": 2, "do_not_hold": 0}
