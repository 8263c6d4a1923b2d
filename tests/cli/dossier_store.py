"""A folder with a store of some requests, whose dossiers are written from the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eap_workflow.cli import evidence
from eap_workflow.cli.app import app
from tests import lines
from tests.lines import DAY

KEY = "2026=" + bytes(range(32)).hex()
AT = ("--at", lines.at(30 * DAY))


def filled(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with a store of some requests, and a key in the environment."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("EAP_WORKFLOW_STORE", "sqlite:///requests.db")
    monkeypatch.setenv(evidence.KEY_ENV, KEY)
    given = [*lines.told("XS-1"), *lines.reviewed("xs-1", 1), *lines.filed("XS-3", 2), lines.draft("case/4:a", 3)]
    given += [lines.tick(10 * DAY), lines.line("draft", "XS-5", 40 * DAY)]
    Path("commands.jsonl").write_text(lines.text(given), encoding="utf-8")
    assert call("run", "commands.jsonl").exit_code == 0
    return folder


def call(*arguments: str) -> Result:
    """Call the command line."""
    return CliRunner().invoke(app, list(arguments), catch_exceptions=False)


def done(*arguments: str) -> str:
    """Write dossiers, which has to work; give what is printed."""
    result = call("dossier", *arguments, *AT)
    assert result.exit_code == 0, result.output
    return result.stdout
