"""What stands for a reference in an event log: a pseudonym that only the holder of a key can make, or the reference itself.

A pseudonym is always the same for the same reference, kind and key. So a log can be mined, and two logs with one key can be
joined; with a key for each log, they cannot. It is a pseudonym and no more: instants stand beside it, so whoever knows when a
request was opened, or in which order all of them were, can still tell which one it is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from attrs import field, frozen

from eap_workflow.errors import InvalidValue
from eap_workflow.plain.digest import keyed_digest

Naming = Callable[[str, str], str]
"""What stands for a reference: ``(kind, reference) -> name``; the kind is ``request``, ``actor``, ``employer`` and so on."""

REQUEST, ACTOR = "request", "actor"
PURPOSE = b"eap-workflow event log\0"
SHORTEST_KEY = 16
DIGITS = 16


def _check_key(_instance: object, _attribute: Any, key: bytes) -> None:
    if not isinstance(key, bytes) or len(key) < SHORTEST_KEY:
        raise InvalidValue("key", f"a secret of at least {SHORTEST_KEY} bytes is needed")


@frozen
class Pseudonyms:
    """Pseudonyms: the first 64 bits of a keyed digest (HMAC-SHA-256) of the kind and the reference.

    Attributes:
        key: The secret; whoever has it can tell whether a pseudonym is that of a reference which they guess.

    Raises:
        InvalidValue: The key is too short to be a secret.
    """

    key: bytes = field(repr=False, validator=_check_key)

    def __call__(self, kind: str, reference: str) -> str:
        """Give what stands for a reference."""
        return keyed_digest(PURPOSE + self.key, f"{kind}\0{reference}".encode())[:DIGITS].upper()


def unchanged(_kind: str, reference: str) -> str:
    """Give the reference as it is, for a reader who may see it."""
    return reference
