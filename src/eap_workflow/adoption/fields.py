"""The fields of what is stated of a request elsewhere: instants, parts and several of them, a state in which it can rest."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

import attrs
from attrs import field

from eap_workflow.errors import InvalidType, InvalidValue
from eap_workflow.values import REFERENCE_PATTERN, WORD_PATTERN, as_instant, check_choice, check_reference

if TYPE_CHECKING:
    from eap_workflow.machine import Workflow


def instant(**options: Any) -> Any:
    """Declare an attribute that holds an instant, which is brought to UTC; ``default=None`` makes it optional."""

    def check(_instance: object, attribute: Any, value: object) -> None:
        if value is not None or attribute.default is not None:
            as_instant(cast("datetime", value), attribute.name)

    def convert(value: Any) -> Any:
        aware = isinstance(value, datetime) and value.utcoffset() is not None
        try:
            return as_instant(value) if aware else value
        except InvalidValue:
            return value  # the check, which knows the field's name, refuses it

    return field(converter=convert, validator=check, **options)


def part(cls: type, **options: Any) -> Any:
    """Declare an attribute that holds a value of a class; ``default=None`` makes it optional."""

    def check(_instance: object, attribute: Any, value: object) -> None:
        if not isinstance(value, cls) and (value is not None or attribute.default is not None):
            raise InvalidType(attribute.name, f"a value of the type {cls.__name__} is needed")

    return field(validator=check, **options)


def several(most: int, check_each: Callable[[str, object], None], needed: str, **options: Any) -> Any:
    """Declare an attribute that holds a tuple, each of its values checked; a list will do.

    Args:
        most: How many it holds at most.
        check_each: Refuses a value, by the attribute's name.
        needed: What its values are called in an error, in the plural.
        **options: As for attrs; the metadata is added to.
    """

    def check(_instance: object, attribute: Any, value: object) -> None:
        if not isinstance(value, tuple):
            raise InvalidType(attribute.name, f"{needed} are needed")
        if len(value) > most:
            raise InvalidValue(attribute.name, f"at most {most} are taken")
        for each in value:
            check_each(attribute.name, each)

    metadata = {"maxItems": most, **options.pop("metadata", {})}
    return field(converter=_tuple, validator=check, metadata=metadata, **options)


def _tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def parts(cls: type, most: int, **options: Any) -> Any:
    """Declare an attribute that holds values of a class, in a tuple; left out, there are none."""

    def check_each(name: str, value: object) -> None:
        if not isinstance(value, cls):
            raise InvalidType(name, f"values of the type {cls.__name__} are needed")

    return several(most, check_each, f"values of the type {cls.__name__}", default=(), **options)


def references(most: int, *, least: int = 0, **options: Any) -> Any:
    """Declare an attribute that holds references, in a tuple."""
    bounds = {"minItems": least} if least else {}
    metadata = {"pattern": f"^{REFERENCE_PATTERN}$", **bounds}
    return several(most, check_reference, "references", metadata=metadata, **options)


def choices(most: int) -> Any:
    """Declare an attribute that holds choices from a contract's list, in a tuple; left out, there are none."""
    return several(most, check_choice, "choices from a list", metadata={"pattern": f"^{WORD_PATTERN}$"}, default=())


def check_together(value: Any, *names: str) -> None:
    """Refuse a value that has some of these attributes, and not all.

    Raises:
        InvalidValue: One is missing; the error names it.
    """
    missing = [name for name in names if getattr(value, name) is None]
    if missing and len(missing) < len(names):
        raise InvalidValue(missing[0], f"{', '.join(names)} are stated together, or none of them is")


def names_of(names: Iterable[str]) -> dict[str, str]:
    """What a schema says of an attribute that holds one of some names."""
    return {"pattern": f"^({'|'.join(names)})$"}


def resting_states(workflow: Workflow) -> tuple[str, ...]:
    """The states of a workflow in which a request can rest."""
    return tuple(state.name for state in workflow.states if not state.passing)


def resting_state(workflow: Workflow) -> Any:
    """Declare an attribute that holds one of them."""
    resting = resting_states(workflow)

    def check(_instance: object, attribute: Any, value: object) -> None:
        if not isinstance(value, str) or value not in resting:
            raise InvalidValue(attribute.name, f"a state in which a request can rest is needed: {', '.join(resting)}")

    return field(validator=check, metadata=names_of(resting))


def copied(cls: Any, value: Any, **parts: Any) -> Any:
    """Fill a class with what another value has of its attributes; None stays None.

    Args:
        cls: The class.
        value: The other value.
        **parts: The attributes that it has not.
    """
    if value is None:
        return None
    return cls(**{each.name: getattr(value, each.name) for each in attrs.fields(cls) if each.name not in parts} | parts)
