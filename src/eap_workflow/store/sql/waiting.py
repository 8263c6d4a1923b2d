"""Waiting for a socket, so that a signal's handler is run meanwhile: what waits inside of a library in C runs none."""

from __future__ import annotations

import select
from typing import Final

# On Windows nothing ends a wait for a socket before its time.
_SECONDS: Final = 0.1


def is_ready(socket: int, *, to_write: bool = False, seconds: float | None = None) -> bool:
    """Wait until a socket can be read, and tell whether it can.

    Args:
        socket: Its number.
        to_write: Whether one that can be written to ends the wait as well.
        seconds: How long to wait at most; None for ever.
    """
    if not hasattr(select, "poll"):
        while True:
            readable, writable, _ = select.select(
                [socket], [socket] if to_write else [], [], _SECONDS if seconds is None else seconds
            )
            if readable or writable or seconds is not None:
                return bool(readable)
    poll = select.poll()
    poll.register(socket, select.POLLIN | select.POLLOUT if to_write else select.POLLIN)
    found = poll.poll(None if seconds is None else seconds * 1000)
    # What is broken is read as well: that says how.
    return bool(found and found[0][1] & ~select.POLLOUT)
