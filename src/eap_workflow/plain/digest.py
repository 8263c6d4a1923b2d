"""SHA-256 for everything that is told apart by its content: calendars, tables, commands, frozen files.

``hashlib`` brings all of OpenSSL along, which costs a fresh process a quarter of its first due date. So, like ``random``
in the standard library, this takes the interpreter's own SHA-256 where there is one. Where something else has loaded
``hashlib``, as SQLAlchemy does, that is taken: of the kilobyte that a step has it makes four times as quick a digest.
"""

from __future__ import annotations

import sys
from functools import cache
from importlib import import_module
from typing import Any


def digest(data: bytes) -> str:
    """Give the SHA-256 of bytes, as 64 hexadecimal digits."""
    loaded = sys.modules.get("hashlib")
    sha256 = _sha256() if loaded is None else loaded.sha256
    return str(sha256(data).hexdigest())


@cache
def _sha256() -> Any:
    try:
        return import_module("_sha2" if sys.version_info >= (3, 12) else "_sha256").sha256
    except ImportError:  # pragma: no cover - an interpreter that was built without it
        return import_module("hashlib").sha256
