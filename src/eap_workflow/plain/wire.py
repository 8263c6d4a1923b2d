"""The plain form of values: attrs classes to JSON-ready data and back, strictly.

Commands come in and steps are kept in this form, and ``schema`` publishes it. One walk over a class's annotations
builds a plan of it (``Record``, ``Field``, ``Shape``) once; writing, reading and the schema all follow that plan.

- Nothing is coerced: ``"3"``, ``True`` and ``3.0`` are no whole numbers, and a datetime is no date.
- Everything is required unless the attribute has a default; a key that the class does not know is refused.
- An error names the path of the field and what is needed there, never what was there: not even an unknown key, nor
  the key of a mapping unless its attribute says ``metadata={"name_keys": True}`` (for configuration).
- What a class means by its values (a range, a pattern) its own validators check; their ``InvalidValue`` gets the path.

An attribute's JSON key is its name, or what its metadata gives as ``wire`` (``from`` is no name in Python). What its metadata
calls ``shared`` is written once and put into every record that holds the same value: it is to be read, and not to be changed.
"""

from __future__ import annotations

import datetime as dt
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from operator import attrgetter
from typing import Any, Literal, NoReturn, TypeVar, cast

import attrs
from attrs import frozen

from eap_workflow.errors import DefinitionError, InvalidValue, Unknown
from eap_workflow.plain import scalars
from eap_workflow.plain.frozen_map import FrozenMap
from eap_workflow.plain.json_text import canonical_json, parse_json, parse_object
from eap_workflow.plain.scalars import refuse_type
from eap_workflow.plain.slips import unknown_keys

__all__ = [
    "Field",
    "FrozenMap",
    "Record",
    "Shape",
    "canonical_json",
    "from_wire",
    "parse_json",
    "parse_object",
    "record_of",
    "to_wire",
]

T = TypeVar("T")
Kind = Literal["text", "whole", "flag", "date", "instant", "time", "choice", "list", "set", "map", "record"]


def to_wire(value: object) -> dict[str, Any]:
    """Write an instance of an attrs class as new plain data; ``None`` is left out where it is the default.

    Instants are written in UTC at a fixed width, so that their text sorts as time; sets are written sorted.

    Raises:
        InvalidValue: An attribute holds what its annotation does not allow, and what could not be read again.
        DefinitionError: The class has no plain form.
    """
    return record_of(type(value)).write(value)


def from_wire(cls: type[T], data: object, *, at: str = "") -> T:
    """Read an instance of an attrs class from plain data.

    Args:
        cls: The class.
        data: What ``parse_json`` or ``tomllib`` gives.
        at: Where the data stands in what holds it; it begins the path of every error.

    Raises:
        InvalidType: Data of the wrong kind, at the path that ``field`` gives (``value`` for the data as a whole).
        InvalidValue: A key is missing or unknown, a text is no date and the like, or the class refused a value.
        DefinitionError: The class has no plain form.
    """
    try:
        return cast("T", record_of(cls).read(data))
    except (InvalidValue, Unknown) as problem:
        _within(problem, at)
        if not problem.field:
            _within(problem, "value")
        raise


# --- the plan ---------------------------------------------------------------------------------------------------------


@frozen(kw_only=True, eq=False)
class Shape:
    """What one annotation says: which plain data it stands for, and how to go there and back.

    Attributes:
        kind: Which of the few kinds of plain data it is.
        read: Plain data to the value; raises ``InvalidValue`` with a path that begins here.
        write: The value to plain data; likewise.
        plain: A value of exactly this type is its own plain form, and needs neither ``read`` nor ``write``.
        pattern: The regular expression that the whole of a date, time or instant matches.
        choices: The texts that a choice allows.
        key: The shape of a map's keys.
        item: The shape of what a list, set or map holds.
        record: The attrs class of a record.
    """

    kind: Kind
    read: Callable[[Any], Any]
    write: Callable[[Any], Any]
    plain: type | None = None
    pattern: str = ""
    choices: tuple[str, ...] = ()
    key: Shape | None = None
    item: Shape | None = None
    record: type | None = None


@frozen(kw_only=True, eq=False)
class Field:
    """One attribute of a class, as it stands in plain data.

    Attributes:
        name: The attribute.
        argument: The constructor's name for it.
        key: The JSON key.
        shape: What it holds, ``None`` apart.
        nullable: Whether ``None`` is allowed.
        default: What an absent key means; ``attrs.NOTHING`` where the key is required.
        metadata: The attribute's own, for the schema.
    """

    name: str
    argument: str
    key: str
    shape: Shape
    nullable: bool
    default: object
    metadata: Mapping[Any, Any]

    @property
    def required(self) -> bool:
        """Whether the key must be there."""
        return self.default is attrs.NOTHING


@frozen(kw_only=True, eq=False)
class Record:
    """The plan of one class.

    Attributes:
        cls: The class.
        fields: What its constructor takes, in order.
        read: An object of plain data to an instance.
        write: An instance to a new dict.
    """

    cls: type
    fields: tuple[Field, ...]
    read: Callable[[Any], Any]
    write: Callable[[Any], dict[str, Any]]


_RECORDS: dict[type, Record] = {}


def record_of(cls: type[Any]) -> Record:
    """Give the plan of an attrs class, built on its first use; two threads may both build it, and build the same.

    Raises:
        DefinitionError: The class is no attrs class, two attributes have one key, or an annotation has no plain form.
    """
    record = _RECORDS.get(cls)
    if record is None:
        record = _RECORDS.setdefault(cls, _plan(cls))
    return record


def _plan(cls: type[Any]) -> Record:
    if not attrs.has(cls):
        raise DefinitionError(f"{cls.__name__} is no attrs class, so it has no plain form")
    missing = None
    hints: dict[str, Any] = {}
    try:
        hints = typing.get_type_hints(cls, include_extras=True)
    except NameError as error:
        missing = error.name
    if missing is not None:
        raise DefinitionError(f"{cls.__name__}: `{missing}` must be imported at run time, not for type checking alone")
    fields = tuple(_field_of(cls, each, hints.get(each.name)) for each in attrs.fields(cls) if each.init)
    if len({each.key for each in fields}) != len(fields):
        raise DefinitionError(f"{cls.__name__}: two attributes have the same key")
    return Record(cls=cls, fields=fields, read=_record_reader(cls, fields), write=_record_writer(fields))


def _field_of(cls: type, attribute: attrs.Attribute[Any], annotation: object) -> Field:
    held, nullable = _apart_from_none(annotation)
    shape = _shape_of(held, name_keys=bool(attribute.metadata.get("name_keys")))
    if shape is None:
        raise DefinitionError(f"{cls.__name__}.{attribute.name}: this annotation has no plain form")
    if attribute.metadata.get("shared"):
        shape = attrs.evolve(shape, write=remembering(shape.write))
    argument = attribute.alias or attribute.name
    return Field(
        name=attribute.name,
        argument=argument,
        key=attribute.metadata.get("wire", argument),
        shape=shape,
        nullable=nullable,
        default=attribute.default,
        metadata=attribute.metadata,
    )


MOST_REMEMBERED = 1024


def remembering(write: Callable[[Any], T]) -> Callable[[Any], T]:
    """Write a value that many others hold, and that never changes, once for all of them."""
    written: dict[int, tuple[object, T]] = {}

    def remembered(value: object) -> T:
        # The value is kept beside what was written, so that its id is not another's.
        found = written.get(id(value))
        if found is not None and found[0] is value:
            return found[1]
        data = write(value)
        if len(written) >= MOST_REMEMBERED:
            written.clear()
        written[id(value)] = (value, data)
        return data

    return remembered


def _apart_from_none(annotation: object) -> tuple[object, bool]:
    if typing.get_origin(annotation) in {typing.Union, types.UnionType}:
        others = [each for each in typing.get_args(annotation) if each is not types.NoneType]
        if len(others) == 1:
            return others[0], True
    return annotation, False


def _shape_of(annotation: Any, *, name_keys: bool = False) -> Shape | None:
    """Interpret an annotation, the only place that does; None where it has no plain form."""
    match typing.get_origin(annotation), typing.get_args(annotation):
        case typing.Annotated, (held, *_):
            return _shape_of(held, name_keys=name_keys)
        case typing.Literal, choices if all(isinstance(choice, str) for choice in choices):
            return _choice({choice: choice for choice in choices}, str, str.__str__)
        case origin, (held, end) if origin is tuple and end is ...:
            return _list(_shape_of(held))
        case origin, (held,) if origin is frozenset:
            return _set(_shape_of(held))
        case origin, (key, held) if origin is Mapping:
            return _map(_shape_of(key), _shape_of(held), name_keys=name_keys)
    if isinstance(annotation, typing.NewType):
        return _shape_of(annotation.__supertype__)
    if not isinstance(annotation, type):
        return None
    if issubclass(annotation, StrEnum):
        return _choice({member.value: member for member in annotation}, annotation, attrgetter("_value_"))
    return _nested(annotation) if attrs.has(annotation) else _SCALARS.get(annotation)


_SCALARS: dict[type, Shape] = {
    str: Shape(kind="text", read=scalars.as_text, write=scalars.as_text),
    int: Shape(kind="whole", read=scalars.as_whole, write=scalars.as_whole, plain=int),
    bool: Shape(kind="flag", read=scalars.as_flag, write=scalars.as_flag, plain=bool),
    dt.date: Shape(kind="date", read=scalars.read_date, write=scalars.write_date, pattern=scalars.DATE),
    dt.datetime: Shape(kind="instant", read=scalars.read_instant, write=scalars.write_instant, pattern=scalars.INSTANT),
    dt.time: Shape(kind="time", read=scalars.read_time, write=scalars.write_time, pattern=scalars.TIME),
}


# --- shapes that hold others ------------------------------------------------------------------------------------------


def _within(problem: InvalidValue | Unknown, step: str) -> None:
    """Put a step in front of a problem's path, and let go of whatever error it came from: that may hold a value."""
    rest = problem.field
    problem.field = f"{step}.{rest}" if step and rest and not rest.startswith("[") else step + rest
    problem.args = (problem.field, problem.reason)
    problem.__cause__ = problem.__context__ = None


def _choice(members: Mapping[str, object], cls: type, text_of: Callable[[Any], str]) -> Shape:
    allowed = f"one of {', '.join(members)}"

    def read(data: object) -> object:
        if not isinstance(data, str):
            refuse_type(allowed, data)
        member = members.get(data)
        if member is None:
            raise InvalidValue("", f"{allowed} is needed, and this text is none")
        return member

    def write(value: object) -> str:
        if type(value) is not cls:
            refuse_type(allowed, value)
        text = text_of(value)
        if text not in members:
            read(text)
        return text

    return Shape(kind="choice", read=read, write=write, choices=tuple(members))


def _nested(cls: type) -> Shape:
    # The plan of the class is looked up when it is needed, so that a class may hold itself.
    def read(data: object) -> object:
        return record_of(cls).read(data)

    def write(value: object) -> dict[str, Any]:
        if type(value) is not cls:
            refuse_type(f"a value of the type {cls.__name__}", value)
        return record_of(cls).write(value)

    return Shape(kind="record", read=read, write=write, record=cls)


def _list(item: Shape | None) -> Shape | None:
    if item is None:
        return None
    read_item, write_item = item.read, item.write

    def read(data: object) -> tuple[Any, ...]:
        if not isinstance(data, list):
            refuse_type("a list", data)
        return tuple(_each(read_item, data))

    def write(value: object) -> list[Any]:
        if not isinstance(value, tuple):
            refuse_type("a tuple", value)
        return _each(write_item, value)

    return Shape(kind="list", read=read, write=write, item=item)


def _set(item: Shape | None) -> Shape | None:
    if item is None or item.kind not in {"text", "choice"}:
        return None
    read_item, write_item = item.read, item.write

    def read(data: object) -> frozenset[Any]:
        if not isinstance(data, list):
            refuse_type("a list", data)
        members = frozenset(_each(read_item, data))
        if len(members) != len(data):
            raise InvalidValue("", "the same entry stands here twice")
        return members

    def write(value: object) -> list[Any]:
        if not isinstance(value, frozenset):
            refuse_type("a frozenset", value)
        return sorted(_each(write_item, value))

    return Shape(kind="set", read=read, write=write, item=item)


def _each(convert: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
    converted: list[Any] = []
    try:
        for item in items:
            converted.append(convert(item))  # noqa: PERF401 (its length says which one was refused)
    except (InvalidValue, Unknown) as problem:
        _within(problem, f"[{len(converted)}]")
        raise
    return converted


def _map(key: Shape | None, item: Shape | None, *, name_keys: bool) -> Shape | None:
    if key is None or item is None or key.kind not in {"text", "choice"}:
        return None
    read_key, read_item, write_key, write_item = key.read, item.read, key.write, item.write
    # A key of any text came from outside as the values did; a choice is ours to name.
    named = name_keys or key.kind == "choice"

    def convert(
        entries: Mapping[Any, Any], convert_key: Callable[[Any], Any], convert_item: Callable[[Any], Any]
    ) -> dict[Any, Any]:
        converted: dict[Any, Any] = {}
        step = ""
        try:
            for name, held in entries.items():
                step = f"(key {len(converted) + 1})"
                known = convert_key(name)
                if named:
                    step = str(known)
                converted[known] = convert_item(held)
        except (InvalidValue, Unknown) as problem:
            _within(problem, step)
            raise
        return converted

    def read(data: object) -> FrozenMap[Any, Any]:
        if not isinstance(data, dict):
            refuse_type("an object", data)
        return FrozenMap(convert(data, read_key, read_item))

    def write(value: object) -> dict[str, Any]:
        if not isinstance(value, Mapping):
            refuse_type("a mapping", value)
        return convert(value, write_key, write_item)

    return Shape(kind="map", read=read, write=write, key=key, item=item)


# --- classes ----------------------------------------------------------------------------------------------------------


def _record_writer(fields: tuple[Field, ...]) -> Callable[[Any], dict[str, Any]]:
    plan = tuple((f.name, f.key, f.shape.plain, f.shape.write, f.nullable, f.default is None) for f in fields)

    def write(value: object) -> dict[str, Any]:
        data: dict[str, Any] = {}
        key = ""
        try:
            for name, key, plain, convert, nullable, omitted in plan:
                item = getattr(value, name)
                if type(item) is plain:
                    data[key] = item
                elif item is not None or not nullable:
                    data[key] = convert(item)
                elif not omitted:
                    data[key] = None
        except (InvalidValue, Unknown) as problem:
            _within(problem, key)
            raise
        return data

    return write


def _record_reader(cls: type, fields: tuple[Field, ...]) -> Callable[[Any], Any]:
    plan = tuple((f.key, f.argument, f.shape.plain, f.shape.read, f.nullable, f.required) for f in fields)
    keys = tuple(f.key for f in fields)
    key_of = {f.argument: f.key for f in fields} | {f.name: f.key for f in fields}
    absent = object()

    def read(data: object) -> object:
        if not isinstance(data, dict):
            refuse_type("an object", data)
        arguments: dict[str, Any] = {}
        key = ""
        try:
            for key, argument, plain, convert, nullable, required in plan:
                item = data.get(key, absent)
                if type(item) is plain or (item is None and nullable):
                    arguments[argument] = item
                elif item is not absent:
                    arguments[argument] = convert(item)
                elif required and all(found in keys for found in data):
                    raise InvalidValue("", "this is required")
        except (InvalidValue, Unknown) as problem:
            _within(problem, key)
            raise
        # A required key is missing only together with an unknown one by now, which is more likely to be the mistake.
        if len(arguments) != len(data):
            _refuse_unknown_keys(data, keys)
        try:
            return cls(**arguments)
        except (InvalidValue, Unknown) as problem:
            first, dot, rest = problem.field.partition(".")
            problem.field = key_of.get(first, first) + dot + rest
            _within(problem, "")
            raise

    return read


def _refuse_unknown_keys(data: Mapping[object, object], keys: tuple[str, ...]) -> NoReturn:
    raise InvalidValue("", unknown_keys([key for key in data if key not in keys], keys))
