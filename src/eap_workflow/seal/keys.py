"""The secrets that seals are made with: several at a time, so that a key can be followed by the next one.

A secret belongs to somebody who cannot write to the database. It is never printed, and nothing here keeps it in a file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eap_workflow.errors import InvalidType, InvalidValue
from eap_workflow.values import check_reference

if TYPE_CHECKING:
    from collections.abc import Mapping

SHORTEST_SECRET_BYTES = 32
LEAST_DISTINCT_BYTES = 8
"""Of a secret: whatever was typed in or filled up holds fewer, and nothing that was drawn at random does."""


class Keys:
    """Secrets by their ids.

    Args:
        secrets: The secret of each key, by its id, at least 32 bytes drawn at random.
        current: The key that seals are made with; by default the first. All of them are good to check a seal with.

    Raises:
        InvalidValue: There is no key, an id is no reference, a secret is too short or was not drawn at random, or two keys
            have the same.
    """

    __slots__ = ("_current", "_secrets")

    def __init__(self, secrets: Mapping[str, bytes], current: str | None = None) -> None:
        kept: dict[str, bytes] = {}
        for key, secret in secrets.items():
            check_reference("key", key)
            _check_secret(secret)
            if secret in kept.values():
                raise InvalidValue("key", "two keys have the same secret: a new key needs a new one")
            kept[key] = bytes(secret)
        if not kept:
            raise InvalidValue("key", "at least one key is needed")
        self._secrets = kept
        self._current = next(iter(kept)) if current is None else current
        if self._current not in kept:
            raise InvalidValue("current", "one of the keys is needed")

    @classmethod
    def parse(cls, text: str) -> Keys:
        """Read keys as they stand in an environment variable: ``id=hexadecimal`` each, the current one first.

        Args:
            text: The keys, with spaces or commas between them.

        Raises:
            InvalidValue: It is not that, or as for the class; nothing of the text is repeated.
        """
        secrets: dict[str, bytes] = {}
        for part in text.replace(",", " ").split():
            key, found, digits = part.partition("=")
            secret = _from_hex(digits)
            if not found or secret is None:
                raise InvalidValue("key", "keys are needed as id=hexadecimal, with spaces between them")
            if key in secrets:
                raise InvalidValue("key", "two keys have the same id")
            secrets[key] = secret
        return cls(secrets)

    @property
    def current(self) -> str:
        """The id of the key that seals are made with."""
        return self._current

    def code(self, key: str, data: bytes) -> str | None:
        """Give the HMAC-SHA-256 of bytes, as 64 hexadecimal digits; None where there is no such key.

        Args:
            key: The id of the key.
            data: The bytes.
        """
        import hmac

        secret = self._secrets.get(key)
        return None if secret is None else hmac.digest(secret, data, "sha256").hex()

    def __repr__(self) -> str:
        return f"<Keys: {len(self._secrets)}, current {self._current}>"

    def __reduce__(self) -> Any:
        raise TypeError("keys are not written anywhere")


def _check_secret(secret: object) -> None:
    if not isinstance(secret, bytes | bytearray):
        raise InvalidType("key", "a secret is needed as bytes")
    if len(secret) < SHORTEST_SECRET_BYTES or len(set(secret)) < LEAST_DISTINCT_BYTES:
        raise InvalidValue("key", f"a secret of at least {SHORTEST_SECRET_BYTES} bytes is needed, drawn at random")


def _from_hex(digits: str) -> bytes | None:
    try:
        return bytes.fromhex(digits)
    except ValueError:
        return None
