"""A schema and the codec agree: on what is written, and on what is refused."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import attrs
import pytest
from attrs import field, frozen
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker

from eap_workflow.errors import DefinitionError, InvalidValue
from eap_workflow.plain.schema import json_schema, tagged_schema
from eap_workflow.plain.wire import from_wire, record_of, to_wire
from tests.wire_samples import (
    PLAIN_SAMPLE,
    SAMPLE,
    Letter,
    Limit,
    Path,
    Reference,
    Reminder,
    Role,
    Sender,
    letters,
    paths,
    reference,
    removed,
    replaced,
)

formats = FormatChecker(formats=[])


@formats.checks("date", raises=ValueError)
@formats.checks("date-time", raises=ValueError)
def _is_a_day(text: object) -> bool:
    """Whether the month has such a day; the form itself is for the pattern to check."""
    return not isinstance(text, str) or bool(date.fromisoformat(text[:10]))


LETTER = json_schema(Letter, title="Letter")
letter_schema = Draft202012Validator(LETTER, format_checker=formats)


def test_is_a_schema() -> None:
    """The schema is one by its own dialect, names it, and is plain data."""
    Draft202012Validator.check_schema(LETTER)
    assert LETTER["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert json.loads(json.dumps(LETTER)) == LETTER


@given(letters)
def test_permits_what_is_written(letter: Letter) -> None:
    """Everything that the codec writes is valid."""
    letter_schema.validate(to_wire(letter))


def _is_read(data: Any) -> bool:
    try:
        from_wire(Letter, data)
    except InvalidValue:
        return False
    return True


near_misses: st.SearchStrategy[Any] = st.sampled_from(
    [
        *("2026-02-30", "2026-2-3", "0000-01-01", "2026-02-30T00:00:00Z", "2026-10-28T24:00:00Z", "2026-10-28T09:30Z"),
        *("2026-10-28T09:30:00", "2026-10-28T09:30:00+11:00", "2026-10-28", "09:30", "09:30:61", "24:00", "09:30Z"),
        *("consultant", "CASE_TEAM", "warn", "remind", "con17", "con 17", "abcdefghijklm", "", "a!b"),
        *(0, 1, 40, 41, -1, 2**70, True, False, None, 1.5, [], {}, [None], ["g1", "g1"], ["case_team", "nobody"]),
        *({"role": "case_team", "id": "ct1"}, {"role": "case_team"}, {"case_team": 1}, {"nobody": 1}),
    ]
)
new_keys = st.sampled_from(["practice", "from", "from_", "sessions", "limit", "role", "case_team", "nobody", "other"])


@st.composite
def mutated(draw: st.DrawFn) -> tuple[Any, list[Path]]:
    """Plain data of a letter after one to three small changes, and where they were made."""
    data: Any = to_wire(draw(letters)) if draw(st.booleans()) else PLAIN_SAMPLE
    changes: list[Path] = []
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(paths(data)))
        found = data
        for step in path:
            found = found[step]
        match draw(st.sampled_from(["replace", "remove", "add", "double"])):
            case "remove" if path:
                data = removed(data, path)
            case "add" if isinstance(found, dict):
                data = replaced(data, (*path, draw(new_keys)), draw(near_misses))
            case "double" if isinstance(found, list):
                data = replaced(data, path, [*found, *found])
            case _:
                data = replaced(data, path, draw(near_misses))
        changes.append(path)
    return data, changes


@settings(max_examples=300)
@given(mutated())
def test_agrees_with_the_codec(changed: tuple[Any, list[Path]]) -> None:
    """After any small change, data is valid where it is read, and invalid where it is refused."""
    data, changes = changed
    assert letter_schema.is_valid(data) == _is_read(data), changes


@pytest.mark.parametrize("path", [path for path in paths(PLAIN_SAMPLE) if path], ids=str)
def test_agrees_wherever_a_value_is_replaced_or_missing(path: Path) -> None:
    """One change at each place of a value that holds everything is judged as the codec judges it."""
    others: list[Any] = [None, 1.5, "x!", 0, []]
    for data in [removed(PLAIN_SAMPLE, path), *(replaced(PLAIN_SAMPLE, path, other) for other in others)]:
        assert letter_schema.is_valid(data) == _is_read(data)


def test_says_what_the_class_says() -> None:
    """Descriptions come from docstrings and metadata, bounds from metadata; keys are those of the plain form."""
    properties = LETTER["properties"]
    assert LETTER["description"] == "One of everything that has a plain form."
    assert properties["at"]["description"] == "When it was sent."
    assert properties["from"]["description"] == "The state that was left."
    assert properties["note"] == {"description": "Some words.", "anyOf": [{"type": "string"}, {"type": "null"}]}
    assert properties["limit"] == {"anyOf": [{"$ref": "#/$defs/Limit"}, {"type": "null"}]}
    limit = LETTER["$defs"]["Limit"]["properties"]
    assert limit["day_zero"]["description"] == "The day on which the clock started."
    assert limit["working_days"] == {
        "description": "How many working days: 1 to 40.",
        "type": "integer",
        "minimum": 1,
        "maximum": 40,
    }
    assert LETTER["required"] == ["at", "sender", "from", "note"]


def test_formats_are_named_where_json_schema_has_them() -> None:
    """Dates and instants name their format; a time of day has no offset, so it is not what JSON Schema calls a time."""
    limit = LETTER["$defs"]["Limit"]["properties"]
    assert limit["day_zero"]["format"] == "date"
    assert LETTER["properties"]["at"]["format"] == "date-time"
    assert "format" not in limit["cutoff"]["anyOf"][0]


def test_bounds_of_what_a_list_or_mapping_holds() -> None:
    """Bounds of a single value apply to what is held, and bounds of a number of values to what holds them."""

    @frozen
    class Bounded:
        """Bounded in both ways."""

        many: tuple[str, ...] = field(metadata={"maxItems": 2, "maxLength": 3})

    schema = json_schema(Bounded, title="Bounded")["properties"]["many"]
    assert schema == {"type": "array", "items": {"type": "string", "maxLength": 3}, "maxItems": 2}
    assert LETTER["properties"]["lists"]["additionalProperties"]["items"] == {"type": "string", "pattern": "^[^!]*$"}


def test_inherited_attributes_keep_their_descriptions() -> None:
    """A class that extends another describes what it adds, and the other what it had."""

    @frozen(kw_only=True)
    class Longer(Limit):
        """Longer.

        Attributes:
            more:
                How much more.
        """

        more: int

    properties = json_schema(Longer, title="Longer")["properties"]
    assert properties["more"]["description"] == "How much more."
    assert properties["day_zero"]["description"] == "The day on which the clock started."


def test_two_classes_of_one_name_are_refused() -> None:
    """A definition never stands for two classes."""
    other = attrs.make_class("Limit", {"x": attrs.field(type=int)})
    cls = attrs.make_class("Both", {"one": attrs.field(type=Limit), "two": attrs.field(type=other)})
    with pytest.raises(DefinitionError, match=r"^two classes in one schema are named Limit$"):
        json_schema(cls, title="Both")


# --- tagged -----------------------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class Common:
    """What every command has.

    Attributes:
        by: Who asks.
    """

    request: Reference = reference()
    by: Sender
    id: Reference | None = reference(default=None)


@frozen(kw_only=True)
class Decide:
    """Decide it.

    Attributes:
        sessions: How many.
    """

    sessions: int


@frozen(kw_only=True)
class Withdraw:
    """Take it back."""

    limits: tuple[Limit, ...] = ()


CLASSES = {"support": Decide, "reduce": Decide, "withdraw": Withdraw}
COMMANDS = tagged_schema("do", CLASSES, Common, title="Commands")
commands_schema = Draft202012Validator(COMMANDS, format_checker=formats)

commons = st.builds(Common, request=st.just(Reference("r1")), by=st.just(SAMPLE.sender))
bodies = {
    Decide: st.builds(Decide, sessions=st.integers()),
    Withdraw: st.just(Withdraw(limits=(Limit(day_zero=date(2026, 1, 1), cutoff=None, working_days=2),))),
}


@given(commons, st.sampled_from(sorted(CLASSES)).flatmap(lambda tag: st.tuples(st.just(tag), bodies[CLASSES[tag]])))
def test_permits_an_object_of_each_tag(common: Common, tagged: tuple[str, Any]) -> None:
    """The tag, the common keys and the class's own stand side by side."""
    tag, body = tagged
    commands_schema.validate({"do": tag, **to_wire(common), **to_wire(body)})


def test_tagged_schema_is_a_schema() -> None:
    """It has its title, lists its tags, and describes common and own keys alike."""
    Draft202012Validator.check_schema(COMMANDS)
    assert COMMANDS["title"] == "Commands"
    assert COMMANDS["properties"]["do"] == {"enum": ["support", "reduce", "withdraw"]}
    support = COMMANDS["oneOf"][0]
    assert support["title"] == "support"
    assert support["description"] == "Decide it."
    assert list(support["properties"]) == ["do", "request", "by", "id", "sessions"]
    assert support["properties"]["do"] == {"const": "support"}
    assert support["properties"]["by"]["description"] == "Who asks."
    assert support["properties"]["sessions"]["description"] == "How many."
    assert support["required"] == ["do", "request", "by", "sessions"]
    assert set(COMMANDS["$defs"]) == {"Sender", "Limit", "Reminder"}


GOOD = {"do": "support", "request": "r1", "by": {"role": "case_team", "id": "ct1"}, "sessions": 2}
NOT_PERMITTED: dict[str, Any] = {
    "another tag": {**GOOD, "do": "draft"},
    "no tag": removed(GOOD, ("do",)),
    "a key of another tag": {**GOOD, "limits": []},
    "a missing common key": removed(GOOD, ("by",)),
    "a missing own key": removed(GOOD, ("sessions",)),
    "an own key of the wrong tag": {**GOOD, "do": "withdraw"},
    "a common value out of bounds": {**GOOD, "request": "not plain"},
    "no object": [GOOD],
}


@pytest.mark.parametrize("data", NOT_PERMITTED.values(), ids=NOT_PERMITTED)
def test_refuses_what_fits_no_tag(data: Any) -> None:
    """The good object is permitted, and each with one fault is not."""
    assert commands_schema.is_valid(GOOD)
    assert not commands_schema.is_valid(data)


@pytest.mark.parametrize(("tag_key", "cls"), [("sessions", Decide), ("by", Decide), ("do", Common), ("do", Sender)])
def test_keys_of_tag_common_and_class_are_distinct(tag_key: str, cls: type) -> None:
    """A key that would mean two things is a definition error."""
    with pytest.raises(DefinitionError, match=r"is a common key as well$"):
        tagged_schema(tag_key, {"x": cls}, Common, title="Wrong")


def test_every_kind_has_a_schema() -> None:
    """Each attribute of the sample classes has a type, a choice or a reference in the schema."""
    for cls in (Letter, Limit, Reminder, Sender):
        drawn = json_schema(cls, title="x")["properties"]
        for entry in record_of(cls).fields:
            schema = drawn[entry.key]["anyOf"][0] if entry.nullable else drawn[entry.key]
            assert "type" in schema or "$ref" in schema
    assert LETTER["$defs"]["Sender"]["properties"]["role"]["enum"] == [role.value for role in Role]
