"""Sealed heads and proofs: checked by themselves, written and read again, and no other request's."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.errors import InvalidValue, Unknown
from eap_workflow.seal import Checkpoint, Head, Keys, Proof, SealedHead, checkpoints, proofs, prove, seal_head
from eap_workflow.seal.tree import Beside

AT = datetime(2026, 11, 22, 18, 1, tzinfo=UTC)
KEYS = Keys({"2026": bytes(range(32))})
OTHER = Keys({"2026": bytes(range(32))[::-1]})


def listed(count: int) -> list[Head]:
    """So many requests' heads, after that of the removals."""
    return [Head("", 0, ""), *(Head(f"XS-{number:04}", number, f"{number:064x}") for number in range(1, count + 1))]


def taken(of: list[Head]) -> Checkpoint:
    """A checkpoint of heads."""
    return Checkpoint(name="main", number=1, before="", at=AT, **attrs.asdict(checkpoints.tally(of)))


def found(slip: SealedHead | Proof, keys: Keys | None = None, kept: Checkpoint | None = None) -> list[str]:
    """What is found in it."""
    return [each.what for each in proofs.findings(slip, keys, kept)]


@given(count=st.integers(1, 40), data=st.data())
def test_every_request_is_proved(count: int, data: st.DataObject) -> None:
    """The proof holds for it, is small, and is read again as it was written."""
    number = data.draw(st.integers(1, count))
    of = listed(count)
    checkpoint = checkpoints.sealed(taken(of), AT, KEYS)
    proof = prove(checkpoint, of, f"XS-{number:04}")
    assert proof.of == of[number]
    assert found(proof) == found(proof, KEYS) == found(proof, kept=checkpoint) == []
    assert proofs.read(proofs.write(proof)) == proof
    assert len(proof.path) <= count.bit_length() + 1


CHANGES: dict[str, dict[str, Any]] = {
    "another request": {"request": "XS-0002"},
    "more steps": {"steps": 9},
    "another head": {"head": "f" * 64},
    "no path": {"path": ()},
    "another path": {"path": (Beside(side="left", digest="f" * 64),)},
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_proof_proves_nothing(change: str) -> None:
    """Whatever of it is changed, it does not lead to the root any more."""
    of = listed(5)
    proof = prove(taken(of), of, "XS-0003")
    assert found(attrs.evolve(proof, **CHANGES[change])) == ["unproved"]


def test_a_proof_is_of_the_checkpoint_that_was_sent_away() -> None:
    """One of a checkpoint that somebody made for it is found, and so is one without its seal."""
    of, made_up = listed(5), [*listed(4), Head("XS-0005", 5, "f" * 64)]
    kept = checkpoints.sealed(taken(of), AT, KEYS)
    proof = prove(taken(made_up), made_up, "XS-0005")
    assert found(proof) == []
    assert found(proof, KEYS, kept) == ["replaced", "unsealed"]


def test_only_what_was_there_is_proved() -> None:
    """A request that was not there is unknown, and with another list nothing is proved."""
    of = listed(5)
    with pytest.raises(Unknown, match="it was not in the checkpoint"):
        prove(taken(of), of, "XS-0006")
    for wrong in (listed(4), []):
        with pytest.raises(InvalidValue, match="the list that checkpoint 1 was taken of"):
            prove(taken(of), wrong, "XS-0003")


def test_a_sealed_head_is_checked_with_the_key() -> None:
    """With the key it holds, with another it is forged; changed it is no more, and without any it cannot be checked."""
    slip = seal_head(Head("XS-0001", 2, "b" * 64), AT, KEYS)
    assert slip.seals[0].code == "9658a3d87f07031364dd644693684b8f659ee3b7a3fc46cfc7dc753ecb4eb988"
    assert proofs.read(proofs.write(slip)) == slip
    assert found(slip, KEYS) == []
    assert found(slip, OTHER) == ["forged"]
    for change in ({"request": "XS-0002"}, {"steps": 3}, {"head": "c" * 64}):
        assert found(attrs.evolve(slip, **change), KEYS) == ["forged"]
    assert found(attrs.evolve(slip, seals=()), KEYS) == ["unsealed"]
    with pytest.raises(InvalidValue, match="only be checked with the keys"):
        found(slip)


def test_a_seal_of_a_checkpoint_is_none_of_a_head() -> None:
    """What is sealed says by itself of what kind it is, so that one cannot stand for the other."""
    checkpoint = checkpoints.sealed(taken(listed(1)), AT, KEYS)
    assert found(SealedHead(request="XS-0001", steps=1, head=f"{1:064x}", seals=checkpoint.seals), KEYS) == ["forged"]


def test_what_is_neither_is_refused() -> None:
    """Another kind, another format, a member too few or too many, a checkpoint that was edited."""
    of = listed(3)
    plain = json.loads(proofs.write(prove(taken(of), of, "XS-0001")))
    sealed = json.loads(proofs.write(seal_head(of[1], AT, KEYS)))
    for wrong in (
        *(plain | {"kind": "x"}, plain | {"format": 2}, plain | {"checkpoint": 1}, plain | {"more": 1}),
        *(plain | {"checkpoint": plain["checkpoint"] | {"steps": 9}}, {"kind": plain["kind"], "format": 1}),
        *(sealed | {"seals": 1}, sealed | {"head": "x"}, {key: sealed[key] for key in sealed if key != "steps"}),
    ):
        with pytest.raises(InvalidValue):
            proofs.read(json.dumps(wrong))
