"""JSON text is parsed strictly and written in one way."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.errors import InvalidType, InvalidValue
from eap_workflow.plain.json_text import MAX_DEPTH, canonical_json, parse_json, parse_object
from tests.wire_samples import PLANTED, said_by, storable_text

plain_data = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | storable_text,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(storable_text, inner, max_size=3),
    max_leaves=8,
)


@given(plain_data)
def test_parses_what_it_writes(data: Any) -> None:
    """Canonical text parses to the data that it was written from, as text and as bytes."""
    text = canonical_json(data)
    assert parse_json(text) == data
    assert parse_json(text.encode()) == data


@given(plain_data)
def test_agrees_with_the_standard_library(data: Any) -> None:
    """What the standard library writes, escapes and spaces included, is parsed to the same data."""
    assert parse_json(json.dumps(data)) == data
    assert parse_json(json.dumps(data, indent=2, ensure_ascii=False)) == data


@given(st.dictionaries(storable_text, st.integers(), max_size=5))
def test_same_data_is_the_same_text(entries: dict[str, int]) -> None:
    """The order of keys does not show in canonical text."""
    assert canonical_json(entries) == canonical_json(dict(reversed(entries.items())))


def test_writes_without_spaces_and_escapes() -> None:
    """Keys are sorted, nothing is padded, and letters stay letters."""
    assert canonical_json({"b": [1, True, None], "a": "Zoë \n"}) == '{"a":"Zoë \\n","b":[1,true,null]}'


REFUSED = {
    "a key twice": f'{{"a": 1, "a": "{PLANTED}"}}',
    "a key twice, deep": f'[{{"b": {{"{PLANTED}": 1, "{PLANTED}": 2}}}}]',
    "not a number": f'{{"{PLANTED}": NaN}}',
    "infinity": f'["{PLANTED}", Infinity]',
    "minus infinity": f'["{PLANTED}", -Infinity]',
    "a float beyond floats": f'["{PLANTED}", 1e400]',
    "a float beyond floats, negative": f'["{PLANTED}", -1e400]',
    "NUL": f'"{PLANTED}\\u0000"',
    "NUL in a key": f'{{"{PLANTED}\\u0000": 1}}',
    "half a surrogate pair": f'["{PLANTED}\\ud800"]',
    "half a surrogate pair in a key": f'{{"a": {{"{PLANTED}\\uDC00": 1}}}}',
    "half a surrogate pair, raw": f'"{PLANTED}\ud800"',
    "no UTF-8": b'"' + PLANTED.encode() + b'\xff"',
    "a byte order mark": b"\xef\xbb\xbf{}",
    "a control character": f'"{PLANTED}\x01"',
    "nothing": "",
    "a comment": f"{{}} // {PLANTED}",
    "cut short": f'{{"a": "{PLANTED}',
    "two texts": f'{{}} "{PLANTED}"',
    "a word": PLANTED,
    "a trailing comma": f'["{PLANTED}",]',
    "single quotes": f"['{PLANTED}']",
    "a number too long": "1" * 5000,
    "one level too deep": "[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1),
    "one level too deep, with objects": '{"a":' * (MAX_DEPTH + 1) + f'"{PLANTED}"' + "}" * (MAX_DEPTH + 1),
    "far too deep": "[" * 200_000 + "]" * 200_000,
}


@pytest.mark.parametrize("text", REFUSED.values(), ids=REFUSED)
def test_refuses_what_is_not_strict_json(text: str | bytes) -> None:
    """Each is refused at the field that the caller names, with a reason, without content and without a cause."""
    with pytest.raises(InvalidValue) as caught:
        parse_json(text, field="line 3")
    assert caught.value.field == "line 3"
    assert caught.value.reason
    assert PLANTED not in said_by(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None


@pytest.mark.parametrize(
    "text", ["[" * MAX_DEPTH + "]" * MAX_DEPTH, "[" * MAX_DEPTH + "1" + "]" * MAX_DEPTH, "[" + "[1]," * 500 + "1]"]
)
def test_permits_nesting_up_to_its_bound(text: str) -> None:
    """The bound itself is fine, and so are many brackets side by side."""
    assert parse_json(text) == json.loads(text)


@pytest.mark.parametrize("text", [r'"\ud83d\ude00"', r'"\\u0000"', r'"\u00e9"', '"\u2028"', '" \ufeff"'])
def test_permits_escapes_that_are_characters(text: str) -> None:
    """A whole surrogate pair, an escaped backslash and unusual characters are fine."""
    assert parse_json(text) == json.loads(text)


def test_says_where_a_text_stops_being_json() -> None:
    """Line and column are given, since they are nobody's data."""
    with pytest.raises(InvalidValue, match=r"^text: this is not JSON from line 2, column 5 on$"):
        parse_json('{\n"a" 1}')


@pytest.mark.parametrize("text", [f'"{PLANTED}"', f'["{PLANTED}"]', "1", "1.5", "null", "true"])
def test_an_object_is_an_object(text: str) -> None:
    """Where an object is asked for, nothing else is taken."""
    assert parse_object("{}") == {}
    with pytest.raises(InvalidType, match=r"^text: an object is needed, and this is ") as caught:
        parse_object(text, field="")
    assert PLANTED not in said_by(caught.value)


UNWRITABLE = {
    "a set": {PLANTED},
    "not a number": [PLANTED, float("nan")],
    "half a surrogate pair": PLANTED + "\ud800",
    "keys of two types": {PLANTED: 1, 2: 3},
    "a number too long": 10**5000,
}


@pytest.mark.parametrize("data", UNWRITABLE.values(), ids=UNWRITABLE)
def test_refuses_to_write_what_could_not_be_read(data: object) -> None:
    """What JSON has no form for is refused without being shown."""
    with pytest.raises(InvalidValue) as caught:
        canonical_json(data)
    assert PLANTED not in said_by(caught.value)
    assert caught.value.__context__ is None


def test_refuses_to_write_what_never_ends() -> None:
    """A list that holds itself, and one nested beyond what can be written, are refused."""
    endless: list[Any] = []
    endless.append(endless)
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    for data in (endless, deep):
        with pytest.raises(InvalidValue):
            canonical_json(data)
