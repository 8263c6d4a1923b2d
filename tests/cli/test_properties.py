"""``eap-workflow properties``: what holds wherever a request can come to stand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from eap_workflow import proof
from eap_workflow.cli import options
from eap_workflow.cli.app import app


def test_every_property_of_a_workflow_is_listed_with_its_rules() -> None:
    """Each by its name, with what was walked; and in JSON the same, for programs."""
    told = CliRunner().invoke(app, ["properties", "outreach"])
    assert told.exit_code == 0
    assert "All of them hold." in told.output
    assert "within the number" in told.output
    row = json.loads(CliRunner().invoke(app, ["properties", "outreach", "--json"]).output)[0]
    assert (row["workflow"], row["holds"], row["violations"], row["untaken"]) == ("outreach", True, [], [])
    assert row["places"] > 1000


def test_what_does_not_hold_is_told_with_its_path(monkeypatch: pytest.MonkeyPatch) -> None:
    """A row that nothing takes is as good as a broken property, and the exit status says so."""
    found = proof.prove("outreach")
    object.__setattr__(found, "untaken", (("received", "attempt"),))
    monkeypatch.setattr(proof, "prove", lambda _name, **_given: found)
    told = CliRunner().invoke(app, ["properties", "outreach"])
    assert told.exit_code == options.SOMETHING_FOUND
    assert "never taken: attempt from received" in told.output


def test_the_model_for_spin_is_written(tmp_path: Path) -> None:
    """One workflow's, to a file; of all at once there is none."""
    file = tmp_path / "outreach.pml"
    assert CliRunner().invoke(app, ["properties", "outreach", "--promela", str(file)]).exit_code == 0
    assert file.read_text(encoding="utf-8") == proof.promela("outreach").text
    assert CliRunner().invoke(app, ["properties", "--promela", str(file)]).exit_code == 2
