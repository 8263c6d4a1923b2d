"""``eap-workflow dossier``: the page of one request, an employer's, as a person calls it."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from eap_workflow.cli import evidence, options
from tests import lines
from tests.cli.dossier_store import AT, KEY, call, done, filled
from tests.lines import DAY


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a store of some requests, and a key in the environment."""
    return filled(tmp_path, monkeypatch)


def refused(*arguments: str) -> str:
    """Ask for a dossier that is not to be had; give what is said."""
    result = call("dossier", *arguments, *AT)
    assert result.exit_code in {1, 2}
    assert "Traceback" not in result.stderr
    return " ".join(result.stderr.split())


def test_a_request_has_its_page() -> None:
    """What was written is said in a line, or as JSON."""
    said = done("XS-1", "--html", "one.html")
    assert said == "one.html: 7 steps, 3 limits, 0 not kept; the record is whole\n"
    page = Path("one.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "Dossier of request XS-1" in page
    plain = json.loads(done("XS-1", "--html", "two.html", "--json"))
    assert plain == {
        "file": "two.html",
        "for": "case-team",
        "request": "XS-1",
        "steps": 7,
        "limits": 3,
        "passed": 0,
        "head": plain["head"],
        "whole": True,
    }
    assert plain["head"] in page
    assert Path("two.html").read_text(encoding="utf-8") == page


def past_the_store(*statements: str) -> None:
    """What somebody does who owns the database."""
    with closing(sqlite3.connect("requests.db")) as other, other:
        for (name,) in other.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            other.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            other.execute(statement)


def test_a_page_is_not_written_over_unless_it_is_meant_to() -> None:
    """The file that is there stays, whoever it is for."""
    Path("one.html").write_text("mine", encoding="utf-8")
    for more in ((), ("--for", "employer")):
        assert "--replace" in refused("XS-3", "--html", "one.html", *more)
        assert Path("one.html").read_text(encoding="utf-8") == "mine"
    done("XS-3", "--html", "one.html", "--replace")
    assert "XS-3" in Path("one.html").read_text(encoding="utf-8")


def test_an_employers_page_shows_what_an_employer_is_shown() -> None:
    """Under the reference that the secret in the environment makes; what was never put to an employer has none (XS-06)."""
    done("XS-3", "--for", "employer", "--html", "employer.html")
    page = Path("employer.html").read_text(encoding="utf-8")
    assert "XS-3" not in page
    assert "cl-XS-3" not in page
    assert re.search(r"Dossier of request R-[0-9A-F]{16}", page)
    for request in ("xs-1", "case/4:a"):
        assert "shown nothing of this request" in refused(request, "--for", "employer", "--html", "none.html")
    assert not Path("none.html").exists()


def test_an_employers_page_is_as_the_clock_leaves_the_request() -> None:
    """An outcome that the contract deemed is there, although no worker has come by to record it (IN-04, IN-13)."""
    policy = """
        [[policy]]
        contract = "silence"
        version = "1"
        source = "Silence agreement"
        effective_from = 2026-01-01
        [policy.limits.employer_decision]
        working_days = 7
        when_passed = "deem_declined"
    """
    Path("policy.toml").write_text(policy, encoding="utf-8")
    Path("commands.jsonl").write_text(lines.text(lines.filed("XS-7", 2, contract="silence")), encoding="utf-8")
    assert call("run", "commands.jsonl", "--policy", "policy.toml").exit_code == 0
    for _ in ("owed", "recorded"):
        done("XS-7", "--for", "employer", "--html", "employer.html", "--policy", "policy.toml", "--replace")
        page = Path("employer.html").read_text(encoding="utf-8")
        assert "It is the employer's turn" not in page
        assert "The request has ended. It is declined" in page
        Path("commands.jsonl").write_text(lines.text([lines.tick(30 * DAY)]), encoding="utf-8")
        assert call("run", "commands.jsonl", "--policy", "policy.toml").exit_code == 0


def test_an_employer_is_shown_nothing_of_a_record_that_is_not_whole() -> None:
    """The view is made of the request as it is kept for quick answers, which has to be what the steps say."""
    past_the_store("UPDATE eap_requests SET snapshot = replace(snapshot, 'return_to_work', 'ongoing_support')")
    result = call("dossier", "XS-3", "--for", "employer", "--html", "employer.html", *AT)
    assert result.exit_code == options.SOMETHING_FOUND
    assert "the record is not what was written, so an employer is shown nothing of it" in " ".join(
        result.stderr.split()
    )
    assert not Path("employer.html").exists()


def test_an_employer_is_not_told_that_it_never_was_asked_when_it_was_not_asked_yet() -> None:
    """Before the instant at which the request was put to it there is no page for it, and there will be."""
    before = lines.at(1.5)
    result = call("dossier", "XS-1", "--for", "employer", "--html", "employer.html", "--at", before)
    assert result.exit_code == 1
    assert "it was not put to one yet, at this instant" in " ".join(result.stderr.split())


def test_a_reference_that_can_be_guessed_is_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is made without a secret where the environment has none."""
    monkeypatch.delenv(options.EMPLOYER_KEY, raising=False)
    result = call("dossier", "XS-3", "--for", "employer", "--html", "one.html", *AT)
    assert "EAP_WORKFLOW_EMPLOYER_KEY is not set" in result.stderr
    monkeypatch.setenv(options.EMPLOYER_KEY, "a secret")
    result = call("dossier", "XS-3", "--for", "employer", "--html", "two.html", *AT)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "belongs to this request alone" in Path("two.html").read_text(encoding="utf-8")
    assert options.EMPLOYER_KEY in call("dossier", "--help").stdout


def test_what_was_sealed_is_held_against_the_record() -> None:
    """A checkpoint that was sent away and a sealed head; with the key, or without."""
    assert call("checkpoint", "first", "--key-env", evidence.KEY_ENV).exit_code == 0
    slips = call("seal", "XS-1", "XS-3", "--key-env", evidence.KEY_ENV).stdout
    Path("slips").write_text(slips, encoding="utf-8")
    given = ("--checkpoint", "first", "--sealed", "slips", "--key-env", evidence.KEY_ENV)
    assert "the record is whole" in done("XS-1", "--html", "one.html", *given)
    page = Path("one.html").read_text(encoding="utf-8")
    assert page.count("The record still has it.") == 2
    assert "Sealed head of 7 steps" in page
    # A missing key is no tampering.
    assert "slips: a sealed head can only be checked with the keys; --key-env names the variable" in refused(
        "XS-1", "--html", "two.html", "--sealed", "slips"
    )
    # What would be left out without a word could pass for a check.
    keyed = ("--key-env", evidence.KEY_ENV)
    assert "slips: it has nothing about this request" in refused(
        "xs-1", "--html", "two.html", "--sealed", "slips", *keyed
    )
    Path("empty").touch()
    assert "empty: it is empty" in refused("XS-1", "--html", "two.html", "--sealed", "empty", *keyed)
    for option in (("--checkpoint", "first"), ("--sealed", "slips")):
        assert "go with the case team's page" in refused("XS-3", "--for", "employer", "--html", "two.html", *option)
    assert not Path("two.html").exists()


def test_a_false_seal_and_a_chain_that_was_written_anew_are_said_at_the_top(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each in its own words, on the page and in the terminal, with the status 4."""
    slips = call("seal", "XS-1", "--key-env", evidence.KEY_ENV).stdout
    Path("slips").write_text(slips, encoding="utf-8")
    given = ("--sealed", "slips", "--key-env", evidence.KEY_ENV, *AT)
    monkeypatch.setenv(evidence.KEY_ENV, KEY[:-2] + "ff")
    result = call("dossier", "XS-1", "--html", "one.html", *given)
    assert (result.exit_code, "IS NOT GENUINE" in result.stdout) == (options.SOMETHING_FOUND, True)
    assert "is not genuine" in Path("one.html").read_text(encoding="utf-8").partition("<main")[0]
    monkeypatch.setenv(evidence.KEY_ENV, KEY)
    past_the_store("DELETE FROM eap_steps WHERE request = 'XS-1'", "DELETE FROM eap_requests WHERE request = 'XS-1'")
    for table in ("messages", "commands"):
        past_the_store(f"DELETE FROM eap_{table}")
    Path("commands.jsonl").write_text(lines.text(lines.filed("XS-1")), encoding="utf-8")
    assert call("run", "commands.jsonl").exit_code == 0
    result = call("dossier", "XS-1", "--html", "two.html", *given)
    assert (result.exit_code, "NOT WHAT WAS WRITTEN" in result.stdout) == (options.SOMETHING_FOUND, True)
    page = Path("two.html").read_text(encoding="utf-8")
    assert "The record is not what was written" in page.partition("<main")[0]
    assert "very step is what was written</span>" not in page


def test_a_record_that_was_tampered_with_is_said_by_page_and_status() -> None:
    """What can be read has its page; of what cannot there is none."""
    past_the_store(
        "UPDATE eap_steps SET content = replace(content, 'cm-1', 'cm-2') WHERE request = 'XS-1'",
        "DELETE FROM eap_steps WHERE request = 'xs-1' AND version = 2",
    )
    result = call("dossier", "XS-1", "--html", "one.html", *AT)
    assert result.exit_code == options.SOMETHING_FOUND
    assert "NOT WHAT WAS WRITTEN" in result.stdout
    assert "The record is not what was written" in Path("one.html").read_text(encoding="utf-8")
    assert "xs-1: what is stored of the request cannot be read; eap-workflow verify says more" in refused(
        "xs-1", "--html", "two.html"
    )


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["XS-1", "--html", "x.html", "--heads", "commands.jsonl"], "--heads takes --checkpoint"),
        (["--html", "x.html"], "either a REQUEST is named, or --all is given"),
        (["XS-1", "--all", "--html", "x"], "either a REQUEST is named, or --all is given"),
        (["XS-1", "--html", "x.html", "--state", "draft"], "go with --all"),
        (["--all", "--html", "x", "--for", "employer"], "take one REQUEST"),
        (["XS-9", "--html", "x.html"], "no request of this id is known here"),
        (["XS-5", "--html", "x.html"], "XS-5: the request was not opened yet at this instant; --at gives a later one"),
        (["XS-1"], "--html"),
        (["XS-1", "--html", "no-folder/x.html"], "No such file or directory"),
    ],
)
def test_what_cannot_be_written_is_refused_in_one_line(arguments: list[str], said: str) -> None:
    """The reason is named, and no file is left."""
    before = set(Path().iterdir())
    assert said in refused(*arguments)
    assert set(Path().iterdir()) == before
