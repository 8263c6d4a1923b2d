"""What a contract says of each workflow: a module each, of the tables that a policy file has for it.

What they come to where a limit is counted is a `Term`. The classes of a policy file are written for whoever writes
contracts; a term is what `eap_workflow.deadlines` counts by, whichever workflow the limit belongs to.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TypeAlias

from attrs import frozen

from eap_workflow.errors import DefinitionError
from eap_workflow.plain.frozen_map import FrozenMap
from eap_workflow.values import Value


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class Term(Value):
    """How long a limit is, in one of three ways, and what the clock does about it.

    Attributes:
        working_days: So many working days of the party's calendar after day 0 (IN-01).
        elapsed_hours: So many hours from the instant at which it starts, through nights, weekends and changes of the
            clocks (CM-05).
        stated_on: A day that was stated to somebody; it has passed at its end in the party's zone (TC-03).
        remind_before: How long before it is due the party whose turn it is is reminded: working days, or for a limit in
            elapsed hours, hours (IN-13).
        warn_before: How long before it is due the case team is warned, likewise (IN-13).
        at_start: The moves that the clock makes as soon as the limit starts.
        when_passed: The moves that the clock makes when it has passed, in order (IN-04).
    """

    working_days: int | None = None
    elapsed_hours: int | None = None
    stated_on: date | None = None
    remind_before: int | None = None
    warn_before: int | None = None
    at_start: tuple[str, ...] = ()
    when_passed: tuple[str, ...] = ("overdue",)

    def __attrs_post_init__(self) -> None:
        given = [each for each in (self.working_days, self.elapsed_hours, self.stated_on) if each is not None]
        if len(given) != 1:
            raise DefinitionError(
                "a limit is in working days, in elapsed hours, or until a stated day: one of the three"
            )


Terms: TypeAlias = Mapping[str, Term]
"""By limit, how long it is; a limit that the contract does not set is not there."""

NO_TERMS: Terms = FrozenMap()
"""Those of a contract that sets no limit, or of no contract."""
