"""``eap-workflow work``: it moves the clock, delivers over a real mail server, and ends when it is told to."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eap_workflow.cli.app import app
from tests import lines
from tests.lines import START
from tests.notify.mail_server import mail_server

LONG_AGO = -20_000


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a store of one request that waits for its employer."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EAP_WORKFLOW_STORE", "sqlite:///requests.db")
    Path("commands.jsonl").write_text(lines.text([*lines.filed("XS-1"), lines.tick(1)]), encoding="utf-8")
    assert call("run", "commands.jsonl").exit_code == 0
    return tmp_path


def call(*arguments: object) -> Result:
    """Call the command line."""
    return CliRunner().invoke(app, [str(each) for each in arguments], catch_exceptions=False)


@pytest.mark.usefixtures("folder")
def test_without_a_mail_server_only_the_clock_moves(monkeypatch: pytest.MonkeyPatch) -> None:
    """Messages wait for a worker that has one; the clock's moves are made once (IN-13)."""
    monkeypatch.setattr("eap_workflow.cli.options.now", lambda: START + timedelta(days=60))
    done = call("work", "--once", "--json")
    assert json.loads(done.stdout) == {"moves": 1, "sent": 0, "failed": 0, "stuck": {}}
    assert json.loads(call("work", "--once", "--json").stdout)["moves"] == 0
    waiting = json.loads(call("messages", "--state", "waiting", "--json").stdout)
    assert {each["kind"] for each in waiting} == {"decision_needed", "decision_overdue", "limit_overdue"}


@pytest.mark.usefixtures("folder")
def test_messages_are_delivered_over_smtp(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits is sent, and said to be sent; a second round sends nothing."""
    monkeypatch.setattr("eap_workflow.cli.options.now", lambda: START + timedelta(days=1))
    Path("addresses.toml").write_text(_book(), encoding="utf-8")
    with mail_server() as mailbox:
        options = ("--smtp", f"127.0.0.1:{mailbox.port}", "--security", "none", "--sender", "eap@care.example")
        book = ("--address-book", "addresses.toml", "--link", "employer=https://example.org/{reference}")
        first = call("work", "--once", *options, *book)
        assert first.stdout == "moves by the clock: 0; messages sent: 1, attempts failed: 0\n"
        second = json.loads(call("work", "--once", "--json", *options, *book).stdout)
        assert second["sent"] == 0
        (mail,) = mailbox.mails
    assert mail["To"] == "approvals@work.example"
    assert "https://example.org/R-" in str(mail)
    (kept,) = json.loads(call("messages", "--json").stdout)
    assert (kept["state"], kept["attempts"], kept["next_at"]) == ("sent", 1, None)


def _book() -> str:
    """An address book that knows the employer alone."""
    employer = lines.draft("XS-1")["employer"]
    return f'[employer]\n"{employer}" = ["approvals@work.example"]\n'


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--sender", "a@b.example"), "--templates and --link take --smtp"),
        (("--link", "employer=https://example.org"), "--templates and --link take --smtp"),
        (("--smtp", "localhost"), "--smtp takes --sender and --address-book"),
        (("--smtp", "h:x", "--sender", "a@b.example", "--address-book", "addresses.toml"), "a colon and a port"),
        (
            ("--smtp", "h", "--sender", "a@b.example", "--address-book", "addresses.toml", "--link", "nobody=x"),
            "one of consultant",
        ),
    ],
)
def test_a_wrong_call_is_told(options: tuple[str, ...], said: str) -> None:
    """What is missing or malformed is named before anything is done."""
    Path("addresses.toml").write_text(_book(), encoding="utf-8")
    done = call("work", "--once", *options)
    assert done.exit_code in (1, 2)
    assert said in done.output


@pytest.mark.usefixtures("folder")
def test_a_store_that_cannot_be_read_ends_one_round_with_our_error() -> None:
    """With ``--once`` the error is the command's."""
    done = call("work", "--once", "--store", "sqlite:///missing.db")
    assert done.exit_code == 1
    assert "there is no database here: " in done.output


@pytest.mark.skipif(os.name == "nt", reason="a process is told to stop as Unix does it")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_works_until_it_is_told_to_stop(folder: Path, number: signal.Signals) -> None:
    """It says what it did, waits, and ends with the status 0 when it is told to."""
    Path("old.jsonl").write_text(lines.text(lines.filed("XS-0", LONG_AGO)), encoding="utf-8")
    assert call("run", "old.jsonl").exit_code == 0
    worker = subprocess.Popen(
        [sys.executable, "-m", "eap_workflow", "work", "--every", "0.1", "--json"],
        stdout=subprocess.PIPE,
        text=True,
        cwd=folder,
    )
    assert worker.stdout is not None
    Path("more.jsonl").write_text(lines.text(lines.filed("XS-2", LONG_AGO)), encoding="utf-8")
    try:
        # The limits of these requests passed long before today, so each costs the worker a move.
        said = json.loads(worker.stdout.readline())
        assert said["moves"] >= 1
        assert call("run", "more.jsonl").exit_code == 0
        assert json.loads(worker.stdout.readline())["moves"] >= 1
    finally:
        worker.send_signal(number)
        assert worker.wait(20) == 0
        worker.stdout.close()
