"""The commands of ``eap-workflow``, as a person or a program calls them: what they print, and their exit status."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
import pytest

from eap_workflow import schemas
from eap_workflow.cli.app import app
from tests import lines
from tests.cli.calls import HARBOUR, Call, call, printed, run
from tests.lines import APPROVER, DAY, MANAGER, PROCESS, Line

__all__ = ["call"]

STATUS_KEYS = ["request", "state", "turn", "due_on", "working_days_left", "sessions", "version"]
STATUS_KEYS += ["hours_left", "workflow", "passes_at"]
NEXT_MORNING = "2026-10-29T09:00:00+11:00"

CANCEL = {
    "do": "cancel",
    "request": "SC-1",
    "id": "command-1",
    "at": "2026-10-28T08:05:00+11:00",
    "by": {"role": "therapist", "id": "th-7"},
    "contract": "standard",
    "session": "ses-1",
    "session_at": "2026-10-28T14:00:00+11:00",
    "client": "cl-31",
    "therapist": "th-7",
    "reason": "illness",
    "preferred_method": "telephone",
}


# --- run --------------------------------------------------------------------------------------------------------------


def test_a_file_of_commands_ends_in_requests(call: Call) -> None:
    """All accepted: exit status 0, and a table of how each request stands."""
    result = run(call, *lines.told("XS-1"), *lines.filed("XS-2"), lines.draft("XS-3"))
    assert "XS-2      employer decision   employer     Mon 2026-11-09         7 left          4" in result.output
    assert "8 commands: 8 accepted, 0 repeated, 0 refused" in result.output
    assert "1 approved, 1 employer decision, 1 draft" in result.output


def test_a_refused_line_is_reported_and_the_rest_goes_on(call: Call) -> None:
    """One of the lines is refused: exit status 3, its number, its reason and rules, and what follows is done."""
    early = lines.line("approve", "XS-1", 0, APPROVER)
    result = run(call, early, *lines.filed("XS-1"), lines.line("approve", "XS-1", 1, MANAGER), expects=3)
    assert "1   XS-1      approve   The request has not been opened; draft opens it." in result.output
    assert "This move is made by: employer." in result.output
    assert "IN-07" in result.output
    assert "4 commands: 2 accepted, 0 repeated, 2 refused" in result.output


def test_a_run_in_json_says_everything(call: Call) -> None:
    """With ``--json`` the refusals with code, reasons and what is permitted instead, the requests, and the totals."""
    given: list[Line | str] = [*lines.filed("XS-1"), lines.line("approve", "XS-1", 1), lines.tick(20 * DAY), "{"]
    summary = printed(run(call, *given, expects=3, options=("--json",)))
    assert list(summary) == ["refused", "requests", "totals"]
    refusal = summary["refused"][0]
    assert (refusal["line"], refusal["do"], refusal["request"], refusal["code"]) == (3, "approve", "XS-1", "refused")
    assert [each["code"] for each in refusal["reasons"]] == ["role", "own_employer", "decider_not_requestor"]
    assert refusal["permitted"] == ["withdraw"]
    assert summary["refused"][1] == {
        "line": 5,
        "do": None,
        "request": None,
        "code": "invalid_value",
        "reason": "line: this is not JSON from column 2 on",
    }
    assert [list(each) for each in summary["requests"]] == [STATUS_KEYS]
    assert summary["requests"][0]["working_days_left"] == -6
    assert summary["totals"] == {
        "lines": 5,
        "accepted": 3,
        "repeated": 0,
        "refused_lines": 2,
        "clock_moves": 1,
        "stuck": {},
    }


def test_a_run_again_repeats_what_has_an_id(call: Call) -> None:
    """A second run of the same file changes nothing: what has an id is repeated, and that is no refusal."""
    given = [each | {"id": f"id-{each['do']}"} for each in lines.told("XS-1")]
    run(call, *given)
    assert "5 commands: 0 accepted, 5 repeated, 0 refused" in run(call, *given).output
    changed = [*given[:-1], given[-1] | {"at": lines.at(9)}]
    assert "id: this id came before, with other content" in run(call, *changed, expects=3).output


def test_commands_come_from_standard_input(call: Call) -> None:
    """``run -`` reads the lines that are piped in."""
    result = call("run", "-", "--json", input=lines.text(lines.filed("XS-1")))
    assert printed(result)["totals"]["accepted"] == 2


def test_an_empty_file_is_no_error(call: Call) -> None:
    """Without a line there is nothing to do and nothing to refuse, in words and in JSON."""
    assert "0 commands" in run(call).output
    assert printed(run(call, options=("--json",))) == {
        "refused": [],
        "requests": [],
        "totals": {"lines": 0, "accepted": 0, "repeated": 0, "refused_lines": 0, "clock_moves": 0, "stuck": {}},
    }


def test_policies_come_from_files(call: Call) -> None:
    """Contracts of several files are known beside the standard one; what is wrong with a file is said, with its name."""
    Path("harbour.toml").write_text(HARBOUR)
    Path("civic.toml").write_text(HARBOUR.replace("harbour", "civic"))
    given = [*lines.filed("XS-1", contract="harbour"), *lines.filed("XS-2", contract="civic"), *lines.filed("XS-3")]
    run(call, *given, options=("--policy", "harbour.toml", "--policy", "civic.toml"))
    # What is under way keeps its policy without the file, and a new request needs it.
    assert run(call, lines.line("approve", "XS-1", 1, APPROVER)).exit_code == 0
    result = run(call, lines.draft("XS-4", contract="harbour"), expects=3)
    assert "no contract has this name; known are standard" in result.output
    Path("wrong.toml").write_text(HARBOUR.replace("working_days", "workingdays"))
    for files, said in (
        (("wrong.toml",), "wrong.toml: limits.further_details.workingdays"),
        (("harbour.toml", "harbour.toml"), "harbour is in both books"),
        (("commands.jsonl",), "commands.jsonl"),
    ):
        result = call("run", "commands.jsonl", *(part for file in files for part in ("--policy", file)))
        assert result.exit_code == 1
        assert said.split(":")[0] in result.stderr
        assert result.stdout == ""


def test_an_instant_beyond_the_calendar_stops_no_list(call: Call) -> None:
    """A tick in a far year leaves the days of open requests uncounted, and everything else as ever."""
    summary = printed(
        run(call, *lines.filed("XS-1"), {"do": "tick", "at": "2070-01-01T00:00:00Z"}, options=("--json",))
    )
    assert summary["requests"][0]["due_on"] == "2026-11-09"
    assert summary["requests"][0]["working_days_left"] is None
    assert call("status", "--at", "2070-01-01T00:00:00Z").exit_code == 0
    result = call("status", "XS-1", "--at", "2070-01-01T00:00:00Z")
    assert result.exit_code == 1
    assert "the calendar covers 2000-01-01 to 2060-12-31 [coverage]" in result.stderr


# --- status -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ([lines.draft("XS-1")], ["XS-1", "draft", "consultant", None, None, 4, 1]),
        (lines.filed("XS-1", counted=9), ["XS-1", "further_details", "consultant", None, None, 4, 3]),
        (lines.reviewed("XS-1"), ["XS-1", "clinical_review", "clinical_manager", "2026-11-05", 4, 4, 4]),
        (lines.told("XS-1")[:-1], ["XS-1", "employer_decision", "employer", "2026-11-09", 6, 3, 5]),
        (lines.told("XS-1"), ["XS-1", "approved", None, None, None, 3, 6]),
        (
            [*lines.filed("XS-1"), lines.line("decline", "XS-1", 1, APPROVER, reason="not_funded")],
            ["XS-1", "declined", None, None, None, 4, 4],
        ),
        ([*lines.filed("XS-1"), lines.line("withdraw", "XS-1", 1)], ["XS-1", "withdrawn", None, None, None, 4, 4]),
    ],
)
def test_the_status_in_json_has_these_keys(call: Call, path: list[Line], expected: list[Any]) -> None:
    """Request, state, turn, due date of the stage's own limit, working days left, sessions, version, hours left, workflow, instant; no other (XS-11)."""
    run(call, *path)
    row = printed(call("status", "XS-1", "--at", NEXT_MORNING, "--json"))
    assert list(row) == STATUS_KEYS
    passes_at = {"2026-11-05": "2026-11-05T13:00:00+00:00", "2026-11-09": "2026-11-09T13:00:00+00:00"}
    assert list(row.values()) == [*expected, None, "extra_sessions", passes_at.get(row["due_on"])]
    assert printed(call("status", "--at", NEXT_MORNING, "--json")) == [row]


def test_the_status_of_one_request_tells_its_story(call: Call) -> None:
    """Its limits, its steps, and with ``--explain`` every day of its due date with the holiday by name."""
    run(call, *lines.reviewed("XS-1"))
    result = call("status", "XS-1", "--at", NEXT_MORNING, "--explain")
    assert result.exit_code == 0
    for words in ("clinical review", "Thu 2026-11-05", "4 left", "Melbourne Cup Day", "provide details", "stated only"):
        assert words in result.output
    row = printed(call("status", "XS-1", "--at", NEXT_MORNING, "--explain", "--json"))
    days = row["explained"]["clinical_review"]
    assert [day["number"] for day in days if day["number"]] == [1, 2, 3, 4, 5]
    assert days[-1]["day"] == row["due_on"]


def test_instants_are_printed_in_the_zone_that_was_asked_for(call: Call) -> None:
    """The zone is Melbourne's unless another is given; due dates stay the party's own."""
    run(call, *lines.filed("XS-1"))
    assert "Wed 2026-10-28 09:30   draft" in call("status", "XS-1", "--at", NEXT_MORNING).output
    result = call("status", "XS-1", "--at", NEXT_MORNING, "--zone", "Australia/Perth")
    assert "Wed 2026-10-28 06:30   draft" in result.output
    assert "As of Thu 2026-10-29 06:00 (Australia/Perth)" in result.output
    assert "Mon 2026-11-09" in result.output
    result = call("status", "--zone", "Mars/Olympus")
    assert result.exit_code == 1
    assert "no time zone 'Mars/Olympus' is known" in result.stderr


def test_a_request_that_nobody_knows_is_said_to_be_unknown(call: Call) -> None:
    """Exit status 1, and a sentence that does not repeat what was typed."""
    run(call, lines.draft("XS-1"))
    for options in ((), ("--json",)):
        result = call("status", "XS-9", *options)
        assert (result.exit_code, result.stdout) == (1, "")
        assert result.stderr == "Error: request: no request of this id is known here [unknown]\n"


def test_a_long_reference_is_never_cut(call: Call) -> None:
    """Where there is no terminal a table is as wide as it has to be, and a reference is shown as it is."""
    longest = "x" * 64
    run(call, *lines.filed(longest, assist_case="ASST-1", client="cl-1"), lines.draft("XS:fire:1"))
    output = call("status", "--at", NEXT_MORNING).output
    assert f"{longest}   employer decision   employer     Mon 2026-11-09         6 left          4" in output
    assert "XS:fire:1" in output
    assert "XS:fire:1" in call("status", "XS:fire:1").output


# --- overdue ----------------------------------------------------------------------------------------------------------


def test_what_is_overdue_comes_longest_first(call: Call) -> None:
    """Limits that have passed, with whose turn it is and by how many working days; what runs is not there (IN-04)."""
    late, later = lines.filed("XS-1", DAY), lines.filed("XS-2", 0)
    run(call, *later, *late, *lines.filed("XS-3", 12 * DAY), *lines.told("XS-4"))
    at = ("--at", "2026-11-12T09:00:00+11:00")
    rows = printed(call("overdue", *at, "--json"))
    assert [(row["request"], row["limit"], row["due_on"], row["working_days_over"]) for row in rows] == [
        ("XS-4", "relay", "2026-10-29", 9),
        ("XS-2", "employer_decision", "2026-11-09", 3),
        ("XS-1", "employer_decision", "2026-11-10", 2),
    ]
    assert (
        rows[1] | {"state": "employer_decision", "turn": "employer", "passed_at": "2026-11-09T13:00:00+00:00"}
        == rows[1]
    )
    output = call("overdue", *at).output
    assert [line.split()[0] for line in output.splitlines() if " over" in line] == ["XS-4", "XS-2", "XS-1"]


def test_nothing_overdue_is_no_error(call: Call) -> None:
    """Before any limit has passed the list is empty, and the exit status 0."""
    run(call, *lines.filed("XS-1"))
    assert printed(call("overdue", "--at", NEXT_MORNING, "--json")) == []
    assert call("overdue", "--at", NEXT_MORNING).exit_code == 0
    assert "XS-1" in call("overdue", "--at", "2026-11-10T00:00:00+11:00").output
    assert "XS-1" not in call("overdue", "--at", "2026-11-09T23:59:59+11:00").output


# --- workflows, schemas, help -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ("diagram", "outreach", "--output", "victim.db"),
        ("calendar", "freeze", "--region", "AU-VIC", "victim.db"),
        ("event-log", "--output", "victim.db"),
        ("properties", "outreach", "--promela", "victim.db"),
        ("dossier", "XS-1", "--html", "victim.db"),
        ("checkpoint", "victim.db"),
        ("export", "victim.db"),
        ("store", "backup", "victim.db"),
    ],
    ids=lambda arguments: " ".join(arguments[:2]),
)
def test_no_command_writes_over_a_database(
    call: Call, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    """Not over the one that it reads, and not if it is told to replace what is there."""
    monkeypatch.setenv("EAP_WORKFLOW_STORE", "sqlite:///victim.db")
    run(call, *lines.reviewed("XS-1"))
    before = Path("victim.db").read_bytes()
    result = call(*arguments)
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    again = call(*arguments, "--replace")
    never = {1: "victim.db: a database is never written over", 2: "No such option"}
    assert never[again.exit_code] in again.stderr
    assert Path("victim.db").read_bytes() == before
    assert call("status", "XS-1").exit_code == 0


def test_a_workflow_is_named_in_either_spelling(call: Call) -> None:
    """With hyphens, as a command line has its words, or with underscores, as JSON has it; JSON keeps the underscores."""
    rows = [printed(call("diagram", name, "--json")) for name in ("session-cancellation", "session_cancellation")]
    assert rows[0] == rows[1]
    assert rows[0]["workflow"] == "session_cancellation"
    Path("commands.jsonl").write_text(json.dumps(CANCEL), encoding="utf-8")
    for name in ("session-cancellation", "session_cancellation"):
        assert printed(call("run", "commands.jsonl", "--workflow", name, "--json"))["refused"] == []
        assert call("schema", "command", "--workflow", name).exit_code == 0
    wrong = call("run", "commands.jsonl", "--workflow", "session cancellation")
    assert wrong.exit_code == 2
    assert "session-cancellation" in wrong.stderr


def test_the_schemas_are_printed(call: Call) -> None:
    """A command's, a step's and a snapshot's schema, as the library draws them."""
    drawn = {"command": schemas.command_schema, "step": schemas.step_schema, "snapshot": schemas.snapshot_schema}
    for what, draw in drawn.items():
        assert printed(call("schema", what)) == draw(PROCESS) == printed(call("schema", what, "--json"))


def commands(group: click.Group = app, path: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """Every command of the command line, with its groups."""
    found = [path]
    for name, command in group.commands.items():
        below = (*path, name)
        found += commands(command, below) if isinstance(command, click.Group) else [below]
    return found


def command_at(path: tuple[str, ...]) -> click.Command:
    """A command by its own name and those of its groups."""
    command: click.Command = app
    for name in path:
        assert isinstance(command, click.Group)
        command = command.commands[name]
    return command


def test_every_command_prints_json_for_programs() -> None:
    """Each takes ``--json``, but for those that write nothing else."""
    found = {path: command_at(path) for path in commands()}
    without = {
        path
        for path, command in found.items()
        if not isinstance(command, click.Group) and not any("--json" in each.opts for each in command.params)
    }
    assert without == {("seal",), ("prove",), ("export",)}


@pytest.mark.parametrize("path", commands(), ids=" ".join)
def test_every_command_says_how_it_is_used(call: Call, path: tuple[str, ...]) -> None:
    """``--help`` gives a sentence on the command and one on each option, on lines that fit a terminal."""
    result = call(*path, "--help", terminal_width=80)
    assert result.exit_code == 0
    assert result.output == call(*path, "-h", terminal_width=80).output
    assert result.output.startswith("Usage: ")
    assert max(map(len, result.output.splitlines())) <= 80
    command = command_at(path)
    assert command.help
    assert all(option.help for option in command.params if isinstance(option, click.Option))


def test_the_list_of_commands_says_what_each_is_for(call: Call) -> None:
    """No sentence of the list is cut: it is what a newcomer reads first."""
    result = call("--help", terminal_width=78)  # what is left of 80 where no terminal says how wide it is
    assert "..." not in result.output.partition("Commands:")[2]
    assert max(map(len, result.output.splitlines())) <= 80


def test_every_command_that_answers_has_json() -> None:
    """Each command takes ``--json``, but for those that print nothing else; a group is none."""
    for path in commands():
        command: click.Command = app
        for name in path:
            assert isinstance(command, click.Group)
            command = command.commands[name]
        if not isinstance(command, click.Group) and path not in {("seal",), ("prove",), ("export",)}:
            assert any("--json" in option.opts for option in command.params), path


def test_the_version_is_told(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """``--version`` gives the name and the version that is installed."""
    monkeypatch.setattr("importlib.metadata.version", {"eap-workflow": "7.8.9"}.__getitem__)
    assert call("--version").output == "eap-workflow, version 7.8.9\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("fly",),
        ("run",),
        ("run", "missing.jsonl"),
        ("run", "."),
        ("run", "commands.jsonl", "--policy", "missing.toml"),
        ("run", "commands.jsonl", "--fast"),
        ("status", "--explain"),
        ("status", "XS-1", "XS-2"),
        ("status", "--at", "yesterday"),
        ("status", "--at", "2026-11-05T14:00:00"),
        ("status", "--at", "0001-01-01T00:00:00+14:00"),
        ("overdue", "--at", "2026-11-05"),
        ("diagram",),
        ("schema", "event"),
        ("calendar", "thaw"),
    ],
)
def test_a_call_that_is_wrong_ends_with_two(call: Call, arguments: tuple[str, ...]) -> None:
    """Exit status 2, a usage line and what is wrong, without a traceback."""
    run(call, lines.draft("XS-1"))
    result = call(*arguments)
    assert result.exit_code == 2
    assert "Usage: " in result.stderr
    assert "Error: " in result.stderr


# --- the store --------------------------------------------------------------------------------------------------------


def test_the_store_is_named_by_option_or_environment(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """The option comes before the environment's, and without either there is a file of a fixed name."""
    run(call, lines.draft("XS-1"))
    run(call, lines.draft("XS-2"), options=("--store", "sqlite:///other.db"))
    assert [row["request"] for row in printed(call("status", "--json"))] == ["XS-1"]
    assert [row["request"] for row in printed(call("status", "--json", "--store", "sqlite:///other.db"))] == ["XS-2"]
    monkeypatch.delenv("EAP_WORKFLOW_STORE")
    said = f"Kept in {Path('eap-workflow.db').resolve()}, as neither"
    assert said in run(call, lines.draft("XS-3")).stderr
    assert Path("eap-workflow.db").exists()
    assert run(call, lines.draft("XS-3"), options=("--json",)).stderr == ""
    assert run(call, lines.draft("XS-1"), options=("--store", "sqlite:///other.db")).stderr == ""
    assert [row["request"] for row in printed(call("status", "--json"))] == ["XS-3"]


def test_a_contract_that_is_not_known_is_to_be_given(call: Call) -> None:
    """The table is followed by the option that does it; where no contract is missing, nothing is said of one."""
    missing = run(call, {**lines.draft("XS-1"), "contract": "harbour"}, lines.draft("XS-2"), expects=3)
    assert "--policy FILE" in missing.stdout
    other = run(call, lines.draft("XS-3"), {**lines.draft("XS-3"), "sessions": 0}, expects=3)
    assert "--policy" not in other.stdout


def test_a_store_that_cannot_be_used_is_told(call: Call) -> None:
    """No database to read from, another database, a garbage URL: exit status 1, and the URL is not repeated."""
    Path("commands.jsonl").write_text("")
    for url, said in (
        (
            "sqlite:///missing.db",
            f"there is no database here: {Path('missing.db').resolve()}; which one is meant, --store",
        ),
        ("sqlite://", "there is no database here; which one is meant, --store or EAP_WORKFLOW_STORE says [store]"),
        ("sqlite:///commands.jsonl/x.db", "there is no database here: "),
        ("postgresql://planted:planted@localhost:1/x", "the database cannot be reached"),
        ("mysql://planted:planted@planted/x", "a SQLite or a PostgreSQL database is needed"),
        ("planted", "a SQLAlchemy URL is needed, such as sqlite:///requests.db"),
    ):
        for command in ("status", "overdue"):
            result = call(command, "--store", url)
            assert (result.exit_code, result.stdout) == (1, "")
            assert said in result.stderr
            assert "planted" not in result.stderr
    assert not Path("missing.db").exists()


def test_a_store_without_a_file_is_for_one_run(call: Call) -> None:
    """A run on no file prints its tables and keeps nothing."""
    result = run(call, *lines.told("XS-1"), options=("--store", "sqlite://"))
    assert "1 approved" in result.output
    assert [path.name for path in Path().iterdir()] == ["commands.jsonl"]
