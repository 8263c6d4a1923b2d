"""``eap-workflow checkpoint``, ``seal``, ``prove``, ``export`` and ``verify``, from one to the next as a person calls them."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from eap_workflow.cli import options, sealing
from eap_workflow.cli.app import app
from eap_workflow.seal import checkpoints
from tests import lines
from tests.lines import DAY

KEY = "2026=" + bytes(range(32)).hex()
OTHER = "2026=" + bytes(range(32))[::-1].hex()
KEYED = ("--key-env", sealing.KEY_ENV)


@click.group(cls=options.Group)
def group() -> None:
    """The commands, as the command line has them."""


for command in (sealing.checkpoint, sealing.seal, sealing.prove, sealing.export, sealing.verify):
    group.add_command(command)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with a store of three requests, and a key in the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EAP_WORKFLOW_STORE", "sqlite:///requests.db")
    monkeypatch.setenv(sealing.KEY_ENV, KEY)
    given = [*lines.told("XS-1"), *lines.told("XS-2", 1), *lines.filed("XS-3", 2), lines.tick(DAY)]
    Path("commands.jsonl").write_text(lines.text(given), encoding="utf-8")
    assert CliRunner().invoke(app, ["run", "commands.jsonl"], catch_exceptions=False).exit_code == 0


def call(*arguments: str) -> Result:
    """Call the command line."""
    return CliRunner().invoke(group, list(arguments), catch_exceptions=False)


def done(*arguments: str) -> str:
    """Call the command line, which has to do it; give what it prints."""
    result = call(*arguments)
    assert result.exit_code == 0, result.output
    return result.stdout


def execute(*statements: str) -> None:
    """What somebody does past the store."""
    with closing(sqlite3.connect("requests.db")) as other, other:
        for (trigger,) in other.execute("SELECT name FROM sqlite_schema WHERE type = 'trigger'").fetchall():
            other.execute(f"DROP TRIGGER {trigger}")
        for statement in statements:
            other.execute(statement)


REMOVED = [f"DELETE FROM eap_{table} WHERE request = 'XS-2'" for table in ("steps", "requests")]


def test_a_request_that_was_taken_out_is_missed() -> None:
    """The chains say nothing of it; the checkpoint of before names it, with the status 4."""
    said = done("checkpoint", "monday", "--name", "north", *KEYED)
    digest = checkpoints.read(Path("monday").read_bytes()).digest
    assert said == f"checkpoint 1 of north: 3 requests, 17 steps, 0 removals, sealed\n{digest}\n"
    assert done("verify", "--checkpoint", "monday", *KEYED) == "3 requests: the record is whole\n"
    execute(*REMOVED)
    assert done("verify") == "2 requests: the record is whole\n"
    found = call("verify", "--checkpoint", "monday")
    assert found.exit_code == 4
    assert found.stdout.splitlines() == [
        "XS-2: the request is gone, and no removal of it is recorded [gone]",
        "2 requests: 1 findings",
    ]
    plain = json.loads(call("verify", "--checkpoint", "monday", "--json").stdout)
    assert [each["what"] for each in plain["findings"]] == ["gone"]


def test_checkpoints_follow_one_another() -> None:
    """The next one names the one before it; a checkpoint never goes over a file, and leaves nothing where it cannot be taken."""
    done("checkpoint", "monday")
    plain = json.loads(done("checkpoint", "tuesday", "--after", "monday", "--json"))
    assert (plain["number"], plain["before"]) == (2, checkpoints.read(Path("monday").read_bytes()).digest)
    assert Path("tuesday").read_text(encoding="utf-8") == checkpoints.write(checkpoints.from_plain(plain))
    again = call("checkpoint", "tuesday")
    assert (again.exit_code, again.output) == (1, "Error: tuesday: it is there already\n")
    Path("tuesday").rename("first")
    again = call("checkpoint", "tuesday")
    assert (again.exit_code, again.output) == (1, "Error: tuesday.heads: it is there already\n")
    assert not Path("tuesday").exists()
    other = call("checkpoint", "wednesday", "--after", "monday", "--name", "south")
    assert other.exit_code == 1
    assert not Path("wednesday").exists()
    assert not Path("wednesday.heads").exists()


def test_a_sealed_head_is_held_against_the_store() -> None:
    """One request or all; with another key it is forged, and a chain that was written anew is found."""
    everything = done("seal", *KEYED)
    assert len(everything.splitlines()) == 4
    Path("sealed").write_text(done("seal", "XS-2", "XS-3", *KEYED), encoding="utf-8")
    assert done("verify", "--sealed", "sealed", *KEYED) == "3 requests: the record is whole\n"
    execute(*REMOVED)
    assert (
        "XS-2: the request is gone, and no removal of it is recorded [gone]"
        in call("verify", "--sealed", "sealed", *KEYED).stdout
    )
    assert call("seal", "XS-2", *KEYED).exit_code == 1


def test_a_key_is_in_the_environment_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it, or with one that is none, nothing is sealed; and nothing of it is printed."""
    done("checkpoint", "monday", *KEYED)
    monkeypatch.setenv(sealing.KEY_ENV, OTHER)
    assert "[forged]" in call("verify", "--checkpoint", "monday", *KEYED).stdout
    monkeypatch.setenv(sealing.KEY_ENV, "2026=0123456789")
    short = call("seal", *KEYED)
    assert short.exit_code != 0
    assert "at least 32 bytes" in short.output
    assert "0123456789" not in short.output
    monkeypatch.delenv(sealing.KEY_ENV)
    assert "an environment variable is needed" in call("seal", *KEYED).output
    assert "Missing option '--key-env'" in call("seal").output


def test_a_proof_is_given_and_checked() -> None:
    """It is made of the checkpoint and its list alone, and held against the store with the checkpoint that was sent away."""
    done("checkpoint", "monday")
    Path("proof").write_text(done("prove", "XS-2", "--checkpoint", "monday"), encoding="utf-8")
    assert done("verify", "--chains", "--checkpoint", "monday", "--sealed", "proof").endswith("the record is whole\n")
    assert "it was not in the checkpoint" in call("prove", "XS-9", "--checkpoint", "monday").output
    Path("elsewhere").write_bytes(Path("monday.heads").read_bytes())
    Path("monday.heads").unlink()
    assert "monday.heads: No such file" in call("prove", "XS-2", "--checkpoint", "monday").output
    assert "monday.heads: No such file" in call("verify", "--checkpoint", "monday").output
    assert done("prove", "XS-2", "--checkpoint", "monday", "--heads", "elsewhere") == Path("proof").read_text("utf-8")


def test_late_is_what_a_service_says_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was reported eight days after it happened is found; not if a service takes what comes within nine."""
    monkeypatch.setattr("eap_workflow.cli.options.now", lambda: lines.START + timedelta(days=10))
    done("checkpoint", "monday")
    Path("more.jsonl").write_text(lines.text([lines.line("withdraw", "XS-3", 2 * DAY)]), encoding="utf-8")
    assert CliRunner().invoke(app, ["run", "more.jsonl"], catch_exceptions=False).exit_code == 0
    late = call("verify", "--checkpoint", "monday")
    assert (late.exit_code, "XS-3: step 4 was recorded after the checkpoint" in late.stdout) == (4, True)
    assert done("verify", "--checkpoint", "monday", "--late", str(9 * DAY * 60)).endswith("the record is whole\n")


def test_the_record_is_exported() -> None:
    """It begins and ends as the page says, and never goes over a file."""
    done("export", "record.jsonl")
    written = Path("record.jsonl").read_text("utf-8").splitlines()
    assert (written[0], written[1], written[-1]) == ('["record",1]', '["removals",""]', '["end",3,17]')
    assert call("export", "record.jsonl").exit_code == 1
