"""The text that is written straight from a value is that of its plain form, character for character."""

from __future__ import annotations

from copy import copy
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from attrs import field, frozen
from hypothesis import given

from eap_workflow.errors import DefinitionError, EapWorkflowError
from eap_workflow.plain import canonical
from eap_workflow.plain.canonical import canonical_text
from eap_workflow.plain.json_text import canonical_json
from eap_workflow.plain.wire import to_wire
from tests.wire_samples import SAMPLE, Letter, Limit, Reminder, Role, Sender, letters

if TYPE_CHECKING:
    from collections.abc import Callable

NOT_WHAT_IT_SHOULD_BE: tuple[object, ...] = (
    None,
    True,
    1,
    1.5,
    "text",
    "half of a pair: \ud800",
    "NUL: \0",
    b"bytes",
    (),
    (1, "a"),
    [],
    {},
    frozenset(),
    frozenset({1}),
    date(2026, 1, 1),
    datetime(2026, 1, 1),  # noqa: DTZ001 - naive, as it should not be
    datetime(2026, 1, 1, tzinfo=UTC),
    datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))),
    time(9, 30),
    time(9, 30, tzinfo=UTC),
    "consultant",
    Role.CONSULTANT,
    object(),
)


def the_long_way(value: object) -> str:
    """Write a value by its plain form."""
    return canonical_json(to_wire(value))


def outcome(write: Callable[[object], str], value: object) -> str | tuple[type, tuple[object, ...]]:
    """What writing comes to: the text, or the error."""
    try:
        return write(value)
    except EapWorkflowError as error:
        return type(error), error.args


@given(letters)
def test_the_text_is_that_of_the_plain_form(letter: Letter) -> None:
    """Whatever a value holds, it is the same text as by the way of its plain form."""
    assert canonical_text(letter) == canonical_json(to_wire(letter))


@pytest.mark.parametrize("planted", NOT_WHAT_IT_SHOULD_BE, ids=map(str, range(len(NOT_WHAT_IT_SHOULD_BE))))
def test_what_is_not_as_it_should_be_is_refused_alike(planted: object) -> None:
    """With anything in any place, the text is the same, or the error with its path is."""
    held: Any
    for held in (SAMPLE, SAMPLE.sender, SAMPLE.limit):
        for attribute in attrs.fields(type(held)):
            odd = copy(held)
            object.__setattr__(odd, attribute.name, planted)
            whole: Any = copy(SAMPLE)
            for name in ("sender", "limit"):
                if type(held) is type(getattr(SAMPLE, name)):
                    object.__setattr__(whole, name, odd)
            for value in (odd, whole):
                assert outcome(canonical_text, value) == outcome(the_long_way, value)


def test_a_value_of_another_class_is_refused_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two classes with the same attributes, only the one that is declared is written."""

    @frozen(kw_only=True)
    class Other(Sender):
        pass

    monkeypatch.setattr(canonical, "canonical_json", lambda _data: pytest.fail("it was written"))
    odd = copy(SAMPLE)
    object.__setattr__(odd, "sender", Other(role=Role.CASE_TEAM, id=SAMPLE.sender.id))
    with pytest.raises(EapWorkflowError, match="sender"):
        canonical_text(odd)


def test_texts_are_quoted_as_json_does() -> None:
    """Quotes, backslashes, controls and letters of every script stand in a text as any JSON reader expects them."""
    for text in ('"', "\\", "\n\t\r\b\f\x1f\x7f", "ÄÖÜ ß", "\u2028\u202e", "🙂", "{braces}", "%s", "'''"):
        letter = attrs.evolve(SAMPLE, note=text)
        assert canonical_text(letter) == canonical_json(to_wire(letter))


@frozen(kw_only=True)
class Empty:
    """A class without attributes."""


@frozen(kw_only=True)
class Odd:
    """A class whose key is no name."""

    held: int = field(default=1, metadata={"wire": "it's {odd} \\ '''"})


@frozen(kw_only=True)
class Nulls:
    """Every way in which None is written or left out."""

    a: int | None
    b: int | None = None
    c: int | None = 7
    d: bool = False


def test_keys_and_nulls() -> None:
    """A class without keys, one with an odd key, and None wherever it may stand, are written as their plain form."""
    values: list[object] = [Empty(), Odd(), Nulls(a=None), Nulls(a=1, b=2, c=None, d=True), Nulls(a=None, c=None)]
    for value in values:
        assert canonical_text(value) == canonical_json(to_wire(value))


def test_what_has_no_plain_form_is_told() -> None:
    """A class that is no attrs class is refused as it is on the long way."""
    with pytest.raises(DefinitionError):
        canonical_text(object())


def test_what_is_shared_is_written_as_it_is_in_each() -> None:
    """Instants that are equal in two zones, and values that are equal and not the same, are each written as they are."""
    summer = timezone(timedelta(hours=11))
    at = datetime(2026, 10, 28, 9, 30, tzinfo=UTC)
    for given_at in (at, at.astimezone(summer)):
        letter = attrs.evolve(SAMPLE, at=given_at)
        assert canonical_text(letter) == canonical_json(to_wire(letter))
    limit = Limit(**{each.name: getattr(SAMPLE.limit, each.name) for each in attrs.fields(Limit)})
    assert canonical_text(attrs.evolve(SAMPLE, limit=limit)) == canonical_text(SAMPLE)
    assert Reminder in {type(each) for each in limit.pending}
