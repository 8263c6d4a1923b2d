"""The digest is the SHA-256 of the standard library."""

from __future__ import annotations

import hashlib
import hmac

from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.plain.digest import digest, keyed_digest


@given(st.binary(max_size=300))
def test_a_digest_is_sha256(data: bytes) -> None:
    """Whichever module it is taken from, the digits are those that any other program computes."""
    assert digest(data) == hashlib.sha256(data).hexdigest()


@given(st.binary(max_size=200), st.binary(max_size=200))
def test_a_keyed_digest_is_hmac(key: bytes, data: bytes) -> None:
    """Whatever the length of the key, the digits are those of the standard library's HMAC."""
    assert keyed_digest(key, data) == hmac.digest(key, data, "sha256").hex()


def test_keys_of_a_whole_block() -> None:
    """A key of a block is taken as it is, and one that is longer by a byte is digested first."""
    for length in (0, 63, 64, 65, 128):
        assert keyed_digest(b"k" * length, b"data") == hmac.digest(b"k" * length, b"data", "sha256").hex()
