"""Work that is done in several threads at once."""

from __future__ import annotations

import threading
from collections.abc import Callable

LONGEST_SECONDS = 60


def together(work: Callable[[int], object], threads: int) -> None:
    """Do something in several threads at once, each with its number; what any of them raises fails the test."""
    failures: list[BaseException] = []

    def run(name: int) -> None:
        try:
            work(name)
        except BaseException as error:  # noqa: BLE001 - shown by the assertion below
            failures.append(error)

    running = [threading.Thread(target=run, args=(name,), daemon=True) for name in range(threads)]
    for each in running:
        each.start()
    for each in running:
        each.join(LONGEST_SECONDS)
        assert not each.is_alive()
    assert failures == []
