"""The small values that every layer speaks of: references, counts, instants, roles and actors.

The library holds references into the caller's system, never a name, an address or free text. A reference is therefore
bounded in length and plain in its characters, and it is checked here, once, where it enters.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any, ParamSpec, TypeAlias, TypeVar, get_args

import attrs
from attrs import field, frozen

from eap_workflow.errors import DefinitionError, InvalidType, InvalidValue

if TYPE_CHECKING:
    from collections.abc import Callable

Reference: TypeAlias = str
"""An id in the caller's system: 1 to 64 letters, digits and ``. _ : / -``, beginning with a letter or a digit."""

REFERENCE_PATTERN = "[A-Za-z0-9][A-Za-z0-9._:/-]{0,63}"
ASSIST_CASE_PATTERN = "ASST-[0-9]{1,20}"
WORD_PATTERN = "[a-z][a-z0-9_]{0,63}"

# Instants stay a day away from the ends of what datetime can hold, so that no zone conversion can overflow.
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(9998, 12, 31, tzinfo=UTC)


class Role(StrEnum):
    """Who somebody is to a request (XS-02, CR-03, CR-08, IN-07, CM-02, TC-01)."""

    CONSULTANT = "consultant"
    PRACTICE = "practice"
    CLINICAL_MANAGER = "clinical_manager"
    EMPLOYER = "employer"
    CASE_TEAM = "case_team"
    PARTNER_CLINICIAN = "partner_clinician"
    THERAPIST = "therapist"
    SYSTEM = "system"


@frozen
class _Text:
    """A check of text against a pattern, made ready at its first use: an import should not pay for one it never meets."""

    pattern: str
    words: str

    def __call__(self, _instance: object, attribute: Any, value: object) -> None:
        # Nearly all is as it should be, and is asked nothing more.
        if value.__class__ is str and _matcher(self.pattern)(value) is not None:
            return
        if value is not None or attribute.default is not None:
            self.check(attribute.name, value)

    def check(self, name: str, value: object) -> None:
        if not isinstance(value, str):
            raise InvalidType(name, f"{self.words} is needed, as text")
        if _matcher(self.pattern)(value) is None:
            raise InvalidValue(name, f"{self.words} is needed")


@cache
def _matcher(pattern: str) -> Callable[[str], object]:
    import re

    return re.compile(pattern).fullmatch


_REFERENCE = _Text(
    REFERENCE_PATTERN, "a reference of 1 to 64 letters, digits and . _ : / -, beginning with a letter or digit,"
)
_ASSIST_CASE = _Text(ASSIST_CASE_PATTERN, "an Assist Case number (ASST- and digits)")
_WORD = _Text(WORD_PATTERN, "a choice from a list, in lower case letters, digits and _,")


def check_reference(name: str, value: object) -> None:
    """Refuse what is no `Reference`.

    Args:
        name: What to call it in the error.
        value: What was given.

    Raises:
        InvalidType: It is no text.
        InvalidValue: It is too long, or has a character that a reference cannot have.
    """
    _REFERENCE.check(name, value)


def reference(**options: Any) -> Any:
    """Declare an attribute that holds a `Reference`; ``default=None`` makes it optional."""
    return field(validator=_REFERENCE, metadata={"pattern": f"^{REFERENCE_PATTERN}$"}, **options)


def assist_case_number(**options: Any) -> Any:
    """Declare an attribute that holds the number of an Assist Case, ``ASST-`` and digits (XS-01)."""
    return field(validator=_ASSIST_CASE, metadata={"pattern": f"^{ASSIST_CASE_PATTERN}$"}, **options)


def choice(**options: Any) -> Any:
    """Declare an attribute that holds a choice from one of the contract's lists; the policy says which there are."""
    return field(validator=_WORD, metadata={"pattern": f"^{WORD_PATTERN}$"}, **options)


def check_choice(name: str, value: object) -> None:
    """Refuse what cannot be a choice from a contract's list, whatever the list.

    Args:
        name: What to call it in the error.
        value: What was given.

    Raises:
        InvalidType: It is no text.
        InvalidValue: It has a character that no choice has, or is too long.
    """
    _WORD.check(name, value)


def check_word(name: str, value: object, words: tuple[str, ...]) -> None:
    """Refuse what is none of the rules' own words.

    Args:
        name: What to call it in the error.
        value: What was given.
        words: What is allowed, whatever the contract.

    Raises:
        InvalidType: It is no text.
        InvalidValue: It is another text.
    """
    if not isinstance(value, str):
        raise InvalidType(name, f"one of {', '.join(words)} is needed, as text")
    if value not in words:
        raise InvalidValue(name, f"one of {', '.join(words)} is needed")


def one_of(literal: object, **options: Any) -> Any:
    """Declare an attribute that holds one of the rules' own words: those of a ``Literal`` type."""
    words = get_args(literal)

    def check(_instance: object, attribute: Any, value: object) -> None:
        if value is not None or attribute.default is not None:
            check_word(attribute.name, value, words)

    return field(validator=check, **options)


def flag(**options: Any) -> Any:
    """Declare an attribute that is true or false; a number is neither."""

    def check(_instance: object, attribute: Any, value: object) -> None:
        if type(value) is not bool and (value is not None or attribute.default is not None):
            raise InvalidType(attribute.name, "true or false is needed")

    return field(validator=check, **options)


def as_words(name: str) -> str:
    """A name or a choice, as people write it.

    >>> as_words("return_to_work")
    'return to work'
    """
    return name.replace("_", " ")


def count(minimum: int, maximum: int, **options: Any) -> Any:
    """Declare an attribute that holds a whole number within inclusive bounds; a bool is none."""

    def check(_instance: object, attribute: Any, value: object) -> None:
        if value is None and attribute.default is None:
            return
        if type(value) is not int:
            raise InvalidType(attribute.name, f"a whole number from {minimum} to {maximum} is needed")
        if not minimum <= value <= maximum:
            raise InvalidValue(attribute.name, f"a whole number from {minimum} to {maximum} is needed")

    return field(validator=check, metadata={"minimum": minimum, "maximum": maximum}, **options)


def day(**options: Any) -> Any:
    """Declare an attribute that holds a date of the calendar; a datetime is none."""

    def check(_instance: object, attribute: Any, value: object) -> None:
        if value is None and attribute.default is None:
            return
        if type(value) is not date:
            raise InvalidType(attribute.name, "a date is needed, without a time of day")

    return field(validator=check, **options)


def as_instant(value: datetime, name: str = "at") -> datetime:
    """Bring an aware datetime to UTC.

    Two datetimes in different zones compare unequal in the hour that a clock change repeats, so every instant is held
    in UTC from the moment that it enters.

    Args:
        value: An aware datetime in any zone.
        name: What to call it in an error.

    Raises:
        InvalidType: It is no datetime, or it has no zone.
        InvalidValue: It lies before 1900 or after 9998.
    """
    if not isinstance(value, datetime):
        raise InvalidType(name, "an instant is needed: a datetime with its zone")
    if value.tzinfo is UTC and EARLIEST <= value <= LATEST:
        return value
    if value.utcoffset() is None:
        raise InvalidType(name, "an instant is needed, and this datetime has no zone")
    if not EARLIEST <= value <= LATEST:
        raise InvalidValue(name, "an instant from 1900 to 9998 is needed")
    return value.astimezone(UTC)


class Value:
    """Equality, hash and repr by attributes, as attrs would generate them; for classes with ``eq=False, repr=False``.

    They are written once here because attrs generates and compiles them for each class anew: with some fifty classes that
    was a third of what it costs to import the library.
    """

    __slots__ = ()

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return _attributes(self) == _attributes(other)

    def __hash__(self) -> int:
        return hash((type(self), _attributes(self)))

    def __repr__(self) -> str:
        of_class: Any = type(self)
        shown = [f"{each.name}={getattr(self, each.name)!r}" for each in attrs.fields(of_class) if each.repr]
        return f"{of_class.__name__}({', '.join(shown)})"


def _attributes(value: Any) -> tuple[object, ...]:
    return tuple([getattr(value, each.name) for each in attrs.fields(type(value)) if each.eq])


class Discreet(Value):
    """The repr of whatever came in with a command: which fields are filled in, and none of their values."""

    __slots__ = ()

    def __repr__(self) -> str:
        of_class: Any = type(self)
        filled = [each.name for each in attrs.fields(of_class) if getattr(self, each.name) is not None]
        return f"<{type(self).__name__}: {', '.join(filled) or 'nothing'} filled in>"


T = TypeVar("T")
# Looked up once: a step makes or copies half a dozen values.
_new = object.__new__
P = ParamSpec("P")


def changed(value: T, **parts: Any) -> T:
    """Copy a frozen value with some attributes changed, and share the rest.

    What is given stands as it is: it is neither converted nor checked, because it comes out of values that were. That
    and the copying at once make it an eighth of what ``attrs.evolve`` costs, which a step would pay several times. What a
    class computed from its attributes and remembered is copied along: change none of what it was computed from.

    Args:
        value: A value of a class that is declared with ``slots=False``.
        **parts: The attributes that change.

    Raises:
        DefinitionError: The class has no such attribute.
    """
    held = value.__dict__
    copy = _new(value.__class__)
    attributes = copy.__dict__
    attributes |= held
    attributes |= parts
    if len(attributes) != len(held):
        raise DefinitionError(f"{type(value).__name__} has not all of the attributes {', '.join(parts)}")
    return copy


def made(cls: Callable[P, T], /, *_: P.args, **attributes: P.kwargs) -> T:
    """Make a frozen value out of all its attributes, for the few places that every command goes through.

    As with `changed`, what is given is neither converted nor checked, and no default is filled in: it takes half the
    time of the constructor.

    Args:
        cls: A class that is declared with ``slots=False`` and ``kw_only=True``.
        **attributes: All of its attributes.
    """
    # A class is what is called; as a callable it has its parameters, so that type checkers check the attributes.
    value = _new(cls)  # type: ignore[arg-type]
    held = value.__dict__
    held |= attributes
    return value


_ROLES = {role.value: role for role in Role}


def _as_role(given: object) -> Role:
    role = _ROLES.get(given) if isinstance(given, str) else None
    if role is None:
        raise InvalidValue("role", f"one of {', '.join(_ROLES)} is needed")
    return role


@frozen(kw_only=True, eq=False, repr=False)
class Actor(Discreet):
    """Who acts: a role and a reference, with the organisation that they act for.

    Attributes:
        role: In which role.
        id: Who, as a reference into the caller's system.
        practice: The practice of a consultant or of its staff; the partner organisation of a partner clinician.
        employer: The organisation that an employer's approver acts for (IN-07).
    """

    role: Role = field(converter=_as_role)
    id: Reference = reference()
    practice: Reference | None = reference(default=None)
    employer: Reference | None = reference(default=None)


def actor(**options: Any) -> Any:
    """Declare an attribute that holds an `Actor`; ``default=None`` makes it optional."""

    def check(_instance: object, attribute: Any, value: object) -> None:
        if not isinstance(value, Actor) and (value is not None or attribute.default is not None):
            raise InvalidType(attribute.name, "an actor is needed: a role and an id")

    return field(validator=check, **options)


SYSTEM = Actor(role=Role.SYSTEM, id=Reference("clock"))
"""The clock, which makes the moves that nobody has to ask for."""
