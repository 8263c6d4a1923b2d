"""Keys: several by their ids, none of them weak, and nothing of a secret is ever shown."""

from __future__ import annotations

import hashlib
import hmac
import pickle
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from eap_workflow.errors import InvalidType, InvalidValue
from eap_workflow.seal import Keys

GOOD = bytes(range(32))
WEAK: dict[str, Any] = {
    "none": b"",
    "short": GOOD[:31],
    "one byte over and over": b"a" * 64,
    "a word over and over": b"secret " * 9,
    "zeros": bytes(32),
}


@given(secret=st.binary(min_size=32, max_size=200), data=st.binary(max_size=200))
def test_a_code_is_that_of_the_standard(secret: bytes, data: bytes) -> None:
    """The code of bytes is their HMAC-SHA-256 under the secret, as hexadecimal digits."""
    assume(len(set(secret)) >= 8)
    assert Keys({"k": secret}).code("k", data) == hmac.new(secret, data, hashlib.sha256).hexdigest()


@pytest.mark.parametrize("secret", WEAK.values(), ids=WEAK)
def test_a_weak_secret_is_refused(secret: bytes) -> None:
    """An empty one, a short one, and what nobody drew at random; the error does not repeat it."""
    with pytest.raises(InvalidValue, match="at least 32 bytes is needed, drawn at random") as refused:
        Keys({"k": secret})
    assert not secret or secret.hex() not in str(refused.value)
    with pytest.raises(InvalidValue):
        Keys.parse(f"k={secret.hex()}")


def test_a_secret_is_bytes() -> None:
    """Text would be bytes to one program and other bytes to another."""
    with pytest.raises(InvalidType, match="a secret is needed as bytes"):
        Keys({"k": "correct horse battery staple and more"})  # type: ignore[dict-item]


def test_a_new_key_has_a_secret_of_its_own() -> None:
    """The same secret under two ids is no new key; and no key at all is none."""
    with pytest.raises(InvalidValue, match="two keys have the same secret"):
        Keys({"2026": GOOD, "2027": bytes(GOOD)})
    with pytest.raises(InvalidValue, match="at least one key"):
        Keys({})
    with pytest.raises(InvalidValue, match="one of the keys"):
        Keys({"2026": GOOD}, current="2027")
    with pytest.raises(InvalidValue, match="a reference"):
        Keys({"with space": GOOD})


def test_keys_stand_in_one_text() -> None:
    """Spaces, commas and lines between them; the first is the current one; what is none of it is refused."""
    keys = Keys.parse(f"2027={GOOD[::-1].hex()},\n 2026={GOOD.hex()}")
    assert keys.current == "2027"
    assert keys.code("2026", b"") == Keys({"k": GOOD}).code("k", b"")
    assert keys.code("2025", b"") is None
    for text in ("", "2026", f"={GOOD.hex()}", "2026=xyz", f"2026={GOOD.hex()} 2026={GOOD[::-1].hex()}"):
        with pytest.raises(InvalidValue) as refused:
            Keys.parse(text)
        assert GOOD.hex() not in str(refused.value)


def test_nothing_of_a_secret_is_shown() -> None:
    """The repr names the current key, and keys cannot be written into a file by pickle."""
    keys = Keys({"2026": GOOD})
    assert repr(keys) == "<Keys: 1, current 2026>"
    with pytest.raises(TypeError, match="not written anywhere"):
        pickle.dumps(keys)
