"""Names of statements: for what comes again, so many and no more, and those first forgotten that were used the longest ago."""

from __future__ import annotations

from itertools import count

import pytest

from eap_workflow.store.sql import prepared
from eap_workflow.store.sql.prepared import PREFIX, Prepared


def named(prepared: Prepared, statement: str) -> bytes:
    """Let a statement have a name that it does not have yet."""
    name = prepared.new_name(statement)
    assert name is not None
    prepared.keep(statement, name)
    return name


def test_what_comes_again_gets_a_name() -> None:
    """A statement comes so many times without one; from then on it has the same, and none that the driver would give."""
    prepared = Prepared(2, 10)
    assert [prepared.new_name("a"), prepared.new_name("a")] == [None, None]
    name = named(prepared, "a")
    assert name.startswith(PREFIX.encode())
    assert prepared.name("a") == name
    assert prepared.name("b") is None


def test_a_name_that_was_not_kept_is_none() -> None:
    """A statement that could not be prepared is to be prepared by another name when it comes again."""
    prepared = Prepared(0, 10)
    first = prepared.new_name("a")
    assert prepared.name("a") is None
    assert first != prepared.new_name("a") is not None


def test_two_statements_never_have_the_same_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not even those of two processes, each of which counts from the beginning: a pooler may lead one to the other's server."""
    names = []
    for statement in ("a", "b"):
        monkeypatch.setattr(prepared, "_numbers", count())
        names.append(named(Prepared(0, 10), statement))
    assert names[0] != names[1]
    # PostgreSQL takes no more of a name.
    assert max(map(len, names)) + 10 < 64


def test_where_names_are_not_wanted_there_are_none() -> None:
    """However often a statement comes."""
    prepared = Prepared(None, 10)
    assert [prepared.new_name("a") for _ in range(9)] == [None] * 9


def test_too_many_are_given_up() -> None:
    """Those that were used the longest ago are given up, and can get a name anew."""
    prepared = Prepared(0, 2)
    first = named(prepared, "a")
    second = named(prepared, "b")
    assert prepared.let_go() == []
    assert prepared.name("a") == first
    named(prepared, "c")
    assert prepared.let_go() == prepared.let_go() == [second]
    prepared.drop([second])
    assert prepared.let_go() == []
    assert prepared.name("a") == first
    assert prepared.name("b") is None


def test_no_more_are_counted_than_are_kept() -> None:
    """Statements that never come again are not remembered for ever."""
    prepared = Prepared(1, 3)
    for number in range(9):
        assert prepared.new_name(str(number)) is None
    assert prepared.new_name("0") is None
    assert prepared.new_name("8") is not None


def test_only_what_the_server_has_is_retained() -> None:
    """What somebody else dropped is forgotten."""
    prepared = Prepared(0, None)
    kept, gone = named(prepared, "a"), named(prepared, "b")
    prepared.retain(frozenset({kept}))
    assert (prepared.name("a"), prepared.name("b")) == (kept, None)
    assert gone != kept
