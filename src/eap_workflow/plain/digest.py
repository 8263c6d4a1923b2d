"""SHA-256 for everything that is told apart by its content: calendars, tables, commands, frozen files.

``hashlib`` brings all of OpenSSL along, which costs a fresh process a quarter of its first due date. So, like ``random``
in the standard library, this takes the interpreter's own SHA-256 where there is one. Where something else has loaded
``hashlib``, as SQLAlchemy does, that is taken: of the kilobyte that a step has it makes four times as quick a digest.
"""

from __future__ import annotations

import sys
from functools import cache, lru_cache
from importlib import import_module
from typing import Any

BLOCK = 64
"""SHA-256 works on so many bytes at a time."""


def digest(data: bytes) -> str:
    """Give the SHA-256 of bytes, as 64 hexadecimal digits."""
    loaded = sys.modules.get("hashlib")
    sha256 = _sha256() if loaded is None else loaded.sha256
    return str(sha256(data).hexdigest())


def keyed_digest(key: bytes, data: bytes) -> str:
    """Give the HMAC-SHA-256 of bytes (RFC 2104), as 64 hexadecimal digits.

    The standard library's has OpenSSL make a keyed digest ready each time, which takes several times as long as to compute
    one of so few bytes.
    """
    inner, outer = _pads(key)
    return digest(outer + bytes.fromhex(digest(inner + data)))


@lru_cache(16)
def _pads(key: bytes) -> tuple[bytes, bytes]:
    whole = (bytes.fromhex(digest(key)) if len(key) > BLOCK else key).ljust(BLOCK, b"\0")
    return bytes(each ^ 0x36 for each in whole), bytes(each ^ 0x5C for each in whole)


@cache
def _sha256() -> Any:
    try:
        return import_module("_sha2" if sys.version_info >= (3, 12) else "_sha256").sha256
    except ImportError:  # pragma: no cover - an interpreter that was built without it
        return import_module("hashlib").sha256
