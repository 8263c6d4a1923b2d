"""What a store of some workflows sees of a database that keeps others too: its own requests, and nothing of the rest.

A service that knows two workflows may share a database with one that knows all, or with a newer version that knows more. A
store of all workflows asks nothing of the sort: what it does not know, it should say.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from eap_workflow.processes import are_all

if TYPE_CHECKING:
    from eap_workflow.process_set import Processes


@lru_cache(maxsize=64)
def own_alone(processes: Processes) -> tuple[str, tuple[str, ...]]:
    """A condition by which a statement leaves out what is of other workflows, and its values; empty where there are none."""
    if are_all(processes):
        return "", ()
    return f" AND workflow IN ({', '.join('?' * len(processes.names))})", processes.names
