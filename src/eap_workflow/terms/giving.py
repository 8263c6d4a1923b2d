"""Taking what a policy is given as it is meant: lists to tuples, tables to frozen ones.

What cannot be copied is left as it is: the checks come after these, and refuse it by its name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from eap_workflow.plain.frozen_map import FrozenMap

NAMED_KEYS = {"name_keys": True}
"""An error of ``wire`` may name the keys of such a table: they are configuration."""

FILLED = {"filled": True}
"""What such a table of a policy file leaves out stays as the attribute's default has it, and not as its class has."""


def as_names(given: Sequence[str]) -> Any:
    """A list of names, for good."""
    return tuple(given) if isinstance(given, list) else given


def as_names_by_name(given: Mapping[str, Sequence[str]]) -> Any:
    """Lists of names by name, for good."""
    table: Any = given
    return FrozenMap({key: as_names(listed) for key, listed in table.items()}) if _is_table(table) else given


def as_named_days(given: Mapping[date, str] | Mapping[str, str]) -> Any:
    """Named days, by their ISO form."""
    table: Any = given
    if not _is_table(table):
        return given
    return FrozenMap({day.isoformat() if type(day) is date else day: name for day, name in table.items()})


def _is_table(given: object) -> bool:
    return isinstance(given, Mapping)
