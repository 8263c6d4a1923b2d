"""Workflows of an employee assistance programme: explicit state machines with working-day limits.

The layers, from the ground up; each imports only from those before it:

    ground      errors · values · calendar · wire · verdict · machine     what a value, a day and a table are
    rules       states · policy · deadlines · steps · process             what may happen, and by when
    workflows   workflows.extra_sessions                                  one workflow each
    views       views · diagrams · schemas                                answers, drawn from tables and steps
    service     envelope · offices · store · service                      load, decide, append
    shells      cli · store.sql                                           optional, imported by nobody

Nothing here imports what is slow or optional: `holidays` and `transitions` are loaded when they are first used.
"""

from __future__ import annotations

from eap_workflow.calendar import BusinessCalendar, DayAccount
from eap_workflow.deadlines import Deadline, Office
from eap_workflow.envelope import Envelope, Tick, read_envelope
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
from eap_workflow.offices import Offices
from eap_workflow.policy import STANDARD, Policy
from eap_workflow.policy_book import PolicyBook
from eap_workflow.policy_file import load_policies
from eap_workflow.process import CaseTotals, Context, Process
from eap_workflow.service import Receipt, Service
from eap_workflow.steps import Snapshot, Step
from eap_workflow.store.memory import MemoryStore
from eap_workflow.values import Actor, Role
from eap_workflow.verdict import Reason, Verdict
from eap_workflow.workflows import extra_sessions

__all__ = [
    "STANDARD",
    "Actor",
    "BusinessCalendar",
    "CaseTotals",
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
    "Workflow",
    "extra_sessions",
    "load_policies",
    "read_envelope",
]
