"""A table as Markdown: a reader of Markdown finds in its cells exactly what the table says."""

from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from hypothesis import given
from markdown_it import MarkdownIt
from markdown_it.token import Token

from eap_workflow.diagrams import extract, markdown
from eap_workflow.machine import When, Workflow
from eap_workflow.policy import STANDARD
from eap_workflow.processes import NAMES, process_named
from eap_workflow.states import EXTRA_SESSIONS
from tests.diagrams.made_up_tables import tables

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
WHEN = {When.ASKED: "", When.AT_ONCE: ", at once", When.WHEN_DUE: ", when due"}
OURS = pytest.mark.parametrize("name", NAMES)


def cells_of(text: str) -> dict[str, list[list[str]]]:
    """Read the tables by their captions, each as rows of what its cells say, without the head."""
    found: dict[str, list[list[str]]] = {}
    caption = ""
    for before, token in zip((None, *PARSER.parse(text)), PARSER.parse(text), strict=False):
        if token.type == "inline" and before is not None:
            if before.type == "paragraph_open":
                caption = "".join(child.content for child in token.children or ())
                found[caption] = []
            elif before.type == "td_open":
                found[caption][-1].append(_plain(token))
        elif token.type == "tr_open":
            found[caption].append([])
    return {caption: rows[1:] for caption, rows in found.items()}


def _plain(token: Token) -> str:
    kinds = {child.type for child in token.children or ()}
    assert kinds <= {"text", "text_special"}, "a name means something to Markdown"
    return "".join(child.content for child in token.children or ())


def shown(text: str) -> str:
    """Give a text as a cell shows it: on one line, and without the one character that Markdown has none of."""
    return " ".join(text.replace("\x00", "\N{REPLACEMENT CHARACTER}").split())


def assert_all_there(workflow: Workflow) -> None:
    """Assert that the cells say what the table says, in its order, and nothing else."""
    diagram = extract(workflow)
    tables_read = cells_of(markdown(workflow))
    assert list(tables_read) == ["States", "Moves", "Guards", "Limits"]
    words = {state.name: state.words for state in diagram.states} | {diagram.start: "(start)"}

    for state, row in zip(diagram.states, tables_read["States"], strict=True):
        limits = "; ".join(limit.label for limit in state.limits)
        remark = "final" if state.final else "left at once" if state.passing else ""
        assert row == [shown(each) for each in (state.words, state.turn or "", limits, remark)]
    for move, row in zip(diagram.moves, tables_read["Moves"], strict=True):
        target = "(stays)" if move.stays else words[move.target]
        who = ", ".join(move.who) + WHEN[move.when]
        guards = ", ".join(guard.words for guard in move.guards)
        assert row[:5] == [shown(each) for each in (move.words, words[move.source], target, who, guards)]
        acts = (
            ("stops", [each for each in move.stops if each not in move.lifts]),
            ("lifts", [each for each in move.stops if each in move.lifts]),
            ("starts", move.starts),
            ("restarts", [each for each in move.restarts if each not in move.lifts]),
            ("puts off", [each for each in move.restarts if each in move.lifts]),
            ("extends", move.extends),
            ("fulfils", move.fulfils),
        )
        verbs = [f"{verb} {', '.join(limit.words for limit in limits)}" for verb, limits in acts if limits]
        assert row[5] == shown("; ".join(verbs))
        assert row[6] == " ".join(move.rules)
    for guard, row in zip(diagram.guards, tables_read["Guards"], strict=True):
        assert row[:2] == [shown(guard.name), shown(guard.sentence)]
        assert row[3] == " ".join(guard.rules)
    for limit, row in zip(diagram.limits, tables_read["Limits"], strict=True):
        assert row[:3] == [shown(limit.label), shown(limit.party), shown(limit.sentence)]
        assert ("if the contract sets it" in row[3]) == limit.optional
        assert all(shown(stage) in row[3] for stage in limit.chain)
        assert row[4] == " ".join(limit.rules)


@OURS
def test_our_tables_are_all_there(name: str) -> None:
    """The Markdown of each workflow has every state, row, guard and limit of its table, in words."""
    assert_all_there(process_named(name).workflow)


@given(tables())
def test_any_table_is_all_there(workflow: Workflow) -> None:
    """Whatever a table's names are, they stay in their cells and mean nothing to Markdown."""
    assert_all_there(workflow)


@given(tables())
def test_what_other_readers_of_markdown_take_for_theirs_is_escaped(workflow: Workflow) -> None:
    """No name is a role, a formula or a footnote to a reader that knows these."""
    assert not re.search(r"(?<!\\)(?:\\\\)*[{}$^]", markdown(workflow))


def test_a_row_reads_in_the_tables_own_order() -> None:
    """The row of an employer's approval: trigger, from, to, who may, guards, limits, rules (CR-08, IN-09)."""
    (row,) = (row for row in cells_of(markdown(EXTRA_SESSIONS))["Moves"] if row[0] == "approve")
    move = next(move for move in EXTRA_SESSIONS.moves if move.trigger == "approve")
    assert row == [
        "approve",
        "employer decision",
        "approved",
        "employer",
        ", ".join(guard.replace("_", " ") for guard in move.guards),
        "stops employer decision, whole path; starts relay",
        " ".join(move.rules),
    ]


def test_a_contract_gives_the_limits_their_numbers() -> None:
    """With the standard contract the limits carry its working days (CR-07, CR-08, CR-09, IN-05)."""
    found = cells_of(markdown(EXTRA_SESSIONS, figures=process_named("extra_sessions").figures(STANDARD)))
    assert [row[0] for row in found["Limits, by the contract standard, version 1"]] == [
        "further details",
        "clinical review, 5 working days",
        "employer decision, 7 working days",
        "whole path, up to 12 working days",
        "relay, 1 working day",
    ]


@pytest.mark.parametrize("seed", ["1", "2"])
def test_every_process_writes_the_same(seed: str) -> None:
    """The same table gives the same text to the letter, however a process orders its sets."""
    program = "from eap_workflow import diagrams, states; print(ascii(diagrams.markdown(states.EXTRA_SESSIONS)))"
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, text=True, env=environment)
    assert run.stdout.strip() == ascii(markdown(EXTRA_SESSIONS))
