"""Snapshots by the text that they are stored as: what was written or read lately need not be read again.

The text says all, so nothing that is remembered can be out of date: another writer's snapshot is another text.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eap_workflow.records import snapshot_from_text, snapshot_text

if TYPE_CHECKING:
    from eap_workflow.process_set import Processes
    from eap_workflow.steps import Snapshot

MOST = 256
END = 192
"""So much of the end of a text holds its request, state and version: by it a text is found, and then compared whole."""


class Snapshots:
    """The snapshots that were written or read lately; threads may share it.

    Args:
        processes: The workflows.
    """

    def __init__(self, processes: Processes) -> None:
        self._processes = processes
        self._by_end: dict[str, tuple[str, Snapshot]] = {}

    def read(self, text: str) -> Snapshot:
        """Read a snapshot."""
        found = self._by_end.get(text[-END:])
        if found is not None and found[0] == text:
            return found[1]
        snapshot = snapshot_from_text(self._processes, text)
        self._keep(text, snapshot)
        return snapshot

    def write(self, snapshot: Snapshot) -> str:
        """Write a snapshot."""
        text = snapshot_text(snapshot)
        self._keep(text, snapshot)
        return text

    def _keep(self, text: str, snapshot: Snapshot) -> None:
        if len(self._by_end) >= MOST:
            self._by_end.clear()
        self._by_end[text[-END:]] = text, snapshot
