"""The calendar's arithmetic on many days at once: a gather from a table for numpy arrays, a loop for plain sequences.

numpy is optional, and not imported here before the caller's own argument shows that it is in use.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from eap_workflow.errors import CoverageError, InvalidType, InvalidValue

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from eap_workflow.calendar import BusinessCalendar
    from eap_workflow.days.table import DayTable

EPOCH = date(1970, 1, 1).toordinal()
DAYS_ALLOWED = "must be a numpy array of datetime64[D] (astype makes one) or a sequence of dates"
NUMBERS_ALLOWED = "must be a whole number, or an array or sequence of them to go with the days"


def add_many(calendar: BusinessCalendar, days: Any, n: Any) -> Any:
    """Give ``calendar.add`` of all ``days``; arguments and errors are those of ``BusinessCalendar.add_many``."""
    if _is_array(days):
        return calendar.gather.add(days, n)
    _require_sequence("days", days, DAYS_ALLOWED)
    if isinstance(n, int):
        return tuple([calendar.add(day, n) for day in days])
    _require_sequence("n", n, NUMBERS_ALLOWED)
    if len(n) != len(days):
        raise InvalidValue("n", "must be one for all, or as many as there are days")
    return tuple([calendar.add(day, number) for day, number in zip(days, n, strict=True)])


def count_many(calendar: BusinessCalendar, starts: Any, ends: Any) -> Any:
    """Give ``calendar.count`` of all pairs; arguments and errors are those of ``BusinessCalendar.count_many``."""
    if _is_array(starts) and _is_array(ends):
        return calendar.gather.count(starts, ends)
    _require_sequence("starts", starts, DAYS_ALLOWED)
    _require_sequence("ends", ends, DAYS_ALLOWED)
    if len(starts) != len(ends):
        raise InvalidValue("ends", "must be as many as there are starts")
    return tuple([calendar.count(start, end) for start, end in zip(starts, ends, strict=True)])


def _is_array(value: object) -> bool:
    numpy = sys.modules.get("numpy")
    return numpy is not None and type(value) is numpy.ndarray


def _require_sequence(field: str, value: object, allowed: str) -> None:
    if not isinstance(value, Sequence) or isinstance(value, str | bytes):
        raise InvalidType(field, allowed)


class Gather:
    """A calendar's days as numpy arrays, and the arithmetic on them; made once for a calendar, never changed."""

    def __init__(self, table: DayTable) -> None:
        import numpy as np

        self._first, self._last = table.first, table.last
        self._base = table.first.toordinal() - EPOCH
        flags = np.frombuffer(table.working_flags(), dtype=np.uint8)
        self._upto: npt.NDArray[np.int64] = np.cumsum(flags, dtype=np.int64)
        self._before: npt.NDArray[np.int64] = self._upto - flags
        self._working: npt.NDArray[np.int64] = np.flatnonzero(flags) + self._base

    def add(self, days: npt.NDArray[Any], n: Any) -> npt.NDArray[np.datetime64]:
        """Give the n-th working day after, or before, each day."""
        import numpy as np

        if isinstance(n, bool | np.bool_) or not isinstance(n, int | np.integer | np.ndarray):
            raise InvalidType("n", NUMBERS_ALLOWED)
        found = self._add_each(days, n) if isinstance(n, np.ndarray) else self._add_same(days, int(n))
        return np.asarray(found).view("datetime64[D]")

    def _add_same(self, days: npt.NDArray[Any], n: int) -> npt.NDArray[np.int64]:
        """Add one ``n``: shift the table, which is short, and gather from it once."""
        import numpy as np

        if n == 0:
            raise InvalidValue("n", "must not be 0; roll says which way")
        size, count = len(self._upto), len(self._working)
        n = max(-size - 1, min(n, size + 1))  # beyond these every result lies outside anyway
        ranks = self._upto + (n - 1) if n > 0 else self._before + n
        # The ranks grow with the day, so the days whose result is covered are one stretch of the span.
        start, stop = (int(edge) for edge in ranks.searchsorted([0, count]))
        index = self._index("days", days, start, stop)
        return np.asarray(self._working[ranks[start:stop]].take(index) if index.size else index)

    def _add_each(self, days: npt.NDArray[Any], n: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
        import numpy as np

        if n.dtype.kind not in "iu":
            raise InvalidType("n", NUMBERS_ALLOWED)
        if not n.all():
            raise InvalidValue("n", "must not be 0 anywhere; roll says which way")
        size, count = len(self._upto), len(self._working)
        if n.size and not -size <= int(n.min()) <= int(n.max()) <= size:
            raise self._beyond("n")
        index, numbers = self._broadcast("n", self._index("days", days, 0, size), n.astype(np.int64))
        ranks = np.where(numbers > 0, self._upto.take(index) - 1, self._before.take(index)) + numbers
        if ranks.size and not 0 <= int(ranks.min()) <= int(ranks.max()) < count:
            raise self._beyond("n")
        return np.asarray(self._working.take(ranks) if count else ranks)

    def count(self, starts: npt.NDArray[Any], ends: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
        """Count the working days after each start up to its end, or back."""
        import numpy as np

        size = len(self._upto)
        start, end = self._broadcast("ends", self._index("starts", starts, 0, size), self._index("ends", ends, 0, size))
        forward = self._upto.take(end) - self._upto.take(start)
        if not (end < start).any():
            return np.asarray(forward)
        return np.where(end < start, self._before.take(end) - self._before.take(start), forward)

    def _index(self, field: str, days: npt.NDArray[Any], start: int, stop: int) -> npt.NDArray[np.int64]:
        """Number the days from the ``start``-th of the span on, and refuse any that does not lie before the ``stop``-th."""
        import numpy as np

        if days.dtype != np.dtype("datetime64[D]"):
            raise InvalidType(field, DAYS_ALLOWED)
        index: npt.NDArray[np.int64] = np.asarray(days.view(np.int64) - (self._base + start))
        # Read without a sign, a day before the start and NaT are huge too: one comparison finds all three.
        if index.size and int(index.view(np.uint64).max()) >= stop - start:
            if np.isnat(days).any():
                raise InvalidValue(field, "must not contain NaT")
            raise self._beyond(field)
        return index

    def _broadcast(self, field: str, a: npt.NDArray[Any], b: npt.NDArray[Any]) -> list[npt.NDArray[Any]]:
        import numpy as np

        try:
            return list(np.broadcast_arrays(a, b))
        except ValueError:
            raise InvalidValue(field, "must be of a shape that fits the other array") from None

    def _beyond(self, field: str) -> CoverageError:
        return CoverageError(f"{field}: a day or a result lies outside the span", first=self._first, last=self._last)
