"""What an index of dossiers says of each request, and what its dossier's file is called."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING

from attrs import define, frozen

from eap_workflow.plain.digest import digest
from eap_workflow.values import Discreet

if TYPE_CHECKING:
    from eap_workflow.dossier.contents import Dossier
    from eap_workflow.errors import EapWorkflowError

DIGITS = 12
PLAIN = re.compile(r"[A-Z0-9-]+")
NOT_PLAIN = re.compile(r"[^a-z0-9-]")
RESERVED = re.compile(r"CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9]|INDEX")
"""What Windows takes for a device, whatever its ending; and the index itself."""

INDEX = "index.html"
RUNNING = ("running", "over")


@frozen(kw_only=True, repr=False)
class IndexRow(Discreet):
    """A row of an index.

    Attributes:
        request: Which request.
        file: The name of its dossier's file, which stands beside the index.
        workflow: Its workflow, as people write it.
        state: The state that it is in.
        turn: Whose turn it is; empty where nobody's is.
        opened_at: When it was opened, in UTC.
        ended_at: When it ended, in UTC; None while it has not.
        due: What the next of its running limits that bind somebody is due; None where none runs.
        limits: How many of its limits bind somebody.
        passed: How many of these were not kept.
        over: How many of those run still.
        is_whole: Whether its record is what was written.
        problem: Why there is no dossier; empty where there is one.
    """

    request: str
    file: str
    workflow: str
    state: str
    turn: str
    opened_at: datetime | None
    ended_at: datetime | None
    due: date | datetime | None
    limits: int
    passed: int
    over: int
    is_whole: bool
    problem: str = ""

    @classmethod
    def of(cls, dossier: Dossier) -> IndexRow:
        """The row of a dossier."""
        running = [sheet for sheet in dossier.binding if sheet.standing in RUNNING]
        first = min(running, key=lambda sheet: sheet.passes_at, default=None)
        return cls(
            request=dossier.request,
            file=file_name(dossier.request),
            workflow=dossier.title,
            state=dossier.state,
            turn=dossier.turn or "",
            opened_at=dossier.opened_at,
            ended_at=dossier.ended_at,
            due=None if first is None else first.stated[-1].due,
            limits=len(dossier.binding),
            passed=dossier.passed,
            over=sum(sheet.standing == "over" for sheet in running),
            is_whole=dossier.record.is_whole,
        )

    @classmethod
    def without(cls, request: str, error: EapWorkflowError) -> IndexRow:
        """The row of a request that no dossier can be made of."""
        return cls(
            request=request,
            file="",
            workflow="unknown",
            state="unknown",
            turn="",
            opened_at=None,
            ended_at=None,
            due=None,
            limits=0,
            passed=0,
            over=0,
            is_whole=False,
            problem=str(error),
        )


@define
class IndexTotals:
    """What the rows of an index come to, counted as they are written.

    Attributes:
        requests: How many requests there are.
        passed: How many of them have a limit that was not kept.
        over: How many of them have one that was not kept and runs still.
        broken: How many of them have a record that is not what was written.
        failed: How many of them have no dossier, because what is stored cannot be read.
    """

    requests: int = 0
    passed: int = 0
    over: int = 0
    broken: int = 0
    failed: int = 0

    def add(self, row: IndexRow) -> None:
        """Count a row."""
        self.requests += 1
        self.passed += row.passed > 0
        self.over += row.over > 0
        self.broken += not row.is_whole and not row.problem
        self.failed += bool(row.problem)


def file_name(request: str) -> str:
    """Name the file of a request's dossier: another one for every request, on every file system.

    Capital letters, digits and hyphens stay as they are. Whatever else a reference may have is written as a hyphen or in
    small letters, with a digest of the reference after ``_``, which no plain name has: so two requests that differ in capitals
    alone have two files where that makes no difference, too.

    Args:
        request: Which request.
    """
    if PLAIN.fullmatch(request) and not RESERVED.fullmatch(request):
        return f"{request}.html"
    return f"{NOT_PLAIN.sub('-', request.lower())}_{digest(request.encode())[:DIGITS]}.html"
