"""What makes a table sound: each check has a table that breaks it, and every mistake of a table is named at once."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from eap_workflow.errors import DefinitionError
from eap_workflow.states import EXTRA_SESSIONS
from eap_workflow.table import About, Extend, Fulfil, Guard, Limit, Move, Restart, Start, State, Stop, When
from eap_workflow.table_checks import CHECKS, problems
from eap_workflow.values import Role
from tests.small_table import CLOCK, PARTS, READER, WRITER, small

STATES, LIMITS, GUARDS, MOVES = PARTS["states"], PARTS["limits"], PARTS["guards"], PARTS["moves"]


def _with(trigger: str, **changes: Any) -> dict[str, Any]:
    """The rows, with one of them changed."""
    return {"moves": tuple(attrs.evolve(move, **changes) if move.trigger == trigger else move for move in MOVES)}


def _more(*moves: Move) -> dict[str, Any]:
    return {"moves": (*MOVES, *moves)}


REREAD = Move("reread", "sent", "sent", READER, (), (), ("R-6",))


def test_a_limit_that_is_started_anew_runs_in_some_requests_of_a_state() -> None:
    """TC-04: a limit that a row starts when it is needed may run in a state, or not; no other may."""
    limits = (*LIMITS, Limit("nudge", "employer", "Nudged.", ("R-7",), occasional=True))
    states = (STATES[0], STATES[1], State("sent", Role.EMPLOYER, ("answer", "whole", "nudge")), STATES[3])
    nudge = Move("nudge", "sent", "sent", READER, (), (Restart("nudge"),), ("R-7",))
    answer = _with("answer", limits=(*MOVES[3].limits, Stop("nudge")))["moves"]
    assert small(limits=limits, states=states, moves=(*answer, nudge)).row("sent", "nudge")
    with pytest.raises(DefinitionError, match="leaves answer, whole running, and state sent runs answer, nudge, whole"):
        small(limits=(*LIMITS, attrs.evolve(limits[2], occasional=False)), states=states, moves=(*answer, nudge))


BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "a limit started anew where it never runs": (
        _more(Move("ask", "written", "written", WRITER, (), (Restart("answer"),), ("R-6",))),
        "row (written, ask) starts answer anew, which never runs before it",
    ),
    "a limit fulfilled where it does not run": (
        _more(Move("ask", "written", "written", WRITER, (), (Fulfil("answer"),), ("R-6",))),
        "row (written, ask) fulfils answer, which does not run",
    ),
    "a sum started anew": (
        _more(attrs.evolve(REREAD, limits=(Restart("whole"),))),
        "row (sent, reread) starts whole anew, which is a sum",
    ),
    "a state twice": ({"states": (*STATES, State("written"))}, "the state written is there 2 times"),
    "the start as a state": ({"start": "written"}, "the state written is there 2 times"),
    "a guard twice": ({"guards": (*GUARDS, GUARDS[0])}, "the guard signed is there 2 times"),
    "a limit twice": ({"limits": (*LIMITS, LIMITS[0])}, "the limit answer is there 2 times"),
    "two rows": (
        _more(Move("answer", "sent", "sent", READER, (), (), ("R-6",))),
        "the row (sent, answer) is there 2 times",
    ),
    "from nowhere": (
        _more(attrs.evolve(REREAD, source="lost")),
        "row (lost, reread) names an unknown state to leave, lost",
    ),
    "to nowhere": (
        _more(attrs.evolve(REREAD, target="lost")),
        "row (sent, reread) names an unknown state to enter, lost",
    ),
    "back to the start": (
        _more(attrs.evolve(REREAD, target="blank")),
        "row (sent, reread) names an unknown state to enter, blank",
    ),
    "an unknown guard": (_with("send", guards=("sealed",)), "row (written, send) names an unknown guard, sealed"),
    "an unknown limit in a row": (
        _with("post", limits=(*MOVES[2].limits, Start("rest"))),
        "row (franked, post) names an unknown limit, rest",
    ),
    "an unknown limit in a state": (
        {"states": (State("written", None, ("rest",)), *STATES[1:])},
        "state written names an unknown limit, rest",
    ),
    "an unknown stage": (
        {"limits": (LIMITS[0], attrs.evolve(LIMITS[1], chain=("answer", "rest")))},
        "limit whole names an unknown limit, rest",
    ),
    "an idle guard": (
        {"guards": (*GUARDS, Guard("sealed", About.ACTOR, "Sealed.", ("R-9",)))},
        "guard sealed is used by no row",
    ),
    "an idle limit": (
        {"limits": (*LIMITS, Limit("rest", "employer", "Rest.", ("R-9",)))},
        "limit rest runs in no state",
    ),
    "nobody's row": (_with("write", who=()), "row (blank, write) names no role"),
    "a row without a rule": (_with("write", rules=()), "row (blank, write) cites no rule"),
    "an island": ({"states": (*STATES, State("lost", final=True))}, "state lost cannot be reached"),
    "a dead end": (
        {
            "states": (*STATES, State("lost")),
            **_more(Move("lose", "written", "lost", WRITER, (), (), ("R-5",))),
        },
        "from state lost no final state can be reached",
    ),
    "a way back": (
        _more(Move("reopen", "answered", "written", WRITER, (), (), ("R-5",))),
        "row (answered, reopen) leads out of a final state",
    ),
    "a person's hand on a limit in a final state": (
        _more(Move("frame", "answered", "answered", WRITER, (), (Stop("answer"),), ("R-5",))),
        "row (answered, frame) touches a limit in a final state, where only the clock's still run",
    ),
    "a limit that does not run is stopped": (
        _with("send", limits=(Stop("answer"),)),
        "row (written, send) stops or extends answer, which does not run",
    ),
    "a limit that does not run is extended": (
        _with("send", limits=(Extend("answer"),)),
        "row (written, send) stops or extends answer, which does not run",
    ),
    "a limit that runs is started": (
        _with("remind", limits=(Start("answer"),)),
        "row (sent, remind) starts answer, which runs already",
    ),
    "a limit is left running": (
        _with("answer", limits=(Stop("answer"),)),
        "row (sent, answer) leaves whole running, and state answered runs none",
    ),
    "a limit is not started": (
        _with("post", limits=(Start("answer"),)),
        "row (franked, post) leaves answer running, and state sent runs answer, whole",
    ),
    "the clock's move by a person": (
        _with("remind", who=READER),
        "row (sent, remind) is made when due, and the system may not make it",
    ),
    "a move at once that asks who acts": (
        _with("post", guards=("signed",)) | {"guards": (Guard("signed", About.ACTOR, "Signed.", ("R-2",)),)},
        "row (franked, post) is made at once, and signed looks at who acts",
    ),
    "a passing state without a way on at once": (
        _with("post", when=When.ASKED),
        "state franked is passed at once, and has to be left by moves that are made at once alone",
    ),
    "a passing state that a person leaves": (
        _more(Move("stop", "franked", "answered", WRITER, (), (), ("R-5",))),
        "state franked is passed at once, and has to be left by moves that are made at once alone",
    ),
    "a circle at once": (
        _more(
            Move("return", "sent", "franked", CLOCK, (), (Stop("answer"), Stop("whole")), ("R-5",), when=When.AT_ONCE)
        ),
        "moves that are made at once lead from state franked back to it",
    ),
    "a role twice": (_with("write", who=WRITER * 2), "row (blank, write): the role consultant is there 2 times"),
    "a guard twice in a row": (
        _with("send", guards=("signed", "signed")),
        "row (written, send): the guard signed is there 2 times",
    ),
    "a limit twice in a row": (
        _with("answer", limits=(*MOVES[3].limits, Stop("answer"))),
        "row (sent, answer): the limit answer is there 2 times",
    ),
    "a sum of sums": (
        {"limits": (LIMITS[0], attrs.evolve(LIMITS[1], chain=("answer", "whole")))},
        "limit whole chains a limit that is a sum itself",
    ),
    "a sum before its stage": (
        _with("post", limits=(Start("whole"), Start("answer"))),
        "row (franked, post) starts whole, and not one of its stages before it",
    ),
    "a sum of two stages that start together": (
        {
            "states": (*STATES[:2], State("sent", Role.EMPLOYER, ("answer", "rest", "whole")), STATES[3]),
            "limits": (
                LIMITS[0],
                Limit("rest", "employer", "Rest.", ("R-9",)),
                attrs.evolve(LIMITS[1], chain=("answer", "rest")),
            ),
            **_with("post", limits=(Start("answer"), Start("rest"), Start("whole"))),
        },
        "row (franked, post) starts whole, and not one of its stages before it",
    ),
    "a sum extended before its stage": (
        _with("remind", limits=(Extend("whole"), Extend("answer"))),
        "row (sent, remind) extends whole, and not one of its stages before it",
    ),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_table_is_refused_and_told_why(name: str) -> None:
    """Each kind of mistake is named, with the row or the state that it is in."""
    changes, sentence = BROKEN[name]
    with pytest.raises(DefinitionError) as caught:
        small(**changes)
    assert sentence in str(caught.value)
    assert str(caught.value).startswith("the table letters is not sound: ")


def test_every_check_has_a_table_that_breaks_it() -> None:
    """No check is there that no table of these breaks."""
    silent = set(CHECKS)
    for changes, _ in BROKEN.values():
        table = object.__new__(type(EXTRA_SESSIONS))
        for part, value in (PARTS | changes).items():
            object.__setattr__(table, part, value)
        silent -= {check for check in CHECKS if list(check(table))}
    assert silent == set()


def test_a_table_is_told_everything_at_once() -> None:
    """The error lists all that is wrong, so that one build mends a table."""
    with pytest.raises(DefinitionError) as caught:
        small(
            states=(*STATES, State("lost")),
            guards=(*GUARDS, Guard("sealed", About.ACTOR, "Sealed.", ("R-9",))),
            **_with("write", who=(), rules=()),
        )
    for sentence in (
        "state lost cannot be reached",
        "from state lost no final state can be reached",
        "guard sealed is used by no row",
        "row (blank, write) names no role",
        "row (blank, write) cites no rule",
    ):
        assert sentence in str(caught.value)


def test_a_sound_table_has_no_problems() -> None:
    """Neither the small table nor the real one is found fault with; the clock may move within a final state."""
    assert problems(small()) == ()
    assert problems(EXTRA_SESSIONS) == ()
    archive = Move("archive", "answered", "answered", CLOCK, (), (), ("R-5",), when=When.WHEN_DUE)
    assert problems(small(**_more(archive))) == ()


def test_a_self_move_may_end_a_limit_for_good() -> None:
    """A move from a state to itself may stop a limit of the state, as relaying an outcome does."""
    give_up = Move("give_up", "sent", "sent", (Role.EMPLOYER,), (), (Stop("whole"),), ("R-6",))
    assert problems(small(**_more(give_up))) == ()
