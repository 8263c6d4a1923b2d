"""The order of work: which open contact comes first (CM-05)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eap_workflow.citing import serves
from eap_workflow.states import OUTREACH
from eap_workflow.workflows.outreach.contact import URGENCIES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from eap_workflow.steps import Snapshot
    from eap_workflow.workflows.outreach.contact import Contact


@serves("CM-05", "CM-13")
def outreach_queue(snapshots: Iterable[Snapshot]) -> tuple[Snapshot[Contact], ...]:
    """Sort the open contacts by urgency, risk first, and then by receipt (CM-05, CM-13).

    Of what was received at the same instant, the request's id decides, so that the order is always the same.

    Args:
        snapshots: Requests as they stand, in any order; those that have ended, and those of other workflows, are left out.
    """
    waiting = (each for each in snapshots if each.workflow == OUTREACH.name and not OUTREACH.state(each.state).final)
    return tuple(sorted(waiting, key=_place))


def _place(snapshot: Snapshot[Contact]) -> tuple[int, datetime, str]:
    body = snapshot.body
    return -URGENCIES.index(body.urgency), body.received_at, snapshot.request
