"""A table as BPMN: SpiffWorkflow answers every letter as our core does, and the tools of bpmn.io draw it without a warning."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from functools import lru_cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.exceptions import WorkflowException
from SpiffWorkflow.bpmn.parser import BpmnParser, BpmnValidator
from SpiffWorkflow.util.task import TaskState

from eap_workflow.diagrams import bpmn
from eap_workflow.machine import Workflow
from eap_workflow.policy import STANDARD
from eap_workflow.processes import process_named
from eap_workflow.states import EXTRA_SESSIONS
from tests.diagrams.words import (
    EVERY,
    OF_ALL_TABLES,
    STUCK,
    TABLES,
    Answer,
    Letter,
    check_word,
    differs,
    histories,
    resting,
    resting_in,
    situations,
    told_apart,
    transition_cover,
    ways,
)

MODULES = Path(os.environ.get("EAP_WORKFLOW_NODE_MODULES", "node_modules")).absolute()
READER = Path(__file__).with_name("bpmn_reader.mjs")
NAMES = {"bpmn": "http://www.omg.org/spec/BPMN/20100524/MODEL", "eap": "urn:eap-workflow:table"}
LONG = 40
"""How many letters one instance takes before the next begins: it remembers all of them."""


class Spiff:
    """A table in SpiffWorkflow, led to each state by a word, as it has no other way there."""

    def __init__(self, original: Workflow, loaded: Workflow | None = None) -> None:
        self._workflow = original
        self._spec = _parsed(loaded or original)
        self._instance: Any = None
        self._state = ""
        self._letters = 0

    def place(self, state: str) -> None:
        """Lead a request to a state, unless one is there."""
        if state == self._state and self._letters < LONG:
            return
        self.begin()
        for letter in ways(self._workflow)[state]:
            self.ask(letter)
        self._state = self._state if self._state == state else ""

    def begin(self) -> None:
        """Begin a new request."""
        self._instance = BpmnWorkflow(self._spec)
        self._instance.do_engine_steps()
        self._state, self._letters = self._workflow.start, 0

    def ask(self, letter: Letter) -> Answer:
        """Complete the task with what the letter says, and follow the request to the next task."""
        if not self._state:
            return "out of reach", 0
        sent = letter.plain(self._workflow)
        passed = self.complete(trigger=sent["trigger"], role=sent["role"], **sent["holds"])
        if passed is None:
            self._state = ""
            return STUCK, 0
        if not passed:
            return self._state, 0
        self._letters += 1
        refused = any(name.startswith("refused_") for name in passed)
        self._state = re.sub("^(state|end)_", "", passed[-1])
        # Every gateway before a task is left by a move that is made at once, unless it leads on to its own task.
        at_once = [name for name in passed if name.startswith("entered_")]
        resting_there = f"entered_{self._state}" in at_once and passed[-1].startswith("state_")
        return resting_in(self._workflow, self._state, 0 if refused else 1 + len(at_once) - resting_there)

    def complete(self, **data: Any) -> list[str] | None:
        """Complete the task, and give every node up to the next task or the end; None where the engine finds no way on."""
        ready = self._instance.get_tasks(state=TaskState.READY)
        if not ready:
            return []
        (task,) = ready
        task.data = dict(data)
        task.run()
        try:
            self._instance.do_engine_steps()
        except WorkflowException:
            return None
        passed = []
        while not task.has_state(TaskState.READY):
            made = [child for child in task.children if child.has_state(TaskState.COMPLETED | TaskState.READY)]
            if not made:
                break
            (task,) = made
            passed.append(task.task_spec.name)
        return [name for name in passed if name.startswith(("asked_", "entered_", "refused_", "state_", "end_"))]

    @property
    def has_ended(self) -> bool:
        """Whether the instance is complete."""
        return bool(self._instance.is_completed())


@lru_cache(maxsize=len(TABLES))
def _parsed(workflow: Workflow) -> Any:
    parser = BpmnParser(validator=BpmnValidator())  # OMG's schema
    parser.add_bpmn_str(bpmn(workflow).encode())
    return parser.get_spec(workflow.name)


@OF_ALL_TABLES
def test_every_letter_in_every_state_has_the_cores_answer(workflow: Workflow) -> None:
    """The engine enters the same state in as many steps, or refuses, whoever asks for whatever, and whichever guard fails."""
    assert differs(Spiff(workflow), situations(workflow)) is None
