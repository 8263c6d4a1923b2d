"""Trails that our real core made, of every workflow, some ended and some not; each row of each table is in an ended one at least.

They are walked at random, from a fixed seed. Each is shy of some triggers, which it hardly ever asks for: that leads to where a
walk that takes whatever is permitted never comes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from functools import cache
from itertools import count
from pathlib import Path
from random import Random  # noqa: TID251 - seeded

import attrs

from eap_workflow import event_logs, proof
from eap_workflow.adopting import read_adoption
from eap_workflow.cli import run as running
from eap_workflow.errors import REFUSALS
from eap_workflow.policy_book import PolicyBook
from eap_workflow.policy_file import load_policies
from eap_workflow.processes import NAMES, every_process
from eap_workflow.proof.walking import BEGINNING, Letter, Subject, World, after
from eap_workflow.service import Service
from eap_workflow.steps import Snapshot, Step
from eap_workflow.store.memory import MemoryStore
from eap_workflow.values import Reference

Trail = tuple[Step, ...]
Made = tuple[tuple[Step, ...], Snapshot | None, datetime]
EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
LONGEST = 60
ENOUGH = 60
"""So many different trails of a workflow are enough once every row is taken."""


@cache
def trails(name: str) -> tuple[Trail, ...]:
    """Trails of a workflow, no two of the same rows, each of a request of its own."""
    subject, random = proof.subject(name), Random(1)  # noqa: S311 - nothing secret
    worlds = subject.worlds(False)
    rows = {(move.source, move.trigger) for move in subject.process.workflow.moves}
    taken: set[tuple[str, str]] = set()
    found: dict[tuple[str, ...], Trail] = {}
    for number in count(1):
        if taken == rows and len(found) >= ENOUGH:
            return tuple(found.values())
        steps = _walk(subject, worlds[number % len(worlds)], random)
        key = tuple(step.trigger for step in steps)
        is_ended = bool(steps) and _is_final(subject, steps)
        new = {(step.source, step.trigger) for step in steps if is_ended} - taken
        if steps and key not in found and (new or len(found) < ENOUGH):
            found[key] = tuple(attrs.evolve(step, request=Reference(f"R-{number}")) for step in steps)
            taken |= new
    raise AssertionError


def ended(name: str) -> tuple[Trail, ...]:
    """Those of them that have ended."""
    return tuple(trail for trail in trails(name) if _is_final(proof.subject(name), trail))


def _is_final(subject: Subject, trail: Sequence[Step]) -> bool:
    return subject.process.workflow.state(trail[-1].target).final


def _walk(subject: Subject, world: World, random: Random) -> Trail:
    workflow = subject.process.workflow
    shy = {trigger for trigger in workflow.triggers if random.random() < 0.4}
    patience = random.random()
    steps: Trail = ()
    snapshot: Snapshot | None = None
    at = BEGINNING
    letters = subject.letters(world, False)
    for _ in range(LONGEST):
        if steps and _is_final(subject, steps) and random.random() < 0.3:
            break
        state = workflow.start if snapshot is None else snapshot.state
        asked: list[Letter | None] = [
            each
            for each in random.sample(letters, len(letters))
            if workflow.row(state, each.trigger) and (each.trigger not in shy or not steps or random.random() < 0.1)
        ]
        if snapshot is not None:
            asked.insert(0 if random.random() < patience else len(asked), None)
        made = next(_accepted(subject, world, snapshot, at, asked), None)
        if made is None:
            break
        new, snapshot, at = made
        steps += new
    return steps


def _accepted(
    subject: Subject, world: World, snapshot: Snapshot | None, at: datetime, asked: Sequence[Letter | None]
) -> Iterator[Made]:
    return (made for each in asked if (made := after(subject, world, snapshot, at, each)) is not None)


@cache
def of_the_examples() -> tuple[Trail, ...]:
    """The trails of the four example files, and of the requests that they take over: one store of every workflow."""
    policies = (
        PolicyBook.standard()
        | load_policies(EXAMPLES / "contracts.toml")
        | load_policies(EXAMPLES / "case_review.toml")
    )
    processes = every_process()
    service = Service(MemoryStore(processes), policies=policies)
    for file in (EXAMPLES / "practice.jsonl", *(EXAMPLES / f"{name}.jsonl" for name in NAMES[1:])):
        workflow = file.stem if file.stem in NAMES else NAMES[0]
        with file.open("rb") as lines:
            for _ in running.run(service, lines, running.Totals(), processes=every_process(workflow)):
                pass
    for line in (EXAMPLES / "adopted.jsonl").read_text(encoding="utf-8").splitlines():
        with suppress(*REFUSALS):
            service.adopt(read_adoption(processes, json.loads(line)))
    with service.store.reading() as transaction:
        return tuple(event_logs.trails(transaction, processes))
