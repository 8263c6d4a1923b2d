"""Several workflows: each is found by its name, and a command finds the one that it is for."""

from __future__ import annotations

from typing import Any

import pytest

from eap_workflow.errors import DefinitionError, InvalidType, InvalidValue, Unknown
from eap_workflow.process_set import Processes
from eap_workflow.processes import NAMES, every_process, process_named
from eap_workflow.steps import Snapshot
from eap_workflow.store.memory import MemoryStore
from tests import lines
from tests.lines import handle

EXTRA_SESSIONS, CASE_REVIEW = process_named("extra_sessions"), process_named("case_review")


def drafted() -> Snapshot:
    """A request for extra sessions, as its first command left it."""
    (receipt,) = handle(lines.service(MemoryStore(EXTRA_SESSIONS)), lines.draft("XS-1"))
    return receipt.snapshot


def command(workflow: str, trigger: str) -> Any:
    """A command of a workflow, of which nothing but its type matters here."""
    return object.__new__(process_named(workflow).commands[trigger])


def test_each_is_found_by_its_name_in_the_order_in_which_it_was_given() -> None:
    """One is several too, and several stay as they are."""
    both = Processes(CASE_REVIEW, EXTRA_SESSIONS)
    assert both.names == ("case_review", "extra_sessions")
    assert list(both) == [CASE_REVIEW, EXTRA_SESSIONS]
    assert both.named("extra_sessions") is EXTRA_SESSIONS
    assert Processes.of(both) is both
    assert list(Processes.of(CASE_REVIEW)) == [CASE_REVIEW]
    with pytest.raises(Unknown, match="workflow: one of case_review, extra_sessions is needed here"):
        both.named("outreach")


def test_none_twice_and_no_process_are_refused() -> None:
    """A set is of one workflow at least, of each once, and of nothing else."""
    for given in ((), (CASE_REVIEW, CASE_REVIEW)):
        with pytest.raises(DefinitionError, match="one workflow at least is needed, and each of them once"):
            Processes(*given)
    wrong: Any
    for wrong in (None, "extra_sessions", type(CASE_REVIEW), CASE_REVIEW.workflow):
        with pytest.raises(InvalidType, match="process: a Process is needed"):
            Processes(wrong)


def test_what_is_asked_of_a_request_is_asked_of_its_own_workflow() -> None:
    """Its index, its steps added up, and none at all."""
    service = lines.service(MemoryStore(EXTRA_SESSIONS))
    handle(service, lines.filed("XS-1"))
    snapshot, trail = service.snapshot("XS-1"), service.trail("XS-1")
    every = every_process()
    assert every.replay(trail) == snapshot
    assert every.evolve(every.replay(trail[:-1]), trail[-1]) == snapshot
    assert every.index(snapshot).assist_case == EXTRA_SESSIONS.index(snapshot).assist_case is not None
    assert every.replay(()) is None
    with pytest.raises(Unknown, match="workflow"):
        Processes(CASE_REVIEW).replay(trail)


def test_a_command_is_for_the_workflow_of_its_request() -> None:
    """A request has its workflow: another one's command, or another name beside it, is refused."""
    every, snapshot = every_process(), drafted()
    assert every.asked_by(snapshot, command("extra_sessions", "submit")) is EXTRA_SESSIONS
    assert every.asked_by(snapshot, command("extra_sessions", "submit"), "extra_sessions") is EXTRA_SESSIONS
    for given in (
        (snapshot, command("case_review", "open_case")),
        (snapshot, command("extra_sessions", "submit"), "case_review"),
    ):
        with pytest.raises(InvalidValue, match="workflow: this request is of another workflow: extra_sessions"):
            every.asked_by(*given)


@pytest.mark.parametrize("workflow", NAMES)
def test_a_command_that_opens_a_request_tells_its_workflow(workflow: str) -> None:
    """Whoever opens a request need not name the workflow, and may; a name that is none of these is unknown."""
    process = process_named(workflow)
    (trigger,) = {move.trigger for move, _ in process.workflow.rows if move.source == process.workflow.start}
    opening = command(workflow, trigger)
    assert every_process().asked_by(None, opening) is process
    assert every_process().asked_by(None, opening, workflow) is process
    with pytest.raises(Unknown, match="workflow"):
        every_process().asked_by(None, opening, "planted")


def test_a_command_that_opens_no_request_says_that_none_is_open() -> None:
    """Several workflows extend limits, so the command alone tells of none of them; what matters is that nothing was opened."""
    shared = command("case_review", "extend_limit")
    with pytest.raises(InvalidType, match="command: the request has not been opened, and this command opens none"):
        every_process().asked_by(None, shared)
    # Where there is one workflow alone, it is the one that is meant, and refuses it by its own rules.
    assert Processes(CASE_REVIEW).asked_by(None, shared) is CASE_REVIEW


@pytest.mark.parametrize("kept", [("extra_sessions",), ("extra_sessions", "case_review")])
@pytest.mark.parametrize("is_open", [False, True])
def test_a_command_of_a_workflow_that_is_not_kept_says_what_is(kept: tuple[str, ...], *, is_open: bool) -> None:
    """Nobody is told to open a request with a draft who sent a command of another workflow to a store of some."""
    processes = Processes(*map(process_named, kept))
    with pytest.raises(InvalidValue, match=f"workflow: a command of what is kept here is needed: {', '.join(kept)}"):
        processes.asked_by(drafted() if is_open else None, command("session_cancellation", "withdraw"))


def test_a_command_of_a_class_of_ones_own_is_its_workflows() -> None:
    """A class derived from a command's is that command still."""
    own = type("Own", (EXTRA_SESSIONS.commands["withdraw"],), {})
    assert Processes.of(EXTRA_SESSIONS).asked_by(None, own()) is EXTRA_SESSIONS
