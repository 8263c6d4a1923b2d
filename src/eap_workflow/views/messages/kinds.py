"""Every kind of message, in one table: those of each workflow, and those about a limit, which several workflows have."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eap_workflow.plain.frozen_map import FrozenMap
from eap_workflow.views.messages import case_review, extra_sessions, limits, outreach, session_cancellation

if TYPE_CHECKING:
    from collections.abc import Mapping

    from eap_workflow.messages import MessageKind
    from eap_workflow.views.messages.kind_terms import KindTerms

KINDS: Mapping[MessageKind, KindTerms] = FrozenMap(
    {**extra_sessions.KINDS, **case_review.KINDS, **outreach.KINDS, **session_cancellation.KINDS, **limits.KINDS}
)
"""Every kind of message: whom it goes to, when, by which rules, and what it shows."""
