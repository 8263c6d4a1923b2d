"""What a checkpoint is over: the head of every request, and of the removals, one a leaf, in one order.

A head is the digest of a request's last step, which its whole chain leads to. The removals' chain counts as that of a request
without a name, so that it always comes first; the requests follow in the order of their ids, by code point. The digest of a head,
which is the leaf's in the tree, is the SHA-256 of these netstrings (see `eap_workflow.store.chain`), one after the other:
``eap-workflow head``, the request, the number of steps in decimal digits, the head; of the removals, where there were none, the
number 0 and an empty head.

The list of all heads is a file of one JSON array a line: ``["XS-0001",7,"5b0c…"]``. Nobody has to trust it: the checkpoint's root
says whether it is the one.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from attrs import frozen

from eap_workflow.errors import InvalidValue, StoreError
from eap_workflow.plain.digest import digest
from eap_workflow.plain.json_lines import numbered
from eap_workflow.plain.json_text import canonical_json, parse_json
from eap_workflow.store import paging, removals
from eap_workflow.store.chain import netstring

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from eap_workflow.plain.json_lines import ReadsLines
    from eap_workflow.store import Transaction

KIND = netstring(b"eap-workflow head")
REMOVALS = ""
"""What stands for the removals where a request's id stands otherwise."""

MOST_DIGITS = 18
"""As many as any database counts to."""


@frozen
class Head:
    """The head of a request, or of the removals.

    Attributes:
        request: Which request; empty for the removals.
        steps: How many steps it has; how many removals there were.
        head: The digest of the last of them; empty where there were no removals.
    """

    request: str
    steps: int
    head: str

    @property
    def digest(self) -> str:
        """The digest that stands for it in the tree, and that a seal of it is over."""
        request, steps, head = self.request.encode(), b"%d" % self.steps, self.head.encode()
        values = (KIND, len(request), request, len(steps), steps, len(head), head)
        return digest(b"%b%d:%b,%d:%b,%d:%b," % values)


def heads(transaction: Transaction) -> Iterator[Head]:
    """Give all heads of a store as its rows state them, in their order, a page at a time.

    Args:
        transaction: A transaction that sees one state of the store throughout.

    Raises:
        StoreError: What the store says of its last removal cannot be read.
    """
    yield _of_removals(transaction.checkpoint(removals.LAST))
    for row in paging.within(transaction.heads, "", itemgetter(0)):
        yield Head(*row)


def head_of(transaction: Transaction, request: str) -> Head | None:
    """Give the head of one request; None where there is no such request.

    Args:
        transaction: A transaction.
        request: Which request.
    """
    steps = transaction.stored(request)
    return Head(request, steps[-1].version, steps[-1].digest) if steps else None


def write_line(head: Head) -> str:
    """Write a line of the list, with its end."""
    return canonical_json([head.request, head.steps, head.head]) + "\n"


def read_lines(file: ReadsLines) -> Iterator[Head]:
    """Read a list of heads, line by line; whether they are in order and all there, their root says.

    Args:
        file: The file, of bytes.

    Raises:
        InvalidValue: A line is none; the error has its number.
    """
    for number, line in numbered(file):
        head = _read(line)
        if head is None:
            raise InvalidValue(
                f"line {number}", 'a list of a request, a number and a digest is needed: ["XS-1",7,"5b…"]'
            )
        yield head


def in_order(given: Iterable[Head]) -> Iterator[Head]:
    """Give heads on, and refuse them where one does not come after the one before it.

    Raises:
        InvalidValue: They are not in the order of their requests, or the removals are not the first.
    """
    before: str | None = None
    for head in given:
        if head.request != REMOVALS if before is None else head.request <= before:
            raise InvalidValue("heads", "the removals are needed first, and the requests in the order of their ids")
        yield head
        before = head.request


def _of_removals(last: str) -> Head:
    if not last:
        return Head(REMOVALS, 0, "")
    number, _, head = last.partition(" ")
    if not (number.isascii() and number.isdigit() and len(number) <= MOST_DIGITS):
        raise StoreError("what the store says of its last removal cannot be read")
    return Head(REMOVALS, int(number), head)


def _read(line: bytes | None) -> Head | None:
    if line is None:
        return None
    try:
        found: Any = parse_json(line)
    except InvalidValue:
        return None
    if not isinstance(found, list) or [type(each) for each in found] != [str, int, str] or found[1] < 0:
        return None
    return Head(*found)
