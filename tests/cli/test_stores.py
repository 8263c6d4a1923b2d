"""``eap-workflow store``: what it prints, and its exit status."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import click
import pytest
from click.testing import CliRunner, Result

from eap_workflow.cli.app import app
from eap_workflow.store.sql import SqlStore
from tests import lines, samples
from tests.lines import PROCESS

Call = Callable[..., Result]
URL = "sqlite:///requests.db"
INSTANT = "2027-02-05T18:00:00+11:00"


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Call the command line in an empty folder; whatever a command raises on purpose is a message."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EAP_WORKFLOW_STORE", URL)
    runner = CliRunner()

    def call(*arguments: object) -> Result:
        result = runner.invoke(app, [str(each) for each in arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return call


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A file of version 0001, where the command line looks for one."""
    return samples.store_0001(tmp_path / "requests.db")


def printed(result: Result) -> Any:
    """What a call with ``--json`` printed, which is nothing but JSON."""
    assert result.exit_code == 0, result.output
    assert result.stderr == ""
    return json.loads(result.stdout)


def verbs(group: click.Group, *before: str) -> Iterator[tuple[str, ...]]:
    """The commands that take a store, each as it is called."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from verbs(command, *before, name)
        elif any(parameter.name == "store" for parameter in command.params):
            yield *before, name


NEEDED: dict[tuple[str, ...], tuple[str, ...]] = {
    ("run",): ("commands.jsonl",),
    ("adopt",): ("commands.jsonl",),
    ("dossier",): ("XS-1", "--html", "XS-1.html"),
    ("diagram",): ("--request", "XS-1"),
    ("checkpoint",): ("made.json",),
    ("seal",): ("--key-env", "KEY"),
    ("export",): ("made.json",),
    ("remove",): ("XS-1", "--ended-before", INSTANT, "--by", "team-1"),
    ("store", "backup"): ("copy.db",),
    ("work",): ("--once",),
}
"""What a command takes besides, where it takes more than a store."""


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlit:///x.db", "a SQLite or a PostgreSQL database is needed"),
        ("postgres://planted@localhost/x", "a SQLite or a PostgreSQL database is needed"),
        ("mysql://planted@localhost/x", "a SQLite or a PostgreSQL database is needed"),
        ("x.db", "a SQLAlchemy URL is needed, such as sqlite:///requests.db"),
        ("sqlite:///x.db?mode=ro", "a SQLAlchemy URL of a SQLite file is needed"),
        ("sqlite:///folder", "the database cannot be opened: is it a file"),
        ("sqlite:///text.db", "the file is no SQLite database"),
    ],
)
@pytest.mark.parametrize("verb", tuple(verbs(app)), ids=" ".join)
def test_every_command_says_what_is_wrong_with_its_store(
    call: Call, verb: tuple[str, ...], url: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One sentence and the exit status 1, whichever command it is; the URL is not repeated, and nothing is made."""
    monkeypatch.setenv("KEY", f"2026={bytes(range(32)).hex()}")
    Path("folder").mkdir()
    Path("text.db").write_text("no database " * 100)
    Path("commands.jsonl").write_text("")
    before = sorted(Path().iterdir())
    result = call(*verb, *NEEDED.get(verb, ()), "--store", url)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith("Error: ")
    assert len(result.stderr.splitlines()) == 1
    assert said in result.stderr
    assert "planted" not in result.stderr
    assert sorted(Path().iterdir()) == before


def newer(file: str) -> None:
    """Make a file that a later version of the library has migrated."""
    SqlStore(f"sqlite:///{file}", PROCESS).close()
    with closing(sqlite3.connect(file)) as connection:
        connection.execute("UPDATE eap_schema SET version_num = '0003'")
        connection.commit()


@pytest.mark.usefixtures("old")
def test_an_old_file_is_migrated_and_says_the_same(call: Call) -> None:
    """Before, every command names the way; afterwards each request stands as the old library said."""
    refused = call("status")
    assert refused.exit_code == 1
    assert "run `eap-workflow store migrate` [store]" in refused.output
    assert call("store", "migrate").output == "the tables were brought from version 0001 to version 0002\n"
    assert call("store", "migrate").output == "the tables are of version 0002 already\n"
    said = samples.status_0001()
    rows = printed(call("status", "--json", "--at", INSTANT))
    assert [{key: row[key] for key in said[0]} for row in rows] == said


def test_tables_are_made_where_there_are_none(call: Call) -> None:
    """In a new file, for programs too."""
    assert call("store", "migrate").output == "tables of version 0002 were made\n"
    assert printed(call("store", "migrate", "--json")) == {"found": "0002", "reached": "0002"}
    assert printed(call("store", "migrate", "--json", "--store", "sqlite:///other.db")) == {
        "found": None,
        "reached": "0002",
    }


KEYS = "KEYS_OF_A_TEST"


def taking_a_store(group: click.Group, *path: str) -> Iterator[tuple[str, ...]]:
    """A call of every command that has the option ``--store``, with all that it needs besides."""
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from taking_a_store(command, *path, name)
        elif any(parameter.name == "store" for parameter in command.params):
            yield (*path, name, *(part for parameter in command.params for part in needed(parameter)))


def needed(parameter: click.Parameter) -> tuple[str, ...]:
    """What a command needs of a parameter, in a call: one round of what goes on for ever, all where some may be named."""
    if getattr(parameter, "is_flag", False):
        return tuple(set(parameter.opts) & {"--all", "--once"})
    if "--request" in parameter.opts and parameter.name == "request":
        return "--request", "XS-1"
    if not parameter.required:
        return ()
    value = {"ended_before": INSTANT, "keys": KEYS}.get(str(parameter.name), "new-name")
    if isinstance(parameter.type, click.File):
        value = "commands.jsonl"
    return (value,) if isinstance(parameter, click.Argument) else (parameter.opts[0], value)


EVERY = tuple(taking_a_store(app))


@pytest.mark.parametrize("words", EVERY, ids=" ".join)
def test_a_newer_file_is_refused_by_every_command(
    call: Call, words: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever takes a store takes none of a later version, and leaves it as it is."""
    monkeypatch.setenv(KEYS, f"2026={bytes(range(32)).hex()}")
    newer("requests.db")
    before = Path("requests.db").read_bytes()
    Path("commands.jsonl").write_text(lines.text(lines.told("XS-1")), encoding="utf-8")
    result = call(*words)
    assert "the database was written by a newer version of this library" in result.output
    assert result.exit_code == 1
    assert Path("requests.db").read_bytes() == before
    assert not Path("new-name").exists()


@pytest.mark.usefixtures("old")
def test_a_copy_is_made_and_never_over_another(call: Call) -> None:
    """It says how large it is and of which version; a second one needs a name of its own."""
    plain = printed(call("store", "backup", "copy.db", "--json"))
    assert plain == {"file": "copy.db", "version": "0001", "bytes": Path("copy.db").stat().st_size}
    again = call("store", "backup", "copy.db")
    assert again.exit_code == 1
    assert "never takes its place [invalid_value]" in again.output
    other = call("store", "backup", "other.db")
    assert other.output == f"other.db: {plain['bytes']} bytes, tables of version 0001\n"


def test_a_copy_of_nothing_makes_nothing(call: Call) -> None:
    """A mistyped name of a store is no empty copy."""
    result = call("store", "backup", "copy.db")
    assert (result.exit_code, list(Path().iterdir())) == (1, [])
    assert "there is no database here" in result.output


def test_postgresql_is_copied_by_its_own_program(call: Call) -> None:
    """The message names it."""
    result = call("store", "backup", "copy.db", "--store", "postgresql+psycopg://host/name")
    assert result.exit_code == 1
    assert "pg_dump" in result.output
