"""``eap-workflow event-log``, and the net beside it, as a person calls them."""

from __future__ import annotations

import io
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eap_workflow import diagrams
from eap_workflow.cli import event_log
from eap_workflow.cli.app import app
from eap_workflow.processes import every_process, process_named
from eap_workflow.store.sql import SqlStore
from tests import lines
from tests.diagrams.words import xml_of
from tests.lines import DAY


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with a store of two requests, one of which has ended, and no key in the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EAP_WORKFLOW_STORE", "sqlite:///requests.db")
    monkeypatch.delenv(event_log.KEY, raising=False)
    given = [*lines.told("XS-1"), *lines.filed("XS-2", 2), lines.tick(DAY)]
    Path("commands.jsonl").write_text(lines.text(given), encoding="utf-8")
    assert CliRunner().invoke(app, ["run", "commands.jsonl"], catch_exceptions=False).exit_code == 0


def call(*arguments: str) -> Result:
    """Call the command line."""
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False)


def done(*arguments: str) -> str:
    """Call the command line, which has to do it; give what it prints."""
    result = call(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def requests(text: str) -> list[str]:
    """What the traces of a log are called."""
    return [
        each.attrib["value"] for each in xml_of(text).iterfind("trace/string") if each.attrib["key"] == "concept:name"
    ]


def test_a_log_goes_to_standard_output_or_to_a_file() -> None:
    """The same log either way; to a file, the command says how much it holds."""
    printed = done("event-log", "--references")
    said = done("event-log", "--references", "--output", "log.xes")
    assert Path("log.xes").read_text(encoding="utf-8") == printed
    assert requests(printed) == ["XS-1", "XS-2"]
    steps = printed.count("<event>")
    assert said == f"log.xes: 2 requests, {steps} steps\n"
    row = json.loads(done("event-log", "--format", "ocel", "--output", "log.json", "--json"))
    assert row == {"file": "log.json", "format": "ocel", "requests": 2, "steps": steps, "references": False}
    log = json.loads(Path("log.json").read_text(encoding="utf-8"))
    assert len(log["events"]) == steps
    assert {each["type"] for each in log["objects"]} == {
        "extra_sessions",
        "assist_case",
        "employer",
        "contract",
        "actor",
    }


def test_pseudonyms_are_the_same_with_one_key_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a key no two logs can be compared; with one they can; no reference is in either."""
    first, second = done("event-log"), done("event-log")
    assert requests(first) != requests(second)
    monkeypatch.setenv(event_log.KEY, "a secret of some length")
    third = done("event-log")
    assert third == done("event-log")
    for text in (first, third):
        assert "XS-1" not in text
        assert "con-1" not in text


def test_a_key_that_is_no_secret_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A short one could be guessed; the error does not say it."""
    monkeypatch.setenv(event_log.KEY, "hunter2")
    result = call("event-log")
    assert result.exit_code == 1
    assert f"{event_log.KEY}: a secret of at least 16 bytes is needed" in result.stderr
    assert "hunter2" not in result.output


@pytest.mark.parametrize("style", ["xes", "ocel"])
def test_requests_stand_in_the_order_of_their_pseudonyms(monkeypatch: pytest.MonkeyPatch, style: str) -> None:
    """Not in the order of their ids, which everybody can count up."""
    given = [lines.draft(f"XS-{number:03}") for number in range(100, 130)]
    Path("more.jsonl").write_text(lines.text(given), encoding="utf-8")
    done("run", "more.jsonl")
    monkeypatch.setenv(event_log.KEY, "a secret of some length")
    text = done("event-log", "--format", style)
    if style == "xes":
        found = requests(text)
    else:
        found = list(dict.fromkeys(each["id"].partition("#")[0] for each in json.loads(text)["events"]))
    assert len(found) == 32
    assert found == sorted(found)


def test_a_request_of_which_no_log_can_be_made_is_named() -> None:
    """With what is wrong with it, and who knows more; there is no log then, and what was there stays."""
    with closing(sqlite3.connect("requests.db")) as opened:
        for (trigger,) in opened.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            opened.execute(f'DROP TRIGGER "{trigger}"')
        opened.execute("UPDATE eap_steps SET content = '{}' WHERE request = 'XS-2' AND version = 2")
        opened.commit()
    result = call("event-log", "--output", "log.xes")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: XS-2: ")
    assert "eap-workflow verify" in result.stderr
    assert not Path("log.xes").exists()


def test_a_file_is_what_its_name_ends_with() -> None:
    """Where no format is asked for; one that is asked for and is another is refused, and nothing is written."""
    done("event-log", "--output", "log.json")
    assert json.loads(Path("log.json").read_text(encoding="utf-8"))["events"]
    done("event-log", "--output", "log.txt")
    assert Path("log.txt").read_text(encoding="utf-8").startswith("<?xml")
    result = call("event-log", "--format", "ocel", "--output", "log.xes")
    assert (result.exit_code, "contradict each other" in result.stderr) == (2, True)
    assert not Path("log.xes").exists()


def test_the_net_that_fits_is_named() -> None:
    """Where it is not the plain one of a workflow; on standard error, so that what is printed stays a log."""
    hint = call("event-log", "--json", "--output", "log.xes").stderr
    assert "1 of 2 requests has not ended" in hint
    assert "eap-workflow diagram extra-sessions --format pnml --unfinished" in hint
    assert call("event-log").stderr == hint
    assert call("event-log", "--ended").stderr == ""
    assert call("event-log", "--workflow", "outreach").stderr == ""
    contact = {"do": "open_contact", "request": "OC-1", "at": lines.at(0), "by": {"role": "case_team", "id": "ct-4"}}
    contact |= {"contract": "standard", "partner": "pt-1", "reason": "check_in", "with_whom": "participant"}
    contact |= {"person": "pa-301", "case": "ASST-104301"}
    Path("more.jsonl").write_text(lines.text([contact]), encoding="utf-8")
    done("run", "more.jsonl")
    assert "requests of 2 workflows" in call("event-log").stderr


def test_some_requests_alone() -> None:
    """Those of a workflow, those that have ended, and all of them as they stood at an instant."""
    assert requests(done("event-log", "--references", "--workflow", "extra-sessions")) == ["XS-1", "XS-2"]
    assert requests(done("event-log", "--references", "--workflow", "outreach")) == []
    assert requests(done("event-log", "--references", "--ended")) == ["XS-1"]
    assert requests(done("event-log", "--references", "--at", lines.at(1))) == ["XS-1"]
    then = done("event-log", "--references", "--format", "ocel", "--at", lines.at(1))
    assert len(json.loads(then)["events"]) < len(json.loads(done("event-log", "--format", "ocel"))["events"])


def test_a_file_takes_the_place_of_another_when_it_is_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """A log that cannot be written to its end leaves the file that was there, and nothing beside it."""
    Path("log.xes").write_text("the log of yesterday", encoding="utf-8")
    refused = call("event-log", "--output", "log.xes")
    assert (refused.exit_code, "--replace writes over it" in refused.stderr) == (1, True)
    with monkeypatch.context() as patched:
        patched.setattr("eap_workflow.event_logs.xes", lambda *_, **__: _broken())
        with pytest.raises(ZeroDivisionError):
            done("event-log", "--output", "log.xes", "--replace")
    assert Path("log.xes").read_text(encoding="utf-8") == "the log of yesterday"
    before = {*Path().iterdir()}
    done("event-log", "--output", "log.xes", "--replace")
    assert Path("log.xes").read_text(encoding="utf-8").endswith("</log>\n")
    assert {*Path().iterdir()} == before
    result = call("event-log", "--output", "nowhere/log.xes")
    assert (result.exit_code, "No such file" in result.stderr) == (1, True)


def _broken() -> Iterator[str]:
    yield "half of a log"
    yield str(1 // 0)


def test_calls_that_cannot_be_meant() -> None:
    """JSON and the log cannot both go to standard output; and a store that is not there is made by nobody."""
    assert call("event-log", "--json").exit_code == 2
    assert call("event-log", "--store", "sqlite:///none.db").exit_code == 1
    assert not Path("none.db").exists()


def test_how_many_requests_there_are_is_asked_only_where_somebody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """On a terminal the progress has an end; elsewhere nobody counts."""
    with SqlStore("sqlite:///requests.db", every_process()) as store, store.reading() as transaction:
        assert event_log._size(transaction) is None
        monkeypatch.setattr("sys.stderr", _Terminal())
        assert event_log._size(transaction) == 2


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_net_beside_the_log() -> None:
    """The command of drawings writes the net too, that of unfinished requests where it is asked for."""
    workflow = process_named("outreach").workflow
    assert done("diagram", "outreach", "--format", "pnml") == f"{diagrams.pnml(workflow)}\n"
    done("diagram", "outreach", "--format", "pnml", "--unfinished", "--output", "net.pnml")
    assert Path("net.pnml").read_text(encoding="utf-8") == diagrams.pnml(workflow, unfinished=True)
    assert call("diagram", "outreach", "--format", "svg", "--unfinished").exit_code == 2
