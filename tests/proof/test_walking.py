"""Everything that can become of a request, walked with the real core."""

from __future__ import annotations

from collections.abc import Hashable
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eap_workflow import proof
from eap_workflow.errors import Refused
from eap_workflow.proof.walking import BEGINNING, DAY, WAIT, Walk, after, context_of
from tests.proof.bounds import DEEP

NAMES = pytest.mark.parametrize("name", proof.NAMES)
LONGEST = 25
SOME = 40


@NAMES
def test_every_property_holds_everywhere(name: str) -> None:
    """Walked completely, with the real core.

    Every row of the table is taken under one contract at least, so that nothing holds for want of trying. On the same walks:
    a request that came another way, at another time, to a place with the same key may do the same and comes to the same;
    what the clock has to do comes before a command; and what has no row is refused.
    """
    walks: list[Walk] = []
    found = proof.prove(name, full=DEEP, each=walks.append)
    assert found.holds, "\n".join((*map(str, found.violations), *map(str, found.untaken)))
    assert found.properties == proof.subject(name).properties
    assert [each.world for each in found.walked] == [made.world.name for made in walks]
    for each in found.walked:
        print(f"{name}, {each.world}: {each.places} places, {each.arrows} arrows, {each.steps} steps")  # noqa: T201
    for made in walks if not DEEP else walks[:: max(1, len(walks) // 4)]:
        _check_keys(made)
        _check_days(made)
    _check_refusals(walks[-1])


def _check_keys(made: Walk) -> None:
    """Walk at random, from another day on, and compare each place with the one that was walked in its stead."""
    subject, world = made.subject, made.world
    letters = {each.name: each for each in subject.letters(world, DEEP)} | {WAIT: None}

    @settings(max_examples=100 if DEEP else 3, database=None, derandomize=True, deadline=None)
    @given(later=st.integers(1, 400), data=st.data())
    def compare(later: int, data: st.DataObject) -> None:
        snapshot, at = None, BEGINNING + timedelta(days=later)
        key: Hashable = subject.process.workflow.start
        for _ in range(LONGEST):
            arrows = {arrow.letter: arrow for arrow in made.arrows[key]}
            state = made.places[key].state
            found = {
                name: after(subject, world, snapshot, at, each)
                for name, each in letters.items()
                if each is None or subject.process.workflow.row(state, each.trigger) is not None
            }
            assert {name for name, one in found.items() if one is not None} == set(arrows)
            for name, one in found.items():
                if one is not None:
                    assert tuple(step.trigger for step in one[0]) == arrows[name].triggers
                    where = key if one[1] is None else (one[1].state, subject.key(world, one[1], one[2]))
                    assert where == arrows[name].target
            chosen = found[data.draw(st.sampled_from(sorted(arrows)))]
            assert chosen is not None
            snapshot, at = chosen[1], chosen[2]
            if snapshot is not None:
                key = (snapshot.state, subject.key(world, snapshot, at))

    compare()


def _check_refusals(made: Walk) -> None:
    """What is left out of a state because the state has no row for it is refused by the core."""
    subject, world = made.subject, made.world
    one_of_each = {place.state: place for place in made.places.values()}
    tried = 0
    for place in one_of_each.values():
        for each in subject.letters(world, DEEP):
            if subject.process.workflow.row(place.state, each.trigger) is None:
                command = each.command(place.snapshot, place.at)
                with pytest.raises(Refused):
                    subject.process.decide(place.snapshot, command, context_of(world, each, place.at))
                tried += 1
    assert tried > len(one_of_each)


def _check_days(made: Walk) -> None:
    """A command after a day that nobody looked at does what it does after the clock was caught up."""
    subject, world = made.subject, made.world
    compared = 0
    for place in list(made.places.values())[1 :: max(1, len(made.places) // SOME)]:
        waited = after(subject, world, place.snapshot, place.at, None)
        assert waited is not None
        for each in subject.letters(world, DEEP) if waited[0] else ():
            following = after(subject, world, waited[1], waited[2], each)
            if following is not None:
                context = context_of(world, each, place.at + DAY)
                steps = subject.process.decide(place.snapshot, each.command(waited[1], waited[2]), context)
                assert steps == (*waited[0], *following[0])[: len(steps)]
                compared += 1
    assert compared or not any(place.snapshot and place.snapshot.clock for place in made.places.values())
