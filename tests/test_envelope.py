"""A line of a command file, read and written: what it may hold, and what is said of one that cannot be read."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.envelope import ADDRESS, Envelope, Tick, read_envelope, read_envelope_or_tick
from eap_workflow.errors import EapWorkflowError, InvalidType, InvalidValue
from eap_workflow.plain.json_text import canonical_json
from eap_workflow.process import ByClock
from eap_workflow.processes import NAMES, every_process
from eap_workflow.values import Actor, Role
from eap_workflow.workflows import extra_sessions as xs
from eap_workflow.workflows import outreach, session_cancellation
from tests import lines
from tests.histories import histories
from tests.lines import ANSWERS, APPROVER, CONSULTANT, MANAGER, PROCESS, TEAM, Line

ONE_OF_EACH: list[Line] = [
    lines.draft(consent="consent-1", follows="XS-0", consultant="con-1", id="id-1"),
    lines.line("draft", "XS-1", 0),
    lines.submit(),
    lines.line("submit", "XS-1", 0, tally={"completed": 1, "scheduled": 2, "remaining": 3, "since": "2025-10-29"})
    | {"tally": {"completed": 1, "scheduled": 2, "remaining": 3, "since": "2025-10-29", "until": "2026-10-28"}},
    lines.line("provide_details", "XS-1", 0, details=ANSWERS),
    lines.line("support", "XS-1", 0, MANAGER),
    lines.line("reduce", "XS-1", 0, MANAGER, sessions=2),
    lines.line("decline", "XS-1", 0, MANAGER, reason="not_funded"),
    lines.line("approve", "XS-1", 0, APPROVER),
    lines.line("withdraw", "XS-1", 0),
    lines.line("reassign", "XS-1", 0, TEAM, consultant="con-2", practice="pr-2"),
    lines.line("extend_limit", "XS-1", 0, TEAM, working_days=2),
    lines.line("relay", "XS-1", 0, TEAM),
    lines.line("remind", "XS-1", 0, {"role": "system", "id": "clock"}),
]


def test_every_trigger_of_the_table_can_be_read() -> None:
    """Whatever stands under ``do`` in the table is read as the command of that name."""
    assert {lines.read(each).command.trigger for each in ONE_OF_EACH} >= set(xs.COMMANDS)
    for trigger in PROCESS.workflow.triggers:
        if trigger not in xs.COMMANDS:
            assert lines.read(lines.line(trigger, "XS-1", 0)).command == ByClock(trigger=trigger)


@pytest.mark.parametrize("given", ONE_OF_EACH, ids=lambda given: given["do"])
def test_what_was_read_is_written_as_it_came(given: Line) -> None:
    """Written again, a command is the line that it was read from, but for the instant, which is in UTC."""
    envelope = lines.read(given)
    written = envelope.to_wire()
    assert written == given | {"at": "2026-10-27T22:30:00.000000Z"}
    assert list(written)[:4] == ["do", "request", "at", "by"]
    assert read_envelope(PROCESS, written) == envelope


@given(history=histories())
def test_reading_undoes_writing(history: list[Line]) -> None:
    """Any command that can be sent is the same after it was written and read, and has the same digest."""
    for each in history:
        envelope = read_envelope_or_tick(PROCESS, each)
        if isinstance(envelope, Envelope):
            again = lines.read(envelope.to_wire())
            assert again == envelope
            assert again.digest == envelope.digest
            assert envelope.digest == hashlib.sha256(canonical_json(envelope.to_wire()).encode()).hexdigest()


def test_a_digest_tells_content_apart() -> None:
    """Every field of a command is part of its digest, and how an instant was written is not."""
    digests = {lines.read(each).digest for each in ONE_OF_EACH}
    assert len(digests) == len(ONE_OF_EACH)
    one = lines.read(lines.draft())
    draft = one.command
    assert isinstance(draft, xs.Draft)
    assert one.digest == attrs.evolve(one, at=one.at.astimezone(lines.START.tzinfo)).digest
    others = [
        attrs.evolve(one, request="XS-2"),
        attrs.evolve(one, at=datetime(2026, 1, 1, tzinfo=UTC)),
        attrs.evolve(one, id="id-1"),
        attrs.evolve(one, by=Actor(role=Role.PRACTICE, id="con-1", practice="pr-1")),
        attrs.evolve(one, by=Actor(role=Role.CONSULTANT, id="con-1")),
        attrs.evolve(one, command=xs.Draft()),
        attrs.evolve(one, command=attrs.evolve(draft, sessions=3)),
    ]
    assert len({one.digest, *(each.digest for each in others)}) == len(others) + 1


def test_an_instant_may_lie_in_the_future_and_is_held_in_utc() -> None:
    """Any aware instant is taken as it is, whichever offset it was written with."""
    for text in ("2050-01-01T11:00:00+11:00", "2050-01-01T00:00Z", "2049-12-31T19:00:00.000-05:00"):
        envelope = lines.read(lines.draft() | {"at": text})
        assert envelope.at == datetime(2050, 1, 1, tzinfo=UTC)
        assert envelope.at.tzinfo is UTC


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"do": None}, "do"),
        ({"do": "fly"}, "do"),
        ({"do": ["draft"]}, "do"),
        ({"do": {"draft": 1}}, "do"),
        ({"do": "Draft"}, "do"),
        ({"do": "new"}, "do"),
        ({"request": None}, "request"),
        ({"request": 7}, "request"),
        ({"request": ""}, "request"),
        ({"request": "XS 1"}, "request"),
        ({"request": "x" * 65}, "request"),
        ({"request": "XS-1\n"}, "request"),
        ({"request": "-XS"}, "request"),
        ({"at": None}, "at"),
        ({"at": 1761609000}, "at"),
        ({"at": "2026-10-28"}, "at"),
        ({"at": "2026-10-28T09:30:00"}, "at"),
        ({"at": "2026-02-30T09:30:00Z"}, "at"),
        ({"at": "2026-10-28 09:30:00Z"}, "at"),
        ({"at": "1899-10-28T09:30:00Z"}, "at"),
        ({"at": "9999-12-31T23:59:59Z"}, "at"),
        ({"by": None}, "by"),
        ({"by": "con-1"}, "by"),
        ({"by": {"role": "consultant"}}, "by.id"),
        ({"by": {"id": "con-1"}}, "by.role"),
        ({"by": {"role": "client", "id": "con-1"}}, "by.role"),
        ({"by": CONSULTANT | {"name": "A"}}, "by"),
        ({"by": CONSULTANT | {"practice": 1}}, "by.practice"),
        ({"id": 7}, "id"),
        ({"id": "a b"}, "id"),
        ({"assist_case": "ASST-"}, "assist_case"),
        ({"assist_case": "104233"}, "assist_case"),
        ({"assist_case": 104233}, "assist_case"),
        ({"client": "Jane Doe"}, "client"),
        ({"client": {}}, "client"),
        ({"employer": "emp 4"}, "employer"),
        ({"contract": ""}, "contract"),
        ({"sessions": 0}, "sessions"),
        ({"sessions": -4}, "sessions"),
        ({"sessions": 101}, "sessions"),
        ({"sessions": "4"}, "sessions"),
        ({"sessions": 4.0}, "sessions"),
        ({"sessions": True}, "sessions"),
        ({"goal": "Return to work"}, "goal"),
        ({"goal": ["return_to_work"]}, "goal"),
        ({"referral": 1}, "referral"),
        ({"consent": True}, "consent"),
        ({"follows": "XS 0"}, "follows"),
        ({"consultant": 1}, "consultant"),
        ({"session": 4}, "command"),
        ({"tally": {}}, "command"),
    ],
)
def test_a_wrong_field_is_named(change: Line, field: str) -> None:
    """Whatever is of the wrong type, malformed, out of range or unknown is refused under the name of its field."""
    with pytest.raises(InvalidValue) as caught:
        read_envelope(PROCESS, lines.draft() | change)
    assert caught.value.field == field


@pytest.mark.parametrize(
    ("given", "field"),
    [
        (lines.line("submit", "XS-1", 0), "tally"),
        (lines.line("submit", "XS-1", 0, tally=None), "tally"),
        (lines.line("submit", "XS-1", 0, tally=[1, 2, 3]), "tally"),
        (lines.line("submit", "XS-1", 0, tally={"completed": 1, "scheduled": 2}), "tally.remaining"),
        (lines.line("submit", "XS-1", 0, tally={"completed": -1, "scheduled": 2, "remaining": 0}), "tally.completed"),
        (lines.line("submit", "XS-1", 0, tally={"completed": 1, "scheduled": 2.5, "remaining": 0}), "tally.scheduled"),
        (lines.line("submit", "XS-1", 0, tally={"completed": 1, "scheduled": 2, "remaining": 1001}), "tally.remaining"),
        (lines.line("provide_details", "XS-1", 0), "details"),
        (lines.line("provide_details", "XS-1", 0, details=["doc-1"]), "details"),
        (lines.line("provide_details", "XS-1", 0, details={"plan": "free text"}), "details"),
        (lines.line("provide_details", "XS-1", 0, details={str(n): "doc" for n in range(101)}), "details"),
        (lines.line("reduce", "XS-1", 0), "sessions"),
        (lines.line("reduce", "XS-1", 0, sessions=None), "sessions"),
        (lines.line("decline", "XS-1", 0), "reason"),
        (lines.line("decline", "XS-1", 0, reason="Not funded"), "reason"),
        (lines.line("approve", "XS-1", 0, sessions=4), "command"),
        (lines.line("reassign", "XS-1", 0), "consultant"),
        (lines.line("extend_limit", "XS-1", 0, working_days=0), "working_days"),
        (lines.line("remind", "XS-1", 0, limit="clinical_review"), "command"),
    ],
)
def test_a_wrong_field_of_each_command_is_named(given: Line, field: str) -> None:
    """What each command needs, and what it has no field for, is refused under its name."""
    with pytest.raises(InvalidValue) as caught:
        read_envelope(PROCESS, given)
    assert caught.value.field == field


def test_an_unknown_key_is_answered_with_those_that_are_allowed() -> None:
    """All keys of the line are listed, its address included, and the unknown one is not repeated."""
    with pytest.raises(
        InvalidValue, match=r"unknown key \(allowed with approve: do, request, at, by, id, version, workflow\)"
    ):
        read_envelope(PROCESS, lines.line("approve", "XS-1", 0, planted=1))
    with pytest.raises(InvalidValue, match="2 unknown keys"):
        read_envelope(PROCESS, lines.line("approve", "XS-1", 0, planted=1, other=2))


@pytest.mark.parametrize(("slip", "meant"), [("asist_case", "assist_case"), ("versoin", "version")])
def test_a_slip_in_a_key_is_answered_with_what_was_meant(slip: str, meant: str) -> None:
    """Whoever has thirty keys before them is told which one; what came in is not repeated."""
    with pytest.raises(InvalidValue, match=rf"unknown key, did you mean {meant}\? \(allowed with draft") as caught:
        read_envelope(PROCESS, {**lines.draft("XS-1"), slip: "planted"})
    assert slip not in str(caught.value)


def test_an_unknown_trigger_is_answered_with_those_that_can_be_sent() -> None:
    """The commands that somebody can send are listed, and ``tick`` where one is read; not the moves that the system makes."""
    for read, known in ((read_envelope, tuple(xs.COMMANDS)), (read_envelope_or_tick, (*xs.COMMANDS, "tick"))):
        with pytest.raises(InvalidValue) as caught:
            read(PROCESS, {"do": "fly"})
        assert caught.value.reason == f"one of {', '.join(known)} is needed"


@pytest.mark.parametrize("data", [None, [], "draft", 7, True, [{"do": "draft"}]])
def test_what_is_no_object_is_no_command(data: object) -> None:
    """Anything but an object is refused by its type."""
    for read in (read_envelope, read_envelope_or_tick):
        with pytest.raises(InvalidType, match="an object is needed"):
            read(PROCESS, data)


def test_a_tick_is_read_only_where_it_is_asked_for() -> None:
    """Whoever may send commands may not move the clock of every request, however the line that would is written."""
    for tick in (lines.tick(0), {"do": "tick"}, lines.tick(0) | {"planted": 1}):
        for processes in (PROCESS, every_process()):
            with pytest.raises(InvalidValue, match="a tick moves the clock of every request") as caught:
                read_envelope(processes, tick)
            assert caught.value.field == "do"


def test_a_tick_has_an_instant_and_no_request() -> None:
    """A tick says up to when; only the system moves the clock, and no request is named."""
    assert read_envelope_or_tick(PROCESS, lines.tick(0)) == Tick(at=lines.START)
    system = {"by": {"role": "system", "id": "worker-1"}, "id": "id-1"}
    assert isinstance(read_envelope_or_tick(PROCESS, lines.tick(0) | system), Tick)
    for change in ({"request": "XS-1"}, {"at": "2026-10-28T09:30:00"}, {"by": CONSULTANT}, {"id": "a b"}):
        with pytest.raises(InvalidValue):
            read_envelope_or_tick(PROCESS, lines.tick(0) | change)
    with pytest.raises(InvalidValue, match="at: this is required"):
        read_envelope_or_tick(PROCESS, {"do": "tick"})


def test_a_tick_that_carries_anything_else_is_told_what_it_is() -> None:
    """It moves the clock of every request, so it names no request and no workflow; the error says that, and every key."""
    for several in (PROCESS, every_process()):
        for change in ({"workflow": "outreach"}, {"request": "XS-1"}, {"planted": 1}):
            with pytest.raises(InvalidValue) as caught:
                read_envelope_or_tick(several, lines.tick(0) | change)
            assert caught.value.field == "command"
            assert "of every request, of all workflows" in caught.value.reason
            assert "no key but do, at, by, id" in caught.value.reason
            assert "planted" not in str(caught.value)


# --- of several workflows ---------------------------------------------------------------------------------------------

OPENED: Line = {
    "contract": "standard",
    "partner": "pt-1",
    "reason": "general",
    "with_whom": "participant",
    "person": "pa-1",
}


@pytest.mark.parametrize("first", NAMES)
def test_a_command_of_one_workflow_needs_no_name(first: str) -> None:
    """Where a line names no workflow and the first has no such command, the only one that has it is meant."""
    envelope = read_envelope(every_process(first), lines.line("open_contact", "OC-1", 0, TEAM, **OPENED))
    assert isinstance(envelope, Envelope)
    assert type(envelope.command) is outreach.OpenContact
    assert envelope.workflow is None


@pytest.mark.parametrize(
    ("first", "command"),
    [("extra_sessions", xs.Withdraw), ("session_cancellation", session_cancellation.Withdraw)],
)
def test_the_first_workflow_comes_before_others(first: str, command: type) -> None:
    """A command that several workflows have is the first's, if that has it."""
    own: Line = {} if command is xs.Withdraw else {"ground": "entered_in_error"}
    envelope = read_envelope(every_process(first), lines.line("withdraw", "R-1", 0, **own))
    assert isinstance(envelope, Envelope)
    assert type(envelope.command) is command


def test_a_command_of_several_others_needs_its_workflow() -> None:
    """Where the first has it not and several others do, the error is about the workflow and names those."""
    given = lines.line("close", "R-1", 0, TEAM)
    for first in ("extra_sessions", "outreach"):
        with pytest.raises(InvalidValue) as caught:
            read_envelope(every_process(first), given)
        assert caught.value.field == "workflow"
        assert caught.value.reason == "this command is of case_review and session_cancellation; one of these is needed"
    for name in ("case_review", "session_cancellation"):
        envelope = read_envelope(every_process(), given | {"workflow": name})
        assert envelope.workflow == name


@pytest.mark.parametrize(
    ("typed", "meant"), [("aprove", "approve"), ("Submit", "submit"), ("tik", "tick"), ("qqqq", None), ("a" * 41, None)]
)
def test_a_slip_of_the_finger_is_answered_with_what_was_meant(typed: str, meant: str | None) -> None:
    """The name that is nearest, and never what was typed."""
    with pytest.raises(InvalidValue) as caught:
        read_envelope_or_tick(every_process(), {"do": typed})
    assert caught.value.reason.partition(" is needed")[2] == (f", did you mean {meant}?" if meant else "")
    assert typed not in caught.value.reason.replace(str(meant), "")


def test_an_adoption_is_no_command() -> None:
    """It is said how requests of another system are taken over."""
    with pytest.raises(InvalidValue, match="do: this is no command: `eap-workflow adopt` takes over"):
        read_envelope(every_process(), {"do": "adopt", "request": "XS-1"})


def test_a_command_of_no_workflow_is_answered_with_those_of_all() -> None:
    """Each command that somebody can send is listed once, or of the workflow that the line names; so is a wrong workflow."""
    several = every_process()
    with pytest.raises(InvalidValue) as caught:
        read_envelope_or_tick(several, {"do": "fly"})
    assert caught.value.field == "do"
    allowed = caught.value.reason.removeprefix("one of ").removesuffix(" is needed").split(", ")
    assert {*allowed} == {name for process in several for name in process.commands} | {"tick"}
    assert len(allowed) == len({*allowed})
    with pytest.raises(InvalidValue, match=r"do: one of open_contact, .*, tick is needed"):
        read_envelope_or_tick(several, {"do": "draft", "workflow": "outreach"})
    others: list[object] = ["session-cancellation", "os", 7, ["outreach"], {}]
    for wrong in others:
        with pytest.raises(InvalidValue, match=f"workflow: one of {', '.join(NAMES)} is needed"):
            read_envelope(several, {"do": "draft", "workflow": wrong})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@given(given=st.sampled_from(ONE_OF_EACH), data=st.data())
def test_anything_is_read_or_refused_with_an_error_of_ours(given: Line, data: st.DataObject) -> None:
    """With any JSON in any place of a line, reading gives a command or our error, and nothing else."""
    changed: dict[Any, Any] = dict(given)
    for _ in range(data.draw(st.integers(1, 3))):
        key = data.draw(st.sampled_from([*given, *ADDRESS, "tally", "x"]))
        if data.draw(st.booleans()) or key not in changed:
            changed[key] = data.draw(JSON)
        else:
            del changed[key]
    problem = None
    try:
        read_envelope(PROCESS, changed)
    except EapWorkflowError as error:
        problem = error
    if problem is not None:
        assert isinstance(problem, InvalidValue)
        assert problem.field
        assert problem.__context__ is None
