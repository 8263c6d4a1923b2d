"""The index of tests is read as it was written."""

from __future__ import annotations

import json
from importlib.resources import files

from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.processes import NAMES
from eap_workflow.rules import How, Kind, Sight
from eap_workflow.rules.places import places
from eap_workflow.rules.shown import INDEX, as_lines, from_lines, showings

names = st.from_regex(r"[A-Za-z*_.]{1,20}", fullmatch=True)
sights = st.builds(Sight, st.sampled_from(Kind), names, st.sampled_from(How), st.sampled_from((None, *NAMES)))


@given(st.frozensets(sights))
def test_what_is_written_is_read_again(seen: frozenset[Sight]) -> None:
    """Any sights come back, and are written the same whatever order they come in."""
    lines = as_lines(seen)
    assert from_lines(lines) == seen
    assert as_lines(from_lines(reversed(lines))) == lines


def test_the_index_is_read_whole() -> None:
    """Every test of it, with every rule that it cites."""
    kept = json.loads(files("eap_workflow.rules").joinpath(INDEX).read_text(encoding="utf-8"))
    assert {each.name: [*each.seen] for each in showings()} == {name: entry["rules"] for name, entry in kept.items()}


def test_what_was_seen_are_places_of_the_rule() -> None:
    """Nothing is in the index that does not serve the rule under which it stands."""
    known = {(rule, place.kind, place.name, place.workflow) for rule, place in places()}
    seen = {
        (rule, sight.kind, sight.name, sight.workflow)
        for each in showings()
        for rule, found in each.seen.items()
        for sight in found
    }
    assert seen - known == set()


def test_a_sight_permits_or_refuses_or_neither() -> None:
    """No way of being seen is both."""
    every = [Sight(kind, "a", how) for kind in Kind for how in How]
    assert not [each for each in every if each.permits and each.refuses]
    assert {each.how for each in every if each.permits} == {How.PERMITTED, How.KEPT, How.ANSWERED}
    assert {each.how for each in every if each.refuses} == {How.REFUSED, How.DENIED, How.PASSED}
