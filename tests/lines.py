"""Command lines as another system sends them, and what a store holds after them.

Every instant is a number of hours after `START`, a Wednesday in the week before Melbourne Cup Day. A request is filed by
the consultant con-1 of the practice pr-1, for the employer emp-1, under its own Assist Case.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from eap_workflow.envelope import Envelope, Tick, read_envelope
from eap_workflow.errors import EapWorkflowError
from eap_workflow.offices import Offices
from eap_workflow.policy import STANDARD, Limits, LimitTerms, Parties, PartyTerms, Policy, RequestTerms, ReviewTerms
from eap_workflow.policy_book import PolicyBook
from eap_workflow.records import snapshot_to_wire, step_to_wire
from eap_workflow.service import Receipt, Service
from eap_workflow.store import Store
from eap_workflow.workflows import extra_sessions

PROCESS = extra_sessions.PROCESS
START = datetime(2026, 10, 28, 9, 30, tzinfo=ZoneInfo("Australia/Melbourne"))
FAR = START + timedelta(days=300)
PERTH = ZoneInfo("Australia/Perth")
DAY = 24
MANY = 10_000

Line = dict[str, Any]

CONSULTANT = {"role": "consultant", "id": "con-1", "practice": "pr-1"}
MANAGER = {"role": "clinical_manager", "id": "cm-1"}
APPROVER = {"role": "employer", "id": "hr-1", "employer": "emp-1"}
TEAM = {"role": "case_team", "id": "ct-1"}
ANSWERS = {"rationale": "doc-1", "progress": "doc-2", "plan": "doc-3"}

HARBOUR = Policy(
    contract="harbour",
    version="1",
    source="Harbour agreement",
    effective_from=date(2026, 1, 1),
    effective_to=date(2026, 11, 30),
    zone="Australia/Perth",
    limits=Limits(
        further_details=LimitTerms(working_days=10, remind_before=5, warn_before=2, when_passed="lapse"),
        clinical_review=LimitTerms(working_days=5, remind_before=2, warn_before=1),
        employer_decision=LimitTerms(working_days=7, remind_before=3, warn_before=1),
    ),
)
HARBOUR_NEXT = Policy(
    contract="harbour",
    version="2",
    source="Harbour agreement, variation",
    effective_from=date(2026, 12, 1),
    zone="Australia/Perth",
    review=ReviewTerms(threshold=5),
)
DEEMING = Policy(
    contract="deeming",
    version="1",
    source="Deeming agreement",
    effective_from=date(2026, 1, 1),
    limits=Limits(
        clinical_review=LimitTerms(working_days=5, when_passed="deem_declined"),
        employer_decision=LimitTerms(working_days=7, remind_before=3, when_passed="deem_approved"),
    ),
)
IN_ADVANCE = Policy(
    contract="advance",
    version="1",
    source="Advance agreement",
    effective_from=date(2026, 1, 1),
    requests=RequestTerms(approved_in_advance=6),
)
TOLD_BY_THE_TEAM = Policy(
    contract="team",
    version="1",
    source="Team agreement",
    effective_from=date(2026, 1, 1),
    limits=Limits(relayed_by="case_team"),
    parties=Parties(employer=PartyTerms(region="AU-WA", zone="Australia/Perth")),
)
BOOK = PolicyBook.of([STANDARD, HARBOUR, HARBOUR_NEXT, DEEMING, IN_ADVANCE, TOLD_BY_THE_TEAM])

# Calendars are built once for a whole run.
OFFICES = Offices()


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


def read(given: Line) -> Envelope:
    """A line, read as a command."""
    envelope = read_envelope(PROCESS, given)
    assert isinstance(envelope, Envelope)
    return envelope


def service(store: Store, book: PolicyBook = BOOK) -> Service:
    """A service on a store, with the contracts of these tests."""
    return Service(store, policies=book, offices=OFFICES)


def handle(on: Service, *lines: Line | Iterable[Any]) -> list[Receipt]:
    """Act on lines, each of which has to be accepted."""
    receipts: list[Receipt] = []
    for given in _flat(lines):
        envelope = read_envelope(PROCESS, given)
        if isinstance(envelope, Tick):
            on.tick(envelope.at, each=receipts.append)
        else:
            receipts.append(on.handle(envelope))
    return receipts


def attempt(on: Service, given: Line) -> str:
    """Act on a line and say how it went: the code of a refusal, or what it did."""
    try:
        receipts = handle(on, given)
    except EapWorkflowError as error:
        return error.code
    return "; ".join(f"{step.trigger} {step.request} {step.version}" for each in receipts for step in each.steps)


def _flat(given: Iterable[Any]) -> Iterator[Line]:
    for each in given:
        if isinstance(each, dict):
            yield each
        else:
            yield from _flat(each)


def contents(store: Store, ids: Iterable[str] = ()) -> dict[str, Any]:
    """Everything that a store answers, as plain data, to compare before and after or one store with another."""
    with store.reading() as transaction:
        snapshots = transaction.requests(None, MANY)
        trails = {each.request: transaction.trail(each.request) for each in snapshots}
        indices = [PROCESS.index(each) for each in snapshots]
        cases = sorted({index.assist_case for index in indices if index.assist_case is not None})
        refs = {index.policy for index in indices if index.policy is not None}
        return {
            "snapshots": [snapshot_to_wire(each) for each in snapshots],
            "trails": {request: [step_to_wire(step) for step in trail] for request, trail in trails.items()},
            "cases": {case: sorted(each.request for each in transaction.in_case(case, "none")) for case in cases},
            "due": transaction.due(FAR, MANY),
            "overdue": [each.request for each in transaction.overdue(FAR, None, MANY)],
            "latest": transaction.latest_at(),
            "seen": {each: transaction.seen(each) for each in ids},
            "policies": {str(ref): transaction.policy(ref) for ref in refs},
        }


def assert_whole(store: Store) -> int:
    """Show that every request is what its steps add up to, with no half command; give how many there are."""
    with store.reading() as transaction:
        snapshots = transaction.requests(None, MANY)
        for snapshot in snapshots:
            trail = transaction.trail(snapshot.request)
            assert PROCESS.replay(trail) == snapshot
            assert [step.version for step in trail] == list(range(1, snapshot.version + 1))
            assert not PROCESS.workflow.state(snapshot.state).passing
            assert transaction.load(snapshot.request) == snapshot
    return len(snapshots)


def text(lines: Iterable[Line | str]) -> str:
    """Lines as the text of a file."""
    return "".join((each if isinstance(each, str) else json.dumps(each)) + "\n" for each in lines)


@contextmanager
def unchanged(store: Store) -> Iterator[None]:
    """Show that what happens inside leaves no trace in the store."""
    before = contents(store)
    yield
    assert contents(store) == before
