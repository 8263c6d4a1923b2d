"""``eap-workflow dossier --all``: a page for each request, and an index that leads to them."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from eap_workflow import dossier as dossiers
from eap_workflow.cli import options
from eap_workflow.cli.app import app
from eap_workflow.dossier import file_name
from tests import lines
from tests.cli.dossier_store import AT, call, done, filled


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a store of some requests, and a key in the environment."""
    return filled(tmp_path, monkeypatch)


def past_the_store(*statements: str) -> None:
    """What somebody does who owns the database."""
    with closing(sqlite3.connect("requests.db")) as other, other:
        for (name,) in other.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            other.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            other.execute(statement)


def test_all_requests_have_their_pages_and_an_index() -> None:
    """Each has a file of its own, on every file system, and the index leads to each (XS-11)."""
    assert done("--all", "--html", "all") == (
        "all/index.html: 4 requests; a limit was not kept in 2; every record is whole; 1 of 5 was not opened yet at this instant,"
        " and --at gives a later one\n"
    )
    files = {file.name for file in Path("all").iterdir()}
    assert len({name.lower() for name in files}) == len(files) == 5
    index = Path("all/index.html").read_text(encoding="utf-8")
    linked = re.findall(r'href="([^"#]+)"', index)
    assert {*linked, "index.html"} == files
    for name, request in zip(linked, re.findall(r'href="[^"#]+">([^<]+)</a>', index), strict=True):
        assert f"Dossier of request {request}" in Path("all", name).read_text(encoding="utf-8")
    # It was opened after the instant as of which they are shown.
    assert "XS-5" not in index


def test_a_choice_of_all_requests_says_what_was_chosen() -> None:
    """By workflow, state and employer; the index says by which."""
    plain = json.loads(done("--all", "--html", "some", "--state", "employer-decision", "--employer", "emp-1", "--json"))
    assert plain == {
        "folder": "some",
        "index": "some/index.html",
        "requests": 1,
        "passed": 1,
        "broken": 0,
        "failed": 0,
        "whole": True,
        "not_yet": 1,
    }
    assert {file.name for file in Path("some").iterdir()} == {"XS-3.html", "index.html"}
    assert "those whose state is employer decision and employer is emp-1" in Path("some/index.html").read_text("utf-8")
    assert "chosen by what their steps say" in Path("some/index.html").read_text(encoding="utf-8")
    assert done("--all", "--html", "none", "--workflow", "outreach") == "none/index.html: no such request\n"


def test_requests_are_chosen_and_shown_as_of_one_instant(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request that has moved on since is in the choice of then, and of no other."""
    then = lines.at(2.5)
    result = call("dossier", "--all", "--html", "then", "--state", "employer-decision", "--json", "--at", then)
    assert (json.loads(result.stdout)["requests"], json.loads(result.stdout)["not_yet"]) == (2, 2)
    assert {file.name for file in Path("then").iterdir()} == {"XS-1.html", "XS-3.html", "index.html"}
    # Without an instant it is that of the call, here one before XS-5 was opened.
    monkeypatch.setattr("eap_workflow.cli.options.now", lambda: lines.START + timedelta(days=30))
    assert call("dossier", "--all", "--html", "now", "--state", "draft").exit_code == 0
    assert {file.name for file in Path("now").iterdir()} == {"index.html", file_name("case/4:a")}


def test_a_request_that_was_hidden_in_the_table_of_requests_is_chosen_all_the_same() -> None:
    """The choice is made by what the steps say; what is kept for quick answers can be edited without a trace in them."""
    past_the_store("UPDATE eap_requests SET state = 'approved', employer = 'emp-9' WHERE request = 'XS-3'")
    result = call("dossier", "--all", "--html", "some", "--state", "employer-decision", "--json", *AT)
    assert result.exit_code == options.SOMETHING_FOUND
    assert (json.loads(result.stdout)["requests"], json.loads(result.stdout)["broken"]) == (1, 1)


def test_what_cannot_be_read_is_listed_whatever_it_is_and_whatever_was_wanted() -> None:
    """No steps at all, a message, a limit of no name: each stops its own page alone."""
    past_the_store(
        "DELETE FROM eap_steps WHERE request = 'XS-1'",
        "UPDATE eap_messages SET content = '{}' WHERE request = 'XS-3'",
        "UPDATE eap_steps SET content = replace(content, '\"limit\":\"', '\"limit\":\"x_') WHERE request = 'xs-1'",
    )
    result = call("dossier", "--all", "--html", "all", "--json", *AT)
    plain = json.loads(result.stdout)
    assert (result.exit_code, plain["requests"], plain["failed"], plain["whole"]) == (4, 4, 3, False)
    index = Path("all/index.html").read_text(encoding="utf-8")
    for said in ("none of its steps", "a message of the request cannot be read", "cannot be"):
        assert said in index
    assert {file.name for file in Path("all").glob("*.html")} == {"index.html", file_name("case/4:a")}
    some = call("dossier", "--all", "--html", "some", "--state", "draft", *AT).stdout
    assert "RECORDS ARE NOT WHAT WAS WRITTEN" in some


def test_pages_of_an_earlier_run_do_not_stay_beside_the_index() -> None:
    """They are removed with --replace where an index of ours names them; nothing else is."""
    done("--all", "--html", "all")
    result = call("dossier", "--all", "--html", "all", "--state", "employer-decision", *AT)
    assert result.exit_code == 1
    before = {file.name for file in Path("all").iterdir()}
    done("--all", "--html", "all", "--state", "employer-decision", "--replace")
    assert {file.name for file in Path("all").iterdir()} == {"XS-3.html", "index.html"} < before
    Path("all/mine.html").write_text("mine", encoding="utf-8")
    result = call("dossier", "--all", "--html", "all", "--replace", *AT)
    assert (result.exit_code, "mine.html" in result.stderr) == (1, True)
    assert Path("all/mine.html").read_text(encoding="utf-8") == "mine"
    Path("other").mkdir()
    Path("other/mine.html").touch()
    assert "an empty folder is needed" in " ".join(call("dossier", "--all", "--html", "other", *AT).stderr.split())
    assert [file.name for file in Path("other").iterdir()] == ["mine.html"]


def test_one_file_that_is_there_stops_all_before_any_is_written() -> None:
    """And a file where the folder should be is said to be one."""
    Path("all").mkdir()
    Path("all/XS-3.html").touch()
    result = call("dossier", "--all", "--html", "all", *AT)
    assert (result.exit_code, "--replace" in result.stderr) == (1, True)
    assert [file.name for file in Path("all").iterdir()] == ["XS-3.html"]
    assert "a folder is needed" in call("dossier", "--all", "--html", "commands.jsonl", *AT).stderr


def test_pages_of_all_requests_are_not_written_over_unless_they_are_meant_to() -> None:
    """A second time takes the word for it, and gives the same pages."""
    done("--all", "--html", "all")
    before = {file.name: file.read_bytes() for file in Path("all").iterdir()}
    result = call("dossier", "--all", "--html", "all", *AT)
    assert result.exit_code == 1
    assert "--replace" in result.stderr
    done("--all", "--html", "all", "--replace")
    assert {file.name: file.read_bytes() for file in Path("all").iterdir()} == before


def test_a_record_that_was_tampered_with_stops_no_other_and_is_listed() -> None:
    """What can be read has its page, what cannot has a line in the index, and the exit status says that there is something."""
    past_the_store(
        "UPDATE eap_steps SET content = replace(content, 'cm-1', 'cm-2') WHERE request = 'XS-1'",
        "DELETE FROM eap_steps WHERE request = 'xs-1' AND version = 2",
    )
    result = call("dossier", "--all", "--html", "all", "--json", *AT)
    assert result.exit_code == options.SOMETHING_FOUND
    plain = json.loads(result.stdout)
    assert (plain["requests"], plain["broken"], plain["failed"], plain["whole"]) == (4, 1, 1, False)
    index = Path("all/index.html").read_text(encoding="utf-8")
    assert "cannot be read" in index
    assert "not what was written" in index


def test_what_is_interrupted_leaves_whole_pages_and_no_index(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each page that is there is whole; the index, which would name those that are not, is not there."""
    written = dossiers.html
    pages: list[str] = []

    def interrupted(dossier: dossiers.Dossier) -> str:
        if pages:
            raise KeyboardInterrupt
        pages.append(written(dossier))
        return pages[0]

    monkeypatch.setattr(dossiers, "html", interrupted)
    result = CliRunner().invoke(app, ["dossier", "--all", "--html", "all", *AT])
    assert result.exit_code != 0
    (file,) = Path("all").iterdir()
    assert file.read_text(encoding="utf-8") == pages[0]


def test_a_misspelt_state_is_refused() -> None:
    """It would otherwise be a folder without pages, which looks like good news."""
    result = call("dossier", "--all", "--html", "all", "--state", "aproved", *AT)
    assert (result.exit_code, result.stdout) == (1, "")
    assert "state: one of these is needed: draft" in result.stderr
    assert not Path("all").exists()
