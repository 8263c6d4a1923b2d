"""How long a limit is, as a policy file has it: in working days or in elapsed hours."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.errors import DefinitionError, PolicyError
from eap_workflow.terms import Term
from eap_workflow.terms.limits import TimeTerms

UNITS = {"working_days": 250, "elapsed_hours": 8760}
units = pytest.mark.parametrize(("unit", "most"), UNITS.items())


@units
def test_a_limit_is_in_one_unit_within_its_bounds(unit: str, most: int) -> None:
    """CM-05, IN-01: from one to a year of either; nothing, less, more, a bool or a text is refused by the key."""
    for length in (1, most):
        given_as: dict[str, Any] = {unit: length}
        assert getattr(TimeTerms(**given_as), unit) == length
    wrong: tuple[Any, ...] = (0, -1, most + 1, True, 1.0, "5")
    for length in wrong:
        with pytest.raises(PolicyError) as caught:
            TimeTerms(**{unit: length})
        assert caught.value.field == unit


@pytest.mark.parametrize("given_as", [{}, {"working_days": 1, "elapsed_hours": 24}, {"remind_before": 1}])
def test_a_limit_is_in_exactly_one_of_the_two(given_as: dict[str, int]) -> None:
    """CM-05: neither unit, or both, leaves open what is meant."""
    with pytest.raises(PolicyError, match="exactly one of working_days and elapsed_hours must be given"):
        TimeTerms(**given_as)


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("key", ["remind_before", "warn_before"])
@given(length=st.integers(1, 250), before=st.integers(1, 260))
def test_what_comes_before_the_end_comes_after_the_start(unit: str, key: str, length: int, before: int) -> None:
    """IN-13: a reminder or a warning is due strictly between start and end, in the unit of the limit, or is refused."""
    terms: dict[str, Any] = {unit: length, key: before}
    if before < length:
        assert getattr(TimeTerms(**terms), key) == before
        return
    with pytest.raises(PolicyError) as caught:
        TimeTerms(**terms)
    assert str(caught.value) == f"{key}: must be smaller than {unit}, which is {length}"


@pytest.mark.parametrize("wrong", [0, -1, True, "1", 8760])
def test_what_comes_before_the_end_is_a_number(wrong: Any) -> None:
    """IN-13: at least one working day, or one hour."""
    for key in ("remind_before", "warn_before"):
        given_as: dict[str, Any] = {"elapsed_hours": 8760, key: wrong}
        with pytest.raises(PolicyError) as caught:
            TimeTerms(**given_as)
        assert caught.value.field == key


@given(
    unit=st.sampled_from(tuple(UNITS)),
    length=st.integers(2, 250),
    before=st.none() | st.just(1),
    passed=st.sampled_from((("overdue",), ("overdue", "tell_wpo"), ())),
)
def test_it_is_given_as_limits_are_counted(unit: str, length: int, before: int | None, passed: tuple[str, ...]) -> None:
    """IN-13: the same numbers, and what the clock does when it has passed; nothing is due at its start."""
    given_as: dict[str, Any] = {unit: length}
    term = TimeTerms(**given_as, remind_before=before, warn_before=before).term(passed)
    assert getattr(term, unit) == length
    assert [getattr(term, other) for other in UNITS if other != unit] == [None]
    assert (term.remind_before, term.warn_before, term.stated_on) == (before, before, None)
    assert (term.at_start, term.when_passed) == ((), passed)


def test_a_limit_that_passes_is_overdue_and_decides_nothing() -> None:
    """IN-04: that is all that the clock does, unless the workflow says otherwise."""
    assert TimeTerms(working_days=5).term() == Term(working_days=5, when_passed=("overdue",))


def test_a_term_is_of_one_of_three_kinds() -> None:
    """TC-03, CM-05: working days, elapsed hours, or a stated day; a programmer who gives none or two is told."""
    refused: tuple[dict[str, Any], ...] = ({}, {"working_days": 1, "elapsed_hours": 1})
    for wrong in refused:
        with pytest.raises(DefinitionError, match="one of the three"):
            Term(**wrong)


def test_the_repr_says_what_was_written() -> None:
    """Numbers of a contract are configuration, and may be shown."""
    assert "working_days=5" in repr(TimeTerms(working_days=5))
