"""What an index of dossiers says of each request, and what its dossier's file is called."""

from __future__ import annotations

import re
from datetime import datetime
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


@frozen(kw_only=True, repr=False)
class IndexRow(Discreet):
    """A row of an index.

    Attributes:
        request: Which request.
        file: The name of its dossier's file, which stands beside the index.
        workflow: Its workflow, as people write it.
        state: The state that it is in.
        opened_at: When it was opened, in UTC.
        limits: How many of its limits bind somebody.
        passed: How many of these were not kept.
        is_whole: Whether its record is what was written.
        problem: Why there is no dossier; empty where there is one.
    """

    request: str
    file: str
    workflow: str
    state: str
    opened_at: datetime | None
    limits: int
    passed: int
    is_whole: bool
    problem: str = ""

    @classmethod
    def of(cls, dossier: Dossier) -> IndexRow:
        """The row of a dossier."""
        return cls(
            request=dossier.request,
            file=file_name(dossier.request),
            workflow=dossier.title,
            state=dossier.state,
            opened_at=dossier.opened_at,
            limits=len(dossier.binding),
            passed=dossier.passed,
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
            opened_at=None,
            limits=0,
            passed=0,
            is_whole=False,
            problem=str(error),
        )


@define
class IndexTotals:
    """What the rows of an index come to, counted as they are written.

    Attributes:
        requests: How many requests there are.
        passed: How many of them have a limit that was not kept.
        broken: How many of them have a record that is not what was written.
        failed: How many of them have no dossier, because what is stored cannot be read.
    """

    requests: int = 0
    passed: int = 0
    broken: int = 0
    failed: int = 0

    def add(self, row: IndexRow) -> None:
        """Count a row."""
        self.requests += 1
        self.passed += row.passed > 0
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
