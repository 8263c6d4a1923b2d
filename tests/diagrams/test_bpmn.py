"""A table as BPMN: SpiffWorkflow answers every letter as our core does, and the tools of bpmn.io draw it without a warning."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from functools import cache, lru_cache
from itertools import combinations
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser, BpmnValidator
from SpiffWorkflow.exceptions import WorkflowException
from SpiffWorkflow.util.task import TaskState

from eap_workflow.diagrams import bpmn, extract, looks
from eap_workflow.diagrams.bpmn_layout import Box
from eap_workflow.machine import Workflow
from eap_workflow.policy import STANDARD
from eap_workflow.processes import process_named
from eap_workflow.states import EXTRA_SESSIONS
from tests.browser import CHROMIUM, answer_of
from tests.diagrams.boxes import holds, overlap
from tests.diagrams.words import (
    DEEP,
    OF_ALL_TABLES,
    STUCK,
    TABLES,
    Answer,
    Letter,
    check_word,
    differs,
    histories,
    resting,
    situations,
    told_apart,
    transition_cover,
    ways,
    xml_of,
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

    def ask(self, letter: Letter) -> tuple[str, int]:
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
        return self._state, 0 if refused else 1 + len(at_once) - resting_there

    @staticmethod
    def shows(answer: Answer) -> tuple[str, int]:
        """The state, and how many steps there were."""
        state, steps = answer
        return state, len(steps)

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
    assert differs(Spiff(workflow), situations(workflow)[:: 1 if DEEP else 3]) is None


@OF_ALL_TABLES
def test_words_that_take_every_row_lead_to_the_end(workflow: Workflow) -> None:
    """Led from the start through every row, the engine is where the core is; what has ended is put away, and complete."""
    engine = Spiff(workflow)
    for word in transition_cover(workflow):
        check_word(workflow, Begun(engine), word)
    for state in (state.name for state in workflow.states if state.final):
        engine.begin()
        for letter in ways(workflow)[state]:
            engine.ask(letter)
        if workflow.moves_from(state):
            assert not engine.has_ended
            passed = engine.complete(trigger="nothing_more", role="case_team")
            assert passed == [f"asked_{state}", f"end_{state}"]
        assert engine.has_ended
        assert engine.complete(trigger="nothing_more") == []


class Begun:
    """The engine, with a new instance whenever a word begins."""

    def __init__(self, engine: Spiff) -> None:
        self._engine = engine

    def place(self, _state: str) -> None:
        """Begin a new request."""
        self._engine.begin()

    def ask(self, letter: Letter) -> tuple[str, int]:
        """Hand a letter in."""
        return self._engine.ask(letter)

    def shows(self, answer: Answer) -> tuple[str, int]:
        """The state, and how many steps there were."""
        return self._engine.shows(answer)


@cache
def _engine(workflow: Workflow) -> Spiff:
    return Spiff(workflow)


@OF_ALL_TABLES
@given(data=st.data())
def test_longer_words_have_the_cores_answers(workflow: Workflow, data: st.DataObject) -> None:
    """Whatever is asked for, one after the other, the engine is where the core is."""
    check_word(workflow, Begun(_engine(workflow)), data.draw(histories(workflow)))


@OF_ALL_TABLES
def test_one_edit_is_told_apart(workflow: Workflow) -> None:
    """A table that differs in one place answers a letter otherwise, once it is exported and run."""
    counts = told_apart(workflow, lambda mutant: Spiff(workflow, mutant), every=1 if DEEP else 97)
    assert counts["told apart"] > 8


@OF_ALL_TABLES
def test_a_state_is_a_task_a_gateway_or_an_end(workflow: Workflow) -> None:
    """One user task for each place in which a request may rest, and a flow for each row, with its rules."""
    process = xml_of(bpmn(workflow)).find("bpmn:process", NAMES)
    assert process is not None
    ends = {state.name for state in workflow.states if state.final and not workflow.moves_from(state.name)}
    tasks = [task.get("id") for task in process.findall("bpmn:userTask", NAMES)]
    assert tasks == [f"state_{name}" for name in resting(workflow) if name not in ends]
    rows = {row.get("id"): row for row in process.findall("bpmn:sequenceFlow", NAMES) if "row_" in row.get("id", "")}
    assert rows.keys() == {f"row_{move.source}_{move.trigger}" for move in workflow.moves}
    for move in workflow.moves:
        note = rows[f"row_{move.source}_{move.trigger}"].find("bpmn:extensionElements/eap:move", NAMES)
        text = rows[f"row_{move.source}_{move.trigger}"].findtext("bpmn:documentation", "", NAMES)
        assert note is not None
        assert (note.get("rules"), note.get("when")) == (" ".join(move.rules), move.when.value)
        assert note.get("starts", "").split() == list(move.starts)
        assert note.get("stops", "").split() == list(move.stops)
        assert note.get("lifts", "").split() == list(move.lifts)
        assert note.get("fulfils", "").split() == list(move.fulfils)
        assert text.endswith(f"Rules: {' '.join(move.rules)}.")
        sentences = {guard.name: guard.sentence for guard in workflow.guards}
        assert all(sentences[name] in text for name in move.guards)


@OF_ALL_TABLES
def test_the_drawing_says_each_limit_where_it_runs_and_under_it_what_each_move_takes(workflow: Workflow) -> None:
    """Above a place stand its limits with their numbers and rules (CR-07, CM-05, TC-03); below, each move with its rules."""
    figures = process_named(workflow.name).figures(STANDARD)
    diagram, root = extract(workflow, figures=figures), xml_of(bpmn(workflow, figures=figures))
    texts = {
        each.get("id", ""): " ".join(each.findtext("bpmn:text", "", NAMES).split())
        for each in root.iter(f"{{{NAMES['bpmn']}}}textAnnotation")
    }
    joined = {each.get("targetRef"): each.get("sourceRef", "") for each in root.iter(f"{{{NAMES['bpmn']}}}association")}
    for state in diagram.states:
        said = texts.pop(f"limits_{state.name}", "")
        assert said == " ".join(
            f"limit: {limit.words} {looks.length(limit)}, {' '.join(limit.rules)}" for limit in state.limits
        )
        assert not said or joined[f"limits_{state.name}"].endswith(f"_{state.name}")
    assert texts.keys() == {"takes", "numbers", "reading"}
    for flow in root.iter(f"{{{NAMES['bpmn']}}}sequenceFlow"):
        if (note := flow.find("bpmn:extensionElements/eap:move", NAMES)) is not None:
            number = re.search(r"\[(\d+)\]", flow.get("name", ""))
            assert number is not None
            (takes,) = re.findall(rf"\[{number[1]}\] (.*?)(?= \[\d+\] |$)", texts["takes"])
            assert takes.startswith(f"{note.get('trigger', '').replace('_', ' ')}, ")
            assert set(note.get("rules", "").split()) <= set(re.findall(r"[A-Z]{2}-\d\d", takes))
    for kind in diagram.kinds:
        assert kind.words in texts["numbers"]


def test_a_contracts_numbers_are_there() -> None:
    """With a contract, a task says how long its limits are."""
    process = process_named("extra_sessions")
    text = bpmn(process.workflow, figures=process.figures(STANDARD))
    assert "A limit runs: employer decision, 7 working days." in text
    assert process.workflow.fingerprint in text


def test_any_sentence_is_text() -> None:
    """A sentence or a title is only ever read, whatever stands in it."""
    odd = "\"]]>&amp;<x a='b'>\n\t\r"
    guards = tuple(attrs.evolve(guard, sentence=odd) for guard in EXTRA_SESSIONS.guards)
    workflow = attrs.evolve(EXTRA_SESSIONS, guards=guards, title=odd)
    root = xml_of(bpmn(workflow))
    assert {guard.text for guard in root.iter(f"{{{NAMES['eap']}}}guard")} == {odd}
    assert root.get("name") == odd
    check_word(workflow, Begun(Spiff(workflow)), transition_cover(EXTRA_SESSIONS)[0])


# --- the tools of bpmn.io ---------------------------------------------------------------------------------------------

PAGE = """<!doctype html>
<meta charset="utf-8">
<div id="canvas" style="width: 1000px; height: 600px"></div>
<pre id="answer"></pre>
<script src="SCRIPT"></script>
<script>
  (async () => {
    const answers = [];
    for (const text of TEXTS) {
      const viewer = new BpmnJS({ container: "#canvas" });
      const { warnings } = await viewer.importXML(text);
      const all = viewer.get("elementRegistry").getAll();
      const shown = all.filter(({ id, x }) => x !== undefined && !/^(pool|lane_)/.test(id));
      const boxes = shown.filter(({ type }) => type !== "label").map(({ id, x, y, width, height }) => [id, x, y, width, height]);
      const texts = shown.flatMap((each) => {
        const text = viewer.get("elementRegistry").getGraphics(each).querySelector("text");
        if (!text || !text.textContent) return [];
        const { x, y, width, height } = text.getBBox();
        return [[each.id, each.x + x, each.y + y, width, height]];
      });
      answers.push({ warnings: warnings.map(({ message }) => message), drawn: all.map(({ id }) => id), boxes, texts });
      viewer.destroy();
    }
    document.getElementById("answer").textContent = JSON.stringify(answers);
  })();
</script>
"""


def _ids(text: str, *tags: str) -> set[str]:
    root = xml_of(text)
    return {each.get("id", "") for tag in tags for each in root.iter(f"{{{NAMES['bpmn']}}}{tag}")}


@pytest.mark.skipif(
    shutil.which("node") is None or not (MODULES / "bpmn-moddle").is_dir(),
    reason="needs node, and in EAP_WORKFLOW_NODE_MODULES a folder with the npm package bpmn-moddle",
)
def test_bpmn_moddle_reads_it_without_a_warning() -> None:
    """The reader of bpmn.io knows every element and finds whatever is referred to."""
    texts = [bpmn(workflow) for workflow in TABLES]
    done = subprocess.run(
        ["node", str(READER), str(MODULES)],
        input=json.dumps(texts),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
        timeout=60,
    )
    for text, answer in zip(texts, json.loads(done.stdout), strict=True):
        assert answer["warnings"] == []
        assert answer["types"]["bpmn:UserTask"] == len(_ids(text, "userTask"))
        lines = answer["types"]["bpmn:SequenceFlow"] + answer["types"]["bpmn:Association"]
        assert lines == answer["types"]["bpmndi:BPMNEdge"]


@pytest.mark.skipif(
    CHROMIUM is None or not (MODULES / "bpmn-js").is_dir(),
    reason="needs chromium, and in EAP_WORKFLOW_NODE_MODULES a folder with the npm package bpmn-js",
)
def test_bpmn_js_draws_it_without_a_warning(tmp_path: Path) -> None:
    """In a browser, bpmn-js draws every part of every table and warns of nothing; each text is in its place and on no other."""
    texts = [bpmn(workflow, figures=process_named(workflow.name).figures(STANDARD)) for workflow in TABLES]
    script = (MODULES / "bpmn-js" / "dist" / "bpmn-viewer.production.min.js").as_uri()
    page = tmp_path / "page.html"
    filled = json.dumps(texts).replace("</", "<\\/")
    page.write_text(PAGE.replace("SCRIPT", script).replace("TEXTS", filled), encoding="utf-8")
    answers = answer_of(page, tmp_path)
    nodes = (
        "textAnnotation",
        "association",
        "userTask",
        "exclusiveGateway",
        "startEvent",
        "endEvent",
        "intermediateThrowEvent",
        "lane",
        "sequenceFlow",
    )
    for text, answer in zip(texts, answers, strict=True):
        assert answer["warnings"] == []
        assert _ids(text, *nodes) <= set(answer["drawn"])
        boxes, said = ({name: Box(*map(round, where)) for name, *where in answer[each]} for each in ("boxes", "texts"))
        assert said.keys() >= _ids(text, "textAnnotation", "userTask")
        for (one, box), (other, another) in combinations(said.items(), 2):
            assert not overlap(box, another), (one, other)
        for name, box in said.items():
            if name in boxes:  # what is written in it; a label stands beside what it names
                assert holds(boxes[name], box), name
            assert [node for node, other in boxes.items() if node != name and overlap(other, box)] == [], name
