"""What is read part by part from text is what the long way reads, and whatever that refuses is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from attrs import field, frozen
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.errors import EapWorkflowError, InvalidValue
from eap_workflow.plain import canonical_reading
from eap_workflow.plain.canonical import UNFIT, canonical_text
from eap_workflow.plain.canonical_reading import Remembered, from_text, text_reader
from eap_workflow.plain.json_text import parse_object
from eap_workflow.plain.wire import from_wire
from tests.wire_samples import PLANTED, SAMPLE, Letter, Limit, Reminder, Sender, letters, said_by

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT = canonical_text(SAMPLE)


def the_long_way(cls: type, text: str) -> Any:
    """Parse a text, and follow the plan of the class."""
    return from_wire(cls, parse_object(text))


def outcome(read: Callable[[], object]) -> object:
    """What reading comes to: the value, or the error."""
    try:
        return read()
    except EapWorkflowError as error:
        return type(error), error.args


def agree(text: str, cls: type = Letter) -> bool:
    """Whether a text is read, or refused, as by the long way."""
    return outcome(lambda: from_text(cls, text)) == outcome(lambda: the_long_way(cls, text))


@given(letters)
def test_what_was_written_is_read(letter: Letter) -> None:
    """Whatever a value holds, its text is read as that value."""
    assert from_text(Letter, canonical_text(letter)) == letter


@pytest.mark.parametrize("value", [SAMPLE, SAMPLE.sender, SAMPLE.limit], ids=["letter", "sender", "limit"])
def test_plain_text_is_not_read_the_long_way(value: Any) -> None:
    """What holds no escape is taken apart, and every kind of part is read in its place."""
    assert text_reader(type(value))(canonical_text(value)) == value


@given(st.data())
def test_whatever_is_changed_is_read_or_refused_alike(data: st.DataObject) -> None:
    """With anything cut out, put in, or exchanged, the text means the same as by the long way, or is the same error."""
    first, last = sorted(data.draw(st.tuples(*[st.integers(0, len(TEXT))] * 2)))
    pieces = st.sampled_from(
        [*'{}[],:"\\019', "null", "true", "-0", "1e2", "\\u0041", "é", "\0", "\n", '""', '"at":', ',"note":"x"', " "]
    )
    put_in = data.draw(st.just("") | pieces | st.just(TEXT[first:last] * 2))
    assert agree(TEXT[:first] + put_in + TEXT[last:])


def test_every_character_counts() -> None:
    """With any one character left out, doubled, or another, it is as by the long way."""
    for place, character in enumerate(TEXT):
        for put_in in ("", character * 2, "0", " ", "}"):
            assert agree(TEXT[:place] + put_in + TEXT[place + 1 :]), (place, put_in)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "null",
        '{,"id":"a","role":"consultant"}',
        '{"id":"a","role":"consultant",}',
        '{"id":"a","id":"a","role":"consultant"}',
        '{"role":"consultant","id":"a"}',
        '{ "id":"a", "role":"consultant"}',
        '{"id":"a","practice":null,"role":"consultant"}',
        '{"id":"a","role":"consultant"}{}',
        '{"id":"\\u0061","role":"consultant"}',
        '{"id":"\ud800","role":"consultant"}',
        '{"id":"a\0","role":"consultant"}',
        '{"id":"a}","role":"consultant"}',
        '{"id":"a","role":"nobody"}',
        '{"id":7,"role":"consultant"}',
    ],
)
def test_other_texts_are_as_by_the_long_way(text: str) -> None:
    """Another order, another layout, an escape, a key twice or none at all: it is read, or refused, in the same words."""
    assert agree(text, Sender)


def test_dates_and_instants_that_are_none_are_refused() -> None:
    """What only looks like one is none, also where the standard library would take it."""
    for text in ("2026-02-30", "0000-01-01", "2026-13-01", "2026-W01-1"):
        assert agree(f'{{"cutoff":null,"day_zero":"{text}","pending":[],"running":true,"working_days":5}}', Limit)
    for text in ("2026-02-30T00:00:00.000000Z", "2026-02-01T24:00:00.000000Z", "2026-02-01T10:00:60.000000Z"):
        assert agree(f'{{"due_at":"{text}","kind":"warn"}}', Reminder)


def test_an_error_names_the_field_and_shows_nothing() -> None:
    """As of plain data: the path, and never what stood there."""
    text = canonical_text(SAMPLE).replace(f'"id":"{SAMPLE.sender.id}"', f'"id":"{PLANTED}"')
    with pytest.raises(InvalidValue) as caught:
        from_text(Letter, text)
    assert caught.value.field == "sender.id"
    assert PLANTED not in said_by(caught.value)


@frozen(kw_only=True)
class Chained:
    """A class that holds itself, in a list that begins with a key of its own."""

    depth: int
    inner: tuple[Chained, ...] = field(default=())


def test_a_list_within_a_list_is_cut_right_or_not_at_all() -> None:
    """Where a list is cut, the same key may stand deeper inside: then it is read the long way."""
    leaf = Chained(depth=3)
    flat, deep = (
        Chained(depth=1, inner=(leaf, leaf)),
        Chained(depth=1, inner=(Chained(depth=2, inner=(leaf, leaf)), leaf)),
    )
    assert text_reader(Chained)(canonical_text(flat)) == flat
    with pytest.raises(UNFIT):
        text_reader(Chained)(canonical_text(deep))
    assert from_text(Chained, canonical_text(deep)) == deep


def test_what_was_read_is_remembered_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same text is the same value, and only so many are remembered."""
    monkeypatch.setattr(canonical_reading, "MOST_REMEMBERED", 2)
    read = Remembered(lambda text: [text])
    first = read("a")
    assert read.known("a") is first
    read("b")
    assert read.known("a") is first
    read("c")
    assert read.known("a") is None
    assert read.known("c") == ["c"]
