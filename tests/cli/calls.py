"""Calls of the command line in an empty folder, with a database there."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from eap_workflow.cli.app import app
from tests import lines
from tests.lines import Line

Call = Callable[..., Result]

HARBOUR = """
[[policy]]
contract = "harbour"
version = "1"
source = "Harbour agreement"
effective_from = 2026-01-01
[policy.limits.further_details]
working_days = 10
when_passed = "lapse"
"""


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Call the command line in an empty folder, with a database there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EAP_WORKFLOW_STORE", "sqlite:///requests.db")
    runner = CliRunner()

    def call(*arguments: object, **options: Any) -> Result:
        result = runner.invoke(app, [str(each) for each in arguments], **options)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return call


def run(call: Call, *given: Line | str, expects: int = 0, options: tuple[object, ...] = ()) -> Result:
    """Run a file of these lines."""
    Path("commands.jsonl").write_text(lines.text(given), encoding="utf-8")
    result = call("run", "commands.jsonl", *options)
    assert result.exit_code == expects, result.output
    return result


def printed(result: Result) -> Any:
    """What a call with ``--json`` printed, which is nothing but JSON."""
    assert result.exit_code in (0, 3), result.output
    assert result.stderr == ""
    return json.loads(result.stdout)
