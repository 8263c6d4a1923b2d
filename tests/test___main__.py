"""``python -m eap_workflow``, with and without the packages of the extra."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from eap_workflow import cli
from tests import lines


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python with the library to import."""
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run([sys.executable, *arguments], env=environment, capture_output=True, text=True, check=False)


def test_the_module_is_the_command_line(tmp_path: Path) -> None:
    """Called as a module it acts on a file, and its exit status says whether a line was refused."""
    commands = tmp_path / "commands.jsonl"
    for given, status in ((lines.filed("XS-1"), 0), (lines.filed("XS-1"), 3)):
        commands.write_text(lines.text(given))
        result = python("-m", "eap_workflow", "run", str(commands), "--store", f"sqlite:///{tmp_path}/requests.db")
        assert (result.returncode, result.stderr) == (status, "")
    assert python("-m", "eap_workflow", "status", "--store", "sqlite:///missing.db").returncode == 1
    assert python("-m", "eap_workflow", "fly").returncode == 2


def test_a_missing_extra_is_named() -> None:
    """Without one of its packages the command line says what to install, and ends with 2."""
    for package in cli.NEEDED:
        blocked = f"import sys; sys.modules[{package!r}] = None; from eap_workflow.cli import main; main()"
        result = python("-c", blocked)
        assert result.returncode == 2
        assert result.stdout == ""
        assert result.stderr == (
            f"Error: {package} is not installed; it comes with the extra 'cli': pip install 'eap-workflow[cli]'\n"
        )


@pytest.mark.parametrize(
    ("package", "name", "arguments"),
    [
        ("psycopg", "postgresql", ["status", "--store", "postgresql://nobody@localhost:1/nothing"]),
        ("psycopg", "postgresql", ["store", "migrate", "--store", "postgresql://nobody@localhost:1/nothing"]),
        ("alembic", "sql", ["store", "migrate", "--store", "sqlite:///requests.db"]),
        ("jinja2", "dossier", ["dossier", "XS-1", "--html", "XS-1.html", "--store", "sqlite:///requests.db"]),
    ],
)
def test_what_one_command_needs_is_named_with_its_extra(
    package: str, name: str, arguments: list[str], tmp_path: Path
) -> None:
    """The others work without it; this one ends with 1 and one sentence, and no traceback."""
    commands = tmp_path / "commands.jsonl"
    commands.write_text(lines.text(lines.filed("XS-1")))
    where = f"import os, sys; os.chdir({str(tmp_path)!r}); from eap_workflow.cli import main; sys.argv[1:] = {{!r}}; {{}}main()"
    python("-c", where.format(["run", commands.name, "--store", "sqlite:///requests.db"], ""))
    result = python("-c", where.format(arguments, f"sys.modules[{package!r}] = None; "))
    assert result.returncode == 1
    assert result.stderr == (
        f"Error: {package} is not installed; it comes with the extra '{name}': pip install 'eap-workflow[{name}]'\n"
    )


def test_a_module_that_is_missing_for_another_reason_is_not_blamed_on_the_extra() -> None:
    """A missing module of another name is an error of its own, shown as it is."""
    result = python("-c", "import sys; sys.modules['json'] = None; from eap_workflow.cli import main; main()")
    assert result.returncode == 1
    assert "ModuleNotFoundError" in result.stderr


def test_the_command_line_looks_for_cycles_seldom() -> None:
    """It says so once it has begun, for its own process; importing the library changes nothing of anybody's."""
    ending = "import atexit, gc, sys; atexit.register(lambda: print(gc.get_threshold()[0])); sys.argv[1:] = ['--version']; {}"
    ended = [
        python("-c", ending.format(what)).stdout.splitlines()[-1]
        for what in ("from eap_workflow.cli import main; main()", "import eap_workflow.cli.app", "pass")
    ]
    assert ended[0] == str(cli.OBJECTS_TO_A_COLLECTION)
    assert ended[1] == ended[2]


def test_the_library_needs_none_of_it() -> None:
    """Importing the library brings in no package of the extra."""
    code = f"import eap_workflow, sys; sys.exit(str(sorted(set({cli.NEEDED!r}) & set(sys.modules))))"
    assert python("-c", code).stderr.strip() == "[]"


def test_running_the_file_is_running_the_module(monkeypatch: pytest.MonkeyPatch) -> None:
    """The module calls the command line once, and only when it is run."""
    import runpy

    called: list[str] = []
    monkeypatch.setattr(cli, "main", lambda: called.append("main"))
    runpy.run_module("eap_workflow", run_name="eap_workflow.__main__")
    assert called == []
    runpy.run_module("eap_workflow", run_name="__main__")
    assert called == ["main"]
