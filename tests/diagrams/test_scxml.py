"""A table as SCXML: ``python-statemachine`` answers every letter as our core does."""

from __future__ import annotations

from copy import deepcopy
from functools import cache, lru_cache
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statemachine.io import load

from eap_workflow.diagrams import scxml
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
    xml_of,
)

ACTS = {"starts": "started", "restarts": "started anew", "stops": "stopped", "extends": "extended"}
NAMES = {"scxml": "http://www.w3.org/2005/07/scxml", "eap": "urn:eap-workflow:table"}


class StateChart:
    """A table in python-statemachine, which evaluates nothing but what is harmless."""

    def __init__(self, original: Workflow, loaded: Workflow | None = None) -> None:
        self._workflow = original
        loaded = loaded or original
        # A loaded class sets its data once, for the first machine that is made of it: so that one is kept, and copied.
        self._fresh = load(_exported(loaded), format="scxml")()
        self._entered = {move.source for move in loaded.moves if move.when == "at_once"}
        self._entered -= {state.name for state in loaded.states if state.passing}
        self.machine: Any = None

    def begin(self) -> None:
        """Begin a new request, with new data."""
        self.machine = deepcopy(self._fresh)

    def place(self, state: str) -> None:
        """Put the request into a state."""
        if self.machine is None or self.machine.is_terminated:
            self.begin()
        resting = {"%s.resting"} if state in self._entered else set()
        names = [state, *(name % state for name in resting)]
        by_id = {each.id: each for each in self.machine.states_map.values()}
        self.machine.configuration = type(self.machine.configuration)(by_id[name] for name in names)

    def ask(self, letter: Letter) -> tuple[str, int, str]:
        """Send the letter, with what it carries."""
        model = self.machine.model
        before = model.version
        sent = letter.plain(self._workflow)
        self.machine.send(f"do.{sent['trigger']}", role=sent["role"], **sent["holds"])
        state = next(iter(self.machine.configuration)).id
        if is_passing(self._workflow, state):
            return STUCK, 0, ""
        return state, model.version - before, model.last_trigger if model.version > before else ""

    @staticmethod
    def shows(answer: Answer) -> tuple[str, int, str]:
        """The state, how many steps there were, and which was the last."""
        state, steps = answer
        return state, len(steps), steps[-1] if steps else ""


@lru_cache(maxsize=len(TABLES))
def _exported(workflow: Workflow) -> str:
    return scxml(workflow)


@OF_ALL_TABLES
def test_every_letter_in_every_state_has_the_cores_answer(workflow: Workflow) -> None:
    """The engine enters the same state in as many steps, or refuses, whoever asks for whatever, and whichever guard fails."""
    assert differs(StateChart(workflow), situations(workflow)) is None


@OF_ALL_TABLES
def test_words_that_take_every_row_do_to_limits_what_the_rows_say(workflow: Workflow) -> None:
    """Led from the start through every row, the engine does to each limit what the core's rows say, the last act shown."""
    chart = StateChart(workflow)
    for word in transition_cover(workflow):
        chart.begin()
        shown = {limit.name: "none" for limit in workflow.limits}

        def acts_are_the_rows(core: Core, shown: dict[str, str] = shown) -> None:
            for move in core.rows:
                shown |= {name: act for of, act in ACTS.items() for name in getattr(move, of)}
            assert {name: getattr(chart.machine.model, f"limit_{name}") for name in shown} == shown

        check_word(workflow, chart, word, acts_are_the_rows)


@cache
def _chart(workflow: Workflow) -> StateChart:
    return StateChart(workflow)


@OF_ALL_TABLES
@given(data=st.data())
def test_longer_words_have_the_cores_answers(workflow: Workflow, data: st.DataObject) -> None:
    """Whatever is asked for, one after the other, the engine is where the core is."""
    check_word(workflow, _chart(workflow), data.draw(histories(workflow)))


@OF_ALL_TABLES
def test_one_edit_is_told_apart(workflow: Workflow) -> None:
    """A table that differs in one place answers a letter otherwise, once it is exported and run."""
    counts = told_apart(workflow, lambda mutant: StateChart(workflow, mutant), every=1 if DEEP else 97)
    assert counts["told apart"] > 8


def test_rules_sentences_and_a_contracts_numbers_are_there() -> None:
    """What no engine runs stands beside what it runs: rules, guards in words, limits with a contract's numbers."""
    process = process_named("extra_sessions")
    root = xml_of(scxml(process.workflow, figures=process.figures(STANDARD)))
    eap = f"{{{NAMES['eap']}}}"
    assert root.get(f"{eap}table") == process.workflow.fingerprint
    approve = root.find("scxml:state[@id='employer_decision']/scxml:transition[@event='do.approve']", NAMES)
    assert approve is not None
    assert approve.get(f"{eap}rules") == "XS-07 CR-08 IN-04 IN-05 IN-09"
    sentences = {guard.get("name"): guard.text for guard in root.findall("eap:guard", NAMES)}
    assert sentences == {guard.name: guard.sentence for guard in process.workflow.guards}
    days = {limit.get("name"): limit.get("workingDays") for limit in root.findall("eap:limit", NAMES)}
    assert days["employer_decision"] == "7"
    assert {state.get("id") for state in root.findall("scxml:final", NAMES)} == {"withdrawn", "lapsed"}
    finals = {state.get("id") for state in root if state.get(f"{eap}final")}
    assert finals == {"approved", "declined", "withdrawn", "lapsed"}


@pytest.mark.parametrize("odd", ["\"]]>&amp;<x a='b'>", "a\nb\tc\rd"])
def test_any_sentence_is_text(odd: str) -> None:
    """A sentence or a title is only ever read, whatever stands in it."""
    guards = tuple(attrs.evolve(guard, sentence=odd) for guard in EXTRA_SESSIONS.guards)
    workflow = attrs.evolve(EXTRA_SESSIONS, guards=guards, title=odd)
    root = xml_of(scxml(workflow))
    assert {guard.text for guard in root.findall("eap:guard", NAMES)} == {odd}
    assert root.get(f"{{{NAMES['eap']}}}title") == odd
    check_word(workflow, StateChart(workflow), transition_cover(EXTRA_SESSIONS)[0])
