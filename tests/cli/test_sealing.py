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

from eap_workflow.cli import evidence, options, sealing
from eap_workflow.cli.app import app
from eap_workflow.cli.held_against import STANDING
from eap_workflow.plain.scalars import write_instant
from eap_workflow.seal import checkpoints
from tests import lines
from tests.lines import DAY

KEY = "2026=" + bytes(range(32)).hex()
OTHER = "2026=" + bytes(range(32))[::-1].hex()
KEYED = ("--key-env", evidence.KEY_ENV)


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
    monkeypatch.setenv(evidence.KEY_ENV, KEY)
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
    checked, continues, whole = done("verify", "--checkpoint", "monday", *KEYED).splitlines()
    assert (checked, whole) == (STANDING, "3 requests: the record is whole")
    at = checkpoints.read(Path("monday").read_bytes()).at
    of = f"checked: the store continues checkpoint 1 of north, of {at:%Y-%m-%d %H:%M} UTC"
    assert continues == f"{of}; its seal was checked with key 2026"
    unchecked = f"{of}; its seal was not checked: --key-env names the variable with the keys"
    assert unchecked in done("verify", "--checkpoint", "monday").splitlines()
    execute(*REMOVED)
    assert done("verify").endswith("2 requests: the record is whole\n")
    found = call("verify", "--checkpoint", "monday")
    assert found.exit_code == 4
    assert found.stdout.splitlines() == [
        "XS-2: the request is gone, and no removal of it is recorded [gone]",
        STANDING,
        unchecked.replace("continues", "DOES NOT CONTINUE"),
        "2 requests: 1 finding",
    ]
    plain = json.loads(call("verify", "--checkpoint", "monday", "--json").stdout)
    assert [each["what"] for each in plain["findings"]] == ["gone"]
    assert plain["checked"]["checkpoint"] == {
        "name": "north",
        "number": 1,
        "at": write_instant(at),
        "continues": False,
        "seal": "not_checked",
        "keys": [],
    }
    keyed = json.loads(call("verify", "--checkpoint", "monday", "--json", *KEYED).stdout)
    assert (keyed["checked"]["checkpoint"]["seal"], keyed["checked"]["checkpoint"]["keys"]) == ("right", ["2026"])


def test_what_is_said_of_the_store_as_a_whole_begins_with_no_name() -> None:
    """A list of heads is that of a checkpoint, and of no request."""
    done("checkpoint", "monday")
    Path("monday.heads").write_bytes(b"".join(Path("monday.heads").read_bytes().splitlines(keepends=True)[:-1]))
    found = call("verify", "--checkpoint", "monday")
    assert found.stdout.startswith("the list of heads is not the one that checkpoint 1 was taken of [list]\n")
    assert "it has no seal" in found.stdout


def test_what_cannot_be_held_against_the_store_is_refused_with_what_to_do() -> None:
    """No key for a sealed head, a file that is none or is empty, a list that is somewhere else."""
    done("checkpoint", "monday", *KEYED)
    Path("sealed").write_text(done("seal", "XS-2", *KEYED), encoding="utf-8")
    Path("empty").touch()
    for arguments, said in (
        (("--sealed", "sealed"), "sealed: a sealed head can only be checked with the keys; --key-env names"),
        (("--sealed", "empty", *KEYED), "empty: it is empty; lines that eap-workflow seal or prove prints are needed"),
        (("--sealed", "monday", *KEYED), "monday, line 1: slip: a sealed head or a proof of format 1 is needed"),
        (("--checkpoint", "sealed"), "sealed: no checkpoint can be read from it"),
        (("--checkpoint", "monday", "--heads", "monday"), "monday: line 1: a list of a request, a number and a digest"),
        (("--checkpoint", "monday", "--heads", "empty"), ""),
    ):
        result = call("verify", *arguments)
        assert (result.exit_code, "record is whole" in result.output) == (1 if said else 4, False)
        assert said in " ".join(result.output.split())
    assert "--heads says where it lies" in call("prove", "XS-2", "--checkpoint", "monday", "--heads", "empty").output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--heads", "monday.heads"), "--heads and --late take --checkpoint"),
        (("--late", "5"), "--heads and --late take --checkpoint"),
        (("--checkpoint", "monday", "--late", str(sealing.LATEST_MINUTES + 1)), "is not in the range"),
    ],
)
def test_what_would_check_nothing_is_a_wrong_call(arguments: tuple[str, ...], said: str) -> None:
    """Whoever forgets the checkpoint is not told that the record is whole; nor is a number of minutes beyond all calendars."""
    done("checkpoint", "monday")
    result = call("verify", *arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert said in result.stderr
    assert call("verify", "--checkpoint", "monday", "--late", str(sealing.LATEST_MINUTES)).exit_code == 0


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
    said = f"{STANDING}\nchecked: 2 sealed heads hold\n3 requests: the record is whole\n"
    assert done("verify", "--sealed", "sealed", *KEYED) == said
    execute(*REMOVED)
    found = call("verify", "--sealed", "sealed", *KEYED).stdout
    assert "XS-2: the request is gone, and no removal of it is recorded [gone]" in found
    assert "checked: of 2 sealed heads, 1 DOES NOT HOLD\n" in found
    assert call("seal", "XS-2", *KEYED).exit_code == 1


def test_a_key_is_in_the_environment_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without it, or with one that is none, nothing is sealed; and nothing of it is printed."""
    done("checkpoint", "monday", *KEYED)
    monkeypatch.setenv(evidence.KEY_ENV, OTHER)
    forged = call("verify", "--checkpoint", "monday", *KEYED).stdout
    assert "[forged]" in forged
    assert "ITS SEAL IS NOT RIGHT" in forged
    monkeypatch.setenv(evidence.KEY_ENV, "2026=0123456789")
    short = call("seal", *KEYED)
    assert short.exit_code != 0
    assert "at least 32 bytes" in short.output
    assert "0123456789" not in short.output
    monkeypatch.delenv(evidence.KEY_ENV)
    assert "an environment variable is needed" in call("seal", *KEYED).output
    assert "Missing option '--key-env'" in call("seal").output


def test_a_proof_is_given_and_checked() -> None:
    """It is made of the checkpoint and its list alone, and held against the store with the checkpoint that was sent away."""
    done("checkpoint", "monday")
    Path("proof").write_text(done("prove", "XS-2", "--checkpoint", "monday"), encoding="utf-8")
    assert done("verify", "--chains", "--checkpoint", "monday", "--sealed", "proof").endswith(
        "; it has no seal\nchecked: 1 proof holds\n3 requests: the record is whole\n"
    )
    assert "it was not in the checkpoint" in call("prove", "XS-9", "--checkpoint", "monday").output
    Path("elsewhere").write_bytes(Path("monday.heads").read_bytes())
    Path("monday.heads").unlink()
    assert "monday.heads: No such file" in call("prove", "XS-2", "--checkpoint", "monday").output
    assert "--heads says where it lies" in " ".join(call("verify", "--checkpoint", "monday").output.split())
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
