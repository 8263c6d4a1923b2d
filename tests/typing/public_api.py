"""What a type checker must see in the public names, as a user writes them. Checked by pyright, strictly; never run."""

from __future__ import annotations

from datetime import date, datetime
from typing import assert_type

from eap_workflow import (
    STANDARD,
    Actor,
    BusinessCalendar,
    Context,
    DayAccount,
    Deadline,
    Envelope,
    MemoryStore,
    PolicyBook,
    Receipt,
    Refused,
    Service,
    Snapshot,
    Step,
    Verdict,
    errors,
)
from eap_workflow import extra_sessions as xs
from eap_workflow.store import Store
from eap_workflow.store.sql import SqlStore
from eap_workflow.views import Answer, EmployerView, employer_view, may_enquire, may_schedule


def conflict(error: errors.Conflict) -> None:
    """A conflict says which versions met, as numbers."""
    assert_type(error.request, str)
    assert_type((error.expected, error.found), tuple[int | None, int | None])


def families(error: errors.UnknownRegion | errors.InvalidType) -> None:
    """Every error is of the library's base class, and carries its code as text."""
    base: errors.EapWorkflowError = error
    assert_type(base.code, str)
    if isinstance(error, errors.UnknownRegion):
        as_builtin: LookupError = error
        assert_type(str(as_builtin), str)


def days(calendar: BusinessCalendar, rows: tuple[DayAccount, ...]) -> None:
    """A calendar takes and gives dates, and plain sequences give tuples of them."""
    day = date(2026, 10, 28)
    assert_type(calendar.add(day, 7), date)
    assert_type(calendar.count(day, day), int)
    assert_type(calendar.explain(day, 7), tuple[DayAccount, ...])
    assert_type(calendar.add_many([day], 5), tuple[date, ...])
    assert_type(calendar & calendar, BusinessCalendar)
    assert_type(rows[0].number, int | None)
    assert_type(BusinessCalendar.for_region("AU", "VIC"), BusinessCalendar)


def a_request(service: Service, instant: datetime) -> None:
    """Ids are plain text to a caller, commands are typed, and what comes back is typed as well."""
    consultant = Actor(role="consultant", id="con-17", practice="prac-2")
    draft = xs.Draft(assist_case="ASST-104233", client="cl-88", employer="emp-4", contract="standard", sessions=4)
    receipt = service.handle(Envelope(request="XS-0001", at=instant, by=consultant, command=draft))
    assert_type(receipt, Receipt)
    assert_type(receipt.snapshot, Snapshot)
    assert_type(receipt.steps, tuple[Step, ...])
    assert_type(service.can(Envelope(request="XS-0001", at=instant, by=consultant, command=xs.Approve())), Verdict)
    assert_type(service.tick(instant).moves, int)
    deadline = receipt.snapshot.deadline("employer_decision")
    assert_type(deadline, Deadline | None)
    if deadline is not None:
        assert_type(deadline.due_on, date)
        assert_type(service.explain(receipt.snapshot, deadline), tuple[DayAccount, ...])


def the_core(snapshot: Snapshot | None, context: Context) -> None:
    """Asking, deciding and evolving are typed without a store."""
    tally = xs.Tally(completed=6, scheduled=1, remaining=0)
    assert_type(xs.can(snapshot, xs.Submit(tally=tally), context), Verdict)
    steps = xs.decide(snapshot, xs.Submit(tally=tally), context)
    assert_type(steps, tuple[Step, ...])
    assert_type(xs.evolve(snapshot, steps[0]), Snapshot[xs.ExtraSessions])
    assert_type(xs.tally_window(STANDARD, date(2026, 10, 28)), xs.TallyWindow)


def refused(error: Refused) -> None:
    """A refusal carries its verdict, with every reason and what is permitted instead."""
    assert_type(error.verdict.codes, tuple[str, ...])
    assert_type(error.verdict.triggers, tuple[str, ...])
    for reason in error.verdict.reasons:
        assert_type((reason.code, reason.sentence), tuple[str, str])


def answers(snapshot: Snapshot, instant: datetime) -> None:
    """The views give values of their own types."""
    assert_type(may_schedule(snapshot), Answer)
    assert_type(may_enquire(snapshot, instant).permitted, bool)
    assert_type(employer_view(snapshot, STANDARD), EmployerView | None)


def stores() -> None:
    """A store of one's own is one that has the protocol's methods; ours have them."""
    memory: Store = MemoryStore(xs.PROCESS)
    sql: Store = SqlStore("sqlite:///requests.db", xs.PROCESS)
    assert_type(Service(memory), Service)
    assert_type(Service(sql, policies=PolicyBook.standard()), Service)
