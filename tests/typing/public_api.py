"""What a type checker must see in the public names, as a user writes them. Checked by pyright, strictly; never run."""

from __future__ import annotations

from datetime import date, datetime
from typing import assert_type

from sqlalchemy.ext.asyncio import AsyncConnection

from eap_workflow import (
    STANDARD,
    Actor,
    BusinessCalendar,
    Command,
    Context,
    DayAccount,
    Deadline,
    Envelope,
    MemoryStore,
    PolicyBook,
    Process,
    Receipt,
    Refused,
    Service,
    Snapshot,
    Step,
    Tick,
    Verdict,
    Wanted,
    Workflow,
    case_review,
    errors,
    every_process,
    outreach,
    read_envelope,
    read_envelope_or_tick,
    session_cancellation,
)
from eap_workflow import extra_sessions as xs
from eap_workflow.asynchronous import AsyncService
from eap_workflow.notify import Rendering
from eap_workflow.records import snapshot_from_wire
from eap_workflow.store import Store
from eap_workflow.store.sql import SqlStore
from eap_workflow.views import Answer, EmployerView, employer_view, may_enquire, may_schedule
from eap_workflow.views.status import Status


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


def bodies(service: Service) -> None:
    """A store gives a snapshot of any workflow, and the workflow its body by its type."""
    snapshot = service.snapshot("XS-0001")
    assert_type(snapshot, Snapshot)
    assert_type(xs.body_of(snapshot), xs.ExtraSessions)
    assert_type(xs.PROCESS.body_of(snapshot), xs.ExtraSessions)
    assert_type(case_review.body_of(snapshot), case_review.Case)
    assert_type(outreach.body_of(snapshot), outreach.Contact)
    assert_type(session_cancellation.body_of(snapshot), session_cancellation.Cancellation)
    assert_type(xs.body_of(snapshot).submission, xs.Submission | None)
    for contact in outreach.outreach_queue(service.page(Wanted(workflow="outreach"))):
        assert_type(contact.body, outreach.Contact)


def of_any_workflow(process: Process, snapshot: Snapshot, context: Context) -> Workflow:
    """A bare process and a bare snapshot are of any workflow, and legal where every argument of a type has to be given."""
    assert_type(process.evolve(snapshot, process.decide(snapshot, xs.Approve(), context)[0]), Snapshot)
    return process.workflow


def of_one_workflow(contact: Snapshot[outreach.Contact], context: Context) -> None:
    """A workflow's own functions give snapshots of it, and take none of another."""
    (step,), request = xs.advance(None, xs.Draft(contract="standard"), context)
    assert_type(request.body, xs.ExtraSessions)
    assert_type(xs.evolve(None, step).body.form, xs.Form)
    xs.can(contact, xs.Approve(), context)  # type: ignore[arg-type]


def commands(process: Process, data: object) -> None:
    """What is read is a command, and a tick only where one is asked for; a command's class is found by asking."""
    assert_type(read_envelope(process, data), Envelope)
    assert_type(read_envelope(every_process(), data).request, str)
    assert_type(read_envelope_or_tick(process, data), Envelope | Tick)
    command = read_envelope(process, data).command
    assert_type(command.trigger, str)
    if isinstance(command, xs.Reduce):
        assert_type(command.sessions, int)


def sent_on(at: datetime, by: Actor, command: Command) -> Envelope:
    """A caller's own function takes any command, of any workflow."""
    return Envelope(request="XS-0001", at=at, by=by, command=command)


def of_every_workflow(at: datetime, by: Actor) -> None:
    """Each workflow's commands are commands."""
    sent_on(at, by, xs.Approve())
    sent_on(at, by, case_review.Close())
    sent_on(at, by, outreach.Acknowledge())
    sent_on(at, by, session_cancellation.Rebook(slot="slot-1"))


def no_commands(at: datetime, by: Actor, context: Context) -> None:
    """A class without its brackets, plain data and a trigger's name are no commands."""
    Envelope(request="XS-0001", at=at, by=by, command=xs.Approve)  # type: ignore[arg-type]
    Envelope(request="XS-0001", at=at, by=by, command={"do": "approve"})  # type: ignore[arg-type]
    xs.can(None, "approve", context)  # type: ignore[arg-type]


class CaseFile:
    """A model of somebody else's, who says what binding puts there."""

    state: str
    snapshot: Snapshot[xs.ExtraSessions] | None = None


def a_binding(model: CaseFile, context: Context, journal: list[Step]) -> None:
    """The machine acts on a model, whose own triggers no type checker sees; the receiver takes steps."""
    machine = xs.machine(model, on_steps=lambda _model, steps: journal.extend(steps))
    assert_type(
        machine.act(model, xs.Submit(tally=xs.Tally(completed=6, scheduled=1, remaining=0)), context), tuple[Step, ...]
    )
    assert_type(machine.tick(model, context), tuple[Step, ...])
    xs.machine(model, on_steps="keep")  # type: ignore[arg-type]


async def on_a_loop(service: AsyncService, connection: AsyncConnection, instant: datetime) -> None:
    """Every awaited call takes a connection of the caller's, by its type."""
    snapshot = await service.snapshot("XS-0001", connection=connection)
    assert_type(xs.body_of(snapshot), xs.ExtraSessions)
    assert_type(await service.status("XS-0001", instant, connection=connection), Status)
    assert_type(await service.trail("XS-0001"), tuple[Step, ...])
    assert_type(await service.call(lambda inside: inside.tick(instant).moves), int)
    await service.trail("XS-0001", conection=connection)  # type: ignore[call-arg]
    await service.page(connection="sqlite://")  # type: ignore[arg-type]


def the_core(snapshot: Snapshot | None, context: Context) -> None:
    """Asking, deciding and evolving are typed without a store."""
    tally = xs.Tally(completed=6, scheduled=1, remaining=0)
    assert_type(xs.can(snapshot, xs.Submit(tally=tally), context), Verdict)
    steps = xs.decide(snapshot, xs.Submit(tally=tally), context)
    assert_type(steps, tuple[Step, ...])
    assert_type(xs.evolve(snapshot, steps[0]), Snapshot[xs.ExtraSessions])
    assert_type(snapshot_from_wire(xs.PROCESS, {}), Snapshot[xs.ExtraSessions])
    assert_type(snapshot_from_wire(every_process(), {}), Snapshot)
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


def messages() -> None:
    """What a program has read from a file of its own is handed over as it is."""
    links = {"employer": "https://example.com/decide/{reference}"}
    assert_type(Rendering(links=links), Rendering)


def stores() -> None:
    """A store of one's own is one that has the protocol's methods; ours have them."""
    memory: Store = MemoryStore(xs.PROCESS)
    sql: Store = SqlStore("sqlite:///requests.db", xs.PROCESS)
    assert_type(Service(memory), Service)
    assert_type(Service(sql, policies=PolicyBook.standard()), Service)
