"""How long a limit is, in working days or in elapsed hours, as a policy file has it."""

from __future__ import annotations

from attrs import field, frozen

from eap_workflow import policy_checks as check
from eap_workflow.citing import serving
from eap_workflow.errors import PolicyError
from eap_workflow.terms import Term
from eap_workflow.values import Value


@frozen(kw_only=True, eq=False, repr=False, slots=False)
class TimeTerms(Value):
    """How long a party has: in working days or in elapsed hours, one of the two.

    Attributes:
        working_days: By the end of which working day after day 0 the limit is met, in working days.
        elapsed_hours: Within how many hours of its start the limit is met; they run through nights, weekends and changes of
            the clocks.
        remind_before: How long before the end the party whose turn it is is reminded, in the unit of the limit.
        warn_before: How long before the end the case team is warned, in the unit of the limit.
    """

    working_days: int | None = field(
        default=None, validator=check.optionally(check.whole(1, 250)), metadata=serving("IN-01")
    )
    elapsed_hours: int | None = field(default=None, validator=check.optionally(check.whole(1, 8760)))
    remind_before: int | None = field(
        default=None, validator=check.optionally(check.whole(1, 8759)), metadata=serving("IN-13")
    )
    warn_before: int | None = field(
        default=None, validator=check.optionally(check.whole(1, 8759)), metadata=serving("IN-13")
    )

    def __attrs_post_init__(self) -> None:
        if (self.working_days is None) == (self.elapsed_hours is None):
            raise PolicyError("working_days", "exactly one of working_days and elapsed_hours must be given")
        name = "working_days" if self.elapsed_hours is None else "elapsed_hours"
        length: int = getattr(self, name)
        for key, before in (("remind_before", self.remind_before), ("warn_before", self.warn_before)):
            if before is not None and before >= length:
                raise PolicyError(key, f"must be smaller than {name}, which is {length}")

    def term(self, when_passed: tuple[str, ...] = ("overdue",)) -> Term:
        """Give it as limits are counted.

        Args:
            when_passed: The moves that the clock makes when it has passed.
        """
        return Term(
            working_days=self.working_days,
            elapsed_hours=self.elapsed_hours,
            remind_before=self.remind_before,
            warn_before=self.warn_before,
            when_passed=when_passed,
        )
