"""What a transaction holds while others work on the same: the Assist Case, a request's version, a command's id; on both databases."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

import attrs
import pytest

from eap_workflow.envelope import Envelope, Tick, read_envelope_or_tick
from eap_workflow.errors import CommandIdReused, Conflict, EapWorkflowError, Refused
from eap_workflow.plain.json_text import canonical_json
from eap_workflow.records import step_to_wire
from eap_workflow.service import Service
from eap_workflow.store import Seen
from eap_workflow.store.sql import SqlStore
from eap_workflow.store.sql.postgresql import PostgreSql
from eap_workflow.store.sql.transaction import SqlTransaction
from eap_workflow.verification import verify
from tests import lines
from tests.databases import at_once, kind, new_database, opened, service, store, url
from tests.lines import APPROVER, HARBOUR, PROCESS, Line, assert_whole, handle, unchanged

__all__ = ["kind", "service", "store", "url"]

# --- XS-04 under one lock ---------------------------------------------------------------------------------------------


@contextmanager
def meeting_inside(parties: int) -> Iterator[None]:
    """Let those who have counted the Assist Case wait for each other, as long as there is any hope that they meet."""
    met = threading.Barrier(parties)
    count = SqlTransaction.in_case

    def counted(self: SqlTransaction, *given: Any) -> Any:
        found = count(self, *given)
        with suppress(threading.BrokenBarrierError):
            met.wait(0.2)
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SqlTransaction, "in_case", counted)
        yield


def submitted_at_once(service: Service, number: int, sessions: int, counted: int) -> tuple[list[int], int]:
    """The totals of requests of one Assist Case that are submitted at once, and how many went straight to the employer."""
    requests = [f"XS-{each}" for each in range(number)]
    handle(service, [lines.draft(each, assist_case="ASST-7", sessions=sessions) for each in requests])
    with meeting_inside(number):
        results = at_once(*(partial(handle, service, lines.submit(each, 1, counted=counted)) for each in requests))
    assert not [each for each in results if isinstance(each, Exception)]
    steps = [step for each in requests for step in service.trail(each)]
    totals = sorted(step.facts.total for step in steps if step.trigger == "submit")
    return totals, sum(step.trigger == "forward" for step in steps)


def test_two_submissions_at_once_never_both_pass(service: Service) -> None:
    """Of two that would each be under the threshold alone, one is reviewed: 4 + 4 and then 4 + 4 + 4 (XS-04)."""
    assert submitted_at_once(service, 2, sessions=4, counted=4) == ([8, 12], 1)
    assert list(verify(service.store)) == []


def test_eight_submissions_at_once_add_up(service: Service) -> None:
    """Each total is as if the requests had come one after the other, whichever that was (XS-04, IN-06)."""
    assert submitted_at_once(service, 8, sessions=1, counted=7) == ([8, 9, 10, 11, 12, 13, 14, 15], 4)


def test_what_holds_no_case_is_caught() -> None:
    """On PostgreSQL, where writers are beside each other, both pass if the case is not held; so the tests above can fail."""
    with new_database("postgresql") as url, opened(url) as store, pytest.MonkeyPatch.context() as patch:
        patch.setattr(PostgreSql, "hold_named_before", lambda *_given: None)
        assert submitted_at_once(lines.service(store), 2, sessions=4, counted=4) == ([8, 8], 2)


def test_cases_of_their_own_wait_for_nobody() -> None:
    """On PostgreSQL requests of different Assist Cases are submitted beside each other."""
    with new_database("postgresql") as url, opened(url) as store:
        service = lines.service(store)
        handle(service, [lines.draft(f"XS-{number}") for number in (1, 2)])
        with store.transaction() as transaction:
            transaction.hold_case("ASST-1")
            transaction.in_case("ASST-1", "XS-1")
            assert handle(service, lines.submit("XS-2", 1))[0].snapshot.state == "employer_decision"


# --- conflicts --------------------------------------------------------------------------------------------------------


def test_of_two_who_decide_on_one_version_one_wins(service: Service) -> None:
    """The other is told in a conflict what happened meanwhile, and nothing of its command is kept."""
    handle(service, lines.filed("XS-1"))
    approve = lines.line("approve", "XS-1", 1, APPROVER, version=3, id="id-a")
    decline = lines.line("decline", "XS-1", 1, APPROVER, version=3, id="id-b", reason="not_funded")
    results = at_once(partial(handle, service, approve), partial(handle, service, decline))
    (won,) = (each[0] for each in results if isinstance(each, list))
    (conflict,) = (each for each in results if isinstance(each, Conflict))
    assert conflict.meanwhile == won.steps
    assert (conflict.request, conflict.expected, conflict.found) == ("XS-1", 3, 4)
    assert service.trail("XS-1")[3:] == won.steps
    with service.store.reading() as transaction:
        assert [transaction.seen(each) is None for each in ("id-a", "id-b")].count(True) == 1


def test_many_who_decide_on_one_version(service: Service) -> None:
    """Of eight who revise the same version one wins, and the seven others are each told the one step."""
    handle(service, lines.draft("XS-1"))
    results = at_once(*[partial(handle, service, lines.draft("XS-1", 1, version=1))] * 8)
    conflicts = [each for each in results if isinstance(each, Conflict)]
    assert len(conflicts) == 7
    assert {tuple(step.version for step in each.meanwhile) for each in conflicts} == {(2,)}
    assert service.snapshot("XS-1").version == 2


def test_without_a_version_it_is_decided_on_what_the_first_left(service: Service) -> None:
    """Of two that exclude each other, the second is refused; of two that do not, both are acted on."""
    handle(service, lines.filed("XS-1"), lines.draft("XS-2"))
    results = at_once(
        partial(handle, service, lines.line("approve", "XS-1", 1, APPROVER)),
        partial(handle, service, lines.line("withdraw", "XS-1", 1)),
    )
    assert [type(each) for each in results if isinstance(each, Exception)] == [Refused]
    assert service.snapshot("XS-1").version == 4
    results = at_once(*[partial(handle, service, lines.draft("XS-2"))] * 6)
    assert sorted(each[0].snapshot.version for each in results) == [2, 3, 4, 5, 6, 7]
    assert list(verify(service.store)) == []


def test_two_drafts_open_one_request_at_once(service: Service) -> None:
    """One opens it and the others revise it; whoever wanted it to be new, by its version, is in conflict."""
    results = at_once(*[partial(handle, service, lines.draft("XS-1"))] * 8)
    assert sorted(each[0].snapshot.version for each in results) == [1, 2, 3, 4, 5, 6, 7, 8]
    results = at_once(*[partial(handle, service, lines.draft("XS-2", version=0))] * 4)
    assert sum(isinstance(each, Conflict) for each in results) == 3
    assert service.snapshot("XS-2").version == 1
    assert assert_whole(service.store) == 2


@pytest.mark.parametrize("version", [None, 3])
def test_a_command_sent_at_once_from_many_connections_acts_once(service: Service, version: int | None) -> None:
    """One acts, the others are given its result: whether or not it could be done twice, and with a version or without."""
    named = {} if version is None else {"version": version}
    handle(service, lines.filed("XS-1"), lines.draft("XS-2"))
    approve = lines.line("approve", "XS-1", 1, APPROVER, id="id-a", **named)
    revise = lines.draft("XS-2", 1, id="id-b")
    opening = lines.draft("XS-3", 1, id="id-c")
    for given, steps in ((approve, 4), (revise, 2), (opening, 1)):
        results = at_once(*[partial(handle, service, given)] * 8)
        assert not [each for each in results if isinstance(each, Exception)]
        assert sorted(receipt.repeated for (receipt,) in results) == [False] + [True] * 7
        assert len({receipt.steps for (receipt,) in results}) == 1
        assert service.snapshot(str(given["request"])).version == steps


def test_one_id_for_two_commands_at_once(service: Service) -> None:
    """The first one acts, and the other is told that its id came before with other content."""
    results = at_once(
        partial(handle, service, lines.draft("XS-1", id="id-1")),
        partial(handle, service, lines.draft("XS-2", id="id-1")),
    )
    assert [type(each) for each in results if isinstance(each, Exception)] == [CommandIdReused]
    assert assert_whole(service.store) == 1


# --- hostile input ----------------------------------------------------------------------------------------------------

HOSTILE: tuple[object, ...] = (
    *(
        "",
        "'",
        '"',
        "'; DROP TABLE eap_steps; --",
        "%s",
        "%(a)s",
        "?",
        ":a",
        "{}",
        "\\",
        "\x00",
        "a\x00b",
        "\ud800",
        "\udfff",
    ),
    *("\u202eabc", "\u2066x\u2069", "\ufeff", "é", "e\u0301", "\U0010ffff", " x", "x ", "a\nb", "x" * 5_000_000, "NaN"),
    *(float("nan"), float("inf"), -1, 0, 2**31, 2**63, 2**400, True, None, [], {}, b"x", 1.5),
    *("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999-12:00", "9999-12-31T23:59:59Z"),
    *(
        "2026-11-05",
        "2026-11-05T14:00:00",
        "2026-02-30T00:00:00Z",
        "-0001-01-01T00:00:00Z",
        "2026-11-05T14:00:00.1234567Z",
    ),
)
PATH = [
    *lines.reviewed("XS-1", id="id-1"),
    lines.line("reduce", "XS-1", 2, lines.MANAGER, sessions=3),
    lines.line("decline", "XS-1", 3, APPROVER, reason="not_funded"),
]


def places(given: object, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every place of a command where a value can stand."""
    if isinstance(given, dict):
        for key, value in given.items():
            yield from places(value, (*path, key))
    if path:
        yield path


def with_a(given: Line, path: tuple[str, ...], value: object) -> Line:
    """A command with another value somewhere."""
    changed = dict(given)
    if len(path) == 1:
        changed[path[0]] = value
    else:
        changed[path[0]] = with_a(changed[path[0]], path[1:], value)
    return changed


def test_hostile_input_is_refused_or_kept_as_it_is(store: SqlStore, service: Service) -> None:
    """Whatever stands in any field: refused with our error and no trace, or stored and read back the same; nothing is lost."""
    acted = refused = 0
    for given in PATH:
        for path in places(given):
            for value in HOSTILE:
                hostile = with_a(given, path, value)
                if path not in {("request",), ("id",)}:
                    hostile.pop("id", None)
                took = _try(service, hostile)
                acted += took
                refused += not took
        # The request goes on as it should have.
        fresh = given | {"request": "XS-1"}
        fresh.pop("id", None)
        with suppress(EapWorkflowError):
            handle(service, fresh)
    assert refused > 1000
    assert acted > 8
    assert assert_whole(store) > 1
    assert list(verify(store)) == []


def _try(service: Service, hostile: Line) -> bool:
    try:
        envelope = read_envelope_or_tick(PROCESS, hostile)
    except EapWorkflowError:
        return False
    if isinstance(envelope, Tick):
        return False
    return _acts(service, envelope)


def _acts(service: Service, envelope: Envelope) -> bool:
    try:
        receipt = service.handle(envelope)
    except EapWorkflowError:
        return False
    kept = service.trail(envelope.request)[-len(receipt.steps) :]
    assert kept == receipt.steps
    assert [canonical_json(step_to_wire(step)) for step in kept] == [
        canonical_json(step_to_wire(step)) for step in receipt.steps
    ]
    assert service.snapshot(envelope.request) == receipt.snapshot
    return True


TEXTS = tuple(text for text in HOSTILE if isinstance(text, str))


def test_hostile_text_is_kept_as_it_is_or_refused(store: SqlStore, service: Service) -> None:
    """Handed to the store itself, as an id, a name, a reason or a source: kept and read back the same, or refused (no NUL)."""
    handle(service, lines.filed("XS-1"))
    kept = 0
    for number, text in enumerate(TEXTS):
        seen = Seen(digest=text, request=text, first=1, last=2)
        policy = attrs.evolve(HARBOUR, version=str(number), source=f"x{text}"[:200]) if storable(text) else HARBOUR
        with suppress(EapWorkflowError), store.transaction() as transaction:
            transaction.remember(f"id-{number}", seen)
            transaction.keep_checkpoint(text, "")
            transaction.keep_policy(policy)
            posted = transaction.take_message(lines.FAR, lines.START, text)
            assert posted is not None
            assert transaction.settle(posted.message.id, text, "waiting", lines.START, text)
        with store.reading() as transaction:
            found = transaction.seen(f"id-{number}")
            assert found in (None, seen)
            if found is not None:
                kept += 1
                assert transaction.messages(None, 1)[0].problem == text
                assert transaction.checkpoint(text) == ""
                assert transaction.policy(policy.ref) == policy
    assert kept > 12
    assert list(verify(store)) == []


def storable(text: str) -> bool:
    """Whether a policy may have the text as its source."""
    return text.isprintable() and 0 < len(text) < 100


def test_a_refused_command_of_hostile_input_leaves_no_trace(store: SqlStore, service: Service) -> None:
    """What the core refuses reaches no statement: the store is as it was."""
    handle(service, lines.filed("XS-1"))
    with unchanged(store):
        for value in HOSTILE:
            _try(service, lines.line("approve", "XS-1", 1, lines.CONSULTANT) | {"request": value, "id": "id-1"})
        with store.reading() as transaction:
            assert transaction.seen("id-1") is None
