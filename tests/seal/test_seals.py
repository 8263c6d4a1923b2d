"""Seals: only the holder of the key can make one, each is for one digest, and keys may follow one another."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.errors import InvalidValue
from eap_workflow.seal import Keys, seals
from eap_workflow.seal.seals import Seal, findings, seal
from eap_workflow.values import Reference

AT = datetime(2026, 11, 22, 18, 1, tzinfo=UTC)
SECRET = bytes(range(32))
KEYS = Keys({"2026": SECRET})
NEXT = Keys({"2027": SECRET[::-1], "2026": SECRET})
OTHER = Keys({"2026": SECRET[::-1]})
DIGEST = hashlib.sha256(b"").hexdigest()


def found(of: tuple[Seal, ...], keys: Keys = KEYS, digest: str = DIGEST) -> list[str]:
    """What is found in the seals of a digest."""
    return [each.what for each in findings(digest, of, keys, of="it")]


def test_a_code_stays_the_same_over_releases() -> None:
    """A seal is checked years later: its code is that of the documented bytes."""
    written = f"17:eap-workflow seal,4:2026,27:2026-11-22T18:01:00.000000Z,64:{DIGEST},".encode()
    assert seal(DIGEST, AT, KEYS).code == hmac.new(SECRET, written, hashlib.sha256).hexdigest()


digests = st.text("0123456789abcdef", min_size=64, max_size=64)


@given(digest=digests, other=digests, seconds=st.integers(0, 10**9))
def test_a_seal_is_for_one_digest(digest: str, other: str, seconds: int) -> None:
    """Nothing is found for what was sealed, at whatever instant; for anything else it is forged."""
    made = seal(digest, AT + timedelta(seconds=seconds), KEYS)
    assert found((made,), digest=digest) == []
    assert found((made,), digest=other) == ([] if other == digest else ["forged"])


CHANGES: dict[str, Callable[[Seal], Seal]] = {
    "its code": lambda made: attrs.evolve(made, code=("1" if made.code[0] == "0" else "0") + made.code[1:]),
    "the end of its code": lambda made: attrs.evolve(
        made, code=made.code[:-1] + ("1" if made.code[-1] == "0" else "0")
    ),
    "its instant": lambda made: attrs.evolve(made, at=made.at + timedelta(microseconds=1)),
    "its key": lambda made: attrs.evolve(made, key=Reference("2027")),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_changed_seal_is_forged(change: str) -> None:
    """Whatever of a seal is changed, it is no seal any more."""
    assert found((CHANGES[change](seal(DIGEST, AT, KEYS)),), NEXT) == ["forged"]


def test_a_key_is_followed_by_the_next_one() -> None:
    """The old key's seals stand as long as it is at hand, and beside them the new one's may."""
    old, new = seal(DIGEST, AT, KEYS), seal(DIGEST, AT, NEXT)
    assert (old.key, new.key) == ("2026", "2027")
    assert found((old,), NEXT) == found((new,), NEXT) == found((old, new), NEXT) == []
    assert found((old, new)) == [], "one key that is known is enough"
    assert found((new,)) == ["unknown_key"]
    assert found((old,), OTHER) == ["forged"]
    assert found((old, attrs.evolve(new, code=old.code)), NEXT) == ["forged"]


def test_no_seal_is_no_proof() -> None:
    """Without any seal that is what is found, and said."""
    (finding,) = findings(DIGEST, (), KEYS, request="XS-1", of="the head")
    assert (finding.request, finding.what, finding.sentence) == ("XS-1", "unsealed", "the head has no seal")


def test_codes_are_compared_in_one_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison is the standard library's, which takes as long wherever two codes differ."""
    compared: list[tuple[Any, Any]] = []

    def compare(one: Any, other: Any) -> bool:
        compared.append((one, other))
        return True

    monkeypatch.setattr(hmac, "compare_digest", compare)
    made = seal(DIGEST, AT, KEYS)
    assert found((made,), OTHER) == []
    assert len(compared) == 1


def test_a_seal_is_what_it_says() -> None:
    """A code that is none, and a key that is no reference, are refused before anything is compared."""
    wrongs: list[dict[str, Any]] = [{"code": "abc"}, {"code": DIGEST.upper()}, {"key": "with space"}]
    for wrong in wrongs:
        with pytest.raises(InvalidValue):
            attrs.evolve(seal(DIGEST, AT, KEYS), **wrong)
    assert seals.KIND == "eap-workflow seal"
