"""A name that nobody knows is answered with the one that was probably meant, in one sentence everywhere."""

from __future__ import annotations

import time

import pytest

from eap_workflow.plain.slips import did_you_mean, unknown_keys

KEYS = ("role", "id", "practice")


@pytest.mark.parametrize("given", ["praktice", "practise", "Practice"])
def test_the_nearest_name_is_asked_for(given: str) -> None:
    """A letter more, less, or another one."""
    assert did_you_mean([given], KEYS) == ", did you mean practice?"


def test_of_several_the_first_that_is_near_a_name_is_asked_about() -> None:
    """What is no text, or far from every name, is passed over."""
    assert did_you_mean([3, None, "zzzz", "rol", "practise"], KEYS) == ", did you mean role?"
    assert not did_you_mean([3, None, "zzzz"], KEYS)
    assert not did_you_mean([], KEYS)


@pytest.mark.parametrize("known", [["case", "cast"], ["cast", "case"]])
def test_of_names_that_are_as_near_always_the_same_is_asked_for(known: list[str]) -> None:
    """The answer to a slip hangs on no order, as that of a set, which is another in each process."""
    assert did_you_mean(["casa"], known) == ", did you mean cast?"


def test_a_long_name_costs_nothing() -> None:
    """It is no slip, and comparing it would take a sender's time for ours."""
    began = time.perf_counter()
    assert not did_you_mean(["practice" * 100_000], KEYS)
    assert unknown_keys(["practice" * 100_000] * 50, KEYS).startswith("50 unknown keys (allowed")
    assert time.perf_counter() - began < 1


def test_what_came_in_is_not_repeated() -> None:
    """The sentence has the names that are known, and counts the others."""
    assert unknown_keys(["planted"], KEYS) == "unknown key (allowed: role, id, practice)"
    assert unknown_keys(["planted", "rol"], KEYS, of="draft") == (
        "2 unknown keys, did you mean role? (allowed with draft: role, id, practice)"
    )
