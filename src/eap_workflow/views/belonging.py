"""Which workflow a view is of: what one workflow knows of its requests, a request of another has not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eap_workflow.errors import DefinitionError

if TYPE_CHECKING:
    from eap_workflow.steps import Snapshot

EXTRA_SESSIONS = "extra_sessions"


def check_extra_sessions(snapshot: Snapshot) -> None:
    """Refuse what is no request for extra sessions.

    Args:
        snapshot: The request as it stands.

    Raises:
        DefinitionError: It is of another workflow.
    """
    if snapshot.workflow != EXTRA_SESSIONS:
        raise DefinitionError(f"the request is of another workflow than {EXTRA_SESSIONS}: {snapshot.workflow}")
