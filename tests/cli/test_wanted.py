"""The options that narrow a list: each alone, together, of the past, and misspelt."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from eap_workflow.cli.app import app
from tests import lines
from tests.lines import DAY

CANCEL = {
    "do": "cancel",
    "request": "SC-1",
    "at": lines.at(0),
    "by": {"role": "therapist", "id": "th-7"},
    "contract": "standard",
    "session": "ses-1",
    "session_at": lines.at(5),
    "client": "cl-31",
    "therapist": "th-7",
    "reason": "illness",
    "preferred_method": "telephone",
    "absence": "abs-1",
}


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with a store: one approved, one with the employer, a later one likewise, a draft, and a cancellation."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EAP_WORKFLOW_STORE", "sqlite:///requests.db")
    given = [*lines.told("XS-1"), *lines.filed("XS-2", DAY), *lines.filed("XS-3"), lines.draft("XS-4"), CANCEL]
    Path("commands.jsonl").write_text(lines.text(given), encoding="utf-8")
    assert CliRunner().invoke(app, ["run", "commands.jsonl"], catch_exceptions=False).exit_code == 0


def call(*arguments: str) -> Result:
    """Call ``eap-workflow status``."""
    return CliRunner().invoke(app, ["status", *arguments], catch_exceptions=False)


def listed(*arguments: str) -> list[str]:
    """The requests that a list holds, in its order."""
    result = call("--json", *arguments)
    assert result.exit_code == 0, result.output
    return [row["request"] for row in json.loads(result.stdout)]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ((), ["SC-1", "XS-1", "XS-2", "XS-3", "XS-4"]),
        (("--workflow", "session-cancellation"), ["SC-1"]),
        (("--state", "employer_decision"), ["XS-2", "XS-3"]),
        (("--state", "employer-decision"), ["XS-2", "XS-3"]),
        (("--turn", "employer"), ["XS-2", "XS-3"]),
        (("--turn", "therapist"), ["SC-1"]),
        (("--employer", "emp-1"), ["XS-1", "XS-2", "XS-3", "XS-4"]),
        (("--employer", "emp-2"), []),
        (("--case", "ASST-3"), ["XS-3"]),
        (("--case", "abs-1"), ["SC-1"]),
        (("--workflow", "extra-sessions", "--due-by", "2026-11-10"), ["XS-3", "XS-2"]),
        (("--turn", "employer", "--due-by", "2026-11-09"), ["XS-3"]),
        (("--at", lines.at(0.5), "--state", "further-details"), ["XS-1"]),
        (("--at", lines.at(0.5), "--due-by", "2026-11-09", "--turn", "employer"), ["XS-3"]),
    ],
)
def test_a_list_holds_what_is_wanted(options: tuple[str, ...], expected: list[str]) -> None:
    """By workflow, state, turn, employer, case and due date, what is due first, first; and as it stood (XS-11)."""
    assert listed(*options) == expected


def test_the_tables_hold_the_same() -> None:
    """Without ``--json`` the tables show what is wanted, and the counts are of those alone."""
    output = call("--state", "employer-decision").stdout
    assert "XS-2" in output
    assert "XS-1" not in output
    assert "2 employer decision\n" in output
    assert "No such request" in call("--employer", "emp-2").stdout


def test_a_misspelt_state_is_refused() -> None:
    """An empty list for a slip of the pen would look like good news: the states are named, and those of the workflow alone."""
    for options in ((), ("--json",), ("--at", lines.at(0))):
        result = call("--state", "aproved", *options)
        assert (result.exit_code, result.stdout) == (1, "")
        assert "state: one of these is needed: draft, submitted" in result.stderr
    result = call("--workflow", "outreach", "--state", "draft")
    assert result.exit_code == 1
    assert "needed: received, recorded" in result.stderr


def test_one_request_is_not_narrowed() -> None:
    """A request and options that say which are wanted do not go together."""
    result = call("XS-1", "--state", "approved")
    assert (result.exit_code, result.stdout) == (2, "")
