"""What a policy is given is taken as it is meant, for good; what cannot be taken is left for the checks."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.plain.frozen_map import FrozenMap
from eap_workflow.terms.giving import NAMED_KEYS, as_named_days, as_names, as_names_by_name

names = st.text("abc_", min_size=1, max_size=4)
UNUSABLE: tuple[Any, ...] = (None, 5, "couples", {"couples"}, object())


@given(st.lists(names))
def test_a_list_of_names_is_kept_as_a_tuple(listed: list[str]) -> None:
    """A list that changes afterwards changes nothing; a tuple is taken as it is."""
    kept = as_names(listed)
    assert kept == tuple(listed)
    listed.append("later")
    assert "later" not in kept
    assert as_names(kept) is kept


@pytest.mark.parametrize("wrong", UNUSABLE)
def test_what_is_no_list_is_left_for_the_checks(wrong: Any) -> None:
    """They refuse it by the name of its key; a text is never taken apart into letters."""
    assert as_names(wrong) is wrong


@given(st.dictionaries(names, st.lists(names)))
def test_lists_by_name_are_kept_for_good(table: dict[str, list[str]]) -> None:
    """Neither the table nor a list in it can be changed from outside afterwards."""
    kept = as_names_by_name(table)
    expected = {key: tuple(listed) for key, listed in table.items()}
    table["later"] = []
    for listed in table.values():
        listed.append("later")
    assert isinstance(kept, FrozenMap)
    assert kept == expected


@given(days=st.dictionaries(st.dates(), names), written=st.booleans())
def test_days_are_kept_by_their_iso_form(days: dict[date, str], *, written: bool) -> None:
    """However they were given, as dates or as text, they are the same days in the same order."""
    given_as: dict[Any, str] = {day.isoformat() if written else day: name for day, name in days.items()}
    kept = as_named_days(given_as)
    assert isinstance(kept, FrozenMap)
    assert list(kept.items()) == [(day.isoformat(), name) for day, name in days.items()]


def test_a_key_that_is_no_date_is_left_for_the_checks() -> None:
    """They refuse it by the name of its key, rather than with an error of ours."""
    wrong: Any = {1: "Office closed"}
    assert as_named_days(wrong) == wrong


@pytest.mark.parametrize("wrong", [None, 5, ("2026-12-29",), ["2026-12-29"], "2026-12-29"])
def test_what_is_no_table_is_left_for_the_checks(wrong: Any) -> None:
    """Nothing is made up of it."""
    assert as_named_days(wrong) is wrong
    assert as_names_by_name(wrong) is wrong


def test_the_keys_of_such_a_table_may_be_named() -> None:
    """They are configuration, so an error of a file may say which one is wrong."""
    assert NAMED_KEYS == {"name_keys": True}
