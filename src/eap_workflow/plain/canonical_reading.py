"""Canonical text read part by part, and no part read twice: the way back from what ``canonical`` writes.

Whoever checks a record reads all of it, and to read a step the long way (parse it, then follow the plan of ``wire``) takes
five times as long as to apply it. Steps speak of the same few actors, days, policies and counted limits, in the same
characters each time. So a text is cut where its keys stand, and a part is looked up among those that were read before.

Where a text is cut needs no proof. It is taken only if it is exactly the keys of its class, in order, with a part after
each, and each part is then read as one JSON value, or the whole is not taken. Whatever does not fit, such as another
layout, an escape, or a bracket within a text, is read the long way, which also says what is wrong with it.

For each class a function is generated out of the plan of ``wire``, as in ``canonical`` and for the same reason. That of a
class with a text, an optional date and a nested value reads like this; `match` has a group for each part, and knows what
dates and plain texts look like:

    def read(text):
        [t_0, t_1, t_2] = match(text).groups()
        return build(
            client=t_0,
            ended_on=left_out_1 if t_1 is None else read_1(t_1),
            holder=known_2(t_2) or read_2(t_2),
        )
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import date, datetime
from operator import attrgetter
from typing import Any, TypeAlias, TypeVar

from attrs import frozen

from eap_workflow.plain.canonical import UNFIT
from eap_workflow.plain.json_text import parse_json, parse_object
from eap_workflow.plain.wire import Field, Shape, from_wire, record_of

T = TypeVar("T")
Reader: TypeAlias = Callable[[str], Any]

MOST_REMEMBERED = 1024
DEEPEST = 6


def _balanced(opening: str, closing: str) -> str:
    """What matches a list or an object by its brackets alone, with so many inside each other."""
    others = rf"[^\{opening}\{closing}]*+"
    pattern = rf"\{opening}{others}\{closing}"
    for _ in range(DEEPEST - 1):
        pattern = rf"\{opening}{others}(?:{pattern}{others})*+\{closing}"
    return pattern


_OBJECT, _LIST = _balanced("{", "}"), _balanced("[", "]")
_DATE = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_INSTANT = rf"{_DATE}T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]\.[0-9]{{6}}Z"
# Printable, with nothing that would be escaped.
_TEXT = r"[ !#-\[\]-~]*+"
AN_OBJECT = f"({_OBJECT})"
"""What an object matches that a class will read of which is not known yet."""

_ANY = rf'(null|true|false|-?[0-9][0-9.eE+-]*+|"{_TEXT}"|{_OBJECT}|{_LIST})'


@frozen(kw_only=True, eq=False)
class Part:
    """One key of an object, and how the text of its value is read.

    Attributes:
        key: The key.
        argument: What the value is called once it is read.
        pattern: What the text of the value matches, with one group.
        read: What reads the group.
        in_place: The same as an expression of ``t``, ``read`` and what `Remembered` knows, where that is quicker.
        omitted: Whether the key may be left out.
        left_out: What stands for the value then.
    """

    key: str
    argument: str
    pattern: str
    read: Reader
    in_place: str = "read(t)"
    omitted: bool = False
    left_out: object = None


def from_text(cls: type[T], text: str) -> T:
    """Read an instance of an attrs class from JSON text: from any, and fast from canonical one.

    Raises:
        InvalidType: As ``parse_object`` and ``from_wire``.
        InvalidValue: Likewise.
        DefinitionError: The class has no plain form.
    """
    try:
        return text_reader(cls)(text)  # type: ignore[no-any-return]
    except UNFIT:
        pass
    return from_wire(cls, parse_object(text))


_READERS: dict[type, Reader] = {}


def text_reader(cls: type[Any]) -> Reader:
    """Give what reads the instances of a class from canonical text; of another text, it raises one of ``UNFIT``."""
    read = _READERS.get(cls)
    if read is None:
        read = _READERS.setdefault(cls, taking_apart(parts(record_of(cls).fields), cls))
    return read


def parts(fields: Iterable[Field]) -> list[Part]:
    """Plan how an object with a key for each field is taken apart."""
    return [_part(field) for field in fields]


def taking_apart(planned: Iterable[Part], build: Callable[..., Any]) -> Reader:
    """Generate what takes an object apart and builds a value of its parts; those that are left out are None.

    Args:
        planned: The parts.
        build: Takes the values by their arguments.
    """
    names: dict[str, object] = {"build": build}
    pattern, groups, arguments = "", "", ""
    for number, part in enumerate(sorted(planned, key=lambda part: part.key)):
        # There is a comma before every part but the first one that is there.
        whole = rf'(?:(?<=\{{)|(?<!\{{),)"{re.escape(part.key)}":{part.pattern}'
        pattern += f"(?:{whole})?+" if part.omitted else whole
        groups += f"t_{number}, "
        names[f"read_{number}"], names[f"known_{number}"] = part.read, getattr(part.read, "known", None)
        value = re.sub(r"\b(t|read|known)\b", rf"\1_{number}", part.in_place)
        if part.omitted:
            names[f"left_out_{number}"] = part.left_out
            value = f"left_out_{number} if t_{number} is None else {value}"
        arguments += f"  {part.argument}={value},\n"
    names["match"] = re.compile(rf"\{{{pattern}\}}").fullmatch
    # Where nothing matches there are no groups, which is among what is unfit.
    lines = f"def read(text):\n [{groups}] = match(text).groups()\n return build(\n{arguments} )"
    exec(lines, names)  # noqa: S102 - of names of our own classes' attributes alone
    read: Any = names["read"]
    return read  # type: ignore[no-any-return]


class Remembered:
    """Reads a text once for as long as it is remembered; what is read of it never changes, and is never None.

    Args:
        read: What reads a text.

    Attributes:
        known: Gives what was read of a text before, or None.
    """

    __slots__ = ("_read", "_values", "known")

    def __init__(self, read: Reader) -> None:
        self._read = read
        self._values: dict[str, Any] = {}
        self.known: Callable[[str], Any] = self._values.get

    def __call__(self, text: str) -> Any:
        """Read a text and remember what it says."""
        value = self._read(text)
        if len(self._values) >= MOST_REMEMBERED:
            self._values.clear()
        self._values[text] = value
        return value


KNOWN_OR_READ = "known(t) or read(t)"


def _part(field: Field) -> Part:
    omitted = _is_omitted(field)
    pattern, read, in_place = _reading(field.shape)
    if field.nullable and not omitted:
        pattern, read = _ANY, _unless_null(field.shape)
        in_place = "read(t)"
    return Part(key=field.key, argument=field.argument, pattern=pattern, read=read, in_place=in_place, omitted=omitted)


def _is_omitted(field: Field) -> bool:
    return field.nullable and field.default is None


def _reading(shape: Shape) -> tuple[str, Reader, str]:
    """What the text of what an annotation stands for matches, what reads it, and the same in place."""
    match shape.kind:
        case "text":
            return f'"({_TEXT})"', shape.read, "t"
        case "whole":
            # As many digits as any database keeps.
            return "(-?(?:0|[1-9][0-9]{0,17}))", int, "int(t)"
        case "flag":
            return "(true|false)", shape.read, "t == 'true'"
        case "date":
            return f'"({_DATE})"', date.fromisoformat, "read(t)"
        case "instant":
            return f'"({_INSTANT})"', datetime.fromisoformat, "read(t)"
        case "choice" | "time":
            return f'"({_TEXT})"', Remembered(shape.read), KNOWN_OR_READ
        case "record":
            return AN_OBJECT, remembered(shape.record), KNOWN_OR_READ
        case "list" if shape.item is not None and shape.item.record is not None:
            first = min(record_of(shape.item.record).fields, key=attrgetter("key"))
            if not _is_omitted(first):
                read = _list_of(remembered(shape.item.record), first.key)
                return f"({_LIST})", read, "read(t) if t != '[]' else ()"
    return _ANY, Remembered(lambda text: shape.read(parse_json(text))), KNOWN_OR_READ


_REMEMBERED: dict[type, Remembered] = {}


def remembered(cls: Any) -> Remembered:
    """Give what reads the instances of a class as parts of others, wherever they stand."""
    read = _REMEMBERED.get(cls)
    if read is None:
        # The class's own reader is looked up when it is needed, so that a class may hold itself.
        read = _REMEMBERED.setdefault(cls, Remembered(lambda text: text_reader(cls)(text)))  # noqa: PLW0108
    return read


def _unless_null(shape: Shape) -> Reader:
    return lambda text: None if text == "null" else shape.read(parse_json(text))


def _list_of(read: Remembered, first: str) -> Reader:
    """Make what reads a list of objects that all begin with the same key: a list is cut where that key stands."""
    lead, known = f'{{"{first}":', read.known
    cut = f",{lead}"

    def read_each(text: str) -> tuple[Any, ...]:
        found = f",{text[1:-1]}".split(cut)
        if found[0]:
            raise ValueError
        return tuple([known(each) or read(each) for part in found[1:] for each in [lead + part]])

    return read_each
