"""What is printed where nobody reads it, where the disk is full, and where a terminal has few signs: from outside."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from eap_workflow.processes import every_process
from eap_workflow.store.sql import SqlStore
from tests import lines

NEEDS_FULL = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full, a disk that is always full")


def called(*arguments: str, into: int = subprocess.PIPE, **variables: str) -> subprocess.CompletedProcess[bytes]:
    """Call the command line in a process of its own."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUNBUFFERED": "", **variables}
    command = [sys.executable, "-m", "eap_workflow", *arguments]
    return subprocess.run(command, env=environment, stdout=into, stderr=subprocess.PIPE, check=False, timeout=60)


def broken(tmp_path: Path, number: int) -> Path:
    """A file of so many lines that are refused, and one that is not at its end."""
    file = tmp_path / "commands.jsonl"
    file.write_text("{}\n" * number + lines.text([lines.draft("XS-1")]), encoding="utf-8")
    return file


@NEEDS_FULL
@pytest.mark.parametrize(
    "arguments",
    [
        ("--version",),
        ("diagram", "outreach"),
        ("due", "--region", "NZ", "--from", "2026-11-05", "--days", "2", "--explain"),
    ],
)
def test_a_full_disk_is_said_in_one_sentence(arguments: tuple[str, ...]) -> None:
    """What cannot be written ends with the status 1 and the reason, once, and no traceback."""
    with Path("/dev/full").open("wb") as full:
        result = called(*arguments, into=full.fileno())
    assert (result.returncode, result.stderr) == (1, b"Error: No space left on device\n")


def test_a_file_that_cannot_be_read_is_no_traceback(tmp_path: Path) -> None:
    """Of a disk that fails while the commands are read it is said how far they were, and why."""
    if not Path("/proc/self/mem").exists():
        pytest.skip("needs /proc/self/mem, which opens and cannot be read from its beginning")
    result = called("run", "/proc/self/mem", "--store", f"sqlite:///{tmp_path}/a.db")
    assert result.returncode == 1
    assert result.stderr.decode().splitlines() == [
        "The file was left after 0 lines, and the rest was not acted on.",
        "Error: Input/output error",
    ]


@pytest.mark.parametrize("command", ["run", "adopt"])
def test_a_file_that_is_left_halfway_is_said(command: str, tmp_path: Path) -> None:
    """Where the reader of ``--json`` goes away, the rest of a file is not acted on, and it is said how far it went."""
    reading, writing = os.pipe()
    os.close(reading)
    try:
        url = f"sqlite:///{tmp_path}/a.db"
        result = called(command, str(broken(tmp_path, 2000)), "--store", url, "--json", into=writing)
    finally:
        os.close(writing)
    said = result.stderr.decode()
    assert result.returncode == 1
    assert "Traceback" not in said
    assert said.startswith("The file was left after ")
    assert 0 < int(said.split()[5]) < 2000
    with SqlStore(url, every_process()) as store, store.reading() as transaction:
        assert transaction.load("XS-1") is None


@pytest.mark.parametrize("as_json", [False, True])
def test_a_run_that_is_interrupted_says_how_far_it_came(tmp_path: Path, as_json: bool) -> None:  # noqa: FBT001
    """What was done stands, the number of lines is said, and JSON is one whole object."""
    code = (
        "import _thread, sys; from itertools import count; from eap_workflow import cli; from eap_workflow.cli import run;"
        " read, seen = run.Read.of, count(1);"
        " run.Read.of = lambda *given: (_thread.interrupt_main() if next(seen) == 3 else None, read(*given))[1];"
        " cli.main()"
    )
    file = tmp_path / "commands.jsonl"
    file.write_text(lines.text(lines.draft(f"XS-{number}") for number in range(100)), encoding="utf-8")
    options = ("--store", f"sqlite:///{tmp_path}/a.db", *(("--json",) if as_json else ()))
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    result = subprocess.run(
        [sys.executable, "-c", code, "run", str(file), *options],
        env=environment, capture_output=True, check=False, timeout=60,
    )  # fmt: skip
    assert result.returncode == 1
    said = result.stderr.decode()
    assert said.startswith("The file was left after ")
    assert "Traceback" not in said
    assert int(said.split()[5]) in (2, 3)
    if as_json:
        assert json.loads(result.stdout)["error"]["code"] == "interrupted"


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
def test_a_document_is_utf_8_whatever_the_terminal_has(encoding: str) -> None:
    """A drawing that is printed into a file has the same bytes everywhere, as where it is written there."""
    result = called("diagram", "extra-sessions", PYTHONIOENCODING=encoding)
    assert (result.returncode, result.stderr) == (0, b"")
    assert "⚡" in result.stdout.decode("utf-8")


def test_lines_of_csv_end_once() -> None:
    """They end as they are made, and no terminal's own ends are put into them."""
    result = called("rules", "XS-04", "--format", "csv")
    assert result.stdout.count(b"\r\n") == 2
    assert b"\r\r" not in result.stdout


def test_a_sign_that_a_terminal_has_not_is_a_question_mark() -> None:
    """Words for people are printed as far as they can be."""
    result = called("rules", "XS-04", PYTHONIOENCODING="ascii", COLUMNS="140")
    assert (result.returncode, result.stderr) == (0, b"")
    assert b"?" in result.stdout
    assert "…" in called("rules", "XS-04", PYTHONIOENCODING="utf-8", COLUMNS="140").stdout.decode()
