"""The public names of the package: which there are, that each can be had, and what having them costs to import."""

from __future__ import annotations

import json
import subprocess
import sys
from importlib import import_module

import pytest

import eap_workflow

PUBLIC = [
    "STANDARD",
    "Actor",
    "BusinessCalendar",
    "CaseTotals",
    "Command",
    "CommandIdReused",
    "Conflict",
    "Context",
    "CoverageError",
    "DayAccount",
    "Deadline",
    "DefinitionError",
    "EapWorkflowError",
    "Envelope",
    "FrozenFileError",
    "InvalidType",
    "InvalidValue",
    "MemoryStore",
    "Office",
    "Offices",
    "Policy",
    "PolicyBook",
    "PolicyError",
    "Process",
    "Processes",
    "Reason",
    "Receipt",
    "Refused",
    "Role",
    "Service",
    "Snapshot",
    "Step",
    "StoreError",
    "Tick",
    "Unknown",
    "UnknownRegion",
    "Verdict",
    "Wanted",
    "Worker",
    "Workflow",
    "case_review",
    "every_process",
    "extra_sessions",
    "load_policies",
    "outreach",
    "read_envelope",
    "read_envelope_or_tick",
    "session_cancellation",
    "verify",
]

SLOW_OR_OPTIONAL = {"alembic", "click", "holidays", "jinja2", "numpy", "rich", "sqlalchemy", "transitions"}
NOT_TO_DECIDE = {"hashlib", "importlib.metadata", "json", "pathlib", "sqlite3", "tomllib"}


def loaded_by(program: str) -> set[str]:
    """The modules that a fresh process holds after a program."""
    command = (sys.executable, "-c", f"{program}\nimport sys\nprint('\\n'.join(sys.modules))")
    return set(subprocess.run(command, capture_output=True, text=True, check=True).stdout.split())


def test_the_public_names_are_these() -> None:
    """A public name is added, renamed or removed on purpose, here as well."""
    assert sorted(eap_workflow.__all__) == sorted(PUBLIC)
    assert len(eap_workflow.__all__) == len(set(eap_workflow.__all__))


@pytest.mark.parametrize("name", PUBLIC)
def test_each_name_can_be_had(name: str) -> None:
    """Each public name is found on the package, and is listed by ``dir``."""
    assert getattr(eap_workflow, name) is not None
    assert name in dir(eap_workflow)


def test_star_import_brings_every_name() -> None:
    """``from eap_workflow import *`` brings the public names and nothing else."""
    names: dict[str, object] = {}
    exec("from eap_workflow import *", names)  # noqa: S102 - the one way to write it inside a function
    assert names.keys() - {"__builtins__"} == set(PUBLIC)


def test_what_is_imported_at_first_use_is_what_its_module_has() -> None:
    """Every name that is imported at its first use is public, and the same object as in its own module."""
    assert eap_workflow._LAZY.keys() <= set(PUBLIC)
    for name, module in eap_workflow._LAZY.items():
        found = import_module(module)
        assert getattr(eap_workflow, name) is (found if module.endswith(f".{name}") else getattr(found, name))


def test_the_rest_is_there_at_once() -> None:
    """In a fresh process every public name is either there after the import or in the table of the first uses."""
    program = "import json, eap_workflow; print(json.dumps([sorted(vars(eap_workflow)), sorted(eap_workflow._LAZY)]))"
    done = subprocess.run((sys.executable, "-c", program), capture_output=True, text=True, check=True)
    there, lazy = map(set, json.loads(done.stdout))
    assert there.isdisjoint(lazy)
    assert set(PUBLIC) <= there | lazy


def test_an_unknown_name_is_refused() -> None:
    """A name that is not there raises ``AttributeError``, as it would in any module."""
    with pytest.raises(AttributeError, match="has no attribute 'Servise'"):
        _ = eap_workflow.Servise  # type: ignore[attr-defined]


def test_importing_the_package_imports_only_what_decides() -> None:
    """The import brings in nothing slow, optional, or of use only to the service around the core."""
    modules = loaded_by("import eap_workflow")
    assert "eap_workflow.workflows.extra_sessions" in modules
    assert modules.isdisjoint(SLOW_OR_OPTIONAL | NOT_TO_DECIDE | set(eap_workflow._LAZY.values()))
