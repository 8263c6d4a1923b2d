"""Command lines as another system sends them, as the tests here use them: those of `eap_workflow.testing`, and a file of them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from eap_workflow.testing.acts import (
    OFFICES,
    PROCESS,
    assert_whole,
    attempt,
    contents,
    handle,
    read,
    service,
    unchanged,
)
from eap_workflow.testing.lines import (
    ANSWERS,
    APPROVER,
    CONSULTANT,
    DAY,
    FAR,
    MANAGER,
    START,
    TEAM,
    Line,
    at,
    draft,
    filed,
    line,
    reviewed,
    submit,
    tick,
    told,
)
from eap_workflow.testing.policies import BOOK, DEEMING, HARBOUR, HARBOUR_NEXT, TOLD_BY_THE_TEAM

__all__ = [
    "ANSWERS",
    "APPROVER",
    "BOOK",
    "CONSULTANT",
    "DAY",
    "DEEMING",
    "FAR",
    "HARBOUR",
    "HARBOUR_NEXT",
    "MANAGER",
    "OFFICES",
    "PERTH",
    "PROCESS",
    "START",
    "TEAM",
    "TOLD_BY_THE_TEAM",
    "Line",
    "assert_whole",
    "at",
    "attempt",
    "contents",
    "draft",
    "filed",
    "handle",
    "line",
    "read",
    "reviewed",
    "service",
    "submit",
    "text",
    "tick",
    "told",
    "unchanged",
]

PERTH = ZoneInfo("Australia/Perth")


def text(lines: Iterable[Line | str]) -> str:
    """Lines as the text of a file."""
    return "".join((each if isinstance(each, str) else json.dumps(each)) + "\n" for each in lines)
