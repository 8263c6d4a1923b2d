"""What the system's moves mean: each that is named is one of a table, and a limit is named where the step names one."""

from __future__ import annotations

from eap_workflow.processes import NAMES, every_process
from eap_workflow.values import Role
from eap_workflow.views.said import OF_A_LIMIT, SAID, said_of
from tests.diagrams.drawn import trails_of


def test_every_move_that_is_explained_is_one_that_the_system_makes() -> None:
    """None is misspelt, and none is somebody else's alone."""
    moves = [move for process in every_process() for move in process.workflow.moves]
    assert {move.trigger for move in moves if Role.SYSTEM in move.who} >= {*OF_A_LIMIT, *SAID}


def test_a_limit_is_named_before_what_is_said_of_it() -> None:
    """A reminder says of what; a move whose name says enough has nothing said of it."""
    steps = [step for name in NAMES for trail in trails_of(name).values() for step in trail]
    said = {(step.trigger, step.limit): said_of(step) for step in steps}
    assert said["overdue", "employer_decision"] == "employer decision: the limit has passed"
    assert said["relay", "relay"] == "the outcome is relayed"
    assert {trigger for (trigger, _), words in said.items() if words} == {*OF_A_LIMIT, *SAID}
