"""The second half of the contract suite: each of its tests finds a store that is broken."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from eap_workflow.testing.outbox_and_record import OutboxAndRecordContract
from tests.testing.outbox_and_record_breakages import BREAKAGES, SHOWN_AS, BrokenStore

TESTS = {name.removeprefix("test_") for name in dir(OutboxAndRecordContract) if name.startswith("test_")}


def run_one(name: str, make: Callable[[], Any]) -> None:
    """Run a test of the contract on a store."""
    getattr(OutboxAndRecordContract(), f"test_{name}")(make())


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
    assert {name for _, name in BREAKAGES.values()} == TESTS
