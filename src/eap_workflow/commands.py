"""Commands that several workflows have in common."""

from __future__ import annotations

from typing import ClassVar

from attrs import frozen

from eap_workflow.values import Discreet, count

MOST_WORKING_DAYS = 250


@frozen(kw_only=True, eq=False, repr=False)
class ExtendLimit(Discreet):
    """The case team states a later date for the limits that the row extends (IN-12).

    Attributes:
        working_days: How many working days more, from the date that was stated.
    """

    trigger: ClassVar[str] = "extend_limit"

    working_days: int = count(1, MOST_WORKING_DAYS)
