"""``eap-workflow dossier --all``: a page for each request, and an index that leads to them."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eap_workflow import dossier as dossiers
from eap_workflow.cli import sealing
from eap_workflow.cli.app import app
from tests import lines
from tests.lines import DAY

KEY = "2026=" + bytes(range(32)).hex()
AT = ("--at", lines.at(30 * DAY))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a store of some requests, and a key in the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EAP_WORKFLOW_STORE", "sqlite:///requests.db")
    monkeypatch.setenv(sealing.KEY_ENV, KEY)
    given = [*lines.told("XS-1"), *lines.reviewed("xs-1", 1), *lines.filed("XS-3", 2), lines.draft("case/4:a", 3)]
    given += [lines.tick(10 * DAY), lines.line("draft", "XS-5", 40 * DAY)]
    Path("commands.jsonl").write_text(lines.text(given), encoding="utf-8")
    assert call("run", "commands.jsonl").exit_code == 0
    return tmp_path


def call(*arguments: str) -> Result:
    """Call the command line."""
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False)


def done(*arguments: str) -> str:
    """Write dossiers, which has to work; give what is printed."""
    result = call("dossier", *arguments, *AT)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_all_requests_have_their_pages_and_an_index() -> None:
    """Each has a file of its own, on every file system, and the index leads to each (XS-11)."""
    assert done("--all", "--html", "all") == (
        "all/index.html: 4 requests; a limit was not kept in 2; every record is whole\n"
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
    }
    assert {file.name for file in Path("some").iterdir()} == {"XS-3.html", "index.html"}
    assert "those whose state is employer decision and employer is emp-1" in Path("some/index.html").read_text("utf-8")
    assert json.loads(done("--all", "--html", "none", "--workflow", "outreach", "--json"))["requests"] == 0


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
    with closing(sqlite3.connect("requests.db")) as other, other:
        for (name,) in other.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            other.execute(f"DROP TRIGGER {name}")
        other.execute("UPDATE eap_steps SET content = replace(content, 'cm-1', 'cm-2') WHERE request = 'XS-1'")
        other.execute("DELETE FROM eap_steps WHERE request = 'xs-1' AND version = 2")
    result = call("dossier", "--all", "--html", "all", "--json", *AT)
    assert result.exit_code == sealing.SOMETHING_FOUND
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
