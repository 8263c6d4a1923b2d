"""A table that is broken on purpose is caught by the property that is meant to, in the walk and in SPIN."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from eap_workflow import proof
from eap_workflow.proof.promela import model
from eap_workflow.proof.walking import Violation, walk
from tests.proof.bounds import DEEP
from tests.proof.mutants import MUTANTS, Mutant
from tests.proof.spin import needs_spin, verifier

EACH = pytest.mark.parametrize("mutant", MUTANTS, ids=str)
IN_SPIN = tuple(mutant for mutant in MUTANTS if mutant.in_spin and (mutant.everywhen or DEEP))


def _found(mutant: Mutant) -> Iterator[Violation]:
    subject = mutant.subject
    for world in subject.worlds(False):
        violation = walk(subject, world, until=mutant.killer).violations.get(mutant.killer)
        if violation is not None:
            yield violation


def test_there_are_mutants_of_every_workflow() -> None:
    """Ten broken tables at least are kept, SPIN is asked about ten of them in every run, and each workflow has some."""
    assert len(MUTANTS) >= 20
    assert sum(mutant.everywhen and mutant.in_spin for mutant in MUTANTS) >= 10
    assert {mutant.workflow for mutant in MUTANTS} == set(proof.NAMES)


@EACH
def test_the_walk_kills_every_mutant_by_name(mutant: Mutant) -> None:
    """The property that is meant to notice it does, and the path of triggers that leads there ends in what was broken."""
    violation = next(_found(mutant), None)
    assert violation is not None
    assert violation.broken.name == mutant.killer
    assert violation.path
    said = str(violation)
    assert said.startswith(f"{mutant.killer} does not hold ({violation.world})")
    assert all(str(arrow) in said for arrow in violation.path)


@needs_spin
@pytest.mark.parametrize("mutant", IN_SPIN, ids=str)
def test_spin_kills_every_mutant_by_name(mutant: Mutant) -> None:
    """The same property fails in SPIN, and its trail reads as a path of triggers from the beginning."""
    about = mutant.subject
    claimed = tuple(each for each in about.properties if each.name == mutant.killer)
    with verifier(model(about.process.workflow, proof.meaning(mutant.workflow), claimed)) as spin:
        finding = spin.check(mutant.killer)
    assert not finding.holds
    assert finding.path is not None
    assert finding.path[0].move.source == about.process.workflow.start
    for one, following in zip(finding.path, finding.path[1:], strict=False):
        assert one.move.target == following.move.source
    assert all(f"{trigger} (" in str(finding) for trigger in finding.triggers)


def test_properties_are_named_once_and_cite_rules() -> None:
    """Each property has a name of its own, a sentence and rule ids, and something that checks it."""
    for name in proof.NAMES:
        properties = proof.subject(name).properties
        assert len({each.name for each in properties}) == len(properties)
        for each in properties:
            assert each.sentence.endswith(".")
            assert each.rules
            assert each.at or each.on or each.over or each.ltl
            assert each.ltl or not each.by_rows
