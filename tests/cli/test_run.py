"""A file of commands, line by line: what is wrong with one is said with its number, and none stops the rest."""

from __future__ import annotations

import gc
import io
import json
import os
import pty
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eap_workflow.cli import run, tables
from eap_workflow.plain.json_lines import LONGEST_LINE_BYTES
from eap_workflow.service import Service
from eap_workflow.store.memory import MemoryStore
from eap_workflow.store.sql import SqlStore
from tests import lines
from tests.lines import PROCESS, Line

GOOD = json.dumps(lines.draft("XS-1"))
PLANTED = "plantedvalue"


def acted_on(text: bytes) -> tuple[run.Totals, list[run.Refusal], Service]:
    """Act on a file of this content, with a store in memory."""
    service = lines.service(MemoryStore(PROCESS))
    totals = run.Totals()
    return totals, list(run.run(service, io.BytesIO(text), totals)), service


def with_(**change: Any) -> str:
    """A good line but for this."""
    return json.dumps(lines.draft("XS-1") | change)


BAD: dict[str, tuple[bytes | str, str]] = {
    "no JSON": (PLANTED, "line: this is not JSON from column 1 on"),
    "cut short": (GOOD[:-9], "line: this is not JSON from column"),
    "two objects": (GOOD + GOOD, "line: this is not JSON from column"),
    "a list": (f"[{GOOD}]", "line: an object is needed"),
    "a text": (f'"{PLANTED}"', "line: an object is needed"),
    "null": ("null", "line: an object is needed"),
    "NaN": (with_(sessions=float("nan")), "line: NaN and Infinity are not JSON"),
    "infinity": (with_(sessions=float("inf")), "line: NaN and Infinity are not JSON"),
    "a huge number": (GOOD.replace('"sessions": 4', '"sessions": ' + "9" * 5000), "line: a number has too many digits"),
    "a huge exponent": (GOOD.replace('"sessions": 4', '"sessions": 1e999'), "line: a decimal number is too large"),
    "a key twice": (GOOD[:-1] + ', "goal": "x"}', "line: an object has the same key twice"),
    "NUL": (with_(client=f"{PLANTED}\0"), "line: the character NUL stands in a text"),
    "half a surrogate": (GOOD.replace("cl-XS-1", "\\ud800"), "line: half of a surrogate pair stands in a text"),
    "no UTF-8": (GOOD.replace("cl-XS-1", "cl-ä").encode("latin-1"), "line: this is not UTF-8"),
    "UTF-16": (GOOD.encode("utf-16-le").replace(b"\n", b""), "line: "),
    "deep nesting": (with_(client=json.loads("[" * 80 + "]" * 80)), "line: lists and objects stand inside each other"),
    "very deep nesting": ("[" * 100_000, "line: "),
    "a long line": (with_(client="x" * 2_000_000), "line: an object of at most 1,000,000 bytes is needed"),
    "no trigger": ("{}", "do: one of draft, submit"),
    "an unknown trigger": (with_(do=PLANTED), "do: one of draft, submit"),
    "a trigger of another type": (with_(do=[PLANTED]), "do: one of draft, submit"),
    "an unknown key": (with_(**{PLANTED: PLANTED}), "command: unknown key (allowed with draft: do, request"),
    "no request": (with_(request=None), "request: "),
    "a naive instant": (with_(at="2026-10-28T09:30:00"), "at: an instant as YYYY-MM-DDTHH:MM:SS with its offset"),
    "no instant": (with_(at=PLANTED), "at: an instant as YYYY-MM-DDTHH:MM:SS with its offset"),
    "no actor": (with_(by=PLANTED), "by: an object is needed"),
    "an unknown role": (with_(by={"role": PLANTED, "id": PLANTED}), "by.role: one of consultant, practice"),
    "an unknown contract": (with_(contract=PLANTED), "contract: no contract has this name; known are"),
    "a number as text": (with_(sessions="4"), "sessions: a whole number is needed, and this is text"),
    "a number as a flag": (with_(sessions=True), "sessions: a whole number is needed, and this is true or false"),
    "a number out of range": (with_(sessions=0), "sessions: a whole number from 1 to 100 is needed"),
    "a reference with a space": (with_(client=f"{PLANTED} {PLANTED}"), "client: a reference of 1 to 64 letters"),
    "a case number that is none": (with_(assist_case=PLANTED), "assist_case: an Assist Case number"),
    "an unknown goal": (with_(goal=PLANTED), "form_in_range (goal: one of crisis_stabilisation"),
    "a tick without an instant": ('{"do": "tick"}', "at: this is required"),
    "a tick for a request": (json.dumps(lines.tick(0) | {"request": "XS-1"}), "no key but do, at, by, id"),
    "a tick of a workflow": (
        json.dumps(lines.tick(0) | {"workflow": "outreach"}),
        "command: a tick moves the clock of every request, of all workflows, and has no key but do, at, by, id",
    ),
    "a tick by somebody": (json.dumps(lines.tick(0) | {"by": lines.TEAM}), "by: only the system moves the clock"),
}


@pytest.mark.parametrize(("bad", "reason"), BAD.values(), ids=BAD)
def test_a_bad_line_is_reported_and_the_rest_goes_on(bad: bytes | str, reason: str) -> None:
    """It is refused by its number, with a reason that names field and what is allowed, and without its content."""
    line = bad.encode() if isinstance(bad, str) else bad
    totals, refusals, service = acted_on(
        GOOD.encode() + b"\n\n" + line + b"\n" + json.dumps(lines.submit("XS-1")).encode()
    )
    assert [refusal.line for refusal in refusals] == [3]
    assert (totals.lines, totals.accepted, totals.refused) == (3, 2, 1)
    assert service.snapshot("XS-1").state == "employer_decision"
    report = refusals[0].to_wire()
    assert reason in report["reason"]
    assert PLANTED not in json.dumps(report)
    assert PLANTED not in repr(refusals[0])
    assert "xxxx" not in json.dumps(report)


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        (b"", 0),
        (b"\n\n  \n\t\r\n", 0),
        (GOOD.encode(), 1),
        (GOOD.encode() + b"\n", 1),
        (GOOD.encode() + b"\r\n" + GOOD.encode() + b"\r\n", 2),
        (b"\n \n" + GOOD.encode() + b"\n\n", 1),
        (b"  " + GOOD.encode() + b"  \n", 1),
    ],
)
def test_a_line_ends_as_lines_do(text: bytes, accepted: int) -> None:
    """Blank lines, either kind of line end, spaces and a missing last line end are no reason to refuse anything."""
    totals, refusals, _ = acted_on(text)
    assert (refusals, totals.accepted, totals.lines) == ([], accepted, accepted)


def test_a_byte_order_mark_is_named() -> None:
    """A file that an editor saved with one has its first line refused, and is told why."""
    totals, refusals, _ = acted_on(b"\xef\xbb\xbf" + GOOD.encode() + b"\n" + GOOD.encode())
    assert [refusal.line for refusal in refusals] == [1]
    assert "a byte order mark stands before it" in str(refusals[0].error)
    assert totals.accepted == 1


def test_a_long_line_is_never_held_whole() -> None:
    """A line of any length is read in pieces, also at the end of the file, and the lines after it keep their numbers."""

    class Watching(io.BytesIO):
        longest = 0

        def readline(self, size: int | None = -1, /) -> bytes:
            line = super().readline(size)
            Watching.longest = max(Watching.longest, len(line))
            return line

    long = b"x" * (3 * LONGEST_LINE_BYTES)
    totals = run.Totals()
    service = lines.service(MemoryStore(PROCESS))
    file = Watching(long + b"\n" + GOOD.encode() + b"\n" + long)
    assert [refusal.line for refusal in run.run(service, file, totals)] == [1, 3]
    assert totals.accepted == 1
    assert Watching.longest <= LONGEST_LINE_BYTES + 1


def test_a_line_of_the_greatest_length_is_read() -> None:
    """Spaces may fill a line up to the limit, its end included; one more is too many."""
    room = LONGEST_LINE_BYTES - len(GOOD) - 1
    for spaces, refused in ((room, 0), (room + 1, 1)):
        totals, _, _ = acted_on(GOOD.encode() + b" " * spaces + b"\n")
        assert totals.refused == refused


def test_a_refusal_names_its_command_and_request() -> None:
    """Trigger and request are named where the line has them in good order, even if its fields are wrong."""
    given = [
        with_(sessions=0),
        with_(request=f"{PLANTED} {PLANTED}"),
        with_(do=PLANTED),
        json.dumps({"do": "tick", "at": PLANTED}),
        json.dumps(lines.line("approve", "XS-9", 0, lines.APPROVER)),
    ]
    _, refusals, _ = acted_on("\n".join(given).encode())
    named = [(refusal.trigger, refusal.request) for refusal in refusals]
    assert named == [("draft", "XS-1"), ("draft", None), (None, "XS-1"), ("tick", None), ("approve", "XS-9")]


def test_a_refusal_by_a_rule_carries_its_reasons() -> None:
    """As plain data: every unmet guard and role with code, sentence and rules, and what is permitted instead."""
    _, refusals, _ = acted_on(lines.text([*lines.filed("XS-1"), lines.line("approve", "XS-1", 1)]).encode())
    report = refusals[0].to_wire()
    assert [reason["code"] for reason in report["reasons"]] == ["role", "own_employer", "decider_not_requestor"]
    assert all(reason["sentence"].endswith(".") and reason["rules"] for reason in report["reasons"])
    assert report["permitted"] == ["withdraw"]


def test_totals_add_up() -> None:
    """Every line is accepted, repeated or refused; the clock's moves in ticks are counted, and the latest instant kept."""
    path = [each | {"id": f"id-{each['do']}"} for each in lines.filed("XS-1")]
    totals, _, _ = acted_on(lines.text([*path, *path, lines.tick(1000), "", "{", lines.tick(1)]).encode())
    assert (totals.lines, totals.accepted, totals.repeated, totals.refused) == (7, 4, 2, 1)
    assert totals.clock_moves == 1
    assert totals.latest is not None
    assert totals.latest.isoformat() == "2026-12-08T14:30:00+00:00"


def test_only_the_first_refusals_are_kept(capsys: pytest.CaptureFixture[str]) -> None:
    """The table shows as many as a person reads, and says how many more there are."""
    totals, refusals, service = acted_on(b"{\n" * (tables.MOST_ROWS + 7))
    assert len(refusals) == totals.refused == tables.MOST_ROWS + 7
    assert len(totals.kept) == tables.MOST_ROWS
    run.print_tables(service, totals, lines.PERTH)
    assert "And 7 more: --json lists them all" in capsys.readouterr().out


@settings(max_examples=30)
@given(text=st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_are_a_file(text: bytes) -> None:
    """Whatever a file holds, every line that is not blank is accounted for, and nothing is raised."""
    totals, refusals, _ = acted_on(text + b"\n" + GOOD.encode())
    assert totals.lines == totals.accepted + totals.refused
    assert totals.accepted == 1
    assert len(refusals) == totals.refused


def test_a_batch_leaves_no_cycles_behind() -> None:
    """Everything goes away as soon as nobody holds it: the command line looks for cycles seldom, and need not find any."""
    filed = [lines.filed(f"XS-{number}") for number in range(60)]
    with SqlStore("sqlite://", PROCESS) as store:
        service = Service(store)
        found = []
        for part in (filed[:20], filed[20:]):
            file = io.BytesIO("".join(lines.text(each) for each in part).encode())
            gc.collect()
            gc.disable()
            try:
                assert list(run.run(service, file, run.Totals(), 50)) == []
            finally:
                gc.enable()
            found.append(gc.collect())
    # What is made once, such as the writer of a class, may leave some.
    assert found[1] == 0


# --- from outside -----------------------------------------------------------------------------------------------------


def command_line(*arguments: str, **options: Any) -> subprocess.Popen[bytes]:
    """Start the command line in a process of its own."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "TERM": "xterm", "COLUMNS": "120"}
    return subprocess.Popen([sys.executable, "-m", "eap_workflow", *arguments], env=environment, **options)


@pytest.fixture
def commands(tmp_path: Path) -> Path:
    """A file of a few commands."""
    file = tmp_path / "commands.jsonl"
    file.write_text(lines.text(each for number in range(20) for each in lines.filed(f"XS-{number}")))
    return file


def test_progress_is_shown_on_a_terminal_and_nowhere_else(commands: Path, tmp_path: Path) -> None:
    """A bar is drawn on standard error if it is a terminal; into a file or a pipe goes not a byte of it."""
    ours, theirs = pty.openpty()
    with closing(os.fdopen(ours, "rb", buffering=0)) as terminal:
        process = command_line(
            "run", str(commands), "--store", f"sqlite:///{tmp_path}/a.db", stdout=subprocess.PIPE, stderr=theirs
        )
        os.close(theirs)
        said, _ = process.communicate(timeout=60)
        drawn = b""
        try:
            while piece := terminal.read(4096):
                drawn += piece
        except OSError:
            pass  # the other side has closed, which Linux reports as an error
    assert process.returncode == 0
    assert b"commands" in drawn
    assert b"%" in drawn
    assert b"%" not in said
    process = command_line(
        "run", str(commands), "--store", f"sqlite:///{tmp_path}/b.db", stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    again, errors = process.communicate(timeout=60)
    assert (process.returncode, errors, again) == (0, b"", said)


def test_a_reader_that_goes_away_is_no_traceback(commands: Path, tmp_path: Path) -> None:
    """If what is printed is no longer read, as by ``head``, the run is kept and ends without a word."""
    process = command_line(
        "run", str(commands), "--store", f"sqlite:///{tmp_path}/a.db", stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    process.wait(timeout=60)
    assert b"Traceback" not in errors
    with SqlStore(f"sqlite:///{tmp_path}/a.db", PROCESS) as store:
        assert lines.assert_whole(store) == 20


def test_terminals_of_few_characters_are_no_reason_to_fail(commands: Path, tmp_path: Path) -> None:
    """Where only ASCII can be printed, the tables are drawn with what there is."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONIOENCODING": "ascii"}
    arguments = ["run", str(commands), "--store", f"sqlite:///{tmp_path}/a.db"]
    process = subprocess.run(
        [sys.executable, "-m", "eap_workflow", *arguments], env=environment, capture_output=True, check=True
    )
    assert b"employer decision" in process.stdout


def test_lines_of_any_kind_are_answered_as_by_a_service() -> None:
    """A run is nothing but its lines: the requests end as if each command had been handed to a service."""
    given: list[Line] = [*lines.told("XS-1"), *lines.reviewed("XS-2", 4), lines.tick(90)]
    _, refusals, service = acted_on(lines.text(given).encode())
    other = lines.service(MemoryStore(PROCESS))
    lines.handle(other, given)
    assert refusals == []
    assert list(service.snapshots()) == list(other.snapshots())
