"""The same tables in SPIN: the same properties, as formulas."""

from __future__ import annotations

import pytest

from eap_workflow import proof
from eap_workflow.proof.promela import TOGETHER, UNREACHED
from tests.proof.bounds import DEEP
from tests.proof.spin import Verifier, needs_spin, verifier

NAMES = pytest.mark.parametrize("name", proof.NAMES)


def _asked(spin: Verifier) -> tuple[str, ...]:
    """The formulas that say what holds at every moment in one, so that one search is enough, and each of the others."""
    model = spin.model
    return (TOGETHER, *(name for name in model.claims if name not in model.joined))


@needs_spin
@NAMES
@pytest.mark.parametrize("rows_alone", [False, True], ids=["with meanings", "the rows alone"])
def test_spin_finds_every_property_to_hold(name: str, rows_alone: bool) -> None:  # noqa: FBT001
    """The formulas hold; claims that must fail do; every row was taken."""
    model = proof.promela(name, full=DEEP, rows_alone=rows_alone)
    with verifier(model) as spin:
        for claim in _asked(spin):
            finding = spin.check(claim)
            assert finding.holds, str(finding)
            print(f"{name}, {claim}: {finding.states} states, {finding.transitions} transitions")  # noqa: T201
        for claim in model.wrong if DEEP else model.wrong[-1:]:
            finding = spin.check(claim)
            assert not finding.holds, f"{claim} holds: the model does nothing"
            assert finding.path is not None
            assert finding.path[-1].move.target == claim.removeprefix(UNREACHED)
        if rows_alone and not DEEP:
            return
        stuck = spin.check(None)
        assert stuck.holds, str(stuck)
        rows = {(option.move.source, option.move.trigger) for option in model.options}
        taken = {(each.move.source, each.move.trigger) for each in model.options if each not in stuck.untaken}
        assert taken == rows == {(move.source, move.trigger) for move in proof.subject(name).process.workflow.moves}


@NAMES
def test_a_model_has_every_property_that_has_a_formula(name: str) -> None:
    """What a property claims of the table stands in the model under the property's own name."""
    properties = proof.subject(name).properties
    assert proof.promela(name).claims == tuple(each.name for each in properties if each.ltl)
    assert proof.promela(name, rows_alone=True).claims == tuple(each.name for each in properties if each.by_rows)
    assert proof.promela(name, full=True).text != proof.promela(name).text


@NAMES
def test_meanings_name_what_the_table_has(name: str) -> None:
    """A meaning of a guard, a choice, an effect or a limit that the table does not have would mean nothing."""
    workflow, meaning = proof.subject(name).process.workflow, proof.meaning(name)
    assert meaning.guards.keys() <= {guard.name for guard in workflow.guards}
    assert (meaning.choices.keys() | meaning.effects.keys()) <= set(workflow.triggers)
    assert meaning.clock.keys() <= {limit.name for limit in workflow.limits}
    assert meaning.scheduled.keys() <= {trigger for each in meaning.clock.values() for trigger in each}


@NAMES
def test_a_trail_reads_as_moves(name: str) -> None:
    """Only the marks that the moves leave are read of what SPIN prints."""
    model = proof.promela(name)
    assert model.path("spin: trail ends after 3 steps\n @row 0\n      @row 2\n@row 1 and more") == (
        model.options[0],
        model.options[2],
    )
