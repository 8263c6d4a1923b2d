"""Requests come in from another system: kept whole or not at all, once, and counted with the others from then on."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from eap_workflow import schemas
from eap_workflow.adopting import (
    AdoptionTotals,
    NotAdopted,
    adopt,
    adopt_each,
    adopt_together,
    adopt_within,
    adoption_of,
    read_adoption,
)
from eap_workflow.envelope import Envelope, read_envelope
from eap_workflow.errors import (
    CommandIdReused,
    Conflict,
    EapWorkflowError,
    InvalidType,
    InvalidValue,
    Refused,
    Unknown,
)
from eap_workflow.plain.json_lines import LONGEST_LINE_BYTES
from eap_workflow.policy import STANDARD
from eap_workflow.policy_book import PolicyBook
from eap_workflow.policy_file import load_policies
from eap_workflow.process import ByClock
from eap_workflow.processes import every_process
from eap_workflow.service import Service
from eap_workflow.store import Store
from eap_workflow.store.memory import MemoryStore
from eap_workflow.store.sql import SqlStore
from eap_workflow.values import Actor, Role
from eap_workflow.verification import verify
from tests import lines
from tests.databases import KINDS, new_database, opened
from tests.histories import histories
from tests.lines import BOOK, DAY, FAR, PROCESS, START, Line, assert_whole, contents, handle, unchanged
from tests.wire_samples import paths, removed, replaced

TEAM = Actor(role=Role.CASE_TEAM, id="ct-1")
PLANTED = "Planted Person"


@pytest.fixture(params=("memory", *KINDS))
def store(request: pytest.FixtureRequest) -> Iterator[Store]:
    """An empty store of each kind."""
    if request.param == "memory":
        yield MemoryStore(PROCESS)
        return
    with new_database(request.param) as url, opened(url) as database:
        yield database


def elsewhere(*given: Any) -> list[Line]:
    """The lines of requests that came about elsewhere, by these commands."""
    service = lines.service(MemoryStore(PROCESS))
    handle(service, *given)
    return exported(service)


def exported(service: Service) -> list[Line]:
    """Every request of a service, as a line."""
    found = [adoption_of(each, service.policy_of(each), by=TEAM) for each in service.snapshots()]
    return [json.loads(json.dumps(each.to_wire())) for each in found]


def take(store: Store, given: Line | Envelope, book: PolicyBook = BOOK) -> Any:
    """Take one over."""
    envelope = given if isinstance(given, Envelope) else read_adoption(PROCESS, given)
    return adopt(store, envelope, policies=book, offices_of=lines.service(store, book).offices_of)


def file_of(*given: Line | str | bytes) -> io.BytesIO:
    """A file of lines."""
    return io.BytesIO(
        b"".join(
            (each if isinstance(each, bytes) else lines.text([each]).rstrip("\n").encode()) + b"\n" for each in given
        )
    )


def taken(store: Store, *given: Line | str | bytes) -> tuple[AdoptionTotals, list[NotAdopted]]:
    """Take a file over, line by line."""
    totals = AdoptionTotals()
    return totals, list(adopt_each(lambda each: take(store, each), PROCESS, file_of(*given), totals))


def together(store: Store, *given: Line | str, check: bool = False) -> tuple[AdoptionTotals, list[NotAdopted]]:
    """Take a file over as a whole."""
    totals = AdoptionTotals()
    offices_of = lines.service(store).offices_of
    refused = adopt_together(store, file_of(*given), totals, policies=BOOK, offices_of=offices_of, check=check)
    return totals, list(refused)


def went(service: Service, given: Line) -> str:
    """How a command went, apart from the numbers of the steps."""
    try:
        receipts = handle(service, given)
    except EapWorkflowError as error:
        return error.code
    return "; ".join(f"{step.trigger} {step.request} {step.at}" for each in receipts for step in each.steps)


@given(histories(), st.data())
def test_a_practice_that_moves_goes_on_as_if_it_had_not(history: list[Line], data: st.DataObject) -> None:
    """Moved in the middle of its requests, it gets the same answers, totals and dates to all that follows (XS-04, IN-12)."""
    with SqlStore("sqlite://", PROCESS) as sqlite:
        here, there = lines.service(MemoryStore(PROCESS)), lines.service(sqlite)
        until = data.draw(st.integers(0, len(history)))
        for each in history[:until]:
            went(here, each)
        for each in exported(here):
            assert not take(sqlite, each).repeated
        for each in history[until:]:
            assert went(here, each) == went(there, each)
        assert here.tick(FAR).moves == there.tick(FAR).moves
        ours, theirs = list(here.snapshots()), list(there.snapshots())
        assert [(each.state, each.body, each.clock) for each in ours] == [
            (each.state, each.body, each.clock) for each in theirs
        ]
        assert [[(limit.limit, limit.due_on) for limit in each.deadlines] for each in ours] == [
            [(limit.limit, limit.due_on) for limit in each.deadlines] for each in theirs
        ]
        assert_whole(sqlite)
        assert list(verify(sqlite)) == []


def test_what_it_refers_to_is_kept(store: Store) -> None:
    """Its policy and the calendars of its limits are there when they are asked for years later (IN-11, IN-12)."""
    (given,) = elsewhere(lines.filed("XS-1", contract="harbour"))
    snapshot = take(store, given).snapshot
    with store.reading() as transaction:
        assert transaction.policy(PROCESS.index(snapshot).policy) == lines.HARBOUR  # type: ignore[arg-type]
        for deadline in snapshot.deadlines:
            assert transaction.calendar(deadline.due.basis.calendar) is not None
    service = Service(store, policies=PolicyBook.standard(), offices=lines.OFFICES)
    assert service.policy_of(snapshot) == lines.HARBOUR
    assert service.explain(snapshot, snapshot.deadlines[0])[-1].day == snapshot.deadlines[0].due_on
    assert not service.restate(snapshot, snapshot.deadlines[0]).moved


def test_the_policy_that_is_kept_comes_before_an_edited_file(store: Store) -> None:
    """A version that requests were submitted under here is the one that those from elsewhere have (IN-11)."""
    handle(lines.service(store), lines.filed("XS-1", contract="harbour"))
    edited = PolicyBook.of([STANDARD])
    (given,) = elsewhere(lines.filed("XS-2", contract="harbour"))
    assert take(store, given, edited).snapshot.state == "employer_decision"


def test_the_same_line_acts_once(store: Store) -> None:
    """With an id or without one it gives its first result again, also after the request has gone on."""
    (given,) = elsewhere(lines.filed("XS-1"))
    (other,) = elsewhere(lines.filed("XS-2"))
    for each in (given, other | {"id": "move-2"}):
        first = take(store, each)
        with unchanged(store):
            again = take(store, each)
        assert (first.repeated, again.repeated) == (False, True)
        assert (again.snapshot, again.steps) == (first.snapshot, first.steps)
    handle(lines.service(store), lines.line("approve", "XS-1", 1, lines.APPROVER))
    assert take(store, given).snapshot.state == "employer_decision"


def test_a_request_that_is_here_is_not_taken_over(store: Store) -> None:
    """Another line about it is refused clearly, whether the request came about here or came in."""
    (given,) = elsewhere(lines.filed("XS-1"))
    handle(lines.service(store), lines.draft("XS-2"))
    take(store, given)
    for each in (given | {"sessions": None}, given | {"request": "XS-2"}, given | {"id": "move-9", "version": 1}):
        changed = {key: value for key, value in each.items() if value is not None}
        if changed.get("id"):
            changed["by"] = {"role": "case_team", "id": "ct-9"}
        with unchanged(store), pytest.raises(Refused) as caught:
            take(store, changed)
        assert caught.value.verdict.codes == ("already_here",)


def test_an_id_that_was_used_for_something_else_is_refused(store: Store) -> None:
    """An id names one command, whatever it was."""
    (given,) = elsewhere(lines.filed("XS-1"))
    handle(lines.service(store), lines.draft("XS-2") | {"id": "move-1"})
    with unchanged(store), pytest.raises(CommandIdReused):
        take(store, given | {"id": "move-1"})
    take(store, given | {"id": "move-2"})
    with unchanged(store), pytest.raises(CommandIdReused):
        take(store, given | {"id": "move-2", "request": "XS-3"})


def test_a_version_other_than_the_first_is_a_conflict(store: Store) -> None:
    """Who takes a request over has seen nothing of it here."""
    (given,) = elsewhere(lines.filed("XS-1"))
    with unchanged(store), pytest.raises(Conflict):
        take(store, given | {"version": 4})
    assert not take(store, given | {"version": 0}).repeated


def test_a_request_that_was_removed_does_not_come_back(store: Store) -> None:
    """An id is not used again."""
    (given,) = elsewhere(lines.filed("XS-1"))
    take(store, given)
    with store.transaction() as transaction:
        transaction.remove("XS-1", START, "ct-1")
    with pytest.raises(InvalidValue) as caught:
        take(store, given)
    assert caught.value.field == "request"


def test_pending_sessions_count_from_then_on(store: Store) -> None:
    """A request that came in brings the next one of its Assist Case over the threshold (XS-04, IN-06)."""
    (given,) = elsewhere(lines.filed("XS-1", assist_case="ASST-7"))
    take(store, given)
    service = lines.service(store)
    receipts = handle(service, lines.filed("XS-2", 1, assist_case="ASST-7", counted=4))
    submission = receipts[-1].snapshot.body.submission
    assert (submission.pending, submission.total) == (4, 12)
    assert receipts[-1].snapshot.state == "further_details"


def test_nobody_is_told_of_what_has_happened_elsewhere(store: Store) -> None:
    """The other system has told them; what comes later is told here."""
    for each in elsewhere(lines.filed("XS-1"), lines.reviewed("XS-2")):
        take(store, each)
    with store.reading() as transaction:
        assert transaction.messages(None, 9) == ()
    handle(lines.service(store), lines.line("approve", "XS-1", 2, lines.APPROVER), lines.tick(3))
    with store.reading() as transaction:
        assert transaction.messages(None, 9)


def test_a_caller_brings_in_its_own_change_and_ours_together() -> None:
    """Inside a transaction that is undone, a request leaves no trace."""
    with SqlStore("sqlite://", PROCESS) as store:
        (given,) = elsewhere(lines.filed("XS-1"))
        envelope = read_adoption(PROCESS, given)
        offices_of = lines.service(store).offices_of

        def changing_its_mind() -> None:
            with store.transaction() as transaction:
                adopt_within(transaction, PROCESS, envelope, policies=BOOK, offices_of=offices_of)
                assert transaction.load("XS-1") is not None
                raise LookupError

        with unchanged(store), pytest.raises(LookupError):
            changing_its_mind()
        take(store, given)
        assert contents(store)["latest"] == START


def test_two_who_take_the_same_over_do_it_once(store: Store) -> None:
    """At the same time as well: one of them does, and the others get its result."""
    given = elsewhere(*(lines.filed(f"XS-{number}") for number in range(6)))
    with ThreadPoolExecutor(4) as threads:
        results = list(threads.map(lambda each: take(store, each), [each for each in given for _ in range(4)]))
    assert sum(not each.repeated for each in results) == len(given)
    assert assert_whole(store) == len(given)


def test_whoever_counts_the_case_is_waited_for() -> None:
    """A submission that has counted the Assist Case is kept before a request of the same one comes in (XS-04)."""
    (given,) = elsewhere(lines.filed("XS-1", assist_case="ASST-7"))
    with new_database("postgresql") as url, opened(url) as store, ThreadPoolExecutor(1) as threads:
        with store.transaction() as transaction:
            transaction.hold_case("ASST-7")
            transaction.in_case("ASST-7", "XS-2")
            coming = threads.submit(take, store, given)
            with pytest.raises(TimeoutError):
                coming.result(timeout=0.3)
        assert not coming.result(timeout=10).repeated


def test_an_unknown_contract_or_version_is_named(store: Store) -> None:
    """The policy of a request has to be in the book, in force on the day (IN-11)."""
    (given,) = elsewhere(lines.filed("XS-1", contract="harbour"))
    (draft,) = elsewhere(lines.draft("XS-2", contract="harbour"))
    for each, field in ((given, "contract"), (draft, "contract")):
        with pytest.raises(Unknown) as caught:
            take(store, each, PolicyBook.standard())
        assert caught.value.field == field
    given["submission"]["policy"]["version"] = "9"
    with pytest.raises(Unknown) as caught:
        take(store, given)
    assert caught.value.field == "version"
    given["submission"]["policy"]["version"] = "2"
    with pytest.raises(Refused) as refused:
        take(store, given)
    assert "submission.policy.version" in refused.value.verdict.reasons[0].fields


# --- a file -----------------------------------------------------------------------------------------------------------


def spoilt() -> list[Line | str]:
    """Three good lines, and between them what is wrong in three ways."""
    good = elsewhere(lines.filed("XS-1"), lines.reviewed("XS-2"), lines.draft("XS-3"))
    contradictory = good[0] | {"request": "XS-4", "limits": [], "reviewed_by": "cm-1"}
    malformed = good[0] | {"request": "XS-5", "sessions": PLANTED}
    return [good[0], contradictory, "", malformed, good[1], "{half of", good[2]]


def test_a_file_with_errors_says_which_lines_and_why(store: Store) -> None:
    """Each line that cannot be taken over is named with its fields and reasons, the rest goes on, and no value shows."""
    totals, refused = taken(store, *spoilt())
    assert (totals.lines, totals.adopted, totals.repeated, totals.refused) == (6, 3, 0, 3)
    assert [(each.line, each.request, each.error.code) for each in refused] == [
        (2, "XS-4", "refused"),
        (4, "XS-5", "invalid_type"),
        (6, None, "invalid_value"),
    ]
    limit = ("limits.employer_decision",)
    assert [(each.code, each.fields) for each in refused[0].reasons] == [
        ("path", ("details",)),
        ("limits_of_the_state", limit),
    ]
    (malformed,) = refused[1].reasons
    assert malformed.fields == ("sessions",)
    assert malformed.sentence.startswith("a whole number is needed")
    said = json.dumps([each.to_wire() for each in refused])
    assert PLANTED not in said
    assert [each["fields"] for each in refused[0].to_wire()["reasons"]] == [["details"], list(limit)]
    assert {each.request for each in lines.service(store).snapshots()} == {"XS-1", "XS-2", "XS-3"}
    again, _ = taken(store, *spoilt())
    assert (again.adopted, again.repeated, again.refused) == (0, 3, 3)


def test_all_or_nothing_keeps_nothing_of_a_file_with_errors(store: Store) -> None:
    """With one line amiss none is kept, and all that are amiss are reported; without one all are kept."""
    with unchanged(store):
        totals, refused = together(store, *spoilt())
    assert (totals.adopted, totals.refused) == (0, 3)
    assert [each.line for each in refused] == [2, 4, 6]
    good = elsewhere(lines.filed("XS-1"), lines.reviewed("XS-2"))
    totals, refused = together(store, *good)
    assert (totals.adopted, refused) == (2, [])
    assert assert_whole(store) == 2


def test_checking_writes_nothing(store: Store) -> None:
    """The whole file is reported as it would be taken over, lines that repeat each other among them; nothing is kept."""
    good = elsewhere(lines.filed("XS-1"), lines.reviewed("XS-2"))
    with unchanged(store):
        totals, refused = together(store, *good, good[0], good[1] | {"by": {"role": "system", "id": "m"}}, check=True)
    assert (totals.adopted, totals.repeated, totals.refused) == (2, 1, 1)
    assert [(each.line, each.error.code) for each in refused] == [(4, "refused")]


def test_a_reader_who_stops_halfway_leaves_no_trace(store: Store) -> None:
    """The transaction of a file ends with whoever reads what was refused."""
    totals = AdoptionTotals()
    offices_of = lines.service(store).offices_of
    with unchanged(store):
        refused = adopt_together(store, file_of(*spoilt()), totals, policies=BOOK, offices_of=offices_of)
        next(refused)
        refused.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("given", "field", "said"),
    [
        (json.dumps(lines.draft("XS-1")), "do", "adopt is needed"),
        ('{"do": "adopt"}', "request", "required"),
        ("[]", "line", "an object is needed"),
        ('{"do": "adopt", "do": "adopt"}', "line", "twice"),
        (b"\xef\xbb\xbf{}", "line", "byte order mark"),
        (b'"' + b"x" * (LONGEST_LINE_BYTES + 1) + b'"', "line", "at most 1,000,000 bytes"),
        (b"\xff", "line", "UTF-8"),
    ],
)
def test_a_line_that_is_none_is_named(given: str | bytes, field: str, said: str) -> None:
    """What is wrong with the line itself is said, and the next one is taken over."""
    (good,) = elsewhere(lines.filed("XS-1"))
    totals, refused = taken(MemoryStore(PROCESS), given, good)
    assert (totals.adopted, [each.line for each in refused]) == (1, [1])
    (reason,) = refused[0].reasons
    assert reason.fields == (field,)
    assert said in reason.sentence


def test_an_unknown_key_is_refused_without_its_name() -> None:
    """A key is somebody's text too."""
    (good,) = elsewhere(lines.filed("XS-1"))
    with pytest.raises(InvalidValue) as caught:
        read_adoption(PROCESS, good | {PLANTED: 1})
    assert caught.value.field == "line"
    assert "1 unknown" in str(caught.value) or "unknown key" in str(caught.value)
    assert PLANTED not in str(caught.value)
    with pytest.raises(InvalidValue):
        read_adoption(PROCESS, [good])


SAMPLES = elsewhere(
    lines.filed("XS-1", consent="doc-1"), lines.reviewed("XS-2"), lines.told("XS-3"), lines.draft("XS-4")
)
VALUES: tuple[Any, ...] = (
    None, True, 0, -1, 1, 101, 2.5, "", "x", "X Y", "ASST-1", "draft", "submitted", "adopt", "overdue", "relay", [], ["x"],
    ["overdue"], {}, {"x": "y"}, {"x": "y z"}, {"role": "system", "id": "x"}, "2026-11-05", "2026-02-30", "x" * 65,
    "2026-11-05T10:00:00Z", "2026-11-05T10:00:00",
)  # fmt: skip
SCHEMA = Draft202012Validator(schemas.adoption_schema(PROCESS), format_checker=FormatChecker(formats=("date",)))


@given(st.sampled_from(SAMPLES), st.data())
def test_what_is_refused_for_its_shape_is_refused_by_the_schema(sample: Line, data: st.DataObject) -> None:
    """With any value in any place, or a key left out, the reader and the schema say the same."""
    # What a policy is called is checked with the policy, and its class says nothing of it in a schema.
    places = [path for path in paths(sample) if path and path[:2] != ("submission", "policy")]
    path = data.draw(st.sampled_from(places))
    changed = (
        removed(sample, path)
        if data.draw(st.booleans())
        else replaced(sample, path, data.draw(st.sampled_from(VALUES)))
    )
    problem = None
    try:
        read_adoption(PROCESS, changed)
    except InvalidValue as error:
        problem = error
    assert SCHEMA.is_valid(changed) is (problem is None), problem


# --- of every workflow --------------------------------------------------------------------------------------------------

EXAMPLES = Path(__file__).parents[1] / "examples"
OF_OTHERS = {"outreach": "OLD-0101", "case_review": "OLD-0201", "session_cancellation": "OLD-0301"}


def of_every_workflow() -> list[Line]:
    """The lines of the example that can be taken over: each workflow has one at least."""
    rows = [json.loads(line) for line in (EXAMPLES / "adopted.jsonl").read_text(encoding="utf-8").splitlines()]
    return rows[:-1]


def practice(store: Store) -> Service:
    """A service with the contracts of the examples."""
    return Service(store, policies=PolicyBook.standard() | load_policies(EXAMPLES / "contracts.toml"))


@pytest.fixture(params=("memory", "sqlite"))
def everything(request: pytest.FixtureRequest) -> Iterator[Store]:
    """An empty store for the requests of every workflow."""
    if request.param == "memory":
        yield MemoryStore(every_process())
        return
    with SqlStore("sqlite://", every_process()) as database:
        yield database


def test_one_file_has_requests_of_every_workflow(everything: Store) -> None:
    """Each is taken over as one of its own, once, and whole; whoever moves on takes them along as they are."""
    service, given = practice(everything), of_every_workflow()
    totals = AdoptionTotals()
    assert list(adopt_each(service.adopt, every_process(), file_of(*given), totals)) == []
    assert (totals.adopted, totals.repeated) == (8, 0)
    assert list(adopt_each(service.adopt, every_process(), file_of(*given), totals)) == []
    assert (totals.adopted, totals.repeated) == (8, 8)
    found = {each.workflow: each.request for each in service.snapshots() if each.workflow != "extra_sessions"}
    assert found == OF_OTHERS
    assert list(verify(everything)) == []
    further = practice(MemoryStore(every_process()))
    for each in service.snapshots():
        envelope = adoption_of(each, service.policy_of(each), by=TEAM)
        there = further.adopt(envelope).snapshot
        assert (there.workflow, there.state, there.body, there.clock) == (
            each.workflow, each.state, each.body, each.clock)  # fmt: skip


def test_the_requests_of_others_are_acted_on_as_any(everything: Store) -> None:
    """Nobody is told what they were told elsewhere; what comes later is done and told here (CM-05, CM-10, TC-03)."""
    service = practice(everything)
    for each in of_every_workflow():
        service.adopt(read_adoption(every_process(), each))
    with everything.reading() as transaction:
        assert transaction.messages(None, 9) == ()
    service.tick(datetime(2026, 11, 18, 12, tzinfo=UTC))
    for by, expected in OF_OTHERS.items():
        trail = [step.trigger for step in service.trail(expected)]
        done = {"outreach": ["overdue", "tell_wpo"], "case_review": [], "session_cancellation": ["overdue"]}
        assert trail == ["adopt", *done[by]]
    with everything.reading() as transaction:
        told = {each.message.request for each in transaction.messages(None, 99)}
    assert {"OLD-0101", "OLD-0301"} <= told
    clinician = {"role": "partner_clinician", "id": "pc-2", "practice": "pt-1"}
    line = {"do": "take_up_slip", "request": "OLD-0201", "at": "2026-11-19T10:00:00Z", "by": clinician}
    receipts = service.handle(read_envelope(every_process(), line | {"slip": 1, "action": "tell_wpo"}))
    assert receipts.snapshot.body.open_slips == 0


def test_a_line_names_its_workflow_where_it_is_not_the_first() -> None:
    """Without a name the first is meant, as with commands; what is named wrongly is refused, and by which field is said."""
    (contact,) = [each for each in of_every_workflow() if each.get("workflow") == "outreach"]
    unnamed = {key: value for key, value in contact.items() if key != "workflow"}
    assert read_adoption(every_process("outreach"), unnamed).command == read_adoption(every_process(), contact).command
    with pytest.raises(
        InvalidValue, match="taken for a request of extra_sessions, as its workflow is not named"
    ) as caught:
        read_adoption(every_process(), unnamed)
    assert caught.value.field == "line"
    for workflow, field in (("case_review", "line"), ("whim", "workflow"), (7, "workflow")):
        with pytest.raises(InvalidValue) as caught:
            read_adoption(every_process(), contact | {"workflow": workflow})
        assert caught.value.field == field
        assert "whim" not in str(caught.value)
    envelope = read_adoption(every_process(), contact)
    with pytest.raises(Unknown) as unknown:
        practice(MemoryStore(PROCESS)).adopt(envelope)
    assert unknown.value.field == "workflow"
    with pytest.raises(InvalidType) as none:
        practice(MemoryStore(PROCESS)).adopt(read_adoption(every_process("outreach"), unnamed))
    assert none.value.field == "command"
    with pytest.raises(InvalidType) as other:
        practice(MemoryStore(every_process())).adopt(attrs.evolve(envelope, workflow="case_review"))
    assert other.value.field == "command"


def test_the_page_shows_lines_of_the_example() -> None:
    """What it says of a line is of one that is taken over."""
    page = (EXAMPLES.parent / "docs" / "moving-in.md").read_text(encoding="utf-8")
    shown = [json.loads(block) for block in re.findall(r"^```json\n(.*?)^```", page, re.MULTILINE | re.DOTALL)]
    given = {
        each["request"]: {key: value for key, value in each.items() if key != "id"} for each in of_every_workflow()
    }
    assert [each["request"] for each in shown] == ["OLD-0004", "OLD-0201", "OLD-0101", "OLD-0301"]
    assert shown == [given[each["request"]] for each in shown]


def test_a_file_of_every_workflow_is_taken_over_whole_or_not_at_all(everything: Store) -> None:
    """With one line amiss none is kept, and its fields are named; so it is where a file is only checked."""
    service, given = practice(everything), of_every_workflow()
    amiss = next(each for each in given if each["request"] == "OLD-0201") | {"request": "OLD-0202", "id": "move-99"}
    amiss["review"] = amiss["review"] | {"by": {"role": "partner_clinician", "id": "th-3", "practice": "pt-1"}}
    known: Any = {"policies": PolicyBook.standard() | load_policies(EXAMPLES / "contracts.toml")}
    known |= {"offices_of": service.offices_of}
    totals = AdoptionTotals()
    refused = list(adopt_together(everything, file_of(*given, amiss), totals, **known))
    assert [(each.line, each.reasons[0].code, each.reasons[0].fields) for each in refused] == [
        (9, "reviewer_not_therapist", ("review.by",))
    ]
    assert list(service.snapshots()) == []
    totals = AdoptionTotals()
    assert list(adopt_together(everything, file_of(*given), totals, check=True, **known)) == []
    assert (totals.adopted, totals.refused) == (8, 0)
    assert list(service.snapshots()) == []


def test_the_clock_takes_over_where_the_other_system_stopped(store: Store) -> None:
    """What was due before the request came is made by the next tick, in order, and dated no earlier than it came (IN-13)."""
    (given,) = elsewhere(lines.filed("XS-1", contract="harbour"))
    at = lines.at(30 * DAY)
    take(store, given | {"at": at})
    service = lines.service(store)
    assert service.tick(read_adoption(PROCESS, given | {"at": at}).at).moves == 3
    trail = service.trail("XS-1")
    assert [step.trigger for step in trail] == ["adopt", "remind", "warn", "overdue"]
    assert {step.at for step in trail} == {trail[0].at}
    assert all(type(step.command) is ByClock for step in trail[1:])
