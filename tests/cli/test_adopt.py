"""``eap-workflow adopt``, as a person or a program calls it: what it prints, what it keeps, and its exit status."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from eap_workflow.cli.adopt import adopt
from eap_workflow.store.sql import SqlStore
from tests import lines
from tests.lines import PROCESS, Line
from tests.test_adopting import elsewhere

Call = Callable[..., Result]


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Call the command in an empty folder, with a database there."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("EAP_WORKFLOW_STORE", "sqlite:///requests.db")
    runner = CliRunner()

    def call(given: list[Line | str], *options: str, expects: int = 0) -> Result:
        Path("requests.jsonl").write_text(lines.text(given), encoding="utf-8")
        result = runner.invoke(adopt, ["requests.jsonl", *options])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == expects, result.output
        return result

    return call


def kept() -> list[str]:
    """The requests in the database."""
    store = SqlStore("sqlite:///requests.db", PROCESS)
    try:
        return [each.request for each in lines.service(store).snapshots()]
    finally:
        store.close()


def good() -> list[Line | str]:
    """Two requests, on their way."""
    return [*elsewhere(lines.filed("XS-1"), lines.reviewed("XS-2"))]


def amiss() -> list[Line | str]:
    """The same, and between them one that contradicts itself in two ways."""
    first, second = elsewhere(lines.filed("XS-1"), lines.reviewed("XS-2"))
    return [first, first | {"request": "XS-3", "limits": [], "reviewed_by": "cm-1"}, second]


def test_requests_are_taken_over(call: Call) -> None:
    """Every line is, and the exit status is 0; the same file again changes nothing."""
    assert "2 requests: 2 taken over, 0 repeated, 0 not" in call(good()).output
    assert kept() == ["XS-1", "XS-2"]
    assert "2 requests: 0 taken over, 2 repeated, 0 not" in call(good()).output


def test_a_line_that_cannot_be_is_reported_and_the_rest_goes_on(call: Call) -> None:
    """Its number, its request, its fields and the reasons stand in a table; the exit status is 3."""
    output = call(amiss(), expects=3).output
    assert "Not taken over" in output
    assert "XS-3" in output
    assert "limits.employer_decision" in output
    assert "3 requests: 2 taken over, 0 repeated, 1 not" in output
    assert kept() == ["XS-1", "XS-2"]


def test_json_says_the_same(call: Call) -> None:
    """One object, with every reason of every line and the totals."""
    plain: dict[str, Any] = json.loads(call(amiss(), "--json", expects=3).output)
    assert plain["totals"] == {"lines": 3, "adopted": 2, "repeated": 0, "refused_lines": 1}
    (refused,) = plain["refused"]
    assert (refused["line"], refused["request"], refused["code"]) == (2, "XS-3", "refused")
    assert [each["fields"] for each in refused["reasons"]] == [["details"], ["limits.employer_decision"]]
    assert [each["code"] for each in refused["reasons"]] == ["path", "limits_of_the_state"]


def test_checking_needs_no_database_and_makes_none(call: Call) -> None:
    """The whole file is reported, and nothing is written."""
    result = call(amiss(), "--check", "--json", expects=3)
    plain = json.loads(result.stdout)
    assert plain["totals"] == {"lines": 3, "would_be_adopted": 2, "repeated": 0, "refused_lines": 1}
    assert "Checked against an empty store" in result.stderr
    assert not Path("requests.db").exists()
    call(good())
    result = call(good(), "--check")
    assert "0 could be taken over, 2 repeated" in result.output
    assert "empty store" not in result.output


def test_all_or_nothing(call: Call) -> None:
    """With a line amiss nothing is kept; without one everything is."""
    assert "0 taken over, 0 repeated, 1 not" in call(amiss(), "--all-or-nothing", expects=3).output
    assert kept() == []
    assert "2 taken over" in call(good(), "--all-or-nothing").output
    assert kept() == ["XS-1", "XS-2"]


def test_a_store_that_cannot_be_opened_ends_it(call: Call) -> None:
    """Nothing is checked against anything else where requests are to be kept."""
    Path("requests.db").write_text("no database", encoding="utf-8")
    with pytest.raises(Exception, match="database"):
        call(good())


def test_a_file_of_every_workflow(call: Call) -> None:
    """A line names its workflow where it is not the one of --workflow; a table and JSON say which lines could not be."""
    examples = Path(__file__).parents[2] / "examples"
    given: list[Line | str] = [*(examples / "adopted.jsonl").read_text(encoding="utf-8").splitlines()]
    policy = ("--policy", str(examples / "contracts.toml"))
    assert "8 taken over, 0 repeated, 1 not" in call(given, *policy, expects=3).output
    contact = json.loads(str(given[5]))
    del contact["workflow"]
    output = json.loads(call([contact], *policy, "--json", expects=3).output)
    assert output["refused"][0]["reasons"][0]["fields"] == ["line"]
    assert "1 repeated" not in call([contact | {"id": "move-77"}], *policy, expects=3).output
    again = call([contact | {"request": "OLD-0102", "id": "move-78"}], *policy, "--workflow", "outreach")
    assert "1 taken over" in again.output
