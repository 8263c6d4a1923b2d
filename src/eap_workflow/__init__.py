"""Workflows of an employee assistance programme: explicit state machines with working-day limits.

The layers, from the ground up; each imports only from those before it:

    ground      errors · values · plain · local_time · days · calendar    what a value and a day are
                verdict · table · table_checks · machine · binding        what a table is, and at work
    rules       states · terms · policy · deadlines · steps · process     what may happen, and by when
                commands · guards · opening                               what workflows have in common
                envelope · records                                        commands and steps as plain data
    workflows   workflows.{extra_sessions, case_review, outreach, session_cancellation} · processes
    views       views · diagrams · schemas · proof · rules                answers, drawn from tables and steps
    service     offices · store · event_logs · service                    load, decide, append; what happened
    shells      cli · store.sql · dossier · notify                        optional, imported by nobody

All that decides is here after the import: calendar, policies' values, the tables, the core and the workflow of extra sessions.
What stands around it (the other workflows, policy files, envelopes, stores, the service) is imported when one of its names is
first used; so are `holidays` and `transitions`, and nothing optional is ever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eap_workflow.calendar import BusinessCalendar, DayAccount
from eap_workflow.deadlines import Deadline, Office
from eap_workflow.errors import (
    CommandIdReused,
    Conflict,
    CoverageError,
    DefinitionError,
    EapWorkflowError,
    FrozenFileError,
    InvalidType,
    InvalidValue,
    PolicyError,
    Refused,
    StoreError,
    Unknown,
    UnknownRegion,
)
from eap_workflow.machine import Workflow
from eap_workflow.policy import STANDARD, Policy
from eap_workflow.process import CaseTotals, Context, Process
from eap_workflow.process_set import Processes
from eap_workflow.steps import Command, Snapshot, Step
from eap_workflow.values import Actor, Role
from eap_workflow.verdict import Reason, Verdict
from eap_workflow.workflows import extra_sessions

if TYPE_CHECKING:
    from eap_workflow.envelope import Envelope, Tick, read_envelope, read_envelope_or_tick
    from eap_workflow.offices import Offices
    from eap_workflow.policy_book import PolicyBook
    from eap_workflow.policy_file import load_policies
    from eap_workflow.processes import every_process
    from eap_workflow.service import Receipt, Service
    from eap_workflow.store import Wanted
    from eap_workflow.store.memory import MemoryStore
    from eap_workflow.verification import verify
    from eap_workflow.worker import Worker
    from eap_workflow.workflows import case_review, outreach, session_cancellation

__all__ = [
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

_LAZY = {
    "Envelope": "eap_workflow.envelope",
    "MemoryStore": "eap_workflow.store.memory",
    "Offices": "eap_workflow.offices",
    "PolicyBook": "eap_workflow.policy_book",
    "Receipt": "eap_workflow.service",
    "Service": "eap_workflow.service",
    "Tick": "eap_workflow.envelope",
    "Wanted": "eap_workflow.store",
    "Worker": "eap_workflow.worker",
    "case_review": "eap_workflow.workflows.case_review",
    "every_process": "eap_workflow.processes",
    "load_policies": "eap_workflow.policy_file",
    "outreach": "eap_workflow.workflows.outreach",
    "read_envelope": "eap_workflow.envelope",
    "read_envelope_or_tick": "eap_workflow.envelope",
    "session_cancellation": "eap_workflow.workflows.session_cancellation",
    "verify": "eap_workflow.verification",
}
"""Where a name that is imported at its first use comes from: the module that has it, or that it is."""

if not TYPE_CHECKING:  # a type checker that saw it would take every misspelt name for one of ours

    def __getattr__(name: str) -> Any:
        if name not in _LAZY:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib import import_module

        module = import_module(_LAZY[name])
        value = globals()[name] = module if _LAZY[name].endswith(f".{name}") else getattr(module, name)
        return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
