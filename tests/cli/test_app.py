"""The commands of ``eap-workflow``, as a person or a program calls them: what they print, and their exit status."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from eap_workflow import schemas
from eap_workflow.calendar import BusinessCalendar
from eap_workflow.cli.app import app
from eap_workflow.diagrams import picture
from eap_workflow.states import EXTRA_SESSIONS
from tests import lines
from tests.lines import APPROVER, DAY, MANAGER, PROCESS, Line

Call = Callable[..., Result]

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

HARBOUR = """
[[policy]]
contract = "harbour"
version = "1"
source = "Harbour agreement"
effective_from = 2026-01-01
[policy.limits.further_details]
working_days = 10
when_passed = "lapse"
"""


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Call the command line in an empty folder, with a database there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EAP_WORKFLOW_STORE", "sqlite:///requests.db")
    runner = CliRunner()

    def call(*arguments: object, **options: Any) -> Result:
        result = runner.invoke(app, [str(each) for each in arguments], **options)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return call


def run(call: Call, *given: Line | str, expects: int = 0, options: tuple[object, ...] = ()) -> Result:
    """Run a file of these lines."""
    Path("commands.jsonl").write_text(lines.text(given), encoding="utf-8")
    result = call("run", "commands.jsonl", *options)
    assert result.exit_code == expects, result.output
    return result


def printed(result: Result) -> Any:
    """What a call with ``--json`` printed, which is nothing but JSON."""
    assert result.exit_code in (0, 3), result.output
    assert result.stderr == ""
    return json.loads(result.stdout)


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


# --- due and calendars ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("region", "start", "days", "expected"),
    [
        ("AU-VIC", "2026-10-28", 7, "2026-11-09"),
        ("AU-VIC", "2026-10-31", 1, "2026-11-02"),
        ("AU-VIC", "2026-11-09", -7, "2026-10-28"),
        ("AU-WA", "2026-10-28", 7, "2026-11-06"),
        ("NZ", "2026-10-23", 1, "2026-10-27"),
        ("AU-VIC", "2026-10-28", 5000, "2046-08-22"),
    ],
)
def test_the_nth_working_day_is_given(call: Call, region: str, start: str, days: int, expected: str) -> None:
    """Forwards and back, far away, from a day that counts and one that does not, in words and in JSON (IN-01)."""
    row = printed(call("due", "--region", region, "--from", start, "--days", days, "--json"))
    calendar = BusinessCalendar.for_region(*region.split("-"))
    assert row["due_on"] == calendar.add(date.fromisoformat(start), days).isoformat()
    assert days == 5000 or row["due_on"] == expected
    assert (row["from"], row["working_days"], row["calendar"]) == (start, days, str(calendar.source))
    assert row["fingerprint"] == calendar.fingerprint
    assert row["due_on"] in call("due", "--region", region, "--from", start, "--days", days).output


def test_a_due_date_is_explained_day_by_day(call: Call) -> None:
    """Every day from the start to the due date, with its number or why it does not count."""
    arguments = ("due", "--region", "AU-VIC", "--from", "2026-10-28", "--days", 7, "--explain")
    rows = printed(call(*arguments, "--json"))["explained"]
    assert [row["day"] for row in rows] == [f"2026-10-{day}" for day in range(28, 32)] + [
        f"2026-11-{day:02}" for day in range(1, 10)
    ]
    assert [row["reason"] for row in rows if row["number"] is None] == [
        "day of receipt",
        "weekend",
        "weekend",
        "Melbourne Cup Day",
        "weekend",
        "weekend",
    ]
    output = call(*arguments).output
    assert "Tue 2026-11-03               Melbourne Cup Day" in output
    assert output.rstrip().endswith("due on Mon 2026-11-09")


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("--region", "AU-VIC", "--from", "2026-10-28", "--days", "0"), 1, "n: must not be 0"),
        (("--region", "AU-VIC", "--from", "2026-10-28", "--days", "99999"), 1, "the calendar covers"),
        (("--region", "AU-VIC", "--from", "2026-10-28", "--days", "9" * 30), 1, "the calendar covers"),
        (("--region", "AU-VIC", "--from", "2061-01-01", "--days", "1"), 1, "the calendar covers"),
        (("--region", "XX", "--from", "2026-10-28", "--days", "1"), 1, "no public holidays are known for 'XX'"),
        (("--region", "NZ-VIC", "--from", "2026-10-28", "--days", "1"), 1, "'VIC' is no subdivision of NZ"),
        (("--region", "", "--from", "2026-10-28", "--days", "1"), 1, "region"),
        (("--region", "AU-VIC", "--from", "2026-13-28", "--days", "1"), 2, "a date is needed"),
        (("--region", "AU-VIC", "--from", "2026-10-28", "--days", "x"), 2, "not a valid integer"),
        (("--region", "AU-VIC", "--days", "1"), 2, "Missing option '--from'"),
        (("--from", "2026-10-28", "--days", "1"), 2, "one of --region and --calendar is needed"),
        (("--calendar", "missing.json", "--from", "2026-10-28", "--days", "1"), 2, "does not exist"),
    ],
)
def test_a_due_date_that_cannot_be_given_says_why(
    call: Call, arguments: tuple[str, ...], status: int, said: str
) -> None:
    """What the calendar cannot answer ends with 1, a call that is wrong in itself with 2; both in one sentence."""
    result = call("due", *arguments)
    assert (result.exit_code, result.stdout) == (status, "")
    assert said in result.stderr


def test_a_frozen_calendar_gives_the_same_dates(call: Call) -> None:
    """What was frozen to a file is counted on afterwards, and a file that was edited is refused."""
    row = printed(call("calendar", "freeze", "--region", "AU-VIC", "--years", 2026, 2027, "frozen.json", "--json"))
    assert (row["file"], row["first"], row["last"]) == ("frozen.json", "2026-01-01", "2027-12-31")
    arguments = ("--from", "2026-10-28", "--days", 7, "--explain", "--json")
    frozen = printed(call("due", "--calendar", "frozen.json", *arguments))
    live = printed(call("due", "--region", "AU-VIC", *arguments))
    assert frozen["explained"] == live["explained"]
    assert frozen["fingerprint"] == row["fingerprint"]
    again = call("calendar", "freeze", "--region", "AU-VIC", "frozen.json")
    assert (again.exit_code, "--replace" in again.stderr) == (1, True)
    assert "frozen.json" in call("calendar", "freeze", "--region", "AU-VIC", "frozen.json", "--replace").stdout
    file = Path("frozen.json")
    file.write_text(file.read_text().replace("Melbourne Cup Day", "Cup Day"))
    result = call("due", "--calendar", "frozen.json", *arguments)
    assert result.exit_code == 1
    assert "frozen.json" in result.stderr


def test_a_list_of_ones_own_is_frozen_and_counted_on(call: Call) -> None:
    """Holidays that nobody else has are written down once, and a contract's calendar file is made of them."""
    Path("port.toml").write_text(
        'region = "Port"\nsource = "Notice 14"\nyears = [2026, 2026]\nweekend = ["Friday", "Saturday"]\n'
        '[holidays]\n2026-11-03 = "Pilots\' Day"\n'
    )
    row = printed(call("calendar", "freeze", "--holidays", "port.toml", "port.json", "--json"))
    assert (row["calendar"], row["first"], row["last"]) == ("Port", "2026-01-01", "2026-12-31")
    counted = printed(call("due", "--calendar", "port.json", "--from", "2026-10-29", "--days", 3, "--json"))
    assert (counted["due_on"], counted["fingerprint"]) == ("2026-11-04", row["fingerprint"])


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("--region", "AU-VIC", "missing/frozen.json"), 1, "missing/frozen.json: No such file or directory"),
        (("--region", "AU-VIC", "."), 2, "is a directory"),
        (("--region", "AU-XX", "frozen.json"), 1, "is no subdivision of AU"),
        (("--region", "AU-VIC", "--years", "2027", "2026", "frozen.json"), 1, "the span ends before it starts"),
        (("frozen.json",), 2, "one of --region and --holidays is needed"),
        (("--region", "NZ", "--holidays", "list.toml", "frozen.json"), 2, "one of --region and --holidays is needed"),
        (("--holidays", "list.toml", "--years", "2026", "2027", "frozen.json"), 2, "--years goes with --region"),
        (("--holidays", "list.toml", "frozen.json"), 1, "list: unknown key, did you mean holidays?"),
        (("--holidays", "missing.toml", "frozen.json"), 2, "does not exist"),
    ],
)
def test_a_calendar_that_cannot_be_frozen_says_why(
    call: Call, arguments: tuple[str, ...], status: int, said: str
) -> None:
    """A folder that is not there, a region, a span or a list that is none: one sentence, and no file."""
    Path("list.toml").write_text('region = "Port"\nsource = "Notice 14"\nyears = [2026, 2026]\n[holiday]\n')
    result = call("calendar", "freeze", *arguments)
    assert result.exit_code == status
    assert said in result.stderr
    assert not Path("frozen.json").exists()


# --- diagrams, schemas, help ------------------------------------------------------------------------------------------


def test_the_diagram_is_drawn_from_the_table(call: Call) -> None:
    """Every state and every trigger of the table is on it, with the roles; in JSON with the table's fingerprint."""
    text = call("diagram", "extra-sessions").output
    assert "flowchart TB\n" in text
    for state in EXTRA_SESSIONS.states:
        assert state.name in text
    for trigger in EXTRA_SESSIONS.triggers:
        assert trigger.replace("_", " ") in text.replace("\u00a0", " ")
    row = printed(call("diagram", "extra-sessions", "--json"))
    assert (row["text"], row["fingerprint"]) == (text.removesuffix("\n"), EXTRA_SESSIONS.fingerprint)
    assert row["format"] == "mermaid"
    assert "|" in call("diagram", "extra-sessions", "--format", "markdown").output
    assert call("diagram", "outbound").exit_code == 2
    assert call("diagram", "extra-sessions", "--format", "jpeg").exit_code == 2
    assert call("diagram").exit_code == call("diagram", "extra-sessions", "--format", "png").exit_code == 2


@pytest.mark.parametrize("style", ["mermaid", "dot", "svg", "png", "plantuml", "markdown", "html", "csv"])
def test_a_table_is_drawn_in_every_format(call: Call, style: str) -> None:
    """To the terminal or to a file; a picture of dots goes to a file alone."""
    drawn = Path(f"outreach.{style}")
    written = call("diagram", "outreach", "--format", style, "--brief", "--output", str(drawn))
    assert (written.exit_code, written.stdout) == (0, f"{drawn}: outreach, as {style}\n")
    if style == "png":
        assert drawn.read_bytes().startswith(b"\x89PNG")
    elif style == "html":
        fragment = call("diagram", "outreach", "--format", style).output
        page = drawn.read_text()
        assert fragment.startswith("<section")
        assert page.startswith("<!DOCTYPE html>")
        assert fragment.strip() in page
    else:
        assert call("diagram", "outreach", "--format", style, "--brief").output.rstrip() == drawn.read_text().rstrip()


@pytest.mark.parametrize(
    ("ending", "style"), [("pnml", "pnml"), ("SVG", "svg"), ("htm", "html"), ("json", "xstate"), ("txt", "mermaid")]
)
def test_a_drawing_is_what_its_file_ends_with(call: Call, ending: str, style: str) -> None:
    """Where nothing else is asked for; an ending that nobody knows says nothing."""
    assert (
        call("diagram", "outreach", "--output", f"drawn.{ending}").stdout == f"drawn.{ending}: outreach, as {style}\n"
    )
    both = call("diagram", "outreach", "--format", "dot", "--output", f"drawn.{ending}", "--replace")
    assert (both.exit_code, "contradict" in both.stderr) == ((0, False) if ending == "txt" else (2, True))


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


def test_a_request_is_drawn_with_its_path(call: Call) -> None:
    """The arrows that it took, and where it stands; a format that has no path is refused."""
    run(call, *lines.reviewed("XS-1"))
    drawn = call("diagram", "--request", "XS-1", "--format", "svg")
    assert drawn.exit_code == 0
    assert "stands here" in drawn.output
    assert call("diagram", "--request", "XS-1", "--format", "csv").exit_code == 1
    assert call("diagram", "--request", "XS-1", "outreach").exit_code == 2


def test_a_picture_without_its_program_names_the_extra(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence, as of any other package that is not installed; a format that is text needs none."""
    monkeypatch.setattr(picture, "PACKAGE", "a-package-that-nobody-made")
    picture._program.cache_clear()
    try:
        drawn = call("diagram", "outreach", "--format", "svg")
    finally:
        picture._program.cache_clear()
    assert drawn.exit_code == 1
    assert drawn.stderr == (
        "Error: a-package-that-nobody-made is not installed; it comes with the extra 'diagrams':"
        " pip install 'eap-workflow[diagrams]'\n"
    )
    assert call("diagram", "outreach", "--format", "mermaid").exit_code == 0


def test_a_drawing_has_the_numbers_of_the_contract_that_is_asked_for(call: Call) -> None:
    """The standard contract's, or those of one that is named, in the version of the day; an unknown one is refused (IN-11)."""
    contracts = str(Path(__file__).parents[2] / "examples" / "contracts.toml")
    asked = ("diagram", "extra-sessions", "--format", "markdown")
    assert "Limits, by the contract standard, version 1" in call(*asked).output
    for at, version, days in (("2026-08-03T12:00:00+10:00", "2026-07", 7), ("2027-03-02T12:00:00+11:00", "2027-01", 5)):
        drawn = call(*asked, "--policy", contracts, "--contract", "harbour", "--at", at).output
        assert f"Limits, by the contract harbour, version {version}" in drawn
        assert f"employer decision, {days} working days" in drawn
    unknown = call(*asked, "--contract", "harbour")
    assert (unknown.exit_code, "no contract has this name" in unknown.stderr) == (1, True)


def test_a_path_has_the_numbers_of_the_policy_that_the_request_keeps(call: Call) -> None:
    """Whatever the file says today, and none where a draft names a contract that is not at hand; it takes no other (IN-11)."""
    Path("harbour.toml").write_text(HARBOUR)
    run(call, *lines.filed("XS-1", contract="harbour"), options=("--policy", "harbour.toml"))
    run(call, lines.draft("XS-2", contract="harbour"), options=("--policy", "harbour.toml"))
    asked = ("diagram", "--format", "markdown", "--request")
    assert "Limits, by the contract harbour, version" in call(*asked, "XS-1").output
    assert "**Limits**" in call(*asked, "XS-2").output
    assert "Limits, by the contract harbour" in call(*asked, "XS-2", "--policy", "harbour.toml").output
    assert call(*asked, "XS-1", "--contract", "standard").exit_code == 2


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
