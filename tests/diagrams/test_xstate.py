"""A table as an XState machine: the npm package ``xstate`` answers every letter as our core does."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.diagrams import xstate
from eap_workflow.machine import Workflow
from eap_workflow.policy import STANDARD
from eap_workflow.processes import process_named
from eap_workflow.states import EXTRA_SESSIONS
from tests.diagrams.words import (
    DEEP,
    OF_ALL_TABLES,
    STUCK,
    TABLES,
    Answer,
    Core,
    Letter,
    check_word,
    differs,
    histories,
    is_passing,
    situations,
    told_apart,
    transition_cover,
)

RUNNER = Path(__file__).with_name("xstate_runner.mjs")
MODULES = Path(os.environ.get("EAP_WORKFLOW_NODE_MODULES", "node_modules")).absolute()
NEEDS_XSTATE = pytest.mark.skipif(
    shutil.which("node") is None or not (MODULES / "xstate").is_dir(),
    reason="needs node, and in EAP_WORKFLOW_NODE_MODULES a folder with the npm package xstate",
)
ACTS = {"startLimit": "starts", "restartLimit": "restarts", "stopLimit": "stops", "extendLimit": "extends"}


class Node:
    """A process that runs machines, one at a time."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._machine = ""

    def load(self, machine: str) -> None:
        """Give it a machine, unless it has this one."""
        if machine != self._machine:
            self.ask({"machine": json.loads(machine)})
            self._machine = machine

    def ask(self, request: dict[str, Any]) -> Any:
        """Send a line, and read the answer."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return json.loads(self._process.stdout.readline())


class XState:
    """A table in XState."""

    def __init__(self, node: Node, original: Workflow, loaded: Workflow | None = None) -> None:
        self._node = node
        self._workflow = original
        self.actions: list[dict[str, Any]] = []
        self._begin: dict[str, Any] = {}
        loaded = loaded or original
        self._entered = {move.source for move in loaded.moves if move.when == "at_once"}
        self._entered -= {state.name for state in loaded.states if state.passing}
        node.load(_exported(loaded))

    def place(self, state: str) -> None:
        """Begin anew with the next letter."""
        if state == self._workflow.start:
            self._begin = {"from": None}
        else:
            self._begin = {"from": {state: "resting"} if state in self._entered else state}

    def ask(self, letter: Letter) -> Answer:
        """Send the letter to `transition`, which changes nothing."""
        sent = {"trigger": letter.trigger, "role": letter.role.value, "failing": sorted(letter.failing)}
        answer = self._node.ask(self._begin | sent)
        self._begin = {}
        self.actions = answer["actions"]
        value = answer["value"]
        if not isinstance(value, str):
            (value,) = value
        if is_passing(self._workflow, value):
            return STUCK, ()
        return value, tuple(action["trigger"] for action in self.actions if action["type"] == "step")

    @staticmethod
    def shows(answer: Answer) -> Answer:
        """All of it."""
        return answer


@lru_cache(maxsize=len(TABLES))
def _exported(workflow: Workflow) -> str:
    return xstate(workflow)


@pytest.fixture(scope="module")
def node() -> Iterator[Node]:
    """A process that runs machines."""
    pipes: Any = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True, "encoding": "utf-8"}
    with subprocess.Popen(["node", str(RUNNER), str(MODULES)], **pipes) as process:
        yield Node(process)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(timeout=10) == 0


@NEEDS_XSTATE
@OF_ALL_TABLES
def test_every_letter_in_every_state_has_the_cores_answer(workflow: Workflow, node: Node) -> None:
    """XState enters the same state in as many steps, or refuses, whoever asks for whatever, and whichever guard fails."""
    assert differs(XState(node, workflow), situations(workflow)) is None


@NEEDS_XSTATE
@OF_ALL_TABLES
def test_words_that_take_every_row_do_to_limits_what_the_rows_say(workflow: Workflow, node: Node) -> None:
    """Led from the start through every row, XState takes the core's rows in the core's order, with their acts on limits."""
    machine = XState(node, workflow)

    def acts_are_the_rows(core: Core) -> None:
        expected = []
        for move in core.rows:
            row = {"trigger": move.trigger, "source": move.source, "target": move.target}
            expected.append({"type": "step", **row})
            expected += [{"type": act, "limit": name} for act, of in ACTS.items() for name in getattr(move, of)]
        assert machine.actions == expected

    for word in transition_cover(workflow):
        check_word(workflow, machine, word, acts_are_the_rows)


@NEEDS_XSTATE
@OF_ALL_TABLES
@given(data=st.data())
def test_longer_words_have_the_cores_answers(workflow: Workflow, node: Node, data: st.DataObject) -> None:
    """Whatever is asked for, one after the other, XState is where the core is."""
    check_word(workflow, XState(node, workflow), data.draw(histories(workflow)))


@NEEDS_XSTATE
@OF_ALL_TABLES
def test_one_edit_is_told_apart(workflow: Workflow, node: Node) -> None:
    """A table that differs in one place answers a letter otherwise, once it is exported and run."""
    counts = told_apart(workflow, lambda mutant: XState(node, workflow, mutant), every=1 if DEEP else 41)
    assert counts["told apart"] > 8


def test_rules_sentences_and_a_contracts_numbers_are_there() -> None:
    """What XState does not run stands beside what it runs: rules, guards in words, limits with a contract's numbers."""
    process = process_named("extra_sessions")
    machine = json.loads(xstate(process.workflow, figures=process.figures(STANDARD)))
    approve = machine["states"]["employer_decision"]["on"]["approve"]
    assert approve["meta"] == {
        "when": "asked",
        "roles": ["employer"],
        "rules": ["XS-07", "CR-08", "IN-04", "IN-05", "IN-09"],
    }
    assert machine["meta"]["table"] == process.workflow.fingerprint
    assert machine["meta"]["guards"]["due"]["sentence"] == "The instant has come that was fixed when the limit started."
    assert machine["meta"]["limits"]["employer_decision"]["working_days"] == 7
    assert machine["states"]["approved"]["tags"] == ["final"]
    assert machine["states"]["withdrawn"]["type"] == "final"


def test_any_sentence_is_text() -> None:
    """A sentence is only ever read, whatever stands in it."""
    odd = '"}\x00</x>\n\\{{'
    guards = tuple(attrs.evolve(guard, sentence=odd) for guard in EXTRA_SESSIONS.guards)
    machine = json.loads(xstate(attrs.evolve(EXTRA_SESSIONS, guards=guards, title=odd)))
    assert {guard["sentence"] for guard in machine["meta"]["guards"].values()} == {odd}
    assert machine["description"] == odd
