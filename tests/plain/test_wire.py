"""Values and their plain form: nothing is lost, nothing is coerced, and no error shows what was there."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

import attrs
import pytest
from attrs import field, frozen
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.errors import DefinitionError, InvalidType, InvalidValue, PolicyError, Unknown
from eap_workflow.plain import wire
from eap_workflow.plain.frozen_map import FrozenMap
from eap_workflow.plain.json_text import canonical_json, parse_json
from eap_workflow.plain.wire import from_wire, record_of, to_wire
from tests.wire_samples import (
    PLAIN_SAMPLE,
    PLANTED,
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
    removed,
    replaced,
    said_by,
)

if TYPE_CHECKING:
    from decimal import Decimal


@given(letters)
def test_reads_what_it_writes(letter: Letter) -> None:
    """A value comes back equal, with the same hash, from plain data and from its text."""
    plain = to_wire(letter)
    assert from_wire(Letter, plain) == letter
    again = from_wire(Letter, parse_json(canonical_json(plain)))
    assert again == letter
    assert hash(again) == hash(letter)
    assert canonical_json(to_wire(again)) == canonical_json(plain)


def test_plain_form_of_each_kind() -> None:
    """One value that holds everything has exactly this form, in which None is left out where it is the default."""
    assert to_wire(SAMPLE) == PLAIN_SAMPLE
    assert from_wire(Letter, PLAIN_SAMPLE) == SAMPLE


def _types(plain: Any) -> Iterator[type]:
    yield type(plain)
    if isinstance(plain, dict):
        for key, held in plain.items():
            yield type(key)
            yield from _types(held)
    elif isinstance(plain, list):
        for held in plain:
            yield from _types(held)


def test_plain_form_is_plain() -> None:
    """No member of an enumeration and no mapping of ours is left in what is written."""
    assert set(_types(to_wire(SAMPLE))) == {dict, list, str, int, bool, type(None)}


def test_types_after_reading_are_those_declared() -> None:
    """Members of enumerations, tuples, frozen sets and frozen maps come out."""
    letter = from_wire(Letter, PLAIN_SAMPLE)
    assert type(letter.sender.role) is Role
    assert type(letter.goals) is frozenset
    assert type(letter.seats) is FrozenMap
    assert {type(key) for key in letter.seats} == {Role}
    assert letter.limit is not None
    assert type(letter.limit.pending) is tuple


@given(st.data())
def test_writing_and_reading_leave_the_data_alone(data: st.DataObject) -> None:
    """Plain data is neither kept nor changed: what is written twice is equal and not shared."""
    letter = data.draw(letters)
    first, second = to_wire(letter), to_wire(letter)
    from_wire(Letter, first)
    assert first == second
    first["details"]["more"] = "x"
    assert to_wire(letter) == second


# --- absent, null, unknown --------------------------------------------------------------------------------------------


@frozen(kw_only=True)
class Defaults:
    """Each way in which an attribute can have a default, or none."""

    required: int
    null_or_value: int | None
    null_by_default: int | None = None
    null_or_seven: int | None = 7
    seven: int = 7
    made: tuple[int, ...] = field(factory=tuple)
    derived: int = field(init=False, default=3)


def test_an_absent_key_takes_the_default() -> None:
    """Only what has no default must be there, and what the constructor does not take has no key."""
    assert from_wire(Defaults, {"required": 1, "null_or_value": None}) == Defaults(required=1, null_or_value=None)
    assert [entry.key for entry in record_of(Defaults).fields if entry.required] == ["required", "null_or_value"]
    assert "derived" not in to_wire(Defaults(required=1, null_or_value=None))


def test_null_is_read_where_none_is_allowed() -> None:
    """Null is None and not the default, and is written wherever leaving it out would mean something else."""
    plain = {"required": 1, "null_or_value": None, "null_by_default": None, "null_or_seven": None}
    value = from_wire(Defaults, plain)
    assert value == Defaults(required=1, null_or_value=None, null_or_seven=None)
    assert to_wire(value) == {"required": 1, "null_or_value": None, "null_or_seven": None, "seven": 7, "made": []}


@pytest.mark.parametrize("key", ["required", "seven", "made"])
def test_null_is_refused_elsewhere(key: str) -> None:
    """Null does not stand for a default."""
    with pytest.raises(InvalidType, match=f"^{key}: .* is needed, and this is null$"):
        from_wire(Defaults, {"required": 1, "null_or_value": 1, key: None})


def test_a_required_key_must_be_there() -> None:
    """The path of what is missing is named."""
    for path in [("at",), ("from",), ("note",), ("sender", "role"), ("limit", "pending", 0, "due_at")]:
        with pytest.raises(InvalidValue) as caught:
            from_wire(Letter, removed(PLAIN_SAMPLE, path))
        assert caught.value.field == _dotted(path)
        assert caught.value.reason == "this is required"


def _dotted(path: Path) -> str:
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).removeprefix(".")


UNKNOWN = {
    ("practise",): "unknown key, did you mean practice? (allowed: role, id, practice)",
    (PLANTED,): "unknown key (allowed: role, id, practice)",
    (PLANTED, "practise", 3): "3 unknown keys, did you mean practice? (allowed: role, id, practice)",
    ("practice" * 10_000,): "unknown key (allowed: role, id, practice)",
}


@pytest.mark.parametrize(("keys", "reason"), UNKNOWN.items(), ids=["close", "far", "several", "long"])
def test_an_unknown_key_is_refused_and_not_shown(keys: tuple[Any, ...], reason: str) -> None:
    """The object is named, what it allows, and which of that was probably meant."""
    sender = {"role": "consultant", "id": "con17", **dict.fromkeys(keys, 1)}
    with pytest.raises(InvalidValue) as caught:
        from_wire(Sender, sender, at="by")
    assert (caught.value.field, caught.value.reason) == ("by", reason)


def test_a_misspelt_key_is_more_telling_than_a_missing_one() -> None:
    """Where a required key is missing and an unknown one is there, the unknown one is reported."""
    with pytest.raises(InvalidValue, match=r"did you mean role\?"):
        from_wire(Sender, {"rol": "consultant", "id": "con17"})


# --- errors -----------------------------------------------------------------------------------------------------------

PATHS = {
    ("sender",): "sender",
    ("sender", "role"): "sender.role",
    ("from",): "from",
    ("limit", "pending", 0): "limit.pending[0]",
    ("limit", "pending", 0, "due_at"): "limit.pending[0].due_at",
    ("reply", "sender", "id"): "reply.sender.id",
    ("goals",): "goals",
    ("goals", 1): "goals[1]",
    ("details", "rationale"): "details.(key 1)",
    ("seats", "case_team"): "seats.case_team",
    ("lists", "goals"): "lists.goals",
    ("lists", "goals", 1): "lists.goals[1]",
}


@pytest.mark.parametrize(("path", "named"), PATHS.items(), ids=PATHS.values())
def test_an_error_names_the_path(path: Path, named: str) -> None:
    """A value of a wrong type is found wherever it stands; a mapping's key is named where it is ours."""
    with pytest.raises(InvalidType) as caught:
        from_wire(Letter, replaced(PLAIN_SAMPLE, path, 1.5))
    assert caught.value.field == named
    assert caught.value.reason.endswith("is needed, and this is a decimal number")
    assert caught.value.args == (caught.value.field, caught.value.reason)
    with pytest.raises(InvalidType) as caught:
        from_wire(Letter, replaced(PLAIN_SAMPLE, path, 1.5), at="lines[2]")
    assert caught.value.field == f"lines[2].{named}"


@pytest.mark.parametrize("data", [None, [], "text", 3, [PLAIN_SAMPLE]])
def test_the_whole_must_be_an_object(data: object) -> None:
    """What is no object at all is refused under the path that the caller gives, or as the value."""
    with pytest.raises(InvalidType, match=r"^value: an object is needed, and this is "):
        from_wire(Letter, data)
    with pytest.raises(InvalidType, match=r"^step\.command: an object is needed, and this is "):
        from_wire(Letter, data, at="step.command")


def test_what_a_class_refuses_gets_its_path() -> None:
    """An error of a constructor is the same error, at the place where its value stood."""
    with pytest.raises(InvalidValue) as caught:
        from_wire(Letter, replaced(PLAIN_SAMPLE, ("limit", "working_days"), 41))
    assert caught.value.field == "limit.working_days"
    assert caught.value.reason == "a whole number from 1 to 40 is needed"
    assert caught.value.__traceback__ is not None


@frozen(kw_only=True)
class Fussy:
    """Refuses by name whatever it is given."""

    what: str
    from_: str = field(default="", metadata={"wire": "from"})
    _hidden: str = field(default="", metadata={"wire": "shown"})

    def __attrs_post_init__(self) -> None:
        """Refuse."""
        match self.what:
            case "policy":
                raise PolicyError("from_", "a policy")
            case "unknown":
                raise Unknown("from_.inner", "a lookup")
            case "hidden":
                raise InvalidValue("_hidden", "an attribute that is not public")
            case "argument":
                raise InvalidValue("hidden", "its name in the constructor")
            case "whole":
                raise InvalidValue("", "all of it")
            case "other":
                raise InvalidValue("[0]", "an item")
            case _:
                raise RuntimeError


FUSSY = {
    "policy": (PolicyError, "a.from"),
    "unknown": (Unknown, "a.from.inner"),
    "hidden": (InvalidValue, "a.shown"),
    "argument": (InvalidValue, "a.shown"),
    "whole": (InvalidValue, "a"),
    "other": (InvalidValue, "a[0]"),
}


@pytest.mark.parametrize(("what", "kind", "named"), [(what, *rest) for what, rest in FUSSY.items()], ids=FUSSY)
def test_an_error_keeps_its_class_and_speaks_of_keys(what: str, kind: type[Any], named: str) -> None:
    """The class of a constructor's error is kept, and an attribute is named by its key."""
    with pytest.raises(kind) as caught:
        from_wire(Fussy, {"what": what}, at="a")
    assert type(caught.value) is kind
    assert caught.value.field == named


def test_a_programming_error_in_a_class_is_not_disguised() -> None:
    """What is no refusal of ours passes as it is."""
    with pytest.raises(RuntimeError):
        from_wire(Fussy, {"what": ""})


BAD: list[Any] = [
    PLANTED,
    [PLANTED],
    [[PLANTED]],
    {PLANTED: PLANTED},
    {PLANTED: {PLANTED: 1}},
    {"role": PLANTED, "id": PLANTED},
    f"{PLANTED}\0",
    f"{PLANTED}\ud800",
    f"2026-10-28T09:30:00{PLANTED}",
    [PLANTED, PLANTED, 3],
    (PLANTED,),
    {3: PLANTED},
]
PLACES: list[Path] = [*paths(PLAIN_SAMPLE), ("sender", PLANTED), (PLANTED,), ("details", PLANTED), ("seats", PLANTED)]


@pytest.mark.parametrize("path", PLACES, ids=map(str, PLACES))
def test_no_error_shows_what_came_in(path: Path) -> None:
    """Whatever stands wherever, no message, repr, argument or chained error of a refusal holds any of it."""
    # The keys of `lists` are configuration by its metadata, and may be named.
    bads = [bad for bad in BAD if not ("lists" in path and isinstance(bad, dict))]
    refusals = [refusal for bad in bads if (refusal := _refusal(replaced(PLAIN_SAMPLE, path, bad)))]
    assert refusals
    for refusal in refusals:
        assert PLANTED not in said_by(refusal)
        assert refusal.field
        assert refusal.__cause__ is None
        assert refusal.__context__ is None


def _refusal(data: Any) -> InvalidValue | None:
    try:
        from_wire(Letter, data)
    except InvalidValue as refusal:
        return refusal
    return None


# --- nothing is coerced -----------------------------------------------------------------------------------------------

ALMOST: dict[Path, list[Any]] = {
    ("sessions",): ["4", True, 4.0, [4]],
    ("limit", "working_days"): ["7", True, 7.0],
    ("limit", "running"): [0, 1, "true", "False"],
    ("limit", "day_zero"): ["2026-10-28T00:00:00Z", 20261028, date(2026, 10, 28)],
    ("limit", "cutoff"): [17, "17", "5 pm"],
    ("limit", "pending", 0, "kind"): ["Warn", "warn ", ""],
    ("at",): [1793179800, "2026-10-28T09:30:00", "2026-10-28"],
    ("sender",): [[], ["consultant", "con17"], "consultant"],
    ("sender", "role"): ["CASE_TEAM", "case team", 0, ["consultant"], {"consultant": 1}],
    ("limit", "pending"): [{}, (), "", {"0": 1}],
    ("roles",): ["case_team", {"case_team": 1}, ["case_team", "case_team"], [["case_team"]]],
    ("goals",): [["g1", "g1"], [1], [None]],
    ("details",): [[], [["rationale", "doc1"]], {"rationale": None}],
    ("seats",): [{"case_team": "2"}, {"case_team": True}, {"nobody": 2}],
    ("lists",): [{"goals": "one"}, {"goals": {"one": 1}}],
}


@pytest.mark.parametrize(("path", "data"), [(path, data) for path, many in ALMOST.items() for data in many])
def test_nothing_is_coerced(path: Path, data: object) -> None:
    """What is almost a value is refused, and not mended."""
    with pytest.raises(InvalidValue) as caught:
        from_wire(Letter, replaced(PLAIN_SAMPLE, path, data))
    assert caught.value.field.startswith(_dotted(path[:1]))


def _with(value: Any, **wrong: Any) -> Any:
    """A value like another, some of whose attributes hold what their annotations do not allow."""
    changed = attrs.evolve(value)
    for name, held in wrong.items():
        object.__setattr__(changed, name, held)
    return changed


WRITTEN_BADLY: dict[str, tuple[Any, str]] = {
    "a bool": (_with(SAMPLE, sessions=True), "sessions"),
    "a naive datetime": (_with(SAMPLE, at=datetime(2026, 1, 1)), "at"),  # noqa: DTZ001 (naive is the point)
    "a dict for a class": (_with(SAMPLE, sender={"role": "consultant"}), "sender"),
    "another class": (_with(SAMPLE, reply=SAMPLE.sender), "reply"),
    "a list": (_with(SAMPLE, limit=_with(SAMPLE.limit, pending=[])), "limit.pending"),
    "a set": (_with(SAMPLE, goals={"g1"}), "goals"),
    "pairs": (_with(SAMPLE, details=(("a", "b"),)), "details"),
    "a number in a map": (_with(SAMPLE, details=FrozenMap({"a": 1})), "details.(key 1)"),
    "a number in a named map": (_with(SAMPLE, lists=FrozenMap({"a": ("b", 1)})), "lists.a[1]"),
    "None": (_with(SAMPLE, from_=None), "from"),
    "text for a member": (Sender(role="consultant", id=Reference("a")), "role"),  # type: ignore[arg-type]
    "no choice": (Reminder(kind=PLANTED, due_at=SAMPLE.at), "kind"),  # type: ignore[arg-type]
    "NUL": (_with(SAMPLE, note=f"{PLANTED}\0"), "note"),
}


@pytest.mark.parametrize(("value", "named"), WRITTEN_BADLY.values(), ids=WRITTEN_BADLY)
def test_writes_nothing_that_could_not_be_read(value: Any, named: str) -> None:
    """A value whose attributes are not what they claim is refused when it is written, without being shown."""
    with pytest.raises(InvalidValue) as caught:
        to_wire(value)
    assert caught.value.field == named
    assert PLANTED not in said_by(caught.value)


# --- the plan ---------------------------------------------------------------------------------------------------------


class Colour(Enum):
    """No enumeration of texts."""

    RED = 1


@frozen
class Positional:
    """Takes its attributes by position too, and wraps one annotation."""

    what: Annotated[int, "a comment"]


def test_annotations_may_carry_comments() -> None:
    """``Annotated`` is read as what it wraps."""
    assert from_wire(Positional, {"what": 1}) == Positional(1)


UNSUPPORTED: dict[str, Any] = {
    "anything": Any,
    "float": float,
    "bytes": bytes,
    "two types": int | str,
    "only None": None,
    "a list": list[int],
    "a dict": dict[str, int],
    "a bare tuple": tuple,
    "a fixed tuple": tuple[int, str],
    "a set of numbers": frozenset[int],
    "a map by number": Mapping[int, str],
    "None inside": tuple[int | None, ...],
    "None in a map": Mapping[str, int | None],
    "a set of the unsupported": frozenset[float],
    "numbers to choose from": Literal[1, 2],
    "an enumeration of numbers": Colour,
}


@pytest.mark.parametrize("annotation", UNSUPPORTED.values(), ids=UNSUPPORTED)
def test_an_annotation_without_plain_form_is_a_definition_error(annotation: Any) -> None:
    """The class and the attribute are named; nothing is guessed."""
    cls = attrs.make_class("Wrong", {"inside": attrs.field(type=annotation)}, frozen=True)
    with pytest.raises(DefinitionError, match=r"^Wrong\.inside: this annotation has no plain form$"):
        record_of(cls)


@frozen
class Hidden:
    """Annotated with what is imported for type checking alone."""

    price: Decimal


@frozen
class Twice:
    """Two attributes for one key."""

    one: int
    other: int = field(metadata={"wire": "one"})


@pytest.mark.parametrize(
    ("cls", "reason"),
    [
        (int, "int is no attrs class, so it has no plain form"),
        (Hidden, "Hidden: `Decimal` must be imported at run time, not for type checking alone"),
        (Twice, "Twice: two attributes have the same key"),
    ],
)
def test_a_class_without_plain_form_is_a_definition_error(cls: type, reason: str) -> None:
    """The reason says what a programmer has to mend."""
    with pytest.raises(DefinitionError) as caught:
        record_of(cls)
    assert str(caught.value) == reason
    assert caught.value.__context__ is None
    with pytest.raises(DefinitionError):
        from_wire(cls, {})


def test_a_class_may_hold_itself() -> None:
    """A value nested many times in its own class comes back."""
    letter = SAMPLE
    for _ in range(20):
        letter = attrs.evolve(SAMPLE, reply=letter)
    assert from_wire(Letter, to_wire(letter)) == letter


def test_threads_agree_on_a_plan() -> None:
    """Many threads that meet a class for the first time all write the same."""
    barrier = threading.Barrier(8)
    written: list[dict[str, Any]] = []

    @frozen
    class Fresh:
        when: time = time(9)
        role: Literal["a", "b"] = "a"

    def write() -> None:
        barrier.wait()
        written.append(to_wire(Fresh()))

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert written == [{"when": "09:00", "role": "a"}] * 8
    assert record_of(Fresh) is record_of(Fresh)


def test_every_kind_is_in_the_sample() -> None:
    """The classes that these tests use have every kind of plain form that there is."""
    kinds = {entry.shape.kind for cls in (Letter, Limit, Reminder, Sender) for entry in record_of(cls).fields}
    assert kinds == set(get_args(wire.Kind))


class Shade(StrEnum):
    """Choices with the names of methods of text."""

    TITLE = "title"
    VALUE = "value"


@frozen
class Shaded:
    """Holds one."""

    shade: Shade


@pytest.mark.parametrize("shade", Shade)
def test_members_are_written_as_their_text(shade: Shade) -> None:
    """A member's text is what counts, whatever its name."""
    assert to_wire(Shaded(shade)) == {"shade": shade.value}
    assert from_wire(Shaded, {"shade": shade.value}) == Shaded(shade)
