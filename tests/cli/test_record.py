"""``eap-workflow remove``, and ``eap-workflow verify`` before and after."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eap_workflow.cli.app import app
from eap_workflow.cli.held_against import CHAINS, STANDING
from tests import lines
from tests.lines import DAY, START


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with a store of one request that has ended, one whose messages still wait, and one that is open."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EAP_WORKFLOW_STORE", "sqlite:///requests.db")
    given = [*lines.told("XS-1"), *lines.told("XS-2", 1), *lines.filed("XS-3", 2), lines.tick(DAY)]
    Path("commands.jsonl").write_text(lines.text(given), encoding="utf-8")
    assert call("run", "commands.jsonl").exit_code == 0
    with closing(sqlite3.connect("requests.db")) as other, other:
        other.execute("UPDATE eap_messages SET state = 'sent', next_at = NULL WHERE request = 'XS-1'")


def call(*arguments: str) -> Result:
    """Call the command line."""
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False)


def test_a_whole_record_is_said_to_be_whole() -> None:
    """In words and as JSON, with the status 0."""
    assert call("verify").output == f"{STANDING}\n3 requests: the record is whole\n"
    nothing = {"hold": 0, "do_not_hold": 0}
    assert json.loads(call("verify", "--json").output) == {
        "whole": True,
        "findings": [],
        "checked": {
            "chains": True,
            "removals": True,
            "standing": True,
            "checkpoint": None,
            "sealed_heads": nothing,
            "proofs": nothing,
        },
    }
    assert call("verify", "--chains").output == f"{CHAINS}\n3 requests: the record is whole\n"


def test_an_edited_step_is_named() -> None:
    """The status is 4, and the request and the step are named."""
    with closing(sqlite3.connect("requests.db")) as other, other:
        other.execute("DROP TRIGGER eap_steps_are_final")
        other.execute(
            "UPDATE eap_steps SET content = replace(content, '4', '3') WHERE request = 'XS-2' AND version = 1"
        )
    done = call("verify")
    assert done.exit_code == 4
    assert "XS-2: step 1 is not what was written [edited]" in done.output
    found = call("verify", "--json")
    assert found.exit_code == 4
    assert json.loads(found.output)["findings"][0]["request"] == "XS-2"


def test_what_is_past_its_retention_date_is_removed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A request that ended is removed whole; one whose messages wait is kept and named; the rest still verifies."""
    monkeypatch.setattr("eap_workflow.cli.options.now", lambda: START + timedelta(days=300))
    after = lines.at(400 * DAY)
    early = call("remove", "XS-1", "--ended-before", after, "--by", "ct-1")
    assert early.exit_code == 1
    assert "a retention date is needed that lies after the request's end, and has come" in early.output
    (head,) = _heads("XS-1")
    ended = lines.at(30 * DAY)
    done = CliRunner().invoke(
        app, ["remove", "--all", "--ended-before", ended, "--by", "ct-1", "--json"], catch_exceptions=False
    )
    (removal,) = json.loads(done.stdout)
    assert (removal["request"], removal["number"], removal["head"]) == ("XS-1", 1, head)
    assert "XS-2 is kept: a message of it still waits to be delivered" in done.stderr
    assert call("status", "XS-1").exit_code == 1
    assert call("verify").output == f"{STANDING}\n2 requests: the record is whole\n"


def test_either_all_or_those_that_are_named() -> None:
    """Neither, or both, is a wrong call."""
    for given in ((), ("XS-1", "--all")):
        done = call("remove", *given, "--ended-before", "2027-01-01T00:00:00Z", "--by", "ct-1")
        assert done.exit_code == 2
        assert "either the requests are named, or --all is given" in done.output


def _heads(request: str) -> list[str]:
    with closing(sqlite3.connect("requests.db")) as other:
        return [head for (head,) in other.execute("SELECT head FROM eap_requests WHERE request = ?", (request,))]
