"""References, choices, counts, instants, roles and actors: checked where they enter, and shown nowhere."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, Literal
from zoneinfo import ZoneInfo

import attrs
import pytest
from attrs import frozen
from hypothesis import given
from hypothesis import strategies as st

from eap_workflow.errors import DefinitionError, InvalidType, InvalidValue
from eap_workflow.values import (
    EARLIEST,
    LATEST,
    REFERENCE_PATTERN,
    SYSTEM,
    Actor,
    Discreet,
    Role,
    Value,
    as_instant,
    as_words,
    assist_case_number,
    changed,
    check_reference,
    check_word,
    choice,
    count,
    day,
    flag,
    made,
    one_of,
    reference,
)
from tests.wire_samples import said_by

PLANTED = "Planted Person"
Own = Literal["yes", "no", "not_now"]


@frozen(kw_only=True, repr=False)
class Sample(Discreet):
    """One of each."""

    ref: str = reference(default="r")
    case: str = assist_case_number(default="ASST-1")
    word: str = choice(default="w")
    own: Own = one_of(Own, default="yes")
    is_so: bool = flag(default=False)
    number: int = count(1, 4, default=1)
    on: date = day(default=date(2026, 1, 1))
    maybe_ref: str | None = reference(default=None)
    maybe_case: str | None = assist_case_number(default=None)
    maybe_word: str | None = choice(default=None)
    maybe_own: Own | None = one_of(Own, default=None)
    maybe_is_so: bool | None = flag(default=None)
    maybe_number: int | None = count(1, 4, default=None)
    maybe_on: date | None = day(default=None)


@given(st.from_regex(REFERENCE_PATTERN, fullmatch=True))
def test_a_reference_is_short_and_plain(value: str) -> None:
    """Letters, digits and a few marks, up to 64 of them."""
    check_reference("id", value)
    assert Sample(ref=value).ref == value


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ref", ""),
        ("ref", PLANTED),
        ("ref", "-leading"),
        ("ref", "a" * 65),
        ("ref", "line\n"),
        ("ref", "naïve"),
        ("ref", "٣"),
        ("case", "ASST-"),
        ("case", "asst-1"),
        ("case", "ASST-1\n"),
        ("case", "ASST-" + "1" * 21),
        ("case", "ASST-٣"),
        ("word", "Planted"),
        ("word", "1st"),
        ("word", ""),
        ("own", "Planted"),
        ("own", "Yes"),
        ("maybe_own", ""),
        ("number", 0),
        ("number", 5),
        ("maybe_number", 5),
    ],
)
def test_a_value_out_of_its_range_is_refused_by_name(name: str, value: Any) -> None:
    """The error names the field and says what is allowed, without the value."""
    with pytest.raises(InvalidValue) as caught:
        Sample(**{name: value})
    assert caught.value.field == name
    assert "is needed" in caught.value.reason
    assert "Planted" not in said_by(caught.value)


@pytest.mark.parametrize("name", ["ref", "case", "word", "own", "number", "on"])
@pytest.mark.parametrize("value", [None, 1.0, True, b"r", datetime(2026, 1, 1, tzinfo=UTC), ["r"]])
def test_a_value_of_another_type_is_refused_by_name(name: str, value: Any) -> None:
    """A bool is no number, a datetime no date, and nothing is converted."""
    with pytest.raises(InvalidType) as caught:
        Sample(**{name: value})
    assert caught.value.field == name
    if value is not None:
        with pytest.raises(InvalidType):
            Sample(**{f"maybe_{name}": value})


@pytest.mark.parametrize("value", [0, 1, "true", PLANTED, ["r"]])
def test_a_flag_is_true_or_false(value: Any) -> None:
    """A number is neither, and nothing is converted; None is refused unless it is the default."""
    for name in ("is_so", "maybe_is_so"):
        with pytest.raises(InvalidType) as caught:
            Sample(**{name: value})
        assert (caught.value.field, caught.value.reason) == (name, "true or false is needed")
    with pytest.raises(InvalidType):
        Sample(is_so=None)  # type: ignore[arg-type]
    assert (Sample(is_so=True).is_so, Sample(maybe_is_so=False).maybe_is_so) == (True, False)


def test_the_rules_own_words_are_told_by_name() -> None:
    """What is none of them is refused with what is allowed, and without itself."""
    check_word("own", "not_now", ("yes", "no", "not_now"))
    with pytest.raises(InvalidValue) as caught:
        check_word("own", PLANTED, ("yes", "no"))
    assert (caught.value.field, caught.value.reason) == ("own", "one of yes, no is needed")
    with pytest.raises(InvalidType):
        check_word("own", 1, ("yes", "no"))


@given(st.from_regex("[a-z_]{0,20}", fullmatch=True))
def test_a_name_in_words_has_a_space_for_every_line(name: str) -> None:
    """Nothing else of it changes."""
    assert as_words(name).split(" ") == name.split("_")


def test_what_is_optional_may_be_none() -> None:
    """A default of None makes a field optional."""
    assert Sample(maybe_ref=None, maybe_case=None, maybe_word=None, maybe_number=None, maybe_on=None) == Sample()
    assert Sample(maybe_own=None, maybe_is_so=None) == Sample()
    filled = Sample(maybe_ref="a", maybe_case="ASST-2", maybe_word="b", maybe_number=4, maybe_on=date(2026, 2, 3))
    assert filled.maybe_number == 4


@given(
    st.datetimes(
        datetime(1900, 1, 2),  # noqa: DTZ001 (Hypothesis takes the bounds without a zone)
        datetime(9998, 12, 30),  # noqa: DTZ001
        timezones=st.sampled_from((UTC, ZoneInfo("Australia/Melbourne"), ZoneInfo("America/St_Johns"))),
        allow_imaginary=False,
    )
)
def test_an_instant_is_held_in_utc(value: datetime) -> None:
    """Whatever the zone, and on either side of a change of the clocks, it is the same instant."""
    held = as_instant(value)
    assert held.tzinfo is UTC
    assert held == value.astimezone(UTC)
    assert as_instant(held) is held


@pytest.mark.parametrize(
    "value",
    [
        datetime(1899, 12, 31, tzinfo=UTC),
        LATEST + timedelta(seconds=1),
        EARLIEST - timedelta(microseconds=1),
        datetime.max.replace(tzinfo=timezone(-timedelta(hours=23))),
        datetime.min.replace(tzinfo=timezone(timedelta(hours=23))),
    ],
)
def test_an_instant_outside_the_centuries_is_refused(value: datetime) -> None:
    """No conversion between zones can overflow later."""
    with pytest.raises(InvalidValue, match="from 1900 to 9998"):
        as_instant(value)


@pytest.mark.parametrize("value", [date(2026, 1, 1), datetime(2026, 1, 1), "2026-01-01T00:00:00Z", None, 0])  # noqa: DTZ001
def test_what_is_no_instant_is_refused(value: Any) -> None:
    """A date, a text and a datetime without a zone are none."""
    with pytest.raises(InvalidType) as caught:
        as_instant(value, "received_at")
    assert caught.value.field == "received_at"
    assert "2026" not in said_by(caught.value)


def test_an_actor_is_a_role_and_references() -> None:
    """The role may be given by its name; anything else is refused without being shown."""
    actor = Actor(role="case_team", id="ct-1")
    assert actor.role is Role.CASE_TEAM
    for wrong in ("boss", PLANTED, None, 3, ["consultant"]):
        with pytest.raises(InvalidValue) as caught:
            Actor(role=wrong, id="ct-1")
        assert caught.value.field == "role"
        assert "consultant, practice, clinical_manager" in caught.value.reason
        assert "Planted" not in said_by(caught.value)
    for name in ("id", "practice", "employer"):
        with pytest.raises(InvalidValue) as caught:
            Actor(**{"role": Role.EMPLOYER, "id": "hr-1", name: PLANTED})
        assert caught.value.field == name


def test_a_repr_says_which_fields_are_filled_in() -> None:
    """And none of their values."""
    assert repr(SYSTEM) == "<Actor: role, id filled in>"

    @frozen(kw_only=True, repr=False)
    class Empty(Discreet):
        name: str | None = None

    assert repr(Empty()) == "<Empty: nothing filled in>"


def test_an_actor_is_a_value() -> None:
    """Frozen, hashable, and out of a pickle as it went in."""
    assert pickle.loads(pickle.dumps(SYSTEM)) == SYSTEM  # noqa: S301 (made here)
    assert len({SYSTEM, attrs.evolve(SYSTEM)}) == 1
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        SYSTEM.role = Role.EMPLOYER  # type: ignore[misc]


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Pair(Value):
    """A value of two parts."""

    left: int
    right: tuple[int, ...] = ()


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Twin(Pair):
    """Another class with the same parts."""


@given(st.integers(), st.lists(st.integers()), st.integers(), st.lists(st.integers()))
def test_values_are_equal_by_their_parts(left: int, right: list[int], other_left: int, other_right: list[int]) -> None:
    """Equal parts make equal values with equal hashes; another part, or another class, makes another value."""
    one, two = Pair(left=left, right=tuple(right)), Pair(left=other_left, right=tuple(other_right))
    assert one == Pair(left=left, right=tuple(right))
    assert hash(one) == hash(Pair(left=left, right=tuple(right)))
    assert (one == two) is ((left, right) == (other_left, other_right))
    assert one != Twin(left=left, right=tuple(right))
    assert one != left


def test_a_value_shows_its_parts() -> None:
    """Its repr is the call that makes it."""
    assert repr(Pair(left=1, right=(2,))) == "Pair(left=1, right=(2,))"


@given(st.integers(), st.integers())
def test_a_changed_value_is_what_evolving_it_gives(left: int, new: int) -> None:
    """A part is exchanged, the rest is shared, and the value itself stays as it was."""
    value = Pair(left=left, right=(1, 2))
    copy = changed(value, left=new)
    assert copy == attrs.evolve(value, left=new)
    assert type(copy) is Pair
    assert copy.right is value.right
    assert value.left == left
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        copy.left = 3  # type: ignore[misc]


def test_a_value_has_only_the_parts_of_its_class() -> None:
    """A part that the class has not is a programmer's mistake, and no new attribute."""
    with pytest.raises(DefinitionError, match="has not all of the attributes middle"):
        changed(Pair(left=1), middle=2)


@given(st.integers(), st.integers())
def test_a_made_value_is_what_its_constructor_gives(left: int, right: int) -> None:
    """All its attributes are there, and it is as frozen as any other."""
    value = made(Pair, left=left, right=(right,))
    assert value == Pair(left=left, right=(right,))
    assert vars(value) == vars(Pair(left=left, right=(right,)))
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        value.left = 3  # type: ignore[misc]


def test_a_choice_is_read_without_its_underscores() -> None:
    """A name of a list becomes words."""
    assert as_words("gp_mental_health_plan") == "gp mental health plan"
