"""The canonical JSON text of a value, written straight from its attributes: what is stored and hashed of every command.

It is the same text as ``canonical_json(to_wire(value))``, character for character, without the plain data between: a command
writes two or three values of a hundred fields, and to build dictionaries of them, sort those and walk them again took longer
than to decide it.

The plan is that of ``wire``. For each class a function is generated out of it, as attrs generates a class's ``__init__``: its
keys stand sorted in it once and for all, and the commonest fields are written in place, because calling something for each
of them is what the time would go into. That of a class with a text, an optional date and a nested value reads like this:

    def write(value):
        v = value.client
        m0 = quote(v) if v.__class__ is str and v.isprintable() else write_0(v)
        v = value.ended_on
        m1 = "" if v is None else ',"ended_on":' + (quoted_date(v) if v.__class__ is date else write_1(v))
        v = value.holder
        m2 = nested_2(v) if v.__class__ is class_2 else write_2(v)
        return f'{{"client":{m0}{m1},"holder":{m2}}}'

Where a value is not what its annotation says, nothing is said about it here: it is written the long way, which says where.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, TypeAlias, TypeVar

from attrs import frozen

from eap_workflow.errors import InvalidValue, Unknown
from eap_workflow.plain.json_text import canonical_json, quoting
from eap_workflow.plain.scalars import as_flag, as_text, as_whole, write_date, write_instant
from eap_workflow.plain.wire import Field, Shape, record_of, remembering, to_wire

T = TypeVar("T")
Writer: TypeAlias = Callable[[Any], str]

UNFIT = (InvalidValue, Unknown, LookupError, TypeError, AttributeError, ValueError)
"""What a writer stumbles over in a value that is not what it should be."""

MOST_REMEMBERED = 1024


@frozen(kw_only=True, eq=False)
class Member:
    """One key of an object, and where its value comes from.

    Attributes:
        key: The key.
        attribute: The attribute of the instance.
        write: What writes the attribute's value.
        in_place: The same as an expression of ``v``, ``write``, ``item`` and what every such function knows, where that is
            quicker; else empty.
        item: What writes an item of a list.
        nested: The class of a nested value, which is written by that class's own function.
        nullable: Whether the value may be None.
        omitted: Whether the key is left out then.
    """

    key: str
    attribute: str
    write: Writer
    in_place: str = ""
    item: Writer | None = None
    nested: type | None = None
    nullable: bool = False
    omitted: bool = False


def canonical_text(value: object) -> str:
    """Write an instance of an attrs class as canonical JSON.

    Raises:
        InvalidValue: As ``to_wire``, and at the same path.
        DefinitionError: The class has no plain form.
    """
    return written(value, record_writer(type(value)), to_wire)


def written(value: T, write: Callable[[T], str], plain: Callable[[T], object]) -> str:
    """Write a value, or refuse it in the words of what gives its plain form."""
    try:
        return write(value)
    except UNFIT:
        pass
    return canonical_json(plain(value))


def of_its_class(value: object) -> str:
    """Write an instance of any attrs class, as a part of another value; for one that is unfit, it raises one of ``UNFIT``."""
    return record_writer(value.__class__)(value)


_WRITERS: dict[type, Writer] = {}


def record_writer(cls: type[Any]) -> Writer:
    """Give what writes the instances of a class; for a value that is unfit, it raises one of ``UNFIT``."""
    write = _WRITERS.get(cls)
    if write is None:
        write = _WRITERS.setdefault(cls, generated(members(record_of(cls).fields)))
    return write


def members(fields: Iterable[Field]) -> list[Member]:
    """Plan an object with a key for each field."""
    return [_member(field) for field in fields]


def generated(planned: Iterable[Member]) -> Writer:
    """Generate what writes an object out of its members."""
    planned = sorted(planned, key=lambda member: member.key)
    if not all(member.key.isidentifier() for member in planned):
        return _the_long_way
    quote = quoting()
    names: dict[str, object] = {"quote": quote, **_KNOWN}
    lines, text = ["def write(value):"], ""
    for number, member in enumerate(planned):
        names[f"write_{number}"], names[f"item_{number}"] = member.write, member.item
        expression = (
            (member.in_place or "write(v)").replace("write(", f"write_{number}(").replace("item,", f"item_{number},")
        )
        if member.nested is not None:
            names[f"class_{number}"] = member.nested
            names[f"nested_{number}"] = _at_first_use(member.nested, names, f"nested_{number}")
            expression = f"nested_{number}(v) if v.__class__ is class_{number} else write_{number}(v)"
        lead = f"{quote(member.key)}:"
        if member.omitted:
            expression = f"'' if v is None else {',' + lead!r} + ({expression})"
            text += f"{{m{number}}}"
        else:
            if member.nullable:
                expression = f"'null' if v is None else {expression}"
            # An identifier is itself within a format: no brace, quote or backslash stands in it.
            text += f",{lead}{{m{number}}}"
        lines += [f" v = value.{member.attribute}", f" m{number} = {expression}"]
    # Every member begins with a comma; the first one that is there does not need it.
    lines.append(f" return '{{' + f'''{text}'''[1:] + '}}'" if text else " return '{}'")
    exec("\n".join(lines), names)  # noqa: S102 - of names of our own classes' attributes alone
    write: Any = names["write"]
    return write  # type: ignore[no-any-return]


def _at_first_use(cls: type, names: dict[str, object], name: str) -> Writer:
    """Have the writer of a class made when it is needed, so that a class may hold itself, and put in its place then."""

    def write(value: object) -> str:
        made = record_writer(cls)
        names[name] = made
        return made(value)

    return write


def _the_long_way(_value: object) -> str:
    raise TypeError


def _member(field: Field) -> Member:
    shape = field.shape
    shared = bool(field.metadata.get("shared"))
    write = _writer(shape)
    return Member(
        key=field.key,
        attribute=field.name,
        write=remembering(write) if shared else write,
        in_place="" if shared else _IN_PLACE.get(shape.kind, ""),
        item=_writer(_held(shape.item)) if shape.kind == "list" else None,
        nested=None if shared else shape.record,
        nullable=field.nullable,
        omitted=field.nullable and field.default is None,
    )


_IN_PLACE = {
    "text": "quote(v) if v.__class__ is str and v.isprintable() else write(v)",
    "whole": "repr(v) if v.__class__ is int else write(v)",
    "date": "quoted_date(v) if v.__class__ is date else write(v)",
    # Only instants in UTC may be looked up: see `eap_workflow.plain.scalars.write_instant`.
    "instant": "quoted_instant(v) if v.__class__ is datetime and v.tzinfo is UTC else write(v)",
    "list": "('[' + ','.join(map(item, v)) + ']' if v else '[]') if v.__class__ is tuple else write(v)",
}


def _writer(shape: Shape) -> Writer:
    """Make what writes what an annotation stands for."""
    simple = _SIMPLE.get(shape.kind)
    if simple is not None:
        return simple
    match shape.kind:
        case "choice":
            return _choice(shape)
        case "record":
            return _nested(shape)
        case "list":
            return _list(_writer(_held(shape.item)))
        case "map":
            return _map(_held(shape.key), _held(shape.item))
        case "set":
            # Sorted as text, and quoted then: that is not the same order.
            return lambda value: "[" + ",".join(map(quoting(), shape.write(value))) + "]"
    # Digits and colons, of which none is escaped.
    return lambda value: f'"{shape.write(value)}"'


def _held(shape: Shape | None) -> Shape:
    if shape is None:
        raise TypeError
    return shape


def as_quoted(value: object) -> str:
    """Write one text."""
    quote = quoting()
    return quote(value) if value.__class__ is str and value.isprintable() else quote(as_text(value))


def _whole(value: object) -> str:
    return str(as_whole(value))


def _flag(value: object) -> str:
    return "true" if as_flag(value) else "false"


def _date(value: object) -> str:
    return f'"{write_date(value)}"'


def _instant(value: object) -> str:
    return f'"{write_instant(value)}"'


_KNOWN: Mapping[str, object] = {
    "date": date,
    "datetime": datetime,
    "UTC": UTC,
    # A step, its neighbours and the snapshot speak of the same few days and instants.
    "quoted_date": lru_cache(MOST_REMEMBERED)(_date),
    "quoted_instant": lru_cache(MOST_REMEMBERED)(_instant),
}
"""What the expressions that are written in place speak of."""

_SIMPLE: Mapping[str, Writer] = {
    "text": as_quoted,
    "whole": _whole,
    "flag": _flag,
    "date": _date,
    "instant": _instant,
}


def _choice(shape: Shape) -> Writer:
    plain, quote = shape.write, quoting()
    # By class too: a member of an enum equals its text, and is not what an annotation of another class allows.
    texts: dict[tuple[type, object], str] = {}

    def write(value: object) -> str:
        text = texts.get((value.__class__, value))
        if text is None:
            text = texts[value.__class__, value] = quote(plain(value))
        return text

    return write


def _nested(shape: Shape) -> Writer:
    cls = shape.record

    def write(value: object) -> str:
        if value.__class__ is not cls:
            raise TypeError
        return record_writer(cls)(value)

    return write


def _list(item: Writer) -> Writer:
    def write(value: object) -> str:
        if not isinstance(value, tuple):
            raise TypeError
        return "[" + ",".join(map(item, value)) + "]" if value else "[]"

    return write


def _map(key: Shape, item: Shape) -> Writer:
    write_key, write_item, quote = key.write, _writer(item), quoting()

    def write(value: object) -> str:
        if not isinstance(value, Mapping):
            raise TypeError
        entries = sorted([(write_key(name), write_item(held)) for name, held in value.items()])
        return "{" + ",".join([f"{quote(name)}:{text}" for name, text in entries]) + "}"

    return write
