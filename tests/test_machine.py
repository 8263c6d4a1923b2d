"""A table put to work: lookup, binding of guards, fingerprint, and the one verdict."""

from __future__ import annotations

from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.errors import DefinitionError
from eap_workflow.machine import Workflow, rules_of
from eap_workflow.states import EXTRA_SESSIONS
from eap_workflow.table import About, Guard
from eap_workflow.values import Role
from eap_workflow.workflows import extra_sessions as xs
from tests.small_table import PARTS, PREDICATES, Asked, By, Letter, Now, small

LETTERS = small().bind(PREDICATES)
READER, WRITER = Now(by=By(role=Role.EMPLOYER)), Now(by=By(role=Role.CONSULTANT))


def test_a_table_finds_its_parts_by_name() -> None:
    """States, limits and rows are looked up by name; what is not there is a programmer's mistake, or no row."""
    assert LETTERS.state("sent").turn is Role.EMPLOYER
    assert LETTERS.state("sent").words == "sent"
    assert EXTRA_SESSIONS.state("clinical_review").words == "clinical review"
    assert LETTERS.limit("whole").chain == ("answer",)
    row = LETTERS.row("sent", "answer")
    assert row is not None
    assert row.target == "answered"
    assert LETTERS.row("sent", "write") is None
    assert LETTERS.move("sent", "answer", "answered") is row.move
    assert LETTERS.move("sent", "answer", "sent") is LETTERS.move("sent", "write", "sent") is None
    assert [move.trigger for move in LETTERS.moves_from("sent")] == ["answer", "remind"]
    assert LETTERS.triggers == ("write", "send", "post", "answer", "remind")
    assert [move for move, _ in LETTERS.rows] == list(LETTERS.moves)
    for look_up in (LETTERS.state, LETTERS.limit):
        with pytest.raises(DefinitionError, match="of this name"):
            look_up("lost")


def test_a_row_says_what_it_does_to_limits() -> None:
    """Starts, stops and extensions are read off a row apart."""
    moves = {move.trigger: move for move in EXTRA_SESSIONS.moves if move.source == "clinical_review"}
    assert moves["support"].stops == ("clinical_review",)
    assert moves["support"].starts == ("employer_decision",)
    assert moves["extend_limit"].extends == ("clinical_review", "whole_path")
    assert moves["extend_limit"].is_self_move
    assert not moves["support"].is_self_move


def test_guards_are_bound_one_to_one() -> None:
    """A missing and an unused predicate are both named."""
    with pytest.raises(DefinitionError) as caught:
        small().bind({"signed": PREDICATES["signed"], "sealed": PREDICATES["polite"]})
    assert str(caught.value) == (
        "the guards of letters are not bound one to one: without a predicate: polite; without a row: sealed"
    )


def test_a_table_whose_guards_are_not_bound_refuses_to_answer() -> None:
    """Nothing is permitted for want of a guard."""
    with pytest.raises(DefinitionError, match="not bound"):
        small().verdict(Letter(state="sent"), Asked(trigger="answer"), READER)


def test_a_binding_cannot_be_changed_afterwards() -> None:
    """What was bound is a copy, and read-only."""
    mine = dict(PREDICATES)
    bound = small().bind(mine)
    mine.clear()
    assert bound.predicates is not None
    assert bound.predicates.keys() == PREDICATES.keys()
    with pytest.raises(TypeError):
        bound.predicates["signed"] = PREDICATES["polite"]  # type: ignore[index]


def test_a_table_that_is_bound_anew_leaves_its_process() -> None:
    """A process decides by its own predicates; a table with others is a table by itself again."""
    owned = xs.PROCESS.workflow
    assert owned.process is xs.PROCESS
    assert owned.predicates is not None
    assert owned.bind(owned.predicates).process is None


def test_a_permitted_command_gets_the_row() -> None:
    """What is permitted names the row, and no reasons."""
    verdict = LETTERS.verdict(Letter(state="sent"), Asked(trigger="answer"), READER)
    assert verdict
    assert verdict.move is LETTERS.moves[3]
    assert (verdict.codes, verdict.triggers) == ((), ())


def test_a_refused_command_gets_every_reason_in_the_order_of_the_table() -> None:
    """Role, order and every guard are looked at, none instead of another."""
    letter = Letter(state="sent", at=5, signed=False)
    verdict = LETTERS.verdict(letter, Asked(trigger="answer", polite=False), WRITER)
    assert not verdict
    assert verdict.codes == ("role", "out_of_order", "signed", "polite")
    role, order, signed, polite = verdict.reasons
    assert (role.fields, role.rules) == (("by",), ("R-6",))
    assert role.sentence == "This move is made by: employer."
    assert (order.fields, order.rules) == (("at",), ("IN-13",))
    assert (signed.fields, signed.rules, signed.sentence) == (("signature",), ("R-3",), "The letter is signed.")
    assert polite.fields == ()


def test_a_trigger_that_the_state_has_not_is_refused_whoever_asks() -> None:
    """There is one reason, and what the actor may do instead."""
    verdict = LETTERS.verdict(Letter(state="written"), Asked(trigger="answer"), WRITER)
    assert verdict.codes == ("not_in_state",)
    assert "made from: sent" in verdict.reasons[0].sentence
    assert verdict.state == "written"
    assert verdict.triggers == ("send",)
    unheard_of = LETTERS.verdict(Letter(state="written"), Asked(trigger="burn"), WRITER)
    assert "made from: no state" in unheard_of.reasons[0].sentence


def test_what_is_not_there_yet_is_told_apart_from_what_is_elsewhere() -> None:
    """A trigger of a request that nobody opened has a code of its own: it is the id that is wrong, most likely."""
    verdict = LETTERS.verdict(None, Asked(trigger="answer"), WRITER)
    assert verdict.codes == ("not_opened",)
    assert verdict.state == "blank"
    assert verdict.triggers == ("write",)


def test_a_predicate_may_point_at_the_fields_that_stand_in_the_way() -> None:
    """What a predicate points at replaces the table's field; pointing at nothing leaves it."""

    def bound(pointed: tuple[str, ...]) -> Workflow:
        def signed(snapshot: Any, _command: Any, _context: Any) -> bool:
            return bool(snapshot.signed)

        signed.fields = lambda *_: pointed  # type: ignore[attr-defined]
        return small().bind({**PREDICATES, "signed": signed})

    letter = Letter(state="written", signed=False)
    pointing = bound(("signature.name", "signature.date")).verdict(letter, Asked(trigger="send"), WRITER)
    assert pointing.reasons[0].fields == ("signature.name", "signature.date")
    assert bound(()).verdict(letter, Asked(trigger="send"), WRITER).reasons[0].fields == ("signature",)


def test_permitted_triggers_look_at_everything_but_the_command() -> None:
    """A guard about the command does not hide a trigger, any other that is unmet does, and the clock is told none."""
    sent = Letter(state="sent", at=5)
    assert LETTERS.permitted_triggers(sent, attrs.evolve(READER, at=5)) == ("answer",)
    assert LETTERS.permitted_triggers(attrs.evolve(sent, signed=False), attrs.evolve(READER, at=5)) == ()
    assert LETTERS.permitted_triggers(sent, attrs.evolve(WRITER, at=5)) == ()
    assert LETTERS.permitted_triggers(sent, Now(by=By(role=Role.SYSTEM), at=5)) == ()
    assert LETTERS.permitted_triggers(sent, attrs.evolve(READER, at=4)) == ()


@given(st.booleans(), st.booleans(), st.sampled_from(Role), st.integers(-1, 1))
def test_a_verdict_is_the_sum_of_its_parts(signed: bool, polite: bool, role: Role, at: int) -> None:  # noqa: FBT001
    """Permitted if and only if role, order and each guard are met, one by one."""
    verdict = LETTERS.verdict(
        Letter(state="sent", signed=signed), Asked(trigger="answer", polite=polite), Now(by=By(role=role), at=at)
    )
    met = {"role": role is Role.EMPLOYER, "out_of_order": at >= 0, "signed": signed, "polite": polite}
    assert verdict.codes == tuple(code for code, is_met in met.items() if not is_met)
    assert verdict.permitted is all(met.values())


def test_a_fingerprint_identifies_what_a_table_permits() -> None:
    """It is the same for the same table, bound or not, and another one for any other."""
    assert small().fingerprint == LETTERS.fingerprint == small().fingerprint
    assert len(small().fingerprint) == 32
    others = (
        small(name="cards"),
        small(states=(*PARTS["states"][:-1], attrs.evolve(PARTS["states"][-1], turn=Role.EMPLOYER))),
        small(limits=(attrs.evolve(PARTS["limits"][0], party="provider"), PARTS["limits"][1])),
        small(guards=(PARTS["guards"][0], Guard("polite", About.ACTOR, "The answer is polite.", ("R-4",)))),
        small(moves=(attrs.evolve(PARTS["moves"][0], who=tuple(Role)), *PARTS["moves"][1:])),
    )
    assert len({small().fingerprint, *(other.fingerprint for other in others)}) == 1 + len(others)


def test_a_table_cites_its_rules_in_order() -> None:
    """Every id that a limit, a guard or a row cites, each once."""
    assert list(rules_of(LETTERS)) == ["R-1", "R-2", "R-3", "R-4", "R-5", "R-6"]


def test_a_table_cannot_be_changed() -> None:
    """A row is not exchanged in a table that was checked."""
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        LETTERS.moves = ()  # type: ignore[misc]
