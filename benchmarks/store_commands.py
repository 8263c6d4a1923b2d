"""The commands that the stores are measured with: a request is drafted, submitted and approved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from eap_workflow.envelope import Envelope, read_envelope
from eap_workflow.workflows.extra_sessions import PROCESS

CONSULTANT = {"role": "consultant", "id": "con-17"}
APPROVER = {"role": "employer", "id": "app-2", "employer": "emp-4"}
COMMANDS: tuple[dict[str, Any], ...] = (
    {
        "do": "draft",
        "by": CONSULTANT,
        "client": "cl-88",
        "employer": "emp-4",
        "contract": "standard",
        "sessions": 4,
        "goal": "return_to_work",
        "referral": "private_practice",
    },
    {"do": "submit", "by": CONSULTANT, "tally": {"completed": 4, "scheduled": 0, "remaining": 0}},
    {"do": "approve", "by": APPROVER},
)


def plain(number: int) -> list[dict[str, Any]]:
    """The commands of a request, as another system sends them."""
    given = []
    for minutes, command in enumerate(COMMANDS):
        at = datetime(2026, 11, 2, 22, minutes, tzinfo=UTC) + timedelta(days=number % 60)
        own = {"assist_case": f"ASST-{number}"} if command["do"] == "draft" else {}
        request = f"XS-{number:07}"
        given.append({**command, "request": request, "at": at.isoformat(), "id": f"{request}.{minutes}", **own})
    return given


def envelopes(first: int, requests: int) -> list[Envelope]:
    """The commands of some requests, read."""
    found = []
    for number in range(first, first + requests):
        found += [read_envelope(PROCESS, command) for command in plain(number)]
    return found
