"""Classes of every kind that has a plain form, and Hypothesis strategies for them; used by several tests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from enum import StrEnum
from typing import Any, Literal, NewType

from attrs import field, frozen
from hypothesis import strategies as st

from eap_workflow.errors import InvalidValue
from eap_workflow.plain.frozen_map import FrozenMap

PLANTED = "Planted-Person"

Reference = NewType("Reference", str)


class Role(StrEnum):
    """Who somebody is."""

    CONSULTANT = "consultant"
    CASE_TEAM = "case_team"


def count(minimum: int, maximum: int, **options: Any) -> Any:
    """Declare a number within bounds, which the class checks and the schema repeats."""

    def check(_instance: object, attribute: Any, value: int) -> None:
        if not minimum <= value <= maximum:
            raise InvalidValue(attribute.name, f"a whole number from {minimum} to {maximum} is needed")

    return field(validator=check, metadata={"minimum": minimum, "maximum": maximum}, **options)


def reference(**options: Any) -> Any:
    """Declare a short text of plain characters; the check carelessly raises from an error that holds the value."""

    def check(_instance: object, attribute: Any, value: str | None) -> None:
        if value is None:
            return
        try:
            if not 1 <= len(value) <= 12 or not value.isascii() or not value.isalnum():
                raise ValueError(value)
        except ValueError as error:
            raise InvalidValue(attribute.name, "1 to 12 letters and digits are needed") from error

    return field(validator=check, metadata={"pattern": "^[A-Za-z0-9]{1,12}$"}, **options)


def kept(entries: Mapping[Any, Any]) -> FrozenMap[Any, Any]:
    """Keep a mapping as it is now."""
    return FrozenMap(entries)


def calm(_instance: object, attribute: Any, value: Mapping[str, tuple[str, ...]]) -> None:
    """Refuse exclamation marks."""
    if any("!" in word for words in value.values() for word in words):
        raise InvalidValue(attribute.name, "no exclamation marks are needed")


@frozen(kw_only=True)
class Sender:
    """Who sent it."""

    role: Role
    id: Reference = reference()
    practice: Reference | None = reference(default=None)


@frozen(kw_only=True)
class Reminder:
    """What is still to come."""

    kind: Literal["warn", "remind"]
    due_at: datetime


@frozen(kw_only=True)
class Limit:
    """How long a party has.

    Attributes:
        day_zero: The day on which the clock
            started.
        working_days: How many working days: 1 to 40.
    """

    day_zero: date
    cutoff: time | None
    working_days: int = count(1, 40)
    running: bool = True
    pending: tuple[Reminder, ...] = ()


@frozen(kw_only=True)
class Letter:
    """One of everything that has a plain form.

    More words, that no schema needs.

    Attributes:
        at: When it was sent.
        from_: The state that was left.
        note: Anything.

    Nothing here describes an attribute:
        limit: not this.
    """

    at: datetime
    sender: Sender
    from_: str = field(metadata={"wire": "from"})
    note: str | None = field(metadata={"description": "Some words."})
    sessions: int | None = None
    limit: Limit | None = None
    goals: frozenset[Reference] = frozenset()
    roles: frozenset[Role] = frozenset()
    details: Mapping[str, Reference] = field(factory=FrozenMap, converter=kept)
    seats: Mapping[Role, int] = field(factory=FrozenMap, converter=kept)
    lists: Mapping[str, tuple[str, ...]] = field(
        factory=FrozenMap,
        converter=kept,
        validator=calm,
        metadata={"name_keys": True, "pattern": "^[^!]*$"},
    )
    reply: Letter | None = None


# --- strategies -------------------------------------------------------------------------------------------------------

storable_text = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
plain_text = st.text(st.characters(codec="utf-8", exclude_characters="\0!"), max_size=12)
references = st.from_regex(r"[A-Za-z0-9]{1,12}", fullmatch=True).map(Reference)
instants = st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001 (as it wants)
times_of_day = st.times().map(lambda moment: moment.replace(microsecond=0, fold=0))

senders = st.builds(Sender, role=st.sampled_from(Role), id=references, practice=st.none() | references)
reminders = st.builds(Reminder, kind=st.sampled_from(["warn", "remind"]), due_at=instants)
limits = st.builds(
    Limit,
    day_zero=st.dates(),
    cutoff=st.none() | times_of_day,
    working_days=st.integers(1, 40),
    running=st.booleans(),
    pending=st.lists(reminders, max_size=2).map(tuple),
)


def _letters(replies: st.SearchStrategy[Letter | None]) -> st.SearchStrategy[Letter]:
    return st.builds(
        Letter,
        at=instants,
        sender=senders,
        from_=storable_text,
        note=st.none() | storable_text,
        sessions=st.none() | st.integers(-(2**70), 2**70),
        limit=st.none() | limits,
        goals=st.frozensets(references, max_size=3),
        roles=st.frozensets(st.sampled_from(Role)),
        details=st.dictionaries(storable_text, references, max_size=2),
        seats=st.dictionaries(st.sampled_from(Role), st.integers(), max_size=2),
        lists=st.dictionaries(storable_text, st.lists(plain_text, max_size=2).map(tuple), max_size=2),
        reply=replies,
    )


letters = _letters(st.none() | _letters(st.none()))

SAMPLE = Letter(
    at=datetime(2026, 10, 28, 9, 30, tzinfo=UTC),
    sender=Sender(role=Role.CONSULTANT, id=Reference("con17"), practice=Reference("prac2")),
    from_="draft",
    note="a note",
    sessions=4,
    limit=Limit(
        day_zero=date(2026, 10, 28),
        cutoff=time(17),
        working_days=7,
        running=False,
        pending=(Reminder(kind="warn", due_at=datetime(2026, 11, 5, 13, tzinfo=UTC)),),
    ),
    goals=frozenset({Reference("g2"), Reference("g1")}),
    roles=frozenset({Role.CASE_TEAM}),
    details=FrozenMap({"rationale": Reference("doc1")}),
    seats=FrozenMap({Role.CASE_TEAM: 2}),
    lists=FrozenMap({"goals": ("one", "two")}),
    reply=Letter(
        at=datetime(2026, 10, 29, tzinfo=UTC),
        sender=Sender(role=Role.CASE_TEAM, id=Reference("ct1")),
        from_="submitted",
        note=None,
    ),
)

PLAIN_SAMPLE: dict[str, Any] = {
    "at": "2026-10-28T09:30:00.000000Z",
    "sender": {"role": "consultant", "id": "con17", "practice": "prac2"},
    "from": "draft",
    "note": "a note",
    "sessions": 4,
    "limit": {
        "day_zero": "2026-10-28",
        "cutoff": "17:00",
        "working_days": 7,
        "running": False,
        "pending": [{"kind": "warn", "due_at": "2026-11-05T13:00:00.000000Z"}],
    },
    "goals": ["g1", "g2"],
    "roles": ["case_team"],
    "details": {"rationale": "doc1"},
    "seats": {"case_team": 2},
    "lists": {"goals": ["one", "two"]},
    "reply": {
        "at": "2026-10-29T00:00:00.000000Z",
        "sender": {"role": "case_team", "id": "ct1"},
        "from": "submitted",
        "note": None,
        "goals": [],
        "roles": [],
        "details": {},
        "seats": {},
        "lists": {},
    },
}

# --- mutations --------------------------------------------------------------------------------------------------------

Path = tuple[str | int, ...]


def paths(data: Any, path: Path = ()) -> list[Path]:
    """Every place in plain data, the whole of it first."""
    if isinstance(data, dict):
        return [path, *(found for key, held in data.items() for found in paths(held, (*path, key)))]
    if isinstance(data, list):
        return [path, *(found for index, held in enumerate(data) for found in paths(held, (*path, index)))]
    return [path]


def replaced(data: Any, path: Path, value: Any) -> Any:
    """Plain data with another value at one place, which may be a new key."""
    if not path:
        return value
    step, *rest = path
    if isinstance(data, list):
        index = int(step)
        return [*data[:index], replaced(data[index], tuple(rest), value), *data[index + 1 :]]
    return {**data, step: replaced(data.get(step), tuple(rest), value)}


def removed(data: Any, path: Path) -> Any:
    """Plain data without what stands at one place."""
    step, *rest = path
    if rest:
        return replaced(data, (step,), removed(data[step], tuple(rest)))
    if isinstance(data, list):
        return [*data[: int(step)], *data[int(step) + 1 :]]
    return {key: held for key, held in data.items() if key != step}


def said_by(error: BaseException | None) -> str:
    """Everything that an error, and those that it is chained to, would show anywhere but in a debugger."""
    words: list[str] = []
    while error is not None:
        words += [str(error), repr(error), repr(error.args), repr(vars(error))]
        error = error.__cause__ or error.__context__
    return "\n".join(words)
