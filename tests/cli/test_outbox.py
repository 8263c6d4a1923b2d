"""``eap-workflow messages``: what waits, what was sent, what failed, and sending again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eap_workflow.cli.app import app
from tests import lines


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with a store of two requests."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EAP_WORKFLOW_STORE", "sqlite:///requests.db")
    Path("commands.jsonl").write_text(lines.text([*lines.filed("XS-1"), *lines.filed("XS-2", 1)]), encoding="utf-8")
    assert call("run", "commands.jsonl").exit_code == 0


def call(*arguments: str) -> Result:
    """Call the command line."""
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False)


def listed(*options: str) -> list[dict[str, object]]:
    """What the messages are, as JSON."""
    found: list[dict[str, object]] = json.loads(call("messages", "--json", *options).stdout)
    return found


def test_messages_are_listed_as_they_were_caused() -> None:
    """Each has its id, its request, what it is about, to whom it goes and how far it has come; no recipient is named."""
    first, second = listed()
    assert [first["request"], second["request"]] == ["XS-1", "XS-2"]
    assert list(first) == ["id", "caused_at", "request", "kind", "to", "state", "attempts", "next_at", "problem"]
    assert (first["kind"], first["to"], first["state"]) == ("decision_needed", "employer", "waiting")
    assert "emp-" not in json.dumps([first, second])


def test_messages_are_chosen() -> None:
    """By the request, or by how far they have come."""
    assert [each["request"] for each in listed("--request", "XS-2")] == ["XS-2"]
    assert listed("--state", "failed") == []
    assert "No messages." in call("messages", "--state", "sent").output


def test_a_person_reads_a_table() -> None:
    """The table says the same in words."""
    printed = call("messages").output
    assert "decision needed" in printed
    assert "waiting" in printed


def test_a_message_is_sent_again() -> None:
    """It waits for another attempt from now on; an id that nobody knows is refused."""
    before = listed()[0]
    call("messages", "--again", str(before["id"]))
    after = next(each for each in listed() if each["id"] == before["id"])
    assert (after["state"], after["attempts"]) == ("waiting", 0)
    assert after["next_at"] != before["next_at"]
    refused = call("messages", "--again", "0" * 32)
    assert refused.exit_code == 1
    assert "no message of this id is known here [unknown]" in refused.output
