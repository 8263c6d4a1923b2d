"""The digest is the SHA-256 of the standard library."""

from __future__ import annotations

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.plain.digest import digest


@given(st.binary(max_size=300))
def test_a_digest_is_sha256(data: bytes) -> None:
    """Whichever module it is taken from, the digits are those that any other program computes."""
    assert digest(data) == hashlib.sha256(data).hexdigest()
