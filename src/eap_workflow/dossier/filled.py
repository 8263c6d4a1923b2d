"""What a command, a computed fact or a contract's table holds, as lines with a name: every attribute that is filled in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from enum import Enum
from typing import Any

import attrs
from attrs import frozen

from eap_workflow.dossier.wording import who
from eap_workflow.plain.wire import record_of
from eap_workflow.policy import PolicyRef
from eap_workflow.process import ByClock
from eap_workflow.values import REFERENCE_PATTERN, Actor, Discreet, as_words

REFERENCE = f"^{REFERENCE_PATTERN}$"
"""What an attribute says of itself that holds a reference, which is never put in words, whatever it looks like."""


@frozen(kw_only=True, repr=False)
class Line(Discreet):
    """Something that has a name.

    Attributes:
        label: Its name, in words.
        value: What it is; an instant is in UTC.
    """

    label: str
    value: str | date | datetime


def lines_of(value: Any) -> tuple[Line, ...]:
    """Take everything from a value that is filled in, in the order of its class.

    Args:
        value: A command, what was computed, or a table of a contract; None for nothing.
    """
    if value is None or isinstance(value, ByClock):
        return ()
    return tuple(_lines_of(value, ""))


def _lines_of(value: Any, under: str) -> Iterator[Line]:
    for each in record_of(type(value)).fields:
        held = getattr(value, each.name)
        if held is None or (isinstance(held, (tuple, frozenset, Mapping)) and not held):
            continue
        label = f"{under}{as_words(each.name)}"
        yield from _lines(label, held, is_reference=each.metadata.get("pattern") == REFERENCE)


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
