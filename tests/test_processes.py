"""Every workflow by its name."""

from __future__ import annotations

from pathlib import Path

import pytest

import eap_workflow
from eap_workflow import states
from eap_workflow.errors import Unknown
from eap_workflow.machine import Workflow
from eap_workflow.processes import NAMES, process_named


def test_every_table_has_its_workflow() -> None:
    """The names are those of the tables, in their order, and of the packages; each is bound and can be asked."""
    tables = [table for table in vars(states).values() if isinstance(table, Workflow)]
    assert [table.name for table in tables] == list(NAMES)
    folder = Path(eap_workflow.__file__).parent / "workflows"
    assert {path.parent.name for path in folder.glob("*/__init__.py")} == {*NAMES}
    for table in tables:
        process = process_named(table.name)
        assert process.workflow.fingerprint == table.fingerprint
        assert process.workflow.process is process


def test_another_name_is_unknown() -> None:
    """What is no workflow is refused with the names that are known, and nothing is imported for it."""
    with pytest.raises(Unknown, match="workflow: no workflow has this name; known are extra_sessions, case_review"):
        process_named("os")
