"""Every workflow by its name."""

from __future__ import annotations

from pathlib import Path

import pytest

import eap_workflow
from eap_workflow import states
from eap_workflow.errors import InvalidType, Unknown
from eap_workflow.machine import Workflow
from eap_workflow.processes import NAMES, every_process, process_named


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


def test_a_command_that_opens_no_request_says_that_none_is_open() -> None:
    """Several workflows extend limits, so the command alone tells of none of them; what matters is that nothing was opened."""
    command = every_process().named("case_review").commands["extend_limit"]
    with pytest.raises(InvalidType, match="command: the request has not been opened, and this command opens none"):
        every_process().asked_by(None, object.__new__(command))
