"""What a command, a computed fact or a contract's table holds, as lines with a name: every attribute that is filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any

import attrs
from attrs import frozen

from eap_workflow.plain.docstrings import attributes_of
from eap_workflow.plain.wire import record_of
from eap_workflow.policy import PolicyRef
from eap_workflow.process import ByClock
from eap_workflow.values import REFERENCE_PATTERN, Actor, Discreet, as_words
from eap_workflow.wording import who

REFERENCE = f"^{REFERENCE_PATTERN}$"
"""What an attribute says of itself that holds a reference, which is never put in words, whatever it looks like."""


@frozen(kw_only=True, repr=False)
class Line(Discreet):
    """Something that has a name.

    Attributes:
        label: Its name, in words.
        value: What it is; an instant is in UTC.
        about: What its name means; empty where that is not asked for.
    """

    label: str
    value: str | date | datetime
    about: str = ""


def lines_of(value: Any, *, leaving_out: str | None = None, explained: bool = False) -> tuple[Line, ...]:
    """Take everything from a value that is filled in, in the order of its class.

    Args:
        value: A command, what was computed, or a table of a contract; None for nothing.
        leaving_out: An attribute of it that is not wanted.
        explained: Whether each line says what its name means, as the class does.
    """
    if value is None or isinstance(value, ByClock):
        return ()
    lines = _lines_of(value, "", leaving_out)
    return tuple(lines if explained else (attrs.evolve(line, about="") for line in lines))


def _lines_of(value: Any, under: str, leaving_out: str | None = None) -> Iterator[Line]:
    said = attributes_of(type(value))
    for each in record_of(type(value)).fields:
        held = getattr(value, each.name)
        if each.name == leaving_out or held is None or (isinstance(held, (tuple, frozenset, Mapping)) and not held):
            continue
        label = f"{under}{as_words(each.name)}"
        for line in _lines(label, held, is_reference=each.metadata.get("pattern") == REFERENCE):
            yield line if line.about else attrs.evolve(line, about=said.get(each.name, ""))


def _lines(label: str, held: Any, *, is_reference: bool) -> Iterator[Line]:
    match held:
        case PolicyRef():
            yield Line(label=label, value=str(held))
        case Actor():
            yield Line(label=label, value=who(held))
        case Mapping():
            # A store may give them in another order than the one in which they were sent.
            for key, each in sorted(held.items()):
                yield from _lines(f"{label}: {as_words(str(key))}", each, is_reference=is_reference)
        case tuple() | frozenset() if any(attrs.has(type(each)) for each in held):
            for number, each in enumerate(held, start=1):
                yield from _lines_of(each, f"{label} {number}: ")
        case tuple() | frozenset():
            listed = held if isinstance(held, tuple) else sorted(held)
            yield Line(label=label, value=", ".join(str(_text(each, is_reference=is_reference)) for each in listed))
        case _ if attrs.has(type(held)):
            yield from _lines_of(held, f"{label}: ")
        case _:
            yield Line(label=label, value=_text(held, is_reference=is_reference))


def in_words(text: str) -> str:
    """A choice from a list as people write it; everything else as it is.

    >>> in_words("not_short_term"), in_words("XS-0001"), in_words("con_17")
    ('not short term', 'XS-0001', 'con_17')

    Args:
        text: What stands in a list or in a message, where nothing else says what it is.
    """
    return as_words(text) if text.replace("_", "").isalpha() and text.islower() else text


def _text(value: Any, *, is_reference: bool) -> str | date | datetime:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return value
    text = str(value.value if isinstance(value, Enum) else value)
    return text if is_reference else in_words(text)
