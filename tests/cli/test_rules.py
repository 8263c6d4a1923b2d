"""``eap-workflow rules``, as an auditor calls it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result

from eap_workflow import rules
from eap_workflow.cli.app import app
from eap_workflow.processes import NAMES
from eap_workflow.rules import REGISTER
from eap_workflow.rules.words import CALLED, SHOWN


def call(*arguments: str, columns: int = 120) -> Result:
    """Call the command on a terminal of some width."""
    return CliRunner(env={"COLUMNS": str(columns)}).invoke(app, ("rules", *arguments))


@pytest.mark.parametrize("columns", [80, 120])
def test_every_rule_is_listed(columns: int) -> None:
    """Each with its id, in the order of the register, and under the table what each word of it means."""
    done = call(columns=columns)
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert [line.split()[0] for line in lines if line.split()[:1] and line.split()[0] in {r.id for r in REGISTER}] == [
        rule.id for rule in REGISTER
    ]
    printed = " ".join(done.stdout.split())
    for name, meaning in (*CALLED.values(), *SHOWN):
        assert f"{name}: {' '.join(meaning.split())}." in printed


@pytest.mark.parametrize("rule", ["XS-04", "xs-04"])
def test_one_rule_is_printed_whole(rule: str) -> None:
    """Its words, its source, every place with what it is, and every test."""
    printed = " ".join(call(rule).stdout.split())
    trace = rules.trace("XS-04")
    assert printed.startswith("XS-04 If the request brings the client's total to 12 or more in 12 months")
    assert "From: older guide; guide." in printed
    for place in trace.places:
        assert place.name.rpartition(".")[2].split("_")[0] in printed
    assert printed.count("tests/") == sum(
        len(tests) for tests in (trace.permitted, trace.refused, trace.otherwise_shown)
    )


def test_tests_are_named_as_pytest_has_them() -> None:
    """Where there is room, and never broken in the middle of a word; the folder and the file stand on lines of their own."""
    trace = rules.trace("XS-04")
    for columns in (100, 120, 200):
        printed = {
            words.strip() for line in call("XS-04", columns=columns).stdout.splitlines() for words in line.split("  ")
        }
        for test in (*trace.permitted, *trace.refused, *trace.otherwise_shown):
            file, _, name = test.name.partition("::")
            assert file.rpartition("/")[2] in printed
            short = name if len(name) <= 31 else f"{name[:30]}…"
            assert (short in printed) == (columns >= 120)


def test_a_rule_that_a_workflow_does_not_serve_is_said() -> None:
    """Nothing is printed of it but that, on standard error; what the workflow serves is printed as ever."""
    done = call("--workflow", "outreach", "xs-04", "IN-12")
    assert "XS-04: no place of the workflow outreach serves it\n" in done.stderr
    assert (done.exit_code, "XS-04" in done.stdout) == (0, False)
    assert call("--workflow", "extra-sessions", "XS-04").stderr == ""
    assert call("--workflow", "outreach").stderr == ""


def test_a_reading_says_why() -> None:
    """It comes from no document."""
    assert "Why: no document deems an outcome." in call("IN-04").stdout


def test_an_unknown_rule_is_refused() -> None:
    """In one line, with the code, and the exit status of every other thing that cannot be found."""
    done = call("XX-01")
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("Error: rule: no rule has this id; known are XS-01 to XS-11")
    assert done.stderr.endswith("[unknown]\n")


@pytest.mark.parametrize("workflow", NAMES)
def test_the_rules_of_a_workflow(workflow: str) -> None:
    """Those that its table cites are among them; no place of another workflow is."""
    rows: list[dict[str, Any]] = json.loads(call("--workflow", workflow, "--json").stdout)
    assert rows == [rules.plain(each) for each in rules.of_workflow(workflow, rules.traces())]
    assert {row["workflow"] for each in rows for row in each["rows"]} == {workflow}


def test_json_has_every_rule() -> None:
    """As plain data, one object a rule."""
    assert json.loads(call("--json").stdout) == [rules.plain(each) for each in rules.traces()]


@pytest.mark.parametrize(("style", "write"), [("markdown", rules.markdown), ("csv", rules.csv)])
def test_other_formats_are_those_of_the_package(style: str, write: Any) -> None:
    """Of all rules, or of some."""
    assert call("--format", style).stdout_bytes.decode() == write(rules.traces())
    assert call("--format", style, "CR-04").stdout_bytes.decode() == write((rules.trace("CR-04"),))
