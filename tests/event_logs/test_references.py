"""What stands for a reference in an event log."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.errors import InvalidValue
from eap_workflow.event_logs import Pseudonyms, unchanged
from eap_workflow.values import REFERENCE_PATTERN

KEY = b"a secret of some length"
references = st.from_regex(REFERENCE_PATTERN, fullmatch=True)


@given(references, references)
def test_a_pseudonym_is_always_the_same_and_its_own(one: str, other: str) -> None:
    """The same reference has the same pseudonym, another has another, and neither shows in it."""
    pseudonyms = Pseudonyms(KEY)
    assert pseudonyms("actor", one) == Pseudonyms(KEY)("actor", one)
    assert (pseudonyms("actor", one) == pseudonyms("actor", other)) == (one == other)
    assert len(pseudonyms("actor", one)) == 16
    assert set(pseudonyms("actor", one)) <= set("0123456789ABCDEF")


def test_a_pseudonym_depends_on_the_kind_and_the_key() -> None:
    """An employer and an actor with the same reference are told apart, and two keys give nothing to compare."""
    names = {Pseudonyms(key)(kind, "x-1") for key in (KEY, KEY[::-1]) for kind in ("actor", "employer", "request")}
    assert len(names) == 6


def test_a_pseudonym_is_a_keyed_digest() -> None:
    """It is what the standard library computes, so that whoever holds the key can make it elsewhere."""
    expected = hmac.digest(b"eap-workflow event log\0" + KEY, b"employer\0emp-4", hashlib.sha256).hex()[:16].upper()
    assert Pseudonyms(KEY)("employer", "emp-4") == expected


@pytest.mark.parametrize("key", [b"", b"short", "a text of some length"])
def test_a_key_that_is_no_secret_is_refused(key: bytes) -> None:
    """A key that could be guessed is none; and it shows in no error and no repr."""
    with pytest.raises(InvalidValue, match="a secret of at least 16 bytes"):
        Pseudonyms(key)
    assert "secret" not in repr(Pseudonyms(KEY))


def test_a_reference_may_stay_as_it_is() -> None:
    """Where the reader may see them."""
    assert unchanged("actor", "con-17") == "con-17"
