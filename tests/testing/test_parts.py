"""The parts of the contract suite that have a module each: each of their tests finds a store that is broken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from eap_workflow.testing.in_turn import InTurnContract
from eap_workflow.testing.outbox import OutboxContract
from eap_workflow.testing.reading import ReadingContract
from eap_workflow.testing.record import RecordContract
from tests.testing.breakages import BREAKAGES, SHOWN_AS, BrokenStore

PARTS = (InTurnContract, OutboxContract, ReadingContract, RecordContract)
TESTS = {name.removeprefix("test_"): part for part in PARTS for name in dir(part) if name.startswith("test_")}


def run_one(name: str, make: Callable[[], Any]) -> None:
    """Run a test of the contract on a store."""
    getattr(TESTS[name](), f"test_{name}")(make())


@pytest.mark.parametrize("name", sorted(TESTS))
def test_a_wrapped_store_that_is_not_broken_passes(name: str) -> None:
    """It is the other answer that a test notices, and not that something stands between."""
    run_one(name, BrokenStore)


@pytest.mark.parametrize("breakage", BREAKAGES)
def test_a_broken_store_is_caught(breakage: str) -> None:
    """Each way to be broken makes the test fail that is there for it."""
    make, name = BREAKAGES[breakage]
    with pytest.raises((AssertionError, pytest.fail.Exception, *SHOWN_AS.get(breakage, ()))):
        run_one(name, make)


def test_every_test_of_the_contract_catches_a_broken_store() -> None:
    """No test of the contract passes whatever a store does."""
    assert {name for _, name in BREAKAGES.values()} == set(TESTS)
