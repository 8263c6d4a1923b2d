"""The one imperative loop, seen from outside: what a case system that talks to it can rely on."""

from __future__ import annotations

import logging
import traceback
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.calendar import BusinessCalendar
from eap_workflow.envelope import Envelope, Tick
from eap_workflow.errors import (
    CommandIdReused,
    CoverageError,
    EapWorkflowError,
    InvalidType,
    InvalidValue,
    PolicyError,
    Refused,
    Unknown,
)
from eap_workflow.policy import STANDARD, Parties, PartyTerms, RequestTerms
from eap_workflow.policy_book import PolicyBook
from eap_workflow.service import Receipt, Service
from eap_workflow.store import Wanted
from eap_workflow.store.memory import MemoryStore
from eap_workflow.values import Actor, Role
from eap_workflow.workflows import extra_sessions
from tests import lines
from tests.histories import histories
from tests.lines import (
    ANSWERS,
    APPROVER,
    BOOK,
    CONSULTANT,
    DAY,
    FAR,
    HARBOUR,
    HARBOUR_NEXT,
    MANAGER,
    PROCESS,
    START,
    TEAM,
    Line,
    assert_whole,
    contents,
    handle,
    unchanged,
)

PERTH = ZoneInfo("Australia/Perth")


@pytest.fixture
def store() -> MemoryStore:
    """An empty store."""
    return MemoryStore(PROCESS)


@pytest.fixture
def service(store: MemoryStore) -> Service:
    """A service on it."""
    return lines.service(store)


def triggers(receipts: list[Receipt]) -> list[str]:
    """What was done, in order."""
    return [step.trigger for each in receipts for step in each.steps]


# --- one command ------------------------------------------------------------------------------------------------------


def test_a_command_gives_its_steps_and_what_they_lead_to(service: Service) -> None:
    """A receipt holds the command's own step, what followed at once, and the request as it is kept."""
    receipts = handle(service, lines.filed("XS-1", counted=9))
    assert triggers(receipts) == ["draft", "submit", "refer"]
    assert [each.snapshot.state for each in receipts] == ["draft", "further_details"]
    assert service.snapshot("XS-1") == receipts[-1].snapshot
    assert not any(each.repeated for each in receipts)


def test_the_clock_comes_first(service: Service) -> None:
    """What was due before a command's instant is made and kept with it, in the same receipt (IN-13)."""
    handle(service, lines.filed("XS-1", contract="harbour"))
    receipts = handle(service, lines.line("approve", "XS-1", 60 * DAY, APPROVER))
    assert triggers(receipts) == ["remind", "warn", "overdue", "approve"]
    steps = receipts[0].steps
    assert [step.by.role for step in steps] == [Role.SYSTEM] * 3 + [Role.EMPLOYER]
    assert [step.at for step in steps] == sorted(step.at for step in steps)


@given(history=histories())
def test_asking_and_acting_agree(history: list[Line]) -> None:
    """What `can` answers is what `handle` then does: permitted and done, or the same verdict, and asking keeps nothing."""
    store = MemoryStore(PROCESS)
    service = lines.service(store)
    for each in history:
        if each["do"] == "tick":
            lines.attempt(service, each)
            continue
        before = contents(store)
        verdict = service.can(lines.read(each))
        assert contents(store) == before
        answered = verdict
        try:
            handle(service, each)
        except Refused as refusal:
            answered = refusal.verdict
        assert answered == verdict
        assert bool(verdict) == (contents(store) != before)


@given(history=histories())
def test_a_replay_gives_the_request_as_it_stands(history: list[Line]) -> None:
    """After anything that can be sent, every request is what its steps add up to."""
    store = MemoryStore(PROCESS)
    service = lines.service(store)
    for each in history:
        lines.attempt(service, each)
    assert_whole(store)
    for snapshot in service.snapshots():
        assert PROCESS.replay(service.trail(snapshot.request)) == snapshot == service.snapshot(snapshot.request)


def test_what_nobody_knows_is_said_to_be_unknown(service: Service, store: MemoryStore) -> None:
    """A request or a contract that is not there is unknown; its name, which came with a command, is not repeated."""
    asked: list[Any] = [
        lambda: service.snapshot("planted"),
        lambda: service.trail("planted"),
        lambda: handle(service, lines.draft(contract="planted")),
        lambda: service.can(lines.read(lines.draft(contract="planted"))),
    ]
    with unchanged(store):
        for ask in asked:
            with pytest.raises(Unknown) as caught:
                ask()
            assert "planted" not in str(caught.value) + repr(caught.value)


def test_a_limit_beyond_the_calendar_leaves_no_trace(service: Service, store: MemoryStore) -> None:
    """Where a due date would lie outside the calendar, the command is refused whole, and the draft stays."""
    late = {"at": "2060-12-29T09:00:00+11:00"}
    handle(service, lines.draft("XS-1") | late)
    with unchanged(store), pytest.raises(CoverageError, match="2060-12-31"):
        handle(service, lines.submit("XS-1") | late)
    with pytest.raises(CoverageError, match="2060-12-31"):
        service.can(lines.read(lines.submit("XS-1") | late))


# --- command ids ------------------------------------------------------------------------------------------------------


def test_a_command_sent_twice_acts_once(service: Service, store: MemoryStore) -> None:
    """The second time gives the first result, with the steps that were made then, and keeps nothing."""
    handle(service, lines.draft("XS-1"))
    given = lines.submit("XS-1", 1, counted=9, id="id-1")
    first = handle(service, given)[0]
    with unchanged(store):
        again = handle(service, given)[0]
    assert again == attrs.evolve(first, repeated=True)


def test_the_first_result_stands_whatever_came_after(service: Service, store: MemoryStore) -> None:
    """Sent again when the request has long moved on, a command is answered as it was the first time."""
    path = [each | {"id": f"id-{each['do']}"} for each in lines.told("XS-1")]
    first = handle(service, path)
    handle(service, lines.tick(90 * DAY))
    with unchanged(store):
        assert handle(service, path) == [attrs.evolve(each, repeated=True) for each in first]
        # The same instant in another zone is the same content.
        for each in path:
            handle(service, each | {"at": datetime.fromisoformat(each["at"]).astimezone(UTC).isoformat()})


@pytest.mark.parametrize(
    "other",
    [
        lines.submit("XS-1", 1, counted=3, id="id-1"),
        lines.submit("XS-1", 2, counted=2, id="id-1"),
        lines.submit("XS-2", 1, counted=2, id="id-1"),
        lines.submit("XS-1", 1, counted=2, id="id-1") | {"by": {"role": "consultant", "id": "con-1"}},
        lines.line("withdraw", "XS-1", 1, id="id-1"),
        lines.draft("XS-3", id="id-1"),
    ],
)
def test_an_id_with_other_content_is_refused(service: Service, store: MemoryStore, other: Line) -> None:
    """Another number, instant, request, actor or trigger under an id that was acted on is not decided."""
    handle(service, lines.draft("XS-1"), lines.draft("XS-2"), lines.submit("XS-1", 1, counted=2, id="id-1"))
    with unchanged(store), pytest.raises(CommandIdReused) as caught:
        handle(service, other)
    assert "id-1" not in str(caught.value) + repr(caught.value)


def test_commands_without_an_id_act_each_time(service: Service) -> None:
    """Only an id makes two commands one."""
    handle(service, lines.draft("XS-1"), lines.draft("XS-1"))
    assert service.snapshot("XS-1").version == 2


# --- the total --------------------------------------------------------------------------------------------------------


def total_of(service: Service, request: str) -> tuple[int, int]:
    """The pending sessions of other requests, and the total, as they were recorded at submission."""
    submission = service.snapshot(request).body.submission
    return submission.pending, submission.total


def test_pending_sessions_come_from_the_store(service: Service) -> None:
    """Others of the same case count while submitted and undecided, as they stand; others do not (XS-04, IN-06)."""
    case: dict[str, Any] = {"assist_case": "ASST-7"}
    handle(
        service,
        lines.draft("XS-1", **case),  # only a draft
        lines.filed("XS-2", **case, sessions=2),  # before the employer: 2
        lines.reviewed("XS-3", **case),
        lines.line("reduce", "XS-3", 2, MANAGER, sessions=1),  # reduced: 1
        lines.told("XS-4", **case),  # approved
        lines.filed("XS-5", **case),
        lines.line("withdraw", "XS-5", 1),  # withdrawn
        lines.filed("XS-6", **case),
        lines.line("decline", "XS-6", 1, APPROVER, reason="not_funded"),  # declined
        lines.filed("XS-8"),  # another case
        lines.filed("XS-9", 5, **case, counted=4, sessions=4),
    )
    assert total_of(service, "XS-9") == (3, 4 + 3 + 4)
    assert service.snapshot("XS-9").state == "employer_decision"
    handle(service, lines.filed("XS-10", 6, **case, counted=1, sessions=4))
    assert total_of(service, "XS-10") == (3 + 4, 1 + 7 + 4)
    assert service.snapshot("XS-10").state == "further_details"


def test_pending_sessions_do_not_depend_on_when_a_worker_ran() -> None:
    """A request that the clock has lapsed by then no longer counts, ticked or not (IN-06, IN-13)."""
    for ticked in (False, True):
        service = lines.service(MemoryStore(PROCESS))
        case: dict[str, Any] = {"assist_case": "ASST-7", "contract": "harbour"}
        handle(service, lines.filed("XS-1", counted=9, **case))
        lapses = service.snapshot("XS-1").deadlines[0].passes_at
        if ticked:
            handle(service, {"do": "tick", "at": lapses.isoformat()})
        for number, (moment, pending) in enumerate(((lapses - timedelta(seconds=1), 4), (lapses, 0))):
            if ticked and pending:
                continue
            for each in lines.filed(f"XS-2{number}", sessions=1, **case):
                handle(service, each | {"at": moment.isoformat()})
            assert total_of(service, f"XS-2{number}") == (pending, 2 + pending + 1)
            handle(service, lines.line("withdraw", f"XS-2{number}", 0) | {"at": moment.isoformat()})


@pytest.mark.parametrize("key", ["pending", "total", "upcoming", "approved_in_advance"])
def test_a_tally_never_carries_what_the_store_counts(service: Service, key: str) -> None:
    """The pending part cannot be sent by the caller (XS-04)."""
    handle(service, lines.draft("XS-1"))
    with pytest.raises(InvalidValue, match="unknown key"):
        handle(service, line_with_tally(**{key: 1}))


def line_with_tally(**more: Any) -> Line:
    """A submission with more in its tally."""
    return lines.line("submit", "XS-1", 1, tally={"completed": 2, "scheduled": 0, "remaining": 0, **more})


def test_sessions_approved_in_advance_are_counted_by_case(service: Service) -> None:
    """Up to the contract's number for one Assist Case nobody is asked; what would exceed it goes to the employer."""
    case: dict[str, Any] = {"assist_case": "ASST-7", "contract": "advance"}
    handle(service, [lines.filed(f"XS-{n}", n, sessions=3, **case) for n in (1, 2, 3)], lines.tick(5))
    assert [service.snapshot(f"XS-{n}").state for n in (1, 2, 3)] == ["approved", "approved", "employer_decision"]


# --- the policy -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "version", "state"),
    [
        (datetime(2026, 11, 30, 12, 0, tzinfo=PERTH), "1", "employer_decision"),
        (datetime(2026, 11, 30, 23, 59, 59, tzinfo=PERTH), "1", "employer_decision"),
        (datetime(2026, 12, 1, 0, 0, tzinfo=PERTH), "2", "further_details"),
        (datetime(2026, 12, 2, 12, 0, tzinfo=PERTH), "2", "further_details"),
    ],
)
def test_the_policy_is_the_one_in_force_by_the_contracts_own_zone(
    service: Service, moment: datetime, version: str, state: str
) -> None:
    """The day before, on and after a change, the day is that of the contract's zone; Melbourne is ahead (IN-11)."""
    for each in lines.filed("XS-1", contract="harbour"):
        handle(service, each | {"at": moment.isoformat()})
    snapshot = service.snapshot("XS-1")
    assert snapshot.state == state
    assert snapshot.body.submission.policy.version == version
    assert snapshot.body.submission.submitted_on == moment.date()
    policy = service.policy_of(snapshot)
    assert policy is not None
    assert policy.version == version


def test_a_draft_is_submitted_under_the_policy_of_its_day_of_submission(service: Service) -> None:
    """A draft of the day before the change falls under the policy of the day on which it is submitted (IN-11)."""
    handle(service, lines.draft("XS-1", contract="harbour"))
    handle(service, lines.submit("XS-1", 40 * DAY))
    assert service.snapshot("XS-1").body.submission.policy.version == "2"


def test_a_request_keeps_its_policy_after_the_book_has_changed(store: MemoryStore) -> None:
    """What was kept in the store decides, though the book no longer has the contract, or another one (IN-11)."""
    handle(lines.service(store), lines.reviewed("XS-1", contract="harbour"), lines.reviewed("XS-2", contract="harbour"))
    without = lines.service(store, PolicyBook.standard())
    assert without.policy_of(without.snapshot("XS-1")) == HARBOUR
    handle(without, lines.line("support", "XS-1", 2, MANAGER))
    deadline = without.snapshot("XS-1").deadline("employer_decision")
    assert deadline is not None
    assert [move.trigger for move in deadline.schedule] == ["remind", "warn", "overdue"]
    with pytest.raises(Unknown):
        handle(without, lines.filed("XS-3", 3, contract="harbour"))
    handle(lines.service(store, PolicyBook.of([HARBOUR_NEXT])), lines.line("support", "XS-2", 2, MANAGER))
    assert assert_whole(store) == 2


SYDNEY = Parties(employer=PartyTerms(region="AU-NSW", closures={date(2026, 11, 9): "Move"}))


def test_a_policy_that_was_edited_under_its_version_is_refused(store: MemoryStore) -> None:
    """A submission under a kept version with other content is refused by its name; the kept requests are unmoved."""
    handle(lines.service(store), lines.reviewed("XS-1", contract="harbour"))
    edited = attrs.evolve(HARBOUR, parties=SYDNEY, requests=RequestTerms(sessions_per_request=2))
    service = lines.service(store, PolicyBook.of([edited, HARBOUR_NEXT]))
    handle(service, lines.draft("XS-2", contract="harbour", sessions=2))
    with unchanged(store), pytest.raises(PolicyError, match="harbour 1 was kept with other content"):
        handle(service, lines.submit("XS-2", 1))
    # What the edited one brought into memory does not reach the request that is under the kept one.
    handle(service, lines.line("support", "XS-1", 2, MANAGER))
    deadline = service.snapshot("XS-1").deadline("employer_decision")
    assert deadline is not None
    assert deadline.due_on == date(2026, 11, 9)


# --- the clock --------------------------------------------------------------------------------------------------------


def clockwork() -> list[Line]:
    """Requests of every kind whose clocks have something to do."""
    return [
        *lines.filed("XS-1", contract="harbour"),
        *lines.reviewed("XS-2", contract="deeming"),
        *lines.filed("XS-3", 1, contract="deeming"),
        *lines.filed("XS-4", 2, counted=9, contract="harbour"),
        *lines.told("XS-5"),
        *lines.told("XS-6", contract="team"),
    ]


MOVES = {
    "XS-1": ["remind", "warn", "overdue"],
    "XS-2": ["overdue", "deem_declined", "relay"],
    "XS-3": ["remind", "overdue", "deem_approved", "relay"],
    "XS-4": ["remind", "warn", "lapse"],
    "XS-5": ["relay"],
    "XS-6": ["overdue"],
}


def test_the_clock_makes_each_move_once_and_in_order(service: Service, store: MemoryStore) -> None:
    """One late tick makes all that was due, at the instants at which it was due, and the same tick again nothing."""
    handle(service, clockwork())
    receipts = handle(service, lines.tick(90 * DAY))
    made = {each.snapshot.request: [step.trigger for step in each.steps] for each in receipts}
    assert made == MOVES
    for each in receipts:
        assert [step.at for step in each.steps] == sorted(step.at for step in each.steps)
        assert all(step.by.role is Role.SYSTEM for step in each.steps)
    firsts = [each.steps[0].at for each in receipts]
    assert firsts == sorted(firsts)
    with unchanged(store):
        assert handle(service, lines.tick(90 * DAY), lines.tick(0)) == []
    assert_whole(store)


@given(cuts=st.lists(st.floats(-1, 91), max_size=12))
def test_it_does_not_matter_how_ticks_are_cut(cuts: list[float]) -> None:
    """Many small ticks, in order or back and forth, come to the same trails as one late tick (IN-13)."""
    stores = [MemoryStore(PROCESS), MemoryStore(PROCESS)]
    for store, ticks in zip(stores, ((), cuts), strict=True):
        handle(lines.service(store), clockwork(), [lines.tick(days * DAY) for days in ticks], lines.tick(90 * DAY))
    assert contents(stores[0]) == contents(stores[1])


def test_a_late_command_finds_what_a_tick_would_have_made(service: Service) -> None:
    """With no tick at all, a command is answered as if every one had run: a lapsed form takes no answer (IN-13)."""
    handle(service, clockwork())
    late = lines.line("provide_details", "XS-4", 60 * DAY, details=ANSWERS)
    with pytest.raises(Refused) as caught:
        handle(service, late)
    assert (caught.value.verdict.state, caught.value.verdict.codes) == ("lapsed", ("not_in_state",))


def test_what_the_clock_owes_is_what_a_worker_would_make(service: Service, store: MemoryStore) -> None:
    """The same steps and the same request, and nothing is kept of them before (IN-13)."""
    handle(service, clockwork())
    at = datetime.fromisoformat(lines.at(60 * DAY))
    recorded = contents(store)
    before = list(service.snapshots())
    owed = {snapshot.request: service.owed(snapshot, at) for snapshot in before}
    assert contents(store) == recorded
    assert any(steps for steps, _ in owed.values())
    service.tick(at)
    for snapshot in before:
        steps, after = owed[snapshot.request]
        assert service.trail(snapshot.request)[snapshot.version :] == steps
        assert service.snapshot(snapshot.request) == after
        assert service.owed(after, at) == ((), after)


def test_a_tick_goes_through_more_requests_than_it_holds(store: MemoryStore) -> None:
    """More requests are due than are looked up at once, and each gets its moves."""
    service = lines.service(store)
    handle(service, [lines.filed(f"XS-{n}") for n in range(100 + 3)])
    assert len(handle(service, lines.tick(90 * DAY))) == 100 + 3


def test_one_request_that_cannot_go_on_holds_up_no_other(store: MemoryStore, tmp_path: Path) -> None:
    """If a move would lead outside a calendar, its request stays as it is, the others are done, and it is told (IN-13)."""
    file = tmp_path / "ends-in-2026.json"
    BusinessCalendar.for_region("AU", "VIC", years=(2026, 2026)).dump(file)
    provider = PartyTerms(calendar_file=str(file))
    ending = attrs.evolve(lines.DEEMING, contract="ending", parties=Parties(provider=provider, employer=provider))
    service = lines.service(store, PolicyBook.of([*BOOK.policies, ending]))
    early, late = {"at": "2026-12-17T09:00:00+11:00"}, {"at": "2026-12-21T09:00:00+11:00"}
    handle(service, [each | early for each in lines.filed("XS-1", contract="ending")])
    handle(service, [each | late for each in lines.filed("XS-2", contract="deeming")])
    assert isinstance(service.tick(FAR).stuck["XS-1"], CoverageError)
    assert service.snapshot("XS-2").state == "approved"
    assert service.snapshot("XS-1").state == "employer_decision"
    with unchanged(store):
        assert list(service.tick(FAR).stuck) == ["XS-1"]
    assert_whole(store)


def test_a_contract_whose_calendar_is_gone_holds_up_no_other(store: MemoryStore, tmp_path: Path) -> None:
    """A calendar that cannot be built any more stops its own requests, and neither the clock nor other contracts (IN-13)."""
    file = tmp_path / "calendar.json"
    BusinessCalendar.for_region("AU", "VIC", years=(2025, 2030)).dump(file)
    provider = PartyTerms(calendar_file=str(file))
    filed = attrs.evolve(lines.DEEMING, contract="filed", parties=Parties(provider=provider, employer=provider))
    book = PolicyBook.of([*BOOK.policies, filed])
    first = Service(store, policies=book)
    case: dict[str, Any] = {"assist_case": "ASST-7"}
    # Two of them: the one that counts its case comes by the calendar twice.
    for request in ("XS-1", "XS-4"):
        told = lines.filed(request, contract="filed", sessions=1)
        handle(first, [each | (case if each["do"] == "draft" else {}) for each in told])
    handle(first, [lines.draft("XS-2", 1, contract="deeming", sessions=1, **case)])
    file.unlink()
    service = Service(store, policies=book)
    with pytest.raises(PolicyError, match="cannot be read"):
        handle(service, [lines.draft("XS-3", 1, contract="filed")])
    handle(service, [lines.submit("XS-2", 1, counted=1)])
    ticked = service.tick(FAR)
    assert {request: type(problem) for request, problem in ticked.stuck.items()} == {
        "XS-1": PolicyError,
        "XS-4": PolicyError,
    }
    assert service.snapshot("XS-2").state == "approved"


def test_an_instant_is_needed_to_tick(service: Service) -> None:
    """A naive datetime and a date are no instant for anything that takes one."""
    handle(service, lines.filed("XS-1"))
    snapshot = service.snapshot("XS-1")
    for moment in (datetime(2026, 11, 5, 9, 0), date(2026, 11, 5)):  # noqa: DTZ001 - that it is naive is the point
        asked: list[Any] = [service.tick, service.overdue, lambda at: [service.status(snapshot, at)]]
        for ask in [*asked, lambda at: service.deadlines(snapshot, at)]:
            with pytest.raises(InvalidType):
                list(ask(moment))


# --- answers ----------------------------------------------------------------------------------------------------------


def test_all_requests_are_given_however_many(service: Service) -> None:
    """Requests come by id, and those over their limit by how long, past any page."""
    handle(service, [lines.filed(f"XS-{n:04}", DAY * (n % 2)) for n in range(502)])
    assert [each.request for each in service.snapshots()] == [f"XS-{n:04}" for n in range(502)]
    expected = [f"XS-{n:04}" for n in (*range(0, 502, 2), *range(1, 502, 2))]
    assert [each.request for each in service.overdue(FAR)] == expected


def test_requests_may_be_acted_on_while_they_are_gone_through(service: Service) -> None:
    """A loop over requests or over what is overdue may send commands for them."""
    handle(service, [lines.filed(f"XS-{n}") for n in range(5)])
    for snapshot in service.overdue(FAR):
        handle(service, lines.line("withdraw", snapshot.request, 60 * DAY))
    assert {each.state for each in service.snapshots()} == {"withdrawn"}


def test_what_is_overdue_says_nothing_of_what_has_no_limit(service: Service) -> None:
    """Drafts, finished requests and limits that run are not overdue; the instant of passing is (IN-04)."""
    handle(service, lines.draft("XS-1"), lines.told("XS-2"), lines.tick(DAY), lines.filed("XS-3", DAY))
    deadline = service.snapshot("XS-3").deadlines[0]
    assert list(service.overdue(deadline.passes_at - timedelta(microseconds=1))) == []
    assert [each.request for each in service.overdue(deadline.passes_at)] == ["XS-3"]


def test_the_latest_instant_is_known(service: Service) -> None:
    """An empty store has none; otherwise it is that of the last step."""
    assert service.latest_at() is None
    handle(service, lines.draft("XS-1", 3), lines.draft("XS-2", 1))
    assert service.latest_at() == START + timedelta(hours=3)


def test_a_due_date_is_accounted_for_day_by_day(service: Service) -> None:
    """The account of a running limit ends on its due date, with as many numbered days as the limit has (IN-01)."""
    handle(service, lines.filed("XS-1"))
    snapshot = service.snapshot("XS-1")
    deadline = snapshot.deadlines[0]
    account = service.explain(snapshot, deadline)
    assert (account[0].day, account[-1].day) == (deadline.day_zero, deadline.due_on)
    assert [row.number for row in account if row.number is not None] == list(range(1, 8))
    assert [row.reason for row in account if row.reason == "Melbourne Cup Day"] == ["Melbourne Cup Day"]


def test_a_draft_without_a_contract_has_no_policy(service: Service) -> None:
    """Nothing is counted and no policy is in force for a draft that names no contract yet."""
    handle(service, lines.line("draft", "XS-1", 0))
    snapshot = service.snapshot("XS-1")
    assert service.policy_of(snapshot) is None
    assert service.deadlines(snapshot, FAR) == ()


def test_a_service_alone_knows_the_standard_contract(store: MemoryStore) -> None:
    """Without policies and calendars of its own it has the built-in contract and its calendars."""
    service = Service(store)
    handle(service, lines.told("XS-1"))
    with pytest.raises(Unknown, match="known are standard"):
        handle(service, lines.draft("XS-2", contract="harbour"))


# --- what is personal -------------------------------------------------------------------------------------------------

PLANTED = "plantedvalue"
FORMS: list[Line] = [
    lines.draft(PLANTED, client=PLANTED, employer=PLANTED, goal=PLANTED, consent=PLANTED, follows=PLANTED),
    lines.draft("XS-2", goal=PLANTED),
    lines.draft("XS-2", referral=PLANTED, id=PLANTED),
    lines.draft("XS-2", contract=PLANTED),
    lines.draft("XS-2", assist_case=PLANTED),
    lines.draft("XS-2", client=PLANTED * 9),
    lines.draft("XS-2", sessions=PLANTED),
    lines.draft("XS-2", consultant=PLANTED),
    lines.draft("XS-2") | {PLANTED: PLANTED},
    lines.draft("XS-2") | {"at": PLANTED},
    lines.draft("XS-2") | {"by": PLANTED},
    lines.draft("XS-2") | {"by": {"role": PLANTED, "id": PLANTED}},
    lines.draft("XS-2") | {"by": CONSULTANT | {PLANTED: PLANTED}},
    lines.draft("XS-2") | {"do": PLANTED},
    lines.draft("XS-2") | {"request": f"{PLANTED} {PLANTED}"},
    lines.line("submit", "XS-1", 1, tally=PLANTED),
    lines.line("submit", "XS-1", 1, tally={"completed": PLANTED, "scheduled": 0, "remaining": 0}),
    lines.line("submit", "XS-1", 1, tally={"completed": 1, "scheduled": 0, "remaining": 0, "since": PLANTED}),
    lines.line("submit", "XS-1", 1, tally={"completed": 1, "scheduled": 0, "remaining": 0, PLANTED: 1}),
    lines.line("provide_details", "XS-1", 1, details={PLANTED: PLANTED}),
    lines.line("provide_details", "XS-1", 1, details={"plan": f"{PLANTED} {PLANTED}"}),
    lines.line("provide_details", "XS-1", 1, details=PLANTED),
    lines.line("decline", "XS-1", 1, APPROVER | {"employer": PLANTED}, reason=PLANTED),
    lines.line("decline", "XS-1", 1, APPROVER, reason=f"{PLANTED} {PLANTED}"),
    lines.line("reduce", "XS-1", 1, MANAGER, sessions=PLANTED),
    lines.line("reassign", "XS-1", 1, TEAM, consultant=f"{PLANTED} {PLANTED}"),
    lines.line("extend_limit", "XS-1", 1, TEAM, working_days=PLANTED),
    lines.line("approve", "XS-1", 1, {"role": "employer", "id": PLANTED, "employer": PLANTED}),
    lines.line("withdraw", PLANTED, 1, {"role": "practice", "id": PLANTED, "practice": PLANTED}),
    {"do": "tick", "at": PLANTED},
    {"do": "tick", PLANTED: PLANTED, "at": lines.at(1)},
]


@pytest.mark.parametrize("given", FORMS, ids=range(len(FORMS)))
def test_no_error_shows_what_came_in_with_a_command(
    service: Service, given: Line, caplog: pytest.LogCaptureFixture
) -> None:
    """A value planted in any field is in no message, repr, attribute or chain of the error, and in no log."""
    caplog.set_level(logging.DEBUG)
    handle(service, lines.filed("XS-1"))
    with pytest.raises(EapWorkflowError) as caught:
        handle(service, given)
    error: BaseException | None = caught.value
    while error is not None:
        shown = [str(error), repr(error), str(vars(error)), *traceback.format_exception_only(error)]
        assert PLANTED not in "".join(shown)
        error = error.__cause__ or error.__context__
    assert PLANTED not in caplog.text


def test_no_repr_shows_what_came_in_with_a_command(service: Service) -> None:
    """Commands, steps, snapshots, receipts and answers that hold personal references show none of them."""
    by = {"role": "consultant", "id": PLANTED, "practice": PLANTED}
    own: Line = {"client": PLANTED, "employer": PLANTED, "consent": PLANTED, "follows": f"{PLANTED}-0", "id": PLANTED}
    path = lines.reviewed(PLANTED, **own)
    receipts = [service.handle(lines.read(each | {"by": by})) for each in path]
    snapshot = receipts[-1].snapshot
    shown: list[Any] = [*receipts, snapshot.body, snapshot.body.form, snapshot.body.holder, snapshot.body.details]
    shown += [service.status(snapshot, FAR), service.deadlines(snapshot, FAR), service.can(lines.read(path[-1]))]
    shown += [lines.read(path[0]), lines.read(path[0]).by, lines.read(path[0]).command, BOOK]
    for each in shown:
        assert PLANTED not in repr(each) + str(each)


def test_a_draft_outlives_its_contract(store: MemoryStore) -> None:
    """IN-08, IN-11: a draft whose contract has ended can be withdrawn, and not submitted."""
    ended = attrs.evolve(STANDARD, contract="ended", effective_to=date(2026, 12, 31))
    service = lines.service(store, PolicyBook.of([ended]))
    handle(service, lines.draft("XS-1", contract="ended"))
    late = {"at": "2027-01-05T09:00:00+11:00"}
    submitted = lines.read(lines.filed("XS-1", contract="ended")[-1] | late)
    assert "policy_in_force" in service.can(submitted).codes
    service.handle(lines.read(lines.line("withdraw", "XS-1", 1) | late))
    assert service.snapshot("XS-1").state == "withdrawn"


def test_a_due_date_is_explained_after_the_request_has_ended(service: Service) -> None:
    """XS-11: how a date came about can be told from the trail, whatever has become of the request since."""
    handle(service, lines.told("XS-1"), lines.tick(90 * DAY))
    snapshot = service.snapshot("XS-1")
    assert snapshot.deadlines == ()
    stated = [deadline for step in service.trail("XS-1") for deadline in step.started]
    assert stated
    for deadline in stated:
        assert service.explain(snapshot, deadline)[-1].day == deadline.due_on


def test_a_request_is_seen_as_it_stood(service: Service) -> None:
    """XS-11: what happened later is not there, and before it was opened there is nothing."""
    handle(service, lines.told("XS-1"))
    snapshot, trail = service.snapshot("XS-1"), service.trail("XS-1")
    assert service.as_of(snapshot, snapshot.at) == snapshot
    then = service.as_of(snapshot, trail[0].at)
    assert then is not None
    assert (then.state, then.at) == (trail[0].target if trail[1].at > trail[0].at else then.state, trail[0].at)
    assert service.as_of(snapshot, trail[0].at - timedelta(seconds=1)) is None


def test_what_was_wanted_is_found_in_the_past(service: Service) -> None:
    """XS-11: a list of the past holds what was so then, as it stood, and nothing that was opened later."""
    handle(service, lines.told("XS-1"), lines.filed("XS-2", DAY))
    approved, put = service.snapshot("XS-1"), Wanted(state="employer_decision")
    moved_on = next(step.at for step in service.trail("XS-1") if step.target == "employer_decision")
    assert list(service.snapshots(put, at=moved_on)) == [service.as_of(approved, moved_on)]
    assert [each.request for each in service.snapshots(put)] == ["XS-2"]
    assert list(service.snapshots(at=approved.at + timedelta(days=300))) == list(service.snapshots())


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"workflow": "extra-sessions"}, "workflow"),
        ({"workflow": "tea_breaks"}, "workflow"),
        ({"state": "aproved"}, "state"),
        ({"state": 7}, "state"),
        ({"turn": "emploer"}, "turn"),
        ({"employer": "emp 4"}, "employer"),
        ({"assist_case": ""}, "assist_case"),
        ({"due_by": "2027-02-05"}, "due_by"),
        ({"due_by": START}, "due_by"),
    ],
)
def test_what_nothing_can_be_is_refused(service: Service, wanted: dict[str, Any], field: str) -> None:
    """XS-11: a list that is empty for a slip of the pen would look like good news, every night."""
    handle(service, lines.filed("XS-1"))
    for ask in (service.page, service.snapshots):
        with pytest.raises(InvalidValue) as caught:
            ask(Wanted(**wanted))
        assert caught.value.field == field
    with pytest.raises(InvalidValue):
        service.snapshots(Wanted(**wanted), at=START)


@pytest.mark.parametrize(
    ("ask", "field"),
    [
        (lambda service: service.handle(lines.draft("XS-1")), "envelope"),
        (lambda service: service.can(lines.draft("XS-1")), "envelope"),
        (lambda service: service.status("XS-1", START), "snapshot"),
        (lambda service: service.deadlines("XS-1", START), "snapshot"),
        (lambda service: service.as_of("XS-1", START), "snapshot"),
        (lambda service: service.handle(_asking(extra_sessions.Approve)), "command"),
        (lambda service: service.can(_asking(extra_sessions.Draft, "XS-2")), "command"),
        (lambda service: service.handle(_asking("draft", "XS-2")), "command"),
        (lambda service: service.adopt(lines.draft("XS-2")), "adoption"),
        (lambda service: service.explain(service.snapshot("XS-1"), None), "deadline"),
        (lambda service: service.restate(service.snapshot("XS-1"), "employer_decision"), "deadline"),
        (lambda service: service.page("draft"), "wanted"),
        (lambda service: service.snapshots("draft"), "wanted"),
        (lambda service: service.page(after="XS-1"), "after"),
        (lambda service: service.feed(7), "position"),
        (lambda service: service.policy_of("XS-1"), "snapshot"),
        (lambda service: service.owed("XS-1", START), "snapshot"),
        (lambda service: service.restate("XS-1", service.snapshot("XS-1").deadlines[0]), "snapshot"),
        (lambda service: service.offices_of(None), "policy"),
        (lambda service: service.remove("XS-1", at=FAR, by="team-1", ended_before=FAR), "by"),
        (lambda service: service.batch([lines.draft("XS-2")]).__enter__(), "envelope"),
        (lambda service: service.batch([Tick(at=FAR)]).__enter__(), "envelope"),
        (lambda _service: Service(PROCESS), "store"),  # type: ignore[arg-type] # by mistake
        (lambda _service: Service("sqlite://"), "store"),  # type: ignore[arg-type] # by mistake
        (lambda service: Service(service.store, policies="contracts.toml"), "policies"),  # type: ignore[arg-type] # by mistake
        (lambda service: Service(service.store, employer_key="a secret"), "employer_key"),  # type: ignore[arg-type] # by mistake
        (lambda _service: MemoryStore(extra_sessions), "process"),  # type: ignore[arg-type] # by mistake
    ],
)
def test_what_is_handed_in_by_mistake_is_named(service: Service, ask: Any, field: str) -> None:
    """XS-11: an id where a request is needed, a line where a command is, a module where a workflow is: each error says what is."""
    handle(service, lines.filed("XS-1"))
    with pytest.raises(InvalidType, match=r"(is|are) needed") as caught:
        ask(service)
    assert caught.value.field == field


def _asking(command: Any, request: str = "XS-1") -> Envelope:
    return Envelope(request=request, at=FAR, by=Actor(role="case_team", id="team-1"), command=command)


@pytest.mark.parametrize("most", [0, -1, True, 2.5])
def test_a_page_of_nothing_is_refused(service: Service, most: Any) -> None:
    """A page has one line at least: a reader that asks for none would go on for ever, or take the list for empty."""
    for ask in (service.page, service.feed):
        with pytest.raises(InvalidValue, match="most: a whole number from 1 on is needed"):
            ask(most=most)
