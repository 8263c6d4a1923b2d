"""Lines of commands as another system sends them, for a store to be tried with.

Every instant is a number of hours after `START`, a Wednesday in the week before Melbourne Cup Day. A request is filed by
the consultant con-1 of the practice pr-1, for the employer emp-1, under its own Assist Case.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

START = datetime(2026, 10, 28, 9, 30, tzinfo=ZoneInfo("Australia/Melbourne"))
FAR = START + timedelta(days=300)
DAY = 24

Line = dict[str, Any]

CONSULTANT = {"role": "consultant", "id": "con-1", "practice": "pr-1"}
MANAGER = {"role": "clinical_manager", "id": "cm-1"}
APPROVER = {"role": "employer", "id": "hr-1", "employer": "emp-1"}
TEAM = {"role": "case_team", "id": "ct-1"}
ANSWERS = {"rationale": "doc-1", "progress": "doc-2", "plan": "doc-3"}


def at(hours: float) -> str:
    """An instant as it is sent: so many hours after the start."""
    return (START + timedelta(hours=hours)).isoformat()


def line(do: str, request: str, hours: float, by: Mapping[str, str] = CONSULTANT, **own: Any) -> Line:
    """A line of a command file."""
    return {"do": do, "request": request, "at": at(hours), "by": dict(by), **own}


def tick(hours: float) -> Line:
    """A line that moves the clock."""
    return {"do": "tick", "at": at(hours)}


def draft(request: str = "XS-0001", hours: float = 0, by: Mapping[str, str] = CONSULTANT, **own: Any) -> Line:
    """A draft with the whole form of the standard contract; what is given replaces or adds."""
    form = {
        "assist_case": f"ASST-{int(''.join(filter(str.isdigit, request)) or 0)}",
        "client": f"cl-{request}",
        "employer": "emp-1",
        "contract": "standard",
        "sessions": 4,
        "goal": "return_to_work",
        "referral": "none_needed",
    }
    return line("draft", request, hours, by, **form | own)


def submit(request: str = "XS-0001", hours: float = 0, *, counted: int = 2, **own: Any) -> Line:
    """A submission with so many sessions counted."""
    return line("submit", request, hours, tally={"completed": counted, "scheduled": 0, "remaining": 0}, **own)


def filed(request: str = "XS-0001", hours: float = 0, *, counted: int = 2, **form: Any) -> list[Line]:
    """A draft and its submission: under the threshold and so with the employer, unless more is counted."""
    return [draft(request, hours, **form), submit(request, hours, counted=counted)]


def reviewed(request: str = "XS-0001", hours: float = 0, **form: Any) -> list[Line]:
    """Filed over the threshold, with the details provided: before the clinical manager."""
    return [
        *filed(request, hours, counted=9, **form),
        line("provide_details", request, hours + 1, details=ANSWERS),
    ]


def told(request: str = "XS-0001", hours: float = 0, **form: Any) -> list[Line]:
    """The long path to its end: reviewed, reduced, approved; the outcome is relayed by the clock when it moves."""
    return [
        *reviewed(request, hours, **form),
        line("reduce", request, hours + 2, MANAGER, sessions=3),
        line("approve", request, hours + 3, APPROVER),
    ]
