"""Which sessions the total of XS-04 takes in: the window, and what a tally has to cover."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from attrs import frozen

from eap_workflow.citing import serves
from eap_workflow.errors import InvalidValue
from eap_workflow.values import Value

if TYPE_CHECKING:
    from eap_workflow.policy import Policy

MONTHS_A_YEAR = 12
ONE_DAY = timedelta(days=1)


@frozen(kw_only=True, eq=False, repr=False)
class TallyWindow(Value):
    """The days whose sessions are counted, both ends included.

    Attributes:
        since: The first day.
        until: The last day: that of the request.
    """

    since: date
    until: date


def months_before(day: date, months: int) -> date:
    """The same day of the month, so many calendar months earlier; the month's last day where there is none."""
    year, month = divmod(day.year * MONTHS_A_YEAR + day.month - 1 - months, MONTHS_A_YEAR)
    first = date(year, month + 1, 1)
    last = date(year + (month + 1) // MONTHS_A_YEAR, (month + 1) % MONTHS_A_YEAR + 1, 1) - ONE_DAY
    return first.replace(day=min(day.day, last.day))


# Every request of a day asks for the same one.
@lru_cache(maxsize=4096)
def _ending(day: date, months: int) -> TallyWindow:
    return TallyWindow(since=months_before(day, months) + ONE_DAY, until=day)


@serves("XS-04", "IN-06")
def tally_window(policy: Policy, day: date, first_session_on: date | None = None) -> TallyWindow:
    """State which days a tally has to cover (XS-04, IN-06).

    Args:
        policy: Whether the months end on the request's date, or begin with the first session, and how many they are.
        day: The request's date, in the contract's zone.
        first_session_on: The day of the client's first session, for a contract that counts from it.

    Returns:
        The months that end on ``day``; or, counted from the first session, the period of so many months that ``day``
        lies in, as far as ``day``.

    Raises:
        InvalidValue: The contract counts from the first session, and its day is not given or lies after ``day``.
    """
    months = policy.review.window_months
    if policy.review.window == "rolling":
        return _ending(day, months)
    if first_session_on is None:
        raise InvalidValue("tally.first_session_on", "this contract counts from the first session: its day is needed")
    if first_session_on > day:
        raise InvalidValue("tally.first_session_on", "the first session cannot lie after the request")
    elapsed = (day.year - first_session_on.year) * MONTHS_A_YEAR + day.month - first_session_on.month
    periods = elapsed // months
    since = months_before(first_session_on, -periods * months)
    if since > day:
        since = months_before(first_session_on, -(periods - 1) * months)
    return TallyWindow(since=since, until=day)
