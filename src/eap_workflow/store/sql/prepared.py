"""Which statements a connection of PostgreSQL's has by name, so that the server need not read and plan them again.

Only what comes again and again is worth a name, and only so many are: a list of values makes a statement of its own for every
length. How often and how many is for the driver's connection to say; behind a pooler that exchanges servers it says never.

Where it ought to and does not, a name may reach a server on which another process has prepared something. So a name holds the
digest of its statement: it may be missing there, but it never stands for another one.
"""

from __future__ import annotations

from collections import OrderedDict
from hashlib import sha256
from itertools import count

PREFIX = "eap_workflow_"

# Over all connections of the process: whoever forgets the names of one begins with others, and meets none of the old.
_numbers = count()


class Prepared:
    """The names of a connection.

    Args:
        after: How many times a statement comes without a name; None where it never gets one.
        most: How many names there are at once; None for any number.
    """

    __slots__ = ("_after", "_given_up", "_most", "_names", "_times")

    def __init__(self, after: int | None, most: int | None) -> None:
        self._after = after
        self._most = most
        self._times: OrderedDict[str, int] = OrderedDict()
        self._names: OrderedDict[str, bytes] = OrderedDict()
        self._given_up: list[bytes] = []

    def name(self, statement: str) -> bytes | None:
        """Give the name of a statement, if it has one."""
        name = self._names.get(statement)
        if name is not None:
            self._names.move_to_end(statement)
        return name

    def new_name(self, statement: str) -> bytes | None:
        """Give the name that a statement without one is to get, if it has come often enough; it has none before it is kept."""
        if self._after is None:
            return None
        times = self._times.get(statement, 0)
        if times >= self._after:
            return f"{PREFIX}{sha256(statement.encode()).hexdigest()[:32]}_{next(_numbers)}".encode()
        self._times[statement] = times + 1
        self._times.move_to_end(statement)
        # As many are counted as are kept.
        if self._most is not None and len(self._times) > self._most:
            self._times.popitem(last=False)
        return None

    def keep(self, statement: str, name: bytes) -> None:
        """Keep a name that the server has."""
        self._times.pop(statement, None)
        self._names[statement] = name

    def let_go(self) -> list[bytes]:
        """Give up the names that are too many, those first that were used the longest ago; give all that the server has still."""
        while self._most is not None and len(self._names) > self._most:
            self._given_up.append(self._names.popitem(last=False)[1])
        return list(self._given_up)

    def drop(self, names: list[bytes]) -> None:
        """Forget names that were given up, now that the server has them no longer."""
        del self._given_up[: len(names)]

    def retain(self, names: frozenset[bytes]) -> None:
        """Forget all names but these."""
        for statement, name in list(self._names.items()):
            if name not in names:
                del self._names[statement]
        self._given_up = [name for name in self._given_up if name in names]
